#include "tests/scenario/rehearsal.hpp"

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <sstream>

#include <unistd.h>

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <soci/soci.h>
#include <soci/sqlite3/soci-sqlite3.h>

#include "base/file.hpp"
#include "base/text.hpp"
#include "cli/commands.hpp"
#include "engine/override_runs.hpp"
#include "engine/rollback.hpp"
#include "gateways/zia/zia.hpp"
#include "tests/scenario/sign_in.hpp"

namespace cordon::scenario {
namespace {

/// One that nobody else has: names by process id come again, and a killed test leaves its folder.
std::filesystem::path new_folder() {
    auto pattern = (std::filesystem::temp_directory_path() / "cordon-rehearsal-XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no temporary folder");
    return pattern;
}

/// Credentials that are easily found wherever they leak to.
sandbox::Credentials marked_credentials() {
    sandbox::Credentials marked;
    marked.api_key = "MarkedZKey01";
    marked.username = "cordon@login.example";
    marked.password = "Marked-Pass!word-7";
    marked.oneapi_client_id = "cordon-at-login-example";
    marked.oneapi_client_secret = "Marked+OneApi/Secret=7";
    marked.external_bearer = "Marked.External.Bearer-7";
    marked.rf_token = "facade0ffacade0ffacade0ffacade0f";
    marked.cs_client_id = "facade0ffacade0ffacade0ffa1c0001";
    marked.cs_client_secret = "MarkedFalconSecret%2B0123456789abcdefgh";
    return marked;
}

/// Settings of the machine must not reach the rehearsal.
void forget_environment() {
    for (const char* name :
         {"RF_API_KEY", "ZS_API_KEY", "ZS_API_USERNAME", "ZS_API_PASSWORD", "RF_API_KEY_FILE", "ZS_API_KEY_FILE",
          "ZS_API_USERNAME_FILE", "ZS_API_PASSWORD_FILE", "FALCON_CLIENT_ID", "FALCON_CLIENT_SECRET", "FALCON_BASE_URL",
          "FALCON_CLIENT_ID_FILE", "FALCON_CLIENT_SECRET_FILE", "ZSCALER_CLIENT_ID", "ZSCALER_CLIENT_SECRET",
          "ZSCALER_PRIVATE_KEY", "ZSCALER_VANITY_DOMAIN", "ZSCALER_CLOUD", "ZSCALER_BEARER_TOKEN"}) {
        ::unsetenv(name);
    }
}

/// Every way in which a run says something.
std::string everything_said(const Ending& ending) {
    return core::to_json(ending.report) + core::to_text(ending.report) + ending.problem;
}

}  // namespace

Time rehearsal_start() {
    return parse_iso8601("2026-11-21T09:30:00Z").value();
}

const core::ListReport& Ending::list(const std::string& name) const {
    for (const auto& list : report.lists) {
        if (list.list == name) return list;
    }
    ADD_FAILURE() << "no list " << name << " in the report: " << said();
    static const core::ListReport none;
    return none;
}

const core::FeedReport& Ending::feed(const std::string& section) const {
    for (const auto& feed : report.feeds) {
        if (feed.feed == section) return feed;
    }
    ADD_FAILURE() << "no feed " << section << " in the report: " << said();
    static const core::FeedReport none;
    return none;
}

std::string Ending::said() const {
    std::vector<std::string> lines{problem, report.message};
    const auto take = [&](const auto& part) {
        lines.push_back(part.message);
        lines.insert(lines.end(), part.warnings.begin(), part.warnings.end());
    };
    lines.insert(lines.end(), report.warnings.begin(), report.warnings.end());
    for (const auto& feed : report.feeds) take(feed);
    for (const auto& list : report.lists) take(list);
    std::erase(lines, std::string{});
    return join(lines, "\n");
}

Rehearsal::Rehearsal(sandbox::Options options) : clock(rehearsal_start()), folder_(new_folder()) {
    forget_environment();
    const auto public_key = options.credentials.oneapi_public_key;
    options.credentials = marked_credentials();
    options.credentials.oneapi_public_key = public_key;
    const auto& marked = options.credentials;
    secrets_ = sign_in_secrets(marked);
    secrets_.insert(secrets_.end(), {marked.rf_token, marked.cs_client_id, marked.cs_client_secret});
    auto started = sandbox::Sandbox::start(options, clock);
    if (!started) throw std::runtime_error(started.error().message);
    clouds_ = std::move(*started);

    for (const auto& [key, value] : place_keys(clouds_->url())) set("zscaler", key, value);
    for (const auto& [key, value] : credential_keys(marked)) set("zscaler", key, value);
    set("rfapi", "api_url", clouds_->url());
    set("rfapi", "token", marked.rf_token);
    set("guard", "permit_reserved", "true");
    add_list("risklist_domains", "domain", k_domain_file, k_domains);
    add_list("risklist_ips", "ip", k_ip_file, k_ips);
}

void Rehearsal::add_falcon(const std::string& section, const std::string& list) {
    const auto credentials = clouds_->options().credentials;
    const auto in_file = [](std::string text) {  // configparser's interpolation doubles it
        for (auto at = text.find('%'); at != std::string::npos; at = text.find('%', at + 2)) text.insert(at, 1, '%');
        return text;
    };
    set("falcon", "base_url", clouds_->url());
    set("falcon", "client_id", credentials.cs_client_id);
    set("falcon", "client_secret", in_file(credentials.cs_client_secret));
    set(section, "category_name", list);
}

Rehearsal::~Rehearsal() {
    clouds_.reset();
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
}

void Rehearsal::set(const std::string& section, const std::string& key, const std::string& value) {
    const auto named = [](const std::string& name) { return [&name](const auto& pair) { return pair.first == name; }; };
    auto at = std::find_if(settings_.begin(), settings_.end(), named(section));
    if (at == settings_.end()) at = settings_.insert(at, {section, {}});
    auto& keys = at->second;
    const auto known = std::find_if(keys.begin(), keys.end(), named(key));
    if (known == keys.end()) {
        keys.emplace_back(key, value);
    } else {
        known->second = value;
    }
}

void Rehearsal::unset(const std::string& section, const std::string& key) {
    for (auto& [name, keys] : settings_) {
        if (name == section) std::erase_if(keys, [&](const auto& pair) { return pair.first == key; });
    }
}

void Rehearsal::erase_section(const std::string& section) {
    std::erase_if(settings_, [&](const auto& pair) { return pair.first == section; });
}

void Rehearsal::add_list(const std::string& section, const std::string& entity, const std::string& file,
                         const std::string& list) {
    set(section, "entity_type", entity);
    set(section, "fusion_file", file);
    set(section, "category_name", list);
    set(section, "category_description", "Rehearsal -");
}

void Rehearsal::put_domains(const Entries& values, int risk) {
    put_feed(k_domain_file, risk_list(values, risk));
}
void Rehearsal::put_ips(const Entries& values, int risk) {
    put_feed(k_ip_file, risk_list(values, risk));
}

void Rehearsal::must_stay(const std::string& list, const Entries& entries) {
    must_stay_[list].insert(entries.begin(), entries.end());
}

Ending Rehearsal::run(const Wish& wish) {
    return carry_out("run", wish, engine::Mode::apply,
                     [&](cli::Session& session, const engine::Ports& ports, engine::RunOptions& options) {
                         options.reviewed_digest = wish.reviewed_digest;
                         return engine::run_once(session.sections, session.jobs, ports, options, wish.stop);
                     });
}

Ending Rehearsal::plan(const Wish& wish) {
    return carry_out("plan", wish, engine::Mode::plan_only,
                     [&](cli::Session& session, const engine::Ports& ports, engine::RunOptions& options) {
                         return engine::run_once(session.sections, session.jobs, ports, options, wish.stop);
                     });
}

Ending Rehearsal::adopt(const std::string& list, Confirm confirm, const Wish& wish) {
    return carry_out("adopt", wish, confirm == Confirm::yes ? engine::Mode::apply : engine::Mode::plan_only,
                     [&](cli::Session& session, const engine::Ports& ports, engine::RunOptions& options) {
                         options.adopt = list;
                         return engine::run_once(session.sections, session.jobs, ports, options, wish.stop);
                     });
}

Ending Rehearsal::retire(const std::string& list, Confirm confirm) {
    return carry_out("retire", {}, confirm == Confirm::yes ? engine::Mode::apply : engine::Mode::plan_only,
                     [&](cli::Session& session, const engine::Ports& ports, engine::RunOptions& options) {
                         const auto note = engine::list_note_from_json(session.store->list_note(list).value());
                         EXPECT_TRUE(note) << "nothing is known of " << list;
                         return engine::retire_list(list, note.value_or(engine::ListNote{}), ports, options, {});
                     });
}

Ending Rehearsal::move(const std::string& list, Confirm confirm) {
    return carry_out("move", {}, confirm == Confirm::yes ? engine::Mode::apply : engine::Mode::plan_only,
                     [&](cli::Session& session, const engine::Ports& ports, engine::RunOptions& options) {
                         const auto* job = session.job(list);
                         EXPECT_NE(job, nullptr) << list << " is not configured";
                         return engine::move_list(*job, ports, options, {});
                     });
}

Ending Rehearsal::rollback(const std::string& run, const std::optional<std::string>& list, Confirm confirm,
                           const std::stop_token& stop) {
    return carry_out("rollback", {}, confirm == Confirm::yes ? engine::Mode::apply : engine::Mode::plan_only,
                     [&](cli::Session& session, const engine::Ports& ports, engine::RunOptions& options) {
                         const auto rollback = engine::prepare_rollback({run, list, "a rehearsal"}, session.jobs,
                                                                        session.settings->guard, *session.store);
                         EXPECT_TRUE(rollback) << rollback.error().message;
                         return rollback ? engine::roll_back(*rollback, ports, options, stop) : engine::RunResult{};
                     });
}

int Rehearsal::resume(const std::string& list) {
    write_settings();
    cli::Arguments arguments;
    arguments.command = cli::Command::resume;
    arguments.common.settings = settings_file();
    arguments.list = list;
    std::ostringstream out;
    return cli::pause_command(arguments, {out, out});
}

Ending Rehearsal::unblock(const std::string& value, Confirm confirm) {
    return say(core::OverrideKind::allow, value, {}, confirm);
}

Ending Rehearsal::block(const std::string& value, const std::string& list, Confirm confirm) {
    return say(core::OverrideKind::block, value, list, confirm);
}

Ending Rehearsal::say(core::OverrideKind kind, const std::string& value, const std::string& list, Confirm confirm) {
    const core::Override wish{kind,
                              core::canonical_override(value).value(),
                              list,
                              clock.now(),
                              clock.now() + 24h,
                              "alice",
                              "a partner waits"};
    std::string problem;
    auto ending =
        carry_out(core::name_of(kind), {}, confirm == Confirm::yes ? engine::Mode::apply : engine::Mode::plan_only,
                  [&](cli::Session& session, const engine::Ports& ports, engine::RunOptions& options) {
                      options.operator_name = "alice";
                      auto result = kind == core::OverrideKind::allow
                                        ? engine::unblock(wish, session.jobs, ports, options, {})
                                        : engine::block(wish, session.sections, session.jobs, ports, options, {});
                      if (result) return std::move(*result);
                      problem = result.error().message;
                      return engine::RunResult{};
                  });
    ending.problem = problem;
    return ending;
}

bool Rehearsal::end_unblock(const std::string& value) {
    bool ended = false;
    with_store([&](store::Store& store) {
        ended = engine::end_override(core::OverrideKind::allow, value, {}, "alice", store, clock.now())->was_in_force;
    });
    return ended;
}

engine::Explanation Rehearsal::explain(const std::string& value) {
    const auto session = open_session(store::OpenMode::reading);
    if (!session) {
        ADD_FAILURE() << session.error().message;
        return {};
    }
    return engine::explain(core::canonical_question(value).value(), (*session)->entry_sources()).value();
}

bool Rehearsal::forget_feed(const std::string& list, const std::string& section) {
    bool forgotten = false;
    with_store([&](store::Store& store) { forgotten = engine::forget_feed(list, section, store).value(); });
    return forgotten;
}

int Rehearsal::clear_exceptions(const std::string& list) {
    write_settings();
    cli::Arguments arguments;
    arguments.command = cli::Command::exceptions_clear;
    arguments.common.settings = settings_file();
    arguments.list = list;
    std::ostringstream out;
    std::ostringstream err;
    return cli::exceptions_command(arguments, {out, err});
}

void Rehearsal::with_store(const std::function<void(store::Store&)>& look) {
    auto session = open_session();
    ASSERT_TRUE(session) << session.error().message;
    look(*(*session)->store);
}

void Rehearsal::damage_snapshots(const std::string& section) {
    soci::session sql(soci::sqlite3, (folder_ / "state" / "cordon.db").string());
    sql << "UPDATE contents SET size_bytes = size_bytes + 1 WHERE content_key IN "
           "(SELECT content_key FROM snapshots WHERE feed = :feed)",
        soci::use(section);
}

Result<std::unique_ptr<cli::Session>> Rehearsal::open_session(store::OpenMode access) {
    write_settings();
    note_denylists();
    cli::CommonArguments common;
    common.settings = settings_file();
    common.log_level = LogLevel::debug;
    CORDON_TRY_ASSIGN(auto settings, cli::load_settings(common));
    CORDON_TRY_ASSIGN(auto session, cli::Session::wire(std::move(settings), clock));
    CORDON_TRY(session->open(common.log_level, access));
    return session;
}

Ending Rehearsal::carry_out(const std::string& command, const Wish& wish, engine::Mode mode, const Carry& carry) {
    Ending ending;
    auto opened = open_session(command == "plan" ? store::OpenMode::reading : store::OpenMode::writing);
    if (!opened) {
        ending.problem = opened.error().message;
        ending.status = cli::k_exit_usage;
        return ending;
    }
    auto& session = **opened;
    std::unique_ptr<store::Store::Hold> held;
    if (command != "plan") {
        auto hold = session.store->hold(command, clock.now());
        if (!hold) {
            ending.problem = hold.error().message;
            ending.status = cli::k_exit_other_run;
            return ending;
        }
        held = std::move(*hold);
    }
    auto options = session.run_options(command);
    options.mode = mode;
    options.allow_removals = wish.allow_removals;
    options.allow_growth = wish.allow_growth;
    auto result = carry(session, session.ports({}), options);
    if (mode == engine::Mode::apply) {
        const auto filed = session.rejected->finish();
        EXPECT_TRUE(filed);
    }
    ending.report = std::move(result.report);
    ending.plans = std::move(result.plans);
    ending.cost = result.cost;
    ending.status = ending.report.exit_status;
    opened->reset();
    check_laws(ending);
    return ending;
}

void Rehearsal::write_settings() const {
    std::string text;
    for (const auto& [section, keys] : settings_) {
        text += "[" + section + "]\n";
        for (const auto& [key, value] : keys) text += key + " = " + value + "\n";
        text += "\n";
    }
    ASSERT_TRUE(write_file_atomically(settings_file(), text));
}

void Rehearsal::note_denylists() {
    for (const auto& [section, keys] : settings_) {
        const auto value_of = [&, wanted_keys = &keys](std::string_view key) {
            const auto found = std::find_if(wanted_keys->begin(), wanted_keys->end(),
                                            [&](const auto& pair) { return pair.first == key; });
            return found == wanted_keys->end() ? std::string{} : found->second;
        };
        if (value_of("target") == "denylist") denylists_.insert(value_of("category_name"));
    }
}

void Rehearsal::check_laws(const Ending& ending) {
    const testing::ScopedTrace trace(__FILE__, __LINE__, "after '" + ending.report.command + "': " + ending.said());
    check_counters(ending.report);
    check_gateway();
    check_secrets(ending);
    const auto violations = clouds_->violations();
    for (auto i = known_violations_; i < violations.size() && !tolerates_violations_; ++i) {
        ADD_FAILURE() << "sandbox: " << violations[i];
    }
    known_violations_ = violations.size();
}

void Rehearsal::check_counters(const core::RunReport& report) {
    for (const auto& list : report.lists) {
        EXPECT_EQ(list.counts.imbalance(), "") << list.list;
        const bool is_settled = report.command != "plan" && report.activation == core::ActivationState::active &&
                                (list.outcome == core::Outcome::done || list.outcome == core::Outcome::unchanged);
        if (!is_settled || report.command == "move") continue;
        auto there = saved(list.list);
        there.erase(gateways::zia::k_placeholder_host);
        there.erase(gateways::zia::k_placeholder_address);
        EXPECT_EQ(there.size(), list.counts.foreign + list.counts.unchanged + list.added) << list.list;
        EXPECT_EQ(list.counts.pending, 0U) << list.list;
    }
}

void Rehearsal::check_gateway() {
    for (const auto side : {sandbox::Side::saved, sandbox::Side::active}) {
        for (const auto& view : clouds_->lists(side)) {
            const auto name = (side == sandbox::Side::saved ? "saved " : "active ") + view.name;
            const auto entries = view.entries();
            if (!entries.empty()) filled_.insert(name);
            EXPECT_FALSE(entries.empty() && filled_.contains(name)) << name << " was emptied";
        }
    }
    for (const auto& [list, entries] : must_stay_) {
        const auto gone = without(entries, saved(list));
        EXPECT_TRUE(gone.empty()) << "foreign entry is gone from " << list << ": " << *gone.begin();
    }
}

void Rehearsal::check_secrets(const Ending& ending) {
    const auto look = [&](const std::string& text, const std::string& where) {
        for (const auto& secret : secrets_)
            EXPECT_EQ(text.find(secret), std::string::npos) << "a secret is in " << where;
    };
    look(everything_said(ending), "the report");
    for (const auto& file : std::filesystem::recursive_directory_iterator(folder_)) {
        if (!file.is_regular_file() || file.path() == settings_file()) continue;
        look(read_file(file.path(), 1U << 30).value_or(""), file.path().string());
    }
}

Entries Rehearsal::held(const std::string& list, sandbox::Side side) {
    if (denylists_.contains(list)) return clouds_->denylist(side);
    const auto view = clouds_->list(list, side);
    return view ? view->entries() : Entries{};
}

Entries Rehearsal::active(const std::string& list) {
    return held(list, sandbox::Side::active);
}

Entries Rehearsal::saved(const std::string& list) {
    return held(list, sandbox::Side::saved);
}

std::string Rehearsal::rejected_csv() const {
    return read_file(folder_ / "logs" / "rejected.csv").value_or("");
}

std::string risk_list(std::span<const Row> rows) {
    std::string text = "\"Name\",\"Risk\",\"LastSeen\"\n";
    for (const auto& row : rows) text += fmt::format("\"{}\",\"{}\",\"{}\"\n", row.value, row.risk, row.last_seen);
    return text;
}

std::string risk_list(const Entries& values, int risk) {
    std::vector<Row> rows;
    for (const auto& value : values) rows.push_back({value, risk});
    return risk_list(rows);
}

Entries hosts(std::size_t count, std::size_t first) {
    Entries made;
    for (std::size_t i = 0; i < count; ++i) made.insert(fmt::format("host-{:05}.example", first + i));
    return made;
}

Entries addresses(std::size_t count, std::size_t first) {
    Entries made;
    for (auto i = first; i < first + count; ++i)
        made.insert(fmt::format("198.{}.{}.{}", 18 + i / 65536, i / 256 % 256, i % 256));
    return made;
}

Entries united(Entries a, const Entries& b) {
    a.insert(b.begin(), b.end());
    return a;
}

Entries without(Entries a, const Entries& b) {
    for (const auto& entry : b) a.erase(entry);
    return a;
}

}  // namespace cordon::scenario
