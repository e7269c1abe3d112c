// A list of 275,000 entries of which one in a hundred changes: the plan alone, and reading the gateway's answer.

#include <benchmark/benchmark.h>

#include "gateways/zia/answers.hpp"
#include "gateways/zia/comparison.hpp"
#include "large_list.hpp"

namespace {

using namespace cordon;

constexpr std::uint32_t k_entries = 275'000;

void plan(benchmark::State& state) {
    const bench::LargeList list(k_entries);
    for (auto _ : state) {
        const auto planned = list.plan();
        if (planned.counts.to_add != k_entries / 100 || planned.counts.to_remove != k_entries / 100) {
            return state.SkipWithError("the plan is wrong");
        }
    }
}

void read_category(benchmark::State& state) {
    const auto answer = bench::categories_answer(k_entries);
    for (auto _ : state) {
        state.PauseTiming();
        std::string body = answer;
        state.ResumeTiming();
        const auto read = gateways::zia::read_categories(std::move(body), {"large"});
        if (!read || read->wanted.front().urls.size() != k_entries)
            return state.SkipWithError("the answer is not read");
    }
    state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations() * answer.size()));
}

/// What a run compares with: canonical, in order.
void compare_category(benchmark::State& state) {
    const auto read = gateways::zia::read_categories(bench::categories_answer(k_entries), {"large"});
    for (auto _ : state) {
        if (gateways::zia::entries_of(read->wanted.front()).size() != k_entries) {
            return state.SkipWithError("entries are lost");
        }
    }
}

BENCHMARK(plan)->Unit(benchmark::kMillisecond);
BENCHMARK(read_category)->Unit(benchmark::kMillisecond);
BENCHMARK(compare_category)->Unit(benchmark::kMillisecond);

}  // namespace

BENCHMARK_MAIN();
