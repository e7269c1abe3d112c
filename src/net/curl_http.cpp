#include <algorithm>
#include <array>
#include <chrono>
#include <memory>
#include <optional>
#include <stdexcept>
#include <utility>

#include <curl/curl.h>
#include <fmt/format.h>

#include "base/secret.hpp"
#include "base/text.hpp"
#include "net/content_decoder.hpp"
#include "net/http.hpp"
#include "net/proxy.hpp"

namespace cordon::net {
namespace {

using std::chrono::milliseconds;
using SteadyTime = std::chrono::steady_clock::time_point;

constexpr std::size_t k_most_header_bytes = 64U << 10;
constexpr std::size_t k_most_headers = 200;
// Our choice: three lost SYNs (1 + 2 + 4 s, RFC 6298) are survived, and a dead proxy leaves the next one time.
constexpr milliseconds k_connect_timeout{10'000};
constexpr long k_stalled_bytes_a_second = 1000;  // a list of 256 MB would take three days
constexpr std::size_t k_largest_reserve = 64U << 20;
// Of an answer that is no success the status decides, and the beginning explains. The longest real one names the
// entries of a batch (zia-api.md 5.1).
constexpr std::size_t k_most_refusal_bytes = 1U << 20;

bool is_write(const Request& request) {
    return request.method != "GET" && request.method != "HEAD";
}

/// One attempt: what libcurl's callbacks share with us.
struct Exchange {
    const Request& request;
    const std::stop_token& stop;
    Response response;
    std::unique_ptr<ContentDecoder> decoder;
    std::size_t header_bytes = 0;
    bool is_head_complete = false;
    bool was_sent = false;               ///< the first byte of the request may have left
    bool is_cut = false;                 ///< a refusal was read no further than we look at
    std::optional<std::string> refusal;  ///< why we stopped reading the answer

    std::size_t refuse(std::string why) {
        refusal = std::move(why);
        return 0;
    }
};

/// libcurl calls this when it has a connection and is about to send. It would send a request again when
/// a kept connection turns out to be dead; a write must not be repeated blindly.
int on_ready_to_send(void* user, char*, char*, int, int) {
    auto& exchange = *static_cast<Exchange*>(user);
    if (exchange.was_sent && is_write(exchange.request)) return CURL_PREREQFUNC_ABORT;
    exchange.was_sent = true;
    return CURL_PREREQFUNC_OK;
}

int on_progress(void* user, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
    return static_cast<Exchange*>(user)->stop.stop_requested() ? 1 : 0;
}

void begin_head(Exchange& exchange, std::string_view status_line) {
    exchange.response.headers.clear();
    const auto space = status_line.find(' ');
    const auto code = space == std::string_view::npos ? std::string_view{} : status_line.substr(space + 1, 3);
    exchange.response.status = static_cast<int>(parse_whole_number(code).value_or(0));
}

std::size_t on_header_line(char* bytes, std::size_t, std::size_t size, void* user) {
    auto& exchange = *static_cast<Exchange*>(user);
    auto& headers = exchange.response.headers;
    exchange.header_bytes += size;
    if (exchange.header_bytes > k_most_header_bytes || headers.size() >= k_most_headers) {
        return exchange.refuse("its header is too long");
    }
    if (exchange.is_head_complete) return size;  // trailers are of no use to us
    const std::string_view line = trim({bytes, size});
    if (line.empty()) {
        exchange.is_head_complete = exchange.response.status >= 200;  // else an interim 1xx answer
    } else if (line.starts_with("HTTP/")) {
        begin_head(exchange, line);
    } else if (const auto colon = line.find(':'); colon != std::string_view::npos) {
        headers.emplace_back(to_lower(trim(line.substr(0, colon))), trim(line.substr(colon + 1)));
    }
    return size;
}

std::size_t most_bytes_of(const Exchange& exchange) {
    const auto most = exchange.request.most_bytes;
    return exchange.response.is_success() ? most : std::min(most, k_most_refusal_bytes);
}

bool begin_body(Exchange& exchange) {
    const auto encoding = exchange.response.header("content-encoding");
    exchange.decoder = ContentDecoder::make(encoding);
    if (exchange.decoder == nullptr) {
        exchange.refuse(fmt::format("it came in the encoding '{}', which was not asked for", printable(encoding, 40)));
        return false;
    }
    const auto length = parse_whole_number(exchange.response.header("content-length")).value_or(0);
    exchange.response.body.reserve(
        std::min({static_cast<std::size_t>(length), most_bytes_of(exchange), k_largest_reserve}));
    return true;
}

std::size_t on_body(char* bytes, std::size_t, std::size_t size, void* user) {
    auto& exchange = *static_cast<Exchange*>(user);
    if (exchange.decoder == nullptr && !begin_body(exchange)) return 0;
    switch (exchange.decoder->decode({bytes, size}, exchange.response.body, most_bytes_of(exchange))) {
        case ContentDecoder::Step::ok: return size;
        case ContentDecoder::Step::damaged: return exchange.refuse("its compression is damaged");
        case ContentDecoder::Step::too_long: break;
    }
    exchange.is_cut = !exchange.response.is_success();
    if (exchange.is_cut) return 0;  // ends the exchange
    return exchange.refuse(fmt::format("it is longer than {} bytes", with_thousands(exchange.request.most_bytes)));
}

/// The step that the operator can take about a failed connection.
const char* advice(CURLcode code, bool has_proxy) {
    switch (code) {
        case CURLE_COULDNT_RESOLVE_PROXY: return "check the name of the proxy";
        case CURLE_COULDNT_RESOLVE_HOST:
            return has_proxy ? "check the host name and the proxy" : "check the host name and DNS, or set a proxy";
        case CURLE_PEER_FAILED_VERIFICATION:
            return "check the CA file (an inspecting proxy needs its own) and this machine's clock";
        case CURLE_SSL_CACERT_BADFILE: return "check the path and contents of the CA file";
        case CURLE_SSL_CONNECT_ERROR: return "check the scheme and port, and what inspects TLS on the way";
        case CURLE_PROXY:
        case CURLE_RECV_ERROR:
        case CURLE_GOT_NOTHING:
            return has_proxy ? "check the proxy and its credentials" : "check the network and try again";
        default:
            return has_proxy ? "check the proxy and the firewall"
                             : "check the network and the firewall, or set a proxy";
    }
}

/// Why an exchange failed, as the caller of send() needs it.
class Failure {
public:
    Failure(const Exchange& exchange, CURLcode code, std::string_view curl_text, const std::optional<Proxy>& proxy)
        : exchange_(exchange), code_(code), has_proxy_(proxy.has_value()), place_(displayable(exchange.request.url)) {
        reason_ = exchange.refusal.value_or(printable(curl_text.empty() ? curl_easy_strerror(code) : curl_text, 200));
        // What libcurl says of a header line of more than 100 kB; where memory really ends we throw.
        if (code == CURLE_OUT_OF_MEMORY) reason_ = "its header is too long";
        if (proxy) reason_ += fmt::format(" (through the proxy {})", proxy->shown);
    }

    [[nodiscard]] Error error() const {
        if (exchange_.stop.stop_requested() && code_ == CURLE_ABORTED_BY_CALLBACK) {
            return {Code::cancelled, fmt::format("stopped while waiting for {}", place_)};
        }
        if (!exchange_.was_sent) return before_sending();
        if (is_write(exchange_.request)) {
            return {Code::unknown,
                    fmt::format("the answer to {} {} was lost: {}; it may have been applied, so its effect "
                                "has to be read back",
                                exchange_.request.method, place_, reason_)};
        }
        if (is_torn()) {
            return {Code::corrupt,
                    fmt::format("the answer from {} is damaged: {}; nothing of it is used, try again later", place_,
                                reason_)};
        }
        return {Code::unreachable, no_answer()};
    }

private:
    [[nodiscard]] std::string no_answer() const {
        return fmt::format("no answer from {}: {}; {}", place_, reason_, advice(code_, has_proxy_));
    }

    [[nodiscard]] Error before_sending() const {
        const bool is_setting =
            code_ == CURLE_URL_MALFORMAT || code_ == CURLE_UNSUPPORTED_PROTOCOL || code_ == CURLE_SSL_CACERT_BADFILE;
        return {is_setting ? Code::invalid : Code::unreachable, no_answer()};
    }

    [[nodiscard]] bool is_torn() const {
        if (exchange_.refusal) return true;
        switch (code_) {
            case CURLE_OPERATION_TIMEDOUT: return false;
            case CURLE_PARTIAL_FILE:
            case CURLE_WEIRD_SERVER_REPLY:
            case CURLE_UNSUPPORTED_PROTOCOL:  // "HTTP/0.9": no HTTP at all
            case CURLE_OUT_OF_MEMORY:
            case CURLE_BAD_CONTENT_ENCODING: return true;
            default: return exchange_.header_bytes > 0;
        }
    }

    const Exchange& exchange_;
    CURLcode code_;
    bool has_proxy_;
    std::string place_;
    std::string reason_;
};

class HeaderLines {
public:
    HeaderLines() = default;
    HeaderLines(const HeaderLines&) = delete;
    HeaderLines& operator=(const HeaderLines&) = delete;
    ~HeaderLines() {
        // They hold credentials.
        for (auto* line = lines_; line != nullptr; line = line->next)
            wipe_bytes(line->data, std::char_traits<char>::length(line->data));
        curl_slist_free_all(lines_);
    }
    void add(const std::string& line) {
        auto* longer = curl_slist_append(lines_, line.c_str());
        if (longer == nullptr) throw std::bad_alloc();
        lines_ = longer;
    }
    [[nodiscard]] curl_slist* get() const noexcept { return lines_; }

private:
    curl_slist* lines_ = nullptr;
};

bool has_header(const Request& request, std::string_view name) {
    return std::any_of(request.headers.begin(), request.headers.end(),
                       [&](const Header& header) { return equals_ignoring_case(header.first, name); });
}

void add_headers(const Request& request, HeaderLines& lines) {
    for (const auto& [name, value] : request.headers) {
        lines.add(value.empty() ? name + ";" : fmt::format("{}: {}", name, value));  // "Name:" would delete it
    }
    if (!has_header(request, "Accept-Encoding")) lines.add("Accept-Encoding: gzip, deflate");
    lines.add("Expect:");  // libcurl would wait a second before each large body
    if (!has_header(request, "Content-Type")) lines.add("Content-Type:");
}

Result<void> check(const Request& request) {
    constexpr std::array k_methods{"GET", "HEAD", "POST", "PUT", "DELETE"};
    if (std::find(k_methods.begin(), k_methods.end(), request.method) == k_methods.end()) {
        return fail(Code::invalid, fmt::format("the HTTP method {} is not spoken", printable(request.method, 20)));
    }
    const std::string_view breaks("\r\n\0", 3);
    for (const auto& [name, value] : request.headers) {
        if ((name + value).find_first_of(breaks) != std::string::npos) {
            return fail(Code::invalid,
                        fmt::format("the value for the header {} holds a line break; check the setting or "
                                    "file that it comes from",
                                    printable(name, 40)));
        }
    }
    return {};
}

class CurlClient final : public HttpClient {
public:
    explicit CurlClient(Connection connection) : connection_(std::move(connection)) {
        static const CURLcode k_ready = curl_global_init(CURL_GLOBAL_DEFAULT);
        if (k_ready != CURLE_OK || share_ == nullptr) throw std::runtime_error("libcurl cannot be started");
        for (const auto what : {CURL_LOCK_DATA_CONNECT, CURL_LOCK_DATA_DNS, CURL_LOCK_DATA_SSL_SESSION}) {
            if (curl_share_setopt(share_.get(), CURLSHOPT_SHARE, what) != CURLSHE_OK) {
                throw std::runtime_error("libcurl cannot share connections");
            }
        }
    }
    CurlClient(const CurlClient&) = delete;
    CurlClient& operator=(const CurlClient&) = delete;
    ~CurlClient() override = default;

    Result<Response> send(const Request& request, const std::stop_token& stop) override {
        CORDON_TRY(check(request));
        const auto deadline = std::chrono::steady_clock::now() + request.timeout;
        if (connection_.proxies.empty()) return attempt(request, stop, std::nullopt, deadline).outcome;
        Attempt last{fail(Code::invalid, "no proxy"), true};
        for (const auto& text : connection_.proxies) {
            CORDON_TRY_ASSIGN(const auto proxy, parse_proxy(text));
            last = attempt(request, stop, proxy, deadline);
            const bool is_next_useful =
                !last.outcome && last.outcome.error().code == Code::unreachable && !last.was_sent;
            if (!is_next_useful || std::chrono::steady_clock::now() >= deadline) break;
        }
        return std::move(last.outcome);
    }

private:
    struct CleanUp {
        void operator()(void* handle) const { curl_easy_cleanup(handle); }
    };
    struct CleanUpShare {
        void operator()(CURLSH* share) const { curl_share_cleanup(share); }
    };
    struct Attempt {
        Result<Response> outcome;
        bool was_sent;
    };

    template <class Value>
    static void set(CURL* curl, CURLoption option, Value value) {
        if (const auto code = curl_easy_setopt(curl, option, value); code != CURLE_OK) {
            throw std::runtime_error(
                fmt::format("libcurl refuses option {}: {}", static_cast<int>(option), curl_easy_strerror(code)));
        }
    }

    Attempt attempt(const Request& request, const std::stop_token& stop, const std::optional<Proxy>& proxy,
                    SteadyTime deadline) {
        Exchange exchange{request, stop, {}, nullptr, 0, false, false, false, std::nullopt};
        HeaderLines lines;
        std::array<char, CURL_ERROR_SIZE> text{};
        // A handle of its own for each: up to 8.1.0, one that is used again reads freed memory where an answer begins
        // with a folded header line (https://github.com/curl/curl/pull/11103). Debian 12 has 7.88.1. It points to what
        // is above, and so dies first.
        const std::unique_ptr<CURL, CleanUp> handle(curl_easy_init());
        if (handle == nullptr) throw std::bad_alloc();
        auto* const curl = handle.get();
        set(curl, CURLOPT_SHARE, share_.get());  // keeps connections, names and TLS sessions
        add_headers(request, lines);
        set(curl, CURLOPT_ERRORBUFFER, text.data());
        set(curl, CURLOPT_HTTPHEADER, lines.get());
        set_request(curl, request);
        set_limits(curl, request, deadline);
        set_trust(curl);
        set_proxy(curl, request, proxy);
        set_callbacks(curl, exchange);
        const auto code = stop.stop_requested() ? CURLE_ABORTED_BY_CALLBACK : curl_easy_perform(curl);
        if (exchange.is_cut) return {std::move(exchange.response), true};
        if (code == CURLE_OK && is_whole(exchange)) {
            exchange.response.is_close_delimited = is_close_delimited(exchange);
            return {std::move(exchange.response), true};
        }
        return {fail(Failure(exchange, code, text.data(), proxy).error()), exchange.was_sent};
    }

    /// libcurl 7.88 is content with a header that stops in the middle, and knows nothing of our decoding.
    static bool is_whole(Exchange& exchange) {
        if (!exchange.is_head_complete)
            exchange.refuse("its header ends early");
        else if (exchange.decoder != nullptr && !exchange.decoder->is_complete())
            exchange.refuse("its compression ends early");
        return !exchange.refusal;
    }

    /// libcurl lets a close end a body that has neither length nor chunks (RFC 9112 6.3). Compressed ones tell
    /// their end themselves.
    static bool is_close_delimited(const Exchange& exchange) {
        if (exchange.decoder == nullptr) return false;
        const auto& response = exchange.response;
        const auto encoding = response.header("content-encoding");
        const bool is_compressed = !encoding.empty() && !equals_ignoring_case(encoding, "identity");
        const bool is_chunked = to_lower(response.header("transfer-encoding")).find("chunked") != std::string::npos;
        return !is_compressed && !is_chunked && response.header("content-length").empty();
    }

    void set_request(CURL* curl, const Request& request) const {
        set(curl, CURLOPT_URL, request.url.c_str());
        set(curl, CURLOPT_PATH_AS_IS, 1L);
        set(curl, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
        set(curl, CURLOPT_USERAGENT, connection_.user_agent.c_str());
        if (request.method == "HEAD") set(curl, CURLOPT_NOBODY, 1L);
        if (!is_write(request)) return;
        if (request.method != "DELETE" || !request.body.empty()) {
            set(curl, CURLOPT_POST, 1L);
            set(curl, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
            set(curl, CURLOPT_POSTFIELDS, request.body.c_str());
        }
        set(curl, CURLOPT_CUSTOMREQUEST, request.method.c_str());
    }

    static void set_limits(CURL* curl, const Request& request, SteadyTime deadline) {
        const auto left = std::chrono::ceil<milliseconds>(deadline - std::chrono::steady_clock::now());
        set(curl, CURLOPT_TIMEOUT_MS, static_cast<long>(std::max(left, milliseconds{1}).count()));
        set(curl, CURLOPT_LOW_SPEED_LIMIT, k_stalled_bytes_a_second);
        set(curl, CURLOPT_LOW_SPEED_TIME, static_cast<long>(request.stall.count()));
        set(curl, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(k_connect_timeout.count()));
        set(curl, CURLOPT_NOSIGNAL, 1L);
        set(curl, CURLOPT_QUICK_EXIT, 1L);  // a stop does not wait for the resolver's thread
        set(curl, CURLOPT_PROTOCOLS_STR, "http,https");
        set(curl, CURLOPT_FOLLOWLOCATION, 0L);
        set(curl, CURLOPT_MAXCONNECTS, 1L);
    }

    void set_trust(CURL* curl) const {
        set(curl, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
        const long verify = connection_.verify_tls ? 1L : 0L;
        set(curl, CURLOPT_SSL_VERIFYPEER, verify);
        set(curl, CURLOPT_SSL_VERIFYHOST, verify * 2);
        set(curl, CURLOPT_PROXY_SSL_VERIFYPEER, verify);
        set(curl, CURLOPT_PROXY_SSL_VERIFYHOST, verify * 2);
        if (connection_.ca_file.empty()) return;
        set(curl, CURLOPT_CAINFO, connection_.ca_file.c_str());
        set(curl, CURLOPT_PROXY_CAINFO, connection_.ca_file.c_str());
    }

    static void set_proxy(CURL* curl, const Request& request, const std::optional<Proxy>& proxy) {
        set(curl, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
        set(curl, CURLOPT_HEADEROPT, static_cast<long>(CURLHEADER_SEPARATE));  // ours are not for a proxy's CONNECT
        if (!proxy) {
            // Without proxies of ours the environment's count, as with the predecessor (Python's requests), but
            // never on the way to this machine itself.
            if (is_loopback_url(request.url)) set(curl, CURLOPT_PROXY, "");
            return;
        }
        set(curl, CURLOPT_NOPROXY, "");
        set(curl, CURLOPT_PROXY, proxy->url.c_str());
        if (!proxy->has_credentials) return;
        std::string user(proxy->user.reveal()), password(proxy->password.reveal());
        set(curl, CURLOPT_PROXYUSERNAME, user.c_str());
        set(curl, CURLOPT_PROXYPASSWORD, password.c_str());
        wipe_text(user);
        wipe_text(password);
    }

    static void set_callbacks(CURL* curl, Exchange& exchange) {
        set(curl, CURLOPT_PREREQFUNCTION, &on_ready_to_send);
        set(curl, CURLOPT_PREREQDATA, &exchange);
        set(curl, CURLOPT_XFERINFOFUNCTION, &on_progress);
        set(curl, CURLOPT_XFERINFODATA, &exchange);
        set(curl, CURLOPT_NOPROGRESS, 0L);
        set(curl, CURLOPT_HEADERFUNCTION, &on_header_line);
        set(curl, CURLOPT_HEADERDATA, &exchange);
        set(curl, CURLOPT_WRITEFUNCTION, &on_body);
        set(curl, CURLOPT_WRITEDATA, &exchange);
    }

    Connection connection_;
    std::unique_ptr<CURLSH, CleanUpShare> share_{curl_share_init()};
};

}  // namespace

std::unique_ptr<HttpClient> make_curl_client(Connection connection) {
    return std::make_unique<CurlClient>(std::move(connection));
}

}  // namespace cordon::net
