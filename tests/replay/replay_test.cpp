// Lists as they were published, hour by hour, with the faults of their publishers.

#include <cstdio>

#include <gtest/gtest.h>

#include "base/file.hpp"
#include "tests/replay/published.hpp"

namespace cordon::replay {
namespace {

constexpr std::size_t k_cap = 8000;  // max_ips, and what one group holds (zia-api.md 6.3)
constexpr const char* k_list = "Replayed IPs";

/// How the versions of one replay ended.
struct Tally {
    int applied = 0;
    int unchanged = 0;
    int refused = 0;  ///< no list at all: nothing may change
    int frozen = 0;   ///< of these, with a snapshot past stale_after
    int let_through = 0;
};

/// One IP list that is served as published.
class Replay {
public:
    explicit Replay(Time start) {
        rehearsal_.clock.set(start);
        rehearsal_.erase_section("risklist_domains");
        rehearsal_.erase_section("risklist_ips");
        rehearsal_.set("guard", "permit_reserved", "false");
        rehearsal_.add_list("risklist_replayed", "ip", "/lists/replayed.txt", k_list);
    }

    void take(const Version& version, Tally& tally) {
        const testing::ScopedTrace trace(__FILE__, __LINE__, version.file.filename().string());
        if (version.published > rehearsal_.clock.now()) rehearsal_.clock.set(version.published);
        rehearsal_.put_feed("/lists/replayed.txt", read_file(version.file, 1U << 30).value());
        const auto before = rehearsal_.active(k_list);
        const auto expected = expected_ips(version.file, before, k_cap, folder_);
        rehearsal_.clouds().forget_requests();
        const auto ending = rehearsal_.run();
        if (expected) {
            take_list(ending, *expected, tally);
        } else {
            take_accident(ending, before, tally);
        }
    }

    [[nodiscard]] scenario::Rehearsal& rehearsal() { return rehearsal_; }

private:
    void take_list(scenario::Ending ending, const Entries& expected, Tally& tally) {
        if (ending.status == 4) {
            ++tally.let_through;
            scenario::Wish wish;
            wish.allow_removals = {k_list};
            ending = rehearsal_.run(wish);
        }
        EXPECT_EQ(ending.status, 0) << ending.said();
        const auto active = rehearsal_.active(k_list);
        EXPECT_TRUE(active == expected) << difference(expected, active);
        ++(ending.report.outcome == core::Outcome::unchanged ? tally.unchanged : tally.applied);
    }

    void take_accident(const scenario::Ending& ending, const Entries& before, Tally& tally) {
        EXPECT_EQ(ending.status, 1) << ending.said();
        EXPECT_EQ(rehearsal_.clouds().zia_writes(), 0U);
        EXPECT_EQ(rehearsal_.active(k_list), before);
        EXPECT_FALSE(rehearsal_.clouds().has_pending());
        ++tally.refused;
        if (ending.feed("risklist_replayed").outcome == core::Outcome::frozen) ++tally.frozen;
    }

    Folder folder_;
    scenario::Rehearsal rehearsal_;
};

Tally replay_all(const std::string& name) {
    const Folder folder;
    const auto versions = unpack_versions(name, folder);
    Replay replay(versions.front().published);
    Tally tally;
    for (const auto& version : versions) replay.take(version, tally);
    std::printf(
        "%s: %zu versions checked, %d applied, %d without change, %d refused (%d of them past stale_after), "
        "%d let through with --allow-removals\n",
        name.c_str(), versions.size(), tally.applied, tally.unchanged, tally.refused, tally.frozen, tally.let_through);
    EXPECT_EQ(static_cast<std::size_t>(tally.applied + tally.unchanged + tally.refused), versions.size());
    return tally;
}

TEST(Replays, after_each_of_60_threatfox_versions_the_active_set_is_what_the_version_says) {
    CORDON_NEEDS_SHARED_DATA();
    const auto tally = replay_all("threatfox_ips_hourly");
    EXPECT_EQ(tally.refused, 0);
    EXPECT_EQ(tally.let_through, 0);
}

TEST(Replays, after_each_of_49_tor_versions_the_active_set_is_what_the_last_whole_version_says) {
    CORDON_NEEDS_SHARED_DATA();
    const auto tally = replay_all("tor_nodes_v4v6_hourly");
    EXPECT_EQ(tally.refused, 8) << "six empty files and two rate-limit texts";
    EXPECT_EQ(tally.frozen, 2) << "both right after the gap of 35 days";
}

}  // namespace
}  // namespace cordon::replay
