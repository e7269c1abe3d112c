#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "net/http_server.hpp"
#include "sandbox/fault.hpp"

namespace cordon::sandbox {

/// What a cloud makes of one request.
struct Outcome {
    net::ServerResponse response;
    std::string path_template;           ///< "/api/v1/urlCategories/{id}"
    std::chrono::milliseconds delay{0};  ///< to wait before answering, without holding the sandbox's lock
    std::optional<Fault> fault;          ///< the one that hit this request
};

/// The answer of a fault that any cloud can give instead of doing what was asked; nullopt for the others.
[[nodiscard]] std::optional<net::ServerResponse> answer_instead(const Fault& fault);

/// Spoils an answer that was made (reset_after, torn_body, slow, content_encoding).
void spoil(const Fault& fault, Outcome& outcome);

}  // namespace cordon::sandbox
