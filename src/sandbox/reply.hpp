#pragma once

#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "net/http_server.hpp"

namespace cordon::sandbox {

/// The value of `text` as a JSON string, with its quotes; bad UTF-8 is replaced.
[[nodiscard]] std::string json_text(std::string_view text);
/// Adds it to `json` instead.
void append_json_text(std::string_view text, std::string& json);

/// A gzip file of `bytes`.
[[nodiscard]] std::string gzip(std::string_view bytes);

/// Sends the body as gzip where the request accepts it and the body is worth it (zia-api.md 1).
void compress_when_asked(const net::ServerRequest& request, net::ServerResponse& response);
void encode_gzip(net::ServerResponse& response);

/// "Thu, 12 Feb 2026 17:15:01 GMT".
[[nodiscard]] std::string http_date(Time moment);

/// A JSON answer with only its content type.
[[nodiscard]] net::ServerResponse json_answer(int status, std::string body);

}  // namespace cordon::sandbox
