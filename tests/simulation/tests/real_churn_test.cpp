#include "tests/simulation/world/real_churn.hpp"

#include <gmock/gmock.h>

#include "tests/simulation/world/world.hpp"

namespace cordon::simulation {
namespace {

using ::testing::SizeIs;

TEST(RealChurn, has_versions_that_change_a_few_values_of_a_list_of_some_forty) {
    if (real_churns().empty()) GTEST_SKIP() << "../shared/data is not on this machine";
    EXPECT_THAT(real_churns(), SizeIs(4));
    for (const auto& churn : real_churns()) {
        EXPECT_GE(churn.versions.size(), 40U);
        EXPECT_LE(churn.begin.size(), 40U);
        std::size_t changes = 0;
        for (const auto& change : churn.versions) changes += change.came.size() + change.gone.size();
        EXPECT_GT(changes, churn.versions.size() / 2);
        EXPECT_LT(changes, churn.versions.size() * 12);
    }
}

TEST(RealChurn, moves_on_the_lists_of_a_life) {
    if (real_churns().empty()) GTEST_SKIP() << "../shared/data is not on this machine";
    for (std::uint64_t seed = 1; seed < 20; ++seed) {
        World world(seed);
        for (std::uint64_t dice = 0; dice < 20; ++dice) {
            if (world.perform({Deed::churn, dice}).find("as in a real list") != std::string::npos) return;
        }
    }
    ADD_FAILURE() << "no list of 20 lives moved on as a real one did";
}

}  // namespace
}  // namespace cordon::simulation
