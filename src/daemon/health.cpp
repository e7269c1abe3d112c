#include "daemon/health.hpp"

#include <nlohmann/json.hpp>

namespace cordon::daemon {
namespace {

using Json = nlohmann::ordered_json;

net::ServerResponse as_json(int status, const Json& json) {
    return {
        status,
        {{"Content-Type", "application/json"}, {"Cache-Control", "no-store"}, {"X-Content-Type-Options", "nosniff"}},
        json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n"};
}

Json moment(const std::optional<Time>& time) {
    return time ? Json(to_iso8601(*time)) : Json(nullptr);
}

}  // namespace

std::optional<net::ServerResponse> answer_health(const net::ServerRequest& request, const ServiceStatus& status,
                                                 const std::string& version) {
    if (request.path != "/healthz" && request.path != "/readyz") return std::nullopt;
    if (request.method != "GET" && request.method != "HEAD")
        return as_json(405, {{"error", "only GET and HEAD are answered here"}});
    if (request.path == "/readyz") {
        const auto& readiness = status.readiness;
        return as_json(readiness.is_ready ? 200 : 503, {{"ready", readiness.is_ready},
                                                        {"stale_lists", readiness.stale.size()},
                                                        {"oldest_good", moment(readiness.oldest)}});
    }
    Json json{{"status", "ok"},
              {"version", version},
              {"started", to_iso8601(status.started)},
              {"running_since", moment(status.running_since)},
              {"next_start", moment(status.next_start)}};
    json["last_run"] = status.last_ended
                           ? Json{{"id", status.last_run},
                                  {"ended", to_iso8601(*status.last_ended)},
                                  {"outcome", status.last_outcome ? core::name_of(*status.last_outcome) : "not begun"}}
                           : Json(nullptr);
    json["settings"] = status.settings_problem.empty() ? "in force" : "the file was changed and is not taken";
    return as_json(200, json);
}

}  // namespace cordon::daemon
