// pause, resume: leave one list as it is for a while.

#include <algorithm>
#include <ostream>
#include <set>
#include <vector>

#include <fmt/format.h>

#include "base/text.hpp"
#include "cli/commands.hpp"
#include "cli/operator_name.hpp"
#include "cli/session.hpp"
#include "cli/until.hpp"

namespace cordon::cli {
namespace {

/// The note of the list; `invalid` where nobody knows such a list, or it is not a list's first object.
Result<engine::ListNote> note_of(const std::string& list, const Settings& settings, store::Store& store) {
    CORDON_TRY_ASSIGN(const auto text, store.list_note(list));
    auto note = engine::list_note_from_json(text);
    const auto claims = claims_of(settings);
    const bool is_configured = std::any_of(claims.begin(), claims.end(), [&](const engine::ListClaim& claim) {
        return claim.list->category_name == list;
    });
    if (!note && !is_configured) {
        std::set<std::string> names;
        for (const auto& claim : claims) names.insert(claim.list->category_name);
        return fail(Code::invalid, fmt::format("nothing is known of a list '{}'{}", printable(list),
                                               engine::lists_instead_of(list, {names.begin(), names.end()})));
    }
    if (note && !note->first_list.empty()) {
        return fail(Code::invalid,
                    fmt::format("'{}' is a part of the list '{}'; name that", printable(list), note->first_list));
    }
    return note.value_or(engine::ListNote{});
}

}  // namespace

int pause_command(const Arguments& arguments, Streams streams) {
    const auto opened = open_store_of(arguments, store::OpenMode::writing, streams.err);
    if (!opened.store) return opened.status;
    auto* const store = opened.store.get();
    const auto now = SystemClock{}.now();
    const auto& list = arguments.list;
    auto note = note_of(list, *opened.settings, *store);
    if (!note) return report_failure(note.error(), streams.err);
    store::AuditRecord record{operator_name(), "resume", {}, list};
    const bool pauses = arguments.command == Command::pause;
    if (!pauses && !note->pause) {
        streams.err << fmt::format("cordon: '{}' is not paused\n", printable(list));
        return k_exit_usage;
    }
    if (pauses && note->pause && !note->pause->back_to.empty()) {
        streams.err << fmt::format(
            "cordon: '{}' was rolled back to {} and stays so until 'cordon resume \"{}\"'; a pause would end that by "
            "itself\n",
            printable(list), printable(note->pause->back_to), printable(list));
        return k_exit_usage;
    }
    std::optional<engine::Pause> pause;
    if (pauses) {
        const auto until = end_asked_for(arguments, now);
        if (!until) return report_failure(until.error(), streams.err);
        pause = engine::Pause{*until, record.who, arguments.because, {}, now};
        record.act = "pause";
        record.why = "until " + to_iso8601(*until) + (arguments.because.empty() ? "" : ": " + arguments.because);
    }
    // First the record. Where it cannot be written, the list does not wait for that.
    const auto written = store->audit(record, now);
    const auto set = engine::change_list_note(list, *store, [&](engine::ListNote& kept) { kept.pause = pause; });
    if (!set) return report_failure(set.error(), streams.err);
    streams.out << (pauses ? fmt::format("'{}' is paused until {}: runs leave it as it is; 'cordon resume \"{}\"' ends "
                                         "that\n",
                                         list, to_readable_utc(*pause->until), list)
                           : fmt::format("'{}' goes on with the next run\n", list));
    return status_of_record(written, streams.err);
}

}  // namespace cordon::cli
