#include "gateways/zia/addresses.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "base/text.hpp"
#include "net/http.hpp"

namespace cordon::gateways::zia {
namespace {

constexpr const char* k_legacy_path = "/api/v1";          // zia-api.md 2.1
constexpr const char* k_oneapi_path = "/zia/api/v1";      // zia-api.md 3.1
constexpr const char* k_token_path = "/oauth2/v1/token";  // zia-api.md 3.1

tl::unexpected<SettingFault> fault_at(const char* key, std::string message) {
    return tl::unexpected(SettingFault{key, std::move(message)});
}

/// The address as given, with `usual_path` where it names a host alone.
struct Address {
    std::string url;
    std::string host;
    std::string origin;
};
tl::expected<Address, SettingFault> read_address(const char* key, const std::string& text, const char* usual_path) {
    const auto base = net::parse_base_url(text);
    if (!base) return fault_at(key, base.error().message);
    return Address{base->origin + (base->path.empty() ? usual_path : base->path), base->host, base->origin};
}

/// "https://acme.zslogin.net".
tl::expected<std::string, SettingFault> sign_in_origin(const ZiaOptions& options) {
    const auto label = vanity_label(options.vanity_domain);
    const auto domain = sign_in_domain(options.cloud);
    if (label != options.vanity_domain && options.vanity_domain != label + "." + domain) {
        return fault_at("vanity_domain",
                        fmt::format("{} does not belong to the cloud {}, whose tenants sign in at {}.{}: set cloud to "
                                    "the tenant's own (production, beta, gov, govus ...), or vanity_domain to {} alone",
                                    printable(options.vanity_domain),
                                    options.cloud.empty() ? "production" : printable(options.cloud), printable(label),
                                    domain, printable(label)));
    }
    return fmt::format("https://{}.{}", label, domain);
}

tl::expected<Addresses, SettingFault> legacy_addresses(const ZiaOptions& options) {
    auto api = read_address("base_uri", options.base_uri, k_legacy_path);
    if (!api) return tl::unexpected(std::move(api).error());
    return Addresses{std::move(api->url), std::move(api->host)};
}

tl::expected<Addresses, SettingFault> oneapi_addresses(const ZiaOptions& options) {
    Addresses addresses;
    auto api =
        read_address("api_url", options.api_url.empty() ? api_host_of(options.cloud) : options.api_url, k_oneapi_path);
    if (!api) return tl::unexpected(std::move(api).error());
    addresses.base = std::move(api->url);
    addresses.host = std::move(api->host);

    std::string home;
    if (!options.vanity_domain.empty()) {
        auto origin = sign_in_origin(options);
        if (!origin) return tl::unexpected(std::move(origin).error());
        home = std::move(*origin);
    }
    const bool is_given = !options.token_url.empty();
    if (!is_given && home.empty()) return fault_at("vanity_domain", "this key is missing, and token_url as well");
    const auto token = is_given ? read_address("token_url", options.token_url, k_token_path)
                                : read_address("vanity_domain", home, k_token_path);
    if (!token) return tl::unexpected(token.error());
    addresses.token_url = token->url;
    addresses.token_host = token->host;
    // The documented audience is the tenant's ZIdentity itself; Zscaler's Go SDK sends another (zia-api.md 3.2).
    addresses.jwt_audience = !options.jwt_audience.empty() ? options.jwt_audience : home.empty() ? token->origin : home;
    return addresses;
}

}  // namespace

std::string vanity_label(std::string_view vanity_domain) {
    return std::string(vanity_domain.substr(0, vanity_domain.find('.')));
}

std::string sign_in_domain(std::string_view cloud) {
    if (cloud == "gov") return "zidentitygov.net";
    if (cloud == "govus") return "zidentitygov.us";
    return fmt::format("zslogin{}.net", cloud);
}

std::string api_host_of(std::string_view cloud) {
    if (cloud.empty()) return "api.zsapi.net";
    if (cloud == "gov") return "api.zscalergov.net";
    if (cloud == "govus") return "api.zscalergov.us";
    return fmt::format("api.{}.zsapi.net", cloud);
}

tl::expected<Addresses, SettingFault> addresses_of(const ZiaOptions& options, Auth auth) {
    return auth == Auth::oneapi ? oneapi_addresses(options) : legacy_addresses(options);
}

}  // namespace cordon::gateways::zia
