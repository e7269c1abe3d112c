// Defects of CrowdStrike's Intel Bridge that are about its settings, the category that it leaves behind and its logs
// (crowdstrike-intel-api.md 11.2 a to i, 11.4). The number of the defect stands beside each test.

#include <filesystem>
#include <fstream>

#include <unistd.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/file.hpp"
#include "base/text.hpp"
#include "cli/settings.hpp"
#include "tests/scenario/falcon_account.hpp"

namespace cordon::scenario {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

constexpr const char* k_category = "CrowdStrike";
constexpr const char* k_mining_pool = "mine.ppxxmr.com";
constexpr const char* k_dummy = "operators-dummy.example";

/// A rehearsal whose settings are the Bridge's config.ini and no more, but for [guard] permit_reserved.
struct PlainBridgeRehearsal : Rehearsal {
    PlainBridgeRehearsal() {
        for (const char* section : {"zscaler", "rfapi", "risklist_domains", "risklist_ips"}) erase_section(section);
        const auto& credentials = clouds().options().credentials;
        set("CROWDSTRIKE", "client", credentials.cs_client_id);
        set("CROWDSTRIKE", "secret", credentials.cs_client_secret);  // ends with a lone %
        set("CROWDSTRIKE", "base_url", clouds().url());
        set("CROWDSTRIKE", "type", "url");
        set("CROWDSTRIKE", "limit", "10000");
        set("ZSCALER", "hostname", clouds().url() + "/api/v1");
        set("ZSCALER", "username", credentials.username);
        set("ZSCALER", "password", credentials.password);
        set("ZSCALER", "token", credentials.api_key);
        set("CHRON", "disable_loop", "1");
        set("LOG", "log_indicators", "0");
    }
};

/// The same with its CrowdStrike list switched off: a list of [rfapi] in the same file feeds the category in its place.
struct BridgeRehearsal : Rehearsal {
    BridgeRehearsal() {
        erase_section("zscaler");
        erase_section("risklist_ips");
        set("ZSCALER", "hostname", clouds().url());
        set("ZSCALER", "username", "cordon@login.example");
        set("ZSCALER", "password", secrets()[1]);
        set("ZSCALER", "token", secrets()[0]);
        set("CROWDSTRIKE", "client", "MarkedFalconClient");
        set("CROWDSTRIKE", "secret", "MarkedFalconSecret");
        set("falcon_intel_bridge", "enabled", "false");
        set("risklist_domains", "category_name", k_category);
    }
};

/// The category as the Bridge leaves it: its placeholder, what the feed has on both sides, what it mangled, and a dummy
/// of the operator's.
void fill_as_the_bridge(Rehearsal& rehearsal) {
    const Entries fed = hosts(20), fed_too = hosts(20, 21);
    std::vector<std::string> urls{k_mining_pool, k_dummy, "github.com", "bcher.example"};
    urls.insert(urls.end(), fed.begin(), fed.end());
    rehearsal.clouds().create_category_by_hand(k_category, urls, {fed_too.begin(), fed_too.end()});
    rehearsal.must_stay(k_category, {k_dummy, "github.com", "bcher.example"});
}

TEST(ComingFromTheIntelBridge, config_ini_runs_as_it_is_and_takes_its_category_over) {  // 5, 10 to 12, 30
    PlainBridgeRehearsal rehearsal;
    auto& clouds = rehearsal.clouds();
    clouds.reconfigure([](sandbox::Options& options) { options.lookup_alerted = options.lookup_categorised = 0; });
    const auto fed = wanted_urls(clouds);
    ASSERT_GT(fed.size(), 100U);
    Entries flagged, there;  // by Zscaler itself; on the category before
    std::vector<std::string> plain{k_mining_pool, k_dummy, "github.com"}, retaining;
    std::size_t number = 0;
    for (const auto& entry : fed) {
        const auto host = entry.substr(0, entry.find_first_of(":/"));
        if (++number % 5 == 0 && host.ends_with(".test")) {
            clouds.classify(host, {{"OTHER_MISCELLANEOUS"}, {"MALWARE_SITE"}});
            flagged.insert(entry);
        }
        if (number % 2 != 0) continue;
        there.insert(entry);
        (number % 6 == 0 ? retaining : plain).push_back(entry);
    }
    ASSERT_GT(flagged.size(), 5U);
    clouds.create_category_by_hand(k_category, plain, retaining);
    const Entries theirs{k_dummy, "github.com"};
    rehearsal.must_stay(k_category, theirs);
    const auto ending = rehearsal.run();
    ASSERT_EQ(ending.status, 0) << ending.said();
    EXPECT_EQ(rehearsal.active(k_category), united(united(without(fed, flagged), there), theirs));
    EXPECT_THAT(ending.said(), AllOf(HasSubstr("cordon adopt \"CrowdStrike\""), HasSubstr("mine.ppxxmr.com goes")));

    rehearsal.clock.advance(1h);
    clouds.tick(10);
    const auto later = rehearsal.run();
    ASSERT_EQ(later.status, 0) << later.said();
    EXPECT_EQ(rehearsal.active(k_category), united(without(wanted_urls(clouds), without(flagged, there)), theirs));
    EXPECT_THAT(without(fed, wanted_urls(clouds)), Not(testing::IsEmpty())) << "what the Bridge put there left, too";
}

TEST(ComingFromTheIntelBridge,
     mining_pool_that_it_puts_into_its_category_goes_and_the_operators_dummy_stays) {  // 11, 12, v1 e
    BridgeRehearsal rehearsal;
    fill_as_the_bridge(rehearsal);
    rehearsal.put_domains(hosts(50));
    const auto first = rehearsal.run();
    ASSERT_EQ(first.status, 0) << first.said();
    const auto left = united(hosts(50), {k_dummy, "github.com", "bcher.example"});
    EXPECT_EQ(rehearsal.active(k_category), left);
    EXPECT_THAT(first.said(),
                AllOf(HasSubstr("44 present, 40 of them in the feed (now Cordon's), 3 not"),
                      HasSubstr("1 of these are entries that Cordon's rules would never send: github.com)"),
                      HasSubstr("cordon adopt \"CrowdStrike\""), HasSubstr("mine.ppxxmr.com goes")));

    rehearsal.clock.advance(1h);
    rehearsal.put_domains(without(hosts(50), hosts(5, 18)));  // on both sides: dbCategorizedUrls was never cleaned up
    ASSERT_EQ(rehearsal.run().status, 0);
    EXPECT_EQ(rehearsal.active(k_category), without(left, hosts(5, 18)));
}

TEST(ComingFromTheIntelBridge, leftovers_that_it_mangled_go_with_adopt) {  // 1 to 4, 11
    BridgeRehearsal rehearsal;
    fill_as_the_bridge(rehearsal);
    rehearsal.put_domains(hosts(40));
    ASSERT_EQ(rehearsal.run().status, 0);
    const auto plan = rehearsal.adopt(k_category, Confirm::no);
    ASSERT_EQ(plan.plans.size(), 1U) << plan.said();
    EXPECT_THAT(plan.plans.front().removals_canonical, testing::ElementsAre("bcher.example", "github.com", k_dummy));
}

TEST(ComingFromTheIntelBridge, first_run_adds_before_it_removes_so_that_the_category_is_never_empty) {  // 17, 18
    BridgeRehearsal rehearsal;
    rehearsal.clouds().create_category_by_hand(k_category, {k_mining_pool}, {});
    rehearsal.put_domains(hosts(3));
    ASSERT_EQ(rehearsal.run().status, 0);  // the harness watches the category
    EXPECT_EQ(rehearsal.active(k_category), hosts(3));
}

TEST(ComingFromTheIntelBridge, error_pages_that_quote_the_credentials_reach_no_log) {  // 29
    for (const int status : {400, 401, 500}) {
        BridgeRehearsal rehearsal;
        rehearsal.put_domains(hosts(3));
        sandbox::Fault fault;
        fault.path = "/api/v1/authenticatedSession";
        fault.status = status;
        fault.count = 0;
        fault.body = "{\"message\":\"" + rehearsal.secrets()[0] + " " + rehearsal.secrets()[1] + "\"}";
        rehearsal.clouds().inject(fault);
        EXPECT_EQ(rehearsal.run().status, 1);  // the harness looks for the secrets
    }
}

TEST(ComingFromTheIntelBridge, log_of_what_was_pushed_holds_what_arrived) {  // 31, 32
    BridgeRehearsal rehearsal;
    rehearsal.set("LOG", "log_indicators", "1");
    rehearsal.put_domains(hosts(3));
    ASSERT_EQ(rehearsal.run().status, 0);
    rehearsal.clock.advance(1h);
    rehearsal.put_domains(hosts(3, 2));
    ASSERT_EQ(rehearsal.run().status, 0);
    const auto log = read_file(rehearsal.folder() / "logs" / "indicators.csv").value_or("");
    EXPECT_THAT(log, AllOf(HasSubstr("Z,CrowdStrike,added,host-00001.example\n"),
                           HasSubstr("Z,CrowdStrike,added,host-00004.example\n"),
                           HasSubstr("Z,CrowdStrike,removed,host-00001.example\n")));
}

/// Its file, read alone.
class TheBridgesSettings : public testing::Test {
protected:
    TheBridgesSettings() {
        std::filesystem::create_directories(folder_);
        for (const char* name :
             {"FALCON_CLIENT_ID", "FALCON_CLIENT_SECRET", "ZS_API_KEY", "ZS_API_USERNAME", "ZS_API_PASSWORD"}) {
            ::unsetenv(name);
        }
    }
    ~TheBridgesSettings() override {
        ::unsetenv("FALCON_CLIENT_SECRET");
        std::filesystem::remove_all(folder_);
    }

    std::unique_ptr<cli::Settings> load(const std::string& crowdstrike, const std::string& password = "b") {
        std::ofstream(folder_ / "config.ini")
            << "[CROWDSTRIKE]\nclient = a\n"
            << crowdstrike << "[ZSCALER]\nhostname = zsapi.zscaler.net\n"
            << "username = a@company.example\npassword = " << password << "\ntoken = TheZiaKey012\n";
        cli::CommonArguments common;
        common.settings = folder_ / "config.ini";
        return std::move(*cli::load_settings(common));
    }
    static std::string said(const cli::Settings& settings) {
        std::string text;
        for (const auto& problem : settings.problems) text += problem.text() + "\n";
        return text;
    }

    std::filesystem::path folder_ =
        std::filesystem::temp_directory_path() / ("cordon-bridge-" + std::to_string(::getpid()));
};

TEST_F(TheBridgesSettings, take_a_percent_sign_in_a_password) {  // 30
    const auto settings = load("secret = b\n", "50%off");
    EXPECT_FALSE(settings->has_errors()) << said(*settings);
}

TEST_F(TheBridgesSettings, with_a_blank_missing_or_unreadable_limit_do_not_crash) {  // 16
    EXPECT_EQ(load("secret = b\nlimit =\n")->feeds.front().list.max_entries, 10'000U);
    EXPECT_EQ(load("secret = b\n")->feeds.front().list.max_entries, 10'000U);
    EXPECT_EQ(load("secret = b\nlimit = 0\n")->feeds.front().list.max_entries, 10'000U);
    EXPECT_EQ(load("secret = b\nlimit = 400000\n")->feeds.front().list.max_entries, 275'000U);
    EXPECT_TRUE(load("secret = b\nlimit = -5\n")->has_errors());
}

TEST_F(TheBridgesSettings, cannot_carry_a_query_in_the_type) {  // 14, 16
    const auto settings = load("secret = b\ntype = url'+deleted:true+type:'url\n");
    EXPECT_TRUE(settings->has_errors());
    EXPECT_THAT(said(*settings), HasSubstr("config.ini line 4: "));
}

TEST_F(TheBridgesSettings, are_found_wherever_the_program_was_started) {  // 30
    const auto here = std::filesystem::current_path();
    const auto settings = load("secret = b\n");
    std::filesystem::current_path("/");
    EXPECT_EQ(settings->resolved("logs"), folder_ / "logs");
    std::filesystem::current_path(here);
}

TEST_F(TheBridgesSettings, may_leave_secrets_to_the_environment) {  // 30, v1 h
    EXPECT_TRUE(load("")->has_errors());
    ::setenv("FALCON_CLIENT_SECRET", "from-the-environment", 1);
    const auto settings = load("");
    EXPECT_FALSE(settings->has_errors()) << said(*settings);
}

TEST_F(TheBridgesSettings, that_are_wrong_are_named_without_their_secrets) {  // 29
    const auto settings = load("secret = has blanks and hunter2\nlimit = x\n", "hunter2");
    EXPECT_TRUE(settings->has_errors());
    EXPECT_THAT(said(*settings), Not(HasSubstr("hunter2")));
}

}  // namespace
}  // namespace cordon::scenario
