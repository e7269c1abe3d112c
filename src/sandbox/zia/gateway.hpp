#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "net/http_server.hpp"

namespace cordon::sandbox::zia {

/// How a request reaches the tenant and proves who sends it (zia-api.md 2, 2.7, 3).
enum class Dialect {
    legacy,  ///< /api/v1 with a session cookie
    bearer,  ///< /api/v1 with a token of the customer's own identity provider
    oneapi,  ///< /zia/api/v1 with a token of ZIdentity
};

/// The path of a ZIA request below its base, in either dialect: "/urlCategories"; nullopt where it is no such request.
[[nodiscard]] std::optional<std::string_view> path_below_base(std::string_view path);
/// The legacy path of it, "/api/v1/urlCategories", by which requests of both dialects are counted and hit by faults;
/// any other path as it is.
[[nodiscard]] std::string legacy_path(std::string_view path);
/// ZIA's or ZIdentity's.
[[nodiscard]] bool is_ours(std::string_view path);

/// What the application adds to each answer; keeps what is there (zia-api.md 1).
void add_application_headers(net::ServerResponse& response, bool is_read_only);

/// OneAPI's gateway: it counts, and says who asks, before ZIA does (zia-api.md 3.4, 3.5).
class Gateway {
public:
    Gateway(std::uint64_t seed, std::size_t most) : seed_(seed), most_(most) {}

    /// Counts a request of the minute; false where the minute is full.
    [[nodiscard]] bool admit(Time now);

    /// 401 as recorded: pretty-printed, and of the headers only those of the gateway.
    [[nodiscard]] static net::ServerResponse unauthorized();
    /// [INF] the reference has no body of the gateway's own 429.
    [[nodiscard]] static net::ServerResponse too_many();

    /// The headers of zia-api.md 3.5 on the answer to a request of `client` that came at `now`.
    void add_headers(net::ServerResponse& response, std::string_view client, Time now, std::chrono::milliseconds took);

private:
    [[nodiscard]] std::string uuid_of(std::string_view text) const;

    std::uint64_t seed_;
    std::size_t most_;
    std::size_t used_ = 0;
    std::int64_t minute_ = -1;
    std::uint64_t answers_ = 0;
};

/// ZIdentity's headers (zia-api.md 3.2); `room` is what is left of this second.
void add_identity_headers(net::ServerResponse& response, std::size_t room);

}  // namespace cordon::sandbox::zia
