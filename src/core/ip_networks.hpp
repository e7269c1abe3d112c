#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/ip.hpp"

namespace cordon::core {

/// Puts ascending ranges together into the fewest networks that hold the same addresses, but for those that are taken
/// out. Keeps nothing but what it gives.
class FewestNetworks {
public:
    /// `taken_out`: in any order. `expected`: how many networks to make room for.
    FewestNetworks(std::vector<Ipv4Range> taken_out, std::size_t expected);

    /// It may not begin before the one that was added before it.
    void add(Ipv4Range range) {
        const bool touches = has_open_ && range.first <= std::uint64_t{open_.last} + 1;
        if (touches) {
            if (range.last > open_.last) open_.last = range.last;
            return;
        }
        close();
        open_ = range;
        has_open_ = true;
    }
    /// All of them, ascending and disjoint; once.
    [[nodiscard]] std::vector<Ipv4Range> take();

private:
    void close();
    void append(std::uint64_t first, std::uint64_t last);

    std::vector<Ipv4Range> holes_;  // ascending, disjoint
    std::size_t hole_ = 0;          // the first one that may matter still
    Ipv4Range open_;                // what the next range may go on from
    bool has_open_ = false;
    std::vector<Ipv4Range> networks_;
};

}  // namespace cordon::core
