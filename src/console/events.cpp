#include "console/events.hpp"

#include <condition_variable>

#include <fmt/format.h>

#include "net/signals_blocked.hpp"

namespace cordon::console {

Events::Events(std::chrono::milliseconds between_beats) {
    const net::SignalsBlocked blocked;
    heart_ = std::jthread([this, between_beats](const std::stop_token& stop) { beat(stop, between_beats); });
}

net::ServerResponse Events::open() {
    net::ServerResponse response;
    send(": is anybody there\n\n");  // who has gone makes room
    {
        const std::scoped_lock lock(mutex_);
        if (outlets_.size() >= k_most_streams) {
            response.status = 503;
            response.headers = {{"Retry-After", "60"}, {"Content-Type", "text/plain; charset=utf-8"}};
            response.body = "all streams are in use; ask again from time to time instead\n";
            return response;
        }
    }
    response.headers = {{"Content-Type", "text/event-stream"}, {"Cache-Control", "no-store"}};
    response.body = "retry: 10000\n\n";
    response.on_open = [this](std::shared_ptr<net::Outlet> outlet) {
        const std::scoped_lock lock(mutex_);
        // Several may have been let in at once; what is over is closed, and its browser comes back.
        if (outlets_.size() < k_most_streams) outlets_.push_back(std::move(outlet));
    };
    return response;
}

void Events::tell(std::string_view name) {
    send(fmt::format("event: {}\ndata: {{}}\n\n", name));
}

void Events::beat(const std::stop_token& stop, std::chrono::milliseconds between_beats) {
    std::mutex mutex;
    std::condition_variable_any stopped;
    std::unique_lock lock(mutex);
    while (!stopped.wait_for(lock, stop, between_beats, [&] { return stop.stop_requested(); })) send(": beat\n\n");
}

void Events::send(const std::string& chunk) {
    const std::scoped_lock lock(mutex_);
    std::erase_if(outlets_, [&](const std::shared_ptr<net::Outlet>& outlet) { return !outlet->send(chunk); });
}

}  // namespace cordon::console
