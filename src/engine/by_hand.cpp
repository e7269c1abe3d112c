#include "engine/by_hand.hpp"

#include <fmt/format.h>

#include "base/text.hpp"

namespace cordon::engine {

Result<Misplaced> misplaced(const ListJob& job, store::Store& store) {
    CORDON_TRY_ASSIGN(auto ledger, store.ledger(job.target.list));
    CORDON_TRY_ASSIGN(const auto text, store.list_note(job.target.list));
    const auto note = list_note_from_json(text);
    return ledger.ours.empty() ? Misplaced{} : misplaced(job, note, std::move(ledger));
}

Misplaced misplaced(const ListJob& job, const std::optional<ListNote>& note, core::ListLedger ledger) {
    if (!note || note->target == job.target.kind) return {};
    return {note->target, std::move(ledger),
            fmt::format("'{}' is a {} now, but what was on it lies in a {}; it stays as it is",
                        printable(job.target.list), core::noun_of(job.target.kind), core::noun_of(note->target))};
}

Result<ReadLists> read_lists(std::span<const ListJob> jobs, const gateways::Inventory& inventory, store::Store& store) {
    ReadLists read{jobs, inventory.lists, {}, {}, inventory.room};
    for (const auto& job : jobs) {
        CORDON_TRY_ASSIGN(auto ledger, store.ledger(job.target.list));
        CORDON_TRY_ASSIGN(auto elsewhere, misplaced(job, store));
        if (!elsewhere.why_not.empty()) ledger = {};
        read.ledgers.push_back(std::move(ledger));
        read.misplaced.push_back(std::move(elsewhere));
    }
    return read;
}

Result<void> require_in_place(const ReadLists& read, std::span<const std::optional<HandMade>> plans) {
    for (std::size_t i = 0; i < plans.size(); ++i) {
        if (plans[i] && !read.misplaced[i].why_not.empty()) return fail(Code::invalid, read.misplaced[i].why_not);
    }
    return {};
}

Result<void> require_something_of_ours(const ReadLists& read) {
    for (std::size_t i = 0; i < read.jobs.size(); ++i) {
        if (!read.misplaced[i].why_not.empty()) return fail(Code::invalid, read.misplaced[i].why_not);
        if (read.ledgers[i].is_known || !read.ledgers[i].ours.empty()) continue;
        return fail(Code::invalid,
                    fmt::format("nothing on '{}' is Cordon's yet; 'cordon run' comes first", read.jobs[i].target.list));
    }
    return {};
}

core::ListPolicy policy_of(const ListJob& job, const core::ListState& state, const gateways::Gateway& gateway) {
    auto policy = job.policy;
    policy.placeholder = gateway.placeholder(job.target.kind);
    policy.new_entries =
        core::has_sides(job.target.kind) ? side_of_new_entries(job.retain_parent, state) : core::Side::plain;
    return policy;
}

}  // namespace cordon::engine
