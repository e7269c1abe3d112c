#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/reason.hpp"

namespace cordon::compile {

/// What became of the values of plain lists. accepted = fetched - rejected - merged (design rule 16).
struct Tally {
    std::uint64_t fetched = 0;                                           ///< values found
    core::ReasonCounts counts;                                           ///< rejected and merged values
    std::array<std::vector<std::string>, core::k_reason_count> samples;  ///< by reason: the first few rejected
    std::uint64_t over_capacity = 0;                                     ///< entries left out by a cap

    [[nodiscard]] std::uint64_t accepted() const noexcept {
        return fetched - counts.of(core::ReasonClass::rejected) - counts.of(core::ReasonClass::merged);
    }

    void reject(core::Reason reason, std::string_view value);
    /// What came behind it in the lists.
    void add(const Tally& later);
};

}  // namespace cordon::compile
