#include "base/json.hpp"

#include <string>

#include <gtest/gtest.h>

namespace cordon {
namespace {

TEST(Json, levels_are_counted_outside_of_strings) {
    EXPECT_FALSE(nests_deeper_than(R"({"a":[[1]]})", 3));
    EXPECT_TRUE(nests_deeper_than(R"({"a":[[1]]})", 2));
    EXPECT_FALSE(nests_deeper_than(R"(["[[[[\"[[[[","{{{{\\"])", 1));
    EXPECT_FALSE(nests_deeper_than("[],[],{},[]", 1)) << "side by side";
    EXPECT_FALSE(nests_deeper_than("]]]]]", 1));
    for (const char* torn : {"", "\"", "\"\\", "[\"a", "[\"a\\\""}) EXPECT_FALSE(nests_deeper_than(torn, 1)) << torn;
}

TEST(Json, that_nests_without_end_is_none_and_costs_no_memory) {
    for (const char* level : {"[", "{\"a\":", "[{\"a\":["}) {
        std::string text;
        while (text.size() < 16'000'000) text += level;
        EXPECT_TRUE(parse_json(text).is_discarded());
    }
    const auto json = parse_json(std::string(64, '[') + std::string(64, ']'));
    EXPECT_TRUE(json.is_array());
    EXPECT_TRUE(parse_json("{\"a\":").is_discarded());
}

}  // namespace
}  // namespace cordon
