// How fast pages of CrowdStrike indicators are read, and how fast they enter the mirror.

#include <filesystem>

#include <unistd.h>

#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include "feeds/parse/falcon_page.hpp"
#include "sandbox/cs/generator.hpp"
#include "store/sql_store.hpp"

namespace cordon {
namespace {

constexpr std::uint32_t k_page_rows = 5'000;

std::string marker_of(std::uint32_t number) { return fmt::format("{:010}{:032x}", 1'771'000'000 + number / 7, number); }

/// A page as the service sends it without relations: all fields, a few labels a row.
std::string page_of_urls(std::uint32_t first) {
    const sandbox::cs::Generator generator(1);
    std::string json = R"({"meta":{"query_time":0.02,"powered_by":"msa-api"},"resources":[)";
    for (std::uint32_t number = first, taken = 0; taken < k_page_rows; ++number) {
        auto indicator = generator.indicator(number);
        if (indicator.type != "url") continue;
        indicator.marker = marker_of(number);
        indicator.last_updated = 1'771'000'000 + number / 7;
        indicator.malicious_confidence = "high";
        if (taken++ != 0) json += ',';
        sandbox::cs::append_json(indicator, sandbox::cs::Relations::dropped, json);
    }
    return json + R"(],"errors":[]})";
}

void read_page(benchmark::State& state) {
    auto body = page_of_urls(0);
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

/// Eight pages in one step, as the pull stores them, into a mirror that grows.
void store_step(benchmark::State& state) {
    const auto folder = std::filesystem::temp_directory_path() / fmt::format("cordon-mirror-bench-{}", ::getpid());
    auto store = store::open_store(folder).value();
    feeds::FalconPageReader reader;
    std::string cursor;
    std::uint32_t first = 0;
    std::int64_t stored = 0;
    for (auto _ : state) {
        state.PauseTiming();
        core::MirrorRows rows;
        for (int page = 0; page < 8; ++page, first += 4 * k_page_rows) {
            auto body = page_of_urls(first);
            benchmark::DoNotOptimize(reader.read(body, "url", rows));
        }
        const auto reached = fmt::format("{:010}", first);
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
BENCHMARK(store_step)->Unit(benchmark::kMillisecond)->Iterations(25);

}  // namespace
}  // namespace cordon
