#include "engine/entry_table.hpp"

#include <cstring>

#include <algorithm>
#include <map>
#include <numeric>

#include "core/desired.hpp"
#include "engine/overrides.hpp"

namespace cordon::engine {
namespace {

constexpr std::array<const char*, k_entry_state_count> k_state_names{"there",   "sent",      "intended", "leaving",
                                                                     "waiting", "taken_out", "refused"};

EntryState state_of(core::LedgerMark mark) {
    switch (mark) {
        case core::LedgerMark::intended: return EntryState::intended;
        case core::LedgerMark::sent: return EntryState::sent;
        case core::LedgerMark::seen: return EntryState::there;
        case core::LedgerMark::leaving: return EntryState::leaving;
    }
    return EntryState::intended;
}

bool names_entry(std::span<const core::Exclusion> exclusions, std::string_view text) {
    const auto at =
        std::lower_bound(exclusions.begin(), exclusions.end(), text,
                         [](const core::Exclusion& one, std::string_view wanted) { return one.canonical < wanted; });
    return at != exclusions.end() && at->canonical == text;
}

}  // namespace

const char* name_of(EntryState state) noexcept {
    return k_state_names[static_cast<std::size_t>(state)];
}

std::optional<EntryState> entry_state_of(std::string_view name) noexcept {
    for (std::size_t i = 0; i < k_state_names.size(); ++i) {
        if (name == k_state_names[i]) return static_cast<EntryState>(i);
    }
    return std::nullopt;
}

/// Puts what the ledgers have and what the feeds want together.
class EntryTableBuilder {
public:
    EntryTableBuilder(const std::string& list, const EntrySources& sources) : list_(list), sources_(sources) {}

    Result<EntryTable> build() {
        CORDON_TRY(read_ledgers());
        CORDON_TRY(read_feeds());
        take_ours();
        take_wanted();
        table_.text_.shrink_to_fit();
        table_.sort();
        return std::move(table_);
    }

private:
    struct Object {
        std::uint16_t name = 0;
        core::ListLedger ledger = {};
    };

    Result<void> read_ledgers() {
        std::vector<std::string> names;
        for (const auto& job : sources_.jobs) {
            if (job.first_list == list_ || job.target.list == list_) names.push_back(job.target.list);
        }
        if (names.empty()) names.push_back(list_);
        for (const auto& name : names) {
            CORDON_TRY_ASSIGN(auto ledger, sources_.store.ledger(name));
            objects_.push_back({name_index(name), std::move(ledger)});
        }
        return {};
    }

    Result<void> read_feeds() {
        const auto job = std::find_if(sources_.jobs.begin(), sources_.jobs.end(),
                                      [&](const ListJob& one) { return one.target.list == list_; });
        if (job == sources_.jobs.end()) return {};
        CORDON_TRY_ASSIGN(auto said, sources_.store.overrides());
        std::erase_if(said, [&](const core::Override& one) { return !one.is_in_force(sources_.now); });
        const auto protection = core::protection_with(said, sources_.protection);
        CORDON_TRY_ASSIGN(const auto known, last_known(*job, sources_.sections, said, sources_.store));
        core::NoRejectSink nobody;
        take_desired(core::build_desired(known.parts, job->rules, protection, nobody));
        return {};
    }

    /// What stays of the desired set, whose rows refer to snapshots that are let go.
    void take_desired(const core::DesiredSet& desired) {
        for (std::size_t i = 0; i < desired.size(); ++i) {
            const auto entry = desired[i];
            EntryTable::Row row;
            row.text_at = desired_text_.size();
            row.text_size = static_cast<std::uint32_t>(entry.text.size());
            desired_text_ += entry.text;
            row.place = static_cast<std::uint32_t>(i);
            row.risk = static_cast<std::int16_t>(entry.risk);
            if (entry.last_seen != std::chrono::sys_days{})
                row.day = static_cast<std::int32_t>(entry.last_seen.time_since_epoch().count());
            row.feed = name_index(std::string(desired.feed_name(entry.feed)));
            row.rules = rules_index(desired.indicator(i).rules);
            row.object = objects_.front().name;
            row.state = EntryState::waiting;
            desired_.push_back(row);
        }
        std::sort(desired_.begin(), desired_.end(), [&](const EntryTable::Row& a, const EntryTable::Row& b) {
            return desired_text(a) < desired_text(b);
        });
        is_held_.assign(desired_.size(), false);
    }

    [[nodiscard]] std::string_view desired_text(const EntryTable::Row& row) const {
        return std::string_view(desired_text_).substr(row.text_at, row.text_size);
    }

    void take_ours() {
        for (const auto& object : objects_) {
            std::size_t at = 0;  // both ascend
            for (const auto& ours : object.ledger.ours) {
                while (at < desired_.size() && desired_text(desired_[at]) < ours.canonical) ++at;
                const bool is_wanted = at < desired_.size() && desired_text(desired_[at]) == ours.canonical;
                auto row = is_wanted ? desired_[at] : EntryTable::Row{};
                if (is_wanted) is_held_[at] = true;
                row.state = state_of(ours.mark);
                row.object = object.name;
                append(row, ours.canonical);
            }
        }
    }

    void take_wanted() {
        for (std::size_t i = 0; i < desired_.size(); ++i) {
            if (is_held_[i]) continue;
            auto row = desired_[i];
            const auto text = desired_text(row);
            for (const auto& object : objects_) {
                const bool is_out = names_entry(object.ledger.exceptions, text);
                if (!is_out && !names_entry(object.ledger.quarantine, text)) continue;
                row.state = is_out ? EntryState::taken_out : EntryState::refused;
                row.object = object.name;
                break;
            }
            append(row, text);
        }
    }

    void append(EntryTable::Row row, std::string_view text) {
        table_.text_ += '\n';
        row.text_at = table_.text_.size();
        row.text_size = static_cast<std::uint32_t>(text.size());
        table_.text_ += text;
        table_.rows_.push_back(row);
    }

    std::uint16_t name_index(const std::string& name) {
        auto& names = table_.names_;
        const auto at = std::find(names.begin(), names.end(), name);
        if (at != names.end()) return static_cast<std::uint16_t>(at - names.begin());
        names.push_back(name);
        return static_cast<std::uint16_t>(names.size() - 1);
    }

    std::uint32_t rules_index(std::string_view rules) {
        if (rules.empty()) return 0;
        const auto known = rule_ids_.find(rules);
        if (known != rule_ids_.end()) return known->second;
        const auto index = static_cast<std::uint32_t>(table_.rules_.size());
        table_.rules_.emplace_back(rules);
        rule_ids_.emplace(rules, index);
        return index;
    }

    const std::string& list_;
    const EntrySources& sources_;
    EntryTable table_;
    std::vector<Object> objects_;  // the list's first one first
    std::string desired_text_;
    std::vector<EntryTable::Row> desired_;  // ascending by text
    std::vector<bool> is_held_;             // parallel
    std::map<std::string, std::uint32_t, std::less<>> rule_ids_;
};

Result<EntryTable> EntryTable::build(const std::string& list, const EntrySources& sources) {
    return EntryTableBuilder(list, sources).build();
}

void EntryTable::sort() {
    rows_.shrink_to_fit();
    const auto text_of = [this](const Row& row) { return std::string_view(text_).substr(row.text_at, row.text_size); };
    std::sort(rows_.begin(), rows_.end(), [&](const Row& a, const Row& b) { return text_of(a) < text_of(b); });
    // In the order of the rows, so that a hit in the text finds its row by a search.
    std::string in_order;
    in_order.reserve(text_.size());
    for (auto& row : rows_) {
        in_order += '\n';
        const auto at = in_order.size();
        in_order += text_of(row);
        row.text_at = at;
        ++counts_[static_cast<std::size_t>(row.state)];
    }
    text_ = std::move(in_order);
    const auto order_by = [&](EntryOrder order, const auto& comes_first) {
        auto& indexes = orders_[static_cast<std::size_t>(order)];
        indexes.resize(rows_.size());
        std::iota(indexes.begin(), indexes.end(), 0U);
        std::stable_sort(indexes.begin(), indexes.end(),
                         [&](std::uint32_t a, std::uint32_t b) { return comes_first(rows_[a], rows_[b]); });
    };
    order_by(EntryOrder::risk, [](const Row& a, const Row& b) { return a.risk < b.risk; });
    order_by(EntryOrder::last_seen, [](const Row& a, const Row& b) { return a.day < b.day; });
    order_by(EntryOrder::state, [](const Row& a, const Row& b) { return a.state < b.state; });
    order_by(EntryOrder::feed, [this](const Row& a, const Row& b) { return names_[a.feed] < names_[b.feed]; });
}

EntryRow EntryTable::row(std::size_t index) const noexcept {
    const auto& row = rows_[index];
    EntryRow shown;
    shown.text = std::string_view(text_).substr(row.text_at, row.text_size);
    shown.state = row.state;
    shown.object = names_[row.object];
    shown.feed = names_[row.feed];
    shown.rules = rules_[row.rules];
    if (row.risk >= 0) shown.risk = row.risk;
    if (row.day != k_no_day) shown.last_seen = std::chrono::sys_days(std::chrono::days(row.day));
    if (row.place != k_no_place) shown.place = row.place + std::size_t{1};
    return shown;
}

std::vector<bool> EntryTable::matches(const std::string& needle) const {
    std::vector<bool> matching(rows_.size(), false);
    if (needle.find('\n') != std::string::npos) return matching;
    mark_matches(needle, matching);
    auto lower = needle;
    std::transform(lower.begin(), lower.end(), lower.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
    if (lower != needle) mark_matches(lower, matching);
    return matching;
}

void EntryTable::mark_matches(const std::string& needle, std::vector<bool>& matching) const {
    std::size_t from = 0;
    while (from < text_.size()) {
        const auto* const hit = ::memmem(text_.data() + from, text_.size() - from, needle.data(), needle.size());
        if (hit == nullptr) return;
        const auto at = static_cast<std::size_t>(static_cast<const char*>(hit) - text_.data());
        const auto next = std::upper_bound(rows_.begin(), rows_.end(), at,
                                           [](std::size_t place, const Row& row) { return place < row.text_at; });
        const auto index = static_cast<std::size_t>(next - rows_.begin()) - 1;
        matching[index] = true;
        from = next == rows_.end() ? text_.size() : next->text_at;
    }
}

EntryPage EntryTable::select(const EntryQuery& query) const {
    const auto& order = orders_[static_cast<std::size_t>(query.order)];
    const auto size = rows_.size();
    const auto index_at = [&](std::size_t i) -> std::size_t {
        const auto at = query.direction == Direction::ascending ? i : size - 1 - i;
        return query.order == EntryOrder::text ? at : order[at];
    };
    const auto matching = query.needle.empty() ? std::vector<bool>{} : matches(query.needle);
    EntryPage page;
    const bool takes_all = query.needle.empty() && !query.state;
    if (takes_all) {
        page.total = size;
        const auto first = std::min(query.first, size);
        for (std::size_t i = first; i < size && i - first < query.most; ++i) page.rows.push_back(row(index_at(i)));
        return page;
    }
    for (std::size_t i = 0; i < size; ++i) {
        const auto index = index_at(i);
        if (!query.needle.empty() && !matching[index]) continue;
        if (query.state && rows_[index].state != *query.state) continue;
        if (page.total++ >= query.first && page.rows.size() < query.most) page.rows.push_back(row(index));
    }
    return page;
}

}  // namespace cordon::engine
