#include "feeds/parse/plain_list.hpp"

#include <optional>
#include <string>

#include "base/text.hpp"
#include "feeds/parse/csv_scanner.hpp"
#include "feeds/parse/evidence.hpp"

namespace cordon::feeds {
namespace {

/// A line taken apart.
struct Line {
    std::string_view value;
    std::optional<std::chrono::sys_seconds> last_seen;
};

/// A '#' begins a comment only behind white space: in "h/a#b" it belongs to the URL.
std::size_t find_comment(std::string_view line) {
    for (std::size_t at = line.find('#'); at != std::string_view::npos; at = line.find('#', at + 1)) {
        if (at > 0 && (line[at - 1] == ' ' || line[at - 1] == '\t')) return at;
    }
    return std::string_view::npos;
}

Line take_apart(std::string_view line) {
    Line parts;
    if (const std::size_t comment = find_comment(line); comment != std::string_view::npos) {
        const std::string_view text = trim(line.substr(comment + 1));
        if (parse_whole_number(text)) parts.last_seen = moment_of(text);
        line = line.substr(0, comment);
    }
    parts.value = trim(line.substr(0, line.find('\t')));
    return parts;
}

bool is_quoted(std::string_view value) {
    return value.size() >= 2 && value.front() == '"' && value.back() == '"';
}

}  // namespace

Result<void> read_plain_list(std::string_view text, RowCollector& rows) {
    std::string scratch;
    while (!text.empty()) {
        const std::size_t end = text.find_first_of("\r\n");
        const std::string_view line = trim(text.substr(0, end));
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
        if (line.empty() || line.front() == '#') continue;
        Line parts = take_apart(line);
        if (is_quoted(parts.value)) {
            const std::string_view inner = parts.value.substr(1, parts.value.size() - 2);
            parts.value = text_of({inner, inner.find("\"\"") != std::string_view::npos}, scratch);
        } else if (parts.value.starts_with('"') && end == std::string_view::npos) {
            return fail(Code::corrupt, "the list is torn: it ends inside a quoted value");
        }
        rows.add({parts.value, std::nullopt, parts.last_seen, {}});
    }
    return {};
}

}  // namespace cordon::feeds
