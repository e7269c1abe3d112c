#pragma once

#include <string>
#include <string_view>

namespace cordon::core {

/// What the Public Suffix List (publicsuffix.org, as Debian's libpsl and publicsuffix package carry it)
/// says of a lower-case ASCII host. Thread-safe, no state of the caller's.

/// "co.uk", "com", "github.io": nothing registrable stands in it. Unknown single labels count as suffixes.
[[nodiscard]] bool is_public_suffix(std::string_view host) noexcept;

/// A suffix of the list's PRIVATE section ("github.io", "pages.dev"): its children belong to strangers.
[[nodiscard]] bool is_private_suffix(std::string_view host) noexcept;

/// "b.co.uk" for "a.b.co.uk" (private suffixes count: "u.github.io" for "x.u.github.io"); empty where
/// the host itself is a suffix. A view into `host`.
[[nodiscard]] std::string_view registrable_domain(std::string_view host) noexcept;

/// is_public_suffix() without its short cut: for suffix_rules(), which the short cut is made of.
[[nodiscard]] bool is_suffix_by_the_list(std::string_view host) noexcept;

/// The file that the list was read from; empty where it is the one inside libpsl.
[[nodiscard]] std::string suffix_list_file();

}  // namespace cordon::core
