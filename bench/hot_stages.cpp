// The hot stages on fixed input, for counting their instructions (scripts/bench_check.py): no clock, one thread.
// hot_stages                 names of the stages
// hot_stages --built-with    what decides how many instructions a stage has, beside its source
// hot_stages STAGE           runs it once

#include <gnu/libc-version.h>
#include <libpsl.h>
#include <simdjson.h>

#include <boost/version.hpp>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <map>
#include <random>
#include <string>

#include <xxhash.h>

#include <fmt/format.h>

#include "base/workers.hpp"
#include "builtin_protection.hpp"
#include "compile/compile.hpp"
#include "core/suffix_rules.hpp"
#include "feeds/parse/falcon_page.hpp"
#include "feeds/parse_feed.hpp"
#include "gateways/zia/answers.hpp"
#include "large_list.hpp"
#include "sandbox/cs/indicators.hpp"

/// What is counted: everything that is called from here. Neither inlined nor cloned, so that callgrind finds it by its
/// name.
extern "C" [[gnu::noipa]] void counted(const std::function<void()>& work) {
    work();
}

namespace {

using namespace cordon;
using core::EntityType;

constexpr std::size_t k_rows = 50'000;

/// One in eight stands twice, one in three lies below another.
std::string name(std::mt19937& random) {
    static constexpr const char* k_tops[] = {"com", "net", "org", "info", "xyz", "top", "co.uk", "com.br"};
    const auto number = random() % 8 == 0 ? random() % 4'000 : random();
    const auto shorter = fmt::format("h{:x}-load.{}", number, k_tops[number % std::size(k_tops)]);
    return random() % 3 == 0 ? fmt::format("cdn{}.{}", number % 9, shorter) : shorter;
}

template <class Make>
std::string lines(Make make) {
    std::mt19937 random(20261121);
    std::string text;
    for (std::size_t i = 0; i < k_rows; ++i) text += make(random) + "\n";
    return text;
}

std::string address(std::mt19937& random) {
    const auto number = random();
    return fmt::format("{}.{}.{}.{}{}", 20 + number % 60, number >> 8U & 255U, number >> 16U & 255U, number >> 24U,
                       number % 10 == 0 ? "/28" : "");
}

void compile_lines(const std::string& text, EntityType type, bool has_subdomains) {
    const compile::CompileRules rules{type, has_subdomains, 0, 1};
    counted([&] {
        const auto list = compile::compile({text}, rules, core::builtin_protection(), Workers(1));
        std::string out;
        list.append_lines(0, list.size(), out);
        if (out.empty()) std::abort();
    });
}

void parse(std::string body, EntityType type) {
    counted([&] {
        if (!feeds::parse_feed(std::move(body), {.entity = type})) std::abort();
    });
}

std::string scf() {
    std::string text = R"({"results":[)";
    for (std::size_t i = 0; i < k_rows; ++i) {
        text += fmt::format(R"({}{{"domain":"host{}.example","last_seen":"2026-02-11","service_provider":"A Hosting",)"
                            R"("detection_strings":{{"phishing site":true,"spam site":false}}}})",
                            i == 0 ? "" : ",", i);
    }
    return text + "]}";
}

std::string risk_list() {
    std::string text = "\"Name\",\"Risk\",\"RiskString\",\"EvidenceDetails\"\n";
    const std::string rule =
        R"({""Name"": ""recentValidatedCnc"", ""EvidenceString"": ""2 sightings on 1 source."", )"
        R"(""Rule"": ""Validated C&C Server"", ""SourcesCount"": 1.0, ""Timestamp"": ""2026-02-11T05:24:09.000Z"", )"
        R"(""Criticality"": 4.0})";
    for (std::size_t i = 0; i < k_rows / 5; ++i) {
        text += fmt::format("\"host{}.example\",\"{}\",\"4/52\",\"{{\"\"EvidenceDetails\"\": [{}]}}\"\n", i,
                            65 + i % 35, rule);
    }
    return text;
}

void read_falcon_page() {
    const sandbox::cs::Indicators stock(sandbox::cs::Generator(1), {.rows = 5'000},
                                        Time{std::chrono::seconds(1'771'700'000)});
    std::string body = R"({"meta":{"query_time":0.02},"resources":[)";
    for (std::size_t i = 0; i < stock.order().size(); ++i) {
        if (i > 0) body += ',';
        stock.append_record(stock.order()[i], sandbox::cs::Relations::dropped, body);
    }
    body += R"(],"errors":[]})";
    feeds::FalconPageReader reader;
    core::MirrorRows rows;
    counted([&] { (void)reader.read(body, "url", rows); });
    if (rows.size() == 0) std::abort();
}

void plan_list() {
    const bench::LargeList list(k_rows);
    counted([&] {
        if (list.plan().counts.to_add == 0) std::abort();
    });
}

void read_category() {
    auto body = bench::categories_answer(k_rows);
    counted([&] {
        if (!gateways::zia::read_categories(std::move(body), {"large"})) std::abort();
    });
}

const std::map<std::string, std::function<void()>> k_stages = {
    {"compile_domains", [] { compile_lines(lines(name), EntityType::domain, true); }},
    {"compile_urls",
     [] {
         compile_lines(lines([](auto& random) { return "http://" + name(random) + "/dl/setup.exe?id=7"; }),
                       EntityType::url, false);
     }},
    {"compile_addresses", [] { compile_lines(lines(address), EntityType::ip, false); }},
    {"parse_scf_json", [] { parse(scf(), EntityType::domain); }},
    {"parse_risk_list_csv", [] { parse(risk_list(), EntityType::domain); }},
    {"plan_list", plan_list},
    {"read_category", read_category},
    {"read_falcon_page", read_falcon_page},
};

}  // namespace

int main(int count, char** arguments) {
    if (count < 2) {
        for (const auto& [stage, run] : k_stages) std::puts(stage.c_str());
        return 0;
    }
    const std::string wanted = arguments[1];
    if (wanted == "--built-with") {
        fmt::print("g++ {}, glibc {}, boost {}, xxhash {}, simdjson {}.{}.{} ({}), libpsl {} ({} rules)\n", __VERSION__,
                   gnu_get_libc_version(), BOOST_LIB_VERSION, XXH_versionNumber(), simdjson::SIMDJSON_VERSION_MAJOR,
                   simdjson::SIMDJSON_VERSION_MINOR, simdjson::SIMDJSON_VERSION_REVISION,
                   simdjson::get_active_implementation()->name(), psl_get_version(), core::suffix_rules().size());
        return 0;
    }
    const auto stage = k_stages.find(wanted);
    if (stage == k_stages.end()) {
        fmt::print(stderr, "hot_stages: there is no stage '{}'\n", wanted);
        return 2;
    }
    stage->second();
    return 0;
}
