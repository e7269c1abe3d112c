#include "feeds/falcon_pull.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/feeds/falcon_cloud.hpp"

namespace cordon::feeds {
namespace {

using namespace std::chrono_literals;
using core::Confidence;
using testing::HasSubstr;
using testing::Not;

constexpr std::uint64_t k_now = 1'795'262'400;  // 2026-11-21

class FalconPullTest : public testing::Test {
protected:
    FalconPullTest() {
        account.client_id = Secret("client-of-tests");
        account.client_secret = Secret("secret-of-tests");
        account.base_url = "https://falcon.example";
        account.page_size = 1000;
    }

    /// One run of its own, as each `cordon run` has.
    Result<FalconPull::Outcome> pull(Confidence least = Confidence::high, const std::string& filter = {}) {
        FalconPull one(std::make_unique<FalconHttp>(cloud), account, clock, {}, std::mt19937_64{1}, local);
        const FalconStream stream{FalconType::url, filter};
        one.want(stream, least);
        return one.refresh({stream}, {});
    }
    void publish(std::size_t count, std::uint64_t from = k_now - 100'000, const std::string& confidence = "high") {
        for (std::size_t i = 0; i < count; ++i) {
            const auto number = cloud.rows.size();
            cloud.rows.push_back({fmt::format("http://host-{}.example/a", number),
                                  marker_of(from + i / 7, static_cast<int>(number)), confidence});
        }
    }
    CloudRow& row(std::size_t index) { return cloud.rows[index]; }
    /// The account's URLs in the mirror.
    std::map<std::string, MemoryMirror::Row>& urls() { return mirror.streams.begin()->second; }
    [[nodiscard]] std::size_t mirrored() { return mirror.streams.empty() ? 0 : urls().size(); }

    CannedFalcon cloud;
    FalconAccount account;
    ManualClock clock{Time{std::chrono::seconds(k_now)}};
    MemoryMirror mirror;
    NoJournal journal;
    net::RateBudget budget{clock, journal};
    LocalState local{&budget, &mirror};
};

TEST_F(FalconPullTest, the_first_pull_takes_everything_newest_first) {
    publish(2500);
    const auto outcome = pull();
    ASSERT_TRUE(outcome) << outcome.error().message;
    EXPECT_EQ(mirrored(), 2500U);
    EXPECT_THAT(outcome->warnings, testing::IsEmpty());
    EXPECT_EQ(outcome->records, 2500U);
}

TEST_F(FalconPullTest, an_hour_later_only_what_changed_is_asked_for) {
    publish(2500);
    ASSERT_TRUE(pull());
    publish(30, k_now);
    row(3).deleted = true;
    row(3).marker = marker_of(k_now + 50, 1);
    row(4).confidence = "low";
    row(4).marker = marker_of(k_now + 50, 2);
    const auto outcome = pull();
    ASSERT_TRUE(outcome);
    EXPECT_EQ(outcome->records, 32U);
    EXPECT_EQ(mirrored(), 2529U);
    EXPECT_EQ(urls().count(row(3).value), 0U) << "deletions arrive";
    EXPECT_EQ(urls().at(row(4).value).confidence, Confidence::low) << "downgrades arrive";
}

TEST_F(FalconPullTest, many_changes_in_one_second_are_all_taken) {
    publish(10);
    ASSERT_TRUE(pull());
    for (int i = 0; i < 3000; ++i)
        cloud.rows.push_back({fmt::format("http://burst-{}.example/", i), marker_of(k_now + 1, i)});
    ASSERT_TRUE(pull());
    EXPECT_EQ(mirrored(), 3010U);
}

TEST_F(FalconPullTest, pages_go_on_without_the_next_page_header) {
    cloud.gives_next_page = false;
    publish(2500);
    ASSERT_TRUE(pull());
    EXPECT_EQ(mirrored(), 2500U);
}

TEST_F(FalconPullTest, a_row_that_is_touched_while_the_history_is_read_is_not_lost) {
    publish(3000);
    int pages = 0;
    cloud.before_page = [&] {
        if (++pages == 3) row(0).marker = marker_of(k_now + 10, 1);  // the oldest jumps over what was read already
    };
    ASSERT_TRUE(pull());
    EXPECT_EQ(mirrored(), 3000U);
    EXPECT_EQ(urls().at(row(0).value).marker, marker_of(k_now + 10, 1));
}

TEST_F(FalconPullTest, a_pull_that_dies_goes_on_where_it_was) {
    publish(3000);
    int pages = 0;
    cloud.meddle = [&](const net::Request& request) -> std::optional<Result<net::Response>> {
        if (request.url.find("/intel/") == std::string::npos || ++pages < 4) return std::nullopt;
        return fail(Code::refused, "gone");
    };
    EXPECT_FALSE(pull());
    EXPECT_EQ(mirrored(), 2000U) << "what came before the failure is kept";
    cloud.meddle = nullptr;
    cloud.requests.clear();
    const auto outcome = pull();
    ASSERT_TRUE(outcome);
    EXPECT_EQ(mirrored(), 3000U);
    EXPECT_EQ(outcome->records, 1000U) << "nothing is pulled twice";
}

TEST_F(FalconPullTest, history_that_does_not_fit_the_run_follows_later) {
    publish(5000);
    account.history_time = 90s;
    cloud.before_page = [&] { clock.advance(60s); };
    const auto first = pull();
    ASSERT_TRUE(first);
    EXPECT_FALSE(first->warnings.empty());
    EXPECT_LT(mirrored(), 5000U);
    for (int i = 0; i < 5; ++i) ASSERT_TRUE(pull());
    EXPECT_EQ(mirrored(), 5000U);
}

TEST_F(FalconPullTest, surer_indicators_come_first_and_unwanted_ones_not_at_all) {
    publish(100, k_now - 1000, "low");
    publish(100, k_now - 9000, "medium");
    publish(100, k_now - 99'000, "high");
    ASSERT_TRUE(pull(Confidence::medium));
    EXPECT_EQ(mirrored(), 200U);
    ASSERT_TRUE(pull(Confidence::low));
    EXPECT_EQ(mirrored(), 300U) << "a list that wants more later gets the rest";
}

TEST_F(FalconPullTest, a_page_that_is_refused_is_asked_for_in_halves) {
    account.page_size = 5000;
    cloud.page_cap = 2500;
    publish(6000);
    ASSERT_TRUE(pull());
    EXPECT_EQ(mirrored(), 6000U);
    EXPECT_EQ(cloud.count("limit=5000"), 1U);
}

TEST_F(FalconPullTest, what_left_without_a_word_leaves_when_everything_is_read_again) {
    publish(100);
    ASSERT_TRUE(pull());
    cloud.rows.erase(cloud.rows.begin());  // deleted, and no change says so
    clock.advance(8 * 24h);
    ASSERT_TRUE(pull());
    EXPECT_EQ(mirrored(), 99U);
}

TEST_F(FalconPullTest, what_is_touched_while_all_is_read_again_is_not_taken_for_gone) {
    publish(3000);
    ASSERT_TRUE(pull());
    clock.advance(8 * 24h);
    int pages = 0;
    std::uint64_t later = k_now + 8 * 86'400;
    cloud.before_page = [&] {  // the oldest row jumps to the newest end before the walk comes to it
        if (++pages == 3) row(0).marker = marker_of(later, 1);
    };
    ASSERT_TRUE(pull());
    EXPECT_EQ(mirrored(), 3000U);
    clock.advance(8 * 24h);
    later += 8 * 86'400;
    pages = 0;
    bool has_swept = false;
    cloud.before_page = [&] {
        if (++pages == 3) row(1).marker = marker_of(later, 2);
    };
    cloud.meddle = [&](const net::Request& request) -> std::optional<Result<net::Response>> {
        const bool follows = net::percent_decode(request.url).find("sort=_marker.asc") != std::string::npos;
        has_swept = has_swept || pages >= 4;
        if (!follows || !has_swept) return std::nullopt;
        return net::Response{403, {}, "{}", false};
    };
    EXPECT_FALSE(pull()) << "a mirror with a hole in it is not read";
    cloud.meddle = nullptr;
    ASSERT_TRUE(pull());
    EXPECT_EQ(mirrored(), 3000U);
}

TEST_F(FalconPullTest, what_leaves_a_raw_filter_by_a_change_leaves_the_mirror) {
    publish(10);
    ASSERT_TRUE(pull(Confidence::high, "labels:'Malware/Test'"));
    EXPECT_EQ(mirrored(), 10U);
    row(3).label = "Malware/Other";
    row(3).marker = marker_of(k_now + 50, 1);
    row(4).marker = marker_of(k_now + 50, 2);  // touched, and fits as before
    ASSERT_TRUE(pull(Confidence::high, "labels:'Malware/Test'"));
    EXPECT_EQ(mirrored(), 9U);
    EXPECT_EQ(urls().count(row(3).value), 0U);
    EXPECT_EQ(urls().count(row(4).value), 1U);
}

TEST_F(FalconPullTest, a_raw_filter_is_pulled_on_its_own) {
    publish(3);
    ASSERT_TRUE(pull(Confidence::high, "actors:'X'"));
    EXPECT_GT(cloud.count("+(actors:'X')"), 0U);
    EXPECT_THAT(mirror.streams.begin()->first, HasSubstr("url actors:'X'"));
}

/// Answers that must not be taken for the end of the list.
struct BadPage {
    const char* name;
    net::Response answer;
    const char* says;
};

class BadFalconPage : public FalconPullTest, public testing::WithParamInterface<BadPage> {};

INSTANTIATE_TEST_SUITE_P(
    Cases, BadFalconPage,
    testing::Values(
        BadPage{"null_resources", {200, {}, R"({"resources":null,"errors":null})", false}, "no list of resources"},
        BadPage{"errors_in_a_success",
                {200, {}, R"({"resources":[],"errors":[{"code":500,"message":"oops"}]})", false},
                "oops"},
        BadPage{"html", {200, {}, "<html>hello</html>", false}, "no JSON"},
        BadPage{"torn", {200, {}, R"({"resources":[{"id":"url_x","indicator":"x)", false}, "torn"},
        BadPage{"no_marker",
                {200, {}, R"({"resources":[{"indicator":"http://a.example/","type":"url"}]})", false},
                "_marker"},
        BadPage{"an_empty_page_with_another",
                {200, {{"next-page", "/intel/combined/indicators/v1?a=b"}}, R"({"resources":[]})", false},
                "empty page"}),
    [](const auto& bad) { return std::string(bad.param.name); });

TEST_P(BadFalconPage, is_an_error_and_keeps_the_mirror) {
    publish(10);
    ASSERT_TRUE(pull());
    cloud.meddle = [&](const net::Request& request) -> std::optional<Result<net::Response>> {
        if (request.url.find("/intel/") == std::string::npos) return std::nullopt;
        return GetParam().answer;
    };
    const auto outcome = pull();
    ASSERT_FALSE(outcome);
    EXPECT_EQ(outcome.error().code, Code::corrupt);
    EXPECT_THAT(outcome.error().message, HasSubstr(GetParam().says));
    EXPECT_EQ(mirrored(), 10U);
}

TEST_F(FalconPullTest, a_first_answer_that_loses_its_rows_is_not_an_empty_account) {
    publish(10);
    cloud.meddle = [&](const net::Request& request) -> std::optional<Result<net::Response>> {
        if (request.url.find("limit=1&") == std::string::npos) return std::nullopt;
        return net::Response{200, {}, R"({"meta":{"pagination":{"total":10}},"resources":[]})", false};
    };
    const auto outcome = pull();
    ASSERT_FALSE(outcome);
    EXPECT_EQ(outcome.error().code, Code::corrupt);
}

TEST_F(FalconPullTest, a_next_page_on_another_host_is_not_followed) {
    publish(10);
    for (const char* next :
         {"https://evil.example/intel/combined/indicators/v1?a=b", "//evil.example/intel/combined/indicators/v1?a=b",
          "/oauth2/token?a=b", "/intel/combined/indicators/v1/../../x?a=b", "@evil.example/"}) {
        mirror = {};
        cloud.meddle = [&](const net::Request& request) -> std::optional<Result<net::Response>> {
            EXPECT_THAT(request.url, HasSubstr("https://falcon.example/"));
            EXPECT_THAT(request.url, Not(HasSubstr("evil")));
            if (request.url.find("malicious_confidence") == std::string::npos) return std::nullopt;
            return net::Response{
                200,
                {{"next-page", next}},
                R"({"resources":[{"indicator":"http://a.example/","type":"url","_marker":"1795262000ab"}]})",
                false};
        };
        const auto outcome = pull();
        ASSERT_FALSE(outcome) << next;
        EXPECT_THAT(outcome.error().message, HasSubstr("leads elsewhere")) << next;
    }
}

TEST_F(FalconPullTest, a_page_that_repeats_itself_ends_the_pull) {
    publish(10);
    cloud.meddle = [&](const net::Request& request) -> std::optional<Result<net::Response>> {
        if (request.url.find("malicious_confidence") == std::string::npos) return std::nullopt;
        return net::Response{
            200,
            {{"next-page", "/intel/combined/indicators/v1?filter=malicious_confidence"}},
            R"({"resources":[{"indicator":"http://a.example/","type":"url","_marker":"1795262000ab"}]})",
            false};
    };
    const auto outcome = pull();
    ASSERT_FALSE(outcome);
    EXPECT_THAT(outcome.error().message, HasSubstr("repeats"));
}

TEST_F(FalconPullTest, a_filter_that_is_not_understood_fails_its_own_list_only) {
    publish(10);
    cloud.meddle = [&](const net::Request& request) -> std::optional<Result<net::Response>> {
        if (net::percent_decode(request.url).find("+(oops)") == std::string::npos) return std::nullopt;
        return net::Response{400, {}, R"({"errors":[{"code":400,"message":"bad filter"}]})", false};
    };
    FalconPull one(std::make_unique<FalconHttp>(cloud), account, clock, {}, std::mt19937_64{1}, local);
    const FalconStream good{FalconType::url, ""}, bad{FalconType::url, "oops"};
    one.want(good, Confidence::high);
    one.want(bad, Confidence::high);
    EXPECT_TRUE(one.refresh({good}, {}));
    EXPECT_FALSE(one.refresh({bad}, {}));
}

TEST_F(FalconPullTest, a_short_page_is_not_the_end_where_the_service_caps_pages_silently) {
    publish(700);
    cloud.silent_cap = 200;
    cloud.gives_next_page = false;
    ASSERT_TRUE(pull());
    EXPECT_EQ(mirrored(), 700U);
}

TEST_F(FalconPullTest, an_empty_answer_that_says_nothing_of_its_total_sweeps_nothing) {
    publish(100);
    ASSERT_TRUE(pull());
    clock.advance(8 * 24h);
    cloud.meddle = [&](const net::Request& request) -> std::optional<Result<net::Response>> {
        if (request.url.find("malicious_confidence") == std::string::npos) return std::nullopt;
        return net::Response{200, {}, R"({"resources":[],"errors":[]})", false};
    };
    ASSERT_TRUE(pull());
    EXPECT_EQ(mirrored(), 100U);
}

TEST_F(FalconPullTest, a_row_that_comes_late_in_the_newest_second_is_not_missed) {
    cloud.rows.push_back({"http://a.example/", marker_of(k_now, 900)});
    ASSERT_TRUE(pull());
    cloud.rows.push_back({"http://b.example/", marker_of(k_now, 5)});
    clock.advance(1h);
    ASSERT_TRUE(pull());
    EXPECT_EQ(mirrored(), 2U);
}

TEST_F(FalconPullTest, another_process_that_pulls_meanwhile_does_not_bring_deleted_rows_back) {
    publish(3000);
    int pages = 0;
    cloud.before_page = [&] {
        if (++pages != 3) return;
        // A plan of another process pulls while our page is under way: the oldest row is deleted.
        cloud.before_page = nullptr;
        row(0).deleted = true;
        row(0).marker = marker_of(k_now + 5, 1);
        ASSERT_TRUE(pull());
    };
    clock.advance(1h);
    ASSERT_TRUE(pull());
    EXPECT_EQ(mirrored(), 2999U);
}

TEST_F(FalconPullTest, accounts_do_not_share_rows_or_cursors) {
    publish(10);
    ASSERT_TRUE(pull());
    account.client_id = Secret("another-client");
    ASSERT_TRUE(pull());
    EXPECT_EQ(mirror.streams.size(), 2U);
}

TEST_F(FalconPullTest, bytes_that_are_no_text_do_not_kill_the_account) {
    publish(3);
    row(1).value = "http://bad-\xff-\x01.example/";
    ASSERT_TRUE(pull());
    EXPECT_EQ(mirrored(), 3U);
}

TEST_F(FalconPullTest, lists_of_one_account_share_one_pull_and_one_token) {
    publish(10);
    FalconPull one(std::make_unique<FalconHttp>(cloud), account, clock, {}, std::mt19937_64{1}, local);
    const FalconStream urls{FalconType::url, ""}, domains{FalconType::domain, ""};
    one.want(urls, Confidence::high);
    one.want(domains, Confidence::high);
    ASSERT_TRUE(one.refresh({urls}, {}));
    const auto asked = cloud.requests.size();
    ASSERT_TRUE(one.refresh({domains}, {}));
    EXPECT_EQ(cloud.requests.size(), asked);
    EXPECT_EQ(cloud.count("POST https://falcon.example/oauth2/token"), 1U);
    EXPECT_EQ(cloud.count("POST https://falcon.example/oauth2/revoke"), 1U);
}

}  // namespace
}  // namespace cordon::feeds
