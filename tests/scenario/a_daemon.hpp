#pragma once

#include <algorithm>
#include <functional>
#include <random>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "cli/daemon_work.hpp"
#include "cli/serve_desk.hpp"
#include "daemon/service.hpp"
#include "tests/scenario/rehearsal.hpp"

namespace cordon::scenario {

/// Passes everything on, and lets a test act after each run and each poll.
class WatchedWork final : public daemon::Work {
public:
    explicit WatchedWork(daemon::Work& real) : real_(real) {}

    std::vector<core::RunReport> reports;
    std::vector<std::string> said;
    std::size_t polls = 0;
    std::function<void()> after_run = [] {};
    std::function<void()> after_poll = [] {};

    Result<daemon::Pace> read_settings() override { return real_.read_settings(); }
    bool has_new_settings() override { return real_.has_new_settings(); }
    daemon::RunEnd run(const std::optional<daemon::RunWish>& wish, const std::set<std::string>& resting,
                       const std::stop_token& stop) override {
        auto end = real_.run(wish, resting, stop);
        reports.push_back(end.report.value_or(core::RunReport{}));
        after_run();
        return end;
    }
    void plan(const daemon::RunWish& wish, const std::stop_token& stop) override { real_.plan(wish, stop); }
    std::vector<std::string> poll(const std::set<std::string>& asked, const std::stop_token& stop) override {
        auto changed = real_.poll(asked, stop);
        ++polls;
        after_poll();
        return changed;
    }
    std::vector<core::RunReport> finished_runs() override { return real_.finished_runs(); }
    void show(const std::string& status) override { real_.show(status); }
    void say(const std::string& line) override { said.push_back(line); }

private:
    daemon::Work& real_;
};

/// cordon serve without its process: from a settings file to the gateway, on a clock that waits at once. It feeds two
/// small lists.
class ADaemon : public testing::Test {
protected:
    Rehearsal world_;
    std::stop_source stop_;
    std::ostringstream err_;

    ADaemon() {
        world_.put_domains(hosts(20));
        world_.put_ips(addresses(5));
        world_.write_settings();
    }

    cli::DaemonWork work() {
        cli::CommonArguments common;
        common.settings = world_.settings_file();
        return {common, world_.clock, err_};
    }

    /// Serves until `watched` asks for its end; `prepare` gets what it is to watch.
    void serve(const std::function<void(WatchedWork&, daemon::Service&)>& prepare) {
        auto real = work();
        auto pace = real.read_settings();
        ASSERT_TRUE(pace) << pace.error().message;
        WatchedWork watched(real);
        daemon::Service service(watched, *pace, world_.clock, std::mt19937_64(3));
        prepare(watched, service);
        service.serve(stop_.get_token());
    }

    /// Lets `look` see what the console of a daemon sees that does nothing by itself.
    void at_the_desk(const std::function<void(cli::DaemonWork&, cli::ServeDesk&)>& look) {
        auto real = work();
        auto pace = real.read_settings();
        ASSERT_TRUE(pace) << pace.error().message;
        daemon::Service service(real, *pace, world_.clock, std::mt19937_64(3));
        const auto desk = cli::ServeDesk::open(real, service, world_.clock);
        ASSERT_TRUE(desk) << desk.error().message;
        look(real, **desk);
    }

    /// What lies on the list of this report, as its feed was asked or rested.
    static const core::FeedReport& feed(const core::RunReport& report, const std::string& section) {
        return *std::find_if(report.feeds.begin(), report.feeds.end(),
                             [&](const core::FeedReport& one) { return one.feed == section; });
    }
};

}  // namespace cordon::scenario
