// Sets of addresses against a brute-force model: a few hundred addresses, one bit each.

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <bitset>
#include <cstdint>
#include <string>
#include <vector>

#include "core/ip.hpp"

namespace cordon::core {
namespace {

constexpr std::uint32_t k_universe = 256;
using Set = std::bitset<k_universe>;

/// Ranges inside [base, base + 256), so that they often touch and overlap.
std::vector<Ipv4Range> ranges_at(std::uint32_t base) {
    const auto ends = *rc::gen::container<std::vector<std::pair<std::uint32_t, std::uint32_t>>>(
        rc::gen::pair(rc::gen::inRange(0U, k_universe), rc::gen::inRange(0U, 24U)));
    std::vector<Ipv4Range> ranges;
    for (const auto& [first, length] : ends) {
        ranges.push_back({base + first, base + std::min(first + length, k_universe - 1)});
    }
    return ranges;
}

Set set_of(const std::vector<Ipv4Range>& ranges, std::uint32_t base) {
    Set set;
    for (const auto range : ranges) {
        for (std::uint64_t address = range.first; address <= range.last; ++address) set.set(address - base);
    }
    return set;
}

/// Where the aligned block [first, first + size) lies wholly in `set`, and no larger one around it does, it
/// is one network of the fewest. Counts these.
std::size_t fewest_networks(const Set& set, std::size_t first, std::size_t size) {
    std::size_t held = 0;
    for (std::size_t i = first; i < first + size; ++i) held += set[i] ? 1U : 0U;
    if (held == size) return 1;
    if (held == 0) return 0;
    return fewest_networks(set, first, size / 2) + fewest_networks(set, first + size / 2, size / 2);
}

void expect_fewest_networks_of(const Set& expected, const std::vector<Ipv4Range>& networks, std::uint32_t base) {
    RC_ASSERT(set_of(networks, base) == expected);
    RC_ASSERT(networks.size() == fewest_networks(expected, 0, k_universe));
    for (std::size_t i = 0; i < networks.size(); ++i) {
        RC_ASSERT(prefix_of(networks[i]).has_value());
        RC_ASSERT((i == 0 || networks[i - 1].last < networks[i].first));  // the macro does not short-circuit
    }
}

/// The ends of the address space are where sums overflow.
std::uint32_t some_base() {
    return *rc::gen::element(0U, 0xffffff00U, 0x7fffff00U, 0xc6336400U);
}

void expect_holds(bool outcome) {
    EXPECT_TRUE(outcome);
}

TEST(IpProperty, merging_spans_the_same_addresses_with_the_fewest_networks) {
    expect_holds(rc::check([] {
        const auto base = some_base();
        const auto ranges = ranges_at(base);
        expect_fewest_networks_of(set_of(ranges, base), merge_to_networks(ranges), base);
    }));
}

TEST(IpProperty, subtracting_leaves_what_is_in_the_first_and_not_in_the_second) {
    expect_holds(rc::check([] {
        const auto base = some_base();
        const auto ranges = ranges_at(base);
        const auto taken = ranges_at(base);
        expect_fewest_networks_of(set_of(ranges, base) & ~set_of(taken, base), subtract(ranges, taken), base);
    }));
}

TEST(IpProperty, merging_again_changes_nothing) {
    expect_holds(rc::check([] {
        const auto ends = *rc::gen::arbitrary<std::vector<std::pair<std::uint32_t, std::uint32_t>>>();
        std::vector<Ipv4Range> ranges;
        for (const auto& [a, b] : ends) ranges.push_back({std::min(a, b), std::max(a, b)});
        const auto merged = merge_to_networks(ranges);
        RC_ASSERT(merge_to_networks(merged) == merged);
        RC_ASSERT(subtract(merged, ranges).empty());
    }));
}

TEST(IpProperty, every_address_network_and_range_is_read_back_from_its_text) {
    expect_holds(rc::check([](std::uint32_t a, std::uint32_t b, const std::array<std::uint8_t, 16>& bytes) {
        const Ipv4Range range{std::min(a, b), std::max(a, b)};
        RC_ASSERT(parse_ipv4(to_text(a)) == a);
        RC_ASSERT(parse_ipv4_range(to_text(range)) == range);
        RC_ASSERT(parse_ipv6(to_text(bytes)) == bytes);
        const auto prefix = *rc::gen::inRange(0, 129);
        const auto net = parse_ipv6_net(to_text(bytes) + '/' + std::to_string(prefix));
        RC_ASSERT(net.has_value());
        RC_ASSERT(parse_ipv6_net(to_text(*net)) == net);
    }));
}

}  // namespace
}  // namespace cordon::core
