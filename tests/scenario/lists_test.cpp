// Sections that come, go and share lists; what must never be blocked.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/scenario/rehearsal.hpp"
#include "tests/scenario/sign_in.hpp"

namespace cordon::scenario {
namespace {

using core::Outcome;
using core::Reason;
using testing::HasSubstr;

struct Filled {
    Filled() {
        rehearsal.put_domains(hosts(40));
        rehearsal.put_ips(addresses(40));
        EXPECT_EQ(rehearsal.run().status, 0);
        rehearsal.clock.advance(1h);
    }
    Rehearsal rehearsal;
};

TEST(ASectionThatIsGone, freezes_its_list_until_it_is_retired) {
    Filled filled;
    auto& rehearsal = filled.rehearsal;
    rehearsal.clouds().edit_by_hand(Rehearsal::k_ips, {"198.51.100.77"}, {});
    rehearsal.must_stay(Rehearsal::k_ips, {"198.51.100.77"});
    rehearsal.erase_section("risklist_ips");
    const auto without_it = rehearsal.run();
    EXPECT_THAT(without_it.said(), HasSubstr("cordon retire \"Test IPs\""));
    EXPECT_EQ(rehearsal.active(Rehearsal::k_ips), united(addresses(40), {"198.51.100.77"}));

    rehearsal.clouds().forget_requests();
    const auto shown = rehearsal.retire(Rehearsal::k_ips, Confirm::no);
    ASSERT_EQ(shown.plans.size(), 1U);
    EXPECT_EQ(shown.plans.front().removals.size(), 40U);
    EXPECT_EQ(rehearsal.clouds().zia_writes(), 0U);
    const auto retired = rehearsal.retire(Rehearsal::k_ips, Confirm::yes);
    EXPECT_EQ(retired.status, 0) << retired.said();
    EXPECT_EQ(rehearsal.active(Rehearsal::k_ips), Entries{"198.51.100.77"});
    EXPECT_EQ(rehearsal.run().said().find("cordon retire"), std::string::npos);
}

TEST(ASectionThatIsGone, leaves_the_object_with_a_placeholder_when_all_of_it_was_ours) {
    Filled filled;
    auto& rehearsal = filled.rehearsal;
    rehearsal.erase_section("risklist_domains");
    ASSERT_EQ(rehearsal.run().status, 0);
    const auto retired = rehearsal.retire(Rehearsal::k_domains, Confirm::yes);
    EXPECT_EQ(retired.status, 0) << retired.said();
    EXPECT_EQ(rehearsal.active(Rehearsal::k_domains).size(), 1U);
    EXPECT_TRUE(without(rehearsal.active(Rehearsal::k_domains), hosts(40)).size() == 1U);

    rehearsal.add_list("risklist_domains", "domain", Rehearsal::k_domain_file, Rehearsal::k_domains);
    const auto again = rehearsal.run();
    EXPECT_EQ(again.status, 0) << again.said();
    EXPECT_EQ(rehearsal.active(Rehearsal::k_domains), hosts(40)) << "the placeholder goes with the next addition";
}

TEST(ASectionThatIsSwitchedOff, leaves_its_list_as_it_is) {
    Filled filled;
    auto& rehearsal = filled.rehearsal;
    rehearsal.set("risklist_domains", "enabled", "false");
    rehearsal.put_domains(hosts(3));
    rehearsal.put_ips(addresses(41));
    const auto ending = rehearsal.run();
    EXPECT_EQ(ending.status, 0) << ending.said();
    EXPECT_THAT(ending.said(), HasSubstr("no longer configured"));
    EXPECT_EQ(rehearsal.active(Rehearsal::k_domains), hosts(40));
    EXPECT_EQ(rehearsal.active(Rehearsal::k_ips), addresses(41));
}

TEST(AnIpList, delivers_ranges_and_takes_them_back) {
    Rehearsal rehearsal;
    rehearsal.put_domains(hosts(10));
    rehearsal.put_ips({"198.51.100.3 - 198.51.100.9", "198.51.100.5", "198.51.100.16-198.51.100.31", "203.0.113.7"});
    const auto first = rehearsal.run();
    EXPECT_EQ(first.status, 0) << first.said();
    EXPECT_EQ(rehearsal.active(Rehearsal::k_ips),
              (Entries{"198.51.100.3-198.51.100.9", "198.51.100.16/28", "203.0.113.7"}));
    EXPECT_EQ(first.list(Rehearsal::k_ips).counts.reasons.of(Reason::covered), 1U);
    rehearsal.clock.advance(1h);
    const auto second = rehearsal.run();
    EXPECT_EQ(second.status, 0) << second.said();
    EXPECT_EQ(second.list(Rehearsal::k_ips).counts.unchanged, 3U);
    EXPECT_EQ(second.list(Rehearsal::k_ips).added, 0U);
    rehearsal.clock.advance(1h);
    rehearsal.put_ips({"198.51.100.5", "198.51.100.16-198.51.100.31", "203.0.113.7"});
    EXPECT_EQ(rehearsal.run().status, 0);
    EXPECT_EQ(rehearsal.active(Rehearsal::k_ips), (Entries{"198.51.100.5", "198.51.100.16/28", "203.0.113.7"}));
}

TEST(ARenamedSection, keeps_what_its_old_name_put_there_until_that_is_forgotten) {
    Filled filled;
    auto& rehearsal = filled.rehearsal;
    rehearsal.erase_section("risklist_domains");
    rehearsal.add_list("risklist_renamed", "domain", "/lists/renamed.csv", Rehearsal::k_domains);
    rehearsal.put_feed("/lists/renamed.csv", risk_list(hosts(40, 11)));
    const auto renamed = rehearsal.run();
    EXPECT_EQ(renamed.status, 0) << renamed.said();
    EXPECT_THAT(renamed.said(), HasSubstr("cordon retire \"Test Domains\" --feed risklist_domains"));
    EXPECT_EQ(rehearsal.active(Rehearsal::k_domains), hosts(50));
    EXPECT_TRUE(rehearsal.forget_feed(Rehearsal::k_domains, "risklist_domains"));
    EXPECT_FALSE(rehearsal.forget_feed(Rehearsal::k_domains, "risklist_domains"));
    const auto forgotten = rehearsal.run();
    EXPECT_EQ(forgotten.status, 0) << forgotten.said();
    EXPECT_EQ(rehearsal.active(Rehearsal::k_domains), hosts(40, 11));
}

TEST(TwoSectionsWithOneName, feed_one_list) {
    Rehearsal rehearsal;
    rehearsal.add_list("risklist_urls", "url", "/lists/urls.csv", Rehearsal::k_domains);
    rehearsal.put_domains(united(hosts(10), {"shared.example"}));
    rehearsal.put_feed("/lists/urls.csv",
                       risk_list(Entries{"http://a.example/x?y=1", "https://shared.example/z", "b.example/p"}));
    rehearsal.put_ips(addresses(1));
    const auto ending = rehearsal.run();
    EXPECT_EQ(ending.status, 0) << ending.said();
    EXPECT_EQ(rehearsal.active(Rehearsal::k_domains),
              united(hosts(10), {"shared.example", "a.example/x?y=1", "b.example/p"}));
    EXPECT_EQ(ending.list(Rehearsal::k_domains).counts.reasons.of(Reason::covered), 1U);
    EXPECT_EQ(ending.list(Rehearsal::k_domains).feeds.size(), 2U);
}

TEST(TwoSectionsWithOneName, must_agree_about_the_list) {
    Rehearsal rehearsal;
    rehearsal.add_list("risklist_more", "domain", "/lists/more.csv", Rehearsal::k_domains);
    rehearsal.set("risklist_more", "max_entries", "7");
    const auto ending = rehearsal.run();
    EXPECT_EQ(ending.status, 2);
    EXPECT_THAT(ending.problem, HasSubstr("[risklist_domains] and [risklist_more]"));
    EXPECT_THAT(ending.problem, HasSubstr("max_entries"));
}

TEST(MovingAList, puts_its_entries_on_the_other_side_without_unblocking_them) {
    Filled filled;
    auto& rehearsal = filled.rehearsal;
    rehearsal.set("risklist_domains", "retain_parent_category", "false");
    EXPECT_EQ(rehearsal.run().report.outcome, Outcome::unchanged) << "a change applies to new additions";
    const auto moved = rehearsal.move(Rehearsal::k_domains, Confirm::yes);
    EXPECT_EQ(moved.status, 0) << moved.said();
    const auto view = rehearsal.clouds().list(Rehearsal::k_domains, sandbox::Side::active);
    ASSERT_TRUE(view);
    EXPECT_EQ(view->urls, hosts(40));
    EXPECT_TRUE(view->retaining_parent.empty());
    EXPECT_EQ(rehearsal.run().report.outcome, Outcome::unchanged);
}

TEST(WhatMustNeverBeBlocked, never_reaches_the_gateway) {
    Rehearsal rehearsal;
    rehearsal.set("allow", "never", "good.example");
    rehearsal.set("allow", "popular", "busy.example");
    // Only an admin's login has a mail domain.
    const auto mail_domain = sign_in() == SignIn::legacy ? Entries{"login.example"} : Entries{};
    rehearsal.put_domains(
        united(united(hosts(30), mail_domain), {"good.example", "www.good.example", "busy.example", "zsapi.zscaler.net",
                                                "api.recordedfuture.com", "com", "co.uk", "localhost"}));
    rehearsal.put_ips(united(addresses(30), {"10.1.2.3", "127.0.0.1", "0.0.0.0/0", "224.0.0.1", "8.0.0.0/8"}));
    const auto ending = rehearsal.run();
    EXPECT_EQ(ending.status, 0) << ending.said();
    EXPECT_EQ(rehearsal.active(Rehearsal::k_domains), hosts(30));
    EXPECT_EQ(rehearsal.active(Rehearsal::k_ips), addresses(30));
    const auto& reasons = ending.list(Rehearsal::k_domains).counts.reasons;
    EXPECT_EQ(reasons.of(Reason::never), 2U);
    EXPECT_EQ(reasons.of(Reason::lock_out), 2U);
    EXPECT_EQ(reasons.of(Reason::popular), 1U + mail_domain.size()) << "busy.example and the mail domain of the login";
    for (const char* row :
         {"good.example,rejected,never", "zsapi.zscaler.net,rejected,lock_out", "co.uk,rejected,public_suffix",
          "10.1.2.3,rejected,reserved_address", "8.0.0.0/8,rejected,too_wide"}) {
        EXPECT_THAT(rehearsal.rejected_csv(), HasSubstr(row));
    }
}

TEST(WhatMustNeverBeBlocked, is_taken_out_again_when_the_rule_comes_later) {
    Filled filled;
    auto& rehearsal = filled.rehearsal;
    rehearsal.set("allow", "never", "host-00003.example");
    const auto ending = rehearsal.run();
    EXPECT_EQ(ending.status, 0) << ending.said();
    EXPECT_EQ(rehearsal.active(Rehearsal::k_domains), without(hosts(40), {"host-00003.example"}));
}

TEST(Caps, count_foreign_entries_too) {
    Rehearsal rehearsal;
    const Entries theirs{"a.example", "b.example", "c.example"};
    rehearsal.clouds().create_category_by_hand(Rehearsal::k_domains, {}, {theirs.begin(), theirs.end()});
    rehearsal.must_stay(Rehearsal::k_domains, theirs);
    rehearsal.set("risklist_domains", "max_entries", "20");
    rehearsal.set("zscaler", "max_ips", "6");
    rehearsal.put_domains(hosts(40));
    rehearsal.put_ips(addresses(10));
    const auto ending = rehearsal.run();
    EXPECT_EQ(ending.status, 0) << ending.said();
    EXPECT_EQ(rehearsal.active(Rehearsal::k_domains), united(hosts(17), theirs));
    EXPECT_EQ(rehearsal.active(Rehearsal::k_ips).size(), 6U);
    EXPECT_EQ(ending.list(Rehearsal::k_domains).counts.over_capacity, 23U);
}

TEST(Subdomains, are_blocked_with_their_parent_where_that_is_set) {
    Rehearsal rehearsal;
    rehearsal.set("risklist_domains", "include_subdomains", "true");
    rehearsal.put_domains({"evil.example", "www.evil.example", "other.example"});
    rehearsal.put_ips(addresses(1));
    EXPECT_EQ(rehearsal.run().status, 0);
    EXPECT_EQ(rehearsal.active(Rehearsal::k_domains), (Entries{".evil.example", ".other.example"}));
}

}  // namespace
}  // namespace cordon::scenario
