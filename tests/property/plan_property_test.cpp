// Laws that hold for every plan, whatever feeds, gateway, ledger and settings say.

#include "core/plan.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <functional>
#include <map>
#include <set>
#include <string>

#include "core/guard.hpp"
#include "core/plan_commands.hpp"
#include "core/select.hpp"
#include "tests/unit/core/plan_scene.hpp"

namespace {

using namespace scene;

/// Few names, so that feeds, list and ledger meet; some dotted, some below others.
const std::vector<std::string>& names() {
    static const std::vector<std::string> list{"a.example", "b.example", "c.example",     "d.example",
                                               "e.example", "f.example", "www.a.example", "www.b.example",
                                               "h.example", "i.example", "*.sub.example", "x.sub.example"};
    return list;
}

/// What a gateway could show: entries as texts, in odd spellings too, and the placeholder.
const std::vector<std::string>& spellings() {
    static const std::vector<std::string> list{"a.example",    "A.example",     "b.example",      "B.EXAMPLE",
                                               "c.example",    "d.example",     "e.example",      "f.example",
                                               "h.example",    "H.example",     "theirs.example", ".sub.example",
                                               ".Sub.example", "x.sub.example", k_placeholder};
    return list;
}

template <class T>
T pick(const std::vector<T>& list) {
    return *rc::gen::elementOf(list);
}

int number(int least, int beyond) {
    return *rc::gen::inRange(least, beyond);
}

Side side() {
    return number(0, 2) == 0 ? Side::plain : Side::retain_parent;
}

std::vector<Row> random_rows() {
    std::vector<Row> rows(static_cast<std::size_t>(number(0, 16)));
    for (Row& row : rows) row = {pick(names()), 60 + number(0, 12), number(0, 4)};
    return rows;
}

void random_state(Scene& world) {
    world.state = {"Blocked", number(0, 6) != 0, "CUSTOM_01", {}};
    if (!world.state.exists) {
        world.state.object_id.clear();
        return;
    }
    std::set<std::pair<std::string, Side>> unique;
    for (int i = number(0, 14); i > 0; --i) unique.emplace(pick(spellings()), side());
    for (const auto& [spelling, where] : unique) world.there(spelling, where);
}

Exclusion random_exclusion(const std::string& canonical) {
    return {canonical, k_now - std::chrono::days{number(0, 40)}, "because"};
}

void random_ledger(Scene& world) {
    world.ledger = {};
    world.ledger.is_known = number(0, 4) != 0;
    if (!world.ledger.is_known) return;
    if (number(0, 4) != 0) world.ledger.object_id = number(0, 6) == 0 ? "CUSTOM_09" : "CUSTOM_01";
    std::set<std::string> canonical;
    for (const auto& spelling : spellings()) canonical.insert(canonical_entry(world.target, spelling));
    for (const auto& text : canonical) {
        switch (number(0, 8)) {
            case 0: world.ledger.exceptions.push_back(random_exclusion(text)); break;
            case 1: world.ledger.quarantine.push_back(random_exclusion(text)); break;
            case 2:
            case 3:
            case 4:
            case 5:
                world.remembered(text, static_cast<LedgerMark>(number(0, 4)), side(),
                                 static_cast<std::uint32_t>(number(0, 2)));
                break;
            default: break;
        }
    }
}

void random_policy(Scene& world) {
    world.policy.cap = static_cast<std::size_t>(number(0, 14));
    world.policy.adopt = static_cast<AdoptRule>(number(0, 3));
    world.policy.hysteresis = number(0, 3) != 0;
    world.policy.respect_manual_removals = std::chrono::days{number(0, 2) * 30};
    world.policy.new_entries = side();
    if (number(0, 2) == 0) world.room.urls = static_cast<std::size_t>(number(0, 8));
    if (number(0, 8) == 0) world.room.categories = 0;
}

Scene random_world() {
    Scene world;
    world.feed(random_rows());
    random_state(world);
    random_ledger(world);
    random_policy(world);
    return world;
}

std::set<std::string> present_texts(const Scene& world) {
    std::set<std::string> present;
    for (const auto& entry : world.state.entries) present.insert(entry.canonical);
    return present;
}

/// What lies there, the placeholder left out.
std::set<std::pair<std::string, Side>> places(const Scene& world) {
    std::set<std::pair<std::string, Side>> places;
    for (const auto& entry : world.state.entries) {
        if (entry.canonical != k_placeholder) places.emplace(entry.canonical, entry.side);
    }
    return places;
}

void law(const char* fact, const std::function<void()>& check) {
    EXPECT_TRUE(rc::check(fact, check));
}

template <class T>
bool is_ascending(const std::vector<T>& list) {
    return std::adjacent_find(list.begin(), list.end(), [](const T& a, const T& b) { return !(a < b); }) == list.end();
}

TEST(PlanLaws, the_numbers_add_up) {
    law("fetched, accepted and present are the sums of their parts", [] {
        Scene world = random_world();
        const auto plan = world.plan();
        RC_ASSERT(plan.counts.imbalance() == "");
        RC_ASSERT(plan.counts.pending == plan.counts.to_add);
        const auto waiting = plan.counts.over_capacity + plan.counts.quarantined + plan.counts.excepted;
        RC_ASSERT(world.told.values.size() == waiting);
    });
}

TEST(PlanLaws, additions_and_removals_are_ascending_and_disjoint) {
    law("a plan is a difference", [] {
        Scene world = random_world();
        const auto plan = world.plan();
        RC_ASSERT(is_ascending(plan.additions));
        RC_ASSERT(is_ascending(plan.removals));
        RC_ASSERT(is_ascending(plan.keeps));
        RC_ASSERT(is_ascending(plan.forgotten));
        const auto present = present_texts(world);
        for (const auto& addition : plan.additions) {
            RC_ASSERT(!present.contains(addition.text));
            RC_ASSERT(std::find(plan.removals_canonical.begin(), plan.removals_canonical.end(), addition.text) ==
                      plan.removals_canonical.end());
        }
    });
}

TEST(PlanLaws, only_what_is_ours_is_removed) {
    law("every removal is the placeholder, ours by the ledger, or taken over at first sight", [] {
        Scene world = random_world();
        const auto plan = world.plan();
        std::map<std::string, LedgerEntry> ours;
        for (const auto& entry : world.ledger.ours) ours.emplace(entry.canonical, entry);
        for (const auto& entry : plan.became_ours) {
            RC_ASSERT(!world.ledger.is_known);
            ours.emplace(entry.canonical, entry);
        }
        for (std::size_t i = 0; i < plan.removals.size(); ++i) {
            const auto& canonical = plan.removals_canonical[i];
            RC_ASSERT(canonical_entry(world.target, plan.removals[i].text) == canonical);
            if (canonical == k_placeholder) continue;
            const auto found = ours.find(canonical);
            RC_ASSERT(found != ours.end());
            const bool may_be_anywhere = found->second.mark == LedgerMark::intended;
            RC_ASSERT((may_be_anywhere || found->second.side == plan.removals[i].side));
        }
    });
}

TEST(PlanLaws, a_list_is_never_emptied) {
    law("what was not empty before is not empty after, and keeps says what is there", [] {
        Scene world = random_world();
        const bool was_empty = world.state.entries.empty();
        const auto plan = world.plan();
        apply(plan, world);
        RC_ASSERT((was_empty || !world.state.entries.empty()));
        const auto present = present_texts(world);
        RC_ASSERT(std::vector<std::string>(present.begin(), present.end()) == plan.keeps);
    });
}

TEST(PlanLaws, planning_again_after_applying_writes_nothing) {
    law("a plan reaches its goal at once and stays there", [] {
        Scene world = random_world();
        apply(world.plan(), world);
        for (int run = 0; run < 2; ++run) {
            const auto again = world.plan();
            RC_ASSERT(texts(again.additions) == std::vector<std::string>{});
            RC_ASSERT(texts(again.removals) == std::vector<std::string>{});
            RC_ASSERT(again.counts.pending == 0U);
            RC_ASSERT(!again.drifted);
            RC_ASSERT(again.forgotten.empty());
            RC_ASSERT(again.sightings.empty());
            apply(again, world);
        }
    });
}

TEST(PlanLaws, a_lost_answer_changes_nothing_in_the_end) {
    law("intents written, nothing known of the answer: the next run settles it", [] {
        Scene world = random_world();
        Scene crashed = world;
        const auto plan = world.plan();
        apply(plan, world);
        // The same, but the process died after the writes: only what was written before is known.
        const auto before = crashed.ledger;
        apply(plan, crashed);
        for (const auto& intent : intents_of(plan, before)) {
            std::erase_if(crashed.ledger.ours,
                          [&](const LedgerEntry& entry) { return entry.canonical == intent.canonical; });
            crashed.ledger.ours.push_back(intent);
        }
        sort_ours(crashed.ledger.ours);
        const auto next = crashed.plan();
        RC_ASSERT(!next.writes());
        apply(next, crashed);
        RC_ASSERT(crashed.ledger.ours.size() == world.ledger.ours.size());
        for (const auto& entry : crashed.ledger.ours) {
            const bool is_on_both = places(crashed).contains({entry.canonical, Side::plain}) &&
                                    places(crashed).contains({entry.canonical, Side::retain_parent});
            RC_ASSERT((entry.canonical == k_placeholder || is_on_both || entry.mark == LedgerMark::seen));
        }
        RC_ASSERT(!crashed.plan().writes());
    });
}

TEST(PlanLaws, the_cap_and_the_room_are_kept) {
    law("never over the cap unless strangers fill it, not even for a moment", [] {
        Scene world = random_world();
        const auto count = [&] {
            auto present = present_texts(world);
            present.erase(k_placeholder);
            return present.size();
        };
        const std::size_t before = count();
        const auto room = world.room.urls;
        const auto plan = world.plan();
        if (!plan.removals_first && plan.counts.to_add > 0) {
            RC_ASSERT(before + plan.counts.to_add <= world.policy.cap);
            RC_ASSERT((!room || plan.counts.to_add <= *room));
        }
        RC_ASSERT((!room || plan.counts.to_add <= *room + plan.counts.to_remove));
        apply(plan, world);
        RC_ASSERT(count() <= std::max<std::size_t>(world.policy.cap, plan.keeps.size() - plan.counts.to_add));
        RC_ASSERT((plan.counts.to_add == 0U || count() <= world.policy.cap));
    });
}

TEST(PlanLaws, equal_input_gives_an_equal_digest_and_the_order_of_rows_does_not_matter) {
    law("a plan is a function of its arguments", [] {
        Scene world = random_world();
        const auto first = world.plan();
        std::reverse(world.rows.begin(), world.rows.end());
        const auto second = world.plan();
        RC_ASSERT(first.digest == second.digest);
        RC_ASSERT(first.counts == second.counts);
        RC_ASSERT(first.keeps == second.keeps);
    });
}

TEST(PlanLaws, protection_is_not_given_up_for_something_less_risky) {
    law("of two accepted entries the one that is displaced is never the riskier one", [] {
        Scene world = random_world();
        std::map<std::string, int> risks;
        for (const Row& row : world.rows) {
            const std::string text = row.value == "*.sub.example" ? ".sub.example" : row.value;
            risks[text] = std::max(risks[text], row.risk);
        }
        const auto plan = world.plan();
        for (const auto& removed : plan.removals_canonical) {
            if (!risks.contains(removed) || (removed == "x.sub.example" && risks.contains(".sub.example"))) continue;
            for (const auto& added : plan.additions) {
                if (added.text == k_placeholder) continue;
                RC_ASSERT(risks.at(added.text) >= risks.at(removed));
            }
        }
    });
}

TEST(PlanLaws, a_frozen_list_is_not_written_to) {
    law("nothing new, nothing gone", [] {
        Scene world = random_world();
        world.is_frozen = true;
        const auto plan = world.plan();
        RC_ASSERT(!plan.writes());
        RC_ASSERT(plan.counts.imbalance() == "");
        RC_ASSERT(plan.became_ours.empty());
        const auto present = present_texts(world);
        RC_ASSERT(std::vector<std::string>(present.begin(), present.end()) == plan.keeps);
    });
}

TEST(PlanLaws, a_retirement_leaves_only_what_is_foreign) {
    law("ours goes, foreign stays, never empty", [] {
        Scene world = random_world();
        const bool was_empty = world.state.entries.empty();
        const auto plan = plan_retirement("Blocked", world.target, world.state, world.ledger, world.policy);
        RC_ASSERT(plan.counts.imbalance() == "");
        apply(plan, world);
        RC_ASSERT((was_empty || !world.state.entries.empty()));
        RC_ASSERT(world.ledger.ours.empty());
        const auto again = plan_retirement("Blocked", world.target, world.state, world.ledger, world.policy);
        RC_ASSERT(!again.writes());
    });
}

TEST(PlanLaws, a_move_brings_ours_to_one_side_and_keeps_everything_blocked) {
    law("the same texts before and after", [] {
        Scene world = random_world();
        const auto before = present_texts(world);
        const Side to = side();
        const auto plan = plan_move("Blocked", world.state, world.ledger, to);
        RC_ASSERT(plan.counts.imbalance() == "");
        apply(plan, world);
        RC_ASSERT(present_texts(world) == before);
        RC_ASSERT(!plan_move("Blocked", world.state, world.ledger, to).writes());
    });
}

TEST(PlanLaws, a_move_that_is_cut_after_its_additions_converges) {
    law("a second move finishes it, and what the feeds drop leaves both sides", [] {
        Scene moved = random_world();
        Scene cut = moved;
        const Side to = side();
        const auto plan = plan_move("Blocked", moved.state, moved.ledger, to);
        apply(plan, moved);
        apply(plan, cut, {.shows = number(0, 2) == 0, .removes = false});

        Scene again = cut;
        apply(plan_move("Blocked", again.state, again.ledger, to), again);
        RC_ASSERT(places(again) == places(moved));
        RC_ASSERT(!plan_move("Blocked", again.state, again.ledger, to).writes());

        Scene listed = cut;  // a run in between changes nothing of it
        if (number(0, 2) == 0) apply(listed.plan(), listed);
        for (Scene* world : {&moved, &listed}) {
            world->feed({});
            apply(world->plan(), *world);
        }
        RC_ASSERT(places(listed) == places(moved));
        for (const auto& entry : listed.ledger.ours) RC_ASSERT(entry.canonical == k_placeholder);
    });
}

TEST(PlanLaws, what_is_never_kept_ends_in_quarantine_after_two_tries_however_many) {
    law("each is asked twice, whether or not the list is read back", [] {
        Scene world;
        world.ours("kept.example").feed({{"kept.example"}});
        const auto unkept = hosts(static_cast<std::size_t>(number(1, 80)));
        for (const auto& host : unkept) world.rows.push_back({host});
        std::map<std::string, int> asked;
        for (int run = 0; run < 5; ++run) {
            const auto plan = world.plan();
            for (const auto& addition : plan.additions) ++asked[addition.text];
            apply(plan, world, {.shows = number(0, 2) == 0, .keeps = [](const std::string&) { return false; }});
        }
        for (const auto& host : unkept) RC_ASSERT(asked[host] == 2);
        RC_ASSERT(names_of(world.ledger.quarantine) == unkept);
        RC_ASSERT(world.ledger.ours.size() == 1U);
    });
}

TEST(SelectLaws, selecting_again_with_the_outcome_changes_nothing) {
    law("the edge does not flutter", [] {
        const auto count = static_cast<std::size_t>(number(0, 12));
        std::vector<std::string> storage;
        for (std::size_t i = 0; i < count; ++i) storage.push_back(std::string(1, static_cast<char>('a' + i)));
        std::vector<Candidate> candidates;
        for (const auto& text : storage) {
            candidates.push_back({{60 + number(0, 12), std::chrono::sys_days{std::chrono::days{number(0, 4)}}, text},
                                  number(0, 2) == 0});
            candidates.back().is_pinned = candidates.back().is_present && number(0, 3) == 0;
        }
        std::sort(candidates.begin(), candidates.end(),
                  [](const Candidate& a, const Candidate& b) { return ranks_before(a.rank, b.rank); });
        const auto places = static_cast<std::size_t>(number(0, 12));
        const auto first = select_entries(candidates, places, true);
        RC_ASSERT(static_cast<std::size_t>(std::count(first.begin(), first.end(), true)) == std::min(count, places));
        for (std::size_t i = 0; i < count; ++i) {
            candidates[i].is_present = first[i];
            candidates[i].is_pinned = candidates[i].is_pinned && first[i];
        }
        RC_ASSERT(select_entries(candidates, places, true) == first);
    });
}

TEST(GuardLaws, it_stops_exactly_what_is_beyond_the_share) {
    law("removals", [] {
        ListPlan plan;
        plan.list = "X";
        plan.counts.unchanged = static_cast<std::uint64_t>(number(0, 200));
        plan.counts.to_remove = static_cast<std::uint64_t>(number(0, 200));
        const auto ours = plan.counts.unchanged + plan.counts.to_remove;
        const bool too_many = ours < 10 ? plan.counts.to_remove * 2 > ours : plan.counts.to_remove * 10 > ours * 3;
        RC_ASSERT(check_plan(plan, {}, false, false, {}).has_value() == too_many);
    });
}

}  // namespace
