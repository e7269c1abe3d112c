#pragma once

#include <string>
#include <string_view>

namespace cordon::core {

/// `value` with its dots and colons made live again: "[.]", "(.)", "{.}", "[dot]", "(dot)", "{dot}",
/// "[:]" and "[://]". The whole value is taken as defanged when its scheme is ("hxxp", see url_parts.hpp)
/// or when one of these stands before the path; else a path such as "/list[.]php" stays as it is.
/// Gives `value` itself, or a view of `scratch`.
[[nodiscard]] std::string_view refang(std::string_view value, std::string& scratch);

}  // namespace cordon::core
