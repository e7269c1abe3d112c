#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "core/canonical.hpp"
#include "core/indicator.hpp"

namespace cordon::feeds {

/// Takes the rows of one file, judges each (is it an indicator of any type?) and keeps those that have
/// a value, so that the core can count and show what it rejects.
class RowCollector {
public:
    /// `now`: dates more than a day later are taken for it; nullopt: for what they say.
    explicit RowCollector(core::EntityType entity, std::optional<Time> now = std::nullopt)
        : entity_(entity), now_(now) {}

    /// A row with a value, whatever it is.
    void add(const core::Indicator& row);
    /// A row in which no value was found: counted against the file, not kept.
    void add_without_value() { ++rows_, ++invalid_; }
    /// A `{}` row: known to occur (recorded-future-api.md 7.2), so only counted.
    void add_empty() { ++invalid_; }

    [[nodiscard]] core::EntityType entity() const noexcept { return entity_; }
    /// Rows that count for min_valid_share: no comments, no blank lines, no `{}`.
    [[nodiscard]] std::uint64_t rows() const noexcept { return rows_; }
    /// Rows that are an indicator of some type.
    [[nodiscard]] std::uint64_t valid() const noexcept { return valid_; }
    /// Rows that are none, `{}` rows included.
    [[nodiscard]] std::uint64_t invalid() const noexcept { return invalid_; }
    [[nodiscard]] core::IndicatorSet& indicators() noexcept { return indicators_; }

private:
    [[nodiscard]] bool is_indicator(std::string_view value);

    core::EntityType entity_;
    std::optional<Time> now_;
    core::IndicatorSet indicators_;
    core::Canonical canonical_;
    std::uint64_t rows_ = 0;
    std::uint64_t valid_ = 0;
    std::uint64_t invalid_ = 0;
};

/// `names` without repetitions, joined by ", ". Names beyond 1,000 bytes in all are left out: they are
/// for people, and a hostile file must not grow the snapshot.
void join_rules(std::span<const std::string_view> names, std::string& joined);

}  // namespace cordon::feeds
