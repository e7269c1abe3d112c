#pragma once

#include <string>
#include <string_view>
#include <utility>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "base/clock.hpp"
#include "base/text.hpp"
#include "sandbox/sandbox.hpp"
#include "sandbox/zia/sessions.hpp"

namespace cordon::sandbox {

using Json = nlohmann::json;
using namespace std::chrono_literals;

inline Time test_start() {
    return parse_iso8601("2026-11-21T09:30:00Z").value();
}

inline std::string percent_decoded(std::string_view text) {
    std::string decoded;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '%') {
            decoded += text[i];
            continue;
        }
        decoded += static_cast<char>(std::stoi(std::string(text.substr(i + 1, 2)), nullptr, 16));
        i += 2;
    }
    return decoded;
}

inline net::ServerRequest request_to(std::string method, std::string target, std::string body = {}) {
    net::ServerRequest request;
    request.method = std::move(method);
    request.target = std::move(target);
    const auto question = request.target.find('?');
    request.path = percent_decoded(std::string_view(request.target).substr(0, question));
    request.body = std::move(body);
    std::string_view query;
    if (question != std::string::npos) query = std::string_view(request.target).substr(question + 1);
    while (!query.empty()) {
        const auto piece = query.substr(0, query.find('&'));
        const auto equals = piece.find('=');
        request.query.emplace_back(percent_decoded(piece.substr(0, equals)),
                                   equals == std::string_view::npos ? "" : percent_decoded(piece.substr(equals + 1)));
        query.remove_prefix(std::min(query.size(), piece.size() + 1));
    }
    if (!request.body.empty()) request.headers.emplace_back("content-type", "application/json");
    return request;
}

inline std::string header_of(const net::ServerResponse& response, std::string_view name) {
    for (const auto& [key, value] : response.headers) {
        if (equals_ignoring_case(key, name)) return value;
    }
    return {};
}

/// A sandbox without socket and a client of its ZIA that is signed in. Each call moves the clock on by two
/// seconds, so that no rate is exceeded by accident.
class ZiaTest : public testing::Test {
protected:
    explicit ZiaTest(Options options = {}) : clouds(std::move(options), clock) {}

    net::ServerResponse send(const std::string& method, const std::string& path, const Json& body = nullptr) {
        clock.advance(2s);
        return send_at_once(method, path, body);
    }
    net::ServerResponse send_at_once(const std::string& method, const std::string& path, const Json& body = nullptr) {
        const std::string base = token.empty() ? "/api/v1" : "/zia/api/v1";
        auto request = request_to(method, base + path, body.is_null() ? "" : body.dump());
        if (!token.empty()) request.headers.emplace_back("authorization", "Bearer " + token);
        if (!cookie.empty()) request.headers.emplace_back("cookie", cookie);
        return clouds.answer(request);
    }
    net::ServerResponse sign_in(const Credentials& as = {}) {
        const auto now = std::to_string(clock.now().time_since_epoch().count());
        auto answer = send_at_once("POST", "/authenticatedSession",
                                   {{"apiKey", zia::obfuscate(as.api_key, now)},
                                    {"username", as.username},
                                    {"password", as.password},
                                    {"timestamp", now}});
        const auto set = header_of(answer, "Set-Cookie");
        cookie = set.substr(0, set.find(';'));
        return answer;
    }
    net::ServerResponse ask_token(const std::string& form, const net::Header& header = {}) {
        auto request = request_to("POST", "/oauth2/v1/token", form);
        request.headers = {{"content-type", "application/x-www-form-urlencoded"}, {"host", "127.0.0.1:8080"}};
        if (!header.first.empty()) request.headers.push_back(header);
        return clouds.answer(request);
    }
    /// From here on requests go to OneAPI, with a new token.
    net::ServerResponse sign_in_to_oneapi() {
        auto answer =
            ask_token(fmt::format("grant_type=client_credentials&client_id={}&client_secret={}&"
                                  "audience=https%3A%2F%2Fapi.zscaler.com",
                                  Credentials{}.oneapi_client_id, Credentials{}.oneapi_client_secret));
        token = Json::parse(answer.body).value("access_token", "");
        return answer;
    }
    /// Creates a category; gives its id.
    std::string create(const std::string& name, const Json& retaining) {
        const auto made = send("POST", "/urlCategories",
                               {{"configuredName", name},
                                {"superCategory", "USER_DEFINED"},
                                {"urls", Json::array()},
                                {"dbCategorizedUrls", retaining}});
        EXPECT_EQ(made.status, 200) << made.body;
        return Json::parse(made.body).value("id", "");
    }
    net::ServerResponse change(const std::string& id, const std::string& action, const std::string& name,
                               const Json& retaining) {
        return send("PUT", fmt::format("/urlCategories/{}?action={}", id, action),
                    {{"configuredName", name},
                     {"superCategory", "USER_DEFINED"},
                     {"urls", Json::array()},
                     {"dbCategorizedUrls", retaining}});
    }

    ManualClock clock{test_start()};
    Sandbox clouds;
    std::string cookie;
    std::string token;  ///< of OneAPI
};

}  // namespace cordon::sandbox
