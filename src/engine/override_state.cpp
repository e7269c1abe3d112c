// What has come of cordon unblock and cordon block: what is said of them is what is so.

#include "engine/override_state.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/name_first.hpp"
#include "base/text.hpp"
#include "core/canonical.hpp"
#include "core/holdings.hpp"
#include "core/match.hpp"
#include "engine/by_hand.hpp"

namespace cordon::engine {
namespace {

using core::Override;
using core::OverrideKind;

constexpr std::size_t k_most_told = 10;
constexpr std::size_t k_most_theirs = 100;  // that are kept of a list

/// Looks up which entries have to do with any value that operators spoke of, and then with which.
class Spoken {
public:
    explicit Spoken(std::span<const Override> overrides) : overrides_(overrides), any_(as_unblocked(overrides)) {
        for (const auto& one : overrides) protected_.push_back(core::protection_of_unblocked(one.value));
    }

    [[nodiscard]] bool is_about_any(core::TargetKind kind, std::string_view entry) const {
        return any_.is_blocked_by(kind, entry);
    }
    /// An unblock is about what blocks any of its value, a block about what blocks all of it.
    [[nodiscard]] bool is_about(std::size_t i, core::TargetKind kind, std::string_view entry) const {
        const auto& one = overrides_[i];
        if (one.kind == OverrideKind::allow) return protected_[i].hit(core::kind_of(kind, entry), entry).has_value();
        const std::string_view value = one.value;
        const auto host = value.starts_with('.') ? value.substr(1) : value;
        if (entry == value || entry == host) return true;
        return kind == core::TargetKind::ipv4_group ? core::group_entry_blocks(entry, host)
                                                    : core::category_entry_blocks(entry, host);
    }
    [[nodiscard]] bool unblocks(std::size_t i, const Override& block) const {
        if (overrides_[i].kind != OverrideKind::allow) return false;
        const auto as_address = core::kind_of(core::TargetKind::ipv4_group, block.value);
        const auto kind = as_address == core::EntryKind::host
                              ? core::kind_of(core::TargetKind::url_category, block.value)
                              : as_address;
        return protected_[i].hit(kind, block.value).has_value();
    }

private:
    static std::vector<Override> as_unblocked(std::span<const Override> overrides) {
        std::vector<Override> all(overrides.begin(), overrides.end());
        for (auto& one : all) one.kind = OverrideKind::allow;
        return all;
    }

    std::span<const Override> overrides_;
    core::Unblocked any_;
    std::vector<core::Protection> protected_;
};

/// An unblock goes by what may still be there, a block by what is.
std::vector<Lying> OverrideState::*place_of(core::LedgerMark mark, OverrideKind kind) {
    const bool is_sure = mark == core::LedgerMark::seen || mark == core::LedgerMark::sent ||
                         (mark == core::LedgerMark::leaving && kind == OverrideKind::allow);
    return is_sure ? &OverrideState::ours : &OverrideState::unknown;
}

std::string lists_of(const std::vector<Lying>& lying) {
    std::vector<std::string> lists;
    for (const auto& one : lying) {
        if (std::find(lists.begin(), lists.end(), one.list) == lists.end()) lists.push_back(one.list);
    }
    for (auto& list : lists) list = "'" + printable(list) + "'";
    return name_first(lists, 5);
}

std::string words_on_theirs(const OverrideState& state) {
    const auto& first = state.theirs.front();
    return fmt::format("'{}', an entry of somebody else on {}", printable(first.entry, 200), lists_of(state.theirs));
}

constexpr const char* k_owed = "; what is saved is not in effect yet: 'cordon run' activates it";

}  // namespace

bool OverrideState::is_carried_out(OverrideKind kind) const noexcept {
    return kind == OverrideKind::allow ? ours.empty() && unknown.empty() : !ours.empty() || !theirs.empty();
}

Result<std::vector<OverrideState>> states_of(std::span<const Override> in_force, std::set<std::string> lists,
                                             store::Store& store) {
    std::vector<OverrideState> states(in_force.size());
    if (in_force.empty()) return states;
    CORDON_TRY_ASSIGN(const bool is_owed, store.is_activation_owed());
    CORDON_TRY_ASSIGN(const auto known, store.known_lists());
    lists.insert(known.begin(), known.end());
    const Spoken spoken(in_force);
    for (const auto& list : lists) {
        CORDON_TRY_ASSIGN(const auto text, store.list_note(list));
        const auto note = list_note_from_json(text).value_or(ListNote{});
        const auto& whole = note.first_list.empty() ? list : note.first_list;
        const auto take = [&](const std::string& entry, const auto& where) {
            for (std::size_t i = 0; i < in_force.size(); ++i) {
                const auto& one = in_force[i];
                if (one.kind == OverrideKind::block && one.list != whole) continue;
                if (spoken.is_about(i, note.target, entry)) (states[i].*where(one.kind)).push_back({entry, list});
            }
        };
        CORDON_TRY_ASSIGN(const auto ledger, store.ledger(list));
        for (const auto& ours : ledger.ours) {
            if (!spoken.is_about_any(note.target, ours.canonical)) continue;
            take(ours.canonical, [&](OverrideKind kind) { return place_of(ours.mark, kind); });
        }
        for (const auto& entry : note.theirs) take(entry, [](OverrideKind) { return &OverrideState::theirs; });
    }
    for (std::size_t i = 0; i < in_force.size(); ++i) {
        states[i].is_owed = is_owed;
        if (in_force[i].kind != OverrideKind::block) continue;
        for (std::size_t k = 0; k < in_force.size(); ++k) {
            if (spoken.unblocks(k, in_force[i])) states[i].by.push_back(in_force[k]);
        }
    }
    return states;
}

std::string sentence_on(const Override& one, const OverrideState& state) {
    const auto terms = core::terms_of(one);
    const bool is_done = state.is_carried_out(one.kind);
    if (one.kind == OverrideKind::allow) {
        if (!is_done) {
            const auto& lying = state.ours.empty() ? state.unknown : state.ours;
            return fmt::format("{} is to be unblocked {}: noted, not carried out yet: '{}' {} on {}", one.value, terms,
                               printable(lying.front().entry, 200), state.ours.empty() ? "may be" : "is still",
                               lists_of(lying));
        }
        if (state.theirs.empty()) {
            return fmt::format("{} is unblocked {}{}", one.value, terms, state.is_owed ? k_owed : "");
        }
        return fmt::format("{} is unblocked by Cordon {}, but still blocked by {}", one.value, terms,
                           words_on_theirs(state));
    }
    const auto list = printable(one.list);
    if (!state.by.empty()) {
        const auto& by = state.by.front();
        return fmt::format("the block of {} on '{}' {} has no effect: {} is unblocked {}", one.value, list, terms,
                           by.value, core::terms_of(by));
    }
    if (!is_done) {
        return fmt::format(
            "{0} is to be blocked on '{1}' {2}: noted, not carried out yet ('cordon explain \"{0}\"' says more)",
            one.value, list, terms);
    }
    if (state.ours.empty()) {
        return fmt::format("{} is blocked on '{}' {}, by {}", one.value, list, terms, words_on_theirs(state));
    }
    return fmt::format("{} is blocked on '{}' {}{}", one.value, list, terms, state.is_owed ? k_owed : "");
}

std::string first_words_on(const Override& one, const OverrideState& state, const Attempt& attempt) {
    if (!state.ours.empty()) {
        return fmt::format("users cannot reach {} yet: Cordon's '{}' is still on {}", one.value,
                           printable(state.ours.front().entry, 200), lists_of(state.ours));
    }
    if (!attempt.has_looked) {
        return fmt::format("whether users can reach {} is not known: the lists could not be read", one.value);
    }
    if (!state.unknown.empty()) {
        return fmt::format(
            "whether users can reach {} is not known: Cordon's '{}' may be on {}, which the next run sees", one.value,
            printable(state.unknown.front().entry, 200), lists_of(state.unknown));
    }
    if (!state.theirs.empty()) {
        return fmt::format("users cannot reach {} yet: nothing of Cordon's blocks it now, but {} does", one.value,
                           words_on_theirs(state));
    }
    if (!attempt.has_removed) {
        return fmt::format("nothing of Cordon's blocks {}{}; whether users reach it is not known", one.value,
                           state.is_owed ? ", though what was saved earlier is not in effect yet" : "");
    }
    if (attempt.was_published) {
        return fmt::format(
            "{} is off every list that Cordon knows: users should reach it already, since signing out has published "
            "that although the activation failed; the next run makes sure of it",
            one.value);
    }
    if (state.is_owed) {
        return fmt::format("{} is off every list that Cordon knows: users can reach it once that is activated",
                           one.value);
    }
    return fmt::format("users can reach {}: nothing on the lists that Cordon knows blocks it", one.value);
}

std::string ending_of(const Override& one) {
    return one.kind == OverrideKind::allow
               ? fmt::format("cordon unblock \"{}\" --end", one.value)
               : fmt::format("cordon block \"{}\" --list \"{}\" --end", one.value, printable(one.list));
}

Result<void> remember_theirs(std::span<const ListJob> jobs, std::span<const core::ListState> states,
                             const Ports& ports) {
    const Spoken spoken(ports.overrides);
    for (std::size_t i = 0; i < jobs.size() && i < states.size(); ++i) {
        const auto& job = jobs[i];
        CORDON_TRY_ASSIGN(const auto text, ports.store.list_note(job.target.list));
        const auto note = list_note_from_json(text);
        if (ports.overrides.empty() && (!note || note->theirs.empty())) continue;
        CORDON_TRY_ASSIGN(const auto elsewhere, misplaced(job, ports.store));
        if (!elsewhere.why_not.empty()) continue;  // the ledger is about another object
        CORDON_TRY_ASSIGN(const auto ledger, ports.store.ledger(job.target.list));
        std::vector<std::string> theirs;
        for (const auto& holding : core::holdings_of(states[i], ledger, ports.gateway.placeholder(job.target.kind))) {
            if (theirs.size() == k_most_theirs) break;
            const bool is_one =
                holding.has_foreign_spelling() && spoken.is_about_any(job.target.kind, holding.canonical);
            if (is_one) theirs.emplace_back(holding.canonical);
        }
        if (note ? note->theirs == theirs : theirs.empty()) continue;
        CORDON_TRY(change_list_note(job.target.list, ports.store, [&](ListNote& kept) {
            kept.theirs = theirs;
            if (note) return;
            kept.target = job.target.kind;
            if (job.continues) kept.first_list = job.first_list;
        }));
    }
    return {};
}

std::set<std::string> names_of_objects(std::span<const ListJob> jobs) {
    std::set<std::string> names;
    for (const auto& job : jobs) names.insert(job.target.list);
    return names;
}

Result<void> tell_overrides(std::span<const ListJob> jobs, const Ports& ports, core::RunReport& report) {
    CORDON_TRY_ASSIGN(const auto states, states_of(ports.overrides, names_of_objects(jobs), ports.store));
    for (std::size_t i = 0; i < std::min(states.size(), k_most_told); ++i) {
        const auto& one = ports.overrides[i];
        report.warnings.push_back(fmt::format("{}; '{}' ends that", sentence_on(one, states[i]), ending_of(one)));
    }
    if (states.size() > k_most_told) {
        report.warnings.push_back(
            fmt::format("and {} more values that operators unblocked or blocked; 'cordon "
                        "overrides' shows them all",
                        states.size() - k_most_told));
    }
    return {};
}

}  // namespace cordon::engine
