#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/indicator.hpp"
#include "store/kept.hpp"

namespace cordon::store {

/// Our own compact form of an IndicatorSet, column by column (which compresses better than rows): the mark
/// "CORDONS" and a version byte, the number of rows, the distinct rule texts, then for each row the size of
/// the value, risk + 1 (0 = none), last seen as the difference to the row before, the number of its rule
/// text; then all values. Numbers are LEB128, differences zigzag. Equal sets give equal bytes.
[[nodiscard]] std::string pack(const core::IndicatorSet& indicators);

/// The rows whose value `takes` wants; all where it is empty. nullopt where the bytes are no packed set of a version
/// that we know.
[[nodiscard]] std::optional<core::IndicatorSet> unpack(std::string_view bytes, const RowFilter& takes = {});

}  // namespace cordon::store
