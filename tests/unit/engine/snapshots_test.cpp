#include "engine/snapshots.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/engine/world.hpp"

namespace cordon::engine {
namespace {

using core::Outcome;
using testing::HasSubstr;
using testing::SizeIs;

struct Fetching {
    World world;
    FakeFeed& feed = world.add("feed", "L", hosts(100));

    FeedSnapshot fetch() {
        world.clock.advance(1h);
        return std::move(
            fetch_snapshots(world.sections, {}, Keeping::keep, *world.store, world.clock, {}).value().front());
    }
    void publish(Strings content) {
        feed.content = std::move(content);
        feed.version += "+";
    }
    void fail_with(Code code) { feed.failure = Error{code, "no answer"}; }
};

TEST(Snapshots, what_arrives_is_kept_and_not_downloaded_again) {
    Fetching fetching;
    const auto first = fetching.fetch();
    EXPECT_EQ(first.report.outcome, Outcome::done);
    EXPECT_TRUE(first.report.downloaded);
    EXPECT_EQ(first.indicators.size(), 100U);
    const auto second = fetching.fetch();
    EXPECT_EQ(second.report.outcome, Outcome::unchanged);
    EXPECT_FALSE(second.report.downloaded);
    EXPECT_EQ(second.indicators.size(), 100U);
    EXPECT_EQ(fetching.feed.downloads, 1U);
}

TEST(Snapshots, the_last_complete_one_stands_in_for_a_feed_that_fails) {
    Fetching fetching;
    (void)fetching.fetch();
    fetching.fail_with(Code::unreachable);
    const auto stale = fetching.fetch();
    EXPECT_EQ(stale.report.outcome, Outcome::stale);
    EXPECT_FALSE(stale.is_expired);
    EXPECT_EQ(stale.indicators.size(), 100U);
    EXPECT_THAT(stale.report.message, HasSubstr("no answer"));
}

TEST(Snapshots, one_that_is_older_than_stale_after_is_expired) {
    Fetching fetching;
    (void)fetching.fetch();
    fetching.world.clock.advance(24h * 6);
    (void)fetching.fetch();  // the provider confirms it
    fetching.fail_with(Code::refused);
    fetching.world.clock.advance(24h * 6);
    EXPECT_FALSE(fetching.fetch().is_expired) << "its age counts from the last confirmation";
    fetching.world.clock.advance(24h);
    const auto expired = fetching.fetch();
    EXPECT_TRUE(expired.is_expired);
    EXPECT_EQ(expired.report.outcome, Outcome::frozen);
    EXPECT_EQ(expired.indicators.size(), 100U);
}

TEST(Snapshots, a_feed_that_never_came_is_expired_and_empty) {
    Fetching fetching;
    fetching.fail_with(Code::corrupt);
    const auto none = fetching.fetch();
    EXPECT_TRUE(none.is_expired);
    EXPECT_TRUE(none.indicators.empty());
    EXPECT_EQ(none.report.outcome, Outcome::frozen);
}

TEST(Snapshots, a_cancelled_fetch_is_an_interruption) {
    Fetching fetching;
    (void)fetching.fetch();
    fetching.fail_with(Code::cancelled);
    EXPECT_EQ(fetching.fetch().report.outcome, Outcome::interrupted);
}

TEST(Snapshots, a_suspicious_one_is_kept_apart_and_not_downloaded_again) {
    Fetching fetching;
    (void)fetching.fetch();
    fetching.publish(hosts(20));
    EXPECT_TRUE(fetching.fetch().stop);
    const auto again = fetching.fetch();
    EXPECT_TRUE(again.stop);
    EXPECT_EQ(again.indicators.size(), 20U);
    EXPECT_EQ(fetching.feed.downloads, 2U);
    EXPECT_EQ(last_good_snapshot("feed", *fetching.world.store)->size(), 100U);
    fetching.fail_with(Code::unreachable);
    EXPECT_EQ(fetching.fetch().indicators.size(), 100U) << "a failing feed falls back to the good one";
}

TEST(Snapshots, one_that_was_partial_may_grow_and_no_other) {
    Fetching fetching;
    fetching.feed.is_partial = true;
    fetching.publish(hosts(1'000));
    (void)fetching.fetch();
    fetching.publish(hosts(3'000));
    auto more = fetching.fetch();
    EXPECT_FALSE(more.stop);
    EXPECT_TRUE(more.is_partial);
    fetching.feed.is_partial = false;
    fetching.publish(hosts(6'000));
    more = fetching.fetch();
    EXPECT_FALSE(more.stop) << "it grew to its whole size";
    EXPECT_FALSE(more.is_partial);
    fetching.publish(hosts(12'000));
    EXPECT_TRUE(fetching.fetch().stop);
}

TEST(Snapshots, of_another_file_bring_nothing_new_where_the_new_one_fails) {
    Fetching fetching;
    (void)fetching.fetch();
    fetching.feed.file = "another file";
    fetching.fail_with(Code::refused);
    const auto failed = fetching.fetch();
    EXPECT_TRUE(failed.is_expired);
    EXPECT_EQ(failed.report.outcome, Outcome::frozen);
    EXPECT_THAT(failed.report.message, HasSubstr("of another source (feed of a file)"));
    fetching.feed.failure.reset();
    EXPECT_TRUE(fetching.fetch().report.downloaded) << "an equal version of another file is another content";
}

TEST(Snapshots, of_a_failing_feed_are_as_partial_as_they_were) {
    Fetching fetching;
    fetching.feed.is_partial = true;
    (void)fetching.fetch();
    fetching.fail_with(Code::unreachable);
    EXPECT_TRUE(fetching.fetch().is_partial);
}

TEST(Snapshots, a_suspicious_one_that_was_accepted_is_the_good_one) {
    Fetching fetching;
    (void)fetching.fetch();
    fetching.publish(hosts(20));
    const auto suspicious = fetching.fetch();
    ASSERT_TRUE(accept_snapshot("feed", suspicious.indicators, *fetching.world.store, fetching.world.clock.now()));
    const auto accepted = fetching.fetch();
    EXPECT_FALSE(accepted.stop);
    EXPECT_EQ(accepted.indicators.size(), 20U);
    EXPECT_EQ(fetching.feed.downloads, 2U);
}

TEST(Snapshots, a_feed_that_recovers_is_compared_with_the_good_one) {
    Fetching fetching;
    (void)fetching.fetch();
    fetching.publish(hosts(20));
    EXPECT_TRUE(fetching.fetch().stop);
    fetching.publish(hosts(105));
    EXPECT_FALSE(fetching.fetch().stop);
    EXPECT_FALSE(fetching.fetch().stop);
    EXPECT_EQ(last_good_snapshot("feed", *fetching.world.store)->size(), 105U);
}

TEST(Snapshots, a_damaged_copy_is_downloaded_again) {
    Fetching fetching;
    (void)fetching.fetch();
    fetching.world.damage_contents();
    const auto healed = fetching.fetch();
    EXPECT_TRUE(healed.report.downloaded);
    EXPECT_EQ(healed.indicators.size(), 100U);
    EXPECT_THAT(healed.report.warnings, SizeIs(testing::Ge(1U)));
    EXPECT_EQ(fetching.fetch().report.outcome, Outcome::unchanged) << "and it is good again";
}

TEST(Snapshots, a_damaged_copy_of_a_failing_feed_gives_nothing_and_says_so) {
    Fetching fetching;
    (void)fetching.fetch();
    fetching.world.damage_contents();
    fetching.fail_with(Code::unreachable);
    const auto lost = fetching.fetch();
    EXPECT_TRUE(lost.is_expired);
    EXPECT_TRUE(lost.indicators.empty());
    EXPECT_EQ(lost.report.outcome, Outcome::frozen);
}

TEST(Snapshots, many_feeds_come_in_the_order_of_their_sections) {
    World world;
    for (int i = 0; i < 12; ++i) world.add("feed" + std::to_string(i), "L", hosts(static_cast<std::size_t>(i) + 1));
    const auto snapshots = fetch_snapshots(world.sections, {}, Keeping::keep, *world.store, world.clock, {}).value();
    for (std::size_t i = 0; i < 12; ++i) {
        EXPECT_EQ(snapshots[i].report.feed, "feed" + std::to_string(i));
        EXPECT_EQ(snapshots[i].indicators.size(), i + 1);
    }
}

}  // namespace
}  // namespace cordon::engine
