#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/entry.hpp"
#include "core/indicator.hpp"
#include "core/protection.hpp"
#include "core/reason.hpp"

namespace cordon::core {

/// How one list turns indicators into entries. Defaults are the settings' defaults.
struct ListRules {
    EntityType entity = EntityType::domain;
    std::optional<TargetKind> target = std::nullopt;  ///< where it is not the entity's usual one
    /// What the list goes on in, where that holds other entries too (IPv6 addresses in a category).
    std::optional<TargetKind> also = std::nullopt;
    bool include_subdomains = false;  ///< write ".domain" instead of "domain"
    std::size_t min_risk = 0;         ///< indicators with a risk below are rejected
    unsigned min_prefix = 16;         ///< IPv4 networks and ranges wider than this are rejected
    bool join_networks = false;       ///< one network for addresses that fill it
    bool fold_hosts = false;          ///< ".domain" for a domain that is named beside hosts below it
    /// What must not come back inside of a wider entry: taken out by hand, or refused. Canonical, ascending; outlives
    /// the call.
    std::span<const std::string> apart = {};
    bool permit_reserved = false;  ///< lets documentation and benchmarking addresses and reserved
                                   ///< names (.example, .test, .invalid) through: rehearsal only
};

/// One feed's part of a list.
struct FeedPart {
    std::string feed;  ///< name of the settings section
    const IndicatorSet* indicators = nullptr;
    int default_risk = 65;  ///< for indicators without one (design rule 15)
    /// What this feed's values are, where it differs from the list's (domains and URLs may share a category).
    std::optional<EntityType> entity = std::nullopt;
    /// An expired or unconfigured feed: what it put on the list stays, nothing new comes from it (design rule
    /// 2). `indicators` are only what is ours already; min_risk and covering do not take them out, and the
    /// selection neither.
    bool keeps_only = false;
};

/// One entry that the feeds want on the list.
struct DesiredEntry {
    std::string_view text;  ///< canonical; lives as long as the DesiredSet
    EntryKind kind = EntryKind::host;
    int risk = 0;
    std::chrono::sys_days last_seen{};  ///< 1970-01-01 where the feed gives none
    std::uint16_t feed = 0;             ///< index into the parts
    bool is_pinned = false;             ///< a part that keeps only names it: while present it is not displaced
};

/// What should be on one list, and what became of every fetched value.
/// fetched = rejected + merged + size().
class DesiredSet {
public:
    [[nodiscard]] std::size_t size() const noexcept { return rows_.size(); }
    [[nodiscard]] bool empty() const noexcept { return rows_.empty(); }
    /// In selection order: risk descending, last seen (by day) descending, text ascending (rule 15).
    [[nodiscard]] DesiredEntry operator[](std::size_t index) const noexcept;
    /// Its text alone.
    [[nodiscard]] std::string_view text(std::size_t index) const noexcept {
        return std::string_view(text_).substr(rows_[index].text_at, rows_[index].text_size);
    }
    /// The entries' numbers in the ascending order of their texts.
    [[nodiscard]] std::span<const std::uint32_t> by_text() const noexcept { return by_text_; }
    /// The row that stands for the entry, as published; lives as long as the IndicatorSet.
    [[nodiscard]] Indicator indicator(std::size_t index) const noexcept;
    /// The feed whose index a DesiredEntry holds.
    [[nodiscard]] std::string_view feed_name(std::uint16_t feed) const noexcept { return parts_[feed].feed; }
    [[nodiscard]] std::uint64_t fetched() const noexcept { return fetched_; }
    [[nodiscard]] const ReasonCounts& counts() const noexcept { return counts_; }

private:
    friend class DesiredBuilder;
    struct Row {
        std::uint64_t text_at;
        std::uint64_t indicator;  // index within its part
        std::uint32_t text_size;
        std::int32_t last_seen_day;
        std::uint16_t feed;
        std::uint8_t risk;
        EntryKind kind;
        bool is_pinned;   // named by a part that keeps only
        bool is_current;  // named by a part that does not: that one's risk and day rank it
    };
    std::string text_;
    std::vector<Row> rows_;
    std::vector<std::uint32_t> by_text_;
    std::vector<FeedPart> parts_;
    std::uint64_t fetched_ = 0;
    ReasonCounts counts_;
};

/// Canonical, merged, guarded, covered, ranked: everything but the cap. The same canonical entry from
/// several rows keeps the highest risk and the latest date, of current feeds where one names it. A dotted entry that
/// would block a protected name falls back to its exact form. With fold_hosts and join_networks fewer entries stand for
/// the same indicators (see saving.hpp). Covered by (zia-api.md 5.2, stricter reading): a dotted
/// entry at most four labels above, an exact or dotted host for URLs on it, a network for addresses in it.
[[nodiscard]] DesiredSet build_desired(std::span<const FeedPart> parts, const ListRules& rules,
                                       const Protection& protection, RejectSink& sink);

}  // namespace cordon::core
