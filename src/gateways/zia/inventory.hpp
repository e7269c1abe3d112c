#pragma once

#include <cstddef>
#include <map>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

#include "gateways/gateway.hpp"
#include "gateways/zia/api.hpp"

namespace cordon::gateways::zia {

/// The objects behind the lists as the last inventory showed them, by the list's configured name; without
/// their entries. An object that does not exist has an empty id.
struct Objects {
    std::map<std::string, UrlCategory> categories{};
    std::map<std::string, Group> groups{};
};

/// What the tenant may hold (zia-api.md 4.13, 6.3).
struct Limits {
    std::size_t categories = 64;
    std::size_t ip_entries = 16'000;
    std::size_t fqdn_entries = 5'000;
};

/// The names of the lists of some kinds (core::has_sides, core::is_group), as configured; find_named() then finds their
/// objects.
[[nodiscard]] std::vector<std::string> names_of(std::span<const Target> targets, bool (*is_wanted)(core::TargetKind));

/// Whether any list is of such a kind.
[[nodiscard]] bool has_any(std::span<const Target> targets, bool (*is_wanted)(core::TargetKind));
[[nodiscard]] bool has_any(std::span<const Target> targets, core::TargetKind kind);

/// Why we cannot write the object of this list, for the operator; "" where we can. See also groups.hpp.
[[nodiscard]] std::string obstacle_of(const UrlCategory& category, const Target& target);

/// Everything a plan needs, in at most five reads: categories, groups, denylist, quota, status. What no target needs
/// is not read. Fills `objects`. An object that the lists lack is read by its target's `known_id`; where that says
/// "no such id" and a second look at the list lacks it too, it has gone; where it exists under its name, the
/// inventory is `corrupt`.
[[nodiscard]] Answered<Inventory> take_inventory(Api& api, std::span<const Target> targets, const Limits& limits,
                                                 Objects& objects, const std::stop_token& stop);

}  // namespace cordon::gateways::zia
