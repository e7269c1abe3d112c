#include "net/mail.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <memory>
#include <new>
#include <stdexcept>

#include <curl/curl.h>
#include <fmt/format.h>

#include "base/text.hpp"

namespace cordon::net {
namespace {

struct CurlCleanUp {
    void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
    void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
using CurlHandle = std::unique_ptr<CURL, CurlCleanUp>;
using CurlList = std::unique_ptr<curl_slist, CurlCleanUp>;

template <class Value>
void set_mail_option(CURL* curl, CURLoption option, Value value) {
    if (const auto code = curl_easy_setopt(curl, option, value); code != CURLE_OK) {
        throw std::runtime_error(
            fmt::format("libcurl refuses option {}: {}", static_cast<int>(option), curl_easy_strerror(code)));
    }
}

/// What libcurl's callbacks share with us.
struct Posting {
    std::string_view left;
    const std::stop_token& stop;
    bool has_begun = false;  ///< the server took the recipients and waits for the message
};

std::size_t on_mail_wanted(char* bytes, std::size_t size, std::size_t count, void* user) {
    auto& posting = *static_cast<Posting*>(user);
    posting.has_begun = true;
    const auto part = std::min(size * count, posting.left.size());
    std::memcpy(bytes, posting.left.data(), part);
    posting.left.remove_prefix(part);
    return part;
}

int on_mail_progress(void* user, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
    return static_cast<Posting*>(user)->stop.stop_requested() ? 1 : 0;
}

std::string url_of(const MailServer& server) {
    const bool is_v6 = server.host.find(':') != std::string::npos;
    return fmt::format("{}://{}{}{}:{}", server.security == MailSecurity::tls ? "smtps" : "smtp", is_v6 ? "[" : "",
                       server.host, is_v6 ? "]" : "", server.port);
}

CurlList recipients_of(const Mail& mail) {
    CurlList list;
    for (const auto& address : mail.to) {
        auto* longer = curl_slist_append(list.get(), fmt::format("<{}>", address).c_str());
        if (longer == nullptr) throw std::bad_alloc();
        static_cast<void>(list.release());
        list.reset(longer);
    }
    return list;
}

Code code_of(CURLcode code, const Posting& posting) {
    switch (code) {
        case CURLE_ABORTED_BY_CALLBACK: return Code::cancelled;
        case CURLE_LOGIN_DENIED:
        case CURLE_REMOTE_ACCESS_DENIED: return Code::refused;
        case CURLE_SEND_ERROR:
        case CURLE_RECV_ERROR:
        case CURLE_GOT_NOTHING:
        case CURLE_OPERATION_TIMEDOUT: return posting.has_begun ? Code::unknown : Code::unreachable;
        case CURLE_WEIRD_SERVER_REPLY: return Code::refused;
        default: return posting.has_begun ? Code::refused : Code::unreachable;
    }
}

const char* mail_advice(CURLcode code) {
    switch (code) {
        case CURLE_LOGIN_DENIED: return "check username and password";
        case CURLE_USE_SSL_FAILED: return "the server offers no STARTTLS: set security = tls where it speaks TLS";
        case CURLE_PEER_FAILED_VERIFICATION: return "check ca_file and this machine's clock";
        case CURLE_SSL_CACERT_BADFILE: return "check the path and contents of ca_file";
        case CURLE_COULDNT_RESOLVE_HOST: return "check the host name and DNS";
        case CURLE_SEND_ERROR:
        case CURLE_REMOTE_ACCESS_DENIED:
        case CURLE_WEIRD_SERVER_REPLY:
            return "the server did not take it: check from and to, and whether it wants a sign-in";
        default: return "check smtp_server, security and the firewall";
    }
}

void set_server(CURL* curl, const MailServer& server) {
    set_mail_option(curl, CURLOPT_URL, url_of(server).c_str());
    set_mail_option(curl, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
    set_mail_option(curl, CURLOPT_PROXY, "");
    set_mail_option(curl, CURLOPT_NOSIGNAL, 1L);
    set_mail_option(curl, CURLOPT_QUICK_EXIT, 1L);  // a stop does not wait for the resolver's thread
    set_mail_option(curl, CURLOPT_TIMEOUT, static_cast<long>(server.timeout.count()));
    set_mail_option(curl, CURLOPT_CONNECTTIMEOUT,
                    static_cast<long>(std::max<std::int64_t>(server.timeout.count() / 2, 1)));
    set_mail_option(curl, CURLOPT_USE_SSL,
                    static_cast<long>(server.security == MailSecurity::none ? CURLUSESSL_NONE : CURLUSESSL_ALL));
    set_mail_option(curl, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
    if (!server.ca_file.empty()) set_mail_option(curl, CURLOPT_CAINFO, server.ca_file.c_str());
    if (server.user.empty()) return;
    std::string password(server.password.reveal());
    set_mail_option(curl, CURLOPT_USERNAME, server.user.c_str());
    set_mail_option(curl, CURLOPT_PASSWORD, password.c_str());
    wipe_text(password);
}

Result<void> check_mail(const Mail& mail) {
    const auto is_bad = [](const std::string& address) {
        return address.empty() || std::any_of(address.begin(), address.end(), [](unsigned char c) {
                   return c <= 0x20 || c == 0x7f || c == '<' || c == '>';
               });
    };
    if (is_bad(mail.from) || mail.to.empty() || std::any_of(mail.to.begin(), mail.to.end(), is_bad)) {
        return fail(Code::invalid, "a mail needs the addresses of a sender and of recipients, without white space");
    }
    return {};
}

}  // namespace

Result<void> send_mail(const MailServer& server, const Mail& mail, const std::stop_token& stop) {
    static const CURLcode k_ready = curl_global_init(CURL_GLOBAL_DEFAULT);
    if (k_ready != CURLE_OK) throw std::runtime_error("libcurl cannot be started");
    CORDON_TRY(check_mail(mail));
    Posting posting{mail.message, stop};
    const auto recipients = recipients_of(mail);
    const auto sender = fmt::format("<{}>", mail.from);
    std::array<char, CURL_ERROR_SIZE> text{};
    const CurlHandle handle(curl_easy_init());
    if (handle == nullptr) throw std::bad_alloc();
    auto* const curl = handle.get();
    set_server(curl, server);
    set_mail_option(curl, CURLOPT_ERRORBUFFER, text.data());
    set_mail_option(curl, CURLOPT_MAIL_FROM, sender.c_str());
    set_mail_option(curl, CURLOPT_MAIL_RCPT, recipients.get());
    set_mail_option(curl, CURLOPT_UPLOAD, 1L);
    set_mail_option(curl, CURLOPT_READFUNCTION, &on_mail_wanted);
    set_mail_option(curl, CURLOPT_READDATA, &posting);
    set_mail_option(curl, CURLOPT_XFERINFOFUNCTION, &on_mail_progress);
    set_mail_option(curl, CURLOPT_XFERINFODATA, &posting);
    set_mail_option(curl, CURLOPT_NOPROGRESS, 0L);
    const auto code = stop.stop_requested() ? CURLE_ABORTED_BY_CALLBACK : curl_easy_perform(curl);
    if (code == CURLE_OK) return {};
    std::string reason = text[0] == '\0' ? curl_easy_strerror(code) : text.data();
    hide_secret(reason, server.password.reveal());
    return fail(code_of(code, posting),
                fmt::format("the mail server {}:{} did not take the message: {}; {}", server.host, server.port,
                            printable(reason, 200), mail_advice(code)));
}

}  // namespace cordon::net
