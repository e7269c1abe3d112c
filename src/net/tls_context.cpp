#include "net/tls_context.hpp"

#include <fmt/format.h>

#include "base/text.hpp"

namespace cordon::net {

namespace ssl = boost::asio::ssl;

Result<ssl::context> tls_context(const TlsFiles& files) {
    ssl::context context(ssl::context::tls_server);
    context.set_options(ssl::context::default_workarounds | ssl::context::no_sslv2 | ssl::context::no_sslv3 |
                        ssl::context::no_tlsv1 | ssl::context::no_tlsv1_1 | ssl::context::no_compression);
    const auto refuse = [](const char* what, const std::filesystem::path& file,
                           const boost::system::error_code& error) {
        return fail(Code::invalid, fmt::format("cannot use {} as the {} for TLS: {}", printable(file.string(), 300),
                                               what, error.message()));
    };
    boost::system::error_code error;
    context.use_certificate_chain_file(files.certificate.string(), error);
    if (error) return refuse("certificate (PEM, with those that it was signed by)", files.certificate, error);
    context.use_private_key_file(files.key.string(), ssl::context::pem, error);
    if (error) return refuse("private key (PEM) of the certificate", files.key, error);
    return context;
}

}  // namespace cordon::net
