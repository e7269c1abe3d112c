#pragma once

#include <filesystem>
#include <memory>
#include <random>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/setting.hpp"
#include "gateways/gateway.hpp"
#include "gateways/setting_fault.hpp"
#include "net/http.hpp"
#include "net/rate_budget.hpp"

namespace cordon::gateways {

/// One gateway being set up: its options, then the gateway itself.
class GatewayBuilder {
public:
    virtual ~GatewayBuilder() = default;
    /// The table of its settings section; lives as long as the builder.
    [[nodiscard]] virtual std::vector<Setting> settings() = 0;
    /// For the HTTP client that make() is given. After the settings are read.
    [[nodiscard]] virtual net::Connection connection() const = 0;
    /// Ends the reading of the settings: reads the files that they name (a relative path hangs on `base`), and gives
    /// what does not go together. `unread` are the keys that were given but could not be taken, which was said already.
    [[nodiscard]] virtual std::vector<SettingFault> settle(const std::filesystem::path& base,
                                                           const std::set<std::string>& unread) = 0;
    /// The hosts that it talks to: its API, and where it signs in; none where the settings hold none. Must not be
    /// blocked.
    [[nodiscard]] virtual std::vector<std::string> api_hosts() const = 0;
    /// The mail domain of its login; "" where there is none. Must not be blocked as a whole.
    [[nodiscard]] virtual std::string mail_domain() const = 0;
    /// What the gateway will say (Gateway::publishes_on_leave), as far as the settings tell.
    [[nodiscard]] virtual bool publishes_on_leave() const = 0;
    [[nodiscard]] virtual std::unique_ptr<Gateway> make(std::unique_ptr<net::HttpClient> client, Clock& clock,
                                                        net::RateBudget& budget, std::mt19937_64 random) = 0;
};

/// One kind of gateway.
struct GatewayKind {
    const char* name;     ///< "zia", as in reports
    const char* section;  ///< of the settings file
    const char* summary;
    std::unique_ptr<GatewayBuilder> (*builder)();
};

/// All kinds that this program knows.
[[nodiscard]] std::span<const GatewayKind> catalog() noexcept;

}  // namespace cordon::gateways
