// Settings files of the programs that Cordon replaces, from the file to the options.

#include "cli/predecessors.hpp"

#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>

#include <unistd.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/commands.hpp"
#include "cli/settings.hpp"

namespace cordon::cli {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

constexpr const char* k_config_ini = R"([CROWDSTRIKE]
client = 0123456789abcdef0123456789abcdef
secret = TheSecretOfFalcon%1
base_url = https://api.eu-1.crowdstrike.com
type = domain
limit = 5000

[ZSCALER]
hostname = zsapi.zscalerthree.net
username = admin@company.example
password = 100%%sure%
token = TheZiaKey012

[CHRON]
disable_loop = 1

[LOG]
log_indicators = 1
)";

constexpr const char* k_config_py = R"(import logging
proxy = None
logging_level = logging.INFO
cs_clientID = '0123456789abcdef0123456789abcdef'
cs_secret = "It's\x41Secret%1"
cs_base_url = 'https://api.crowdstrike.com'
cs_indicators_limit = 10_000  # a page
zs_hostname = 'https://zsapi.zscalerone.net'
cs_category_name = 'Bad URLs'
zs_username = 'admin@company.example'
zs_password = 'p%ss = word'
zs_apiKey = 'TheZiaKey012'
zs_max_calls_hourly = 39000
zs_max_payload_size = 5000
)";

using Values = std::map<std::string, std::string>;

class APredecessorsFile : public testing::Test {
protected:
    APredecessorsFile() {
        std::filesystem::create_directories(folder_);
        for (const char* name : {"FALCON_CLIENT_ID", "FALCON_CLIENT_SECRET", "FALCON_BASE_URL", "ZS_API_KEY",
                                 "ZS_API_USERNAME", "ZS_API_PASSWORD"}) {
            ::unsetenv(name);
        }
    }
    ~APredecessorsFile() override { std::filesystem::remove_all(folder_); }

    std::unique_ptr<Settings> load(const std::string& text, const std::string& name = "anything.conf") {
        std::ofstream(folder_ / name) << text;
        std::filesystem::permissions(folder_ / name,
                                     std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
        CommonArguments common;
        common.settings = folder_ / name;
        return std::move(*load_settings(common));
    }

    int import(const std::string& text, bool with_secrets = false) {
        std::ofstream(folder_ / "config.any") << text;
        Arguments arguments;
        arguments.import_file = folder_ / "config.any";
        arguments.with_secrets = with_secrets;
        out_.str({});
        err_.str({});
        return import_command(arguments, {out_, err_});
    }

    static std::string said(const Settings& settings) {
        std::string text;
        for (const auto& problem : settings.problems)
            text += (problem.is_error ? "error: " : "note: ") + problem.text() + "\n";
        return text;
    }

    /// What does not come from the defaults, secrets as "set".
    static Values given(const Settings& settings) {
        Values values;
        for (const auto& setting : settings.effective) {
            if (setting.origin == config::Origin::file) values[setting.section + "." + setting.key] = setting.text;
        }
        return values;
    }

    std::filesystem::path folder_ =
        std::filesystem::temp_directory_path() / ("cordon-predecessor-" + std::to_string(::getpid()) + "-" +
                                                  testing::UnitTest::GetInstance()->current_test_info()->name());
    std::ostringstream out_, err_;
};

TEST_F(APredecessorsFile, config_ini_is_read_with_the_bridges_meaning) {
    const auto settings = load(k_config_ini);
    EXPECT_FALSE(settings->has_errors()) << said(*settings);
    EXPECT_EQ(said(*settings), "");
    const Values expected{{"falcon.client_id", "set"},
                          {"falcon.client_secret", "set"},
                          {"falcon.base_url", "https://api.eu-1.crowdstrike.com"},
                          {"falcon_intel_bridge.types", "domain"},
                          {"falcon_intel_bridge.max_entries", "5000"},
                          {"falcon_intel_bridge.min_confidence", "high"},
                          {"falcon_intel_bridge.category_name", "CrowdStrike"},
                          {"falcon_intel_bridge.lookup", "skip_known"},
                          {"zscaler.base_uri", "zsapi.zscalerthree.net"},
                          {"zscaler.username", "admin@company.example"},
                          {"zscaler.password", "set"},
                          {"zscaler.api_key", "set"},
                          {"cordon.log_indicators", "1"}};
    EXPECT_EQ(given(*settings), expected);
    ASSERT_EQ(settings->feeds.size(), 1U);
    EXPECT_EQ(settings->feeds.front().list.category_name, "CrowdStrike");
    EXPECT_EQ(settings->feeds.front().list.max_entries, 5000U);
    EXPECT_TRUE(settings->places.log_indicators);
    EXPECT_EQ(settings->base, folder_) << "state and logs lie beside the file";
}

TEST_F(APredecessorsFile, config_py_is_read_and_never_executed) {
    const auto settings = load(k_config_py, "config.py");
    EXPECT_FALSE(settings->has_errors()) << said(*settings);
    const Values expected{{"falcon.client_id", "set"},
                          {"falcon.client_secret", "set"},
                          {"falcon.base_url", "https://api.crowdstrike.com"},
                          {"falcon_intel_bridge.types", "url"},
                          {"falcon_intel_bridge.max_entries", "10000"},
                          {"falcon_intel_bridge.min_confidence", "high"},
                          {"falcon_intel_bridge.category_name", "Bad URLs"},
                          {"falcon_intel_bridge.lookup", "skip_known, classify"},
                          {"zscaler.base_uri", "https://zsapi.zscalerone.net"},
                          {"zscaler.username", "admin@company.example"},
                          {"zscaler.password", "set"},
                          {"zscaler.api_key", "set"}};
    EXPECT_EQ(given(*settings), expected);
    EXPECT_THAT(said(*settings),
                AllOf(HasSubstr("config.py line 1: "), HasSubstr("config.py line 3: logging_level: "),
                      HasSubstr("config.py line 14: zs_max_payload_size: Cordon keeps ZIA's own limits"),
                      Not(HasSubstr("zs_max_calls_hourly")), Not(HasSubstr("proxy: "))));
}

TEST_F(APredecessorsFile, config_py_without_a_category_feeds_the_one_of_its_readme) {
    const auto settings = load("cs_clientID = 'a'\ncs_secret = 'b'\n");
    ASSERT_EQ(settings->feeds.size(), 1U);
    EXPECT_EQ(settings->feeds.front().list.category_name, "CrowdStrike Malicious URLs - High");
}

TEST_F(APredecessorsFile, without_optional_keys_has_the_bridges_defaults) {
    const auto settings = load(
        "[CROWDSTRIKE]\nclient = a\nsecret = b\nlimit =\n[ZSCALER]\nhostname = zsapi.zscaler.net\nusername = "
        "a@b.example\npassword = c\ntoken = TheZiaKey012\n");
    EXPECT_FALSE(settings->has_errors()) << said(*settings);
    ASSERT_EQ(settings->feeds.size(), 1U);
    EXPECT_EQ(settings->feeds.front().list.max_entries, 10'000U);
    EXPECT_EQ(settings->feeds.front().provider->entity_of("falcon_intel_bridge"), core::EntityType::url);
}

TEST_F(APredecessorsFile, that_loops_runs_every_12_hours) {
    const std::string account = "[CROWDSTRIKE]\nclient = a\nsecret = b\n[CHRON]\ndisable_loop = ";
    EXPECT_EQ(given(*load(account + "0\n"))["cordon.every"], "12h");
    EXPECT_EQ(given(*load(account + "\n"))["cordon.every"], "12h");
    EXPECT_EQ(given(*load(account + "1\n")).count("cordon.every"), 0U);
    const auto typo = load(account + "maybe\n");
    EXPECT_TRUE(typo->has_errors()) << "a typo starts no endless loop";
    EXPECT_THAT(said(*typo), HasSubstr("maybe"));
}

TEST_F(APredecessorsFile, of_addresses_asks_no_database_of_urls) {
    const auto settings = load("[CROWDSTRIKE]\nclient = a\nsecret = b\ntype = ip_address\n");
    EXPECT_EQ(given(*settings).count("falcon_intel_bridge.lookup"), 0U);
    EXPECT_EQ(settings->feeds.front().provider->entity_of("falcon_intel_bridge"), core::EntityType::ip);
}

TEST_F(APredecessorsFile, with_unknown_keys_and_sections_is_only_warned_of) {
    const auto settings = load(std::string(k_config_ini) + "colour = red\n[SPLUNK]\nhost = x\n");
    EXPECT_FALSE(settings->has_errors()) << said(*settings);
    EXPECT_THAT(said(*settings),
                AllOf(HasSubstr("[LOG] colour: the Intel Bridge has no such key"), HasSubstr("[SPLUNK] ")));
}

TEST_F(APredecessorsFile, may_hold_sections_of_ours_which_win_and_are_strict) {
    const auto settings =
        load(std::string(k_config_ini) + "[guard]\nmin_prefix = 20\n[falcon_intel_bridge]\nmax_entries = 7\n");
    EXPECT_FALSE(settings->has_errors()) << said(*settings);
    EXPECT_EQ(settings->guard.min_prefix, 20U);
    ASSERT_EQ(settings->feeds.size(), 1U);
    EXPECT_EQ(settings->feeds.front().list.max_entries, 7U);
    EXPECT_TRUE(load(std::string(k_config_ini) + "[guard]\nmin_prefx = 20\n")->has_errors());
}

TEST_F(APredecessorsFile, without_credentials_is_told_the_name_that_it_knows) {
    const auto settings = load("[CROWDSTRIKE]\nclient =\n[ZSCALER]\nhostname = zsapi.zscaler.net\n");
    EXPECT_TRUE(settings->has_errors());
    EXPECT_THAT(said(*settings), AllOf(HasSubstr("([CROWDSTRIKE] client in the Intel Bridge's config.ini)"),
                                       HasSubstr("([CROWDSTRIKE] secret in"), HasSubstr("([ZSCALER] token in"),
                                       HasSubstr("FALCON_CLIENT_SECRET")));
}

TEST_F(APredecessorsFile, names_the_line_of_a_value_that_is_not_accepted) {
    const auto settings = load("[CROWDSTRIKE]\nclient = a\nlimit = many\n");
    EXPECT_THAT(said(*settings), AllOf(HasSubstr(" line 3: "), HasSubstr("[CROWDSTRIKE] limit in")));
}

TEST_F(APredecessorsFile, is_told_from_settings_of_ours) {
    const auto is_ours = [](std::string_view) { return true; };
    EXPECT_FALSE(read_predecessor("[zscaler]\nusername = a\n# [ZSCALER]\n# cs_clientID = 'a'\n", "a", is_ours));
    EXPECT_FALSE(read_predecessor("[zscaler]\ncs_clientID = 'a'\n", "a", is_ours));
    EXPECT_FALSE(read_predecessor("", "a", is_ours));
    EXPECT_FALSE(read_predecessor("x = 1\n", "a", is_ours));
    EXPECT_TRUE(read_predecessor("[ZSCALER]\n", "a", is_ours));
    EXPECT_TRUE(read_predecessor("zs_username = 'a'\n", "a", is_ours));
}

TEST_F(APredecessorsFile, imported_without_secrets_names_their_variables) {
    ASSERT_EQ(import(k_config_ini), 0) << err_.str();
    EXPECT_EQ(err_.str(), "");
    const auto text = out_.str();
    EXPECT_THAT(text, AllOf(HasSubstr("\n[falcon]\n"), HasSubstr("FALCON_CLIENT_SECRET or FALCON_CLIENT_SECRET_FILE"),
                            HasSubstr("\nclient_secret =\n"), HasSubstr("category_name = CrowdStrike\n"),
                            HasSubstr("exclude_labels")));
    EXPECT_THAT(text,
                AllOf(Not(HasSubstr("TheSecretOfFalcon")), Not(HasSubstr("100%")), Not(HasSubstr("TheZiaKey012"))));
}

TEST_F(APredecessorsFile, imported_with_secrets_means_the_same_as_itself) {
    for (const char* text : {k_config_ini, k_config_py}) {
        const auto before = load(text);
        ASSERT_EQ(import(text, true), 0) << err_.str();
        const auto after = load(out_.str(), "settings.ini");
        EXPECT_EQ(said(*after), "");
        EXPECT_EQ(given(*after), given(*before));
    }
    EXPECT_THAT(out_.str(),
                AllOf(HasSubstr("client_secret = It'sASecret%%1\n"), HasSubstr("password = p%%ss = word\n")));
}

TEST_F(APredecessorsFile, that_is_none_is_not_imported) {
    EXPECT_EQ(import("[zscaler]\nusername = a\n"), k_exit_usage);
    EXPECT_THAT(err_.str(), HasSubstr("is no settings file of the Intel Bridge"));
    EXPECT_EQ(out_.str(), "");
    EXPECT_EQ(import("[CROWDSTRIKE]\nclient = a\nclient = b\n"), k_exit_usage);
    EXPECT_THAT(err_.str(), HasSubstr("this key is there already"));
    Arguments arguments;
    arguments.import_file = folder_ / "nothing";
    EXPECT_NE(import_command(arguments, {out_, err_}), 0);
}

}  // namespace
}  // namespace cordon::cli
