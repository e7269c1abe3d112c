#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "net/http.hpp"

namespace cordon::scenario {

/// Somebody at the console of a daemon: keeps cookies, follows no redirects. For one thread.
class Browser {
public:
    /// `url`: "http://127.0.0.1:8470". `ca_file`: who vouches for it where it speaks TLS.
    explicit Browser(std::string url, const std::filesystem::path& ca_file = {});

    using Fields = std::vector<std::pair<std::string, std::string>>;
    /// A status of 0 where nothing was answered.
    net::Response get(const std::string& target, const std::vector<net::Header>& headers = {});
    /// Sends the form of `page` with its form token.
    net::Response send_form(const std::string& page, const std::string& target, Fields fields);
    net::Response sign_in(const std::string& user, const std::string& password);

    [[nodiscard]] const std::map<std::string, std::string>& cookies() const noexcept { return cookies_; }

private:
    net::Response send(net::Request request);

    std::string url_;
    std::unique_ptr<net::HttpClient> http_;
    std::map<std::string, std::string> cookies_;
};

/// The value of the first input of that name; "" where there is none.
[[nodiscard]] std::string input_of(const std::string& page, const std::string& name);

}  // namespace cordon::scenario
