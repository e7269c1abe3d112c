#include "core/division.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "base/text.hpp"
#include "core/group_cover.hpp"
#include "core/pool.hpp"
#include "core/select.hpp"
#include "core/verdict.hpp"

namespace cordon::core {
namespace {

/// How often covers that got no place are given up before the rest counts as none.
constexpr int k_most_rounds = 4;
constexpr std::size_t k_nobody = SIZE_MAX;

std::size_t minus(std::size_t a, std::size_t b) {
    return a - std::min(a, b);
}

/// The three kinds of room, in the order in which they are divided: what an IP group cannot take may go to a category.
enum class PoolKind : std::uint8_t { addresses, names, urls };
constexpr std::array k_pools{PoolKind::addresses, PoolKind::names, PoolKind::urls};

PoolKind pool_of(TargetKind target) {
    switch (target) {
        case TargetKind::ipv4_group: return PoolKind::addresses;
        case TargetKind::fqdn_group: return PoolKind::names;
        case TargetKind::url_category:
        case TargetKind::denylist: break;
    }
    return PoolKind::urls;
}

const char* name_of(PoolKind pool) {
    switch (pool) {
        case PoolKind::addresses: return "addresses";
        case PoolKind::names: return "host names";
        case PoolKind::urls: break;
    }
    return "URLs";
}

std::optional<std::size_t> room_of(PoolKind pool, const Room& room) {
    switch (pool) {
        case PoolKind::addresses: return room.addresses;
        case PoolKind::names: return room.names;
        case PoolKind::urls: break;
    }
    return room.urls;
}

/// Divides once, for one state of knowledge about what covers what.
class Divider {
public:
    Divider(std::span<const Contender> contenders, const Room& room, std::size_t headroom)
        : contenders_(contenders), room_(room), headroom_(headroom), objects_(contenders.size()) {
        for (std::size_t i = 0; i < contenders_.size(); ++i) {
            objects_[contenders_[i].continues.value_or(i)].push_back(i);
        }
        stand();
        limit_categories();
        group_covers_.emplace(contenders_, uncovered_);
    }

    [[nodiscard]] Division divide(std::span<const GroupCover> covers) {
        standings_ = uncovered_;
        division_ = blank_;
        cover(covers);
        for (const PoolKind pool : k_pools) divide_pool(pool);
        return std::move(division_);
    }
    [[nodiscard]] std::vector<GroupCover> covers(const EntryFlags& useless) const {
        return group_covers_->find(useless);
    }

    /// Adds what `division` did not give a place to, or takes one from, of those that are `asked` to cover something.
    /// False where there is none.
    [[nodiscard]] bool note_broken(const Division& division, std::span<const GroupCover> asked,
                                   EntryFlags& useless) const {
        bool is_any = false;
        for (const auto& [covered, by] : asked) {
            if (uncovered_[by.contender][by.at] == Standing::foreign || contenders_[by.contender].is_held) continue;
            if (is_placed_alike(division, by.contender, by.at)) continue;
            useless[by.contender][by.at] = true;
            is_any = true;
        }
        return is_any;
    }
    /// What covers nothing from the first: it lies in an object of another kind, which blocks otherwise (an address in
    /// the category beside an IP group).
    [[nodiscard]] EntryFlags useless_covers() const {
        EntryFlags flags;
        for (const auto& standings : uncovered_) flags.emplace_back(standings.size(), false);
        for (std::size_t head = 0; head < owner_of_.size(); ++head) {
            for (std::size_t at = 0; at < owner_of_[head].size(); ++at) {
                const auto owner = owner_of_[head][at];
                flags[head][at] = owner != k_nobody && contenders_[owner].target != contenders_[head].target;
            }
        }
        return flags;
    }

    /// Says what covers each covered entry.
    void tell_covers(std::span<const GroupCover> covers, Division& division) const {
        for (const auto& [covered, by] : covers) {
            const std::string text(fmt::format("list '{}': {}", contenders_[by.contender].list,
                                               (*contenders_[by.contender].desired)[by.at].text));
            for (const std::size_t object : objects_of(covered.contender)) {
                auto& verdicts = division.admissions[object];
                if (verdicts.of[covered.at] == Admission::covered) verdicts.covered_by.emplace(covered.at, text);
            }
        }
    }

private:
    struct Limit {
        std::size_t count = 0;
        std::string because;
    };

    [[nodiscard]] static bool has_wishes(const Contender& contender) {
        return contender.desired != nullptr && !contender.is_held;
    }
    [[nodiscard]] bool is_head(std::size_t i) const { return !contenders_[i].continues; }
    [[nodiscard]] const std::vector<std::size_t>& objects_of(std::size_t head) const { return objects_[head]; }

    /// How each entry stands on its list as a whole, and which of its objects that is about.
    void stand() {
        uncovered_.resize(contenders_.size());
        owner_of_.resize(contenders_.size());
        blank_.admissions.resize(contenders_.size());
        for (std::size_t head = 0; head < contenders_.size(); ++head) {
            if (!is_head(head) || contenders_[head].desired == nullptr) continue;
            uncovered_[head] = contenders_[head].weighed->standings;
            const auto& objects = objects_of(head);
            for (const std::size_t object : objects) {
                auto& verdicts = blank_.admissions[object];
                verdicts.is_continuation = object != head;
                verdicts.of.assign(contenders_[head].desired->size(),
                                   object == head ? Admission::over_cap : Admission::elsewhere);
            }
            if (objects.size() > 1) stand_as_one(head, objects);
        }
    }

    void stand_as_one(std::size_t head, const std::vector<std::size_t>& objects) {
        std::vector<const Weighed*> parts;
        for (const std::size_t object : objects) parts.push_back(contenders_[object].weighed);
        auto together = stand_together(parts);
        uncovered_[head] = std::move(together.standings);
        auto& owner = owner_of_[head];
        owner.assign(together.holder.size(), k_nobody);
        for (std::size_t at = 0; at < owner.size(); ++at) {
            if (together.holder[at] == Together::k_nobody) continue;
            owner[at] = objects[together.holder[at]];
            for (const std::size_t object : objects) {
                blank_.admissions[object].of[at] = object == owner[at] ? Admission::over_cap : Admission::elsewhere;
            }
        }
    }

    void cover(std::span<const GroupCover> covers) {
        division_.is_entangled = division_.is_entangled || !covers.empty();
        for (const auto& [covered, by] : covers) {
            standings_[covered.contender][covered.at] = Standing::covered;
            for (const std::size_t object : objects_of(covered.contender)) {
                auto& verdict = division_.admissions[object].of[covered.at];
                if (verdict != Admission::elsewhere) verdict = Admission::covered;
            }
        }
    }

    /// New categories go to the lists of the highest priority first.
    void limit_categories() {
        may_exist_.assign(contenders_.size(), true);
        std::vector<std::size_t> wanting;
        for (std::size_t i = 0; i < contenders_.size(); ++i) {
            const Contender& contender = contenders_[i];
            if (contender.target != TargetKind::url_category || contender.exists || !has_wishes(contender)) continue;
            wanting.push_back(i);
        }
        // The category beside an IP group, which may not be needed at all, comes after what a list begins with.
        std::stable_sort(wanting.begin(), wanting.end(), [this](std::size_t a, std::size_t b) {
            if (is_head(a) != is_head(b)) return is_head(a);
            return contenders_[a].priority > contenders_[b].priority;
        });
        for (std::size_t i = room_.categories; i < wanting.size(); ++i) may_exist_[wanting[i]] = false;
    }

    /// The object's own limit, whatever the tenant has room for.
    [[nodiscard]] Limit limit_of(std::size_t object) const {
        const Contender& contender = contenders_[object];
        Room own = room_;
        own.urls.reset();
        own.addresses.reset();
        own.names.reset();
        own.categories = may_exist_[object] ? 1 : 0;
        auto places = places_for(contender.target, contender.exists, contender.weighed->taken, *contender.policy, own);
        return {places.count, std::move(places.because)};
    }

    /// The objects of a list that draw from the pool, the first one first.
    [[nodiscard]] std::vector<std::size_t> objects_in(PoolKind pool, std::size_t head) const {
        auto objects = objects_of(head);
        std::erase_if(objects, [&](std::size_t object) { return pool_of(contenders_[object].target) != pool; });
        return objects;
    }

    /// Whether the entry may be placed on the objects of this pool.
    [[nodiscard]] bool is_for(const std::vector<std::size_t>& objects, std::size_t head, std::uint32_t at) const {
        if (!wants_place(standings_[head][at])) return false;
        const auto& owner = owner_of_[head];
        const std::size_t there =
            owner.empty() ? (standings_[head][at] == Standing::ours ? head : k_nobody) : owner[at];
        const bool is_here = std::find(objects.begin(), objects.end(), there) != objects.end();
        const Contender& first = contenders_[objects.front()];
        if (is_here) return true;
        const EntryKind kind = (*contenders_[head].desired)[at].kind;
        if (!can_hold(first.target, kind)) return false;
        const bool is_last_resort = objects.front() != head;
        if (!is_last_resort) return there == k_nobody;
        // What the objects before cannot hold, and, where it may, what they had no place for.
        const bool fits_before = can_hold(contenders_[head].target, kind);
        return !is_placed(division_, head, at) && (!fits_before || first.takes_overflow);
    }

    [[nodiscard]] bool is_placed(const Division& division, std::size_t head, std::uint32_t at) const {
        return std::ranges::any_of(objects_of(head), [&](std::size_t object) {
            return division.admissions[object].of[at] == Admission::admitted;
        });
    }

    [[nodiscard]] bool is_placed_alike(const Division& division, std::size_t head, std::uint32_t at) const {
        return std::ranges::any_of(objects_of(head), [&](std::size_t object) {
            return contenders_[object].target == contenders_[head].target &&
                   division.admissions[object].of[at] == Admission::admitted;
        });
    }

    /// One list in one pool.
    struct Part {
        std::size_t head = 0;
        std::vector<std::size_t> objects;
        std::vector<Limit> limits;          // by object
        std::vector<PoolClaim> claims;      // within its own limit, in selection order
        std::vector<std::uint32_t> beyond;  // ranks of those behind it
    };

    [[nodiscard]] Part part_of(PoolKind pool, std::size_t head) const {
        Part part;
        part.head = head;
        part.objects = objects_in(pool, head);
        if (part.objects.empty() || !has_wishes(contenders_[head])) return part;
        std::size_t places = 0;
        for (const std::size_t object : part.objects) {
            part.limits.push_back(limit_of(object));
            places += part.limits.back().count;
        }
        if (part.objects.front() == head) places = std::min(places, contenders_[head].most);
        std::vector<Candidate> candidates;
        std::vector<std::uint32_t> at;
        std::vector<bool> waits;
        const DesiredSet& desired = *contenders_[head].desired;
        for (std::uint32_t i = 0; i < desired.size(); ++i) {
            if (!is_for(part.objects, head, i)) continue;
            const DesiredEntry entry = desired[i];
            const bool is_there = standings_[head][i] == Standing::ours && is_on(part.objects, head, i);
            candidates.push_back({{entry.risk, entry.last_seen, entry.text}, is_there, is_there && entry.is_pinned});
            at.push_back(i);
            waits.push_back(standings_[head][i] == Standing::awaiting);
        }
        const auto chosen = select_entries(candidates, places, contenders_[head].policy->hysteresis);
        auto spared = chosen;
        spare_present(candidates, waits, spared);
        for (std::size_t i = 0; i < candidates.size(); ++i) {
            if (!(waits[i] ? chosen[i] : spared[i])) {
                part.beyond.push_back(at[i]);
                continue;
            }
            PoolClaim claim;
            claim.rank = candidates[i].rank;
            claim.priority = contenders_[head].priority;
            claim.is_reserved = part.claims.size() < reserve_of(part);
            claim.is_present = candidates[i].is_present;
            claim.is_pinned = candidates[i].is_pinned;
            claim.waits = waits[i];
            claim.at = at[i];
            part.claims.push_back(claim);
        }
        return part;
    }

    /// A list's reserve is of the room that its first object draws from, and no more than its objects hold.
    [[nodiscard]] std::size_t reserve_of(const Part& part) const {
        if (part.objects.front() != part.head) return 0;
        std::size_t most = 0;
        for (const Limit& limit : part.limits) most += limit.count;
        return std::min(contenders_[part.head].reserve, most);
    }

    [[nodiscard]] bool is_on(const std::vector<std::size_t>& objects, std::size_t head, std::uint32_t at) const {
        const auto& owner = owner_of_[head];
        return owner.empty() || std::find(objects.begin(), objects.end(), owner[at]) != objects.end();
    }

    /// What lies on our lists in this pool, and who can be told apart from us there.
    struct Held {
        std::vector<std::string_view> ours;     // may go
        std::vector<std::string_view> foreign;  // stays, with what is held
    };

    [[nodiscard]] const Held& held_in(PoolKind pool) const {
        auto& held = held_[static_cast<std::size_t>(pool)];
        if (!held) held = find_held(pool);
        return *held;
    }

    [[nodiscard]] Held find_held(PoolKind pool) const {
        Held held;
        for (const Contender& contender : contenders_) {
            if (pool_of(contender.target) != pool) continue;
            const bool may_go = has_wishes(contender.continues ? contenders_[*contender.continues] : contender);
            auto& ours = may_go ? held.ours : held.foreign;
            ours.insert(ours.end(), contender.weighed->ours.begin(), contender.weighed->ours.end());
            held.foreign.insert(held.foreign.end(), contender.weighed->foreign.begin(),
                                contender.weighed->foreign.end());
        }
        std::sort(held.ours.begin(), held.ours.end());
        if (pool != PoolKind::urls) return held;
        std::sort(held.foreign.begin(), held.foreign.end());
        held.ours.erase(std::unique(held.ours.begin(), held.ours.end()), held.ours.end());
        std::vector<std::string_view> alone;
        std::set_difference(held.ours.begin(), held.ours.end(), held.foreign.begin(), held.foreign.end(),
                            std::back_inserter(alone));
        held.ours = std::move(alone);
        return held;
    }

    void divide_pool(PoolKind pool) {
        std::vector<Part> parts;
        bool is_drawn_from = false;
        for (std::size_t head = 0; head < contenders_.size(); ++head) {
            if (!is_head(head)) continue;
            auto part = part_of(pool, head);
            if (part.objects.empty()) continue;
            is_drawn_from = true;
            parts.push_back(std::move(part));
        }
        if (!is_drawn_from) return;
        PoolShares shares;
        shares.what = name_of(pool);
        shares.room = room_of(pool, room_);
        std::vector<PoolClaim> claims;
        std::size_t newcomers = 0;
        for (const Part& part : parts) {
            claims.insert(claims.end(), part.claims.begin(), part.claims.end());
            newcomers += static_cast<std::size_t>(std::count_if(part.claims.begin(), part.claims.end(),
                                                                [](const auto& claim) { return !claim.is_present; }));
            if (has_wishes(contenders_[part.head])) {
                shares.held_back += minus(reserve_of(part), part.claims.size());
            }
        }
        if (pool == PoolKind::urls) shares.others = minus(room_.urls_provisioned, ours_in_urls());
        PoolSelection selection;
        if (shares.room) keep_room_back(pool, shares);
        if (!shares.room ||
            newcomers <= minus(*shares.room, shares.held_back)) {  // the usual case, for which nothing need be sorted
            selection.chosen.assign(claims.size(), true);
            selection.costs_nothing.assign(claims.size(), false);
        } else {
            division_.is_entangled = true;
            const auto& held = held_in(pool);
            Pool rules;
            rules.room = *shares.room;
            rules.kept_back = shares.held_back;
            rules.counts_once = pool == PoolKind::urls;
            rules.hysteresis = contenders_.front().policy->hysteresis;
            rules.ours = held.ours;
            rules.foreign = held.foreign;
            selection = select_from_pool(claims, rules);
            std::size_t taken = 0;
            for (std::size_t i = 0; i < claims.size(); ++i) {
                if (!claims[i].is_present && selection.chosen[i] && !selection.costs_nothing[i]) ++taken;
            }
            division_.needs_freed_places = division_.needs_freed_places || taken > *shares.room;
        }
        std::size_t first = 0;
        for (const Part& part : parts) {
            shares.lists.push_back(settle(part, selection, first, shares));
            first += part.claims.size();
        }
        division_.pools.push_back(std::move(shares));
    }

    [[nodiscard]] std::size_t ours_in_urls() const {
        std::size_t ours = 0;
        for (const Contender& contender : contenders_) {
            if (shares_url_quota(contender.target)) ours += contender.weighed->ours.size();
        }
        return ours;
    }

    /// What newcomers may not have: the headroom for people, and reserves that are not used up.
    void keep_room_back(PoolKind pool, PoolShares& shares) const {
        if (pool == PoolKind::urls && headroom_ > 0 && room_.urls_provisioned > held_in(pool).ours.size()) {
            shares.headroom = headroom_;
        }
        shares.held_back = std::min(shares.held_back, minus(*shares.room, shares.headroom));
        shares.room = minus(*shares.room, shares.headroom);
    }

    PoolShares::Share settle(const Part& part, const PoolSelection& selection, std::size_t first,
                             const PoolShares& shares) {
        const Contender& head = contenders_[part.head];
        PoolShares::Share share{contenders_[part.objects.front()].list, head.priority, head.reserve,
                                part.claims.size()};
        std::vector<std::size_t> free;
        for (const Limit& limit : part.limits) free.push_back(limit.count);
        const auto each = [&](const auto& is_it, const auto& place) {
            for (std::size_t i = 0; i < part.claims.size(); ++i) {
                if (is_it(part.claims[i]) && selection.chosen[first + i]) place(part.claims[i]);
            }
        };
        // What is there stays on its object, and newcomers fill up what is left, the first object first; those that
        // wait for a look-up last, as they are not sent.
        each([](const PoolClaim& claim) { return claim.is_present; },
             [&](const PoolClaim& claim) {
                 const auto object = object_of(part, claim.at);
                 free[object] = minus(free[object], 1);
                 admit(part, object, claim.at);
             });
        std::size_t next = 0;
        const auto fill_up = [&](const PoolClaim& claim) {
            while (next + 1 < free.size() && free[next] == 0) ++next;
            free[next] = minus(free[next], 1);
            admit(part, next, claim.at);
        };
        each([](const PoolClaim& claim) { return !claim.is_present && !claim.waits; }, fill_up);
        each([](const PoolClaim& claim) { return !claim.is_present && claim.waits; }, fill_up);
        for (std::size_t i = 0; i < part.claims.size(); ++i) {
            if (selection.chosen[first + i]) {
                ++share.given;
                share.shared += selection.costs_nothing[first + i] ? 1U : 0U;
                continue;
            }
            refuse(part, part.claims[i].at, Admission::no_room);
        }
        for (const std::uint32_t at : part.beyond) refuse(part, at, Admission::over_cap);
        tell(part, shares);
        return share;
    }

    [[nodiscard]] std::size_t object_of(const Part& part, std::uint32_t at) const {
        const auto& owner = owner_of_[part.head];
        if (owner.empty()) return 0;
        const auto found = std::find(part.objects.begin(), part.objects.end(), owner[at]);
        return static_cast<std::size_t>(found - part.objects.begin());
    }

    void admit(const Part& part, std::size_t object, std::uint32_t at) {
        for (const std::size_t other : objects_of(part.head)) {
            division_.admissions[other].of[at] = Admission::elsewhere;
        }
        division_.admissions[part.objects[object]].of[at] = Admission::admitted;
    }

    /// Told by the object where it lies, else by the first one.
    void refuse(const Part& part, std::uint32_t at, Admission verdict) {
        const auto& owner = owner_of_[part.head];
        const std::size_t teller = owner.empty() || owner[at] == k_nobody ? part.head : owner[at];
        division_.admissions[teller].of[at] = verdict;
    }

    void tell(const Part& part, const PoolShares& shares) {
        for (std::size_t i = 0; i < part.objects.size(); ++i) {
            auto& verdicts = division_.admissions[part.objects[i]];
            verdicts.over_cap_because = part.limits.empty() ? std::string{} : part.limits[i].because;
            if (shares.room) {
                verdicts.no_room_because =
                    fmt::format("the tenant has room for {} more {}", with_thousands(*shares.room), shares.what);
            }
        }
        if (part.objects.front() != part.head) return;
        division_.admissions[part.head].no_room_because = division_.admissions[part.objects.front()].no_room_because;
    }

    std::span<const Contender> contenders_;
    const Room& room_;
    std::size_t headroom_;
    std::vector<std::vector<std::size_t>> objects_;   // by head: the list's objects, itself first
    std::vector<std::vector<Standing>> uncovered_;    // by head: the list as a whole, without the group
    std::vector<std::vector<std::size_t>> owner_of_;  // by head of several objects: by rank
    std::vector<bool> may_exist_;
    std::optional<GroupCovers> group_covers_;
    Division blank_;  // nothing is placed yet
    mutable std::array<std::optional<Held>, k_pools.size()> held_;
    std::vector<std::vector<Standing>> standings_;  // likewise, with what is covered
    Division division_;
};

}  // namespace

Division divide_room(std::span<const Contender> contenders, const Room& room, std::size_t headroom) {
    Divider divider(contenders, room, headroom);
    auto useless = divider.useless_covers();
    const auto wished = divider.covers(useless);
    auto covers = wished;
    auto division = divider.divide(covers);
    if (!divider.note_broken(division, covers, useless)) {
        divider.tell_covers(covers, division);
        return division;
    }
    // Not all that covers gets a place. What gets one without any help of the group covers nearly always, since what
    // it covers only makes room; so that is found out first.
    auto apart = divider.divide({});
    useless = divider.useless_covers();
    static_cast<void>(divider.note_broken(apart, wished, useless));
    for (int round = 0; round < k_most_rounds; ++round) {
        covers = divider.covers(useless);
        division = divider.divide(covers);
        if (divider.note_broken(division, covers, useless)) continue;
        divider.tell_covers(covers, division);
        return division;
    }
    return apart;  // without the group nothing is left out for a cover that does not come
}

}  // namespace cordon::core
