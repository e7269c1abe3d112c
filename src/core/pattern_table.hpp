#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace cordon::core {

/// Substrings and regular expressions of warning lists, with a number each.
class PatternTable {
public:
    PatternTable();
    ~PatternTable();
    PatternTable(PatternTable&&) noexcept;
    PatternTable& operator=(PatternTable&&) noexcept;

    /// The shortest substring that is accepted: shorter ones stand in almost every name.
    static constexpr std::size_t k_least_substring = 4;
    /// The longest regular expression, and the longest text that one is tried on (an entry has at most
    /// 1,024 bytes, zia-api.md 5.1).
    static constexpr std::size_t k_most_regex = 500;
    static constexpr std::size_t k_most_text = 1024;

    /// `needle` in lower case. `invalid` when it is shorter than k_least_substring.
    Result<void> add_substring(std::string_view needle, std::uint32_t number);
    /// ECMAScript, "…" or "/…/" or "/…/i". `invalid` when it is too long or does not compile.
    Result<void> add_regex(std::string_view expression, std::uint32_t number);

    [[nodiscard]] bool empty() const noexcept { return needles_.empty() && !has_regexes(); }
    /// The number of a pattern found in `text` (lower-case host or entry); 0 = none. Linear in the text
    /// for substrings; each regular expression is tried on its own.
    [[nodiscard]] std::uint32_t find_in(std::string_view text) const;

private:
    struct Needle {
        std::string text;
        std::uint32_t number;
    };
    struct Regexes;
    [[nodiscard]] bool has_regexes() const noexcept;

    std::vector<Needle> needles_;
    // The needles by their first four bytes.
    boost::unordered_flat_map<std::uint32_t, std::vector<std::uint32_t>> by_start_;
    std::unique_ptr<Regexes> regexes_;
};

}  // namespace cordon::core
