#include "tests/simulation/world/bugs.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <utility>

#include "base/file.hpp"
#include "core/protection.hpp"
#include "tests/simulation/world/laws.hpp"
#include "tests/simulation/world/passing.hpp"
#include "tests/simulation/world/passing_store.hpp"

namespace cordon::simulation {
namespace {

// Feeds

/// "A 500 is an empty list", and so is every other failure.
class FailureIsEmpty final : public PassingFeed {
public:
    using PassingFeed::PassingFeed;
    Result<feeds::Fetched> fetch(const std::optional<feeds::FeedVersion>& last, const std::stop_token& stop) override {
        auto fetched = real_->fetch(last, stop);
        if (fetched) return fetched;
        feeds::Fetched empty;
        empty.version.etag = "empty";
        return empty;
    }
};

/// Takes the first part of a list for the whole of it.
class HalfIsWhole final : public PassingFeed {
public:
    using PassingFeed::PassingFeed;
    Result<feeds::Fetched> fetch(const std::optional<feeds::FeedVersion>& last, const std::stop_token& stop) override {
        auto fetched = real_->fetch(last, stop);
        if (!fetched || fetched->is_unchanged) return fetched;
        core::IndicatorSet part;
        for (std::size_t i = 0; i < fetched->indicators.size() * 4 / 5; ++i) part.append(fetched->indicators[i]);
        fetched->indicators = std::move(part);
        return fetched;
    }
};

/// Takes the least risky for the riskiest.
class RanksBackwards final : public PassingFeed {
public:
    using PassingFeed::PassingFeed;
    Result<feeds::Fetched> fetch(const std::optional<feeds::FeedVersion>& last, const std::stop_token& stop) override {
        auto fetched = real_->fetch(last, stop);
        if (!fetched || fetched->is_unchanged) return fetched;
        core::IndicatorSet backwards;
        for (std::size_t i = 0; i < fetched->indicators.size(); ++i) {
            auto indicator = fetched->indicators[i];
            if (indicator.risk) indicator.risk = 164 - *indicator.risk;  // of 65 to 99
            backwards.append(indicator);
        }
        fetched->indicators = std::move(backwards);
        return fetched;
    }
};

// Store

/// Writes the ledger after the request instead of before it.
class LedgerAfterwards final : public PassingStore {
public:
    using PassingStore::PassingStore;
    Result<void> change(const store::LedgerChange& change) override {
        auto settled = change;
        std::erase_if(settled.put,
                      [](const core::LedgerEntry& entry) { return entry.mark == core::LedgerMark::intended; });
        return real_->change(settled);
    }
};

class ForgetsDebt final : public PassingStore {
public:
    using PassingStore::PassingStore;
    Result<bool> is_activation_owed() override { return false; }
};

class ForgetsRates final : public PassingStore {
public:
    using PassingStore::PassingStore;
    Result<std::vector<Time>> requests(const std::string&, Time) override { return std::vector<Time>{}; }
    Result<std::optional<net::UsedUp>> try_take(const std::string&, const std::vector<net::RateWindow>&,
                                                const Clock&) override {
        return std::optional<net::UsedUp>{};
    }
};

class LosesReports final : public PassingStore {
public:
    using PassingStore::PassingStore;
    Result<void> save_run(const core::RunReport& report) override {
        return report.outcome == core::Outcome::unfinished ? real_->save_run(report) : Result<void>{};
    }
};

/// Moves the cursor over rows that it did not keep.
class SkipsRows final : public PassingStore {
public:
    using PassingStore::PassingStore;
    Result<bool> take_mirror_step(const std::string& stream, const core::MirrorStep& step, const core::MirrorRows& rows,
                                  Time now) override {
        return real_->take_mirror_step(stream, step, step.pass ? rows : core::MirrorRows{}, now);
    }
};

/// What it once put on a list is its own for ever.
class ForgetsNothing final : public PassingStore {
public:
    using PassingStore::PassingStore;
    Result<void> change(const store::LedgerChange& change) override {
        auto forgetful = change;
        forgetful.erase.clear();
        return real_->change(forgetful);
    }
};

/// Puts back at once what a colleague took out.
class ForgetsColleagues final : public PassingStore {
public:
    using PassingStore::PassingStore;
    Result<void> change(const store::LedgerChange& change) override {
        auto forgetful = change;
        forgetful.put_exceptions.clear();
        return real_->change(forgetful);
    }
    Result<core::ListLedger> ledger(const std::string& list) override {
        auto ledger = real_->ledger(list);
        if (ledger) ledger->exceptions.clear();
        return ledger;
    }
};

/// Leaves out for ever what a colleague took out once.
class ForgivesNothing final : public PassingStore {
public:
    using PassingStore::PassingStore;
    Result<core::ListLedger> ledger(const std::string& list) override {
        auto ledger = real_->ledger(list);
        if (!ledger) return ledger;
        for (auto& exception : ledger->exceptions) exception.since += std::chrono::hours(24 * 10'000);
        return ledger;
    }
};

// Gateway

class TakesOffEverything final : public PassingGateway {
public:
    using PassingGateway::PassingGateway;
    gateways::Applied apply(const gateways::Target& target, const core::ListPlan& plan, const core::ListState& state,
                            Time now, const std::stop_token& stop) override {
        auto all = plan;
        for (const auto& entry : state.entries) {
            const bool is_kept = std::binary_search(plan.keeps.begin(), plan.keeps.end(), entry.canonical);
            const bool is_removed = std::find(plan.removals_canonical.begin(), plan.removals_canonical.end(),
                                              entry.canonical) != plan.removals_canonical.end();
            if (is_removed ||
                (is_kept && !entry.canonical.starts_with("theirs") && !entry.canonical.starts_with("203.0.113."))) {
                continue;
            }
            all.removals.push_back({entry.spelling, entry.side});
            all.removals_canonical.push_back(entry.canonical);
        }
        return real_->apply(target, all, state, now, stop);
    }
};

/// Believes that what it sent is there.
class SkipsReadBack final : public PassingGateway {
public:
    using PassingGateway::PassingGateway;
    gateways::Applied apply(const gateways::Target& target, const core::ListPlan& plan, const core::ListState& state,
                            Time now, const std::stop_token& stop) override {
        auto applied = real_->apply(target, plan, state, now, stop);
        if (!applied.failure) return applied;
        applied.failure.reset();
        applied.wrote = true;
        applied.added.clear();
        for (const auto& entry : plan.additions) applied.added.push_back(entry.text);
        std::sort(applied.added.begin(), applied.added.end());
        applied.removed = plan.removals_canonical;
        std::sort(applied.removed.begin(), applied.removed.end());
        applied.now_present.reset();
        return applied;
    }
};

class BelievesItActivated final : public PassingGateway {
public:
    using PassingGateway::PassingGateway;
    Result<core::ActivationState> activate(const std::stop_token&) override { return core::ActivationState::active; }
};

class BlamesTheEntries final : public PassingGateway {
public:
    using PassingGateway::PassingGateway;
    gateways::Applied apply(const gateways::Target& target, const core::ListPlan& plan, const core::ListState& state,
                            Time now, const std::stop_token& stop) override {
        auto applied = real_->apply(target, plan, state, now, stop);
        if (!applied.failure) return applied;
        applied.failure.reset();
        for (const auto& entry : plan.additions) {
            if (!std::binary_search(applied.added.begin(), applied.added.end(), entry.text)) {
                applied.refused.push_back({entry.text, now, "refused"});
            }
        }
        return applied;
    }
};

/// Finds out what a plan costs by carrying it out.
class TriesPlansOut final : public PassingGateway {
public:
    using PassingGateway::PassingGateway;
    Result<gateways::Inventory> inventory(std::span<const gateways::Target> targets,
                                          const std::stop_token& stop) override {
        targets_.assign(targets.begin(), targets.end());
        auto inventory = real_->inventory(targets, stop);
        if (inventory) states_ = inventory->lists;
        return inventory;
    }
    gateways::Cost cost_of(const gateways::Work& work) override {
        for (const auto& plan : work.plans) {
            for (std::size_t i = 0; i < std::min(targets_.size(), states_.size()); ++i) {
                if (targets_[i].list == plan.list && plan.writes())
                    static_cast<void>(real_->apply(targets_[i], plan, states_[i], Time{}, {}));
            }
        }
        return real_->cost_of(work);
    }

private:
    std::vector<gateways::Target> targets_;
    std::vector<core::ListState> states_;
};

template <class Passing>
Plant in_gateway() {
    return
        [](cli::Session& session, Wire&) { session.gateway = std::make_unique<Passing>(std::move(session.gateway)); };
}

template <class Passing>
Plant in_store() {
    return [](cli::Session& session, Wire&) { session.store = std::make_unique<Passing>(std::move(session.store)); };
}

/// Feeds and budgets ask the store for themselves.
template <class Passing>
Plant below_feeds() {
    return [](cli::Session& session, Wire&) {
        session.store = std::make_unique<Passing>(std::move(session.store));
        session.budget.emplace(session.clock, *session.store);
        session.local = {&*session.budget, session.store.get()};
    };
}

template <class Passing>
Plant in_feeds() {
    return [](cli::Session& session, Wire&) {
        for (auto& section : session.sections) section.feed = std::make_unique<Passing>(std::move(section.feed));
    };
}

Plant in_requests(std::function<void(net::Request&)> spoil) {
    return [spoil = std::move(spoil)](cli::Session&, Wire& wire) { wire.spoil_request = spoil; };
}

/// A full PUT replaces the list (zia-api.md 4.9).
void replace_instead_of_adding(net::Request& request) {
    const auto at = request.url.find("?action=ADD_TO_LIST");
    if (at != std::string::npos) request.url.erase(at);
}

/// Deletes a group to make it anew.
void delete_first(net::Request& request) {
    if (request.method == "PUT" && request.url.find("/ipDestinationGroups/") != std::string::npos)
        request.method = "DELETE";
}

/// Spells a host wrong.
void misspell(net::Request& request) {
    const auto at = request.body.find("\"h-0");
    if (request.method == "PUT" && at != std::string::npos) request.body.replace(at, 4, "\"hh0");
}

/// Takes a section that is switched off for one that is gone for good.
void retire_what_is_off(cli::Session& session, Wire& wire) {
    const auto known = session.store->known_lists();
    const auto ports = session.ports({});
    for (const auto& list : known ? *known : std::vector<std::string>{}) {
        const auto note = engine::list_note_from_json(session.store->list_note(list).value_or(""));
        if (session.job(list) != nullptr || !note) continue;
        const auto options = session.run_options("retire");
        static_cast<void>(engine::retire_list(list, *note, ports, options, wire.told_to_stop.get_token()));
    }
}

std::filesystem::path state_dir_of(const cli::Session& session) {
    return session.settings->resolved(session.settings->places.state_dir);
}

/// Keeps the newest part of the audit log alone.
void trim_the_log(cli::Session& session, Wire&) {
    const auto file = state_dir_of(session) / "audit.jsonl";
    const auto text = read_file(file).value_or("");
    std::ofstream(file, std::ios::trunc) << text.substr(std::min(text.size(), text.find('\n') + 1));
}

/// Writes something else into the store's file.
void write_over_the_store(cli::Session& session, Wire&) {
    std::fstream(state_dir_of(session) / "cordon.db", std::ios::in | std::ios::out) << "something else";
}

}  // namespace

const std::vector<Bug>& bugs() {
    static const std::vector<Bug> all{
        {"a failure is an empty list", law::k_accidents, in_feeds<FailureIsEmpty>()},
        {"part of a list is the whole", law::k_kept, in_feeds<HalfIsWhole>()},
        {"the ledger is written after sending", law::k_good_days, in_store<LedgerAfterwards>()},
        {"an owed activation is forgotten", law::k_good_days, in_store<ForgetsDebt>()},
        {"the hour's requests are forgotten", law::k_rates, below_feeds<ForgetsRates>()},
        {"pages are skipped", law::k_good_days, below_feeds<SkipsRows>()},
        {"the report is not kept", law::k_report, in_store<LosesReports>()},
        {"the ledger forgets nothing", law::k_good_days, in_store<ForgetsNothing>()},
        {"what colleagues take out is put back", law::k_colleagues, in_store<ForgetsColleagues>()},
        {"what colleagues take out never comes back", law::k_good_days, in_store<ForgivesNothing>()},
        {"others' entries are taken off", law::k_foreign, in_gateway<TakesOffEverything>()},
        {"a lost answer is not read back", law::k_numbers, in_gateway<SkipsReadBack>()},
        {"an activation is only believed", law::k_good_days, in_gateway<BelievesItActivated>()},
        {"a failure is blamed on the entries", law::k_good_days, in_gateway<BlamesTheEntries>()},
        {"an update replaces the list", law::k_kept, in_requests(replace_instead_of_adding)},
        {"nothing is protected", law::k_unsafe,
         [](cli::Session& session, Wire&) { session.protection = core::ProtectionBuilder().build(); }},
        {"the guard is asleep", law::k_kept,
         [](cli::Session& session, Wire&) {
             session.settings->guard.rules = {1e9, 0, 1e9, 1'000'000};
         }},
        {"the least risky come first", law::k_riskiest, in_feeds<RanksBackwards>()},
        {"a group is deleted to be made anew", law::k_emptied, in_requests(delete_first)},
        {"a value is misspelt", law::k_unplanned, in_requests(misspell)},
        {"a plan is carried out", law::k_plan, in_gateway<TriesPlansOut>()},
        {"a list that is switched off is retired", law::k_off, retire_what_is_off},
        {"the audit log is trimmed", law::k_audit, trim_the_log},
        {"the store is written over", law::k_opens, write_over_the_store},
        {"a write is sent twice", law::k_twice, [](cli::Session&, Wire& wire) { wire.repeats_lost_writes = true; }},
    };
    return all;
}

}  // namespace cordon::simulation
