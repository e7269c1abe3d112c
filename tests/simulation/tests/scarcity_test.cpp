// What a cap and a quota explain of what is gone, and what they do not.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/simulation/world/scarcity.hpp"

namespace cordon::simulation {
namespace {

using testing::HasSubstr;

ScarceList list(std::map<std::string, int> gone, std::map<std::string, int> came, std::size_t before, std::size_t cap) {
    ScarceList made;
    made.name = "A";
    made.gone = std::move(gone);
    made.came = std::move(came);
    made.before = before;
    made.cap = cap;
    return made;
}

TEST(AScarcity, that_is_none_explains_nothing) {
    EXPECT_EQ(unexplained({list({}, {{"n", 99}}, 30, 0)}, 100), std::nullopt);
    EXPECT_THAT(unexplained({list({{"g", 65}}, {{"n", 99}}, 30, 0)}, 100).value_or(""), HasSubstr("A lost"));
    EXPECT_TRUE(unexplained({list({{"g", 65}}, {{"n", 99}}, 10, 40)}, 100)) << "there is room under the cap";
}

TEST(AScarcity, of_a_cap_explains_what_is_over_it_and_a_place_for_each_riskier_newcomer) {
    EXPECT_FALSE(unexplained({list({{"g", 65}, {"h", 70}}, {}, 30, 28)}, std::nullopt));
    EXPECT_TRUE(unexplained({list({{"g", 65}, {"h", 70}, {"i", 71}}, {}, 30, 28)}, std::nullopt));
    EXPECT_FALSE(unexplained({list({{"g", 65}}, {{"n", 70}}, 30, 30)}, std::nullopt));
    EXPECT_TRUE(unexplained({list({{"g", 66}}, {{"n", 70}}, 30, 30)}, std::nullopt)) << "less than 5 riskier";
    EXPECT_TRUE(unexplained({list({{"g", 65}, {"h", 65}}, {{"n", 99}}, 30, 30)}, std::nullopt)) << "two for one";
}

TEST(AScarcity, of_the_quota_explains_a_place_for_a_newcomer_of_another_list) {
    const auto loses = list({{"g", 65}}, {}, 30, 0);
    const auto gets = list({}, {{"n", 90}}, 30, 0);
    EXPECT_FALSE(unexplained({loses, gets}, 0));
    EXPECT_TRUE(unexplained({loses, gets}, 1)) << "there is room for it";
    EXPECT_TRUE(unexplained({loses, list({}, {{"n", 69}}, 30, 0)}, 0));
    auto newer = list({}, {{"n", 65}}, 30, 0);
    newer.has_dates = true;
    EXPECT_FALSE(unexplained({loses, newer}, 0)) << "not less risky, and newer";
}

}  // namespace
}  // namespace cordon::simulation
