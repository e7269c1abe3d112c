#pragma once

#include <memory>
#include <mutex>
#include <string_view>
#include <vector>

#include "net/server.hpp"

namespace cordon::console {

/// The browsers that wait for news (server-sent events). Thread-safe.
class Events {
public:
    static constexpr std::size_t k_most_streams = 32;  ///< who comes later polls

    /// The response that stays open; 503 where there is no room. Outlives the server that the response goes to.
    [[nodiscard]] net::ServerResponse open();
    /// `name`: of the event; no line feed.
    void tell(std::string_view name);
    void beat();

private:
    void send(const std::string& chunk);

    std::mutex mutex_;
    std::vector<std::shared_ptr<net::Outlet>> outlets_;
};

}  // namespace cordon::console
