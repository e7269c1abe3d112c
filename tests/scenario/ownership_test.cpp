// Whose an entry is: predecessors, strangers, and people who change a list by hand.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/scenario/rehearsal.hpp"

namespace cordon::scenario {
namespace {

using core::Outcome;
using testing::HasSubstr;
using testing::IsSubsetOf;
using testing::Not;

const Entries k_leftovers{"left-1.example", "left-2.example", "left-3.example"};

/// A tenant on which somebody has filled both lists before.
struct Existing {
    explicit Existing(const std::string& adopt) {
        rehearsal.set("zscaler", "adopt", adopt);
        rehearsal.clouds().create_category_by_hand(Rehearsal::k_domains, {}, strings(united(hosts(10), k_leftovers)));
        rehearsal.clouds().create_group_by_hand(Rehearsal::k_ips, strings(addresses(10)));
        rehearsal.put_domains(hosts(20));
        rehearsal.put_ips(addresses(20));
    }
    static std::vector<std::string> strings(const Entries& entries) { return {entries.begin(), entries.end()}; }
    Rehearsal rehearsal;
};

TEST(AnExistingList, is_taken_over_where_the_feed_has_its_entries) {
    Existing existing("matching");
    auto& rehearsal = existing.rehearsal;
    rehearsal.must_stay(Rehearsal::k_domains, k_leftovers);
    const auto first = rehearsal.run();
    EXPECT_EQ(first.status, 0) << first.said();
    EXPECT_THAT(first.said(), HasSubstr("13 present, 10 of them in the feed (now Cordon's), 3 not"));
    EXPECT_THAT(first.said(), HasSubstr("cordon adopt \"Test Domains\""));
    EXPECT_EQ(first.list(Rehearsal::k_domains).counts.foreign, 3U);
    EXPECT_EQ(rehearsal.active(Rehearsal::k_domains), united(hosts(20), k_leftovers));
    rehearsal.clock.advance(1h);
    rehearsal.put_domains(hosts(20, 4));
    const auto second = rehearsal.run();
    EXPECT_EQ(second.status, 0) << second.said();
    EXPECT_THAT(second.said(), Not(HasSubstr("first run")));
    EXPECT_EQ(rehearsal.active(Rehearsal::k_domains), united(hosts(20, 4), k_leftovers));
}

TEST(AnExistingList, is_taken_over_as_a_whole_where_that_is_set) {
    Existing existing("all");
    const auto first = existing.rehearsal.run();
    EXPECT_EQ(first.status, 0) << first.said();
    EXPECT_EQ(existing.rehearsal.active(Rehearsal::k_domains), hosts(20));
}

TEST(AnExistingList, stays_the_strangers_where_nothing_may_be_adopted) {
    Existing existing("none");
    auto& rehearsal = existing.rehearsal;
    rehearsal.must_stay(Rehearsal::k_domains, united(hosts(10), k_leftovers));
    rehearsal.must_stay(Rehearsal::k_ips, addresses(10));
    ASSERT_EQ(rehearsal.run().status, 0);
    rehearsal.put_domains(hosts(20, 6));
    rehearsal.put_ips(addresses(20, 4));
    const auto later = rehearsal.run();
    EXPECT_EQ(later.status, 0) << later.said();
    EXPECT_EQ(rehearsal.active(Rehearsal::k_ips), addresses(23));
}

TEST(AnExistingList, keeps_its_side_for_new_entries) {
    Rehearsal rehearsal;
    rehearsal.clouds().create_category_by_hand(Rehearsal::k_domains, {"a.example", "b.example"}, {"c.example"});
    rehearsal.put_domains(hosts(5));
    rehearsal.put_ips(addresses(1));
    ASSERT_EQ(rehearsal.run().status, 0);
    const auto view = rehearsal.clouds().list(Rehearsal::k_domains, sandbox::Side::active);
    ASSERT_TRUE(view);
    EXPECT_EQ(view->urls, united(hosts(5), {"a.example", "b.example"}));
    EXPECT_EQ(view->retaining_parent, Entries{"c.example"});
}

TEST(Adopting, shows_its_plan_first_and_then_takes_over_what_a_predecessor_left) {
    Existing existing("matching");
    auto& rehearsal = existing.rehearsal;
    ASSERT_EQ(rehearsal.run().status, 0);
    rehearsal.clouds().forget_requests();
    const auto shown = rehearsal.adopt(Rehearsal::k_domains, Confirm::no);
    ASSERT_EQ(shown.plans.size(), 1U);
    EXPECT_EQ(shown.plans.front().removals.size(), 3U);
    EXPECT_EQ(rehearsal.clouds().zia_writes(), 0U);
    const auto done = rehearsal.adopt(Rehearsal::k_domains, Confirm::yes);
    EXPECT_EQ(done.status, 0) << done.said();
    EXPECT_EQ(rehearsal.active(Rehearsal::k_domains), hosts(20));
    EXPECT_EQ(rehearsal.run().report.outcome, Outcome::unchanged);
}

TEST(Adopting, is_under_the_guard) {
    Existing existing("matching");
    auto& rehearsal = existing.rehearsal;
    rehearsal.clouds().edit_by_hand(Rehearsal::k_domains, Existing::strings(hosts(30, 500)), {});
    ASSERT_EQ(rehearsal.run().status, 0);
    const auto stopped = rehearsal.adopt(Rehearsal::k_domains, Confirm::yes);
    EXPECT_EQ(stopped.status, 4);
    EXPECT_THAT(rehearsal.active(Rehearsal::k_domains), testing::IsSupersetOf(hosts(30, 500)));
    Wish wish;
    wish.allow_removals = {Rehearsal::k_domains};
    EXPECT_EQ(rehearsal.adopt(Rehearsal::k_domains, Confirm::yes, wish).status, 0);
    EXPECT_EQ(rehearsal.active(Rehearsal::k_domains), hosts(20));
}

/// Filled twice, so that everything was seen.
struct Seen {
    Seen() {
        rehearsal.put_domains(hosts(60));
        rehearsal.put_ips(addresses(20));
        EXPECT_EQ(rehearsal.run().status, 0);
        rehearsal.clock.advance(1h);
        EXPECT_EQ(rehearsal.run().status, 0);
        rehearsal.clock.advance(1h);
    }
    Rehearsal rehearsal;
    const Entries all = hosts(60);
};

TEST(AForeignEntry, that_the_feed_names_later_satisfies_the_plan_and_stays_foreign) {
    Seen seen;
    auto& rehearsal = seen.rehearsal;
    rehearsal.clouds().edit_by_hand(Rehearsal::k_domains, {"their.example"}, {});
    rehearsal.must_stay(Rehearsal::k_domains, {"their.example"});
    EXPECT_EQ(rehearsal.run().list(Rehearsal::k_domains).counts.foreign, 1U);
    rehearsal.put_domains(united(seen.all, {"their.example"}));
    const auto named = rehearsal.run();
    EXPECT_EQ(named.list(Rehearsal::k_domains).added, 0U);
    EXPECT_EQ(named.list(Rehearsal::k_domains).counts.foreign, 1U);
    rehearsal.put_domains(seen.all);
    EXPECT_EQ(rehearsal.run().status, 0);
}

TEST(AnEntryTakenOutByHand, stays_out_for_thirty_days_and_then_comes_back) {
    Seen seen;
    auto& rehearsal = seen.rehearsal;
    rehearsal.clouds().edit_by_hand(Rehearsal::k_domains, {}, {"host-00007.example"});
    const auto noticed = rehearsal.run();
    EXPECT_EQ(noticed.status, 0) << noticed.said();
    EXPECT_EQ(noticed.list(Rehearsal::k_domains).counts.excepted, 1U);
    EXPECT_THAT(rehearsal.rejected_csv(), HasSubstr("host-00007.example,waiting,excepted"));
    rehearsal.clock.advance(29 * 24h);
    EXPECT_EQ(rehearsal.run().status, 0);
    EXPECT_EQ(rehearsal.active(Rehearsal::k_domains), without(seen.all, {"host-00007.example"}));
    rehearsal.clock.advance(2 * 24h);
    EXPECT_EQ(rehearsal.run().list(Rehearsal::k_domains).added, 1U);
    EXPECT_EQ(rehearsal.active(Rehearsal::k_domains), seen.all);
}

TEST(AnEntryTakenOutByHand, comes_back_when_its_exception_is_cleared) {
    Seen seen;
    auto& rehearsal = seen.rehearsal;
    rehearsal.clouds().edit_by_hand(Rehearsal::k_ips, {}, {"198.18.0.7"});
    ASSERT_EQ(rehearsal.run().status, 0);
    ASSERT_EQ(rehearsal.run().status, 0);
    EXPECT_EQ(rehearsal.active(Rehearsal::k_ips), without(addresses(20), {"198.18.0.7"}));
    EXPECT_EQ(rehearsal.clear_exceptions(Rehearsal::k_ips), 0);
    EXPECT_EQ(rehearsal.run().status, 0);
    EXPECT_EQ(rehearsal.active(Rehearsal::k_ips), addresses(20));
    EXPECT_EQ(rehearsal.clear_exceptions(Rehearsal::k_ips), 2) << "there is none left";
}

TEST(AnEntryTakenOutByHand, comes_back_at_once_where_manual_removals_are_not_respected) {
    Seen seen;
    auto& rehearsal = seen.rehearsal;
    rehearsal.set("zscaler", "respect_manual_removals", "0");
    rehearsal.clouds().edit_by_hand(Rehearsal::k_domains, {}, {"host-00007.example"});
    EXPECT_EQ(rehearsal.run().status, 0);
    EXPECT_EQ(rehearsal.active(Rehearsal::k_domains), seen.all);
}

TEST(AListThatVanishedWholesale, is_put_back_and_reported) {
    Seen seen;
    auto& rehearsal = seen.rehearsal;
    rehearsal.clouds().edit_by_hand(Rehearsal::k_domains, {}, Existing::strings(hosts(59)));
    const auto ending = rehearsal.run();
    EXPECT_EQ(ending.status, 1);
    EXPECT_THAT(ending.said(), HasSubstr("another program or person changed this list"));
    EXPECT_EQ(rehearsal.active(Rehearsal::k_domains), seen.all);
    EXPECT_EQ(rehearsal.run().status, 0);
}

TEST(AListThatVanishedWholesale, is_made_anew_where_its_object_was_deleted) {
    Seen seen;
    auto& rehearsal = seen.rehearsal;
    ASSERT_TRUE(rehearsal.clouds().delete_by_hand(Rehearsal::k_domains));
    ASSERT_TRUE(rehearsal.clouds().delete_by_hand(Rehearsal::k_ips));
    const auto ending = rehearsal.run();
    EXPECT_EQ(ending.status, 1);
    EXPECT_TRUE(ending.list(Rehearsal::k_domains).created);
    EXPECT_EQ(rehearsal.active(Rehearsal::k_domains), seen.all);
    EXPECT_EQ(rehearsal.active(Rehearsal::k_ips), addresses(20));
    EXPECT_EQ(rehearsal.run().status, 0);
}

TEST(AListThatVanishedWholesale, is_reported_but_not_put_back_while_its_feed_is_expired) {
    Seen seen;
    auto& rehearsal = seen.rehearsal;
    rehearsal.set("risklist_domains", "stale_after", "1d");
    rehearsal.put_feed(Rehearsal::k_domain_file, "");
    rehearsal.clock.advance(72h);
    rehearsal.clouds().edit_by_hand(Rehearsal::k_domains, {}, Existing::strings(hosts(50)));
    const auto ending = rehearsal.run();
    EXPECT_EQ(ending.status, 1);
    EXPECT_THAT(ending.said(), HasSubstr("another program or person changed this list"));
    EXPECT_THAT(ending.said(), Not(HasSubstr("put back")));
}

}  // namespace
}  // namespace cordon::scenario
