#include "core/list_line.hpp"

#include "base/text.hpp"

namespace cordon::core {
namespace {

constexpr std::string_view k_white_space = " \t";

}  // namespace

LineReader::LineReader(std::string_view text) noexcept : rest_(text) {
    constexpr std::string_view k_byte_order_mark = "\xEF\xBB\xBF";
    if (rest_.starts_with(k_byte_order_mark)) rest_.remove_prefix(k_byte_order_mark.size());
}

bool LineReader::next(std::string_view& line) noexcept {
    if (rest_.empty()) return false;
    const auto end = rest_.find('\n');
    line = rest_.substr(0, end);
    rest_.remove_prefix(end == std::string_view::npos ? rest_.size() : end + 1);
    if (line.ends_with('\r')) line.remove_suffix(1);
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
    const auto address = line.substr(0, line.find_first_of(k_white_space));
    if (address.size() == line.size()) return {};
    const bool points_nowhere = address == "0.0.0.0" || address == "127.0.0.1" || address == "::" || address == "::1";
    return points_nowhere ? trim(line.substr(address.size())) : std::string_view{};
}

std::string_view take_word(std::string_view& words) noexcept {
    words = trim(words);
    const auto word = words.substr(0, words.find_first_of(k_white_space));
    words.remove_prefix(word.size());
    return word;
}

}  // namespace cordon::core
