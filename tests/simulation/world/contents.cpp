#include "tests/simulation/world/contents.hpp"

#include <filesystem>

#include <fmt/format.h>

#include "base/file.hpp"

namespace cordon::simulation {
namespace {

constexpr int k_any_risk = 80;

/// What a publisher of a block list served in June 2022 in the place of it, where this machine has it.
std::string error_text() {
    const auto file = std::filesystem::path(CORDON_SHARED_DIR) /
                      "data/incidents/spamhaus_drop_error_text_2022-06/1_2022-06-03T08-30-29Z_52c0da1d.txt";
    return read_file(file).value_or("Connection failed: \n");
}

}  // namespace

Entries united(Entries a, const Entries& b) {
    a.insert(b.begin(), b.end());
    return a;
}

std::string only_in(const Entries& a, const Entries& b) {
    std::string found;
    std::size_t count = 0;
    for (const auto& entry : a) {
        if (b.contains(entry)) continue;
        if (++count <= 4) found += (found.empty() ? "" : ", ") + entry;
    }
    return count == 0 ? std::string{} : fmt::format("{} entries: {}", count, found);
}

std::string risk_list(const std::map<std::string, int>& values) {
    std::string text = "\"Name\",\"Risk\",\"LastSeen\"\n";
    for (const auto& [value, risk] : values)
        text += fmt::format("\"{}\",\"{}\",\"2026-11-20T00:00:00Z\"\n", value, risk);
    return text;
}

std::string risk_list(const Entries& values) {
    std::map<std::string, int> risks;
    for (const auto& value : values) risks[value] = k_any_risk;
    return risk_list(risks);
}

const std::vector<std::string>& publishing_faults() {
    static const std::vector<std::string> faults{"empty",        "error text",    "page",    "torn",
                                                 "header alone", "other columns", "few rows"};
    return faults;
}

std::string published_badly(const std::string& fault, const std::map<std::string, int>& good, Dice& dice) {
    const auto whole = risk_list(good);
    if (fault == "error text") return error_text();
    if (fault == "page") return "<!DOCTYPE html><html><body><h1>503 Service Temporarily Unavailable</h1></body></html>";
    if (fault == "torn") return whole.substr(0, whole.size() / 4 + dice.number(whole.size() / 4));
    if (fault == "header alone") return whole.substr(0, whole.find('\n') + 1);
    if (fault == "other columns") return "first_seen,threat\n2026-11-20,x\n";
    if (fault == "few rows") {
        std::map<std::string, int> few;
        for (const auto& [value, risk] : good) {
            if (few.size() < good.size() / 5) few.emplace(value, risk);
        }
        return risk_list(few);
    }
    return {};  // "empty"
}

}  // namespace cordon::simulation
