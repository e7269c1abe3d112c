#include "cli/session.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/digest.hpp"
#include "base/file.hpp"
#include "base/log.hpp"
#include "base/own_folder.hpp"
#include "base/text.hpp"
#include "cli/commands.hpp"
#include "cli/operator_name.hpp"
#include "core/match.hpp"
#include "net/http.hpp"

namespace cordon::cli {
namespace {

/// What a printed command needs to mean these settings wherever it is typed.
std::string settings_flag(const Settings& settings) {
    if (settings.is_default_file) return {};
    return fmt::format(" -s \"{}\"", std::filesystem::absolute(settings.file).lexically_normal().string());
}

/// Collects what is wrong, so that everything is said at once.
class Faults {
    static constexpr std::size_t k_most_faults_told = 20;

public:
    void take(const Result<void>& result) {
        if (!result) take(result.error().message);
    }
    /// What an earlier sentence says already is not said again.
    void take(const std::string& sentence) {
        const auto says_it = [&](const std::string& said) { return said.find(sentence) != std::string::npos; };
        if (std::none_of(sentences_.begin(), sentences_.end(), says_it)) sentences_.push_back(sentence);
    }
    [[nodiscard]] Result<void> verdict() const {
        if (sentences_.empty()) return {};
        const auto told = std::min(sentences_.size(), k_most_faults_told);
        auto text = join(std::span(sentences_).first(told), "\n");
        if (told < sentences_.size()) {
            text += fmt::format("\n... and {} more: mend these first", with_thousands(sentences_.size() - told));
        }
        return fail(Code::invalid, text);
    }

private:
    std::vector<std::string> sentences_;
};

const config::EffectiveSetting* find_setting(const Settings& settings, std::string_view section, std::string_view key) {
    const auto found = std::find_if(
        settings.effective.begin(), settings.effective.end(),
        [&](const config::EffectiveSetting& setting) { return setting.section == section && setting.key == key; });
    return found == settings.effective.end() ? nullptr : &*found;
}

/// "settings.ini line 12: ", without the line where the file does not hold the key.
std::string line_of(const Settings& settings, const config::EffectiveSetting* setting) {
    const auto line = setting == nullptr || setting->line == 0 ? std::string{} : fmt::format(" line {}", setting->line);
    return fmt::format("{}{}: ", settings.file.string(), line);
}

/// "settings.ini line 12: [allow] never: ", for faults that only the owner of a value can find.
std::string place_of(const Settings& settings, std::string_view section, std::string_view key) {
    return fmt::format("{}[{}] {}: ", line_of(settings, find_setting(settings, section, key)), section, key);
}

/// A file of [allow], read and added.
template <class Add>
void add_files(const Settings& settings, const char* key, const std::vector<std::string>& files, Faults& faults,
               const Add& add) {
    const auto take = [&](const Error& error) { faults.take(place_of(settings, "allow", key) + error.message); };
    for (const auto& file : files) {
        const auto text = read_file(settings.resolved(file));
        if (!text) {
            take(text.error());
        } else if (const auto added = add(*text, file); !added) {
            take(added.error());
        }
    }
}

core::Protection protection_of(const Settings& settings, Faults& faults) {
    core::ProtectionBuilder builder;
    builder.add_builtin_lock_out();
    constexpr const char* k_own_hosts = "the settings' own hosts";
    for (const auto& host : settings.gateway->api_hosts()) builder.add_lock_out_host(host, k_own_hosts);
    for (const auto& provider : settings.providers) {
        if (const auto host = provider->api_host(); !host.empty()) builder.add_lock_out_host(host, k_own_hosts);
    }
    if (settings.allow.builtin_popular) builder.add_builtin_popular();
    if (const auto domain = settings.gateway->mail_domain(); !domain.empty()) {
        builder.add_popular_host(domain, "the mail domain of the gateway login");
    }
    const auto take = [&](const Result<void>& added, const char* key) {
        if (!added) faults.take(place_of(settings, "allow", key) + added.error().message);
    };
    for (const auto& value : settings.allow.never) take(builder.add_never(value, "[allow] never"), "never");
    for (const auto& value : settings.allow.popular) take(builder.add_popular(value, "[allow] popular"), "popular");
    add_files(settings, "never_files", settings.allow.never_files, faults,
              [&](const std::string& text, const std::string& file) { return builder.add_never_file(text, file); });
    add_files(settings, "popular_files", settings.allow.popular_files, faults,
              [&](const std::string& text, const std::string& file) { return builder.add_popular_file(text, file); });
    return builder.build();
}

net::Connection resolved(net::Connection connection, const Settings& settings) {
    connection.ca_file = settings.resolved(connection.ca_file);
    return connection;
}

/// What is wrong with the proxies and with the CA file of a section; `connection` is resolved.
void check_connection_of(const Settings& settings, const std::string& section, const net::Connection& connection,
                         Faults& faults) {
    const auto take = [&](const char* key, void (*leave_out)(net::Connection&)) {
        auto part = connection;
        leave_out(part);
        const auto checked = net::check_connection(part);
        if (checked) return;
        const auto said = fmt::format("{}: ", key);  // the message begins with its key
        const std::string_view message = checked.error().message;
        faults.take(place_of(settings, section, key) +
                    std::string(message.substr(message.starts_with(said) ? said.size() : 0)));
    };
    take("proxy_servers", [](net::Connection& part) { part.ca_file.clear(); });
    take("ca_file", [](net::Connection& part) { part.proxies.clear(); });
}

const std::string& account_section_of(const Settings& settings, const feeds::Provider* provider) {
    std::size_t i = 0;
    while (settings.providers[i].get() != provider) ++i;
    return feeds::feed_kinds()[i].account_section;
}

/// A value that could not be read still has its default, which says nothing of what is meant.
bool is_unread(const Settings& settings, const std::string& section, const std::string& key) {
    return std::any_of(settings.problems.begin(), settings.problems.end(), [&](const config::Problem& problem) {
        return problem.is_error && problem.section == section && problem.key == key;
    });
}

/// What does not go together in the sections of one list, also of those whose feeds cannot be made yet.
void check_lists(const Settings& settings, Faults& faults) {
    for (const auto& fault : engine::list_faults(claims_of(settings))) {
        const auto keys = fault.key == "entity_type" ? std::vector<std::string>{"entity_type", "types"}
                                                     : std::vector<std::string>{fault.key};
        const config::EffectiveSetting* place = nullptr;
        bool is_known = true;
        for (const auto& section : {fault.section, fault.other}) {
            for (const auto& key : keys) {
                const auto* setting = find_setting(settings, section, key);
                if (setting != nullptr && (place == nullptr || place->line == 0)) place = setting;
                is_known = is_known && !is_unread(settings, section, key);
            }
        }
        if (is_known) faults.take(line_of(settings, place) + fault.message);
    }
}

void add_sections(Session& session, const Outside& outside, Feeds feeds, Faults& faults) {
    const auto& settings = *session.settings;
    for (const auto& entry : settings.feeds) {
        if (!entry.list.enabled) continue;
        const auto connect = [&](net::Connection connection) {
            connection = resolved(std::move(connection), settings);
            check_connection_of(settings, account_section_of(settings, entry.provider), connection, faults);
            return outside.connect(std::move(connection));
        };
        auto feed = entry.provider->make(
            entry.section,
            {connect,
             session.clock,
             {},
             outside.random(),
             session.local,
             engine::most_entries_of(entry.list, entry.provider->entity_of(entry.section), settings.keep)});
        if (!feed) {
            faults.take(feed.error().message);
            continue;
        }
        session.sections.push_back({entry.section, entry.list, std::move(*feed)});
    }
    if (session.sections.empty() && feeds == Feeds::needed && faults.verdict()) {
        faults.take(fmt::format(
            "{}: no [risklist_*] or [falcon_*] section is enabled, so there is nothing to do; add one or set "
            "enabled = true",
            settings.file.string()));
    }
}

}  // namespace

Result<std::unique_ptr<Session>> Session::wire(std::shared_ptr<Settings> settings, Clock& clock, Feeds feeds,
                                               Outside outside) {
    std::unique_ptr<Session> session(new Session(clock, std::move(outside)));
    session->settings = std::move(settings);
    Faults faults;
    for (const auto& problem : session->settings->problems) {
        if (problem.is_error) faults.take(problem.text());
    }
    session->protection = protection_of(*session->settings, faults);
    for (const auto& unreadable : core::unreadable_patterns(session->settings->assertions)) {
        faults.take(place_of(*session->settings, "assert", unreadable.key) + unreadable.message);
    }
    check_connection_of(*session->settings, gateways::catalog().front().section,
                        resolved(session->settings->gateway->connection(), *session->settings), faults);
    check_lists(*session->settings, faults);
    add_sections(*session, session->outside_, feeds, faults);
    CORDON_TRY(faults.verdict());
    CORDON_TRY_ASSIGN(session->jobs,
                      engine::group_into_lists(session->sections, session->settings->keep, session->settings->guard));
    return session;
}

Result<void> Session::open(LogLevel level, store::OpenMode mode, Rejects rejects) {
    const auto& places = settings->places;
    CORDON_TRY(go_on_as_owner_of(settings->resolved(places.state_dir)));
    CORDON_TRY(open_log(settings->resolved(places.log_dir), level));
    // Every request counts, also those of the first plan: without a file the budgets could not outlive it.
    const auto state_dir = settings->resolved(places.state_dir);
    std::error_code unseen;  // the store says why
    const bool is_there = std::filesystem::exists(state_dir / "cordon.db", unseen);
    CORDON_TRY_ASSIGN(
        store, store::open_store(state_dir, is_there ? mode : store::OpenMode::writing, settings->past.retention()));
    budget.emplace(clock, *store);
    local = {&*budget, store.get()};
    gateway = settings->gateway->make(outside_.connect(resolved(settings->gateway->connection(), *settings)), clock,
                                      *budget, outside_.random());
    if (rejects == Rejects::written) {
        CORDON_TRY_ASSIGN(rejected, engine::RejectedCsv::create(settings->resolved(places.log_dir) / "rejected.csv"));
    }
    if (places.log_indicators && mode == store::OpenMode::writing) {
        CORDON_TRY_ASSIGN(indicators,
                          engine::IndicatorLog::open(settings->resolved(places.log_dir) / "indicators.csv", clock));
    }
    return {};
}

engine::Ports Session::ports(std::function<void(std::string_view)> progress) {
    engine::RejectedValues* rejects = &nowhere_;
    if (rejected) rejects = &*rejected;
    return {clock,           *gateway, *store, *protection, settings->assertions, *rejects, std::move(progress),
            indicators.get()};
}

engine::RunOptions Session::run_options(const std::string& command) const {
    engine::RunOptions options;
    options.command = command;
    options.version = CORDON_VERSION;
    options.operator_name = operator_name();
    options.guard = settings->guard.rules;
    options.quota_headroom = settings->keep.quota_headroom;
    options.activation = settings->activation;
    options.settings_flag = settings_flag(*settings);
    options.warnings = unverified_clouds(*settings);
    return options;
}

OpenedStore open_store_of(const Arguments& arguments, store::OpenMode mode, std::ostream& err) {
    OpenedStore opened;
    auto settings = load_settings(arguments.common);
    if (!settings) {
        opened.status = report_failure(settings.error(), err);
        return opened;
    }
    opened.settings = std::move(*settings);
    const auto ours = go_on_as_owner_of(opened.state_dir());
    auto store = ours ? store::open_store(opened.state_dir(), mode, opened.settings->past.retention())
                      : tl::make_unexpected(ours.error());
    if (store) {
        opened.store = std::move(*store);
    } else {
        opened.status = report_failure(store.error(), err);
    }
    return opened;
}

const engine::ListJob* Session::job(const std::string& list) const noexcept {
    for (const auto& job : jobs) {
        if (job.target.list == list) return &job;
    }
    return nullptr;
}

}  // namespace cordon::cli
