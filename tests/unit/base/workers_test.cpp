#include "base/workers.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <numeric>
#include <stdexcept>
#include <vector>

namespace cordon {
namespace {

TEST(Workers, each_task_is_done_once) {
    for (const unsigned threads : {0U, 1U, 2U, 7U}) {
        const Workers workers(threads);
        std::vector<int> done(100);
        workers.each(done.size(), [&](std::size_t i) { ++done[i]; });
        EXPECT_EQ(done, std::vector<int>(100, 1)) << threads;
        workers.each(0, [](std::size_t) { FAIL(); });
    }
}

TEST(Workers, several_threads_work_at_a_time) {
    std::atomic<int> waiting{0};
    Workers(3).each(3, [&](std::size_t) {
        ++waiting;
        waiting.notify_all();
        for (int now = waiting; now < 3; now = waiting) waiting.wait(now);
    });
    EXPECT_EQ(waiting, 3);
}

TEST(Workers, the_first_failure_is_the_callers) {
    std::atomic<int> done{0};
    const auto work = [&](std::size_t i) {
        if (i == 5) throw std::runtime_error("no memory");
        ++done;
    };
    EXPECT_THROW(Workers(1).each(100, work), std::runtime_error);
    EXPECT_EQ(done, 5) << "what was not begun is left out";
}

TEST(Workers, a_machine_has_at_least_one) {
    EXPECT_GE(Workers::of_this_machine().threads(), 1U);
}

}  // namespace
}  // namespace cordon
