#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>

#include <unistd.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/settings.hpp"

namespace cordon::cli {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

constexpr const char* k_variables[] = {"ZS_API_KEY",
                                       "ZS_API_USERNAME",
                                       "ZS_API_PASSWORD",
                                       "ZSCALER_CLIENT_ID",
                                       "ZSCALER_CLIENT_SECRET",
                                       "ZSCALER_PRIVATE_KEY",
                                       "ZSCALER_VANITY_DOMAIN",
                                       "ZSCALER_CLOUD",
                                       "ZSCALER_BEARER_TOKEN",
                                       "ZSCALER_CLIENT_ID_FILE"};

/// A settings file with this [zscaler] section, read as every command reads it.
class SignIn : public testing::Test {
protected:
    SignIn() {
        std::string pattern = (std::filesystem::temp_directory_path() / "cordon-sign-in-XXXXXX").string();
        folder = ::mkdtemp(pattern.data());
        for (const char* name : k_variables) ::unsetenv(name);
    }
    ~SignIn() override {
        std::filesystem::remove_all(folder);
        for (const char* name : k_variables) ::unsetenv(name);
    }
    SignIn(const SignIn&) = delete;
    SignIn& operator=(const SignIn&) = delete;

    void write(const std::string& name, const std::string& text) const { std::ofstream(folder / name) << text; }

    /// What is said of [zscaler], without the folder in front; notes begin with "note ".
    std::vector<std::string> said(const std::string& section) const {
        write("s.ini", "[zscaler]\n" + section);
        CommonArguments common;
        common.settings = folder / "s.ini";
        const auto settings = load_settings(common);
        std::vector<std::string> texts;
        for (const auto& problem : settings.value()->problems) {
            if (problem.section != "zscaler") continue;
            auto text = problem.text();
            const auto path = folder.string() + "/";
            if (const auto at = text.find(path); at != std::string::npos) text.erase(at, path.size());
            texts.push_back((problem.is_error ? "" : "note ") + text);
        }
        return texts;
    }

    std::filesystem::path folder;
};

TEST_F(SignIn, of_a_predecessors_file_asks_for_what_it_always_asked_for) {
    EXPECT_THAT(said("max_domains = 7\n"),
                ElementsAre(StartsWith("s.ini line 1: [zscaler] base_uri: this key is missing: without it there is no "
                                       "ZIA tenant to load the lists into"),
                            "s.ini line 1: [zscaler] api_key: this key is missing: ZIA's sign-in needs the "
                            "organisation's API key: set ZS_API_KEY or ZS_API_KEY_FILE",
                            StartsWith("s.ini line 1: [zscaler] username: this key is missing"),
                            StartsWith("s.ini line 1: [zscaler] password: this key is missing")));
    ::setenv("ZS_API_KEY", "abcdefghijkl", 1);
    ::setenv("ZS_API_USERNAME", "svc@example.com", 1);
    ::setenv("ZS_API_PASSWORD", "p", 1);
    EXPECT_THAT(said("base_uri = zsapi.example.net\n"), IsEmpty());
    ::setenv("ZSCALER_CLOUD", "beta", 1);
    EXPECT_THAT(said("base_uri = zsapi.example.net\n"), IsEmpty()) << "other programs read that, too";
}

TEST_F(SignIn, through_oneapi_asks_for_its_own_keys_only) {
    EXPECT_THAT(said("auth = oneapi\n"),
                ElementsAre(StartsWith("s.ini line 1: [zscaler] client_id: this key is missing: OneAPI knows"),
                            StartsWith("s.ini line 1: [zscaler] client_secret: this key is missing: OneAPI wants"),
                            StartsWith("s.ini line 1: [zscaler] vanity_domain: this key is missing: OneAPI gives")));
    ::setenv("ZSCALER_CLIENT_ID", "c", 1);
    ::setenv("ZSCALER_CLIENT_SECRET", "s", 1);
    ::setenv("ZSCALER_VANITY_DOMAIN", "acme", 1);
    EXPECT_THAT(said(""), IsEmpty());
    EXPECT_THAT(said("username = svc\n"),
                ElementsAre("note s.ini line 2: [zscaler] username: this has no effect with auth = oneapi"));
    ::setenv("ZS_API_KEY", "abcdefghijkl", 1);
    EXPECT_THAT(said(""),
                ElementsAre("[zscaler] client_id: there are credentials for more than one way to sign in: say "
                            "which to use, one of auth = legacy (api_key) or auth = oneapi (client_id) "
                            "(ZSCALER_CLIENT_ID)"));
    EXPECT_THAT(said("auth = oneapi\n"), IsEmpty());
}

TEST_F(SignIn, with_an_id_that_could_not_be_read_is_not_taken_for_another_way) {
    ::setenv("ZSCALER_CLIENT_ID_FILE", "/nonexistent/id", 1);
    EXPECT_THAT(said("client_secret = s\nvanity_domain = acme\n"), ElementsAre(HasSubstr("ZSCALER_CLIENT_ID_FILE: ")));
    ::unsetenv("ZSCALER_CLIENT_ID_FILE");
    EXPECT_THAT(said("auth = oneap\n"), ElementsAre(StartsWith("s.ini line 2: [zscaler] auth: \"oneap\" is not "
                                                               "accepted; allowed: one of auto, legacy, oneapi or "
                                                               "bearer")));
}

TEST_F(SignIn, with_a_key_finds_its_file_beside_the_settings) {
    const std::string oneapi = "client_id = c\nvanity_domain = acme\nprivate_key = ";
    EXPECT_THAT(
        said(oneapi + "client.pem\n"),
        ElementsAre("s.ini line 4: [zscaler] private_key: the file client.pem cannot be read: name the PEM file "
                    "of the API client's private key, or put its text here"));
    write("client.pem", "not a key");
    EXPECT_THAT(said(oneapi + "client.pem\n"),
                ElementsAre(StartsWith("s.ini line 4: [zscaler] private_key: the file client.pem is no PEM file")));
    write("client.pem", "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n");
    EXPECT_THAT(said(oneapi + "client.pem\nclient_secret = s\n"),
                ElementsAre(StartsWith("s.ini line 4: [zscaler] private_key: client_secret is set, too"),
                            HasSubstr("here it is the public key, which belongs into ZIdentity")));
}

TEST_F(SignIn, with_wrong_addresses_is_told_the_place) {
    const std::string oneapi = "client_id = c\nclient_secret = s\n";
    EXPECT_THAT(said(oneapi + "vanity_domain = acme.zsloginbeta.net\n"),
                ElementsAre(StartsWith("s.ini line 4: [zscaler] vanity_domain: acme.zsloginbeta.net does not belong")));
    EXPECT_THAT(said(oneapi + "vanity_domain = acme.zsloginbeta.net\ncloud = BETA\n"), IsEmpty());
    EXPECT_THAT(said(oneapi + "vanity_domain = acme\ncloud = zscaler.net\n"),
                ElementsAre(StartsWith("s.ini line 5: [zscaler] cloud: \"zscaler.net\" is not accepted")));
    EXPECT_THAT(said(oneapi + "token_url = http://login.example.net\n"),
                ElementsAre(HasSubstr("token_url: \"http://login.example.net\" is not accepted")));
    EXPECT_THAT(said(oneapi + "vanity_domain = acme\ncloud = gov\n"),
                ElementsAre(StartsWith("note s.ini line 5: [zscaler] cloud: whether OneAPI serves the gov clouds")));
}

TEST_F(SignIn, with_a_bearer_needs_the_host_and_the_token) {
    EXPECT_THAT(said("auth = bearer\n"), ElementsAre(HasSubstr("base_uri: this key is missing"),
                                                     HasSubstr("bearer_token: this key is missing")));
    EXPECT_THAT(said("base_uri = zsapi.example.net\nbearer_token = a b\n"),
                ElementsAre(StartsWith("s.ini line 3: [zscaler] bearer_token: a token is one word")));
    EXPECT_THAT(said("base_uri = zsapi.example.net\nbearer_token = ab\n"), IsEmpty());
}

}  // namespace
}  // namespace cordon::cli
