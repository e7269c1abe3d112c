#include "base/name_first.hpp"

#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace cordon {
namespace {

TEST(NameFirst, names_so_many_and_counts_the_rest) {
    using Names = std::vector<std::string>;
    EXPECT_EQ(name_first(Names{}), "");
    EXPECT_EQ(name_first(Names{"a", "b"}, 2), "a, b");
    EXPECT_EQ(name_first(Names{"a", "b\n", "c"}, 2), "a, b? and 1 more");
    EXPECT_EQ(name_first(Names(1010, "x"), 1), "x and 1,009 more");
}

}  // namespace
}  // namespace cordon
