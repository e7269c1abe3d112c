#include "core/ip.hpp"

#include <gtest/gtest.h>

#include <cstring>
#include <string>
#include <vector>

namespace cordon::core {
namespace {

std::string range_text(std::string_view text) {
    const auto range = parse_ipv4_range(text);
    return range ? to_text(*range) : "none";
}

std::string net_text(std::string_view text) {
    const auto net = parse_ipv6_net(text);
    return net ? to_text(*net) : "none";
}

std::vector<std::string> texts_of(const std::vector<Ipv4Range>& ranges) {
    std::vector<std::string> texts;
    for (const auto range : ranges) texts.push_back(to_text(range));
    return texts;
}

std::vector<Ipv4Range> ranges_of(const std::vector<std::string>& texts) {
    std::vector<Ipv4Range> ranges;
    for (const auto& text : texts) ranges.push_back(parse_ipv4_range(text).value());
    return ranges;
}

TEST(Ip, a_dotted_quad_is_read_strictly) {
    EXPECT_EQ(parse_ipv4("198.51.100.7"), 0xc6336407U);
    EXPECT_EQ(parse_ipv4("0.0.0.0"), 0U);
    EXPECT_EQ(parse_ipv4("255.255.255.255"), 0xffffffffU);
    for (const auto* wrong : {"", ".", "1.2.3", "1.2.3.", "1.2.3.4.", "1.2.3.4.5", "01.2.3.4", "1.2.3.256", "1.2.3.-4",
                              " 1.2.3.4", "1.2.3.4 ", "1..3.4", "0x1.2.3.4", "1.2.3.1000", "a.b.c.d"}) {
        EXPECT_FALSE(parse_ipv4(wrong)) << wrong;
    }
}

TEST(Ip, ranges_and_networks_have_one_spelling) {
    const struct {
        const char* input;
        const char* expected;
    } cases[] = {
        {"198.51.100.7", "198.51.100.7"},
        {"198.51.100.7/32", "198.51.100.7"},
        {"198.51.100.7/24", "198.51.100.0/24"},  // host bits, as ZIA stores them (zia-api.md 6.2)
        {"0.0.0.0/0", "0.0.0.0/0"},
        {"198.51.100.0-198.51.100.255", "198.51.100.0/24"},
        {"198.51.100.3 - 198.51.100.9", "198.51.100.3-198.51.100.9"},
        {"198.51.100.3\t-\t198.51.100.3", "198.51.100.3"},
        {"0.0.0.0-255.255.255.255", "0.0.0.0/0"},
        {"198.51.100.9-198.51.100.3", "none"},
        {"198.51.100.0/33", "none"},
        {"198.51.100.0/024", "none"},
        {"198.51.100.0/", "none"},
        {"198.51.100.0/255.255.255.0", "none"},
        {"198.51.100.0-", "none"},
        {"-198.51.100.0", "none"},
        {"", "none"},
        {"198.51.100.0/2 4", "none"},
    };
    for (const auto& c : cases) EXPECT_EQ(range_text(c.input), c.expected) << c.input;
}

TEST(Ip, ipv6_text_is_that_of_rfc_5952) {
    const struct {
        const char* input;
        const char* expected;
    } cases[] = {
        {"2001:DB8:0:0:8:800:200C:417A", "2001:db8::8:800:200c:417a"},
        {"2001:0db8:0000:0000:0000:0000:0000:0009", "2001:db8::9"},
        {"::", "::"},
        {"::1", "::1"},
        {"1::", "1::"},
        {"2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"},  // 4.2.2: one zero group is not shortened
        {"2001:0:0:1:0:0:0:1", "2001:0:0:1::1"},           // 4.2.3: the longest run
        {"2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"},     // 4.2.3: the first of two equal runs
        {"1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0"},
        {"::ffff:192.0.2.1", "::ffff:c000:201"},  // as browsers write it
        {"2001:db8::1/128", "2001:db8::1"},
        {"2001:db8:ffff::1/32", "2001:db8::/32"},
        {"2001:db8::ff/121", "2001:db8::80/121"},
        {"::/0", "::/0"},
        {"1:2:3:4:5:6:7:8:9", "none"},
        {"1::2::3", "none"},
        {"12345::", "none"},
        {"fe80::1%eth0", "none"},
        {"[::1]", "none"},
        {"2001:db8::/129", "none"},
        {"2001:db8::/", "none"},
        {"198.51.100.7", "none"},
        {"", "none"},
    };
    for (const auto& c : cases) EXPECT_EQ(net_text(c.input), c.expected) << c.input;
    EXPECT_FALSE(parse_ipv6(std::string_view("::1\0", 4)));
}

TEST(Ip, a_prefix_exists_only_for_one_whole_network) {
    EXPECT_EQ(prefix_of({0, 0xffffffffU}), 0U);
    EXPECT_EQ(prefix_of({5, 5}), 32U);
    EXPECT_EQ(prefix_of({4, 7}), 30U);
    EXPECT_FALSE(prefix_of({4, 6}));
    EXPECT_FALSE(prefix_of({2, 5}));
    EXPECT_FALSE(prefix_of({0x80000000U, 0x7fffffffU}));
}

TEST(Ip, reserved_blocks_are_named_wherever_a_range_touches_them) {
    const struct {
        const char* input;
        const char* begins;  // of the block's name; "" = not reserved
    } cases[] = {
        {"10.1.2.3", "10.0.0.0/8"},
        {"172.16.0.1", "172.16.0.0/12"},
        {"172.31.255.255", "172.16.0.0/12"},
        {"172.32.0.0", ""},
        {"192.168.0.0/24", "192.168"},
        {"127.0.0.1", "127"},
        {"169.254.169.254", "169.254"},
        {"100.64.0.0", "100.64"},
        {"100.128.0.0", ""},
        {"0.1.2.3", "0.0.0.0/8"},
        {"224.0.0.1", "224"},
        {"239.255.255.255", "224"},
        {"255.255.255.255", "240"},
        {"198.18.0.1", "198.18"},
        {"198.20.0.0", ""},
        {"192.0.2.9", "192.0.2"},
        {"198.51.100.7", "198.51.100"},
        {"203.0.113.5", "203.0.113"},
        {"192.88.99.1", "192.88.99"},
        {"8.8.8.8", ""},
        {"1.1.1.0/24", ""},
        {"8.0.0.0/6", "10.0.0.0/8"},
        {"9.255.255.255-10.0.0.0", "10"},
        {"223.255.255.255", ""},
    };
    for (const auto& c : cases) {
        const char* name = reserved_block(parse_ipv4_range(c.input).value());
        if (*c.begins == '\0') {
            EXPECT_EQ(name, nullptr) << c.input;
        } else {
            ASSERT_NE(name, nullptr) << c.input;
            EXPECT_TRUE(std::string_view(name).starts_with(c.begins)) << c.input << " is in " << name;
        }
    }
}

TEST(Ip, reserved_ipv6_blocks_are_named) {
    for (const auto* text : {"::",      "::1",        "::ffff:8.8.8.8", "64:ff9b::1", "64:ff9b:1::1",    "100::1",
                             "2001::1", "2001:1ff::", "2001:db8::1",    "2002::1",    "2620:4f:8000::1", "3fff:fff::1",
                             "5f00::1", "fc00::1",    "fdff::1",        "fe80::1",    "fec0::1",         "ff02::1",
                             "::/0",    "2000::/3",   "2001:db0::/28"}) {
        EXPECT_NE(reserved_block(parse_ipv6_net(text).value()), nullptr) << text;
    }
    for (const auto* text : {"2001:200::1", "2001:470:1:c84::17", "2a12:2640::/29", "2606:4700::1111", "64:ff9b:2::1",
                             "2003::1", "3ffe::1", "2001:db9::1"}) {
        EXPECT_EQ(reserved_block(parse_ipv6_net(text).value()), nullptr) << text;
    }
}

TEST(Ip, rehearsals_may_use_whole_documentation_and_benchmarking_blocks_only) {
    for (const auto* text : {"192.0.2.0/24", "198.51.100.7", "203.0.113.128/25", "198.18.0.0/15", "198.19.255.255"}) {
        EXPECT_TRUE(is_rehearsal_block(parse_ipv4_range(text).value())) << text;
    }
    for (const auto* text : {"10.0.0.1", "8.8.8.8", "192.0.2.0/23", "198.18.0.0/14", "203.0.113.255-203.0.114.0"}) {
        EXPECT_FALSE(is_rehearsal_block(parse_ipv4_range(text).value())) << text;
    }
    EXPECT_TRUE(is_rehearsal_block(parse_ipv6_net("2001:db8::/32").value()));
    EXPECT_TRUE(is_rehearsal_block(parse_ipv6_net("2001:db8:ffff::1").value()));
    EXPECT_FALSE(is_rehearsal_block(parse_ipv6_net("2001:db8::/31").value()));
    EXPECT_FALSE(is_rehearsal_block(parse_ipv6_net("2001:db9::1").value()));
}

TEST(Ip, merging_gives_the_fewest_networks) {
    EXPECT_EQ(texts_of(merge_to_networks({})), std::vector<std::string>{});
    EXPECT_EQ(texts_of(merge_to_networks(ranges_of({"198.51.100.1", "198.51.100.0", "198.51.100.0"}))),
              (std::vector<std::string>{"198.51.100.0/31"}));
    EXPECT_EQ(texts_of(merge_to_networks(ranges_of({"198.51.100.0/25", "198.51.100.128/25", "198.51.100.7"}))),
              (std::vector<std::string>{"198.51.100.0/24"}));
    EXPECT_EQ(texts_of(merge_to_networks(ranges_of({"198.51.100.1-198.51.100.6"}))),
              (std::vector<std::string>{"198.51.100.1", "198.51.100.2/31", "198.51.100.4/31", "198.51.100.6"}));
    EXPECT_EQ(texts_of(merge_to_networks(ranges_of({"0.0.0.0/1", "128.0.0.0/1"}))),
              (std::vector<std::string>{"0.0.0.0/0"}));
    EXPECT_EQ(texts_of(merge_to_networks(ranges_of({"255.255.255.255", "0.0.0.0"}))),
              (std::vector<std::string>{"0.0.0.0", "255.255.255.255"}));
}

TEST(Ip, what_is_taken_is_gone_and_nothing_else) {
    EXPECT_EQ(texts_of(subtract(ranges_of({"198.51.100.0/24"}), ranges_of({"198.51.100.0/25"}))),
              (std::vector<std::string>{"198.51.100.128/25"}));
    EXPECT_EQ(texts_of(subtract(ranges_of({"198.51.100.0/30"}), ranges_of({"198.51.100.1"}))),
              (std::vector<std::string>{"198.51.100.0", "198.51.100.2/31"}));
    EXPECT_EQ(texts_of(subtract(ranges_of({"198.51.100.0/24"}), ranges_of({"198.51.0.0/16"}))),
              std::vector<std::string>{});
    EXPECT_EQ(
        texts_of(subtract(ranges_of({"198.51.100.0/32", "198.51.100.8/32"}), ranges_of({"198.51.100.0-198.51.100.7"}))),
        (std::vector<std::string>{"198.51.100.8"}));
    EXPECT_EQ(texts_of(subtract(ranges_of({"0.0.0.0/0"}), ranges_of({"0.0.0.0/1", "255.255.255.255"}))).size(), 31U);
    EXPECT_EQ(texts_of(subtract(ranges_of({"198.51.100.7"}), {})), (std::vector<std::string>{"198.51.100.7"}));
}

}  // namespace
}  // namespace cordon::core
