#pragma once

// The small world of the tests of the core: feeds, a list on a gateway, a ledger. Names are RFC 2606's.

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "core/bookkeeping.hpp"
#include "core/canonical.hpp"
#include "core/desired.hpp"
#include "core/plan.hpp"
#include "core/protection.hpp"

namespace scene {

using namespace cordon;
using namespace cordon::core;
using Texts = std::vector<std::string>;

inline const Time k_now = Time{std::chrono::sys_days{std::chrono::year{2026} / 11 / 21}};
inline const std::string k_placeholder = "placeholder.invalid";

/// One row of a feed. Days count from 2024-10-04.
struct Row {
    std::string value;
    int risk = 65;
    int day = 0;
};

inline Time on_day(int day) {
    return Time{std::chrono::sys_days{std::chrono::days{20000 + day}}};
}

inline IndicatorSet indicators(const std::vector<Row>& rows) {
    IndicatorSet set;
    for (const Row& row : rows) {
        set.append({row.value, row.risk, std::chrono::floor<std::chrono::seconds>(on_day(row.day)), "rule"});
    }
    return set;
}

inline const Protection& no_protection() {
    static const Protection protection = ProtectionBuilder().build();
    return protection;
}

/// Keeps everything that it is told.
class Told final : public RejectSink {
public:
    struct Value {
        std::string value;
        Reason reason;
        std::string feed;
        std::string detail;
    };
    void take(std::string_view value, Reason reason, std::string_view feed, std::string_view detail) override {
        values.push_back({std::string(value), reason, std::string(feed), std::string(detail)});
    }
    [[nodiscard]] std::size_t count(Reason reason) const {
        return static_cast<std::size_t>(
            std::count_if(values.begin(), values.end(), [&](const Value& value) { return value.reason == reason; }));
    }
    std::vector<Value> values;
};

inline PresentEntry present(const std::string& spelling, Side side = Side::retain_parent,
                            TargetKind target = TargetKind::url_category) {
    return {spelling, canonical_entry(target, spelling), side};
}

inline void sort_entries(std::vector<PresentEntry>& entries) {
    std::sort(entries.begin(), entries.end(), [](const PresentEntry& a, const PresentEntry& b) {
        return std::tie(a.canonical, a.side, a.spelling) < std::tie(b.canonical, b.side, b.spelling);
    });
}

inline void sort_ours(std::vector<LedgerEntry>& ours) {
    std::sort(ours.begin(), ours.end(),
              [](const LedgerEntry& a, const LedgerEntry& b) { return a.canonical < b.canonical; });
}

inline std::vector<std::string> texts(const std::vector<PlannedEntry>& entries) {
    std::vector<std::string> list;
    for (const auto& entry : entries) list.push_back(entry.text);
    return list;
}

/// "a.example seen 0"
inline std::vector<std::string> marks(const std::vector<LedgerEntry>& entries) {
    static const char* const words[]{"intended", "sent", "seen", "leaving"};
    std::vector<std::string> list;
    for (const auto& entry : entries) {
        list.push_back(entry.canonical + " " + words[static_cast<int>(entry.mark)] + " " + std::to_string(entry.tries));
    }
    return list;
}

inline std::vector<std::string> names_of(const std::vector<Exclusion>& exclusions) {
    std::vector<std::string> list;
    for (const auto& exclusion : exclusions) list.push_back(exclusion.canonical);
    return list;
}

/// n names: h0000.example ...
inline std::vector<std::string> hosts(std::size_t count) {
    std::vector<std::string> list;
    for (std::size_t i = 0; i < count; ++i) {
        const std::string digits = std::to_string(i);
        list.push_back("h" + std::string(4 - digits.size(), '0') + digits + ".example");
    }
    return list;
}

/// One list and everything that its plan depends on.
struct Scene {
    TargetKind target = TargetKind::url_category;
    std::vector<Row> rows;
    std::vector<Row> old_rows;  ///< of an expired feed: they stay, nothing new comes from it
    ListState state{"Blocked", true, "CUSTOM_01", {}};
    ListLedger ledger;
    ListPolicy policy;
    Room room;
    std::size_t min_risk = 0;
    Time now = k_now;
    Classifications answers;  ///< of look-ups
    Told told;
    bool is_frozen = false;

    Scene() {
        policy.placeholder = k_placeholder;
        ledger.is_known = true;
        ledger.object_id = "CUSTOM_01";
    }

    Scene& feed(std::vector<Row> list) {
        rows = std::move(list);
        return *this;
    }
    Scene& there(const std::string& spelling, Side side = Side::retain_parent) {
        state.entries.push_back(present(spelling, side, target));
        sort_entries(state.entries);
        return *this;
    }
    Scene& remembered(const std::string& canonical, LedgerMark mark = LedgerMark::seen, Side side = Side::retain_parent,
                      std::uint32_t tries = 0) {
        ledger.ours.push_back({canonical, mark, side, tries});
        sort_ours(ledger.ours);
        return *this;
    }
    /// There, ours and seen.
    Scene& ours(const std::string& canonical, Side side = Side::retain_parent) {
        return there(canonical, side).remembered(canonical, LedgerMark::seen, side);
    }

    ListPlan plan() {
        ListPlan made;
        with_desired([&](const DesiredSet& desired) {
            told.values.clear();
            Room left = room;
            made = plan_list(state.name, target, is_frozen ? nullptr : &desired, state, ledger, policy, left, now, told,
                             answers);
        });
        return made;
    }

    LookupNeed needs(std::size_t per_call = 100) {
        LookupNeed need;
        with_desired([&](const DesiredSet& desired) {
            need = lookups_needed(state.name, target, desired, state, ledger, policy, room, now, answers, per_call);
        });
        return need;
    }

private:
    template <class Take>
    void with_desired(const Take& take) {
        const IndicatorSet set = indicators(rows), old_set = indicators(old_rows);
        std::vector<FeedPart> parts{{"feed", &set, 65}, {"expired", &old_set, 65}};
        parts.back().keeps_only = true;
        ListRules rules;
        rules.entity = target == TargetKind::ipv4_group ? EntityType::ip : EntityType::domain;
        rules.permit_reserved = true;
        rules.min_risk = min_risk;
        NoRejectSink none;
        take(build_desired(parts, rules, no_protection(), none));
    }
};

/// Plans and checks what must hold for every plan.
inline ListPlan planned(Scene& scene) {
    ListPlan plan = scene.plan();
    EXPECT_EQ(plan.counts.imbalance(), "");
    EXPECT_EQ(plan.removals.size(), plan.removals_canonical.size());
    EXPECT_EQ(plan.digest.size(), 64U);
    return plan;
}

/// How a gateway answers a plan. The defaults fail in nothing.
struct Answer {
    bool shows = true;    ///< the list is read back, so that what was added counts as seen
    bool removes = true;  ///< else it refuses every removal
    std::function<bool(const std::string&)> keeps = {};  ///< of what it is given; empty: all
};

/// Carries the plan out on state, ledger and room, as a gateway and a store would.
inline void apply(const ListPlan& plan, Scene& scene, const Answer& answer = {}) {
    ListLedger& ledger = scene.ledger;
    const ListLedger before = ledger;
    const auto put = [&](const LedgerEntry& entry) {
        std::erase_if(ledger.ours, [&](const LedgerEntry& old) { return old.canonical == entry.canonical; });
        ledger.ours.push_back(entry);
        sort_ours(ledger.ours);
    };
    const auto erase = [&](const std::vector<std::string>& canonical) {
        std::erase_if(ledger.ours, [&](const LedgerEntry& old) {
            return std::find(canonical.begin(), canonical.end(), old.canonical) != canonical.end();
        });
    };
    const auto lapse = [](std::vector<Exclusion>& exclusions, const std::vector<std::string>& over,
                          const std::vector<Exclusion>& found) {
        std::erase_if(exclusions, [&](const Exclusion& exclusion) {
            return std::find(over.begin(), over.end(), exclusion.canonical) != over.end();
        });
        exclusions.insert(exclusions.end(), found.begin(), found.end());
        std::sort(exclusions.begin(), exclusions.end(),
                  [](const Exclusion& a, const Exclusion& b) { return a.canonical < b.canonical; });
    };
    const auto intents = intents_of(plan, ledger);
    for (const auto& entry : plan.became_ours) put(entry);
    for (const auto& entry : plan.sightings) put(entry);
    erase(plan.forgotten);
    lapse(ledger.exceptions, plan.lapsed_exceptions, plan.new_exceptions);
    lapse(ledger.quarantine, plan.lapsed_quarantine, plan.new_quarantine);
    for (const auto& entry : intents) put(entry);

    auto& entries = scene.state.entries;
    for (const PlannedEntry& removal : plan.removals) {
        if (!answer.removes) break;
        std::erase_if(entries, [&](const PresentEntry& entry) {
            return entry.spelling == removal.text && entry.side == removal.side;
        });
    }
    for (const PlannedEntry& addition : plan.additions) {
        if (answer.keeps && !answer.keeps(addition.text)) continue;
        entries.push_back({addition.text, addition.text, addition.side});
    }
    sort_entries(entries);
    if (plan.creates) {
        scene.state.exists = true;
        scene.state.object_id = "CUSTOM_77";
    }
    const auto removed = answer.removes ? plan.removals_canonical : std::vector<std::string>{};
    const auto outcome =
        outcome_of(plan, before, texts(plan.additions), removed, {}, answer.shows ? &entries : nullptr);
    for (const auto& entry : outcome.put) put(entry);
    erase(outcome.erase);
    ledger.is_known = true;
    ledger.object_id = scene.state.object_id;
    // A text that leaves one side and stays on the other frees nothing: the tenant counts it once.
    const auto kept = static_cast<std::size_t>(std::count_if(
        plan.keeps.begin(), plan.keeps.end(), [&](const std::string& text) { return text != plan.placeholder; }));
    for (auto* room : {&scene.room.urls, &scene.room.addresses}) {
        if (*room) *room = **room + plan.counts.present - std::min(**room + plan.counts.present, kept);
    }
}

}  // namespace scene
