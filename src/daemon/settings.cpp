#include "daemon/settings.hpp"

#include <fmt/format.h>

#include "base/clock.hpp"
#include "base/text.hpp"
#include "net/proxy.hpp"

namespace cordon::daemon {

std::vector<Setting> settings_of(ServeOptions& options) {
    std::vector<Setting> table;
    auto listen = text_setting("listen", options.listen,
                               "Address and port of the console and the API (127.0.0.1:8470); port 0 picks a free one "
                               "and prints it. --listen wins over it.");
    listen.assign = [&options](std::string_view text) -> Result<void> {
        CORDON_TRY(parse_listen(text));
        options.listen = text;
        return {};
    };
    table.push_back(std::move(listen));
    auto poll =
        duration_setting("poll", options.poll,
                         "How often each feed that can tell is asked whether it has changed (a HEAD), so that a "
                         "change is pushed at once; at least 1m, 0 never asks.");
    poll.assign = [&options](std::string_view text) -> Result<void> {
        CORDON_TRY_ASSIGN(const auto length, parse_duration(text));
        if (length.count() > 0 && length < std::chrono::minutes{1})
            return fail(Code::invalid, "at least 1m, so that providers are not asked too often; 0 never asks");
        options.poll = length;
        return {};
    };
    table.push_back(std::move(poll));
    table.push_back(positive_duration_setting("max_staleness", options.max_staleness,
                                              "How old the protection of a list may be before /readyz says 503."));
    table.push_back(path_setting("tls_certificate", options.tls_certificate,
                                 "PEM file of the certificate, with those that it was signed by; with tls_key."));
    table.push_back(path_setting("tls_key", options.tls_key, "PEM file of the certificate's key."));
    return table;
}

bool ListenAddress::is_loopback() const {
    return net::is_loopback_host(host);
}

Result<ListenAddress> parse_listen(std::string_view text) {
    const auto refuse = [&] {
        return fail(Code::invalid, fmt::format("'{}' is no address and port; write 127.0.0.1:8470 or [::1]:8470",
                                               printable(text, 100)));
    };
    const auto trimmed = trim(text);
    const auto colon = trimmed.rfind(':');
    if (colon == std::string_view::npos) return refuse();
    const auto port = parse_whole_number(trimmed.substr(colon + 1));
    auto host = trimmed.substr(0, colon);
    if (!port || *port > 65535 || host.empty()) return refuse();
    if (host == "localhost") return ListenAddress{"127.0.0.1", static_cast<int>(*port)};
    const bool has_brackets = host.starts_with('[') && host.ends_with(']');
    if (has_brackets) host = host.substr(1, host.size() - 2);
    const auto letters = has_brackets ? "0123456789abcdefABCDEF:." : "0123456789.";
    if (host.empty() || host.find_first_not_of(letters) != std::string_view::npos) return refuse();
    return ListenAddress{std::string(host), static_cast<int>(*port)};
}

}  // namespace cordon::daemon
