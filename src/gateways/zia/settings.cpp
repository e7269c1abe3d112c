#include "gateways/zia/settings.hpp"

#include <utility>

#include "base/clock.hpp"
#include "base/text.hpp"
#include "gateways/zia/sign_in_settings.hpp"

namespace cordon::gateways::zia {
namespace {

using std::chrono::seconds;

Setting bounded_duration(std::string key, seconds& field, seconds least, seconds most, std::string summary) {
    auto setting = duration_setting(std::move(key), field, std::move(summary));
    setting.assign = [&field, least, most](std::string_view text) -> Result<void> {
        const auto length = parse_duration(trim(text));
        if (!length || *length < least || *length > most) {
            return fail(Code::invalid, "a length of time from " + to_text(least) + " to " + to_text(most));
        }
        field = *length;
        return {};
    };
    setting.range = to_text(least) + " to " + to_text(most);
    return setting;
}

}  // namespace

std::vector<Setting> settings_of(ZiaOptions& options) {
    auto table = sign_in_settings(options);
    table.push_back(
        bool_setting("proxy_enabled", options.proxy_enabled, "Whether requests to ZIA go through proxy_servers."));
    table.push_back(json_list_setting("proxy_servers", options.proxy_servers, R"(["https://localhost:8080"])",
                                      "Proxies, tried in order: http, https or socks5, credentials in the URL."));
    table.push_back(
        bool_setting("verify_ssl", options.verify_ssl, "Whether the certificate of ZIA (or of the proxy) is checked."));
    table.push_back(path_setting("ca_file", options.ca_file,
                                 "PEM file of certificate authorities to trust instead of the system's."));
    table.push_back(number_setting("batch_size", options.batch_size, 1, 20'000,
                                   "Entries in one write; ZIA refuses or loses larger ones at its own limit, "
                                   "then batches are halved."));
    table.push_back(bounded_duration("read_timeout", options.read_timeout, seconds{40}, seconds{900},
                                     "Longest wait for the answer to a read."));
    table.push_back(bounded_duration("write_timeout", options.write_timeout, seconds{40}, seconds{1800},
                                     "Longest wait for the answer to a write; ZIA itself waits 30 s for its "
                                     "edit lock."));
    table.push_back(bounded_duration("rate_patience", options.rate_patience, seconds{0}, seconds{7200},
                                     "Longest wait for ZIA's hourly rate limits before a run gives up."));
    table.push_back(bounded_duration("activation_wait", options.activation_wait, seconds{0}, seconds{1800},
                                     "Longest wait while ZIA says that an activation is in progress; after that the "
                                     "run ends, and the next one makes sure of it."));
    table.push_back(number_setting("max_ip_entries", options.max_ip_entries, 1, 1'000'000,
                                   "IP entries that the tenant may hold over all groups (16000, up to 64000 "
                                   "by Zscaler support); subtract those of IP source groups, which count "
                                   "too and are not read."));
    table.push_back(number_setting("max_fqdn_entries", options.max_fqdn_entries, 1, 1'000'000,
                                   "Host names that the tenant may hold over all FQDN groups (5000, with Advanced "
                                   "Firewall 16000)."));
    table.push_back(number_setting("max_categories", options.max_categories, 1, 1'024,
                                   "Custom categories that the tenant may hold (64, up to 1024 by Zscaler "
                                   "support)."));
    return table;
}

net::Connection connection_of(const ZiaOptions& options) {
    net::Connection connection;
    if (options.proxy_enabled) connection.proxies = options.proxy_servers;
    connection.verify_tls = options.verify_ssl;
    connection.ca_file = options.ca_file;
    connection.user_agent = "cordon/" CORDON_VERSION;
    return connection;
}

std::string mail_domain_of(const ZiaOptions& options) {
    const auto at = options.username.rfind('@');
    return at == std::string::npos ? std::string{} : to_lower(trim(options.username).substr(at + 1));
}

}  // namespace cordon::gateways::zia
