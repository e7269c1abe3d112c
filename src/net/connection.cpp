#include <fmt/format.h>

#include "base/file.hpp"
#include "base/text.hpp"
#include "net/http.hpp"
#include "net/proxy.hpp"

namespace cordon::net {
namespace {

constexpr std::size_t k_most_ca_bytes = 16U << 20;  // Debian's whole bundle has 0.2 MB

/// RFC 7468 5.1; OpenSSL also writes "TRUSTED CERTIFICATE".
constexpr std::string_view k_certificate = "CERTIFICATE-----";

Result<void> check_ca_file(const std::filesystem::path& file) {
    const auto bytes = read_file(file, k_most_ca_bytes);
    if (!bytes) return fail(Code::invalid, "ca_file: " + bytes.error().message);
    if (bytes->find(k_certificate) != std::string::npos) return {};
    return fail(Code::invalid,
                fmt::format("ca_file: {} holds no certificate; give a PEM file (-----BEGIN CERTIFICATE-----)",
                            printable(file.string())));
}

}  // namespace

Result<void> check_connection(const Connection& connection) {
    for (const auto& text : connection.proxies) {
        if (const auto proxy = parse_proxy(text); !proxy) {
            return fail(Code::invalid, "proxy_servers: " + proxy.error().message);
        }
    }
    if (connection.ca_file.empty()) return {};
    return check_ca_file(connection.ca_file);
}

}  // namespace cordon::net
