#include "core/clearance.hpp"

#include <gtest/gtest.h>

#include <string>

namespace cordon::core {
namespace {

Protection protection_of(const std::string& never = "ours.com") {
    ProtectionBuilder builder;
    builder.add_builtin_lock_out();
    builder.add_builtin_popular();
    EXPECT_TRUE(builder.add_never(never, "allow"));
    return builder.build();
}

TEST(Clearance, ordinary_names_are_clear) {
    const auto protection = protection_of();
    const Clearance clearance(protection, 1);
    for (const auto* name : {"evil.com", "a.b.evil.com", "evil.co.uk", "someone.github.io", "a.unheard-of",
                             "www.evil.com", "ours.com.evil.net", "github.com.evil.net"}) {
        EXPECT_TRUE(clearance.glance(name).is_clear) << name;
    }
}

TEST(Clearance, whatever_may_be_objected_to_is_not) {
    const auto protection = protection_of();
    const Clearance clearance(protection, 1);
    for (const auto* name : {"com", "co.uk", "github.io", "anything.ck", "x.anything.ck", "localhost", "a.example",
                             "example.com", "x.example.com", "ours.com", "x.ours.com", "github.com", "www.github.com",
                             "okta.com", "acme.okta.com", "unheard-of"}) {
        EXPECT_FALSE(clearance.glance(name).is_clear) << name;
    }
}

TEST(Clearance, patterns_make_nothing_clear) {
    ProtectionBuilder builder;
    ASSERT_TRUE(builder.add_never_file(
        R"({"type":"substring","name":"n","list":["harmless"],"matching_attributes":["domain"]})", "list"));
    EXPECT_FALSE(Clearance(builder.build(), 1).glance("evil.com").is_clear);
}

TEST(Clearance, a_name_is_of_the_family_of_what_may_cover_it) {
    const auto protection = protection_of();
    const Clearance clearance(protection, 1);
    const auto family = [&](const std::string& name) { return clearance.glance(name).family; };
    EXPECT_EQ(family("a.b.evil.com"), family("evil.com"));
    EXPECT_EQ(family("a.b.evil.co.uk"), family("evil.co.uk"));
    EXPECT_EQ(family("x.me.github.io"), family("me.github.io"));
    EXPECT_EQ(family("x.s3.amazonaws.com"), family("y.amazonaws.com")) << "the suffix is below a name that is none";
    EXPECT_EQ(family("a.b.evil.unheard-of"), family("evil.unheard-of"));
    EXPECT_NE(family("evil.com"), family("evil.net"));
    EXPECT_NE(family("evil.com"), family("other.com"));
    EXPECT_NE(family("me.github.io"), family("you.github.io"));
    const std::string deep = std::string(60, 'a') + "." + std::string(60, 'b') + "." + std::string(60, 'c');
    EXPECT_EQ(family(deep + ".evil.com"), family("evil.com"));
}

TEST(Clearance, names_of_a_list_below_are_known_too) {
    const auto below = protection_of("first.com");
    ProtectionBuilder builder;
    ASSERT_TRUE(builder.add_never("second.com", "allow"));
    const Clearance clearance(builder.build_over(below), 1);
    EXPECT_FALSE(clearance.glance("first.com").is_clear);
    EXPECT_FALSE(clearance.glance("second.com").is_clear);
    EXPECT_TRUE(clearance.glance("third.com").is_clear);
}

}  // namespace
}  // namespace cordon::core
