#include "core/concern.hpp"

#include <gtest/gtest.h>

namespace cordon::core {
namespace {

TEST(AConcern, passes_over_what_has_nothing_to_do_with_the_value) {
    const Concern name("a.evil.example");
    EXPECT_TRUE(name.may_meet(".example"));
    EXPECT_TRUE(name.may_meet("x.a.evil.example/p"));
    EXPECT_FALSE(name.may_meet("b.evil.example"));
    EXPECT_FALSE(name.may_meet("notevil.example"));
    EXPECT_FALSE(name.may_meet("203.0.113.7"));
    EXPECT_FALSE(name.may_be_named_by("https://www.fine.example:8443/x"));
    const Concern address("203.0.113.7");
    EXPECT_TRUE(address.may_meet("203.0.113.0-203.0.113.9"));
    EXPECT_TRUE(address.may_meet("203.0.113.7/x"));
    EXPECT_FALSE(address.may_meet("203.0.113.8"));
    EXPECT_FALSE(address.may_meet("evil.example"));
    EXPECT_FALSE(address.may_be_named_by("203.0.113.8"));
    EXPECT_FALSE(address.may_be_named_by("http://evil.example/203.0.113.7"));
}

TEST(AConcern, leaves_odd_spellings_to_who_reads_them_exactly) {
    const Concern name("evil.example");
    for (const auto* const odd :
         {"EVIL.example", "evil[.]example", "user@evil.example", "http:/evil.example", "*.evil"}) {
        EXPECT_TRUE(name.may_be_named_by(odd)) << odd;
    }
    const Concern address("203.0.113.7");
    for (const auto* const odd : {"3405803783", "0xcb.0.0x71.0x7", "http://0xcb007107/"}) {
        EXPECT_TRUE(address.may_be_named_by(odd)) << odd;
    }
}

TEST(AConcern, with_neighbours_reaches_what_may_be_folded_or_joined_with_the_value) {
    const Concern name("a.evil.example", Concern::Reach::neighbours);
    EXPECT_TRUE(name.may_be_named_by("b.evil.example"));
    EXPECT_FALSE(name.may_be_named_by("b.fine.example"));
    const Concern address("203.0.113.7", Concern::Reach::neighbours);
    EXPECT_TRUE(address.may_be_named_by("203.99.1.1"));
    EXPECT_FALSE(address.may_be_named_by("204.0.113.7"));
}

}  // namespace
}  // namespace cordon::core
