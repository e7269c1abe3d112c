// The division against one that is written down as the rules say it, without regard to cost.

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <map>
#include <set>
#include <string>

#include "core/select.hpp"
#include "tests/unit/core/division_scene.hpp"

namespace {

using namespace scene;

int one_of(int least, int beyond) {
    return *rc::gen::inRange(least, beyond);
}

/// Few names, so that lists share some; long enough beginnings in common that these do not settle the order.
std::string some_name() {
    return "name-of-" + std::string(1, static_cast<char>('a' + one_of(0, 14))) + ".example";
}

Tenant random_tenant() {
    Tenant tenant;
    const bool has_hysteresis = one_of(0, 3) != 0;
    const int lists = one_of(1, 5);
    for (int i = 0; i < lists; ++i) {
        auto& list = tenant.add("List " + std::to_string(i));
        std::vector<Row> rows(static_cast<std::size_t>(one_of(0, 12)));
        for (Row& row : rows) row = {some_name(), 60 + one_of(0, 12), one_of(0, 3)};
        list.scene.feed(rows);
        std::set<std::string> there;
        for (int n = one_of(0, 8); n > 0; --n) there.insert(one_of(0, 6) == 0 ? "past." + some_name() : some_name());
        for (const auto& name : there) {
            if (one_of(0, 4) == 0) {
                list.scene.there(name);  // somebody else's
            } else {
                list.scene.ours(name);
            }
        }
        list.scene.ledger.is_known = true;
        list.scene.policy.hysteresis = has_hysteresis;
        list.scene.policy.cap = static_cast<std::size_t>(one_of(3, 16));
        list.priority = static_cast<std::size_t>(50 + one_of(0, 3));
        if (one_of(0, 3) == 0) list.reserve = static_cast<std::size_t>(one_of(0, 6));
        list.is_held = one_of(0, 6) == 0;
    }
    tenant.room.urls = static_cast<std::size_t>(one_of(0, 20));
    return tenant;
}

/// One entry of one list that wants a place within its list's own limit.
struct NaiveClaim {
    std::size_t list = 0;
    std::size_t at = 0;
    Rank rank;
    std::size_t priority = 0;
    bool is_reserved = false;
    bool is_present = false;
};

/// All claims of one text.
struct NaiveUnit {
    NaiveClaim best;
    bool is_present = false;
    bool is_free = false;
    bool is_chosen = false;
};

/// Places by list and rank.
using Taken = std::set<std::pair<std::size_t, std::size_t>>;

class NaiveDivision {
public:
    explicit NaiveDivision(const Tenant& tenant) : tenant_(tenant) {}

    Taken places() {
        for (std::size_t i = 0; i < tenant_.contenders.size(); ++i) {
            look_at(tenant_.contenders[i]);
            claim(i);
        }
        std::stable_sort(claims_.begin(), claims_.end(), [](const NaiveClaim& a, const NaiveClaim& b) {
            if (a.is_reserved != b.is_reserved) return a.is_reserved;
            if (a.priority != b.priority) return a.priority > b.priority;
            return ranks_before(a.rank, b.rank);
        });
        const auto newcomers = static_cast<std::size_t>(
            std::count_if(claims_.begin(), claims_.end(), [](const NaiveClaim& one) { return !one.is_present; }));
        room_ = *tenant_.room.urls;
        kept_back_ = std::min(kept_back_, room_);
        Taken places;
        const bool is_ample = newcomers <= room_ - kept_back_;
        if (!is_ample) choose();
        for (const NaiveClaim& one : claims_) {
            if (is_ample || unit_of(one).is_chosen) places.emplace(one.list, one.at);
        }
        return places;
    }

private:
    void look_at(const Contender& contender) {
        const auto& weighed = *contender.weighed;
        foreign_.insert(weighed.foreign.begin(), weighed.foreign.end());
        (contender.is_held ? foreign_ : ours_).insert(weighed.ours.begin(), weighed.ours.end());
    }

    void claim(std::size_t list) {
        const Contender& contender = tenant_.contenders[list];
        if (contender.is_held) return;
        std::vector<Candidate> candidates;
        std::vector<std::size_t> ranks;
        for (std::size_t at = 0; at < contender.desired->size(); ++at) {
            const Standing standing = contender.weighed->standings[at];
            if (!wants_place(standing)) continue;
            const auto entry = (*contender.desired)[at];
            candidates.push_back({{entry.risk, entry.last_seen, entry.text}, standing == Standing::ours});
            ranks.push_back(at);
        }
        const auto limit = contender.policy->cap - std::min(contender.policy->cap, contender.weighed->taken.foreign);
        const auto reserve = std::min(contender.reserve, limit);
        const auto chosen = select_entries(candidates, limit, contender.policy->hysteresis);
        std::size_t count = 0;
        for (std::size_t i = 0; i < candidates.size(); ++i) {
            if (!chosen[i]) continue;
            claims_.push_back(
                {list, ranks[i], candidates[i].rank, contender.priority, count < reserve, candidates[i].is_present});
            ++count;
        }
        kept_back_ += reserve - std::min(reserve, count);
    }

    NaiveUnit& unit_of(const NaiveClaim& claim) { return units_.at(std::string(claim.rank.text)); }

    void choose() {
        std::vector<NaiveUnit*> order;
        for (const NaiveClaim& one : claims_) {
            const std::string text(one.rank.text);
            const auto [unit, is_new] = units_.try_emplace(text);
            if (is_new) {
                unit->second = {one, ours_.contains(text) && !foreign_.contains(text), foreign_.contains(text), false};
                order.push_back(&unit->second);
            }
            unit->second.is_present = unit->second.is_present || one.is_present;
        }
        auto room = room_;
        for (const auto& text : ours_) {  // what nobody wants any more goes
            if (!foreign_.contains(text) && !units_.contains(text)) ++room;
        }
        for (auto* unit : order) unit->is_chosen = unit->is_free || unit->is_present;
        for (auto* unit : order) {
            if (unit->is_chosen) continue;
            if (room > (unit->best.is_reserved ? 0 : kept_back_)) {
                --room;
                unit->is_chosen = true;
            } else if (NaiveUnit* const last = last_that_may_go(order); last != nullptr && displaces_it(*unit, *last)) {
                unit->is_chosen = true;
                last->is_chosen = false;
                gone_.insert(last);
            }
        }
    }

    NaiveUnit* last_that_may_go(const std::vector<NaiveUnit*>& order) const {
        for (auto unit = order.rbegin(); unit != order.rend(); ++unit) {
            const auto& one = **unit;
            if (one.is_present && !one.is_free && !one.best.is_reserved && !gone_.contains(*unit)) return *unit;
        }
        return nullptr;
    }

    [[nodiscard]] bool displaces_it(const NaiveUnit& newcomer, const NaiveUnit& present) const {
        return tenant_.contenders.front().policy->hysteresis ? displaces(newcomer.best.rank, present.best.rank)
                                                             : ranks_before(newcomer.best.rank, present.best.rank);
    }

    const Tenant& tenant_;
    std::set<std::string> ours_;
    std::set<std::string> foreign_;
    std::vector<NaiveClaim> claims_;
    std::map<std::string, NaiveUnit> units_;
    std::set<NaiveUnit*> gone_;
    std::size_t room_ = 0;
    std::size_t kept_back_ = 0;
};

Taken admitted(const Tenant& tenant) {
    Taken places;
    for (std::size_t list = 0; list < tenant.contenders.size(); ++list) {
        if (tenant.contenders[list].is_held) continue;
        const auto& verdicts = tenant.division.admissions[list].of;
        for (std::size_t at = 0; at < verdicts.size(); ++at) {
            if (verdicts[at] == Admission::admitted) places.emplace(list, at);
        }
    }
    return places;
}

TEST(DivisionLaws, the_places_are_those_that_the_rules_give_word_for_word) {
    const bool holds = rc::check("as the naive division", [] {
        auto tenant = random_tenant();
        static_cast<void>(tenant.plans());
        RC_ASSERT(admitted(tenant) == NaiveDivision(tenant).places());
    });
    EXPECT_TRUE(holds);
}

TEST(DivisionLaws, all_lists_together_take_no_more_than_the_room_and_what_was_ours) {
    const bool holds = rc::check("within the room", [] {
        auto tenant = random_tenant();
        static_cast<void>(tenant.plans());
        std::set<std::string> paid;  // that some list has, or had and keeps
        std::set<std::string> foreign;
        std::size_t ours = 0;
        std::set<std::string> before;
        for (const auto& contender : tenant.contenders) {
            foreign.insert(contender.weighed->foreign.begin(), contender.weighed->foreign.end());
            before.insert(contender.weighed->ours.begin(), contender.weighed->ours.end());
            if (contender.is_held) paid.insert(contender.weighed->ours.begin(), contender.weighed->ours.end());
        }
        for (const auto& text : before) ours += foreign.contains(text) ? 0U : 1U;
        for (const auto& [list, at] : admitted(tenant)) {
            paid.insert(std::string((*tenant.contenders[list].desired)[at].text));
        }
        std::size_t cost = 0;
        for (const auto& text : paid) cost += foreign.contains(text) ? 0U : 1U;
        RC_ASSERT(cost <= ours + *tenant.room.urls);
    });
    EXPECT_TRUE(holds);
}

}  // namespace
