// config import: a predecessor's settings file as one of ours.

#include <unistd.h>

#include <algorithm>
#include <ostream>

#include <fmt/format.h>

#include "base/file.hpp"
#include "base/text.hpp"
#include "cli/commands.hpp"
#include "cli/predecessors.hpp"
#include "cli/settings.hpp"

namespace cordon::cli {
namespace {

/// What to do instead of writing the value into a file; empty where it is no secret.
std::string secret_advice(std::span<const SettingSection> tables, const config::TranslatedKey& key,
                          const std::string& file) {
    for (const auto& table : tables) {
        if (table.name != key.section) continue;
        for (const auto& setting : table.settings(key.section)) {
            if (setting.key != key.key || !setting.is_secret) continue;
            const auto variable = setting.environment.empty() ? std::string("copy it yourself")
                                                              : fmt::format("set {0} or {0}_FILE", setting.environment);
            return fmt::format("{}: a secret, left in {}; {} (--with-secrets copies it)", key.from, file, variable);
        }
    }
    return {};
}

std::string heading(const PredecessorFile& found, const std::string& file) {
    return fmt::format(
        "# Settings of Cordon, made from {} (a file of {}) by 'cordon config import'.\n"
        "# Remarks stand above the keys for which Cordon does something else; docs/coming-from-intel-bridge.md has it "
        "all.\n",
        printable(file), found.dialect->program);
}

int refuse(const std::string& sentence, std::ostream& err) {
    return report_failure({Code::invalid, sentence}, err);
}

}  // namespace

int import_command(const Arguments& arguments, Streams streams) {
    const auto file = arguments.import_file.string();
    const auto text = read_file(arguments.import_file, 1U << 20);
    if (!text) return report_failure(text.error(), streams.err);
    Settings fresh;
    const auto tables = tables_of(fresh);
    const auto found =
        read_predecessor(*text, file, [&](std::string_view section) { return is_known_section(tables, section); });
    if (!found) {
        return refuse(fmt::format("{} is no settings file of the Intel Bridge: neither a config.ini with [CROWDSTRIKE] "
                                  "and [ZSCALER] nor a "
                                  "config.py with cs_clientID",
                                  printable(file)),
                      streams.err);
    }
    if (arguments.with_secrets && ::isatty(STDOUT_FILENO) != 0) {
        return refuse(
            "passwords are not shown on a terminal; send the output into a file: cordon config import FILE "
            "--with-secrets > "
            "settings.ini",
            streams.err);
    }
    bool is_good = true;
    for (const auto& problem : found->translation.problems) {
        streams.err << fmt::format("cordon: {}{}\n", problem.is_error ? "" : "note: ", problem.text());
        is_good = is_good && !problem.is_error;
    }
    if (!is_good) return k_exit_usage;
    streams.out << heading(*found, file)
                << config::to_ini_text(found->translation, [&](const config::TranslatedKey& key) {
                       return arguments.with_secrets ? std::string{} : secret_advice(tables, key, file);
                   });
    return k_exit_done;
}

}  // namespace cordon::cli
