#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "net/http.hpp"
#include "tests/unit/sandbox/client.hpp"

namespace cordon::sandbox {

/// A sandbox without socket and a client of its CrowdStrike cloud.
class FalconTest : public testing::Test {
protected:
    static constexpr const char* k_combined = "/intel/combined/indicators/v1";
    static constexpr const char* k_queries = "/intel/queries/indicators/v1";
    using Parameters = std::vector<std::pair<std::string, std::string>>;

    explicit FalconTest(Options options = {}) : clouds(std::move(options), clock) {}

    net::ServerResponse ask_token(const std::string& id, const std::string& secret) {
        auto request =
            request_to("POST", "/oauth2/token",
                       "client_id=" + net::percent_encode(id) + "&client_secret=" + net::percent_encode(secret));
        request.headers.clear();
        request.headers.emplace_back("content-type", "application/x-www-form-urlencoded");
        return clouds.answer(request);
    }
    net::ServerResponse sign_in() {
        auto answer = ask_token(Credentials{}.cs_client_id, Credentials{}.cs_client_secret);
        const auto json = Json::parse(answer.body, nullptr, /*allow_exceptions=*/false);
        if (json.is_object()) token = json.value("access_token", "");
        return answer;
    }
    net::ServerResponse send(const std::string& method, const std::string& target, const std::string& body = {}) {
        auto request = request_to(method, target, body);
        request.headers.emplace_back("authorization", "Bearer " + token);
        request.headers.emplace_back("user-agent", "falcon-test");
        return clouds.answer(request);
    }
    static std::string target_of(const std::string& path, const Parameters& parameters) {
        auto target = path;
        for (const auto& [name, value] : parameters)
            target += (target == path ? "?" : "&") + name + "=" + net::percent_encode(value);
        return target;
    }
    net::ServerResponse get(const std::string& path, const Parameters& parameters) {
        return send("GET", target_of(path, parameters));
    }
    Json page(const Parameters& parameters) {
        const auto answer = get(k_combined, parameters);
        EXPECT_EQ(answer.status, 200) << answer.body;
        return Json::parse(answer.body);
    }
    std::size_t total(const std::string& filter) {
        return page({{"filter", filter}, {"limit", "1"}})["meta"]["pagination"]["total"].get<std::size_t>();
    }
    /// All rows of a walk that follows Next-Page as it came.
    std::vector<Json> walk(const Parameters& parameters) {
        std::vector<Json> rows;
        auto target = target_of(k_combined, parameters);
        while (!target.empty()) {
            const auto answer = send("GET", target);
            EXPECT_EQ(answer.status, 200) << answer.body;
            if (answer.status != 200) return rows;
            const auto body = Json::parse(answer.body);
            for (const auto& row : body["resources"]) rows.push_back(row);
            target = header_of(answer, "Next-Page");
        }
        return rows;
    }

    ManualClock clock{test_start()};
    Sandbox clouds;
    std::string token;
};

}  // namespace cordon::sandbox
