// How fast list files are read, in bytes of the file a second: canonicalising for the validity share
// included, as a run pays for it.

#include <string>

#include <benchmark/benchmark.h>

#include "feeds/parse_feed.hpp"

namespace {

using namespace cordon;

constexpr std::size_t k_file_bytes = 32U << 20;

/// An SCF file of domains.
std::string scf_json() {
    std::string text = R"({"results":[)";
    for (std::size_t i = 0; text.size() < k_file_bytes; ++i) {
        if (i > 0) text += ',';
        text += R"({"domain":"host)" + std::to_string(i) +
                R"(.example","last_seen":"2026-02-11","service_provider":"Example Hosting","detection_strings":)"
                R"({"phishing site":true,"spam site":false,"malware site":)" +
                (i % 3 == 0 ? "true" : "false") + R"(,"fraudulent site":false}})";
    }
    return text + "]}";
}

/// A risk list with two pieces of evidence a row, as the default lists have.
std::string risk_list_csv() {
    std::string text = "\"Name\",\"Risk\",\"RiskString\",\"EvidenceDetails\"\n";
    const std::string rule =
        R"({""Name"": ""recentValidatedCnc"", ""EvidenceString"": ""2 sightings on 1 source: Example Validation. )"
        R"(203.0.113.77:443 confirmed as controller."", ""CriticalityLabel"": ""Very Malicious"", )"
        R"(""MitigationString"": """", ""Rule"": ""Validated C&C Server"", ""SourcesCount"": 1.0, )"
        R"(""Sources"": [""source:abC12d""], ""Timestamp"": ""2026-02-11T05:24:09.000Z"", )"
        R"(""SightingsCount"": 2.0, ""Criticality"": 4.0})";
    for (std::size_t i = 0; text.size() < k_file_bytes; ++i) {
        text += "\"host" + std::to_string(i) + ".example\",\"" + std::to_string(65 + i % 35) +
                "\",\"4/52\",\"{\"\"EvidenceDetails\"\": [" + rule + ", " + rule + "]}\"\n";
    }
    return text;
}

std::string plain_list() {
    std::string text;
    for (std::size_t i = 0; text.size() < k_file_bytes / 4; ++i) text += "host" + std::to_string(i) + ".example\n";
    return text;
}

void read(benchmark::State& state, const std::string& file) {
    std::size_t rows = 0;
    for (auto _ : state) {
        state.PauseTiming();
        std::string body = file;
        state.ResumeTiming();
        const auto parsed = feeds::parse_feed(std::move(body), {});
        if (!parsed) return state.SkipWithError(parsed.error().message.c_str());
        rows = parsed->indicators.size();
    }
    const auto iterations = static_cast<std::int64_t>(state.iterations());
    state.SetBytesProcessed(iterations * static_cast<std::int64_t>(file.size()));
    state.SetItemsProcessed(iterations * static_cast<std::int64_t>(rows));
}

BENCHMARK_CAPTURE(read, scf_json, scf_json())->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(read, risk_list_csv, risk_list_csv())->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(read, plain_list, plain_list())->Unit(benchmark::kMillisecond);

}  // namespace

BENCHMARK_MAIN();
