#include "cli/plan_text.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/text.hpp"
#include "engine/room_notes.hpp"

namespace cordon::cli {
namespace {

constexpr std::size_t k_shown_entries = 10;

const core::ListReport* report_of(const engine::RunResult& result, const std::string& list) {
    for (const auto& report : result.report.lists) {
        if (report.list == list) return &report;
    }
    return nullptr;
}

/// The placeholder is no entry of a feed, so nothing else explains it.
std::string reason_of(const core::ListPlan& plan, const std::string& canonical, const Reasons& why) {
    return canonical == plan.placeholder ? "reserved: keeps the list from being empty and blocks nothing real"
                                         : why(plan, canonical);
}

void append_entries(std::string& text, const core::ListPlan& plan, char sign,
                    const std::vector<core::PlannedEntry>& entries, const std::vector<std::string>* canonical,
                    const Reasons& why) {
    for (std::size_t i = 0; i < entries.size() && i < k_shown_entries; ++i) {
        const auto reason = reason_of(plan, canonical != nullptr ? (*canonical)[i] : entries[i].text, why);
        text += fmt::format("    {} {}{}\n", sign, printable(entries[i].text), reason.empty() ? "" : "   " + reason);
    }
    if (entries.size() > k_shown_entries) {
        text += fmt::format("    {} and {} more (--json lists all)\n", sign,
                            with_thousands(entries.size() - k_shown_entries));
    }
}

/// The places that a list does without, by method.
struct Saving {
    const char* name;  ///< in JSON
    const char* words;
    std::uint64_t (*count)(const core::ListCounts&);
};
constexpr std::array<Saving, 6> k_savings{{
    {"duplicate", "duplicate",
     [](const core::ListCounts& counts) { return counts.reasons.of(core::Reason::duplicate); }},
    {"covered", "covered by another entry",
     [](const core::ListCounts& counts) { return counts.reasons.of(core::Reason::covered); }},
    {"covered_by_list", "covered by another list of the group",
     [](const core::ListCounts& counts) { return counts.reasons.of(core::Reason::covered_by_list); }},
    {"joined", "joined into networks",
     [](const core::ListCounts& counts) { return counts.reasons.of(core::Reason::joined); }},
    {"folded", "folded into domains",
     [](const core::ListCounts& counts) { return counts.reasons.of(core::Reason::folded); }},
    {"known_to_gateway", "known to Zscaler", [](const core::ListCounts& counts) { return counts.known_to_gateway; }},
}};

void append_savings(std::string& text, const core::ListCounts& counts) {
    std::vector<std::string> parts;
    for (const auto& saving : k_savings) {
        if (const auto count = saving.count(counts); count != 0) {
            parts.push_back(fmt::format("{} {}", with_thousands(count), saving.words));
        }
    }
    if (!parts.empty()) text += "  entries saved: " + join(parts, ", ") + "\n";
}

/// How the room that the tenant has is divided among its lists.
void append_shares(std::string& text, const core::PoolShares& pool) {
    if (!pool.room) return;
    text += fmt::format("room in the tenant: {} more {}", with_thousands(*pool.room), pool.what);
    if (const auto holders = engine::holders_of(pool); !holders.empty()) text += "; " + holders;
    text += "\n";
    for (const auto& share : pool.lists) {
        text += fmt::format("  {}: priority {}{}, wants {}, gets {}", share.list, share.priority,
                            share.reserve == 0 ? "" : fmt::format(", reserve {}", with_thousands(share.reserve)),
                            with_thousands(share.wanted), with_thousands(share.given));
        if (share.shared > 0) {
            text +=
                fmt::format(" ({} of them count once with others' or are there already)", with_thousands(share.shared));
        }
        text += "\n";
    }
    if (const auto note = engine::note_on_reserves(pool); !note.empty()) text += "  note: " + note + "\n";
}

nlohmann::ordered_json json_of(const core::PoolShares& pool) {
    auto lists = nlohmann::ordered_json::array();
    for (const auto& share : pool.lists) {
        lists.push_back({{"list", share.list},
                         {"priority", share.priority},
                         {"reserve", share.reserve},
                         {"wanted", share.wanted},
                         {"given", share.given},
                         {"counted_once", share.shared}});
    }
    nlohmann::ordered_json json{{"of", pool.what}};
    json["room"] = pool.room ? nlohmann::ordered_json(*pool.room) : nlohmann::ordered_json();
    json["headroom"] = pool.headroom;
    json["held_back"] = pool.held_back;
    json["lists"] = std::move(lists);
    return json;
}

void append_list(std::string& text, const engine::RunResult& result, const core::ListPlan& plan, const Reasons& why) {
    text += fmt::format("{} ({})\n", plan.list, core::name_of(plan.target));
    if (plan.creates) text += "  does not exist yet and would be created\n";
    text += fmt::format("  {} to add, {} to remove, {} stay, {} of others\n", with_thousands(plan.additions.size()),
                        with_thousands(plan.removals.size()), with_thousands(plan.counts.unchanged),
                        with_thousands(plan.counts.foreign));
    append_savings(text, plan.counts);
    append_entries(text, plan, '+', plan.additions, nullptr, why);
    append_entries(text, plan, '-', plan.removals, &plan.removals_canonical, why);
    if (const auto* report = report_of(result, plan.list)) {
        if (!report->message.empty()) text += "  " + report->message + "\n";
        for (const auto& warning : report->warnings) text += "  note: " + warning + "\n";
    }
}

}  // namespace

std::string plan_text(const engine::RunResult& result, const Reasons& why) {
    std::string text;
    for (const auto& plan : result.plans) append_list(text, result, plan, why);
    for (const auto& pool : result.pools) append_shares(text, pool);
    for (const auto& warning : result.report.warnings) text += "note: " + warning + "\n";
    if (!result.report.message.empty()) text += "failed: " + result.report.message + "\n";
    const bool is_permitted = result.permission != engine::Permission::write_nothing;
    if (is_permitted && result.cost && !result.cost->calls.empty()) {
        text += "cost of applying:";
        for (const auto& [endpoint, number] : result.cost->calls) text += fmt::format(" {} x {},", number, endpoint);
        text.back() = ';';
        text += fmt::format(" {:.1f} % of the hour's {} calls in the tightest rate budget, {} ({} left), about {} s\n",
                            result.cost->share_of_hour * 100, with_thousands(result.cost->hour_limit),
                            result.cost->tightest, with_thousands(result.cost->left_of_hour),
                            std::chrono::ceil<std::chrono::seconds>(result.cost->expected_time).count());
    }
    if (!result.report.digest.empty()) {
        const auto digest = result.report.digest.substr(0, 16);
        const bool writes = std::any_of(result.plans.begin(), result.plans.end(),
                                        [](const core::ListPlan& plan) { return plan.writes(); });
        text += fmt::format("plan {}{}\n", digest, result.plans.size() > 1 ? " (of all lists together)" : "");
        const bool is_whole = result.report.exit_status == 0;  // a stopped list's own message says how to go on
        if (writes && is_whole && is_permitted && result.report.command == "plan")
            text += fmt::format("  apply exactly this: cordon run --plan {}\n", digest);
        const bool is_stopped = result.report.outcome == core::Outcome::stopped;
        if (is_stopped && result.report.command == "plan") {
            text += fmt::format(
                "  cordon run --plan {} applies the lists that are not stopped; the digest in a stopped list's "
                "message is of that list alone and goes with its --allow-removals or --allow-growth\n",
                digest);
        }
    }
    if (!result.report.held_back.empty()) text += result.report.held_back + "\n";
    return text;
}

std::string plan_json(const engine::RunResult& result, const Reasons& why) {
    using Json = nlohmann::ordered_json;
    auto json = Json::parse(core::to_json(result.report));
    auto& plans = json["plans"] = Json::array();
    for (const auto& plan : result.plans) {
        auto entries = [&](const std::vector<core::PlannedEntry>& from, const std::vector<std::string>* canonical) {
            auto array = Json::array();
            for (std::size_t i = 0; i < from.size(); ++i) {
                array.push_back({{"entry", from[i].text},
                                 {"why", reason_of(plan, canonical != nullptr ? (*canonical)[i] : from[i].text, why)}});
            }
            return array;
        };
        auto saved = Json::object();
        for (const auto& saving : k_savings) saved[saving.name] = saving.count(plan.counts);
        plans.push_back({{"list", plan.list},
                         {"target", core::name_of(plan.target)},
                         {"creates", plan.creates},
                         {"digest", plan.digest},
                         {"saved", std::move(saved)},
                         {"additions", entries(plan.additions, nullptr)},
                         {"removals", entries(plan.removals, &plan.removals_canonical)}});
    }
    auto& room = json["room"] = Json::array();
    for (const auto& pool : result.pools) room.push_back(json_of(pool));
    if (result.cost) {
        json["cost"] = {{"calls", result.cost->calls},
                        {"tightest", result.cost->tightest},
                        {"share_of_hour", result.cost->share_of_hour},
                        {"hour_limit", result.cost->hour_limit},
                        {"left_of_hour", result.cost->left_of_hour},
                        {"expected_ms", result.cost->expected_time.count()}};
    }
    return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace cordon::cli
