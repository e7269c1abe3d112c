#include "sandbox/outcome.hpp"

#include "sandbox/reply.hpp"

namespace cordon::sandbox {
namespace {

net::ServerResponse text_answer(int status, std::string body, const std::string& content_type) {
    net::ServerResponse response;
    response.status = status;
    response.headers.emplace_back("Content-Type", content_type);
    response.body = std::move(body);
    return response;
}

net::ServerResponse broken_connection() {
    auto response = json_answer(200, "{}");
    response.cut_after = 0;
    return response;
}

}  // namespace

std::optional<net::ServerResponse> answer_instead(const Fault& fault) {
    switch (fault.kind) {
        case Fault::Kind::answer: {
            auto response = text_answer(fault.status, fault.body, fault.content_type);
            response.headers.insert(response.headers.end(), fault.headers.begin(), fault.headers.end());
            return response;
        }
        case Fault::Kind::reset_before: return broken_connection();
        case Fault::Kind::not_json:
            return text_answer(200, "<html><head><title>One moment</title></head><body>Just a moment...</body></html>",
                               "text/html; charset=UTF-8");
        case Fault::Kind::too_large: return text_answer(413, "Request Entity Too Large", "text/plain");
        default: return std::nullopt;
    }
}

void spoil(const Fault& fault, Outcome& outcome) {
    auto& response = outcome.response;
    switch (fault.kind) {
        case Fault::Kind::reset_after:
            response.cut_after = 0;
            if (response.body.empty()) response.body = "{}";  // something must be missing from the answer
            break;
        case Fault::Kind::torn_body: response.cut_after = response.body.size() / 2; break;
        case Fault::Kind::slow: outcome.delay += fault.delay; break;
        case Fault::Kind::content_encoding: encode_gzip(response); break;
        default: break;
    }
}

}  // namespace cordon::sandbox
