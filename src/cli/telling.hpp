#pragma once

#include <stop_token>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "cli/arguments.hpp"
#include "cli/commands.hpp"
#include "cli/settings.hpp"
#include "core/report.hpp"
#include "notify/telling.hpp"
#include "store/store.hpp"

namespace cordon::cli {

/// The enabled [notify_*] sections, ready to send.
[[nodiscard]] std::vector<notify::Receiver> receivers_of(const Settings& settings, Clock& clock);

/// After a run that left a report in the store: notices, and the metrics file where one is asked for. What goes wrong
/// is printed on `err` and logged; nothing else becomes of it.
void tell_of_run(const Arguments& arguments, const Settings& settings, const core::RunReport& report,
                 store::Store& store, Clock& clock, std::ostream& err, const std::stop_token& stop);

/// A run that did not begin, since its settings are wrong or the store cannot be used. Where the store cannot be
/// opened either, nobody is told: what was told before would not be known.
void tell_of_no_run(const Settings& settings, const std::string& problem, Clock& clock, std::ostream& err,
                    const std::stop_token& stop);

}  // namespace cordon::cli
