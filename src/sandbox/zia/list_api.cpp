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
constexpr const char* k_denied = "blacklistUrls";
constexpr const char* k_allowed = "whitelistUrls";

std::vector<std::string_view> views_of(const Texts& texts) {
    return {texts.begin(), texts.end()};
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

ServerResponse Cloud::show_denylist(const Call&) {
    return ok(render_under(k_denied, tenant_.saved().denylist.scrambled(options_.seed)));
}

ServerResponse Cloud::replace_denylist(const Call& call) {
    const auto sent = parse_texts_under(k_denied, call.request.body);
    if (!sent) return invalid_body();
    if (auto refused = check_entries(*sent)) return *std::move(refused);
    EntrySet next(options_.seed);
    for (const auto& entry : *sent) next.insert(entry);
    const bool is_change = next != tenant_.saved().denylist;
    if (!tenant_.put_denylist(std::move(next), options_.url_quota))
        return invalid_input("The quota of URLs is used up");
    if (is_change) tenant_.stage(call.admin);
    return show_denylist(call);
}

// The answer echoes only what was sent (zia-api.md 8.1).
ServerResponse Cloud::change_denylist(const Call& call) {
    const auto sent = parse_texts_under(k_denied, call.request.body);
    if (!sent) return invalid_body();
    const auto action = call.request.query_value("action");
    const bool adds = action == "ADD_TO_LIST";
    if (!adds && action != "REMOVE_FROM_LIST") return invalid_input("Invalid action");
    if (auto refused = check_entries(*sent)) return *std::move(refused);
    EntrySet next = tenant_.saved().denylist;
    for (const auto& entry : *sent) {
        if (adds) {
            next.insert(entry);
        } else {
            next.erase(entry);
        }
    }
    const bool is_change = next != tenant_.saved().denylist;
    if (!tenant_.put_denylist(std::move(next), options_.url_quota))
        return invalid_input("The quota of URLs is used up");
    if (is_change) tenant_.stage(call.admin);
    return ok(render_under(k_denied, views_of(*sent)));
}

// {} when empty (zia-api.md 8.2).
ServerResponse Cloud::show_allowlist(const Call&) {
    const auto& allowed = tenant_.saved().allowlist;
    return ok(allowed.empty() ? "{}" : render_under(k_allowed, allowed.scrambled(options_.seed)));
}

ServerResponse Cloud::replace_allowlist(const Call& call) {
    const auto sent = parse_texts_under(k_allowed, call.request.body);
    if (!sent) return invalid_body();
    if (auto refused = check_entries(*sent)) return *std::move(refused);
    EntrySet next(options_.seed);
    for (const auto& entry : *sent) next.insert(entry);
    if (next.size() > k_most_allowed) return invalid_input("Maximum 1024 URLs are allowed");
    if (next != tenant_.saved().allowlist) tenant_.stage(call.admin);
    tenant_.saved().allowlist = std::move(next);
    return ok(render_under(k_allowed, tenant_.saved().allowlist.scrambled(options_.seed)));
}

}  // namespace cordon::sandbox::zia
