// Fewer entries for the same indicators.

#include <gmock/gmock.h>

#include "core/saving.hpp"
#include "tests/unit/core/plan_scene.hpp"

namespace cordon::core {
namespace {

using namespace scene;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

/// What build_desired() makes of one feed, ascending.
Texts desired_of(const std::vector<Row>& rows, const ListRules& rules, Told& told,
                 const Protection& protection = no_protection()) {
    const auto set = indicators(rows);
    const std::vector<FeedPart> parts{{"feed", &set, 65}};
    const auto desired = build_desired(parts, rules, protection, told);
    EXPECT_EQ(desired.fetched(),
              desired.counts().of(ReasonClass::rejected) + desired.counts().of(ReasonClass::merged) + desired.size());
    Texts texts;
    for (std::size_t i = 0; i < desired.size(); ++i) texts.emplace_back(desired[i].text);
    std::sort(texts.begin(), texts.end());
    return texts;
}

ListRules address_rules() {
    ListRules rules;
    rules.entity = EntityType::ip;
    rules.permit_reserved = true;
    rules.join_networks = true;
    return rules;
}

std::vector<Row> addresses(int first, int last) {
    std::vector<Row> rows;
    for (int i = first; i <= last; ++i) rows.push_back({"198.51.100." + std::to_string(i), 50 + i});
    return rows;
}

TEST(JoinNetworks, addresses_that_fill_a_network_become_it) {
    Told told;
    EXPECT_THAT(desired_of(addresses(4, 7), address_rules(), told), ElementsAre("198.51.100.4/30"));
    EXPECT_EQ(told.count(Reason::joined), 3U);
    EXPECT_EQ(told.values.front().detail, "198.51.100.4/30");
}

TEST(JoinNetworks, the_network_has_the_highest_risk_of_its_members) {
    const auto set = indicators(addresses(4, 7));
    const std::vector<FeedPart> parts{{"feed", &set, 65}};
    NoRejectSink nobody;
    const auto rules = address_rules();
    const auto desired = build_desired(parts, rules, no_protection(), nobody);
    EXPECT_EQ(desired[0].risk, 57);
    EXPECT_EQ(desired[0].kind, EntryKind::ipv4_net);
}

TEST(JoinNetworks, nothing_is_blocked_that_no_feed_names) {
    Told told;
    EXPECT_THAT(desired_of(addresses(5, 8), address_rules(), told),
                ElementsAre("198.51.100.5", "198.51.100.6/31", "198.51.100.8"));
}

TEST(JoinNetworks, networks_and_addresses_join) {
    Told told;
    auto rows = addresses(8, 15);
    rows.push_back({"198.51.100.0/29"});
    EXPECT_THAT(desired_of(rows, address_rules(), told), ElementsAre("198.51.100.0/28"));
}

TEST(JoinNetworks, no_network_is_wider_than_min_prefix) {
    Told told;
    auto rules = address_rules();
    rules.min_prefix = 30;
    EXPECT_THAT(desired_of(addresses(0, 7), rules, told), ElementsAre("198.51.100.0/30", "198.51.100.4/30"));
}

TEST(JoinNetworks, what_a_person_took_out_does_not_come_back_inside_of_a_network) {
    Told told;
    auto rules = address_rules();
    const Texts apart{"198.51.100.5"};
    rules.apart = apart;
    EXPECT_THAT(desired_of(addresses(4, 7), rules, told),
                ElementsAre("198.51.100.4", "198.51.100.5", "198.51.100.6/31"));
}

TEST(JoinNetworks, ranges_that_are_no_network_stand_for_themselves) {
    Told told;
    auto rows = addresses(4, 5);
    rows.push_back({"198.51.100.6-198.51.100.8"});
    EXPECT_THAT(desired_of(rows, address_rules(), told), ElementsAre("198.51.100.4/31", "198.51.100.6-198.51.100.8"));
}

TEST(JoinNetworks, without_the_setting_all_stay_as_they_are) {
    Told told;
    auto rules = address_rules();
    rules.join_networks = false;
    EXPECT_EQ(desired_of(addresses(4, 7), rules, told).size(), 4U);
}

ListRules host_rules() {
    ListRules rules;
    rules.entity = EntityType::domain;
    rules.permit_reserved = true;
    rules.fold_hosts = true;
    return rules;
}

TEST(FoldHosts, a_named_domain_stands_for_the_named_hosts_below_it) {
    Told told;
    EXPECT_THAT(desired_of({{"evil.example"}, {"a.evil.example"}, {"b.c.evil.example"}}, host_rules(), told),
                ElementsAre(".evil.example"));
    EXPECT_EQ(told.count(Reason::folded), 2U);
}

TEST(FoldHosts, a_domain_that_no_feed_names_is_not_blocked) {
    Told told;
    EXPECT_THAT(desired_of({{"a.evil.example"}, {"b.evil.example"}}, host_rules(), told),
                ElementsAre("a.evil.example", "b.evil.example"));
}

TEST(FoldHosts, a_domain_without_named_hosts_stays_exact) {
    Told told;
    EXPECT_THAT(desired_of({{"evil.example"}}, host_rules(), told), ElementsAre("evil.example"));
}

TEST(FoldHosts, hosts_of_a_shared_domain_are_never_folded) {
    Told told;
    // github.io is a suffix under which strangers live; its own host is rejected as such.
    EXPECT_THAT(desired_of({{"github.io"}, {"a.github.io"}, {"b.github.io"}}, host_rules(), told),
                ElementsAre("a.github.io", "b.github.io"));
}

TEST(FoldHosts, a_protected_name_below_keeps_the_domain_exact) {
    Told told;
    ProtectionBuilder builder;
    ASSERT_TRUE(builder.add_never("good.evil.example", "[allow] never"));
    const auto protection = builder.build();
    EXPECT_THAT(desired_of({{"evil.example"}, {"a.evil.example"}}, host_rules(), told, protection),
                ElementsAre("a.evil.example", "evil.example"));
}

TEST(FoldHosts, what_a_person_took_out_below_keeps_the_domain_exact) {
    Told told;
    auto rules = host_rules();
    const Texts apart{"a.evil.example"};
    rules.apart = apart;
    EXPECT_THAT(desired_of({{"evil.example"}, {"a.evil.example"}, {"b.evil.example"}}, rules, told),
                ElementsAre("a.evil.example", "b.evil.example", "evil.example"));
}

TEST(FoldHosts, a_subdomain_that_is_no_registrable_domain_is_not_widened) {
    Told told;
    EXPECT_THAT(desired_of({{"x.evil.example"}, {"a.x.evil.example"}}, host_rules(), told),
                ElementsAre("a.x.evil.example", "x.evil.example"));
}

}  // namespace
}  // namespace cordon::core
