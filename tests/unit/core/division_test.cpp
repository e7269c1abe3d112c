// The tenant's room, divided among its lists.

#include <gmock/gmock.h>

#include "tests/unit/core/division_scene.hpp"

namespace cordon::core {
namespace {

using namespace scene;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;
using testing::UnorderedElementsAre;

Tenant two_lists(std::size_t room) {
    Tenant tenant;
    tenant.room.urls = room;
    tenant.add("A").scene.feed({{"a1.example", 90}, {"a2.example", 80}, {"a3.example", 70}});
    tenant.add("B").scene.feed({{"b1.example", 95}, {"b2.example", 60}, {"b3.example", 50}});
    return tenant;
}

const PoolShares::Share& share_of(const Tenant& tenant, const std::string& list) {
    for (const auto& pool : tenant.division.pools) {
        for (const auto& share : pool.lists) {
            if (share.list == list) return share;
        }
    }
    throw std::logic_error("no share of " + list);
}

TEST(Division, room_for_all_gives_all) {
    auto tenant = two_lists(6);
    auto plans = tenant.plans();
    EXPECT_THAT(plans.at("A").additions, SizeIs(3));
    EXPECT_THAT(plans.at("B").additions, SizeIs(3));
    EXPECT_EQ(share_of(tenant, "B").given, 3U);
}

TEST(Division, the_riskiest_entries_of_lists_alike_come_first) {
    auto tenant = two_lists(3);
    auto plans = tenant.plans();
    EXPECT_THAT(texts(plans.at("A").additions), ElementsAre("a1.example", "a2.example"));
    EXPECT_THAT(texts(plans.at("B").additions), ElementsAre("b1.example"));
    EXPECT_EQ(tenant.lists[1].scene.told.count(Reason::over_capacity), 2U);
    EXPECT_EQ(tenant.lists[1].scene.told.values.front().detail, "the tenant has room for 3 more URLs");
}

TEST(Division, priority_goes_before_risk) {
    auto tenant = two_lists(3);
    tenant.lists[1].priority = 60;
    auto plans = tenant.plans();
    EXPECT_THAT(plans.at("A").additions, IsEmpty());
    EXPECT_THAT(plans.at("B").additions, SizeIs(3));
}

TEST(Division, a_reserve_goes_before_priority) {
    auto tenant = two_lists(3);
    tenant.lists[1].priority = 60;
    tenant.lists[0].reserve = 2;
    auto plans = tenant.plans();
    EXPECT_THAT(texts(plans.at("A").additions), ElementsAre("a1.example", "a2.example"));
    EXPECT_THAT(texts(plans.at("B").additions), ElementsAre("b1.example"));
}

TEST(Division, a_reserve_that_is_not_used_is_kept_free) {
    auto tenant = two_lists(5);
    tenant.lists[0].reserve = 4;
    auto plans = tenant.plans();
    EXPECT_THAT(plans.at("A").additions, SizeIs(3));
    EXPECT_THAT(texts(plans.at("B").additions), ElementsAre("b1.example"));
    EXPECT_EQ(tenant.division.pools.front().held_back, 1U);
}

TEST(Division, a_reserved_entry_that_is_there_gives_its_place_to_nobody) {
    Tenant tenant;
    tenant.room.urls = 0;
    auto& low = tenant.add("Low");
    low.reserve = 2;
    low.scene.ours("l1.example").ours("l2.example").feed({{"l1.example", 20}, {"l2.example", 10}});
    tenant.add("High").scene.feed({{"h1.example", 99}});
    EXPECT_FALSE(tenant.plans().at("Low").writes());
}

TEST(Division, a_reserve_is_held_back_once_and_no_more_than_the_list_takes) {
    Tenant tenant;
    tenant.room.addresses = 100;
    tenant.room.urls = 10;
    auto& ips = tenant.add("IPs", TargetKind::ipv4_group);
    ips.reserve = 50;
    ips.scene.policy.cap = 20;
    ips.scene.feed({{"198.51.100.1", 90}});
    tenant.go_on(0, "IPs (overflow)", TargetKind::url_category).takes_overflow = true;
    tenant.plans();
    EXPECT_EQ(tenant.division.pools[0].held_back, 19U);
    EXPECT_EQ(tenant.division.pools[1].held_back, 0U);
}

TEST(Division, reserves_that_are_more_than_the_room_still_go_to_those_who_reserved) {
    Tenant tenant;
    tenant.room.urls = 4;
    auto& big = tenant.add("Big");
    big.reserve = 3;
    big.scene.feed({{"a1.example", 90}, {"a2.example", 90}, {"a3.example", 90}, {"a4.example", 90}});
    auto& small = tenant.add("Small");
    small.reserve = 3;
    small.scene.feed({{"c1.example", 10}});
    auto plans = tenant.plans();
    EXPECT_THAT(plans.at("Big").additions, SizeIs(3));
    EXPECT_THAT(plans.at("Small").additions, SizeIs(1));
}

TEST(Division, an_entry_of_two_lists_counts_once) {
    Tenant tenant;
    tenant.room.urls = 3;
    tenant.add("A").scene.feed({{"both.example", 90}, {"a.example", 80}});
    tenant.add("B").scene.feed({{"both.example", 50}, {"b.example", 70}});
    auto plans = tenant.plans();
    EXPECT_THAT(texts(plans.at("A").additions), ElementsAre("a.example", "both.example"));
    EXPECT_THAT(texts(plans.at("B").additions), ElementsAre("b.example", "both.example"));
}

TEST(Division, a_twin_in_a_full_tenant_still_costs_nothing) {
    Tenant tenant;
    tenant.room.urls = 1;
    tenant.add("A").scene.feed({{"both.example", 90}, {"a.example", 40}});
    tenant.add("B").scene.feed({{"both.example", 50}, {"b.example", 45}});
    auto plans = tenant.plans();
    EXPECT_THAT(texts(plans.at("A").additions), ElementsAre("both.example"));
    EXPECT_THAT(texts(plans.at("B").additions), ElementsAre("both.example"));
    EXPECT_EQ(share_of(tenant, "B").shared, 1U);
}

TEST(Division, what_others_put_on_some_list_costs_nothing_on_another) {
    Tenant tenant;
    tenant.room.urls = 0;
    tenant.add("A").scene.there("known.example").feed({{"other.example", 90}});
    tenant.add("B").scene.feed({{"known.example", 40}, {"new.example", 95}});
    auto plans = tenant.plans();
    EXPECT_THAT(plans.at("A").additions, IsEmpty());
    EXPECT_THAT(texts(plans.at("B").additions), ElementsAre("known.example"));
}

TEST(Division, a_full_tenant_never_gives_up_protection_for_what_is_less_risky) {
    Tenant tenant;
    tenant.room.urls = 0;
    auto& low = tenant.add("Low");
    low.priority = 10;
    low.scene.ours("l1.example").ours("l2.example").feed({{"l1.example", 80}, {"l2.example", 70}});
    auto& high = tenant.add("High");
    high.priority = 90;
    high.reserve = 10;
    high.scene.feed({{"h1.example", 74}, {"h2.example", 60}});
    auto plans = tenant.plans();
    EXPECT_FALSE(plans.at("Low").writes());
    EXPECT_THAT(plans.at("High").additions, IsEmpty());
    EXPECT_FALSE(tenant.division.needs_freed_places);
}

TEST(Division, what_is_clearly_riskier_takes_the_place_of_the_least_of_another_list) {
    Tenant tenant;
    tenant.room.urls = 0;
    tenant.add("Low").scene.ours("l1.example").ours("l2.example").feed({{"l1.example", 80}, {"l2.example", 70}});
    tenant.add("High").scene.feed({{"h1.example", 75}, {"h2.example", 60}});
    auto plans = tenant.plans();
    EXPECT_THAT(texts(plans.at("Low").removals), ElementsAre("l2.example"));
    EXPECT_THAT(texts(plans.at("High").additions), ElementsAre("h1.example"));
    EXPECT_TRUE(tenant.division.needs_freed_places);
}

TEST(Division, dividing_again_changes_nothing) {
    Tenant tenant;
    tenant.room.urls = 0;
    tenant.add("Low").scene.ours("l1.example").ours("l2.example").feed({{"l1.example", 80}, {"l2.example", 70}});
    tenant.add("High").scene.feed({{"h1.example", 75}, {"h2.example", 60}});
    auto plans = tenant.plans();
    for (auto& list : tenant.lists) apply(plans.at(list.scene.state.name), list.scene);
    for (const auto& [name, plan] : tenant.plans()) EXPECT_FALSE(plan.writes()) << name;
}

TEST(Division, a_held_list_gives_nothing_and_gets_nothing) {
    Tenant tenant;
    tenant.room.urls = 0;
    auto& held = tenant.add("Held");
    held.scene.ours("l1.example").ours("gone.example").feed({{"l1.example", 20}, {"new.example", 99}});
    held.is_held = true;
    tenant.add("Other").scene.feed({{"h1.example", 90}, {"l1.example", 30}});
    auto plans = tenant.plans();
    EXPECT_THAT(texts(plans.at("Other").additions), ElementsAre("l1.example"));  // it is there: it costs nothing
}

TEST(Division, what_is_no_longer_wanted_makes_room_for_every_list) {
    Tenant tenant;
    tenant.room.urls = 0;
    tenant.add("A").scene.ours("a1.example").ours("gone.example").feed({{"a1.example", 80}});
    tenant.add("B").scene.feed({{"b1.example", 40}});
    auto plans = tenant.plans();
    EXPECT_THAT(texts(plans.at("A").removals), ElementsAre("gone.example"));
    EXPECT_THAT(texts(plans.at("B").additions), ElementsAre("b1.example"));
}

TEST(Division, headroom_is_left_to_people_where_there_are_any) {
    auto tenant = two_lists(4);
    tenant.headroom = 2;
    tenant.room.urls_provisioned = 7;
    tenant.plans();
    EXPECT_EQ(tenant.division.pools.front().room, 2U);
    EXPECT_EQ(tenant.division.pools.front().headroom, 2U);
    EXPECT_EQ(share_of(tenant, "A").given + share_of(tenant, "B").given, 2U);
    tenant.room.urls_provisioned = 0;
    tenant.plans();
    EXPECT_EQ(tenant.division.pools.front().room, 4U);
}

TEST(Division, headroom_never_takes_protection_away) {
    Tenant tenant;
    tenant.room.urls = 1;
    tenant.headroom = 100;
    tenant.room.urls_provisioned = 3;
    tenant.add("A").scene.ours("a1.example").feed({{"a1.example", 80}, {"a2.example", 70}});
    auto plans = tenant.plans();
    EXPECT_FALSE(plans.at("A").writes());
}

TEST(Division, the_last_category_goes_to_the_list_of_the_highest_priority) {
    auto tenant = two_lists(10);
    tenant.room.categories = 1;
    for (auto& list : tenant.lists) list.scene.state.exists = false;
    tenant.lists[1].priority = 60;
    auto plans = tenant.plans();
    EXPECT_THAT(plans.at("A").additions, IsEmpty());
    EXPECT_THAT(plans.at("B").additions, SizeIs(3));
    EXPECT_EQ(tenant.lists[0].scene.told.values.front().detail,
              "no further custom category can be created (max_categories)");
}

TEST(Division, a_category_beside_an_ip_group_takes_no_slot_from_a_list) {
    Tenant tenant;
    tenant.room.addresses = 100;
    tenant.room.urls = 100;
    tenant.room.categories = 1;
    tenant.add("IPs", TargetKind::ipv4_group).scene.feed({{"198.51.100.1", 90}});
    tenant.go_on(0, "IPs (overflow)", TargetKind::url_category).takes_overflow = true;
    auto& names = tenant.add("Names");
    names.scene.state.exists = false;
    names.scene.feed({{"a.example"}});
    EXPECT_THAT(tenant.plans().at("Names").additions, SizeIs(1));
}

TEST(Division, the_denylist_draws_from_the_room_of_the_categories) {
    Tenant tenant;
    tenant.room.urls = 1;
    tenant.add("A").scene.feed({{"a.example", 50}});
    tenant.add("denylist", TargetKind::denylist).scene.feed({{"b.example", 60}});
    auto plans = tenant.plans();
    EXPECT_THAT(plans.at("A").additions, IsEmpty());
    EXPECT_EQ(plans.at("denylist").additions, (std::vector<PlannedEntry>{{"b.example", Side::plain}}));
}

TEST(Division, the_same_address_in_two_groups_counts_twice) {
    Tenant tenant;
    tenant.room.addresses = 1;
    tenant.add("A", TargetKind::ipv4_group).scene.feed({{"198.51.100.1", 50}});
    tenant.add("B", TargetKind::ipv4_group).scene.feed({{"198.51.100.1", 60}});
    auto plans = tenant.plans();
    EXPECT_THAT(plans.at("A").additions, IsEmpty());
    EXPECT_THAT(plans.at("B").additions, SizeIs(1));
}

// --- Lists of several objects ---

Tenant three_groups() {
    Tenant tenant;
    tenant.room.addresses = 100;
    tenant.add("IPs", TargetKind::ipv4_group).scene.policy.cap = 2;
    tenant.go_on(0, "IPs (2)", TargetKind::ipv4_group);
    tenant.go_on(0, "IPs (3)", TargetKind::ipv4_group);
    return tenant;
}

std::vector<Row> ips(std::initializer_list<int> last_bytes) {
    std::vector<Row> rows;
    int risk = 90;
    for (const int byte : last_bytes) rows.push_back({"198.51.100." + std::to_string(byte), risk--});
    return rows;
}

TEST(Overflow, a_full_group_goes_on_in_the_next) {
    auto tenant = three_groups();
    tenant.lists[0].scene.feed(ips({1, 2, 3}));
    auto plans = tenant.plans();
    EXPECT_THAT(texts(plans.at("IPs").additions), ElementsAre("198.51.100.1", "198.51.100.2"));
    EXPECT_THAT(texts(plans.at("IPs (2)").additions), ElementsAre("198.51.100.3"));
    EXPECT_FALSE(plans.at("IPs (3)").writes());
    EXPECT_EQ(plans.at("IPs").counts.passed_on, 1U);
    EXPECT_EQ(plans.at("IPs (2)").counts.fetched, 1U);
    EXPECT_EQ(plans.at("IPs (3)").counts.fetched, 0U);
}

TEST(Overflow, what_fits_no_group_is_over_capacity_of_the_first) {
    auto tenant = three_groups();
    tenant.lists[0].scene.feed(ips({1, 2, 3, 4, 5, 6, 7}));
    auto plans = tenant.plans();
    EXPECT_EQ(plans.at("IPs").counts.over_capacity, 1U);
    EXPECT_EQ(plans.at("IPs").counts.passed_on, 4U);
}

TEST(Overflow, a_removal_moves_none_of_the_others) {
    auto tenant = three_groups();
    tenant.lists[0].scene.feed(ips({1, 2, 3, 4, 5, 6}));
    auto plans = tenant.plans();
    for (auto& list : tenant.lists) apply(plans.at(list.scene.state.name), list.scene);
    tenant.lists[0].scene.feed(ips({2, 3, 4, 5, 6}));
    plans = tenant.plans();
    EXPECT_THAT(texts(plans.at("IPs").removals), ElementsAre("198.51.100.1"));
    EXPECT_THAT(plans.at("IPs").additions, IsEmpty());
    EXPECT_FALSE(plans.at("IPs (2)").writes());
    EXPECT_FALSE(plans.at("IPs (3)").writes());
    for (auto& list : tenant.lists) apply(plans.at(list.scene.state.name), list.scene);
    tenant.lists[0].scene.feed(ips({2, 3, 4, 5, 6, 7}));
    plans = tenant.plans();
    EXPECT_THAT(texts(plans.at("IPs").additions), ElementsAre("198.51.100.7"));
    EXPECT_FALSE(plans.at("IPs (2)").writes());
}

TEST(Overflow, what_was_taken_out_of_one_object_is_not_put_into_another) {
    auto tenant = three_groups();
    tenant.lists[0].scene.feed(ips({1, 2, 3}));
    tenant.lists[1].scene.ledger.is_known = true;
    tenant.lists[1].scene.ledger.exceptions.push_back({"198.51.100.1", k_now, "by hand"});
    auto plans = tenant.plans();
    EXPECT_THAT(texts(plans.at("IPs").additions), ElementsAre("198.51.100.2", "198.51.100.3"));
    EXPECT_EQ(plans.at("IPs (2)").counts.excepted, 1U);
}

TEST(Overflow, the_rest_goes_to_a_category) {
    Tenant tenant;
    tenant.room.addresses = 100;
    tenant.room.urls = 100;
    tenant.add("IPs", TargetKind::ipv4_group).scene.policy.cap = 2;
    tenant.lists[0].scene.feed(
        {{"198.51.100.1", 90}, {"198.51.100.2", 80}, {"198.51.100.3", 70}, {"198.51.100.8/29", 60}});
    tenant.go_on(0, "IPs (overflow)", TargetKind::url_category).takes_overflow = true;
    auto plans = tenant.plans();
    EXPECT_THAT(texts(plans.at("IPs (overflow)").additions), ElementsAre("198.51.100.3"));
    EXPECT_EQ(plans.at("IPs").counts.over_capacity, 1U);  // a category holds no network
    EXPECT_EQ(plans.at("IPs").counts.passed_on, 1U);
}

TEST(Overflow, what_lies_in_the_category_stays_there) {
    Tenant tenant;
    tenant.room.addresses = 100;
    tenant.room.urls = 100;
    tenant.add("IPs", TargetKind::ipv4_group).scene.policy.cap = 2;
    tenant.lists[0].scene.feed({{"198.51.100.1", 90}, {"198.51.100.3", 70}});
    auto& category = tenant.go_on(0, "IPs (overflow)", TargetKind::url_category);
    category.takes_overflow = true;
    category.scene.state.exists = true;
    category.scene.ledger.is_known = true;
    category.scene.ours("198.51.100.3");
    auto plans = tenant.plans();
    EXPECT_THAT(texts(plans.at("IPs").additions), ElementsAre("198.51.100.1"));
    EXPECT_FALSE(plans.at("IPs (overflow)").writes());
}

TEST(Overflow, ipv6_goes_to_a_category_and_ipv4_only_where_it_takes_overflow) {
    Tenant tenant;
    tenant.room.addresses = 100;
    tenant.room.urls = 100;
    tenant.add("IPs", TargetKind::ipv4_group).scene.policy.cap = 1;
    tenant.lists[0].scene.feed({{"198.51.100.1", 90}, {"198.51.100.2", 80}, {"2001:db8::1", 70}});
    tenant.go_on(0, "IPs (overflow)", TargetKind::url_category);
    auto plans = tenant.plans();
    EXPECT_THAT(texts(plans.at("IPs").additions), ElementsAre("198.51.100.1"));
    EXPECT_THAT(texts(plans.at("IPs (overflow)").additions), ElementsAre("2001:db8::1"));
    EXPECT_EQ(plans.at("IPs").counts.over_capacity, 1U);
}

// --- Lists of one group ---

Tenant kin() {
    Tenant tenant;
    tenant.room.urls = 100;
    for (const char* name : {"Domains", "URLs"}) tenant.add(name).group = "threats";
    tenant.lists[1].entity = EntityType::url;
    tenant.lists[0].scene.feed({{"evil.example", 80}});
    tenant.lists[1].scene.feed({{"http://evil.example/a", 90}, {"http://other.example/b", 70}});
    return tenant;
}

TEST(Group, a_url_under_a_domain_of_another_list_needs_no_place) {
    auto tenant = kin();
    auto plans = tenant.plans();
    EXPECT_THAT(texts(plans.at("URLs").additions), ElementsAre("other.example/b"));
    EXPECT_EQ(plans.at("URLs").counts.reasons.of(Reason::covered_by_list), 1U);
    EXPECT_EQ(tenant.lists[1].scene.told.values.front().detail, "list 'Domains': evil.example");
}

TEST(Group, lists_of_different_groups_cover_nothing_of_each_other) {
    auto tenant = kin();
    tenant.lists[0].group = "others";
    EXPECT_THAT(tenant.plans().at("URLs").additions, SizeIs(2));
}

TEST(Group, a_url_that_is_there_goes_only_when_the_domain_is_there_too) {
    auto tenant = kin();
    tenant.lists[1].scene.ours("evil.example/a");
    auto plans = tenant.plans();
    EXPECT_THAT(plans.at("URLs").removals, IsEmpty());
    tenant.lists[0].scene.ours("evil.example");
    plans = tenant.plans();
    EXPECT_THAT(texts(plans.at("URLs").removals), ElementsAre("evil.example/a"));
}

TEST(Group, a_domain_that_gets_no_place_covers_nothing) {
    auto tenant = kin();
    tenant.room.urls = 1;
    tenant.lists[0].scene.policy.cap = 0;
    auto plans = tenant.plans();
    EXPECT_THAT(texts(plans.at("URLs").additions), ElementsAre("evil.example/a"));
}

TEST(Group, a_held_list_covers_with_what_is_there_alone) {
    auto tenant = kin();
    tenant.lists[0].is_held = true;
    EXPECT_THAT(tenant.plans().at("URLs").additions, SizeIs(2));
    tenant.lists[0].scene.ours("evil.example");
    EXPECT_THAT(tenant.plans().at("URLs").additions, SizeIs(1));
}

TEST(Group, an_address_of_two_groups_lies_on_one) {
    Tenant tenant;
    tenant.room.addresses = 100;
    for (const char* name : {"A", "B"}) tenant.add(name, TargetKind::ipv4_group).group = "threats";
    tenant.lists[0].scene.feed({{"198.51.100.1", 80}, {"198.51.100.8/29", 80}});
    tenant.lists[1].scene.feed({{"198.51.100.1", 80}, {"198.51.100.9", 80}, {"198.51.100.77", 80}});
    auto plans = tenant.plans();
    EXPECT_THAT(plans.at("A").additions, SizeIs(2));
    EXPECT_THAT(texts(plans.at("B").additions), ElementsAre("198.51.100.77"));
}

TEST(Group, an_address_in_the_category_beside_a_group_covers_nothing) {
    Tenant tenant;
    tenant.room.addresses = 100;
    tenant.room.urls = 100;
    auto& first = tenant.add("A", TargetKind::ipv4_group);
    first.group = "threats";
    first.scene.policy.cap = 1;
    first.scene.ours("198.51.100.9", Side::plain).feed({{"198.51.100.9", 90}, {"198.51.100.1", 80}});
    auto& category = tenant.go_on(0, "A (overflow)", TargetKind::url_category);
    category.takes_overflow = true;
    category.scene.state.exists = true;
    category.scene.ledger.is_known = true;
    category.scene.ours("198.51.100.1");
    auto& second = tenant.add("B", TargetKind::ipv4_group);
    second.group = "threats";
    second.scene.ours("198.51.100.1", Side::plain).feed({{"198.51.100.1", 80}});
    EXPECT_FALSE(tenant.plans().at("B").writes());
}

TEST(Group, an_entry_that_waits_for_its_look_up_covers_nothing) {
    auto tenant = kin();
    tenant.lists[0].scene.policy.lookup.skips_known = true;
    EXPECT_THAT(tenant.plans().at("URLs").additions, SizeIs(2));
}

}  // namespace
}  // namespace cordon::core
