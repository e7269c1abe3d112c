// Lives of many seeds keep the laws; the same seed is the same life; planted bugs are caught.

#include <map>
#include <string>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/text.hpp"
#include "tests/simulation/world/bugs.hpp"
#include "tests/simulation/world/laws.hpp"
#include "tests/simulation/world/life.hpp"

namespace cordon::simulation {
namespace {

constexpr std::uint64_t k_seeds_a_test = 10;
constexpr std::uint64_t k_seeds = CORDON_SIMULATED_SEEDS;          // fewer under the sanitizers
constexpr std::uint64_t k_threaded_seeds = CORDON_THREADED_SEEDS;  // more under the thread sanitizer
constexpr std::size_t k_epochs = 2;                                // `make simulate` lives longer lives
constexpr std::uint64_t k_most_seeds_for_a_bug = 60;

class Lives : public testing::TestWithParam<std::uint64_t> {};

TEST_P(Lives, keep_every_law) {
    for (auto seed = GetParam(); seed < GetParam() + k_seeds_a_test; ++seed) {
        const auto life = live(seed, draw_schedule(seed, k_epochs));
        ASSERT_FALSE(life.breach) << "seed " << seed << ", step " << life.step << ": " << life.breach->law << ": "
                                  << life.breach->what << "\n'simulate --shrink " << seed
                                  << "' shows it at its shortest";
        EXPECT_GT(life.figures.starts, 10U);
    }
}

INSTANTIATE_TEST_SUITE_P(from_seed, Lives, testing::Range<std::uint64_t>(1, 1 + k_seeds, k_seeds_a_test),
                         testing::PrintToStringParamName());

TEST(ALife, is_the_same_again_with_the_same_seed) {
    const auto schedule = draw_schedule(7, k_epochs);
    EXPECT_EQ(draw_schedule(7, k_epochs), schedule);
    EXPECT_EQ(parse_schedule(to_text(schedule)), schedule);
    const auto once = live(7, schedule);
    EXPECT_EQ(live(7, schedule).story, once.story);
    EXPECT_NE(live(8, draw_schedule(8, k_epochs)).story, once.story);
}

TEST(ALife, with_feeds_fetched_at_once_keeps_every_law) {
    for (std::uint64_t seed = 501; seed < 501 + k_threaded_seeds; ++seed) {
        const auto life = live_in_threads(seed, draw_schedule(seed, k_epochs));
        ASSERT_FALSE(life.breach) << "seed " << seed << ", step " << life.step << ": " << life.breach->law << ": "
                                  << life.breach->what << "\n"
                                  << join(life.story, "\n");
    }
}

class PlantedBug : public testing::TestWithParam<std::size_t> {};

TEST_P(PlantedBug, is_caught_by_the_law_that_is_against_it) {
    const auto& bug = bugs()[GetParam()];
    std::map<std::string, std::uint64_t> others;
    for (std::uint64_t seed = 1; seed <= k_most_seeds_for_a_bug; ++seed) {
        const auto life = live(seed, draw_schedule(seed, k_epochs), bug.plant);
        if (!life.breach) continue;
        if (life.breach->law != bug.law) {
            others.emplace(life.breach->law, seed);
            continue;
        }
        fmt::print("'{}': seed {}, step {}: {}: {}\n", bug.name, seed, life.step, life.breach->law, life.breach->what);
        return;
    }
    ADD_FAILURE() << "'" << bug.name << "' does not break '" << bug.law << "'";
    for (const auto& [law, seed] : others) ADD_FAILURE() << "but '" << law << "' with seed " << seed;
}

INSTANTIATE_TEST_SUITE_P(each, PlantedBug, testing::Range<std::size_t>(0, bugs().size()), [](const auto& bug) {
    std::string name = bugs()[bug.param].name;
    for (auto& c : name) c = c == ' ' || c == '\'' ? '_' : c;
    return name;
});

TEST(EveryLaw, has_a_planted_bug_that_it_must_catch) {
    for (const std::string law : law::k_all) {
        EXPECT_TRUE(std::any_of(bugs().begin(), bugs().end(), [&](const Bug& bug) { return bug.law == law; })) << law;
    }
}

TEST(ABrokenLaw, is_shown_by_a_schedule_that_is_much_shorter) {
    const auto& bug = bugs().front();
    for (std::uint64_t seed = 1; seed <= k_most_seeds_for_a_bug; ++seed) {
        const auto whole = draw_schedule(seed, k_epochs);
        const auto life = live(seed, whole, bug.plant);
        if (!life.breach) continue;
        const auto shortest = shrink(seed, whole, bug.plant);
        EXPECT_LT(shortest.size(), 12U) << to_text(shortest);
        const auto again = live(seed, shortest, bug.plant);
        ASSERT_TRUE(again.breach);
        EXPECT_EQ(again.breach->law, life.breach->law);
        return;
    }
    FAIL() << "nothing to shrink";
}

}  // namespace
}  // namespace cordon::simulation
