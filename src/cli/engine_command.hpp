#pragma once

#include <functional>
#include <iosfwd>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "cli/commands.hpp"
#include "cli/session.hpp"
#include "engine/overrides.hpp"

namespace cordon::cli {

// What the commands share that go through the engine (run_commands.cpp).

/// What an engine command needs, or the status to leave with.
struct Opened {
    std::unique_ptr<Session> session;
    std::unique_ptr<store::Store::Hold> hold;
    int status = k_exit_done;
    std::string problem;  ///< why there is no session, as it was printed
};

/// How a command uses the store.
enum class Access { write_alone, look };

[[nodiscard]] Opened open_session(const Arguments& arguments, const std::string& command, Access access, Feeds feeds,
                                  Clock& clock, std::ostream& err);
/// The configured and known lists that are paused or pinned.
[[nodiscard]] Result<std::vector<engine::HeldList>> held_lists_of(const Settings& settings, store::Store& store,
                                                                  Time now);
/// What an operator said of a value or a list.
struct Saying {
    std::string sentence;
    std::string command;  ///< that says it again; "" where none can
};
/// Each value that is unblocked or blocked by an operator, and each list that is paused or pinned.
[[nodiscard]] Result<std::vector<Saying>> what_operators_said(const Settings& settings, store::Store& store, Time now);
/// Says on `err` where the store is another than the one that the audit log was written beside: what operators said
/// before may be lost with that.
void warn_of_lost_store(store::Store& store, std::ostream& err);
/// For a terminal alone; empty elsewhere.
[[nodiscard]] std::function<void(std::string_view)> progress_on(std::ostream& err, bool is_quiet);
/// Prints the report, files rejected.csv and logs the end; gives the exit status.
int conclude(const Arguments& arguments, Session& session, const core::RunReport& report, Streams streams);
/// Prints the plan; gives the exit status.
int show_plan(const Arguments& arguments, Session& session, const engine::RunResult& result, Streams streams);

}  // namespace cordon::cli
