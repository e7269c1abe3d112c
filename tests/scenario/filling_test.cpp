// First fills, repeats and hourly updates.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/scenario/rehearsal.hpp"
#include "tests/scenario/sign_in.hpp"

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

TEST(Filling, a_first_run_at_full_size_takes_at_most_twelve_calls_and_one_for_each_policy) {
    sandbox::Options options;
    options.url_quota = 75'000;
    Rehearsal rehearsal(options);
    rehearsal.put_domains(hosts(25'000));
    rehearsal.put_ips(addresses(8'000));
    const auto ending = rehearsal.run();
    EXPECT_EQ(ending.status, 0) << ending.said();
    EXPECT_LE(rehearsal.clouds().zia_calls(), 14U);
    EXPECT_EQ(rehearsal.active(Rehearsal::k_domains).size(), 25'000U);
    EXPECT_EQ(rehearsal.active(Rehearsal::k_ips).size(), 8'000U);
}

/// A behaviour in which tenants differ.
struct Habit {
    const char* name;
    sandbox::Quirk quirk;
};
void PrintTo(const Habit& habit, std::ostream* out) {
    *out << habit.name;
}

class ATenantsHabit : public testing::TestWithParam<Habit> {};

TEST_P(ATenantsHabit, disturbs_neither_the_first_fill_nor_an_update) {
    sandbox::Options options;
    options.quirks = {GetParam().quirk};
    Rehearsal rehearsal(options);
    rehearsal.put_domains(hosts(40));
    rehearsal.put_ips(addresses(40));
    EXPECT_EQ(rehearsal.run().status, 0);
    rehearsal.clock.advance(1h);
    rehearsal.put_domains(hosts(40, 5));
    rehearsal.put_ips(addresses(40, 5));
    const auto update = rehearsal.run();
    EXPECT_EQ(update.status, 0) << update.said();
    EXPECT_EQ(rehearsal.active(Rehearsal::k_domains), hosts(40, 5));
    EXPECT_EQ(rehearsal.active(Rehearsal::k_ips), addresses(40, 5));
}

INSTANTIATE_TEST_SUITE_P(Each, ATenantsHabit,
                         testing::Values(Habit{"no_password_expiry", sandbox::Quirk::no_password_expiry},
                                         Habit{"sign_out_204", sandbox::Quirk::sign_out_204},
                                         Habit{"unknown_category_500", sandbox::Quirk::unknown_category_500},
                                         Habit{"counts_strip_lists", sandbox::Quirk::counts_strip_lists},
                                         Habit{"retry_after_in_words", sandbox::Quirk::retry_after_in_words},
                                         Habit{"retry_after_zero", sandbox::Quirk::retry_after_zero}),
                         [](const auto& each) { return std::string(each.param.name); });

TEST(ATenantThatCannotBeUsed, fails_the_run_and_says_why) {
    if (sign_in() != SignIn::legacy) GTEST_SKIP() << "these tenants refuse the session, which only legacy has";
    for (const auto quirk : {sandbox::Quirk::only_oneapi, sandbox::Quirk::sign_in_without_session}) {
        sandbox::Options options;
        options.quirks = {quirk};
        Rehearsal rehearsal(options);
        rehearsal.put_domains(hosts(4));
        rehearsal.put_ips(addresses(4));
        const auto ending = rehearsal.run();
        EXPECT_EQ(ending.status, 1);
        EXPECT_THAT(ending.said(), HasSubstr(quirk == sandbox::Quirk::only_oneapi ? "OneAPI" : "complete session"));
    }
}

}  // namespace
}  // namespace cordon::scenario
