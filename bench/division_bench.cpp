// The division of one quota: 300,000 generated indicators in ten lists (fixed seed, no outside data), half of them
// lists of domains and half of URLs, six of one group; each list partly full.

#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include <algorithm>
#include <deque>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "core/desired.hpp"
#include "core/division.hpp"
#include "core/group_cover.hpp"
#include "core/protection.hpp"
#include "core/standing.hpp"

namespace {

using namespace cordon;
using namespace cordon::core;

constexpr std::uint32_t k_seed = 20261122;
constexpr std::size_t k_lists = 10;
constexpr std::size_t k_in_group = 6;  // three of domains, three of URLs
constexpr std::size_t k_rows = 30'000;
constexpr std::size_t k_hosts = 200'000;  // so that lists overlap, and URLs stand on hosts of the others
const Time k_now{std::chrono::sys_days{std::chrono::year{2026} / 11 / 22}};

std::string host(std::uint32_t number) {
    static constexpr const char* k_tops[] = {"com", "net", "org", "info", "xyz", "top", "co.uk", "com.br"};
    const auto name = fmt::format("{:x}-load.{}", number * 2654435761U, k_tops[number % std::size(k_tops)]);
    return number % 3 == 0 ? fmt::format("cdn{}.{}", number % 9, name) : name;
}

/// One list before the division.
struct List {
    std::string name;
    IndicatorSet indicators;
    DesiredSet desired;
    ListState state;
    ListLedger ledger;
    ListPolicy policy;
    Weighed weighed;
};

struct Tenant {
    std::deque<List> lists;
    std::vector<Contender> contenders;
    std::size_t newcomers = 0;
};

const Protection& nothing() {
    static const Protection built = ProtectionBuilder{}.build();
    return built;
}

void publish(List& list, bool is_of_urls, std::mt19937& random) {
    for (std::size_t i = 0; i < k_rows; ++i) {
        const auto number = static_cast<std::uint32_t>(random() % k_hosts);
        const auto value = is_of_urls
                               ? fmt::format("http://{}/{:x}/Setup_{}.exe", host(number), random() % 64, random() % 4)
                               : host(number);
        const auto day = std::chrono::days{random() % 60};
        list.indicators.append(
            {value, static_cast<int>(65 + random() % 35), std::chrono::floor<std::chrono::seconds>(k_now - day), {}});
    }
    ListRules rules;
    rules.entity = is_of_urls ? EntityType::url : EntityType::domain;
    NoRejectSink nobody;
    const std::vector<FeedPart> parts{{list.name, &list.indicators, 65}};
    list.desired = build_desired(parts, rules, nothing(), nobody);
}

/// `percent` of what is wanted is there, one in fifty of it somebody else's, and beside it a hundredth that is wanted
/// no more.
void fill(List& list, unsigned percent, std::mt19937& random) {
    list.state.name = list.name;
    list.state.exists = true;
    list.state.object_id = list.ledger.object_id = list.name;
    list.ledger.is_known = true;
    const auto hold = [&](const std::string& text) {
        list.state.entries.push_back({text, text, Side::retain_parent});
        if (random() % 50 != 0) list.ledger.ours.push_back({text, LedgerMark::seen, Side::retain_parent, 0});
    };
    for (std::size_t i = 0; i < list.desired.size(); ++i) {
        if (random() % 100 < percent) hold(std::string(list.desired[i].text));
    }
    if (percent > 0) {
        for (std::size_t i = 0; i < k_rows / 100; ++i) hold(fmt::format("{}.past{}.com", list.name, i));
    }
    std::sort(list.state.entries.begin(), list.state.entries.end(),
              [](const auto& a, const auto& b) { return a.canonical < b.canonical; });
    std::sort(list.ledger.ours.begin(), list.ledger.ours.end(),
              [](const auto& a, const auto& b) { return a.canonical < b.canonical; });
}

void weigh(List& list) {
    list.weighed = weigh_list(TargetKind::url_category, &list.desired, list.state, list.ledger, list.policy, k_now, {});
}

std::unique_ptr<Tenant> make_tenant(unsigned percent) {
    std::mt19937 random(k_seed);
    auto tenant = std::make_unique<Tenant>();
    for (std::size_t i = 0; i < k_lists; ++i) {
        List& list = tenant->lists.emplace_back();
        list.name = fmt::format("list{}", i);
        list.policy.cap = k_rows;
        list.policy.placeholder = "placeholder.invalid";
        publish(list, i % 2 == 1, random);
        fill(list, percent, random);
        weigh(list);
        Contender contender;
        contender.list = list.name;
        contender.exists = true;
        contender.desired = &list.desired;
        contender.policy = &list.policy;
        contender.weighed = &list.weighed;
        contender.priority = 50 + 10 * (i % 3);
        contender.reserve = i % 4 == 0 ? 1000 : 0;
        contender.group = i < k_in_group ? "malware" : "";
        tenant->contenders.push_back(contender);
        const auto& standings = list.weighed.standings;
        tenant->newcomers +=
            static_cast<std::size_t>(std::count(standings.begin(), standings.end(), Standing::newcomer));
    }
    return tenant;
}

Tenant& tenant_of(std::int64_t percent) {
    static const auto empty = make_tenant(0);
    static const auto half = make_tenant(50);
    return percent == 0 ? *empty : *half;
}

Room room_of(std::int64_t urls) {
    Room room;
    room.urls = static_cast<std::size_t>(urls);
    room.urls_provisioned = 200'000;
    return room;
}

void count_in(benchmark::State& state, const Tenant& tenant) {
    std::size_t wanted = 0;
    for (const List& list : tenant.lists) wanted += list.desired.size();
    state.counters["indicators"] = static_cast<double>(k_lists * k_rows);
    state.counters["entries"] = static_cast<double>(wanted);
    state.counters["newcomers"] = static_cast<double>(tenant.newcomers);
}

/// All that the target is about: every list is weighed against what lies there, then the room is divided, in which
/// the group is looked through.
void weigh_and_divide(benchmark::State& state) {
    auto& tenant = tenant_of(state.range(0));
    const auto room = room_of(state.range(1));
    Division division;
    for (auto _ : state) {
        for (List& list : tenant.lists) weigh(list);
        division = divide_room(tenant.contenders, room, 0);
        benchmark::DoNotOptimize(division.admissions.data());
    }
    count_in(state, tenant);
    double admitted = 0;
    double covered = 0;
    for (const Admissions& verdicts : division.admissions) {
        admitted += static_cast<double>(std::count(verdicts.of.begin(), verdicts.of.end(), Admission::admitted));
        covered += static_cast<double>(std::count(verdicts.of.begin(), verdicts.of.end(), Admission::covered));
    }
    state.counters["admitted"] = admitted;
    state.counters["covered"] = covered;
}

void weigh_alone(benchmark::State& state) {
    auto& tenant = tenant_of(state.range(0));
    for (auto _ : state) {
        for (List& list : tenant.lists) weigh(list);
    }
}

void divide_alone(benchmark::State& state) {
    const auto& tenant = tenant_of(state.range(0));
    const auto room = room_of(state.range(1));
    for (auto _ : state) benchmark::DoNotOptimize(divide_room(tenant.contenders, room, 0).is_entangled);
}

void cover_in_group(benchmark::State& state) {
    const auto& tenant = tenant_of(state.range(0));
    const Room room;
    for (auto _ : state) {
        const WholeLists lists(tenant.contenders, room);
        TextNumbers numbers(tenant.contenders);
        benchmark::DoNotOptimize(GroupCovers(lists, numbers).find({}).size());
    }
}

void compile_lists(benchmark::State& state) {
    const auto& tenant = tenant_of(0);
    NoRejectSink nobody;
    for (auto _ : state) {
        for (std::size_t i = 0; i < k_lists; ++i) {
            ListRules rules;
            rules.entity = i % 2 == 1 ? EntityType::url : EntityType::domain;
            const std::vector<FeedPart> parts{{tenant.lists[i].name, &tenant.lists[i].indicators, 65}};
            benchmark::DoNotOptimize(build_desired(parts, rules, nothing(), nobody).size());
        }
    }
}

/// How full the lists are in percent, and the room that is left.
void situations(benchmark::internal::Benchmark* benchmark) {
    benchmark->ArgNames({"full", "room"})->Unit(benchmark::kMillisecond);
    for (const int full : {0, 50}) {
        for (const int room : {25'000, 275'000}) benchmark->Args({full, room});
    }
}

BENCHMARK(weigh_and_divide)->Apply(situations);
BENCHMARK(weigh_alone)->ArgName("full")->Arg(0)->Arg(50)->Unit(benchmark::kMillisecond);
BENCHMARK(divide_alone)->Apply(situations);
BENCHMARK(cover_in_group)->ArgName("full")->Arg(0)->Arg(50)->Unit(benchmark::kMillisecond);
BENCHMARK(compile_lists)->Unit(benchmark::kMillisecond);

}  // namespace
