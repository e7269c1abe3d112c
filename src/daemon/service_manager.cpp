#include "daemon/service_manager.hpp"

#include <cstdint>

#include <chrono>
#include <condition_variable>
#include <mutex>

#include <systemd/sd-daemon.h>

#include "base/text.hpp"
#include "daemon/pulse.hpp"

namespace cordon::daemon {

void ServiceManager::tell(const std::string& status) {
    if (status == told_) return;
    told_ = status;
    const auto line = printable(status, 200);
    if (status == "ends") {
        sd_notify(0, "STOPPING=1");
    } else {
        sd_notify(0, ("READY=1\nSTATUS=" + line).c_str());
    }
}

void ServiceManager::watch_over(const Service& service) {
    std::uint64_t microseconds = 0;
    if (sd_watchdog_enabled(0, &microseconds) <= 0) return;
    const auto pause = std::chrono::microseconds(microseconds / 2);
    watchdog_ = std::jthread([&service, pause](const std::stop_token& stop) {
        using Steady = std::chrono::steady_clock;
        Pulse pulse(Steady::now());
        std::mutex mutex;
        std::condition_variable_any changed;
        std::unique_lock lock(mutex);
        while (!stop.stop_requested()) {
            if (pulse.is_felt(service.status(), Steady::now())) sd_notify(0, "WATCHDOG=1");
            changed.wait_for(lock, stop, pause, [] { return false; });
        }
    });
}

}  // namespace cordon::daemon
