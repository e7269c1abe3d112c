#pragma once

#include <span>
#include <string>
#include <string_view>

namespace cordon::core {

/// Why a list must not be used as `never`: it holds public suffixes or dynamic-DNS domains, below which
/// nearly everything or every attacker's own name lies. Told by its name (of the list, or of its file), else by
/// its values: over 20 % public suffixes among ten or more, or ten well-known dynamic-DNS domains themselves (a
/// host below one is no sign). Empty where there is nothing against it.
[[nodiscard]] std::string objection_to_never(std::string_view name, std::span<const std::string_view> values);

/// True for a suffix under which a registry sells names ("com", "co.uk"); private suffixes ("github.io")
/// are one operator's and may be protected.
[[nodiscard]] bool is_registry_suffix(std::string_view host) noexcept;

}  // namespace cordon::core
