// First fills, repeats and hourly updates.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/scenario/rehearsal.hpp"

namespace cordon::scenario {
namespace {

using testing::HasSubstr;

TEST(Filling, a_first_run_creates_both_objects_with_active_entries) {
    Rehearsal rehearsal;
    rehearsal.put_domains(hosts(40));
    rehearsal.put_ips(addresses(30));
    const auto ending = rehearsal.run();
    EXPECT_EQ(ending.status, 0) << ending.said();
    EXPECT_TRUE(ending.list(Rehearsal::k_domains).created);
    EXPECT_TRUE(ending.list(Rehearsal::k_ips).created);
    EXPECT_EQ(rehearsal.active(Rehearsal::k_domains), hosts(40));
    EXPECT_EQ(rehearsal.active(Rehearsal::k_ips), addresses(30));
    EXPECT_EQ(ending.report.activation, core::ActivationState::active);
    EXPECT_EQ(rehearsal.clouds().open_sessions(), 0U);
}

TEST(Filling, a_second_run_writes_nothing_and_activates_nothing) {
    Rehearsal rehearsal;
    rehearsal.put_domains(hosts(40));
    rehearsal.put_ips(addresses(30));
    ASSERT_EQ(rehearsal.run().status, 0);
    rehearsal.clock.advance(1h);
    rehearsal.clouds().forget_requests();
    const auto ending = rehearsal.run();
    EXPECT_EQ(ending.status, 0) << ending.said();
    EXPECT_EQ(ending.report.outcome, core::Outcome::unchanged);
    EXPECT_EQ(rehearsal.clouds().zia_writes(), 0U);
    EXPECT_EQ(rehearsal.clouds().counts().count("POST /api/v1/status/activate"), 0U);
    EXPECT_EQ(rehearsal.clouds().needless_downloads(), 0U);
}

TEST(Filling, an_hourly_update_takes_two_writes_an_object_and_one_activation) {
    Rehearsal rehearsal;
    rehearsal.put_domains(hosts(1'000));
    rehearsal.put_ips(addresses(1'000));
    ASSERT_EQ(rehearsal.run().status, 0);
    rehearsal.clock.advance(1h);
    rehearsal.put_domains(hosts(1'000, 101));
    rehearsal.put_ips(addresses(1'000, 101));
    rehearsal.clouds().forget_requests();
    const auto ending = rehearsal.run();
    EXPECT_EQ(ending.status, 0) << ending.said();
    EXPECT_EQ(ending.list(Rehearsal::k_domains).added, 100U);
    EXPECT_EQ(ending.list(Rehearsal::k_domains).removed, 100U);
    EXPECT_EQ(rehearsal.active(Rehearsal::k_domains), hosts(1'000, 101));
    EXPECT_EQ(rehearsal.active(Rehearsal::k_ips), addresses(1'000, 101));
    EXPECT_LE(rehearsal.clouds().zia_writes(), 4U);
    EXPECT_EQ(rehearsal.clouds().counts().at("POST /api/v1/status/activate"), 1U);
}

}  // namespace
}  // namespace cordon::scenario
