#include "compile/network_compiler.hpp"

#include <utility>

#include "compile/network_reader.hpp"
#include "compile/network_row.hpp"
#include "compile/pieces.hpp"
#include "compile/spread.hpp"
#include "core/address_clearance.hpp"

namespace cordon::compile {
namespace {

using core::Ipv4Range;
using Rows = std::vector<NetworkRow>;

/// `rows` is in order: drops what lies within another.
[[nodiscard]] Rows without_covered(const Ranges<NetworkRow>& rows, core::ReasonCounts& counts) {
    Rows kept;
    kept.reserve(rows.size());
    Ipv4Range widest;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const NetworkRow row = rows.rows[i];
        if (!kept.empty() && row.key == kept.back().key) {
            counts.add(core::Reason::duplicate);
        } else if (!kept.empty() && row.range().last <= widest.last) {
            counts.add(core::Reason::covered);
        } else {
            kept.push_back(row);
            widest = row.range();
        }
    }
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
    Rows kept;
    for (const auto& block : blocks_of(lists)) {
        std::vector<NetworksRead> reads(block.size());
        workers.each(block.size(), [&](std::size_t i) { reads[i] = NetworkReader(reading).read(block[i]); });
        Pieces<NetworkRow> pieces{kept};
        for (const NetworksRead& read : reads) {
            pieces.emplace_back(read.rows);
            result.tally.add(read.tally);
        }
        const auto sorted = spread<SampledBounds>(pieces, workers);
        workers.each(sorted.count(), [&](std::size_t i) { sort_by_key(sorted.range(i)); });
        reads.clear();
        kept = without_covered(sorted, result.tally.counts);
    }
    std::vector<Ipv4Range> ranges;
    ranges.reserve(kept.size());
    for (const NetworkRow& row : kept) ranges.push_back(row.range());
    kept = {};
    result.networks = core::subtract(std::move(ranges), std::move(taken_out));
    if (rules.max_entries > 0 && result.networks.size() > rules.max_entries) {
        result.tally.over_capacity = result.networks.size() - rules.max_entries;
        result.networks.resize(rules.max_entries);
    }
    return result;
}

}  // namespace cordon::compile
