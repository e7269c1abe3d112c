// cordon explain: why one value is blocked or not.

#include "engine/explaining.hpp"

#include <algorithm>
#include <map>
#include <set>

#include <fmt/format.h>

#include "base/name_first.hpp"
#include "base/text.hpp"
#include "core/canonical.hpp"
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

/// When an entry came onto a list, by the audit log.
struct Arrival {
    std::string run;
    std::string at;
    std::string act;
    std::uint64_t record = 0;
};

/// What the audit log tells about the entries that block the value.
struct Past {
    std::map<std::pair<std::string, std::string>, Arrival> arrivals;  ///< the latest, by list and entry
    std::uint64_t last_active = 0;                                    ///< record of an activation that was done
    std::string problem;                                              ///< of the log; "" where it is whole
};

/// A broken log tells less, and what it tells may be wrong.
Past past_of(const std::set<std::string>& entries, store::Store& store) {
    Past past;
    if (entries.empty()) return past;
    std::uint64_t number = 0;
    const auto read = store.read_audit(store::AuditDetail::whole, [&](store::KeptAuditRecord&& kept) {
        ++number;
        const auto& record = kept.record;
        if (record.act == "activate" && record.why == core::name_of(core::ActivationState::active)) {
            past.last_active = number;
        }
        for (const auto& added : record.added) {
            if (entries.contains(added))
                past.arrivals[{record.list, added}] = {record.run, kept.at, record.act, number};
        }
    });
    past.problem = read ? read->problem.value_or("") : read.error().message;
    return past;
}

const char* words_of(core::LedgerMark mark) {
    switch (mark) {
        case core::LedgerMark::intended: return "was to be put there; whether it arrived the next run sees";
        case core::LedgerMark::sent: return "was taken by the gateway; no read has shown it yet";
        case core::LedgerMark::seen: return "is there, as the last read showed";
        case core::LedgerMark::leaving: return "was to be taken off; whether it is gone the next run sees";
    }
    return "";
}

bool may_be_there(core::LedgerMark mark) {
    return mark == core::LedgerMark::sent || mark == core::LedgerMark::seen;
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

class Explainer {
public:
    Explainer(std::string value, std::span<const FeedSection> sections, const Overrides& overrides, const Ports& ports)
        : value_(std::move(value)), sections_(sections), overrides_(overrides), ports_(ports) {
        const auto host = core::host_of(value_);
        const bool is_url = core::entity_of_override(value_) == core::EntityType::url;
        if (is_url && core::parse_ipv4(host)) address_of_url_ = host;
    }

    Result<Explanation> explain(std::span<const ListJob> jobs) {
        CORDON_TRY_ASSIGN(is_owed_, ports_.store.is_activation_owed());
        if (is_owed_) {
            say("changes are saved on the gateway that no activation has made effective yet: what is said here holds "
                "once 'cordon run' has activated them");
        }
        tell_overrides_of_value();
        tell_protection();
        CORDON_TRY_ASSIGN(const auto all, jobs_of_all_lists(jobs, ports_.store));
        CORDON_TRY(find_entries(all));
        for (std::size_t i = 0; i < all.size(); ++i) CORDON_TRY(tell_list(all[i], i < jobs.size(), i));
        told_.verdict = is_in_effect_      ? "blocked by Cordon"
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
    [[nodiscard]] bool is_met_by(core::TargetKind kind, std::string_view entry,
                                 const core::Protection& all_of_it) const {
        if (address_of_url_.empty()) return all_of_it.hit(core::kind_of(kind, entry), entry).has_value();
        // All of it would be the whole address.
        return kind != core::TargetKind::ipv4_group && core::category_entry_blocks(value_, entry);
    }

    template <class... Words>
    void say(fmt::format_string<Words...> words, Words&&... rest) {
        told_.lines.push_back(fmt::format(words, std::forward<Words>(rest)...));
    }

    void tell_overrides_of_value() {
        for (const auto& one : overrides_.in_force()) {
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
        const auto hit = overrides_.protection().hit(kind_of_value(), value_);
        if (!hit) return;
        say("it may not be blocked: {} ({}: {})", core::explanation_of(hit->reason), printable(hit->list, 200),
            printable(hit->protected_name, 200));
    }

    /// What of ours blocks the value, and what blocks only a part of it, on each object; where the list's name stood
    /// for another object before, on that one.
    Result<void> find_entries(std::span<const ListJob> jobs) {
        std::set<std::string> entries;
        const auto all_of_it = core::protection_of_unblocked(value_);
        for (const auto& job : jobs) {
            CORDON_TRY_ASSIGN(auto ledger, ports_.store.ledger(job.target.list));
            CORDON_TRY_ASSIGN(auto elsewhere, misplaced(job, ports_.store));
            const auto kind = elsewhere.why_not.empty() ? job.target.kind : elsewhere.kind;
            elsewhere_.push_back(std::move(elsewhere));
            auto& found = found_.emplace_back();
            auto& parts = parts_.emplace_back();
            for (const auto& ours : ledger.ours) {
                if (!is_blocked_by(kind, ours.canonical)) {
                    const bool is_part = may_be_there(ours.mark) && is_met_by(kind, ours.canonical, all_of_it);
                    if (is_part) parts.push_back(ours.canonical);
                    continue;
                }
                found.push_back(ours);
                entries.insert(ours.canonical);
            }
            ledgers_.push_back(std::move(ledger));
        }
        past_ = past_of(entries, ports_.store);
        if (!past_.problem.empty()) {
            say("the audit log is broken ({}; see 'cordon audit verify'): which run put an entry there may be wrong",
                printable(past_.problem, 600));
        }
        return {};
    }

    Result<void> tell_list(const ListJob& job, bool is_configured, std::size_t at) {
        const auto& ledger = ledgers_[at];
        const auto& list = job.target.list;
        const auto& elsewhere = elsewhere_[at];
        const auto kind = elsewhere.why_not.empty() ? job.target.kind : elsewhere.kind;
        const bool has_id = kind != core::TargetKind::denylist && !ledger.object_id.empty();
        const auto head = fmt::format("'{}' ({}{}{}{})", printable(list), core::noun_of(kind), has_id ? " " : "",
                                      has_id ? printable(ledger.object_id) : "",
                                      is_configured ? "" : "; no section feeds it any more");
        const auto head_at = told_.lines.size();
        CORDON_TRY_ASSIGN(const auto text, ports_.store.list_note(list));
        const auto note = list_note_from_json(text);
        const auto* rules = note && note->rules.enforcement ? &*note->rules.enforcement : nullptr;
        const bool is_idle = rules != nullptr && core::blocks_nothing(rules->state);
        for (const auto& entry : found_[at]) tell_entry(list, entry, is_idle);
        tell_parts(parts_[at]);
        if (told_.lines.size() > head_at) {
            if (!elsewhere.why_not.empty()) say("  {}", elsewhere.why_not);
            tell_rules(rules, is_idle);
        }
        tell_exclusions(ledger.exceptions, "was taken out by hand on the gateway, so runs leave it out");
        tell_exclusions(ledger.quarantine, "was refused by the gateway, so runs leave it out");
        if (is_configured && !job.continues) CORDON_TRY(tell_feeds(job, at));
        const bool has_news = told_.lines.size() > head_at;
        if (has_news && is_configured && !job.continues) CORDON_TRY(tell_obstacles(list, note));
        if (!has_news) {
            if (job.continues) return {};
            say("  nothing of Cordon's there blocks it{}", is_configured ? ", and no feed of it names it" : "");
        }
        told_.lines.insert(told_.lines.begin() + static_cast<std::ptrdiff_t>(head_at), head);
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

    void tell_entry(const std::string& list, const core::LedgerEntry& entry, bool is_idle) {
        const auto arrival = past_.arrivals.find({list, entry.canonical});
        const bool is_saved_only =
            is_owed_ && arrival != past_.arrivals.end() && arrival->second.record > past_.last_active;
        told_.is_blocked = told_.is_blocked || may_be_there(entry.mark);
        is_in_effect_ = is_in_effect_ || (may_be_there(entry.mark) && !is_idle && !is_saved_only);
        const auto since = arrival == past_.arrivals.end()
                               ? std::string("; since before the audit log begins, or taken over from others")
                               : fmt::format("; put there by '{}' {} at {}", printable(arrival->second.act),
                                             printable(arrival->second.run), printable(arrival->second.at));
        say("  blocked by its entry '{}', which {}{}{}", printable(entry.canonical), words_of(entry.mark), since,
            is_saved_only ? "; saved, not active yet: 'cordon run' activates it" : "");
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
        if (note && note->pause && !note->pause->is_over(ports_.clock.now())) {
            say("  {}", sentence_on(*note->pause, list));
        }
        CORDON_TRY_ASSIGN(const auto stop, ports_.store.guard_stop(list));
        if (stop)
            say("  its last plan was stopped at {}: {}", to_readable_utc(stop->since), printable(stop->rule, 400));
        return {};
    }

    /// What the last snapshots say, and what would come of it.
    Result<void> tell_feeds(const ListJob& job, std::size_t at) {
        CORDON_TRY_ASSIGN(const auto known, last_known(job, sections_, overrides_.in_force(), ports_.store));
        std::set<std::string> rows;
        for (const auto& part : known.parts) CORDON_TRY(tell_part(job, part, rows));
        if (rows.empty()) return {};
        FatesOfRows fates(rows);
        const auto desired = core::build_desired(known.parts, job.rules, overrides_.protection(), fates);
        for (const auto& fate : fates.fates) say("  {}", fate);
        tell_place(job, desired, at);
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
                row.risk.value_or(part.default_risk), row.risk ? "" : " (it gives none)", seen,
                row.rules.empty() ? "" : ", rules: " + printable(row.rules, 300), taken_at);
        }
        if (told > k_most_rows) say("  [{}] gives {} more values that block it", part.feed, told - k_most_rows);
        return {};
    }

    [[nodiscard]] std::string fetched_at(const std::string& feed) const {
        const auto kept = ports_.store.snapshots(feed);
        if (!kept || kept->empty()) return {};
        return fmt::format(" (snapshot of {}, confirmed {})", to_readable_utc(kept->front().fetched_at),
                           to_readable_utc(kept->front().confirmed_at));
    }

    /// On the object that the settings name.
    [[nodiscard]] bool is_on(std::size_t at, std::string_view entry) const {
        return elsewhere_[at].why_not.empty() && core::find_ours(ledgers_[at], entry) != nullptr;
    }

    /// Its rank among what the feeds want, and the last that has a place.
    void tell_place(const ListJob& job, const core::DesiredSet& desired, std::size_t at) {
        std::optional<std::size_t> place;
        std::optional<std::size_t> last;
        for (std::size_t i = 0; i < desired.size(); ++i) {
            if (!place && is_blocked_by(job.target.kind, desired[i].text)) place = i;
            if (is_on(at, desired[i].text)) last = i;
        }
        if (!place) return;
        const auto entry = desired[*place];
        if (is_on(at, entry.text)) return;
        say("  wanted there as '{}', but not on it: its place is {} of {} (risk {})", printable(entry.text),
            with_thousands(*place + 1), with_thousands(desired.size()), entry.risk);
        if (!last) return;
        const auto lowest = desired[*last];
        if (*last < *place) {
            say("  over capacity: the last that fits is '{}', place {} (risk {})", printable(lowest.text),
                with_thousands(*last + 1), lowest.risk);
        } else {
            say("  what ranks behind it is there, down to place {} (risk {}): a run has not put it there yet, or "
                "'cordon plan' says why not",
                with_thousands(*last + 1), lowest.risk);
        }
    }

    std::string value_;
    std::string address_of_url_;  // where the value is a URL or port on an address; else ""
    std::span<const FeedSection> sections_;
    const Overrides& overrides_;
    const Ports& ports_;
    std::vector<core::ListLedger> ledgers_;              // by job
    std::vector<Misplaced> elsewhere_;                   // by job: what lies on an object of another kind
    std::vector<std::vector<core::LedgerEntry>> found_;  // by job: ours that blocks the value
    std::vector<std::vector<std::string>> parts_;        // by job: ours that blocks a part of it alone
    Past past_;
    bool is_owed_ = false;       // an activation
    bool is_in_effect_ = false;  // an entry that blocks the value
    bool has_parts_ = false;
    Explanation told_;
};

}  // namespace

Result<Explanation> explain(const std::string& value, std::span<const FeedSection> sections,
                            std::span<const ListJob> jobs, const Ports& ports) {
    const Overrides overrides(ports, Mode::plan_only);
    CORDON_TRY(overrides.state());
    return Explainer(value, sections, overrides, ports).explain(jobs);
}

}  // namespace cordon::engine
