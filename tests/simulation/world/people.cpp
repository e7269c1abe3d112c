// What people do in a world: other admins of the tenant, and the operator of the machine.

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "base/text.hpp"
#include "tests/simulation/world/world.hpp"

namespace cordon::simulation {
namespace {

constexpr std::size_t k_least_to_take_from = 12;

}  // namespace

std::string World::colleague(Dice& dice) {
    // Somebody who reads, changes and writes a whole group may be overwritten by anyone (zia-api.md 6.2), so the
    // colleague comes between a read and a write of categories alone.
    if (dice.chance(25)) {
        armed_.colleague_at = 1 + dice.number(20);
        armed_.dice = dice.raw();
        return fmt::format("a colleague comes at request {} of the next start", armed_.colleague_at);
    }
    return colleague_on(dice.one_of(lists()), dice);
}

std::string World::colleague_on(const std::string& list, Dice& dice) {
    if (!clouds.list(list, sandbox::Side::saved)) return "a colleague finds no list " + list;
    auto& it = truth[list];
    const auto publish = dice.chance(20) ? sandbox::Sandbox::Publish::later : sandbox::Sandbox::Publish::now;
    const bool has_room = clouds.unique_urls() < clouds.options().url_quota;
    if (has_room && dice.chance(60)) {
        const auto entry = list == k_addresses ? fmt::format("203.0.113.{}", ++made_ % 250)
                                               : fmt::format("theirs-{}.example", ++made_);
        clouds.edit_by_hand(list, {entry}, {}, publish);
        it.foreign.insert(entry);
        it.foreign_ever.insert(entry);
        if (list == k_domains) theirs_.insert(entry);
        return "a colleague adds " + entry + " to " + list;
    }
    const auto there = on(list, sandbox::Side::saved);
    if (there.size() < k_least_to_take_from) return "a colleague finds little on " + list;
    const std::string entry = dice.one_of(there);
    clouds.edit_by_hand(list, {}, {entry}, publish);
    it.foreign.erase(entry);
    const bool is_promised = it.seen.contains(entry) && !it.foreign_ever.contains(entry) && !had_clock_trouble;
    it.taken_out[entry] = {time.now(), is_promised, had_clock_trouble, std::nullopt};
    return "a colleague takes " + entry + " off " + list;
}

std::string World::colleague_waits(Dice& dice) {
    if (dice.chance(50)) {
        clouds.publish_by_hand();
        return "colleagues activate what they left";
    }
    clouds.stage_by_hand("colleague@portal.example");
    return "a colleague leaves changes that are not active";
}

std::string World::delete_list(Dice& dice) {
    const auto list = dice.one_of(lists());
    if (!clouds.delete_by_hand(list)) return "a colleague finds no list " + list;
    auto& it = truth[list];
    it.foreign.clear();
    it.seen.clear();
    it.was_filled = false;
    // What is put back on the new object is not what somebody took off the old one.
    for (auto& [entry, taken] : it.taken_out) taken.is_promised = false;
    return "a colleague deletes " + list;
}

std::string World::quota(Dice& dice) {
    constexpr std::array<std::size_t, 4> k_rooms{0, 3, 10, 25'000};
    const auto room = dice.one_of(k_rooms);
    const auto urls = clouds.unique_urls() + room;
    clouds.set_quota(urls);
    return fmt::format("the tenant has room for {} URLs", urls);
}

std::string World::settings(Dice& dice) {
    if (dice.chance(50)) {
        const auto& publisher = any_publisher(dice);
        never_.insert(std::string(dice.one_of(publisher.good).first));
        const auto never = join(std::vector<std::string>(never_.begin(), never_.end()), ", ");
        machine.set("allow", "never", k_resolver + (", " + never));
        return "[allow] never gets one more value, " + never;
    }
    auto& publisher = any_publisher(dice);
    if (dice.chance(40)) {
        publisher.is_off = true;
        machine.set(publisher.section, "enabled", "false");
        return "[" + publisher.section + "] is switched off";
    }
    // About as many as there are: what takes off much at once is stopped by the guard.
    const auto most = std::max<std::size_t>(15, meant(publisher.list).size() * (70 + dice.number(35)) / 100);
    for (const auto& other : publishers) {
        if (other.list == publisher.list) machine.set(other.section, "max_entries", std::to_string(most));
    }
    truth[publisher.list].cap = most;
    return fmt::format("{} takes {} entries at most", publisher.list, most);
}

}  // namespace cordon::simulation
