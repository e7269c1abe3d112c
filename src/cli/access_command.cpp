// user, token: who may come into the console.

#include <iostream>
#include <ostream>

#include <fmt/format.h>

#include "base/text.hpp"
#include "cli/commands.hpp"
#include "cli/operator_name.hpp"
#include "cli/quiet_terminal.hpp"
#include "cli/session.hpp"
#include "console/accounts.hpp"

namespace cordon::cli {
namespace {

Secret read_line(std::istream& in) {
    std::string line;
    std::getline(in, line);
    if (line.ends_with('\r')) line.pop_back();
    return Secret(std::move(line));
}

/// Never from an argument: the process list shows those.
Result<Secret> ask_for_password(std::ostream& err) {
    const QuietTerminal terminal;
    if (!terminal.is_terminal()) {
        auto password = read_line(std::cin);
        if (!password.is_set()) return fail(Code::invalid, "the standard input gives no password");
        return password;
    }
    err << "Password: " << std::flush;
    auto password = read_line(std::cin);
    err << "\nThe same again: " << std::flush;
    const auto again = read_line(std::cin);
    err << "\n";
    if (password != again) return fail(Code::invalid, "the two passwords differ; nothing was changed");
    return password;
}

/// Writes the record and what was done.
int conclude_access(const OpenedStore& opened, const std::string& about, const char* act, const std::string& done,
                    Streams streams) {
    const auto written = opened.store->audit({operator_name(), act, {}, {}, about}, SystemClock{}.now());
    streams.err << done << "\n";
    return status_of_record(written, streams.err);
}

OpenedStore open_for(const Arguments& arguments, bool only_looks, std::ostream& err) {
    return open_store_of(arguments, only_looks ? store::OpenMode::looking : store::OpenMode::writing, err);
}

std::string as_role(const std::string& name, console::Role role) {
    return fmt::format("{} as {}", name, console::name_of(role));
}

/// As the command says; who is there already keeps the role where it says nothing.
Result<console::Role> role_for(const Arguments& arguments, console::Accounts& accounts) {
    if (arguments.role) return console::role_of(*arguments.role).value_or(console::Role::viewer);
    CORDON_TRY_ASSIGN(const auto book, accounts.book());
    for (const auto& one : book->accounts) {
        if (one.name == arguments.name) return one.role;
    }
    return console::Role::viewer;
}

}  // namespace

int user_command(const Arguments& arguments, Streams streams) {
    const bool lists = arguments.command == Command::user_list;
    const auto opened = open_for(arguments, lists, streams.err);
    if (!opened.store) return opened.status;
    console::Accounts accounts(opened.state_dir());
    if (lists) {
        const auto book = accounts.book();
        if (!book) return report_failure(book.error(), streams.err);
        for (const auto& one : (*book)->accounts) streams.out << one.name << "  " << console::name_of(one.role) << "\n";
        if ((*book)->accounts.empty()) streams.out << "nobody yet; 'cordon user add NAME --role operator' adds one\n";
        return k_exit_done;
    }
    if (arguments.command == Command::user_remove) {
        if (const auto removed = accounts.remove_account(arguments.name); !removed)
            return report_failure(removed.error(), streams.err);
        return conclude_access(opened, arguments.name, "user remove", fmt::format("{} is removed", arguments.name),
                               streams);
    }
    if (const auto named = console::check_account_name(arguments.name); !named)
        return report_failure(named.error(), streams.err);
    const auto password = ask_for_password(streams.err);
    if (!password) return report_failure(password.error(), streams.err);
    const auto role = role_for(arguments, accounts);
    if (!role) return report_failure(role.error(), streams.err);
    if (const auto put = accounts.put_account(arguments.name, *role, *password); !put)
        return report_failure(put.error(), streams.err);
    return conclude_access(opened, as_role(arguments.name, *role), "user add",
                           fmt::format("{} may sign in as {}", arguments.name, console::name_of(*role)), streams);
}

int token_command(const Arguments& arguments, Streams streams) {
    const bool lists = arguments.command == Command::token_list;
    const auto opened = open_for(arguments, lists, streams.err);
    if (!opened.store) return opened.status;
    console::Accounts accounts(opened.state_dir());
    if (lists) {
        const auto book = accounts.book();
        if (!book) return report_failure(book.error(), streams.err);
        for (const auto& one : (*book)->tokens) {
            streams.out << fmt::format("{}  {}  made {}  {}\n", one.name, console::name_of(one.role),
                                       to_readable_utc(one.made),
                                       one.last_used ? "last used " + to_readable_utc(*one.last_used) : "never used");
        }
        if ((*book)->tokens.empty()) streams.out << "none yet; 'cordon token add NAME --role viewer' makes one\n";
        return k_exit_done;
    }
    if (arguments.command == Command::token_remove) {
        if (const auto removed = accounts.remove_token(arguments.name); !removed)
            return report_failure(removed.error(), streams.err);
        return conclude_access(opened, arguments.name, "token remove", fmt::format("{} is removed", arguments.name),
                               streams);
    }
    const auto role = console::role_of(arguments.role.value_or("viewer")).value_or(console::Role::viewer);
    const auto token = accounts.add_token(arguments.name, role, SystemClock{}.now());
    if (!token) return report_failure(token.error(), streams.err);
    streams.out << token->reveal() << "\n" << std::flush;
    return conclude_access(opened, as_role(arguments.name, role), "token add",
                           "that is the token; it is not shown again. Send it as 'Authorization: Bearer TOKEN'",
                           streams);
}

}  // namespace cordon::cli
