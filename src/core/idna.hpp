#pragma once

#include <string>
#include <string_view>

namespace cordon::core {

/// The ASCII form of a Unicode domain as browsers make it (UTS 46, non-transitional, no STD3 rules; WHATWG
/// URL "domain to ASCII"). False where it has none. Stricter than browsers: Unicode names with symbols
/// or emoji, and hyphens at a label's ends beside Unicode labels, are refused (libidn2 keeps to IDNA 2008).
/// Whatever it accepts equals the browser's result; characters are not judged further.
[[nodiscard]] bool domain_to_ascii(std::string_view utf8, std::string& ascii);

/// Whether a browser takes the lower-case label "xn--..." as it stands.
[[nodiscard]] bool is_valid_ace_label(std::string_view label);

}  // namespace cordon::core
