#pragma once

#include <chrono>
#include <filesystem>
#include <stop_token>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "base/secret.hpp"

namespace cordon::net {

/// How the connection to a mail server is protected.
enum class MailSecurity {
    starttls,  ///< begins in the clear and must turn to TLS, else nothing is sent (RFC 3207)
    tls,       ///< from the first byte (RFC 8314)
    none,      ///< for a server on this machine
};

struct MailServer {
    std::string host;
    int port = 587;
    MailSecurity security = MailSecurity::starttls;
    std::string user;  ///< empty: no sign-in
    Secret password;
    std::filesystem::path ca_file;  ///< PEM; empty = the system's
    std::chrono::seconds timeout{30};
};

struct Mail {
    std::string from;             ///< an address alone
    std::vector<std::string> to;  ///< likewise
    std::string message;          ///< header and body (RFC 5322), lines ended by CR LF
};

/// Hands a message over to a mail server, to all recipients or to none. `unreachable`, `refused` (sign-in, address),
/// `unknown` (it may have been taken), `invalid`, `cancelled`. No proxy. Messages name the server, never credentials.
Result<void> send_mail(const MailServer& server, const Mail& mail, const std::stop_token& stop);

}  // namespace cordon::net
