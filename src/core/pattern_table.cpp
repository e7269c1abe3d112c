#include "core/pattern_table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <regex>

#include "base/text.hpp"

namespace cordon::core {
namespace {

/// libstdc++'s own flag: matching takes polynomial time and no stack per byte, so that no expression of
/// a downloaded list can hang a run; back-references do not compile with it.
constexpr auto k_regex_flags = std::regex_constants::ECMAScript | std::regex_constants::__polynomial;

[[nodiscard]] std::uint32_t start_of(const char* text) noexcept {
    std::uint32_t bytes = 0;
    std::memcpy(&bytes, text, sizeof bytes);
    return bytes;
}

struct Expression {
    std::string_view pattern;
    bool ignores_case = false;
};

/// Undoes the delimiters of MISP's regex lists: "/…/", "/…/i".
[[nodiscard]] Expression undelimited(std::string_view text) noexcept {
    if (text.size() < 3 || text.front() != '/') return {text, false};
    if (text.ends_with("/i")) return {text.substr(1, text.size() - 3), true};
    if (text.back() == '/') return {text.substr(1, text.size() - 2), false};
    return {text, false};
}

/// A run of digits longer than this is no number that a regular expression needs.
constexpr std::size_t k_most_digits = 4;

/// std::regex of GCC 12 multiplies the digits of \N and {N} until they overflow (bits/regex_compiler.tcc).
bool has_huge_number(std::string_view pattern) {
    for (std::size_t at = 0; at < pattern.size();) {
        const auto rest = pattern.substr(at);
        const auto digits = std::min(rest.find_first_not_of("0123456789"), rest.size());
        const bool is_number = at > 0 && (pattern[at - 1] == '\\' || pattern[at - 1] == '{' || pattern[at - 1] == ',');
        if (is_number && digits > k_most_digits) return true;
        at += std::max<std::size_t>(digits, 1);
    }
    return false;
}

}  // namespace

struct PatternTable::Regexes {
    struct One {
        std::regex regex;
        std::uint32_t number;
    };
    std::vector<One> all;
};

PatternTable::PatternTable() : regexes_(std::make_unique<Regexes>()) {}
PatternTable::~PatternTable() = default;
PatternTable::PatternTable(PatternTable&&) noexcept = default;
PatternTable& PatternTable::operator=(PatternTable&&) noexcept = default;

bool PatternTable::has_regexes() const noexcept {
    return !regexes_->all.empty();
}

Result<void> PatternTable::add_substring(std::string_view needle, std::uint32_t number) {
    if (needle.size() < k_least_substring) {
        return fail(Code::invalid, fmt::format("the substring '{}' is shorter than {} characters and would match "
                                               "almost everything",
                                               printable(needle), k_least_substring));
    }
    by_start_[start_of(needle.data())].push_back(static_cast<std::uint32_t>(needles_.size()));
    needles_.push_back({std::string(needle), number});
    return {};
}

Result<void> PatternTable::add_regex(std::string_view expression, std::uint32_t number) {
    const auto [pattern, ignores_case] = undelimited(expression);
    if (pattern.empty() || pattern.size() > k_most_regex) {
        return fail(Code::invalid, fmt::format("the regular expression '{}' must have 1 to {} characters",
                                               printable(expression), k_most_regex));
    }
    if (has_huge_number(pattern)) {
        return fail(Code::invalid, fmt::format("the regular expression '{}' has a number of more than {} digits",
                                               printable(expression), k_most_digits));
    }
    try {
        const auto flags = ignores_case ? k_regex_flags | std::regex_constants::icase : k_regex_flags;
        regexes_->all.push_back({std::regex(pattern.begin(), pattern.end(), flags), number});
    } catch (const std::regex_error& problem) {
        return fail(Code::invalid, fmt::format("the regular expression '{}' cannot be used: {}", printable(expression),
                                               problem.what()));
    }
    return {};
}

std::uint32_t PatternTable::find_in(std::string_view text) const {
    if (!needles_.empty()) {
        for (std::size_t at = 0; at + k_least_substring <= text.size(); ++at) {
            const auto found = by_start_.find(start_of(text.data() + at));
            if (found == by_start_.end()) continue;
            for (const std::uint32_t index : found->second) {
                if (text.substr(at).starts_with(needles_[index].text)) return needles_[index].number;
            }
        }
    }
    const auto bounded = text.substr(0, k_most_text);
    for (const auto& [regex, number] : regexes_->all) {
        if (std::regex_search(bounded.begin(), bounded.end(), regex)) return number;
    }
    return 0;
}

}  // namespace cordon::core
