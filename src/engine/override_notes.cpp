// What operators say of single values, noted in the store and in the audit log.

#include "engine/override_notes.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/text.hpp"
#include "engine/override_runs.hpp"

namespace cordon::engine {
namespace {

using core::Override;
using core::OverrideKind;

Result<void> audit_override(const char* act, const Override& one, store::Store& store, Time now) {
    store::AuditRecord record;
    record.who = one.who;
    record.act = act;
    record.list = one.list;
    record.why =
        fmt::format("{} until {}{}{}", one.value, to_iso8601(one.until), one.because.empty() ? "" : ": ", one.because);
    return store.audit(record, now);
}

const char* act_of_ending(OverrideKind kind) {
    return kind == OverrideKind::allow ? "end unblock" : "end block";
}

/// First the record. Where it cannot be written, the value does not wait for that; gives why, "" where it is written.
Result<std::string> forget_override(Override one, const std::string& who, store::Store& store, Time now) {
    one.who = who;
    const auto recorded = audit_override(act_of_ending(one.kind), one, store, now);
    if (one.kind == OverrideKind::block) {
        one.until = one.from;  // kept for a while: what only it had wanted goes without the guard
        CORDON_TRY(store.put_override(one));
    } else {
        CORDON_TRY(store.erase_override(one.kind, one.value, one.list));
    }
    return recorded ? std::string{} : recorded.error().message;
}

/// What was said of the same value before and does not stand beside the wish: the contrary, which it ends, and the
/// same with other terms, which it replaces.
Result<std::vector<Override>> said_before(const Override& wish, const Ports& ports) {
    CORDON_TRY_ASSIGN(auto overrides, ports.store.overrides());
    std::erase_if(overrides, [&](const Override& one) {
        const bool stands_beside = one.value != wish.value || (one.kind == wish.kind && one.list != wish.list);
        return stands_beside || !one.is_in_force(ports.clock.now());
    });
    return overrides;
}

}  // namespace

Result<std::string> take_note(const Override& wish, const Ports& ports, RunOptions& options) {
    CORDON_TRY_ASSIGN(const auto before, said_before(wish, ports));
    const bool is_done = options.mode == Mode::apply;
    std::string lacks;
    for (const auto& one : before) {
        const bool is_contrary = one.kind != wish.kind;
        options.warnings.push_back(
            fmt::format("this {} that {} was {}{} {}", is_contrary ? "ends" : "replaces", printable(one.value),
                        one.kind == OverrideKind::allow ? "unblocked" : "blocked on ",
                        one.list.empty() ? "" : "'" + printable(one.list) + "'", core::terms_of(one)));
        if (!is_done || !is_contrary) continue;
        CORDON_TRY_ASSIGN(auto lacking, forget_override(one, wish.who, ports.store, ports.clock.now()));
        if (lacks.empty()) lacks = std::move(lacking);
    }
    if (!is_done) return std::string{};
    const auto recorded = audit_override(core::name_of(wish.kind), wish, ports.store, ports.clock.now());
    CORDON_TRY(ports.store.put_override(wish));
    return recorded ? lacks : recorded.error().message;
}

Result<void> take_note_back(const Override& wish, std::span<const Override> before, const Ports& ports) {
    CORDON_TRY(forget_override(wish, wish.who, ports.store, ports.clock.now()));
    for (const auto& one : before) {
        if (one.value == wish.value) CORDON_TRY(ports.store.put_override(one));
    }
    return {};
}

Result<EndedOverride> end_override(OverrideKind kind, const std::string& value, const std::string& list,
                                   const std::string& who, store::Store& store, Time now) {
    CORDON_TRY_ASSIGN(const auto overrides, store.overrides());
    const auto found = std::find_if(overrides.begin(), overrides.end(), [&](const Override& one) {
        return one.kind == kind && one.value == value && one.list == list;
    });
    if (found == overrides.end() || !found->is_in_force(now)) return EndedOverride{};
    CORDON_TRY_ASSIGN(auto lacks, forget_override(*found, who, store, now));
    return EndedOverride{true, std::move(lacks)};
}

}  // namespace cordon::engine
