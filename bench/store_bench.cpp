// The store at the sizes of one list: 25,000 entries, and a snapshot of 100,000 indicators.

#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>

#include <benchmark/benchmark.h>

#include "store/sql_store.hpp"

namespace {

using namespace cordon;

/// A store in a folder that is gone at the end of the scope.
class ScratchStore {
public:
    ScratchStore() {
        std::string pattern = (std::filesystem::temp_directory_path() / "cordon-bench-XXXXXX").string();
        if (::mkdtemp(pattern.data()) == nullptr) std::abort();
        folder_ = pattern;
        store_ = store::open_store(folder_).value();
    }
    ScratchStore(const ScratchStore&) = delete;
    ScratchStore& operator=(const ScratchStore&) = delete;
    ~ScratchStore() {
        store_.reset();
        std::filesystem::remove_all(folder_);
    }
    store::Store* operator->() { return store_.get(); }

private:
    std::filesystem::path folder_;
    std::unique_ptr<store::Store> store_;
};

std::string name(std::size_t number) {
    return std::to_string(number * 2'654'435'761 % 4'294'967'296) + ".malware.example";
}

store::LedgerChange change_of(std::size_t entries, core::LedgerMark mark) {
    store::LedgerChange change{.list = "Recorded Future SCF - Prevent Domains"};
    for (std::size_t i = 0; i < entries; ++i) change.put.push_back({name(i), mark, core::Side::plain, 0});
    return change;
}

core::IndicatorSet indicators_of(std::size_t rows) {
    core::IndicatorSet indicators;
    const std::chrono::sys_seconds newest{std::chrono::seconds{1'795'262'400}};
    for (std::size_t i = 0; i < rows; ++i) {
        indicators.append({name(i), static_cast<int>(i % 35) + 65, newest - std::chrono::hours(i % 700),
                           i % 3 == 0 ? "Recently Active Weaponized Domain" : "C&C DNS Name, Phishing"});
    }
    return indicators;
}

void first_fill(benchmark::State& state) {
    const auto entries = static_cast<std::size_t>(state.range(0));
    const auto change = change_of(entries, core::LedgerMark::intended);
    for (auto _ : state) {
        state.PauseTiming();
        auto store = std::make_unique<ScratchStore>();
        state.ResumeTiming();
        if (!(*store)->change(change)) state.SkipWithError("change failed");
        state.PauseTiming();
        store.reset();
        state.ResumeTiming();
    }
    state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(first_fill)->Arg(200)->Arg(25'000)->Unit(benchmark::kMillisecond);

void ledger_load(benchmark::State& state) {
    ScratchStore store;
    if (!store->change(change_of(25'000, core::LedgerMark::seen))) state.SkipWithError("change failed");
    for (auto _ : state) benchmark::DoNotOptimize(store->ledger("Recorded Future SCF - Prevent Domains").value());
    state.SetItemsProcessed(state.iterations() * 25'000);
}
BENCHMARK(ledger_load)->Unit(benchmark::kMillisecond);

void snapshot_save(benchmark::State& state) {
    ScratchStore store;
    const auto indicators = indicators_of(100'000);
    for (auto _ : state) {
        if (!store->save_snapshot({"feed", "", "", {}, {}, 0}, indicators)) state.SkipWithError("save failed");
    }
    state.SetItemsProcessed(state.iterations() * 100'000);
}
BENCHMARK(snapshot_save)->Unit(benchmark::kMillisecond);

void snapshot_load(benchmark::State& state) {
    ScratchStore store;
    if (!store->save_snapshot({"feed", "", "", {}, {}, 0}, indicators_of(100'000))) state.SkipWithError("save failed");
    const auto snapshot = store->snapshots("feed").value().at(0);
    for (auto _ : state) benchmark::DoNotOptimize(store->load_snapshot(snapshot).value());
    state.SetItemsProcessed(state.iterations() * 100'000);
}
BENCHMARK(snapshot_load)->Unit(benchmark::kMillisecond);

void request_record(benchmark::State& state) {
    ScratchStore store;
    ManualClock clock(Time{});
    const std::vector<net::RateWindow> windows{{1, std::chrono::seconds(1)}, {400, std::chrono::hours(1)}};
    for (auto _ : state) {
        clock.advance(std::chrono::seconds(10));
        if (const auto full = store->try_take("zia PUT", windows, clock); !full || *full)
            state.SkipWithError("not taken");
    }
}
BENCHMARK(request_record)->Unit(benchmark::kMicrosecond);

}  // namespace
