// Lists that go to the denylist, to groups of host names, or with their addresses to a category.

#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/commands.hpp"
#include "cli/exit_status.hpp"
#include "gateways/zia/zia.hpp"
#include "tests/scenario/rehearsal.hpp"

namespace cordon::scenario {
namespace {

using core::Outcome;
using core::Reason;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

constexpr const char* k_denied = "TI Denied";
constexpr const char* k_names = "TI_Names";

/// One list of domains, with this target.
Rehearsal& aim(Rehearsal& rehearsal, const char* target, const char* list) {
    rehearsal.erase_section("risklist_ips");
    rehearsal.set("risklist_domains", "target", target);
    rehearsal.set("risklist_domains", "category_name", list);
    return rehearsal;
}

/// "*.host-00001.example" ...
Entries with_subdomains(const Entries& names) {
    Entries made;
    for (const auto& name : names) made.insert("*." + name);
    return made;
}

/// Requests that change the denylist.
std::vector<std::string> denylist_writes(sandbox::Sandbox& clouds) {
    std::vector<std::string> writes;
    for (const auto& entry : clouds.journal()) {
        const bool is_denylist = entry.target.find("/security") != std::string::npos ||
                                 entry.target.find("/cyberThreatProtection") != std::string::npos;
        if (is_denylist && entry.method != "GET") writes.push_back(entry.method + " " + entry.target);
    }
    return writes;
}

// --- The denylist ---

TEST(TheDenylist, keeps_what_people_put_there_and_loses_only_what_the_feed_drops_of_ours) {
    Rehearsal rehearsal;
    aim(rehearsal, "denylist", k_denied);
    const Entries theirs{"Portal.example/a", "host-00001.example"};
    rehearsal.clouds().edit_by_hand("denylist", {theirs.begin(), theirs.end()}, {});
    rehearsal.put_domains(hosts(40));
    const auto first = rehearsal.run();
    EXPECT_EQ(first.status, 0) << first.said();
    rehearsal.must_stay(k_denied, theirs);
    EXPECT_THAT(first.said(), HasSubstr("their 2 entries stay theirs, also those that the feed has"));
    EXPECT_THAT(first.said(), Not(HasSubstr("cordon adopt")));
    EXPECT_EQ(first.list(k_denied).counts.foreign, 2U);
    EXPECT_EQ(first.list(k_denied).added, 39U);
    EXPECT_EQ(rehearsal.active(k_denied), united(hosts(40), theirs));

    rehearsal.clock.advance(1h);
    rehearsal.put_domains(hosts(35, 6));
    const auto second = rehearsal.run();
    EXPECT_EQ(second.status, 0) << second.said();
    EXPECT_EQ(second.list(k_denied).removed, 4U) << "host-00001.example is theirs, though the feed named it, too";
    EXPECT_EQ(rehearsal.active(k_denied), united(hosts(35, 6), theirs));

    const auto writes = denylist_writes(rehearsal.clouds());
    EXPECT_EQ(writes.size(), 2U);
    for (const auto& write : writes) {
        EXPECT_TRUE(write.ends_with("/security/advanced/blacklistUrls?action=ADD_TO_LIST") ||
                    write.ends_with("/security/advanced/blacklistUrls?action=REMOVE_FROM_LIST"))
            << write;
    }
}

TEST(TheDenylist, is_only_read_by_an_unchanged_run) {
    Rehearsal rehearsal;
    aim(rehearsal, "denylist", k_denied);
    rehearsal.put_domains(hosts(40));
    ASSERT_EQ(rehearsal.run().status, 0);
    rehearsal.clock.advance(1h);
    rehearsal.clouds().forget_requests();
    const auto again = rehearsal.run();
    EXPECT_EQ(again.list(k_denied).outcome, Outcome::unchanged);
    EXPECT_EQ(rehearsal.clouds().zia_writes(), 0U);
    EXPECT_EQ(rehearsal.clouds().counts().at("GET /api/v1/security/advanced"), 1U);
}

TEST(TheDenylist, respects_what_people_take_out) {
    Rehearsal rehearsal;
    aim(rehearsal, "denylist", k_denied);
    rehearsal.put_domains(hosts(40));
    ASSERT_EQ(rehearsal.run().status, 0);
    rehearsal.clouds().edit_by_hand("denylist", {}, {"host-00007.example"});
    rehearsal.clock.advance(1h);
    const auto ending = rehearsal.run();
    EXPECT_EQ(ending.status, 0) << ending.said();
    EXPECT_EQ(ending.list(k_denied).counts.excepted, 1U);
    EXPECT_EQ(rehearsal.active(k_denied), without(hosts(40), {"host-00007.example"}));
}

TEST(TheDenylist, shares_the_tenants_quota_of_urls) {
    Rehearsal rehearsal;
    aim(rehearsal, "denylist", k_denied);
    rehearsal.clouds().edit_by_hand("denylist", {"a.theirs.example", "b.theirs.example"}, {});
    rehearsal.clouds().set_quota(rehearsal.clouds().unique_urls() + 30);
    rehearsal.put_domains(hosts(40));
    const auto ending = rehearsal.run();
    EXPECT_EQ(ending.status, 0) << ending.said();
    EXPECT_EQ(ending.list(k_denied).added, 30U);
    EXPECT_EQ(ending.list(k_denied).counts.over_capacity, 10U);
    EXPECT_EQ(rehearsal.active(k_denied).size(), 32U);
}

TEST(TheDenylist, may_become_empty_when_it_is_retired_and_is_filled_again) {
    Rehearsal rehearsal;
    aim(rehearsal, "denylist", k_denied);
    rehearsal.put_domains(hosts(40));
    ASSERT_EQ(rehearsal.run().status, 0);
    rehearsal.set("risklist_domains", "enabled", "false");
    rehearsal.add_list("risklist_ips", "ip", Rehearsal::k_ip_file, Rehearsal::k_ips);
    rehearsal.put_ips(addresses(3));
    const auto retired = rehearsal.retire(k_denied, Confirm::yes);
    EXPECT_EQ(retired.status, 0) << retired.said();
    EXPECT_THAT(rehearsal.active(k_denied), IsEmpty()) << "an empty denylist is legal, so nothing holds its place";
    rehearsal.set("risklist_domains", "enabled", "true");
    const auto again = rehearsal.run();
    EXPECT_EQ(again.status, 0) << again.said();
    EXPECT_EQ(rehearsal.active(k_denied), hosts(40));
}

TEST(TheDenylist, is_not_adopted) {
    Rehearsal rehearsal;
    aim(rehearsal, "denylist", k_denied);
    rehearsal.put_domains(hosts(40));
    ASSERT_EQ(rehearsal.run().status, 0);
    cli::Arguments arguments;
    arguments.command = cli::Command::adopt;
    arguments.common.settings = rehearsal.settings_file();
    arguments.list = k_denied;
    arguments.confirmed = true;
    std::ostringstream out;
    std::ostringstream err;
    EXPECT_EQ(cli::adopt_command(arguments, {out, err}, {}), cli::k_exit_usage);
    EXPECT_THAT(err.str(), HasSubstr("is the tenant's denylist, which people fill, too"));
}

// --- Groups of host names ---

TEST(AnFqdnGroup, is_made_for_single_hosts_and_kept_in_step) {
    Rehearsal rehearsal;
    aim(rehearsal, "fqdn_group", k_names);
    rehearsal.put_domains(hosts(40));
    const auto first = rehearsal.run();
    EXPECT_EQ(first.status, 0) << first.said();
    const auto view = rehearsal.clouds().list(k_names, sandbox::Side::active);
    ASSERT_TRUE(view);
    EXPECT_EQ(view->type, "DSTN_FQDN");
    EXPECT_EQ(view->addresses, hosts(40));
    rehearsal.clouds().edit_by_hand(k_names, {"theirs.example"}, {});
    rehearsal.must_stay(k_names, {"theirs.example"});
    rehearsal.clock.advance(1h);
    rehearsal.put_domains(hosts(38, 5));
    const auto second = rehearsal.run();
    EXPECT_EQ(second.status, 0) << second.said();
    EXPECT_EQ(rehearsal.active(k_names), united(hosts(38, 5), {"theirs.example"}));
    EXPECT_EQ(rehearsal.clouds().counts()["GET /api/v1/urlCategories"], 0U) << "nothing of it is needed";
}

TEST(AnFqdnGroup, holds_subdomains_in_the_firewalls_own_spelling) {
    Rehearsal rehearsal;
    aim(rehearsal, "fqdn_group", k_names);
    rehearsal.set("risklist_domains", "include_subdomains", "true");
    rehearsal.clouds().create_group_by_hand(k_names, {"*.theirs.example", "plain.example"}, "DSTN_DOMAIN");
    rehearsal.put_domains(hosts(40));
    const auto first = rehearsal.run();
    EXPECT_EQ(first.status, 0) << first.said();
    rehearsal.must_stay(k_names, {"*.theirs.example", "plain.example"});
    EXPECT_EQ(rehearsal.active(k_names), united(with_subdomains(hosts(40)), {"*.theirs.example", "plain.example"}));
    rehearsal.clock.advance(1h);
    rehearsal.put_domains(hosts(38));
    const auto second = rehearsal.run();
    EXPECT_EQ(second.status, 0) << second.said();
    EXPECT_EQ(second.list(k_names).counts.unchanged, 38U);
    EXPECT_EQ(second.list(k_names).removed, 2U);
    EXPECT_EQ(rehearsal.active(k_names), united(with_subdomains(hosts(38)), {"*.theirs.example", "plain.example"}));
    rehearsal.clock.advance(1h);
    EXPECT_EQ(rehearsal.run().list(k_names).outcome, Outcome::unchanged);
}

TEST(AnFqdnGroup, of_single_hosts_is_not_given_subdomains) {
    Rehearsal rehearsal;
    aim(rehearsal, "fqdn_group", k_names);
    rehearsal.put_domains(hosts(10));
    ASSERT_EQ(rehearsal.run().status, 0);
    rehearsal.set("risklist_domains", "include_subdomains", "true");
    rehearsal.clouds().forget_requests();
    rehearsal.clock.advance(1h);
    const auto ending = rehearsal.run({.allow_removals = {k_names}});
    EXPECT_NE(ending.status, 0);
    EXPECT_THAT(ending.said(), HasSubstr("which takes no subdomains, and the type of a group stays what it was made "
                                         "with: set include_subdomains = false"));
    EXPECT_EQ(rehearsal.clouds().zia_writes(), 0U);
    EXPECT_EQ(rehearsal.active(k_names), hosts(10));
}

TEST(AnFqdnGroup, holds_a_hundred_names_or_what_the_licence_allows) {
    for (const bool has_advanced_firewall : {false, true}) {
        sandbox::Options options;
        options.has_advanced_firewall = has_advanced_firewall;
        Rehearsal rehearsal(options);
        aim(rehearsal, "fqdn_group", k_names);
        if (has_advanced_firewall) rehearsal.set("zscaler", "max_fqdns", "8000");
        rehearsal.put_domains(hosts(150));
        const auto ending = rehearsal.run();
        EXPECT_EQ(ending.status, 0) << ending.said();
        EXPECT_EQ(rehearsal.active(k_names).size(), has_advanced_firewall ? 150U : 100U);
        EXPECT_EQ(ending.list(k_names).counts.over_capacity, has_advanced_firewall ? 0U : 50U);
    }
}

TEST(AnFqdnGroup, takes_no_more_than_the_tenants_groups_may_hold_together) {
    Rehearsal rehearsal;
    aim(rehearsal, "fqdn_group", k_names);
    rehearsal.clouds().create_group_by_hand("Others", {"one.example", "two.example"}, "DSTN_FQDN");
    rehearsal.set("zscaler", "max_fqdn_entries", "30");
    rehearsal.put_domains(hosts(40));
    const auto ending = rehearsal.run();
    EXPECT_EQ(ending.status, 0) << ending.said();
    EXPECT_EQ(rehearsal.active(k_names).size(), 28U);
    EXPECT_THAT(rehearsal.rejected_csv(), HasSubstr("the tenant has room for 28 more host names"));
}

TEST(AnFqdnGroup, that_is_given_more_than_the_licence_allows_blames_no_name) {
    Rehearsal rehearsal;
    rehearsal.tolerate_violations();
    aim(rehearsal, "fqdn_group", k_names);
    rehearsal.set("zscaler", "max_fqdns", "8000");
    rehearsal.put_domains(hosts(150));
    const auto ending = rehearsal.run();
    EXPECT_EQ(ending.status, 1);
    EXPECT_THAT(ending.said(), HasSubstr("max_fqdns to what the licence allows"));
    EXPECT_EQ(ending.list(k_names).counts.quarantined, 0U);
}

TEST(AnFqdnGroup, keeps_a_placeholder_when_all_of_it_was_ours_and_is_retired) {
    Rehearsal rehearsal;
    aim(rehearsal, "fqdn_group", k_names);
    rehearsal.put_domains(hosts(40));
    ASSERT_EQ(rehearsal.run().status, 0);
    rehearsal.erase_section("risklist_domains");
    rehearsal.add_list("risklist_ips", "ip", Rehearsal::k_ip_file, Rehearsal::k_ips);
    const auto retired = rehearsal.retire(k_names, Confirm::yes);
    EXPECT_EQ(retired.status, 0) << retired.said();
    EXPECT_EQ(rehearsal.active(k_names), Entries{gateways::zia::k_placeholder_host});
}

// --- Addresses in a category ---

TEST(ACategoryOfAddresses, takes_single_ones_and_leaves_networks_out) {
    Rehearsal rehearsal;
    rehearsal.erase_section("risklist_domains");
    rehearsal.set("risklist_ips", "target", "category");
    rehearsal.put_ips({"198.51.100.7", "203.0.113.9/32", "198.51.100.0/28", "203.0.113.1-203.0.113.3", "2001:DB8::7"});
    const auto ending = rehearsal.run();
    EXPECT_EQ(ending.status, 0) << ending.said();
    const auto view = rehearsal.clouds().list(Rehearsal::k_ips, sandbox::Side::active);
    ASSERT_TRUE(view);
    EXPECT_EQ(view->kind, "category");
    EXPECT_EQ(view->entries(), (Entries{"198.51.100.7", "203.0.113.9", "2001:db8::7"}));
    EXPECT_EQ(ending.list(Rehearsal::k_ips).counts.reasons.of(Reason::unsupported_by_target), 2U);
}

// --- Settings that do not go together, and changed ones ---

TEST(ATarget, that_does_not_go_with_its_section_is_told_with_file_and_line) {
    struct Case {
        const char* section;
        const char* target;
        const char* sentence;
    };
    for (const auto& [section, target, sentence] :
         {Case{"risklist_ips", "fqdn_group", "[risklist_ips] target: an FQDN group holds domains only"},
          Case{"risklist_domains", "group", "[risklist_domains] target: an IP group holds addresses only"},
          Case{"risklist_domains", "elsewhere", "one of auto, category, group, fqdn_group or denylist"}}) {
        Rehearsal rehearsal;
        rehearsal.set(section, "target", target);
        const auto ending = rehearsal.run();
        EXPECT_EQ(ending.status, cli::k_exit_usage);
        EXPECT_THAT(ending.problem, HasSubstr(sentence));
        EXPECT_THAT(ending.problem, HasSubstr("settings.ini line "));
    }
}

TEST(ATarget, that_changes_leaves_what_was_put_elsewhere_until_it_is_retired) {
    Rehearsal rehearsal;
    rehearsal.erase_section("risklist_ips");
    rehearsal.put_domains(hosts(40));
    ASSERT_EQ(rehearsal.run().status, 0);
    rehearsal.clouds().edit_by_hand("denylist", {"host-00003.example"}, {});
    rehearsal.clouds().forget_requests();
    rehearsal.clock.advance(1h);
    rehearsal.set("risklist_domains", "target", "denylist");
    const auto ending = rehearsal.run();
    EXPECT_EQ(ending.status, 1);
    EXPECT_THAT(ending.said(), HasSubstr("its target is now a denylist, but 40 entries of ours lie in the custom URL "
                                         "category 'Test Domains'"));
    EXPECT_EQ(rehearsal.clouds().zia_writes(), 0U);
    EXPECT_EQ(rehearsal.clouds().active_category(Rehearsal::k_domains), hosts(40));
}

}  // namespace
}  // namespace cordon::scenario
