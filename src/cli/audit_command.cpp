// audit: show and verify the log of what was done, begin a new one in the place of a broken one.

#include <deque>
#include <ostream>

#include <fmt/format.h>

#include "base/text.hpp"
#include "cli/commands.hpp"
#include "cli/operator_name.hpp"
#include "cli/session.hpp"
#include "store/audit_record.hpp"
#include "store/sql_store.hpp"

namespace cordon::cli {
namespace {

/// "2026-11-22T10:00:00Z  alice  run  'L'  +12 -3  plan 12ab  (run 2026...)". A record that somebody changed may hold
/// anything; what is no text where one belongs is left out.
std::string line_of(std::string_view record) {
    std::size_t added = 0;
    std::size_t removed = 0;
    const auto facts = store::read_audit_record(record, [&](store::AuditChange change, std::string&&) {
        ++(change == store::AuditChange::added ? added : removed);
    });
    if (!facts) return printable(record, 600);
    const auto shown = [](const std::string& text) { return printable(text, 200); };
    auto line = fmt::format("{}  {}  {}", shown(facts->at), shown(facts->who), shown(facts->act));
    if (!facts->list.empty()) line += fmt::format("  '{}'", shown(facts->list));
    if (added + removed > 0) line += fmt::format("  +{} -{}", with_thousands(added), with_thousands(removed));
    if (!facts->why.empty()) line += "  " + printable(facts->why, 600);
    return line + (facts->run.empty() ? "" : "  (run " + shown(facts->run) + ")");
}

}  // namespace

int audit_command(const Arguments& arguments, Streams streams) {
    const auto opened = open_store_of(arguments, store::OpenMode::looking, streams.err);
    if (!opened.store) return opened.status;
    auto* const store = opened.store.get();
    std::deque<std::string> newest;
    const bool shows = arguments.command == Command::audit_show;
    const auto found = store->verify_audit([&](std::string_view line) {
        if (!shows) return;
        newest.emplace_back(line);
        if (newest.size() > arguments.most) newest.pop_front();
    });
    if (!found) return report_failure(found.error(), streams.err);
    for (const auto& record : newest) streams.out << (arguments.json ? record : line_of(record)) << "\n";
    const auto file = printable((opened.state_dir() / "audit.jsonl").string(), 300);
    if (found->problem) {
        const auto* const before = found->line == 0 ? "" : "; the records before that are as they were written";
        if (found->mends_itself) {
            streams.err << fmt::format("cordon: {}: {}{}\n", file, *found->problem, before);
            return k_exit_failed;
        }
        std::error_code unseen;
        const bool is_there = std::filesystem::exists(opened.state_dir() / "audit.jsonl", unseen);
        streams.err << fmt::format(
            "cordon: {}: {}{}. 'cordon audit restart --because TEXT' {}begins a new one; 'cordon rollback' then goes "
            "back to later runs only\n",
            file, *found->problem, before, is_there ? "keeps this file aside and " : "");
        return k_exit_failed;
    }
    if (!shows) {
        streams.out << fmt::format("{}: {} record{}, nothing was changed or taken out; the last one's hash is {}\n",
                                   file, with_thousands(found->head.records), found->head.records == 1 ? "" : "s",
                                   found->head.hash);
        if (found->unwritten != 0) {
            streams.err << fmt::format(
                "cordon: {} record{} could not be written since; make {} writable: the next record tells of the gap\n",
                with_thousands(found->unwritten), found->unwritten == 1 ? "" : "s", file);
            return k_exit_failed;
        }
    } else if (newest.empty()) {
        streams.out << "nothing was done yet; 'cordon run' writes the first records\n";
    }
    return k_exit_done;
}

int audit_restart_command(const Arguments& arguments, Streams streams) {
    const auto opened = open_store_of(arguments, store::OpenMode::writing, streams.err);
    if (!opened.store) return opened.status;
    auto* const store = opened.store.get();
    const auto now = SystemClock{}.now();
    const auto hold = store->hold("audit restart", now);
    if (!hold) {
        const int status = report_failure(hold.error(), streams.err);
        return hold.error().code == Code::blocked ? k_exit_other_run : status;
    }
    const auto found = store->verify_audit({});
    if (!found) return report_failure(found.error(), streams.err);
    if (!found->problem) {
        streams.err << "cordon: nothing is wrong with the audit log; it goes on as it is\n";
        return k_exit_usage;
    }
    const auto restart = store->restart_audit(
        {operator_name(), "restart", {}, {}, fmt::format("{} ({})", arguments.because, *found->problem)}, now);
    if (!restart) return report_failure(restart.error(), streams.err);
    if (restart->former.empty()) {
        streams.out << "the audit log was gone; a new one has begun\n";
    } else {
        streams.out << fmt::format("a new audit log has begun; the broken one is {}, SHA-256 {}\n",
                                   (opened.state_dir() / restart->former).string(), restart->sha256);
    }
    streams.out
        << "'cordon rollback' goes back to runs from now on only: earlier changes are in the former log alone\n";
    return k_exit_done;
}

}  // namespace cordon::cli
