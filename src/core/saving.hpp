#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/cover.hpp"
#include "core/verdict.hpp"

namespace cordon::core {

// Fewer entries for the same indicators (join_networks) or for a domain that the feed itself names (fold_hosts).

/// One network that stands for several entries, all of its addresses.
struct JoinedNetwork {
    std::string text;
    std::vector<std::uint32_t> members;  ///< indices of the entries, ascending; at least two
};

/// Addresses and networks that fill a larger network together, none wider than `min_prefix`. `entries`: unique, none
/// covers another; what is neither address nor network stands for itself, as do those in `apart` (ascending): an
/// address that a person took out must not come back inside of a network.
[[nodiscard]] std::vector<JoinedNetwork> join_networks(std::span<const Coverable> entries, unsigned min_prefix,
                                                       std::span<const std::string> apart);

/// The hosts among `entries` that may be blocked with their subdomains, so that those that are named beside them need
/// no entries: registrable domains (the feed itself says that the domain is malicious) with named hosts or URLs below
/// them, that nothing protects from being blocked with all below, and nothing in `apart` lies below. Indices,
/// ascending.
[[nodiscard]] std::vector<std::uint32_t> hosts_to_fold(std::span<const Coverable> entries, const VerdictRules& rules,
                                                       const Protection& protection,
                                                       std::span<const std::string> apart);

}  // namespace cordon::core
