// When changes take effect: freezes, activate = clean and never, and activations that could not be had.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/scenario/rehearsal.hpp"
#include "tests/scenario/sign_in.hpp"

namespace cordon::scenario {
namespace {

using core::ActivationState;
using core::Outcome;
using sandbox::Sandbox;
using testing::HasSubstr;

constexpr const char* k_post_activate = "POST /api/v1/status/activate";
constexpr const char* k_weekend = "Fri 18:00 - Mon 06:00";  // a rehearsal begins on a Saturday
constexpr const char* k_theirs = "Theirs";

/// A tenant with both lists filled, another administrator's list, and feeds that have moved on.
struct Tenant {
    Rehearsal rehearsal;
    Entries before = hosts(40);
    Entries after = hosts(40, 3);

    explicit Tenant(sandbox::Options options = {}) : rehearsal(std::move(options)) {
        rehearsal.put_domains(before);
        rehearsal.put_ips(addresses(30));
        rehearsal.clouds().create_category_by_hand(k_theirs, {"a.example"}, {});
        const auto filled = rehearsal.run();
        EXPECT_EQ(filled.status, 0) << filled.said();
        rehearsal.put_domains(after);
        rehearsal.clouds().forget_requests();
    }

    /// The first run after k_weekend makes what waited effective, once.
    void run_after_the_weekend() {
        rehearsal.clock.set(parse_iso8601("2026-11-23T06:00:00Z").value());
        const auto ending = rehearsal.run();
        EXPECT_EQ(ending.status, 0) << ending.said();
        EXPECT_EQ(active(), after);
        EXPECT_EQ(activations(), 1U);
    }
    void somebody_saves() { rehearsal.clouds().edit_by_hand(k_theirs, {"b.example"}, {}, Sandbox::Publish::later); }
    [[nodiscard]] std::size_t activations() { return rehearsal.clouds().counts()[k_post_activate]; }
    [[nodiscard]] Entries active() { return rehearsal.active(Rehearsal::k_domains); }
    [[nodiscard]] Entries saved() { return rehearsal.saved(Rehearsal::k_domains); }
};

sandbox::Fault failing(const std::string& method, const std::string& path) {
    sandbox::Fault fault;
    fault.kind = sandbox::Fault::Kind::answer;
    fault.method = method;
    fault.path = "/api/v1" + path;
    fault.count = 0;
    fault.status = 503;
    fault.body = R"({"message":"try later"})";
    return fault;
}

/// Signing out and idling publish (zia-api.md 2.5).
class UnderLegacySignIn : public testing::Test {
protected:
    void SetUp() override {
        if (sign_in() != SignIn::legacy) GTEST_SKIP() << "only a legacy session publishes when it ends";
    }
};
using AFreezeUnderLegacySignIn = UnderLegacySignIn;
using ActivateNeverUnderLegacySignIn = UnderLegacySignIn;
using AnOwedActivationUnderLegacySignIn = UnderLegacySignIn;

TEST_F(AFreezeUnderLegacySignIn, writes_nothing_reports_what_waits_and_ends_with_the_window) {
    Tenant tenant;
    auto& rehearsal = tenant.rehearsal;
    rehearsal.set("zscaler", "freeze", k_weekend);
    const auto frozen = rehearsal.run();
    EXPECT_EQ(frozen.status, 0) << frozen.said();
    EXPECT_THAT(
        frozen.report.held_back,
        HasSubstr("nothing was written: freeze until Mon 2026-11-23 06:00 UTC. 2 additions and 2 removals wait"));
    EXPECT_EQ(rehearsal.clouds().zia_writes(), 0U);
    EXPECT_EQ(tenant.activations(), 0U);
    EXPECT_EQ(tenant.saved(), tenant.before);
    EXPECT_THAT(rehearsal.rejected_csv(), HasSubstr("host-00042.example,waiting,pending"));
    EXPECT_EQ(rehearsal.clouds().open_sessions(), 0U) << "nothing was pending";

    tenant.run_after_the_weekend();
}

TEST_F(AFreezeUnderLegacySignIn, does_not_publish_what_somebody_else_has_pending) {
    Tenant tenant;
    auto& rehearsal = tenant.rehearsal;
    rehearsal.set("zscaler", "freeze", k_weekend);
    tenant.somebody_saves();
    const auto frozen = rehearsal.run();
    EXPECT_EQ(frozen.status, 0) << frozen.said();
    EXPECT_THAT(frozen.said(), HasSubstr("somebody else had saved changes that were not active yet"));
    EXPECT_EQ(rehearsal.active(k_theirs), Entries{"a.example"});
    EXPECT_EQ(rehearsal.clouds().open_sessions(), 1U) << "left to expire";
}

TEST_F(AFreezeUnderLegacySignIn, is_told_by_a_plan_and_holds_for_commands_by_hand) {
    Tenant tenant;
    auto& rehearsal = tenant.rehearsal;
    rehearsal.set("zscaler", "freeze", "2026-11-20 - 2026-11-22; 22:00 - 05:00");
    const auto planned = rehearsal.plan();
    EXPECT_EQ(planned.status, 0);
    EXPECT_EQ(planned.report.held_back, "a run now would write nothing: freeze until Mon 2026-11-23 05:00 UTC");
    Wish reviewed;
    reviewed.reviewed_digest = planned.report.digest;
    EXPECT_EQ(rehearsal.run(reviewed).status, 1);
    EXPECT_EQ(rehearsal.adopt(Rehearsal::k_domains, Confirm::yes).status, 1);
    rehearsal.set("risklist_domains", "retain_parent_category", "false");
    const auto moved = rehearsal.move(Rehearsal::k_domains, Confirm::yes);
    EXPECT_EQ(moved.status, 1);
    EXPECT_THAT(moved.report.held_back, HasSubstr("give the command again after it"));
    rehearsal.erase_section("risklist_ips");
    EXPECT_EQ(rehearsal.retire(Rehearsal::k_ips, Confirm::yes).status, 1);
    EXPECT_EQ(rehearsal.clouds().zia_writes(), 0U);
    EXPECT_EQ(tenant.activations(), 0U);
    rehearsal.clock.set(parse_iso8601("2026-11-23T05:00:00Z").value());
    EXPECT_EQ(rehearsal.retire(Rehearsal::k_ips, Confirm::yes).status, 0);
    EXPECT_EQ(rehearsal.active(Rehearsal::k_ips).size(), 1U) << "the placeholder";
    EXPECT_EQ(rehearsal.run().status, 0);
    EXPECT_EQ(tenant.active(), tenant.after);
}

TEST_F(ActivateNeverUnderLegacySignIn, never_writes) {
    Tenant tenant;
    auto& rehearsal = tenant.rehearsal;
    rehearsal.set("zscaler", "activate", "never");
    const auto ending = rehearsal.run();
    EXPECT_EQ(ending.status, 0) << ending.said();
    EXPECT_THAT(ending.report.held_back, HasSubstr("nothing was written: activate = never"));
    EXPECT_EQ(rehearsal.clouds().zia_writes(), 0U);
    EXPECT_EQ(tenant.saved(), tenant.before);
}

TEST(ActivateClean, writes_nothing_while_somebody_else_has_changes_pending) {
    Tenant tenant;
    auto& rehearsal = tenant.rehearsal;
    rehearsal.set("zscaler", "activate", "clean");
    tenant.somebody_saves();
    const auto held = rehearsal.run();
    EXPECT_EQ(held.status, 1);
    EXPECT_THAT(held.said(), HasSubstr("they hold back what is Cordon's"));
    EXPECT_THAT(held.report.held_back, HasSubstr("somebody else has saved changes that are not active"));
    EXPECT_EQ(rehearsal.clouds().zia_writes(), 0U);
    EXPECT_EQ(rehearsal.active(k_theirs), Entries{"a.example"});
    EXPECT_EQ(rehearsal.clouds().open_sessions(), sign_in() == SignIn::legacy ? 1U : 0U) << "left to expire";

    rehearsal.clouds().publish_by_hand();  // nothing of ours is queued before it
    EXPECT_EQ(rehearsal.active(k_theirs), (Entries{"a.example", "b.example"}));
    const auto next = rehearsal.run();
    EXPECT_EQ(next.status, 0) << next.said();
    EXPECT_EQ(tenant.active(), tenant.after);
}

TEST(AnActivation, is_queued_behind_somebody_elses_changes_and_needs_no_second_call_once_they_are_active) {
    Tenant tenant;
    auto& rehearsal = tenant.rehearsal;
    tenant.somebody_saves();
    const auto queued = rehearsal.run();
    EXPECT_EQ(queued.status, 1);
    EXPECT_EQ(queued.report.activation, ActivationState::pending);
    EXPECT_THAT(queued.said(), HasSubstr("publishes them too"));
    EXPECT_EQ(tenant.active(), tenant.before);
    rehearsal.clock.advance(1h);
    const auto still = rehearsal.run();
    EXPECT_EQ(still.status, 1);
    EXPECT_EQ(still.report.activation, ActivationState::pending);
    EXPECT_EQ(tenant.activations(), 2U) << "one attempt a run where nothing new was written";

    rehearsal.clouds().publish_by_hand();
    rehearsal.clock.advance(1h);
    const auto last = rehearsal.run();
    EXPECT_EQ(last.status, 0) << last.said();
    EXPECT_EQ(tenant.active(), tenant.after);
    EXPECT_EQ(tenant.activations(), 2U);
    rehearsal.with_store([](store::Store& store) { EXPECT_FALSE(store.is_activation_owed().value()); });
}

TEST(AnActivation, is_tried_first_by_the_next_run_where_it_could_not_be_had) {
    Tenant tenant;
    auto& rehearsal = tenant.rehearsal;
    rehearsal.clouds().inject(failing("POST", "/status/activate"));
    rehearsal.clouds().inject(failing("DELETE", "/authenticatedSession"));  // which would publish as well
    EXPECT_EQ(rehearsal.run().report.activation, ActivationState::failed);
    EXPECT_EQ(tenant.active(), tenant.before);
    rehearsal.clouds().clear_faults();
    rehearsal.clouds().forget_requests();
    rehearsal.put_domains(hosts(40, 4));
    rehearsal.clock.advance(1min);
    const auto next = rehearsal.run();
    EXPECT_EQ(next.status, 0) << next.said();
    EXPECT_THAT(next.said(), HasSubstr("what an earlier run saved was not active yet: it is activated first"));
    EXPECT_EQ(tenant.active(), hosts(40, 4));
    EXPECT_EQ(tenant.activations(), 2U);
    std::vector<std::string> order;
    for (const auto& entry : rehearsal.clouds().journal()) {
        if (entry.target.ends_with("/status/activate")) order.emplace_back("activate");
        if (entry.method == "PUT") order.emplace_back("write");
    }
    EXPECT_THAT(order, testing::ElementsAre("activate", "write", "write", "activate"));
}

TEST_F(AnOwedActivationUnderLegacySignIn, is_forgotten_where_signing_out_has_made_it) {
    Tenant tenant;
    auto& rehearsal = tenant.rehearsal;
    rehearsal.clouds().inject(failing("POST", "/status/activate"));
    EXPECT_EQ(rehearsal.run().report.activation, ActivationState::failed);
    EXPECT_EQ(tenant.active(), tenant.after) << "by signing out";
    rehearsal.clouds().clear_faults();
    rehearsal.clouds().forget_requests();
    rehearsal.clock.advance(1h);
    const auto next = rehearsal.run();
    EXPECT_EQ(next.report.outcome, Outcome::unchanged) << next.said();
    EXPECT_EQ(tenant.activations(), 0U);
}

TEST(AnActivation, is_awaited_while_it_is_in_progress) {
    sandbox::Options options;
    options.activation_takes = 20s;
    Tenant tenant(options);
    const auto ending = tenant.rehearsal.run();
    EXPECT_EQ(ending.status, 0) << ending.said();
    EXPECT_EQ(ending.report.activation, ActivationState::active);
    EXPECT_EQ(tenant.active(), tenant.after);
    EXPECT_EQ(tenant.activations(), 1U);
}

TEST(AnActivation, is_made_sure_of_by_the_next_run_where_it_takes_longer_than_activation_wait) {
    sandbox::Options options;
    options.activation_takes = 40s;  // less than the first run waits
    Tenant tenant(options);
    auto& rehearsal = tenant.rehearsal;
    rehearsal.set("zscaler", "activation_wait", "10s");
    const auto ending = rehearsal.run();
    EXPECT_EQ(ending.status, 1);
    EXPECT_EQ(ending.report.activation, ActivationState::in_progress) << ending.said();
    rehearsal.clock.advance(1h);
    const auto next = rehearsal.run();
    EXPECT_EQ(next.status, 0) << next.said();
    EXPECT_EQ(tenant.active(), tenant.after);
    EXPECT_EQ(tenant.activations(), 1U);
}

class ActivationUnderOneApi : public testing::Test {
protected:
    void SetUp() override {
        if (sign_in() == SignIn::legacy) GTEST_SKIP() << "a legacy session publishes when it ends";
    }
};

TEST_F(ActivationUnderOneApi, is_withheld_by_a_freeze_while_the_lists_are_saved) {
    Tenant tenant;
    auto& rehearsal = tenant.rehearsal;
    rehearsal.set("zscaler", "freeze", k_weekend);
    const auto frozen = rehearsal.run();
    EXPECT_EQ(frozen.status, 0) << frozen.said();
    EXPECT_EQ(frozen.report.activation, ActivationState::withheld);
    EXPECT_THAT(frozen.report.held_back,
                HasSubstr("2 additions and 2 removals are saved and not active: freeze until"));
    EXPECT_EQ(tenant.saved(), tenant.after);
    EXPECT_EQ(tenant.active(), tenant.before);
    rehearsal.clock.advance(24h);
    const auto still = rehearsal.run();
    EXPECT_EQ(still.status, 0) << still.said();
    EXPECT_EQ(tenant.active(), tenant.before) << "idling publishes nothing";
    EXPECT_EQ(tenant.activations(), 0U);
    tenant.run_after_the_weekend();
}

TEST_F(ActivationUnderOneApi, is_left_to_an_administrator_by_never) {
    Tenant tenant;
    tenant.rehearsal.set("zscaler", "activate", "never");
    const auto ending = tenant.rehearsal.run();
    EXPECT_EQ(ending.status, 0) << ending.said();
    EXPECT_THAT(ending.report.held_back, HasSubstr("an administrator activates them"));
    EXPECT_EQ(tenant.saved(), tenant.after);
    EXPECT_EQ(tenant.active(), tenant.before);
    EXPECT_EQ(tenant.activations(), 0U);
}

}  // namespace
}  // namespace cordon::scenario
