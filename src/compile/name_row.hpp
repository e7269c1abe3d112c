#pragma once

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "core/entry.hpp"

namespace cordon::compile {

/// One entry of a category while a list is compiled: 16 bytes beside the text, which is left where it was read
/// wherever it stands there as it should. Rows are moved, sorted and dropped; texts are not.
struct NameRow {
    static constexpr unsigned k_text_bits = 48;  // user space of x86-64 and AArch64
    static constexpr unsigned k_size_bits = 12;  // an entry has at most 1,024 bytes (zia-api.md 5.1)
    static constexpr unsigned k_kind_bits = 4;

    std::uint64_t key;                  ///< the part of the order in hand that rows are being sorted by
    std::uint64_t where : k_text_bits;  ///< the address of the text
    std::uint64_t size : k_size_bits;
    std::uint64_t code : k_kind_bits;  ///< core::EntryKind

    [[nodiscard]] core::EntryKind kind() const noexcept { return static_cast<core::EntryKind>(code); }
    /// Of a dotted host without its dot.
    [[nodiscard]] std::string_view text() const noexcept {
        // Half a row's room is worth it.  NOLINTNEXTLINE(performance-no-int-to-ptr)
        return {reinterpret_cast<const char*>(static_cast<std::uintptr_t>(where)), size};
    }
    [[nodiscard]] bool has_dot() const noexcept { return kind() == core::EntryKind::dotted_host; }
    /// The whole entry's bytes.
    [[nodiscard]] std::size_t entry_size() const noexcept { return size + (has_dot() ? 1U : 0U); }
};
static_assert(sizeof(NameRow) == 16);

/// `text` without the dot of a dotted host.
[[nodiscard]] inline NameRow name_row(std::uint64_t key, std::string_view text, core::EntryKind kind) noexcept {
    NameRow row{};
    row.key = key;
    row.where = reinterpret_cast<std::uintptr_t>(text.data()) & ((std::uint64_t{1} << NameRow::k_text_bits) - 1);
    row.size = text.size() & ((1U << NameRow::k_size_bits) - 1);
    row.code = static_cast<std::uint64_t>(kind) & ((1U << NameRow::k_kind_bits) - 1);
    return row;
}

/// Without port and path.
[[nodiscard]] std::string_view host_of(const NameRow& row) noexcept;

/// Texts that stand nowhere in a list as they should. They stay where they are.
class TextStore {
public:
    [[nodiscard]] std::string_view keep(std::string_view text);

private:
    static constexpr std::size_t k_block = std::size_t{1} << 16U;
    std::vector<std::unique_ptr<char[]>> blocks_;
    char* end_ = nullptr;   // of what is used of the last block
    std::size_t room_ = 0;  // behind it
};

}  // namespace cordon::compile
