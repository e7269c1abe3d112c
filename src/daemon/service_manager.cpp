#include "daemon/service_manager.hpp"

#include <cstdint>

#include <condition_variable>
#include <mutex>

#include <systemd/sd-daemon.h>

#include "base/text.hpp"

namespace cordon::daemon {
namespace {

using namespace std::chrono_literals;

constexpr std::chrono::milliseconds k_longest_rest = 2min;
constexpr std::chrono::milliseconds k_longest_run = 3h;  ///< an hour's look-ups and the budgets of ZIA come first

bool is_at_work(const ServiceStatus& status, Time now) {
    if (status.running_since) return now - *status.running_since < k_longest_run;
    return now - status.last_beat < k_longest_rest;
}

}  // namespace

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

void ServiceManager::watch_over(const Service& service, const Clock& clock) {
    std::uint64_t microseconds = 0;
    if (sd_watchdog_enabled(0, &microseconds) <= 0) return;
    const auto pause = std::chrono::microseconds(microseconds / 2);
    watchdog_ = std::jthread([&service, &clock, pause](const std::stop_token& stop) {
        std::mutex mutex;
        std::condition_variable_any changed;
        std::unique_lock lock(mutex);
        while (!stop.stop_requested()) {
            if (is_at_work(service.status(), clock.now())) sd_notify(0, "WATCHDOG=1");
            changed.wait_for(lock, stop, pause, [] { return false; });
        }
    });
}

}  // namespace cordon::daemon
