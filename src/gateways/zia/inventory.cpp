#include "gateways/zia/inventory.hpp"

#include <algorithm>
#include <functional>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "base/text.hpp"
#include "gateways/zia/comparison.hpp"
#include "gateways/zia/denylist.hpp"
#include "gateways/zia/groups.hpp"

namespace cordon::gateways::zia {
namespace {

std::size_t rest(std::size_t whole, std::size_t taken) {
    return whole > taken ? whole - taken : 0;
}

UrlCategory without_entries(UrlCategory category) {
    category.urls = {};
    category.retaining_urls = {};
    return category;
}

Group without_entries(Group group) {
    group.addresses = {};
    return group;
}

std::vector<core::PresentEntry> entries_for(const UrlCategory& category, const Target&) {
    return entries_of(category);
}

std::vector<core::PresentEntry> entries_for(const Group& group, const Target& target) {
    return entries_of(group, target.kind);
}

/// Takes down what the target's object holds; gives the object without its entries.
template <class Object>
Object take_object(Inventory& inventory, const Target& target, const std::vector<Object>& objects) {
    core::ListState state;
    state.name = target.list;
    const auto* object = find_named(objects, target.list);
    if (object != nullptr) {
        state.exists = true;
        state.object_id = object->id;
        state.entries = entries_for(*object, target);
        if (auto obstacle = obstacle_of(*object, target); !obstacle.empty()) {
            inventory.warnings.push_back(std::move(obstacle));
        }
    }
    inventory.lists.push_back(std::move(state));
    return object == nullptr ? Object{} : without_entries(*object);
}

void take_denylist(Inventory& inventory, const Target& target, const std::vector<std::string>& spellings) {
    core::ListState state;
    state.name = target.list;
    state.exists = true;
    state.object_id = k_denylist_id;
    state.entries = entries_of_denylist(spellings);
    inventory.lists.push_back(std::move(state));
}

/// A known object that exists although the list lacks it: renamed, which is warned of, or the list is not complete.
template <class Object>
std::optional<ApiError> judge_missed(const Target& target, const Object& by_id, Inventory& inventory) {
    const auto name = printable(target.list);
    if (!by_id.name.empty() && !equals_ignoring_case(by_id.name, target.list)) {
        inventory.warnings.push_back(
            fmt::format("'{}' is called '{}' on ZIA now: the list is taken for gone; change "
                        "category_name or rename it back",
                        name, printable(by_id.name)));
        return std::nullopt;
    }
    return ApiError{Cause::lost,
                    {Code::corrupt, fmt::format("ZIA's list of objects lacks '{}', which exists as {}: the answer is "
                                                "incomplete and nothing of it is believed; run again",
                                                name, printable(target.known_id))}};
}

/// The reads of one kind of object.
template <class Object, class List>
struct Reads {
    bool (*is_of)(core::TargetKind);
    std::function<Answered<List>()> list;
    std::function<Answered<Object>(const std::string& id)> one;
    std::function<bool(const ApiError&)> is_unknown_id;
};

/// Asks by id for what a list answer lacks although it was there at the last run: an answer that is not complete must
/// not make an object vanish (design rule 1). Where ZIA knows no such id, the list is read once more: the object may
/// have been made anew in between, and stays gone only where the second list lacks it too (zia-api.md 4.10).
template <class Object, class List>
std::optional<ApiError> find_missed(List& list, std::span<const Target> targets, const Reads<Object, List>& reads,
                                    Inventory& inventory) {
    std::optional<List> second;
    for (const auto& target : targets) {
        if (!reads.is_of(target.kind) || target.known_id.empty() || find_named(list.wanted, target.list) != nullptr) {
            continue;
        }
        const auto by_id = reads.one(target.known_id);
        if (by_id) {
            if (auto error = judge_missed(target, *by_id, inventory)) return error;
            continue;
        }
        if (!reads.is_unknown_id(by_id.error())) return by_id.error();
        if (!second) {
            auto read = reads.list();
            if (!read) return std::move(read).error();
            second = std::move(*read);
        }
        if (const auto* found = find_named(second->wanted, target.list)) list.wanted.push_back(*found);
    }
    return std::nullopt;
}

template <class Object, class List>
Answered<List> read_list(std::span<const Target> targets, const Reads<Object, List>& reads, Inventory& inventory) {
    auto list = reads.list();
    if (!list) return list;
    if (auto error = find_missed(*list, targets, reads, inventory)) return tl::unexpected(std::move(*error));
    return list;
}

Answered<CategoryList> list_categories(Api& api, std::span<const Target> targets, Inventory& inventory,
                                       const std::stop_token& stop) {
    const auto names = names_of(targets, core::has_sides);
    if (names.empty()) return CategoryList{};
    const Reads<UrlCategory, CategoryList> reads{core::has_sides, [&] { return api.categories(names, stop); },
                                                 [&](const std::string& id) { return api.category(id, stop); },
                                                 may_be_unknown_category};
    return read_list(targets, reads, inventory);
}

Answered<GroupList> list_groups(Api& api, std::span<const Target> targets, Inventory& inventory,
                                const std::stop_token& stop) {
    const auto names = names_of(targets, core::is_group);
    if (names.empty()) return GroupList{};
    const Reads<Group, GroupList> reads{core::is_group, [&] { return api.groups(names, stop); },
                                        [&](const std::string& id) { return api.group(id, stop); },
                                        [](const ApiError& error) { return error.cause == Cause::not_found; }};
    return read_list(targets, reads, inventory);
}

/// What room the tenant has for what these targets need.
std::optional<ApiError> measure_room(Api& api, std::span<const Target> targets, const Limits& limits,
                                     const CategoryList& categories, const GroupList& groups, core::Room& room,
                                     const std::stop_token& stop) {
    if (has_any(targets, core::shares_url_quota)) {
        auto quota = api.quota(stop);
        if (!quota) return std::move(quota).error();
        room.urls = quota->remaining;
        room.urls_provisioned = quota->provisioned;
    }
    if (has_any(targets, core::TargetKind::url_category)) {
        room.categories = rest(limits.categories, categories.custom_count);
    }
    if (has_any(targets, core::is_group)) {
        room.addresses_per_group = k_most_group_addresses;
        room.addresses = rest(limits.ip_entries, groups.ip_entries);
        room.names_per_group = k_most_group_names;
        room.names = rest(limits.fqdn_entries, groups.names);
    }
    return std::nullopt;
}

}  // namespace

std::vector<std::string> names_of(std::span<const Target> targets, bool (*is_wanted)(core::TargetKind)) {
    std::vector<std::string> names;
    for (const auto& target : targets) {
        if (is_wanted(target.kind)) names.push_back(target.list);
    }
    return names;
}

bool has_any(std::span<const Target> targets, bool (*is_wanted)(core::TargetKind)) {
    return std::any_of(targets.begin(), targets.end(), [&](const Target& target) { return is_wanted(target.kind); });
}

bool has_any(std::span<const Target> targets, core::TargetKind kind) {
    return std::any_of(targets.begin(), targets.end(), [&](const Target& target) { return target.kind == kind; });
}

std::string obstacle_of(const UrlCategory& category, const Target& target) {
    if (category.is_editable) return {};
    return fmt::format("category '{}' may not be edited by this admin: the admin's scope must cover it",
                       printable(target.list));
}

Answered<Inventory> take_inventory(Api& api, std::span<const Target> targets, const Limits& limits, Objects& objects,
                                   const std::stop_token& stop) {
    Inventory inventory;
    objects = {};
    auto status = api.status(stop);
    if (!status) return tl::unexpected(std::move(status).error());
    inventory.status = *status;
    const auto categories = list_categories(api, targets, inventory, stop);
    if (!categories) return tl::unexpected(categories.error());
    const auto groups = list_groups(api, targets, inventory, stop);
    if (!groups) return tl::unexpected(groups.error());
    std::vector<std::string> denied;
    if (has_any(targets, core::TargetKind::denylist)) {
        auto read = api.denylist(stop);
        if (!read) return tl::unexpected(std::move(read).error());
        denied = std::move(*read);
    }
    if (auto error = measure_room(api, targets, limits, *categories, *groups, inventory.room, stop)) {
        return tl::unexpected(std::move(*error));
    }
    for (const auto& target : targets) {
        switch (target.kind) {
            case core::TargetKind::url_category:
                objects.categories[target.list] = take_object(inventory, target, categories->wanted);
                break;
            case core::TargetKind::ipv4_group:
            case core::TargetKind::fqdn_group:
                objects.groups[target.list] = take_object(inventory, target, groups->wanted);
                break;
            case core::TargetKind::denylist: take_denylist(inventory, target, denied); break;
        }
    }
    return inventory;
}

}  // namespace cordon::gateways::zia
