#include "engine/overrides.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/text.hpp"

namespace cordon::engine {
namespace {

/// What is over is kept for as long: a clock that jumped ahead, and is put right, must not have ended what people said.
constexpr std::chrono::days k_kept_when_over{400};

/// Ranks before what any feed saw, as far as 32 bits of seconds go (core::IndicatorSet).
std::chrono::sys_seconds seen_until(Time until) {
    constexpr std::chrono::sys_seconds k_last{std::chrono::seconds{UINT32_MAX}};
    return std::min(std::chrono::floor<std::chrono::seconds>(until), k_last);
}

}  // namespace

Overrides::Overrides(const Ports& ports, Mode mode)
    : ports_(ports), protection_(core::ProtectionBuilder().build_over(ports.protection)) {
    const auto now = ports.clock.now();
    if (mode == Mode::apply) state_ = ports.store.erase_overrides_until(now - k_kept_when_over);
    if (!state_) return;
    auto read = overrides_in_force(ports.store, now);
    if (!read) {
        state_ = fail(read.error());
        return;
    }
    in_force_ = std::move(*read);
    protection_ = core::protection_with(in_force_, ports.protection);
}

Ports Overrides::ports() const {
    return {ports_.clock,    ports_.gateway,  ports_.store,   protection_, ports_.assertions,
            ports_.rejected, ports_.progress, ports_.changes, in_force_};
}

Result<std::vector<core::Override>> overrides_in_force(store::Store& store, Time now) {
    CORDON_TRY_ASSIGN(auto said, store.overrides());
    std::erase_if(said, [&](const core::Override& one) { return !one.is_in_force(now); });
    return said;
}

Result<std::vector<HeldList>> held_lists(std::span<const std::string> lists, store::Store& store, Time now) {
    std::vector<HeldList> held;
    for (const auto& list : lists) {
        CORDON_TRY_ASSIGN(const auto text, store.list_note(list));
        const auto note = list_note_from_json(text);
        if (note && note->pause && !note->pause->is_over(now)) held.push_back({list, *note->pause, note->target});
    }
    return held;
}

void add_operator_parts(const std::string& list, std::span<const core::Override> overrides,
                        std::deque<core::IndicatorSet>& kept, std::vector<core::FeedPart>& parts) {
    for (const auto entity : {core::EntityType::domain, core::EntityType::url, core::EntityType::ip}) {
        core::IndicatorSet values;
        for (const auto& one : overrides) {
            const bool is_it = one.kind == core::OverrideKind::block && one.list == list &&
                               core::entity_of_override(one.value) == entity;
            if (!is_it) continue;
            const auto value = one.value.starts_with('.') ? "*" + one.value : one.value;
            core::Indicator indicator;
            indicator.value = value;
            indicator.risk = core::k_operator_risk;
            indicator.last_seen = seen_until(one.until);
            values.append(indicator);
        }
        if (values.empty()) continue;
        kept.push_back(std::move(values));
        parts.push_back({core::k_operator_feed, &kept.back(), core::k_operator_risk, entity});
    }
}

void lift_exclusions(const ListJob& job, const Ports& ports, core::ListLedger& ledger) {
    if (ledger.exceptions.empty() && ledger.quarantine.empty()) return;
    for (const auto& one : ports.overrides) {
        std::deque<core::IndicatorSet> kept;
        std::vector<core::FeedPart> parts;
        add_operator_parts(job.first_list, std::span(&one, 1), kept, parts);
        if (parts.empty()) continue;
        core::NoRejectSink nobody;
        const auto desired = core::build_desired(parts, job.rules, ports.protection, nobody);
        for (std::size_t i = 0; i < desired.size(); ++i) {
            const auto is_lifted = [&](const core::Exclusion& exclusion) {
                return exclusion.canonical == desired[i].text && exclusion.since <= one.from;
            };
            std::erase_if(ledger.exceptions, is_lifted);
            std::erase_if(ledger.quarantine, is_lifted);
        }
    }
}

Result<LastKnown> last_known(const ListJob& job, std::span<const FeedSection> sections,
                             std::span<const core::Override> overrides, store::Store& store,
                             const store::RowFilter& takes) {
    LastKnown known;
    for (const auto index : job.feeds) {
        const auto& feed = *sections[index].feed;
        CORDON_TRY_ASSIGN(auto indicators, last_good_snapshot(feed.name(), store, takes));
        known.kept.push_back(std::move(indicators));
        known.parts.push_back({feed.name(), &known.kept.back(), feed.default_risk(), feed.entity()});
    }
    add_operator_parts(job.first_list, overrides, known.kept, known.parts);
    return known;
}

}  // namespace cordon::engine
