#include <array>
#include <cmath>
#include <stdexcept>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/json.hpp"
#include "core/report.hpp"

namespace cordon::core {
namespace {

using Json = nlohmann::ordered_json;

// --- Writing ---

Json json_of(const std::optional<Time>& moment) {
    return moment ? Json(to_iso8601(*moment)) : Json();
}

Json json_of(const ReasonCounts& counts, ReasonClass reason_class) {
    Json object = Json::object();
    for (std::size_t i = 0; i < k_reason_count; ++i) {
        const auto reason = static_cast<Reason>(i);
        if (class_of(reason) == reason_class && counts.of(reason) != 0) object[name_of(reason)] = counts.of(reason);
    }
    return object;
}

/// The plain counters, by the names that they have in JSON.
struct CounterField {
    const char* name;
    std::uint64_t ListCounts::*field;
    bool is_newer = false;  ///< reports of older programs lack it
};
constexpr std::array<CounterField, 15> k_counters{{
    {"fetched", &ListCounts::fetched},
    {"accepted", &ListCounts::accepted},
    {"on_gateway", &ListCounts::on_gateway},
    {"pending", &ListCounts::pending},
    {"over_capacity", &ListCounts::over_capacity},
    {"quarantined", &ListCounts::quarantined},
    {"excepted", &ListCounts::excepted},
    {"known_to_gateway", &ListCounts::known_to_gateway, true},
    {"awaiting_lookup", &ListCounts::awaiting_lookup, true},
    {"passed_on", &ListCounts::passed_on, true},
    {"present", &ListCounts::present},
    {"foreign", &ListCounts::foreign},
    {"unchanged", &ListCounts::unchanged},
    {"to_add", &ListCounts::to_add},
    {"to_remove", &ListCounts::to_remove},
}};

Json json_of(const ListCounts& counts) {
    Json object;
    for (const CounterField& counter : k_counters) object[counter.name] = counts.*counter.field;
    object["rejected"] = json_of(counts.reasons, ReasonClass::rejected);
    object["merged"] = json_of(counts.reasons, ReasonClass::merged);
    return object;
}

Json json_of(const FeedReport& feed) {
    return {{"feed", feed.feed},
            {"source", feed.source},
            {"outcome", name_of(feed.outcome)},
            {"was_asked", feed.was_asked},
            {"message", feed.message},
            {"indicators", feed.indicators},
            {"invalid_rows", feed.invalid_rows},
            {"left_out", feed.left_out},
            {"bytes", feed.bytes},
            {"downloaded", feed.downloaded},
            {"snapshot_at", json_of(feed.snapshot_at)},
            {"confirmed_at", json_of(feed.confirmed_at)},
            {"warnings", feed.warnings}};
}

Json json_of(const ListReport& list) {
    return {{"list", list.list},
            {"target", name_of(list.target)},
            {"object_id", list.object_id},
            {"outcome", name_of(list.outcome)},
            {"message", list.message},
            {"in_step_as_of", json_of(list.in_step_as_of)},
            {"feeds", list.feeds},
            {"created", list.created},
            {"counts", json_of(list.counts)},
            {"there_now", list.there_now ? Json(*list.there_now) : Json()},
            {"added", list.added},
            {"removed", list.removed},
            {"digest", list.digest},
            {"enforcement", list.enforcement ? Json::parse(to_json(*list.enforcement)) : Json()},
            {"warnings", list.warnings}};
}

template <class Row>
Json array_of(const std::vector<Row>& rows) {
    Json array = Json::array();
    for (const Row& row : rows) array.push_back(json_of(row));
    return array;
}

Json json_of(const std::map<std::string, TroublesByEndpoint>& troubles) {
    Json clouds = Json::object();
    for (const auto& [cloud, by_endpoint] : troubles) {
        Json endpoints = Json::object();
        for (const auto& [endpoint, trouble] : by_endpoint) {
            endpoints[endpoint] = {
                {"errors", trouble.errors}, {"waits", trouble.waits}, {"waited_ms", trouble.waited.count()}};
        }
        clouds[cloud] = std::move(endpoints);
    }
    return clouds;
}

Json json_of(const std::optional<QuotaReport>& quota) {
    if (!quota) return Json::object();
    return {{"urls_used", quota->used}, {"urls_limit", quota->limit}};
}

Json json_of(const RunReport& report) {
    Json calls = Json::object();
    for (const auto& [cloud, by_endpoint] : report.calls) calls[cloud] = Json(by_endpoint);
    return {{"id", report.id},
            {"command", report.command},
            {"version", report.version},
            {"started", to_iso8601(report.started)},
            {"finished", to_iso8601(report.finished)},
            {"seconds", static_cast<double>((report.finished - report.started).count()) / 1000.0},
            {"outcome", name_of(report.outcome)},
            {"exit_status", report.exit_status},
            {"message", report.message},
            {"digest", report.digest},
            {"feeds", array_of(report.feeds)},
            {"lists", array_of(report.lists)},
            {"activation", name_of(report.activation)},
            {"calls", std::move(calls)},
            {"warnings", report.warnings},
            {"held_back", report.held_back},
            {"call_troubles", json_of(report.call_troubles)},
            {"quota", json_of(report.quota)}};
}

// --- Reading; what does not fit is thrown and caught in report_from_json ---

Time time_from(const Json& json) {
    const auto text = json.get<std::string>();
    const auto moment = parse_iso8601(text);
    if (!moment) throw std::invalid_argument(fmt::format("'{}' is no time", text));
    return *moment;
}

/// The value of an enum, found by its name among the first `count`.
template <class Enum>
Enum named(const Json& json, std::size_t count) {
    const auto text = json.get<std::string>();
    for (std::size_t i = 0; i < count; ++i) {
        if (text == name_of(static_cast<Enum>(i))) return static_cast<Enum>(i);
    }
    throw std::invalid_argument(fmt::format("'{}' is no known value", text));
}

Outcome outcome_from(const Json& json) {
    return named<Outcome>(json, static_cast<std::size_t>(Outcome::unfinished) + 1);
}

void add_reasons(const Json& object, ReasonCounts& counts) {
    for (const auto& [name, count] : object.items()) {
        counts.add(named<Reason>(Json(name), k_reason_count), count.get<std::uint64_t>());
    }
}

ListCounts counts_from(const Json& json) {
    ListCounts counts;
    for (const CounterField& counter : k_counters) {
        if (counter.is_newer && !json.contains(counter.name)) continue;
        counts.*counter.field = json.at(counter.name);
    }
    add_reasons(json.at("rejected"), counts.reasons);
    add_reasons(json.at("merged"), counts.reasons);
    return counts;
}

FeedReport feed_from(const Json& json) {
    FeedReport feed;
    feed.feed = json.at("feed");
    feed.source = json.at("source");
    feed.outcome = outcome_from(json.at("outcome"));
    feed.was_asked = json.value("was_asked", true);  // older reports do not say
    feed.message = json.at("message");
    feed.indicators = json.at("indicators");
    feed.invalid_rows = json.value("invalid_rows", std::uint64_t{0});  // older reports have neither
    feed.left_out = json.value("left_out", std::uint64_t{0});
    feed.bytes = json.at("bytes");
    feed.downloaded = json.at("downloaded");
    if (!json.at("snapshot_at").is_null()) feed.snapshot_at = time_from(json.at("snapshot_at"));
    const auto confirmed = json.find("confirmed_at");  // older reports do not have it
    if (confirmed != json.end() && !confirmed->is_null()) feed.confirmed_at = time_from(*confirmed);
    feed.warnings = json.at("warnings").get<std::vector<std::string>>();
    return feed;
}

ListReport list_from(const Json& json) {
    ListReport list;
    list.list = json.at("list");
    list.target = named<TargetKind>(json.at("target"), k_target_kind_count);
    list.object_id = json.at("object_id");
    list.outcome = outcome_from(json.at("outcome"));
    list.message = json.at("message");
    list.feeds = json.at("feeds").get<std::vector<std::string>>();
    list.created = json.at("created");
    list.counts = counts_from(json.at("counts"));
    const auto there_now = json.find("there_now");  // older reports have none
    if (there_now != json.end() && !there_now->is_null()) list.there_now = there_now->get<std::uint64_t>();
    list.added = json.at("added");
    list.removed = json.at("removed");
    list.digest = json.at("digest");
    const auto enforcement = json.find("enforcement");  // older reports have none
    if (enforcement != json.end() && !enforcement->is_null()) {
        list.enforcement = enforcement_from_json(enforcement->dump());
        if (!list.enforcement) throw std::invalid_argument("'enforcement' is none");
    }
    list.warnings = json.at("warnings").get<std::vector<std::string>>();
    return list;
}

/// Older reports do not say whether a list is in step: where it went well, it was taken to be.
std::optional<Time> in_step_from(const Json& json, const ListReport& list, const RunReport& report) {
    const auto said = json.find("in_step_as_of");
    if (said != json.end()) return said->is_null() ? std::nullopt : std::optional(time_from(*said));
    if (!plans_from_feeds(report.command) || exit_status_of(list.outcome) != 0) return std::nullopt;
    return confirmed_as_of(list, report.feeds, report.finished);
}

TroublesByEndpoint troubles_from(const Json& json) {
    TroublesByEndpoint troubles;
    for (const auto& [endpoint, trouble] : json.items()) {
        troubles[endpoint] = {trouble.at("errors"), trouble.at("waits"),
                              std::chrono::milliseconds{trouble.at("waited_ms").get<std::int64_t>()}};
    }
    return troubles;
}

RunReport run_from(const Json& json) {
    RunReport report;
    report.id = json.at("id");
    report.command = json.at("command");
    report.version = json.at("version");
    report.started = time_from(json.at("started"));
    report.finished = time_from(json.at("finished"));
    if (const auto seconds = json.find("seconds"); seconds != json.end()) {  // the two times are of whole seconds
        report.finished = report.started + std::chrono::milliseconds(std::llround(seconds->get<double>() * 1000.0));
    }
    report.outcome = outcome_from(json.at("outcome"));
    report.exit_status = json.at("exit_status");
    report.message = json.at("message");
    report.digest = json.at("digest");
    for (const Json& feed : json.at("feeds")) report.feeds.push_back(feed_from(feed));
    for (const Json& list : json.at("lists")) {
        report.lists.push_back(list_from(list));
        report.lists.back().in_step_as_of = in_step_from(list, report.lists.back(), report);
    }
    report.activation =
        named<ActivationState>(json.at("activation"), static_cast<std::size_t>(ActivationState::unknown) + 1);
    for (const auto& [cloud, by_endpoint] : json.at("calls").items()) {
        report.calls[cloud] = by_endpoint.get<std::map<std::string, std::uint64_t>>();
    }
    report.warnings = json.at("warnings").get<std::vector<std::string>>();
    report.held_back = json.value("held_back", std::string());  // older reports have neither this nor what follows
    if (const auto troubles = json.find("call_troubles"); troubles != json.end()) {
        for (const auto& [cloud, by_endpoint] : troubles->items()) {
            report.call_troubles[cloud] = troubles_from(by_endpoint);
        }
    }
    if (const auto quota = json.find("quota"); quota != json.end() && !quota->empty()) {
        report.quota = QuotaReport{quota->at("urls_used"), quota->at("urls_limit")};
    }
    return report;
}

}  // namespace

std::string to_json(const RunReport& report) {
    // Names on a gateway may hold bytes that are no UTF-8; a report must come out all the same.
    return json_of(report).dump(2, ' ', false, Json::error_handler_t::replace);
}

Result<RunReport> report_from_json(const std::string& json) {
    try {
        // What reads and writes it goes down with it.
        if (nests_deeper_than(json, k_most_json_levels))
            return fail(Code::corrupt, "this is not a run report: it nests");
        return run_from(Json::parse(json));
    } catch (const std::exception& error) {
        return fail(Code::corrupt, fmt::format("this is not a run report: {}", error.what()));
    }
}

}  // namespace cordon::core
