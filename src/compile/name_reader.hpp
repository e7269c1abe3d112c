#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "compile/name_row.hpp"
#include "compile/rules.hpp"
#include "compile/tally.hpp"
#include "core/canonical.hpp"
#include "core/clearance.hpp"
#include "core/protection.hpp"
#include "core/verdict.hpp"

namespace cordon::compile {

/// What a piece of a list of names or URLs gave.
struct NamesRead {
    std::vector<NameRow> rows;  ///< by FamilyOrder's first key, in the order of the lines
    TextStore texts;            ///< of those rows that are spelled otherwise in the list
    Tally tally;
};

/// What all pieces are read by.
struct NameRules {
    CompileRules compile;
    const core::Protection& protection;
    const core::Clearance& clearance;
    std::optional<NameRow> bound;  ///< rows that come after this one in the order of the cap are left out
};

/// Reads lines into rows: a plain name (core/plain_name.hpp) that is clear (core/clearance.hpp) is a row at once; everything
/// else is made canonical and judged, value by value.
class NameReader {
public:
    explicit NameReader(const NameRules& rules);

    /// Whole lines. The rows' texts stand in `lines` or in the result's store.
    [[nodiscard]] NamesRead read(std::string_view lines);

private:
    void take_line(std::string_view line);
    void take_value(std::string_view value);
    void take_entry(std::string_view value);
    void take_plain(std::string_view name, std::uint64_t dots);
    [[nodiscard]] bool is_left_out(const NameRow& row);

    const NameRules& rules_;
    core::VerdictRules verdict_rules_;
    core::Canonical canonical_;  // of the value in hand; keeps its memory
    NamesRead result_;
};

}  // namespace cordon::compile
