#include "sandbox/control.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/text.hpp"
#include "sandbox/reply.hpp"

namespace cordon::sandbox {
namespace {

constexpr std::int64_t k_most_ticks = 100'000;
constexpr std::int64_t k_furthest_s = std::int64_t{366} * 86'400;

using Json = nlohmann::ordered_json;
using Texts = std::vector<std::string>;

net::ServerResponse json_page(const Json& json, int status = 200) {
    return json_answer(status, json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n");
}

net::ServerResponse done() {
    return json_page({{"done", true}});
}

net::ServerResponse refusal(int status, const std::string& message) {
    return json_page({{"error", message}}, status);
}

Json state_of(Sandbox& sandbox) {
    Json lists = Json::array();
    for (const auto& saved : sandbox.lists(Side::saved)) {
        const auto active = sandbox.list(saved.name, Side::active);
        lists.push_back({{"kind", saved.kind},
                         {"id", saved.id},
                         {"name", saved.name},
                         {"description", saved.description.value_or("")},
                         {"saved", saved.entries().size()},
                         {"active", active ? active->entries().size() : 0}});
    }
    const auto options = sandbox.options();
    return {{"url", sandbox.url()},
            {"status", sandbox.status()},
            {"pending_admins", sandbox.pending_admins()},
            {"sessions", sandbox.open_sessions()},
            {"url_quota", options.url_quota},
            {"urls_provisioned", sandbox.unique_urls()},
            {"rate_limits", options.has_rate_limits},
            {"tick", sandbox.ticks()},
            {"rf_credits", sandbox.credits()},
            {"needless_downloads", sandbox.needless_downloads()},
            {"crowdstrike_tokens", sandbox.open_tokens()},
            {"crowdstrike_rows_served", sandbox.rows_served()},
            {"looked_up", sandbox.looked_up()},
            {"zia_calls", sandbox.zia_calls()},
            {"zia_writes", sandbox.zia_writes()},
            {"violations", sandbox.violations().size()},
            {"url_rules", Json::parse(sandbox.url_rules(Side::saved)).size()},
            {"firewall_rules", Json::parse(sandbox.firewall_rules(Side::saved)).size()},
            {"denylist", sandbox.denylist(Side::saved).size()},
            {"lists", lists}};
}

Json configuration_of(Sandbox& sandbox, Side side) {
    Json lists = Json::object();
    for (const auto& view : sandbox.lists(side)) lists[view.name] = view.entries();
    return lists;
}

Json journal_of(Sandbox& sandbox) {
    Json entries = Json::array();
    for (const auto& entry : sandbox.journal()) {
        entries.push_back({{"time", to_iso8601(entry.moment)},
                           {"method", entry.method},
                           {"path", entry.path_template},
                           {"target", entry.target},
                           {"client", entry.client},
                           {"status", entry.status},
                           {"request_bytes", entry.request_bytes},
                           {"response_bytes", entry.response_bytes},
                           {"fault", entry.fault}});
    }
    return entries;
}

net::ServerResponse blocked(Sandbox& sandbox, std::string_view url) {
    if (url.empty()) return refusal(400, "say which: /_sandbox/blocked?url=host/path");
    Json by = Json::array();
    for (const auto& match : sandbox.blocked_by(url)) by.push_back({{"list", match.list}, {"entry", match.entry}});
    const auto rule = sandbox.stopped_by(url);
    return json_page(
        {{"url", url}, {"blocked", !by.empty()}, {"by", by}, {"rule", rule ? Json(*rule) : Json(nullptr)}});
}

Json rules_of_side(Sandbox& sandbox, std::string_view side) {
    const auto which = side == "active" ? Side::active : Side::saved;
    return {{"url", Json::parse(sandbox.url_rules(which))}, {"firewall", Json::parse(sandbox.firewall_rules(which))}};
}

Json denylist_of(Sandbox& sandbox) {
    return {{"saved", sandbox.denylist(Side::saved)}, {"active", sandbox.denylist(Side::active)}};
}

net::ServerResponse look(Sandbox& sandbox, std::string_view page, const net::ServerRequest& request) {
    if (page == "state") return json_page(state_of(sandbox));
    if (page == "violations") return json_page(sandbox.violations());
    if (page == "counts") return json_page(sandbox.counts());
    if (page == "clients") return json_page(sandbox.counts_by_client());
    if (page == "tokens") return json_page(sandbox.requests_by_token());
    if (page == "journal") return json_page(journal_of(sandbox));
    if (page == "saved") return json_page(configuration_of(sandbox, Side::saved));
    if (page == "active") return json_page(configuration_of(sandbox, Side::active));
    if (page == "rules") return json_page(rules_of_side(sandbox, request.query_value("side")));
    if (page == "denylist") return json_page(denylist_of(sandbox));
    if (page == "blocked") return blocked(sandbox, request.query_value("url"));
    return refusal(
        404,
        "no such page; GET state, violations, counts, clients, tokens, journal, saved, active, rules, denylist or "
        "blocked?url=");
}

/// An action and the keys that its body may have, in the order in which they are told; of "quirks" it is a list.
struct Action {
    std::string_view name;
    std::vector<std::string_view> keys;
};

const std::vector<Action>& actions() {
    static const std::vector<Action> all{
        {"fault",
         {"kind", "method", "path", "skip", "count", "probability", "status", "body", "content_type", "headers",
          "delay_ms"}},
        {"feed", {"path", "restore", "content", "keep", "torn"}},
        {"edit", {"list", "add", "remove", "publish"}},
        {"quirks", {}},
        {"indicators", {"id", "change", "publish"}},
        {"crowdstrike", {"region", "account_region", "scopes", "most_rows", "token_life_s"}},
        {"rule", {"kind", "rule", "id", "change", "delete", "publish"}},
        {"tenant",
         {"advanced_firewall", "forbidden", "most_addresses", "most_addresses_per_group", "most_categories",
          "token_life_s", "public_key", "revoke_tokens"}},
        {"lookup", {"alerted", "categorised"}},
        {"delete", {"list"}},
        {"tick", {"ticks"}},
        {"clock", {"forward_s"}},
        {"faults/clear", {}},
        {"classify", {"url", "classes", "alerts"}},
        {"stage", {"admin"}},
        {"publish", {}},
        {"quota", {"urls"}},
        {"maintenance", {"on"}},
        {"requests/forget", {}},
    };
    return all;
}

/// The sentence about the first key of `body` that the action does not have; "" where there is none.
std::string unknown_key_in(const Json& body, const Action& action) {
    if (!body.is_object()) return {};
    for (const auto& [key, value] : body.items()) {
        if (std::find(action.keys.begin(), action.keys.end(), key) != action.keys.end()) continue;
        const auto known =
            action.keys.empty() ? std::string("no keys") : fmt::format("{}", fmt::join(action.keys, ", "));
        return fmt::format("'{}' has no key \"{}\"; it takes {}", action.name, printable(key, 60), known);
    }
    return {};
}

net::ServerResponse inject(Sandbox& sandbox, const Json& body) {
    const auto kind = fault_kind_of(body.value("kind", "answer"));
    if (!kind) return refusal(400, "no such kind of fault");
    Fault fault;
    fault.kind = *kind;
    fault.method = body.value("method", "");
    fault.path = body.value("path", "*");
    fault.skip = body.value("skip", fault.skip);
    fault.count = body.value("count", fault.count);
    fault.probability = body.value("probability", fault.probability);
    fault.status = body.value("status", fault.status);
    fault.body = body.value("body", "");
    fault.content_type = body.value("content_type", fault.content_type);
    fault.delay = std::chrono::milliseconds{body.value("delay_ms", 0)};
    const auto headers = body.value("headers", std::map<std::string, std::string>{});
    fault.headers.assign(headers.begin(), headers.end());
    sandbox.inject(std::move(fault));
    return done();
}

net::ServerResponse change_feed(Sandbox& sandbox, const Json& body) {
    const auto path = body.at("path").get<std::string>();
    if (!path.starts_with('/')) return refusal(400, "a feed's path starts with a slash");
    if (body.value("restore", false)) sandbox.restore_feed(path);
    if (body.contains("content")) sandbox.put_feed_file(path, body.at("content").get<std::string>());
    if (body.contains("keep")) sandbox.shrink_feed(path, body.at("keep").get<double>());
    if (body.value("torn", false)) sandbox.tear_feed(path);
    return done();
}

net::ServerResponse edit(Sandbox& sandbox, const Json& body) {
    const auto publish = body.value("publish", true) ? Sandbox::Publish::now : Sandbox::Publish::later;
    const bool is_known = sandbox.edit_by_hand(body.at("list").get<std::string>(), body.value("add", Texts{}),
                                               body.value("remove", Texts{}), publish);
    return is_known ? done() : refusal(404, "no such list");
}

/// {"kind":"url","rule":{...}} creates, {"id":1,"change":{...}} changes, {"id":1,"delete":true} deletes.
net::ServerResponse change_rule(Sandbox& sandbox, const Json& body) {
    const auto publish = body.value("publish", true) ? Sandbox::Publish::now : Sandbox::Publish::later;
    if (body.contains("rule")) {
        const auto json = body.at("rule").dump();
        const auto id = body.value("kind", "url") == "firewall" ? sandbox.create_firewall_rule_by_hand(json, publish)
                                                                : sandbox.create_url_rule_by_hand(json, publish);
        return id ? json_page({{"done", true}, {"id", *id}}) : refusal(400, id.error().message);
    }
    const auto id = body.at("id").get<std::int64_t>();
    if (body.value("delete", false)) {
        return sandbox.delete_rule_by_hand(id, publish) ? done() : refusal(404, "no such rule");
    }
    const auto changed = sandbox.change_rule_by_hand(id, body.at("change").dump(), publish);
    return changed ? done() : refusal(400, changed.error().message);
}

net::ServerResponse set_tenant(Sandbox& sandbox, const Json& body) {
    sandbox.reconfigure([&body](Options& options) {
        options.has_advanced_firewall = body.value("advanced_firewall", options.has_advanced_firewall);
        options.forbidden = body.value("forbidden", options.forbidden);
        options.most_addresses = body.value("most_addresses", options.most_addresses);
        options.most_addresses_per_group = body.value("most_addresses_per_group", options.most_addresses_per_group);
        options.most_categories = body.value("most_categories", options.most_categories);
        options.oneapi_token_life = std::chrono::seconds{body.value("token_life_s", options.oneapi_token_life.count())};
        options.credentials.oneapi_public_key = body.value("public_key", options.credentials.oneapi_public_key);
    });
    if (body.value("revoke_tokens", false)) sandbox.revoke_oneapi_tokens();
    return done();
}

net::ServerResponse set_quirks(Sandbox& sandbox, const Json& body) {
    std::set<Quirk> quirks;
    for (const auto& name : body.get<Texts>()) {
        Quirk quirk{};
        if (!quirk_of(name, quirk)) return refusal(400, "no such quirk");
        quirks.insert(quirk);
    }
    sandbox.set_quirks(std::move(quirks));
    return done();
}

net::ServerResponse change_indicator(Sandbox& sandbox, const Json& body) {
    if (body.contains("publish")) {
        const auto published = sandbox.publish_indicator(body.at("publish").dump());
        return published ? done() : refusal(400, published.error().message);
    }
    const bool is_done =
        sandbox.change_indicator(body.at("id").get<std::string>(), body.at("change").get<std::string>());
    return is_done ? done() : refusal(404, "no such indicator, or this cannot happen to it as it is");
}

net::ServerResponse set_crowdstrike(Sandbox& sandbox, const Json& body) {
    sandbox.reconfigure([&body](Options& options) {
        options.cs_region = body.value("region", options.cs_region);
        options.cs_account_region = body.value("account_region", options.cs_account_region);
        options.cs_scopes = body.value("scopes", options.cs_scopes);
        options.cs_most_rows = body.value("most_rows", options.cs_most_rows);
        options.cs_token_life = std::chrono::seconds{body.value("token_life_s", options.cs_token_life.count())};
    });
    return done();
}

net::ServerResponse set_lookup(Sandbox& sandbox, const Json& body) {
    sandbox.reconfigure([&body](Options& options) {
        options.lookup_alerted = body.value("alerted", options.lookup_alerted);
        options.lookup_categorised = body.value("categorised", options.lookup_categorised);
    });
    return done();
}

net::ServerResponse rehearse(Sandbox& sandbox, std::string_view action, const Json& body) {
    const auto is_it = [&](const Action& one) { return one.name == action; };
    const auto known = std::find_if(actions().begin(), actions().end(), is_it);
    if (known == actions().end()) return refusal(404, "no such action");
    if (auto sentence = unknown_key_in(body, *known); !sentence.empty()) return refusal(400, sentence);
    if (action == "fault") return inject(sandbox, body);
    if (action == "feed") return change_feed(sandbox, body);
    if (action == "edit") return edit(sandbox, body);
    if (action == "quirks") return set_quirks(sandbox, body);
    if (action == "indicators") return change_indicator(sandbox, body);
    if (action == "crowdstrike") return set_crowdstrike(sandbox, body);
    if (action == "rule") return change_rule(sandbox, body);
    if (action == "tenant") return set_tenant(sandbox, body);
    if (action == "lookup") return set_lookup(sandbox, body);
    if (action == "delete") {
        return sandbox.delete_by_hand(body.at("list").get<std::string>()) ? done() : refusal(404, "no such list");
    }
    if (action == "tick") {
        const auto ticks = body.value("ticks", std::int64_t{1});
        if (ticks < 1 || ticks > k_most_ticks)
            return refusal(400, fmt::format("ticks is a whole number from 1 to {}", k_most_ticks));
        sandbox.tick(static_cast<std::size_t>(ticks));
    } else if (action == "clock") {
        const auto length = body.at("forward_s").get<std::int64_t>();
        if (length < 1 || length > k_furthest_s)
            return refusal(400, fmt::format("forward_s is a whole number from 1 to {}", k_furthest_s));
        sandbox.move_clock(std::chrono::seconds{length});
    } else if (action == "faults/clear") {
        sandbox.clear_faults();
    } else if (action == "classify") {
        sandbox.classify(body.at("url").get<std::string>(),
                         {body.value("classes", Texts{}), body.value("alerts", Texts{})});
    } else if (action == "stage") {
        sandbox.stage_by_hand(body.at("admin").get<std::string>());
    } else if (action == "publish") {
        sandbox.publish_by_hand();
    } else if (action == "quota") {
        sandbox.set_quota(body.at("urls").get<std::size_t>());
    } else if (action == "maintenance") {
        sandbox.set_maintenance(body.at("on").get<bool>() ? Sandbox::Maintenance::on : Sandbox::Maintenance::off);
    } else {  // requests/forget
        sandbox.forget_requests();
    }
    return done();
}

}  // namespace

net::ServerResponse control(Sandbox& sandbox, const net::ServerRequest& request) {
    constexpr std::string_view k_base = "/_sandbox/";
    if (!request.path.starts_with(k_base))
        return refusal(404, "pages lie below /_sandbox/, for instance /_sandbox/state");
    const auto name = std::string_view(request.path).substr(k_base.size());
    if (request.method == "GET") return look(sandbox, name, request);
    if (request.method != "POST") return refusal(405, "GET looks in, POST rehearses");
    try {
        return rehearse(sandbox, name, request.body.empty() ? Json::object() : Json::parse(request.body));
    } catch (const Json::exception& wrong) {
        return refusal(400, std::string("the body is not what this action takes: ") + wrong.what());
    }
}

}  // namespace cordon::sandbox
