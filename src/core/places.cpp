#include "core/places.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/text.hpp"

namespace cordon::core {
namespace {

std::size_t minus(std::size_t a, std::size_t b) {
    return a - std::min(a, b);
}

void tighten(Places& places, std::size_t count, std::string because) {
    if (count < places.count) places = {count, std::move(because)};
}

/// The limits of destination groups of one kind (zia-api.md 6.3).
struct GroupRoom {
    std::size_t in_group;
    std::optional<std::size_t> in_tenant;
    const char* entries;
};

GroupRoom group_room(TargetKind target, const Room& room) {
    if (target == TargetKind::fqdn_group) return {room.names_per_group, room.names, "host names"};
    return {room.addresses_per_group, room.addresses, "addresses"};
}

/// What may be added to the object now, before anything is removed.
std::size_t free_now(TargetKind target, const Occupancy& taken, const Room& room) {
    if (shares_url_quota(target)) return room.urls.value_or(SIZE_MAX);
    const auto limits = group_room(target, room);
    const std::size_t in_group = minus(limits.in_group, taken.ours + taken.foreign_spellings);
    return std::min(in_group, limits.in_tenant.value_or(SIZE_MAX));
}

void take_from(std::optional<std::size_t>& room, std::size_t count) {
    if (room) room = minus(*room, count);
}

}  // namespace

Places places_for(TargetKind target, bool exists, const Occupancy& taken, const ListPolicy& policy, const Room& room) {
    Places places{minus(policy.cap, taken.foreign), fmt::format("cap of {} entries", with_thousands(policy.cap))};
    if (shares_url_quota(target)) {
        if (!exists && room.categories == 0)
            tighten(places, 0, "no further custom category can be created (max_categories)");
        if (room.urls) {
            tighten(places, taken.ours + *room.urls,
                    fmt::format("the tenant has room for {} more URLs", with_thousands(*room.urls)));
        }
        return places;
    }
    const auto limits = group_room(target, room);
    tighten(places, minus(limits.in_group, taken.foreign_spellings),
            fmt::format("a group holds {} {}", with_thousands(limits.in_group), limits.entries));
    if (limits.in_tenant) {
        tighten(places, taken.ours + *limits.in_tenant,
                fmt::format("the tenant has room for {} more {}", with_thousands(*limits.in_tenant), limits.entries));
    }
    return places;
}

bool must_remove_first(const ListPlan& plan, const Occupancy& taken, const ListPolicy& policy, const Room& room) {
    if (plan.counts.to_add == 0 || plan.counts.to_remove == 0) return false;
    return taken.ours + taken.foreign + plan.counts.to_add > policy.cap ||
           plan.counts.to_add > free_now(plan.target, taken, room);
}

void take_room(const ListPlan& plan, Room& room) {
    const bool has_placeholder = std::binary_search(plan.keeps.begin(), plan.keeps.end(), plan.placeholder);
    const std::size_t after = plan.keeps.size() - (has_placeholder ? 1 : 0);
    const std::size_t net = minus(after, plan.counts.present);
    switch (plan.target) {
        case TargetKind::url_category:
            if (plan.creates) room.categories = minus(room.categories, 1);
            take_from(room.urls, net);
            break;
        case TargetKind::denylist: take_from(room.urls, net); break;
        case TargetKind::ipv4_group: take_from(room.addresses, net); break;
        case TargetKind::fqdn_group: take_from(room.names, net); break;
    }
}

}  // namespace cordon::core
