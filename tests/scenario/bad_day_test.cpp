// An operator's bad day: a value is unblocked or blocked at once, and stays so.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/scenario/rehearsal.hpp"
#include "tests/scenario/sign_in.hpp"

namespace cordon::scenario {
namespace {

using core::ActivationState;
using testing::Contains;
using testing::HasSubstr;
using testing::Not;

constexpr const char* k_value = "host-00003.example";
constexpr const char* k_denied = "Denied";
constexpr const char* k_names = "Test_Names";

/// The same hosts on a category, a group of host names and the denylist; addresses on a group; others' entries on all.
struct Tenant {
    Rehearsal rehearsal;

    Tenant() {
        rehearsal.add_list("risklist_names", "domain", Rehearsal::k_domain_file, k_names);
        rehearsal.set("risklist_names", "target", "fqdn_group");
        rehearsal.add_list("risklist_denied", "domain", Rehearsal::k_domain_file, k_denied);
        rehearsal.set("risklist_denied", "target", "denylist");
        auto& clouds = rehearsal.clouds();
        clouds.create_category_by_hand(Rehearsal::k_domains, {"theirs.example"}, {});
        clouds.create_group_by_hand(Rehearsal::k_ips, {"203.0.113.200"});
        clouds.edit_by_hand("denylist", {"theirs.example"}, {});
        rehearsal.must_stay(Rehearsal::k_domains, {"theirs.example"});
        rehearsal.must_stay(Rehearsal::k_ips, {"203.0.113.200"});
        rehearsal.must_stay(k_denied, {"theirs.example"});
        rehearsal.put_domains(hosts(20));
        rehearsal.put_ips(united(addresses(20), {"203.0.113.0/28"}));
        const auto filled = rehearsal.run();
        EXPECT_EQ(filled.status, 0) << filled.said();
        clouds.forget_requests();
        rehearsal.clock.advance(1min);
    }
    /// Requests about one object, beside the reading of everything that comes first.
    [[nodiscard]] std::size_t calls(const std::string& path) {
        std::size_t calls = 0;
        for (const auto& [request, count] : rehearsal.clouds().counts()) {
            if (request.ends_with(path)) calls += count;
        }
        return calls;
    }
    Ending run_later(std::chrono::seconds later = 1h) {
        rehearsal.clock.advance(later);
        return rehearsal.run();
    }
};

TEST(AnUnblockedValue, is_off_all_lists_and_in_force_after_two_calls_a_list_at_the_most) {
    Tenant tenant;
    auto& rehearsal = tenant.rehearsal;
    const auto ending = rehearsal.unblock("hxxps://HOST-00003[.]example/");
    EXPECT_EQ(ending.status, 0) << ending.said();
    EXPECT_EQ(ending.report.activation, ActivationState::active);
    for (const auto* list : {Rehearsal::k_domains, k_names, k_denied}) {
        EXPECT_THAT(rehearsal.active(list), Not(Contains(k_value))) << list;
        EXPECT_THAT(rehearsal.active(list), Contains("host-00004.example")) << list;
        EXPECT_EQ(ending.list(list).removed, 1U) << list;
    }
    EXPECT_EQ(tenant.calls("/urlCategories/{id}"), 1U);
    EXPECT_LE(tenant.calls("/ipDestinationGroups/{id}"), 2U);
    EXPECT_EQ(rehearsal.clouds().zia_writes(), 3U) << "one a list";
    EXPECT_EQ(tenant.calls("POST /api/v1/status/activate"), 1U);
    EXPECT_LE(rehearsal.clouds().zia_calls(), 14U) << "sign-in, five reads, three lists, activation, sign-out";
}

TEST(AnUnblockedValue, stays_away_from_run_to_run_until_its_time_and_then_comes_back) {
    Tenant tenant;
    auto& rehearsal = tenant.rehearsal;
    (void)rehearsal.unblock(k_value);
    for (int i = 0; i < 3; ++i) {
        rehearsal.put_domains(hosts(20 + static_cast<std::size_t>(i)));
        const auto next = tenant.run_later();
        EXPECT_EQ(next.status, 0) << next.said();
        EXPECT_THAT(rehearsal.active(Rehearsal::k_domains), Not(Contains(k_value)));
        EXPECT_THAT(next.said(), HasSubstr("host-00003.example is unblocked until 2026-11-22 09:31:"));
        EXPECT_THAT(rehearsal.rejected_csv(), HasSubstr("operator's unblock until 2026-11-22 09:31:"));
    }
    const auto after = tenant.run_later(24h);
    EXPECT_EQ(after.status, 0) << after.said();
    EXPECT_THAT(rehearsal.active(Rehearsal::k_domains), Contains(k_value));
    EXPECT_THAT(after.said(), Not(HasSubstr("is unblocked")));
}

TEST(AnUnblockedValue, comes_back_at_once_when_that_is_ended) {
    Tenant tenant;
    (void)tenant.rehearsal.unblock(k_value);
    EXPECT_TRUE(tenant.rehearsal.end_unblock(k_value));
    EXPECT_EQ(tenant.run_later().status, 0);
    EXPECT_THAT(tenant.rehearsal.active(Rehearsal::k_domains), Contains(k_value));
}

TEST(AnUnblockedValue, is_only_planned_without_yes) {
    Tenant tenant;
    const auto ending = tenant.rehearsal.unblock(k_value, Confirm::no);
    EXPECT_EQ(ending.plans.size(), 3U);
    EXPECT_EQ(tenant.rehearsal.clouds().zia_writes(), 0U);
    EXPECT_EQ(tenant.run_later().status, 0);
    EXPECT_THAT(tenant.rehearsal.active(Rehearsal::k_domains), Contains(k_value));
}

TEST(AnUnblockedAddress, takes_the_network_that_holds_it_with_it_and_leaves_what_is_not_ours) {
    Tenant tenant;
    auto& rehearsal = tenant.rehearsal;
    const auto ending = rehearsal.unblock("203.0.113[.]5");
    EXPECT_EQ(ending.status, 0) << ending.said();
    EXPECT_THAT(ending.said(), HasSubstr("'203.0.113.0/28' goes whole, so all its 16 addresses go off this list"));
    EXPECT_THAT(rehearsal.active(Rehearsal::k_ips), Not(Contains("203.0.113.0/28")));
    EXPECT_LE(tenant.calls("/ipDestinationGroups/{id}"), 2U);
    EXPECT_EQ(tenant.run_later().status, 0);
    EXPECT_THAT(rehearsal.active(Rehearsal::k_ips), Not(Contains("203.0.113.0/28")));
    const auto theirs = rehearsal.unblock("203.0.113.200");
    EXPECT_EQ(theirs.status, 1);
    EXPECT_THAT(theirs.said(), HasSubstr("203.0.113.200 stays blocked by '203.0.113.200' on the list 'Test IPs'"));
    EXPECT_THAT(theirs.said(), HasSubstr("Destination IPv4 Groups > Test IPs"));
}

TEST(AnUnblockedValue, whose_activation_fails_is_told_and_made_effective_by_the_next_run) {
    Tenant tenant;
    auto& rehearsal = tenant.rehearsal;
    for (const auto* path : {"/status/activate", "/authenticatedSession"}) {
        sandbox::Fault fault;
        fault.kind = sandbox::Fault::Kind::answer;
        fault.method = path == std::string("/status/activate") ? "POST" : "DELETE";
        fault.path = std::string("/api/v1") + path;
        fault.count = 0;
        fault.status = 503;
        fault.body = R"({"message":"try later"})";
        rehearsal.clouds().inject(fault);
    }
    const auto ending = rehearsal.unblock(k_value);
    EXPECT_EQ(ending.status, 1);
    EXPECT_EQ(ending.report.activation, ActivationState::failed);
    EXPECT_THAT(rehearsal.saved(Rehearsal::k_domains), Not(Contains(k_value)));
    EXPECT_THAT(rehearsal.active(Rehearsal::k_domains), Contains(k_value));
    rehearsal.clouds().clear_faults();
    const auto next = tenant.run_later(1min);
    EXPECT_EQ(next.status, 0) << next.said();
    EXPECT_THAT(rehearsal.active(Rehearsal::k_domains), Not(Contains(k_value)));
}

TEST(AnUnblockedValue, is_explained_without_a_call) {
    Tenant tenant;
    auto& rehearsal = tenant.rehearsal;
    EXPECT_TRUE(rehearsal.explain("HOST-00003.example").is_blocked);
    (void)rehearsal.unblock(k_value);
    rehearsal.clouds().forget_requests();
    const auto told = rehearsal.explain(k_value);
    EXPECT_FALSE(told.is_blocked);
    EXPECT_THAT(told.lines, Contains(HasSubstr("an operator unblocked host-00003.example until")));
    EXPECT_EQ(rehearsal.clouds().zia_calls(), 0U);
}

TEST(ABlockedValue, is_on_its_list_and_in_force_after_two_calls_at_the_most_and_stays_until_its_time) {
    Tenant tenant;
    auto& rehearsal = tenant.rehearsal;
    const auto ending = rehearsal.block("hxxp://Bad[.]example", Rehearsal::k_domains);
    EXPECT_EQ(ending.status, 0) << ending.said() << ending.problem;
    EXPECT_THAT(rehearsal.active(Rehearsal::k_domains), Contains("bad.example"));
    EXPECT_EQ(tenant.calls("/urlCategories/{id}"), 1U);
    EXPECT_EQ(rehearsal.clouds().zia_writes(), 1U);
    for (int i = 0; i < 2; ++i) {
        rehearsal.put_domains(hosts(20, 2 + static_cast<std::size_t>(i)));
        const auto next = tenant.run_later();
        EXPECT_EQ(next.status, 0) << next.said();
        EXPECT_THAT(rehearsal.active(Rehearsal::k_domains), Contains("bad.example"));
        EXPECT_THAT(rehearsal.active(k_denied), Not(Contains("bad.example")));
        EXPECT_EQ(next.list(Rehearsal::k_domains).counts.fetched, 21U);
    }
    EXPECT_TRUE(rehearsal.explain("bad.example").is_blocked);
    const auto after = tenant.run_later(24h);
    EXPECT_EQ(after.status, 0) << after.said();
    EXPECT_THAT(rehearsal.active(Rehearsal::k_domains), Not(Contains("bad.example")));
}

TEST(ABlockedValue, takes_the_place_of_the_last_on_a_full_list_in_two_calls) {
    Tenant tenant;
    auto& rehearsal = tenant.rehearsal;
    rehearsal.set("risklist_domains", "max_entries", "21");
    const auto ending = rehearsal.block("bad.example", Rehearsal::k_domains);
    EXPECT_EQ(ending.status, 0) << ending.said() << ending.problem;
    EXPECT_THAT(rehearsal.active(Rehearsal::k_domains), Contains("bad.example"));
    EXPECT_THAT(rehearsal.active(Rehearsal::k_domains), Not(Contains("host-00020.example")));
    EXPECT_LE(tenant.calls("/urlCategories/{id}"), 2U);
    const auto next = tenant.run_later();
    EXPECT_EQ(next.status, 0) << next.said();
    EXPECT_EQ(next.list(Rehearsal::k_domains).added + next.list(Rehearsal::k_domains).removed, 0U);
}

TEST(ABlockedAddress, is_put_on_a_group_in_one_call) {
    Tenant tenant;
    const auto ending = tenant.rehearsal.block("203.0.113.77", Rehearsal::k_ips);
    EXPECT_EQ(ending.status, 0) << ending.said() << ending.problem;
    EXPECT_THAT(tenant.rehearsal.active(Rehearsal::k_ips), Contains("203.0.113.77"));
    EXPECT_LE(tenant.calls("/ipDestinationGroups/{id}"), 2U);
}

TEST(ABlockedValue, that_is_protected_asks_nobody_and_leaves_nothing_behind) {
    Tenant tenant;
    tenant.rehearsal.set("allow", "never", "pay.example");
    const auto ending = tenant.rehearsal.block("www.pay.example", Rehearsal::k_domains);
    EXPECT_THAT(
        ending.problem,
        HasSubstr(
            "www.pay.example may not be blocked on 'Test Domains': on your never list, or unblocked by an operator, "
            "[allow] never: pay.example"));
    EXPECT_EQ(tenant.rehearsal.clouds().zia_calls(), 0U);
    tenant.rehearsal.with_store([](store::Store& store) { EXPECT_TRUE(store.overrides().value().empty()); });
}

}  // namespace
}  // namespace cordon::scenario
