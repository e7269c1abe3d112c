#include "tests/simulation/world/machine.hpp"

#include <atomic>
#include <stdexcept>

#include <unistd.h>

#include <fmt/format.h>

#include "base/file.hpp"
#include "base/text.hpp"
#include "cli/settings.hpp"

namespace cordon::simulation {
namespace {

std::filesystem::path new_folder() {
    static std::atomic<int> number = 0;
    // In memory where there is such a place: most of the time goes into making files.
    const bool has_memory = ::access("/dev/shm", W_OK) == 0;
    const auto folder = (has_memory ? std::filesystem::path("/dev/shm") : std::filesystem::temp_directory_path()) /
                        fmt::format("cordon-simulation-{}-{}", ::getpid(), ++number);
    std::filesystem::remove_all(folder);
    std::filesystem::create_directories(folder);
    return folder;
}

constexpr const char* k_settings_file = "settings.ini";

}  // namespace

std::string Ending::said() const {
    std::vector<std::string> lines{died ? "the program died" : "", problem};
    if (const auto* told = report()) {
        const auto take = [&](const auto& part) {
            lines.push_back(part.message);
            lines.insert(lines.end(), part.warnings.begin(), part.warnings.end());
        };
        lines.push_back(told->message);
        lines.push_back(told->held_back);
        lines.insert(lines.end(), told->warnings.begin(), told->warnings.end());
        for (const auto& feed : told->feeds) take(feed);
        for (const auto& list : told->lists) take(list);
    }
    std::erase(lines, std::string{});
    return join(lines, "\n");
}

Machine::Machine(sandbox::Sandbox& clouds, ManualClock& truth, std::uint64_t seed)
    : clock(truth), wire(clouds, truth), clouds_(clouds), random_(seed), folder_(new_folder()) {
    clock.is_dead = [this] { return wire.is_dead(); };
    wire.on_death = [] { Disk::get().die(); };
    Disk::get().on_death = [this] { wire.die(); };
    const auto known = clouds.options().credentials;
    const std::string url = "http://127.0.0.1:9";  // nobody listens there: nothing may go past the wire
    if (seed % 2 == 0) {
        set("zscaler", "base_uri", url);
        set("zscaler", "api_key", known.api_key);
        set("zscaler", "username", known.username);
        set("zscaler", "password", known.password);
    } else {
        set("zscaler", "token_url", url + "/oauth2/v1/token");
        set("zscaler", "api_url", url + "/zia/api/v1");
        set("zscaler", "client_id", known.oneapi_client_id);
        set("zscaler", "client_secret", known.oneapi_client_secret);
    }
    set("rfapi", "api_url", url);
    set("rfapi", "token", known.rf_token);
    set("falcon", "base_url", url);
    set("falcon", "client_id", known.cs_client_id);
    std::string secret;
    for (const char c : known.cs_client_secret) secret += c == '%' ? "%%" : std::string(1, c);
    set("falcon", "client_secret", secret);
    set("guard", "permit_reserved", "true");
}

Machine::~Machine() {
    Disk::get().on_death = {};
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
}

void Machine::set(const std::string& section, const std::string& key, const std::string& value) {
    settings_[section][key] = value;
    loaded_.reset();
}

void Machine::unset(const std::string& section, const std::string& key) {
    settings_[section].erase(key);
    loaded_.reset();
}

void Machine::write_settings() const {
    std::string text;
    for (const auto& [section, keys] : settings_) {
        text += "[" + section + "]\n";
        for (const auto& [key, value] : keys) text += key + " = " + value + "\n";
    }
    if (!write_file_atomically(folder_ / k_settings_file, text)) throw std::runtime_error("settings");
}

Result<std::unique_ptr<cli::Session>> Machine::open() {
    if (loaded_ == nullptr) {
        write_settings();
        cli::CommonArguments common;
        common.settings = folder_ / k_settings_file;
        CORDON_TRY_ASSIGN(loaded_, cli::load_settings(common));
    }
    cli::Outside outside;
    outside.connect = [this](const net::Connection&) { return wire.connect(); };
    outside.random = [this] { return std::mt19937_64(random_()); };
    CORDON_TRY_ASSIGN(auto session, cli::Session::wire(loaded_, clock, cli::Feeds::optional, outside));
    return session;
}

Ending Machine::start(const Wish& wish) {
    Ending ending;
    const auto writes_before = clouds_.zia_writes();
    auto wired = open();
    if (!wired) {
        ending.problem = wired.error().message;
        return ending;
    }
    auto session = std::move(*wired);
    try {
        const auto mode = wish.only_plans ? store::OpenMode::reading : store::OpenMode::writing;
        if (const auto opened = session->open(LogLevel::error, mode); !opened) {
            ending.problem = opened.error().message;
        } else {
            std::unique_ptr<store::Store::Hold> held;
            if (!wish.only_plans) {
                auto hold = session->store->hold("run", clock.now());
                if (!hold) ending.problem = hold.error().message;
                if (hold) held = std::move(*hold);
            }
            if (ending.problem.empty()) {
                if (plant) plant(*session, wire);
                auto options = session->run_options(wish.only_plans ? "plan" : "run");
                options.mode = wish.only_plans ? engine::Mode::plan_only : engine::Mode::apply;
                options.allow_removals = wish.allow_removals;
                options.allow_growth = wish.allow_growth;
                options.reviewed_digest = wish.digest;
                options.fetching.at_once = feeds_at_once;
                ending.result = engine::run_once(session->sections, session->jobs, session->ports({}), options,
                                                 wire.told_to_stop.get_token());
            }
        }
    } catch (const Died&) {
    }
    ending.had_disk_trouble = Disk::get().has_struck();
    ending.zia_writes = clouds_.zia_writes() - writes_before;
    session.reset();
    ending.died = wire.is_dead();
    if (before_restart) before_restart();
    wire.restart();
    Disk::get().restart();
    return ending;
}

std::string Machine::look(const std::function<void(store::Store&)>& look) {
    auto store = store::open_store(state_dir(), store::OpenMode::writing);
    if (!store) return store.error().message;
    look(**store);
    return {};
}

}  // namespace cordon::simulation
