#include "notify/settings.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "base/text.hpp"
#include "net/http.hpp"
#include "net/proxy.hpp"

namespace cordon::notify {
namespace {

using std::chrono::seconds;

constexpr std::string_view k_prefix = "notify_";

/// Letters, digits, '.', '-', '_' and, for IPv6, ':'.
bool is_host(std::string_view host) {
    return !host.empty() && host.size() <= 253 && host.front() != '-' &&
           std::all_of(host.begin(), host.end(), [](char c) {
               return (c >= '0' && c <= '9') || (to_lower(c) >= 'a' && to_lower(c) <= 'z') || c == '.' || c == '-' ||
                      c == '_' || c == ':';
           });
}

/// "host", "host:port", "[::1]:port".
Result<HostAndPort> parse_host_and_port(std::string_view text) {
    constexpr const char* k_allowed = "a host, or host:port, as in mail.example.com:587";
    text = trim(text);
    std::string_view host = text;
    std::string_view port;
    if (text.starts_with('[')) {
        const auto end = text.find(']');
        if (end == std::string_view::npos) return fail(Code::invalid, k_allowed);
        host = text.substr(1, end - 1);
        const auto rest = text.substr(end + 1);
        if (!rest.empty() && (rest.front() != ':' || rest.size() == 1)) return fail(Code::invalid, k_allowed);
        if (!rest.empty()) port = rest.substr(1);
    } else if (std::count(text.begin(), text.end(), ':') == 1) {
        host = text.substr(0, text.find(':'));
        port = text.substr(text.find(':') + 1);
        if (port.empty()) return fail(Code::invalid, k_allowed);
    }
    HostAndPort parsed{std::string(host), 0};
    if (!port.empty()) {
        const auto number = parse_whole_number(port);
        if (!number || *number == 0 || *number > 65535) return fail(Code::invalid, k_allowed);
        parsed.port = static_cast<int>(*number);
    }
    if (!is_host(parsed.host)) return fail(Code::invalid, k_allowed);
    return parsed;
}

/// What may stand in a header and in an SMTP command without quotes: a part of RFC 5321 4.1.2.
bool is_address(std::string_view text) {
    const auto at = text.find('@');
    if (at == std::string_view::npos || at == 0 || at > 64 || text.size() > 254) return false;
    const auto is_plain = [](char c) {
        return (c >= '0' && c <= '9') || (to_lower(c) >= 'a' && to_lower(c) <= 'z') ||
               std::string_view("!#$%&'*+-/=?^_`{|}~.").find(c) != std::string_view::npos;
    };
    const auto local = text.substr(0, at);
    return std::all_of(local.begin(), local.end(), is_plain) && is_host(text.substr(at + 1)) &&
           text.substr(at + 1).find(':') == std::string_view::npos;
}

Setting host_setting(std::string key, HostAndPort& field, std::string summary) {
    return {std::move(key), std::move(summary), "", [&field](std::string_view text) -> Result<void> {
                CORDON_TRY_ASSIGN(field, parse_host_and_port(text));
                return {};
            }};
}

Setting kind_setting(std::optional<Kind>& kind) {
    static constexpr std::array k_kinds{Kind::webhook, Kind::slack, Kind::teams, Kind::email, Kind::syslog};
    Setting setting{"kind", "How to tell: webhook (JSON of ours), slack, teams, email or syslog.", "",
                    [&kind](std::string_view text) -> Result<void> {
                        for (const auto one : k_kinds) {
                            if (!equals_ignoring_case(trim(text), name_of(one))) continue;
                            kind = one;
                            return {};
                        }
                        return fail(Code::invalid, one_of({"webhook", "slack", "teams", "email", "syslog"}));
                    }};
    setting.required_because = "a section that tells people needs its kind: webhook, slack, teams, email or syslog";
    return setting;
}

Setting events_setting(std::set<core::NoticeKind>& wanted) {
    std::vector<std::string> names;
    for (std::size_t i = 0; i < core::k_notice_kind_count; ++i) {
        const auto kind = static_cast<core::NoticeKind>(i);
        if (kind != core::NoticeKind::test) names.emplace_back(core::name_of(kind));
    }
    auto all = join(names, ", ");
    return {"events", "What to tell: " + all + "; without the key, all of it.", "",
            [&wanted, names](std::string_view text) -> Result<void> {
                std::vector<std::string> given;
                std::vector<std::string> none;
                CORDON_TRY(list_setting("events", given, "").assign(text));
                std::set<core::NoticeKind> kinds;
                for (const auto& word : given) {
                    const auto found = std::find(names.begin(), names.end(), to_lower(word));
                    if (found == names.end()) return fail(Code::invalid, one_of(names));
                    kinds.insert(static_cast<core::NoticeKind>(found - names.begin()));
                }
                if (kinds.empty()) return fail(Code::invalid, one_of(names));
                wanted = std::move(kinds);
                return {};
            }};
}

Setting bounded(Setting setting, seconds& field, seconds least, seconds most) {
    setting.range = fmt::format("{} to {}", to_text(least), to_text(most));
    setting.assign = [&field, least, most, range = setting.range](std::string_view text) -> Result<void> {
        const auto length = parse_duration(text);
        if (!length || *length < least || *length > most) return fail(Code::invalid, "a length of time from " + range);
        field = *length;
        return {};
    };
    return setting;
}

Setting addresses_setting(std::vector<std::string>& addresses) {
    auto setting = list_setting("to", addresses, "email: addresses of the recipients.");
    setting.assign = [&addresses](std::string_view text) -> Result<void> {
        std::vector<std::string> given;
        CORDON_TRY(list_setting("to", given, "").assign(text));
        if (given.empty() || !std::all_of(given.begin(), given.end(), is_address)) {
            return fail(Code::invalid, "addresses alone, as in ops@example.com, without names");
        }
        addresses = std::move(given);
        return {};
    };
    return setting;
}

Setting address_setting(std::string& address) {
    return {"from", "email: address of the sender.", "", [&address](std::string_view text) -> Result<void> {
                if (!is_address(trim(text))) {
                    return fail(Code::invalid, "an address alone, as in cordon@example.com, without a name");
                }
                address = trim(text);
                return {};
            }};
}

/// CORDON_NOTIFY_OPS_URL for [notify_ops] url.
std::string variable_of(const std::string& section, const char* key) {
    std::string variable = "CORDON_NOTIFY_";
    const auto name = section == k_section_pattern ? std::string("NAME") : name_of_section(section);
    for (const char c : name) {
        const bool is_letter = to_lower(c) >= 'a' && to_lower(c) <= 'z';
        variable += is_letter ? static_cast<char>(to_lower(c) - 'a' + 'A') : (c >= '0' && c <= '9') ? c : '_';
    }
    return variable + "_" + key;
}

Setting webhook_url_setting(const std::string& section, Secret& url) {
    auto setting = secret_setting("url", url, "");
    const auto variable = variable_of(section, "URL");
    setting.summary = "webhook, slack, teams: where to post; whoever knows it can post, so better in " + variable +
                      " than in the file.";
    setting.environment = variable;
    setting.assign = [&url](std::string_view text) -> Result<void> {
        const auto base = net::parse_base_url(trim(text).substr(0, trim(text).find('?')));
        if (!base) return fail(Code::invalid, "an address with https:// (plain http only to this machine)");
        url = Secret(std::string(trim(text)));
        return {};
    };
    return setting;
}

Setting mail_password_setting(const std::string& section, Secret& password) {
    const auto variable = variable_of(section, "PASSWORD");
    auto setting = secret_setting("password", password,
                                  "email: password for username; better in " + variable + " than in the file.");
    setting.environment = variable;
    return setting;
}

std::vector<std::pair<std::string, int>> facilities() {
    std::vector<std::pair<std::string, int>> all{{"user", 1}, {"daemon", 3}, {"auth", 4}};
    for (int i = 0; i < 8; ++i) all.emplace_back(fmt::format("local{}", i), 16 + i);
    return all;
}

}  // namespace

const char* name_of(Kind kind) noexcept {
    switch (kind) {
        case Kind::webhook: return "webhook";
        case Kind::slack: return "slack";
        case Kind::teams: return "teams";
        case Kind::email: return "email";
        case Kind::syslog: return "syslog";
    }
    return "webhook";
}

std::string name_of_section(const std::string& section) {
    return section.starts_with(k_prefix) ? section.substr(k_prefix.size()) : section;
}

std::vector<Setting> settings_of(NotifierOptions& options) {
    using std::chrono::hours;
    using std::chrono::minutes;
    auto& rules = options.rules;
    Setting proxies = list_setting("proxy_servers", options.proxy_servers,
                                   "webhook, slack, teams: proxies, tried in order; credentials in the URL.");
    proxies.is_secret = true;
    return {
        kind_setting(options.kind),
        bool_setting("enabled", options.enabled, "Whether it is told anything."),
        events_setting(rules.wanted),
        bounded(duration_setting("repeat", rules.repeat, "How long the same trouble is not told again."), rules.repeat,
                minutes{1}, hours{24 * 30}),
        bounded(duration_setting("feed_patience", rules.feed_patience,
                                 "How long ago the last run that got a feed's current list may be before feed_stale "
                                 "is told; a feed with nothing left to stand in is told at once."),
                rules.feed_patience, seconds{0}, hours{24 * 30}),
        share_setting("quota_share", rules.quota_share, "From which share on the tenant's URL quota is nearly full."),
        webhook_url_setting(options.section, options.url),
        std::move(proxies),
        path_setting("ca_file", options.ca_file,
                     "PEM file of certificate authorities to trust instead of the system's; certificates are always "
                     "checked."),
        host_setting("smtp_server", options.smtp_server,
                     "email: the mail server, host or host:port (587; with security = tls 465, with none 25)."),
        choice_setting<net::MailSecurity>(
            "security", options.security,
            {{"starttls", net::MailSecurity::starttls},
             {"tls", net::MailSecurity::tls},
             {"none", net::MailSecurity::none}},
            "email: how the connection is protected; none is for a server on this machine, or without a password."),
        text_setting("username", options.username, "email: for the server's sign-in; empty: none."),
        mail_password_setting(options.section, options.password),
        address_setting(options.from),
        addresses_setting(options.to),
        host_setting("syslog_server", options.syslog_server,
                     "syslog: the server, host or host:port (514; with transport = tls 6514, with tcp 601)."),
        choice_setting<SyslogTransport>("transport", options.transport,
                                        {{"udp", SyslogTransport::udp},
                                         {"tcp", SyslogTransport::tcp},
                                         {"tls", SyslogTransport::tls},
                                         {"local", SyslogTransport::local}},
                                        "syslog: how to reach it; local is this machine's socket."),
        path_setting("socket", options.socket, "syslog: with transport = local, the socket."),
        choice_setting<int>("facility", options.facility, facilities(), "syslog: the facility of the messages."),
    };
}

std::vector<NotifierFault> faults_of(const NotifierOptions& options) {
    std::vector<NotifierFault> faults;
    if (!options.enabled || !options.kind) return faults;
    const auto require = [&](bool is_there, const char* key, const std::string& message) {
        if (!is_there) faults.push_back({key, message});
    };
    switch (*options.kind) {
        case Kind::webhook:
        case Kind::slack:
        case Kind::teams:
            require(options.url.is_set(), "url",
                    fmt::format("kind = {} needs the address to post to: set {} or {}_FILE", name_of(*options.kind),
                                variable_of(options.section, "URL"), variable_of(options.section, "URL")));
            break;
        case Kind::email:
            require(!options.smtp_server.host.empty(), "smtp_server", "kind = email needs a mail server");
            require(!options.from.empty(), "from", "kind = email needs the address of a sender");
            require(!options.to.empty(), "to", "kind = email needs the addresses of recipients");
            require(
                options.username.empty() || options.password.is_set(), "password",
                fmt::format("there is a username, but no password: set {}", variable_of(options.section, "PASSWORD")));
            require(options.security != net::MailSecurity::none || options.username.empty() ||
                        net::is_loopback_host(to_lower(options.smtp_server.host)),
                    "security", "none would send the password in the clear; take starttls or tls");
            break;
        case Kind::syslog:
            require(options.transport == SyslogTransport::local || !options.syslog_server.host.empty(), "syslog_server",
                    "kind = syslog needs a server, or transport = local");
            break;
    }
    return faults;
}

}  // namespace cordon::notify
