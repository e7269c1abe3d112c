#include "gateways/zia/obfuscation.hpp"

#include <gtest/gtest.h>

namespace cordon::gateways::zia {
namespace {

// zia-api.md 2.3, test vectors.
TEST(Obfuscation, follows_every_vector_of_the_reference) {
    const struct {
        const char *key, *timestamp, *obfuscated;
    } facts[] = {
        {"abcdefghijkl", "1389681124480", "bceeiacieegc"}, {"jj7tg80fEGao", "1389681124480", "j7ggEj7Egg07"},
        {"A1b2C3d4E5f6", "1735689599999", "355555C66666"}, {"abcdefghijkl", "1700000000007", "aaaaahcccccf"},
        {"abcdefghijkl", "1700000000000", "aaaaaacccccc"},
    };
    for (const auto& fact : facts) {
        const auto result = obfuscated_key(Secret(fact.key), fact.timestamp);
        ASSERT_TRUE(result);
        EXPECT_EQ(result->reveal(), fact.obfuscated) << fact.key << ' ' << fact.timestamp;
    }
}

TEST(Obfuscation, a_short_key_is_named_by_its_length_only) {
    const auto result = obfuscated_key(Secret("abcdefghijk"), "1700000000000");
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code, Code::invalid);
    EXPECT_NE(result.error().message.find("11 characters"), std::string::npos);
    EXPECT_EQ(result.error().message.find("abcdefghijk"), std::string::npos);
}

TEST(Obfuscation, a_bad_stamp_is_refused) {
    EXPECT_FALSE(obfuscated_key(Secret("abcdefghijkl"), "12345"));
    EXPECT_FALSE(obfuscated_key(Secret("abcdefghijkl"), "1700x00000z0"));
}

}  // namespace
}  // namespace cordon::gateways::zia
