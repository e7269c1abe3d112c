#include "gateways/zia/description.hpp"

#include <gtest/gtest.h>

namespace cordon::gateways::zia {
namespace {

const Time k_now = *parse_iso8601("2026-11-21T09:30:00Z");
const std::string k_date = "Last Updated: 2026-11-21 09:30:00 UTC";

TEST(Description, ends_with_the_date) {
    EXPECT_EQ(dated_description("Weaponized Domains and URLs -", k_now, k_category_description),
              "Weaponized Domains and URLs - " + k_date);
}

TEST(Description, without_text_is_the_date_alone) {
    EXPECT_EQ(dated_description("", k_now, 256), k_date);
    EXPECT_EQ(dated_description(" \n ", k_now, 256), k_date);
}

TEST(Description, a_long_text_is_cut_and_the_date_is_not) {
    const auto text = dated_description(std::string(400, 'x'), k_now, k_category_description);
    EXPECT_EQ(text.size(), 256U);
    EXPECT_TRUE(text.ends_with("x " + k_date));
}

TEST(Description, is_never_cut_inside_a_character) {
    std::string umlauts;
    for (int i = 0; i < 300; ++i) umlauts += "\xC3\xBC";
    const auto text = dated_description(umlauts, k_now, 256);
    // 256 characters: 218 umlauts of two bytes, a space, 37 of the date.
    EXPECT_EQ(text.size(), 218U * 2 + 1 + k_date.size());
    EXPECT_TRUE(text.ends_with("\xC3\xBC " + k_date));
}

TEST(Description, counts_characters_outside_the_basic_plane_twice) {
    std::string faces;
    for (int i = 0; i < 300; ++i) faces += "\xF0\x9F\x98\x80";
    const auto text = dated_description(faces, k_now, 256);
    EXPECT_EQ(text.size(), 109U * 4 + 1 + k_date.size());
}

TEST(Description, white_space_and_control_bytes_become_single_spaces) {
    EXPECT_EQ(dated_description("a\r\n  b\tc\x01", k_now, 256), "a b c " + k_date);
}

TEST(Description, a_torn_last_character_is_left_out) {
    EXPECT_EQ(dated_description("ab\xF0\x9F", k_now, 256), "ab " + k_date);
}

}  // namespace
}  // namespace cordon::gateways::zia
