#pragma once

#include <cstdint>
#include <string_view>

#include "base/eight_bytes.hpp"
#include "compile/name_row.hpp"

namespace cordon::compile {

/// Orders of entries, in pieces of eight bytes: `piece(row, n)` is the n-th of them as a number, so that numbers
/// compare as the entries do; `pieces(row)` says how many there are. Behind the last, all are 0.

/// By byte: the order in which entries are given out.
struct TextOrder {
    [[nodiscard]] static std::size_t pieces(const NameRow& row) noexcept { return row.entry_size() / 8 + 1; }
    [[nodiscard]] static std::uint64_t piece(const NameRow& row, std::size_t number) noexcept {
        if (!row.has_dot()) return eight_bytes(row.text(), number * 8);
        if (number > 0) return eight_bytes(row.text(), number * 8 - 1);
        return std::uint64_t{'.'} << 56U | eight_bytes(row.text(), 0) >> 8U;
    }
};

/// Fewest labels first, then by byte: the order in which a full list is cut off, so that a parent stands before what
/// it covers.
struct RankOrder {
    [[nodiscard]] static std::size_t pieces(const NameRow& row) noexcept { return TextOrder::pieces(row) + 1; }
    [[nodiscard]] static std::uint64_t piece(const NameRow& row, std::size_t number) noexcept;
};

/// What may be covered stands right behind what may cover it: families (core/clearance.hpp) first, in any order, then
/// hosts from their last byte to their first, with the dot before all others; of one host the dotted entry, the
/// host, its URLs. The first piece, the family, is the key with which rows are made.
struct FamilyOrder {
    [[nodiscard]] static std::size_t pieces(const NameRow& row) noexcept { return (row.size + 2U) / 8 + 2; }
    [[nodiscard]] static std::uint64_t piece(const NameRow& row, std::size_t number) noexcept;
};

}  // namespace cordon::compile
