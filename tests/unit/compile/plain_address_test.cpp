#include <gtest/gtest.h>

#include <string>

#include "compile/plain_address.hpp"
#include "core/ip.hpp"

namespace cordon::compile {
namespace {

/// With enough behind it to be looked at.
PlainAddress look_at_address(const std::string& line) {
    const std::string text = line + std::string(200, 'x');
    return plain_address(text.data(), text.data() + text.size());
}

TEST(PlainAddress, equals_the_exact_reading_or_says_nothing) {
    for (const std::string text : {"1.2.3.4",
                                   "255.255.255.255",
                                   "0.0.0.0",
                                   "1.2.3.4/32",
                                   "1.2.3.4/0",
                                   "10.20.30.40/8",
                                   "1.2.3.4/33",
                                   "01.2.3.4",
                                   "1.2.3",
                                   "1.2.3.4.5",
                                   "256.1.1.1",
                                   "1.2.3.1000",
                                   "1.2.3.4/",
                                   "1.2.3.4/1234",
                                   "1.2.3.4/08",
                                   "1.2.3.4-1.2.3.9",
                                   "1.2.3.4:80",
                                   " 1.2.3.4",
                                   "1.2.3.4 ",
                                   "a",
                                   ""}) {
        const auto exact = core::parse_ipv4_range(text);
        const auto found = look_at_address(text + "\n");
        if (found.line_size == 0) continue;
        ASSERT_TRUE(exact) << text;
        EXPECT_EQ(found.range, *exact) << text;
        EXPECT_EQ(found.line_size, text.size() + 1) << text;
    }
    for (const std::string text : {"1.2.3.4\n", "255.255.255.255/32\r\n", "10.0.0.0/8\n"}) {
        EXPECT_EQ(look_at_address(text).line_size, text.size()) << text;
    }
}

}  // namespace
}  // namespace cordon::compile
