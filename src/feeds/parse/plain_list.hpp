#pragma once

#include <string_view>

#include "base/result.hpp"
#include "feeds/parse/rows.hpp"

namespace cordon::feeds {

/// Reads a list with one value a line (recorded-future-api.md 7.3): LF, CRLF or CR, blank lines and
/// "# comments" passed over, white space around a value and quotes dropped. Two layouts of public lists
/// are understood as well: "value # seconds since 1970" (last seen) and "value<TAB>anything".
/// `corrupt`: the text ends inside a quoted value.
Result<void> read_plain_list(std::string_view text, RowCollector& rows);

}  // namespace cordon::feeds
