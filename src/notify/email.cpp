#include "notify/email.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

#include "base/base64.hpp"
#include "base/digest.hpp"
#include "base/text.hpp"
#include "net/mail.hpp"

namespace cordon::notify {
namespace {

constexpr std::size_t k_longest_line = 76;          // RFC 2045 6.7
constexpr std::size_t k_longest_encoded_text = 42;  // 56 in base64: with its frame below the 75 of RFC 2047 2

bool is_plain_ascii(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char c) { return c >= 0x20 && c < 0x7f; });
}

bool continues_a_character(char c) {
    return (static_cast<unsigned char>(c) & 0xc0U) == 0x80U;
}

/// "Subject: ..." folded; printable UTF-8 as encoded words.
std::string subject_of(const std::string& title) {
    const auto text = "[cordon] " + printable(title, 200);
    std::string header = "Subject:";
    if (is_plain_ascii(text)) {
        std::size_t used = header.size();
        for (const auto word : split(text, ' ')) {
            if (used + 1 + word.size() > k_longest_line) {
                header += "\r\n";
                used = 0;
            }
            header += " " + std::string(word);
            used += 1 + word.size();
        }
        return header + "\r\n";
    }
    for (std::size_t at = 0; at < text.size();) {
        auto end = std::min(at + k_longest_encoded_text, text.size());
        while (end < text.size() && continues_a_character(text[end])) --end;
        header += fmt::format("{} =?utf-8?B?{}?=", at == 0 ? "" : "\r\n", base64(text.substr(at, end - at)));
        at = end;
    }
    return header + "\r\n";
}

/// RFC 5322 3.3, whatever the locale.
std::string date_of(Time moment) {
    static constexpr std::array k_days{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    static constexpr std::array k_months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                         "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    const auto day = std::chrono::floor<std::chrono::days>(moment);
    const std::chrono::year_month_day date(day);
    const std::chrono::hh_mm_ss time(std::chrono::floor<std::chrono::seconds>(moment - day));
    return fmt::format("{}, {:02} {} {:04} {:02}:{:02}:{:02} +0000", k_days.at(std::chrono::weekday(day).c_encoding()),
                       static_cast<unsigned>(date.day()), k_months.at(static_cast<unsigned>(date.month()) - 1),
                       static_cast<int>(date.year()), time.hours().count(), time.minutes().count(),
                       time.seconds().count());
}

/// Quoted-printable (RFC 2045 6.7).
std::string quoted_printable(std::string_view text) {
    std::string encoded;
    std::size_t used = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (c == '\n') {
            encoded += "\r\n";
            used = 0;
            continue;
        }
        const bool is_last_of_line = i + 1 == text.size() || text[i + 1] == '\n';
        const bool is_plain = c > 0x20 && c < 0x7f && c != '=';
        const auto piece = is_plain || (c == ' ' && !is_last_of_line)
                               ? std::string(1, c)
                               : fmt::format("={:02X}", static_cast<unsigned char>(c));
        if (used + piece.size() >= k_longest_line) {
            encoded += "=\r\n";
            used = 0;
        }
        encoded += piece;
        used += piece.size();
    }
    return encoded;
}

std::string body_of(const core::Notice& notice, const Teller& teller) {
    auto text = fmt::format("{}\n\n{}\n\nAt: {}\n", printable(notice.title, 400), printable(notice.text, 4000),
                            to_readable_utc(notice.at));
    if (notice.since != notice.at) text += fmt::format("First seen: {}\n", to_readable_utc(notice.since));
    if (!notice.run_id.empty()) text += fmt::format("Run: {}\n", printable(notice.run_id));
    return text + fmt::format("Host: {}\nCordon {}\n", printable(teller.host), teller.version);
}

class Email final : public Notifier {
public:
    Email(const NotifierOptions& options, Teller teller) : options_(options), teller_(std::move(teller)) {
        const auto& given = options_.smtp_server;
        server_.host = given.host;
        server_.port = given.port != 0                                    ? given.port
                       : options_.security == net::MailSecurity::tls      ? 465
                       : options_.security == net::MailSecurity::starttls ? 587
                                                                          : 25;
        server_.security = options_.security;
        server_.user = options_.username;
        server_.password = options_.password;
        server_.ca_file = options_.ca_file;
    }

    Result<void> send(const core::Notice& notice, const std::stop_token& stop) override {
        return net::send_mail(server_, {options_.from, options_.to, mail_text(notice, options_, teller_)}, stop);
    }
    std::string receiver() const override {
        return fmt::format("email to {} by {}", join(options_.to, ", "), server_.host);
    }

private:
    NotifierOptions options_;
    Teller teller_;
    net::MailServer server_;
};

}  // namespace

std::string mail_text(const core::Notice& notice, const NotifierOptions& options, const Teller& teller) {
    std::string recipients;
    for (const auto& address : options.to) recipients += (recipients.empty() ? "" : ",\r\n ") + address;
    const auto body = body_of(notice, teller);
    const auto number = hash64(body, static_cast<std::uint64_t>(notice.at.time_since_epoch().count()));
    const auto domain = options.from.substr(options.from.find('@') + 1);
    return fmt::format(
        "Date: {}\r\nFrom: {}\r\nTo: {}\r\n{}Message-ID: <{:016x}.{}@{}>\r\nAuto-Submitted: auto-generated\r\n"
        "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n"
        "Content-Transfer-Encoding: quoted-printable\r\n\r\n{}",
        date_of(notice.at), options.from, recipients, subject_of(notice.title), number,
        notice.at.time_since_epoch().count(), domain, quoted_printable(body));
}

std::unique_ptr<Notifier> make_email(const NotifierOptions& options, Teller teller) {
    return std::make_unique<Email>(options, std::move(teller));
}

}  // namespace cordon::notify
