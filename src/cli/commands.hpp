#pragma once

#include <iosfwd>
#include <stop_token>

#include "cli/arguments.hpp"
#include "cli/exit_status.hpp"
#include "cli/signals.hpp"

namespace cordon::cli {

/// Where a command prints: results on `out`, everything else on `err`.
struct Streams {
    std::ostream& out;
    std::ostream& err;
};

// One function a command; each gives the exit status.

int run_command(const Arguments& arguments, Streams streams, const std::stop_token& stop);
int serve_command(const Arguments& arguments, Streams streams, Signals& signals);
int plan_command(const Arguments& arguments, Streams streams, const std::stop_token& stop);
int check_command(const Arguments& arguments, Streams streams, const std::stop_token& stop);
int adopt_command(const Arguments& arguments, Streams streams, const std::stop_token& stop);
int move_command(const Arguments& arguments, Streams streams, const std::stop_token& stop);
int retire_command(const Arguments& arguments, Streams streams, const std::stop_token& stop);
int lookup_command(const Arguments& arguments, Streams streams, const std::stop_token& stop);
int exceptions_command(const Arguments& arguments, Streams streams);
int explain_command(const Arguments& arguments, Streams streams, const std::stop_token& stop);
int unblock_command(const Arguments& arguments, Streams streams, const std::stop_token& stop);
int block_command(const Arguments& arguments, Streams streams, const std::stop_token& stop);
int overrides_command(const Arguments& arguments, Streams streams);
int notify_command(const Arguments& arguments, Streams streams, const std::stop_token& stop);
int pause_command(const Arguments& arguments, Streams streams);
int rollback_command(const Arguments& arguments, Streams streams, const std::stop_token& stop);
int audit_restart_command(const Arguments& arguments, Streams streams);
int export_command(const Arguments& arguments, Streams streams);
int state_import_command(const Arguments& arguments, Streams streams);
int audit_command(const Arguments& arguments, Streams streams);
int runs_command(const Arguments& arguments, Streams streams);
int import_command(const Arguments& arguments, Streams streams);
int user_command(const Arguments& arguments, Streams streams);
int token_command(const Arguments& arguments, Streams streams);

/// Prints "cordon: message" and gives the status that fits the code.
int report_failure(const Error& problem, std::ostream& err);

/// Of a command that has done its work: 0, or 1 and a line where the audit log lacks the record of it.
int status_of_record(const Result<void>& written, std::ostream& err);
/// The same; `lacks` is why, "" where it is written.
int status_of_record(const std::string& lacks, std::ostream& err);

}  // namespace cordon::cli
