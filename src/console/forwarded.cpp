#include "console/forwarded.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <string_view>

#include "base/text.hpp"

namespace cordon::console {
namespace {

/// What the nearest proxy wrote: it appends to the last header of that name.
std::string_view last_hop(const net::ServerRequest& request, std::string_view name) {
    std::string_view last;
    for (const auto& [header, value] : request.headers) {
        if (header == name) last = value;
    }
    return trim(split(last, ',').back());
}

/// "192.0.2.7" of "192.0.2.7:4711", "2001:db8::1" of "[2001:db8::1]:4711".
std::string without_port(std::string_view hop) {
    if (hop.starts_with('[')) return std::string(hop.substr(1, std::min(hop.find(']'), hop.size()) - 1));
    const auto colon = hop.find(':');
    const bool has_port = colon != std::string_view::npos && hop.rfind(':') == colon;
    return std::string(has_port ? hop.substr(0, colon) : hop);
}

bool is_address(const std::string& text) {
    in6_addr unused{};
    return ::inet_pton(AF_INET, text.c_str(), &unused) == 1 || ::inet_pton(AF_INET6, text.c_str(), &unused) == 1;
}

}  // namespace

std::optional<std::string> forwarded_address(const net::ServerRequest& request) {
    auto address = without_port(last_hop(request, "x-forwarded-for"));
    if (!is_address(address)) return std::nullopt;
    return address;
}

std::string_view only_header(const net::ServerRequest& request, std::string_view lower_case_name) {
    const auto times = std::count_if(request.headers.begin(), request.headers.end(),
                                     [&](const auto& header) { return header.first == lower_case_name; });
    return times == 1 ? request.header(lower_case_name) : std::string_view{};
}

bool is_forwarded_over_tls(const net::ServerRequest& request) {
    return equals_ignoring_case(last_hop(request, "x-forwarded-proto"), "https");
}

}  // namespace cordon::console
