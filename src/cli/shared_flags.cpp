#include "cli/shared_flags.hpp"

namespace cordon::cli {

const std::vector<SharedFlag>& shared_flags() {
    static const std::vector<Command> k_with_settings{
        Command::run,          Command::serve,           Command::plan,
        Command::check,        Command::adopt,           Command::move,
        Command::retire,       Command::exceptions_list, Command::exceptions_clear,
        Command::runs_list,    Command::runs_show,       Command::audit_show,
        Command::audit_verify, Command::pause,           Command::resume,
        Command::lookup,       Command::rollback,        Command::audit_restart,
        Command::state_export, Command::state_import,    Command::explain,
        Command::unblock,      Command::block,           Command::overrides,
        Command::notify_test,  Command::user_add,        Command::user_list,
        Command::user_remove,  Command::token_add,       Command::token_list,
        Command::token_remove};
    static const std::vector<Command> k_guarded{Command::run, Command::plan, Command::adopt};
    static const std::vector<SharedFlag> flags{
        {"--json",
         {Command::run, Command::plan, Command::adopt, Command::move, Command::retire, Command::exceptions_list,
          Command::runs_list, Command::runs_show, Command::audit_show, Command::rollback, Command::unblock,
          Command::block, Command::overrides}},
        {"--allow-removals", k_guarded},
        {"--allow-growth", k_guarded},
        {"--settings", k_with_settings},
        {"--key", k_with_settings},
        {"--zkey", k_with_settings},
        {"--zuser", k_with_settings},
        {"--zpassword", k_with_settings},
        {"--falcon-client-id", k_with_settings},
        {"--falcon-client-secret", k_with_settings},
        {"--falcon-base-url", k_with_settings},
        {"--log-level", k_with_settings},
    };
    return flags;
}

}  // namespace cordon::cli
