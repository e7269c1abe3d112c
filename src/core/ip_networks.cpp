#include "core/ip_networks.hpp"

#include <algorithm>
#include <bit>
#include <utility>

namespace cordon::core {
namespace {

void sort_where_needed(std::vector<Ipv4Range>& ranges) {
    if (!std::is_sorted(ranges.begin(), ranges.end())) std::sort(ranges.begin(), ranges.end());
}

/// Ascending, disjoint and not even touching, in place. O(n log n), linear where they are ascending.
void unite(std::vector<Ipv4Range>& ranges) {
    sort_where_needed(ranges);
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

}  // namespace

FewestNetworks::FewestNetworks(std::vector<Ipv4Range> taken_out, std::size_t expected) : holes_(std::move(taken_out)) {
    unite(holes_);
    networks_.reserve(expected);
}

/// What is left of the open range.
void FewestNetworks::close() {
    if (!has_open_) return;
    has_open_ = false;
    while (hole_ < holes_.size() && holes_[hole_].last < open_.first) ++hole_;
    std::uint64_t first = open_.first;
    // A hole may reach into the next range, so `hole_` itself stays on the last one that mattered.
    for (std::size_t cut = hole_; cut < holes_.size() && holes_[cut].first <= open_.last; ++cut) {
        if (holes_[cut].first > first) append(first, std::uint64_t{holes_[cut].first} - 1);
        first = std::uint64_t{holes_[cut].last} + 1;
        hole_ = cut;
    }
    if (first <= open_.last) append(first, open_.last);
}

void FewestNetworks::append(std::uint64_t first, std::uint64_t last) {
    while (first <= last) {
        networks_.push_back(largest_network(first, last));
        first = std::uint64_t{networks_.back().last} + 1;
    }
}

std::vector<Ipv4Range> FewestNetworks::take() {
    close();
    return std::move(networks_);
}

std::vector<Ipv4Range> merge_to_networks(std::vector<Ipv4Range> ranges) {
    return subtract(std::move(ranges), {});
}

std::vector<Ipv4Range> subtract(std::vector<Ipv4Range> ranges, std::vector<Ipv4Range> taken) {
    sort_where_needed(ranges);
    FewestNetworks left(std::move(taken), ranges.size());
    for (const Ipv4Range range : ranges) left.add(range);
    return left.take();
}

}  // namespace cordon::core
