#pragma once

#include <cstdint>
#include <string>

#include "core/canonical.hpp"
#include "core/compile.hpp"
#include "core/entry_rows.hpp"

namespace cordon::core {

/// The domain and URL half of a Compiler: takes entries that passed judge().
class NameCompiler {
public:
    explicit NameCompiler(const CompileRules& rules);

    void take(const Canonical& entry, ReasonCounts& counts);
    /// Fills entries, text and over_capacity.
    void finish(CompiledList& list);

private:
    void drop_covered(ReasonCounts& counts);
    void shrink(ReasonCounts& counts);

    CompileRules rules_;
    EntryRows::Order order_;
    EntryRows rows_;
    bool may_cover_ = false;  // an entry is there that can cover others
    std::string bound_;       // where entries were left out: the last one kept
    std::uint64_t left_out_ = 0;
};

}  // namespace cordon::core
