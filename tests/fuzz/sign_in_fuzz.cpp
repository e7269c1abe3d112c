// Any bytes as the answer of a token endpoint, as a private key and as a bearer token that somebody else got: what is
// sent on is one header field without a break, and no refusal quotes the answer.

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "base/clock.hpp"
#include "feeds/falcon_client.hpp"
#include "gateways/zia/jwt.hpp"
#include "gateways/zia/session.hpp"
#include "net/rate_budget.hpp"
#include "tests/fuzz/require.hpp"
#include "tests/unit/net/memory_journal.hpp"

namespace {

using namespace cordon;
using fuzz::is_printable;
using fuzz::require;

constexpr Time k_now{std::chrono::seconds{1'790'000'000}};

/// Answers every POST (sign-ins) with the same bytes, everything else with an empty object.
class SameAnswer final : public net::HttpClient {
public:
    explicit SameAnswer(std::string body) : body_(std::move(body)) {}

    Result<net::Response> send(const net::Request& request, const std::stop_token&) override {
        for (const auto& [name, value] : request.headers) require(is_printable(value));
        const bool is_sign_in = request.method == "POST";
        return net::Response{200, {}, is_sign_in ? body_ : std::string("{}"), false};
    }

private:
    std::string body_;
};

void sign_in_to_zia(const std::string& body) {
    ManualClock clock(k_now);
    net::testing::MemoryJournal journal;
    net::RateBudget budget(clock, journal);
    gateways::zia::ZiaOptions options;
    options.auth = gateways::zia::Auth::oneapi;
    options.client_id = "client-1";
    options.client_secret = Secret("client-secret-1");
    options.vanity_domain = "acme";
    gateways::zia::Wire wire(options, std::make_unique<SameAnswer>(body), clock, budget, std::mt19937_64{1});
    const auto session = gateways::zia::make_oneapi_session(options);
    const auto credentials = session->credentials(wire, {});
    if (!credentials) {
        require(is_printable(credentials.error().error.message) && !session->is_open());
        return;
    }
    require(credentials->size() == 1 && is_printable(credentials->front().second));
}

void sign_in_to_falcon(const std::string& body) {
    ManualClock clock(k_now);
    net::testing::MemoryJournal journal;
    net::RateBudget budget(clock, journal);
    feeds::FalconAccount account;
    account.client_id = Secret("client-1");
    account.client_secret = Secret("client-secret-1");
    feeds::FalconClient client(std::make_unique<SameAnswer>(body), account, clock, {}, std::mt19937_64{1});
    const auto page =
        client.get("/intel/combined/indicators/v1?x", feeds::FalconClient::Oversize::is_error, budget, {});
    require(page || is_printable(page.error().message));
}

void read_key(const std::string& text) {
    const auto key = gateways::zia::SigningKey::from_pem(Secret(text));
    if (!key) {
        require(key.error().code == Code::invalid && is_printable(key.error().message));
        return;
    }
    const auto assertion = gateways::zia::client_assertion(*key, {"client-1", "https://acme.example/", k_now});
    require(!assertion || is_printable(assertion->reveal()));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string text(reinterpret_cast<const char*>(data), size);
    sign_in_to_zia(text);
    sign_in_to_falcon(text);
    read_key(text);
    return 0;
}
