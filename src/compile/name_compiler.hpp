#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/workers.hpp"
#include "compile/name_reader.hpp"
#include "compile/name_row.hpp"
#include "compile/name_sort.hpp"
#include "compile/rules.hpp"
#include "compile/tally.hpp"
#include "core/clearance.hpp"
#include "core/protection.hpp"

namespace cordon::compile {

/// The entries of a list of names or URLs: by byte, each once.
struct CompiledNames {
    Ranges<NameRow> rows;
    std::vector<TextStore> texts;  ///< of those rows whose text does not stand in the lists
    Tally tally;
};

/// Compiles plain lists of names or URLs: they are read in pieces (name_reader), brought into an order in which
/// duplicates and what is covered stand side by side (name_sort, family_sweep), then sorted by text. Every stage takes
/// whole arrays and shares them among the workers. With a cap, the surplus is dropped whenever there is twice as much
/// as may stay; should that turn out to have been too much, because later lines cover what was kept, it begins again
/// with more room.
class NameCompiler {
public:
    /// `protection` and `workers` must outlive it.
    NameCompiler(const CompileRules& rules, const core::Protection& protection, const Workers& workers);

    /// The lists must outlive the result, which points into them; ends the NameCompiler.
    [[nodiscard]] CompiledNames compile(const std::vector<std::string_view>& lists);

private:
    void read(const std::vector<std::string_view>& pieces);
    [[nodiscard]] bool fits(const std::vector<std::string_view>& lists);
    [[nodiscard]] std::size_t gathered_rows() const noexcept;
    [[nodiscard]] std::size_t kept_rows() const noexcept;
    void keep_unique();
    void cut(std::size_t most);
    void drop_surplus();
    template <class Order>
    void sort();

    CompileRules rules_;
    const core::Protection& protection_;
    const Workers& workers_;
    core::Clearance clearance_;
    std::vector<NamesRead> gathered_;  // as read
    std::size_t room_ = 0;             // as many rows may be kept between blocks; 0 = all
    std::optional<NameRow> bound_;     // the last row for which there was room
    std::string bound_text_;
    Ranges<NameRow> ranges_;                // as ordered last
    std::vector<std::span<NameRow>> kept_;  // of ranges_
    CompiledNames result_;
};

}  // namespace cordon::compile
