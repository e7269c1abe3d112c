#include "cli/settings.hpp"

#include <algorithm>
#include <map>
#include <set>

#include <fmt/format.h>

#include "base/exposure.hpp"
#include "base/file.hpp"
#include "base/text.hpp"
#include "cli/predecessors.hpp"
#include "engine/idle_keys.hpp"

namespace cordon::cli {
namespace {

constexpr const char* k_system_settings = "/etc/cordon/settings.ini";

Setting folder_setting(std::string key, std::filesystem::path& field, std::string summary) {
    auto setting = path_setting(std::move(key), field, std::move(summary));
    setting.assign = [&field](std::string_view text) -> Result<void> {
        if (trim(text).empty()) return fail(Code::invalid, "name a folder, or leave the key out for the usual one");
        field = std::string(text);
        return {};
    };
    return setting;
}

std::vector<Setting> settings_of(Places& places) {
    std::vector<Setting> table;
    table.push_back(
        folder_setting("state_dir", places.state_dir, "Folder of cordon.db: ledger, snapshots, runs, budgets."));
    table.push_back(
        folder_setting("log_dir", places.log_dir, "Folder of cordon.log, rejected.csv and indicators.csv."));
    table.push_back(
        bool_setting("log_indicators", places.log_indicators,
                     "Whether each run writes what it added to each list and removed from it to indicators.csv."));
    table.push_back(
        bool_setting("strict_permissions", places.strict_permissions,
                     "Whether to refuse files with secrets that every user of the machine can read; they are "
                     "warned about in any case."));
    return table;
}

std::vector<Setting> settings_of(KeptPast& past) {
    std::vector<Setting> table;
    table.push_back(number_setting("keep_runs", past.runs, 10, 100'000,
                                   "How many reports of runs are kept, for 'cordon runs' and the console."));
    table.push_back(number_setting("keep_snapshots", past.snapshots, 2, 100,
                                   "How many downloads of each feed are kept: what stands in where one fails."));
    table.push_back(number_setting("audit_size", past.audit_mebibytes, 0, 1'000'000,
                                   "After how many MiB the audit log goes on in a new file, and the full one is kept "
                                   "beside it under its date; 0 never."));
    return table;
}

std::vector<Setting> settings_of(LoopOptions& options) {
    std::vector<Setting> table;
    table.push_back(
        duration_setting("every", options.every,
                         "How often 'cordon run' runs until it is told to stop (1h); 0 is one run, for cron. "
                         "--every and --once win over it. 'cordon serve' runs every hour where it is 0."));
    table.push_back(number_setting("max_consecutive_failures", options.max_consecutive_failures, 0, 1'000,
                                   "After so many failed runs in a row a loop ends with status 1; 0 never ends it. One "
                                   "run that does at least a part of its work starts the count anew."));
    return table;
}

std::vector<Setting> joined(std::vector<Setting> first, std::vector<Setting> second) {
    std::move(second.begin(), second.end(), std::back_inserter(first));
    return first;
}

std::filesystem::path base_of(const std::filesystem::path& file) {
    const auto folder = std::filesystem::absolute(file).lexically_normal().parent_path();
    return folder.filename() == "config" ? folder.parent_path() : folder;
}

/// Settings of the system live in /etc; what changes belongs under /var.
Places places_for(const std::filesystem::path& file) {
    if (file == k_system_settings) return {"/var/lib/cordon", "/var/log/cordon"};
    return {};
}

/// A section's required keys mean nothing while it is switched off.
void forgive_what_is_switched_off(Settings& settings) {
    const auto is_off = [&](const std::string& section) {
        const auto is_off_notifier = [&](const notify::NotifierOptions& notifier) {
            return notifier.section == section && !notifier.enabled;
        };
        return std::any_of(settings.feeds.begin(), settings.feeds.end(),
                           [&](const FeedEntry& feed) { return feed.section == section && !feed.list.enabled; }) ||
               std::any_of(settings.notifiers.begin(), settings.notifiers.end(), is_off_notifier);
    };
    for (auto& problem : settings.problems) {
        if (problem.line == 0 && is_off(problem.section)) problem.is_error = false;
    }
}

/// The credentials of an account mean nothing while its provider feeds no list.
void forget_unused_accounts(Settings& settings) {
    const auto feeds = [&](const feeds::Provider* provider) {
        return std::any_of(settings.feeds.begin(), settings.feeds.end(),
                           [&](const FeedEntry& feed) { return feed.list.enabled && feed.provider == provider; });
    };
    for (std::size_t i = 0; i < settings.providers.size(); ++i) {
        if (feeds(settings.providers[i].get())) continue;
        const auto& account = feeds::feed_kinds()[i].account_section;
        std::erase_if(settings.problems,
                      [&](const config::Problem& problem) { return problem.line == 0 && problem.section == account; });
    }
}

/// What an owner found in the values of a section: for a value that came from elsewhere than the file, with the place.
/// What is only without effect is not told of the environment, which other programs read, too.
void add_problem(config::Loaded& loaded, const std::string& section, const std::string& key, std::string message,
                 bool is_error) {
    const auto* setting = loaded.find(section, key);
    const bool is_outside = setting != nullptr &&
                            (setting->origin == config::Origin::environment || setting->origin == config::Origin::flag);
    if (is_outside && !is_error) return;
    auto problem = loaded.problem_at(section, key, std::move(message));
    if (is_outside) problem.message += fmt::format(" ({})", setting->where);
    problem.is_error = is_error;
    loaded.problems.push_back(std::move(problem));
}

/// What the gateway finds in its section when it is read.
void settle_gateway(Settings& settings, config::Loaded& loaded) {
    const std::string section = gateways::catalog().front().section;
    std::set<std::string> unread;
    for (const auto& problem : loaded.problems) {
        if (problem.is_error && problem.section == section) unread.insert(problem.key);
    }
    for (const auto& fault : settings.gateway->settle(settings.base, unread)) {
        add_problem(loaded, section, fault.key, fault.message, fault.is_error);
    }
}

/// What does not go together in the enabled feed sections, each once.
void settle_feeds(const Settings& settings, config::Loaded& loaded) {
    std::set<std::string> said;
    for (const auto& feed : settings.feeds) {
        if (!feed.list.enabled) continue;
        for (const auto& fault : feed.provider->faults_of(feed.section)) {
            if (said.insert(fault.text()).second) add_problem(loaded, fault.section, fault.key, fault.message, true);
        }
    }
}

/// What the enabled receivers lack.
void settle_notifiers(const Settings& settings, config::Loaded& loaded) {
    const auto is_unread = [&](const std::string& section, const std::string& key) {
        return std::any_of(loaded.problems.begin(), loaded.problems.end(), [&](const config::Problem& problem) {
            return problem.is_error && problem.section == section && problem.key == key;
        });
    };
    for (const auto& notifier : settings.notifiers) {
        for (const auto& fault : notify::faults_of(notifier)) {
            if (is_unread(notifier.section, fault.key)) continue;
            add_problem(loaded, notifier.section, fault.key, fault.message, true);
        }
    }
}

/// The keys that change nothing, and those with which nothing would ever happen; not of sections that hold errors,
/// since a value that could not be read says nothing of what is meant.
void note_idle_keys(const Settings& settings, config::Loaded& loaded, Time now) {
    std::set<std::string> broken;
    for (const auto& problem : loaded.problems) {
        if (problem.is_error) broken.insert(problem.section);
    }
    const auto claims = claims_of(settings);
    if (!engine::list_faults(claims).empty()) return;  // said when the session is wired
    for (auto& idle : engine::idle_list_keys(claims, settings.keep)) {
        if (!broken.contains(idle.section)) add_problem(loaded, idle.section, idle.key, std::move(idle.message), false);
    }
    const std::string section = gateways::catalog().front().section;
    const auto on_leave = settings.gateway->publishes_on_leave() ? engine::OnLeave::published : engine::OnLeave::kept;
    for (auto& idle : engine::idle_gateway_keys(claims, settings.keep, settings.activation, on_leave, now)) {
        if (!broken.contains(section)) add_problem(loaded, section, idle.key, std::move(idle.message), false);
    }
}

/// Files with secrets that others can read: the settings file itself, those that NAME_FILE variables name, and the key
/// of the certificate.
void note_exposed_secrets(const Settings& settings, config::Loaded& loaded) {
    std::map<std::filesystem::path, std::vector<std::string>> holders;
    for (const auto& setting : loaded.settings) {
        if (!setting.is_secret || setting.text != "set") continue;
        const auto key = fmt::format("[{}] {}", setting.section, setting.key);
        if (setting.origin == config::Origin::file) holders[settings.file].push_back(key);
        if (!setting.secret_file.empty()) holders[setting.secret_file].push_back(key);
    }
    if (!settings.serve.tls_key.empty())
        holders[settings.resolved(settings.serve.tls_key)].push_back("[serve] tls_key");
    for (const auto& [file, keys] : holders) {
        const auto exposure = exposure_of(file);
        if (!exposure) continue;
        config::Problem problem;
        problem.message = fmt::format("secrets ({}) are exposed: {}{}", join(keys, ", "), *exposure,
                                      settings.places.strict_permissions
                                          ? " ([cordon] strict_permissions, which 'cordon serve' always goes by)"
                                          : "");
        problem.is_error = settings.places.strict_permissions;
        loaded.problems.push_back(std::move(problem));
    }
}

}  // namespace

Settings::Settings() : gateway(gateways::catalog().front().builder()) {
    for (const auto& kind : feeds::feed_kinds()) providers.push_back(kind.make());
}

bool Settings::has_errors() const noexcept {
    return std::any_of(problems.begin(), problems.end(),
                       [](const config::Problem& problem) { return problem.is_error; });
}

std::filesystem::path Settings::resolved(const std::filesystem::path& path) const {
    return path.empty() || path.is_absolute() ? path : base / path;
}

std::vector<engine::ListClaim> claims_of(const Settings& settings) {
    std::vector<engine::ListClaim> claims;
    for (const auto& entry : settings.feeds) {
        if (!entry.list.enabled) continue;
        claims.push_back({entry.section, &entry.list, entry.provider->entity_of(entry.section)});
    }
    return claims;
}

std::vector<std::string> unverified_clouds(const Settings& settings) {
    std::set<std::string> in_use{gateways::catalog().front().section};
    for (std::size_t i = 0; i < settings.providers.size(); ++i) {
        const auto feeds_a_list = [&](const FeedEntry& feed) {
            return feed.list.enabled && feed.provider == settings.providers[i].get();
        };
        if (std::any_of(settings.feeds.begin(), settings.feeds.end(), feeds_a_list)) {
            in_use.insert(feeds::feed_kinds()[i].account_section);
        }
    }
    std::vector<std::string> sentences;
    for (const auto& setting : settings.effective) {
        if (setting.key != "verify_ssl" || !in_use.contains(setting.section)) continue;
        if (parse_bool(trim(setting.text)).value_or(true)) continue;
        sentences.push_back(
            fmt::format("[{0}] verify_ssl = false ({1}): no certificate is checked there, so that whoever stands on "
                        "the way can read "
                        "the credentials and change what is sent and answered; set ca_file in [{0}] to the certificate "
                        "authority of "
                        "your proxy (PEM) and verify_ssl to true",
                        setting.section, setting.where));
    }
    return sentences;
}

std::vector<SettingSection> tables_of(Settings& settings) {
    const auto exact = [](std::string name, std::string summary, auto make) {
        return SettingSection{std::move(name), std::move(summary), [make](const std::string&) { return make(); }};
    };
    std::vector<SettingSection> tables;
    const auto& gateway = gateways::catalog().front();
    tables.push_back(exact(gateway.section, gateway.summary, [&settings] {
        return joined(joined(settings.gateway->settings(), engine::settings_of(settings.keep)),
                      engine::settings_of(settings.activation));
    }));
    for (std::size_t i = 0; i < settings.providers.size(); ++i) {
        const auto& kind = feeds::feed_kinds()[i];
        auto& provider = *settings.providers[i];
        tables.push_back({kind.section,
                          kind.summary + ": one list and the object that holds it; any number of sections.",
                          [&settings, &provider, &kind](const std::string& section) {
                              auto& feed = settings.feeds.emplace_back();
                              feed.section = section;
                              feed.provider = &provider;
                              feed.list.category_name = kind.default_list;
                              feed.list.max_entries = kind.default_entries;
                              return joined(provider.feed_settings(section), engine::settings_of(feed.list));
                          }});
        tables.push_back(exact(kind.account_section, kind.summary + ": the account.",
                               [&provider] { return provider.account_settings(); }));
    }
    tables.push_back(exact("allow", "What must never be blocked, whatever a feed says.",
                           [&settings] { return engine::settings_of(settings.allow); }));
    tables.push_back(exact("guard", "When a change looks like an accident.",
                           [&settings] { return engine::settings_of(settings.guard); }));
    tables.push_back(exact("assert", "What every plan must hold; one that does not is stopped.",
                           [&settings] { return engine::settings_of(settings.assertions); }));
    tables.push_back({notify::k_section_pattern,
                      "Who is told when a run fails, the guard stops a plan, a feed is stale ...: one receiver; any "
                      "number of sections.",
                      [&settings](const std::string& section) {
                          auto& notifier = settings.notifiers.emplace_back();
                          notifier.section = section;
                          return notify::settings_of(notifier);
                      }});
    tables.push_back(
        exact("cordon", "Where Cordon keeps its things, how much of them, and how often it runs.", [&settings] {
            return joined(joined(settings_of(settings.places), settings_of(settings.past)), settings_of(settings.loop));
        }));
    tables.push_back(exact("serve", "How 'cordon serve' is reached, and how it keeps watch.",
                           [&settings] { return daemon::settings_of(settings.serve); }));
    tables.push_back(exact("console", "Who may look into the console of 'cordon serve', and who may change things.",
                           [&settings] { return console::settings_of(settings.console); }));
    return tables;
}

bool is_known_section(std::span<const SettingSection> tables, std::string_view section) {
    return std::any_of(tables.begin(), tables.end(), [&](const SettingSection& table) {
        const std::string_view name = table.name;
        return name.ends_with('*') ? section.starts_with(name.substr(0, name.size() - 1)) : section == name;
    });
}

Result<std::filesystem::path> find_settings(const std::optional<std::filesystem::path>& given) {
    const std::filesystem::path here = "config/settings.ini";
    std::error_code unseen;  // a folder that may not be looked into holds none
    if (given) {
        if (std::filesystem::exists(*given, unseen)) return *given;
        return fail(Code::invalid, fmt::format("there is no settings file {}", given->string()));
    }
    if (std::filesystem::exists(here, unseen)) return here;
    if (std::filesystem::exists(k_system_settings, unseen)) return std::filesystem::path(k_system_settings);
    return fail(Code::invalid, fmt::format("no settings file: neither {} nor {} exists; name one with -s FILE",
                                           std::filesystem::absolute(here).string(), k_system_settings));
}

Result<std::unique_ptr<Settings>> load_settings(const CommonArguments& common) {
    CORDON_TRY_ASSIGN(const auto file, find_settings(common.settings));
    CORDON_TRY_ASSIGN(const auto text, read_file(file, 1U << 20));
    auto settings = std::make_unique<Settings>();
    settings->file = file;
    settings->is_default_file = !common.settings;
    settings->base = base_of(file);
    settings->places = places_for(file);
    const auto tables = tables_of(*settings);
    const auto foreign = read_predecessor(text, file.string(),
                                          [&](std::string_view section) { return is_known_section(tables, section); });
    const auto document =
        foreign ? config::to_document(foreign->translation, file.string()) : config::parse_ini(text, file.string());
    auto loaded = config::load_settings(tables, document, config::process_environment(), common.flags);
    settle_gateway(*settings, loaded);
    settle_feeds(*settings, loaded);
    settle_notifiers(*settings, loaded);
    note_idle_keys(*settings, loaded, SystemClock().now());
    note_exposed_secrets(*settings, loaded);
    std::stable_sort(loaded.problems.begin(), loaded.problems.end(),
                     [](const config::Problem& a, const config::Problem& b) { return a.line - 1 < b.line - 1; });
    if (foreign) config::name_in_dialect(loaded.problems, *foreign->dialect);
    settings->problems = std::move(loaded.problems);
    settings->effective = std::move(loaded.settings);
    forgive_what_is_switched_off(*settings);
    forget_unused_accounts(*settings);
    return settings;
}

}  // namespace cordon::cli
