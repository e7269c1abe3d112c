#include "engine/entry_table.hpp"

#include <cstring>

#include <algorithm>
#include <map>
#include <numeric>

#include <fmt/format.h>

#include "base/text.hpp"
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
        CORDON_TRY(lay_out());
        return std::move(table_);
    }

private:
    struct Object {
        std::uint16_t name = 0;
        core::ListLedger ledger = {};
    };
    /// A row whose text lies with what it was made from.
    struct Draft {
        std::string_view text;
        EntryTable::Row row;
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
        CORDON_TRY_ASSIGN(const auto said, overrides_in_force(sources_.store, sources_.now));
        const auto protection = core::protection_with(said, sources_.protection);
        CORDON_TRY_ASSIGN(const auto known, last_known(*job, sources_.sections, said, sources_.store));
        core::NoRejectSink nobody;
        take_desired(core::build_desired(known.parts, job->rules, protection, nobody));
        return {};
    }

    /// What stays of the desired set, whose rows refer to snapshots that are let go.
    void take_desired(const core::DesiredSet& desired) {
        std::size_t size = 0;
        for (std::size_t i = 0; i < desired.size(); ++i) size += desired[i].text.size();
        desired_text_.reserve(size);  // it stays where it is: the drafts view it
        for (std::size_t i = 0; i < desired.size(); ++i) {
            const auto entry = desired[i];
            const auto at = desired_text_.size();
            desired_text_ += entry.text;
            EntryTable::Row row;
            row.place = static_cast<std::uint32_t>(i);
            row.risk = static_cast<std::int8_t>(entry.risk);
            row.day = day_of(entry.last_seen);
            row.feed = name_index(std::string(desired.feed_name(entry.feed)));
            row.rules = rules_index(desired.indicator(i).rules);
            row.object = objects_.front().name;
            row.state = EntryState::waiting;
            desired_.push_back({std::string_view(desired_text_).substr(at), row});
        }
        table_.wanted_ = desired_.size();
        std::sort(desired_.begin(), desired_.end(), by_text);
        is_held_.assign(desired_.size(), false);
    }

    static bool by_text(const Draft& a, const Draft& b) { return a.text < b.text; }

    static std::uint16_t day_of(std::chrono::sys_days last_seen) {
        const auto day = last_seen.time_since_epoch().count();
        return day <= 0 ? EntryTable::k_no_day
                        : static_cast<std::uint16_t>(std::min<std::int64_t>(day, EntryTable::k_no_day - 1));
    }

    void take_ours() {
        for (const auto& object : objects_) {
            std::size_t at = 0;  // both ascend
            for (const auto& ours : object.ledger.ours) {
                while (at < desired_.size() && desired_[at].text < ours.canonical) ++at;
                const bool is_wanted = at < desired_.size() && desired_[at].text == ours.canonical;
                auto row = is_wanted ? desired_[at].row : EntryTable::Row{};
                if (is_wanted) is_held_[at] = true;
                row.state = state_of(ours.mark);
                row.object = object.name;
                drafts_.push_back({ours.canonical, row});
            }
        }
    }

    void take_wanted() {
        for (std::size_t i = 0; i < desired_.size(); ++i) {
            if (is_held_[i]) continue;
            auto draft = desired_[i];
            for (const auto& object : objects_) {
                const bool is_out = names_entry(object.ledger.exceptions, draft.text);
                if (!is_out && !names_entry(object.ledger.quarantine, draft.text)) continue;
                draft.row.state = is_out ? EntryState::taken_out : EntryState::refused;
                draft.row.object = object.name;
                break;
            }
            drafts_.push_back(draft);
        }
    }

    /// Text by text in their order, so that a hit in the text finds its row by a search.
    Result<void> lay_out() {
        std::sort(drafts_.begin(), drafts_.end(), by_text);
        std::size_t size = 0;
        for (const auto& draft : drafts_) size += draft.text.size() + 1;
        if (size > UINT32_MAX) {
            return fail(Code::invalid, fmt::format("'{}' is too large to be shown: its entries take more than 4 GiB",
                                                   printable(list_)));
        }
        table_.text_.reserve(size);
        table_.rows_.reserve(drafts_.size());
        for (auto& draft : drafts_) {
            draft.row.text_at = static_cast<std::uint32_t>(table_.text_.size());
            table_.text_ += draft.text;
            table_.text_ += '\n';
            table_.rows_.push_back(draft.row);
            ++table_.counts_[static_cast<std::size_t>(draft.row.state)];
        }
        return {};
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
    std::vector<Draft> desired_;  // ascending by text
    std::vector<bool> is_held_;   // parallel
    std::vector<Draft> drafts_;
    std::map<std::string, std::uint32_t, std::less<>> rule_ids_;
};

Result<EntryTable> EntryTable::build(const std::string& list, const EntrySources& sources) {
    return EntryTableBuilder(list, sources).build();
}

EntryTables fresh_tables(const EntrySources& sources) {
    return [&sources](const std::string& list) -> Result<std::shared_ptr<const EntryTable>> {
        CORDON_TRY_ASSIGN(auto table, EntryTable::build(list, sources));
        return std::make_shared<const EntryTable>(std::move(table));
    };
}

/// Where each row stands by that column: equal ones in the order of their texts. Counting is faster than comparing, and
/// fast enough to do it for each page.
std::vector<std::uint32_t> EntryTable::ordered_by(EntryOrder order) const {
    std::vector<std::uint32_t> ranks(names_.size());
    if (order == EntryOrder::feed) {
        std::vector<std::size_t> by_name(names_.size());
        std::iota(by_name.begin(), by_name.end(), 0U);
        std::sort(by_name.begin(), by_name.end(), [&](auto a, auto b) { return names_[a] < names_[b]; });
        for (std::size_t i = 0; i < by_name.size(); ++i) ranks[by_name[i]] = static_cast<std::uint32_t>(i);
    }
    const auto key_of = [&](const Row& row) -> std::size_t {
        switch (order) {
            case EntryOrder::text: return 0;
            case EntryOrder::risk: return static_cast<std::size_t>(row.risk + 1);
            case EntryOrder::last_seen: return row.day == k_no_day ? 0 : row.day;
            case EntryOrder::state: return static_cast<std::size_t>(row.state);
            case EntryOrder::feed: return ranks[row.feed];
        }
        return 0;
    };
    std::vector<std::uint32_t> starts(std::size_t{UINT16_MAX} + 2);
    for (const auto& row : rows_) ++starts[key_of(row) + 1];
    std::partial_sum(starts.begin(), starts.end(), starts.begin());
    std::vector<std::uint32_t> ordered(rows_.size());
    for (std::size_t i = 0; i < rows_.size(); ++i) ordered[starts[key_of(rows_[i])]++] = static_cast<std::uint32_t>(i);
    return ordered;
}

std::string_view EntryTable::text(std::size_t index) const noexcept {
    const std::size_t begin = rows_[index].text_at;
    const std::size_t end = index + 1 < rows_.size() ? rows_[index + 1].text_at : text_.size();
    return std::string_view(text_).substr(begin, end - begin - 1);
}

EntryRow EntryTable::row(std::size_t index) const noexcept {
    const auto& row = rows_[index];
    EntryRow shown;
    shown.text = text(index);
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
    const auto order = query.order == EntryOrder::text ? std::vector<std::uint32_t>{} : ordered_by(query.order);
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

/// Marks the rows whose text begins with the host, dotted or not.
void EntryTable::mark_those_of(std::string_view host, std::vector<bool>& matching) const {
    for (const auto& begin : {std::string(host), "." + std::string(host)}) {
        const auto first = std::lower_bound(rows_.begin(), rows_.end(), begin, [&](const Row& one, const auto& wanted) {
            return text(static_cast<std::size_t>(&one - rows_.data())) < wanted;
        });
        auto i = static_cast<std::size_t>(first - rows_.begin());
        for (; i < rows_.size() && text(i).starts_with(begin); ++i) matching[i] = true;
    }
}

/// An entry that is about a name holds it, or begins with a name above it: fewer looks than at all of them.
std::vector<EntryRow> EntryTable::rows_about(const core::Concern& concern) const {
    const auto name = concern.name();
    std::vector<bool> maybe(rows_.size(), name.empty());
    if (!name.empty()) {
        mark_matches(std::string(name), maybe);
        for (auto dot = name.find('.'); dot != std::string_view::npos; dot = name.find('.', dot + 1)) {
            mark_those_of(name.substr(dot + 1), maybe);
        }
    }
    std::vector<EntryRow> rows;
    for (std::size_t i = 0; i < rows_.size(); ++i) {
        if (maybe[i] && concern.may_meet(text(i))) rows.push_back(row(i));
    }
    return rows;
}

bool EntryTable::holds_ours_on(std::string_view object) const {
    return std::any_of(rows_.begin(), rows_.end(),
                       [&](const Row& one) { return is_ours(one.state) && names_[one.object] == object; });
}

std::optional<EntryRow> EntryTable::last_placed_on(std::string_view object) const {
    std::optional<std::size_t> last;
    for (std::size_t i = 0; i < rows_.size(); ++i) {
        const auto& one = rows_[i];
        const bool counts = one.place != k_no_place && is_ours(one.state) && names_[one.object] == object;
        if (counts && (!last || one.place > rows_[*last].place)) last = i;
    }
    return last ? std::optional(row(*last)) : std::nullopt;
}

}  // namespace cordon::engine
