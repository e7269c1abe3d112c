#pragma once

#include <vector>

#include "core/compile.hpp"
#include "core/ip.hpp"

namespace cordon::core {

/// The IPv4 half of a Compiler: takes ranges that may be blocked but for the addresses `taken_out`.
class NetworkCompiler {
public:
    NetworkCompiler(const CompileRules& rules, std::vector<Ipv4Range> taken_out);

    /// True where nothing of the range may be blocked.
    [[nodiscard]] bool is_taken_out(Ipv4Range range) const;
    void take(Ipv4Range range, ReasonCounts& counts);
    /// Fills entries, text and over_capacity.
    void finish(CompiledList& list);

private:
    void merge(ReasonCounts& counts);

    CompileRules rules_;
    std::vector<Ipv4Range> taken_out_;  // ascending, disjoint
    std::vector<Ipv4Range> ranges_;
    std::size_t merged_ = 0;  // the first so many of ranges_ are sorted, none within another
};

}  // namespace cordon::core
