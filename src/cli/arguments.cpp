#include "cli/arguments.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "base/secret.hpp"
#include "base/text.hpp"
#include "cli/shared_flags.hpp"
#include "cli/tool_options.hpp"

namespace cordon::cli {
namespace {

constexpr const char* k_exit_statuses =
    "Exit status: 0 done, 1 failed (a list failed, is stale or partial), 2 usage or settings,\n"
    "3 changes pending, 4 stopped by the guard, 5 another run is under way, 70 bug, 130 interrupted.";

/// The predecessor's two-letter flags (run_feed.py) and their long forms.
constexpr std::array<std::pair<std::string_view, std::string_view>, 3> k_two_letter_flags{{
    {"-zk", "--zkey"},
    {"-zu", "--zuser"},
    {"-zp", "--zpassword"},
}};

constexpr std::array<std::string_view, 8> k_secret_flags{
    "-k", "--key", "-zk", "--zkey", "-zp", "--zpassword", "--falcon-client-id", "--falcon-client-secret"};

/// "-zk=x" and "-zkx" -> "--zkey=x", "-zk" -> "--zkey"; other words stay.
std::string with_long_flag(const std::string& word) {
    for (const auto& [brief, full] : k_two_letter_flags) {
        if (word == brief) return std::string(full);
        if (!word.starts_with(brief)) continue;
        const auto value = word.substr(word[brief.size()] == '=' ? brief.size() + 1 : brief.size());
        return std::string(full) + "=" + value;
    }
    return word;
}

/// The secret flag that this word is or begins with ("-k", "-kVALUE", "--key=VALUE"); "" for other words.
std::string_view secret_flag_of(std::string_view word) {
    const auto is_long = word.starts_with("--");
    for (const auto& flag : k_secret_flags) {
        if (is_long != flag.starts_with("--") || !word.starts_with(flag)) continue;
        if (!is_long || word.size() == flag.size() || word[flag.size()] == '=') return flag;
    }
    return {};
}

void overwrite(char* text) {
    const std::string_view view(text);
    wipe_bytes(text, view.size());
    std::fill_n(text, view.size(), '*');
}

/// CLI11's description of the whole command line, filling one Arguments.
class Grammar {
public:
    Grammar() : app_("Keeps Zscaler Internet Access block lists in step with threat intelligence.", "cordon") {
        app_.footer(std::string("Without a command, cordon does what 'cordon run' does, as run_feed.py did.\n\n") +
                    k_exit_statuses);
        app_.set_version_flag("--version", std::string(), "Print the version and exit");
        app_.require_subcommand(0, 1);
        app_.fallthrough();
        add_common();
        add_running();
        add_lists();
        add_looking();
        add_telling();
        add_access();
        add_tools();
    }

    Result<Arguments> parse(std::vector<std::string> words) {
        std::reverse(words.begin(), words.end());  // CLI11 takes them from the back
        try {
            app_.parse(words);
        } catch (const CLI::CallForVersion&) {
            arguments_.command = Command::version;
            return arguments_;
        } catch (const CLI::CallForHelp&) {
            return help(app_);
        } catch (const CLI::CallForAllHelp&) {
            return help(app_);
        } catch (const CLI::Error& problem) {
            const auto words_of_command = command_words();
            const auto meant = nearest_command();
            return fail(Code::invalid,
                        fmt::format("{}{}; see 'cordon {}--help'", printable(problem.what(), 400),
                                    meant.empty() ? "" : fmt::format("; did you mean 'cordon {}'?", meant),
                                    words_of_command.empty() ? "" : words_of_command + " "));
        }
        return conclude();
    }

    [[nodiscard]] std::vector<std::string> commands() {
        std::vector<std::string> names;
        add_names(app_, "", names);
        std::sort(names.begin(), names.end());
        return names;
    }

private:
    /// The command that a word which is none was probably meant to be; "" where no word is near one.
    [[nodiscard]] std::string nearest_command() {
        const auto extra = app_.remaining();
        const auto words = command_words();
        if (extra.empty()) return {};
        std::vector<std::string> names;
        for (const auto& name : commands()) {
            if (words.empty()) names.push_back(name.substr(0, name.find(' ')));
            if (!words.empty() && name.starts_with(words + " ")) names.push_back(name.substr(words.size() + 1));
        }
        const auto nearest = nearest_word(extra.front(), names);
        return nearest ? (words.empty() ? "" : words + " ") + *nearest : std::string{};
    }

    static void add_names(CLI::App& app, const std::string& before, std::vector<std::string>& names) {
        const auto below = app.get_subcommands([](const CLI::App*) { return true; });
        if (below.empty()) names.push_back(before);
        for (auto* sub : below)
            add_names(*sub, before.empty() ? sub->get_name() : before + " " + sub->get_name(), names);
    }

    CLI::App* command(CLI::App& parent, const char* name, const char* summary, Command command) {
        auto* sub = parent.add_subcommand(name, summary);
        sub->fallthrough();
        sub->footer("The options of 'cordon --help' (-s, -k, --log-level ...) may stand here too.");
        sub->callback([this, command] { arguments_.command = command; });
        return sub;
    }

    static CLI::App& family(CLI::App& parent, const char* name, const char* summary) {
        auto* app = parent.add_subcommand(name, summary);
        app->fallthrough();
        app->require_subcommand(1);
        app->footer("");
        return *app;
    }

    void add_common() {
        auto& common = arguments_.common;
        app_.add_option_function<std::string>(
            "-s,--settings", [&common](const std::string& path) { common.settings = path; }, "Settings file path");
        const auto secret = [this, &common](const char* names, const char* key, const char* summary) {
            app_.add_option_function<std::string>(
                names, [&common, key](const std::string& text) { common.flags[key] = text; }, summary);
        };
        secret("-k,--key", "rfapi.token", "Recorded Future API key");
        secret("--zkey", "zscaler.api_key", "Zscaler API key (also -zk)");
        secret("--zuser", "zscaler.username", "Zscaler API username (also -zu)");
        secret("--zpassword", "zscaler.password", "Zscaler API password (also -zp)");
        secret("--falcon-client-id", "falcon.client_id", "CrowdStrike Falcon API client id");
        secret("--falcon-client-secret", "falcon.client_secret", "CrowdStrike Falcon API client secret");
        secret("--falcon-base-url", "falcon.base_url", "CrowdStrike API: a cloud's name (eu-1), auto or a URL");
        app_.add_option_function<std::string>(
                "--log-level", [&common](const std::string& name) { common.log_level = *log_level_of(name); },
                "Logging level: DEBUG, INFO, WARNING, ERROR or CRITICAL")
            ->check(CLI::IsMember({"DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"}, CLI::ignore_case));
    }

    void add_run_flags(CLI::App& app) {
        app.add_flag("--json", arguments_.json, "Print the report as JSON");
        app.add_option_function<std::vector<std::string>>(
               "--allow-removals",
               [this](const std::vector<std::string>& lists) {
                   arguments_.allow_removals.insert(lists.begin(), lists.end());
               },
               "Let the stopped plan of this list remove what it wants, once; may be repeated")
            ->allow_extra_args(false)
            ->type_name("LIST");
        app.add_option_function<std::vector<std::string>>(
               "--allow-growth",
               [this](const std::vector<std::string>& lists) {
                   arguments_.allow_growth.insert(lists.begin(), lists.end());
               },
               "Let the stopped plan of this list grow it as it wants, once; may be repeated")
            ->allow_extra_args(false)
            ->type_name("LIST");
    }

    void add_reviewed_digest(CLI::App& app) {
        app.add_option_function<std::string>(
               "--plan", [this](const std::string& digest) { arguments_.reviewed_digest = digest; },
               "Apply only the plan with this digest, as it was printed when it was shown, or by a stopped run")
            ->type_name("DIGEST")
            ->check([](const std::string& digest) -> std::string {
                const bool is_hex = digest.find_first_not_of("0123456789abcdef") == std::string::npos;
                return is_hex && digest.size() >= 12 && digest.size() <= 64 ? ""
                                                                            : "a plan's digest has 12 to 64 hex digits";
            });
    }

    /// Flags over `[cordon] every`.
    void add_repetition(CLI::App& run) {
        const auto set = [this](const std::string& length) { arguments_.common.flags[k_every] = length; };
        every_ = run.add_option_function<std::string>(
                        "--every", set, "Run again this often until stopped: 1h, 30m; wins over [cordon] every")
                     ->type_name("LENGTH");
        run.add_flag_callback(
               "--once", [set] { set("0"); }, "Run once, whatever [cordon] every says")
            ->excludes(every_);
    }

    void add_running() {
        add_run_flags(app_);
        auto* run = command(app_, "run", "Fetch, plan, apply, activate: once, or again and again", Command::run);
        add_reviewed_digest(*run);
        add_repetition(*run);
        auto* serve = command(app_, "serve", "Run by itself until told to stop, and answer those who ask how it is",
                              Command::serve);
        serve
            ->add_option_function<std::string>(
                "--listen", [this](const std::string& address) { arguments_.common.flags["serve.listen"] = address; },
                "Address and port (127.0.0.1:8470); port 0 picks a free one; wins over [serve] listen")
            ->type_name("ADDRESS:PORT");
        run->add_option("--metrics-file", arguments_.metrics_file,
                        "Write the numbers for Prometheus there after each run, as node-exporter reads them (*.prom)");
        auto* plan =
            command(app_, "plan", "Show what a run would change, why, and what it costs; write nothing", Command::plan);
        plan->add_flag("--exit-code", arguments_.exit_code, "Exit with 3 when changes are pending");
        auto* check = command(app_, "check", "Check the settings; report every problem at once", Command::check);
        check->add_flag("--online", arguments_.online,
                        "Also sign in to the clouds and say what is missing; change nothing");
    }

    void add_lists() {
        auto* adopt = command(app_, "adopt", "Take over everything that is present on a list", Command::adopt);
        adopt->add_option("LIST", arguments_.list, "Name of the category or group")->required();
        add_reviewed_digest(*adopt);
        adopt->add_flag("--yes", arguments_.confirmed, "Do it; without, only the plan is shown");
        auto* move = command(app_, "move", "Move a category's entries to the side that retain_parent_category says",
                             Command::move);
        move->add_option("LIST", arguments_.list, "Name of the category")->required();
        move->add_flag("--yes", arguments_.confirmed, "Do it; without, only the plan is shown");
        auto* retire = command(app_, "retire", "Remove what is Cordon's from a list that is no longer configured",
                               Command::retire);
        retire->add_option("LIST", arguments_.list, "Name of the category or group")->required();
        retire->add_option("--feed", arguments_.feed, "Only forget this section of a list that stays configured");
        retire->add_flag("--yes", arguments_.confirmed, "Do it; without, only the plan is shown");
        auto* pause =
            command(app_, "pause", "Leave a list as it is for a while: nothing comes, nothing goes", Command::pause);
        pause->add_option("LIST", arguments_.list, "Name of the category or group")->required();
        add_length(*pause);
        pause->add_option("--because", arguments_.because, "Why, for the reports and the audit log");
        auto* resume = command(app_, "resume", "End the pause of a list", Command::resume);
        resume->add_option("LIST", arguments_.list, "Name of the category or group")->required();
        add_rollback();
        add_overrides();
        auto& exceptions = family(app_, "exceptions", "Entries that somebody took out by hand");
        command(exceptions, "list", "Show them", Command::exceptions_list);
        auto* clear = command(exceptions, "clear", "Let them be put back", Command::exceptions_clear);
        clear->add_option("LIST", arguments_.list, "Name of the category or group")->required();
        clear->add_option("VALUE", arguments_.value, "One entry; without, all of the list");
    }

    void add_rollback() {
        auto* rollback = command(app_, "rollback", "Take lists back to what was on them after an earlier run had ended",
                                 Command::rollback);
        rollback
            ->add_option("RUN", arguments_.run_id,
                         "The last good run: its id ('cordon runs list'), the start of it, or 'last'")
            ->required();
        rollback->add_option("--list", arguments_.list, "This list alone; without, all that the run dealt with");
        rollback->add_option("--because", arguments_.because, "Why, for the reports and the audit log");
        add_reviewed_digest(*rollback);
        rollback->add_flag("--yes", arguments_.confirmed, "Do it; without, only the plan is shown");
    }

    void add_length(CLI::App& app) {
        app.add_option("--for", arguments_.length, "REQUIRED, or --until: how long, as in 90m, 24h, 7d");
        app.add_option("--until", arguments_.until, "Until when (UTC): 2026-11-30, '2026-11-30 12:00'");
    }

    /// What an operator says of one value for a while.
    void add_overrides() {
        constexpr const char* k_any_spelling = "Host, URL, address or network, in any spelling";
        const auto add_terms = [this](CLI::App& app) {
            add_length(app);
            app.add_option("--because", arguments_.because, "REQUIRED: why, for the reports and the audit log");
            app.add_flag("--yes", arguments_.confirmed, "Do it; without, only the plan is shown");
            app.add_flag("--end", arguments_.ends,
                         "End what was said of it, without --because and --for; the next run acts on that");
        };
        auto* unblock = command(app_, "unblock", "Take a value off all lists at once and keep it off for a while",
                                Command::unblock);
        unblock->add_option("VALUE", arguments_.value, k_any_spelling)->required();
        add_terms(*unblock);
        auto* block =
            command(app_, "block", "Put a value on a list at once and keep it there for a while", Command::block);
        block->add_option("VALUE", arguments_.value, k_any_spelling)->required();
        block->add_option("--list", arguments_.list, "Name of the category or group (required)");
        add_terms(*block);
        command(app_, "overrides", "Show what operators unblocked, blocked, paused and rolled back",
                Command::overrides);
        auto* explain = command(app_, "explain", "Say why a value is blocked or not (exit status 3); asks nobody",
                                Command::explain);
        explain->add_option("VALUE", arguments_.value, k_any_spelling)->required();
        explain->add_flag("--lookup", arguments_.asks_gateway, "Also ask what Zscaler's own database says");
    }

    void add_looking() {
        auto& runs = family(app_, "runs", "Reports of earlier runs");
        auto* list = command(runs, "list", "The newest runs, a line each", Command::runs_list);
        list->add_option("--most", arguments_.most, "How many at the most (20)")->check(CLI::Range(1, 1000));
        auto* show = command(runs, "show", "One run's report", Command::runs_show);
        show->add_option("ID", arguments_.run_id, "Its id, the start of it, or 'last'");
        auto& audit = family(app_, "audit", "The log of who did what, which shows when it was changed");
        auto* records = command(audit, "show", "The newest records, a line each", Command::audit_show);
        records->add_option("--most", arguments_.most, "How many at the most (20)")->check(CLI::Range(1, 100000));
        command(audit, "verify", "Whether nothing was changed or taken out", Command::audit_verify);
        auto* restart = command(
            audit, "restart", "Keep a broken log aside and begin a new one; rollback then goes back to later runs only",
            Command::audit_restart);
        restart->add_option("--because", arguments_.because, "Why; the new log begins with it")->required();
        auto* lookup = command(app_, "lookup", "Show how Zscaler's own database classifies values", Command::lookup);
        lookup->add_option("VALUE", arguments_.values, "Hosts, URLs or IP addresses")->required();
        lookup->add_flag("--json", arguments_.json, "Print the answers as JSON");
        auto& config = family(app_, "config", "Settings files of the programs that Cordon replaces");
        auto* import = command(config, "import", "Print a file of CrowdStrike's Intel Bridge as settings of Cordon",
                               Command::config_import);
        import->add_option("FILE", arguments_.import_file, "Its config.ini, or the config.py of its first version")
            ->required();
        import->add_flag("--with-secrets", arguments_.with_secrets,
                         "Print passwords and keys too; never on a terminal");
        command(app_, "settings", "Print the reference of all settings as Markdown", Command::settings_reference);
        command(app_, "version", "Print the version", Command::version);
    }

    void add_telling() {
        auto& notify = family(app_, "notify", "Who is told when something is wrong");
        auto* test = command(notify, "test", "Send everybody a test, and say what became of it", Command::notify_test);
        test->add_option("NAME", arguments_.list, "Only [notify_NAME]");
    }

    /// Who may come into the console.
    void add_access() {
        struct Family {
            const char *name, *what, *add, *list, *remove;
            Command added, listed, removed;
        };
        constexpr std::array<Family, 2> k_families{
            {{"user", "People who sign in to the console",
              "Add one, or give another password and role; the password is asked for, or read from the standard input",
              "Show them", "Take one away and end its sign-ins", Command::user_add, Command::user_list,
              Command::user_remove},
             {"token", "What programs show to the console's API", "Make one and show it once", "Show them",
              "Take one away", Command::token_add, Command::token_list, Command::token_remove}}};
        for (const auto& one : k_families) {
            auto& parent = family(app_, one.name, one.what);
            auto* add = command(parent, "add", one.add, one.added);
            add->add_option("NAME", arguments_.name, "Letters, digits, '.', '_', '-' and '@'")->required();
            add->add_option("--role", arguments_.role,
                            "viewer looks, operator also runs, admin also sees users (as it is, or viewer)")
                ->check(CLI::IsMember({"viewer", "operator", "admin"}));
            command(parent, "list", one.list, one.listed);
            auto* remove = command(parent, "remove", one.remove, one.removed);
            remove->add_option("NAME", arguments_.name, "Its name")->required();
        }
    }

    void add_tools() {
        auto* state_export = command(app_, "export", "Write all of the state into one file, as a backup or to move it",
                                     Command::state_export);
        state_export->add_option("FILE", arguments_.import_file, "The file; an earlier export is replaced")->required();
        auto* state_import =
            command(app_, "import", "Take over the state that 'cordon export' wrote", Command::state_import);
        state_import->add_option("FILE", arguments_.import_file, "The file")->required();
        state_import->add_flag("--replace", arguments_.replaces, "Also where there is a state, which is kept aside");
        auto* sandbox =
            command(app_, "sandbox", "Serve stand-ins for the clouds on loopback, to rehearse on", Command::sandbox);
        add_sandbox_options(*sandbox, arguments_.sandbox);
        auto* compile = command(app_, "compile", "Turn local lists into one canonical, safe list", Command::compile);
        add_compile_options(*compile, arguments_.compile);
    }

    Result<Arguments> help(CLI::App& app) {
        const CLI::App* deepest = &app;
        std::string parents;
        while (!deepest->get_subcommands().empty()) {
            parents += (parents.empty() ? "" : " ") + deepest->get_name();
            deepest = deepest->get_subcommands().front();
        }
        Arguments arguments;
        arguments.command = Command::help;
        arguments.help_text = deepest->help(parents);
        return arguments;
    }

    Result<Arguments> conclude() {
        if (app_.get_subcommands().empty()) arguments_.command = Command::run;
        CORDON_TRY(refuse_ignored_flags());
        return arguments_;
    }

    /// "exceptions list"; "" where no command was named.
    [[nodiscard]] std::string command_words() const {
        std::string words;
        for (const CLI::App* app = &app_; !app->get_subcommands().empty();) {
            app = app->get_subcommands().front();
            words += (words.empty() ? "" : " ") + app->get_name();
        }
        return words;
    }

    /// Flags of the program stand before or behind any command; one that a command would pass over is refused.
    [[nodiscard]] Result<void> refuse_ignored_flags() const {
        if (every_->count() > 0 && arguments_.is_for_one_run()) {
            return fail(Code::invalid,
                        "--plan, --allow-removals and --allow-growth are for one run; leave --every out");
        }
        if (arguments_.json && !arguments_.feed.empty()) return fail(Code::invalid, "retire --feed has no --json");
        for (const auto& flag : shared_flags()) {
            const bool is_taken =
                std::find(flag.commands.begin(), flag.commands.end(), arguments_.command) != flag.commands.end();
            if (is_taken || app_.count(flag.name) == 0) continue;
            return fail(Code::invalid,
                        fmt::format("'cordon {0}' has no {1}; see 'cordon {0} --help'", command_words(), flag.name));
        }
        return {};
    }

    static constexpr const char* k_every = "cordon.every";

    Arguments arguments_;
    CLI::App app_;
    CLI::Option* every_ = nullptr;  ///< run --every
};

}  // namespace

Result<Arguments> parse_arguments(std::vector<std::string> words) {
    std::transform(words.begin(), words.end(), words.begin(), with_long_flag);
    return Grammar().parse(std::move(words));
}

std::vector<std::string> command_names() {
    return Grammar().commands();
}

TakenWords take_words(int argc, char** argv) {
    TakenWords taken;
    bool is_value = false;
    for (int i = 1; i < argc; ++i) {
        const std::string word = argv[i];
        const auto flag = secret_flag_of(word);
        taken.words.push_back(word);
        if (is_value) {
            overwrite(argv[i]);
            is_value = false;
        } else if (!flag.empty()) {
            taken.found += (taken.found.empty() ? "" : ", ") + std::string(flag);
            is_value = flag == word;
            overwrite(argv[i] + flag.size());
        }
    }
    return taken;
}

}  // namespace cordon::cli
