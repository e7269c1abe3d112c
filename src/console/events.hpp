#pragma once

#include <chrono>
#include <memory>
#include <mutex>
#include <stop_token>
#include <string_view>
#include <thread>
#include <vector>

#include "net/server.hpp"

namespace cordon::console {

/// The browsers that wait for news (server-sent events). A thread of its own sends each a sign of life from time to
/// time, so that nothing on the way takes a quiet connection for a dead one. Thread-safe.
class Events {
public:
    static constexpr std::size_t k_most_streams = 32;  ///< who comes later polls

    explicit Events(std::chrono::milliseconds between_beats = std::chrono::seconds{20});

    /// The response that stays open; 503 where there is no room. Outlives the server that the response goes to.
    [[nodiscard]] net::ServerResponse open();
    /// `name`: of the event; no line feed.
    void tell(std::string_view name);

private:
    void send(const std::string& chunk);
    void beat(const std::stop_token& stop, std::chrono::milliseconds between_beats);

    std::mutex mutex_;
    std::vector<std::shared_ptr<net::Outlet>> outlets_;
    std::jthread heart_;  // last: it uses the others
};

}  // namespace cordon::console
