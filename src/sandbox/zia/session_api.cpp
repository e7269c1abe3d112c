#include <chrono>

#include <fmt/format.h>

#include "base/text.hpp"
#include "sandbox/reply.hpp"
#include "sandbox/zia/cloud.hpp"

namespace cordon::sandbox::zia {
namespace {

using net::ServerResponse;

constexpr std::chrono::hours k_clock_range{2};  // zia-api.md 2.3, "within a two-hour range"

bool is_near(std::string_view timestamp, Time now) {
    const auto milliseconds = parse_whole_number(timestamp);
    if (!milliseconds || *milliseconds > static_cast<std::uint64_t>(Time::max().time_since_epoch().count()))
        return false;
    const Time sent{std::chrono::milliseconds{static_cast<std::int64_t>(*milliseconds)}};
    return sent > now - k_clock_range && sent < now + k_clock_range;
}

}  // namespace

ServerResponse Cloud::session_answer(bool is_signed_in) const {
    if (!is_signed_in) return ok(R"({"obfuscateApiKey":true})");
    if (options_.quirks.contains(Quirk::no_password_expiry)) {
        return ok(R"({"authType":"ADMIN_LOGIN","obfuscateApiKey":true})");
    }
    return ok(R"({"authType":"ADMIN_LOGIN","obfuscateApiKey":true,"passwordExpiryTime":-1,"passwordExpiryDays":-1})");
}

ServerResponse Cloud::sign_in(const Call& call) {
    if (call.dialect == Dialect::oneapi) {  // [INF] recorded of other endpoints (zia-api.md 2.6)
        return refusal(403, "INVALID_OPERATION", "Not allowed for one identity enabled tenants");
    }
    if (options_.quirks.contains(Quirk::only_oneapi)) {
        auto response = json_answer(401, "This tenant can be reached only through Zscaler OneAPI.");
        response.headers.front().second = "text/plain";
        return response;
    }
    const auto body = parse_sign_in(call.request.body);
    if (!body) {
        violation("POST /authenticatedSession: the body is invalid");
        return invalid_body();
    }
    const auto& right = options_.credentials;
    const auto expected = obfuscate(right.api_key, body->timestamp);
    if (expected.empty() || body->api_key != expected || !is_near(body->timestamp, clock_.now())) {
        return refusal(400, "AUTHENTICATION_FAILED", "AUTHENTICATION_FAILED");
    }
    if (body->username != right.username || body->password != right.password) {
        return refusal(400, "INVALID_USERNAME_OR_PASSWORD", "Invalid email or password");
    }
    if (options_.quirks.contains(Quirk::sign_in_without_session)) return session_answer(false);
    auto response = session_answer(true);
    response.headers.emplace_back("Set-Cookie", fmt::format("JSESSIONID={}; Path=/; Secure; HttpOnly",
                                                            sessions_.open(body->username, clock_.now())));
    return response;
}

// 200 even without a session; authType tells (zia-api.md 2.5).
ServerResponse Cloud::show_session(const Call& call) {
    return session_answer(!call.admin.empty());
}

ServerResponse Cloud::sign_out(const Call& call) {
    if (call.dialect == Dialect::oneapi) {
        end_of_session(call.admin);  // the hybrid of zia-api.md 3.3: it activates, the token stays good
    } else {
        const auto admin = sessions_.close(call.request.header("cookie"));
        if (!admin) return session_not_valid();
        end_of_session(*admin);
    }
    if (options_.quirks.contains(Quirk::sign_out_204)) return no_content();
    return ok(fmt::format(R"({{"status":"{}"}})", tenant_.status()));
}

// Sign-out and idle expiry activate this admin's saved changes (zia-api.md 2.5, 8.3).
void Cloud::end_of_session(const std::string& admin) {
    if (tenant_.has_pending(admin)) tenant_.activate(admin, clock_.now());
}

ServerResponse Cloud::show_status(const Call&) {
    return ok(fmt::format(R"({{"status":"{}"}})", tenant_.status()));
}

ServerResponse Cloud::activate(const Call& call) {
    tenant_.activate(call.admin, clock_.now());
    return show_status(call);
}

}  // namespace cordon::sandbox::zia
