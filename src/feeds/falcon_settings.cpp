#include "feeds/falcon_settings.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/clock.hpp"
#include "base/text.hpp"

namespace cordon::feeds {
namespace {

constexpr std::array<const char*, k_falcon_type_count> k_type_names = {"url", "domain", "ip_address",
                                                                       "ip_address_block"};
constexpr double k_least_budget_share = 0.01;
constexpr std::size_t k_least_page = 100;
constexpr std::size_t k_most_page = 10'000;  // crowdstrike-intel-api.md 5: spec 1 to 10,000

bool is_address(FalconType type) noexcept {
    return type == FalconType::ip_address || type == FalconType::ip_address_block;
}

std::optional<FalconType> type_named(std::string_view name) {
    for (std::size_t i = 0; i < k_type_names.size(); ++i) {
        if (equals_ignoring_case(name, k_type_names[i])) return static_cast<FalconType>(i);
    }
    return std::nullopt;
}

std::vector<std::string> type_names() {
    return {k_type_names.begin(), k_type_names.end()};
}

/// The words of a list value: separated by commas or white space.
std::vector<std::string> words_of(std::string_view text) {
    std::vector<std::string> words;
    std::string word;
    for (const char c : std::string(text) + ",") {
        if (c != ',' && c != ' ' && c != '\t' && c != '\r' && c != '\n') {
            word += c;
        } else if (!word.empty()) {
            words.push_back(std::move(word));
            word.clear();
        }
    }
    return words;
}

/// "us2", "US_2" and "us-2" are one cloud: CrowdStrike's SDKs accept all.
std::string plain(std::string_view name) {
    auto text = to_lower(trim(name));
    std::erase_if(text, [](char c) { return c == '-' || c == '_'; });
    return text;
}

const FalconCloud* cloud_named(std::string_view name) {
    for (const auto& cloud : falcon_clouds()) {
        if (plain(cloud.name) == plain(name)) return &cloud;
    }
    return nullptr;
}

std::string cloud_names() {
    std::vector<std::string> names = {"auto"};
    for (const auto& cloud : falcon_clouds()) names.emplace_back(cloud.name);
    return one_of(names);
}

Setting credential_setting(std::string key, Secret& field, const char* variable, std::string summary,
                           std::string because) {
    Setting setting = secret_setting(std::move(key), field, std::move(summary));
    setting.environment = variable;
    setting.required_because = std::move(because);
    setting.assign = [&field](std::string_view text) -> Result<void> {
        text = trim(text);
        const auto is_odd = [](char c) { return c <= ' ' || c > '~'; };
        if (text.empty() || std::any_of(text.begin(), text.end(), is_odd)) {
            return fail(Code::invalid, "what the Falcon console shows for the API client, without blanks");
        }
        field = Secret(std::string(text));
        return {};
    };
    return setting;
}

Setting cloud_setting(std::string& cloud) {
    Setting setting = text_setting("cloud", cloud, "Falcon cloud of the account: " + cloud_names() + ".");
    setting.assign = [&cloud](std::string_view text) -> Result<void> {
        const auto* known = cloud_named(text);
        if (known == nullptr && plain(text) != "auto") return fail(Code::invalid, cloud_names());
        cloud = known == nullptr ? "auto" : std::string(known->name);
        return {};
    };
    return setting;
}

/// CrowdStrike's SDKs take a name of a cloud here as well.
Setting base_url_setting(FalconAccount& account) {
    Setting setting =
        text_setting("base_url", account.base_url, "Address of the Falcon API, or a cloud's name; wins over cloud.");
    setting.environment = "FALCON_BASE_URL";
    setting.assign = [&account](std::string_view text) -> Result<void> {
        text = trim(text);
        account.base_url.clear();
        if (text.empty()) return {};
        if (plain(text) == "auto") {
            account.cloud = "auto";
            return {};
        }
        if (const auto* cloud = cloud_named(text)) {
            account.base_url = cloud->origin;
            return {};
        }
        const auto base = net::parse_base_url(text);
        if (!base || !base->path.empty() || text.find('@') != std::string_view::npos) {
            return fail(Code::invalid,
                        cloud_names() + ", or an https address without a path, as in https://api.us-2.crowdstrike.com");
        }
        account.base_url = base->origin;
        return {};
    };
    return setting;
}

Setting types_setting(std::vector<FalconType>& types) {
    return {
        "types",
        "Which indicators the list takes: url, domain, ip_address, ip_address_block; addresses go into an IP group, "
        "the others into a URL category.",
        "url", [&types](std::string_view text) -> Result<void> {
            types.clear();
            for (const auto& word : words_of(text)) {
                const auto type = type_named(word);
                if (!type) return fail(Code::invalid, one_of(type_names()) + ", or several of them with commas");
                if (std::find(types.begin(), types.end(), *type) == types.end()) types.push_back(*type);
            }
            if (types.empty()) return fail(Code::invalid, one_of(type_names()) + ", or several of them with commas");
            return {};
        }};
}

std::vector<std::pair<std::string, core::Confidence>> confidence_choices() {
    std::vector<std::pair<std::string, core::Confidence>> choices;
    for (auto i = core::k_confidence_count; i-- > 0;) {
        const auto confidence = static_cast<core::Confidence>(i);
        choices.emplace_back(core::name_of(confidence), confidence);
    }
    return choices;
}

/// "60d", or "url=60d, ip_address=90d".
Setting max_age_setting(std::array<std::chrono::seconds, k_falcon_type_count>& ages) {
    constexpr const char* k_allowed =
        "a length of time (60d), or one a type (url=60d, ip_address=90d); 0 takes any age";
    return {"max_age",
            "How long ago an indicator may have been updated: one length of time, or one a type "
            "(url=60d, ip_address=90d); 0 takes any.",
            "0", [&ages](std::string_view text) -> Result<void> {
                ages.fill(std::chrono::seconds{0});
                for (const auto& word : words_of(text)) {
                    const auto equals = word.find('=');
                    const auto type = equals == std::string::npos ? std::nullopt : type_named(word.substr(0, equals));
                    const auto length = parse_duration(equals == std::string::npos ? word : word.substr(equals + 1));
                    if (!length || (equals != std::string::npos && !type)) return fail(Code::invalid, k_allowed);
                    if (type) {
                        ages[static_cast<std::size_t>(*type)] = *length;
                    } else {
                        ages.fill(*length);
                    }
                }
                return {};
            }};
}

/// FQL joins clauses with + and , so that an unbalanced bracket or quote would change the others' meaning.
Result<void> check_fql(std::string_view text) {
    int depth = 0;
    char quote = 0;
    for (const char c : text) {
        if (static_cast<unsigned char>(c) < ' ')
            return fail(Code::invalid, "one line of FQL, as in actors:'MUMMYSPIDER'");
        if (quote != 0) {
            if (c == quote) quote = 0;
        } else if (c == '\'' || c == '"') {
            quote = c;
        } else if (c == '(') {
            ++depth;
        } else if (c == ')' && --depth < 0) {
            break;
        }
    }
    if (depth != 0 || quote != 0)
        return fail(Code::invalid, "FQL with its quotes and brackets closed, as in actors:'MUMMYSPIDER'");
    return {};
}

Setting filter_setting(std::string& filter) {
    return {"filter", "FQL that is added to the query, as in actors:'MUMMYSPIDER'; such a list is pulled on its own.",
            "", [&filter](std::string_view text) -> Result<void> {
                text = trim(text);
                CORDON_TRY(check_fql(text));
                filter = text;
                return {};
            }};
}

}  // namespace

const char* name_of(FalconType type) noexcept {
    return k_type_names[static_cast<std::size_t>(type)];
}

FalconList::FalconList()
    // Labels of what is dangerous to block (crowdstrike-intel-api.md 1.9, 8).
    : exclude_labels{"KnownGood",   "Sinkholed",     "Sinkhole", "LegitimateCompromised", "StrategicWebCompromise",
                     "PopularSite", "SharedWebHost", "Parking",  "ConfirmedInactive"} {}

const std::vector<FalconCloud>& falcon_clouds() {
    static const std::vector<FalconCloud> clouds = {
        {"us-1", "https://api.crowdstrike.com"},
        {"us-2", "https://api.us-2.crowdstrike.com"},
        {"us-3", "https://api.us-3.crowdstrike.com"},
        {"eu-1", "https://api.eu-1.crowdstrike.com"},
        {"us-gov-1", "https://api.laggar.gcw.crowdstrike.com"},
        {"us-gov-2", "https://api.us-gov-2.crowdstrike.mil"},
    };
    return clouds;
}

std::vector<Setting> settings_of(FalconAccount& account) {
    Setting servers = json_list_setting("proxy_servers", account.proxy_servers, R"(["https://localhost:8080"])",
                                        "Proxies tried in order: http, https or socks5 URLs, credentials allowed.");
    servers.is_secret = true;  // for the credentials
    Setting budget =
        share_setting("budget_share", account.budget_share,
                      "Largest share of the customer account's 6,000 requests a minute, which all its tools share.");
    budget.range = "0.01 to 1";
    return {
        credential_setting(
            "client_id", account.client_id, "FALCON_CLIENT_ID",
            "Id of the API client (scope: Indicators (Falcon Intelligence), read), better given as FALCON_CLIENT_ID.",
            "CrowdStrike needs an API client: set FALCON_CLIENT_ID or FALCON_CLIENT_ID_FILE (or client_id in "
            "[falcon])"),
        credential_setting(
            "client_secret", account.client_secret, "FALCON_CLIENT_SECRET",
            "Secret of the API client, better given as FALCON_CLIENT_SECRET.",
            "CrowdStrike needs an API client: set FALCON_CLIENT_SECRET or FALCON_CLIENT_SECRET_FILE (or client_secret "
            "in [falcon])"),
        cloud_setting(account.cloud),
        base_url_setting(account),
        std::move(budget),
        number_setting("page_size", account.page_size, k_least_page, k_most_page,
                       "Indicators asked for at a time; halved where the service refuses."),
        duration_setting("history_time", account.history_time,
                         "How long one run reads the account's older indicators; the rest follows in the next runs."),
        duration_setting("resync_every", account.resync_every,
                         "How often the whole stock is read again, for what left it without a word; 0: never."),
        bool_setting("proxy_enabled", account.proxy_enabled, "Reach CrowdStrike through proxy_servers."),
        std::move(servers),
        bool_setting("verify_ssl", account.verify_ssl, "Verify the certificate of CrowdStrike."),
        path_setting("ca_file", account.ca_file, "PEM file of certificate authorities; unset: the system's."),
    };
}

std::vector<Setting> settings_of(FalconList& list) {
    return {
        types_setting(list.types),
        choice_setting<core::Confidence>("min_confidence", list.min_confidence, confidence_choices(),
                                         "Least malicious_confidence."),
        list_setting("exclude_labels", list.exclude_labels,
                     "Indicators with one of these labels are left out: the whole name (DomainType/KnownGood) or its "
                     "last part."),
        list_setting("malware_families", list.malware_families,
                     "Only indicators of one of these families; unset: all."),
        list_setting("threat_types", list.threat_types, "Only indicators of one of these threat types; unset: all."),
        list_setting("actors", list.actors, "Only indicators of one of these actors; unset: all."),
        list_setting("kill_chains", list.kill_chains, "Only indicators of one of these kill chain stages; unset: all."),
        max_age_setting(list.max_age),
        filter_setting(list.filter),
    };
}

std::string first_origin(const FalconAccount& account) {
    if (!account.base_url.empty()) return account.base_url;
    const auto* cloud = cloud_named(account.cloud);
    return std::string((cloud == nullptr ? falcon_clouds().front() : *cloud).origin);
}

bool follows_region(const FalconAccount& account) noexcept {
    return account.base_url.empty() && account.cloud == "auto";
}

net::Connection connection_of(const FalconAccount& account) {
    net::Connection connection;
    if (account.proxy_enabled) connection.proxies = account.proxy_servers;
    connection.verify_tls = account.verify_ssl;
    connection.ca_file = account.ca_file;
    connection.user_agent = "cordon/" CORDON_VERSION;
    return connection;
}

core::EntityType entity_of(const FalconList& list) noexcept {
    const auto has = [&](FalconType type) {
        return std::find(list.types.begin(), list.types.end(), type) != list.types.end();
    };
    if (std::any_of(list.types.begin(), list.types.end(), is_address)) return core::EntityType::ip;
    return has(FalconType::url) ? core::EntityType::url : core::EntityType::domain;
}

std::vector<FeedFault> faults_of(const FalconAccount& account, const FalconList& list) {
    std::vector<FeedFault> faults;
    if (account.proxy_enabled && account.proxy_servers.empty()) {
        faults.push_back({"falcon", "proxy_enabled", "this is true, but proxy_servers names no proxy"});
    }
    if (account.budget_share < k_least_budget_share) {
        faults.push_back({"falcon", "budget_share", "this must be at least 0.01: 60 requests a minute"});
    }
    const auto addresses = std::count_if(list.types.begin(), list.types.end(), is_address);
    if (addresses != 0 && static_cast<std::size_t>(addresses) != list.types.size()) {
        faults.push_back(
            {list.section, "types",
             "addresses stand beside URLs or domains, and an IP group cannot hold both: make two sections"});
    }
    return faults;
}

Result<void> check_together(const FalconAccount& account, const FalconList& list) {
    if (!account.client_id.is_set() || !account.client_secret.is_set()) {
        return fail(Code::invalid, "CrowdStrike needs an API client: set FALCON_CLIENT_ID and FALCON_CLIENT_SECRET");
    }
    if (const auto faults = faults_of(account, list); !faults.empty()) {
        return fail(Code::invalid, faults.front().text());
    }
    return {};
}

}  // namespace cordon::feeds
