// How fast pages of CrowdStrike indicators are read, and how fast they enter the mirror.

#include <filesystem>

#include <unistd.h>

#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include "feeds/parse/falcon_page.hpp"
#include "sandbox/cs/indicators.hpp"
#include "store/sql_store.hpp"

namespace cordon {
namespace {

constexpr std::size_t k_page_rows = 5'000;
constexpr int k_steps = 200;

using sandbox::cs::Indicators;

Indicators stock(std::size_t rows) {
    return {sandbox::cs::Generator(1), {.rows = rows}, Time{std::chrono::seconds(1'771'700'000)}};
}

/// A page as it is asked for, sort=_marker.asc and without relations, from the `first` of the stock on: records of all
/// fields, as the sandbox serves them. Gives where the next begins.
std::size_t append_page(const Indicators& from, std::size_t first, std::string& json) {
    json = R"({"meta":{"query_time":0.02,"powered_by":"msa-api"},"resources":[)";
    std::size_t taken = 0;
    for (; taken < k_page_rows && first < from.order().size(); ++first) {
        const auto slot = from.order()[first];
        if (from.type_of(from.row(slot)) != "url") continue;
        if (taken++ != 0) json += ',';
        from.append_record(slot, sandbox::cs::Relations::dropped, json);
    }
    json += R"(],"errors":[]})";
    return first;
}

void read_page(benchmark::State& state) {
    std::string body;
    append_page(stock(4 * k_page_rows), 0, body);
    feeds::FalconPageReader reader;
    core::MirrorRows rows;
    for (auto _ : state) {
        rows.clear();
        const auto page = reader.read(body, "url", rows);
        if (!page || page->rows != k_page_rows) state.SkipWithError("the page was not read");
    }
    state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(body.size()));
    state.SetItemsProcessed(state.iterations() * k_page_rows);
}
BENCHMARK(read_page)->Unit(benchmark::kMillisecond);

/// A page a step, as the pull stores them, into a mirror that grows.
void store_step(benchmark::State& state) {
    const auto folder = std::filesystem::temp_directory_path() / fmt::format("cordon-mirror-bench-{}", ::getpid());
    auto store = store::open_store(folder).value();
    feeds::FalconPageReader reader;
    const auto from = stock(2 * k_page_rows * k_steps);
    std::string cursor;
    std::size_t first = 0;
    std::int64_t stored = 0;
    for (auto _ : state) {
        state.PauseTiming();
        core::MirrorRows rows;
        std::string body;
        first = append_page(from, first, body);
        benchmark::DoNotOptimize(reader.read(body, "url", rows));
        const std::string reached(rows[rows.size() - 1].marker);
        stored += static_cast<std::int64_t>(rows.size());
        state.ResumeTiming();
        const auto taken = store->take_mirror_step("bench", {std::nullopt, cursor, reached, false}, rows, Time{});
        if (!taken || !*taken) state.SkipWithError("the step was not taken");
        cursor = reached;
    }
    state.SetItemsProcessed(stored);
    store.reset();
    std::filesystem::remove_all(folder);
}
BENCHMARK(store_step)->Unit(benchmark::kMillisecond)->Iterations(k_steps);

}  // namespace
}  // namespace cordon
