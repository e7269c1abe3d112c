#pragma once

#include <string>
#include <vector>

#include "base/result.hpp"
#include "feeds/parse/rows.hpp"

namespace cordon::feeds {

/// Reads Recorded Future's JSON files (recorded-future-api.md 7.2): an object with `results` or a bare
/// array of row objects. A row's value stands in `ip`, `domain` or `url` (the list's own entity first),
/// else in `Name`; unknown keys are passed over. `text` must be clean (clean.hpp); it is changed only
/// where raw line ends or tabs stand inside strings.
/// `corrupt`: torn, no JSON, no `results`, or fewer rows than its `count`.
Result<void> read_scf_json(std::string& text, RowCollector& rows, std::vector<std::string>& warnings);

}  // namespace cordon::feeds
