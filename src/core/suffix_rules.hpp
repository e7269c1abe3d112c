#pragma once

#include <string>
#include <vector>

namespace cordon::core {

/// One rule of the Public Suffix List (publicsuffix.org/list).
struct SuffixRule {
    std::string name;          ///< lower-case ASCII: "co.uk", "ck" of "*.ck", "www.ck" of "!www.ck"
    bool is_suffix = false;    ///< the name itself is a public suffix
    bool is_wildcard = false;  ///< so is each name one label below it, but for exceptions
};

/// All rules that is_public_suffix() answers from. Empty where they cannot be listed: the list is the one inside
/// libpsl, which shows no rules, or its file is in another format.
/// Source of the format: libpsl's psl-make-dafsa(1) and lookup_string_in_fixed_set.c (from Chromium's make_dafsa.py).
/// Read once; thread-safe.
[[nodiscard]] const std::vector<SuffixRule>& suffix_rules();

}  // namespace cordon::core
