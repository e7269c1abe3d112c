#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "net/http_server.hpp"

namespace cordon::sandbox {

/// Something that goes wrong on request (zia-api.md 13 "Rate limiting and faults",
/// recorded-future-api.md 13.8, crowdstrike-intel-api.md 14.7).
struct Fault {
    enum class Kind {
        answer,            ///< `status` and `body` instead; nothing is applied
        reset_before,      ///< the connection ends; nothing is applied
        reset_after,       ///< it is applied, then the connection ends without an answer's body
        torn_body,         ///< it is applied, half of the body arrives
        slow,              ///< it is applied, the answer comes `delay` later
        not_json,          ///< an HTML page with status 200 instead; nothing is applied
        edit_lock,         ///< ZIA: 409 EDIT_LOCK_NOT_AVAILABLE after the hold
        session_lost,      ///< ZIA: the session ends (and so activates) or the token is revoked; 401
        read_only,         ///< ZIA: 403 STATE_READONLY
        too_large,         ///< 413
        wrong_hash,        ///< RF: ETag and hash do not belong to the body; on HEAD alone: changed before GET
        content_encoding,  ///< the body comes with Content-Encoding: gzip
        throttled,         ///< CS: 429, to be tried again after `delay` (at least a second)
        scope_missing,     ///< CS: 403 "access denied, scope not permitted"
        address_refused,   ///< CS: 403 "access denied, authorization failed": not on the allow-list
        token_lost,        ///< CS, OneAPI: 401; the token is good no more
        wrong_region,      ///< CS: the token that is asked for belongs to another region
        errors_null,       ///< CS: "errors":null in a good answer
        no_pagination,     ///< CS: no meta.pagination
        resources_null,    ///< CS: "resources":null with status 200
        empty_page,        ///< CS: no rows, but the Next-Page of the page that was asked for
        repeated_page,     ///< CS: Next-Page leads to this very page again
        foreign_page,      ///< CS: Next-Page leads to another host
        rows_change,       ///< CS: a tick of changes right after the answer, as in a long walk
    };
    Kind kind = Kind::answer;
    std::string method;        ///< empty = any
    std::string path = "*";    ///< '*' stands for any run of characters: "/api/v1/urlCategories*", also of /zia/api/v1
    int skip = 0;              ///< so many matching requests pass first
    int count = 1;             ///< then so many are hit; 0 = until cleared
    double probability = 1.0;  ///< of each that may be hit, by the sandbox's seed
    int status = 500;
    std::string body;
    std::string content_type = "application/json";
    std::vector<net::Header> headers;
    std::chrono::milliseconds delay{0};
};

/// "edit_lock" and so on; nullopt where there is no such kind.
[[nodiscard]] std::optional<Fault::Kind> fault_kind_of(std::string_view name) noexcept;
[[nodiscard]] std::string_view name_of(Fault::Kind kind) noexcept;

/// True where `text` is `pattern` with '*' standing for any run of characters.
[[nodiscard]] bool is_like(std::string_view text, std::string_view pattern) noexcept;

/// The faults that wait for their request. Not thread-safe.
class Faults {
public:
    explicit Faults(std::uint64_t seed) : random_(seed) {}
    void add(Fault fault) { faults_.push_back(std::move(fault)); }
    void clear() { faults_.clear(); }

    /// The first fault that hits this request; uses up one of its count.
    [[nodiscard]] std::optional<Fault> take(std::string_view method, std::string_view path);

private:
    std::vector<Fault> faults_;
    std::mt19937_64 random_;
};

}  // namespace cordon::sandbox
