#pragma once

#include <csignal>
#include <functional>
#include <mutex>
#include <stop_token>
#include <thread>

namespace cordon::cli {

/// What SIGHUP does: what it always did, or what on_hang_up() says.
enum class HangUp { as_ever, told };

/// Turns SIGINT and SIGTERM into a stop request: a run finishes the request in hand, writes its report and leaves. A
/// second signal ends the process at once. One object a process, made before any other thread.
class Signals {
public:
    explicit Signals(HangUp hang_up);
    Signals(const Signals&) = delete;
    Signals& operator=(const Signals&) = delete;
    ~Signals();

    [[nodiscard]] std::stop_token token() const { return stop_.get_token(); }
    /// What SIGHUP does from now on, in a thread of its own, with HangUp::told; without an action, nothing.
    void on_hang_up(std::function<void()> action);

private:
    void watch();

    ::sigset_t signals_{};
    std::stop_source stop_;
    std::mutex mutex_;
    std::function<void()> hang_up_;
    std::thread watcher_;
};

}  // namespace cordon::cli
