#include <utility>

#include <fmt/format.h>

#include "base/text.hpp"
#include "sandbox/reply.hpp"
#include "sandbox/zia/cloud.hpp"
#include "sandbox/zia/entry_rules.hpp"

namespace cordon::sandbox::zia {
namespace {

using net::ServerResponse;

constexpr std::size_t k_most_allowed = 1'024;  // zia-api.md 8.2

std::vector<std::string_view> views_of(const Texts& texts) {
    return {texts.begin(), texts.end()};
}

EntrySet set_of(const Texts& texts, std::uint64_t seed) {
    EntrySet set(seed);
    for (const auto& text : texts) set.insert(text);
    return set;
}

/// Each list has two names (zia-api.md 8.1, 8.2).
const char* list_key(const net::ServerRequest& request) {
    const auto path = path_below_base(request.path).value_or("");
    if (path == "/cyberThreatProtection/maliciousUrls") return "maliciousUrls";
    if (path == "/cyberThreatProtection/securityExceptions") return "bypassUrls";
    if (path == "/authSettings/exemptedUrls") return "urls";
    return path == "/security" ? "whitelistUrls" : "blacklistUrls";
}

EntrySet& shared_list(Configuration& configuration, std::string_view key) {
    return key == "urls" ? configuration.exempted : configuration.denylist;
}

}  // namespace

std::optional<ServerResponse> Cloud::check_entries(const Texts& entries) {
    Texts offenders;
    for (const auto& entry : entries) {
        if (!is_acceptable_url(entry)) offenders.push_back(entry);
    }
    if (offenders.empty()) return std::nullopt;
    violation(fmt::format("denylist or allowlist: invalid URL {}", printable(offenders.front())));
    return invalid_entries("urls", offenders);
}

ServerResponse Cloud::show_list(const Call& call) {
    const auto* key = list_key(call.request);
    return ok(render_under(key, shared_list(tenant_.saved(), key).scrambled(options_.seed)));
}

ServerResponse Cloud::replace_list(const Call& call) {
    const auto* key = list_key(call.request);
    const auto sent = parse_texts_under(key, call.request.body);
    if (!sent) return invalid_body();
    if (auto refused = check_entries(*sent)) return *std::move(refused);
    auto next = set_of(*sent, options_.seed);
    std::size_t lost = 0;
    shared_list(tenant_.saved(), key).for_each([&](const std::string& entry) {
        lost += next.contains(entry) ? 0U : 1U;
    });
    if (lost > 0) {
        violation(
            fmt::format("PUT of {} takes {} entries out of a list that others share (zia-api.md 8.1)", key, lost));
    }
    return store_list(call, std::move(next), std::nullopt);
}

// The answer echoes only what was sent (zia-api.md 8.1).
ServerResponse Cloud::change_list(const Call& call) {
    const auto* key = list_key(call.request);
    const auto action = call.request.query_value("action");
    // Optional for maliciousUrls, where its absence means all of it [INF].
    if (action.empty() && call.request.method == "PUT") return replace_list(call);
    const auto sent = parse_texts_under(key, call.request.body);
    if (!sent) return invalid_body();
    const bool adds = action == "ADD_TO_LIST";
    if (!adds && action != "REMOVE_FROM_LIST") return invalid_input("Invalid action");
    if (auto refused = check_entries(*sent)) return *std::move(refused);
    EntrySet next = shared_list(tenant_.saved(), key);
    for (const auto& entry : *sent) {
        if (adds) {
            next.insert(entry);
        } else {
            next.erase(entry);
        }
    }
    return store_list(call, std::move(next), *sent);
}

/// Echoes `sent`, or all of it where that is not set.
ServerResponse Cloud::store_list(const Call& call, EntrySet next, const std::optional<Texts>& sent) {
    const auto* key = list_key(call.request);
    auto& list = shared_list(tenant_.saved(), key);
    const bool is_change = next != list;
    if (!tenant_.put_list(list, std::move(next), options_.url_quota)) return beyond_quota(call);
    if (is_change) tenant_.stage(call.admin);
    return sent ? ok(render_under(key, views_of(*sent))) : show_list(call);
}

// "/security" is {} when empty (zia-api.md 8.2).
ServerResponse Cloud::show_allowlist(const Call& call) {
    const auto& allowed = tenant_.saved().allowlist;
    const auto* key = list_key(call.request);
    const bool is_bare = allowed.empty() && std::string_view(key) == "whitelistUrls";
    return ok(is_bare ? "{}" : render_under(key, allowed.scrambled(options_.seed)));
}

ServerResponse Cloud::replace_allowlist(const Call& call) {
    const auto* key = list_key(call.request);
    const auto sent = parse_texts_under(key, call.request.body);
    if (!sent) return invalid_body();
    if (auto refused = check_entries(*sent)) return *std::move(refused);
    auto next = set_of(*sent, options_.seed);
    if (next.size() > k_most_allowed) return invalid_input("Maximum 1024 URLs are allowed");
    if (next != tenant_.saved().allowlist) tenant_.stage(call.admin);
    tenant_.saved().allowlist = std::move(next);
    return ok(render_under(key, tenant_.saved().allowlist.scrambled(options_.seed)));
}

}  // namespace cordon::sandbox::zia
