#include "feeds/falcon.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "feeds/catalog.hpp"
#include "feeds/falcon_errors.hpp"
#include "tests/unit/feeds/falcon_cloud.hpp"

namespace cordon::feeds {
namespace {

using namespace std::chrono_literals;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

Result<void> assign(const std::vector<Setting>& settings, std::string_view key, std::string_view text) {
    const auto found = std::find_if(settings.begin(), settings.end(), [key](const auto& s) { return s.key == key; });
    if (found == settings.end()) return fail(Code::invalid, "no such key");
    return found->assign(text);
}

TEST(FalconSettings, a_cloud_is_named_as_the_sdks_name_it) {
    FalconAccount account;
    const auto settings = settings_of(account);
    for (const char* name : {"us-2", "US2", "us_2"}) {
        ASSERT_TRUE(assign(settings, "cloud", name)) << name;
        EXPECT_EQ(first_origin(account), "https://api.us-2.crowdstrike.com");
        EXPECT_FALSE(follows_region(account));
    }
    ASSERT_TRUE(assign(settings, "cloud", "auto"));
    EXPECT_TRUE(follows_region(account));
    ASSERT_TRUE(assign(settings, "base_url", "usgov1"));
    EXPECT_EQ(first_origin(account), "https://api.laggar.gcw.crowdstrike.com");
    ASSERT_TRUE(assign(settings, "base_url", "https://falcon.example/"));
    EXPECT_EQ(first_origin(account), "https://falcon.example");
    EXPECT_FALSE(assign(settings, "base_url", "http://falcon.example"));
    EXPECT_FALSE(assign(settings, "base_url", "https://falcon.example/intel"));
    EXPECT_FALSE(assign(settings, "cloud", "mars-1"));
    const auto refused = assign(settings, "base_url", "us-77");
    ASSERT_FALSE(refused);
    EXPECT_THAT(refused.error().message, HasSubstr("us-gov-2"));
}

TEST(FalconSettings, types_ages_and_filters_are_checked) {
    FalconList list;
    const auto settings = settings_of(list);
    ASSERT_TRUE(assign(settings, "types", "url, Domain"));
    EXPECT_THAT(list.types, ElementsAre(FalconType::url, FalconType::domain));
    EXPECT_EQ(entity_of(list), core::EntityType::url);
    EXPECT_FALSE(assign(settings, "types", "hash_md5"));
    EXPECT_FALSE(assign(settings, "types", ""));
    ASSERT_TRUE(assign(settings, "max_age", "60d"));
    EXPECT_EQ(list.max_age[0], 60 * 24h);
    ASSERT_TRUE(assign(settings, "max_age", "url=10d, ip_address=90d"));
    EXPECT_EQ(list.max_age[0], 10 * 24h);
    EXPECT_EQ(list.max_age[1], 0s);
    EXPECT_FALSE(assign(settings, "max_age", "hash=3d"));
    EXPECT_TRUE(assign(settings, "filter", "actors:'A)B'+(labels:'x',labels:'y')"));
    for (const char* bad : {"actors:'x", "(actors:'x'", "a)+(b", "a\nb"})
        EXPECT_FALSE(assign(settings, "filter", bad)) << bad;
}

TEST(FalconSettings, addresses_and_urls_do_not_share_a_list) {
    FalconAccount account;
    account.client_id = account.client_secret = Secret("x");
    FalconList list;
    list.types = {FalconType::url, FalconType::ip_address};
    EXPECT_FALSE(check_together(account, list));
    list.types = {FalconType::ip_address, FalconType::ip_address_block};
    EXPECT_TRUE(check_together(account, list));
    account.budget_share = 0;
    EXPECT_FALSE(check_together(account, list)) << "no request could ever be sent";
}

// A loop wires one session after another from settings that were read once.
TEST(FalconProvider, shares_a_connection_among_the_feeds_of_a_session_and_none_between_sessions) {
    const auto kinds = feed_kinds();
    const auto kind =
        std::find_if(kinds.begin(), kinds.end(), [](const auto& k) { return k.account_section == "falcon"; });
    ASSERT_NE(kind, kinds.end());
    const auto provider = kind->make();
    for (const char* key : {"client_id", "client_secret"}) ASSERT_TRUE(assign(provider->account_settings(), key, "x"));
    for (const char* section : {"falcon_a", "falcon_b"}) static_cast<void>(provider->feed_settings(section));
    ManualClock clock(parse_iso8601("2026-11-21T09:30:00Z").value());
    for (int session = 1; session <= 2; ++session) {
        const LocalState local;
        int connections = 0;
        const auto connect = [&](const net::Connection&) {
            ++connections;
            return std::unique_ptr<net::HttpClient>();
        };
        const FeedParts parts{connect, clock, {}, std::mt19937_64{1}, local};
        const auto a = provider->make("falcon_a", parts);
        const auto b = provider->make("falcon_b", parts);
        EXPECT_TRUE(a && b);
        EXPECT_EQ(connections, 1) << "session " << session;
    }
}

TEST(FalconFilter, dangerous_labels_keep_an_indicator_out) {
    FalconList list;
    EXPECT_TRUE(is_wanted(list, ""));
    EXPECT_TRUE(is_wanted(list, "Malware/Remcos\nThreatType/Criminal"));
    for (const char* tags :
         {"DomainType/KnownGood", "ThreatType/knowngood", "Malware/X\nIPAddressType/PopularSite",
          "DomainType/Sinkholed", "IPAddressType/SharedWebHost", "DomainType/LegitimateCompromised"}) {
        EXPECT_FALSE(is_wanted(list, tags)) << tags;
    }
    list.exclude_labels = {"DomainType/KnownGood"};
    EXPECT_TRUE(is_wanted(list, "ThreatType/KnownGood"));
    list.malware_families = {"remcos"};
    EXPECT_TRUE(is_wanted(list, "Malware/Remcos"));
    EXPECT_FALSE(is_wanted(list, "Malware/Other"));
    list.actors = {"MUMMYSPIDER"};
    EXPECT_FALSE(is_wanted(list, "Malware/Remcos"));
    EXPECT_TRUE(is_wanted(list, "Malware/Remcos\nActor/MUMMYSPIDER"));
}

class FalconFeed : public testing::Test {
protected:
    FalconFeed() {
        account.client_id = Secret("client-of-tests");
        account.client_secret = Secret("secret-of-tests");
        account.base_url = "https://falcon.example";
        list.section = "falcon_urls";
    }
    Result<Fetched> fetch(const std::optional<FeedVersion>& last = std::nullopt) {
        auto pull = std::make_shared<FalconPull>(std::make_unique<FalconHttp>(cloud), account, clock, net::RetryRule{},
                                                 std::mt19937_64{1}, local);
        auto feed = make_falcon(list, account, pull, clock, local, most);
        EXPECT_TRUE(feed);
        return (*feed)->fetch(last, {});
    }
    void answers(int status, const std::string& body, const char* path = "/intel/") {
        cloud.meddle = [=](const net::Request& request) -> std::optional<Result<net::Response>> {
            if (request.url.find(path) == std::string::npos) return std::nullopt;
            return net::Response{status, {}, body, false};
        };
    }

    CannedFalcon cloud;
    FalconAccount account;
    FalconList list;
    std::size_t most = 10;
    ManualClock clock{Time{std::chrono::seconds(1'795'262'400)}};
    MemoryMirror mirror;
    NoJournal journal;
    net::RateBudget budget{clock, journal};
    LocalState local{&budget, &mirror};
};

TEST_F(FalconFeed, gives_at_most_twice_what_the_list_takes_newest_first) {
    for (int i = 0; i < 100; ++i) {
        cloud.rows.push_back(
            {fmt::format("http://host-{}.example/", i), marker_of(1'795'000'000 + static_cast<std::uint64_t>(i), i)});
    }
    const auto fetched = fetch();
    ASSERT_TRUE(fetched) << fetched.error().message;
    ASSERT_EQ(fetched->indicators.size(), 20U);
    EXPECT_EQ(fetched->indicators[0].value, "http://host-99.example/");
    EXPECT_EQ(fetched->indicators[0].risk, 85);
    EXPECT_EQ(fetched->indicators[0].rules, "Test");
    const auto again = fetch(fetched->version);
    ASSERT_TRUE(again);
    EXPECT_TRUE(again->is_unchanged);
}

TEST_F(FalconFeed, counts_what_its_filters_leave_out_and_says_that_more_is_to_come) {
    cloud.rows.push_back({"http://a.example/", marker_of(1'795'000'000)});
    cloud.rows.push_back({"http://b.example/", marker_of(1'795'000'001), "high", "DomainType/KnownGood"});
    const auto whole = fetch();
    ASSERT_TRUE(whole) << whole.error().message;
    EXPECT_EQ(whole->left_out, 1U);
    EXPECT_FALSE(whole->version.is_partial);
    list.min_confidence = core::Confidence::medium;
    answers(500, "", "medium");
    const auto part = fetch();
    ASSERT_TRUE(part) << part.error().message;
    EXPECT_TRUE(part->version.is_partial);
    const auto again = fetch(whole->version);
    ASSERT_TRUE(again) << again.error().message;
    EXPECT_FALSE(again->version.is_partial) << "what was whole once stays so";
}

TEST_F(FalconFeed, nothing_at_all_is_an_error_and_not_an_empty_list) {
    cloud.rows.push_back({"http://a.example/", marker_of(1'795'000'000), "high", "DomainType/KnownGood"});
    const auto fetched = fetch();
    ASSERT_FALSE(fetched);
    EXPECT_EQ(fetched.error().code, Code::corrupt);
}

TEST_F(FalconFeed, older_indicators_than_max_age_are_passed_over) {
    cloud.rows.push_back({"http://old.example/", marker_of(1'795'262'400 - 86'400 * 40)});
    cloud.rows.push_back({"http://new.example/", marker_of(1'795'262'400 - 86'400 * 2)});
    list.max_age[0] = 30 * 24h;
    const auto fetched = fetch();
    ASSERT_TRUE(fetched);
    EXPECT_EQ(fetched->indicators.size(), 1U);
}

TEST_F(FalconFeed, a_missing_scope_is_named) {
    answers(403, R"({"errors":[{"code":403,"message":"access denied, scope not permitted"}]})");
    const auto fetched = fetch();
    ASSERT_FALSE(fetched);
    EXPECT_EQ(fetched.error().code, Code::refused);
    EXPECT_THAT(fetched.error().message,
                AllOf(HasSubstr("Indicators (Falcon Intelligence): Read"), HasSubstr("scope not permitted")));
    EXPECT_EQ(cloud.count("/intel/"), 1U) << "asking again would not help";
}

TEST_F(FalconFeed, no_secret_stands_in_what_a_refusal_says) {
    answers(400,
            R"({"errors":[{"code":400,"message":"Failed to generate access token for clientID=client-of-tests."}]})",
            "/oauth2/token");
    const auto fetched = fetch();
    ASSERT_FALSE(fetched);
    EXPECT_THAT(fetched.error().message, AllOf(HasSubstr("check FALCON_CLIENT_ID"), Not(HasSubstr("client-of-tests"))));
}

TEST_F(FalconFeed, a_token_that_died_early_is_renewed_once) {
    cloud.rows.push_back({"http://a.example/", marker_of(1'795'000'000)});
    int refusals = 1;
    cloud.meddle = [&](const net::Request& request) -> std::optional<Result<net::Response>> {
        if (request.url.find("/intel/") == std::string::npos || refusals-- <= 0) return std::nullopt;
        return net::Response{
            401, {}, R"({"errors":[{"code":401,"message":"access denied, invalid bearer token"}]})", false};
    };
    EXPECT_TRUE(fetch());
    EXPECT_EQ(cloud.count("/oauth2/token"), 2U);
}

TEST_F(FalconFeed, a_token_is_renewed_before_it_ends) {
    for (int i = 0; i < 3000; ++i)
        cloud.rows.push_back({fmt::format("http://h{}.example/", i), marker_of(1'795'000'000, i)});
    account.page_size = 1000;
    account.history_time = 10h;
    cloud.before_page = [&] { clock.advance(20min); };
    EXPECT_TRUE(fetch());
    EXPECT_GE(cloud.count("/oauth2/token"), 2U);
}

TEST_F(FalconFeed, a_configured_cloud_that_is_not_the_accounts_is_named) {
    cloud.meddle = [](const net::Request& request) -> std::optional<Result<net::Response>> {
        if (request.url.find("/oauth2/token") != std::string::npos) {
            return net::Response{201, {{"x-cs-region", "eu-1"}}, R"({"access_token":"t","expires_in":1799})", false};
        }
        return net::Response{401, {}, "{}", false};
    };
    const auto fetched = fetch();
    ASSERT_FALSE(fetched);
    EXPECT_THAT(fetched.error().message, HasSubstr("this account lives in eu-1: set cloud = eu-1"));
}

TEST_F(FalconFeed, the_region_of_the_account_is_followed_and_the_secret_goes_nowhere_else) {
    account.base_url.clear();
    cloud.rows.push_back({"http://a.example/", marker_of(1'795'000'000)});
    cloud.meddle = [](const net::Request& request) -> std::optional<Result<net::Response>> {
        if (request.url != "https://api.crowdstrike.com/oauth2/token") return std::nullopt;
        return net::Response{201,
                             {{"x-cs-region", "us-2"}, {"location", "https://evil.example/"}},
                             R"({"access_token":"first","expires_in":1799})",
                             false};
    };
    ASSERT_TRUE(fetch());
    EXPECT_EQ(cloud.count("GET https://api.us-2.crowdstrike.com/intel/"), cloud.count("/intel/"));
    EXPECT_EQ(cloud.count("POST https://api.crowdstrike.com/oauth2/revoke"), 1U);
    EXPECT_EQ(cloud.count("evil"), 0U);
}

TEST(FalconErrors, a_429_says_when_in_seconds_or_milliseconds) {
    const Time now{std::chrono::seconds(1'795'262'400)};
    const auto answer = [](const char* value) {
        return net::Response{429, {{"x-ratelimit-retryafter", value}}, "", false};
    };
    EXPECT_EQ(falcon_retry_after(answer("1795262430"), now), 30s);
    EXPECT_EQ(falcon_retry_after(answer("1795262430000"), now), 30s);
    EXPECT_EQ(falcon_retry_after(answer("1795262300"), now), 1s) << "in the past";
    EXPECT_EQ(falcon_retry_after(net::Response{429, {{"retry-after", "12 seconds"}}, "", false}, now), 12s);
    EXPECT_EQ(falcon_retry_after(net::Response{429, {}, "", false}, now), std::nullopt);
}

}  // namespace
}  // namespace cordon::feeds
