#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <tl/expected.hpp>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "gateways/zia/call.hpp"
#include "gateways/zia/settings.hpp"
#include "net/http.hpp"

namespace cordon::gateways::zia {

/// Why ZIA did not do what was asked, told apart by what we do next. Finer than Code, which it maps to.
enum class Cause : std::uint8_t {
    offline,       ///< no connection: surely not applied
    throttled,     ///< 429: surely not applied
    locked,        ///< edit lock or org barrier: surely not applied (zia-api.md 8.4)
    session_gone,  ///< 401: sign in again
    lost,          ///< answer lost, 5xx: may or may not be applied
    bad_entries,   ///< "Invalid urls [...]": nothing applied
    unclear,       ///< a refused value, and the text does not say which one
    too_large,     ///< 413: nothing applied
    quota,         ///< the tenant's or the object's capacity
    emptied,       ///< "At least 1 URL or keyword should be entered"
    name,          ///< the object's name
    duplicate,     ///< the name exists
    not_found,     ///< the id is gone
    denied,        ///< credentials, permission, licence
    read_only,     ///< maintenance
    cancelled,
    other,
};

struct ApiError {
    Cause cause = Cause::other;
    Error error;                   ///< for the operator
    std::string server_message{};  ///< ZIA's own words, raw: hostile until printable()
    std::optional<std::chrono::milliseconds> retry_after{};
    std::string server_code{};  ///< ZIA's own code; "" where it gave none
    bool is_timeout = false;    ///< no answer in time: a smaller request may get one
};

/// Whether a write that failed so may have been carried out all the same.
[[nodiscard]] constexpr bool may_be_applied(Cause cause) noexcept {
    return cause == Cause::lost;
}

/// Whether a request about one category may have failed because its id is unknown: ZIA says so with 404, but also
/// with a 500 that says nothing (zia-api.md 4.10). The object is then looked for by name, once.
[[nodiscard]] bool may_be_unknown_category(const ApiError& error);

/// A value, or why not.
template <class T>
using Answered = tl::expected<T, ApiError>;

/// Judges an answer that is no success. Looks at `code` before the status, since ZIA gives the same code
/// under several (zia-api.md 2.6); both keys may be missing, and the body may be no JSON at all. `auth` decides what an
/// operator is told to look at.
[[nodiscard]] ApiError judge(const net::Response& response, Endpoint endpoint, Time now, Auth auth = Auth::legacy);

/// " (x-oneapi-request-id 3f2a...)", what Zscaler's support asks for (zia-api.md 3.5); "" where the answer has none.
[[nodiscard]] std::string request_id_of(const net::Response& response);

/// Judges a failure of the transport.
[[nodiscard]] ApiError judge(const Error& failure, Endpoint endpoint);

/// Judges an answer whose body could not be understood although the status said success.
[[nodiscard]] ApiError unreadable(const Error& failure, Endpoint endpoint);

/// The entries of `batch` that a refusal names between its brackets (zia-api.md 5.1). Entries may hold
/// commas and brackets themselves, so the text is read with the batch in hand, longest match first.
/// Indices into `batch`, ascending; empty where none is named.
[[nodiscard]] std::vector<std::size_t> named_entries(std::string_view message, std::span<const std::string_view> batch);

}  // namespace cordon::gateways::zia
