#include "sandbox/zia/answers.hpp"

#include <utility>

#include <fmt/format.h>

#include "base/text.hpp"
#include "sandbox/reply.hpp"

namespace cordon::sandbox::zia {

using net::ServerResponse;

ServerResponse ok(std::string json) {
    return json_answer(200, std::move(json));
}

ServerResponse refusal(int status, std::string_view code, std::string_view message) {
    return json_answer(status, fmt::format(R"({{"code":"{}","message":{}}})", code, json_text(message)));
}

ServerResponse invalid_input(std::string_view message) {
    return refusal(400, "INVALID_INPUT_ARGUMENT", message);
}

ServerResponse invalid_body() {
    return json_answer(400, R"({"message":"Request body is invalid."})");
}

ServerResponse unexpected_error() {
    return refusal(500, "UNEXPECTED_ERROR", "An unexpected error has occurred, please contact Zscaler's support");
}

ServerResponse session_not_valid() {
    return refusal(401, "SESSION_NOT_VALID", "Session is not valid.");
}

ServerResponse no_content() {
    ServerResponse response;
    response.status = 204;
    return response;
}

ServerResponse invalid_entries(std::string_view kind, const std::vector<std::string>& offenders) {
    return invalid_input(fmt::format("Invalid {} [{}]", kind, join(offenders, ", ")));
}

}  // namespace cordon::sandbox::zia
