#pragma once

#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/enforcement.hpp"
#include "core/entry.hpp"
#include "core/indicator.hpp"
#include "store/store.hpp"

namespace cordon::engine {

/// What is remembered of the rules that decide about a list.
struct RulesNote {
    std::optional<Time> read_at;                   ///< or refused
    std::string asked;                             ///< what they were read for: when it changes, they are read again
    std::string unread;                            ///< why they could not be read; "" where they could
    std::optional<core::Enforcement> enforcement;  ///< as it was read last
    std::string rule_id;                           ///< of the rule that is ours; "" where none is known
    std::string wish;                              ///< that it was last kept by; "" where that has to be tried again
    std::string problem;                           ///< why it is not as wished; "" where it is
    Time problem_since{};                          ///< when that was said
};

/// While it lasts nothing comes onto a list and nothing goes off it.
struct Pause {
    std::optional<Time> until;   ///< nullopt: until somebody resumes it
    std::string who;             ///< the operator
    std::string because;         ///< "" where no reason was given
    std::string back_to = {};    ///< the run that the list was rolled back to; "" of `cordon pause`
    Time since = {};             ///< when that was said; of a pause of an older Cordon not known
    bool is_unfinished = false;  ///< the rollback has not put everything back

    [[nodiscard]] bool is_over(Time now) const noexcept { return until && *until <= now; }
};

/// What the engine remembers of a list beside its ledger, as JSON in the store.
struct ListNote {
    core::TargetKind target = core::TargetKind::url_category;
    std::string description;
    std::vector<std::pair<std::string, core::EntityType>> feeds;  ///< sections that fed it, with their kind
    std::string first_list = {};      ///< the list that it goes on; "" where it is a list's first object
    std::string group = {};           ///< the list's, see ListJob
    std::optional<Pause> pause = {};  ///< of the list, in its first object's note
    RulesNote rules = {};
    /// Others' entries that block what operators unblocked or blocked, as the last reading showed.
    std::vector<std::string> theirs = {};
};
[[nodiscard]] std::string to_json(const ListNote& note);
[[nodiscard]] std::optional<ListNote> list_note_from_json(const std::string& json);

/// Changes the note of a list in the store; whatever of it `change` leaves alone stays as it is there, also what
/// another process wrote a moment ago.
Result<void> change_list_note(const std::string& list, store::Store& store,
                              const std::function<void(ListNote& note)>& change);

/// Makes a list forget a section that no longer feeds it, so that the next run removes, under the guard,
/// what only that section wanted. False where the section never fed it.
[[nodiscard]] Result<bool> forget_feed(const std::string& list, const std::string& section, store::Store& store);

}  // namespace cordon::engine
