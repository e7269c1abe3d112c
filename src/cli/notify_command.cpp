// notify test

#include <ostream>

#include <fmt/format.h>

#include "base/text.hpp"
#include "cli/telling.hpp"

namespace cordon::cli {
namespace {

/// What is wrong with the receivers' own sections; other sections are of no interest here.
std::vector<std::string> faults_of_receivers(const Settings& settings) {
    std::vector<std::string> faults;
    for (const auto& problem : settings.problems) {
        if (problem.is_error && problem.section.starts_with("notify_")) faults.push_back(problem.text());
    }
    return faults;
}

}  // namespace

int notify_command(const Arguments& arguments, Streams streams, const std::stop_token& stop) {
    const auto settings = load_settings(arguments.common);
    if (!settings) return report_failure(settings.error(), streams.err);
    if (const auto faults = faults_of_receivers(**settings); !faults.empty()) {
        return report_failure({Code::invalid, join(faults, "\n")}, streams.err);
    }
    SystemClock clock;
    auto receivers = receivers_of(**settings, clock);
    if (!arguments.list.empty()) {
        std::erase_if(receivers, [&](const notify::Receiver& receiver) { return receiver.name != arguments.list; });
    }
    if (receivers.empty()) {
        streams.err << (arguments.list.empty()
                            ? std::string("cordon: no [notify_NAME] section is enabled, so nobody is told\n")
                            : fmt::format("cordon: no enabled section is called [notify_{}]\n",
                                          printable(arguments.list)));
        return k_exit_usage;
    }
    int status = k_exit_done;
    for (const auto& receiver : receivers) {
        const auto sent = receiver.notifier->send(core::test_notice(clock.now()), stop);
        if (sent) {
            streams.out << fmt::format("{}: sent ({})\n", printable(receiver.name), receiver.notifier->receiver());
            continue;
        }
        status = sent.error().code == Code::cancelled ? k_exit_interrupted : k_exit_failed;
        streams.out << fmt::format("{}: not sent ({}): {}\n", printable(receiver.name), receiver.notifier->receiver(),
                                   sent.error().message);
    }
    return status;
}

}  // namespace cordon::cli
