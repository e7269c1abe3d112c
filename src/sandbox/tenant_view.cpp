// How tests, the control pages and the demo look into the tenant, and how its other admins change it.
#include <algorithm>
#include <limits>
#include <utility>

#include <fmt/format.h>

#include "base/text.hpp"
#include "sandbox/sandbox.hpp"
#include "sandbox/state.hpp"
#include "sandbox/zia/entry_rules.hpp"

namespace cordon::sandbox {
namespace {

constexpr auto k_no_quota = std::numeric_limits<std::size_t>::max();

using Texts = std::vector<std::string>;

Texts all_of(const zia::Category& category) {
    Texts keywords = category.keywords.value_or(Texts{});
    const auto more = category.keywords_retaining_parent.value_or(Texts{});
    keywords.insert(keywords.end(), more.begin(), more.end());
    return keywords;
}

ListView view_of(const zia::Category& category) {
    return {"category",
            category.id,
            category.configured_name,
            category.type,
            category.description,
            category.super_category,
            category.urls.sorted(),
            category.retaining_parent.sorted(),
            {},
            all_of(category)};
}

ListView view_of(const zia::Group& group) {
    return {"group", std::to_string(group.id), group.name, group.type, group.description, {}, {},
            {},      group.addresses.sorted(), {}};
}

void edit(zia::EntrySet& entries, const Texts& add, const Texts& remove) {
    for (const auto& entry : remove) entries.erase(entry);
    for (const auto& entry : add) entries.insert(entry);
}

}  // namespace

std::set<std::string> ListView::entries() const {
    std::set<std::string> all = addresses;
    all.insert(urls.begin(), urls.end());
    all.insert(retaining_parent.begin(), retaining_parent.end());
    return all;
}

std::vector<ListView> Sandbox::lists(Side side) {
    return state_->with([&] {
        std::vector<ListView> views;
        const auto& configuration = state_->on(side);
        for (const auto& category : configuration.categories) {
            if (category.is_custom) views.push_back(view_of(category));
        }
        for (const auto& group : configuration.groups) views.push_back(view_of(group));
        return views;
    });
}

std::optional<ListView> Sandbox::list(std::string_view name, Side side) {
    return state_->with([&]() -> std::optional<ListView> {
        const auto& configuration = state_->on(side);
        if (const auto* category = configuration.category_named(name)) return view_of(*category);
        if (const auto* group = configuration.group_named(name)) return view_of(*group);
        return std::nullopt;
    });
}

namespace {

std::set<std::string> entries_of(Sandbox& sandbox, std::string_view name, Side side, std::string_view kind) {
    for (const auto& view : sandbox.lists(side)) {
        if (view.kind == kind && equals_ignoring_case(view.name, name)) return view.entries();
    }
    return {};
}

}  // namespace

std::set<std::string> Sandbox::active_category(std::string_view name) {
    return entries_of(*this, name, Side::active, "category");
}

std::set<std::string> Sandbox::saved_category(std::string_view name) {
    return entries_of(*this, name, Side::saved, "category");
}

std::set<std::string> Sandbox::active_group(std::string_view name) {
    return entries_of(*this, name, Side::active, "group");
}

std::set<std::string> Sandbox::saved_group(std::string_view name) {
    return entries_of(*this, name, Side::saved, "group");
}

bool Sandbox::has_pending() {
    return status() != "ACTIVE";
}

std::string Sandbox::status() {
    return state_->with([&]() -> std::string { return state_->zia.tenant().status(); });
}

std::size_t Sandbox::open_sessions() {
    return state_->with([&] { return state_->zia.open_sessions(); });
}

std::size_t Sandbox::unique_urls() {
    return state_->with([&] { return state_->zia.tenant().unique_urls(); });
}

std::vector<Blocking> Sandbox::blocked_by(std::string_view url) {
    return state_->with([&] {
        std::vector<Blocking> found;
        const auto& active = state_->zia.tenant().active();
        for (const auto& entry : zia::entries_that_block(url)) {
            for (const auto& category : active.categories) {
                if (!category.is_custom) continue;
                if (category.urls.contains(entry) || category.retaining_parent.contains(entry)) {
                    found.push_back({category.configured_name, entry});
                }
            }
            if (active.denylist.contains(entry)) found.push_back({"denylist", entry});
        }
        const auto host = zia::host_of(url);
        for (const auto& group : active.groups) {
            group.addresses.for_each([&](const std::string& address) {
                if (zia::covers_address(address, host)) found.push_back({group.name, address});
            });
        }
        return found;
    });
}

bool Sandbox::edit_by_hand(std::string_view list, const Texts& add, const Texts& remove, Publish publish) {
    return state_->with([&] {
        auto& tenant = state_->zia.tenant();
        if (const auto* category = tenant.saved().category_named(list)) {
            auto next = *category;
            const bool is_retaining = next.retaining_parent.size() > next.urls.size();
            edit(next.urls, is_retaining ? Texts{} : add, remove);
            edit(next.retaining_parent, is_retaining ? add : Texts{}, remove);
            const auto id = next.id;
            if (!tenant.put(id, std::move(next), k_no_quota)) return false;
        } else if (const auto* group = tenant.saved().group_named(list)) {
            edit(tenant.saved().group(group->id)->addresses, add, remove);
        } else if (list == "denylist") {
            auto next = tenant.saved().denylist;
            edit(next, add, remove);
            if (!tenant.put_list(tenant.saved().denylist, std::move(next), k_no_quota)) return false;
        } else if (list == "allowlist") {
            edit(tenant.saved().allowlist, add, remove);
        } else {
            return false;
        }
        state_->portal_saved(publish);
        return true;
    });
}

void Sandbox::create_category_by_hand(const std::string& name, const Texts& urls, const Texts& retaining_parent) {
    state_->with([&] {
        auto& tenant = state_->zia.tenant();
        zia::Category category;
        const int number = tenant.saved().next_custom_number();
        category.id = fmt::format("CUSTOM_{:02}", number);
        category.value = zia::k_value_of_custom_0 + number;
        category.configured_name = name;
        category.super_category = "USER_DEFINED";
        category.urls = category.retaining_parent = zia::EntrySet(state_->options.seed);
        edit(category.urls, urls, {});
        edit(category.retaining_parent, retaining_parent, {});
        const auto id = category.id;
        if (!tenant.put(id, std::move(category), k_no_quota)) return;
        state_->portal_saved(Publish::now);
    });
}

void Sandbox::create_group_by_hand(const std::string& name, const Texts& addresses, const std::string& type) {
    state_->with([&] {
        auto& tenant = state_->zia.tenant();
        zia::Group group;
        group.id = tenant.saved().groups.empty() ? 10'250'311 : tenant.saved().groups.back().id + 1;
        group.name = name;
        group.type = type;
        group.addresses = zia::EntrySet(state_->options.seed);
        edit(group.addresses, addresses, {});
        tenant.saved().groups.push_back(std::move(group));
        state_->portal_saved(Publish::now);
    });
}

bool Sandbox::delete_by_hand(std::string_view list) {
    return state_->with([&] {
        auto& tenant = state_->zia.tenant();
        auto& groups = tenant.saved().groups;
        if (const auto* category = tenant.saved().category_named(list)) {
            if (!tenant.put(std::string(category->id), std::nullopt, k_no_quota)) return false;
        } else if (const auto* group = tenant.saved().group_named(list)) {
            groups.erase(groups.begin() + (group - groups.data()));
        } else {
            return false;
        }
        state_->portal_saved(Publish::now);
        return true;
    });
}

void Sandbox::stage_by_hand(const std::string& admin) {
    state_->with([&] {
        state_->portal_admins.insert(admin);
        state_->zia.tenant().stage(admin);
    });
}

void Sandbox::publish_by_hand() {
    state_->with([&] {
        for (const auto& admin : state_->portal_admins) {
            state_->zia.tenant().activate(admin, state_->clock.now());
        }
    });
}

}  // namespace cordon::sandbox
