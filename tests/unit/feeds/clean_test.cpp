#include "feeds/parse/clean.hpp"

#include <gtest/gtest.h>

namespace cordon::feeds {
namespace {

using namespace std::string_literals;

struct Fact {
    const char* name;
    std::string before;
    std::string after;
    std::uint64_t removed = 0;
    std::uint64_t replaced = 0;
};

class CleanFacts : public ::testing::TestWithParam<Fact> {};

TEST_P(CleanFacts, holds) {
    std::string text = GetParam().before;
    const Cleaning cleaning = clean(text);
    EXPECT_EQ(text, GetParam().after);
    EXPECT_EQ(cleaning.removed_bytes, GetParam().removed);
    EXPECT_EQ(cleaning.replaced_bytes, GetParam().replaced);
}

INSTANTIATE_TEST_SUITE_P(
    Clean, CleanFacts,
    ::testing::Values(Fact{"good_text_stays", "a\tb\r\nc \xC3\xA9 \xF0\x9F\x98\x80",
                           "a\tb\r\nc \xC3\xA9 \xF0\x9F\x98\x80"},
                      Fact{"no_text_stays_no_text", "", ""}, Fact{"a_byte_order_mark_goes", "\xEF\xBB\xBF{}", "{}"},
                      Fact{"nul_and_control_bytes_go", "a\0b\x01\x1F"s, "ab", 3},
                      Fact{"a_lone_continuation_byte_is_replaced", "a\x80z", "a\xEF\xBF\xBDz", 0, 1},
                      Fact{"overlong_forms_are_replaced", "\xC0\xAF", "\xEF\xBF\xBD\xEF\xBF\xBD", 0, 2},
                      Fact{"surrogates_are_replaced", "\xED\xA0\x80", "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD", 0, 3},
                      Fact{"a_cut_character_at_the_end_is_replaced", "a\xE2\x82", "a\xEF\xBF\xBD\xEF\xBF\xBD", 0, 2},
                      Fact{"beyond_unicode_is_replaced", "\xF4\x90\x80\x80",
                           "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD", 0, 4}),
    [](const auto& param) { return param.param.name; });

}  // namespace
}  // namespace cordon::feeds
