#include "cli/cli.hpp"

#include <exception>
#include <iostream>

#include <unistd.h>

#include <fmt/format.h>

#include "base/log.hpp"
#include "base/private_memory.hpp"
#include "base/text.hpp"
#include "cli/commands.hpp"
#include "cli/settings.hpp"
#include "cli/signals.hpp"

namespace cordon::cli {
namespace {

/// Tells a person at the terminal why nothing seems to happen; who checks is told wherever the words go.
class WaitsOnTerminal {
public:
    WaitsOnTerminal(std::ostream& err, const Arguments& arguments) {
        const bool is_read = arguments.command == Command::check || ::isatty(STDERR_FILENO) != 0;
        if (arguments.json || !is_read) return;
        show_waits([&err](std::string_view line) { err << "  " << line << std::endl; });
    }
    WaitsOnTerminal(const WaitsOnTerminal&) = delete;
    WaitsOnTerminal& operator=(const WaitsOnTerminal&) = delete;
    ~WaitsOnTerminal() { show_waits({}); }
};

int dispatch(const Arguments& arguments, Streams streams, Signals& signals) {
    const auto stop = signals.token();
    switch (arguments.command) {
        case Command::run: return run_command(arguments, streams, stop);
        case Command::serve: return serve_command(arguments, streams, signals);
        case Command::plan: return plan_command(arguments, streams, stop);
        case Command::check: return check_command(arguments, streams, stop);
        case Command::adopt: return adopt_command(arguments, streams, stop);
        case Command::move: return move_command(arguments, streams, stop);
        case Command::retire: return retire_command(arguments, streams, stop);
        case Command::lookup: return lookup_command(arguments, streams, stop);
        case Command::exceptions_list:
        case Command::exceptions_clear: return exceptions_command(arguments, streams);
        case Command::runs_list:
        case Command::runs_show: return runs_command(arguments, streams);
        case Command::explain: return explain_command(arguments, streams, stop);
        case Command::unblock: return unblock_command(arguments, streams, stop);
        case Command::block: return block_command(arguments, streams, stop);
        case Command::notify_test: return notify_command(arguments, streams, stop);
        case Command::overrides: return overrides_command(arguments, streams);
        case Command::pause:
        case Command::resume: return pause_command(arguments, streams);
        case Command::audit_show:
        case Command::audit_verify: return audit_command(arguments, streams);
        case Command::audit_restart: return audit_restart_command(arguments, streams);
        case Command::rollback: return rollback_command(arguments, streams, stop);
        case Command::state_export: return export_command(arguments, streams);
        case Command::state_import: return state_import_command(arguments, streams);
        case Command::sandbox: return sandbox(arguments.sandbox, streams.out, streams.err, stop);
        case Command::compile: return compile(arguments.compile, streams.out, streams.err);
        case Command::config_import: return import_command(arguments, streams);
        case Command::settings_reference: {
            Settings fresh;
            streams.out << config::settings_reference(tables_of(fresh));
            return k_exit_done;
        }
        case Command::user_add:
        case Command::user_list:
        case Command::user_remove: return user_command(arguments, streams);
        case Command::token_add:
        case Command::token_list:
        case Command::token_remove: return token_command(arguments, streams);
        case Command::version: streams.out << "cordon " CORDON_VERSION "\n"; return k_exit_done;
        case Command::help: streams.out << arguments.help_text; return k_exit_done;
    }
    return k_exit_bug;
}

int guarded_main(int argc, char** argv) {
    auto taken = take_words(argc, argv);
    if (!taken.found.empty()) {
        std::cerr << fmt::format(
            "cordon: note: secrets were given with {}; other users could have read them in the process "
            "list. An environment variable or a file (NAME_FILE) is safer\n",
            taken.found);
    }
    const auto arguments = parse_arguments(std::move(taken.words));
    if (!arguments) {
        std::cerr << "cordon: " << arguments.error().message << "\n";
        return k_exit_usage;
    }
    Signals signals(arguments->command == Command::serve ? HangUp::told : HangUp::as_ever);
    const WaitsOnTerminal waits(std::cerr, *arguments);
    const int status = dispatch(*arguments, {std::cout, std::cerr}, signals);
    std::cout.flush();
    if (!std::cout) {
        std::cerr << "cordon: the output could not be written\n";
        return status == k_exit_done ? k_exit_failed : status;
    }
    return status;
}

}  // namespace

int report_failure(const Error& problem, std::ostream& err) {
    for (const auto line : split(problem.message, '\n')) err << "cordon: " << line << "\n";
    switch (problem.code) {
        case Code::invalid: return k_exit_usage;
        case Code::cancelled: return k_exit_interrupted;
        default: return k_exit_failed;
    }
}

int status_of_record(const Result<void>& written, std::ostream& err) {
    return status_of_record(written ? std::string{} : written.error().message, err);
}

int status_of_record(const std::string& lacks, std::ostream& err) {
    if (lacks.empty()) return k_exit_done;
    err << fmt::format("cordon: that is done, but the audit log lacks the record of it: {}\n", lacks);
    return k_exit_failed;
}

int main(int argc, char** argv) {
    keep_memory_private();
    try {
        return guarded_main(argc, argv);
    } catch (const std::exception& bug) {
        std::cerr << "cordon: this is a bug in cordon: " << bug.what() << "\n";
        return k_exit_bug;
    }
}

}  // namespace cordon::cli
