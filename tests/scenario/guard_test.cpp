// Plans that look like accidents, and how they are let through.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/scenario/rehearsal.hpp"

namespace cordon::scenario {
namespace {

using core::Outcome;
using testing::HasSubstr;
using testing::Not;

Wish allowing_removals() {
    Wish wish;
    wish.allow_removals = {Rehearsal::k_domains};
    return wish;
}

struct Filled {
    explicit Filled(std::size_t count = 100) {
        rehearsal.put_domains(hosts(count));
        rehearsal.put_ips(addresses(20));
        EXPECT_EQ(rehearsal.run().status, 0);
        rehearsal.clock.advance(1h);
    }
    Rehearsal rehearsal;
};

TEST(TheGuard, stops_a_mass_shrink_with_exit_status_4_and_names_the_flag) {
    Filled filled;
    auto& rehearsal = filled.rehearsal;
    rehearsal.put_domains(hosts(50));
    rehearsal.put_ips(addresses(21));
    const auto ending = rehearsal.run();
    EXPECT_EQ(ending.status, 4);
    EXPECT_EQ(ending.list(Rehearsal::k_domains).outcome, Outcome::stopped);
    EXPECT_THAT(ending.list(Rehearsal::k_domains).message, HasSubstr("cordon run --allow-removals \"Test Domains\""));
    EXPECT_THAT(ending.list(Rehearsal::k_domains).message,
                HasSubstr(ending.list(Rehearsal::k_domains).digest.substr(0, 12)));
    EXPECT_EQ(rehearsal.active(Rehearsal::k_domains), hosts(100));
    EXPECT_EQ(rehearsal.active(Rehearsal::k_ips), addresses(21)) << "the other list goes on";
}

TEST(TheGuard, lets_exactly_the_stopped_plan_through_once) {
    Filled filled;
    auto& rehearsal = filled.rehearsal;
    rehearsal.put_domains(hosts(50));
    ASSERT_EQ(rehearsal.run().status, 4);
    const auto let_through = rehearsal.run(allowing_removals());
    EXPECT_EQ(let_through.status, 0) << let_through.said();
    EXPECT_EQ(rehearsal.active(Rehearsal::k_domains), hosts(50));
    EXPECT_EQ(rehearsal.run().status, 0) << "the small list is the good one now";

    rehearsal.put_domains(hosts(20));
    EXPECT_EQ(rehearsal.run(allowing_removals()).status, 4) << "this plan was not the stopped one";
    EXPECT_EQ(rehearsal.active(Rehearsal::k_domains), hosts(50));
}

TEST(TheGuard, does_not_let_another_plan_through_than_the_stopped_one) {
    Filled filled;
    auto& rehearsal = filled.rehearsal;
    rehearsal.put_domains(hosts(50));
    ASSERT_EQ(rehearsal.run().status, 4);
    rehearsal.put_domains(hosts(10));
    const auto ending = rehearsal.run(allowing_removals());
    EXPECT_EQ(ending.status, 4);
    EXPECT_THAT(ending.said(), HasSubstr("not the plan that was stopped before"));
    EXPECT_EQ(rehearsal.active(Rehearsal::k_domains), hosts(100));
    EXPECT_EQ(rehearsal.run(allowing_removals()).status, 0) << "now it is the one that was shown";
}

TEST(TheGuard, keeps_a_suspicious_snapshot_apart_and_does_not_download_it_again) {
    Filled filled;
    auto& rehearsal = filled.rehearsal;
    rehearsal.put_domains(hosts(50));
    ASSERT_EQ(rehearsal.run().status, 4);
    rehearsal.clock.advance(1h);
    const auto again = rehearsal.run();
    EXPECT_EQ(again.status, 4);
    EXPECT_FALSE(again.feed("risklist_domains").downloaded);
    EXPECT_EQ(rehearsal.clouds().needless_downloads(), 0U);
}

TEST(TheGuard, forgets_the_stop_when_the_feed_recovers) {
    Filled filled;
    auto& rehearsal = filled.rehearsal;
    rehearsal.put_domains(hosts(50));
    ASSERT_EQ(rehearsal.run().status, 4);
    rehearsal.clock.advance(1h);
    rehearsal.put_domains(hosts(102));
    const auto recovered = rehearsal.run();
    EXPECT_EQ(recovered.status, 0) << recovered.said();
    EXPECT_EQ(rehearsal.active(Rehearsal::k_domains), hosts(102));
    rehearsal.clock.advance(1h);
    EXPECT_EQ(rehearsal.run().status, 0);
}

TEST(TheGuard, stops_growth_by_half_from_a_thousand_entries_up) {
    Filled filled(1'000);
    auto& rehearsal = filled.rehearsal;
    rehearsal.put_domains(hosts(1'600));
    const auto ending = rehearsal.run();
    EXPECT_EQ(ending.status, 4);
    EXPECT_THAT(ending.said(), HasSubstr("--allow-growth \"Test Domains\""));
    EXPECT_EQ(rehearsal.active(Rehearsal::k_domains), hosts(1'000));
    Wish wish;
    wish.allow_growth = {Rehearsal::k_domains};
    EXPECT_EQ(rehearsal.run(wish).status, 0);
    EXPECT_EQ(rehearsal.active(Rehearsal::k_domains), hosts(1'600));
}

TEST(TheGuard, lets_nobody_empty_a_list) {
    Filled filled;
    auto& rehearsal = filled.rehearsal;
    rehearsal.set("risklist_domains", "min_risk", "95");
    const auto ending = rehearsal.run();
    EXPECT_EQ(ending.status, 4);
    EXPECT_EQ(rehearsal.run(allowing_removals()).status, 4);
    EXPECT_THAT(ending.said(), HasSubstr("cordon retire"));
    EXPECT_THAT(ending.said(), Not(HasSubstr("--allow-removals")));
    EXPECT_EQ(rehearsal.active(Rehearsal::k_domains), hosts(100));
}

TEST(TheGuard, a_plan_that_was_stopped_shows_the_same_digest_in_plan_and_run) {
    Filled filled;
    auto& rehearsal = filled.rehearsal;
    rehearsal.put_domains(hosts(50));
    const auto planned = rehearsal.plan();
    EXPECT_EQ(planned.status, 4);
    const auto ran = rehearsal.run();
    EXPECT_EQ(planned.list(Rehearsal::k_domains).digest, ran.list(Rehearsal::k_domains).digest);
    EXPECT_EQ(planned.report.digest, ran.report.digest);
}

TEST(TheGuard, a_plan_that_cordon_plan_stopped_may_be_let_through_at_once) {
    Filled filled;
    auto& rehearsal = filled.rehearsal;
    rehearsal.put_domains(hosts(50));
    const auto planned = rehearsal.plan();
    ASSERT_EQ(planned.status, 4);
    ASSERT_THAT(planned.said(), HasSubstr("cordon run --allow-removals"));
    auto wish = allowing_removals();
    EXPECT_EQ(rehearsal.run(wish).status, 4) << "showing a plan leaves nothing behind that would allow it";
    wish.reviewed_digest = planned.list(Rehearsal::k_domains).digest.substr(0, 12);
    const auto ran = rehearsal.run(wish);
    EXPECT_EQ(ran.status, 0) << ran.said();
    EXPECT_EQ(rehearsal.active(Rehearsal::k_domains), hosts(50));
}

TEST(TheGuard, the_printed_command_lets_no_worse_plan_through_that_was_stopped_later) {
    Filled filled;
    auto& rehearsal = filled.rehearsal;
    rehearsal.put_domains(hosts(60));
    auto shown = allowing_removals();
    shown.reviewed_digest = rehearsal.run().list(Rehearsal::k_domains).digest.substr(0, 12);
    rehearsal.put_domains(hosts(3));
    ASSERT_EQ(rehearsal.run().status, 4) << "cron comes between the message and the operator";
    const auto ending = rehearsal.run(shown);
    EXPECT_EQ(ending.status, 1);
    EXPECT_THAT(ending.said(), HasSubstr("nothing was applied"));
    EXPECT_EQ(rehearsal.active(Rehearsal::k_domains), hosts(100));
}

TEST(TheGuard, a_stopped_plan_stands_in_rejected_csv_as_pending) {
    Filled filled(1500);
    auto& rehearsal = filled.rehearsal;
    rehearsal.put_domains(hosts(3000));
    ASSERT_EQ(rehearsal.run().status, 4);
    EXPECT_THAT(rehearsal.rejected_csv(), HasSubstr("host-02999.example,waiting,pending,risklist_"));
}

TEST(AReviewedPlan, is_applied_while_it_is_still_the_plan) {
    Filled filled;
    auto& rehearsal = filled.rehearsal;
    rehearsal.put_domains(hosts(110));
    const auto planned = rehearsal.plan();
    EXPECT_EQ(planned.status, 0);
    ASSERT_TRUE(planned.cost);
    EXPECT_FALSE(planned.cost->calls.empty());
    EXPECT_EQ(rehearsal.active(Rehearsal::k_domains), hosts(100));
    Wish wish;
    wish.reviewed_digest = planned.report.digest.substr(0, 12);
    rehearsal.put_domains(hosts(111));
    const auto other = rehearsal.run(wish);
    EXPECT_EQ(other.status, 1);
    EXPECT_THAT(other.said(), HasSubstr("nothing was applied"));
    EXPECT_EQ(other.list(Rehearsal::k_domains).outcome, Outcome::failed) << "a list that was not written is not done";
    EXPECT_EQ(rehearsal.active(Rehearsal::k_domains), hosts(100));
    rehearsal.put_domains(hosts(110));
    EXPECT_EQ(rehearsal.run(wish).status, 0);
    EXPECT_EQ(rehearsal.active(Rehearsal::k_domains), hosts(110));
}

TEST(Assertions, never_block_stops_the_list_and_names_the_entry) {
    Filled filled;
    auto& rehearsal = filled.rehearsal;
    rehearsal.set("assert", "never_block", "host-00101.example");
    rehearsal.put_domains(hosts(101));
    const auto ending = rehearsal.run();
    EXPECT_EQ(ending.status, 4);
    EXPECT_THAT(ending.said(), HasSubstr("host-00101.example"));
    EXPECT_EQ(rehearsal.active(Rehearsal::k_domains), hosts(100));
}

TEST(Assertions, never_block_does_not_stop_a_list_for_somebody_elses_entry) {
    Filled filled;
    auto& rehearsal = filled.rehearsal;
    rehearsal.set("assert", "never_block", "partner.example");
    ASSERT_TRUE(rehearsal.clouds().edit_by_hand(Rehearsal::k_domains, {"partner.example"}, {}));
    rehearsal.put_domains(hosts(101));
    const auto ending = rehearsal.run();
    EXPECT_EQ(ending.status, 0) << ending.said();
    EXPECT_THAT(ending.list(Rehearsal::k_domains).warnings, testing::Contains(HasSubstr("somebody else's entry")));
}

TEST(Assertions, must_block_stops_the_plan_that_would_unblock_it) {
    Filled filled;
    auto& rehearsal = filled.rehearsal;
    rehearsal.set("assert", "must_block", "host-00001.example");
    EXPECT_EQ(rehearsal.run().status, 0);
    rehearsal.put_domains(hosts(100, 2));
    const auto ending = rehearsal.run();
    EXPECT_EQ(ending.status, 4);
    EXPECT_THAT(ending.said(), HasSubstr("must_block host-00001.example"));
    EXPECT_EQ(rehearsal.active(Rehearsal::k_domains), hosts(100));
}

TEST(Assertions, a_must_block_that_no_list_ever_met_is_reported_and_stops_nothing) {
    Filled filled;
    auto& rehearsal = filled.rehearsal;
    rehearsal.set("assert", "must_block", "absent.example");
    rehearsal.put_domains(hosts(101));
    const auto ending = rehearsal.run();
    EXPECT_EQ(ending.status, 1);
    EXPECT_EQ(rehearsal.active(Rehearsal::k_domains), hosts(101));
}

}  // namespace
}  // namespace cordon::scenario
