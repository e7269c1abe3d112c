// export, import: the whole state as one file.

#include <algorithm>
#include <ostream>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "base/own_folder.hpp"
#include "base/text.hpp"
#include "cli/commands.hpp"
#include "cli/engine_command.hpp"
#include "cli/operator_name.hpp"
#include "cli/session.hpp"
#include "store/transfer.hpp"

namespace cordon::cli {
namespace {

int refuse_state(const Error& problem, std::ostream& err) {
    const int status = report_failure(problem, err);
    return problem.code == Code::blocked ? k_exit_other_run : status;
}

Error nameless(const char* done) {
    return {Code::invalid, fmt::format("the name of the FILE is empty: name the file that is to be {}", done)};
}

void warn_of_broken_log(const std::optional<std::string>& problem, std::ostream& err) {
    if (!problem) return;
    err << fmt::format(
        "cordon: note: the audit log in it is broken ({}); 'cordon audit restart --because TEXT' begins a "
        "new one\n",
        *problem);
}

/// A failure where the state cannot be read: an import may be its cure.
Result<std::vector<Saying>> said_in(const Settings& settings, const std::filesystem::path& state_dir, Time now) {
    CORDON_TRY_ASSIGN(const auto store, store::open_store(state_dir, store::OpenMode::looking));
    return what_operators_said(settings, *store, now);
}

void tell_forgotten(const std::vector<Saying>& before, const std::vector<Saying>& after, std::ostream& out) {
    constexpr std::size_t k_most_told = 10;
    std::size_t forgotten = 0;
    for (const auto& said : before) {
        const auto is_it = [&](const Saying& one) { return one.sentence == said.sentence; };
        if (std::any_of(after.begin(), after.end(), is_it)) continue;
        if (++forgotten > k_most_told) continue;
        out << "no longer, since it is not in the file: " << said.sentence;
        if (!said.command.empty()) out << "; to say it again: " << said.command;
        out << "\n";
    }
    if (forgotten > k_most_told) out << fmt::format("and {} more that operators had said\n", forgotten - k_most_told);
}

}  // namespace

int export_command(const Arguments& arguments, Streams streams) {
    if (arguments.import_file.empty()) return refuse_state(nameless("written"), streams.err);
    const auto settings = load_settings(arguments.common);
    if (!settings) return report_failure(settings.error(), streams.err);
    const auto state_dir = (*settings)->resolved((*settings)->places.state_dir);
    if (std::error_code unseen; !std::filesystem::exists(state_dir / "cordon.db", unseen)) {
        return refuse_state({Code::invalid, fmt::format("there is no state in {} yet; 'cordon run' makes it",
                                                        printable(state_dir.string(), 300))},
                            streams.err);
    }
    const auto opened = open_store_of(arguments, store::OpenMode::writing, streams.err);
    if (!opened.store) return opened.status;
    auto* const store = opened.store.get();
    const auto now = SystemClock{}.now();
    const auto hold = store->hold("export", now);
    if (!hold) return refuse_state(hold.error(), streams.err);
    const auto& file = arguments.import_file;
    const auto exported = store::export_state(
        state_dir, *store, file, {operator_name(), "export", {}, {}, std::filesystem::absolute(file).string()}, now);
    if (!exported) return refuse_state(exported.error(), streams.err);
    warn_of_broken_log(exported->audit_problem, streams.err);
    streams.out << fmt::format(
        "{}: all of {}, {} bytes, {} audit record{}; no secrets, but everything that is blocked\n",
        printable(file.string(), 300), printable(state_dir.string(), 300), with_thousands(exported->bytes),
        with_thousands(exported->audit_records), exported->audit_records == 1 ? "" : "s");
    return status_of_record(exported->lacks, streams.err);
}

int state_import_command(const Arguments& arguments, Streams streams) {
    if (arguments.import_file.empty()) return refuse_state(nameless("read"), streams.err);
    const auto settings = load_settings(arguments.common);
    if (!settings) return report_failure(settings.error(), streams.err);
    const auto state_dir = (*settings)->resolved((*settings)->places.state_dir);
    const auto& file = arguments.import_file;
    const auto mode = arguments.replaces ? store::ImportMode::replace : store::ImportMode::into_nothing;
    const auto now = SystemClock{}.now();
    if (const auto ours = go_on_as_owner_of(state_dir); !ours) return refuse_state(ours.error(), streams.err);
    const auto before = said_in(**settings, state_dir, now);
    const auto imported = store::import_state(
        file, state_dir, mode, {operator_name(), "import", {}, {}, std::filesystem::absolute(file).string()}, now);
    if (!imported) return refuse_state(imported.error(), streams.err);
    warn_of_broken_log(imported->audit_problem, streams.err);
    streams.out << fmt::format("{} is now what was exported {}\n", printable(state_dir.string(), 300),
                               printable(imported->exported_at, 40));
    if (!imported->former.empty()) {
        streams.out << fmt::format("the state that was there is kept in {}\n",
                                   printable(imported->former.string(), 300));
    }
    if (imported->former.empty()) return k_exit_done;
    if (before) {
        const auto after = said_in(**settings, state_dir, now);
        tell_forgotten(*before, after ? *after : std::vector<Saying>{}, streams.out);
    } else {
        streams.out << fmt::format(
            "that state could not be read, so it cannot be said which unblocks, blocks, pauses and pins of it the file "
            "does not have: {} names them\n",
            printable((imported->former / "audit.jsonl").string(), 300));
    }
    return k_exit_done;
}

}  // namespace cordon::cli
