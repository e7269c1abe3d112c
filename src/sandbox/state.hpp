#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <set>
#include <stop_token>
#include <string>

#include "net/http_server.hpp"
#include "sandbox/cs/cloud.hpp"
#include "sandbox/fault.hpp"
#include "sandbox/journal.hpp"
#include "sandbox/rf/cloud.hpp"
#include "sandbox/sandbox.hpp"
#include "sandbox/shifted_clock.hpp"
#include "sandbox/zia/cloud.hpp"

namespace cordon::sandbox {

/// Everything a sandbox holds. `mutex` guards all of it but `writes_in_flight`; the server comes last, so
/// that its threads end before what they use.
struct Sandbox::State {
    static constexpr const char* k_portal_admin = "admin@portal.example";

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

    [[nodiscard]] const zia::Configuration& on(Side side) {
        return side == Side::saved ? zia.tenant().saved() : zia.tenant().active();
    }

    /// Another admin has saved something in the portal.
    void portal_saved(Publish publish) {
        zia.tenant().stage(k_portal_admin);
        if (publish == Publish::now) zia.tenant().activate(k_portal_admin, clock.now());
    }

    std::mutex mutex;
    std::atomic<int> writes_in_flight{0};
    Options options;
    ShiftedClock clock;
    Journal journal;
    Faults faults;
    std::set<std::string> portal_admins{k_portal_admin};
    zia::Cloud zia;
    rf::Cloud rf;
    cs::Cloud cs;
    std::stop_source stop;
    std::unique_ptr<net::HttpServer> server;
};

}  // namespace cordon::sandbox
