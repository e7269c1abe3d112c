#pragma once

#include <cstddef>
#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/log.hpp"
#include "base/result.hpp"
#include "cli/compile.hpp"
#include "cli/sandbox.hpp"

namespace cordon::cli {

/// What every command that reads the settings takes (the predecessor's flags).
struct CommonArguments {
    std::optional<std::filesystem::path> settings;  ///< -s
    std::map<std::string, std::string> flags;       ///< "rfapi.token" -> text, see config::Flags
    LogLevel log_level = LogLevel::info;
};

enum class Command {
    run,
    serve,
    plan,
    check,
    adopt,
    move,
    retire,
    exceptions_list,
    exceptions_clear,
    lookup,
    runs_list,
    runs_show,
    explain,
    unblock,
    block,
    overrides,
    notify_test,
    pause,
    resume,
    audit_show,
    audit_verify,
    audit_restart,
    rollback,
    state_export,
    state_import,
    sandbox,
    compile,
    config_import,
    settings_reference,
    user_add,
    user_list,
    user_remove,
    token_add,
    token_list,
    token_remove,
    version,
    help
};

/// The command line, understood but not yet checked against the settings.
struct Arguments {
    Command command = Command::run;
    CommonArguments common;
    bool json = false;
    bool exit_code = false;                      ///< plan --exit-code
    bool online = false;                         ///< check --online
    bool confirmed = false;                      ///< --yes
    std::optional<std::string> reviewed_digest;  ///< run --plan
    std::set<std::string> allow_removals;
    std::set<std::string> allow_growth;
    std::string list;  ///< adopt, move, retire, exceptions, pause, resume, rollback and block --list, notify test NAME
    std::filesystem::path metrics_file;  ///< run --metrics-file; empty: none
    std::string value;                   ///< exceptions clear LIST VALUE, explain, unblock, block
    std::string until;                   ///< pause, unblock, block --until
    std::string length;                  ///< the same --for
    std::string because;                 ///< the same --because
    std::string name;                    ///< user and token NAME
    std::optional<std::string> role;     ///< user and token add --role
    bool ends = false;                   ///< unblock, block --end
    bool asks_gateway = false;           ///< explain --lookup
    std::vector<std::string> values;     ///< lookup VALUE...
    std::string feed;                    ///< retire --feed
    std::string run_id = "last";         ///< runs show, rollback
    std::size_t most = 20;               ///< runs list --most
    SandboxArguments sandbox;
    CompileArguments compile;
    std::filesystem::path import_file;  ///< config import, export, import
    bool replaces = false;              ///< import --replace
    bool with_secrets = false;          ///< config import --with-secrets
    std::string help_text;              ///< Command::help

    /// What was reviewed or let through holds for the next run alone.
    [[nodiscard]] bool is_for_one_run() const noexcept {
        return reviewed_digest.has_value() || !allow_removals.empty() || !allow_growth.empty();
    }
};

/// Reads the arguments without the program's name. `invalid`: one sentence that says what is wrong.
[[nodiscard]] Result<Arguments> parse_arguments(std::vector<std::string> words);

/// Every command as it is typed, ascending: "audit show", "run". For tests that have to know them all.
[[nodiscard]] std::vector<std::string> command_names();

/// Copies the arguments and overwrites the secrets among them where the process list shows them.
/// `found` names the secret flags that were given ("-k, -zp"), "" where none was.
struct TakenWords {
    std::vector<std::string> words;
    std::string found;
};
[[nodiscard]] TakenWords take_words(int argc, char** argv);

}  // namespace cordon::cli
