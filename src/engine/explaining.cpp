// cordon explain: why one value is blocked or not.

#include "engine/explaining.hpp"

#include <map>
#include <memory>
#include <set>

#include <fmt/format.h>

#include "base/name_first.hpp"
#include "base/text.hpp"
#include "core/canonical.hpp"
#include "core/concern.hpp"
#include "core/ip.hpp"
#include "core/verdict.hpp"
#include "engine/by_hand.hpp"
#include "engine/override_runs.hpp"
#include "engine/overrides.hpp"
#include "engine/remarks.hpp"

namespace cordon::engine {
namespace {

constexpr std::size_t k_most_rows = 5;  // of one feed
constexpr std::size_t k_most_parts = 5;

const char* words_of(EntryState state) {
    switch (state) {
        case EntryState::there: return "is there, as the last read showed";
        case EntryState::sent: return "was taken by the gateway; no read has shown it yet";
        case EntryState::intended: return "was to be put there; whether it arrived the next run sees";
        case EntryState::leaving: return "was to be taken off; whether it is gone the next run sees";
        case EntryState::waiting:
        case EntryState::taken_out:
        case EntryState::refused: break;
    }
    return "";
}

bool may_be_there(EntryState state) {
    return state == EntryState::sent || state == EntryState::there;
}

/// Takes what became of the rows that are about the value.
class FatesOfRows final : public core::RejectSink {
public:
    explicit FatesOfRows(const std::set<std::string>& rows) : rows_(rows) {}
    void take(std::string_view value, core::Reason reason, std::string_view feed, std::string_view detail) override {
        if (reason == core::Reason::duplicate || !rows_.contains(std::string(value))) return;
        fates.insert(fmt::format("[{}] names it, but it is left out: {}{}{}", feed, core::explanation_of(reason),
                                 detail.empty() ? "" : ", ", printable(detail, 300)));
    }
    std::set<std::string> fates;

private:
    const std::set<std::string>& rows_;
};

/// The table of a list, and those of its rows that may have to do with the value.
struct Looked {
    std::shared_ptr<const EntryTable> table = {};
    std::vector<EntryRow> rows = {};
};

/// One object of a list.
struct Object {
    const Looked& list;
    Misplaced elsewhere = {};  ///< what lies on an object of another kind

    [[nodiscard]] core::TargetKind kind(const ListJob& job) const {
        return elsewhere.why_not.empty() ? job.target.kind : elsewhere.kind;
    }
};

class Explainer {
public:
    Explainer(std::string value, const EntrySources& sources, const EntryTables& tables,
              std::span<const core::Override> said)
        : value_(std::move(value)),
          concern_(value_),
          neighbours_(value_, core::Concern::Reach::neighbours),
          all_of_it_(core::protection_of_unblocked(value_)),
          sources_(sources),
          tables_(tables),
          said_(said),
          protection_(core::protection_with(said, sources.protection)) {
        const auto host = core::host_of(value_);
        const bool is_url = core::entity_of_override(value_) == core::EntityType::url;
        if (is_url && core::parse_ipv4(host)) address_of_url_ = host;
    }

    Result<Explanation> explain() {
        CORDON_TRY_ASSIGN(const bool is_owed, sources_.store.is_activation_owed());
        if (is_owed) {
            say("changes are saved on the gateway that no activation has made effective yet: what is said here holds "
                "once 'cordon run' has activated them");
        }
        tell_overrides_of_value();
        tell_protection();
        CORDON_TRY_ASSIGN(const auto jobs, jobs_of_all_lists(sources_.jobs, sources_.store));
        for (std::size_t i = 0; i < jobs.size(); ++i) CORDON_TRY(tell_list(jobs[i], i < sources_.jobs.size()));
        told_.verdict = told_.is_in_effect ? "blocked by Cordon"
                        : told_.is_blocked ? "on a list of Cordon's, but not in effect as far as is known"
                        : has_parts_       ? "not blocked by Cordon, but entries on it are"
                                           : "not blocked by Cordon";
        return std::move(told_);
    }

private:
    /// Does an entry of such an object block the value?
    [[nodiscard]] bool is_blocked_by(core::TargetKind kind, std::string_view entry) const {
        const std::string_view host = value_.starts_with('.') ? std::string_view(value_).substr(1) : value_;
        if (entry == value_ || entry == host) return true;
        if (kind != core::TargetKind::ipv4_group) return core::category_entry_blocks(entry, host);
        return core::group_entry_blocks(entry, address_of_url_.empty() ? host : address_of_url_);
    }

    /// Does an entry that does not block the value block a part of it?
    [[nodiscard]] bool is_met_by(core::TargetKind kind, std::string_view entry) const {
        if (address_of_url_.empty()) return all_of_it_.hit(core::kind_of(kind, entry), entry).has_value();
        // All of it would be the whole address.
        return kind != core::TargetKind::ipv4_group && core::category_entry_blocks(value_, entry);
    }

    template <class... Words>
    void say(fmt::format_string<Words...> words, Words&&... rest) {
        told_.lines.push_back(fmt::format(words, std::forward<Words>(rest)...));
    }

    void tell_overrides_of_value() {
        for (const auto& one : said_) {
            const bool is_allow = one.kind == core::OverrideKind::allow;
            const bool is_about_it = is_allow ? is_protected_by(one)
                                              : is_blocked_by(core::TargetKind::url_category, one.value) ||
                                                    is_blocked_by(core::TargetKind::ipv4_group, one.value);
            if (!is_about_it) continue;
            const auto target = is_allow ? std::string{} : fmt::format(" on '{}'", printable(one.list));
            say("an operator {} {}{} {}", is_allow ? "unblocked" : "blocked", printable(one.value), target,
                core::terms_of(one));
        }
    }

    [[nodiscard]] bool is_protected_by(const core::Override& one) const {
        return core::protection_of_unblocked(one.value).hit(kind_of_value(), value_).has_value();
    }

    [[nodiscard]] core::EntryKind kind_of_value() const {
        const auto as_address = core::kind_of(core::TargetKind::ipv4_group, value_);
        return as_address == core::EntryKind::host ? core::kind_of(core::TargetKind::url_category, value_) : as_address;
    }

    void tell_protection() {
        const auto hit = protection_.hit(kind_of_value(), value_);
        if (!hit) return tell_verdict();
        say("it may not be blocked: {} ({}: {})", core::explanation_of(hit->reason), printable(hit->list, 200),
            printable(hit->protected_name, 200));
    }

    /// What no list would take, whoever named it: a public suffix, a reserved or too wide network.
    void tell_verdict() {
        std::optional<core::Verdict> verdict;
        for (const auto& job : sources_.jobs) {
            const auto said = verdict_on(job, value_, protection_);
            if (!said) return;
            const bool is_of_another_kind =
                said->reason == core::Reason::not_an_indicator || said->reason == core::Reason::unsupported_by_target;
            if (!is_of_another_kind) verdict = said;
        }
        if (verdict) say("it is never blocked: {}", core::explanation_of(verdict->reason));
    }

    Result<const Looked*> look(const std::string& list) {
        const auto known = looked_.find(list);
        if (known != looked_.end()) return &known->second;
        Looked looked;
        CORDON_TRY_ASSIGN(looked.table, tables_(list));
        looked.rows = looked.table->rows_about(concern_);
        return &looked_.emplace(list, std::move(looked)).first->second;
    }

    Result<void> tell_list(const ListJob& job, bool is_configured) {
        const auto& list = job.target.list;
        CORDON_TRY_ASSIGN(const auto text, sources_.store.list_note(list));
        const auto note = list_note_from_json(text);
        CORDON_TRY_ASSIGN(const auto ledger, sources_.store.ledger_head(list));
        // A list's table holds all that it goes on in; of what no section feeds any more, each object has its own.
        CORDON_TRY_ASSIGN(const auto* const looked, look(is_configured ? job.first_list : list));
        Object object{*looked};
        if (looked->table->holds_ours_on(list)) object.elsewhere = misplaced(job, note, {});
        const auto kind = object.kind(job);
        const bool has_id = kind != core::TargetKind::denylist && !ledger.object_id.empty();
        const auto head = fmt::format("'{}' ({}{}{}{})", printable(list), core::noun_of(kind), has_id ? " " : "",
                                      has_id ? printable(ledger.object_id) : "",
                                      is_configured ? "" : "; no section feeds it any more");
        const auto head_at = told_.lines.size();
        const auto* rules = note && note->rules.enforcement ? &*note->rules.enforcement : nullptr;
        const bool is_idle = rules != nullptr && core::blocks_nothing(rules->state);
        CORDON_TRY(tell_ours(list, kind, object, is_idle));
        if (told_.lines.size() > head_at) {
            if (!object.elsewhere.why_not.empty()) say("  {}", object.elsewhere.why_not);
            tell_rules(rules, is_idle);
        }
        tell_exclusions(ledger.exceptions, "was taken out by hand on the gateway, so runs leave it out");
        tell_exclusions(ledger.quarantine, "was refused by the gateway, so runs leave it out");
        if (is_configured && !job.continues) CORDON_TRY(tell_feeds(job, object));
        const bool has_news = told_.lines.size() > head_at;
        if (has_news && is_configured && !job.continues) CORDON_TRY(tell_obstacles(list, note));
        if (!has_news) {
            if (job.continues) return {};
            say("  nothing of Cordon's there blocks it{}", is_configured ? ", and no feed of it names it" : "");
        }
        told_.lines.insert(told_.lines.begin() + static_cast<std::ptrdiff_t>(head_at), head);
        return {};
    }

    /// What of ours blocks the value, and what blocks only a part of it; where the list's name stood for another object
    /// before, on that one.
    Result<void> tell_ours(const std::string& list, core::TargetKind kind, const Object& object, bool is_idle) {
        std::vector<std::string> parts;
        for (const auto& row : object.list.rows) {
            if (!is_ours(row.state) || row.object != list) continue;
            if (is_blocked_by(kind, row.text)) {
                CORDON_TRY(tell_entry(list, row, is_idle));
            } else if (may_be_there(row.state) && is_met_by(kind, row.text)) {
                parts.emplace_back(row.text);
            }
        }
        tell_parts(parts);
        return {};
    }

    /// Explaining asks nobody: what a list's rules make of it is as old as their last reading.
    void tell_rules(const core::Enforcement* rules, bool is_idle) {
        if (rules == nullptr) {
            say("  whether a rule blocks the list is not known; 'cordon check --online' reads the rules");
            return;
        }
        say("  {}{}{}; 'cordon check --online' reads the rules again", is_idle ? "the list blocks nothing: " : "",
            core::text_of(*rules, rules->as_of), fmt::format(" (as of {})", to_readable_utc(rules->as_of)));
    }

    Result<void> tell_entry(const std::string& list, const EntryRow& entry, bool is_idle) {
        CORDON_TRY_ASSIGN(const auto arrival, sources_.store.arrival(list, std::string(entry.text)));
        const bool is_saved_only = arrival && !arrival->is_active;
        told_.is_blocked = told_.is_blocked || may_be_there(entry.state);
        told_.is_in_effect = told_.is_in_effect || (may_be_there(entry.state) && !is_idle && !is_saved_only);
        const auto since = arrival ? fmt::format("; put there by '{}' {} at {}", printable(arrival->act),
                                                 printable(arrival->run), to_readable_utc(arrival->at))
                                   : std::string("; taken over from others, or put there before that was noted");
        say("  {} its entry '{}', which {}{}{}", is_idle ? "on it as" : "blocked by", printable(entry.text),
            words_of(entry.state), since, is_saved_only ? "; saved, not active yet: 'cordon run' activates it" : "");
        return {};
    }

    void tell_parts(const std::vector<std::string>& parts) {
        if (parts.empty()) return;
        has_parts_ = true;
        say("  {} of its entries block{} a part of {}: {}", with_thousands(parts.size()), parts.size() == 1 ? "s" : "",
            printable(value_), name_first(parts, k_most_parts));
    }

    void tell_exclusions(const std::vector<core::Exclusion>& exclusions, const char* words) {
        for (const auto& one : exclusions) {
            if (!is_blocked_by(core::TargetKind::url_category, one.canonical) &&
                !is_blocked_by(core::TargetKind::ipv4_group, one.canonical)) {
                continue;
            }
            say("  '{}' {}{}{} (since {})", printable(one.canonical), words, one.because.empty() ? "" : ": ",
                printable(one.because, 200), to_readable_utc(one.since));
        }
    }

    /// Pause and the guard's last stop, of a list that the value has to do with.
    Result<void> tell_obstacles(const std::string& list, const std::optional<ListNote>& note) {
        if (note && note->pause && !note->pause->is_over(sources_.now)) {
            say("  {}", sentence_on(*note->pause, list));
        }
        CORDON_TRY_ASSIGN(const auto stop, sources_.store.guard_stop(list));
        if (stop)
            say("  its last plan was stopped at {}: {}", to_readable_utc(stop->since), printable(stop->rule, 400));
        return {};
    }

    /// What the last snapshots say, and what would come of it.
    Result<void> tell_feeds(const ListJob& job, const Object& object) {
        const bool has_neighbours = job.rules.fold_hosts || job.rules.join_networks;
        const auto& concern = has_neighbours ? neighbours_ : concern_;
        const auto may_name = [&](std::string_view value) { return concern.may_be_named_by(value); };
        CORDON_TRY_ASSIGN(const auto known, last_known(job, sources_.sections, said_, sources_.store, may_name));
        std::set<std::string> rows;
        for (const auto& part : known.parts) CORDON_TRY(tell_part(job, part, rows));
        if (rows.empty()) return {};
        FatesOfRows fates(rows);
        (void)core::build_desired(known.parts, job.rules, protection_, fates);
        for (const auto& fate : fates.fates) say("  {}", fate);
        tell_place(job, object);
        return {};
    }

    Result<void> tell_part(const ListJob& job, const core::FeedPart& part, std::set<std::string>& rows) {
        std::size_t told = 0;
        core::Canonical canonical;
        const auto entity = part.entity.value_or(job.rules.entity);
        const auto taken_at = fetched_at(part.feed);
        for (std::size_t i = 0; i < part.indicators->size(); ++i) {
            const auto row = (*part.indicators)[i];
            core::canonicalise(entity, row.value, canonical);
            if (!canonical.is_entry) continue;
            const bool is_dotted = job.rules.include_subdomains && entity == core::EntityType::domain &&
                                   canonical.kind == core::EntryKind::host;
            if (is_dotted) canonical.text.insert(0, 1, '.');
            const auto as =
                core::can_hold(job.target.kind, canonical.kind) ? job.target.kind
                : canonical.kind == core::EntryKind::ipv4_net || canonical.kind == core::EntryKind::ipv4_range
                    ? core::TargetKind::ipv4_group
                    : core::TargetKind::url_category;
            if (!is_blocked_by(as, canonical.text)) continue;
            rows.insert(std::string(row.value));
            if (++told > k_most_rows) continue;
            const auto seen = row.last_seen && part.feed != core::k_operator_feed
                                  ? ", last seen " + to_readable_utc(Time{*row.last_seen})
                                  : std::string{};
            say("  [{}] gives {}: risk {}{}{}{}{}", part.feed, printable(row.value, 200),
                row.risk.value_or(part.default_risk), row.risk ? "" : " (the feed gives none)", seen,
                row.rules.empty() ? "" : ", rules: " + printable(row.rules, 300), taken_at);
        }
        if (told > k_most_rows) say("  [{}] gives {} more values that block it", part.feed, told - k_most_rows);
        return {};
    }

    [[nodiscard]] std::string fetched_at(const std::string& feed) const {
        const auto kept = sources_.store.snapshots(feed);
        if (!kept || kept->empty()) return {};
        return fmt::format(" (snapshot of {}, confirmed {})", to_readable_utc(kept->front().fetched_at),
                           to_readable_utc(kept->front().confirmed_at));
    }

    /// Its rank among what the feeds want, and the last that has a place.
    void tell_place(const ListJob& job, const Object& object) {
        const EntryRow* first = nullptr;
        for (const auto& row : object.list.rows) {
            const bool counts = row.place && is_blocked_by(job.target.kind, row.text);
            if (counts && (first == nullptr || *row.place < *first->place)) first = &row;
        }
        const bool is_in_place = object.elsewhere.why_not.empty();
        if (first == nullptr || (is_in_place && is_ours(first->state))) return;
        say("  wanted there as '{}', but not on it: its place is {} of {} (risk {})", printable(first->text),
            with_thousands(*first->place), with_thousands(object.list.table->wanted()), first->risk.value_or(0));
        const auto last = is_in_place ? object.list.table->last_placed_on(job.target.list) : std::nullopt;
        if (!last) return;
        if (*last->place < *first->place) {
            say("  over capacity: the last that fits is '{}', place {} (risk {})", printable(last->text),
                with_thousands(*last->place), last->risk.value_or(0));
        } else {
            say("  what ranks behind it is there, down to place {} (risk {}): a run has not put it there yet, or "
                "'cordon plan' says why not",
                with_thousands(*last->place), last->risk.value_or(0));
        }
    }

    std::string value_;
    std::string address_of_url_;  // where the value is a URL or port on an address; else ""
    core::Concern concern_;
    core::Concern neighbours_;
    core::Protection all_of_it_;
    const EntrySources& sources_;
    const EntryTables& tables_;
    std::span<const core::Override> said_;
    core::Protection protection_;
    std::map<std::string, Looked> looked_;  // by list
    bool has_parts_ = false;
    Explanation told_;
};

}  // namespace

Result<Explanation> explain(const std::string& value, const EntrySources& sources, const EntryTables& tables) {
    CORDON_TRY_ASSIGN(const auto said, overrides_in_force(sources.store, sources.now));
    return Explainer(value, sources, tables, said).explain();
}

Result<Explanation> explain(const std::string& value, const EntrySources& sources) {
    return explain(value, sources, fresh_tables(sources));
}

}  // namespace cordon::engine
