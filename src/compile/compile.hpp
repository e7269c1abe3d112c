#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/workers.hpp"
#include "compile/name_compiler.hpp"
#include "compile/network_compiler.hpp"
#include "compile/rules.hpp"
#include "compile/tally.hpp"
#include "core/protection.hpp"

namespace cordon::compile {

/// What plain lists became: the entries, each once; names and URLs ascending by byte, networks by address. Points
/// into the lists.
class CompiledList {
public:
    explicit CompiledList(CompiledNames names) noexcept : entries_(std::move(names)) {}
    explicit CompiledList(CompiledNetworks networks) noexcept : entries_(std::move(networks)) {}

    [[nodiscard]] const Tally& tally() const;
    [[nodiscard]] std::size_t size() const noexcept;

    /// Appends the texts of the entries `begin` to `end`, with a line feed behind each.
    void append_lines(std::size_t begin, std::size_t end, std::string& lines) const;

private:
    std::variant<CompiledNames, CompiledNetworks> entries_;
};

/// The core alone over plain lists: lines, canonical form, judge(), duplicates, covering. One value a line; comments, a
/// second column behind a tab and hosts-file lines are understood (core/list_line.hpp). The result is the same whatever
/// the number of workers and the seed. The lists must outlive the result.
///
/// Names: accepted = entries + over_capacity. IPv4 networks: protected addresses are cut out of wider networks and what
/// remains is merged to the fewest networks, so the entries are counted apart.
/// Memory: 32 bytes a value beside the lists; with max_entries so much for a block of 128 MiB of them, and then values
/// behind the last kept one count as over capacity without a look for duplicates among them.
[[nodiscard]] CompiledList compile(const std::vector<std::string_view>& lists, const CompileRules& rules,
                                   const core::Protection& protection, const Workers& workers);

/// What the first lines of a list seem to be.
struct EntityGuess {
    std::optional<core::EntityType> type;  ///< the one that at least half of them have
    bool is_mixed = false;                 ///< no type, but most of them are indicators of one kind or another
};
[[nodiscard]] EntityGuess detect_entity(std::string_view list);

}  // namespace cordon::compile
