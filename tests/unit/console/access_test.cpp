#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/file.hpp"
#include "base/log.hpp"
#include "console/forwarded.hpp"
#include "console/settings.hpp"
#include "tests/unit/console/visit.hpp"

namespace cordon::console {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

TEST(TheGate, answers_to_its_own_names_alone) {
    Visit visit;
    for (const auto* host : {"localhost", "LOCALHOST:8470", "127.0.0.1:8470", "[::1]:1"}) {
        visit.host = host;
        EXPECT_EQ(visit.get("/").status, 200) << host;
    }
    for (const auto* host : {"evil.example", "localhost.evil.example", "127.0.0.1.evil.example:8470", ""}) {
        visit.host = host;
        EXPECT_EQ(visit.get("/").status, 421) << host;
        EXPECT_EQ(visit.get("/assets/console.js").status, 421) << host;
    }
    visit.host = "localhost:8470";
    for (const auto* origin : {"http://evil.example", "null", "file://localhost"}) {
        visit.more_headers = {{"origin", origin}};
        EXPECT_EQ(visit.get("/").status, 421) << origin;
    }
}

TEST(TheGate, lets_look_without_sign_in_on_loopback_alone) {
    Visit visit;
    EXPECT_EQ(visit.get("/").status, 200);
    EXPECT_EQ(visit.get("/api/v1/overview").status, 200);
    visit.address = "192.0.2.7";
    EXPECT_EQ(visit.get("/").status, 303);
    EXPECT_EQ(header_of(visit.get("/runs?page=2"), "Location"), "/sign-in?next=%2Fruns%3Fpage%3D2");
    EXPECT_EQ(visit.get("/api/v1/overview").status, 401);
    EXPECT_EQ(visit.get("/events").status, 401);
    visit.address = "127.0.0.1";
    visit.more_headers = {{"x-forwarded-for", "192.0.2.7"}};
    EXPECT_EQ(visit.get("/api/v1/overview").status, 401);
}

TEST(TheMetrics, are_for_programs_of_this_machine_and_for_tokens) {
    Visit visit;
    EXPECT_EQ(visit.get("/metrics").body, "cordon_up 1\n");
    visit.address = "::ffff:127.0.0.1";
    EXPECT_EQ(visit.get("/metrics").status, 200);
    EXPECT_EQ(header_of(visit.get("/metrics"), "X-Content-Type-Options"), "nosniff");
    visit.host = "evil.example";
    EXPECT_EQ(visit.get("/metrics").status, 421);
    visit.host = "localhost:8470";
    visit.more_headers = {{"x-forwarded-for", "192.0.2.7"}};
    EXPECT_EQ(visit.get("/metrics").status, 401);
    visit.more_headers = {};
    visit.address = "192.0.2.7";
    EXPECT_EQ(visit.get("/metrics").status, 401);
    const auto token = visit.accounts().add_token("prometheus", Role::viewer, visit.world.clock.now()).value();
    visit.more_headers = {{"authorization", "Bearer " + std::string(token.reveal())}};
    EXPECT_EQ(visit.get("/metrics").status, 200);
}

TEST(TheMetrics, take_a_sign_in_where_the_settings_say_so) {
    Visit visit;
    visit.options.sign_in_to_read = true;
    EXPECT_EQ(visit.get("/metrics").status, 401);
}

TEST(TheGate, asks_for_a_sign_in_on_loopback_too_where_the_settings_say_so) {
    Visit visit;
    visit.options.sign_in_to_read = true;
    EXPECT_EQ(visit.get("/").status, 303);
    visit.add_user("alice", Role::viewer);
    EXPECT_EQ(visit.sign_in("alice", Visit::k_password).status, 303);
    EXPECT_EQ(visit.get("/").status, 200);
}

TEST(ASignIn, gives_a_cookie_that_scripts_and_other_sites_do_not_get) {
    Visit visit;
    visit.add_user("alice", Role::operator_);
    const auto response = visit.sign_in("alice", Visit::k_password);
    ASSERT_EQ(response.status, 303) << response.body;
    const auto cookie = header_of(response, "Set-Cookie");
    EXPECT_THAT(cookie, HasSubstr("cordon_session="));
    EXPECT_THAT(cookie, HasSubstr("; HttpOnly; SameSite=Strict"));
    EXPECT_THAT(cookie, Not(HasSubstr("Secure")));
    EXPECT_THAT(visit.get("/").body, HasSubstr("alice"));
    ASSERT_EQ(visit.desk.records.size(), 1U);
    EXPECT_EQ(visit.desk.records[0].who, "alice");
}

TEST(ASignIn, over_tls_gives_a_cookie_for_this_host_alone) {
    Visit visit;
    visit.options.is_tls = true;
    visit.add_user("alice", Role::operator_);
    const auto response = visit.sign_in("alice", Visit::k_password);
    EXPECT_THAT(header_of(response, "Set-Cookie"), HasSubstr("__Host-cordon_session="));
    EXPECT_THAT(header_of(response, "Set-Cookie"), HasSubstr("; Secure"));
    EXPECT_THAT(header_of(response, "Strict-Transport-Security"), HasSubstr("max-age"));
}

TEST(ASignIn, fails_alike_for_a_wrong_password_and_an_unknown_user) {
    Visit visit;
    visit.add_user("alice", Role::operator_);
    const auto wrong = visit.sign_in("alice", "wrong wrong wrong");
    const auto unknown = visit.sign_in("mallory", "wrong wrong wrong");
    EXPECT_EQ(wrong.status, 401);
    EXPECT_EQ(unknown.status, 401);
    EXPECT_THAT(wrong.body, HasSubstr("user or password is wrong"));
    EXPECT_THAT(unknown.body, HasSubstr("user or password is wrong"));
    EXPECT_THAT(visit.get("/").body, Not(HasSubstr("alice")));
}

TEST(ASignIn, that_failed_keeps_the_name_and_the_way_and_leads_to_no_other_host) {
    Visit visit;
    visit.add_user("alice", Role::operator_);
    const auto failed_on_the_way_to = [&](const std::string& next) {
        return visit.post("/sign-in", {{"user", "\"><b>alice"}, {"password", "wrong"}, {"next", next}}).body;
    };
    EXPECT_THAT(failed_on_the_way_to("/audit"), AllOf(HasSubstr("name=\"next\" value=\"/audit\""),
                                                      HasSubstr("&gt;&lt;b&gt;alice\""), Not(HasSubstr("<b>alice"))));
    EXPECT_THAT(failed_on_the_way_to("//evil.example/"), Not(HasSubstr("evil.example")));
}

TEST(ASignIn, is_slowed_down_after_failures_and_goes_on_after_the_wait) {
    Visit visit;
    visit.add_user("alice", Role::operator_);
    for (int i = 0; i < Throttle::k_free_failures; ++i) EXPECT_EQ(visit.sign_in("alice", "wrong").status, 401);
    const auto refused = visit.sign_in("alice", Visit::k_password);
    EXPECT_EQ(refused.status, 429);
    EXPECT_EQ(header_of(refused, "Retry-After"), "2");
    visit.world.clock.advance(2s);
    EXPECT_EQ(visit.sign_in("alice", Visit::k_password).status, 303);
}

TEST(ASignIn, counts_all_names_that_nobody_can_have_as_one) {
    Visit visit;
    for (int i = 0; i < Throttle::k_free_failures; ++i) {
        visit.address = "192.0.2." + std::to_string(i);
        EXPECT_EQ(visit.sign_in(std::string(100'000, '!') + std::to_string(i), "wrong").status, 401);
    }
    visit.address = "192.0.2.99";
    EXPECT_EQ(visit.sign_in("<another>", "wrong").status, 429);
    EXPECT_EQ(visit.sign_in("mallory", "wrong").status, 401);
}

TEST(ASignIn, goes_on_to_where_it_was_asked_for_also_after_a_wrong_password) {
    Visit visit;
    visit.add_user("alice", Role::operator_);
    EXPECT_THAT(visit.sign_in("alice", "wrong", "/runs?page=2").body,
                HasSubstr("name=\"next\" value=\"/runs?page=2\""));
    EXPECT_EQ(header_of(visit.sign_in("alice", Visit::k_password, "/runs?page=2"), "Location"), "/runs?page=2");
}

TEST(ASignIn, without_the_form_of_this_browser_is_refused) {
    Visit visit;
    visit.add_user("alice", Role::operator_);
    EXPECT_EQ(visit.post("/sign-in", {{"user", "alice"}, {"password", Visit::k_password}}).status, 403);
    EXPECT_THAT(visit.cookies["cordon_session"], IsEmpty());
}

TEST(ASession, ends_when_idle_and_after_its_longest_time) {
    Visit visit;
    visit.add_user("alice", Role::operator_);
    ASSERT_EQ(visit.sign_in("alice", Visit::k_password).status, 303);
    visit.world.clock.advance(29min);
    EXPECT_NE(visit.form_token(), "");
    visit.world.clock.advance(30min);
    EXPECT_EQ(visit.form_token(), "");
    ASSERT_EQ(visit.sign_in("alice", Visit::k_password).status, 303);
    for (int i = 0; i < 25; ++i) {
        visit.world.clock.advance(29min);
        EXPECT_EQ(visit.form_token().empty(), i >= 24) << i;
    }
}

TEST(ASession, is_not_kept_alive_by_a_page_that_follows_the_runs) {
    Visit visit;
    visit.add_user("alice", Role::operator_);
    ASSERT_EQ(visit.sign_in("alice", Visit::k_password).status, 303);
    visit.world.clock.advance(20min);
    visit.more_headers = {{"x-cordon-refresh", "1"}};
    EXPECT_NE(visit.form_token(), "");
    visit.more_headers = {};
    EXPECT_EQ(visit.get("/events").status, 200);
    visit.world.clock.advance(10min);
    EXPECT_EQ(visit.form_token(), "");
}

TEST(ASession, ends_with_its_account_and_with_another_password) {
    Visit visit;
    visit.add_user("alice", Role::operator_);
    ASSERT_EQ(visit.sign_in("alice", Visit::k_password).status, 303);
    EXPECT_NE(visit.form_token(), "");
    visit.add_user("alice", Role::operator_);  // another salt
    EXPECT_EQ(visit.form_token(), "");
    ASSERT_EQ(visit.sign_in("alice", Visit::k_password).status, 303);
    ASSERT_TRUE(visit.accounts().remove_account("alice"));
    EXPECT_EQ(visit.form_token(), "");
}

TEST(ASession, ends_by_signing_out_with_its_own_form) {
    Visit visit;
    visit.add_user("alice", Role::operator_);
    ASSERT_EQ(visit.sign_in("alice", Visit::k_password).status, 303);
    EXPECT_EQ(visit.post("/sign-out", {{"form_token", "x"}}).status, 403);
    const auto session = visit.cookies["cordon_session"];
    EXPECT_EQ(visit.post("/sign-out", {{"form_token", visit.form_token()}}).status, 303);
    visit.cookies["cordon_session"] = session;
    EXPECT_EQ(visit.form_token(), "");
}

TEST(AToken, does_what_its_role_may_and_is_noted_when_used) {
    Visit visit;
    visit.address = "192.0.2.7";
    const auto viewer = visit.accounts().add_token("robot", Role::viewer, visit.world.clock.now()).value();
    const auto runner = visit.accounts().add_token("runner", Role::operator_, visit.world.clock.now()).value();
    visit.more_headers = {{"authorization", "Bearer " + std::string(viewer.reveal())}};
    EXPECT_EQ(visit.get("/api/v1/overview").status, 200);
    EXPECT_EQ(visit.post_json("/api/v1/run", Json::object()).status, 403);
    visit.more_headers = {{"authorization", "Bearer " + std::string(runner.reveal())}};
    EXPECT_EQ(visit.post_json("/api/v1/run", Json::object()).status, 202);
    ASSERT_EQ(visit.desk.wishes.size(), 1U);
    EXPECT_EQ(visit.desk.wishes[0].user, "token runner");
    EXPECT_EQ(visit.desk.records.back().who, "token runner");
    EXPECT_EQ(visit.accounts().book().value()->tokens[0].last_used, visit.world.clock.now());
    EXPECT_FALSE(visit.accounts().add_token("robot", Role::viewer, visit.world.clock.now()));
    ASSERT_TRUE(visit.accounts().remove_token("runner"));
    EXPECT_EQ(visit.post_json("/api/v1/run", Json::object()).status, 401);
}

TEST(AToken, that_is_wrong_lets_nobody_in_on_loopback_either) {
    Visit visit;
    visit.more_headers = {{"authorization", "Bearer cordon_wrong"}};
    EXPECT_EQ(visit.get("/api/v1/overview").status, 401);
}

TEST(AProxysUser, is_believed_only_with_the_secret) {
    Visit visit;
    visit.options.proxy_secret = Secret("shared-secret-of-the-proxy");
    visit.add_user("alice", Role::operator_);
    EXPECT_EQ(visit.get("/").status, 303);  // whoever stands before the proxy is not on loopback
    visit.more_headers = {{"x-remote-user", "alice"}};
    EXPECT_EQ(visit.get("/").status, 303);
    visit.more_headers = {{"x-remote-user", "alice"}, {"x-cordon-proxy-secret", "wrong"}};
    EXPECT_EQ(visit.get("/").status, 303);
    visit.more_headers = {{"x-remote-user", "alice"}, {"x-cordon-proxy-secret", "shared-secret-of-the-proxy"}};
    EXPECT_THAT(visit.get("/").body, HasSubstr("alice"));
    EXPECT_EQ(visit.post("/run", {{"form_token", "guessed"}}).status, 403);
    EXPECT_EQ(visit.post("/run", {{"form_token", visit.form_token()}}).status, 303);
    visit.more_headers[0].second = "guest";
    EXPECT_EQ(visit.get("/").status, 200);
    EXPECT_EQ(visit.post("/run", {{"form_token", visit.form_token("/")}}).status, 403);
    visit.more_headers.insert(visit.more_headers.begin(), {"x-remote-user", "alice"});
    EXPECT_EQ(visit.get("/").status, 303) << "the proxy added its header to the browser's: who is it?";
    visit.more_headers.erase(visit.more_headers.begin());
    visit.more_headers[0].second = "<b>";
    EXPECT_EQ(visit.get("/").status, 303);
}

TEST(AProxy, that_shows_the_secret_is_believed_about_address_and_tls) {
    Visit visit;
    visit.options.proxy_secret = Secret("shared-secret-of-the-proxy");
    visit.add_user("alice", Role::operator_);
    visit.more_headers = {{"x-cordon-proxy-secret", "shared-secret-of-the-proxy"},
                          {"x-forwarded-for", "192.0.2.66, 192.0.2.7"},
                          {"x-forwarded-proto", "https"}};
    for (int i = 0; i < Throttle::k_free_failures; ++i)
        EXPECT_EQ(visit.sign_in("user" + std::to_string(i), "wrong").status, 401);
    EXPECT_EQ(visit.sign_in("alice", Visit::k_password).status, 429);
    visit.more_headers[1].second = "192.0.2.7, 192.0.2.8";
    const auto response = visit.sign_in("alice", Visit::k_password);
    EXPECT_EQ(response.status, 303);
    EXPECT_THAT(header_of(response, "Set-Cookie"), HasSubstr("__Host-cordon_session="));
    EXPECT_THAT(header_of(response, "Set-Cookie"), HasSubstr("; Secure"));
    EXPECT_THAT(header_of(response, "Strict-Transport-Security"), HasSubstr("max-age"));
    EXPECT_EQ(visit.desk.records.back().why, "from 192.0.2.8");
}

TEST(AProxy, without_the_secret_says_nothing_that_counts) {
    Visit visit;
    visit.options.proxy_secret = Secret("shared-secret-of-the-proxy");
    visit.more_headers = {{"x-cordon-proxy-secret", "wrong"}, {"x-forwarded-proto", "https"}};
    for (int i = 0; i < Throttle::k_free_failures; ++i) {
        visit.more_headers.push_back({"x-forwarded-for", "192.0.2." + std::to_string(i)});
        const auto response = visit.sign_in("user" + std::to_string(i), "wrong");
        EXPECT_EQ(response.status, 401);
        EXPECT_EQ(header_of(response, "Strict-Transport-Security"), "");
    }
    EXPECT_EQ(visit.sign_in("mallory", "wrong").status, 429);
}

TEST(AForwardedAddress, is_the_last_hop_without_its_port) {
    const auto address_of = [](net::Header header) {
        net::ServerRequest request;
        request.headers = {{"x-forwarded-for", "198.51.100.1"}, std::move(header)};
        return forwarded_address(request);
    };
    EXPECT_EQ(address_of({"x-forwarded-for", "192.0.2.7 , 192.0.2.8:4711"}), "192.0.2.8");
    EXPECT_EQ(address_of({"x-forwarded-for", "[2001:db8::1]:4711"}), "2001:db8::1");
    EXPECT_EQ(address_of({"x-forwarded-for", "2001:db8::1"}), "2001:db8::1");
    for (const auto* none : {"unknown", "", "[", "192.0.2.7, "})
        EXPECT_EQ(address_of({"x-forwarded-for", none}), std::nullopt) << none;
}

TEST(AProxysUser, is_not_offered_to_sign_out_here) {
    Visit visit;
    visit.options.proxy_secret = Secret("shared-secret-of-the-proxy");
    visit.add_user("alice", Role::operator_);
    visit.more_headers = {{"x-cordon-proxy-secret", "shared-secret-of-the-proxy"}};
    ASSERT_EQ(visit.sign_in("alice", Visit::k_password).status, 303);
    EXPECT_THAT(visit.get("/").body, HasSubstr("Sign out"));
    visit.more_headers.push_back({"x-remote-user", "alice"});
    EXPECT_THAT(visit.get("/").body, Not(HasSubstr("Sign out")));
}

TEST(TheFormToken, is_another_text_on_each_page_and_always_good) {
    Visit visit;
    visit.add_user("olga", Role::operator_);
    ASSERT_EQ(visit.sign_in("olga", Visit::k_password).status, 303);
    const auto first = visit.form_token();
    const auto second = visit.form_token();
    for (std::size_t i = 0; i + 16 <= first.size(); i += 16)
        EXPECT_THAT(second, Not(HasSubstr(first.substr(i, 16)))) << "nothing constant for a compressor to find";
    EXPECT_EQ(visit.post("/run", {{"form_token", first}}).status, 303);
    EXPECT_EQ(visit.post("/run", {{"form_token", second}}).status, 303);
    auto spoiled = second;
    spoiled.back() = spoiled.back() == '0' ? '1' : '0';
    EXPECT_EQ(visit.post("/run", {{"form_token", spoiled}}).status, 403);
    EXPECT_EQ(visit.post("/run", {{"form_token", std::string(128, 'x')}}).status, 403);
}

TEST(AChange, takes_an_operator_who_is_signed_in) {
    Visit visit;
    EXPECT_EQ(visit.post("/run", {}).status, 401);
    visit.add_user("victor", Role::viewer);
    ASSERT_EQ(visit.sign_in("victor", Visit::k_password).status, 303);
    EXPECT_EQ(visit.post("/run", {{"form_token", visit.form_token("/")}}).status, 403);
    EXPECT_THAT(visit.desk.wishes, IsEmpty());
    visit.add_user("olga", Role::operator_);
    ASSERT_EQ(visit.sign_in("olga", Visit::k_password).status, 303);
    const auto token = visit.form_token();
    EXPECT_EQ(visit.get("/run").status, 404);  // looking never changes anything
    const auto done = visit.post("/run", {{"form_token", token}});
    EXPECT_EQ(header_of(done, "Location"), "/plan?said=run");
    ASSERT_EQ(visit.desk.wishes.size(), 1U);
    EXPECT_EQ(visit.desk.wishes[0].user, "olga");
    EXPECT_EQ(visit.desk.records.back().act, "console run");
    EXPECT_EQ(visit.desk.records.back().who, "olga");
}

TEST(AChange, from_another_page_is_refused) {
    Visit visit;
    visit.add_user("olga", Role::operator_);
    ASSERT_EQ(visit.sign_in("olga", Visit::k_password).status, 303);
    const auto token = visit.form_token();
    EXPECT_EQ(visit.post("/run", {}).status, 403);
    EXPECT_EQ(visit.post("/run", {{"form_token", std::string(64, '0')}}).status, 403);
    visit.more_headers = {{"sec-fetch-site", "same-site"}};
    EXPECT_EQ(visit.post("/run", {{"form_token", token}}).status, 403);
    visit.more_headers = {{"sec-fetch-site", "same-origin"}};
    EXPECT_EQ(visit.post("/run", {{"form_token", token}}).status, 303);
    visit.more_headers = {};
    net::ServerRequest request;  // a name of ours, but another port
    request.method = "POST";
    request.target = "/run";
    request.headers = {{"content-type", "application/x-www-form-urlencoded"}, {"origin", "http://localhost:9999"}};
    request.body = "form_token=" + token;
    EXPECT_EQ(visit.send(request).status, 403);
    request.headers = {{"content-type", "text/plain"}, {"origin", "http://localhost:8470"}};
    EXPECT_EQ(visit.send(request).status, 400);
    EXPECT_EQ(visit.desk.wishes.size(), 1U);
}

TEST(TheLog, names_who_was_turned_away_and_no_password) {
    Visit visit;
    const auto logs = visit.world.folder / "logs";
    ASSERT_TRUE(open_log(logs, LogLevel::warning));
    visit.add_user("victor", Role::viewer);
    EXPECT_EQ(visit.sign_in("victor", "wrong wrong wrong").status, 401);
    EXPECT_EQ(visit.sign_in("typed-password-as-name", "").status, 401);
    ASSERT_EQ(visit.sign_in("victor", Visit::k_password).status, 303);
    EXPECT_EQ(visit.post("/run", {{"form_token", visit.form_token("/")}}).status, 403);
    const auto text = read_file(logs / "cordon.log").value();
    EXPECT_THAT(text, HasSubstr("victor from 127.0.0.1 asked to sign in and was turned away (401): user or password"));
    EXPECT_THAT(text, HasSubstr("an unknown user from 127.0.0.1 asked to sign in"));
    EXPECT_THAT(text, HasSubstr("victor from 127.0.0.1 asked for /run and was turned away (403): victor may look"));
    EXPECT_THAT(text, Not(HasSubstr("wrong wrong")));
    EXPECT_THAT(text, Not(HasSubstr("typed-password")));
}

TEST(TheLog, counts_a_flood_of_those_who_are_turned_away) {
    RefusalLog log;
    const Time now{1'000'000s};
    for (std::uint64_t i = 0; i < RefusalLog::k_most_a_minute; ++i) EXPECT_EQ(log.line_for("no", now), "no");
    EXPECT_EQ(log.line_for("no", now), std::nullopt);
    EXPECT_EQ(log.line_for("no", now + 59s), std::nullopt);
    EXPECT_EQ(log.line_for("no", now + 60s), "no (2 more were turned away before)");
    EXPECT_EQ(log.line_for("no", now + 61s), "no");
}

TEST(AChange, that_cannot_be_recorded_is_not_made) {
    Visit visit;
    visit.add_user("olga", Role::operator_);
    ASSERT_EQ(visit.sign_in("olga", Visit::k_password).status, 303);
    visit.desk.record_failure = Error{Code::unreachable, "the disk is full"};
    const auto response = visit.post("/run", {{"form_token", visit.form_token()}});
    EXPECT_EQ(response.status, 503);
    EXPECT_THAT(response.body, HasSubstr("nothing was done: the disk is full; see that"));
    EXPECT_THAT(visit.desk.wishes, IsEmpty());
}

TEST(AChange, that_the_daemon_does_not_take_is_told) {
    Visit visit;
    visit.add_user("olga", Role::operator_);
    ASSERT_EQ(visit.sign_in("olga", Visit::k_password).status, 303);
    visit.desk.refusal = Error{Code::blocked, "a run is asked for already"};
    const auto response = visit.post("/run", {{"form_token", visit.form_token()}});
    EXPECT_EQ(response.status, 409);
    EXPECT_THAT(response.body, HasSubstr("a run is asked for already"));
    EXPECT_EQ(visit.desk.records.back().act, "console run refused");
    EXPECT_EQ(visit.desk.records.back().why, "a run is asked for already");
}

TEST(AnAnswer, forbids_foreign_scripts_and_frames) {
    Visit visit;
    for (const auto* target : {"/", "/assets/console.js", "/api/v1/runs", "/nothing", "/sign-in"}) {
        const auto response = visit.get(target);
        EXPECT_THAT(header_of(response, "Content-Security-Policy"), HasSubstr("default-src 'none'; script-src 'self'"));
        EXPECT_THAT(header_of(response, "Content-Security-Policy"), Not(HasSubstr("unsafe")));
        EXPECT_EQ(header_of(response, "X-Content-Type-Options"), "nosniff");
        EXPECT_EQ(header_of(response, "X-Frame-Options"), "DENY");
    }
}

TEST(ARequest, of_another_method_or_with_too_much_is_refused) {
    Visit visit;
    net::ServerRequest request;
    request.method = "DELETE";
    request.target = "/";
    EXPECT_EQ(visit.send(request).status, 405);
    request.method = "POST";
    request.target = "/run";
    request.body = std::string(k_most_console_body_bytes + 1, 'x');
    EXPECT_EQ(visit.send(request).status, 413);
}

Result<void> assign(AccessOptions& options, const std::string& key, const std::string& text) {
    for (const auto& setting : settings_of(options)) {
        if (setting.key == key) return setting.assign(text);
    }
    return fail(Code::invalid, "there is no key " + key);
}

TEST(TheSettingsOfAccess, take_what_is_safe_and_refuse_the_rest) {
    AccessOptions options;
    EXPECT_TRUE(assign(options, "names", "cordon.corp.example [::1]"));
    EXPECT_EQ(options.names, (std::vector<std::string>{"cordon.corp.example", "[::1]"}));
    for (const auto* names : {"https://a.example", "a.example:8470", "*.example", "[]"})
        EXPECT_FALSE(assign(options, "names", names)) << names;
    EXPECT_EQ(options.names.size(), 2U);
    EXPECT_FALSE(assign(options, "proxy_secret", "short"));
    EXPECT_FALSE(options.proxy_secret.is_set());
    EXPECT_TRUE(assign(options, "proxy_secret", "long enough to be one"));
    EXPECT_FALSE(assign(options, "proxy_user_header", "X User:"));
    EXPECT_FALSE(assign(options, "proxy_user_header", "Cookie"));
    EXPECT_TRUE(assign(options, "proxy_user_header", "X-Forwarded-User"));
    EXPECT_EQ(options.proxy_user_header, "x-forwarded-user");
    EXPECT_TRUE(assign(options, "proxy_role", "operator"));
    EXPECT_EQ(options.proxy_role, Role::operator_);
    EXPECT_TRUE(assign(options, "session_idle", "5m"));
    EXPECT_EQ(options.sessions.idle, 5min);
    EXPECT_FALSE(assign(options, "session_idle", "0"));
    for (const auto& setting : settings_of(options)) EXPECT_EQ(setting.is_secret, setting.key == "proxy_secret");
}

}  // namespace
}  // namespace cordon::console
