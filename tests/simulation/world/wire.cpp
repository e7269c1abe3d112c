#include "tests/simulation/world/wire.hpp"

#include <algorithm>
#include <utility>

#include "base/text.hpp"
#include "net/content_decoder.hpp"
#include "net/http_server.hpp"

namespace cordon::simulation {
namespace {

bool is_write(const net::Request& request) {
    return request.method != "GET" && request.method != "HEAD";
}

std::string without_plus(std::string_view text) {
    std::string spaced(text);
    std::replace(spaced.begin(), spaced.end(), '+', ' ');
    return net::percent_decode(spaced);
}

/// The request as the server's end sees it.
net::ServerRequest as_received(const net::Request& request) {
    net::ServerRequest received;
    received.method = request.method;
    const std::string_view url = request.url;
    const auto host = url.find("://") + 3;
    const auto path = std::min(url.find('/', host), url.size());
    received.target = path == url.size() ? "/" : std::string(url.substr(path));
    const auto question = received.target.find('?');
    received.path = net::percent_decode(std::string_view(received.target).substr(0, question));
    if (question != std::string::npos) {
        for (const auto piece : split(std::string_view(received.target).substr(question + 1), '&')) {
            if (piece.empty()) continue;
            const auto equals = piece.find('=');
            const auto value = equals == std::string_view::npos ? std::string_view{} : piece.substr(equals + 1);
            received.query.emplace_back(without_plus(piece.substr(0, equals)), without_plus(value));
        }
    }
    for (const auto& [name, value] : request.headers) received.headers.emplace_back(to_lower(name), value);
    if (received.header("accept-encoding").empty()) received.headers.emplace_back("accept-encoding", "gzip, deflate");
    received.body = request.body;
    received.remote_address = "127.0.0.1";
    return received;
}

tl::unexpected<Error> lost(const net::Request& request, const std::string& why) {
    const auto place = net::displayable(request.url);
    if (is_write(request)) {
        return fail(Code::unknown, "the answer to " + request.method + " " + place + " was lost: " + why);
    }
    return fail(Code::unreachable, "no answer from " + place + ": " + why);
}

tl::unexpected<Error> torn(const net::Request& request, const std::string& why) {
    if (is_write(request)) return lost(request, why);
    return fail(Code::corrupt, "the answer from " + net::displayable(request.url) + " is damaged: " + why);
}

/// The answer as libcurl and our decoder give it.
Result<net::Response> as_read(const net::Request& request, net::ServerResponse&& answer) {
    const bool is_head = request.method == "HEAD";
    if (answer.cut_after && *answer.cut_after < answer.body.size() && !is_head) return torn(request, "it ends early");
    net::Response response;
    response.status = answer.status;
    for (auto& [name, value] : answer.headers) response.headers.emplace_back(to_lower(name), std::move(value));
    if (is_head) return response;
    const auto decoder = net::ContentDecoder::make(response.header("content-encoding"));
    if (decoder == nullptr) return torn(request, "its encoding was not asked for");
    switch (decoder->decode(answer.body, response.body, request.most_bytes)) {
        case net::ContentDecoder::Step::ok: break;
        case net::ContentDecoder::Step::damaged: return torn(request, "its compression is damaged");
        case net::ContentDecoder::Step::too_long: return torn(request, "it is too long");
    }
    if (!decoder->is_complete()) return torn(request, "its compression ends early");
    return response;
}

class WireClient final : public net::HttpClient {
public:
    explicit WireClient(Wire& wire) : wire_(wire) {}
    Result<net::Response> send(const net::Request& request, const std::stop_token& stop) override {
        return wire_.send(request, stop);
    }

private:
    Wire& wire_;
};

}  // namespace

std::unique_ptr<net::HttpClient> Wire::connect() {
    return std::make_unique<WireClient>(*this);
}

void Wire::arm(std::size_t request, Fate fate) {
    armed_ = {request, fate};
    requests_ = 0;
}

void Wire::restart() {
    is_dead_ = false;
    armed_ = {};
    requests_ = 0;
    told_to_stop = {};
}

void Wire::kill() {
    if (on_death) on_death();
    is_dead_ = true;
    throw Died{};
}

Result<net::Response> Wire::send(const net::Request& request, const std::stop_token& stop) {
    const std::lock_guard lock(mutex_);
    // Destructors may still try; a dead program sends nothing.
    if (is_dead_) return fail(Code::unreachable, "the program is dead");
    if (stop.stop_requested()) return fail(Code::cancelled, "stopped");
    ++requests_;
    const auto fate = armed_.request == requests_ ? armed_.fate : Fate::passes;
    if (fate == Fate::dies_sending) kill();
    if (before_request) before_request(request);
    if (fate == Fate::never_connected)
        return fail(Code::unreachable, "no connection to " + net::displayable(request.url));
    int status = 0;
    auto result = exchange(request, status);
    if (!result && result.error().code == Code::unknown && repeats_lost_writes) result = exchange(request, status);
    if (after_request) after_request(request, status);
    if (fate == Fate::dies_waiting) kill();
    if (fate == Fate::told_to_stop) {
        told_to_stop.request_stop();
        if (!is_write(request)) return fail(Code::cancelled, "stopped while waiting");
        return lost(request, "stopped while waiting");
    }
    return result;
}

Result<net::Response> Wire::exchange(const net::Request& request, int& status) {
    const auto begun = clock_.now();
    auto sent = request;
    if (spoil_request) spoil_request(sent);
    auto answer = clouds_.answer(as_received(sent));
    status = answer.status;
    clock_.wait_for(std::chrono::milliseconds(20), {});  // the way there and back
    auto result = clock_.now() - begun > request.timeout ? Result<net::Response>(lost(request, "it took too long"))
                                                         : as_read(request, std::move(answer));
    if (after_exchange) after_exchange(sent, result.has_value());
    return result;
}

}  // namespace cordon::simulation
