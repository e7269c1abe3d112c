#include "core/plain_name.hpp"

#include <gtest/gtest.h>

#include <string>

namespace cordon::core {
namespace {

/// With enough behind it to be looked at.
PlainName look_at_name(const std::string& line) {
    const std::string text = line + std::string(200, 'x');
    return plain_name(text.data(), text.data() + text.size());
}

struct Line {
    const char* text;
    unsigned size;  // of the name
};

TEST(PlainName, takes_canonical_names_that_stand_alone) {
    for (const auto& [text, size] : {Line{"a.b\n", 3}, Line{"evil.com\r\n", 8}, Line{"x-1.a-b.co.uk\n", 13},
                                     Line{"0.1.2.com\n", 9}, Line{"a.b1\n", 4}}) {
        const auto found = look_at_name(text);
        EXPECT_EQ(found.size, size) << text;
        EXPECT_EQ(found.line_size, std::string(text).size()) << text;
    }
    const std::string longest = std::string(59, 'a') + ".com";
    EXPECT_EQ(look_at_name(longest + "\n").size, 63U);
}

TEST(PlainName, tells_where_the_dots_are) {
    EXPECT_EQ(look_at_name("a.bc\n").dots, std::uint64_t{1} << 61U);
    EXPECT_EQ(look_at_name("ab.c.d\n").dots, std::uint64_t{5} << 60U);
}

TEST(PlainName, leaves_everything_else_to_the_slow_way) {
    for (const std::string text :
         {"evil\n", ".evil.com\n", "evil.com.\n", "a..b\n", "Evil.com\n", "a_b.com\n", "evil.com \n", "evil.com\rx\n",
          "xn--a.com\n", "a--b.com\n", "1.2.3.4\n", "a.1b\n", "evil.com/x\n", "evil.com#x\n", "\xC3\xBC.de\n",
          "*.x.com\n", "a.com\tx\n", "evil[.]com\n", "http://evil.com\n"}) {
        EXPECT_EQ(look_at_name(text).line_size, 0U) << text;
    }
    EXPECT_EQ(look_at_name(std::string(60, 'a') + ".com\n").line_size, 0U) << "64 bytes";
}

TEST(PlainName, passes_over_empty_lines) {
    EXPECT_EQ(look_at_name("\n").line_size, 1U);
    EXPECT_EQ(look_at_name("\r\n").line_size, 2U);
    EXPECT_EQ(look_at_name("\n").size, 0U);
}

TEST(PlainName, does_not_look_where_the_text_may_end_too_soon) {
    const std::string text = "evil.com\n";
    EXPECT_EQ(plain_name(text.data(), text.data() + text.size()).line_size, 0U);
}

}  // namespace
}  // namespace cordon::core
