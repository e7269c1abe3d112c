#include "tests/simulation/world/laws.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "core/report.hpp"

namespace cordon::simulation {
namespace {

using sandbox::Side;

constexpr const char* k_good_days = "after good runs all is as it should be";

/// A window was not kept, in the sandbox's words.
bool is_rate_violation(const std::string& violation) {
    return violation.find("requests in a") != std::string::npos ||
           violation.find("minute is full") != std::string::npos ||
           violation.find("too many requests") != std::string::npos;
}

/// The first few that are in `a` and not in `b`.
std::string only_in(const Entries& a, const Entries& b) {
    std::string found;
    std::size_t count = 0;
    for (const auto& entry : a) {
        if (b.contains(entry)) continue;
        if (++count <= 4) found += (found.empty() ? "" : ", ") + entry;
    }
    return count == 0 ? std::string{} : fmt::format("{} entries: {}", count, found);
}

Entries united(Entries a, const Entries& b) {
    a.insert(b.begin(), b.end());
    return a;
}

}  // namespace

void Laws::remember() {
    before_.clear();
    for (const auto& list : world_.lists()) before_[list] = world_.on(list, Side::saved);
}

std::optional<Breach> Laws::judge_moment() {
    if (auto breach = foreign_stays()) return breach;
    if (auto breach = nothing_unsafe()) return breach;
    if (auto breach = nothing_emptied()) return breach;
    return failure_removes_nothing();
}

std::optional<Breach> Laws::judge(const Ending& ending, bool was_plan) {
    if (auto breach = judge_moment()) return breach;
    if (auto breach = nothing_unplanned()) return breach;
    if (auto breach = rates_are_kept(ending)) return breach;
    if (auto breach = plan_writes_nothing(ending, was_plan)) return breach;
    if (auto breach = guard_stops_accidents_alone(ending)) return breach;
    if (auto breach = store_opens(ending, was_plan)) return breach;
    return report_adds_up(ending, was_plan);
}

std::optional<Breach> Laws::foreign_stays() const {
    for (const auto& list : world_.lists()) {
        const auto gone = only_in(world_.truth[list].foreign, world_.on(list, Side::saved));
        if (!gone.empty()) return Breach{"no foreign entry is touched", list + " lost " + gone};
    }
    return std::nullopt;
}

std::optional<Breach> Laws::nothing_unsafe() const {
    for (const auto& list : world_.lists()) {
        for (const auto side : {Side::saved, Side::active}) {
            for (const auto& entry : world_.on(list, side)) {
                const bool is_network = entry.find('/') != std::string::npos && list == World::k_addresses;
                if (forbidden_entries().contains(entry) || is_network)  // networks are never published but in waves
                    return Breach{"nothing unsafe is on any list", list + " has " + entry};
            }
        }
    }
    for (const auto& url : crown_jewels()) {
        const auto blocking = world_.clouds.blocked_by(url);
        if (!blocking.empty())
            return Breach{"nothing unsafe is on any list", url + " is blocked by " + blocking.front().entry};
    }
    return std::nullopt;
}

std::optional<Breach> Laws::nothing_emptied() {
    for (const auto& list : world_.lists()) {
        auto& it = world_.truth[list];
        const auto view = world_.clouds.list(list, Side::saved);
        const bool is_filled = view && !view->entries().empty();
        if (it.was_filled && !is_filled) return Breach{"no list is emptied", list + (view ? " is empty" : " is gone")};
        it.was_filled = it.was_filled || is_filled;
    }
    return std::nullopt;
}

std::optional<Breach> Laws::failure_removes_nothing() const {
    for (const auto& list : world_.lists()) {
        if (world_.truth[list].is_room_scarce) continue;
        const auto meant = world_.meant(list);
        Entries kept;
        for (const auto& entry : before_.at(list)) {
            const bool is_theirs_to_take = world_.truth[list].taken_out.contains(entry);  // in the middle of this start
            if (meant.contains(entry) && !is_theirs_to_take) kept.insert(entry);
        }
        const auto gone = only_in(kept, world_.on(list, Side::saved));
        if (!gone.empty()) return Breach{"what its publisher still lists is not removed", list + " lost " + gone};
    }
    return std::nullopt;
}

std::optional<Breach> Laws::nothing_unplanned() const {
    for (const auto& list : world_.lists()) {
        const auto& it = world_.truth[list];
        const auto known = united(united(it.ever, it.foreign_ever), it.taken_out);
        const auto strange = only_in(world_.on(list, Side::active), known);
        if (!strange.empty()) return Breach{"nothing is live that was not planned", list + " has " + strange};
    }
    return std::nullopt;
}

std::optional<Breach> Laws::rates_are_kept(const Ending& ending) {
    const auto violations = world_.clouds.violations();
    for (; violations_ < violations.size(); ++violations_) {
        // A clock that is wrong, or a store that cannot keep what was asked, cannot keep to windows either; then the
        // cloud says 429 and is obeyed.
        const auto& violation = violations[violations_];
        if (is_rate_violation(violation) && (world_.had_clock_trouble || ending.had_disk_trouble)) continue;
        return Breach{"rates and the rules of the clouds are kept", violation};
    }
    return std::nullopt;
}

std::optional<Breach> Laws::plan_writes_nothing(const Ending& ending, bool was_plan) {
    if (was_plan && ending.zia_writes > 0) return Breach{"a plan writes nothing", "it wrote to ZIA"};
    return std::nullopt;
}

std::optional<Breach> Laws::guard_stops_accidents_alone(const Ending& ending) const {
    if (ending.died || ending.report() == nullptr) return std::nullopt;
    for (const auto& list : ending.report()->lists) {
        const auto known = world_.truth.find(list.list);
        if (list.outcome != core::Outcome::stopped || known == world_.truth.end()) continue;
        const auto& it = known->second;
        if (it.was_odd || it.is_room_scarce) continue;
        std::size_t gone = 0;
        const auto meant = world_.meant(list.list);
        for (const auto& entry : it.at_peace) gone += meant.contains(entry) ? 0U : 1U;
        // [guard] stops 30 %, of a list or of one of its feeds.
        if (gone * 100 < it.at_peace.size() * 10) {
            return Breach{"the guard stops accidents alone",
                          fmt::format("{} was stopped, and {} of {} left it: {}", list.list, gone, it.at_peace.size(),
                                      list.message)};
        }
    }
    return std::nullopt;
}

std::optional<Breach> Laws::store_opens(const Ending& ending, bool was_plan) {
    std::string kept;
    std::string told = "nothing";
    std::string audit;
    const auto problem = world_.machine.look([&](store::Store& store) {
        const auto runs = store.runs(1);
        if (runs && !runs->empty()) kept = runs->front().id;
        if (runs && !runs->empty()) told = runs->front().outcome;
        const auto verified = store.verify_audit({});
        audit = !verified ? verified.error().message : verified->problem.value_or("");
    });
    if (!problem.empty()) return Breach{"the store opens", problem};
    if (!audit.empty() && audit.find("it has no end") == std::string::npos)
        return Breach{"the audit log is whole", audit};
    const auto* report = ending.report();
    const bool must_be_kept = report != nullptr && !ending.died && !was_plan && !ending.had_disk_trouble;
    if (must_be_kept && kept == report->id && told != core::name_of(report->outcome)) {
        return Breach{"every run leaves a report",
                      fmt::format("it was {}, the store says {}", core::name_of(report->outcome), told)};
    }
    if (must_be_kept && kept != report->id) return Breach{"every run leaves a report", "the store's newest is " + kept};
    return std::nullopt;
}

std::optional<Breach> Laws::report_adds_up(const Ending& ending, bool was_plan) const {
    constexpr const char* k_law = "the numbers of a report add up";
    if (ending.died) return std::nullopt;
    const auto* report = ending.report();
    if (report == nullptr) {
        if (ending.had_disk_trouble) return std::nullopt;
        return Breach{"every run leaves a report", ending.problem};
    }
    for (const auto& list : report->lists) {
        if (const auto wrong = list.counts.imbalance(); !wrong.empty()) return Breach{k_law, list.list + ": " + wrong};
        const bool is_settled = list.outcome == core::Outcome::done || list.outcome == core::Outcome::unchanged;
        if (was_plan || !is_settled || world_.had_company) continue;
        const auto there = world_.on(list.list, Side::saved).size();
        const auto told = list.counts.foreign + list.counts.unchanged + list.added;
        if (there != told) {
            return Breach{k_law, fmt::format("{}: {} on the gateway, {} in the report", list.list, there, told)};
        }
    }
    return std::nullopt;
}

std::optional<Breach> Laws::judge_list(const std::string& list, const core::ListLedger& ledger) {
    const auto& it = world_.truth[list];
    const auto wanted = world_.wanted(list);
    Entries ours;
    for (const auto& entry : ledger.ours) ours.insert(entry.canonical);
    std::erase_if(ours, is_placeholder);
    auto excused = it.taken_out;
    for (const auto& entry : ledger.quarantine) {
        if (it.refused.contains(entry.canonical)) excused.insert(entry.canonical);
    }
    for (const auto side : {Side::saved, Side::active}) {
        const auto there = world_.on(list, side);
        if (const auto missing = only_in(wanted, united(there, excused)); !missing.empty()) {
            return Breach{k_good_days, list + " lacks " + missing};
        }
        if (const auto left = only_in(there, united(wanted, it.taken_out)); !left.empty()) {
            return Breach{k_good_days, list + " still has " + left};
        }
        if (const auto lost = only_in(ours, there); !lost.empty()) {
            return Breach{k_good_days, list + ": the ledger says ours, and the gateway lacks " + lost};
        }
    }
    const auto unknown = only_in(world_.meant(list), united(united(ours, it.foreign), excused));
    if (!unknown.empty()) return Breach{k_good_days, list + ": the ledger lacks " + unknown};
    return std::nullopt;
}

std::optional<Breach> Laws::judge_good_days(const Ending& last) {
    if (last.report() == nullptr || last.report()->exit_status != 0) {
        return Breach{k_good_days,
                      fmt::format("the last run ended with {}: {}",
                                  last.report() == nullptr ? -1 : last.report()->exit_status, last.said())};
    }
    if (last.zia_writes > 0) return Breach{k_good_days, "a run with nothing to do wrote to ZIA"};
    if (world_.clouds.has_pending()) return Breach{k_good_days, "something is saved and not active"};
    std::optional<Breach> breach;
    const auto problem = world_.machine.look([&](store::Store& store) {
        if (store.is_activation_owed().value_or(true)) breach = Breach{k_good_days, "an activation is owed"};
        for (const auto& list : world_.lists()) {
            const auto ledger = store.ledger(list);
            if (!breach && !ledger) breach = Breach{k_good_days, ledger.error().message};
            if (!breach) breach = judge_list(list, *ledger);
        }
    });
    if (!problem.empty()) return Breach{"the store opens", problem};
    return breach;
}

}  // namespace cordon::simulation
