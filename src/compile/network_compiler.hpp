#pragma once

#include <string_view>
#include <vector>

#include "base/workers.hpp"
#include "compile/rules.hpp"
#include "compile/tally.hpp"
#include "core/ip.hpp"
#include "core/protection.hpp"

namespace cordon::compile {

/// The fewest networks that hold all that may be blocked and nothing else, ascending by address.
struct CompiledNetworks {
    std::vector<core::Ipv4Range> networks;
    Tally tally;
};

/// Compiles plain lists of addresses, networks and ranges: read in pieces (network_reader), sorted, what lies within
/// another dropped, what is protected taken out, the rest merged.
[[nodiscard]] CompiledNetworks compile_networks(const std::vector<std::string_view>& lists, const CompileRules& rules,
                                                const core::Protection& protection, const Workers& workers);

}  // namespace cordon::compile
