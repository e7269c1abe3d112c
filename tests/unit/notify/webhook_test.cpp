#include "notify/webhook.hpp"

#include <deque>
#include <mutex>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "net/http_server.hpp"
#include "notify/webhook_body.hpp"
#include "tests/unit/notify/scene.hpp"

namespace cordon::notify {
namespace {

using testing::guard_notice;
using ::testing::HasSubstr;
using testing::k_morning;
using testing::k_teller;
using ::testing::Not;
using testing::options_of;

constexpr const char* k_key = "SecretKeyInThePath77";

/// A service on loopback that answers as it is told, then 200.
class WebhookService : public ::testing::Test {
protected:
    void SetUp() override {
        server_ = net::HttpServer::start("127.0.0.1", 0, [this](const net::ServerRequest& request) {
                      const std::lock_guard lock(mutex_);
                      requests_.push_back(request);
                      if (answers_.empty()) return net::ServerResponse{200, {}, "ok", {}};
                      auto answer = answers_.front();
                      answers_.pop_front();
                      return answer;
                  }).value();
    }
    std::string url() const {
        return "http://127.0.0.1:" + std::to_string(server_->port()) + "/services/" + k_key + "?sig=" + k_key;
    }
    std::unique_ptr<Notifier> webhook(const std::string& kind) {
        return make_webhook(options_of({{"kind", kind}, {"url", url()}}), net::make_curl_client({}), k_teller, clock_,
                            std::mt19937_64(1));
    }

    ManualClock clock_{k_morning};
    std::mutex mutex_;
    std::deque<net::ServerResponse> answers_;
    std::vector<net::ServerRequest> requests_;
    std::unique_ptr<net::HttpServer> server_;
};

TEST_F(WebhookService, gets_the_notice_as_json_of_ours) {
    const auto sent = webhook("webhook")->send(guard_notice(), {});
    ASSERT_TRUE(sent) << sent.error().message;
    ASSERT_EQ(requests_.size(), 1U);
    EXPECT_EQ(requests_[0].method, "POST");
    EXPECT_EQ(requests_[0].header("content-type"), "application/json");
    const auto body = nlohmann::json::parse(requests_[0].body);
    EXPECT_EQ(body.at("event"), "guard_stopped");
    EXPECT_EQ(body.at("subject"), "Prevent \"Domains\"]");
    EXPECT_EQ(body.at("host"), "host-1");
    EXPECT_EQ(body.at("at"), "2026-11-21T09:30:00Z");
    EXPECT_EQ(body.at("since"), "2026-11-21T08:30:00Z");
    EXPECT_EQ(body.at("run"), "20261121T093000Z-3f2a");
}

TEST_F(WebhookService, gets_slacks_shape_with_its_signs_escaped) {
    ASSERT_TRUE(webhook("slack")->send(guard_notice(), {}));
    const auto body = nlohmann::json::parse(requests_.at(0).body);
    EXPECT_EQ(body.size(), 1U);
    EXPECT_EQ(body.at("text"),
              "*The guard stopped the plan for 'Prevent Domains'*\nIt would remove 900 of 1,000 entries. &lt;Look&gt; "
              "at it &amp; decide.\n_Cordon 0.1.0 on host-1, 2026-11-21 09:30:00 UTC, run 20261121T093000Z-3f2a_");
}

TEST_F(WebhookService, gets_teams_shape_as_an_adaptive_card) {
    ASSERT_TRUE(webhook("teams")->send(guard_notice(), {}));
    const auto body = nlohmann::json::parse(requests_.at(0).body);
    EXPECT_EQ(body.at("type"), "message");
    const auto& attachment = body.at("attachments").at(0);
    EXPECT_EQ(attachment.at("contentType"), "application/vnd.microsoft.card.adaptive");
    EXPECT_EQ(attachment.at("content").at("type"), "AdaptiveCard");
    EXPECT_EQ(attachment.at("content").at("body").at(0).at("text"), "The guard stopped the plan for 'Prevent Domains'");
}

TEST_F(WebhookService, that_has_trouble_is_asked_again_after_the_wait_it_wants) {
    answers_ = {{503, {}, "", {}}, {429, {{"Retry-After", "7"}}, "", {}}};
    ASSERT_TRUE(webhook("webhook")->send(guard_notice(), {}));
    EXPECT_EQ(requests_.size(), 3U);
    EXPECT_GE(clock_.now() - k_morning, std::chrono::milliseconds{7'750});
    EXPECT_LE(clock_.now() - k_morning, std::chrono::seconds{9});
}

TEST_F(WebhookService, is_given_up_after_three_attempts) {
    for (int i = 0; i < 5; ++i) answers_.push_back({500, {}, "", {}});
    const auto sent = webhook("webhook")->send(guard_notice(), {});
    ASSERT_FALSE(sent);
    EXPECT_EQ(requests_.size(), 3U);
    EXPECT_EQ(sent.error().message, "127.0.0.1 answered 500");
}

TEST_F(WebhookService, that_wants_a_long_wait_is_left_for_the_next_run) {
    answers_ = {{429, {{"Retry-After", "3600"}}, "", {}}};
    EXPECT_FALSE(webhook("webhook")->send(guard_notice(), {}));
    EXPECT_EQ(requests_.size(), 1U);
    EXPECT_EQ(clock_.now(), k_morning);
}

TEST_F(WebhookService, that_refuses_is_not_asked_again_and_its_words_are_not_repeated) {
    for (const int status : {302, 400, 403, 404, 410}) {
        answers_ = {{status, {{"Location", url()}}, std::string("no such hook ") + k_key, {}}};
        requests_.clear();
        const auto sent = webhook("slack")->send(guard_notice(), {});
        ASSERT_FALSE(sent) << status;
        EXPECT_EQ(sent.error().code, Code::refused);
        EXPECT_EQ(requests_.size(), 1U) << status;
        EXPECT_THAT(sent.error().message, HasSubstr("127.0.0.1 answered " + std::to_string(status)));
        EXPECT_THAT(sent.error().message, Not(HasSubstr(k_key)));
    }
}

TEST_F(WebhookService, that_cannot_be_reached_is_named_without_the_key_in_its_path) {
    const auto receiver = webhook("webhook");
    server_->stop();
    const auto sent = receiver->send(guard_notice(), {});
    ASSERT_FALSE(sent);
    EXPECT_EQ(sent.error().code, Code::unreachable);
    EXPECT_THAT(sent.error().message, HasSubstr("127.0.0.1"));
    EXPECT_THAT(sent.error().message, Not(HasSubstr(k_key)));
    EXPECT_THAT(receiver->receiver(), Not(HasSubstr(k_key)));
}

TEST_F(WebhookService, that_speaks_no_tls_or_whose_certificate_is_not_known_gets_nothing) {
    auto https = url();
    https.replace(0, 4, "https");
    const auto receiver = make_webhook(options_of({{"kind", "teams"}, {"url", https}}), net::make_curl_client({}),
                                       k_teller, clock_, std::mt19937_64(1));
    const auto sent = receiver->send(guard_notice(), {});
    ASSERT_FALSE(sent);
    EXPECT_THAT(sent.error().message, Not(HasSubstr(k_key)));
    EXPECT_TRUE(requests_.empty());
}

TEST_F(WebhookService, is_not_waited_for_once_a_stop_is_asked_for) {
    answers_ = {{503, {}, "", {}}};
    std::stop_source stop;
    stop.request_stop();
    EXPECT_FALSE(webhook("webhook")->send(guard_notice(), stop.get_token()));
    EXPECT_LE(requests_.size(), 1U);
}

TEST(WebhookBody, of_names_that_are_no_utf8_is_json_all_the_same) {
    auto notice = guard_notice();
    notice.subject = "bad \xff name";
    for (const auto kind : {Kind::webhook, Kind::slack, Kind::teams}) {
        EXPECT_TRUE(nlohmann::json::accept(webhook_body(kind, notice, k_teller)));
    }
}

}  // namespace
}  // namespace cordon::notify
