#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "core/indicator.hpp"

namespace cordon::feeds {

/// What the reader has to know beside the bytes.
struct ParseRule {
    core::EntityType entity = core::EntityType::domain;  ///< which value a row with several gives
    double min_valid_share = 0.8;         ///< of the non-comment rows that must be indicators of any type
    std::size_t most_bytes = 256U << 20;  ///< of a gzip file's content
    bool is_end_certain = true;           ///< false: the body may have been cut off unnoticed
    std::optional<Time> now = {};         ///< a date more than a day later is taken for it
};

/// A complete file.
struct Parsed {
    core::IndicatorSet indicators;   ///< every row that has a value, also those that are no indicators; at
                                     ///< least one is an indicator
    std::uint64_t invalid_rows = 0;  ///< rows that are no indicators, kept or not; `{}` rows included
    std::vector<std::string> warnings;
};

/// Reads a whole list file. The layout is told by the content, never by the name: gzip, SCF JSON,
/// risk-list CSV, else one value a line. `corrupt` when the file is empty, torn, no list (an HTML page,
/// an error text), or holds too few indicators: an empty list is never believed (design rule 1). Where the
/// end is not certain, only a layout that tells its own end is believed: gzip, or JSON with a warning. Peak
/// memory: the body, its clean copy where it had to be cleaned, and the result.
[[nodiscard]] Result<Parsed> parse_feed(std::string body, const ParseRule& rule);

}  // namespace cordon::feeds
