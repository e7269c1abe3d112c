#include "daemon/front_door.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/text.hpp"

namespace cordon::daemon {
namespace {

using Json = nlohmann::ordered_json;

net::ServerResponse as_json(int status, const Json& json) {
    return {
        status,
        {{"Content-Type", "application/json"}, {"Cache-Control", "no-store"}, {"X-Content-Type-Options", "nosniff"}},
        json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n"};
}

/// The host without its port, in lower case; "[::1]" keeps its brackets.
std::string name_in(std::string_view host) {
    const auto end = host.starts_with('[') ? host.find(']') : host.find(':');
    const auto length = end == std::string_view::npos ? host.size() : end + (host.starts_with('[') ? 1 : 0);
    return to_lower(host.substr(0, length));
}

Json moment(const std::optional<Time>& time) {
    return time ? Json(to_iso8601(*time)) : Json(nullptr);
}

}  // namespace

bool is_host_known(std::string_view host, const std::vector<std::string>& names) {
    const auto name = name_in(host);
    if (name == "localhost" || name == "127.0.0.1" || name == "[::1]") return true;
    return std::any_of(names.begin(), names.end(),
                       [&](const std::string& known) { return equals_ignoring_case(known, name); });
}

net::ServerResponse misdirected(std::string_view host) {
    return as_json(421, {{"error", fmt::format("this is not {}; names of [serve] says which names are meant for this "
                                               "server",
                                               host.empty() ? "the host that was asked for" : printable(host, 100))}});
}

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

net::ServerResponse nothing_there(const net::ServerRequest& request) {
    return as_json(404, {{"error", "there is nothing at " + printable(request.path, 200)}});
}

}  // namespace cordon::daemon
