#pragma once

#include <atomic>
#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <stop_token>
#include <string>

#include "base/clock.hpp"
#include "net/http.hpp"
#include "sandbox/sandbox.hpp"

namespace cordon::simulation {

/// Thrown through the program where it dies, as if it were killed there. No std::exception, so that nothing of the
/// program takes it for a failure.
struct Died {};

/// What happens to the program at one of its requests.
enum class Fate {
    passes,           ///< nothing
    dies_sending,     ///< part of the request has left: the server drops what is not a whole one
    dies_waiting,     ///< it was carried out, and the answer never read
    told_to_stop,     ///< SIGTERM while the request is under way
    never_connected,  ///< no connection: nothing was sent
};

/// The way to the clouds without sockets: what libcurl and the HTTP server make of a request, an answer, a torn one and
/// a slow one (net/http.hpp), on the clouds' clock. Requests may come from several threads, and are sent one by one.
class Wire {
public:
    Wire(sandbox::Sandbox& clouds, Clock& clock) : clouds_(clouds), clock_(clock) {}

    [[nodiscard]] std::unique_ptr<net::HttpClient> connect();

    /// Carries out one request.
    Result<net::Response> send(const net::Request& request, const std::stop_token& stop);

    /// At the request of this number, counted from now on and from 1, this happens.
    void arm(std::size_t request, Fate fate);
    void disarm() { armed_ = {}; }
    [[nodiscard]] std::size_t requests() const noexcept { return requests_; }  ///< since arm() or restart()
    void restart();                                                            ///< the program starts anew

    /// The program is dead: nothing it still tries goes out.
    void die() { is_dead_ = true; }
    [[nodiscard]] bool is_dead() const noexcept { return is_dead_; }

    std::function<void()> on_death;  ///< called first
    std::stop_source told_to_stop;   ///< of the program that runs
    /// Changes each request on its way: bugs are planted so.
    std::function<void(net::Request&)> spoil_request;
    std::function<void(const net::Request&)> before_request;  ///< the world may move on meanwhile
    /// It was carried out, or not; with the status that the server sent, whatever of it was read.
    std::function<void(const net::Request&, int status)> after_request;
    /// Each time that something went over the wire, also what was repeated; whether the answer was read.
    std::function<void(const net::Request&, bool has_answer)> after_exchange;
    bool repeats_lost_writes = false;  ///< and so may this: what got no answer is sent again

private:
    struct Armed {
        std::size_t request = 0;
        Fate fate = Fate::passes;
    };
    [[noreturn]] void kill();
    Result<net::Response> exchange(const net::Request& request, int& status);

    sandbox::Sandbox& clouds_;
    Clock& clock_;
    Armed armed_;
    std::size_t requests_ = 0;
    std::atomic<bool> is_dead_ = false;
    std::mutex mutex_;
};

}  // namespace cordon::simulation
