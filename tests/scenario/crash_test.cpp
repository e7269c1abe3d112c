// kill -9 of the real program at any request: the next run converges, and nothing is lost in between.

#include <atomic>
#include <csignal>
#include <fstream>
#include <random>
#include <thread>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sandbox/sandbox.hpp"
#include "tests/scenario/program.hpp"
#include "tests/scenario/rehearsal.hpp"
#include "tests/scenario/sign_in.hpp"

namespace cordon::scenario {
namespace {

constexpr const char* k_file = "/lists/domains.csv";
constexpr const char* k_list = "Domains";
constexpr std::size_t k_size = 60;
constexpr std::size_t k_step = 4;  // hosts that go and come with each run
constexpr int k_rounds = 5;
constexpr int k_most_requests = 10;  // of an update: HEAD, GET, sign-in, three reads, two writes, activate, sign-out

/// The machine's clock, so much behind.
class LateClock final : public Clock {
public:
    explicit LateClock(std::chrono::milliseconds behind) : behind_(behind) {}
    [[nodiscard]] Time now() const override { return clock_.now() - behind_; }
    bool wait_until(Time moment, const std::stop_token& stop) override {
        return clock_.wait_until(moment + behind_, stop);
    }

private:
    std::chrono::milliseconds behind_;
    SystemClock clock_;
};

/// The n-th request, counted from 1, of those with this method ("" = any) and in whose path the text is.
struct Moment {
    std::string method = {};
    std::string path = {};
    int request = 0;  ///< 0 = never
};

std::string text_of(const Moment& at) {
    return fmt::format("killed at {} {} number {}", at.method, at.path, at.request);
}

/// The program under a sandbox that may kill it just after any request was carried out, before its answer.
class Mortal {
public:
    explicit Mortal(sandbox::Options options = {}, std::chrono::milliseconds behind = 0ms) : clock_(behind) {
        options.has_rate_limits = false;
        options.on_request = [this](const sandbox::JournalEntry& entry) { count_request(entry); };
        clouds_ = sandbox::Sandbox::start(options, clock_).value();
        const auto& known = options.credentials;
        add_settings(fmt::format("[zscaler]\n{}{}[guard]\npermit_reserved = true\n",
                                 lines_of(place_keys(clouds_->url())), lines_of(credential_keys(known))));
    }
    void add_settings(const std::string& text) { std::ofstream(settings(), std::ios::app) << text; }
    Ran run(const Moment& death = {}) { return give({"run"}, death); }
    /// A command, killed at that moment.
    Ran give(std::vector<std::string> words, const Moment& death) {
        seen_ = 0;
        death_ = death;
        pid_ = 0;
        words.insert(words.end(), {"-s", settings()});
        Program program(folder_.path(), words);
        pid_ = program.pid();
        return program.wait();
    }
    [[nodiscard]] sandbox::Sandbox& clouds() { return *clouds_; }

private:
    [[nodiscard]] std::string settings() const { return (folder_.path() / "settings.ini").string(); }
    void count_request(const sandbox::JournalEntry& entry) {
        const bool counts = (death_.method.empty() || entry.method == death_.method) &&
                            entry.path_template.find(death_.path) != std::string::npos;
        if (!counts || ++seen_ != death_.request) return;
        while (pid_ == 0) std::this_thread::yield();
        ::kill(pid_, SIGKILL);
    }

    LateClock clock_;
    TemporaryFolder folder_;
    std::atomic<int> seen_ = 0;
    Moment death_;  // changes only while no program runs
    std::atomic<pid_t> pid_ = 0;
    std::unique_ptr<sandbox::Sandbox> clouds_;  // last: its threads use what stands above
};

/// Whatever arrived is part of the old and the new list, and nothing that both hold is gone.
void expect_between(const Entries& there, const Entries& before, const Entries& wanted) {
    EXPECT_THAT(without(there, united(before, wanted)), testing::IsEmpty());
    const auto in_both = without(before, without(before, wanted));
    EXPECT_THAT(without(in_both, there), testing::IsEmpty());
}

TEST(AKilledRun, is_made_good_by_the_next_one) {
    Mortal mortal;
    auto& clouds = mortal.clouds();
    mortal.add_settings(
        fmt::format("[rfapi]\napi_url = {}\ntoken = {}\n"
                    "[risklist_domains]\nentity_type = domain\nfusion_file = {}\ncategory_name = {}\n",
                    clouds.url(), clouds.options().credentials.rf_token, k_file, k_list));
    std::mt19937 random(20261121);
    std::uniform_int_distribution<int> any_request(3, k_most_requests);
    for (int round = 0; round < k_rounds; ++round) {
        const auto wanted = hosts(k_size, 1 + static_cast<std::size_t>(round) * k_step);
        const auto before = clouds.saved_category(k_list);
        clouds.put_feed_file(k_file, risk_list(wanted));
        const int at = any_request(random);
        const auto killed = mortal.run({"", "", at});
        EXPECT_THAT(killed.status, testing::AnyOf(128 + SIGKILL, 0)) << killed.err;
        const testing::ScopedTrace trace(__FILE__, __LINE__, fmt::format("killed at request {}", at));
        expect_between(clouds.saved_category(k_list), before, wanted);
        const auto next = mortal.run();
        EXPECT_EQ(next.status, 0) << next.err << next.out;
        EXPECT_EQ(clouds.active_category(k_list), wanted);
    }
    EXPECT_TRUE(clouds.violations().empty()) << clouds.violations().front();
    EXPECT_EQ(mortal.run().status, 0);
}

TEST(AKilledUnblocking, is_made_good_by_the_next_run_whenever_it_dies) {
    for (const auto& death : {Moment{"GET", "/urlCategories", 1}, Moment{"PUT", "/urlCategories/", 1},
                              Moment{"POST", "/status/activate", 1}}) {
        const testing::ScopedTrace trace(__FILE__, __LINE__, text_of(death));
        Mortal mortal;
        auto& clouds = mortal.clouds();
        mortal.add_settings(
            fmt::format("[rfapi]\napi_url = {}\ntoken = {}\n"
                        "[risklist_domains]\nentity_type = domain\nfusion_file = {}\ncategory_name = {}\n",
                        clouds.url(), clouds.options().credentials.rf_token, k_file, k_list));
        clouds.put_feed_file(k_file, risk_list(hosts(k_size)));
        ASSERT_EQ(mortal.run().status, 0);
        const auto killed = mortal.give(
            {"unblock", "host-00003.example", "--for", "1h", "--because", "a partner waits", "--yes"}, death);
        EXPECT_EQ(killed.status, 128 + SIGKILL) << killed.err << killed.out;
        const auto next = mortal.run();
        EXPECT_EQ(next.status, 0) << next.err << next.out;
        EXPECT_EQ(clouds.active_category(k_list), without(hosts(k_size), {"host-00003.example"}));
        const auto told = mortal.give({"explain", "host-00003.example"}, {});
        EXPECT_EQ(told.status, 3) << told.err << told.out;
        EXPECT_TRUE(clouds.violations().empty()) << clouds.violations().front();
    }
}

/// A CrowdStrike account of published URLs. The cloud is an hour behind: what is younger than a minute would be read
/// again by the next run, whatever became of the cursor.
class MortalFalcon {
public:
    MortalFalcon() : mortal_(empty_account(), 1h) {
        const auto& known = mortal_.clouds().options().credentials;
        mortal_.add_settings(
            fmt::format("[falcon]\nbase_url = {}\nclient_id = {}\nclient_secret = {}\npage_size = {}\n"
                        "[falcon_urls]\ncategory_name = {}\n",
                        mortal_.clouds().url(), known.cs_client_id, known.cs_client_secret, k_page, k_list));
    }
    /// So many more URLs of high confidence.
    void publish(std::size_t count) {
        for (std::size_t i = 0; i < count; ++i) publish_one(fmt::format("host-{:05}.example/x", ++published_));
    }
    /// Of the oldest that are wanted: some are deleted, some downgraded, and many updated and nothing else.
    void change() {
        const std::vector<std::string> there(wanted_.begin(), wanted_.end());
        for (std::size_t i = 0; i < k_updated; ++i) {
            const char* what = i < k_gone ? "delete" : i < 2 * k_gone ? "downgrade" : "touch";
            EXPECT_TRUE(clouds().change_indicator("url_http://" + there.at(i), what)) << there.at(i);
            if (i < 2 * k_gone) wanted_.erase(there.at(i));
        }
    }
    /// Is killed at that moment, and made good by a whole run.
    void survive(const Moment& death) {
        const testing::ScopedTrace trace(__FILE__, __LINE__, text_of(death));
        const auto before = clouds().saved_category(k_list);
        const auto killed = mortal_.run(death);
        EXPECT_EQ(killed.status, 128 + SIGKILL) << killed.err << killed.out;
        expect_between(clouds().saved_category(k_list), before, wanted_);
        const auto next = mortal_.run();
        EXPECT_EQ(next.status, 0) << next.err << next.out;
        EXPECT_EQ(clouds().active_category(k_list), wanted_);
        EXPECT_FALSE(clouds().has_pending());
    }
    [[nodiscard]] sandbox::Sandbox& clouds() { return mortal_.clouds(); }

    static constexpr std::size_t k_page = 100;  // the least that [falcon] takes
    static constexpr std::size_t k_gone = 10;   // of each kind
    static constexpr std::size_t k_updated = 150;

private:
    static sandbox::Options empty_account() {
        sandbox::Options options;
        options.cs_rows = 0;
        options.credentials.cs_client_secret = "sandboxSecretWithoutPercentSign";
        return options;
    }
    void publish_one(const std::string& entry) {
        const auto published = clouds().publish_indicator(fmt::format(
            R"({{"type":"url","indicator":"http://{}","malicious_confidence":"high","labels":[]}})", entry));
        EXPECT_TRUE(published) << published.error().message;
        wanted_.insert(entry);
    }

    Mortal mortal_;
    Entries wanted_;
    std::size_t published_ = 0;
};

TEST(AKilledRun, in_the_middle_of_the_first_pull_or_push_is_made_good_by_the_next_one) {
    for (const auto& death :
         {Moment{"GET", "/intel/", 1}, Moment{"GET", "/intel/", 3}, Moment{"POST", "/urlCategories", 1}}) {
        MortalFalcon falcon;
        falcon.publish(250);
        falcon.survive(death);
        EXPECT_THAT(falcon.clouds().violations(), testing::IsEmpty());
    }
}

TEST(AKilledRun, in_the_middle_of_an_updates_pages_or_push_is_made_good_by_the_next_one) {
    MortalFalcon falcon;
    falcon.publish(200);
    falcon.survive({"GET", "/intel/", 2});
    for (const auto& death :
         {Moment{"GET", "/intel/", 1}, Moment{"GET", "/intel/", 2}, Moment{"GET", "/intel/", 3},
          Moment{"PUT", "/urlCategories", 1}, Moment{"PUT", "/urlCategories", 2}, Moment{"POST", "/activate", 1}}) {
        falcon.publish(80);
        falcon.change();  // 230 changes: three pages
        falcon.survive(death);
    }
    EXPECT_THAT(falcon.clouds().violations(), testing::IsEmpty());
}

}  // namespace
}  // namespace cordon::scenario
