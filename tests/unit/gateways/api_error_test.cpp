#include "gateways/zia/api_error.hpp"

#include <gtest/gtest.h>

#include "base/clock.hpp"

namespace cordon::gateways::zia {
namespace {

using namespace std::chrono_literals;

const Time k_now = *parse_iso8601("2026-11-21T09:30:00Z");

ApiError judged(int status, std::string body, Endpoint endpoint = Endpoint::change_category,
                std::vector<net::Header> headers = {}) {
    return judge(net::Response{status, std::move(headers), std::move(body)}, endpoint, k_now);
}

// Bodies of zia-api.md 2.4, 2.6, 4.8, 9.3 and 15.
TEST(ApiError, every_body_of_the_reference_has_its_cause) {
    const struct {
        int status;
        const char* body;
        Cause cause;
        Code code;
    } facts[] = {
        {401, R"({"code":"SESSION_NOT_VALID","message":"x"})", Cause::session_gone, Code::refused},
        {401, R"({"message":"getAttribute: Session already invalidated"})", Cause::session_gone, Code::refused},
        {401, R"({"message":"Resource Access Blocked"})", Cause::locked, Code::blocked},
        {409, R"({"message":"Resource Access Blocked"})", Cause::locked, Code::blocked},
        {412, R"({"message":"Resource Access Blocked"})", Cause::locked, Code::blocked},
        {401, "access only through Zscaler OneAPI is possible", Cause::denied, Code::refused},
        {403, R"({"code":"STATE_READONLY","message":"x"})", Cause::read_only, Code::blocked},
        {403, R"({"code":"NOT_SUBSCRIBED","message":"x"})", Cause::denied, Code::refused},
        {403, R"({"code":"RBA_LIMITED","message":"Functional scope restriction requires Policy"})", Cause::denied,
         Code::refused},
        {403, R"({"code":"LIMIT_EXCEEDED","message":"Maximum 100"})", Cause::quota, Code::refused},
        {400, R"({"message":"Request body is invalid."})", Cause::other, Code::refused},
        {400, R"({"code":"DUPLICATE_ITEM","message":"DUPLICATE_ITEM"})", Cause::duplicate, Code::refused},
        {409, R"({"code":"DUPLICATE_ITEM","message":"x"})", Cause::duplicate, Code::refused},
        {409, R"({"code":"EDIT_LOCK_NOT_AVAILABLE"})", Cause::locked, Code::blocked},
        {409, R"({"code":"UNEXPECTED_ERROR","message":"Failed during enter Org barrier"})", Cause::locked,
         Code::blocked},
        {412, R"({"code":"UNEXPECTED_ERROR","message":"Failed during enter Org barrier"})", Cause::locked,
         Code::blocked},
        {412,
         R"({"code":"UNEXPECTED_ERROR","message":"Request processing failed, possibly because an expected precondition was not met"})",
         Cause::locked, Code::blocked},
        {404, R"({"code":"RESOURCE_NOT_FOUND","message":"x"})", Cause::not_found, Code::refused},
        {404, "", Cause::not_found, Code::refused},
        {429, R"({"message":"Rate Limit (1/SECOND) exceeded","Retry-After":"1 seconds"})", Cause::throttled,
         Code::throttled},
        {413, "", Cause::too_large, Code::refused},
        {500, R"({"code":"UNEXPECTED_ERROR","message":"x"})", Cause::lost, Code::unreachable},
        {502, "<html>Bad Gateway</html>", Cause::lost, Code::unreachable},
        {400, R"({"code":"INVALID_INPUT_ARGUMENT","message":"Invalid urls [tesbadtestbad]"})", Cause::bad_entries,
         Code::refused},
        {400, R"({"code":"INVALID_INPUT_ARGUMENT","message":"At least 1 URL or keyword should be entered"})",
         Cause::emptied, Code::refused},
        {400,
         R"({"message":"An organization can have a maximum of 25000 custom URLs. Currently 24990 are already provisioned for this organization."})",
         Cause::quota, Code::refused},
        {400, R"({"code":"INVALID_INPUT_ARGUMENT","message":"Name contains forbidden characters"})", Cause::name,
         Code::refused},
        {400, R"({"code":"INVALID_INPUT_ARGUMENT"})", Cause::unclear, Code::refused},
        {400, R"({"message":"Invalid URL category super category"})", Cause::unclear, Code::refused},
        {400,
         R"({"code":"INVALID_INPUT_ARGUMENT","message":"Maximum 100 FQDNs are allowed per group. Limit has exceeded."})",
         Cause::quota, Code::refused},
        {400, R"({"message":"URL exceeds the maximum length of 253 characters [a.example]"})", Cause::unclear,
         Code::refused},
        {400, R"({"message":"Following domains are not valid: [b.example, my-name.example]"})", Cause::unclear,
         Code::refused},
        {400, R"({"message":"Description exceeds 256 characters"})", Cause::other, Code::refused},
        {400, R"({"code":"LIMIT_EXCEEDED","message":"x"})", Cause::quota, Code::refused},
        {400, "no json at all", Cause::unclear, Code::refused},
        {302, "", Cause::other, Code::refused},
    };
    for (const auto& fact : facts) {
        const auto error = judged(fact.status, fact.body);
        EXPECT_EQ(static_cast<int>(error.cause), static_cast<int>(fact.cause)) << fact.status << ' ' << fact.body;
        EXPECT_EQ(error.error.code, fact.code) << fact.status << ' ' << fact.body;
    }
}

TEST(ApiError, a_limit_says_which_setting_goes_by_it) {
    const auto said = [](int status, const char* message, Endpoint endpoint) {
        const auto body = std::string(R"({"code":"LIMIT_EXCEEDED","message":")") + message + "\"}";
        return judged(status, body, endpoint).error.message;
    };
    const char* const categories[] = {"Maximum 64 custom categories are allowed. Limit has exceeded.",
                                      "Maximum 64 custom URL categories are allowed. Limit has exceeded.", "x"};
    for (const char* message : categories) {
        EXPECT_NE(said(403, message, Endpoint::create_category).find("max_categories"), std::string::npos) << message;
        EXPECT_EQ(said(403, message, Endpoint::change_category).find("max_categories"), std::string::npos) << message;
    }
    EXPECT_EQ(said(403, "Maximum 25000 URLs are allowed.", Endpoint::create_category).find("max_categories"),
              std::string::npos);
    const auto by_its_words = judged(
        400, R"({"code":"INVALID_INPUT_ARGUMENT","message":"Maximum 64 categories are allowed. Limit has exceeded."})",
        Endpoint::create_category);
    EXPECT_NE(by_its_words.error.message.find("max_categories"), std::string::npos);
    EXPECT_NE(said(403, "Maximum 16000", Endpoint::change_group).find("max_ip_entries"), std::string::npos);
}

TEST(ApiError, a_403_with_the_read_only_header_is_maintenance_whatever_the_body) {
    const auto error = judged(403, "", Endpoint::change_group, {{"x-zscaler-mode", "read-only"}});
    EXPECT_EQ(error.cause, Cause::read_only);
}

TEST(ApiError, an_expired_subscription_is_no_matter_of_credentials) {
    const auto error =
        judged(403, R"({"message":"API subscription is required, but it is currently expired"})", Endpoint::sign_in);
    EXPECT_NE(error.error.message.find("expired"), std::string::npos);
    const auto later = judged(403, R"({"message":"API subscription is required, but it is currently expired"})");
    EXPECT_NE(later.error.message.find("account team"), std::string::npos);
}

TEST(ApiError, each_failure_of_the_sign_in_says_what_an_admin_should_do) {
    const struct {
        int status;
        const char *body, *advice;
    } facts[] = {
        {400, R"({"code":"INVALID_USERNAME_OR_PASSWORD","message":"Invalid email or password"})", "ZS_API_PASSWORD"},
        {400, R"({"code":"AUTHENTICATION_FAILED","message":"AUTHENTICATION_FAILED"})", "ZS_API_KEY"},
        {400, R"({"code":"AUTHENTICATION_FAILED","message":"AUTHENTICATION_FAILED"})", "clock"},
        {400, R"({"message":"Request body is invalid."})", "user name"},
        {401, "Access to this API is only through Zscaler OneAPI.", "ZIdentity"},
        {401, "Access to this API is only through Zscaler OneAPI.",
         "set [zscaler] auth = oneapi, client_id, client_secret or private_key, vanity_domain (and cloud"},
        {403, R"({"code":"X"})", "may not use the API"},
    };
    for (const auto& fact : facts) {
        const auto error = judged(fact.status, fact.body, Endpoint::sign_in);
        EXPECT_EQ(error.error.code, Code::refused);
        EXPECT_NE(error.error.message.find(fact.advice), std::string::npos) << error.error.message;
    }
}

TEST(ApiError, advice_is_about_the_sign_in_that_is_used) {
    const auto said = [](int status, const char* body, Auth auth) {
        return judge(net::Response{status, {}, body}, Endpoint::read_status, k_now, auth).error.message;
    };
    EXPECT_NE(said(401, "", Auth::legacy).find("the same admin"), std::string::npos);
    EXPECT_NE(said(401, "", Auth::oneapi).find("see in ZIdentity"), std::string::npos);
    EXPECT_NE(said(401, "", Auth::bearer).find("expired"), std::string::npos);
    EXPECT_NE(said(403, "{}", Auth::oneapi).find("API client"), std::string::npos);
    EXPECT_NE(said(404, "", Auth::legacy).find("base_uri"), std::string::npos);
    EXPECT_NE(said(404, "", Auth::oneapi).find("api_url"), std::string::npos);
}

// zia-api.md 3.4: the codes of OneAPI's gateway.
TEST(ApiError, the_gateways_codes_have_their_causes) {
    const struct {
        int status;
        Cause cause;
    } facts[] = {{401, Cause::session_gone}, {403, Cause::denied},    {404, Cause::not_found},
                 {408, Cause::lost},         {413, Cause::too_large}, {429, Cause::throttled},
                 {500, Cause::lost},         {503, Cause::lost},      {504, Cause::lost}};
    for (const auto& fact : facts) {
        const net::Response response{fact.status, {{"x-oneapi-request-id", "3f2a"}}, R"({ "detail": "told" })"};
        const auto error = judge(response, Endpoint::change_category, k_now, Auth::oneapi);
        EXPECT_EQ(static_cast<int>(error.cause), static_cast<int>(fact.cause)) << fact.status;
        EXPECT_NE(error.error.message.find("(\"told\")"), std::string::npos) << error.error.message;
        EXPECT_NE(error.error.message.find("(x-oneapi-request-id 3f2a)"), std::string::npos);
    }
}

TEST(ApiError, retry_after_is_read_from_header_and_body) {
    const auto wait = [](std::string body, std::vector<net::Header> headers) {
        return judged(429, std::move(body), Endpoint::read_status, std::move(headers)).retry_after;
    };
    EXPECT_EQ(wait("{}", {{"retry-after", "7"}}), 7s);
    EXPECT_EQ(wait("{}", {{"retry-after", "0 seconds"}}), 1s);
    EXPECT_EQ(wait(R"({"Retry-After":"5 minutes"})", {}), 300s);
    EXPECT_EQ(wait(R"({"Retry-After":"13s"})", {}), 13s);
    EXPECT_EQ(wait(R"({"Retry-After":2})", {}), 2s);
    EXPECT_EQ(wait(R"({"Retry-After":"2 seconds"})", {{"retry-after", "9"}}), 9s);
    EXPECT_EQ(wait("{}", {}), std::nullopt);
}

TEST(ApiError, hostile_bytes_of_the_server_do_not_reach_the_message) {
    const auto error = judged(400, "\x1b[31m evil \x07");
    EXPECT_EQ(error.error.message.find('\x1b'), std::string::npos);
    EXPECT_LT(judged(400, std::string(1 << 20, 'x')).error.message.size(), 700U);
}

TEST(NamedEntries, are_found_between_the_brackets) {
    const std::vector<std::string_view> batch{"a.example", "b.example/x", "c.example"};
    EXPECT_EQ(named_entries("Invalid urls [a.example, c.example]", batch), (std::vector<std::size_t>{0, 2}));
    EXPECT_EQ(named_entries("Invalid urls [b.example/x]", batch), (std::vector<std::size_t>{1}));
    EXPECT_TRUE(named_entries("Invalid urls", batch).empty());
    EXPECT_TRUE(named_entries("Invalid urls []", batch).empty());
    EXPECT_TRUE(named_entries("Invalid urls [z.example]", batch).empty());
    EXPECT_TRUE(named_entries("]a.example[", batch).empty());
}

TEST(NamedEntries, may_hold_commas_and_brackets_themselves) {
    const std::vector<std::string_view> batch{"a.example/x,b.example", "b.example", "c.example/[1]"};
    EXPECT_EQ(named_entries("Invalid urls [a.example/x,b.example, c.example/[1]]", batch),
              (std::vector<std::size_t>{0, 2}));
}

TEST(NamedEntries, do_not_include_an_entry_that_is_only_part_of_another) {
    const std::vector<std::string_view> batch{"example.com", "bad.example.com"};
    EXPECT_EQ(named_entries("Invalid urls [bad.example.com]", batch), (std::vector<std::size_t>{1}));
}

}  // namespace
}  // namespace cordon::gateways::zia
