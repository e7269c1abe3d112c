#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/report.hpp"
#include "engine/override_runs.hpp"
#include "tests/unit/engine/world.hpp"

namespace cordon::engine {
namespace {

using core::OverrideKind;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::SizeIs;

TEST(ABlockThatEnds, is_no_accident_that_the_guard_stops) {
    World world;
    world.add("domains", "L", hosts(5));
    world.keep.max_domains = 3;
    ASSERT_EQ(world.run().report.exit_status, 0);
    const auto now = world.clock.now();
    for (const auto* value : {"a.bad.example", "b.bad.example", "c.bad.example"}) {
        ASSERT_TRUE(world.store->put_override({OverrideKind::block, value, "L", now, now + 24h, "alice", "phishing"}));
    }
    world.guard.rules.small_list = 0;
    world.guard.rules.max_removal_share = 1;  // for the places that the blocks take
    ASSERT_EQ(world.run().report.exit_status, 0);
    world.guard.rules = {};
    ASSERT_THAT(world.gateway.lists["L"], ElementsAre("a.bad.example", "b.bad.example", "c.bad.example"));
    ASSERT_TRUE(end_override(OverrideKind::block, "a.bad.example", "L", "alice", *world.store, world.clock.now()));
    world.clock.advance(25h);
    const auto after = world.run().report;
    EXPECT_EQ(after.exit_status, 0) << core::to_text(after);
    EXPECT_THAT(world.gateway.lists["L"], ElementsAre("h001.example", "h002.example", "h003.example"));
}

TEST(ABlockThatEnds, does_not_excuse_what_a_feed_named_too) {
    World world;
    world.add("domains", "L", hosts(20));
    ASSERT_EQ(world.run().report.exit_status, 0);
    const auto now = world.clock.now();
    auto blocked = hosts(20);
    blocked.emplace_back("own.example");
    for (const auto& value : blocked) {
        ASSERT_TRUE(world.store->put_override({OverrideKind::block, value, "L", now, now + 1h, "alice", "phishing"}));
    }
    ASSERT_EQ(world.run().report.exit_status, 0);
    ASSERT_THAT(world.gateway.lists["L"], SizeIs(21));
    world.clock.advance(2h);
    core::ProtectionBuilder builder;
    for (const auto& value : hosts(8)) ASSERT_TRUE(builder.add_never(value, "[allow] never"));
    world.protection = builder.build();
    const auto list = world.run().report.lists.front();
    EXPECT_EQ(list.outcome, core::Outcome::stopped);
    EXPECT_THAT(list.message, HasSubstr("would lose 8 of 20 entries (40 %, limit 30 %), beside 1 that operators "
                                        "unblocked or block no longer"));
    EXPECT_THAT(world.gateway.lists["L"], SizeIs(21));
}

}  // namespace
}  // namespace cordon::engine
