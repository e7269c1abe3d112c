#include "core/desired.hpp"

#include <gtest/gtest.h>

#include <string>

#include "core/select.hpp"
#include "tests/unit/core/plan_scene.hpp"

namespace {

using namespace scene;

struct Feeds {
    std::vector<std::pair<std::string, std::vector<Row>>> feeds;
    ListRules rules;
    const Protection* protection = &no_protection();
    std::vector<IndicatorSet> sets;
    Told told;

    Feeds(std::vector<Row> rows, ListRules with = {}) : feeds{{"feed", std::move(rows)}}, rules(with) {
        rules.permit_reserved = true;
    }

    DesiredSet build() {
        std::vector<FeedPart> parts;
        sets.reserve(feeds.size());
        for (const auto& [name, rows] : feeds) {
            sets.push_back(indicators(rows));
            parts.push_back({name, &sets.back(), 65});
        }
        return build_desired(parts, rules, *protection, told);
    }
};

std::vector<std::string> texts_of(const DesiredSet& desired) {
    std::vector<std::string> list;
    for (std::size_t i = 0; i < desired.size(); ++i) list.emplace_back(desired[i].text);
    return list;
}

void expect_balanced(const DesiredSet& desired, const Told& told) {
    const auto& counts = desired.counts();
    EXPECT_EQ(desired.fetched(), counts.of(ReasonClass::rejected) + counts.of(ReasonClass::merged) + desired.size());
    EXPECT_EQ(counts.of(ReasonClass::waiting), 0U);
    EXPECT_EQ(told.values.size(), desired.fetched() - desired.size());
}

TEST(Desired, entries_come_by_risk_then_day_then_text) {
    Feeds feeds({{"c.example", 65, 1}, {"a.example", 65, 1}, {"b.example", 65, 2}, {"d.example", 90, 0}});
    const auto desired = feeds.build();
    EXPECT_EQ(texts_of(desired), (Texts{"d.example", "b.example", "a.example", "c.example"}));
    EXPECT_EQ(desired[0].risk, 90);
    EXPECT_EQ(desired[0].kind, EntryKind::host);
    EXPECT_EQ(desired[1].last_seen, std::chrono::sys_days{std::chrono::days{20002}});
    EXPECT_EQ(desired.indicator(1).value, "b.example");
    EXPECT_EQ(desired.indicator(1).rules, "rule");
    EXPECT_EQ(desired.feed_name(desired[0].feed), "feed");
    expect_balanced(desired, feeds.told);
}

TEST(Desired, the_order_of_many_rows_is_that_of_the_selection_and_by_text_that_of_the_texts) {
    std::vector<Row> rows;
    for (std::uint32_t i = 0; i < 500; ++i) {
        const auto mixed = i * 2654435761U;  // Knuth's multiplicative hash
        const auto name = "same-start-" + std::to_string(mixed % 1000) + ".example";
        rows.push_back({i % 2 == 0 ? name : std::to_string(mixed) + ".example", static_cast<int>(mixed >> 8U) % 3 + 65,
                        static_cast<int>(mixed >> 16U) % 4});
    }
    Feeds feeds(rows);
    const auto desired = feeds.build();
    const auto rank_of = [&](std::size_t i) { return Rank{desired[i].risk, desired[i].last_seen, desired[i].text}; };
    for (std::size_t i = 1; i < desired.size(); ++i) EXPECT_TRUE(ranks_before(rank_of(i - 1), rank_of(i))) << i;
    ASSERT_EQ(desired.by_text().size(), desired.size());
    for (std::size_t i = 1; i < desired.size(); ++i) {
        EXPECT_LT(desired.text(desired.by_text()[i - 1]), desired.text(desired.by_text()[i])) << i;
    }
}

TEST(Desired, the_order_of_the_rows_does_not_matter) {
    std::vector<Row> rows{{"a.example", 65, 1}, {"b.example", 70, 2}, {"c.example", 65, 2}, {"a.example", 90, 0}};
    const auto forwards = texts_of(Feeds(rows).build());
    std::reverse(rows.begin(), rows.end());
    EXPECT_EQ(texts_of(Feeds(rows).build()), forwards);
}

TEST(Desired, the_same_entry_keeps_the_highest_risk_and_the_latest_day) {
    Feeds feeds({{"evil.example", 65, 9}, {"EVIL.example.", 90, 1}, {"hxxp://evil[.]example/", 70, 5}});
    const auto desired = feeds.build();
    ASSERT_EQ(desired.size(), 1U);
    EXPECT_EQ(desired[0].risk, 90);
    EXPECT_EQ(desired[0].last_seen, std::chrono::sys_days{std::chrono::days{20009}});
    EXPECT_EQ(desired.indicator(0).value, "EVIL.example.") << "the riskiest row stands for the entry";
    EXPECT_EQ(desired.counts().of(Reason::duplicate), 2U);
    EXPECT_EQ(feeds.told.values[0].value, "evil.example");
    EXPECT_EQ(feeds.told.values[0].detail, "evil.example of feed feed");
    expect_balanced(desired, feeds.told);
}

TEST(Desired, feeds_are_merged_and_the_detail_names_the_one_that_won) {
    Feeds feeds({{"evil.example", 65, 1}});
    feeds.feeds.push_back({"second", {{"evil.example", 80, 1}, {"other.example", 50, 1}}});
    const auto desired = feeds.build();
    EXPECT_EQ(texts_of(desired), (Texts{"evil.example", "other.example"}));
    EXPECT_EQ(desired.feed_name(desired[0].feed), "second");
    ASSERT_EQ(feeds.told.values.size(), 1U);
    EXPECT_EQ(feeds.told.values[0].feed, "feed");
    EXPECT_EQ(feeds.told.values[0].detail, "evil.example of feed second");
    EXPECT_EQ(desired.fetched(), 3U);
}

TEST(Desired, an_indicator_without_risk_has_its_feeds_default) {
    IndicatorSet set;
    set.append({"evil.example", std::nullopt, std::nullopt, {}});
    const FeedPart part{"feed", &set, 90};
    ListRules rules;
    rules.permit_reserved = true;
    rules.min_risk = 80;
    Told told;
    const auto desired = build_desired({&part, 1}, rules, no_protection(), told);
    ASSERT_EQ(desired.size(), 1U);
    EXPECT_EQ(desired[0].risk, 90);
    EXPECT_EQ(desired[0].last_seen, std::chrono::sys_days{});
}

TEST(Desired, what_is_below_min_risk_is_rejected_before_anything_but_parsing) {
    ListRules rules;
    rules.min_risk = 65;
    Feeds feeds({{"evil.example", 64}, {"co.uk", 10}, {"not a domain", 10}, {"good.example", 65}}, rules);
    const auto desired = feeds.build();
    EXPECT_EQ(texts_of(desired), (Texts{"good.example"}));
    EXPECT_EQ(desired.counts().of(Reason::below_min_risk), 2U);
    EXPECT_EQ(desired.counts().of(ReasonClass::rejected), 3U);
    EXPECT_EQ(feeds.told.values[0].detail, "risk 64, min_risk 65");
}

TEST(Desired, a_low_row_of_an_entry_does_not_keep_its_high_row_out) {
    ListRules rules;
    rules.min_risk = 65;
    Feeds feeds({{"evil.example", 5}, {"evil.example", 65}}, rules);
    const auto desired = feeds.build();
    EXPECT_EQ(texts_of(desired), (Texts{"evil.example"}));
    EXPECT_EQ(desired.counts().of(Reason::duplicate), 0U);
}

TEST(Desired, protected_names_are_rejected_with_the_list_that_said_so) {
    ProtectionBuilder builder;
    ASSERT_TRUE(builder.add_never("portal.example", "your never list"));
    const auto protection = builder.build();
    Feeds feeds({{"portal.example"}, {"www.portal.example"}, {"evil.example"}});
    feeds.protection = &protection;
    const auto desired = feeds.build();
    EXPECT_EQ(texts_of(desired), (Texts{"evil.example"}));
    EXPECT_EQ(desired.counts().of(Reason::never), 2U);
    EXPECT_NE(feeds.told.values[0].detail.find("your never list"), std::string::npos);
}

TEST(Desired, include_subdomains_writes_dotted_entries_that_cover) {
    ListRules rules;
    rules.include_subdomains = true;
    Feeds feeds({{"a.evil.example", 99}, {"evil.example", 50}}, rules);
    const auto desired = feeds.build();
    ASSERT_EQ(texts_of(desired), (Texts{".evil.example"}));
    EXPECT_EQ(desired[0].kind, EntryKind::dotted_host);
    EXPECT_EQ(desired.counts().of(Reason::covered), 1U);
    EXPECT_EQ(feeds.told.values[0].value, "a.evil.example");
    EXPECT_EQ(feeds.told.values[0].detail, ".evil.example");
    expect_balanced(desired, feeds.told);
}

TEST(Desired, a_dotted_entry_over_a_protected_name_falls_back_to_its_exact_form) {
    ProtectionBuilder builder;
    ASSERT_TRUE(builder.add_never("good.shared.example", "never"));
    const auto protection = builder.build();
    ListRules rules;
    rules.include_subdomains = true;
    Feeds feeds({{"shared.example"}, {"bad.shared.example"}}, rules);
    feeds.protection = &protection;
    const auto desired = feeds.build();
    EXPECT_EQ(texts_of(desired), (Texts{".bad.shared.example", "shared.example"}));
    EXPECT_EQ(desired[1].kind, EntryKind::host);
}

TEST(Desired, include_subdomains_does_not_touch_a_url_list) {
    ListRules rules;
    rules.entity = EntityType::url;
    rules.include_subdomains = true;
    Feeds feeds({{"http://evil.example/"}, {"http://evil.example/a?b"}}, rules);
    const auto desired = feeds.build();
    EXPECT_EQ(texts_of(desired), (Texts{"evil.example"}));
    EXPECT_EQ(desired.counts().of(Reason::covered), 1U);
}

TEST(Desired, each_feed_of_a_shared_list_is_read_as_its_own_kind) {
    const auto domains = indicators({Row{"evil.example"}});
    const auto urls = indicators({Row{"http://other.example/a"}, Row{"https://evil.example/b"}});
    const std::vector<FeedPart> parts{{"domains", &domains, 65, EntityType::domain},
                                      {"urls", &urls, 65, EntityType::url}};
    ListRules rules;
    rules.permit_reserved = true;
    rules.include_subdomains = true;
    Told told;
    const auto desired = build_desired(parts, rules, no_protection(), told);
    EXPECT_EQ(texts_of(desired), (Texts{".evil.example", "other.example/a"}));
    EXPECT_EQ(desired.counts().of(Reason::covered), 1U);
}

TEST(Desired, networks_cover_addresses_in_an_ip_list) {
    ListRules rules;
    rules.entity = EntityType::ip;
    Feeds feeds({{"198.51.100.7", 99}, {"198.51.100.0/24", 50}, {"203.0.113.9"}, {"evil.example"}}, rules);
    const auto desired = feeds.build();
    EXPECT_EQ(texts_of(desired), (Texts{"203.0.113.9", "198.51.100.0/24"}));
    EXPECT_EQ(desired.counts().of(Reason::covered), 1U);
    EXPECT_EQ(desired.counts().of(ReasonClass::rejected), 1U);
    expect_balanced(desired, feeds.told);
}

TEST(Desired, a_rejected_network_covers_nothing) {
    ListRules rules;
    rules.entity = EntityType::ip;
    rules.min_prefix = 25;
    Feeds feeds({{"198.51.100.7"}, {"198.51.100.0/24"}}, rules);
    const auto desired = feeds.build();
    EXPECT_EQ(texts_of(desired), (Texts{"198.51.100.7"}));
    EXPECT_EQ(desired.counts().of(Reason::too_wide), 1U);
}

TEST(Desired, no_feeds_give_an_empty_set) {
    Told told;
    const auto desired = build_desired({}, {}, no_protection(), told);
    EXPECT_TRUE(desired.empty());
    EXPECT_EQ(desired.fetched(), 0U);
}

TEST(Desired, many_rows_stay_apart) {
    std::vector<Row> rows;
    for (int i = 0; i < 20000; ++i) rows.push_back({"h" + std::to_string(i % 15000) + ".example", i % 100, i % 30});
    Feeds feeds(rows);
    const auto desired = feeds.build();
    EXPECT_EQ(desired.size(), 15000U);
    EXPECT_EQ(desired.counts().of(Reason::duplicate), 5000U);
    expect_balanced(desired, feeds.told);
}

/// One current feed and one that only keeps.
DesiredSet with_old(const std::vector<Row>& current, const std::vector<Row>& old, ListRules rules,
                    const Protection& protection, Told& told) {
    static std::vector<IndicatorSet> sets;  // raw texts outlive the call
    sets = {};
    sets.push_back(indicators(current));
    sets.push_back(indicators(old));
    std::vector<FeedPart> parts{{"current", &sets[0], 65}, {"old", &sets[1], 65}};
    parts[1].keeps_only = true;
    rules.permit_reserved = true;
    auto desired = build_desired(parts, rules, protection, told);
    expect_balanced(desired, told);
    return desired;
}

TEST(Desired, what_only_stays_stays_whatever_its_risk) {
    ListRules rules;
    rules.min_risk = 80;
    Told told;
    const auto desired =
        with_old({{"a.example", 65}}, {{"a.example", 10}, {"b.example", 20}}, rules, no_protection(), told);
    EXPECT_EQ(texts_of(desired), (Texts{"b.example", "a.example"}));
    EXPECT_TRUE(desired[0].is_pinned && desired[1].is_pinned);
    EXPECT_EQ(told.count(Reason::below_min_risk), 1U) << "the current feed's row";
}

TEST(Desired, a_current_feed_ranks_what_an_old_one_pins) {
    for (const bool old_is_riskier : {true, false}) {
        Told told;
        const Row old{"a.example", old_is_riskier ? 90 : 10, old_is_riskier ? 9 : 0};
        const auto desired = with_old({{"a.example", 70, 3}, {"b.example", 80, 3}}, {old}, {}, no_protection(), told);
        ASSERT_EQ(texts_of(desired), (Texts{"b.example", "a.example"}));
        EXPECT_FALSE(desired[0].is_pinned);
        EXPECT_TRUE(desired[1].is_pinned);
        EXPECT_EQ(desired[1].risk, 70);
        EXPECT_EQ(desired[1].last_seen, std::chrono::sys_days{std::chrono::days{20003}});
        EXPECT_EQ(desired.feed_name(desired[1].feed), "current");
    }
}

TEST(Desired, what_only_stays_is_not_covered_away_but_protection_holds) {
    ProtectionBuilder builder;
    ASSERT_TRUE(builder.add_never("safe.example", "never"));
    const auto protection = builder.build();
    Told told;
    const auto desired = with_old({{"*.evil.example"}}, {{"x.evil.example"}, {"safe.example"}}, {}, protection, told);
    EXPECT_EQ(texts_of(desired), (Texts{".evil.example", "x.evil.example"}));
    EXPECT_EQ(told.count(Reason::never), 1U);
}

TEST(Desired, a_category_takes_the_addresses_of_an_ip_feed_and_no_networks) {
    for (const auto target : {TargetKind::url_category, TargetKind::denylist}) {
        ListRules rules;
        rules.entity = EntityType::ip;
        rules.target = target;
        Feeds feeds({{"203.0.113.9"}, {"198.51.100.7/32"}, {"198.51.100.0/24"}, {"203.0.113.1-203.0.113.3"}}, rules);
        const auto desired = feeds.build();
        EXPECT_EQ(texts_of(desired), (Texts{"198.51.100.7", "203.0.113.9"}));
        EXPECT_EQ(feeds.told.count(Reason::unsupported_by_target), 2U);
        expect_balanced(desired, feeds.told);
    }
}

TEST(Desired, an_fqdn_group_takes_subdomains_only_where_it_was_made_for_them) {
    for (const bool with_subdomains : {false, true}) {
        ListRules rules;
        rules.target = TargetKind::fqdn_group;
        rules.include_subdomains = with_subdomains;
        Feeds feeds({{"evil.example"}, {"*.worse.example"}}, rules);
        const auto desired = feeds.build();
        EXPECT_EQ(texts_of(desired),
                  with_subdomains ? (Texts{".evil.example", ".worse.example"}) : (Texts{"evil.example"}));
        EXPECT_EQ(feeds.told.count(Reason::unsupported_by_target), with_subdomains ? 0U : 1U);
    }
}

}  // namespace
