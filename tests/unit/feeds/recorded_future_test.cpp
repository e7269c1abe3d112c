#include "feeds/recorded_future.hpp"

#include <gtest/gtest.h>

#include "base/text.hpp"
#include "tests/unit/feeds/gzip_of.hpp"
#include "tests/unit/feeds/rows_of.hpp"
#include "tests/unit/feeds/scripted_http.hpp"

namespace cordon::feeds {
namespace {

using namespace std::chrono_literals;

const std::string k_token = "0123456789abcdef0123456789abcdef";
const std::string k_body = R"({"count":1,"results":[{"domain":"evil.example","last_seen":"2026-02-11"}]})";
const std::string k_new_body = R"({"count":1,"results":[{"domain":"new.example","last_seen":"2026-02-12"}]})";
const std::string k_csv = "Name,Risk\nevil.example,90\n";

/// A feed over a script, with a clock that stands still.
class Fetching : public ::testing::Test {
protected:
    std::unique_ptr<Feed> feed(FusionApi api = FusionApi::v2) {
        RfList list;
        list.section = "risklist_test";
        list.fusion_file = "/public/prevent/x.json";
        list.fusion_api = api;
        return feed(list);
    }
    std::unique_ptr<Feed> connect_feed(const std::string& name = "default") {
        RfList list;
        list.section = "risklist_test";
        list.list = name;
        return feed(list);
    }
    std::unique_ptr<Feed> feed(RfList list) {
        RfAccount account;
        account.token = Secret(k_token);
        account.api_url = "https://api.example.com";
        auto made = make_recorded_future(std::move(list), account, std::make_unique<ScriptedHttp>(script_), clock_, {},
                                         std::mt19937_64{1});
        EXPECT_TRUE(made);
        return made ? std::move(*made) : nullptr;
    }
    void on(Result<net::Response> response, std::string request = {}) {
        script_.steps.push_back({std::move(request), std::move(response)});
    }
    Result<Fetched> fetch(Feed& feed, const std::optional<FeedVersion>& last = std::nullopt) {
        auto fetched = feed.fetch(last, stop_.get_token());
        EXPECT_TRUE(script_.steps.empty()) << script_.steps.size() << " answers were not asked for";
        return fetched;
    }
    [[nodiscard]] std::chrono::milliseconds waited() const { return clock_.now() - start_; }

    Script script_;
    const Time start_ = Time{1'800'000'000s};
    ManualClock clock_{start_};
    std::stop_source stop_;
};

TEST_F(Fetching, a_fusion_file_is_announced_downloaded_and_checked) {
    on(answer(200, {sha_of(k_body)}), "HEAD/v2/fusion/files?path=%2Fpublic%2Fprevent%2Fx.json");
    on(answer(200, {sha_of(k_body)}, k_body), "GET/v2/fusion/files?path=%2Fpublic%2Fprevent%2Fx.json");
    const auto source = feed();
    const auto fetched = fetch(*source);
    ASSERT_TRUE(fetched) << fetched.error().message;
    EXPECT_EQ(lines_of(fetched->indicators), std::vector<std::string>{"evil.example seen=2026-02-11T00:00:00Z"});
    EXPECT_EQ(fetched->version, (FeedVersion{"", sha256_hex(k_body), false}));
    EXPECT_EQ(fetched->bytes, k_body.size());
    EXPECT_FALSE(fetched->is_unchanged);
    EXPECT_TRUE(fetched->warnings.empty());
    EXPECT_EQ(source->calls(),
              (std::map<std::string, std::uint64_t>{{"GET /v2/fusion/files", 1}, {"HEAD /v2/fusion/files", 1}}));
    EXPECT_EQ(script_.sent[0].headers, (std::vector<net::Header>{{"X-RFToken", k_token}}));
    EXPECT_EQ(script_.sent[1].timeout, 30min);
    EXPECT_EQ(script_.sent[1].stall, 2min);
}

TEST_F(Fetching, a_v3_path_keeps_every_slash_escaped) {
    on(answer(200, {etag(sha256_hex(k_body))}), "HEAD/fusion/v3/files/%2Fpublic%2Fprevent%2Fx.json");
    on(answer(200, {}, k_body), "GET/fusion/v3/files/%2Fpublic%2Fprevent%2Fx.json");
    const auto fetched = fetch(*feed(FusionApi::v3));
    ASSERT_TRUE(fetched) << fetched.error().message;
    EXPECT_EQ(fetched->version, (FeedVersion{sha256_hex(k_body), sha256_hex(k_body), false}));
}

TEST_F(Fetching, an_unchanged_hash_or_etag_is_not_downloaded) {
    const FeedVersion last{"abc", sha256_hex(k_body), false};
    on(answer(200, {sha_of(k_body), etag("other")}));
    auto fetched = fetch(*feed(), last);
    ASSERT_TRUE(fetched);
    EXPECT_TRUE(fetched->is_unchanged);
    EXPECT_EQ(fetched->version, (FeedVersion{"other", sha256_hex(k_body), false}));

    on(answer(200, {etag("W/\"abc\"")}));
    fetched = fetch(*connect_feed(), last);
    ASSERT_TRUE(fetched);
    EXPECT_TRUE(fetched->is_unchanged);
    EXPECT_EQ(fetched->version, last);
}

TEST_F(Fetching, an_equal_etag_does_not_hide_a_new_hash) {
    on(answer(200, {sha_of(k_new_body), etag("abc")}));
    on(answer(200, {}, k_new_body));
    const auto fetched = fetch(*feed(), FeedVersion{"abc", sha256_hex(k_body), false});
    ASSERT_TRUE(fetched);
    EXPECT_FALSE(fetched->is_unchanged);
}

TEST_F(Fetching, content_that_changes_between_head_and_get_is_accepted_when_a_second_head_agrees) {
    for (const FusionApi api : {FusionApi::v2, FusionApi::v3}) {
        const auto mark = [api](const std::string& body) {
            return api == FusionApi::v2 ? sha_of(body) : etag(sha256_hex(body));
        };
        on(answer(200, {mark(k_body)}));
        on(answer(200, {}, k_new_body));
        on(answer(200, {mark(k_new_body)}));
        const auto fetched = fetch(*feed(api));
        ASSERT_TRUE(fetched) << fetched.error().message;
        EXPECT_EQ(fetched->version.content_sha256, sha256_hex(k_new_body));
        EXPECT_FALSE(fetched->version.is_etag_opaque);
        EXPECT_TRUE(fetched->warnings.empty());
    }
}

TEST_F(Fetching, a_wrong_hash_is_downloaded_once_more_and_then_corrupt) {
    const std::string torn = k_body.substr(0, 30);
    for (int i = 0; i < 2; ++i) {
        if (i == 0) on(answer(200, {sha_of(k_body)}), "HEAD/v2/fusion/files?path=%2Fpublic%2Fprevent%2Fx.json");
        on(answer(200, {}, torn));
        on(answer(200, {sha_of(k_body)}));
    }
    const auto fetched = fetch(*feed());
    ASSERT_FALSE(fetched);
    EXPECT_EQ(fetched.error().code, Code::corrupt);
    EXPECT_NE(fetched.error().message.find("public/prevent/x.json"), std::string::npos) << fetched.error().message;
}

TEST_F(Fetching, a_download_damaged_once_is_good_the_second_time) {
    on(answer(200, {sha_of(k_body)}));
    on(answer(200, {sha_of(k_body)}, k_body.substr(0, 30)));
    on(answer(200, {sha_of(k_body)}));
    on(answer(200, {sha_of(k_body)}, k_body));
    const auto fetched = fetch(*feed());
    ASSERT_TRUE(fetched) << fetched.error().message;
    EXPECT_EQ(fetched->bytes, k_body.size() + 30);
}

TEST_F(Fetching, a_body_that_contradicts_its_own_hash_header_is_never_accepted) {
    on(answer(200, {etag("x")}));
    on(answer(200, {sha_of(k_body)}, k_new_body));
    on(answer(200, {etag("x")}));
    on(answer(200, {sha_of(k_body)}, k_new_body));
    on(answer(200, {etag("x")}));
    const auto fetched = fetch(*feed());
    ASSERT_FALSE(fetched);
    EXPECT_EQ(fetched.error().code, Code::corrupt);
}

TEST_F(Fetching, a_v3_etag_that_is_no_hash_is_accepted_after_a_second_reading_and_opaque_from_then_on) {
    const std::string other = sha256_hex("something else");
    on(answer(200, {etag(other)}));
    on(answer(200, {}, k_body));
    on(answer(200, {etag(other)}));
    on(answer(200, {}, k_body));
    on(answer(200, {etag(other)}));
    const auto first = fetch(*feed(FusionApi::v3));
    ASSERT_TRUE(first) << first.error().message;
    EXPECT_EQ(first->version, (FeedVersion{other, sha256_hex(k_body), true}));
    EXPECT_EQ(first->warnings.size(), 1U);

    // The next version needs one download, and the knowledge stays.
    const std::string next = sha256_hex("something new");
    on(answer(200, {etag(next)}));
    on(answer(200, {}, k_new_body));
    on(answer(200, {etag(next)}));
    const auto second = fetch(*feed(FusionApi::v3), first->version);
    ASSERT_TRUE(second) << second.error().message;
    EXPECT_EQ(second->version, (FeedVersion{next, sha256_hex(k_new_body), true}));
    EXPECT_TRUE(second->warnings.empty());
}

TEST_F(Fetching, a_v3_etag_that_is_no_hash_does_not_excuse_a_torn_or_changing_body) {
    const std::string other = sha256_hex("something else");
    const std::string torn = k_body.substr(0, 40);
    on(answer(200, {etag(other)}));
    for (int i = 0; i < 2; ++i) {
        on(answer(200, {}, torn));
        on(answer(200, {etag(other)}));
    }
    auto fetched = fetch(*feed(FusionApi::v3));
    ASSERT_FALSE(fetched);
    EXPECT_EQ(fetched.error().code, Code::corrupt);

    on(answer(200, {etag(other)}));
    on(answer(200, {}, k_body));
    on(answer(200, {etag(other)}));
    on(answer(200, {}, k_new_body));
    on(answer(200, {etag(other)}));
    fetched = fetch(*feed(FusionApi::v3));
    ASSERT_FALSE(fetched);
    EXPECT_EQ(fetched.error().code, Code::corrupt);
}

TEST_F(Fetching, without_a_fusion_file_the_risk_list_comes_as_gzip_file_and_its_etag_is_opaque) {
    const std::string target = "/v2/domain/risklist?format=csv%2Fsplunk&gzip=true&list=default";
    on(answer(200, {etag("06c8465e3d34b4ad96da6febde8af8c5")}), "HEAD" + target);
    on(answer(200, {{"content-type", "application/gzip;charset=utf-8"}}, gzip_of(k_csv)), "GET" + target);
    on(answer(200, {etag("06c8465e3d34b4ad96da6febde8af8c5")}), "HEAD" + target);
    const auto fetched = fetch(*connect_feed());
    ASSERT_TRUE(fetched) << fetched.error().message;
    EXPECT_EQ(lines_of(fetched->indicators), std::vector<std::string>{"evil.example risk=90"});
    EXPECT_EQ(fetched->version, (FeedVersion{"06c8465e3d34b4ad96da6febde8af8c5", sha256_hex(gzip_of(k_csv)), false}));
}

TEST_F(Fetching, a_connect_etag_of_64_digits_is_no_hash_either) {
    on(answer(200, {etag(sha256_hex("x"))}));
    on(answer(200, {}, k_csv));
    on(answer(200, {etag(sha256_hex("x"))}));
    EXPECT_TRUE(fetch(*connect_feed()));
}

TEST_F(Fetching, a_risk_list_that_changes_while_it_is_read_is_read_again) {
    on(answer(200, {etag("a")}));
    on(answer(200, {}, k_csv));
    on(answer(200, {etag("b")}));
    on(answer(200, {}, k_csv));
    on(answer(200, {etag("b")}));
    const auto fetched = fetch(*connect_feed());
    ASSERT_TRUE(fetched) << fetched.error().message;
    EXPECT_EQ(fetched->version.etag, "b");

    on(answer(200, {etag("a")}));
    on(answer(200, {}, k_csv));
    on(answer(200, {etag("b")}));
    on(answer(200, {}, k_csv));
    on(answer(200, {etag("c")}));
    const auto restless = fetch(*connect_feed());
    ASSERT_FALSE(restless);
    EXPECT_EQ(restless.error().code, Code::corrupt);
}

TEST_F(Fetching, a_provider_without_any_mark_is_believed_with_a_warning) {
    on(answer(200));
    on(answer(200, {}, k_body));
    on(answer(200));
    const auto fetched = fetch(*feed());
    ASSERT_TRUE(fetched) << fetched.error().message;
    EXPECT_EQ(fetched->warnings.size(), 1U);
}

TEST_F(Fetching, a_close_delimited_body_is_believed_only_with_a_hash_or_when_it_tells_its_own_end) {
    const std::string list = "evil.example\nanother.example\nexa";  // "example.com" cut off
    for (const std::string& body : {list, k_csv}) {
        on(answer(200, {etag("a")}));
        on(closed({etag("a")}, body));
        on(answer(200, {etag("a")}));
        const auto fetched = fetch(*feed());
        ASSERT_FALSE(fetched) << body;
        EXPECT_EQ(fetched.error().code, Code::corrupt);
        EXPECT_NE(fetched.error().message.find("whole"), std::string::npos) << fetched.error().message;
    }
    on(answer(200, {sha_of(k_csv)}));
    on(closed({}, k_csv));
    EXPECT_TRUE(fetch(*feed()));

    on(answer(200, {etag(sha256_hex(k_csv))}));
    on(closed({}, k_csv));
    EXPECT_TRUE(fetch(*feed(FusionApi::v3)));

    on(answer(200, {etag("a")}));
    on(closed({}, gzip_of(k_csv)));
    on(answer(200, {etag("a")}));
    EXPECT_TRUE(fetch(*connect_feed()));

    on(answer(200, {etag("a")}));
    on(closed({}, k_body));
    on(answer(200, {etag("a")}));
    const auto json = fetch(*feed());
    ASSERT_TRUE(json) << json.error().message;
    EXPECT_EQ(json->warnings.size(), 1U);
}

TEST_F(Fetching, the_same_body_twice_does_not_prove_a_close_delimited_one) {
    const std::string other = sha256_hex("something else");
    on(answer(200, {etag(other)}));
    for (int i = 0; i < 2; ++i) {
        on(closed({}, "evil.example\nexa"));
        on(answer(200, {etag(other)}));
    }
    const auto fetched = fetch(*feed(FusionApi::v3));
    ASSERT_FALSE(fetched);
    EXPECT_EQ(fetched.error().code, Code::corrupt);
}

TEST_F(Fetching, a_verified_body_that_is_no_list_is_corrupt_without_another_download) {
    on(answer(200, {sha_of("<html></html>")}));
    on(answer(200, {}, "<html></html>"));
    const auto fetched = fetch(*feed());
    ASSERT_FALSE(fetched);
    EXPECT_EQ(fetched.error().code, Code::corrupt);
    EXPECT_NE(fetched.error().message.find("HTML"), std::string::npos);
}

const std::string k_rules =
    R"({"data":{"results":[{"name":"recentCncSite","criticality":3},{"name":"cncSite"},{"name":"phishingUrl"}]}})";

TEST_F(Fetching, a_known_rule_name_is_fetched) {
    on(answer(200, {}, k_rules), "GET/v2/domain/riskrules");
    on(answer(200, {etag("a")}), "HEAD/v2/domain/risklist?format=csv%2Fsplunk&gzip=true&list=recentCncSite");
    on(answer(200, {}, k_csv));
    on(answer(200, {etag("a")}));
    EXPECT_TRUE(fetch(*connect_feed("recentCncSite")));
}

TEST_F(Fetching, an_unknown_rule_name_is_refused_with_the_nearest_also_when_the_etag_is_known) {
    on(answer(200, {}, k_rules));
    const auto fetched = fetch(*connect_feed("recentCncSites"), FeedVersion{"a", sha256_hex(k_csv), false});
    ASSERT_FALSE(fetched);
    EXPECT_EQ(fetched.error().code, Code::refused);
    EXPECT_NE(fetched.error().message.find("did you mean \"recentCncSite\""), std::string::npos)
        << fetched.error().message;
}

TEST_F(Fetching, unreadable_rule_names_are_not_taken_for_permission) {
    on(answer(200, {}, R"({"data":{"results":[]}})"));
    const auto fetched = fetch(*connect_feed("recentCncSite"));
    ASSERT_FALSE(fetched);
    EXPECT_EQ(fetched.error().code, Code::corrupt);
}

struct Refusal {
    const char* name;
    net::Response response;
    Code code;
    std::vector<std::string> says;
};

class Refusals : public Fetching, public ::testing::WithParamInterface<Refusal> {};

TEST_P(Refusals, are_not_repeated_and_say_what_to_do) {
    on(answer(200, {etag("a")}));
    on(GetParam().response);
    const auto fetched = fetch(*feed());
    ASSERT_FALSE(fetched);
    EXPECT_EQ(fetched.error().code, GetParam().code);
    for (const std::string& part : GetParam().says) {
        EXPECT_NE(fetched.error().message.find(part), std::string::npos) << fetched.error().message;
    }
    EXPECT_NE(fetched.error().message.find("https://api.example.com/v2/fusion/files"), std::string::npos);
    EXPECT_EQ(fetched.error().message.find(k_token), std::string::npos);
    EXPECT_EQ(waited(), 0ms);
}

INSTANTIATE_TEST_SUITE_P(
    RecordedFuture, Refusals,
    ::testing::Values(
        Refusal{"bad_request",
                answer(400, {}, R"({"error":{"message":"Bad format","status":400}})"),
                Code::refused,
                {"400", "Bad format", "fusion_api"}},
        Refusal{"wrong_token", answer(401, {}, R"({"error":{"status":401}})"), Code::refused, {"401", "RF_API_KEY"}},
        Refusal{"missing_entitlement",
                answer(403, {}, R"({"message":"Forbidden","trace_id":"t-1"})"),
                Code::refused,
                {"403", "not entitled", "public/prevent/x.json", "Forbidden", "[trace t-1]"}},
        Refusal{"missing_file",
                answer(404, {}, R"({"error":{"message":"No such file","status":404},"traceId":"t-2"})"),
                Code::refused,
                {"404", "no Fusion file public/prevent/x.json", "No such file", "[trace t-2]"}},
        Refusal{"no_credits",
                answer(403, {}, "Insufficient credits for this request"),
                Code::refused,
                {"no credits left", "Insufficient credits"}},
        Refusal{"html_page", answer(403, {}, "<html>\x1b[31mblocked</html>"), Code::refused, {"HTML page"}},
        Refusal{"fault",
                answer(500, {}, R"({"message":"oops","status_code":500,"trace_id":"t-3"})"),
                Code::unreachable,
                {"500", "oops", "t-3"}},
        Refusal{"redirect",
                answer(302, {{"location", "https://login.example.net/sso?secret=1"}}),
                Code::refused,
                {"redirects to https://login.example.net/sso,", "not followed"}}),
    [](const auto& param) { return param.param.name; });

TEST_F(Fetching, a_glance_at_the_version_is_short_and_not_repeated) {
    on(answer(503));
    const auto source = feed();
    const auto has_changed = source->has_changed({"", sha256_hex(k_body), false}, stop_.get_token());
    ASSERT_FALSE(has_changed);
    EXPECT_EQ(has_changed.error().code, Code::unreachable);
    EXPECT_EQ(waited(), 0s);
    EXPECT_LE(script_.sent.at(0).timeout, 15s);
}

class Transients : public Fetching, public ::testing::WithParamInterface<int> {};

TEST_P(Transients, are_repeated_with_growing_waits) {
    on(answer(GetParam(), {}, "<html>busy</html>"));
    on(answer(GetParam()));
    on(answer(200, {sha_of(k_body)}));
    on(answer(GetParam()));
    on(answer(200, {}, k_body));
    const auto source = feed();
    const auto fetched = fetch(*source);
    ASSERT_TRUE(fetched) << fetched.error().message;
    EXPECT_GE(waited(), 3s);
    EXPECT_LE(waited(), 6s);
    EXPECT_EQ(source->calls().at("HEAD /v2/fusion/files"), 3U);
    const auto troubles = source->troubles();
    EXPECT_EQ(troubles.at("HEAD /v2/fusion/files").errors, 2U);
    EXPECT_EQ(troubles.at("HEAD /v2/fusion/files").waits, 2U);
    EXPECT_EQ(troubles.at("GET /v2/fusion/files").errors, 1U);
    EXPECT_EQ(troubles.at("HEAD /v2/fusion/files").waited + troubles.at("GET /v2/fusion/files").waited, waited());
}

TEST_P(Transients, are_given_up_after_five_attempts) {
    for (int i = 0; i < 5; ++i) on(answer(GetParam()));
    const auto fetched = fetch(*feed());
    ASSERT_FALSE(fetched);
    EXPECT_EQ(fetched.error().code, GetParam() == 429 ? Code::throttled : Code::unreachable);
    EXPECT_NE(fetched.error().message.find("given up after 5 attempts"), std::string::npos);
}

INSTANTIATE_TEST_SUITE_P(RecordedFuture, Transients, ::testing::Values(429, 502, 503, 504));

TEST_F(Fetching, retry_after_is_honoured) {
    on(answer(429, {{"retry-after", "90"}}));
    on(answer(200, {sha_of(k_body)}));
    on(answer(200, {}, k_body));
    EXPECT_TRUE(fetch(*feed()));
    EXPECT_GE(waited(), 90s);
}

TEST_F(Fetching, a_retry_after_beyond_our_patience_is_left_to_the_next_run) {
    on(answer(429, {{"retry-after", "3600"}}));
    const auto fetched = fetch(*feed());
    ASSERT_FALSE(fetched);
    EXPECT_EQ(fetched.error().code, Code::throttled);
    EXPECT_EQ(waited(), 0ms);
}

TEST_F(Fetching, lost_connections_and_time_outs_are_repeated_and_end_as_unreachable) {
    on(fail(Code::unreachable, "no connection"));
    on(fail(Code::unknown, "time-out"));
    on(answer(200, {sha_of(k_body)}));
    on(answer(200, {}, k_body));
    EXPECT_TRUE(fetch(*feed()));

    for (int i = 0; i < 5; ++i) on(fail(Code::unknown, "time-out"));
    const auto fetched = fetch(*feed());
    ASSERT_FALSE(fetched);
    EXPECT_EQ(fetched.error().code, Code::unreachable);
}

TEST_F(Fetching, a_torn_body_is_read_once_more_only) {
    on(answer(200, {sha_of(k_body)}));
    on(fail(Code::corrupt, "torn body"));
    on(fail(Code::corrupt, "torn body"));
    const auto fetched = fetch(*feed());
    ASSERT_FALSE(fetched);
    EXPECT_EQ(fetched.error().code, Code::corrupt);
}

TEST_F(Fetching, a_stop_request_ends_it_before_the_next_request) {
    stop_.request_stop();
    const auto fetched = fetch(*feed());
    ASSERT_FALSE(fetched);
    EXPECT_EQ(fetched.error().code, Code::cancelled);
}

TEST_F(Fetching, check_says_what_is_wrong_and_downloads_nothing) {
    on(answer(401));
    const auto source = feed();
    auto findings = source->check({});
    ASSERT_EQ(findings.size(), 1U);
    EXPECT_TRUE(findings[0].is_error);
    EXPECT_NE(findings[0].message.find("[risklist_test]"), std::string::npos);

    on(answer(200, {etag("a")}));
    findings = source->check({});
    ASSERT_EQ(findings.size(), 1U);
    EXPECT_FALSE(findings[0].is_error);

    on(answer(200, {}, k_rules));
    findings = connect_feed("phishingUrls")->check({});
    ASSERT_EQ(findings.size(), 1U);
    EXPECT_TRUE(findings[0].is_error);
    for (const std::string& request : script_.requests)
        EXPECT_EQ(request.find("GET https://api.example.com/v2/fusion"), std::string::npos);
}

TEST_F(Fetching, a_feed_knows_its_name_source_and_risk) {
    const auto prevent = feed();
    EXPECT_EQ(prevent->name(), "risklist_test");
    EXPECT_EQ(prevent->source(), "Recorded Future Fusion file public/prevent/x.json");
    EXPECT_EQ(prevent->default_risk(), 90);
    EXPECT_EQ(prevent->cloud(), "recorded_future");
    const auto connect = connect_feed();
    EXPECT_EQ(connect->source(), "Recorded Future domain risk list (default)");
    EXPECT_EQ(connect->default_risk(), 65);
}

}  // namespace
}  // namespace cordon::feeds
