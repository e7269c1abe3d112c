#include "core/desired.hpp"

#include <algorithm>
#include <boost/unordered/unordered_flat_set.hpp>
#include <set>

#include <fmt/format.h>

#include "base/digest.hpp"
#include "base/text_order.hpp"
#include "core/canonical.hpp"
#include "core/cover.hpp"
#include "core/saving.hpp"
#include "core/verdict.hpp"

namespace cordon::core {

DesiredEntry DesiredSet::operator[](std::size_t index) const noexcept {
    const Row& row = rows_[index];
    DesiredEntry entry;
    entry.text = text(index);
    entry.kind = row.kind;
    entry.risk = row.risk;
    entry.last_seen = std::chrono::sys_days{std::chrono::days{row.last_seen_day}};
    entry.feed = row.feed;
    entry.is_pinned = row.is_pinned;
    return entry;
}

Indicator DesiredSet::indicator(std::size_t index) const noexcept {
    return (*parts_[rows_[index].feed].indicators)[rows_[index].indicator];
}

/// Fills one DesiredSet, step by step. Texts are kept once, in one buffer; the table of what is already
/// there holds row numbers, and equal hashes are settled by the text.
class DesiredBuilder {
public:
    DesiredBuilder(std::span<const FeedPart> parts, const ListRules& rules, const Protection& protection,
                   RejectSink& sink)
        : rules_(rules),
          verdict_rules_{rules.target.value_or(target_of(rules.entity)), rules.min_prefix, rules.permit_reserved,
                         rules.include_subdomains, rules.also},
          protection_(protection),
          sink_(sink),
          index_(0, RowHash{this}, RowEqual{this}) {
        set_.parts_.assign(parts.begin(), parts.end());
    }

    DesiredSet build() {
        for (std::size_t feed = 0; feed < set_.parts_.size(); ++feed) {
            take_part(static_cast<std::uint16_t>(feed));
        }
        if (rules_.fold_hosts) fold();
        index_.clear();
        leave_out_covered();
        if (rules_.join_networks) join();
        rank();
        return std::move(set_);
    }

private:
    using Row = DesiredSet::Row;

    struct RowHash {
        using is_transparent = void;
        using is_avalanching = void;
        const DesiredBuilder* builder;
        std::size_t operator()(std::uint32_t row) const noexcept { return builder->hashes_[row]; }
        std::size_t operator()(std::string_view text) const noexcept { return hash64(text); }
    };
    struct RowEqual {
        using is_transparent = void;
        const DesiredBuilder* builder;
        bool operator()(std::uint32_t a, std::uint32_t b) const noexcept { return a == b; }
        bool operator()(std::string_view text, std::uint32_t row) const noexcept {
            return text == builder->text_of(builder->set_.rows_[row]);
        }
        bool operator()(std::uint32_t row, std::string_view text) const noexcept { return (*this)(text, row); }
    };

    void take_part(std::uint16_t feed) {
        const FeedPart& part = set_.parts_[feed];
        for (std::size_t i = 0; i < part.indicators->size(); ++i) {
            ++set_.fetched_;
            take(feed, i, (*part.indicators)[i]);
        }
    }

    void take(std::uint16_t feed, std::size_t at, const Indicator& indicator) {
        const FeedPart& part = set_.parts_[feed];
        const auto entity = part.entity.value_or(rules_.entity);
        canonicalise(entity, indicator.value, canonical_);
        if (!canonical_.is_entry) {
            leave_out(indicator.value, canonical_.reason, feed, canonical_.detail);
            return;
        }
        const int risk = std::clamp(indicator.risk.value_or(part.default_risk), 0, 100);
        if (!part.keeps_only && static_cast<std::size_t>(risk) < rules_.min_risk) {
            leave_out(indicator.value, Reason::below_min_risk, feed,
                      fmt::format("risk {}, min_risk {}", risk, rules_.min_risk));
            return;
        }
        if (rules_.include_subdomains && entity == EntityType::domain && canonical_.kind == EntryKind::host) {
            canonical_.text.insert(0, 1, '.');
            canonical_.kind = EntryKind::dotted_host;
        }
        if (const auto verdict = judge(canonical_, verdict_rules_, protection_)) {
            leave_out(indicator.value, verdict->reason, feed, verdict->detail);
            return;
        }
        Row row{};
        row.indicator = at;
        row.last_seen_day = day_of(indicator);
        row.feed = feed;
        row.risk = static_cast<std::uint8_t>(risk);
        row.kind = canonical_.kind;
        row.is_pinned = part.keeps_only;
        row.is_current = !part.keeps_only;
        merge(row);
    }

    static std::int32_t day_of(const Indicator& indicator) {
        if (!indicator.last_seen) return 0;
        const auto day = std::chrono::floor<std::chrono::days>(*indicator.last_seen);
        return static_cast<std::int32_t>(day.time_since_epoch().count());
    }

    /// Adds the row for canonical_.text, or merges it with the one that is there.
    void merge(Row row) {
        const std::string_view text = canonical_.text;
        const auto found = index_.find(text);
        if (found == index_.end()) {
            row.text_at = set_.text_.size();
            row.text_size = static_cast<std::uint32_t>(text.size());
            set_.text_.append(text);
            set_.rows_.push_back(row);
            hashes_.push_back(hash64(text));
            index_.insert(static_cast<std::uint32_t>(set_.rows_.size() - 1));
            return;
        }
        Row& kept = set_.rows_[*found];
        kept.is_pinned = kept.is_pinned || row.is_pinned;
        if (is_better(row, kept)) {
            std::swap(kept.indicator, row.indicator);
            std::swap(kept.feed, row.feed);
        }
        rank_together(kept, row);
        leave_out(raw_of(row), Reason::duplicate, row.feed,
                  fmt::format("{} of feed {}", text, set_.parts_[kept.feed].feed));
    }

    /// The row that stands for the entry.
    static bool is_better(const Row& row, const Row& kept) noexcept {
        if (row.is_current != kept.is_current) return row.is_current;
        return row.risk != kept.risk ? row.risk > kept.risk : row.last_seen_day > kept.last_seen_day;
    }

    /// What an expired feed said of an entry does not raise what a current one says.
    static void rank_together(Row& kept, const Row& row) noexcept {
        const bool is_alone = row.is_current && !kept.is_current;
        const bool counts = row.is_current == kept.is_current;
        if (is_alone || (counts && row.risk > kept.risk)) kept.risk = row.risk;
        if (is_alone || (counts && row.last_seen_day > kept.last_seen_day)) kept.last_seen_day = row.last_seen_day;
        kept.is_current = kept.is_current || row.is_current;
    }

    [[nodiscard]] std::vector<Coverable> coverables() const {
        std::vector<Coverable> entries;
        entries.reserve(set_.rows_.size());
        for (const Row& row : set_.rows_) entries.push_back({text_of(row), row.kind});
        return entries;
    }

    void rewrite(Row& row, const std::string& text, EntryKind kind) {
        row.text_at = set_.text_.size();
        row.text_size = static_cast<std::uint32_t>(text.size());
        row.kind = kind;
        set_.text_.append(text);
    }

    /// Domains that stand for the hosts below them from here on.
    void fold() {
        for (const std::uint32_t i : hosts_to_fold(coverables(), verdict_rules_, protection_, rules_.apart)) {
            Row& row = set_.rows_[i];
            const auto dotted = "." + std::string(text_of(row));
            if (row.is_pinned || index_.contains(std::string_view(dotted))) continue;
            rewrite(row, dotted, EntryKind::dotted_host);
            folded_.insert(row.text_at);
        }
    }

    /// The best of the members becomes the network; the others are left out.
    void join() {
        std::vector<bool> goes(set_.rows_.size(), false);
        for (const auto& network : join_networks(coverables(), rules_.min_prefix, rules_.apart)) {
            const auto is_pinned = [this](std::uint32_t i) { return set_.rows_[i].is_pinned; };
            if (std::any_of(network.members.begin(), network.members.end(), is_pinned)) continue;
            auto best = network.members.front();
            for (const std::uint32_t i : network.members) {
                if (is_better(set_.rows_[i], set_.rows_[best])) best = i;
            }
            for (const std::uint32_t i : network.members) {
                if (i == best) continue;
                goes[i] = true;
                rank_together(set_.rows_[best], set_.rows_[i]);
                leave_out(raw_of(set_.rows_[i]), Reason::joined, set_.rows_[i].feed, network.text);
            }
            rewrite(set_.rows_[best], network.text, EntryKind::ipv4_net);
        }
        std::size_t kept = 0;
        for (std::size_t i = 0; i < goes.size(); ++i) {
            if (!goes[i]) set_.rows_[kept++] = set_.rows_[i];
        }
        set_.rows_.resize(kept);
    }

    void leave_out_covered() {
        const auto entries = coverables();
        const auto covers = find_covers(verdict_rules_.target, entries);
        std::vector<bool> is_by_folded(covers.size(), false);
        for (std::size_t i = 0; i < covers.size(); ++i) {
            is_by_folded[i] = covers[i] != k_not_covered && folded_.contains(set_.rows_[covers[i]].text_at);
        }
        std::size_t kept = 0;
        for (std::size_t i = 0; i < covers.size(); ++i) {
            const Row row = set_.rows_[i];
            if (covers[i] == k_not_covered || row.is_pinned) {
                set_.rows_[kept++] = row;
            } else {
                leave_out(raw_of(row), is_by_folded[i] ? Reason::folded : Reason::covered, row.feed,
                          entries[covers[i]].text);
            }
        }
        set_.rows_.resize(kept);
    }

    /// Texts are compared once: among equally important rows their order is the rank.
    void rank() {
        const auto text = [this](std::uint32_t row) { return text_of(set_.rows_[row]); };
        const auto by_text = order_by_text(set_.rows_.size(), text, [&](auto a, auto b) { return text(a) < text(b); });
        lay_out_texts(by_text);
        struct Key {
            std::uint64_t importance;  // risk and day, the highest the smallest
            std::uint32_t place;       // in by_text
        };
        std::vector<Key> keys;
        keys.reserve(by_text.size());
        for (const std::uint32_t at : by_text) {
            const Row& row = set_.rows_[at];
            const auto less_risk = static_cast<std::uint64_t>(UINT8_MAX - row.risk);
            const auto older_by = static_cast<std::uint64_t>(std::int64_t{INT32_MAX} - row.last_seen_day);
            keys.push_back({less_risk << 40U | older_by, static_cast<std::uint32_t>(keys.size())});
        }
        std::sort(keys.begin(), keys.end(), [](const Key& a, const Key& b) {
            return a.importance != b.importance ? a.importance < b.importance : a.place < b.place;
        });
        std::vector<Row> ranked;
        ranked.reserve(keys.size());
        set_.by_text_.resize(keys.size());
        for (const Key& key : keys) {
            set_.by_text_[key.place] = static_cast<std::uint32_t>(ranked.size());
            ranked.push_back(set_.rows_[by_text[key.place]]);
        }
        set_.rows_ = std::move(ranked);
    }

    /// Whoever goes through the entries by their texts finds these side by side, and no others.
    void lay_out_texts(std::span<const std::uint32_t> by_text) {
        std::size_t size = 0;
        for (const Row& row : set_.rows_) size += row.text_size;
        std::string texts;
        texts.reserve(size);
        for (const std::uint32_t at : by_text) {
            Row& row = set_.rows_[at];
            const auto text = text_of(row);
            row.text_at = texts.size();
            texts.append(text);
        }
        set_.text_ = std::move(texts);
    }

    void leave_out(std::string_view value, Reason reason, std::uint16_t feed, std::string_view detail) {
        set_.counts_.add(reason);
        sink_.take(value, reason, set_.parts_[feed].feed, detail);
    }

    [[nodiscard]] std::string_view text_of(const Row& row) const noexcept {
        return std::string_view(set_.text_).substr(row.text_at, row.text_size);
    }
    [[nodiscard]] std::string_view raw_of(const Row& row) const noexcept {
        return (*set_.parts_[row.feed].indicators)[row.indicator].value;
    }

    const ListRules& rules_;
    VerdictRules verdict_rules_;
    const Protection& protection_;
    RejectSink& sink_;
    DesiredSet set_;
    Canonical canonical_;                // reused, keeps its memory
    std::set<std::uint64_t> folded_;     // text_at of the rows that stand for hosts below them
    std::vector<std::uint64_t> hashes_;  // parallel to set_.rows_ until covering
    boost::unordered_flat_set<std::uint32_t, RowHash, RowEqual> index_;
};

DesiredSet build_desired(std::span<const FeedPart> parts, const ListRules& rules, const Protection& protection,
                         RejectSink& sink) {
    return DesiredBuilder(parts, rules, protection, sink).build();
}

}  // namespace cordon::core
