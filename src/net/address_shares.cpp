#include "net/address_shares.hpp"

#include "net/proxy.hpp"

namespace cordon::net {

bool AddressShares::has_room(const std::string& address) const {
    const auto held = held_.find(address);
    return held == held_.end() || held->second < most_ || is_loopback_host(address);
}

void AddressShares::leave(const std::string& address) noexcept {
    const auto held = held_.find(address);
    if (held != held_.end() && --held->second == 0) held_.erase(held);
}

}  // namespace cordon::net
