#pragma once

#include <cstdint>
#include <filesystem>
#include <iosfwd>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>

#include "sandbox/options.hpp"

namespace cordon::cli {

/// How the settings that use the sandbox sign in to its ZIA (zia-api.md 2.4, 3, 2.7).
enum class SandboxAuth { legacy, oneapi, bearer };
/// nullopt where it is none of these.
[[nodiscard]] std::optional<SandboxAuth> sandbox_auth_named(std::string_view name);

/// The flags of `cordon sandbox`.
struct SandboxArguments {
    int port = 0;                            ///< --port N; 0 picks a free one
    std::filesystem::path feeds;             ///< --feeds DIR; empty = generated lists
    std::uint64_t seed = 1;                  ///< --seed N
    std::size_t quota = 25'000;              ///< --quota N: custom URLs of the tenant
    bool no_rate_limits = false;             ///< --no-rate-limits
    std::string tick;                        ///< --tick DURATION: generated lists move on by an hour that often
    bool strict = false;                     ///< --strict: exit status 1 when a client broke a limit
    std::filesystem::path write_settings;    ///< --write-settings FILE: a settings.ini that uses the sandbox
    SandboxAuth auth = SandboxAuth::legacy;  ///< --auth legacy|oneapi|bearer: how these settings sign in to ZIA
    std::size_t domains = sandbox::Options{}.domains;     ///< --domains N: rows of generated lists
    std::size_t ips = sandbox::Options{}.ips;             ///< --ips N
    std::size_t indicators = sandbox::Options{}.cs_rows;  ///< --indicators N: CrowdStrike's, of all types
    std::size_t changes = sandbox::Options{}.cs_churn;    ///< --changes N: of these, with each tick
};

/// Serves the sandbox until `stop` is requested: prints where it is, the credentials and the settings that
/// use it, then one line per request on `out` and one per violation on `err`. Exit status 0 · 1 strict and
/// violated · 2 usage (also an address that is taken).
[[nodiscard]] int sandbox(const SandboxArguments& arguments, std::ostream& out, std::ostream& err,
                          const std::stop_token& stop);

}  // namespace cordon::cli
