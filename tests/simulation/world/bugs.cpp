#include "tests/simulation/world/bugs.hpp"

#include <algorithm>
#include <utility>

#include "core/protection.hpp"
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

}  // namespace

const std::vector<Bug>& bugs() {
    constexpr const char* k_kept = "what its publisher still lists is not removed";
    constexpr const char* k_accidents = "the guard stops accidents alone";
    constexpr const char* k_good_days = "after good runs all is as it should be";
    constexpr const char* k_rates = "rates and the rules of the clouds are kept";
    constexpr const char* k_report = "every run leaves a report";
    constexpr const char* k_numbers = "the numbers of a report add up";
    constexpr const char* k_foreign = "no foreign entry is touched";
    constexpr const char* k_unsafe = "nothing unsafe is on any list";
    constexpr const char* k_colleagues = "what a colleague took out stays out";
    constexpr const char* k_twice = "what got no answer is looked at before it is sent again";
    static const std::vector<Bug> all{
        {"a failure is an empty list", k_accidents, in_feeds<FailureIsEmpty>()},
        {"part of a list is the whole", k_kept, in_feeds<HalfIsWhole>()},
        {"the ledger is written after sending", k_good_days, in_store<LedgerAfterwards>()},
        {"an owed activation is forgotten", k_good_days, in_store<ForgetsDebt>()},
        {"the hour's requests are forgotten", k_rates, below_feeds<ForgetsRates>()},
        {"pages are skipped", k_good_days, below_feeds<SkipsRows>()},
        {"the report is not kept", k_report, in_store<LosesReports>()},
        {"the ledger forgets nothing", k_good_days, in_store<ForgetsNothing>()},
        {"what colleagues take out is put back", k_colleagues, in_store<ForgetsColleagues>()},
        {"what colleagues take out never comes back", k_good_days, in_store<ForgivesNothing>()},
        {"others' entries are taken off", k_foreign, in_gateway<TakesOffEverything>()},
        {"a lost answer is not read back", k_numbers, in_gateway<SkipsReadBack>()},
        {"an activation is only believed", k_good_days, in_gateway<BelievesItActivated>()},
        {"a failure is blamed on the entries", k_good_days, in_gateway<BlamesTheEntries>()},
        {"an update replaces the list", k_kept, in_requests(replace_instead_of_adding)},
        {"nothing is protected", k_unsafe,
         [](cli::Session& session, Wire&) { session.protection = core::ProtectionBuilder().build(); }},
        {"the guard is asleep", k_kept,
         [](cli::Session& session, Wire&) {
             session.settings->guard.rules = {1e9, 0, 1e9, 1'000'000};
         }},
        {"a write is sent twice", k_twice, [](cli::Session&, Wire& wire) { wire.repeats_lost_writes = true; }},
    };
    return all;
}

}  // namespace cordon::simulation
