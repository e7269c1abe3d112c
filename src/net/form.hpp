#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cordon::net {

/// The pairs of a query, or of a body of application/x-www-form-urlencoded (WHATWG URL, section 5.1): percent-escapes
/// and plus signs undone once, in order; a name without "=" has the value "".
[[nodiscard]] std::vector<std::pair<std::string, std::string>> parse_form(std::string_view text);

}  // namespace cordon::net
