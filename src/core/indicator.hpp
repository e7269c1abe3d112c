#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"

namespace cordon::core {

/// What a feed section says its values are.
enum class EntityType { domain, url, ip };

[[nodiscard]] const char* name_of(EntityType type) noexcept;

/// One value as a feed gave it. The views live as long as the IndicatorSet is unchanged.
struct Indicator {
    std::string_view value;   ///< raw: as published, not yet canonical
    std::optional<int> risk;  ///< 0..99 (RF), absent where the layout has none
    std::optional<std::chrono::sys_seconds> last_seen;
    std::string_view rules;  ///< rule names joined by ", "; may be empty
};

/// The values of one complete feed snapshot, in the feed's order, duplicates included. Text lies in one
/// flat buffer: about 24 bytes a row beside the text itself.
class IndicatorSet {
public:
    void append(const Indicator& indicator);
    [[nodiscard]] std::size_t size() const noexcept { return rows_.size(); }
    [[nodiscard]] bool empty() const noexcept { return rows_.empty(); }
    [[nodiscard]] Indicator operator[](std::size_t index) const noexcept;
    void reserve(std::size_t rows, std::size_t text_bytes);
    [[nodiscard]] std::size_t memory_bytes() const noexcept;

private:
    struct Row {
        std::uint64_t value_at;
        std::uint32_t value_size;
        std::uint32_t last_seen;  // seconds since 1970, 0 = absent
        std::uint32_t rules;      // index into rules_, 0 = none
        std::int32_t risk;        // -1 = absent
    };
    std::uint32_t rules_index(std::string_view rules);

    std::string text_;
    std::vector<Row> rows_;
    std::vector<std::string> rules_{std::string{}};  // few distinct combinations
    std::map<std::string, std::uint32_t, std::less<>> rule_ids_;
    std::uint32_t last_rules_ = 0;  // those of the row appended last
};

}  // namespace cordon::core
