#include "gateways/catalog.hpp"

#include <utility>

#include "gateways/zia/zia.hpp"

namespace cordon::gateways {
namespace {

class ZiaBuilder final : public GatewayBuilder {
public:
    std::vector<Setting> settings() override { return zia::settings_of(options_); }
    [[nodiscard]] net::Connection connection() const override { return zia::connection_of(options_); }

    [[nodiscard]] std::string api_host() const override {
        const auto base = net::parse_base_url(options_.base_uri);
        return base ? base->host : std::string{};
    }

    [[nodiscard]] std::string mail_domain() const override { return zia::mail_domain_of(options_); }

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
    {"zia", "zscaler", "Zscaler Internet Access: custom URL categories, destination groups and the denylist", make_zia_builder},
};

}  // namespace

std::span<const GatewayKind> catalog() noexcept {
    return k_catalog;
}

}  // namespace cordon::gateways
