#include "notify/settings.hpp"

#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cordon::notify {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

const Setting& setting_of(const std::vector<Setting>& table, const std::string& key) {
    return *std::find_if(table.begin(), table.end(), [&](const Setting& setting) { return setting.key == key; });
}

/// Whether the key takes the text; the options keep it.
Result<void> given(NotifierOptions& options, const std::string& key, const std::string& text) {
    const auto table = settings_of(options);
    return setting_of(table, key).assign(text);
}

struct Value {
    const char* key;
    const char* text;
    bool is_good;
};
class NotifierValue : public ::testing::TestWithParam<Value> {};

TEST_P(NotifierValue, is_taken_or_refused) {
    const auto [key, text, is_good] = GetParam();
    NotifierOptions options;
    EXPECT_EQ(given(options, key, text).has_value(), is_good) << key << " = " << text;
}

INSTANTIATE_TEST_SUITE_P(
    All, NotifierValue,
    ::testing::Values(Value{"kind", "Slack", true}, Value{"kind", "pigeon", false},
                      Value{"events", "run_failed, recovered", true}, Value{"events", "run_faild", false},
                      Value{"events", "test", false}, Value{"repeat", "12h", true}, Value{"repeat", "0", false},
                      Value{"feed_patience", "0", true}, Value{"quota_share", "0.8", true},
                      Value{"url", "https://hooks.example.com/x?y=z", true},
                      Value{"url", "http://127.0.0.1:80/x", true}, Value{"url", "http://hooks.example.com/x", false},
                      Value{"url", "ftp://x", false}, Value{"smtp_server", "mail.example.com", true},
                      Value{"smtp_server", "mail.example.com:25", true}, Value{"smtp_server", "[::1]:2525", true},
                      Value{"smtp_server", "::1", true}, Value{"smtp_server", "mail.example.com:", false},
                      Value{"smtp_server", "a:70000", false}, Value{"smtp_server", "a b", false},
                      Value{"smtp_server", "a/../b", false}, Value{"smtp_server", "-oProxy", false},
                      Value{"from", "a@example.com", true}, Value{"from", "A <a@example.com>", false},
                      Value{"from", "a@b\r\nBcc: c@d", false}, Value{"from", "a", false},
                      Value{"to", "a@example.com, b+c@example.org", true}, Value{"to", "a@example.com b", false},
                      Value{"facility", "local7", true}, Value{"facility", "kernel", false},
                      Value{"transport", "tls", true}, Value{"transport", "carrier", false}));

TEST(NotifierSettings, name_the_variables_of_their_secrets_after_the_section) {
    NotifierOptions options;
    options.section = "notify_ops-team.2";
    const auto table = settings_of(options);
    EXPECT_EQ(setting_of(table, "url").environment, "CORDON_NOTIFY_OPS_TEAM_2_URL");
    EXPECT_EQ(setting_of(table, "password").environment, "CORDON_NOTIFY_OPS_TEAM_2_PASSWORD");
    for (const char* key : {"url", "password", "proxy_servers"}) EXPECT_TRUE(setting_of(table, key).is_secret) << key;
}

TEST(NotifierSettings, do_not_quote_an_address_that_they_refuse) {
    NotifierOptions options;
    const auto refused = given(options, "url", "http://hooks.example.com/SecretKey77");
    ASSERT_FALSE(refused);
    EXPECT_THAT(refused.error().message, Not(HasSubstr("SecretKey77")));
}

TEST(NotifierSettings, read_hosts_and_ports) {
    NotifierOptions options;
    ASSERT_TRUE(given(options, "smtp_server", "[2001:db8::1]:2525"));
    EXPECT_EQ(options.smtp_server.host, "2001:db8::1");
    EXPECT_EQ(options.smtp_server.port, 2525);
    ASSERT_TRUE(given(options, "smtp_server", "mail.example.com"));
    EXPECT_EQ(options.smtp_server.port, 0);
}

std::vector<std::string> faulty_keys(const NotifierOptions& options) {
    std::vector<std::string> keys;
    for (const auto& fault : faults_of(options)) keys.push_back(fault.key);
    return keys;
}

TEST(NotifierFaults, name_what_each_kind_lacks) {
    NotifierOptions options;
    EXPECT_THAT(faulty_keys(options), IsEmpty()) << "that it has no kind is said elsewhere";
    for (const auto kind : {Kind::webhook, Kind::slack, Kind::teams}) {
        options.kind = kind;
        EXPECT_THAT(faulty_keys(options), ElementsAre("url"));
    }
    options.kind = Kind::email;
    EXPECT_THAT(faulty_keys(options), ElementsAre("smtp_server", "from", "to"));
    options.kind = Kind::syslog;
    EXPECT_THAT(faulty_keys(options), ElementsAre("syslog_server"));
    options.transport = SyslogTransport::local;
    EXPECT_THAT(faulty_keys(options), IsEmpty());
    options.kind = Kind::email;
    options.enabled = false;
    EXPECT_THAT(faulty_keys(options), IsEmpty());
}

TEST(NotifierFaults, forbid_a_password_in_the_clear_but_to_this_machine) {
    NotifierOptions options;
    options.kind = Kind::email;
    options.from = "a@example.com";
    options.to = {"b@example.com"};
    options.smtp_server = {"mail.example.com", 25};
    options.security = net::MailSecurity::none;
    EXPECT_THAT(faulty_keys(options), IsEmpty());
    options.username = "me";
    EXPECT_THAT(faulty_keys(options), ElementsAre("password", "security"));
    options.password = Secret("x");
    options.smtp_server.host = "LocalHost";
    EXPECT_THAT(faulty_keys(options), IsEmpty());
}

}  // namespace
}  // namespace cordon::notify
