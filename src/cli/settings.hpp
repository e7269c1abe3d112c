#pragma once

#include <chrono>
#include <cstddef>
#include <deque>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "cli/arguments.hpp"
#include "config/load.hpp"
#include "console/settings.hpp"
#include "daemon/settings.hpp"
#include "engine/lists.hpp"
#include "engine/manners.hpp"
#include "engine/settings.hpp"
#include "feeds/catalog.hpp"
#include "gateways/catalog.hpp"
#include "notify/settings.hpp"
#include "store/sql_store.hpp"

namespace cordon::cli {

/// Where a run keeps its things; `[cordon]`. Relative paths hang on the folder of the settings file, or on
/// its parent where that folder is called `config`, so that logs/ lies where the predecessor has it.
struct Places {
    std::filesystem::path state_dir = "state";
    std::filesystem::path log_dir = "logs";
    bool log_indicators = false;      ///< whether each run writes what it added and removed to log_dir/indicators.csv
    bool strict_permissions = false;  ///< whether a file with secrets that others can read is an error
};

/// How much of the past the state folder holds; `[cordon]`.
struct KeptPast {
    std::size_t runs = 1'000;
    std::size_t snapshots = 5;           ///< of each feed
    std::size_t audit_mebibytes = 1024;  ///< after which the next file begins; 0: never

    [[nodiscard]] store::Retention retention() const noexcept { return {runs, snapshots, audit_mebibytes << 20U}; }
};

/// When `cordon run` runs again by itself; `[cordon]`.
struct LoopOptions {
    std::chrono::seconds every{0};              ///< 0: one run
    std::size_t max_consecutive_failures = 10;  ///< 0: however many
};

/// One section that describes a feed and the list that it feeds.
struct FeedEntry {
    std::string section;
    feeds::Provider* provider = nullptr;
    engine::ListOptions list;
};

/// Every owner's options, filled from one settings file, the environment and the flags.
struct Settings {
    Settings();

    std::filesystem::path file;
    bool is_default_file = false;  ///< found without -s
    std::filesystem::path base;    ///< what relative paths hang on
    Places places;
    LoopOptions loop;
    KeptPast past;
    daemon::ServeOptions serve;
    console::AccessOptions console;
    std::vector<std::unique_ptr<feeds::Provider>> providers;  ///< parallel to feeds::feed_kinds()
    std::deque<FeedEntry> feeds;                              ///< in the file's order, also those switched off
    std::unique_ptr<gateways::GatewayBuilder> gateway;
    std::deque<notify::NotifierOptions> notifiers;  ///< in the file's order, also those switched off
    engine::KeepOptions keep;
    engine::ActivationOptions activation;
    engine::GuardOptions guard;
    engine::AllowOptions allow;
    core::Assertions assertions;
    std::vector<config::Problem> problems;  ///< errors and warnings, all at once
    std::vector<config::EffectiveSetting> effective;

    [[nodiscard]] bool has_errors() const noexcept;
    /// `path` hung on `base` where it is relative.
    [[nodiscard]] std::filesystem::path resolved(const std::filesystem::path& path) const;
};

/// What the enabled sections say of their lists, in the file's order; `settings` must outlive it.
[[nodiscard]] std::vector<engine::ListClaim> claims_of(const Settings& settings);

/// The tables of all sections, bound to `settings`.
[[nodiscard]] std::vector<SettingSection> tables_of(Settings& settings);

/// Does one of the tables describe this section?
[[nodiscard]] bool is_known_section(std::span<const SettingSection> tables, std::string_view section);

/// One sentence for each cloud in use whose certificate is not checked (verify_ssl = false): which section, what it
/// means and how to mend it. Said by every command that talks to a cloud; runs have it in their report.
[[nodiscard]] std::vector<std::string> unverified_clouds(const Settings& settings);

/// `given`, else config/settings.ini under the working directory, else /etc/cordon/settings.ini. `invalid`
/// where none exists; says where was looked.
[[nodiscard]] Result<std::filesystem::path> find_settings(const std::optional<std::filesystem::path>& given);

/// Reads everything, also a predecessor's file (cli/predecessors.hpp); what is wrong is in `problems`. `invalid` only
/// when the file cannot be read at all.
[[nodiscard]] Result<std::unique_ptr<Settings>> load_settings(const CommonArguments& common);

}  // namespace cordon::cli
