#include <stdexcept>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/json.hpp"
#include "metrics/tally.hpp"

namespace cordon::metrics {
namespace {

using Json = nlohmann::ordered_json;

Json json_of(const std::optional<Time>& moment) {
    return moment ? Json(moment->time_since_epoch().count()) : Json();
}

std::optional<Time> moment_from(const Json& json) {
    if (json.is_null()) return std::nullopt;
    return Time{std::chrono::milliseconds{json.get<std::int64_t>()}};
}

Json json_of(const FeedTally& feed) {
    return {{"last_success", json_of(feed.last_success)},
            {"snapshot_at", json_of(feed.snapshot_at)},
            {"confirmed_at", json_of(feed.confirmed_at)},
            {"is_up", feed.is_up},
            {"indicators", feed.indicators},
            {"invalid_rows", feed.invalid_rows},
            {"bytes", feed.bytes},
            {"failures", feed.failures}};
}

FeedTally feed_from(const Json& json) {
    FeedTally feed;
    feed.last_success = moment_from(json.at("last_success"));
    feed.snapshot_at = moment_from(json.at("snapshot_at"));
    feed.confirmed_at = moment_from(json.value("confirmed_at", Json()));  // older programs did not keep it
    feed.is_up = json.at("is_up");
    feed.indicators = json.at("indicators");
    feed.invalid_rows = json.at("invalid_rows");
    feed.bytes = json.at("bytes");
    feed.failures = json.at("failures");
    return feed;
}

Json json_of(const ListTally& list) {
    return {{"last_success", json_of(list.last_success)},
            {"is_up", list.is_up},
            {"entries", Json(list.entries)},
            {"rejected", Json(list.rejected)},
            {"merged", Json(list.merged)},
            {"fetched", list.fetched},
            {"foreign", list.foreign},
            {"there", list.there ? Json(*list.there) : Json()},
            {"is_enforced", list.is_enforced ? Json(*list.is_enforced) : Json()},
            {"added", list.added},
            {"removed", list.removed},
            {"guard_stops", list.guard_stops}};
}

ListTally list_from(const Json& json) {
    ListTally list;
    list.last_success = moment_from(json.at("last_success"));
    list.is_up = json.at("is_up");
    list.entries = json.at("entries").get<Counts>();
    list.rejected = json.at("rejected").get<Counts>();
    list.merged = json.at("merged").get<Counts>();
    list.fetched = json.at("fetched");
    list.foreign = json.at("foreign");
    if (!json.at("there").is_null()) list.there = json.at("there").get<std::uint64_t>();
    if (json.contains("is_enforced") && !json["is_enforced"].is_null())
        list.is_enforced = json["is_enforced"].get<bool>();
    list.added = json.at("added");
    list.removed = json.at("removed");
    list.guard_stops = json.at("guard_stops");
    return list;
}

Json json_of(const core::CallTroubles& trouble) {
    return {{"errors", trouble.errors}, {"waits", trouble.waits}, {"waited_ms", trouble.waited.count()}};
}

Json json_of(const DurationTally& duration) {
    return {{"count", duration.count}, {"sum_ms", duration.sum.count()}, {"within", Json(duration.within)}};
}

DurationTally duration_from(const Json& json) {
    DurationTally duration;
    duration.count = json.at("count");
    duration.sum = std::chrono::milliseconds{json.at("sum_ms").get<std::int64_t>()};
    const auto within = json.at("within").get<std::vector<std::uint64_t>>();
    if (within.size() != duration.within.size()) throw std::invalid_argument("it has other buckets");
    std::copy(within.begin(), within.end(), duration.within.begin());
    return duration;
}

template <class Tallies>
Json object_of(const Tallies& tallies) {
    Json object = Json::object();
    for (const auto& [name, tally] : tallies) object[name] = json_of(tally);
    return object;
}

Tally tally_from(const Json& json) {
    Tally tally;
    for (const auto& [name, feed] : json.at("feeds").items()) tally.feeds[name] = feed_from(feed);
    for (const auto& [name, list] : json.at("lists").items()) tally.lists[name] = list_from(list);
    tally.calls = json.at("calls").get<std::map<std::string, Counts>>();
    for (const auto& [cloud, endpoints] : json.at("troubles").items()) {
        for (const auto& [endpoint, trouble] : endpoints.items()) {
            tally.troubles[cloud][endpoint] = {trouble.at("errors"), trouble.at("waits"),
                                               std::chrono::milliseconds{trouble.at("waited_ms").get<std::int64_t>()}};
        }
    }
    if (!json.at("quota").is_null()) {
        tally.quota = core::QuotaReport{json.at("quota").at("used"), json.at("quota").at("limit")};
    }
    tally.runs = json.at("runs").get<std::map<std::string, Counts>>();
    for (const auto& [command, duration] : json.at("durations").items()) {
        tally.durations[command] = duration_from(duration);
    }
    tally.last_run = moment_from(json.at("last_run"));
    tally.last_success = moment_from(json.at("last_success"));
    tally.was_success = json.at("was_success");
    tally.last_id = json.at("last_id");
    return tally;
}

}  // namespace

std::string to_json(const Tally& tally) {
    Json troubles = Json::object();
    for (const auto& [cloud, by_endpoint] : tally.troubles) troubles[cloud] = object_of(by_endpoint);
    const auto& quota = tally.quota;
    const Json json{{"feeds", object_of(tally.feeds)},
                    {"lists", object_of(tally.lists)},
                    {"calls", Json(tally.calls)},
                    {"troubles", std::move(troubles)},
                    {"quota", quota ? Json{{"used", quota->used}, {"limit", quota->limit}} : Json()},
                    {"runs", Json(tally.runs)},
                    {"durations", object_of(tally.durations)},
                    {"last_run", json_of(tally.last_run)},
                    {"last_success", json_of(tally.last_success)},
                    {"was_success", tally.was_success},
                    {"last_id", tally.last_id}};
    return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

Result<Tally> tally_from_json(const std::string& json) {
    try {
        if (nests_deeper_than(json, k_most_json_levels)) return fail(Code::corrupt, "these are no kept metrics");
        return tally_from(Json::parse(json));
    } catch (const std::exception& error) {
        return fail(Code::corrupt, fmt::format("these are no kept metrics: {}", error.what()));
    }
}

}  // namespace cordon::metrics
