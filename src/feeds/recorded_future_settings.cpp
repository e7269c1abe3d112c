#include "feeds/recorded_future_settings.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/clock.hpp"
#include "base/text.hpp"

namespace cordon::feeds {
namespace {

constexpr std::size_t k_least_feed_bytes = 1U << 20;
constexpr std::size_t k_most_feed_bytes = 4'000'000'000;  // simdjson reads up to 4 GiB
constexpr std::chrono::minutes k_least_timeout{1};
constexpr std::chrono::hours k_most_timeout{24};
constexpr std::string_view k_prevent_folder = "/public/prevent/";
constexpr int k_prevent_risk = 90;
constexpr int k_ordinary_risk = 65;
constexpr std::uint64_t k_highest_risk = 99;  // recorded-future-api.md 7.1

bool is_letter_or_digit(char c) noexcept {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

/// ^[A-Za-z0-9-_/.]+$ is what Recorded Future's own Splunk app admits (recorded-future-api.md 5.3).
bool is_path_character(char c) noexcept {
    return is_letter_or_digit(c) || c == '-' || c == '_' || c == '/' || c == '.';
}

/// With one leading slash; "" stays "" (a blank fusion_file means the default risk list).
Result<std::string> parse_fusion_file(std::string_view text) {
    text = trim(text);
    if (text.empty()) return std::string{};
    text.remove_prefix(std::min(text.find_first_not_of('/'), text.size()));
    const auto pieces = split(text, '/');
    const bool has_odd_piece = std::any_of(pieces.begin(), pieces.end(), [](std::string_view piece) {
        return piece.empty() || piece == "." || piece == "..";
    });
    if (has_odd_piece || !std::all_of(text.begin(), text.end(), is_path_character)) {
        return fail(Code::invalid,
                    "the path of a Fusion file, as in public/prevent/weaponized_domains.json (letters, digits "
                    "and - _ . / only)");
    }
    return "/" + std::string(text);
}

Setting token_setting(Secret& token) {
    Setting setting = secret_setting("token", token, "API token of Recorded Future, better given as RF_API_KEY.");
    setting.environment = "RF_API_KEY";
    setting.required_because =
        "Recorded Future needs an API token: set RF_API_KEY or RF_API_KEY_FILE (or token in [rfapi])";
    setting.assign = [&token](std::string_view text) -> Result<void> {
        text = trim(text);
        const auto is_odd = [](char c) { return c <= ' ' || c > '~'; };
        if (text.empty() || std::any_of(text.begin(), text.end(), is_odd)) {
            return fail(Code::invalid, "an API token: 32 characters without blanks");
        }
        token = Secret(std::string(text));
        return {};
    };
    return setting;
}

Setting api_url_setting(std::string& url) {
    Setting setting = text_setting("api_url", url, "Address of the Recorded Future API.");
    setting.assign = [&url](std::string_view text) -> Result<void> {
        CORDON_TRY_ASSIGN(const net::BaseUrl base, net::parse_base_url(trim(text)));
        url = base.origin + base.path;
        return {};
    };
    return setting;
}

Setting timeout_setting(std::chrono::seconds& timeout) {
    Setting setting = duration_setting("timeout", timeout,
                                       "Longest time for one list file; a download that stands still ends after 2m.");
    setting.assign = [&timeout](std::string_view text) -> Result<void> {
        const auto length = parse_duration(text);
        if (!length || *length < k_least_timeout || *length > k_most_timeout) {
            return fail(Code::invalid, "a length of time from 1m to 24h");
        }
        timeout = *length;
        return {};
    };
    setting.range = "1m to 24h";
    return setting;
}

Setting default_risk_setting(std::optional<int>& risk) {
    return {"default_risk",
            "Risk of indicators that carry none, 0 to 99; unset: 90 for files below public/prevent/, else 65.", "",
            [&risk](std::string_view text) -> Result<void> {
                const auto number = parse_whole_number(trim(text));
                if (!number || *number > k_highest_risk) return fail(Code::invalid, "a whole number from 0 to 99");
                risk = static_cast<int>(*number);
                return {};
            }};
}

Setting fusion_file_setting(std::string& path) {
    return {"fusion_file", "Path of a Fusion file (JSON or CSV); unset: the default risk list of the entity.", "",
            [&path](std::string_view text) -> Result<void> {
                CORDON_TRY_ASSIGN(path, parse_fusion_file(text));
                return {};
            }};
}

Setting rule_setting(std::string& rule) {
    Setting setting = text_setting("list", rule,
                                   "Without fusion_file: which risk list; default, large or the name of a risk "
                                   "rule (recentCncSite).");
    setting.assign = [&rule](std::string_view text) -> Result<void> {
        text = trim(text);
        if (text.empty() || !std::all_of(text.begin(), text.end(), is_letter_or_digit)) {
            return fail(Code::invalid, "default, large or the name of a risk rule, as in recentCncSite");
        }
        rule = text;
        return {};
    };
    return setting;
}

}  // namespace

std::vector<Setting> settings_of(RfAccount& account) {
    Setting servers = json_list_setting("proxy_servers", account.proxy_servers, R"(["https://localhost:8080"])",
                                        "Proxies tried in order: http, https or socks5 URLs, credentials allowed.");
    servers.is_secret = true;  // for the credentials
    return {
        token_setting(account.token),
        api_url_setting(account.api_url),
        bool_setting("proxy_enabled", account.proxy_enabled, "Reach Recorded Future through proxy_servers."),
        std::move(servers),
        bool_setting("verify_ssl", account.verify_ssl, "Verify the certificate of Recorded Future."),
        path_setting("ca_file", account.ca_file, "PEM file of certificate authorities; unset: the system's."),
        number_setting("max_feed_bytes", account.max_feed_bytes, k_least_feed_bytes, k_most_feed_bytes,
                       "Most bytes of one list file, also after unpacking."),
        timeout_setting(account.timeout),
    };
}

std::vector<Setting> settings_of(RfList& list) {
    Setting entity = choice_setting<core::EntityType>(
        "entity_type", list.entity,
        {{"ip", core::EntityType::ip}, {"domain", core::EntityType::domain}, {"url", core::EntityType::url}},
        "What the list holds.");
    entity.default_text.clear();
    entity.required_because = "a risk list needs its entity_type: ip, domain or url";
    return {
        std::move(entity),
        fusion_file_setting(list.fusion_file),
        choice_setting<FusionApi>("fusion_api", list.fusion_api, {{"v2", FusionApi::v2}, {"v3", FusionApi::v3}},
                                  "Generation of the Fusion API that serves fusion_file."),
        rule_setting(list.list),
        share_setting("min_valid_share", list.min_valid_share,
                      "Share of a file's rows that must be indicators, else the file is not believed."),
        default_risk_setting(list.default_risk),
    };
}

net::Connection connection_of(const RfAccount& account) {
    net::Connection connection;
    if (account.proxy_enabled) connection.proxies = account.proxy_servers;
    connection.verify_tls = account.verify_ssl;
    connection.ca_file = account.ca_file;
    connection.user_agent = "cordon/" CORDON_VERSION;  // app/version: recorded-future-api.md 3
    return connection;
}

std::vector<FeedFault> faults_of(const RfAccount& account, const RfList& list) {
    std::vector<FeedFault> faults;
    if (account.proxy_enabled && account.proxy_servers.empty()) {
        faults.push_back({"rfapi", "proxy_enabled", "this is true, but proxy_servers names no proxy"});
    }
    if (!list.fusion_file.empty() && list.list != "default") {
        faults.push_back(
            {list.section, "fusion_file",
             fmt::format("list = {} stands beside it, and a section has one source: remove one of them", list.list)});
    }
    return faults;
}

Result<void> check_together(const RfAccount& account, const RfList& list) {
    if (!account.token.is_set()) {
        return fail(Code::invalid, "Recorded Future needs an API token: set RF_API_KEY or RF_API_KEY_FILE");
    }
    if (const auto faults = faults_of(account, list); !faults.empty()) {
        return fail(Code::invalid, faults.front().text());
    }
    return {};
}

int risk_of_unrated(const RfList& list) noexcept {
    if (list.default_risk) return *list.default_risk;
    return list.fusion_file.starts_with(k_prevent_folder) ? k_prevent_risk : k_ordinary_risk;
}

}  // namespace cordon::feeds
