#pragma once

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "sandbox/options.hpp"

namespace cordon::secrets {

/// How ZIA is signed in to.
enum class Way { legacy, oneapi, private_key, bearer };
/// How the program is given its secrets.
enum class Given { environment, settings, files, flags };

/// Credentials that can be found again, whoever writes them where.
class Marked {
public:
    explicit Marked(Way way);

    [[nodiscard]] const sandbox::Credentials& credentials() const noexcept { return credentials_; }
    [[nodiscard]] Way way() const noexcept { return way_; }
    /// A proxy with marked credentials.
    [[nodiscard]] std::string proxy(int port) const;

    /// Where the service of the webhook listens; its path is the secret.
    void lead_webhook_to(const std::string& origin) { webhook_url_ = origin + "/services/" + webhook_key_; }

    /// A secret of the settings: section, key, variable, flag ("" where it has none), value.
    struct Key {
        std::string section, name, variable, flag, value;
    };
    [[nodiscard]] std::vector<Key> keys() const;

    /// What must stand nowhere: every secret, also of the ways that are not used, as it is, escaped for a URL, in
    /// base64, and what the clouds gave for them (cookies, tokens). Private keys by one of their lines.
    [[nodiscard]] std::vector<std::string> traces() const;
    /// The first trace in `text`; "" where there is none.
    [[nodiscard]] std::string trace_in(const std::string& text) const;

private:
    Way way_;
    sandbox::Credentials credentials_;
    std::string private_key_;
    std::string proxy_user_ = "MarkedProxyUser7";
    std::string proxy_password_ = "Marked:Proxy@Pass/7";
    std::string webhook_key_ = "MarkedHookKey7+0123";
    std::string webhook_url_ = "http://127.0.0.1:9/services/" + webhook_key_;
    std::string mail_password_ = "Marked-Mail&Pass=7";
    std::string console_secret_ = "Marked~Console/Proxy=Secret7";
    std::vector<std::string> traces_;
};

}  // namespace cordon::secrets
