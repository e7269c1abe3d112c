#include "notify/webhook.hpp"

#include <utility>

#include <fmt/format.h>

#include "base/text.hpp"
#include "net/retry.hpp"
#include "notify/webhook_body.hpp"

namespace cordon::notify {
namespace {

using namespace std::chrono_literals;

constexpr net::RetryRule k_rule{3, 1s, 10s, 0.25};
constexpr auto k_longest_wait = 20s;  // where the service asks for more, the next run tries again
constexpr std::size_t k_most_answer_bytes = 64U << 10;

class Webhook final : public Notifier {
public:
    Webhook(const NotifierOptions& options, std::unique_ptr<net::HttpClient> client, Teller teller, Clock& clock,
            std::mt19937_64 random)
        : kind_(*options.kind),
          url_(options.url),
          client_(std::move(client)),
          teller_(std::move(teller)),
          clock_(clock),
          random_(random) {
        const auto base = net::parse_base_url(url_.reveal().substr(0, url_.reveal().find('?')));
        host_ = base ? base->host : "an unreadable address";
    }

    Result<void> send(const core::Notice& notice, const std::stop_token& stop) override {
        net::Request request;
        request.method = "POST";
        request.url = std::string(url_.reveal());
        request.headers = {{"Content-Type", "application/json"}, {"Accept", "*/*"}};
        request.body = webhook_body(kind_, notice, teller_);
        request.timeout = 15s;
        request.most_bytes = k_most_answer_bytes;
        auto sent = send_patiently(request, stop);
        wipe_text(request.url);
        return sent;
    }

    std::string receiver() const override { return fmt::format("{} at {}", name_of(kind_), host_); }

private:
    Result<void> send_patiently(const net::Request& request, const std::stop_token& stop) {
        for (int attempt = 1;; ++attempt) {
            auto response = client_->send(request, stop);
            if (response && response->is_success()) return {};
            const auto error = response ? error_of(*response) : without_path(response.error());
            const auto retry_after =
                response ? net::parse_retry_after(response->header("retry-after"), clock_.now()) : std::nullopt;
            const auto wait = net::wait_before_retry(k_rule, attempt, retry_after, random_);
            const bool helps =
                error.code == Code::unreachable || error.code == Code::unknown || error.code == Code::throttled;
            if (!helps || !wait || *wait > k_longest_wait || !clock_.wait_for(*wait, stop)) return fail(error);
        }
    }

    /// The words of the answer are left out: a service may quote the address.
    [[nodiscard]] Error error_of(const net::Response& response) const {
        const auto code = response.status == 429   ? Code::throttled
                          : response.status >= 500 ? Code::unreachable
                                                   : Code::refused;
        return {code, fmt::format("{} answered {}{}", host_, response.status,
                                  code == Code::refused ? "; check url, and whether the webhook still exists" : "")};
    }

    /// The client names host and path, and the path is the key.
    [[nodiscard]] Error without_path(Error error) const {
        const auto url = url_.reveal();
        const auto shown = net::displayable(url);
        hide_secret(error.message, url);
        hide_secret(error.message, shown);
        hide_secret(error.message, printable(shown));
        error.message = fmt::format("{}: {}", host_, error.message);
        return error;
    }

    Kind kind_;
    Secret url_;
    std::unique_ptr<net::HttpClient> client_;
    Teller teller_;
    Clock& clock_;
    std::mt19937_64 random_;
    std::string host_;
};

}  // namespace

std::unique_ptr<Notifier> make_webhook(const NotifierOptions& options, std::unique_ptr<net::HttpClient> client,
                                       Teller teller, Clock& clock, std::mt19937_64 random) {
    return std::make_unique<Webhook>(options, std::move(client), std::move(teller), clock, random);
}

}  // namespace cordon::notify
