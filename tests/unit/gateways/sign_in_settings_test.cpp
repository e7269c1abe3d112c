#include "gateways/zia/sign_in_settings.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>

#include <unistd.h>

#include "gateways/zia/addresses.hpp"
#include "tests/unit/gateways/keys.hpp"
#include "tests/unit/gateways/rig.hpp"

namespace cordon::gateways::zia {
namespace {

using testing::Kind;
using testing::TestKey;

ZiaOptions oneapi() {
    return Rig::options_for(Auth::oneapi);
}

/// Keys that the table finds missing, for a section in which nothing else stands.
Strings required_keys(ZiaOptions options, const UnreadKeys& unread = {}) {
    Strings keys;
    for (const auto& setting : settings_of(options)) {
        if (setting.is_required && setting.is_required(unread)) keys.push_back(setting.key);
    }
    return keys;
}

/// "key: sentence" of each, notes with "note" in front.
Strings faults_of(const ZiaOptions& options, const UnreadKeys& unread = {}) {
    Strings said;
    for (const auto& fault : sign_in_faults(options, unread)) {
        said.push_back((fault.is_error ? "" : "note ") + fault.key + ": " + fault.message);
    }
    return said;
}

TEST(Auth, is_found_by_what_is_configured) {
    const auto with = [](auto change) {
        ZiaOptions options;
        change(options);
        return auth_of(options);
    };
    EXPECT_EQ(with([](ZiaOptions&) {}), Auth::legacy);
    EXPECT_EQ(with([](ZiaOptions& o) { o.api_key = Secret("abcdefghijkl"); }), Auth::legacy);
    EXPECT_EQ(with([](ZiaOptions& o) { o.client_id = "c"; }), Auth::oneapi);
    EXPECT_EQ(with([](ZiaOptions& o) { o.vanity_domain = "acme"; }), Auth::oneapi);
    EXPECT_EQ(with([](ZiaOptions& o) { o.token_url = "login.example.net"; }), Auth::oneapi);
    EXPECT_EQ(with([](ZiaOptions& o) { o.bearer_token = Secret("t"); }), Auth::bearer);
    EXPECT_EQ(with([](ZiaOptions& o) { o.cloud = "beta"; }), Auth::legacy) << "other tools read ZSCALER_CLOUD, too";
    EXPECT_EQ(with([](ZiaOptions& o) {
                  o.api_key = Secret("abcdefghijkl");
                  o.client_id = "c";
              }),
              std::nullopt);
    EXPECT_EQ(with([](ZiaOptions& o) {
                  o.api_key = Secret("abcdefghijkl");
                  o.client_id = "c";
                  o.auth = Auth::legacy;
              }),
              Auth::legacy);
    EXPECT_EQ(auth_of({}, {"client_id"}), Auth::oneapi) << "what could not be read was meant all the same";
    EXPECT_EQ(auth_of({}, {"auth"}), std::nullopt);
}

TEST(Auth, decides_which_keys_are_required) {
    EXPECT_EQ(required_keys({}), (Strings{"base_uri", "api_key", "username", "password"}));
    ZiaOptions options;
    options.auth = Auth::oneapi;
    EXPECT_EQ(required_keys(options), (Strings{"client_id", "client_secret", "vanity_domain"}));
    options.private_key = Secret("key.pem");
    options.token_url = "login.example.net";
    EXPECT_EQ(required_keys(options), Strings{"client_id"});
    options.private_key = {};
    EXPECT_EQ(required_keys(options, {"private_key"}), Strings{"client_id"});
    options.auth = Auth::bearer;
    EXPECT_EQ(required_keys(options), (Strings{"base_uri", "bearer_token"}));
    options.auth = Auth::automatic;
    options.api_key = Secret("abcdefghijkl");
    EXPECT_EQ(required_keys(options), Strings{}) << "first it has to be said which";
}

TEST(Auth, that_is_not_clear_is_asked_for) {
    auto options = oneapi();
    options.auth = Auth::automatic;
    options.api_key = Secret("abcdefghijkl");
    const auto said = faults_of(options);
    ASSERT_EQ(said.size(), 1U);
    EXPECT_EQ(said[0],
              "client_id: there are credentials for more than one way to sign in: say which to use, one of "
              "auth = legacy (api_key) or auth = oneapi (client_id)");
}

TEST(SignInFaults, of_good_options_are_none) {
    for (const auto auth : {Auth::legacy, Auth::oneapi, Auth::bearer}) {
        EXPECT_EQ(faults_of(Rig::options_for(auth)), Strings{}) << name_of(auth);
    }
    auto options = oneapi();
    options.client_secret = {};
    options.private_key = Secret(TestKey(Kind::p256).private_pem());
    options.jwt_audience = "https://api.zscaler.com";
    EXPECT_EQ(faults_of(options), Strings{});
}

TEST(SignInFaults, tell_each_wrong_combination_in_one_sentence) {
    const struct {
        const char* said;
        void (*change)(ZiaOptions&);
        Auth auth = Auth::oneapi;
    } facts[] = {
        {"private_key: client_secret is set, too, and OneAPI takes one of them",
         [](ZiaOptions& o) { o.private_key = Secret(TestKey(Kind::p256).private_pem()); }},
        {"private_key: this key cannot be used; needed is an RSA key",
         [](ZiaOptions& o) {
             o.client_secret = {};
             o.private_key = Secret(TestKey(Kind::p384).private_pem());
         }},
        {"note jwt_audience: this has no effect without private_key", [](ZiaOptions& o) { o.jwt_audience = "x"; }},
        {"vanity_domain: acme.zsloginbeta.net does not belong to the cloud production, whose tenants sign in at "
         "acme.zslogin.net: set cloud",
         [](ZiaOptions& o) { o.vanity_domain = "acme.zsloginbeta.net"; }},
        {"note cloud: whether OneAPI serves the gov clouds", [](ZiaOptions& o) { o.cloud = "govus"; }},
        {"note username: this has no effect with auth = oneapi", [](ZiaOptions& o) { o.username = "svc"; }},
        {"note client_id: this has no effect with auth = legacy",
         [](ZiaOptions& o) {
             o.client_id = "c";
             o.auth = Auth::legacy;
         },
         Auth::legacy},
        {"note password: this has no effect with auth = bearer", [](ZiaOptions& o) { o.password = Secret("p"); },
         Auth::bearer},
        {"bearer_token: a token is one word", [](ZiaOptions& o) { o.bearer_token = Secret("Bearer x\r\nX: y"); },
         Auth::bearer},
    };
    for (const auto& fact : facts) {
        auto options = Rig::options_for(fact.auth);
        fact.change(options);
        const auto said = faults_of(options);
        ASSERT_EQ(said.size(), 1U) << fact.said;
        EXPECT_TRUE(said[0].starts_with(fact.said)) << said[0];
    }
}

TEST(Addresses, follow_the_cloud) {  // zia-api.md 3.1
    const struct {
        const char *cloud, *token_url, *base;
    } facts[] = {
        {"", "https://acme.zslogin.net/oauth2/v1/token", "https://api.zsapi.net/zia/api/v1"},
        {"PRODUCTION", "https://acme.zslogin.net/oauth2/v1/token", "https://api.zsapi.net/zia/api/v1"},
        {"beta", "https://acme.zsloginbeta.net/oauth2/v1/token", "https://api.beta.zsapi.net/zia/api/v1"},
        {"Alpha", "https://acme.zsloginalpha.net/oauth2/v1/token", "https://api.alpha.zsapi.net/zia/api/v1"},
        {"gov", "https://acme.zidentitygov.net/oauth2/v1/token", "https://api.zscalergov.net/zia/api/v1"},
        {"govus", "https://acme.zidentitygov.us/oauth2/v1/token", "https://api.zscalergov.us/zia/api/v1"},
    };
    for (const auto& fact : facts) {
        auto options = oneapi();
        for (auto& setting : settings_of(options)) {
            if (setting.key != "cloud") continue;
            ASSERT_TRUE(setting.assign(fact.cloud));
        }
        const auto addresses = addresses_of(options, Auth::oneapi);
        ASSERT_TRUE(addresses) << fact.cloud;
        EXPECT_EQ(addresses->token_url, fact.token_url);
        EXPECT_EQ(addresses->base, fact.base);
        EXPECT_EQ(addresses->jwt_audience, addresses->token_url.substr(0, addresses->token_url.find("/oauth2")));
    }
}

TEST(Addresses, can_all_be_given) {
    auto options = oneapi();
    options.token_url = "http://127.0.0.1:8080";
    options.api_url = "http://127.0.0.1:8080/";
    options.vanity_domain = "";
    auto addresses = addresses_of(options, Auth::oneapi);
    ASSERT_TRUE(addresses);
    EXPECT_EQ(addresses->token_url, "http://127.0.0.1:8080/oauth2/v1/token");
    EXPECT_EQ(addresses->base, "http://127.0.0.1:8080/zia/api/v1");
    EXPECT_EQ(addresses->host, "127.0.0.1");
    EXPECT_EQ(addresses->token_host, "127.0.0.1");
    EXPECT_EQ(addresses->jwt_audience, "http://127.0.0.1:8080");
    options.token_url = "https://login.example.net/other/token";
    options.api_url = "https://api.example.net/other/v2";
    options.jwt_audience = "https://api.zscaler.com";
    addresses = addresses_of(options, Auth::oneapi);
    ASSERT_TRUE(addresses);
    EXPECT_EQ(addresses->token_url, "https://login.example.net/other/token");
    EXPECT_EQ(addresses->base, "https://api.example.net/other/v2");
    EXPECT_EQ(addresses->jwt_audience, "https://api.zscaler.com");
}

TEST(Addresses, of_legacy_and_bearer_are_base_uri) {
    for (const auto auth : {Auth::legacy, Auth::bearer}) {
        const auto addresses = addresses_of(Rig::options_for(auth), auth);
        ASSERT_TRUE(addresses);
        EXPECT_EQ(addresses->base, "https://zsapi.example.net/api/v1");
        EXPECT_EQ(addresses->token_url, "");
    }
}

TEST(SignInSettings, take_the_vendors_variables) {
    ZiaOptions options;
    std::map<std::string, std::string> variables;
    for (const auto& setting : settings_of(options)) variables[setting.key] = setting.environment;
    EXPECT_EQ(variables["client_id"], "ZSCALER_CLIENT_ID");
    EXPECT_EQ(variables["client_secret"], "ZSCALER_CLIENT_SECRET");
    EXPECT_EQ(variables["private_key"], "ZSCALER_PRIVATE_KEY");
    EXPECT_EQ(variables["vanity_domain"], "ZSCALER_VANITY_DOMAIN");
    EXPECT_EQ(variables["cloud"], "ZSCALER_CLOUD");
    EXPECT_EQ(variables["bearer_token"], "ZSCALER_BEARER_TOKEN");
}

TEST(SignInSettings, take_a_vanity_domain_as_it_is_copied) {
    ZiaOptions options;
    auto table = settings_of(options);
    const auto setting =
        std::find_if(table.begin(), table.end(), [](const Setting& s) { return s.key == "vanity_domain"; });
    ASSERT_NE(setting, table.end());
    for (const char* text :
         {"acme", " ACME ", "acme.zslogin.net", "https://acme.zslogin.net/", "https://acme.zslogin.net/x"}) {
        ASSERT_TRUE(setting->assign(text)) << text;
        EXPECT_EQ(vanity_label(options.vanity_domain), "acme");
    }
    for (const char* text : {"CHANGE_ME", "a b", "-acme", "acme..net", "https://"}) {
        if (std::string_view(text) == "https://") continue;  // nothing is left: as if it were empty
        EXPECT_FALSE(setting->assign(text)) << text;
    }
}

/// A folder that is gone at the end of the scope.
class Folder {
public:
    Folder() {
        std::string pattern = (std::filesystem::temp_directory_path() / "cordon-keys-XXXXXX").string();
        path = ::mkdtemp(pattern.data());
    }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;
    ~Folder() { std::filesystem::remove_all(path); }
    void write(const std::string& name, const std::string& bytes) const {
        std::ofstream(path / name, std::ios::binary) << bytes;
    }
    std::filesystem::path path;
};

TEST(PrivateKey, is_read_from_the_file_that_is_named) {
    const TestKey key(Kind::p256);
    const Folder folder;
    folder.write("client.pem", key.private_pem());
    for (const auto& text : {std::string("client.pem"), (folder.path / "client.pem").string(), key.private_pem()}) {
        auto options = oneapi();
        options.private_key = Secret(text);
        ASSERT_TRUE(load_private_key(options, folder.path)) << text;
        EXPECT_EQ(options.private_key.reveal(), key.private_pem());
    }
}

TEST(PrivateKey, that_cannot_be_read_is_told_without_showing_key_material) {
    const Folder folder;
    folder.write("not.pem", "MIIEvQ");
    const auto said = [&](const std::string& text) {
        auto options = oneapi();
        options.private_key = Secret(text);
        const auto loaded = load_private_key(options, folder.path);
        EXPECT_FALSE(loaded) << text;
        return loaded ? std::string{} : loaded.error().message;
    };
    EXPECT_TRUE(said("missing.pem").starts_with("the file missing.pem cannot be read"));
    EXPECT_TRUE(said("not.pem").starts_with("the file not.pem is no PEM file"));
    // A key pasted without its first line is not shown as if it were a path.
    EXPECT_TRUE(said("MIGHAgEAMBMGByqGSM49/AgEGCCqG").starts_with("the file that it names cannot be read"));
}

}  // namespace
}  // namespace cordon::gateways::zia
