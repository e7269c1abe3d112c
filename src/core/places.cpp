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

/// What may be added to the object now, before anything is removed.
std::size_t free_now(TargetKind target, const Occupancy& taken, const Room& room) {
    if (target == TargetKind::url_category) return room.urls.value_or(SIZE_MAX);
    const std::size_t in_group = minus(room.addresses_per_group, taken.ours + taken.foreign_spellings);
    return std::min(in_group, room.addresses.value_or(SIZE_MAX));
}

}  // namespace

Places places_for(TargetKind target, bool exists, const Occupancy& taken, const ListPolicy& policy, const Room& room) {
    Places places{minus(policy.cap, taken.foreign), fmt::format("cap of {} entries", with_thousands(policy.cap))};
    if (target == TargetKind::url_category) {
        if (!exists && room.categories == 0) tighten(places, 0, "no further custom category can be created");
        if (room.urls) {
            tighten(places, taken.ours + *room.urls,
                    fmt::format("the tenant has room for {} more URLs", with_thousands(*room.urls)));
        }
        return places;
    }
    tighten(places, minus(room.addresses_per_group, taken.foreign_spellings),
            fmt::format("a group holds {} addresses", with_thousands(room.addresses_per_group)));
    if (room.addresses) {
        tighten(places, taken.ours + *room.addresses,
                fmt::format("the tenant has room for {} more addresses", with_thousands(*room.addresses)));
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
    if (plan.target == TargetKind::url_category) {
        if (room.urls) room.urls = minus(*room.urls, net);
        if (plan.creates) room.categories = minus(room.categories, 1);
    } else if (room.addresses) {
        room.addresses = minus(*room.addresses, net);
    }
}

}  // namespace cordon::core
