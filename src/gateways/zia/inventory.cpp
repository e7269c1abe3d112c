#include "gateways/zia/inventory.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "base/text.hpp"
#include "gateways/zia/comparison.hpp"
#include "gateways/zia/ip_groups.hpp"

namespace cordon::gateways::zia {
namespace {

std::vector<std::string> names_of(std::span<const Target> targets, core::TargetKind kind) {
    std::vector<std::string> names;
    for (const auto& target : targets) {
        if (target.kind == kind) names.push_back(target.list);
    }
    return names;
}

std::size_t rest(std::size_t whole, std::size_t taken) { return whole > taken ? whole - taken : 0; }

template <class Object>
void add_list(Inventory& inventory, const Target& target, const Object* object) {
    core::ListState state;
    state.name = target.list;
    if (object != nullptr) {
        state.exists = true;
        state.object_id = object->id;
        state.entries = entries_of(*object);
        if (!object->is_editable) {
            inventory.warnings.push_back(fmt::format(
                "'{}' may not be edited by this admin: the admin's scope must cover it", printable(target.list)));
        }
    }
    inventory.lists.push_back(std::move(state));
    inventory.descriptions.push_back(object == nullptr ? std::string{} : object->description);
}

UrlCategory without_entries(UrlCategory category) {
    category.urls = {};
    category.retaining_urls = {};
    return category;
}

IpGroup without_entries(IpGroup group) {
    group.addresses = {};
    return group;
}

/// What a list answer lacks although it was there at the last run is asked for by its id: an answer that is
/// not complete must not make an object vanish (design rule 1). Nothing: it has really gone, or it was renamed,
/// which is warned of.
template <class Object>
std::optional<ApiError> missed(const Target& target, const Answered<Object>& by_id, Inventory& inventory) {
    const auto name = printable(target.list);
    if (!by_id) {
        if (by_id.error().cause == Cause::not_found) return std::nullopt;
        return by_id.error();
    }
    if (!by_id->name.empty() && !equals_ignoring_case(by_id->name, target.list)) {
        inventory.warnings.push_back(fmt::format("'{}' is called '{}' on ZIA now: the list is taken for gone; change "
                                                 "category_name or rename it back",
                                                 name, printable(by_id->name)));
        return std::nullopt;
    }
    return ApiError{Cause::lost,
                    {Code::corrupt, fmt::format("ZIA's list of objects lacks '{}', which exists as {}: the answer is "
                                                "incomplete and nothing of it is believed; run again",
                                                name, printable(target.known_id))}};
}

void warn_of_type(Inventory& inventory, const IpGroup& group) {
    if (group.type == k_address_group) return;
    inventory.warnings.push_back(fmt::format("IP group '{}' is of type {}, and addresses need {}",
                                             printable(group.name), printable(group.type), k_address_group));
}

}  // namespace

Answered<Inventory> take_inventory(Api& api, std::span<const Target> targets, const Limits& limits,
                                   Objects& objects, const std::stop_token& stop) {
    const auto category_names = names_of(targets, core::TargetKind::url_category);
    const auto group_names = names_of(targets, core::TargetKind::ipv4_group);
    Inventory inventory;
    objects = {};

    auto status = api.status(stop);
    if (!status) return tl::unexpected(std::move(status).error());
    inventory.has_pending_changes = *status != core::ActivationState::active;

    CategoryList categories;
    if (!category_names.empty()) {
        auto read = api.categories(category_names, stop);
        if (!read) return tl::unexpected(std::move(read).error());
        categories = std::move(*read);
        auto quota = api.quota(stop);
        if (!quota) return tl::unexpected(std::move(quota).error());
        inventory.room.urls = *quota;
        inventory.room.categories = rest(limits.categories, categories.custom_count);
    }
    GroupList groups;
    if (!group_names.empty()) {
        auto read = api.groups(group_names, stop);
        if (!read) return tl::unexpected(std::move(read).error());
        groups = std::move(*read);
        inventory.room.addresses_per_group = k_most_group_addresses;
        inventory.room.addresses = rest(limits.ip_entries, groups.ip_entries);
    }

    for (const auto& target : targets) {
        if (target.kind == core::TargetKind::url_category) {
            const auto* found = find_named(categories.wanted, target.list);
            if (found == nullptr && !target.known_id.empty()) {
                auto error = missed(target, api.category(target.known_id, stop), inventory);
                if (error) return tl::unexpected(std::move(*error));
            }
            add_list(inventory, target, found);
            objects.categories[target.list] = found == nullptr ? UrlCategory{} : without_entries(*found);
        } else {
            const auto* found = find_named(groups.wanted, target.list);
            if (found == nullptr && !target.known_id.empty()) {
                auto error = missed(target, api.group(target.known_id, stop), inventory);
                if (error) return tl::unexpected(std::move(*error));
            }
            add_list(inventory, target, found);
            if (found != nullptr) warn_of_type(inventory, *found);
            objects.groups[target.list] = found == nullptr ? IpGroup{} : without_entries(*found);
        }
    }
    return inventory;
}

}  // namespace cordon::gateways::zia
