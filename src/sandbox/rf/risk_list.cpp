#include <algorithm>
#include <string>

#include <fmt/format.h>

#include "sandbox/rf/generator.hpp"

namespace cordon::sandbox::rf {
namespace {

constexpr std::size_t k_huge_evidence = 300'000;  // recorded-future-api.md 13.6

std::string csv_field(std::string_view text) {
    std::string field = "\"";
    for (const char c : text) {
        if (c == '"') field += '"';
        field += c;
    }
    return field + '"';
}

struct Evidence {
    std::string rule;
    std::string text;
    std::string timestamp;
    int sightings = 1;
};

std::string criticality_of(int risk) {
    if (risk >= 90) return "Very Malicious";
    return risk >= 65 ? "Malicious" : "Suspicious";
}

std::string evidence_json(const Evidence& evidence, int risk) {
    return fmt::format(R"({{"EvidenceDetails": [{{"Name": "{0}", "EvidenceString": "{1}", "CriticalityLabel": "{2}", )"
                       R"("MitigationString": "", "Rule": "{0}", "SourcesCount": 1.0, "Sources": ["source:abC12d"], )"
                       R"("Timestamp": "{3}", "SightingsCount": {4}.0, "Criticality": {5}.0}}]}})",
                       evidence.rule, evidence.text, criticality_of(risk), evidence.timestamp, evidence.sightings,
                       risk >= 90 ? 4 : 3);
}

std::string csv_row(std::string_view entity, std::string_view name, int risk, std::string_view evidence) {
    auto row = csv_field(name);
    if (entity == "hash") row += ",\"SHA-256\"";
    return row + fmt::format(",\"{}\",\"1/52\",{}\r\n", risk, csv_field(evidence));
}

/// Values that a list of this entity has been seen to hold beside the plain ones.
std::vector<std::string> difficult_names(std::string_view entity) {
    if (entity == "ip") return {"2001:db8::7", "198.18.64.0/28", "10.0.0.1", "203.0.113.0/24"};
    if (entity == "url") {
        return {"http://user:secret@trap.example:8080/a?b=c#d",
                "https://b\303\274cher.example/\303\244",
                "not a url at all",
                "HTTP://UPPER.EXAMPLE/Path",
                "http://upper.example/Path",
                "https://www.example.com/"};
    }
    if (entity == "domain") {
        return {"*.glob.example", "b\303\274cher.example", "UPPER.example", "upper.example", "www.example.com"};
    }
    return {};
}

}  // namespace

std::vector<std::string> Generator::rules_of(std::string_view entity) {
    if (entity == "ip") return {"recentValidatedCnc", "validatedCnc", "recentReportedCnc", "botnet", "recentDdos"};
    if (entity == "domain") return {"cncSite", "recentCncSite", "recentWeaponizedDomain", "recentPhishingSiteDetected"};
    if (entity == "url") return {"recentDefangedURL", "phishingUrl", "recentMalwareSiteDetected"};
    if (entity == "hash") return {"positiveMalwareVerdict", "recentActiveMalware"};
    if (entity == "vulnerability") return {"exploited", "recentMalwareActivity"};
    return {};
}

std::string Generator::risk_list(std::string_view entity, std::string_view list, Moment moment) const {
    // "default" holds what scores 65 and more, "large" 25 and more (recorded-future-api.md 6).
    const bool is_large = list == "large";
    const int least = is_large ? 25 : 65;
    const auto base = entity == "ip" ? sizes_.ips : sizes_.domains;
    const auto all_rules = rules_of(entity);
    const bool is_rule = std::find(all_rules.begin(), all_rules.end(), list) != all_rules.end();

    struct Scored {
        Row row;
        int risk;
    };
    std::vector<Scored> scored;
    for (const auto& row : rows(is_large ? 2 * base : base, moment)) {
        const auto number = chance(row.id, "risk");
        if (is_rule && all_rules[(number >> 8U) % all_rules.size()] != list) continue;
        scored.push_back({row, least + static_cast<int>(number % static_cast<std::uint64_t>(100 - least))});
    }
    std::stable_sort(scored.begin(), scored.end(), [](const Scored& a, const Scored& b) { return a.risk > b.risk; });

    std::string csv = entity == "hash" ? "\"Name\",\"Algorithm\",\"Risk\",\"RiskString\",\"EvidenceDetails\"\r\n"
                                       : "\"Name\",\"Risk\",\"RiskString\",\"EvidenceDetails\"\r\n";
    for (const auto& [row, risk] : scored) {
        const auto& rule = all_rules[(chance(row.id, "risk") >> 8U) % all_rules.size()];
        const auto seen = to_iso8601(made_at(row.changed));
        csv += csv_row(entity, name(entity, row.id), risk,
                       evidence_json({rule, "1 sighting on 1 source: \\\"Example\\\" \\u0026 others.", seen}, risk));
    }
    return is_rule ? csv : csv + difficult_rows(entity, to_iso8601(made_at(moment.tick)));
}

// recorded-future-api.md 7.1 and 13.6: line ends, NUL, negative counts, missing fields, huge fields.
std::string Generator::difficult_rows(std::string_view entity, std::string_view timestamp) const {
    const std::string when(timestamp);
    std::string csv;
    for (const auto& name : difficult_names(entity)) {
        csv += csv_row(entity, name, 66, R"({"EvidenceDetails": []})");
    }
    constexpr std::size_t k_outside = 1'000'000;  // ids that no window reaches soon
    const auto add = [&](std::size_t offset, const std::string& evidence) {
        csv += csv_row(entity, name(entity, k_outside + offset), 65, evidence);
    };
    const std::string rule = rules_of(entity).front();
    add(1, evidence_json({rule, "two\nlines", when}, 65));
    add(2, evidence_json({rule, std::string("a\0byte", 6), when}, 65));
    add(3, evidence_json({rule, "counted below zero", when, -1}, 65));
    add(4, R"({"EvidenceDetails": [{"Rule": "no dates, no counts"}]})");
    add(5, evidence_json({rule, std::string(k_huge_evidence, 'x'), when}, 65));
    return csv;
}

}  // namespace cordon::sandbox::rf
