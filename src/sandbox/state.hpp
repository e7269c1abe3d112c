#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <stop_token>

#include "net/http_server.hpp"
#include "sandbox/cs/cloud.hpp"
#include "sandbox/fault.hpp"
#include "sandbox/journal.hpp"
#include "sandbox/rf/cloud.hpp"
#include "sandbox/sandbox.hpp"
#include "sandbox/zia/cloud.hpp"

namespace cordon::sandbox {

/// Everything a sandbox holds. `mutex` guards all of it but `writes_in_flight`; the server comes last, so
/// that its threads end before what they use.
struct Sandbox::State {
    State(Options given, Clock& its_clock)
        : options(std::move(given)),
          clock(its_clock),
          faults(options.seed),
          zia(options, clock, journal),
          rf(options, clock, journal),
          cs(options, clock, journal) {
        journal.on_violation = options.on_violation;
    }
    ~State() {
        stop.request_stop();
        server.reset();
    }
    State(const State&) = delete;
    State& operator=(const State&) = delete;

    /// Calls `action` with the state locked and time's work done.
    template <class Action>
    auto with(Action action) {
        const std::lock_guard lock(mutex);
        zia.settle();
        return action();
    }

    std::mutex mutex;
    std::atomic<int> writes_in_flight{0};
    Options options;
    Clock& clock;
    Journal journal;
    Faults faults;
    zia::Cloud zia;
    rf::Cloud rf;
    cs::Cloud cs;
    std::stop_source stop;
    std::unique_ptr<net::HttpServer> server;
};

}  // namespace cordon::sandbox
