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

constexpr std::size_t k_most_groups = 4'000;              // zia-api.md 6.3
constexpr std::size_t k_most_names_per_group = 100;       // FQDNs, without Advanced Firewall
constexpr std::size_t k_most_group_description = 10'240;  // characters, zia-api.md 6.2

void apply(const GroupBody& body, Group& group) {
    if (body.name) group.name = *body.name;
    group.description = body.description;
    group.ip_categories = body.ip_categories.value_or(Texts{});
    group.countries = body.countries.value_or(Texts{});
    for (const auto& address : body.addresses.value_or(Texts{})) group.addresses.insert(address);
}

std::size_t addresses_in(const std::vector<Group>& groups) {
    std::size_t sum = 0;
    for (const auto& group : groups) sum += group.type == "DSTN_IP" ? group.addresses.size() : 0;
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

ServerResponse Cloud::list_ipv6_groups(const Call&) {
    return ok("[]");
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
    const auto most = group.type == "DSTN_IP" ? options_.most_addresses_per_group : k_most_names_per_group;
    if (group.addresses.size() > most) {
        violation(fmt::format("destination group: {} addresses where {} fit", group.addresses.size(), most));
        return invalid_input(fmt::format("Maximum {} addresses are allowed per group. Limit has exceeded.", most));
    }
    if (group.type != "DSTN_IP") return std::nullopt;
    const auto* current = tenant_.saved().group(group.id);
    const auto others = addresses_in(tenant_.saved().groups) - (current == nullptr ? 0 : current->addresses.size());
    if (others + group.addresses.size() > options_.most_addresses) {
        violation("the organisation's limit of IP addresses in groups");
        return refusal(
            403, "LIMIT_EXCEEDED",
            fmt::format("Maximum {} IP addresses are allowed. Limit has exceeded.", options_.most_addresses));
    }
    return std::nullopt;
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
