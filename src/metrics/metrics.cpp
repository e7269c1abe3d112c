#include "metrics/metrics.hpp"

#include <algorithm>

#include <prometheus/text_serializer.h>

#include "base/file.hpp"
#include "base/log.hpp"
#include "base/own_folder.hpp"
#include "metrics/families.hpp"

namespace cordon::metrics {
namespace {

constexpr const char* k_memo = "metrics";
/// More than the store keeps.
constexpr std::size_t k_most_runs = 100'000;

/// The kept runs that are not counted yet, oldest first. The newest is left out where it is still under way; older
/// ones that did not end were killed.
Result<std::vector<std::string>> uncounted_runs(store::Store& store, const std::string& last_id) {
    CORDON_TRY_ASSIGN(const auto runs, store.runs(k_most_runs));
    std::vector<std::string> ids;
    for (std::size_t i = 0; i < runs.size() && runs[i].id != last_id; ++i) {
        const bool is_under_way = i == 0 && runs[i].outcome == core::name_of(core::Outcome::unfinished);
        if (!is_under_way) ids.push_back(runs[i].id);
    }
    std::reverse(ids.begin(), ids.end());
    return ids;
}

Result<StoreFacts> facts_of(store::Store& store, const Tally& tally) {
    StoreFacts facts;
    CORDON_TRY_ASSIGN(facts.is_activation_owed, store.is_activation_owed());
    for (const auto& [name, list] : tally.lists) {
        CORDON_TRY_ASSIGN(const auto stop, store.guard_stop(name));
        if (stop) facts.stopped_lists.insert(name);
    }
    CORDON_TRY_ASSIGN(const auto failures, store.memo(core::k_notice_failures_memo));
    facts.notice_failures = core::notice_failures_from_json(failures);
    return facts;
}

}  // namespace

void Metrics::observe(const core::RunReport& report) {
    state_.with([&](State& state) { state.tally.count(report); });
}

Result<void> Metrics::catch_up(store::Store& store) {
    // Read without the lock, so that whoever wants the text does not wait for the disk.
    auto tally = state_.with([](const State& state) { return state.tally; });
    CORDON_TRY_ASSIGN(const auto ids, uncounted_runs(store, tally.last_id));
    for (const auto& id : ids) {
        CORDON_TRY_ASSIGN(const auto json, store.run(id));
        if (const auto report = core::report_from_json(json)) {
            tally.count(*report);
        } else {
            log_debug("the metrics leave a kept run out: " + report.error().message);
            tally.last_id = id;
        }
    }
    CORDON_TRY_ASSIGN(auto facts, facts_of(store, tally));
    state_.with([&](State& state) { state = {std::move(tally), std::move(facts)}; });
    return {};
}

std::string Metrics::text(Time now, const std::optional<DaemonFacts>& daemon) const {
    const auto families =
        state_.with([&](const State& state) { return families_of(state.tally, state.facts, daemon, version_, now); });
    return prometheus::TextSerializer().Serialize(families);
}

Result<void> Metrics::recall(store::Store& store) {
    CORDON_TRY_ASSIGN(const auto memo, store.memo(k_memo));
    if (memo.empty()) return {};
    auto tally = tally_from_json(memo);
    if (!tally) {
        log_warning("the metrics begin anew with the kept runs: " + tally.error().message);
        return {};
    }
    state_.with([&](State& state) { state.tally = std::move(*tally); });
    return {};
}

Result<void> Metrics::remember(store::Store& store) const {
    return store.put_memo(k_memo, to_json(state_.with([](const State& state) { return state.tally; })));
}

Result<void> write_metrics_file(store::Store& store, const std::filesystem::path& file, const std::string& version,
                                Time now) {
    Metrics metrics(version);
    CORDON_TRY(metrics.recall(store));
    CORDON_TRY(metrics.catch_up(store));
    CORDON_TRY(metrics.remember(store));
    const AsCaller named_it;
    return write_file_atomically(file, metrics.text(now), FileReaders::everyone);
}

}  // namespace cordon::metrics
