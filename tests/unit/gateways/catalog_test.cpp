#include "gateways/catalog.hpp"

#include <algorithm>

#include "tests/unit/gateways/rig.hpp"

namespace cordon::gateways::zia {
namespace {

Setting& find(std::vector<Setting>& table, const std::string& key) {
    const auto found =
        std::find_if(table.begin(), table.end(), [&](const Setting& setting) { return setting.key == key; });
    if (found == table.end()) throw std::runtime_error(key);
    return *found;
}

TEST(Catalog, holds_zia_under_the_section_of_the_guide) {
    ASSERT_EQ(catalog().size(), 1U);
    EXPECT_STREQ(catalog()[0].name, "zia");
    EXPECT_STREQ(catalog()[0].section, "zscaler");
}

TEST(Catalog, builds_a_gateway_from_its_settings) {
    auto builder = catalog()[0].builder();
    auto table = builder->settings();
    EXPECT_TRUE(builder->api_hosts().empty());
    EXPECT_TRUE(find(table, "base_uri").assign("https://ZSAPI.example.net/api/v1/"));
    EXPECT_TRUE(find(table, "username").assign("svc@Example.COM"));
    EXPECT_TRUE(find(table, "proxy_servers").assign(R"(["http://127.0.0.1:3128"])"));
    EXPECT_EQ(builder->api_hosts(), Strings{"zsapi.example.net"});
    EXPECT_EQ(builder->mail_domain(), "example.com");
    EXPECT_TRUE(builder->connection().proxies.empty());
    EXPECT_TRUE(find(table, "proxy_enabled").assign("true"));
    EXPECT_EQ(builder->connection().proxies.size(), 1U);

    Rig rig;
    const auto gateway =
        builder->make(std::make_unique<FakeClient>(rig.zia), rig.clock, rig.budget, std::mt19937_64{1});
    EXPECT_EQ(gateway->cloud(), "zia");
    EXPECT_EQ(gateway->placeholder(core::TargetKind::url_category), k_placeholder_host);
    EXPECT_EQ(gateway->placeholder(core::TargetKind::ipv4_group), k_placeholder_address);
}

TEST(Catalog, the_host_that_gives_tokens_is_protected_as_well) {
    auto builder = catalog()[0].builder();
    auto table = builder->settings();
    EXPECT_TRUE(find(table, "client_id").assign("client-1"));
    EXPECT_TRUE(find(table, "vanity_domain").assign("Acme"));
    EXPECT_EQ(builder->api_hosts(), (Strings{"api.zsapi.net", "acme.zslogin.net"}));
    EXPECT_TRUE(find(table, "token_url").assign("login.example.net"));
    EXPECT_TRUE(find(table, "api_url").assign("https://api.example.net/zia/api/v1"));
    EXPECT_EQ(builder->api_hosts(), (Strings{"api.example.net", "login.example.net"}));
}

TEST(Settings, credentials_come_from_the_environment_and_are_required) {
    ZiaOptions options;
    auto table = settings_of(options);
    EXPECT_EQ(find(table, "api_key").environment, "ZS_API_KEY");
    EXPECT_EQ(find(table, "username").environment, "ZS_API_USERNAME");
    EXPECT_EQ(find(table, "password").environment, "ZS_API_PASSWORD");
    EXPECT_TRUE(find(table, "api_key").is_secret);
    EXPECT_TRUE(find(table, "password").is_secret);
    for (const char* key : {"base_uri", "api_key", "username", "password"}) {
        EXPECT_FALSE(find(table, key).required_because.empty()) << key;
    }
}

TEST(Settings, an_api_key_that_is_too_short_to_sign_in_with_is_refused_without_being_shown) {
    ZiaOptions options;
    auto table = settings_of(options);
    const auto refused = find(table, "api_key").assign("zKy");
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Code::invalid);
    EXPECT_NE(refused.error().message.find("12 letters and digits of the key, this has 3"), std::string::npos);
    EXPECT_EQ(refused.error().message.find("zKy"), std::string::npos);
    EXPECT_TRUE(find(table, "api_key").assign("abcdefghijkl"));
    EXPECT_EQ(options.api_key.reveal(), "abcdefghijkl");
}

TEST(Settings, a_base_uri_left_as_in_the_sample_is_refused) {
    ZiaOptions options;
    auto table = settings_of(options);
    for (const char* text :
         {"CHANGE_ME", "change_me", "", "  ", "http://zsapi.example.net", "ftp://zsapi.example.net"}) {
        const auto result = find(table, "base_uri").assign(text);
        ASSERT_FALSE(result) << text;
        EXPECT_EQ(result.error().code, Code::invalid);
    }
    EXPECT_NE(find(table, "base_uri").assign("CHANGE_ME").error().message.find("zsapi."), std::string::npos);
    EXPECT_TRUE(find(table, "base_uri").assign("http://127.0.0.1:8080"));
}

TEST(Settings, timeouts_stay_above_the_edit_lock) {
    ZiaOptions options;
    auto table = settings_of(options);
    EXPECT_GE(options.read_timeout, std::chrono::seconds(75));
    EXPECT_GE(options.write_timeout, std::chrono::seconds(240));
    EXPECT_FALSE(find(table, "write_timeout").assign("30s"));
    EXPECT_TRUE(find(table, "write_timeout").assign("5m"));
    EXPECT_EQ(options.write_timeout, std::chrono::minutes(5));
}

}  // namespace
}  // namespace cordon::gateways::zia
