#pragma once

#include <span>
#include <string_view>

namespace cordon::core {

// The host names that the program knows by itself; written by us, see the .cpp files for the criteria
// of each group. Lower-case ASCII, unique within each list.

[[nodiscard]] std::span<const std::string_view> builtin_lock_out_names() noexcept;
[[nodiscard]] std::span<const std::string_view> builtin_popular_names() noexcept;
/// Well-known domains of dynamic-DNS services, ascending: protects nothing, tells a list of such domains.
[[nodiscard]] std::span<const std::string_view> builtin_dynamic_dns_names() noexcept;

}  // namespace cordon::core
