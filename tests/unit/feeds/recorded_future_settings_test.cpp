#include "feeds/recorded_future_settings.hpp"

#include <algorithm>

#include <gtest/gtest.h>

#include "feeds/catalog.hpp"
#include "tests/unit/feeds/scripted_http.hpp"

namespace cordon::feeds {
namespace {

Result<void> assign(const std::vector<Setting>& settings, std::string_view key, std::string_view text) {
    const auto found = std::find_if(settings.begin(), settings.end(), [key](const auto& s) { return s.key == key; });
    if (found == settings.end()) return fail(Code::invalid, "no such key");
    return found->assign(text);
}

TEST(RfSettings, take_the_keys_of_the_guide) {
    RfAccount account;
    const auto settings = settings_of(account);
    EXPECT_TRUE(assign(settings, "proxy_enabled", "True"));
    EXPECT_TRUE(assign(settings, "proxy_servers", R"(["https://proxy.example:8080"])"));
    EXPECT_TRUE(assign(settings, "verify_ssl", "no"));
    EXPECT_TRUE(assign(settings, "api_url", "https://api.example.com/"));
    EXPECT_TRUE(assign(settings, "token", " 0123456789abcdef0123456789abcdef "));
    EXPECT_EQ(account.proxy_servers, std::vector<std::string>{"https://proxy.example:8080"});
    EXPECT_FALSE(account.verify_ssl);
    EXPECT_EQ(account.api_url, "https://api.example.com");
    EXPECT_EQ(account.token.reveal(), "0123456789abcdef0123456789abcdef");
}

TEST(RfSettings, a_download_may_take_from_a_minute_to_a_day) {
    RfAccount account;
    const auto settings = settings_of(account);
    EXPECT_EQ(account.timeout, std::chrono::minutes(30));
    for (const char* text : {"59s", "25h", "0", "soon"}) EXPECT_FALSE(assign(settings, "timeout", text)) << text;
    EXPECT_TRUE(assign(settings, "timeout", "2h"));
    EXPECT_EQ(account.timeout, std::chrono::hours(2));
}

TEST(RfSettings, a_token_cannot_smuggle_a_header) {
    RfAccount account;
    const auto settings = settings_of(account);
    EXPECT_FALSE(assign(settings, "token", "abc\r\nX-Other: 1"));
    EXPECT_FALSE(assign(settings, "token", ""));
    EXPECT_FALSE(account.token.is_set());
}

TEST(RfSettings, plain_http_is_for_loopback_only) {
    RfAccount account;
    const auto settings = settings_of(account);
    EXPECT_TRUE(assign(settings, "api_url", "http://127.0.0.1:8080"));
    EXPECT_EQ(account.api_url, "http://127.0.0.1:8080");
    EXPECT_FALSE(assign(settings, "api_url", "http://api.example.com"));
}

TEST(RfSettings, fusion_paths_are_written_with_or_without_leading_slash) {
    RfList list;
    const auto settings = settings_of(list);
    for (const char* text :
         {"public/prevent/x-1_2.json", "/public/prevent/x-1_2.json", "//public/prevent/x-1_2.json"}) {
        list.fusion_file.clear();
        EXPECT_TRUE(assign(settings, "fusion_file", text));
        EXPECT_EQ(list.fusion_file, "/public/prevent/x-1_2.json") << text;
    }
    EXPECT_TRUE(assign(settings, "fusion_file", ""));
    EXPECT_EQ(list.fusion_file, "");
}

TEST(RfSettings, odd_fusion_paths_are_refused) {
    RfList list;
    const auto settings = settings_of(list);
    for (const char* text : {"public/x y.json", "public/../home/x", "public//x", "public/x?y=1", "public/%2e/x", "/",
                             "a/./b", "public/", "\xC3\xA9.json"}) {
        EXPECT_FALSE(assign(settings, "fusion_file", text)) << text;
    }
}

TEST(RfSettings, a_list_takes_its_own_keys) {
    RfList list;
    const auto settings = settings_of(list);
    EXPECT_TRUE(assign(settings, "entity_type", "URL"));
    EXPECT_TRUE(assign(settings, "fusion_api", "v3"));
    EXPECT_TRUE(assign(settings, "list", "recentCncSite"));
    EXPECT_TRUE(assign(settings, "min_valid_share", "50%"));
    EXPECT_TRUE(assign(settings, "default_risk", "80"));
    EXPECT_EQ(list.entity, core::EntityType::url);
    EXPECT_EQ(list.fusion_api, FusionApi::v3);
    EXPECT_EQ(list.list, "recentCncSite");
    EXPECT_DOUBLE_EQ(list.min_valid_share, 0.5);
    EXPECT_EQ(list.default_risk, 80);
    for (const auto& [key, text] : std::vector<std::pair<const char*, const char*>>{{"entity_type", "hash"},
                                                                                    {"fusion_api", "v4"},
                                                                                    {"list", "a&b=c"},
                                                                                    {"list", ""},
                                                                                    {"min_valid_share", "101%"},
                                                                                    {"default_risk", "100"},
                                                                                    {"default_risk", "high"}}) {
        EXPECT_FALSE(assign(settings, key, text)) << key << " = " << text;
    }
}

TEST(RfSettings, the_entity_type_and_the_token_must_be_given) {
    RfList list;
    RfAccount account;
    std::vector<std::string> required;
    for (const auto& settings : {settings_of(list), settings_of(account)}) {
        for (const Setting& setting : settings) {
            if (!setting.required_because.empty()) required.push_back(setting.key);
        }
    }
    EXPECT_EQ(required, (std::vector<std::string>{"entity_type", "token"}));
}

TEST(RfSettings, unrated_indicators_get_90_from_prevent_files_and_65_from_others) {
    RfList list;
    EXPECT_EQ(risk_of_unrated(list), 65);
    list.fusion_file = "/public/prevent/weaponized_domains.json";
    EXPECT_EQ(risk_of_unrated(list), 90);
    list.fusion_file = "/home/public/prevent/x.csv";
    EXPECT_EQ(risk_of_unrated(list), 65);
    list.default_risk = 7;
    EXPECT_EQ(risk_of_unrated(list), 7);
}

TEST(RfSettings, proxies_are_used_only_when_enabled) {
    RfAccount account;
    EXPECT_TRUE(connection_of(account).proxies.empty());
    account.proxy_enabled = true;
    EXPECT_EQ(connection_of(account).proxies, account.proxy_servers);
    EXPECT_TRUE(connection_of(account).user_agent.starts_with("cordon/"));
}

TEST(RfSettings, keys_that_do_not_go_together_are_named) {
    RfAccount account;
    RfList list;
    list.section = "risklist_a";
    EXPECT_FALSE(check_together(account, list));
    account.token = Secret("x");
    EXPECT_TRUE(check_together(account, list));
    list.list = "large";
    EXPECT_TRUE(check_together(account, list));
    list.fusion_file = "/public/x.json";
    const auto both = check_together(account, list);
    ASSERT_FALSE(both);
    EXPECT_NE(both.error().message.find("[risklist_a]"), std::string::npos);
    list.list = "default";
    account.proxy_enabled = true;
    account.proxy_servers.clear();
    EXPECT_FALSE(check_together(account, list));
}

TEST(Catalog, makes_the_feeds_of_a_settings_file) {
    const FeedKind& kind = feed_kinds()[0];
    EXPECT_EQ(kind.account_section, "rfapi");
    EXPECT_EQ(kind.section, "risklist_*");
    const auto provider = kind.make();
    ASSERT_TRUE(assign(provider->account_settings(), "token", "0123456789abcdef0123456789abcdef"));
    ASSERT_TRUE(assign(provider->feed_settings("risklist_a"), "entity_type", "ip"));
    ASSERT_TRUE(assign(provider->feed_settings("risklist_b"), "entity_type", "url"));
    EXPECT_EQ(provider->entity_of("risklist_a"), core::EntityType::ip);
    EXPECT_EQ(provider->api_host(), "api.recordedfuture.com");

    Script script;
    ManualClock clock{Time{}};
    int clients = 0;
    const LocalState local;
    const FeedParts parts{[&](const net::Connection&) {
                              ++clients;
                              return std::make_unique<ScriptedHttp>(script);
                          },
                          clock,
                          {},
                          std::mt19937_64{1},
                          local};
    const auto a = provider->make("risklist_a", parts);
    const auto b = provider->make("risklist_b", parts);
    ASSERT_TRUE(a && b);
    EXPECT_EQ((*a)->name(), "risklist_a");
    EXPECT_EQ((*b)->entity(), core::EntityType::url);
    EXPECT_EQ(clients, 2) << "each feed has a client of its own";
    EXPECT_FALSE(provider->make("risklist_c", parts));
}

}  // namespace
}  // namespace cordon::feeds
