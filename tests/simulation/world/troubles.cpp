#include "tests/simulation/world/troubles.hpp"

#include <array>

namespace cordon::simulation {

const std::vector<Trouble>& troubles() {
    using Kind = sandbox::Fault::Kind;
    static const std::vector<Trouble> known = [] {
        std::vector<Trouble> all;
        constexpr std::array k_anywhere{"/api/v1/*", "/v2/*", "/fusion/v3/*", "/oauth2/*", "/intel/*"};
        constexpr const char* k_page = "<html><body>Service Unavailable</body></html>";
        for (const auto* path : k_anywhere) {
            for (const auto kind :
                 {Kind::reset_before, Kind::reset_after, Kind::torn_body, Kind::slow, Kind::not_json}) {
                all.push_back({kind, "", path});
            }
            for (const int status : {400, 401, 403, 404, 408, 429, 500, 502, 503, 504}) {
                all.push_back({Kind::answer, "", path, status, "{\"code\":\"FAULT\",\"message\":\"simulated\"}"});
            }
            all.push_back({Kind::answer, "", path, 503, k_page});
            all.push_back({Kind::answer, "GET", path, 200, ""});
            all.push_back({Kind::answer, "GET", path, 200, "{}"});
            all.push_back({Kind::answer, "GET", path, 200, "[]"});
            all.push_back({Kind::answer, "GET", path, 204, ""});
            all.push_back({Kind::answer, "GET", path, 302, ""});
            all.push_back({Kind::content_encoding, "", path});
        }
        // The writes are few among the requests, and matter most.
        for (const auto* path : {"/api/v1/urlCategories*", "/api/v1/ipDestinationGroups*"}) {
            for (const auto* method : {"PUT", "POST"}) {
                for (const auto kind : {Kind::reset_before, Kind::reset_after, Kind::torn_body, Kind::slow,
                                        Kind::edit_lock, Kind::session_lost, Kind::read_only, Kind::too_large}) {
                    all.push_back({kind, method, path});
                }
                all.push_back({Kind::answer, method, path, 500, ""});
                all.push_back(
                    {Kind::answer, method, path, 400, "{\"code\":\"INVALID_INPUT_ARGUMENT\",\"message\":\"\"}"});
            }
            all.push_back({Kind::session_lost, "GET", path});
        }
        // zia-api.md 8.4, 13
        all.push_back({Kind::answer, "", "/api/v1/*", 403, R"({"code":"RBA_LIMITED","message":"Functional scope"})"});
        all.push_back({Kind::answer, "", "/api/v1/*", 403, R"({"code":"NOT_SUBSCRIBED","message":"x"})"});
        all.push_back({Kind::answer, "", "/api/v1/*", 500, R"({"code":"UNEXPECTED_ERROR","message":"x"})"});
        all.push_back({Kind::answer, "PUT", "/api/v1/*", 409, R"({"code":"EDIT_LOCK_NOT_AVAILABLE","message":"x"})"});
        all.push_back(
            {Kind::answer, "PUT", "/api/v1/*", 412, R"({"message":"Request processing failed due to org barrier"})"});
        for (const auto kind : {Kind::reset_before, Kind::reset_after, Kind::torn_body, Kind::slow, Kind::edit_lock}) {
            all.push_back({kind, "POST", "/api/v1/status/activate"});
            all.push_back({kind, "DELETE", "/api/v1/authenticatedSession"});
            all.push_back({kind, "POST", "/api/v1/authenticatedSession"});
        }
        for (const auto* path : {"/v2/*", "/fusion/v3/*"}) {  // recorded-future-api.md 13.8
            all.push_back({Kind::wrong_hash, "", path});
            all.push_back({Kind::wrong_hash, "HEAD", path});
            all.push_back(
                {Kind::answer, "", path, 403, R"({"error":{"status":403,"message":"Insufficient credits"}})"});
        }
        for (const auto kind :
             {Kind::throttled, Kind::scope_missing, Kind::address_refused, Kind::token_lost, Kind::errors_null,
              Kind::no_pagination, Kind::resources_null, Kind::empty_page, Kind::repeated_page, Kind::foreign_page}) {
            all.push_back({kind, "", "/intel/*"});
        }
        all.push_back({Kind::wrong_region, "", "/oauth2/*"});
        return all;
    }();
    return known;
}

}  // namespace cordon::simulation
