#include "gateways/zia/sign_in_settings.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "base/file.hpp"
#include "base/text.hpp"
#include "gateways/zia/addresses.hpp"
#include "gateways/zia/jwt.hpp"

namespace cordon::gateways::zia {
namespace {

constexpr std::size_t k_most_key_bytes = 1U << 16;

Setting base_uri_setting(ZiaOptions& options) {
    auto setting = text_setting("base_uri", options.base_uri,
                                "Host of the tenant's API, as the portal shows it under Cloud Service API "
                                "Security: zsapi.<cloud>, with or without https:// and /api/v1. Not for OneAPI.");
    setting.assign = [&field = options.base_uri](std::string_view text) -> Result<void> {
        text = trim(text);
        if (text.empty() || equals_ignoring_case(text, "CHANGE_ME")) {
            return fail(Code::invalid,
                        "the host of your ZIA cloud, as in zsapi.zscaler.net (portal: Administration > Cloud "
                        "Service API Security); CHANGE_ME is only the sample's. With OneAPI leave the key out");
        }
        CORDON_TRY(net::parse_base_url(text));
        field = text;
        return {};
    };
    setting.required_because = "without it there is no ZIA tenant to load the lists into (only OneAPI does without)";
    return setting;
}

/// Shorter keys cannot be shuffled for the sign-in (zia-api.md 2.2, 2.3).
Setting api_key_setting(Secret& field) {
    constexpr std::size_t k_shortest = 12;
    auto setting =
        secret_setting("api_key", field, "API key of the organisation; better in ZS_API_KEY than in the file.");
    setting.assign = [&field](std::string_view text) -> Result<void> {
        if (!trim(text).empty() && text.size() < k_shortest) {
            return fail(Code::invalid, "the 12 letters and digits of the key, this has " + std::to_string(text.size()) +
                                           "; copy it again from Administration > Cloud Service API Security");
        }
        field = Secret(std::string(text));
        return {};
    };
    return setting;
}

Setting credential(Setting setting, const char* variable, const char* what) {
    setting.environment = variable;
    setting.required_because =
        std::string("ZIA's sign-in needs ") + what + ": set " + variable + " or " + variable + "_FILE";
    return setting;
}

/// Text without blanks around it, which a copied line end leaves; `check` says what is allowed.
Setting trimmed_setting(std::string key, std::string& field, std::string summary,
                        std::function<Result<void>(std::string_view)> check = {}) {
    auto setting = text_setting(std::move(key), field, std::move(summary));
    setting.assign = [&field, check = std::move(check)](std::string_view text) -> Result<void> {
        text = trim(text);
        if (check && !text.empty()) CORDON_TRY(check(text));
        field = text;
        return {};
    };
    return setting;
}

Result<void> check_address(std::string_view text) {
    if (const auto base = net::parse_base_url(text); !base) return fail(Code::invalid, base.error().message);
    return {};
}

bool is_label_of_dns(std::string_view label) {
    const auto fits = [](char c) {
        const char lower = to_lower(c);
        return (lower >= 'a' && lower <= 'z') || (c >= '0' && c <= '9') || c == '-';
    };
    return !label.empty() && label.size() <= 63 && label.front() != '-' && label.back() != '-' &&
           std::all_of(label.begin(), label.end(), fits);
}

/// "acme", and what people copy from the address bar: "https://acme.zslogin.net/".
Setting vanity_setting(std::string& field) {
    auto setting = text_setting("vanity_domain", field,
                                "OneAPI: the tenant's name in ZIdentity, acme where admins sign in at "
                                "acme.zslogin.net.");
    setting.assign = [&field](std::string_view text) -> Result<void> {
        auto name = to_lower(trim(text));
        if (const auto at = name.find("://"); at != std::string::npos) name.erase(0, at + 3);
        name.erase(std::min(name.find('/'), name.size()));
        const auto labels = split(name, '.');
        if (!name.empty() && !std::all_of(labels.begin(), labels.end(), is_label_of_dns)) {
            return fail(Code::invalid,
                        "the first part of the address at which your admins sign in to ZIdentity, as "
                        "acme in https://acme.zslogin.net");
        }
        field = std::move(name);
        return {};
    };
    setting.environment = "ZSCALER_VANITY_DOMAIN";
    setting.required_because =
        "OneAPI gives its tokens at https://<vanity_domain>.zslogin.net: set it, ZSCALER_VANITY_DOMAIN or token_url";
    return setting;
}

Setting cloud_setting(std::string& field) {
    auto setting = text_setting("cloud", field,
                                "OneAPI: the cloud of the tenant's ZIdentity: production (also where the key is "
                                "left out), beta, gov, govus, or the short name of another.");
    setting.assign = [&field](std::string_view text) -> Result<void> {
        auto name = to_lower(trim(text));
        if (name == "production") name.clear();
        if (!name.empty() && !is_label_of_dns(name)) {
            return fail(Code::invalid,
                        "the OneAPI cloud's short name: production, beta, gov, govus or another; not the "
                        "host of the legacy API (that is base_uri)");
        }
        field = std::move(name);
        return {};
    };
    setting.environment = "ZSCALER_CLOUD";
    return setting;
}

Setting token_setting(ZiaOptions& options) {
    auto setting = secret_setting("bearer_token", options.bearer_token,
                                  "Token of your own identity provider (OAuth 2.0 on the legacy host); better in "
                                  "ZSCALER_BEARER_TOKEN. The file of ZSCALER_BEARER_TOKEN_FILE is read again when the "
                                  "token is refused.");
    setting.assign = [&field = options.bearer_token](std::string_view text) -> Result<void> {
        field = Secret(std::string(trim(text)));
        return {};
    };
    setting.environment = "ZSCALER_BEARER_TOKEN";
    setting.note_file = [&options](const std::filesystem::path& file) { options.bearer_token_file = file; };
    setting.required_because =
        "auth = bearer sends the token of your identity provider: set ZSCALER_BEARER_TOKEN or "
        "ZSCALER_BEARER_TOKEN_FILE";
    return setting;
}

/// Which of the keys speak for a way of signing in. base_uri speaks for two, and cloud for none (the vendor's tools
/// read ZSCALER_CLOUD for all).
struct Sign {
    Auth auth;
    const char* key;
    bool (*is_set)(const ZiaOptions& options);
};
constexpr Sign k_signs[] = {
    {Auth::legacy, "api_key", [](const ZiaOptions& o) { return o.api_key.is_set(); }},
    {Auth::oneapi, "client_id", [](const ZiaOptions& o) { return !o.client_id.empty(); }},
    {Auth::oneapi, "vanity_domain", [](const ZiaOptions& o) { return !o.vanity_domain.empty(); }},
    {Auth::oneapi, "token_url", [](const ZiaOptions& o) { return !o.token_url.empty(); }},
    {Auth::oneapi, "client_secret", [](const ZiaOptions& o) { return o.client_secret.is_set(); }},
    {Auth::oneapi, "private_key", [](const ZiaOptions& o) { return o.private_key.is_set(); }},
    {Auth::bearer, "bearer_token", [](const ZiaOptions& o) { return o.bearer_token.is_set(); }},
};

/// The first sign of each way that is configured.
std::vector<const Sign*> signs_in(const ZiaOptions& options, const UnreadKeys& unread) {
    std::vector<const Sign*> found;
    for (const auto& sign : k_signs) {
        if (!sign.is_set(options) && !unread.contains(sign.key)) continue;
        if (found.empty() || found.back()->auth != sign.auth) found.push_back(&sign);
    }
    return found;
}

/// Keys and whether they are set, for what has no effect. cloud is left out for the reason above.
struct UsedBy {
    const char* key;
    bool is_set;
    bool legacy, oneapi, bearer;
};
std::vector<UsedBy> uses_of(const ZiaOptions& o) {
    return {{"base_uri", !o.base_uri.empty(), true, false, true},
            {"api_key", o.api_key.is_set(), true, false, false},
            {"username", !o.username.empty(), true, false, false},
            {"password", o.password.is_set(), true, false, false},
            {"client_id", !o.client_id.empty(), false, true, false},
            {"client_secret", o.client_secret.is_set(), false, true, false},
            {"private_key", o.private_key.is_set(), false, true, false},
            {"vanity_domain", !o.vanity_domain.empty(), false, true, false},
            {"token_url", !o.token_url.empty(), false, true, false},
            {"api_url", !o.api_url.empty(), false, true, false},
            {"jwt_audience", !o.jwt_audience.empty(), false, true, false},
            {"bearer_token", o.bearer_token.is_set(), false, false, true}};
}

bool is_pem(std::string_view text) {
    return text.find("-----BEGIN") != std::string_view::npos;
}

/// Whether `text` may be shown as a path: no piece of a key holds a dot or begins with a slash (base64 of DER begins
/// with M), so that a key pasted without its first line stays unseen.
bool may_be_shown(std::string_view text) {
    const bool is_path = text.starts_with('/') || text.find('.') != std::string_view::npos;
    return is_path && text.size() < 300 && text.find('\n') == std::string_view::npos;
}

void add_oneapi_faults(const ZiaOptions& options, const UnreadKeys& unread, std::vector<SettingFault>& faults) {
    if (options.client_secret.is_set() && options.private_key.is_set()) {
        faults.push_back({"private_key",
                          "client_secret is set, too, and OneAPI takes one of them: keep the one that "
                          "the API client has in ZIdentity"});
    }
    if (options.private_key.is_set() && is_pem(options.private_key.reveal())) {
        const auto key = SigningKey::from_pem(options.private_key);
        if (!key) faults.push_back({"private_key", "this key cannot be used; needed is " + key.error().message});
    }
    if (!options.jwt_audience.empty() && !options.private_key.is_set() && !unread.contains("private_key")) {
        faults.push_back({"jwt_audience", "this has no effect without private_key", false});
    }
    const bool has_place = !options.vanity_domain.empty() || !options.token_url.empty();
    if (has_place && !unread.contains("token_url")) {
        if (auto addresses = addresses_of(options, Auth::oneapi); !addresses) faults.push_back(addresses.error());
    }
    const bool is_gov = options.cloud == "gov" || options.cloud == "govus";
    if (is_gov && (options.token_url.empty() || options.api_url.empty())) {
        faults.push_back({"cloud",
                          fmt::format("whether OneAPI serves the gov clouds, and where, is known from Zscaler's SDKs "
                                      "alone ({}, {}): where your documents say otherwise, set token_url and api_url",
                                      sign_in_domain(options.cloud), api_host_of(options.cloud)),
                          false});
    }
}

}  // namespace

std::vector<Setting> sign_in_settings(ZiaOptions& options) {
    const auto only_for = [&options](Setting setting, auto applies) {
        setting.is_required = [&options, applies](const UnreadKeys& unread) {
            const auto auth = auth_of(options, unread);
            return auth && applies(*auth, unread);
        };
        return setting;
    };
    const auto is_legacy = [](Auth auth, const UnreadKeys&) { return auth == Auth::legacy; };
    const auto is_oneapi = [](Auth auth, const UnreadKeys&) { return auth == Auth::oneapi; };
    const auto is_bearer = [](Auth auth, const UnreadKeys&) { return auth == Auth::bearer; };

    std::vector<Setting> table;
    table.push_back(choice_setting(
        "auth", options.auth,
        {{"auto", Auth::automatic}, {"legacy", Auth::legacy}, {"oneapi", Auth::oneapi}, {"bearer", Auth::bearer}},
        "How to sign in: legacy (API key and admin), oneapi (API client of ZIdentity), bearer "
        "(token of your own identity provider), or auto: by the keys that are set."));
    table.push_back(
        only_for(base_uri_setting(options), [](Auth auth, const UnreadKeys&) { return auth != Auth::oneapi; }));
    table.push_back(
        only_for(credential(api_key_setting(options.api_key), "ZS_API_KEY", "the organisation's API key"), is_legacy));
    table.push_back(only_for(credential(text_setting("username", options.username, "Login of the API admin."),
                                        "ZS_API_USERNAME", "the login of an API admin"),
                             is_legacy));
    table.push_back(
        only_for(credential(secret_setting("password", options.password,
                                           "Password of the API admin; better in ZS_API_PASSWORD than in the file."),
                            "ZS_API_PASSWORD", "the password of the API admin"),
                 is_legacy));

    auto client_id = trimmed_setting("client_id", options.client_id, "OneAPI: the API client's id in ZIdentity.");
    client_id.environment = "ZSCALER_CLIENT_ID";
    client_id.required_because =
        "OneAPI knows an API client by its id: set ZSCALER_CLIENT_ID or ZSCALER_CLIENT_ID_FILE";
    table.push_back(only_for(std::move(client_id), is_oneapi));
    auto client_secret =
        secret_setting("client_secret", options.client_secret,
                       "OneAPI: the API client's secret; better in ZSCALER_CLIENT_SECRET than in the file.");
    client_secret.environment = "ZSCALER_CLIENT_SECRET";
    client_secret.required_because =
        "OneAPI wants the API client's secret or its private key: set ZSCALER_CLIENT_SECRET (or "
        "ZSCALER_CLIENT_SECRET_FILE), or private_key";
    table.push_back(only_for(std::move(client_secret), [&options](Auth auth, const UnreadKeys& unread) {
        return auth == Auth::oneapi && !options.private_key.is_set() && !unread.contains("private_key");
    }));
    auto private_key =
        secret_setting("private_key", options.private_key,
                       "OneAPI, instead of the secret: the API client's private key, RSA or EC P-256; the "
                       "path of a PEM file, or the PEM text itself.");
    private_key.environment = "ZSCALER_PRIVATE_KEY";
    table.push_back(std::move(private_key));
    table.push_back(only_for(vanity_setting(options.vanity_domain), [&options](Auth auth, const UnreadKeys& unread) {
        return auth == Auth::oneapi && options.token_url.empty() && !unread.contains("token_url");
    }));
    table.push_back(cloud_setting(options.cloud));
    table.push_back(trimmed_setting("token_url", options.token_url,
                                    "OneAPI: where tokens are given, instead of what vanity_domain and cloud say.",
                                    check_address));
    table.push_back(trimmed_setting("api_url", options.api_url,
                                    "OneAPI: base of the ZIA API, instead of what cloud says.", check_address));
    table.push_back(trimmed_setting("jwt_audience", options.jwt_audience,
                                    "OneAPI with private_key: the audience (aud) of the signed assertion, where it is "
                                    "not the tenant's ZIdentity; Zscaler's Go SDK sends https://api.zscaler.com."));
    table.push_back(only_for(token_setting(options), is_bearer));
    return table;
}

std::optional<Auth> auth_of(const ZiaOptions& options, const UnreadKeys& unread) {
    if (unread.contains("auth")) return std::nullopt;
    if (options.auth != Auth::automatic) return options.auth;
    const auto signs = signs_in(options, unread);
    if (signs.size() > 1) return std::nullopt;
    return signs.empty() ? Auth::legacy : signs.front()->auth;
}

const char* name_of(Auth auth) noexcept {
    switch (auth) {
        case Auth::legacy: return "legacy";
        case Auth::oneapi: return "oneapi";
        case Auth::bearer: return "bearer";
        default: return "auto";
    }
}

bool is_token(std::string_view text) {
    return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < 127; });
}

Result<void> load_private_key(ZiaOptions& options, const std::filesystem::path& base) {
    const auto text = options.private_key.reveal();
    if (!options.private_key.is_set() || is_pem(text)) return {};
    const std::filesystem::path path{std::string(trim(text))};
    std::error_code unseen;
    const bool is_below_base = path.is_absolute() || std::filesystem::exists(base / path, unseen);
    auto bytes = read_file(is_below_base ? base / path : path, k_most_key_bytes);
    const auto file = may_be_shown(trim(text)) ? fmt::format("the file {}", printable(path.string(), 300))
                                               : std::string("the file that it names");
    if (!bytes) {
        return fail(Code::invalid,
                    fmt::format("{} cannot be read: name the PEM file of the API client's private key, or "
                                "put its text here",
                                file));
    }
    if (!is_pem(*bytes)) {
        return fail(Code::invalid,
                    fmt::format("{} is no PEM file: it needs the line -----BEGIN PRIVATE KEY-----", file));
    }
    options.private_key = Secret(std::move(*bytes));
    return {};
}

std::vector<SettingFault> sign_in_faults(const ZiaOptions& options, const UnreadKeys& unread) {
    std::vector<SettingFault> faults;
    if (unread.contains("auth")) return faults;
    const auto auth = auth_of(options, unread);
    if (!auth) {
        const auto signs = signs_in(options, unread);
        std::vector<std::string> words;
        for (const auto* sign : signs) words.push_back(fmt::format("auth = {} ({})", name_of(sign->auth), sign->key));
        faults.push_back({signs.back()->key, fmt::format("there are credentials for more than one way to sign in: say "
                                                         "which to use, {}",
                                                         one_of(words))});
        return faults;
    }
    if (*auth == Auth::oneapi) add_oneapi_faults(options, unread, faults);
    if (*auth == Auth::bearer && options.bearer_token.is_set() && !is_token(options.bearer_token.reveal())) {
        faults.push_back(
            {"bearer_token", "a token is one word of letters, digits and dots; this holds something else"});
    }
    for (const auto& use : uses_of(options)) {
        const bool is_used = *auth == Auth::legacy ? use.legacy : *auth == Auth::oneapi ? use.oneapi : use.bearer;
        if (use.is_set && !is_used) {
            faults.push_back({use.key, fmt::format("this has no effect with auth = {}", name_of(*auth)), false});
        }
    }
    return faults;
}

}  // namespace cordon::gateways::zia
