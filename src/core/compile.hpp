#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/entry.hpp"
#include "core/indicator.hpp"
#include "core/protection.hpp"
#include "core/reason.hpp"

namespace cordon::core {

/// How plain lists are compiled.
struct CompileRules {
    EntityType entity = EntityType::domain;
    bool include_subdomains = false;  ///< domain lists: write ".x", let parents cover children
    /// Keep at most so many entries, 0 = all. Plain lists carry no risk, so the order is by text; with
    /// include_subdomains the names with the fewest labels come first (a parent before what it covers).
    std::size_t max_entries = 0;
};

/// What plain lists became. accepted = fetched - rejected - merged (design rule 16).
struct CompiledList {
    std::vector<char> text;                                        ///< the entries' text
    std::vector<std::string_view> entries;                         ///< into `text`; ascending by byte, unique
    std::uint64_t fetched = 0;                                     ///< values found in the lists
    ReasonCounts counts;                                           ///< rejected and merged values
    std::array<std::vector<std::string>, k_reason_count> samples;  ///< by reason: the first few rejected values
    std::uint64_t over_capacity = 0;                               ///< entries left out by max_entries
    [[nodiscard]] std::uint64_t accepted() const noexcept;

    CompiledList() = default;
    CompiledList(const CompiledList&) = delete;  // the views
    CompiledList& operator=(const CompiledList&) = delete;
    CompiledList(CompiledList&&) = default;
    CompiledList& operator=(CompiledList&&) = default;
};

/// The core alone over plain lists: lines, canonical form, judge(), duplicates, covering. One value a
/// line; comments, a second column behind a tab and hosts-file lines are understood (core/list_line.hpp).
///
/// Names: accepted = entries + over_capacity. IPv4 networks: protected addresses are cut out of wider
/// networks and what remains is merged to the fewest networks, so the entries are counted apart.
/// Memory: the distinct entries; with max_entries at most about twice as many, and then values behind
/// the last kept one count as over capacity without a look for duplicates among them.
class Compiler {
public:
    /// `protection` must outlive the Compiler.
    Compiler(CompileRules rules, const Protection& protection);
    ~Compiler();

    /// One whole list; nothing of `list` is kept.
    void add(std::string_view list);

    /// The result; ends the Compiler.
    [[nodiscard]] CompiledList finish();

private:
    struct State;
    std::unique_ptr<State> state_;
};

/// What the first lines of a list seem to be.
struct EntityGuess {
    std::optional<EntityType> type;  ///< the one that at least half of them have
    bool is_mixed = false;           ///< no type, but most of them are indicators of one kind or another
};
[[nodiscard]] EntityGuess detect_entity(std::string_view list);

}  // namespace cordon::core
