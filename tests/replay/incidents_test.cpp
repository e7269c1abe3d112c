// Incidents of real publishers: what must change nothing, and what was right although it looks wrong.

#include <gtest/gtest.h>

#include "base/file.hpp"
#include "tests/replay/published.hpp"

namespace cordon::replay {
namespace {

constexpr std::size_t k_cap = 8000;
constexpr const char* k_list = "Incident";

class Incident : public testing::Test {
protected:
    void SetUp() override {
        CORDON_NEEDS_SHARED_DATA();
        rehearsal_.emplace();
        rehearsal_->erase_section("risklist_domains");
        rehearsal_->erase_section("risklist_ips");
        rehearsal_->set("guard", "permit_reserved", "false");
        rehearsal_->add_list("risklist_incident", "ip", "/lists/incident.txt", k_list);
    }

    scenario::Ending run(const std::filesystem::path& version, const scenario::Wish& wish = {}) {
        rehearsal_->put_feed("/lists/incident.txt", read_file(version, 1U << 30).value());
        return run_again(wish);
    }
    scenario::Ending run_again(const scenario::Wish& wish = {}) {
        rehearsal_->clock.advance(std::chrono::hours{1});
        rehearsal_->clouds().forget_requests();
        return rehearsal_->run(wish);
    }

    void expect_active(const std::filesystem::path& version, const Entries& before) {
        const auto expected = expected_ips(version, before, k_cap, folder_);
        ASSERT_TRUE(expected);
        const auto active = rehearsal_->active(k_list);
        EXPECT_TRUE(active == *expected) << difference(*expected, active);
    }

    /// A good version, then one that is no list at all.
    void expect_the_second_changes_nothing(const std::string& incident, const std::string& good,
                                           const std::string& bad) {
        const auto place = shared_data() / "incidents" / incident;
        const auto first = run(place / good);
        EXPECT_EQ(first.status, 0) << first.said();
        expect_active(place / good, {});
        const auto before = rehearsal_->active(k_list);

        EXPECT_FALSE(expected_ips(place / bad, before, k_cap, folder_)) << "expected.py takes it for a list";
        const auto second = run(place / bad);
        EXPECT_EQ(second.status, 1) << second.said();
        EXPECT_EQ(second.feed("risklist_incident").outcome, core::Outcome::stale);
        EXPECT_EQ(rehearsal_->clouds().zia_writes(), 0U);
        EXPECT_EQ(rehearsal_->active(k_list), before);
    }

    Folder folder_;
    std::optional<scenario::Rehearsal> rehearsal_;
};

TEST_F(Incident, zero_bytes_published_by_spamhaus_change_nothing) {
    expect_the_second_changes_nothing("spamhaus_drop_zero_bytes_2020-11", "0_2020-11-11T23-30-07Z_a038fa60.txt",
                                      "1_2020-11-13T02-33-17Z_ec5af15b.txt");
}

TEST_F(Incident, an_error_text_published_by_spamhaus_changes_nothing) {
    expect_the_second_changes_nothing("spamhaus_drop_error_text_2022-06", "0_2022-06-02T09-30-06Z_428651f0.txt",
                                      "1_2022-06-03T08-30-29Z_52c0da1d.txt");
}

TEST_F(Incident, the_legitimate_fall_of_threatfox_by_80_percent_is_stopped_and_passes_with_the_flag) {
    const std::string place = "incidents/threatfox_legit_minus80pct_2025-05-01/";
    const auto many = unpack(place + "0_2025-05-01T14-00-57Z_956ac7f6.txt.zst", folder_);
    const auto few = shared_data() / (place + "1_2025-05-01T15-01-18Z_bcab6dd9.txt");
    const auto filled = run(many);
    EXPECT_EQ(filled.status, 0) << filled.said();
    expect_active(many, {});
    const auto before = rehearsal_->active(k_list);
    EXPECT_EQ(before.size(), k_cap);

    for (int hour = 0; hour < 2; ++hour) {
        const auto stopped = run(few);
        EXPECT_EQ(stopped.status, 4) << stopped.said();
        EXPECT_NE(stopped.list(k_list).message.find("136,103"), std::string::npos) << stopped.said();
        EXPECT_NE(stopped.list(k_list).message.find("cordon run --allow-removals \"Incident\""), std::string::npos)
            << "the way through is not said: " << stopped.said();
        EXPECT_EQ(rehearsal_->clouds().zia_writes(), 0U);
        EXPECT_EQ(rehearsal_->active(k_list), before);
    }

    scenario::Wish wish;
    wish.allow_removals = {k_list};
    const auto passed = run_again(wish);
    EXPECT_EQ(passed.status, 0) << passed.said();
    expect_active(few, before);

    const auto next = run_again();
    EXPECT_EQ(next.status, 0) << next.said();
    EXPECT_EQ(next.report.outcome, core::Outcome::unchanged);
    EXPECT_EQ(rehearsal_->clouds().zia_writes(), 0U);
}

}  // namespace
}  // namespace cordon::replay
