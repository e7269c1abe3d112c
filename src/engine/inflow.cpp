#include "engine/inflow.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "core/canonical.hpp"
#include "engine/overrides.hpp"
#include "engine/run.hpp"

namespace cordon::engine {
namespace {

/// The part of an old snapshot that we have on the list already: it stays, nothing new comes from it.
core::IndicatorSet only_what_is_ours(const core::IndicatorSet& indicators, core::EntityType entity,
                                     const core::ListLedger& ledger) {
    core::IndicatorSet kept;
    core::Canonical canonical;
    for (std::size_t i = 0; i < indicators.size(); ++i) {
        core::canonicalise(entity, indicators[i].value, canonical);
        const bool stays = canonical.is_entry && (core::find_ours(ledger, canonical.text) != nullptr ||
                                                  core::find_ours(ledger, "." + canonical.text) != nullptr);
        if (stays) kept.append(indicators[i]);
    }
    return kept;
}

}  // namespace

Result<Inflow> inflow_of(const ListJob& job, const core::ListLedger& ledger, bool list_exists,
                         std::span<const FeedSection> sections, std::span<const FeedSnapshot> snapshots,
                         store::Store& store, std::span<const core::Override> overrides, core::ListReport& report) {
    Inflow inflow;
    enum class Old { no, yes };
    const auto add_part = [&](const std::string& feed, core::EntityType entity, int default_risk,
                              const core::IndicatorSet& indicators, Old keeps_only) {
        core::FeedPart part;
        part.feed = feed;
        part.indicators = &indicators;
        part.default_risk = default_risk;
        part.entity = entity;
        part.keeps_only = keeps_only == Old::yes;
        inflow.parts.push_back(std::move(part));
    };
    const auto add_old_part = [&](const std::string& feed, core::EntityType entity, int default_risk,
                                  const core::IndicatorSet& indicators) {
        inflow.cut_down.push_back(only_what_is_ours(indicators, entity, ledger));
        add_part(feed, entity, default_risk, inflow.cut_down.back(), Old::yes);
    };
    CORDON_TRY_ASSIGN(const auto note_text, store.list_note(job.target.list));
    const auto note = list_note_from_json(note_text);
    const auto has_fed = [&](const std::string& name) {
        return note && std::any_of(note->feeds.begin(), note->feeds.end(),
                                   [&](const auto& known) { return known.first == name; });
    };
    for (const auto index : job.feeds) {
        const auto& snapshot = snapshots[index];
        const auto& feed = *sections[index].feed;
        if (snapshot.is_expired) {
            // On a list that others filled, ownership cannot be decided without this feed.
            const bool decides_ownership = !ledger.is_known && list_exists;
            const bool is_unknown = decides_ownership || (snapshot.indicators.empty() && has_fed(feed.name()));
            inflow.has_unknown_part = inflow.has_unknown_part || is_unknown;
            add_old_part(feed.name(), feed.entity(), feed.default_risk(), snapshot.indicators);
        } else {
            inflow.has_current_feed = true;
            add_part(feed.name(), feed.entity(), feed.default_risk(), snapshot.indicators, Old::no);
        }
    }
    add_operator_parts(job.target.list, overrides, inflow.cut_down, inflow.parts);
    // A section that is switched off, renamed or gone: its entries stay until they are retired.
    if (!note) return inflow;
    for (const auto& [name, entity] : note->feeds) {
        const auto is_configured = std::any_of(job.feeds.begin(), job.feeds.end(), [&, wanted = &name](std::size_t i) {
            return sections[i].feed->name() == *wanted;
        });
        if (is_configured) continue;
        const auto old = last_good_snapshot(name, store);
        if (old) {
            add_old_part(name, entity, core::FeedPart{}.default_risk, *old);
        } else {
            inflow.has_unknown_part = true;
            report.warnings.push_back(old.error().message);
        }
        report.warnings.push_back(fmt::format(
            "[{}] no longer feeds this list; what it put there stays until 'cordon retire \"{}\" --feed {}'", name,
            job.target.list, name));
    }
    return inflow;
}

}  // namespace cordon::engine
