#include "core/select.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

namespace {

using namespace cordon::core;

struct Row {
    const char* text;
    int risk;
    int day;
    bool is_present = false;
    bool is_pinned = false;
};

constexpr bool k_there = true;
constexpr bool k_pinned = true;

Rank rank(const Row& row) {
    return {row.risk, std::chrono::sys_days{std::chrono::days{row.day}}, row.text};
}

/// The texts that get a place, in selection order, joined.
std::string chosen(std::vector<Row> rows, std::size_t places, bool hysteresis = true) {
    std::sort(rows.begin(), rows.end(), [](const Row& a, const Row& b) { return ranks_before(rank(a), rank(b)); });
    std::vector<Candidate> candidates;
    for (const Row& row : rows) candidates.push_back({rank(row), row.is_present, row.is_pinned});
    const auto flags = select_entries(candidates, places, hysteresis);
    std::string texts;
    for (std::size_t i = 0; i < flags.size(); ++i) {
        if (flags[i]) texts += rows[i].text;
    }
    return texts;
}

TEST(Select, the_order_is_risk_then_day_then_text) {
    EXPECT_TRUE(ranks_before(rank({"z", 90, 1}), rank({"a", 65, 9})));
    EXPECT_TRUE(ranks_before(rank({"z", 65, 9}), rank({"a", 65, 1})));
    EXPECT_TRUE(ranks_before(rank({"a", 65, 1}), rank({"b", 65, 1})));
    EXPECT_FALSE(ranks_before(rank({"a", 65, 1}), rank({"a", 65, 1})));
}

TEST(Select, a_newcomer_displaces_only_by_the_rule) {
    struct Case {
        const char* fact;
        Row newcomer, present;
        bool expected;
    };
    const Case cases[]{
        {"five higher is enough, however old", {"n", 70, 1}, {"p", 65, 9}, true},
        {"four higher is not", {"n", 69, 9}, {"p", 65, 9}, false},
        {"as risky and a day later is enough", {"n", 65, 10}, {"p", 65, 9}, true},
        {"four higher and a day later is enough", {"n", 69, 10}, {"p", 65, 9}, true},
        {"as risky on the same day is not", {"n", 65, 9}, {"p", 65, 9}, false},
        {"less risky never, however late", {"n", 64, 99}, {"p", 65, 9}, false},
    };
    for (const auto& c : cases) EXPECT_EQ(displaces(rank(c.newcomer), rank(c.present)), c.expected) << c.fact;
}

TEST(Select, places) {
    struct Case {
        const char* fact;
        std::vector<Row> rows;
        std::size_t places;
        std::string expected;
    };
    const std::vector<Case> cases{
        {"all fit", {{"a", 65, 1}, {"b", 60, 1}}, 2, "ab"},
        {"more places than entries", {{"a", 65, 1}}, 9, "a"},
        {"no places", {{"a", 65, 1}, {"b", 65, 1, k_there}}, 0, ""},
        {"a full list keeps its entries against equals", {{"a", 65, 1}, {"b", 65, 1, k_there}}, 1, "b"},
        {"a riskier newcomer takes the place", {{"a", 70, 1}, {"b", 65, 1, k_there}}, 1, "a"},
        {"the last of the present goes first",
         {{"n", 80, 1}, {"a", 70, 1, k_there}, {"b", 66, 1, k_there}, {"c", 65, 9, k_there}},
         3,
         "nab"},
        {"a free place goes to the best newcomer before anybody is displaced",
         {{"n", 66, 1}, {"m", 65, 1}, {"a", 65, 1, k_there}},
         2,
         "na"},
        {"too many present: the last go, and newcomers still compete for the rest",
         {{"n", 99, 1}, {"a", 70, 1, k_there}, {"b", 68, 1, k_there}, {"c", 67, 1, k_there}},
         2,
         "na"},
        {"every newcomer needs a victim of its own",
         {{"m", 90, 1}, {"n", 90, 1}, {"a", 65, 1, k_there}, {"b", 88, 1, k_there}},
         2,
         "mb"},
    };
    for (const auto& c : cases) EXPECT_EQ(chosen(c.rows, c.places), c.expected) << c.fact;
}

TEST(Select, pinned_ones_come_before_all_others_and_are_not_displaced) {
    const std::vector<Row> rows{{"n", 99, 9},
                                {"m", 98, 9},
                                {"a", 70, 1, k_there},
                                {"p", 5, 1, k_there, k_pinned},
                                {"q", 4, 1, k_there, k_pinned}};
    for (const bool hysteresis : {true, false}) {
        EXPECT_EQ(chosen(rows, 5, hysteresis), "nmapq");
        EXPECT_EQ(chosen(rows, 3, hysteresis), "npq");
        EXPECT_EQ(chosen(rows, 2, hysteresis), "pq");
        EXPECT_EQ(chosen(rows, 1, hysteresis), "p") << "the cap still counts";
    }
}

TEST(Select, without_hysteresis_the_first_ones_get_the_places) {
    EXPECT_EQ(chosen({{"a", 65, 1}, {"b", 65, 1, k_there}, {"c", 65, 1, k_there}}, 2, false), "ab");
}

}  // namespace
