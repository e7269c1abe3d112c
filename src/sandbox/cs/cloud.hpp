#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "sandbox/cs/finder.hpp"
#include "sandbox/cs/indicators.hpp"
#include "sandbox/cs/tokens.hpp"
#include "sandbox/fault.hpp"
#include "sandbox/journal.hpp"
#include "sandbox/options.hpp"
#include "sandbox/outcome.hpp"
#include "sandbox/rate_windows.hpp"

namespace cordon::sandbox::cs {

/// CrowdStrike's OAuth2 and intelligence indicators (crowdstrike-intel-api.md 2 to 9, 14). Not
/// thread-safe.
class Cloud {
public:
    /// Options may change between requests (quirks).
    Cloud(const Options& options, Clock& clock, Journal& journal);

    /// Why the rows of the folder could not be read; then there are fewer.
    [[nodiscard]] const Result<void>& loaded() const noexcept { return loaded_; }

    /// Answers a request below /oauth2/ or /intel/.
    [[nodiscard]] Outcome answer(const net::ServerRequest& request, Faults& faults);

    [[nodiscard]] Indicators& indicators() noexcept { return indicators_; }
    [[nodiscard]] std::size_t open_tokens() const { return tokens_.open_at(clock_.now()); }
    [[nodiscard]] std::size_t issued_tokens() const noexcept { return tokens_.issued(); }
    [[nodiscard]] const std::vector<std::size_t>& requests_by_token() const noexcept { return tokens_.requests(); }
    /// Records and ids in answers so far.
    [[nodiscard]] std::size_t rows_served() const noexcept { return rows_served_; }

private:
    struct Call {
        const net::ServerRequest& request;
        Outcome& outcome;
        [[nodiscard]] bool is_hit_by(Fault::Kind kind) const { return outcome.fault && outcome.fault->kind == kind; }
    };
    enum class Shape { records, ids };

    net::ServerResponse decide(const Call& call, Faults& faults);
    std::optional<net::ServerResponse> refuse(const Call& call);
    std::optional<net::ServerResponse> fail_with(const Fault& fault, const Call& call);
    net::ServerResponse too_many(std::chrono::seconds wait);

    net::ServerResponse give_token(const Call& call);
    net::ServerResponse revoke_token(const Call& call);
    net::ServerResponse query(const Call& call, Shape shape);
    net::ServerResponse entities(const Call& call);
    std::string next_page_of(const Call& call, const Query& query, const Page& page) const;

    /// The envelope of crowdstrike-intel-api.md 4; `pagination` is empty where there is none.
    [[nodiscard]] std::string envelope(std::string_view resources, std::string_view pagination, std::string_view errors,
                                       std::string_view powered_by) const;
    net::ServerResponse refusal(int status, std::string_view message, std::string_view powered_by);
    [[nodiscard]] std::string trace_id() const;
    void add_headers(const net::ServerRequest& request, net::ServerResponse& response);
    void violation(const std::string& what);

    const Options& options_;
    Clock& clock_;
    Journal& journal_;
    RateWindows rates_;
    Tokens tokens_;
    Indicators indicators_;
    Finder finder_;
    Result<void> loaded_;
    std::size_t rows_served_ = 0;
    std::uint64_t answers_ = 0;
};

}  // namespace cordon::sandbox::cs
