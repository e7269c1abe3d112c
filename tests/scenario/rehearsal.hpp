#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.hpp"
#include "cli/session.hpp"
#include "core/override.hpp"
#include "engine/explaining.hpp"
#include "engine/run.hpp"
#include "sandbox/sandbox.hpp"

namespace cordon::scenario {

using namespace std::chrono_literals;
using Entries = std::set<std::string>;

/// How one command of the rehearsal ended.
struct Ending {
    int status = 0;  ///< as the process would end
    core::RunReport report;
    std::vector<core::ListPlan> plans;
    std::optional<gateways::Cost> cost;  ///< of plan()
    std::string problem;                 ///< why there was no run at all; else empty

    /// The list's part of the report; a test failure and an empty one where there is none.
    [[nodiscard]] const core::ListReport& list(const std::string& name) const;
    [[nodiscard]] const core::FeedReport& feed(const std::string& section) const;
    /// All warnings and messages of the report in one text.
    [[nodiscard]] std::string said() const;
};

/// What a run is asked for beside the settings.
struct Wish {
    std::set<std::string> allow_removals = {};
    std::set<std::string> allow_growth = {};
    std::optional<std::string> reviewed_digest = {};
    std::stop_token stop = {};
};

enum class Confirm { no, yes };

/// The whole program against the sandbox, in one process and on one clock that waits at once: settings
/// file, state and logs lie in a temporary folder, the runs go through cli::load_settings, cli::Session and
/// the engine as `cordon run` does. After every command it checks what must always hold (see check_laws).
///
/// It starts with two sections, [risklist_domains] and [risklist_ips], that feed `k_domains` and `k_ips`
/// from `k_domain_file` and `k_ip_file` (empty until put_feed), with permit_reserved on.
class Rehearsal {
public:
    static constexpr const char* k_domains = "Test Domains";
    static constexpr const char* k_ips = "Test IPs";
    static constexpr const char* k_domain_file = "/lists/domains.csv";
    static constexpr const char* k_ip_file = "/lists/ips.csv";

    /// `options.credentials` are replaced by marked ones, but for a key. With `feeds_dir` its files are the lists.
    explicit Rehearsal(sandbox::Options options = {});
    ~Rehearsal();
    Rehearsal(const Rehearsal&) = delete;
    Rehearsal& operator=(const Rehearsal&) = delete;

    // Settings. They are written before each command.
    void set(const std::string& section, const std::string& key, const std::string& value);
    void unset(const std::string& section, const std::string& key);
    void erase_section(const std::string& section);
    /// Now, for whoever reads them by itself.
    void write_settings() const;
    /// A [risklist_*] section; `file` as in put_feed.
    void add_list(const std::string& section, const std::string& entity, const std::string& file,
                  const std::string& list);
    /// A [falcon_*] section of the sandbox's CrowdStrike account, with its defaults.
    void add_falcon(const std::string& section, const std::string& list);
    [[nodiscard]] std::filesystem::path settings_file() const { return folder_ / "settings.ini"; }
    [[nodiscard]] std::filesystem::path folder() const { return folder_; }

    // The world.
    ManualClock clock;
    [[nodiscard]] sandbox::Sandbox& clouds() { return *clouds_; }
    void put_feed(const std::string& file, std::string bytes) { clouds_->put_feed_file(file, std::move(bytes)); }
    void put_domains(const Entries& values, int risk = 80);
    void put_ips(const Entries& values, int risk = 80);
    /// These entries of somebody else's must stay on the list, whatever runs do.
    void must_stay(const std::string& list, const Entries& entries);
    /// Sandbox violations are expected from now on.
    void tolerate_violations() { tolerates_violations_ = true; }

    // Commands; each leaves the world checked.
    Ending run(const Wish& wish = {});
    Ending plan(const Wish& wish = {});
    Ending adopt(const std::string& list, Confirm confirm, const Wish& wish = {});
    Ending retire(const std::string& list, Confirm confirm);
    Ending move(const std::string& list, Confirm confirm);
    /// `run`: an id; `list`: that list alone.
    Ending rollback(const std::string& run, const std::optional<std::string>& list, Confirm confirm,
                    const std::stop_token& stop = {});
    /// `cordon resume LIST`; its exit status.
    int resume(const std::string& list);
    /// For a day, by "alice". What was refused is the ending's problem.
    Ending unblock(const std::string& value, Confirm confirm = Confirm::yes);
    Ending block(const std::string& value, const std::string& list, Confirm confirm = Confirm::yes);
    /// False where nothing is in force.
    bool end_unblock(const std::string& value);
    [[nodiscard]] engine::Explanation explain(const std::string& value);
    bool forget_feed(const std::string& list, const std::string& section);
    /// `cordon exceptions clear LIST`; its exit status.
    int clear_exceptions(const std::string& list);
    /// Looks into the store between commands.
    void with_store(const std::function<void(store::Store&)>& look);
    /// Makes every kept snapshot of the section unreadable, as a bad disk does.
    void damage_snapshots(const std::string& section);

    // What is in force on the gateway; empty where the list does not exist. A list that ever had target = denylist is
    // the tenant's denylist.
    [[nodiscard]] Entries active(const std::string& list);
    [[nodiscard]] Entries saved(const std::string& list);

    /// logs/rejected.csv of the last run.
    [[nodiscard]] std::string rejected_csv() const;
    /// The texts that must appear nowhere but in the settings file.
    [[nodiscard]] const std::vector<std::string>& secrets() const noexcept { return secrets_; }

private:
    Ending say(core::OverrideKind kind, const std::string& value, const std::string& list, Confirm confirm);
    using Carry = std::function<engine::RunResult(cli::Session&, const engine::Ports&, engine::RunOptions&)>;
    Ending carry_out(const std::string& command, const Wish& wish, engine::Mode mode, const Carry& carry);
    [[nodiscard]] Result<std::unique_ptr<cli::Session>> open_session(store::OpenMode access = store::OpenMode::writing);
    void note_denylists();
    [[nodiscard]] Entries held(const std::string& list, sandbox::Side side);

    // check_laws: counters balance and fit the gateway, no violation, foreign entries untouched, no list
    // emptied, no secret in anything that was written or printed.
    void check_laws(const Ending& ending);
    void check_counters(const core::RunReport& report);
    void check_gateway();
    void check_secrets(const Ending& ending);

    std::filesystem::path folder_;
    std::vector<std::string> secrets_;
    std::unique_ptr<sandbox::Sandbox> clouds_;
    std::vector<std::pair<std::string, std::vector<std::pair<std::string, std::string>>>> settings_;
    std::map<std::string, Entries> must_stay_;
    std::set<std::string> denylists_;  ///< lists
    Entries filled_;                   ///< "saved NAME": lists that held something
    bool tolerates_violations_ = false;
    std::size_t known_violations_ = 0;
};

/// A row of a Recorded Future risk list.
struct Row {
    std::string value;
    int risk = 80;
    std::string last_seen = "2026-11-20T00:00:00Z";
};
/// A risk-list CSV with Name, Risk and LastSeen.
[[nodiscard]] std::string risk_list(std::span<const Row> rows);
[[nodiscard]] std::string risk_list(const Entries& values, int risk = 80);

/// "host-00001.example" ...: `count` names from number `first` on.
[[nodiscard]] Entries hosts(std::size_t count, std::size_t first = 1);
/// 198.18.x.y ...: `count` benchmarking addresses from number `first` on.
[[nodiscard]] Entries addresses(std::size_t count, std::size_t first = 1);

[[nodiscard]] Entries united(Entries a, const Entries& b);
[[nodiscard]] Entries without(Entries a, const Entries& b);

/// 2026-11-21 09:30 UTC: where every rehearsal begins.
[[nodiscard]] Time rehearsal_start();

}  // namespace cordon::scenario
