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

namespace cordon::scenario {
namespace {

constexpr const char* k_file = "/lists/domains.csv";
constexpr const char* k_list = "Domains";
constexpr std::size_t k_size = 60;
constexpr std::size_t k_step = 4;  // hosts that go and come with each run
constexpr int k_rounds = 5;
constexpr int k_most_requests = 10;  // of an update: HEAD, GET, sign-in, three reads, two writes, activate, sign-out

/// The program under a sandbox that may kill it just after any request was carried out, before its answer.
class Mortal {
public:
    Mortal() {
        sandbox::Options options;
        options.has_rate_limits = false;
        options.on_request = [this](const sandbox::JournalEntry&) { count_request(); };
        clouds_ = sandbox::Sandbox::start(options, clock_).value();
        const auto& known = options.credentials;
        std::ofstream(settings()) << fmt::format(
            "[zscaler]\nbase_uri = {0}\napi_key = {1}\nusername = {2}\npassword = {3}\n[rfapi]\napi_url = {0}\ntoken = "
            "{4}\n"
            "[risklist_domains]\nentity_type = domain\nfusion_file = {5}\ncategory_name = {6}\n"
            "[guard]\npermit_reserved = true\n",
            clouds_->url(), known.api_key, known.username, known.password, known.rf_token, k_file, k_list);
    }
    /// Runs until the n-th request, counted from 1; 0 = to its end.
    Ran run(int mortal_request) {
        seen_ = 0;
        mortal_request_ = mortal_request;
        pid_ = 0;
        Program program(folder_.path(), {"run", "-s", settings()});
        pid_ = program.pid();
        return program.wait();
    }
    [[nodiscard]] sandbox::Sandbox& clouds() { return *clouds_; }

private:
    [[nodiscard]] std::string settings() const { return (folder_.path() / "settings.ini").string(); }
    void count_request() {
        if (++seen_ != mortal_request_) return;
        while (pid_ == 0) std::this_thread::yield();
        ::kill(pid_, SIGKILL);
    }

    SystemClock clock_;
    TemporaryFolder folder_;
    std::atomic<int> seen_ = 0;
    std::atomic<int> mortal_request_ = 0;
    std::atomic<pid_t> pid_ = 0;
    std::unique_ptr<sandbox::Sandbox> clouds_;  // last: its threads use what stands above
};

TEST(AKilledRun, is_made_good_by_the_next_one) {
    Mortal mortal;
    auto& clouds = mortal.clouds();
    std::mt19937 random(20261121);
    std::uniform_int_distribution<int> any_request(3, k_most_requests);
    for (int round = 0; round < k_rounds; ++round) {
        const auto wanted = hosts(k_size, 1 + static_cast<std::size_t>(round) * k_step);
        const auto before = clouds.saved_category(k_list);
        clouds.put_feed_file(k_file, risk_list(wanted));
        const int at = any_request(random);
        const auto killed = mortal.run(at);
        EXPECT_THAT(killed.status, testing::AnyOf(128 + SIGKILL, 0)) << killed.err;
        // Whatever arrived is part of the old and the new list, and nothing that both hold is gone.
        const auto between = clouds.saved_category(k_list);
        EXPECT_TRUE(without(between, united(before, wanted)).empty()) << "killed at request " << at;
        const auto in_both = without(before, without(before, wanted));
        EXPECT_TRUE(without(in_both, between).empty()) << "killed at request " << at;
        const auto next = mortal.run(0);
        EXPECT_EQ(next.status, 0) << "killed at request " << at << ": " << next.err << next.out;
        EXPECT_EQ(clouds.active_category(k_list), wanted) << "killed at request " << at;
    }
    EXPECT_TRUE(clouds.violations().empty()) << clouds.violations().front();
    EXPECT_EQ(mortal.run(0).status, 0);
}

}  // namespace
}  // namespace cordon::scenario
