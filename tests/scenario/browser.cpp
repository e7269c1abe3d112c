#include "tests/scenario/browser.hpp"

#include <fmt/format.h>

namespace cordon::scenario {

Browser::Browser(std::string url, const std::filesystem::path& ca_file) : url_(std::move(url)) {
    net::Connection connection;
    connection.ca_file = ca_file;
    http_ = net::make_curl_client(std::move(connection));
}

net::Response Browser::get(const std::string& target, const std::vector<net::Header>& headers) {
    net::Request request;
    request.url = url_ + target;
    request.headers = headers;
    return send(std::move(request));
}

net::Response Browser::send_form(const std::string& page, const std::string& target, Fields fields) {
    fields.emplace_back("form_token", input_of(get(page).body, "form_token"));
    net::Request request;
    request.method = "POST";
    request.url = url_ + target;
    request.headers = {{"Content-Type", "application/x-www-form-urlencoded"}, {"Origin", url_}};
    for (const auto& [name, value] : fields)
        request.body += fmt::format("{}{}={}", request.body.empty() ? "" : "&", name, net::percent_encode(value));
    return send(std::move(request));
}

net::Response Browser::sign_in(const std::string& user, const std::string& password) {
    return send_form("/sign-in", "/sign-in", {{"user", user}, {"password", password}});
}

net::Response Browser::send(net::Request request) {
    std::string sent;
    for (const auto& [name, value] : cookies_) sent += fmt::format("{}{}={}", sent.empty() ? "" : "; ", name, value);
    if (!sent.empty()) request.headers.emplace_back("Cookie", sent);
    auto response = http_->send(request, {}).value_or(net::Response{});
    for (const auto& [name, value] : response.headers) {
        if (name != "set-cookie") continue;
        const auto pair = value.substr(0, value.find(';'));
        cookies_[pair.substr(0, pair.find('='))] = pair.substr(pair.find('=') + 1);
    }
    return response;
}

std::string input_of(const std::string& page, const std::string& name) {
    const auto before = fmt::format("name=\"{}\" value=\"", name);
    const auto found = page.find(before);
    if (found == std::string::npos) return {};
    const auto begin = found + before.size();
    return page.substr(begin, page.find('"', begin) - begin);
}

}  // namespace cordon::scenario
