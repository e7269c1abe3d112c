#pragma once

#include <deque>
#include <map>
#include <optional>

#include "core/division.hpp"
#include "tests/unit/core/plan_scene.hpp"

namespace scene {

/// Several lists on one tenant.
struct Tenant {
    struct List {
        Scene scene;
        std::size_t priority = 50;
        std::size_t reserve = 0;
        std::string group = {};
        EntityType entity = EntityType::domain;
        bool include_subdomains = false;
        std::optional<std::size_t> continues = std::nullopt;
        bool takes_overflow = false;
        bool is_held = false;
    };
    std::deque<List> lists;
    Room room;
    std::size_t headroom = 0;

    /// A category of its own, or an IP group.
    List& add(const std::string& name, TargetKind target = TargetKind::url_category) {
        auto& list = lists.emplace_back();
        list.scene.target = target;
        list.scene.state.name = name;
        if (target == TargetKind::ipv4_group) {
            list.entity = EntityType::ip;
            list.scene.policy.placeholder = "192.0.2.1";
        }
        return list;
    }
    /// An object that goes on where the list at `first` is full; it does not exist yet.
    List& go_on(std::size_t first, const std::string& name, TargetKind target) {
        auto& list = add(name, target);
        list.continues = first;
        list.entity = lists[first].entity;
        list.scene.state.exists = false;
        list.scene.ledger = {};
        list.scene.policy.cap = lists[first].scene.policy.cap;
        return list;
    }

    /// Divides and plans; by list.
    std::map<std::string, ListPlan> plans() {
        sets.clear();
        desired.clear();
        weighed.clear();
        contenders.clear();
        std::vector<const DesiredSet*> desired_of;
        NoRejectSink nobody;
        const bool has_category_for_ips = std::any_of(lists.begin(), lists.end(), [](const List& list) {
            return list.continues && shares_url_quota(list.scene.target);
        });
        for (const List& list : lists) {
            if (list.continues) {
                desired_of.push_back(desired_of[*list.continues]);
                continue;
            }
            sets.push_back(indicators(list.scene.rows));
            ListRules rules;
            rules.entity = list.entity;
            rules.include_subdomains = list.include_subdomains;
            rules.permit_reserved = true;
            if (list.entity == EntityType::ip && has_category_for_ips) rules.also = TargetKind::url_category;
            const std::vector<FeedPart> parts{{list.scene.state.name, &sets.back(), 65}};
            desired.push_back(build_desired(parts, rules, no_protection(), nobody));
            desired_of.push_back(list.scene.is_frozen ? nullptr : &desired.back());
        }
        for (std::size_t i = 0; i < lists.size(); ++i) {
            List& list = lists[i];
            Scene& scene = list.scene;
            weighed.push_back(weigh_list(scene.target, desired_of[i], scene.state, scene.ledger, scene.policy,
                                         scene.now, scene.answers));
            Contender contender;
            contender.list = scene.state.name;
            contender.target = scene.target;
            contender.exists = scene.state.exists;
            contender.desired = desired_of[i];
            contender.policy = &scene.policy;
            contender.weighed = &weighed.back();
            contender.priority = list.priority;
            contender.reserve = list.reserve;
            contender.group = list.group;
            contender.continues = list.continues;
            contender.takes_overflow = list.takes_overflow;
            contender.is_held = list.is_held;
            contenders.push_back(contender);
        }
        division = divide_room(contenders, room, headroom);
        std::map<std::string, ListPlan> plans;
        Room left = room;
        for (std::size_t i = 0; i < lists.size(); ++i) {
            if (contenders[i].desired == nullptr || lists[i].is_held) continue;
            Scene& scene = lists[i].scene;
            scene.told.values.clear();
            auto plan = plan_list(scene.state.name, scene.target, *desired_of[i], scene.state, scene.ledger,
                                  scene.policy, left, scene.now, scene.told, scene.answers, division.admissions[i]);
            EXPECT_EQ(plan.counts.imbalance(), "") << scene.state.name;
            plans.emplace(scene.state.name, std::move(plan));
        }
        return plans;
    }

    // Of the last plans():
    std::deque<IndicatorSet> sets;
    std::deque<DesiredSet> desired;
    std::deque<Weighed> weighed;
    std::vector<Contender> contenders;
    Division division;
};

}  // namespace scene
