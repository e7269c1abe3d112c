#include "net/address_shares.hpp"

#include <gtest/gtest.h>

namespace cordon::net {
namespace {

TEST(AddressShares, leave_room_for_others_and_bound_no_loopback) {
    AddressShares shares(2);
    for (const auto* address : {"192.0.2.7", "127.0.0.1", "::1"}) {
        shares.enter(address);
        EXPECT_TRUE(shares.has_room(address)) << address;
        shares.enter(address);
    }
    EXPECT_FALSE(shares.has_room("192.0.2.7"));
    EXPECT_TRUE(shares.has_room("192.0.2.8"));
    EXPECT_TRUE(shares.has_room("127.0.0.1"));
    EXPECT_TRUE(shares.has_room("::1"));
    shares.leave("192.0.2.7");
    EXPECT_TRUE(shares.has_room("192.0.2.7"));
}

}  // namespace
}  // namespace cordon::net
