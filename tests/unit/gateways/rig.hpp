#pragma once

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "base/clock.hpp"
#include "core/canonical.hpp"
#include "gateways/zia/zia.hpp"
#include "net/rate_budget.hpp"
#include "tests/unit/gateways/fake_zia.hpp"
#include "tests/unit/net/memory_journal.hpp"

namespace cordon::gateways::zia {

inline Time start() {
    return *parse_iso8601("2026-11-21T09:30:00Z");
}

/// A gateway against a FakeZia, on a clock that waits at once.
struct Rig {
    ManualClock clock{start()};
    net::testing::MemoryJournal journal;
    net::RateBudget budget{clock, journal};
    FakeZia zia;
    std::unique_ptr<Gateway> gateway;
    std::stop_source stop;

    explicit Rig(ZiaOptions options = usual_options()) {
        gateway = make_zia(std::move(options), std::make_unique<FakeClient>(zia), clock, budget, std::mt19937_64{7});
    }

    static ZiaOptions usual_options() {
        ZiaOptions options;
        options.base_uri = "https://zsapi.example.net";
        options.api_key = Secret("abcdefghijkl");
        options.username = "svc@example.com";
        options.password = Secret("correct horse");
        return options;
    }

    /// The same tenant, signed in to in this way.
    static ZiaOptions options_for(Auth auth) {
        if (auth == Auth::legacy) return usual_options();
        ZiaOptions options;
        options.auth = auth;
        if (auth == Auth::bearer) {
            options.base_uri = "https://zsapi.example.net";
            options.bearer_token = Secret("eyJhbGciOiJSUzI1NiJ9.external.c2ln");
            return options;
        }
        options.client_id = "client-1";
        options.client_secret = Secret("s3cr3t +%");
        options.vanity_domain = "acme";
        return options;
    }

    Inventory inventory(const std::vector<Target>& targets) {
        auto taken = gateway->inventory(targets, stop.get_token());
        EXPECT_TRUE(taken) << (taken ? "" : taken.error().message);
        return taken ? std::move(*taken) : Inventory{};
    }

    /// Inventory, then the plan on that target.
    Applied run(const Target& target, core::ListPlan plan) {
        auto inventory_now = inventory({target});
        if (inventory_now.lists.empty()) return {};
        const auto& state = inventory_now.lists.front();
        plan.creates = !state.exists;
        return gateway->apply(target, plan, state, clock.now(), stop.get_token());
    }

    [[nodiscard]] std::size_t writes() const {
        return zia.count("PUT ") + zia.count("POST /urlCategories") + zia.count("POST /ipDestinationGroups") +
               zia.count("POST /security/");
    }
};

inline Target category_target(std::string name = "TI Block") {
    return {std::move(name), core::TargetKind::url_category, "Malicious hosts -"};
}
inline Target group_target(std::string name = "TI_IPs") {
    return {std::move(name), core::TargetKind::ipv4_group, "Malicious addresses -"};
}

inline Target name_target(std::string name = "TI_Names", bool takes_wildcards = false) {
    return {std::move(name), core::TargetKind::fqdn_group, "Malicious names -", {}, takes_wildcards};
}
inline Target denylist_target() {
    return {"TI Denied", core::TargetKind::denylist, {}};
}

using Strings = std::vector<std::string>;

inline core::ListPlan plan_of(core::TargetKind kind, Strings additions, Strings removals = {},
                              core::Side side = core::Side::retain_parent) {
    core::ListPlan plan;
    plan.target = kind;
    if (!core::has_sides(kind)) side = core::Side::plain;
    std::sort(additions.begin(), additions.end());
    std::sort(removals.begin(), removals.end(), [&](const std::string& a, const std::string& b) {
        return core::canonical_entry(kind, a) < core::canonical_entry(kind, b);
    });
    for (auto& text : additions) plan.additions.push_back({std::move(text), side});
    for (auto& text : removals) {
        plan.removals_canonical.push_back(core::canonical_entry(kind, text));
        plan.removals.push_back({std::move(text), side});
    }
    return plan;
}
inline core::ListPlan category_plan(Strings additions, Strings removals = {},
                                    core::Side side = core::Side::retain_parent) {
    return plan_of(core::TargetKind::url_category, std::move(additions), std::move(removals), side);
}
inline core::ListPlan group_plan(Strings additions, Strings removals = {}) {
    return plan_of(core::TargetKind::ipv4_group, std::move(additions), std::move(removals));
}

inline core::ListPlan name_plan(Strings additions, Strings removals = {}) {
    return plan_of(core::TargetKind::fqdn_group, std::move(additions), std::move(removals));
}
inline core::ListPlan denylist_plan(Strings additions, Strings removals = {}) {
    return plan_of(core::TargetKind::denylist, std::move(additions), std::move(removals));
}

inline Strings hosts(std::size_t count, const std::string& tail = ".example.com") {
    Strings result;
    for (std::size_t i = 0; i < count; ++i) result.push_back("h" + std::to_string(100'000 + i) + tail);
    return result;
}

inline Strings sorted(Strings list) {
    std::sort(list.begin(), list.end());
    return list;
}

inline Strings texts_of(const std::vector<core::Exclusion>& exclusions) {
    Strings texts;
    for (const auto& exclusion : exclusions) texts.push_back(exclusion.canonical);
    return texts;
}

}  // namespace cordon::gateways::zia
