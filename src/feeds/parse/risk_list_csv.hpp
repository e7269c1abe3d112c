#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "feeds/parse/rows.hpp"

namespace cordon::feeds {

/// Whether the first record (behind comments and blank lines) is a header with a column "Name".
[[nodiscard]] bool is_risk_list_csv(std::string_view text);

/// Reads a risk-list CSV (recorded-future-api.md 7.1) or an OpenCTI CSV (7.4). Columns are found by the
/// header's names, so others may stand between (Algorithm). Rule names and the newest time stamp come
/// from the JSON in EvidenceDetails; a row whose evidence is damaged is still an indicator.
/// `corrupt`: the text ends inside quotes or in the middle of its last record.
Result<void> read_risk_list_csv(std::string_view text, RowCollector& rows, std::vector<std::string>& warnings);

}  // namespace cordon::feeds
