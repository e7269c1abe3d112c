#include "core/entry_rows.hpp"

#include <algorithm>

#include "base/digest.hpp"

namespace cordon::core {
namespace {

constexpr std::size_t k_first_table = 1024;

/// What most comparisons need lies in the key itself: the first eight bytes as one number.
struct SortKey {
    std::uint64_t start;
    std::uint32_t labels;
    std::uint32_t row;
};

[[nodiscard]] std::uint64_t start_of(std::string_view text) noexcept {
    std::uint64_t start = 0;
    for (std::size_t i = 0; i < sizeof start; ++i) {
        start = start << 8U | (i < text.size() ? static_cast<unsigned char>(text[i]) : 0U);
    }
    return start;
}

[[nodiscard]] std::uint32_t labels_below_dot(std::string_view text) noexcept {
    return static_cast<std::uint32_t>(std::ranges::count(text, '.')) + (text.starts_with('.') ? 0U : 1U);
}

}  // namespace

bool EntryRows::insert(std::string_view text, EntryKind kind) {
    if ((rows_.size() + 1) * 2 > table_.size()) grow_table();
    const std::uint64_t hash = hash64(text);
    const std::size_t slot = slot_of(hash, text);
    if (table_[slot] != 0) return false;
    rows_.push_back({text_.size(), hash, static_cast<std::uint32_t>(text.size()), kind});
    text_.insert(text_.end(), text.begin(), text.end());
    table_[slot] = static_cast<std::uint32_t>(rows_.size());
    return true;
}

std::size_t EntryRows::slot_of(std::uint64_t hash, std::string_view wanted) const noexcept {
    const std::size_t mask = table_.size() - 1;
    std::size_t slot = hash & mask;
    for (; table_[slot] != 0; slot = (slot + 1) & mask) {
        const std::size_t row = table_[slot] - 1;
        if (rows_[row].hash == hash && text(row) == wanted) break;
    }
    return slot;
}

void EntryRows::grow_table() {
    table_.assign(std::max(k_first_table, table_.size() * 2), 0);
    const std::size_t mask = table_.size() - 1;
    for (std::size_t row = 0; row < rows_.size(); ++row) {
        std::size_t slot = rows_[row].hash & mask;
        while (table_[slot] != 0) slot = (slot + 1) & mask;
        table_[slot] = static_cast<std::uint32_t>(row + 1);
    }
}

bool EntryRows::comes_before(Order order, std::string_view a, std::string_view b) noexcept {
    if (order == Order::labels_and_text) {
        const auto labels_a = labels_below_dot(a);
        const auto labels_b = labels_below_dot(b);
        if (labels_a != labels_b) return labels_a < labels_b;
    }
    return a < b;
}

std::vector<std::uint32_t> EntryRows::ordered(Order order) const {
    std::vector<SortKey> keys;
    keys.reserve(rows_.size());
    for (std::size_t row = 0; row < rows_.size(); ++row) {
        const auto entry = text(row);
        const std::uint32_t labels = order == Order::text ? 0 : labels_below_dot(entry);
        keys.push_back({start_of(entry), labels, static_cast<std::uint32_t>(row)});
    }
    std::ranges::sort(keys, [this](const SortKey& a, const SortKey& b) {
        if (a.labels != b.labels) return a.labels < b.labels;
        if (a.start != b.start) return a.start < b.start;
        return text(a.row) < text(b.row);
    });
    std::vector<std::uint32_t> rows;
    rows.reserve(keys.size());
    for (const SortKey& key : keys) rows.push_back(key.row);
    return rows;
}

EntryRows EntryRows::only(const std::vector<std::uint32_t>& rows) const {
    EntryRows kept;
    for (const std::uint32_t row : rows) kept.insert(text(row), kind(row));
    return kept;
}

}  // namespace cordon::core
