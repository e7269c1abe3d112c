#include "gateways/catalog.hpp"

#include <utility>

#include "gateways/zia/addresses.hpp"
#include "gateways/zia/sign_in_settings.hpp"
#include "gateways/zia/zia.hpp"

namespace cordon::gateways {
namespace {

class ZiaBuilder final : public GatewayBuilder {
public:
    std::vector<Setting> settings() override { return zia::settings_of(options_); }
    [[nodiscard]] net::Connection connection() const override { return zia::connection_of(options_); }

    std::vector<SettingFault> settle(const std::filesystem::path& base, const std::set<std::string>& unread) override {
        std::vector<SettingFault> faults;
        if (zia::auth_of(options_, unread) == zia::Auth::oneapi) {
            if (auto loaded = zia::load_private_key(options_, base); !loaded) {
                faults.push_back({"private_key", loaded.error().message});
            }
        }
        auto more = zia::sign_in_faults(options_, unread);
        faults.insert(faults.end(), more.begin(), more.end());
        return faults;
    }

    [[nodiscard]] std::vector<std::string> api_hosts() const override {
        std::vector<std::string> hosts;
        const auto auth = zia::auth_of(options_);
        if (const auto addresses = zia::addresses_of(options_, auth.value_or(zia::Auth::legacy))) {
            hosts.push_back(addresses->host);
            if (!addresses->token_host.empty()) hosts.push_back(addresses->token_host);
        }
        return hosts;
    }

    [[nodiscard]] std::string mail_domain() const override { return zia::mail_domain_of(options_); }

    [[nodiscard]] bool publishes_on_leave() const override { return zia::auth_of(options_) == zia::Auth::legacy; }

    std::unique_ptr<Gateway> make(std::unique_ptr<net::HttpClient> client, Clock& clock, net::RateBudget& budget,
                                  std::mt19937_64 random) override {
        return zia::make_zia(options_, std::move(client), clock, budget, random);
    }

private:
    zia::ZiaOptions options_;
};

std::unique_ptr<GatewayBuilder> make_zia_builder() {
    return std::make_unique<ZiaBuilder>();
}

constexpr GatewayKind k_catalog[] = {
    {"zia", "zscaler", "Zscaler Internet Access: custom URL categories, destination groups and the denylist",
     make_zia_builder},
};

}  // namespace

std::span<const GatewayKind> catalog() noexcept {
    return k_catalog;
}

}  // namespace cordon::gateways
