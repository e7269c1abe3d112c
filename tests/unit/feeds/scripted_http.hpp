#pragma once

#include <deque>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "base/digest.hpp"
#include "net/http.hpp"

namespace cordon::feeds {

/// An answer and the request line that it is for.
struct Scripted {
    std::string request;  ///< "HEAD /v2/fusion/files?path=..."; "" = any
    Result<net::Response> answer;
};

/// What a test lets happen and sees happening; outlives the client.
struct Script {
    std::deque<Scripted> steps;
    std::vector<std::string> requests;  ///< "HEAD https://host/path?query"
    std::vector<net::Request> sent;
};

/// Answers from the script, in order; a request that is not in it fails the test.
class ScriptedHttp final : public net::HttpClient {
public:
    explicit ScriptedHttp(Script& script) : script_(script) {}

    Result<net::Response> send(const net::Request& request, const std::stop_token&) override {
        script_.requests.push_back(request.method + " " + request.url);
        script_.sent.push_back(request);
        if (script_.steps.empty()) {
            ADD_FAILURE() << "not in the script: " << script_.requests.back();
            return fail(Code::unreachable, "not in the script");
        }
        Scripted step = std::move(script_.steps.front());
        script_.steps.pop_front();
        if (!step.request.empty()) {
            EXPECT_EQ(request.method + request.url.substr(request.url.find('/', 8)), step.request);
        }
        return std::move(step.answer);
    }

private:
    Script& script_;
};

inline net::Response answer(int status, std::vector<net::Header> headers = {}, std::string body = {}) {
    return {status, std::move(headers), std::move(body), false};
}
/// A 200 whose body nothing but the close of the connection ended.
inline net::Response closed(std::vector<net::Header> headers, std::string body) {
    return {200, std::move(headers), std::move(body), true};
}
inline net::Header etag(std::string value) {
    return {"etag", std::move(value)};
}
inline net::Header sha_of(std::string_view body) {
    return {"x-rf-content-sha256", sha256_hex(body)};
}

}  // namespace cordon::feeds
