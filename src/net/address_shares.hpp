#pragma once

#include <cstddef>
#include <map>
#include <string>

namespace cordon::net {

/// How many connections each remote address holds, so that one cannot take all of a server's. This machine's own
/// programs share one address, as a reverse proxy's visitors do: loopback has no bound here.
class AddressShares {
public:
    explicit AddressShares(std::size_t most) : most_(most) {}

    [[nodiscard]] bool has_room(const std::string& address) const;
    void enter(const std::string& address) { ++held_[address]; }
    /// Of one that has entered.
    void leave(const std::string& address) noexcept;

private:
    std::size_t most_;
    std::map<std::string, std::size_t> held_;
};

}  // namespace cordon::net
