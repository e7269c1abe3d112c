#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "net/http_server.hpp"

namespace cordon::sandbox::zia {

// Answers that several endpoints give.

[[nodiscard]] net::ServerResponse ok(std::string json);
/// {"code":"...","message":"..."}
[[nodiscard]] net::ServerResponse refusal(int status, std::string_view code, std::string_view message);
[[nodiscard]] net::ServerResponse invalid_input(std::string_view message);
/// 400 {"message":"Request body is invalid."}, without code (zia-api.md 2.6).
[[nodiscard]] net::ServerResponse invalid_body();
/// 500 UNEXPECTED_ERROR, "often really a client mistake" (zia-api.md 2.6).
[[nodiscard]] net::ServerResponse unexpected_error();
[[nodiscard]] net::ServerResponse session_not_valid();
[[nodiscard]] net::ServerResponse no_content();
/// 400 "Invalid urls [a, b]" (zia-api.md 5.1).
[[nodiscard]] net::ServerResponse invalid_entries(std::string_view kind, const std::vector<std::string>& offenders);

}  // namespace cordon::sandbox::zia
