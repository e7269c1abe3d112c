#include "base/base64.hpp"

#include <gtest/gtest.h>

namespace cordon {
namespace {

// RFC 4648 10.
TEST(Base64, for_urls_is_read_as_it_is_written) {
    for (const char* text : {"", "f", "fo", "foo", "foob", "fooba", "foobar", "\xff\xfe\xfb?>"}) {
        EXPECT_EQ(from_base64url(base64url(text)), text);
    }
    EXPECT_EQ(from_base64url("Zm9vYg"), "foob");
    EXPECT_EQ(from_base64url("-_8"), "\xfb\xff");
}

TEST(Base64, that_is_none_is_told) {
    for (const char* text : {"Zm9vYg==", "Zm9vY", "Zm 9", "+/8", "Zm9v\n"}) EXPECT_FALSE(from_base64url(text)) << text;
}

}  // namespace
}  // namespace cordon
