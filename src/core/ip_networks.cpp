// Sets of IPv4 addresses as ascending, disjoint ranges, and as the fewest networks.

#include <algorithm>
#include <bit>

#include "core/ip.hpp"

namespace cordon::core {
namespace {

/// Ascending, disjoint and not even touching, in place. O(n log n), linear where they are ascending.
void unite(std::vector<Ipv4Range>& ranges) {
    if (!std::is_sorted(ranges.begin(), ranges.end())) std::sort(ranges.begin(), ranges.end());
    std::size_t kept = 0;
    for (const Ipv4Range range : ranges) {
        const bool touches = kept > 0 && range.first <= std::uint64_t{ranges[kept - 1].last} + 1;
        if (touches) {
            ranges[kept - 1].last = std::max(ranges[kept - 1].last, range.last);
        } else {
            ranges[kept++] = range;
        }
    }
    ranges.resize(kept);
}

/// The largest network that starts at `first` and does not pass `last`.
Ipv4Range largest_network(std::uint64_t first, std::uint64_t last) noexcept {
    const auto aligned_bits = first == 0 ? 32 : std::countr_zero(first);
    const auto fitting_bits = static_cast<int>(std::bit_width(last - first + 1)) - 1;
    const auto size = std::uint64_t{1} << static_cast<unsigned>(std::min(aligned_bits, fitting_bits));
    return {static_cast<std::uint32_t>(first), static_cast<std::uint32_t>(first + size - 1)};
}

void append_networks(Ipv4Range range, std::vector<Ipv4Range>& networks) {
    for (std::uint64_t first = range.first; first <= range.last;) {
        const Ipv4Range network = largest_network(first, range.last);
        networks.push_back(network);
        first = std::uint64_t{network.last} + 1;
    }
}

std::vector<Ipv4Range> as_networks(const std::vector<Ipv4Range>& united) {
    std::vector<Ipv4Range> networks;
    networks.reserve(united.size());
    for (const Ipv4Range range : united) append_networks(range, networks);
    return networks;
}

}  // namespace

std::vector<Ipv4Range> merge_to_networks(std::vector<Ipv4Range> ranges) {
    unite(ranges);
    return as_networks(ranges);
}

std::vector<Ipv4Range> subtract(std::vector<Ipv4Range> ranges, std::vector<Ipv4Range> taken) {
    unite(ranges);
    unite(taken);
    std::vector<Ipv4Range> left;
    auto hole = taken.cbegin();
    for (const Ipv4Range range : ranges) {
        while (hole != taken.cend() && hole->last < range.first) ++hole;
        std::uint64_t first = range.first;
        // A hole may reach into the next range, so `hole` itself stays on the first one that matters.
        for (auto cut = hole; cut != taken.cend() && cut->first <= range.last; ++cut) {
            if (cut->first > first) left.push_back({static_cast<std::uint32_t>(first), cut->first - 1});
            first = std::uint64_t{cut->last} + 1;
            hole = cut;
        }
        if (first <= range.last) left.push_back({static_cast<std::uint32_t>(first), range.last});
    }
    return as_networks(left);
}

}  // namespace cordon::core
