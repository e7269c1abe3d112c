#pragma once

#include <string_view>
#include <vector>

#include "compile/network_row.hpp"
#include "compile/tally.hpp"
#include "core/address_clearance.hpp"
#include "core/canonical.hpp"
#include "core/ip.hpp"
#include "core/protection.hpp"
#include "core/verdict.hpp"

namespace cordon::compile {

/// What a piece of a list of addresses gave.
struct NetworksRead {
    std::vector<AddressRow> addresses;  ///< in the order of the lines
    std::vector<NetworkRow> networks;
    Tally tally;
};

/// What all pieces are read by.
struct NetworkRules {
    const core::Protection& protection;
    const std::vector<core::Ipv4Range>& taken_out;  ///< what is protected: ascending, disjoint
    const core::AddressClearance& clearance;        ///< of what is protected or reserved
};

/// Reads lines into ranges that may be blocked, but for the addresses that are taken out afterwards: a plain address
/// that is clear at once, everything else value by value.
class NetworkReader {
public:
    explicit NetworkReader(const NetworkRules& rules);

    [[nodiscard]] NetworksRead read(std::string_view lines);

private:
    void take_value(std::string_view value);
    void take_network(core::Ipv4Range range, std::string_view value);
    void take_other(std::string_view value);
    [[nodiscard]] std::optional<core::Reason> judge_network(core::Ipv4Range range);
    [[nodiscard]] bool is_taken_out(core::Ipv4Range range) const;

    const NetworkRules& rules_;
    core::VerdictRules verdict_rules_;
    core::Canonical canonical_;  // of the value in hand; keeps its memory
    NetworksRead result_;
};

}  // namespace cordon::compile
