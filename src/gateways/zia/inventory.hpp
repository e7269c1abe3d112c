#pragma once

#include <cstddef>
#include <map>
#include <span>
#include <stop_token>
#include <string>

#include "gateways/gateway.hpp"
#include "gateways/zia/api.hpp"

namespace cordon::gateways::zia {

/// The objects behind the lists as the last inventory showed them, by the list's configured name; without
/// their entries. An object that does not exist has an empty id.
struct Objects {
    std::map<std::string, UrlCategory> categories{};
    std::map<std::string, IpGroup> groups{};
};

struct Limits {
    std::size_t categories = 64;
    std::size_t ip_entries = 16'000;
};

/// Everything a plan needs, in at most four reads: categories, quota, groups, status. What no target needs
/// is not read. Fills `objects`. An object that the lists lack is read by its target's `known_id`, and only
/// "no such id" makes it gone; where it exists under its name, the inventory is `corrupt`.
[[nodiscard]] Answered<Inventory> take_inventory(Api& api, std::span<const Target> targets, const Limits& limits,
                                                 Objects& objects, const std::stop_token& stop);

}  // namespace cordon::gateways::zia
