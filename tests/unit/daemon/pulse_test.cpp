#include "daemon/pulse.hpp"

#include <gtest/gtest.h>

namespace cordon::daemon {
namespace {

using namespace std::chrono_literals;

TEST(APulse, is_felt_while_no_step_takes_longer_than_it_may) {
    const Pulse::Moment start{};
    Pulse pulse(start);
    ServiceStatus status;
    status.steps = 1;
    status.step_may_take = 2min;
    EXPECT_TRUE(pulse.is_felt(status, start + 1min));
    EXPECT_TRUE(pulse.is_felt(status, start + 2min)) << "a minute after it was seen first";
    EXPECT_FALSE(pulse.is_felt(status, start + 3min));
    ++status.steps;
    status.step_may_take = 3h;  // a run
    EXPECT_TRUE(pulse.is_felt(status, start + 4min));
    EXPECT_TRUE(pulse.is_felt(status, start + 3h));
    EXPECT_FALSE(pulse.is_felt(status, start + 3h + 4min));
    ++status.steps;
    EXPECT_TRUE(pulse.is_felt(status, start + 4h)) << "it came back";
}

}  // namespace
}  // namespace cordon::daemon
