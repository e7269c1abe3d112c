#include "notify/syslog.hpp"

#include <utility>

#include <fmt/format.h>

#include "base/text.hpp"
#include "net/transport.hpp"

namespace cordon::notify {
namespace {

// A receiver must take 480 bytes and should take 2,048 (RFC 5424 6.1).
constexpr std::size_t k_longest_text = 1200;
constexpr std::size_t k_longest_parameter = 120;

/// RFC 5424 6.2.1.
int severity_of(core::NoticeKind kind) {
    switch (kind) {
        case core::NoticeKind::run_failed:
        case core::NoticeKind::guard_stopped:
        case core::NoticeKind::not_enforced: return 3;  // error
        case core::NoticeKind::feed_stale:
        case core::NoticeKind::quota_nearly_full:
        case core::NoticeKind::foreign_appeared: return 4;  // warning
        case core::NoticeKind::recovered: return 5;         // notice
        case core::NoticeKind::test: return 6;              // informational
    }
    return 6;
}

/// A field of the header: visible ASCII, "-" where there is none.
std::string header_field(const std::string& text, std::size_t most) {
    std::string field;
    for (const char c : text.substr(0, most)) field += c > 0x20 && c < 0x7f ? c : '_';
    return field.empty() ? "-" : field;
}

/// ' name="value"', with what RFC 5424 6.3.3 wants escaped.
std::string parameter(const char* name, const std::string& value) {
    if (value.empty()) return {};
    std::string escaped;
    for (const char c : printable(value, k_longest_parameter)) {
        if (c == '"' || c == '\\' || c == ']') escaped += '\\';
        escaped += c;
    }
    return fmt::format(" {}=\"{}\"", name, escaped);
}

class Syslog final : public Notifier {
public:
    Syslog(const NotifierOptions& options, Teller teller)
        : transport_(options.transport),
          facility_(options.facility),
          socket_(options.socket),
          teller_(std::move(teller)) {
        target_.host = options.syslog_server.host;
        target_.port = options.syslog_server.port != 0      ? options.syslog_server.port
                       : transport_ == SyslogTransport::tls ? 6514
                       : transport_ == SyslogTransport::tcp ? 601
                                                            : 514;
        target_.is_tls = transport_ == SyslogTransport::tls;
        target_.ca_file = options.ca_file;
    }

    Result<void> send(const core::Notice& notice, const std::stop_token& stop) override {
        const auto message = syslog_message(notice, facility_, teller_);
        switch (transport_) {
            case SyslogTransport::udp: return net::send_datagram(target_.host, target_.port, message, stop);
            case SyslogTransport::local: return net::send_local_datagram(socket_, message);
            case SyslogTransport::tcp:
            case SyslogTransport::tls: break;
        }
        return net::send_stream(target_, fmt::format("{} {}", message.size(), message), stop);
    }
    std::string receiver() const override {
        if (transport_ == SyslogTransport::local) return fmt::format("syslog at {}", printable(socket_.string()));
        return fmt::format("syslog at {}:{}", target_.host, target_.port);
    }

private:
    SyslogTransport transport_;
    int facility_;
    std::filesystem::path socket_;
    Teller teller_;
    net::StreamTarget target_;
};

}  // namespace

std::string syslog_message(const core::Notice& notice, int facility, const Teller& teller) {
    // 32473 is the number that RFC 5612 gives for examples and private use in documents; ours stands for "cordon".
    const auto data = fmt::format("[cordon@32473{}{}{}{}]", parameter("event", core::name_of(notice.kind)),
                                  parameter("about", notice.about == notice.kind ? "" : core::name_of(notice.about)),
                                  parameter("subject", notice.subject), parameter("run", notice.run_id));
    // The mark says that what follows is UTF-8 (RFC 5424 6.4).
    return fmt::format("<{}>1 {} {} cordon - {} {} \xEF\xBB\xBF{}: {}", facility * 8 + severity_of(notice.kind),
                       to_iso8601(notice.at), header_field(teller.host, 255),
                       header_field(core::name_of(notice.kind), 32), data, printable(notice.title, 200),
                       printable(notice.text, k_longest_text));
}

std::unique_ptr<Notifier> make_syslog(const NotifierOptions& options, Teller teller) {
    return std::make_unique<Syslog>(options, std::move(teller));
}

}  // namespace cordon::notify
