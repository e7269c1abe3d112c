// CrowdStrike's indicators into a ZIA category, through the whole program.

#include <regex>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sandbox/cs/indicator.hpp"
#include "tests/scenario/rehearsal.hpp"

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

    /// Sure, live and without a label of caution, whatever its form.
    static bool is_to_be_blocked(const sandbox::cs::Indicator& one) {
        static const std::regex caution(
            "(^|.*/)(KnownGood|Sinkholed|Sinkhole|LegitimateCompromised|StrategicWebCompromise|PopularSite|"
            "SharedWebHost|Parking|ConfirmedInactive)");
        if (one.type != "url" || one.deleted || one.malicious_confidence != "high") return false;
        const auto names_caution = [&](const auto& names) {
            return std::any_of(names.begin(), names.end(),
                               [&](const std::string& name) { return std::regex_match(name, caution); });
        };
        const bool is_labelled = std::any_of(one.labels.begin(), one.labels.end(),
                                             [&](const auto& label) { return std::regex_match(label.name, caution); });
        return !is_labelled && !names_caution(one.domain_types) && !names_caution(one.ip_address_types) &&
               !names_caution(one.threat_types);
    }
    /// What an independent reader would block. Only URLs of the plainest form, scheme://host/path, where nothing can be
    /// read in two ways; neither private addresses nor what is longer than ZIA takes.
    Entries wanted() {
        static const std::regex plain("https?://([a-z0-9-]+(\\.[a-z0-9-]+)+/[A-Za-z0-9/._=-]+)(\\?[a-z]+=[a-z0-9]+)?");
        Entries entries;
        rehearsal.clouds().for_each_indicator([&](const sandbox::cs::Indicator& one) {
            std::smatch match;
            const bool never_fits = one.indicator.size() > 1'024 || one.indicator.find("//10.") != std::string::npos;
            const bool is_plain = !never_fits && std::regex_match(one.indicator, match, plain);
            if (is_plain && is_to_be_blocked(one)) entries.insert(match[1].str() + match[3].str());
        });
        return entries;
    }
    /// The plain ones of what is in force.
    Entries plain_active() {
        static const std::regex plain("[a-z0-9-]+(\\.[a-z0-9-]+)+/[A-Za-z0-9/._=-]+(\\?[a-z]+=[a-z0-9]+)?");
        Entries entries;
        for (const auto& entry : rehearsal.active(k_urls)) {
            if (std::regex_match(entry, plain)) entries.insert(entry);
        }
        return entries;
    }
    void expect_in_step() {
        const auto should = wanted(), is = plain_active();
        EXPECT_GT(should.size(), 100U);
        Entries missing = without(should, is), surplus;
        for (const auto& entry : is) {
            if (!should.contains(entry)) surplus.insert(entry);
        }
        EXPECT_THAT(missing, testing::IsEmpty());
        for (const auto& entry : surplus) {
            // What the plain reader above does not read may be written so as well.
            EXPECT_TRUE(rehearsal_reads(entry)) << entry;
        }
    }
    /// Some indicator that is to be blocked has this path.
    bool rehearsal_reads(const std::string& entry) {
        bool is_read = false;
        const auto tail = entry.substr(entry.find('/'));
        rehearsal.clouds().for_each_indicator([&](const sandbox::cs::Indicator& one) {
            is_read = is_read || (is_to_be_blocked(one) && one.indicator.find(tail) != std::string::npos);
        });
        return is_read;
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

TEST_F(Falcon, an_account_of_another_region_is_told_so) {
    rehearsal.clouds().reconfigure([](sandbox::Options& options) { options.cs_account_region = "eu-1"; });
    const auto ending = rehearsal.run();
    EXPECT_EQ(ending.status, 1);
    EXPECT_THAT(ending.said(), HasSubstr("cloud or base_url"));
    rehearsal.tolerate_violations();
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
    EXPECT_EQ(rehearsal.clouds().counts().at("POST /api/v1/authenticatedSession"), 1U);
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

TEST_F(Falcon, nothing_of_the_difficult_values_becomes_a_block_of_a_whole_site) {
    ASSERT_EQ(rehearsal.run().status, 0);
    Entries hosts_named;  // by indicators that are nothing but a host
    rehearsal.clouds().for_each_indicator([&](const sandbox::cs::Indicator& one) {
        static const std::regex root("[a-zA-Z]+://([^/?#@\\\\]+)/?");
        std::smatch match;
        if (one.type == "url" && std::regex_match(one.indicator, match, root)) hosts_named.insert(match[1]);
    });
    for (const auto& entry : rehearsal.active(k_urls)) {
        const bool is_host = entry.find_first_of("/?") == std::string::npos;
        EXPECT_TRUE(!is_host || hosts_named.contains(entry)) << entry;
    }
}

}  // namespace
}  // namespace cordon::scenario
