#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

#include "core/entry.hpp"

namespace cordon::core {

/// Distinct entries in one flat text buffer, found again by hash: 24 bytes a row and 8 bytes of table
/// beside the text.
class EntryRows {
public:
    /// How rows are ordered.
    enum class Order : std::uint8_t {
        text,            ///< by byte
        labels_and_text  ///< fewest labels first: a dotted parent stands before what it covers
    };

    /// False where the same text is there already.
    bool insert(std::string_view text, EntryKind kind);

    [[nodiscard]] std::size_t size() const noexcept { return rows_.size(); }
    [[nodiscard]] std::string_view text(std::size_t row) const noexcept {
        return {text_.data() + rows_[row].text_at, rows_[row].text_size};
    }
    [[nodiscard]] EntryKind kind(std::size_t row) const noexcept { return rows_[row].kind; }

    /// All rows, in `order`.
    [[nodiscard]] std::vector<std::uint32_t> ordered(Order order) const;
    /// Does `a` come before `b`?
    [[nodiscard]] static bool comes_before(Order order, std::string_view a, std::string_view b) noexcept;

    /// Only `rows`, in that order; the rest and its memory are gone.
    [[nodiscard]] EntryRows only(const std::vector<std::uint32_t>& rows) const;

    /// The text buffer, for whoever keeps views into it.
    [[nodiscard]] std::vector<char> take_text() && noexcept { return std::move(text_); }

private:
    struct Row {
        std::uint64_t text_at;
        std::uint64_t hash;
        std::uint32_t text_size;
        EntryKind kind;
    };
    void grow_table();
    [[nodiscard]] std::size_t slot_of(std::uint64_t hash, std::string_view text) const noexcept;

    std::vector<char> text_;
    std::vector<Row> rows_;
    std::vector<std::uint32_t> table_;  // row + 1, 0 = free; a power of two, at most half full
};

}  // namespace cordon::core
