#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "base/text.hpp"
#include "sandbox/reply.hpp"
#include "sandbox/zia/cloud.hpp"
#include "sandbox/zia/entry_rules.hpp"

namespace cordon::sandbox::zia {
namespace {

using net::ServerResponse;

constexpr std::size_t k_most_groups = 4'000;  // zia-api.md 6.3
// FQDNs without and with Advanced Firewall (zia-api.md 6.3)
constexpr std::size_t k_few_names_per_group = 100;
constexpr std::size_t k_most_names_per_group = 8'000;
constexpr std::size_t k_few_names = 5'000;
constexpr std::size_t k_most_names = 16'000;
constexpr std::size_t k_most_group_description = 10'240;  // characters, zia-api.md 6.2

void apply(const GroupBody& body, Group& group) {
    if (body.name) group.name = *body.name;
    group.description = body.description;
    group.ip_categories = body.ip_categories.value_or(Texts{});
    group.countries = body.countries.value_or(Texts{});
    for (const auto& address : body.addresses.value_or(Texts{})) group.addresses.insert(address);
}

bool holds_names(std::string_view type) {
    return type == "DSTN_FQDN" || type == "DSTN_DOMAIN";
}

/// Of all groups but this one that hold the same: addresses or names.
std::size_t entries_besides(const std::vector<Group>& groups, const Group& group) {
    std::size_t sum = 0;
    for (const auto& other : groups) {
        const bool is_same_kind = other.type != "DSTN_OTHER" && holds_names(other.type) == holds_names(group.type);
        if (is_same_kind && other.id != group.id) sum += other.addresses.size();
    }
    return sum;
}

template <class Wanted, class Render>
std::string array_of(const std::vector<Group>& groups, Wanted is_wanted, Render render_one) {
    std::string json = "[";
    for (const auto& group : groups) {
        if (!is_wanted(group)) continue;
        if (json.size() > 1) json += ',';
        json += render_one(group);
    }
    return json + ']';
}

}  // namespace

ServerResponse Cloud::list_groups(const Call& call) {
    const auto excluded = call.request.query_value("excludeType");
    return ok(array_of(
        tenant_.saved().groups, [&](const Group& group) { return group.type != excluded; },
        [&](const Group& group) { return render(group, options_.seed, GroupShape::read); }));
}

ServerResponse Cloud::list_lite_groups(const Call& call) {
    const auto excluded = call.request.query_value("excludeType");
    std::vector<std::string> types;
    for (const auto& [name, value] : call.request.query) {
        if (name == "type") types.push_back(value);
    }
    const auto is_wanted = [&](const Group& group) {
        return group.type != excluded &&
               (types.empty() || std::find(types.begin(), types.end(), group.type) != types.end());
    };
    return ok(array_of(tenant_.saved().groups, is_wanted, [](const Group& group) {
        return fmt::format(R"({{"id":{},"name":{},"type":"{}"}})", group.id, json_text(group.name), group.type);
    }));
}

// The one predefined group; what it looks like is not recorded [INF] (zia-api.md 6.1).
ServerResponse Cloud::list_ipv6_groups(const Call& call) {
    const bool is_lite = call.request.path.ends_with("/lite");
    return ok(is_lite
                  ? R"([{"id":10250001,"name":"All IPv6","type":"DSTN_IP"}])"
                  : R"([{"id":10250001,"name":"All IPv6","type":"DSTN_IP","addresses":["::/0"],"creatorContext":"ZIA",)"
                    R"("isNonEditable":true,"ipCategories":[],"countries":[],"urlCategories":[],)"
                    R"("ipAddresses":["::/0"]}])");
}

Group* Cloud::group_of(const Call& call) {
    const auto id = parse_whole_number(call.id);
    return id ? tenant_.saved().group(static_cast<std::int64_t>(*id)) : nullptr;
}

ServerResponse Cloud::show_group(const Call& call) {
    const auto* group = group_of(call);
    if (group == nullptr) return refusal(404, "RESOURCE_NOT_FOUND", "No such destination group");
    // Another order than the list's, as recorded (zia-api.md 1, group 10250311).
    return ok(render(*group, options_.seed + 1, GroupShape::read));
}

std::optional<ServerResponse> Cloud::check_group(const Group& group) {
    if (!is_acceptable_group_name(group.name)) return invalid_input("Invalid name for the destination group");
    const auto* namesake = tenant_.saved().group_named(group.name);
    if (namesake != nullptr && namesake->id != group.id) return refusal(400, "DUPLICATE_ITEM", "DUPLICATE_ITEM");
    if (group.description && character_count(*group.description) > k_most_group_description) {
        return invalid_input("Description exceeds 10240 characters");
    }
    if (group.type == "DSTN_OTHER") {
        if (!group.addresses.empty() || (group.ip_categories.empty() && group.countries.empty())) {
            return invalid_input("DSTN_OTHER needs ipCategories or countries and no addresses");
        }
        return std::nullopt;
    }
    if (group.addresses.empty()) {
        violation("a destination group would become empty");
        return invalid_input("At least 1 address should be entered");
    }
    Texts offenders;
    group.addresses.for_each([&](const std::string& address) {
        if (!is_acceptable_address(group.type, address)) offenders.push_back(address);
    });
    if (!offenders.empty()) {
        violation(fmt::format("destination group: invalid address {}", printable(offenders.front())));
        return invalid_entries("addresses", offenders);
    }
    return check_room(group);
}

// 400 for a group's limit and 403 for the organisation's [INF] (zia-api.md 6.3).
std::optional<ServerResponse> Cloud::check_room(const Group& group) {
    const bool has_names = holds_names(group.type);
    const bool is_advanced = options_.has_advanced_firewall;
    const auto most = !has_names    ? options_.most_addresses_per_group
                      : is_advanced ? k_most_names_per_group
                                    : k_few_names_per_group;
    if (group.addresses.size() > most) {
        violation(fmt::format("destination group: {} addresses where {} fit", group.addresses.size(), most));
        return invalid_input(fmt::format("Maximum {} addresses are allowed per group. Limit has exceeded.", most));
    }
    const auto most_in_all = !has_names ? options_.most_addresses : is_advanced ? k_most_names : k_few_names;
    if (entries_besides(tenant_.saved().groups, group) + group.addresses.size() <= most_in_all) return std::nullopt;
    const auto* what = has_names ? "FQDNs" : "IP addresses";
    violation(fmt::format("the organisation's limit of {} in groups", what));
    return refusal(403, "LIMIT_EXCEEDED",
                   fmt::format("Maximum {} {} are allowed. Limit has exceeded.", most_in_all, what));
}

ServerResponse Cloud::create_group(const Call& call) {
    const auto body = parse_group(call.request.body);
    if (!body || !body->name || !body->type) {
        violation("POST /ipDestinationGroups: the body is invalid");
        return invalid_body();
    }
    Group group;
    group.type = *body->type;
    group.addresses = EntrySet(options_.seed);
    apply(*body, group);
    auto& groups = tenant_.saved().groups;
    if (groups.size() >= k_most_groups) {
        return refusal(403, "LIMIT_EXCEEDED", "Maximum 4000 destination groups are allowed. Limit has exceeded.");
    }
    if (auto refused = check_group(group)) return *std::move(refused);
    group.id = next_group_id_++;
    tenant_.stage(call.admin);
    groups.push_back(group);
    return ok(render(group, options_.seed, GroupShape::created));
}

ServerResponse Cloud::update_group(const Call& call) {
    auto* group = group_of(call);
    if (group == nullptr) return refusal(404, "RESOURCE_NOT_FOUND", "No such destination group");
    const auto body = parse_group(call.request.body);
    if (!body || !body->name) {
        violation("PUT /ipDestinationGroups/{id}: the body is invalid");
        return invalid_body();
    }
    if (body->type && *body->type != group->type) return invalid_input("The type of a group cannot be changed");
    Group next = *group;
    // `override` is true by default; false appends (zia-api.md 6.1).
    const bool appends = equals_ignoring_case(call.request.query_value("override"), "false");
    if (!appends) next.addresses.clear();
    if (group->description && !body->description) {
        violation("PUT /ipDestinationGroups/{id} without description: the group loses its own");
    }
    apply(*body, next);
    if (auto refused = check_group(next)) return *std::move(refused);
    if (next != *group) tenant_.stage(call.admin);
    *group = std::move(next);
    return ok(render(*group, options_.seed + 2, GroupShape::updated));
}

ServerResponse Cloud::delete_group(const Call& call) {
    const auto* group = group_of(call);
    if (group == nullptr) return refusal(404, "RESOURCE_NOT_FOUND", "No such destination group");
    const auto uses = rules_with_group(tenant_.saved().firewall_rules, group->id);
    if (auto refused = refuse_use("GROUP", uses)) return *std::move(refused);
    auto& groups = tenant_.saved().groups;
    groups.erase(groups.begin() + (group - groups.data()));
    tenant_.stage(call.admin);
    return no_content();
}

}  // namespace cordon::sandbox::zia
