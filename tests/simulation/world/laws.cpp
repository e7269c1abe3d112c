#include "tests/simulation/world/laws.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "core/report.hpp"

namespace cordon::simulation {
namespace {

using sandbox::Side;

/// A window was not kept, in the sandbox's words.
bool is_rate_violation(const std::string& violation) {
    return violation.find("requests in a") != std::string::npos ||
           violation.find("minute is full") != std::string::npos ||
           violation.find("too many requests") != std::string::npos;
}

}  // namespace

void Laws::remember() {
    before_.clear();
    for (const auto& list : world_.lists()) before_[list] = world_.on(list, Side::saved);
    const auto quota = world_.clouds.options().url_quota;
    lost_.clear();
    room_before_ = quota - std::min(quota, world_.clouds.unique_urls());
}

void Laws::note_exchange(const net::Request& request, bool has_answer) {
    const bool is_of_a_list = request.url.find("/urlCategories") != std::string::npos ||
                              request.url.find("/ipDestinationGroups") != std::string::npos;
    if (!is_of_a_list) return;
    const auto object = request.url.substr(0, request.url.find('?'));
    if (request.method == "GET") {
        // Of one object, or of all that lie below.
        if (has_answer) std::erase_if(lost_, [&](const auto& one) { return one.first.starts_with(object); });
        return;
    }
    auto sent = request.method + " " + request.url + " " + request.body;
    const auto lost = lost_.find(object);
    if (lost != lost_.end() && lost->second == sent) repeated_ = request.method + " " + request.url;
    if (!has_answer) lost_.insert_or_assign(object, std::move(sent));
}

std::optional<Breach> Laws::judge_moment() {
    if (!repeated_.empty()) return Breach{law::k_twice, repeated_};
    if (auto breach = foreign_stays()) return breach;
    if (auto breach = nothing_unsafe()) return breach;
    if (auto breach = nothing_emptied()) return breach;
    if (auto breach = taken_out_stays_out()) return breach;
    if (auto breach = what_is_off_is_left_alone()) return breach;
    return failure_removes_nothing();
}

std::optional<Breach> Laws::judge(const Ending& ending, bool was_plan) {
    if (auto breach = judge_moment()) return breach;
    if (auto breach = nothing_unplanned()) return breach;
    if (auto breach = the_riskiest_stay(ending)) return breach;
    if (auto breach = rates_are_kept(ending)) return breach;
    if (auto breach = plan_writes_nothing(ending, was_plan)) return breach;
    if (auto breach = guard_stops_accidents_alone(ending)) return breach;
    if (auto breach = store_opens(ending, was_plan)) return breach;
    return report_adds_up(ending, was_plan);
}

std::optional<Breach> Laws::foreign_stays() const {
    for (const auto& list : world_.lists()) {
        const auto gone = only_in(world_.truth[list].foreign, world_.on(list, Side::saved));
        if (!gone.empty()) return Breach{law::k_foreign, list + " lost " + gone};
    }
    return std::nullopt;
}

std::optional<Breach> Laws::nothing_unsafe() const {
    for (const auto& list : world_.lists()) {
        for (const auto side : {Side::saved, Side::active}) {
            for (const auto& entry : world_.on(list, side)) {
                const bool is_network = entry.find('/') != std::string::npos && list == World::k_addresses;
                if (is_forbidden(entry) || is_network)  // networks are never published but in waves
                    return Breach{law::k_unsafe, list + " has " + entry};
            }
        }
    }
    for (const auto& url : crown_jewels()) {
        const auto blocking = world_.clouds.blocked_by(url);
        if (!blocking.empty()) return Breach{law::k_unsafe, url + " is blocked by " + blocking.front().entry};
    }
    return std::nullopt;
}

std::optional<Breach> Laws::nothing_emptied() {
    for (const auto& list : world_.lists()) {
        auto& it = world_.truth[list];
        const auto view = world_.clouds.list(list, Side::saved);
        const bool is_filled = view && !view->entries().empty();
        if (it.was_filled && !is_filled) return Breach{law::k_emptied, list + (view ? " is empty" : " is gone")};
        it.was_filled = it.was_filled || is_filled;
    }
    return std::nullopt;
}

ScarceList Laws::look_at(const std::string& list) {
    const auto& it = world_.truth[list];
    const auto there = world_.on(list, Side::saved);
    const auto told = world_.told(list);
    const auto& before = before_.at(list);
    ScarceList seen;
    seen.name = list;
    seen.before = united(before, it.foreign).size();
    seen.cap = it.cap;
    // A list that is read while the clock is wrong has other days than one that was read before.
    seen.has_dates = world_.is_falcon(list) || world_.had_clock_trouble;
    for (const auto& entry : before) {
        const bool is_theirs_to_take = it.taken_out.contains(entry);  // in the middle of this start
        if (told.contains(entry) && !there.contains(entry) && !is_theirs_to_take)
            seen.gone[entry] = world_.risk_of(list, entry);
    }
    for (const auto& entry : united(there, world_.meant(list))) {
        const auto taken = it.taken_out.find(entry);
        // By a clock that was wrong the time for which it stays out may be over, and it comes a request later.
        const bool is_out = taken != it.taken_out.end() && !taken->second.has_clock_odd &&
                            world_.time.now() - taken->second.at < World::k_respected;
        if (before.contains(entry) || it.foreign.contains(entry)) continue;
        if (!is_out || there.contains(entry)) seen.came[entry] = world_.risk_of(list, entry);
    }
    return seen;
}

std::optional<Breach> Laws::failure_removes_nothing() {
    bool is_something_gone = false;
    for (const auto& list : world_.lists()) {
        const auto there = world_.on(list, Side::saved);
        const auto& before = before_.at(list);
        is_something_gone =
            is_something_gone || !std::includes(there.begin(), there.end(), before.begin(), before.end());
    }
    if (!is_something_gone) return std::nullopt;
    if (auto found = unexplained({look_at(World::k_addresses)}, std::nullopt)) return Breach{law::k_kept, *found};
    if (auto found = unexplained({look_at(World::k_domains), look_at(World::k_falcon)}, room_before_))
        return Breach{law::k_kept, *found};
    return std::nullopt;
}

std::size_t Laws::coming_to_the_quota() {
    return look_at(World::k_domains).came.size() + look_at(World::k_falcon).came.size();
}

std::optional<Breach> Laws::the_riskiest_stay(const Ending& ending) {
    // What an old snapshot names stays whatever its risk; so all feeds must have been read.
    const auto* report = ending.report();
    if (report == nullptr || ending.died) return std::nullopt;
    for (const auto& feed : report->feeds) {
        if (feed.outcome != core::Outcome::done && feed.outcome != core::Outcome::unchanged) return std::nullopt;
    }
    for (const auto& told : report->lists) {
        if (told.outcome != core::Outcome::done || !before_.contains(told.list)) continue;
        if (world_.is_partly_off(told.list)) continue;  // what a section put there stays, too
        const auto seen = look_at(told.list);
        int riskiest_gone = 0;
        for (const auto& [entry, risk] : seen.gone) riskiest_gone = std::max(riskiest_gone, risk);
        const auto there = world_.on(told.list, Side::saved);
        const auto meant = world_.meant(told.list);
        for (const auto& entry : before_.at(told.list)) {
            // What lies on two lists costs one place (docs/user-guide.md 16): taking it off one of them frees none.
            const bool is_shared =
                std::any_of(before_.begin(), before_.end(), [&, list = &told.list](const auto& other) {
                    return other.first != *list && other.second.contains(entry);
                });
            const bool stayed = there.contains(entry) && meant.contains(entry) && !is_shared;
            const auto risk = world_.risk_of(told.list, entry);
            if (!stayed || world_.truth[told.list].foreign_ever.contains(entry) || risk >= riskiest_gone) continue;
            return Breach{law::k_riskiest,
                          fmt::format("{} kept {} ({}) and lost one of {}", told.list, entry, risk, riskiest_gone)};
        }
    }
    return std::nullopt;
}

std::optional<Breach> Laws::what_is_off_is_left_alone() {
    for (const auto& list : world_.lists()) {
        if (!world_.is_off(list) || world_.had_company || world_.on(list, Side::saved) == before_.at(list)) continue;
        return Breach{law::k_off, list + " has changed"};
    }
    return std::nullopt;
}

std::optional<Breach> Laws::taken_out_stays_out() {
    for (const auto& list : world_.lists()) {
        const auto there = world_.on(list, Side::saved);
        for (const auto& [entry, taken] : world_.truth[list].taken_out) {
            if (!taken.is_promised || !there.contains(entry) || before_.at(list).contains(entry)) continue;
            if (world_.time.now() - taken.at >= World::k_respected) continue;
            return Breach{law::k_colleagues,
                          fmt::format("{} on {} was taken out at {}", entry, list, to_iso8601(taken.at))};
        }
    }
    return std::nullopt;
}

std::optional<Breach> Laws::nothing_unplanned() const {
    for (const auto& list : world_.lists()) {
        const auto& it = world_.truth[list];
        const auto known = united(it.ever, it.foreign_ever);
        for (const auto side : {Side::saved, Side::active}) {
            const auto strange = only_in(world_.on(list, side), known);
            if (!strange.empty()) return Breach{law::k_unplanned, list + " has " + strange};
        }
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
        return Breach{law::k_rates, violation};
    }
    return std::nullopt;
}

std::optional<Breach> Laws::plan_writes_nothing(const Ending& ending, bool was_plan) {
    if (was_plan && ending.zia_writes > 0) return Breach{law::k_plan, "it wrote to ZIA"};
    return std::nullopt;
}

/// The largest share, in per cent, of what one of its publishers named at peace and names no more.
std::size_t Laws::lost_by_a_publisher_of(const std::string& list) const {
    std::size_t most = 0;
    for (const auto& publisher : world_.publishers) {
        if (publisher.list != list || publisher.at_peace.empty()) continue;
        std::size_t lost = 0;
        for (const auto& [value, risk] : publisher.at_peace) lost += publisher.good.contains(value) ? 0U : 1U;
        most = std::max(most, lost * 100 / publisher.at_peace.size());
    }
    return most;
}

std::optional<Breach> Laws::guard_stops_accidents_alone(const Ending& ending) {
    if (ending.died || ending.report() == nullptr) return std::nullopt;
    for (const auto& list : ending.report()->lists) {
        const auto known = world_.truth.find(list.list);
        if (list.outcome != core::Outcome::stopped || known == world_.truth.end()) continue;
        const auto& it = known->second;
        if (it.was_odd) continue;
        std::size_t gone = 0;
        const auto meant = world_.meant(list.list);
        for (const auto& entry : it.at_peace) gone += meant.contains(entry) ? 0U : 1U;
        // What a cap or the quota lets go counts as well, of what there was room for.
        const auto seen = look_at(list.list);
        gone += over_cap(seen);
        const auto coming = list.list == World::k_addresses ? 0 : coming_to_the_quota();
        const bool is_quota_short = coming > room_before_;
        const bool is_short = is_cap_short(seen) || is_quota_short;
        if (is_short) gone += is_quota_short ? coming : seen.came.size();
        const auto of = is_short ? std::min(it.at_peace.size(), seen.before) : it.at_peace.size();
        // [guard] stops 30 %, of a list or of one of its feeds, which may be a smaller part of the list.
        if (gone * 100 < of * 10 && lost_by_a_publisher_of(list.list) < 20) {
            return Breach{law::k_accidents,
                          fmt::format("{} was stopped, and {} of {} left it: {}", list.list, gone, of, list.message)};
        }
    }
    return std::nullopt;
}

std::optional<Breach> Laws::store_opens(const Ending& ending, bool was_plan) {
    std::string kept;
    std::string told = "nothing";
    std::string audit;
    bool mends_itself = false;
    std::uint64_t records = 0;
    const auto problem = world_.machine.look([&](store::Store& store) {
        const auto runs = store.runs(1);
        if (runs && !runs->empty()) kept = runs->front().id;
        if (runs && !runs->empty()) told = runs->front().outcome;
        const auto verified = store.verify_audit({});
        audit = !verified ? verified.error().message : verified->problem.value_or("");
        if (verified) records = verified->head.records;
        if (verified) mends_itself = verified->mends_itself;
    });
    if (!problem.empty()) return Breach{law::k_opens, problem};
    // A record may be torn where the program died in it or the disk failed, and the next run takes that off.
    const bool may_be_torn = ending.died || ending.had_disk_trouble || (may_be_torn_ && (was_plan || !ending.result));
    may_be_torn_ = may_be_torn && !audit.empty();
    if (!audit.empty() && (!may_be_torn || !mends_itself)) return Breach{law::k_audit, audit};
    if (records < records_) return Breach{law::k_audit, "it has fewer records than before"};
    records_ = records;
    const auto* report = ending.report();
    const bool must_be_kept = report != nullptr && !ending.died && !was_plan && !ending.had_disk_trouble;
    if (must_be_kept && kept == report->id && told != core::name_of(report->outcome)) {
        return Breach{law::k_report, fmt::format("it was {}, the store says {}", core::name_of(report->outcome), told)};
    }
    if (must_be_kept && kept != report->id) return Breach{law::k_report, "the store's newest is " + kept};
    return std::nullopt;
}

std::optional<Breach> Laws::report_adds_up(const Ending& ending, bool was_plan) const {
    if (ending.died) return std::nullopt;
    const auto* report = ending.report();
    if (report == nullptr) {
        if (ending.had_disk_trouble) return std::nullopt;
        return Breach{law::k_report, ending.problem};
    }
    for (const auto& list : report->lists) {
        if (const auto wrong = list.counts.imbalance(); !wrong.empty())
            return Breach{law::k_numbers, list.list + ": " + wrong};
        const bool is_settled = list.outcome == core::Outcome::done || list.outcome == core::Outcome::unchanged;
        if (was_plan || !is_settled || world_.had_company) continue;
        const auto there = world_.on(list.list, Side::saved).size();
        const auto told = list.counts.foreign + list.counts.unchanged + list.added;
        if (there != told) {
            return Breach{law::k_numbers,
                          fmt::format("{}: {} on the gateway, {} in the report", list.list, there, told)};
        }
    }
    return std::nullopt;
}

/// What may stay out for now: what a colleague took out, and what Cordon took for the culprits of a refusal.
Entries Laws::excused(const std::string& list, const core::ListLedger& ledger) const {
    using namespace std::chrono_literals;
    const auto& it = world_.truth.at(list);
    const auto lately = world_.time.now() - 24h;  // a run had time to see that it is over
    Entries excused;
    for (const auto& [entry, taken] : it.taken_out) {
        const bool is_over = taken.noticed && lately >= *taken.noticed + World::k_respected;
        if (!is_over || taken.has_clock_odd) excused.insert(entry);
    }
    for (const auto& entry : ledger.quarantine) {
        const auto refused = it.refused.find(entry.canonical);
        if (refused == it.refused.end()) continue;
        if (lately < refused->second + World::k_quarantined) excused.insert(entry.canonical);
    }
    return excused;
}

std::optional<Breach> Laws::judge_list(const std::string& list, const core::ListLedger& ledger) {
    const auto& it = world_.truth[list];
    const auto wanted = world_.wanted(list);
    Entries ours;
    for (const auto& entry : ledger.ours) ours.insert(entry.canonical);
    std::erase_if(ours, is_placeholder);
    const auto excused = this->excused(list, ledger);
    for (const auto side : {Side::saved, Side::active}) {
        const auto there = world_.on(list, side);
        if (const auto missing = only_in(wanted, united(there, excused)); !missing.empty()) {
            return Breach{law::k_good_days, list + " lacks " + missing};
        }
        if (const auto left = only_in(there, wanted); !left.empty()) {
            return Breach{law::k_good_days, list + " still has " + left};
        }
        if (const auto lost = only_in(ours, there); !lost.empty()) {
            return Breach{law::k_good_days, list + ": the ledger says ours, and the gateway lacks " + lost};
        }
    }
    const auto unknown = only_in(world_.meant(list), united(united(ours, it.foreign), excused));
    if (!unknown.empty()) return Breach{law::k_good_days, list + ": the ledger lacks " + unknown};
    return std::nullopt;
}

std::optional<Breach> Laws::judge_good_days(const Ending& last) {
    if (last.report() == nullptr || last.report()->exit_status != 0) {
        return Breach{law::k_good_days,
                      fmt::format("the last run ended with {}: {}",
                                  last.report() == nullptr ? -1 : last.report()->exit_status, last.said())};
    }
    if (last.zia_writes > 0) return Breach{law::k_good_days, "a run with nothing to do wrote to ZIA"};
    if (world_.clouds.has_pending()) return Breach{law::k_good_days, "something is saved and not active"};
    std::optional<Breach> breach;
    const auto problem = world_.machine.look([&](store::Store& store) {
        if (store.is_activation_owed().value_or(true)) breach = Breach{law::k_good_days, "an activation is owed"};
        for (const auto& list : world_.lists()) {
            const auto ledger = store.ledger(list);
            if (!breach && !ledger) breach = Breach{law::k_good_days, ledger.error().message};
            if (!breach) breach = judge_list(list, *ledger);
        }
    });
    if (!problem.empty()) return Breach{law::k_opens, problem};
    return breach;
}

}  // namespace cordon::simulation
