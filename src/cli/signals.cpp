#include "cli/signals.hpp"

#include <cstdlib>
#include <utility>

#include <pthread.h>

#include "cli/exit_status.hpp"

namespace cordon::cli {

Signals::Signals(HangUp hang_up) {
    ::sigemptyset(&signals_);
    ::sigaddset(&signals_, SIGINT);
    ::sigaddset(&signals_, SIGTERM);
    if (hang_up == HangUp::told) ::sigaddset(&signals_, SIGHUP);
    ::sigaddset(&signals_, SIGUSR2);  // ends the watcher
    ::pthread_sigmask(SIG_BLOCK, &signals_, nullptr);
    ::signal(SIGPIPE, SIG_IGN);
    watcher_ = std::thread([this] { watch(); });
}

Signals::~Signals() {
    ::pthread_kill(watcher_.native_handle(), SIGUSR2);
    watcher_.join();
}

void Signals::on_hang_up(std::function<void()> action) {
    const std::scoped_lock lock(mutex_);
    hang_up_ = std::move(action);
}

void Signals::watch() {
    int signal = 0;
    while (::sigwait(&signals_, &signal) == 0 && signal != SIGUSR2) {
        if (signal == SIGHUP) {
            const std::scoped_lock lock(mutex_);
            if (hang_up_) hang_up_();
            continue;
        }
        if (stop_.stop_requested()) std::quick_exit(k_exit_interrupted);  // a quiet terminal is restored
        stop_.request_stop();
    }
}

}  // namespace cordon::cli
