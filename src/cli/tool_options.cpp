#include "cli/tool_options.hpp"

#include <CLI/CLI.hpp>

#include "base/text.hpp"

namespace cordon::cli {
namespace {

core::EntityType entity_named(const std::string& name) {
    if (equals_ignoring_case(name, "url")) return core::EntityType::url;
    if (equals_ignoring_case(name, "ip")) return core::EntityType::ip;
    return core::EntityType::domain;
}

CompileFormat format_named(const std::string& name) {
    if (equals_ignoring_case(name, "csv")) return CompileFormat::csv;
    if (equals_ignoring_case(name, "zia")) return CompileFormat::zia;
    return CompileFormat::plain;
}

}  // namespace

void add_sandbox_options(CLI::App& app, SandboxArguments& sandbox) {
    app.add_option("--port", sandbox.port, "Port on loopback; 0 picks a free one (0)")->check(CLI::Range(0, 65535));
    app.add_option("--feeds", sandbox.feeds, "Folder whose files are the lists; without, lists are generated");
    app.add_option("--seed", sandbox.seed, "Seed of generated lists (1)");
    app.add_option("--quota", sandbox.quota, "Custom URLs that the tenant may hold (25000)");
    app.add_option("--domains", sandbox.domains, "Rows of a generated domain list");
    app.add_option("--ips", sandbox.ips, "Rows of a generated IP list");
    app.add_option("--indicators", sandbox.indicators, "Generated CrowdStrike indicators (1200)")
        ->check(CLI::Range(0, 50'000'000));
    app.add_option("--changes", sandbox.changes, "CrowdStrike indicators that come or change with each tick (20)")
        ->check(CLI::Range(0, 1'000'000));
    app.add_flag("--no-rate-limits", sandbox.no_rate_limits, "Answer however fast requests come");
    app.add_option("--tick", sandbox.tick, "Let generated lists move on by an hour this often (30s, 5m)");
    app.add_flag("--strict", sandbox.strict, "Exit with 1 when a client broke a limit");
    app.add_option("--write-settings", sandbox.write_settings, "Write a settings.ini that uses this sandbox");
    app.add_option_function<std::string>(
           "--auth",
           [&sandbox](const std::string& name) { sandbox.auth = sandbox_auth_named(name).value_or(sandbox.auth); },
           "How these settings sign in to ZIA: legacy, oneapi or bearer (legacy)")
        ->check(CLI::IsMember({"legacy", "oneapi", "bearer"}));
}

void add_compile_options(CLI::App& app, CompileArguments& compile) {
    app.add_option_function<std::string>(
           "--type", [&compile](const std::string& name) { compile.type = entity_named(name); },
           "What the values are: domain, url or ip; without, told from the first lines")
        ->check(CLI::IsMember({"domain", "url", "ip"}, CLI::ignore_case));
    app.add_flag("--subdomains", compile.subdomains, "Block domains with their subdomains; parents cover children");
    app.add_option("--allow", compile.allow, "File of what must never be blocked; may be repeated")
        ->allow_extra_args(false);
    app.add_option("--max", compile.max, "At most so many entries; 0 for all (0)")->check(CLI::Range(0, 1'000'000'000));
    app.add_option("--threads", compile.threads, "Processors to use; 0 for all (0)")->check(CLI::Range(0, 1024));
    app.add_option_function<std::string>(
           "--format", [&compile](const std::string& name) { compile.format = format_named(name); },
           "plain, csv or zia (plain)")
        ->check(CLI::IsMember({"plain", "csv", "zia"}, CLI::ignore_case));
    app.add_option("FILE", compile.files, "Lists, one value a line; - is the standard input")->required();
}

}  // namespace cordon::cli
