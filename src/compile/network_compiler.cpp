#include "compile/network_compiler.hpp"

#include <cstdint>
#include <span>
#include <utility>

#include "compile/network_reader.hpp"
#include "compile/network_row.hpp"
#include "compile/pieces.hpp"
#include "compile/spread.hpp"
#include "core/address_clearance.hpp"
#include "core/ip_networks.hpp"

namespace cordon::compile {
namespace {

using core::Ipv4Range;

/// Rows of all blocks so far, sorted, without what lies within another.
struct Kept {
    Ranges<AddressRow> all_addresses;  // where the others lie
    Ranges<NetworkRow> all_networks;
    std::span<AddressRow> addresses;
    std::span<NetworkRow> networks;

    [[nodiscard]] std::size_t size() const noexcept { return addresses.size() + networks.size(); }
};

template <class Row>
[[nodiscard]] Ranges<Row> sorted(const Pieces<Row>& pieces, const Workers& workers) {
    auto ranges = spread<SampledBounds>(pieces, workers);
    workers.each(ranges.count(), [&](std::size_t i) { sort_by_key(ranges.range(i)); });
    return ranges;
}

/// Both kinds in the order of their first addresses, the widest first.
template <class OnAddress, class OnNetwork>
void visit_in_order(const Kept& kept, OnAddress on_address, OnNetwork on_network) {
    std::size_t at = 0;
    for (const AddressRow row : kept.addresses) {
        for (; at < kept.networks.size() && kept.networks[at].range().first <= row.key; ++at) {
            on_network(kept.networks[at]);
        }
        on_address(row);
    }
    for (; at < kept.networks.size(); ++at) on_network(kept.networks[at]);
}

/// What lies within another goes, in place.
void drop_covered(Kept& kept, core::ReasonCounts& counts) {
    std::size_t addresses = 0;
    std::size_t networks = 0;
    std::int64_t reach = -1;  // the last address of all that stays
    const auto take = [&](const auto row, const auto rows, std::size_t& count) {
        if (count > 0 && rows[count - 1].key == row.key) {
            counts.add(core::Reason::duplicate);
        } else if (row.range().last <= reach) {
            counts.add(core::Reason::covered);
        } else {
            rows[count++] = row;
            reach = row.range().last;
        }
    };
    visit_in_order(
        kept, [&](const AddressRow row) { take(row, kept.addresses, addresses); },
        [&](const NetworkRow row) { take(row, kept.networks, networks); });
    kept.addresses = kept.addresses.first(addresses);
    kept.networks = kept.networks.first(networks);
}

/// What was kept and what was read, sorted.
[[nodiscard]] Kept joined(const Kept& before, const std::vector<NetworksRead>& reads, const Workers& workers) {
    Pieces<AddressRow> addresses{before.addresses};
    Pieces<NetworkRow> networks{before.networks};
    for (const NetworksRead& read : reads) {
        addresses.emplace_back(read.addresses);
        networks.emplace_back(read.networks);
    }
    Kept kept;
    kept.all_addresses = sorted(addresses, workers);
    kept.all_networks = sorted(networks, workers);
    kept.addresses = kept.all_addresses.rows();
    kept.networks = kept.all_networks.rows();
    return kept;
}

/// What is reserved or protected.
[[nodiscard]] std::vector<Ipv4Range> kept_clear_of(const std::vector<Ipv4Range>& taken_out) {
    auto ranges = core::reserved_ipv4_blocks();
    ranges.insert(ranges.end(), taken_out.begin(), taken_out.end());
    return ranges;
}

}  // namespace

CompiledNetworks compile_networks(const std::vector<std::string_view>& lists, const CompileRules& rules,
                                  const core::Protection& protection, const Workers& workers) {
    CompiledNetworks result;
    auto taken_out = protection.ipv4_networks();
    const core::AddressClearance clearance(kept_clear_of(taken_out));
    const NetworkRules reading{protection, taken_out, clearance};
    Kept kept;
    for (const auto& block : blocks_of(lists)) {
        std::vector<NetworksRead> reads(block.size());
        workers.each(block.size(), [&](std::size_t i) { reads[i] = NetworkReader(reading).read(block[i]); });
        for (const NetworksRead& read : reads) result.tally.add(read.tally);
        kept = joined(kept, reads, workers);
        drop_covered(kept, result.tally.counts);
    }
    core::FewestNetworks networks(std::move(taken_out), kept.size());
    const auto add = [&](const auto row) { networks.add(row.range()); };
    visit_in_order(kept, add, add);
    result.networks = networks.take();
    if (rules.max_entries > 0 && result.networks.size() > rules.max_entries) {
        result.tally.over_capacity = result.networks.size() - rules.max_entries;
        result.networks.resize(rules.max_entries);
    }
    return result;
}

}  // namespace cordon::compile
