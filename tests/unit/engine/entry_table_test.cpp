#include "engine/entry_table.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/override.hpp"
#include "tests/unit/engine/world.hpp"

namespace cordon::engine {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

struct Tabled {
    World world;
    FakeFeed& feed = world.add("domains", "L", {"b.example", "a.example", "c.example"});

    EntryTable table(const std::string& list = "L") {
        const auto jobs = world.jobs();
        auto made = EntryTable::build(list, {world.sections, jobs, world.protection, *world.store, world.clock.now()});
        EXPECT_TRUE(made) << made.error().message;
        return std::move(*made);
    }
};

Strings texts_of(const EntryPage& page) {
    Strings texts;
    for (const auto& row : page.rows) texts.emplace_back(row.text);
    return texts;
}

/// "a.example there"
Strings states_of(const EntryPage& page) {
    Strings states;
    for (const auto& row : page.rows) states.push_back(std::string(row.text) + " " + name_of(row.state));
    return states;
}

TEST(AnEntryTable, shows_each_entry_with_its_state_and_the_feed_that_gives_it) {
    Tabled made;
    (void)made.world.run();
    (void)made.world.run();
    const auto table = made.table();
    const auto page = table.select({});
    EXPECT_EQ(page.total, 3U);
    EXPECT_THAT(states_of(page), ElementsAre("a.example there", "b.example there", "c.example there"));
    EXPECT_EQ(page.rows[0].feed, "domains");
    EXPECT_EQ(page.rows[0].object, "L");
    EXPECT_EQ(page.rows[0].risk, 65);
    EXPECT_EQ(page.rows[0].place, 1U);
    EXPECT_EQ(table.count(EntryState::there), 3U);
}

TEST(AnEntryTable, shows_what_the_feeds_want_and_the_gateway_does_not_hold) {
    Tabled made;
    made.world.gateway.refused = {"b.example"};
    (void)made.world.run();
    EXPECT_THAT(states_of(made.table().select({})),
                ElementsAre("a.example there", "b.example refused", "c.example there"));
}

TEST(AnEntryTable, shows_what_was_taken_out_by_hand) {
    Tabled made;
    (void)made.world.run();
    (void)made.world.run();
    made.world.gateway.lists["L"].erase("c.example");
    (void)made.world.run();
    EntryQuery query;
    query.state = EntryState::taken_out;
    EXPECT_THAT(texts_of(made.table().select(query)), ElementsAre("c.example"));
}

TEST(AnEntryTable, keeps_what_is_ours_of_a_list_that_no_section_feeds_any_more) {
    Tabled made;
    (void)made.world.run();
    const EntryTable table =
        EntryTable::build("L", {{}, {}, made.world.protection, *made.world.store, made.world.clock.now()}).value();
    ASSERT_EQ(table.size(), 3U);
    const auto page = table.select({});
    EXPECT_EQ(page.rows[0].feed, "");
    EXPECT_FALSE(page.rows[0].risk);
    EXPECT_FALSE(page.rows[0].place);
}

TEST(AnEntryTable, leaves_out_what_an_operator_unblocked) {
    Tabled made;
    const auto now = made.world.clock.now();
    ASSERT_TRUE(made.world.store->save_snapshot({"domains", "", "", now, now, 0}, [] {
        core::IndicatorSet set;
        core::Indicator one;
        one.value = "a.example";
        set.append(one);
        one.value = "b.example";
        set.append(one);
        return set;
    }()));
    EXPECT_THAT(states_of(made.table().select({})), ElementsAre("a.example waiting", "b.example waiting"));
    ASSERT_TRUE(made.world.store->put_override(
        {core::OverrideKind::allow, "a.example", "", now, now + std::chrono::hours(1), "alice", "a test"}));
    EXPECT_THAT(states_of(made.table().select({})), ElementsAre("b.example waiting"));
    made.world.clock.advance(std::chrono::hours(2));
    EXPECT_THAT(states_of(made.table().select({})), ElementsAre("a.example waiting", "b.example waiting"));
}

TEST(AnEntryTable, finds_what_a_name_or_an_address_may_be_about) {
    Tabled made;
    made.feed.content = {"a.b.example",         "b.example",  "x.a.b.example", "c.example",
                         "b.example.c.example", "bb.example", "notb.example"};
    made.world.add("ips", "M", {"203.0.113.7", "198.51.100.1"}, core::EntityType::ip);
    (void)made.world.run();
    const auto found = [&](const char* value, const char* list = "L") {
        Strings texts;
        const auto table = made.table(list);
        for (const auto& row : table.rows_about(core::Concern(value))) texts.emplace_back(row.text);
        return texts;
    };
    EXPECT_THAT(found("a.b.example"), ElementsAre("a.b.example", "b.example", "x.a.b.example"));
    EXPECT_THAT(found(".b.example"), ElementsAre("a.b.example", "b.example", "x.a.b.example"));
    EXPECT_THAT(found("y.c.example/p?q"), ElementsAre("c.example"));
    EXPECT_THAT(found("203.0.113.0/24", "M"), ElementsAre("203.0.113.7"));
    EXPECT_THAT(found("free.test"), IsEmpty());
}

TEST(AnEntryTable, finds_a_part_of_the_text_in_any_row_and_counts_all_hits) {
    Tabled made;
    made.feed.content = hosts(250);
    (void)made.world.run();
    const auto table = made.table();
    EntryQuery query;
    query.needle = "H12";
    query.first = 2;
    query.most = 3;
    const auto page = table.select(query);
    EXPECT_EQ(page.total, 10U);
    EXPECT_THAT(texts_of(page), ElementsAre("h122.example", "h123.example", "h124.example"));
    query.needle = "example\nh";
    EXPECT_EQ(table.select(query).total, 0U);
    query.needle = "no such";
    EXPECT_EQ(table.select(query).total, 0U);
    query.needle = "h250.example";
    query.first = 0;
    EXPECT_THAT(texts_of(table.select(query)), ElementsAre("h250.example"));
}

TEST(AnEntryTable, sorts_by_every_column_in_both_directions) {
    Tabled made;
    auto& other = made.world.add("another", "L", {"z.example"});
    (void)other;
    (void)made.world.run();
    const auto table = made.table();
    EntryQuery query;
    query.order = EntryOrder::feed;
    EXPECT_THAT(texts_of(table.select(query)), ElementsAre("z.example", "a.example", "b.example", "c.example"));
    query.direction = Direction::descending;
    EXPECT_THAT(texts_of(table.select(query)), ElementsAre("c.example", "b.example", "a.example", "z.example"));
    query.order = EntryOrder::text;
    query.most = 1;
    EXPECT_THAT(texts_of(table.select(query)), ElementsAre("z.example"));
    query.first = 9;
    EXPECT_THAT(table.select(query).rows, IsEmpty());
    EXPECT_EQ(table.select(query).total, 4U);
}

TEST(AnEntryTable, of_an_unknown_list_is_empty) {
    Tabled made;
    const auto table = made.table("nothing");
    EXPECT_EQ(table.size(), 0U);
    EntryQuery query;
    query.needle = "a";
    EXPECT_EQ(table.select(query).total, 0U);
}

TEST(AnEntryState, goes_by_its_name) {
    for (std::size_t i = 0; i < k_entry_state_count; ++i) {
        const auto state = static_cast<EntryState>(i);
        EXPECT_EQ(entry_state_of(name_of(state)), state);
    }
    EXPECT_FALSE(entry_state_of("gone"));
}

}  // namespace
}  // namespace cordon::engine
