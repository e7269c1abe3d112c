// cordon serve for weeks: what a run takes, it gives back.

#include <malloc.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <span>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "tests/scenario/a_daemon.hpp"

namespace cordon::scenario {
namespace {

constexpr std::size_t k_looks = 10;
constexpr std::size_t k_first_days = 100;        ///< runs until what is kept of runs and feeds is full
constexpr std::size_t k_runs_in_the_gate = 120;  ///< after these
/// The sandbox is in the same process, and its connections end in their own time.
constexpr std::size_t k_heap_of_a_connection = 70 * 1024;
constexpr std::uintmax_t k_most_logs = 5 * 5 * 1024 * 1024;  // see base/log.hpp

/// What the process and its files hold at one moment.
struct Holding {
    std::size_t heap = 0;  ///< bytes in use; 0 where the allocator does not count (sanitizers)
    std::size_t open_files = 0;
    std::size_t state = 0;  ///< bytes of the state folder without the audit log, of which nothing is ever dropped
    std::size_t logs = 0;   ///< bytes
};

std::size_t bytes_in(const std::filesystem::path& folder) {
    std::size_t bytes = 0;
    for (const auto& file : std::filesystem::directory_iterator(folder)) {
        if (!file.path().filename().string().starts_with("audit")) bytes += file.file_size();
    }
    return bytes;
}

/// Without the ends of the sandbox on `port`, whose threads close them in their own time.
std::size_t open_files(int port) {
    const auto is_of_sandbox = [&](int descriptor) {
        sockaddr_in own{};
        socklen_t size = sizeof own;
        return ::getsockname(descriptor, reinterpret_cast<sockaddr*>(&own), &size) == 0 && own.sin_family == AF_INET &&
               ntohs(own.sin_port) == port;
    };
    const std::filesystem::directory_iterator descriptors("/proc/self/fd");
    const auto count = std::count_if(begin(descriptors), end(descriptors), [&](const auto& file) {
        return !is_of_sandbox(std::stoi(file.path().filename()));
    });
    return static_cast<std::size_t>(count);
}

Holding look(const std::filesystem::path& folder, int port) {
    return {::mallinfo2().uordblks, open_files(port), bytes_in(folder / "state"), bytes_in(folder / "logs")};
}

/// CORDON_WEEKS=10000 for a year of hourly runs (docs/reliability.md); a multiple of the looks.
std::size_t number_of_runs() {
    const char* const asked = std::getenv("CORDON_WEEKS");
    const auto runs = asked == nullptr ? k_runs_in_the_gate : static_cast<std::size_t>(std::stoul(asked));
    return std::max(runs / k_looks, std::size_t{1}) * k_looks;
}

using Looks = std::span<const Holding>;

std::size_t least(Looks looks, std::size_t Holding::*what) {
    const auto less = [&](const Holding& a, const Holding& b) { return a.*what < b.*what; };
    return (*std::min_element(looks.begin(), looks.end(), less)).*what;
}

/// That the second half of the looks sees no more than the first one did, but for a hundredth and `noise`.
void expect_flat(Looks seen, std::size_t Holding::*what, std::size_t noise, const char* name) {
    const auto half = seen.size() / 2;
    const auto before = least(seen.first(half), what);
    EXPECT_LE(least(seen.subspan(half), what), before + before / 100 + noise) << name;
}

TEST_F(ADaemon, holds_no_more_after_weeks_than_after_its_first_days) {
    world_.set("cordon", "keep_runs", "10");
    world_.set("cordon", "keep_snapshots", "2");
    world_.write_settings();
    const auto runs = number_of_runs();
    std::vector<Holding> seen;
    serve([&](WatchedWork& watched, daemon::Service&) {
        watched.after_run = [&, run = std::size_t{0}]() mutable {
            watched.reports.clear();
            watched.said.clear();
            world_.clouds().forget_requests();
            world_.put_domains(hosts(20, 1 + ++run % 7));
            if (run <= k_first_days) return;
            if ((run - k_first_days) % (runs / k_looks) == 0) {
                const auto& now = seen.emplace_back(look(world_.folder(), world_.clouds().port()));
                std::cout << fmt::format("{} runs: heap {}, {} descriptors, state {}, logs {}\n", run, now.heap,
                                         now.open_files, now.state, now.logs);
            }
            if (run == k_first_days + runs) stop_.request_stop();
        };
    });
    ASSERT_EQ(seen.size(), k_looks);
    expect_flat(seen, &Holding::open_files, 0, "descriptors");
    expect_flat(seen, &Holding::heap, 2 * k_heap_of_a_connection, "heap");
    expect_flat(seen, &Holding::state, 0, "state folder");
    EXPECT_LE(seen.back().logs, k_most_logs);
}

}  // namespace
}  // namespace cordon::scenario
