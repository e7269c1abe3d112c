// CrowdStrike's indicators into a ZIA category, through the whole program.

#include <utility>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sandbox/cs/indicator.hpp"
#include "tests/scenario/falcon_account.hpp"
#include "tests/scenario/sign_in.hpp"

namespace cordon::scenario {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr const char* k_urls = "CrowdStrike Test";

sandbox::Options account(std::size_t rows) {
    sandbox::Options options;
    options.cs_rows = rows;
    options.url_quota = 300'000;
    return options;
}

/// Only the CrowdStrike list, of high confidence, as the seed has it.
class Falcon : public testing::Test {
protected:
    explicit Falcon(std::size_t rows = 4'000) : rehearsal(account(rows)) {
        rehearsal.erase_section("risklist_domains");
        rehearsal.erase_section("risklist_ips");
        rehearsal.erase_section("rfapi");
        rehearsal.add_falcon("falcon_urls", k_urls);
    }

    /// What is in force is what an independent reader of the account would block, no more and no less.
    void expect_in_step() {
        const auto should = wanted_urls(rehearsal.clouds()), is = rehearsal.active(k_urls);
        EXPECT_GT(should.size(), 500U);
        EXPECT_THAT(without(should, is), testing::IsEmpty()) << "missing";
        EXPECT_THAT(without(is, should), testing::IsEmpty()) << "surplus";
    }

    Rehearsal rehearsal;
};

TEST_F(Falcon, a_first_run_blocks_what_is_sure_and_live) {
    const auto ending = rehearsal.run();
    EXPECT_EQ(ending.status, 0) << ending.said();
    expect_in_step();
    EXPECT_EQ(rehearsal.clouds().open_tokens(), 0U) << "the token is given back";
    EXPECT_EQ(rehearsal.clouds().issued_tokens(), 1U);
    EXPECT_EQ(ending.report.calls.count("crowdstrike"), 1U);
}

TEST_F(Falcon, hourly_updates_bring_deletions_and_downgrades) {
    ASSERT_EQ(rehearsal.run().status, 0);
    for (int hour = 0; hour < 12; ++hour) {
        rehearsal.clock.advance(1h);
        rehearsal.clouds().tick();
        const auto before = rehearsal.clouds().rows_served();
        const auto ending = rehearsal.run();
        EXPECT_EQ(ending.status, 0) << ending.said();
        EXPECT_LE(rehearsal.clouds().rows_served() - before, 40U)
            << "only what changed in this hour and the minute before the last run";
        expect_in_step();
    }
}

TEST_F(Falcon, an_unchanged_account_writes_nothing) {
    ASSERT_EQ(rehearsal.run().status, 0);
    rehearsal.clock.advance(1h);
    rehearsal.clouds().forget_requests();
    const auto ending = rehearsal.run();
    EXPECT_EQ(ending.report.outcome, core::Outcome::unchanged) << ending.said();
    EXPECT_EQ(rehearsal.clouds().zia_writes(), 0U);
}

TEST_F(Falcon, a_pull_that_breaks_in_the_middle_removes_nothing_and_goes_on_later) {
    rehearsal.set("falcon", "page_size", "200");
    ASSERT_EQ(rehearsal.run().status, 0);
    const auto before = rehearsal.active(k_urls);
    rehearsal.clock.advance(1h);
    rehearsal.clouds().tick(30);
    sandbox::Fault fault;
    fault.path = "/intel/combined/indicators/v1";
    fault.status = 503;
    fault.count = 100;
    fault.skip = 1;
    rehearsal.clouds().inject(fault);
    const auto broken = rehearsal.run();
    EXPECT_EQ(broken.status, 1);
    EXPECT_EQ(rehearsal.active(k_urls), before);
    rehearsal.clouds().clear_faults();
    rehearsal.clock.advance(1h);
    const auto ending = rehearsal.run();
    EXPECT_EQ(ending.status, 0) << ending.said();
    expect_in_step();
}

TEST_F(Falcon, a_missing_scope_is_named_and_changes_nothing) {
    ASSERT_EQ(rehearsal.run().status, 0);
    const auto before = rehearsal.active(k_urls);
    rehearsal.clock.advance(1h);
    rehearsal.clouds().reconfigure([](sandbox::Options& options) { options.cs_scopes.clear(); });
    const auto ending = rehearsal.run();
    EXPECT_EQ(ending.status, 1);
    EXPECT_THAT(ending.said(), HasSubstr("Indicators (Falcon Intelligence): Read"));
    EXPECT_EQ(rehearsal.active(k_urls), before);
}

TEST_F(Falcon, a_first_run_in_another_region_says_so) {
    rehearsal.clouds().reconfigure([](sandbox::Options& options) { options.cs_account_region = "eu-1"; });
    const auto ending = rehearsal.run();
    EXPECT_EQ(ending.status, 1);
    EXPECT_THAT(ending.said(), HasSubstr("cloud or base_url"));
}

/// Ways in which an account that was good is no longer where the settings say.
class FalconElsewhere : public Falcon, public testing::WithParamInterface<const char*> {
protected:
    void move_away() {
        const std::string way = GetParam();
        if (way == "account_moved")  // a token is still given, and refused with every page
            rehearsal.clouds().reconfigure([](sandbox::Options& options) { options.cs_account_region = "eu-1"; });
        if (way == "account_unknown")  // no token at all
            rehearsal.clouds().reconfigure([](sandbox::Options& options) { options.cs_account_region = "us-gov-1"; });
        if (way != "foreign_token") return;
        sandbox::Fault fault;
        fault.kind = sandbox::Fault::Kind::wrong_region;
        fault.path = "/oauth2/token";
        fault.count = 0;
        rehearsal.clouds().inject(fault);
    }
    void come_back() {
        rehearsal.clouds().clear_faults();
        rehearsal.clouds().reconfigure([](sandbox::Options& options) { options.cs_account_region = "us-1"; });
    }
};

INSTANTIATE_TEST_SUITE_P(By, FalconElsewhere, testing::Values("account_moved", "account_unknown", "foreign_token"),
                         [](const auto& each) { return std::string(each.param); });

TEST_P(FalconElsewhere, keeps_what_is_in_force_and_says_so) {
    ASSERT_EQ(rehearsal.run().status, 0);
    const auto before = rehearsal.active(k_urls);
    ASSERT_FALSE(before.empty());
    for (int hour = 0; hour < 2; ++hour) {
        rehearsal.clock.advance(1h);
        rehearsal.clouds().tick(5);
        move_away();
        rehearsal.clouds().forget_requests();
        const auto ending = rehearsal.run();
        EXPECT_EQ(ending.status, 1);
        EXPECT_THAT(ending.said(), HasSubstr("cloud or base_url"));
        EXPECT_EQ(rehearsal.active(k_urls), before);
        EXPECT_EQ(rehearsal.saved(k_urls), before);
        EXPECT_EQ(rehearsal.clouds().zia_writes(), 0U);
    }
    come_back();
    rehearsal.clock.advance(1h);
    const auto ending = rehearsal.run();
    EXPECT_EQ(ending.status, 0) << ending.said();
    EXPECT_NE(rehearsal.active(k_urls), before);
    expect_in_step();
}

/// An account whose older indicators do not fit one run: each page takes half a minute, a run has one minute for them.
class FalconOfManyRuns : public Falcon {
protected:
    FalconOfManyRuns() : Falcon(20'000) {
        rehearsal.set("falcon", "page_size", "1200");  // growth is guarded from 1,000 entries on
        rehearsal.set("falcon", "history_time", "60s");
        sandbox::Fault slow;
        slow.kind = sandbox::Fault::Kind::slow;
        slow.path = "/intel/combined/indicators/v1";
        slow.delay = 30s;
        slow.count = 0;
        rehearsal.clouds().inject(slow);
    }
    void expect_no_guard_stop(const Ending& ending) {
        EXPECT_EQ(ending.status, 0) << ending.said();
        EXPECT_NE(ending.list(k_urls).outcome, core::Outcome::stopped) << ending.said();
        rehearsal.with_store([](store::Store& store) { EXPECT_FALSE(store.guard_stop(k_urls).value()); });
    }
    Entries owned() {
        Entries entries;
        rehearsal.with_store([&](store::Store& store) {
            const auto ledger = store.ledger(k_urls).value();
            for (const auto& entry : ledger.ours) entries.insert(entry.canonical);
        });
        return entries;
    }
    /// Deletes the indicators of these entries.
    void revoke(const Entries& entries) {
        std::vector<std::string> ids;
        rehearsal.clouds().for_each_indicator([&](const sandbox::cs::Indicator& one) {
            if (one.type != "url" || one.deleted) return;
            if (const auto entry = entry_of_generated_url(one.indicator); entry && entries.contains(*entry))
                ids.push_back(one.id);
        });
        for (const auto& id : ids) EXPECT_TRUE(rehearsal.clouds().change_indicator(id, "delete")) << id;
    }
    /// Every `n`th of them, beginning with number `from`.
    static Entries every(std::size_t n, const Entries& entries, std::size_t from = 0) {
        Entries some;
        std::size_t number = 0;
        for (const auto& entry : entries) {
            if (number++ % n == from) some.insert(entry);
        }
        return some;
    }
};

TEST_F(FalconOfManyRuns, a_list_that_somebody_filled_in_part_ends_exact_and_owned_without_a_guard_stop) {
    const auto at_first = wanted_urls(rehearsal.clouds());
    const Entries theirs = hosts(60), plain = every(4, at_first), retaining = every(4, at_first, 2);
    std::vector<std::string> urls(theirs.begin(), theirs.end());
    urls.insert(urls.end(), plain.begin(), plain.end());
    rehearsal.clouds().create_category_by_hand(k_urls, urls, {retaining.begin(), retaining.end()});
    rehearsal.must_stay(k_urls, theirs);

    expect_no_guard_stop(rehearsal.run());
    const auto after_first = without(rehearsal.active(k_urls), theirs);
    EXPECT_THAT(without(after_first, at_first), testing::IsEmpty());
    ASSERT_GT(without(at_first, after_first).size(), 500U) << "the history was to take several runs";
    revoke(every(50, owned()));  // false positives do not wait for the end of the history

    std::size_t runs = 1;
    for (auto before = after_first; runs < 20; ++runs) {
        rehearsal.clock.advance(1h);
        expect_no_guard_stop(rehearsal.run());
        const auto now = without(rehearsal.active(k_urls), theirs);
        EXPECT_THAT(without(now, wanted_urls(rehearsal.clouds())), testing::IsEmpty()) << "after run " << runs + 1;
        if (now == std::exchange(before, now)) break;
    }
    EXPECT_GT(runs, 3U);
    const auto should = wanted_urls(rehearsal.clouds());
    ASSERT_LT(should.size(), at_first.size());
    EXPECT_EQ(rehearsal.active(k_urls), united(should, theirs));
    EXPECT_EQ(owned(), should);

    revoke(united(every(10, plain), every(10, retaining)));  // somebody else's once
    rehearsal.clouds().tick(3);
    rehearsal.clock.advance(1h);
    expect_no_guard_stop(rehearsal.run());
    EXPECT_EQ(rehearsal.active(k_urls), united(wanted_urls(rehearsal.clouds()), theirs));
    EXPECT_EQ(owned(), wanted_urls(rehearsal.clouds()));
}

TEST_F(Falcon, both_feeds_share_one_sign_in_and_one_activation) {
    rehearsal.set("rfapi", "api_url", rehearsal.clouds().url());
    rehearsal.set("rfapi", "token", rehearsal.clouds().options().credentials.rf_token);
    rehearsal.add_list("risklist_domains", "domain", Rehearsal::k_domain_file, Rehearsal::k_domains);
    rehearsal.put_domains(hosts(40));
    const auto ending = rehearsal.run();
    EXPECT_EQ(ending.status, 0) << ending.said();
    EXPECT_EQ(rehearsal.active(Rehearsal::k_domains), hosts(40));
    expect_in_step();
    EXPECT_EQ(rehearsal.clouds().counts().at(sign_in_method() + " " + sign_in_path()), 1U);
    EXPECT_EQ(rehearsal.clouds().counts().at("POST /api/v1/status/activate"), 1U);
}

TEST_F(Falcon, two_lists_of_one_account_are_pulled_once) {
    rehearsal.add_falcon("falcon_domains", "CrowdStrike Domains");
    rehearsal.set("falcon_domains", "types", "domain");
    rehearsal.set("falcon_domains", "min_confidence", "medium");
    rehearsal.add_falcon("falcon_ips", "CrowdStrike IPs");
    rehearsal.set("falcon_ips", "types", "ip_address, ip_address_block");
    const auto ending = rehearsal.run();
    EXPECT_EQ(ending.status, 0) << ending.said();
    EXPECT_EQ(rehearsal.clouds().issued_tokens(), 1U);
    EXPECT_FALSE(rehearsal.active("CrowdStrike Domains").empty());
    EXPECT_FALSE(rehearsal.active("CrowdStrike IPs").empty());
    expect_in_step();
}

TEST_F(Falcon, nothing_of_the_difficult_values_becomes_a_block_of_another_site) {
    ASSERT_EQ(rehearsal.run().status, 0);
    HostsByTail hosts_named;
    rehearsal.clouds().for_each_indicator([&](const sandbox::cs::Indicator& one) {
        if (one.type == "url") hosts_named.add(one.indicator);
    });
    const auto active = rehearsal.active(k_urls);
    EXPECT_GT(active.size(), 500U);
    for (const auto& entry : active) EXPECT_TRUE(hosts_named.have(entry)) << entry;
}

}  // namespace
}  // namespace cordon::scenario
