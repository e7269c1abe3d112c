#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "sandbox/fault.hpp"
#include "sandbox/journal.hpp"
#include "sandbox/options.hpp"
#include "sandbox/outcome.hpp"
#include "sandbox/rf/shelf.hpp"

namespace cordon::sandbox::rf {

/// Recorded Future's Connect risk lists and Fusion files (recorded-future-api.md 3 to 5, 8). Not
/// thread-safe.
class Cloud {
public:
    Cloud(const Options& options, Clock& clock, Journal& journal);

    /// Answers a request below /v2/ or /fusion/v3/.
    [[nodiscard]] Outcome answer(const net::ServerRequest& request, Faults& faults);

    [[nodiscard]] Shelf& shelf() noexcept { return shelf_; }
    /// 5 for each list that was downloaded (recorded-future-api.md 8).
    [[nodiscard]] std::size_t credits() const noexcept { return credits_; }
    /// Downloads of a list that had not changed since the last one.
    [[nodiscard]] std::size_t needless_downloads() const noexcept { return needless_downloads_; }

private:
    /// Whose words an error is in: Connect's or the gateway's (recorded-future-api.md 8).
    enum class Family { connect, gateway };
    struct Call {
        const net::ServerRequest& request;
        Family family;
        bool has_wrong_hash;
    };
    net::ServerResponse decide(const net::ServerRequest& request, Faults& faults, Outcome& outcome);
    net::ServerResponse route(const Call& call, const std::string& path_template);
    net::ServerResponse risk_list(const Call& call, const std::string& entity);
    net::ServerResponse risk_rules(const std::string& entity);
    net::ServerResponse fusion_v2(const Call& call);
    net::ServerResponse fusion_v3(const Call& call);
    net::ServerResponse directory(const Call& call);
    net::ServerResponse deliver(const Call& call, std::string bytes, net::ServerResponse response);
    net::ServerResponse refusal(const Call& call, int status, std::string_view message);
    void add_headers(net::ServerResponse& response);

    const Options& options_;
    Clock& clock_;
    Journal& journal_;
    Shelf shelf_;
    std::size_t credits_ = 0;
    std::size_t needless_downloads_ = 0;
    std::size_t answers_ = 0;
    std::map<std::string, std::string> last_hash_;  ///< of what was downloaded, by target
};

}  // namespace cordon::sandbox::rf
