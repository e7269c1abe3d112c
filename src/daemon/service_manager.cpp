#include "daemon/service_manager.hpp"

#include <cstdint>

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <utility>

#include <systemd/sd-daemon.h>

#include "base/text.hpp"

namespace cordon::daemon {
namespace {

using namespace std::chrono_literals;

constexpr std::chrono::milliseconds k_longest_rest = 2min;
constexpr std::chrono::milliseconds k_longest_work = 3h;  ///< an hour's look-ups and the budgets of ZIA come first

/// Whether the loop goes on, by a clock that nobody sets.
class Pulse {
public:
    [[nodiscard]] bool is_felt(const ServiceStatus& status) {
        const auto now = std::chrono::steady_clock::now();
        if (std::exchange(steps_, status.steps) != status.steps) since_ = now;
        return now - since_ < (status.is_busy ? k_longest_work : k_longest_rest);
    }

private:
    std::uint64_t steps_ = 0;
    std::chrono::steady_clock::time_point since_ = std::chrono::steady_clock::now();
};

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

void ServiceManager::watch_over(const Service& service) {
    std::uint64_t microseconds = 0;
    if (sd_watchdog_enabled(0, &microseconds) <= 0) return;
    const auto pause = std::chrono::microseconds(microseconds / 2);
    watchdog_ = std::jthread([&service, pause](const std::stop_token& stop) {
        Pulse pulse;
        std::mutex mutex;
        std::condition_variable_any changed;
        std::unique_lock lock(mutex);
        while (!stop.stop_requested()) {
            if (pulse.is_felt(service.status())) sd_notify(0, "WATCHDOG=1");
            changed.wait_for(lock, stop, pause, [] { return false; });
        }
    });
}

}  // namespace cordon::daemon
