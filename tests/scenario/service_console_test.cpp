// cordon serve as a process, and people and programs who ask it over HTTP: everything is wired as it is in earnest.

#include <atomic>
#include <csignal>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "console/accounts.hpp"
#include "tests/scenario/browser.hpp"
#include "tests/scenario/installation.hpp"
#include "tests/unit/net/test_certificate.hpp"

namespace cordon::scenario {
namespace {

using namespace std::chrono_literals;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* k_password = "correct horse battery";
constexpr const char* k_feed = "/public/prevent/weaponized_domains.json";

class AServedConsole : public testing::Test {
protected:
    Installation installation_;
    std::string first_settings_ = read_file(installation_.settings()).value();
    std::unique_ptr<Program> daemon_;

    AServedConsole() { installation_.clouds->put_feed_file(k_feed, risk_list(hosts(40))); }

    /// Starts it, and waits for its first run.
    void serve() {
        daemon_ = std::make_unique<Program>(installation_.folder.path(),
                                            Words{"serve", "--listen", "127.0.0.1:0", "-s", installation_.settings()},
                                            installation_.environment());
        ASSERT_TRUE(daemon_->prints("\n", 60s));
        ASSERT_TRUE(daemon_->says(": done", 60s));
    }

    [[nodiscard]] std::string url() const {
        const auto line = daemon_->printed();
        return line.substr(line.find("http"), line.find('\n') - line.find("http"));
    }

    /// The settings with something behind them, in place at once, as an editor does it.
    void put_settings(const std::string& more) {
        const auto beside = installation_.folder.path() / "settings.new";
        std::ofstream(beside) << first_settings_ << more;
        std::filesystem::rename(beside, installation_.settings());
    }
    void reload_with(const std::string& more) {
        put_settings(more);
        ::kill(daemon_->pid(), SIGHUP);
    }

    void add_operator(const std::string& name) {
        const auto state = installation_.folder.path() / "state";
        std::filesystem::create_directory(state);
        std::filesystem::permissions(state, std::filesystem::perms::owner_all);
        console::Accounts accounts(state);
        const console::PasswordCost cheap{16, 1, 1};
        const auto put = accounts.put_account(name, console::Role::operator_, Secret(k_password), cheap);
        ASSERT_TRUE(put) << put.error().message;
    }

    /// Asks until it is so.
    template <class Condition>
    static bool comes_true(const Condition& condition) {
        const auto latest = std::chrono::steady_clock::now() + 60s;
        while (!condition()) {
            if (std::chrono::steady_clock::now() > latest) return false;
        }
        return true;
    }

    void TearDown() override {
        ::kill(daemon_->pid(), SIGTERM);
        ASSERT_TRUE(daemon_->ends_within(60s));
        const auto ran = daemon_->wait();
        EXPECT_EQ(ran.status, 0) << ran.err;
        installation_.expect_no_secret(ran);
    }
};

TEST_F(AServedConsole, answers_people_programs_and_monitors_and_nobody_by_another_name) {
    serve();
    Browser browser(url());
    for (const auto* page : {"/", "/feeds", "/lists", "/lists/entries?list=Prevent%20Domains", "/runs", "/plan",
                             "/rejected", "/settings", "/audit"}) {
        EXPECT_EQ(browser.get(page).status, 200) << page;
        EXPECT_EQ(browser.get(page, {{"Host", "evil.example"}}).status, 421) << page;
    }
    const auto overview = nlohmann::json::parse(browser.get("/api/v1/overview").body);
    EXPECT_EQ(overview["lists"][0]["list"], "Prevent Domains");
    EXPECT_EQ(overview["lists"][0]["on_gateway"], 40);
    EXPECT_THAT(browser.get("/explain?value=host-00007.example").body, HasSubstr("Prevent Domains"));
    EXPECT_EQ(browser.get("/readyz").status, 200);
    EXPECT_THAT(browser.get("/healthz").body, HasSubstr("\"outcome\": \"done\""));
    EXPECT_THAT(browser.get("/metrics").body, HasSubstr("cordon_"));
    EXPECT_EQ(browser.send_form("/plan", "/run", {}).status, 401) << "nobody has signed in";
}

TEST_F(AServedConsole, lets_a_stopped_plan_through_from_its_form_to_the_gateway) {
    add_operator("alice");
    serve();
    Browser browser(url());
    ASSERT_EQ(browser.sign_in("alice", k_password).status, 303);
    installation_.clouds->put_feed_file(k_feed, risk_list(hosts(10)));
    ASSERT_EQ(browser.send_form("/plan", "/run", {}).status, 303);
    ASSERT_TRUE(daemon_->says(": stopped", 60s));
    EXPECT_EQ(installation_.active(), hosts(40));
    std::string digest;
    ASSERT_TRUE(comes_true([&] { return !(digest = input_of(browser.get("/plan").body, "digest")).empty(); }));
    const Browser::Fields form{
        {"list", "Prevent Domains"}, {"digest", digest}, {"because", "they closed the campaign"}};
    EXPECT_EQ(browser.send_form("/plan", "/approve", form).status, 303);
    EXPECT_TRUE(comes_true([&] { return installation_.active() == hosts(10); }));
    EXPECT_THAT(browser.get("/audit").body, AllOf(HasSubstr("alice"), HasSubstr("they closed the campaign")));
}

TEST_F(AServedConsole, takes_other_settings_while_pages_are_looked_at) {
    serve();
    std::atomic<int> answers = 0, failures = 0;
    std::vector<std::jthread> people;
    for (const auto* page : {"/", "/settings", "/plan", "/explain?value=host-00007.example"}) {
        people.emplace_back([&, page](const std::stop_token& stop) {
            Browser browser(url());
            while (!stop.stop_requested()) ++(browser.get(page).status == 200 ? answers : failures);
        });
    }
    Browser browser(url());
    for (const auto* every : {"101m", "102m", "103m", "104m"}) {
        reload_with(fmt::format("\n[cordon]\nevery = {}\n", every));
        const auto is_shown = [&] {
            return browser.get("/settings").body.find(fmt::format(">{}<", every)) != std::string::npos;
        };
        EXPECT_TRUE(comes_true(is_shown)) << every;
    }
    for (auto& person : people) person.request_stop();
    people.clear();
    EXPECT_GT(answers, 4);
    EXPECT_EQ(failures, 0);
}

TEST_F(AServedConsole, says_which_settings_it_does_not_take_and_answers_from_those_in_force) {
    serve();
    Browser browser(url());
    const auto is_told = [&](const std::string& problem) {
        return comes_true([&] { return browser.get("/settings").body.find(problem) != std::string::npos; });
    };
    reload_with("\n[nonsense]\n");
    EXPECT_TRUE(is_told("nonsense"));
    EXPECT_THAT(browser.get("/healthz").body, AllOf(HasSubstr("is not taken"), Not(HasSubstr("nonsense"))));
    const auto explained = browser.get("/explain?value=host-00007.example");
    EXPECT_EQ(explained.status, 200);
    EXPECT_THAT(explained.body, HasSubstr("Prevent Domains"));
    reload_with("\n[cordon]\nstate_dir = elsewhere\n");
    EXPECT_TRUE(is_told("state_dir changed, which takes a restart"));
    reload_with("\n[serve]\ntls_key = key.pem\n");
    EXPECT_TRUE(is_told("tls_certificate and tls_key go together"));
    reload_with("");
    EXPECT_TRUE(comes_true([&] { return browser.get("/healthz").body.find("in force") != std::string::npos; }));
}

TEST_F(AServedConsole, speaks_tls_to_who_has_signed_in) {
    const net::testing::TestCertificate certificate;
    std::filesystem::permissions(certificate.key_file(), std::filesystem::perms::owner_read);
    put_settings(fmt::format("\n[serve]\ntls_certificate = {}\ntls_key = {}\n\n[console]\nsign_in_to_read = true\n",
                             certificate.certificate_file().string(), certificate.key_file().string()));
    add_operator("alice");
    serve();
    ASSERT_THAT(url(), HasSubstr("https://"));
    Browser browser(url(), certificate.certificate_file());
    EXPECT_EQ(browser.get("/api/v1/overview").status, 401);
    EXPECT_EQ(browser.get("/").status, 303);
    EXPECT_EQ(browser.get("/healthz").status, 200);
    EXPECT_EQ(browser.sign_in("alice", "not her password").status, 401);
    ASSERT_EQ(browser.sign_in("alice", k_password).status, 303);
    EXPECT_TRUE(browser.cookies().contains("__Host-cordon_session"));
    EXPECT_EQ(browser.get("/").status, 200);
    EXPECT_EQ(Browser(url()).get("/healthz").status, 0) << "nobody vouches for it";
}

}  // namespace
}  // namespace cordon::scenario
