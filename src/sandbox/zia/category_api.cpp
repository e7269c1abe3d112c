#include <algorithm>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "base/text.hpp"
#include "sandbox/reply.hpp"
#include "sandbox/zia/cloud.hpp"

namespace cordon::sandbox::zia {
namespace {

using net::ServerResponse;

enum class Change { replace, add, remove };

void replace(EntrySet& entries, const std::optional<Texts>& sent) {
    entries.clear();
    for (const auto& text : sent.value_or(Texts{})) entries.insert(text);
}

void change(std::optional<Texts>& list, const std::optional<Texts>& sent, Change how) {
    Texts next = how == Change::replace ? Texts{} : list.value_or(Texts{});
    for (const auto& text : sent.value_or(Texts{})) {
        const auto at = std::find(next.begin(), next.end(), text);
        if (how == Change::remove) {
            if (at != next.end()) next.erase(at);
        } else if (at == next.end()) {
            next.push_back(text);
        }
    }
    // The key stays out of answers until the list has held something (zia-api.md 4.2).
    if (list || !next.empty()) list = std::move(next);
}

/// Omitted keywords keep their value, those that are present replace (zia-api.md 4.7).
void replace_when_sent(std::optional<Texts>& list, const std::optional<Texts>& sent) {
    if (sent) change(list, sent, Change::replace);
}

/// Everything but the entries.
void change_side_lists(CategoryAttributes& category, const CategoryBody& body, Change how) {
    change(category.ip_ranges, body.ip_ranges, how);
    change(category.ip_ranges_retaining_parent, body.ip_ranges_retaining_parent, how);
    replace_when_sent(category.keywords, body.keywords);
    replace_when_sent(category.keywords_retaining_parent, body.keywords_retaining_parent);
}

void replace_lists(Category& category, const CategoryBody& body) {
    replace(category.urls, body.urls);
    replace(category.retaining_parent, body.retaining_parent);
    change_side_lists(category, body, Change::replace);
}

/// What adding or removing `sent` really changes.
EntryChange effect(const EntrySet& entries, const std::optional<Texts>& sent, Change how) {
    const bool is_adding = how == Change::add;
    std::set<std::string> texts;
    for (const auto& text : sent.value_or(Texts{})) {
        if (entries.contains(text) != is_adding) texts.insert(text);
    }
    EntryChange effect;
    (is_adding ? effect.arriving : effect.leaving).assign(texts.begin(), texts.end());
    return effect;
}

/// A full PUT clears what it leaves out (zia-api.md 4.7).
void replace_attributes(CategoryAttributes& category, const CategoryBody& body) {
    if (!category.is_custom) return;
    category.configured_name = body.configured_name.value_or("");
    category.super_category = body.super_category.value_or("");
    category.description = body.description;
    category.scopes = body.scopes;
}

/// An incremental PUT touches only what it carries (zia-api.md 4.8), except that scopes left out are taken
/// for cleared: documented for a full PUT, untested for this one (4.2), so the stricter reading.
void update_attributes(CategoryAttributes& category, const CategoryBody& body) {
    if (!category.is_custom) return;
    if (body.configured_name) category.configured_name = *body.configured_name;
    if (body.super_category) category.super_category = *body.super_category;
    if (body.description) category.description = body.description;
    category.scopes = body.scopes;
}

std::optional<Change> change_of(std::string_view action) {
    if (action.empty()) return Change::replace;
    if (action == "ADD_TO_LIST") return Change::add;
    if (action == "REMOVE_FROM_LIST") return Change::remove;
    return std::nullopt;
}

std::size_t custom_ones(const std::vector<Category>& categories) {
    return static_cast<std::size_t>(
        std::count_if(categories.begin(), categories.end(), [](const Category& each) { return each.is_custom; }));
}

bool is_custom_id(std::string_view id) {
    return id.starts_with("CUSTOM_") && parse_whole_number(id.substr(7)).has_value();
}

}  // namespace

ServerResponse Cloud::list_categories(const Call& call) {
    const bool custom_only = equals_ignoring_case(call.request.query_value("customOnly"), "true");
    const bool counts_only = options_.quirks.contains(Quirk::counts_strip_lists) &&
                             equals_ignoring_case(call.request.query_value("includeOnlyUrlKeywordCounts"), "true");
    const auto type = call.request.query_value("type");
    std::string json = "[";
    for (const auto& category : tenant_.saved().categories) {
        if (custom_only && !category.is_custom) continue;
        // Without `type` there are no TLD categories (zia-api.md 4.3).
        if (type != "ALL" && category.type != (type.empty() ? "URL_CATEGORY" : type)) continue;
        if (json.size() > 1) json += ',';
        json += render(category, options_.seed, counts_only ? Lists::counts_only : Lists::full);
    }
    return ok(json + ']');
}

ServerResponse Cloud::list_lite_categories(const Call&) {
    const auto names = options_.quirks.contains(Quirk::lite_without_names) ? Names::dropped : Names::shown;
    std::string json = "[";
    for (const auto& category : tenant_.saved().categories) {
        if (json.size() > 1) json += ',';
        json += render(category, options_.seed, Lists::counts_only, names);
    }
    return ok(json + ']');
}

ServerResponse Cloud::show_quota(const Call&) {
    const auto provisioned = tenant_.unique_urls();
    const auto remaining = options_.url_quota - std::min(provisioned, options_.url_quota);
    return ok(fmt::format(R"({{"uniqueUrlsProvisioned":{},"remainingUrlsQuota":{}}})", provisioned, remaining));
}

// zia-api.md 4.10: a well-formed unknown id 404, anything else 500.
ServerResponse Cloud::no_category(const std::string& id) const {
    if (is_custom_id(id) && !options_.quirks.contains(Quirk::unknown_category_500)) {
        return refusal(404, "RESOURCE_NOT_FOUND", "No such URL category");
    }
    return unexpected_error();
}

ServerResponse Cloud::show_category(const Call& call) {
    const auto* category = tenant_.saved().category(call.id);
    if (category == nullptr) return no_category(call.id);
    return ok(render(*category, options_.seed + 1));
}

ServerResponse Cloud::create_category(const Call& call) {
    const auto body = parse_category(call.request.body);
    if (!body) {
        violation("POST /urlCategories: the body is invalid");
        return invalid_body();
    }
    if (!body->configured_name || !body->super_category) {
        violation("POST /urlCategories without configuredName or superCategory");
        return invalid_input("Category name and super category are required");
    }
    if (custom_ones(tenant_.saved().categories) >= options_.most_categories) {
        return refusal(
            403, "LIMIT_EXCEEDED",
            fmt::format("Maximum {} custom categories are allowed. Limit has exceeded.", options_.most_categories));
    }
    const int number = tenant_.saved().next_custom_number();
    Category category;
    category.id = fmt::format("CUSTOM_{:02}", number);
    category.value = k_value_of_custom_0 + number;
    category.type = body->type.value_or("URL_CATEGORY");
    category.url_type = body->url_type.value_or("EXACT");
    category.urls = category.retaining_parent = EntrySet(options_.seed);
    replace_attributes(category, *body);
    replace_lists(category, *body);
    if (auto refused = check_name(category.configured_name, category.id)) return *std::move(refused);
    if (auto refused = check_urls(*body, category, category.entries())) return *std::move(refused);
    return store(call, std::move(category));
}

ServerResponse Cloud::update_category(const Call& call) {
    auto* current = tenant_.saved().category(call.id);
    if (current == nullptr) return no_category(call.id);
    const auto body = parse_category(call.request.body);
    const auto how = change_of(call.request.query_value("action"));
    if (!body || !how) {
        violation("PUT /urlCategories/{id}: the body or the action is invalid");
        return body ? invalid_input("Invalid action") : invalid_body();
    }
    if (current->is_custom && !body->configured_name) {
        violation("PUT /urlCategories/{id} without configuredName");
        return invalid_input("Category name is required");
    }
    check_manners(*body, *current, *how != Change::replace);
    if (*how != Change::replace) return revise_category(call, *current, *body);
    Category next = *current;
    replace_attributes(next, *body);
    replace_lists(next, *body);
    if (next.is_custom) {
        if (auto refused = check_name(next.configured_name, next.id)) return *std::move(refused);
    }
    if (auto refused = check_urls(*body, next, next.entries())) return *std::move(refused);
    return store(call, std::move(next));
}

// Costs what the batch holds, apart from the answer, which is the whole category (zia-api.md 4.8).
ServerResponse Cloud::revise_category(const Call& call, Category& current, const CategoryBody& body) {
    const auto how = change_of(call.request.query_value("action")).value_or(Change::add);
    auto next = static_cast<const CategoryAttributes&>(current);
    update_attributes(next, body);
    change_side_lists(next, body, how);
    const auto urls = effect(current.urls, body.urls, how);
    const auto retaining = effect(current.retaining_parent, body.retaining_parent, how);
    if (next.is_custom) {
        if (auto refused = check_name(next.configured_name, next.id)) return *std::move(refused);
    }
    const auto entries = urls.applied_to(current.urls.size()) + retaining.applied_to(current.retaining_parent.size());
    if (auto refused = check_urls(body, next, entries)) return *std::move(refused);
    const bool is_change =
        !urls.is_none() || !retaining.is_none() || next != static_cast<const CategoryAttributes&>(current);
    if (!tenant_.revise(current, std::move(next), urls, retaining, options_.url_quota)) return beyond_quota(call);
    if (is_change) tenant_.stage(call.admin);
    return ok(render(current, options_.seed + 2));
}

// zia-api.md 4.8, "Exceeding the URL quota"
ServerResponse Cloud::beyond_quota(const Call& call) {
    violation(fmt::format("{} {}: beyond the quota of {} URLs", call.request.method,
                          path_below_base(call.request.path).value_or(""), options_.url_quota));
    return invalid_input(
        fmt::format("An organization can have a maximum of {} custom URLs. Currently {} are "
                    "already provisioned for this organization.",
                    options_.url_quota, tenant_.unique_urls()));
}

ServerResponse Cloud::store(const Call& call, Category category) {
    const auto id = category.id;
    const auto* before = tenant_.saved().category(id);
    const bool is_change = before == nullptr || *before != category;
    if (!tenant_.put(id, std::move(category), options_.url_quota)) return beyond_quota(call);
    if (is_change) tenant_.stage(call.admin);
    return ok(render(*tenant_.saved().category(id), options_.seed + 2));
}

ServerResponse Cloud::delete_category(const Call& call) {
    const auto* category = tenant_.saved().category(call.id);
    if (category == nullptr) return no_category(call.id);
    if (!category->is_custom) return invalid_input("A predefined category cannot be deleted");
    const auto& saved = tenant_.saved();
    const auto uses =
        rules_with_category(saved.url_rules, call.id) + rules_with_category(saved.firewall_rules, call.id);
    if (auto refused = refuse_use("CATEGORY", uses)) return *std::move(refused);
    if (!tenant_.put(call.id, std::nullopt, 0)) return no_category(call.id);
    tenant_.stage(call.admin);
    return no_content();
}

}  // namespace cordon::sandbox::zia
