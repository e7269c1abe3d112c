#include "core/pool_shares.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "base/text.hpp"
#include "core/select.hpp"
#include "core/verdict.hpp"

namespace cordon::core {
namespace {

std::size_t less(std::size_t a, std::size_t b) {
    return a - std::min(a, b);
}

PoolKind pool_of(TargetKind target) {
    switch (target) {
        case TargetKind::ipv4_group: return PoolKind::addresses;
        case TargetKind::fqdn_group: return PoolKind::names;
        case TargetKind::url_category:
        case TargetKind::denylist: break;
    }
    return PoolKind::urls;
}

const char* noun_of_pool(PoolKind pool) {
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

/// One list in one pool.
struct Part {
    std::size_t head = 0;
    std::vector<std::size_t> objects;
    std::vector<Places> limits;         // by object
    std::size_t wanted = 0;             // claims made
    std::size_t newcomers = 0;          // of these
    std::vector<std::uint32_t> beyond;  // ranks of those behind its own limit
};

}  // namespace

/// One division of all pools.
class PoolShareout::Round {
public:
    Round(PoolShareout& shareout, const std::vector<std::vector<Standing>>& standings, Division& division)
        : shareout_(shareout),
          lists_(shareout.lists_),
          standings_(standings),
          division_(division),
          claims_(standings.size()) {}

    void divide(PoolKind pool) {
        std::vector<Part> parts;
        for (std::size_t head = 0; head < standings_.size(); ++head) {
            claims_[head] = {};
            if (!lists_.is_head(head)) continue;
            auto part = part_of(pool, head);
            if (!part.objects.empty()) parts.push_back(std::move(part));
        }
        if (parts.empty()) return;
        PoolShares shares;
        shares.what = noun_of_pool(pool);
        shares.room = room_of(pool, shareout_.room_);
        std::size_t newcomers = 0;
        for (const Part& part : parts) {
            newcomers += part.newcomers;
            if (has_wishes(part.head)) shares.held_back += less(reserve_of(part), part.wanted);
        }
        if (pool == PoolKind::urls) shares.others = less(shareout_.room_.urls_provisioned, shareout_.ours_in_urls());
        if (shares.room) keep_room_back(pool, shares);
        if (!shares.room || newcomers <= less(*shares.room, shares.held_back)) {
            admit_all();
        } else {
            select(pool, parts, shares);
        }
        for (const Part& part : parts) shares.lists.push_back(settle(part, shares));
        division_.pools.push_back(std::move(shares));
    }

private:
    [[nodiscard]] bool has_wishes(std::size_t head) const { return WholeLists::has_wishes(lists_.at(head)); }

    /// The objects of a list that draw from the pool, the first one first.
    [[nodiscard]] std::vector<std::size_t> objects_in(PoolKind pool, std::size_t head) const {
        auto objects = lists_.objects_of(head);
        std::erase_if(objects, [&](std::size_t object) { return pool_of(lists_.at(object).target) != pool; });
        return objects;
    }

    /// Whether the entry may be placed on these objects.
    [[nodiscard]] bool is_for(const std::vector<std::size_t>& objects, std::size_t head, std::uint32_t at) const {
        const Standing standing = standings_[head][at];
        if (!wants_place(standing)) return false;
        if (lists_.objects_of(head).size() == 1) {
            return standing == Standing::ours || can_hold(lists_.at(head).target, (*lists_.at(head).desired)[at].kind);
        }
        const std::size_t there = holder_of(head, at);
        if (std::find(objects.begin(), objects.end(), there) != objects.end()) return true;
        const Contender& first = lists_.at(objects.front());
        const EntryKind kind = (*lists_.at(head).desired)[at].kind;
        if (!can_hold(first.target, kind)) return false;
        const bool is_last_resort = objects.front() != head;
        if (!is_last_resort) return there == WholeLists::k_nobody;
        // What the objects before cannot hold, and, where it may, what they had no place for.
        const bool fits_before = can_hold(lists_.at(head).target, kind);
        return !lists_.is_placed(division_, head, at) && (!fits_before || first.takes_overflow);
    }

    /// The object that the entry's standing is about.
    [[nodiscard]] std::size_t holder_of(std::size_t head, std::uint32_t at) const {
        const auto& owners = lists_.owners_of(head);
        if (!owners.empty()) return owners[at];
        return standings_[head][at] == Standing::ours ? head : WholeLists::k_nobody;
    }

    [[nodiscard]] bool is_on(const std::vector<std::size_t>& objects, std::size_t head, std::uint32_t at) const {
        const auto& owners = lists_.owners_of(head);
        return owners.empty() || std::find(objects.begin(), objects.end(), owners[at]) != objects.end();
    }

    [[nodiscard]] Part part_of(PoolKind pool, std::size_t head) {
        Part part;
        part.head = head;
        part.objects = objects_in(pool, head);
        if (part.objects.empty() || !has_wishes(head)) return part;
        std::size_t places = 0;
        for (const std::size_t object : part.objects) {
            part.limits.push_back(lists_.limit_of(object));
            places += part.limits.back().count;
        }
        if (part.objects.front() == head) places = std::min(places, lists_.at(head).most);
        auto& list = claims_[head];
        const DesiredSet& desired = *lists_.at(head).desired;
        list.claims.resize(desired.size());
        for (std::uint32_t at = 0; at < desired.size(); ++at) {
            if (!is_for(part.objects, head, at)) continue;
            PoolClaim& claim = list.claims[at];
            claim.is_made = true;
            claim.is_present = standings_[head][at] == Standing::ours && is_on(part.objects, head, at);
            claim.is_pinned = claim.is_present && desired[at].is_pinned;
            claim.waits = standings_[head][at] == Standing::awaiting;
            ++part.wanted;
        }
        if (part.wanted > places) keep_within(places, part);
        reserve(part);
        part.newcomers =
            static_cast<std::size_t>(std::count_if(list.claims.begin(), list.claims.end(), [](const PoolClaim& claim) {
                return claim.is_made && !claim.is_present;
            }));
        return part;
    }

    /// The list's own limit.
    void keep_within(std::size_t places, Part& part) {
        auto& claims = claims_[part.head].claims;
        const Contender& list = lists_.at(part.head);
        std::vector<Candidate> candidates;
        std::vector<std::uint32_t> ranks;
        std::vector<bool> waits;
        for (std::uint32_t at = 0; at < claims.size(); ++at) {
            if (!claims[at].is_made) continue;
            const DesiredEntry entry = (*list.desired)[at];
            candidates.push_back(
                {{entry.risk, entry.last_seen, entry.text}, claims[at].is_present, claims[at].is_pinned});
            ranks.push_back(at);
            waits.push_back(claims[at].waits);
        }
        const auto chosen = select_entries(candidates, places, list.policy->hysteresis);
        auto spared = chosen;
        spare_present(candidates, waits, spared);
        for (std::size_t i = 0; i < candidates.size(); ++i) {
            if (waits[i] ? chosen[i] : spared[i]) continue;
            claims[ranks[i]].is_made = false;
            part.newcomers -= claims[ranks[i]].is_present ? 0U : 1U;
            part.beyond.push_back(ranks[i]);
        }
        part.wanted -= part.beyond.size();
    }

    /// A list's reserve is of the room that its first object draws from, and no more than its objects hold.
    [[nodiscard]] std::size_t reserve_of(const Part& part) const {
        if (part.objects.front() != part.head) return 0;
        std::size_t most = 0;
        for (const Places& limit : part.limits) most += limit.count;
        return std::min(lists_.at(part.head).reserve, most);
    }

    /// The first claims are the reserved ones.
    void reserve(const Part& part) {
        auto& list = claims_[part.head];
        auto left = reserve_of(part);
        while (left > 0 && list.reserved_until < list.claims.size()) {
            left -= list.claims[list.reserved_until++].is_made ? 1U : 0U;
        }
    }

    /// What newcomers may not have: the headroom for people, and reserves that are not used up.
    void keep_room_back(PoolKind pool, PoolShares& shares) const {
        const auto headroom = shareout_.headroom_;
        if (pool == PoolKind::urls && headroom > 0 && do_others_hold_urls()) shares.headroom = headroom;
        shares.held_back = std::min(shares.held_back, less(*shares.room, shares.headroom));
        shares.room = less(*shares.room, shares.headroom);
    }

    /// Which of ours lie on several lists need be known only where all of them together are as many as the tenant has.
    [[nodiscard]] bool do_others_hold_urls() const {
        const auto provisioned = shareout_.room_.urls_provisioned;
        return provisioned > shareout_.ours_in_urls() || provisioned > shareout_.stock_of(PoolKind::urls).ours;
    }

    /// The usual case, for which nothing need be put in order.
    void admit_all() {
        for (PoolList& list : claims_) {
            for (PoolClaim& claim : list.claims) claim.is_chosen = claim.is_made;
        }
    }

    void select(PoolKind pool, const std::vector<Part>& parts, const PoolShares& shares) {
        division_.is_entangled = true;
        const Stock& stock = shareout_.stock_of(pool);
        Pool rules;
        rules.contenders = lists_.contenders();
        rules.turns = stock.turns;
        rules.places = stock.places;
        rules.ours = stock.ours;
        rules.room = *shares.room;
        rules.kept_back = shares.held_back;
        rules.hysteresis = lists_.at(0).policy->hysteresis;
        select_from_pool(rules, claims_);
        std::size_t taken = 0;
        for (const Part& part : parts) {
            for (const PoolClaim& claim : claims_[part.head].claims) {
                if (claim.is_chosen && !claim.is_present && !claim.costs_nothing) ++taken;
            }
        }
        division_.needs_freed_places = division_.needs_freed_places || taken > *shares.room;
    }

    PoolShares::Share settle(const Part& part, const PoolShares& shares) {
        const auto& claims = claims_[part.head].claims;
        const Contender& head = lists_.at(part.head);
        const bool is_first = part.objects.front() == part.head;  // which alone the reserve is of
        PoolShares::Share share{lists_.at(part.objects.front()).list, head.priority, is_first ? head.reserve : 0,
                                part.wanted};
        const bool is_alone = lists_.objects_of(part.head).size() == 1;
        if (!is_alone) spread(part);
        for (std::uint32_t at = 0; at < claims.size(); ++at) {
            if (!claims[at].is_made) continue;
            if (claims[at].is_chosen) {
                ++share.given;
                share.shared += claims[at].costs_nothing ? 1U : 0U;
                if (is_alone) division_.admissions[part.head].of[at] = Admission::admitted;
            } else {
                refuse(part, at, Admission::no_room);
            }
        }
        for (const std::uint32_t at : part.beyond) refuse(part, at, Admission::over_cap);
        tell(part, shares);
        return share;
    }

    /// Over the objects of a list that has several.
    void spread(const Part& part) {
        const auto& claims = claims_[part.head].claims;
        std::vector<std::size_t> free;
        for (const Places& limit : part.limits) free.push_back(limit.count);
        const auto each = [&](const auto& is_it, const auto& place) {
            for (std::uint32_t at = 0; at < claims.size(); ++at) {
                if (claims[at].is_chosen && is_it(claims[at])) place(at);
            }
        };
        // What is there stays on its object, and newcomers fill up what is left, the first object first; those that
        // wait for a look-up last, as they are not sent.
        each([](const PoolClaim& claim) { return claim.is_present; },
             [&](std::uint32_t at) {
                 const auto object = object_of(part, at);
                 free[object] = less(free[object], 1);
                 admit(part, object, at);
             });
        std::size_t next = 0;
        const auto fill_up = [&](std::uint32_t at) {
            while (next + 1 < free.size() && free[next] == 0) ++next;
            free[next] = less(free[next], 1);
            admit(part, next, at);
        };
        each([](const PoolClaim& claim) { return !claim.is_present && !claim.waits; }, fill_up);
        each([](const PoolClaim& claim) { return !claim.is_present && claim.waits; }, fill_up);
    }

    [[nodiscard]] std::size_t object_of(const Part& part, std::uint32_t at) const {
        const auto& owners = lists_.owners_of(part.head);
        if (owners.empty()) return 0;
        const auto found = std::find(part.objects.begin(), part.objects.end(), owners[at]);
        return static_cast<std::size_t>(found - part.objects.begin());
    }

    void admit(const Part& part, std::size_t object, std::uint32_t at) {
        for (const std::size_t other : lists_.objects_of(part.head)) {
            division_.admissions[other].of[at] = Admission::elsewhere;
        }
        division_.admissions[part.objects[object]].of[at] = Admission::admitted;
    }

    /// Told by the object where it lies, else by the first one.
    void refuse(const Part& part, std::uint32_t at, Admission verdict) {
        const auto& owners = lists_.owners_of(part.head);
        const std::size_t teller = owners.empty() || owners[at] == WholeLists::k_nobody ? part.head : owners[at];
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

    PoolShareout& shareout_;
    const WholeLists& lists_;
    const std::vector<std::vector<Standing>>& standings_;
    Division& division_;
    std::vector<PoolList> claims_;  // by head, in the pool that is being divided
};

void PoolShareout::divide(const std::vector<std::vector<Standing>>& standings, Division& division) {
    Round round(*this, standings, division);
    for (const PoolKind pool : k_pools) round.divide(pool);
}

const PoolShareout::Stock& PoolShareout::stock_of(PoolKind pool) {
    auto& stock = stocks_[static_cast<std::size_t>(pool)];
    if (!stock) stock = find_stock(pool);
    return *stock;
}

PoolShareout::Stock PoolShareout::find_stock(PoolKind pool) {
    Stock stock;
    const bool counts_once = pool == PoolKind::urls;
    std::vector<std::uint32_t> drawing;
    for (std::uint32_t head = 0; head < lists_.contenders().size(); ++head) {
        const auto& objects = lists_.objects_of(head);
        const bool draws = std::any_of(objects.begin(), objects.end(),
                                       [&](std::size_t object) { return pool_of(lists_.at(object).target) == pool; });
        if (draws && WholeLists::has_wishes(lists_.at(head))) drawing.push_back(head);
    }
    stock.turns = turns_of(lists_.contenders(), drawing, counts_once ? &numbers_ : nullptr);
    if (counts_once) {
        count_once(stock);
        return stock;
    }
    for (const Contender& contender : lists_.contenders()) {
        const auto& wishing = contender.continues ? lists_.at(*contender.continues) : contender;
        if (pool_of(contender.target) == pool && WholeLists::has_wishes(wishing)) {
            stock.ours += contender.weighed->ours.size();
        }
    }
    return stock;
}

/// The same URL on several lists lies there once; what a held list has stays, as what others put there does.
void PoolShareout::count_once(Stock& stock) {
    std::vector<std::uint32_t> ours;
    std::vector<std::uint32_t> foreign;
    for (const Contender& contender : lists_.contenders()) {
        if (pool_of(contender.target) != PoolKind::urls) continue;
        const auto& wishing = contender.continues ? lists_.at(*contender.continues) : contender;
        const auto add = [this](const std::vector<std::string_view>& texts, std::vector<std::uint32_t>& numbers) {
            const auto more = numbers_.of(texts);
            numbers.insert(numbers.end(), more.begin(), more.end());
        };
        add(contender.weighed->ours, WholeLists::has_wishes(wishing) ? ours : foreign);
        add(contender.weighed->foreign, foreign);
    }
    stock.places.resize(numbers_.size());
    for (const std::uint32_t number : ours) stock.places[number].is_ours = true;
    for (const std::uint32_t number : foreign) stock.places[number] = {false, true};
    for (const PoolPlace& place : stock.places) stock.ours += place.is_ours ? 1U : 0U;
    number_by_turn(stock);
}

/// Whoever goes through the turns goes through the places side by side, too.
void PoolShareout::number_by_turn(Stock& stock) {
    constexpr std::uint32_t k_no_number = UINT32_MAX;
    std::vector<std::uint32_t> number_of(stock.places.size(), k_no_number);
    std::vector<PoolPlace> places;
    places.reserve(stock.places.size());
    for (PoolTurn& turn : stock.turns) {
        auto& number = number_of[turn.number];
        if (number == k_no_number) {
            number = static_cast<std::uint32_t>(places.size());
            places.push_back(stock.places[turn.number]);
        }
        turn.number = number;
    }
    stock.places = std::move(places);
}

std::size_t PoolShareout::ours_in_urls() const {
    std::size_t ours = 0;
    for (const Contender& contender : lists_.contenders()) {
        if (shares_url_quota(contender.target)) ours += contender.weighed->ours.size();
    }
    return ours;
}

}  // namespace cordon::core
