#include <sys/stat.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/file.hpp"
#include "console/settings.hpp"
#include "tests/unit/console/visit.hpp"

namespace cordon::console {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

TEST(APassword, is_known_again_by_what_is_kept_of_it) {
    const auto kept = hash_password(Secret("correct horse battery"), {16, 1, 1}).value();
    EXPECT_THAT(kept, HasSubstr("scrypt$16$1$1$"));
    EXPECT_THAT(kept, Not(HasSubstr("horse")));
    EXPECT_TRUE(is_password(Secret("correct horse battery"), kept));
    EXPECT_FALSE(is_password(Secret("correct horse batterz"), kept));
    EXPECT_NE(hash_password(Secret("correct horse battery"), {16, 1, 1}).value(), kept);
}

TEST(APassword, is_never_right_against_what_is_no_hash) {
    for (const auto* kept : {"", "scrypt$16$1$1$aa", "plain", "scrypt$99999999999$8$1$aa$bb"})
        EXPECT_FALSE(is_password(Secret("x"), kept)) << kept;
}

TEST(APassword, has_at_least_twelve_characters) {
    EXPECT_FALSE(check_new_password(Secret("elevenchars")));
    EXPECT_TRUE(check_new_password(Secret("twelve chars")));
    EXPECT_FALSE(check_new_password(Secret(std::string(1025, 'x'))));
}

TEST(TheAccounts, are_kept_in_a_file_of_their_owner_without_any_secret) {
    Visit visit;
    visit.add_user("alice", Role::operator_);
    const auto token = visit.accounts().add_token("robot", Role::viewer, visit.world.clock.now()).value();
    struct stat status {};
    ASSERT_EQ(::stat((visit.world.folder / "console.json").c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777U, 0600U);
    const auto text = read_file(visit.world.folder / "console.json").value();
    EXPECT_THAT(text, Not(HasSubstr(Visit::k_password)));
    EXPECT_THAT(text, Not(HasSubstr(std::string(token.reveal()))));
}

TEST(TheAccounts, take_a_change_of_another_process_at_once) {
    Visit visit;
    auto accounts = visit.accounts();
    EXPECT_TRUE(accounts.book().value()->accounts.empty());
    visit.add_user("alice", Role::viewer);
    ASSERT_EQ(accounts.book().value()->accounts.size(), 1U);
    ASSERT_TRUE(visit.accounts().remove_account("alice"));
    EXPECT_TRUE(accounts.book().value()->accounts.empty());
    EXPECT_FALSE(visit.accounts().remove_account("alice"));
}

TEST(TheAccounts, say_that_a_broken_file_is_broken) {
    Visit visit;
    ASSERT_TRUE(write_file_atomically(visit.world.folder / "console.json", "{\"accounts\": [{}]}"));
    const auto book = visit.accounts().book();
    ASSERT_FALSE(book);
    EXPECT_EQ(book.error().code, Code::corrupt);
    EXPECT_EQ(visit.get("/").status, 500);
}

TEST(TheAccounts, take_only_plain_names) {
    Visit visit;
    for (const auto* name : {"", "a b", "<script>", "a\n"})
        EXPECT_FALSE(visit.accounts().put_account(name, Role::viewer, Secret("long enough it is"), {16, 1, 1})) << name;
}

TEST(TheThrottle, makes_who_fails_wait_longer_each_time) {
    Throttle throttle;
    Time now{1'000'000s};
    for (int i = 0; i < Throttle::k_free_failures; ++i) {
        EXPECT_EQ(throttle.wait("alice", "1.2.3.4", now), 0s) << i;
        throttle.note_failure("alice", "1.2.3.4", now);
    }
    EXPECT_EQ(throttle.wait("alice", "9.9.9.9", now), 2s);
    EXPECT_EQ(throttle.wait("bob", "1.2.3.4", now), 2s);
    EXPECT_EQ(throttle.wait("bob", "9.9.9.9", now), 0s);
    throttle.note_failure("alice", "1.2.3.4", now);
    EXPECT_EQ(throttle.wait("alice", "9.9.9.9", now), 4s);
    EXPECT_EQ(throttle.wait("alice", "9.9.9.9", now + 4s), 0s);
    for (int i = 0; i < 20; ++i) throttle.note_failure("alice", "1.2.3.4", now);
    EXPECT_EQ(throttle.wait("alice", "9.9.9.9", now), 300s);
    throttle.note_failure("alice", "1.2.3.4", now + 2h);
    EXPECT_EQ(throttle.wait("alice", "1.2.3.4", now + 2h), 0s);
}

TEST(TheTurnstile, lets_no_more_in_at_once_than_it_was_told) {
    Turnstile turnstile(2);
    const Turnstile::Turn first(turnstile);
    EXPECT_TRUE(first.is_in());
    {
        const Turnstile::Turn second(turnstile);
        const Turnstile::Turn third(turnstile);
        EXPECT_TRUE(second.is_in());
        EXPECT_FALSE(third.is_in());
    }
    const Turnstile::Turn later(turnstile);
    EXPECT_TRUE(later.is_in());
}

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
    visit.more_headers[0].second = "<b>";
    EXPECT_EQ(visit.get("/").status, 303);
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

TEST(AChange, that_the_daemon_does_not_take_is_told) {
    Visit visit;
    visit.add_user("olga", Role::operator_);
    ASSERT_EQ(visit.sign_in("olga", Visit::k_password).status, 303);
    visit.desk.refusal = Error{Code::blocked, "a run is asked for already"};
    const auto response = visit.post("/run", {{"form_token", visit.form_token()}});
    EXPECT_EQ(response.status, 409);
    EXPECT_THAT(response.body, HasSubstr("a run is asked for already"));
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
    EXPECT_TRUE(assign(options, "proxy_user_header", "X-Forwarded-User"));
    EXPECT_EQ(options.proxy_user_header, "x-forwarded-user");
    EXPECT_TRUE(assign(options, "proxy_role", "operator"));
    EXPECT_EQ(options.proxy_role, Role::operator_);
    EXPECT_TRUE(assign(options, "session_idle", "5m"));
    EXPECT_EQ(options.sessions.idle, 5min);
    for (const auto& setting : settings_of(options)) EXPECT_EQ(setting.is_secret, setting.key == "proxy_secret");
}

}  // namespace
}  // namespace cordon::console
