#include "base/large_array.hpp"

#include <algorithm>
#include <cstdint>
#include <utility>

#include <gtest/gtest.h>

namespace cordon {
namespace {

TEST(ALargeArray, has_room_for_all_of_few_and_many) {
    for (const std::size_t count : {0U, 1U, 1000U, 3'000'000U}) {
        const LargeArray<std::uint32_t> array(count);
        ASSERT_EQ(array.size(), count);
        std::ranges::fill(array.items(), 7U);
        EXPECT_EQ(static_cast<std::size_t>(std::ranges::count(array.items(), 7U)), count);
    }
}

TEST(ALargeArray, is_empty_once_moved_from) {
    LargeArray<std::uint32_t> first(3);
    const auto second = std::move(first);
    EXPECT_EQ(second.size(), 3U);
    EXPECT_EQ(first.size(), 0U);  // NOLINT(bugprone-use-after-move): what is left is what is tested
    EXPECT_TRUE(first.items().empty());
}

TEST(ALargeArray, of_more_than_there_is_says_so) {
    EXPECT_THROW(LargeArray<std::uint64_t>(std::size_t{1} << 50U), std::bad_alloc);
}

}  // namespace
}  // namespace cordon
