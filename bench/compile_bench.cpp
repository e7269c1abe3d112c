// The stages of `cordon compile`, on generated values (fixed seed, no outside data).

#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include <random>
#include <string>
#include <vector>

#include "base/workers.hpp"
#include "builtin_protection.hpp"
#include "compile/compile.hpp"
#include "core/canonical.hpp"
#include "core/verdict.hpp"

namespace {

using namespace cordon;
using namespace cordon::core;

constexpr std::uint32_t k_seed = 20261121;

/// Mostly unregistered two- and three-label names, a few popular ones, one duplicate in eight.
std::string random_name(std::mt19937& random) {
    static constexpr const char* k_tops[] = {"com", "net", "org", "info", "xyz", "top", "co.uk", "com.br"};
    if (random() % 200 == 0) return "github.com";
    const auto number = random() % 7 == 0 ? random() % 1000 : random();
    auto name = fmt::format("{:x}-load.{}", number, k_tops[number % std::size(k_tops)]);
    return random() % 3 == 0 ? fmt::format("cdn{}.{}", random() % 9, name) : name;
}

std::string random_url(std::mt19937& random) {
    return fmt::format("http{}://{}/{:x}/Setup_{}.exe?id={}", random() % 2 == 0 ? "" : "s", random_name(random),
                       random(), random() % 100, random());
}

std::string random_address(std::mt19937& random) {
    const auto address = random();
    return fmt::format("{}.{}.{}.{}", 1 + (address >> 24U) % 223, (address >> 16U) & 255U, (address >> 8U) & 255U,
                       address & 255U);
}

template <class Make>
std::vector<std::string> values_of(std::size_t count, Make make) {
    std::mt19937 random(k_seed);
    std::vector<std::string> values;
    values.reserve(count);
    for (std::size_t i = 0; i < count; ++i) values.push_back(make(random));
    return values;
}

std::string lines_of(const std::vector<std::string>& values) {
    std::string lines;
    for (const auto& value : values) lines.append(value).push_back('\n');
    return lines;
}

void canonicalise_all(benchmark::State& state, EntityType type, const std::vector<std::string>& values) {
    Canonical canonical;
    std::size_t at = 0;
    for (auto _ : state) {
        canonicalise(type, values[at], canonical);
        benchmark::DoNotOptimize(canonical.is_entry);
        at = at + 1 == values.size() ? 0 : at + 1;
    }
    state.SetItemsProcessed(state.iterations());
}

void canonicalise_domains(benchmark::State& state) {
    canonicalise_all(state, EntityType::domain, values_of(100'000, random_name));
}
void canonicalise_urls(benchmark::State& state) {
    canonicalise_all(state, EntityType::url, values_of(100'000, random_url));
}
void canonicalise_addresses(benchmark::State& state) {
    canonicalise_all(state, EntityType::ip, values_of(100'000, random_address));
}

void protection_hit(benchmark::State& state) {
    const auto values = values_of(100'000, random_name);
    std::size_t at = 0;
    for (auto _ : state) {
        benchmark::DoNotOptimize(builtin_protection().hit(EntryKind::host, values[at]));
        at = at + 1 == values.size() ? 0 : at + 1;
    }
    state.SetItemsProcessed(state.iterations());
}

void judge_names(benchmark::State& state) {
    const auto values = values_of(100'000, random_name);
    Canonical canonical;
    canonical.is_entry = true;
    std::size_t at = 0;
    for (auto _ : state) {
        canonical.kind = EntryKind::host;
        canonical.text = values[at];
        canonical.host = values[at];
        benchmark::DoNotOptimize(judge(canonical, {}, builtin_protection()).has_value());
        at = at + 1 == values.size() ? 0 : at + 1;
    }
    state.SetItemsProcessed(state.iterations());
}

void build_builtin_protection(benchmark::State& state) {
    for (auto _ : state) {
        ProtectionBuilder builder;
        builder.add_builtin_lock_out();
        builder.add_builtin_popular();
        benchmark::DoNotOptimize(builder.build());
    }
}

void compile_lines(benchmark::State& state, const compile::CompileRules& rules, const std::string& lines,
                   std::size_t count) {
    for (auto _ : state) {
        benchmark::DoNotOptimize(compile::compile({lines}, rules, builtin_protection(), Workers(1)).size());
    }
    state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(count));
    state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(lines.size()));
}

constexpr std::size_t k_million = 1'000'000;

void compile_million_domains(benchmark::State& state) {
    compile_lines(state, {EntityType::domain, false, 0}, lines_of(values_of(k_million, random_name)), k_million);
}
void compile_million_domains_dotted(benchmark::State& state) {
    compile_lines(state, {EntityType::domain, true, 0}, lines_of(values_of(k_million, random_name)), k_million);
}
void compile_million_domains_capped(benchmark::State& state) {
    compile_lines(state, {EntityType::domain, false, 25'000}, lines_of(values_of(k_million, random_name)), k_million);
}
void compile_million_addresses(benchmark::State& state) {
    compile_lines(state, {EntityType::ip, false, 0}, lines_of(values_of(k_million, random_address)), k_million);
}

BENCHMARK(canonicalise_domains);
BENCHMARK(canonicalise_urls);
BENCHMARK(canonicalise_addresses);
BENCHMARK(protection_hit);
BENCHMARK(judge_names);
BENCHMARK(build_builtin_protection)->Unit(benchmark::kMicrosecond);
BENCHMARK(compile_million_domains)->Unit(benchmark::kMillisecond);
BENCHMARK(compile_million_domains_dotted)->Unit(benchmark::kMillisecond);
BENCHMARK(compile_million_domains_capped)->Unit(benchmark::kMillisecond);
BENCHMARK(compile_million_addresses)->Unit(benchmark::kMillisecond);

}  // namespace
