#include "engine/snapshots.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/engine/world.hpp"

namespace cordon::engine {
namespace {

using core::Outcome;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

struct Publisher {
    World world;
    FakeFeed& feed = world.add("feed", "L", hosts(100));

    FeedSnapshot fetch() {
        world.clock.advance(1h);
        return snapshot({});
    }
    /// In a run in which its turn has not come.
    FeedSnapshot rest() { return snapshot({1, {"feed"}}); }
    FeedSnapshot snapshot(const Fetching& fetching) {
        return std::move(fetch_snapshots(world.sections, {}, Keeping::keep, *world.store, world.clock, {}, fetching)
                             .value()
                             .front());
    }
    void publish(Strings content) {
        feed.content = std::move(content);
        feed.version += "+";
    }
    void fail_with(Code code) { feed.failure = Error{code, "no answer"}; }
};

TEST(Snapshots, what_arrives_is_kept_and_not_downloaded_again) {
    Publisher publisher;
    const auto first = publisher.fetch();
    EXPECT_EQ(first.report.outcome, Outcome::done);
    EXPECT_TRUE(first.report.downloaded);
    EXPECT_EQ(first.indicators.size(), 100U);
    const auto second = publisher.fetch();
    EXPECT_EQ(second.report.outcome, Outcome::unchanged);
    EXPECT_FALSE(second.report.downloaded);
    EXPECT_EQ(second.indicators.size(), 100U);
    EXPECT_EQ(publisher.feed.downloads, 1U);
}

TEST(Snapshots, the_last_complete_one_stands_in_for_a_feed_that_fails) {
    Publisher publisher;
    (void)publisher.fetch();
    publisher.fail_with(Code::unreachable);
    const auto stale = publisher.fetch();
    EXPECT_EQ(stale.report.outcome, Outcome::stale);
    EXPECT_FALSE(stale.is_expired);
    EXPECT_EQ(stale.indicators.size(), 100U);
    EXPECT_THAT(stale.report.message, HasSubstr("no answer"));
}

TEST(Snapshots, one_that_is_older_than_stale_after_is_expired) {
    Publisher publisher;
    (void)publisher.fetch();
    publisher.world.clock.advance(24h * 6);
    (void)publisher.fetch();  // the provider confirms it
    publisher.fail_with(Code::refused);
    publisher.world.clock.advance(24h * 6);
    EXPECT_FALSE(publisher.fetch().is_expired) << "its age counts from the last confirmation";
    publisher.world.clock.advance(24h);
    const auto expired = publisher.fetch();
    EXPECT_TRUE(expired.is_expired);
    EXPECT_EQ(expired.report.outcome, Outcome::frozen);
    EXPECT_EQ(expired.indicators.size(), 100U);
}

TEST(Snapshots, a_feed_that_never_came_is_expired_and_empty) {
    Publisher publisher;
    publisher.fail_with(Code::corrupt);
    const auto none = publisher.fetch();
    EXPECT_TRUE(none.is_expired);
    EXPECT_TRUE(none.indicators.empty());
    EXPECT_EQ(none.report.outcome, Outcome::frozen);
}

TEST(Snapshots, a_cancelled_fetch_is_an_interruption) {
    Publisher publisher;
    (void)publisher.fetch();
    publisher.fail_with(Code::cancelled);
    EXPECT_EQ(publisher.fetch().report.outcome, Outcome::interrupted);
}

TEST(Snapshots, a_suspicious_one_is_kept_apart_and_not_downloaded_again) {
    Publisher publisher;
    (void)publisher.fetch();
    publisher.publish(hosts(20));
    EXPECT_TRUE(publisher.fetch().stop);
    const auto again = publisher.fetch();
    EXPECT_TRUE(again.stop);
    EXPECT_EQ(again.indicators.size(), 20U);
    EXPECT_EQ(publisher.feed.downloads, 2U);
    EXPECT_EQ(last_good_snapshot("feed", *publisher.world.store)->size(), 100U);
    publisher.fail_with(Code::unreachable);
    EXPECT_EQ(publisher.fetch().indicators.size(), 100U) << "a failing feed falls back to the good one";
}

TEST(Snapshots, one_that_was_partial_may_grow_and_no_other) {
    Publisher publisher;
    publisher.feed.is_partial = true;
    publisher.publish(hosts(1'000));
    (void)publisher.fetch();
    publisher.publish(hosts(3'000));
    auto more = publisher.fetch();
    EXPECT_FALSE(more.stop);
    EXPECT_TRUE(more.is_partial);
    publisher.feed.is_partial = false;
    publisher.publish(hosts(6'000));
    more = publisher.fetch();
    EXPECT_FALSE(more.stop) << "it grew to its whole size";
    EXPECT_FALSE(more.is_partial);
    publisher.publish(hosts(12'000));
    EXPECT_TRUE(publisher.fetch().stop);
}

TEST(Snapshots, of_another_file_bring_nothing_new_where_the_new_one_fails) {
    Publisher publisher;
    (void)publisher.fetch();
    publisher.feed.file = "another file";
    publisher.fail_with(Code::refused);
    const auto failed = publisher.fetch();
    EXPECT_TRUE(failed.is_expired);
    EXPECT_EQ(failed.report.outcome, Outcome::frozen);
    EXPECT_THAT(failed.report.message, HasSubstr("of another source (feed of a file)"));
    publisher.feed.failure.reset();
    EXPECT_TRUE(publisher.fetch().report.downloaded) << "an equal version of another file is another content";
}

TEST(Snapshots, of_a_failing_feed_are_as_partial_as_they_were) {
    Publisher publisher;
    publisher.feed.is_partial = true;
    (void)publisher.fetch();
    publisher.fail_with(Code::unreachable);
    EXPECT_TRUE(publisher.fetch().is_partial);
}

TEST(Snapshots, a_suspicious_one_that_was_accepted_is_the_good_one) {
    Publisher publisher;
    (void)publisher.fetch();
    publisher.publish(hosts(20));
    const auto suspicious = publisher.fetch();
    ASSERT_TRUE(accept_snapshot("feed", suspicious.indicators, *publisher.world.store, publisher.world.clock.now()));
    const auto accepted = publisher.fetch();
    EXPECT_FALSE(accepted.stop);
    EXPECT_EQ(accepted.indicators.size(), 20U);
    EXPECT_EQ(publisher.feed.downloads, 2U);
}

TEST(Snapshots, a_feed_that_recovers_is_compared_with_the_good_one) {
    Publisher publisher;
    (void)publisher.fetch();
    publisher.publish(hosts(20));
    EXPECT_TRUE(publisher.fetch().stop);
    publisher.publish(hosts(105));
    EXPECT_FALSE(publisher.fetch().stop);
    EXPECT_FALSE(publisher.fetch().stop);
    EXPECT_EQ(last_good_snapshot("feed", *publisher.world.store)->size(), 105U);
}

TEST(Snapshots, a_damaged_copy_is_downloaded_again) {
    Publisher publisher;
    (void)publisher.fetch();
    publisher.world.damage_contents();
    const auto healed = publisher.fetch();
    EXPECT_TRUE(healed.report.downloaded);
    EXPECT_EQ(healed.indicators.size(), 100U);
    EXPECT_THAT(healed.report.warnings, SizeIs(testing::Ge(1U)));
    EXPECT_EQ(publisher.fetch().report.outcome, Outcome::unchanged) << "and it is good again";
}

TEST(Snapshots, a_damaged_copy_of_a_failing_feed_gives_nothing_and_says_so) {
    Publisher publisher;
    (void)publisher.fetch();
    publisher.world.damage_contents();
    publisher.fail_with(Code::unreachable);
    const auto lost = publisher.fetch();
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

TEST(Snapshots, of_a_resting_feed_stand_and_nobody_is_asked) {
    Publisher publisher;
    auto& world = publisher.world;
    (void)publisher.fetch();
    const auto confirmed = world.clock.now();
    publisher.publish(hosts(90));
    world.clock.advance(1h);
    const auto rested = publisher.rest();
    EXPECT_EQ(rested.report.outcome, Outcome::unchanged);
    EXPECT_FALSE(rested.report.was_asked);
    EXPECT_EQ(rested.indicators.size(), 100U);
    EXPECT_EQ(rested.report.confirmed_at, confirmed) << "nobody confirmed it since";
    EXPECT_EQ(world.store->snapshots("feed")->front().confirmed_at, confirmed);
    publisher.feed.file = "another file";
    const auto asked = publisher.rest();
    EXPECT_EQ(asked.indicators.size(), 90U) << "of this source nothing is kept, so that it is asked";
    EXPECT_TRUE(asked.report.was_asked);
}

TEST(Snapshots, of_a_resting_feed_are_downloaded_again_where_the_copy_is_damaged) {
    Publisher publisher;
    (void)publisher.fetch();
    publisher.world.damage_contents();
    const auto healed = publisher.rest();
    EXPECT_TRUE(healed.report.downloaded);
    EXPECT_TRUE(healed.report.was_asked);
}

TEST(Snapshots, of_a_resting_feed_expire_as_those_of_a_failing_one_do) {
    Publisher publisher;
    (void)publisher.fetch();
    publisher.world.clock.advance(24h * 7);
    EXPECT_FALSE(publisher.rest().is_expired);
    publisher.world.clock.advance(1s);
    const auto expired = publisher.rest();
    EXPECT_TRUE(expired.is_expired);
    EXPECT_EQ(expired.report.outcome, Outcome::frozen);
    EXPECT_FALSE(expired.report.was_asked);
    EXPECT_THAT(expired.report.message, HasSubstr("its turn to be asked has not come; the last complete snapshot is"));
    EXPECT_EQ(publisher.feed.downloads, 1U);
    EXPECT_FALSE(publisher.fetch().is_expired) << "it is asked";
}

TEST(Snapshots, tell_which_feeds_have_changed_without_a_download) {
    Publisher publisher;
    auto& world = publisher.world;
    (void)world.add("other", "L", hosts(10));
    const auto changed = [&](const std::set<std::string>& asked) {
        return changed_feeds(world.sections, asked, *world.store, {}).value();
    };
    EXPECT_THAT(changed({"feed", "other"}), IsEmpty()) << "of which nothing is kept is a run's business";
    (void)fetch_snapshots(world.sections, {}, Keeping::keep, *world.store, world.clock, {});
    EXPECT_THAT(changed({"feed", "other"}), IsEmpty());
    publisher.publish(hosts(90));
    EXPECT_THAT(changed({"feed", "other"}), ElementsAre("feed"));
    EXPECT_THAT(changed({"other"}), IsEmpty());
    publisher.fail_with(Code::unreachable);
    EXPECT_THAT(changed({"feed"}), IsEmpty());
    EXPECT_EQ(publisher.feed.downloads, 1U);
}

}  // namespace
}  // namespace cordon::engine
