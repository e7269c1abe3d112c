#include "cli/sandbox.hpp"

#include <memory>
#include <mutex>
#include <optional>
#include <ostream>
#include <utility>

#include <fmt/format.h>

#include "base/clock.hpp"
#include "base/file.hpp"
#include "base/text.hpp"
#include "cli/exit_status.hpp"
#include "sandbox/sandbox.hpp"

namespace cordon::cli {
namespace {

constexpr std::chrono::hours k_long{24};

/// Both streams, written a line at a time by the server's threads.
class Lines {
public:
    Lines(std::ostream& out, std::ostream& err) : out_(out), err_(err) {}
    void out(const std::string& line) { write(out_, line); }
    void err(const std::string& line) { write(err_, line); }

private:
    void write(std::ostream& stream, const std::string& line) {
        const std::lock_guard lock(mutex_);
        stream << line << std::endl;
    }
    std::mutex mutex_;
    std::ostream& out_;
    std::ostream& err_;
};

/// With "%" written as the settings file wants it.
std::string in_file(std::string_view text) {
    std::string written;
    for (const char c : text) written += c == '%' ? "%%" : std::string(1, c);
    return written;
}

/// The keys of [zscaler].
std::string sign_in_text(const cordon::sandbox::Sandbox& clouds, SandboxAuth auth) {
    const auto credentials = clouds.options().credentials;
    switch (auth) {
        case SandboxAuth::oneapi:
            return fmt::format(
                "auth = oneapi\n"
                "client_id = {1}\n"
                "client_secret = {2}\n"
                "token_url = {0}/oauth2/v1/token\n"
                "api_url = {0}/zia/api/v1\n",
                clouds.url(), credentials.oneapi_client_id, in_file(credentials.oneapi_client_secret));
        case SandboxAuth::bearer:
            return fmt::format(
                "auth = bearer\n"
                "base_uri = {0}/api/v1\n"
                "bearer_token = {1}\n",
                clouds.url(), in_file(credentials.external_bearer));
        case SandboxAuth::legacy: break;
    }
    return fmt::format(
        "base_uri = {0}/api/v1\n"
        "api_key = {1}\n"
        "username = {2}\n"
        "password = {3}\n",
        clouds.url(), credentials.api_key, credentials.username, credentials.password);
}

std::string settings_text(const cordon::sandbox::Sandbox& clouds, SandboxAuth auth) {
    const auto credentials = clouds.options().credentials;
    return fmt::format(
        "[zscaler]\n"
        "{1}"
        "\n"
        "[rfapi]\n"
        "api_url = {0}\n"
        "token = {2}\n"
        "\n"
        "[risklist_weaponized_domains]\n"
        "entity_type = domain\n"
        "fusion_file = public/prevent/weaponized_domains.json\n"
        "category_name = Recorded Future SCF - Prevent Domains\n"
        "category_description = Malicious IoCs from Recorded Future Security Control Feed: Weaponized "
        "Domains and URLs -\n"
        "\n"
        "[risklist_c2_communicating_ips]\n"
        "entity_type = ip\n"
        "fusion_file = public/prevent/c2_communicating_ips.json\n"
        "category_name = Recorded Future SCF - Prevent C2C IPs\n"
        "category_description = Malicious IoCs from Recorded Future Security Control Feed: Command and "
        "Control IPs [Prevent] -\n"
        "\n"
        "[falcon]\n"
        "client_id = {3}\n"
        "client_secret = {4}\n"
        "base_url = {0}\n"
        "\n"
        "[falcon_urls]\n"
        "types = url\n"
        "min_confidence = high\n"
        "max_entries = 2000\n"
        "category_name = CrowdStrike Malicious URLs - High\n"
        "\n"
        "# The sandbox's lists hold reserved names and benchmarking addresses only.\n"
        "[guard]\n"
        "permit_reserved = true\n",
        clouds.url(), sign_in_text(clouds, auth), credentials.rf_token, credentials.cs_client_id,
        in_file(credentials.cs_client_secret));
}

void introduce(const cordon::sandbox::Sandbox& clouds, const SandboxArguments& arguments, Lines& lines) {
    lines.out(
        fmt::format("The sandbox listens on {} (Recorded Future below /v2 and /fusion/v3, CrowdStrike below\n"
                    "/oauth2 and /intel, ZIA below /api/v1 and, with tokens of /oauth2/v1/token, below /zia/api/v1).\n"
                    "Look in with: curl {}/_sandbox/state\n"
                    "Lists: {}\n"
                    "These settings use it:\n\n{}",
                    clouds.url(), clouds.url(),
                    arguments.feeds.empty() ? "generated, reserved names only" : arguments.feeds.string(),
                    settings_text(clouds, arguments.auth)));
}

cordon::sandbox::Options options_of(const SandboxArguments& arguments, Lines& lines) {
    cordon::sandbox::Options options;
    options.port = arguments.port;
    options.feeds_dir = arguments.feeds;
    options.seed = arguments.seed;
    options.url_quota = arguments.quota;
    options.has_rate_limits = !arguments.no_rate_limits;
    options.domains = arguments.domains;
    options.ips = arguments.ips;
    options.cs_rows = arguments.indicators;
    options.cs_churn = arguments.changes;
    options.on_request = [&lines](const cordon::sandbox::JournalEntry& entry) {
        lines.out(fmt::format("{:6} {} {}{}", entry.method, entry.target, entry.status,
                              entry.fault.empty() ? "" : " (" + entry.fault + " injected)"));
    };
    options.on_violation = [&lines](const std::string& what) { lines.err("VIOLATION " + what); };
    return options;
}

/// Waits for `stop`; moves the lists on every `tick` where there is one.
void serve(cordon::sandbox::Sandbox& clouds, Clock& clock, std::optional<std::chrono::seconds> tick, Lines& lines,
           const std::stop_token& stop) {
    while (clock.wait_for(tick.value_or(k_long), stop)) {
        if (!tick) continue;
        clouds.tick();
        lines.out(fmt::format("The lists moved on to hour {}.", clouds.ticks()));
    }
}

int conclude(cordon::sandbox::Sandbox& clouds, const SandboxArguments& arguments, Lines& lines) {
    const auto violations = clouds.violations().size();
    if (violations == 0) return k_exit_done;
    lines.err(fmt::format("cordon sandbox: {} times a client did what no careful client does (see VIOLATION above).",
                          violations));
    return arguments.strict ? k_exit_failed : k_exit_done;
}

Result<std::optional<std::chrono::seconds>> tick_of(const SandboxArguments& arguments) {
    if (arguments.tick.empty()) return std::optional<std::chrono::seconds>{};
    const auto tick = parse_duration(arguments.tick);
    if (!tick || tick->count() == 0) return fail(Code::invalid, "--tick takes a length of time such as 30s, 5m or 1h.");
    return std::optional(*tick);
}

Result<void> check_feeds(const SandboxArguments& arguments) {
    std::error_code failed;
    if (arguments.feeds.empty() || std::filesystem::is_directory(arguments.feeds, failed)) return {};
    return fail(Code::invalid,
                fmt::format("--feeds {}: there is no such folder.", printable(arguments.feeds.string())));
}

Result<int> run(const SandboxArguments& arguments, Lines& lines, const std::stop_token& stop) {
    CORDON_TRY_ASSIGN(const auto tick, tick_of(arguments));
    CORDON_TRY(check_feeds(arguments));
    SystemClock clock;
    CORDON_TRY_ASSIGN(const auto clouds, cordon::sandbox::Sandbox::start(options_of(arguments, lines), clock));
    if (!arguments.write_settings.empty()) {
        CORDON_TRY(write_file_atomically(arguments.write_settings, settings_text(*clouds, arguments.auth)));
    }
    introduce(*clouds, arguments, lines);
    serve(*clouds, clock, tick, lines, stop);
    return conclude(*clouds, arguments, lines);
}

}  // namespace

std::optional<SandboxAuth> sandbox_auth_named(std::string_view name) {
    if (name == "legacy") return SandboxAuth::legacy;
    if (name == "oneapi") return SandboxAuth::oneapi;
    if (name == "bearer") return SandboxAuth::bearer;
    return std::nullopt;
}

int sandbox(const SandboxArguments& arguments, std::ostream& out, std::ostream& err, const std::stop_token& stop) {
    Lines lines(out, err);
    const auto status = run(arguments, lines, stop);
    if (status) return *status;
    lines.err("cordon sandbox: " + status.error().message);
    return k_exit_usage;
}

}  // namespace cordon::cli
