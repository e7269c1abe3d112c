#include "tests/unit/gateways/rig.hpp"

namespace cordon::gateways::zia {
namespace {

using core::ActivationState;

TEST(Activation, is_one_request_when_zia_answers_active) {
    Rig rig;
    EXPECT_EQ(rig.gateway->activate({}), ActivationState::active);
    EXPECT_EQ(rig.zia.count("POST /status/activate"), 1U);
    EXPECT_EQ(rig.zia.count("GET /status"), 0U);
}

TEST(Activation, in_progress_is_looked_at_again) {
    Rig rig;
    rig.zia.status_after_activation = "INPROGRESS";
    EXPECT_EQ(rig.gateway->activate({}), ActivationState::active);
    EXPECT_EQ(rig.zia.count("POST /status/activate"), 1U);
    EXPECT_EQ(rig.zia.count("GET /status"), 2U);
}

TEST(Activation, in_progress_for_ever_is_reported_as_such) {
    Rig rig;
    rig.zia.status_after_activation = "INPROGRESS";
    for (int i = 0; i < 50; ++i) rig.zia.reply_once("GET /status", {200, R"({"status":"INPROGRESS"})", {}});
    const auto before = rig.clock.now();
    EXPECT_EQ(rig.gateway->activate({}), ActivationState::in_progress);
    EXPECT_LE(rig.zia.count("GET /status"), 8U) << "the pauses grow";
    EXPECT_GE(rig.clock.now() - before, std::chrono::seconds{60});
    EXPECT_LE(rig.clock.now() - before, std::chrono::seconds{65}) << "activation_wait bounds it";
}

TEST(Activation, in_progress_is_awaited_no_longer_than_the_settings_say) {
    auto options = Rig::usual_options();
    options.activation_wait = std::chrono::seconds{5};
    Rig rig(options);
    rig.zia.status_after_activation = "INPROGRESS";
    for (int i = 0; i < 50; ++i) rig.zia.reply_once("GET /status", {200, R"({"status":"INPROGRESS"})", {}});
    const auto before = rig.clock.now();
    EXPECT_EQ(rig.gateway->activate({}), ActivationState::in_progress);
    EXPECT_EQ(rig.zia.count("GET /status"), 4U) << "at once, after 1, 3 and 5 s";
    EXPECT_LE(rig.clock.now() - before, std::chrono::seconds{7});
}

TEST(Activation, in_progress_is_left_at_once_when_told_to_stop) {
    Rig rig;
    rig.zia.status_after_activation = "INPROGRESS";
    for (int i = 0; i < 50; ++i) rig.zia.reply_once("GET /status", {200, R"({"status":"INPROGRESS"})", {}});
    const auto before = rig.clock.now();
    rig.stop.request_stop();
    (void)rig.gateway->activate(rig.stop.get_token());
    EXPECT_LE(rig.clock.now() - before, std::chrono::seconds{2});
}

TEST(Activation, comes_with_the_end_of_a_legacy_session) {
    EXPECT_TRUE(Rig().gateway->publishes_on_leave());
}

TEST(Activation, pending_behind_other_admins_is_an_answer) {
    Rig rig;
    rig.zia.status_after_activation = "PENDING";
    EXPECT_EQ(rig.gateway->activate({}), ActivationState::pending);
}

TEST(Activation, is_asked_again_after_503_and_an_edit_lock) {
    Rig rig;
    rig.zia.reply_once("POST /status/activate", {503, R"({"message":"x"})", {}});
    rig.zia.reply_once("POST /status/activate", {409, R"({"code":"EDIT_LOCK_NOT_AVAILABLE"})", {}});
    EXPECT_EQ(rig.gateway->activate({}), ActivationState::active);
}

TEST(Activation, without_a_readable_answer_is_settled_by_the_status) {
    Rig rig;
    rig.zia.garble_once("POST /status/activate", "");
    EXPECT_EQ(rig.gateway->activate({}), ActivationState::active);
    EXPECT_EQ(rig.zia.count("GET /status"), 1U);
}

TEST(Activation, that_fails_for_good_says_so) {
    Rig rig;
    for (int i = 0; i < 20; ++i) rig.zia.reply_once("POST /status/activate", {503, "", {}});
    const auto result = rig.gateway->activate({});
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code, Code::unreachable);
}

TEST(Leaving, without_a_session_asks_nothing) {
    Rig rig;
    EXPECT_EQ(rig.gateway->leave(true, {}), "");
    EXPECT_EQ(rig.gateway->leave(false, {}), "");
    EXPECT_TRUE(rig.zia.seen.empty());
}

TEST(Leaving, signs_out_once) {
    Rig rig;
    rig.inventory({});
    EXPECT_EQ(rig.gateway->leave(false, {}), "");
    EXPECT_EQ(rig.gateway->leave(false, {}), "");
    EXPECT_EQ(rig.zia.count("DELETE /authenticatedSession"), 1U);
}

TEST(Leaving, does_not_sign_out_where_that_would_publish_somebodys_changes) {
    Rig rig;
    rig.inventory({});
    rig.zia.status = "PENDING";
    const auto sentence = rig.gateway->leave(true, {});
    ASSERT_TRUE(sentence);
    EXPECT_NE(sentence->find("publish"), std::string::npos);
    EXPECT_EQ(rig.zia.count("DELETE "), 0U);
    EXPECT_EQ(rig.zia.status, "PENDING");
}

TEST(Leaving, does_not_sign_out_when_the_status_is_not_known) {
    Rig rig;
    rig.inventory({});
    for (int i = 0; i < 20; ++i) rig.zia.reply_once("GET /status", {500, "", {}});
    EXPECT_NE(*rig.gateway->leave(true, {}), "");
    EXPECT_EQ(rig.zia.count("DELETE "), 0U);
}

TEST(Leaving, signs_out_where_nothing_is_pending) {
    Rig rig;
    rig.inventory({});
    EXPECT_EQ(rig.gateway->leave(true, {}), "");
    EXPECT_EQ(rig.zia.count("DELETE "), 1U);
}

TEST(Leaving, ends_the_session_after_a_stop_too) {
    Rig rig;
    rig.inventory({});
    rig.stop.request_stop();
    EXPECT_EQ(rig.gateway->leave(false, rig.stop.get_token()), "");
    EXPECT_EQ(rig.zia.count("DELETE "), 1U);
}

TEST(Leaving, a_session_that_is_gone_is_closed) {
    Rig rig;
    rig.inventory({});
    rig.zia.reply_once("DELETE ", {401, R"({"code":"SESSION_NOT_VALID"})", {}});
    EXPECT_EQ(rig.gateway->leave(false, {}), "");
    EXPECT_EQ(rig.zia.count("POST /authenticatedSession"), 1U);
}

}  // namespace
}  // namespace cordon::gateways::zia
