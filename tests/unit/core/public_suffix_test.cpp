#include "core/public_suffix.hpp"

#include <gtest/gtest.h>

#include <string>

namespace cordon::core {
namespace {

TEST(PublicSuffix, registries_and_hosters_are_suffixes) {
    for (const auto* host : {"com", "co.uk", "github.io", "pages.dev", "anything.ck", "unheard-of"}) {
        EXPECT_TRUE(is_public_suffix(host)) << host;
    }
    for (const auto* host : {"example.com", "www.ck", "a.co.uk", "someone.github.io", "a.unheard-of", ""}) {
        EXPECT_FALSE(is_public_suffix(host)) << host;
    }
}

TEST(PublicSuffix, only_hosters_are_private_suffixes) {
    for (const auto* host : {"github.io", "pages.dev", "blogspot.com"}) EXPECT_TRUE(is_private_suffix(host)) << host;
    for (const auto* host : {"com", "co.uk", "example.com", "someone.github.io", "unheard-of", ""}) {
        EXPECT_FALSE(is_private_suffix(host)) << host;
    }
}

TEST(PublicSuffix, the_registrable_domain_is_a_view_of_the_host) {
    const std::string host = "a.b.co.uk";
    EXPECT_EQ(registrable_domain(host), "b.co.uk");
    EXPECT_EQ(registrable_domain(host).data(), host.data() + 2);
    EXPECT_EQ(registrable_domain("x.u.github.io"), "u.github.io");
    EXPECT_EQ(registrable_domain("example.com"), "example.com");
    EXPECT_EQ(registrable_domain("a.b.unheard-of"), "b.unheard-of");
    EXPECT_EQ(registrable_domain("xn--kgbechtv.a.xn--p1ai"), "a.xn--p1ai");
    for (const auto* suffix : {"com", "co.uk", "github.io", "unheard-of", ""})
        EXPECT_EQ(registrable_domain(suffix), "") << suffix;
}

TEST(PublicSuffix, a_host_longer_than_any_name_has_no_suffix) {
    const std::string host = std::string(300, 'a') + ".example.com";
    EXPECT_FALSE(is_public_suffix(host));
    EXPECT_EQ(registrable_domain(host), "");
}

}  // namespace
}  // namespace cordon::core
