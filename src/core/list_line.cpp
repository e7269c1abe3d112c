#include "core/list_line.hpp"

#include "base/text.hpp"

namespace cordon::core {
namespace {

constexpr std::string_view k_white_space = " \t";

}  // namespace

std::string_view take_line(std::string_view& rest) noexcept {
    const auto end = rest.find('\n');
    auto line = rest.substr(0, end);
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
    if (line.ends_with('\r')) line.remove_suffix(1);
    return line;
}

std::string_view without_byte_order_mark(std::string_view text) noexcept {
    constexpr std::string_view k_byte_order_mark = "\xEF\xBB\xBF";
    return text.starts_with(k_byte_order_mark) ? text.substr(k_byte_order_mark.size()) : text;
}

LineReader::LineReader(std::string_view text) noexcept : rest_(without_byte_order_mark(text)) {}

bool LineReader::next(std::string_view& line) noexcept {
    if (rest_.empty()) return false;
    line = take_line(rest_);
    ++number_;
    return true;
}

std::string_view without_comment(std::string_view line) noexcept {
    line = trim(line);
    if (line.starts_with('#') || line.starts_with(';')) return {};
    // A '#' inside a value is a URL's fragment; behind white space it begins a comment.
    for (auto at = line.find('#'); at != std::string_view::npos; at = line.find('#', at + 1)) {
        if (line[at - 1] == ' ' || line[at - 1] == '\t') return trim(line.substr(0, at));
    }
    return line;
}

std::string_view value_of_line(std::string_view line) noexcept {
    line = without_comment(line);
    return trim(line.substr(0, line.find('\t')));
}

std::string_view hosts_names(std::string_view line) noexcept {
    for (const std::string_view nowhere : {"0.0.0.0", "127.0.0.1", "::", "::1"}) {
        if (!line.starts_with(nowhere)) continue;
        const auto names = line.substr(nowhere.size());
        if (names.starts_with(' ') || names.starts_with('\t')) return trim(names);
    }
    return {};
}

std::string_view take_word(std::string_view& words) noexcept {
    words = trim(words);
    const auto word = words.substr(0, words.find_first_of(k_white_space));
    words.remove_prefix(word.size());
    return word;
}

}  // namespace cordon::core
