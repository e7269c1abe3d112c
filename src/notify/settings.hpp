#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/secret.hpp"
#include "base/setting.hpp"
#include "core/notice.hpp"
#include "net/mail.hpp"

namespace cordon::notify {

inline constexpr const char* k_section_pattern = "notify_*";

enum class Kind : std::uint8_t { webhook, slack, teams, email, syslog };
[[nodiscard]] const char* name_of(Kind kind) noexcept;

enum class SyslogTransport : std::uint8_t { udp, tcp, tls, local };

/// A host and its port, as a setting names them; port 0: the usual one.
struct HostAndPort {
    std::string host;
    int port = 0;
};

/// One section [notify_NAME].
struct NotifierOptions {
    std::string section;
    std::optional<Kind> kind;
    bool enabled = true;
    core::NoticeRules rules;
    std::filesystem::path ca_file;
    Secret url;  ///< of the webhook; its path is the key to it
    std::vector<std::string> proxy_servers;
    HostAndPort smtp_server;
    net::MailSecurity security = net::MailSecurity::starttls;
    std::string username;
    Secret password;
    std::string from;
    std::vector<std::string> to;
    HostAndPort syslog_server;
    SyslogTransport transport = SyslogTransport::udp;
    std::filesystem::path socket = "/dev/log";
    int facility = 3;  ///< RFC 5424 6.2.1: 3 is "system daemons"
};

/// The table of a section; `options.section` names it.
[[nodiscard]] std::vector<Setting> settings_of(NotifierOptions& options);

/// "notify_ops" -> "ops".
[[nodiscard]] std::string name_of_section(const std::string& section);

struct NotifierFault {
    std::string key;
    std::string message;
};
/// What is missing or does not go together; empty where the section is switched off.
[[nodiscard]] std::vector<NotifierFault> faults_of(const NotifierOptions& options);

}  // namespace cordon::notify
