// ZIA's hourly budget ends in the middle of a run.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/scenario/rehearsal.hpp"

namespace cordon::scenario {
namespace {

using testing::AllOf;
using testing::HasSubstr;

constexpr const char* k_second = "Second Domains";
constexpr const char* k_second_file = "/lists/second.csv";
/// Writes of ten entries: an hour's 400 (zia-api.md 9.2) hold 4,000.
constexpr const char* k_small_batch = "10";

/// A tenant in which both lists are filled, an hour ago.
struct Filled {
    Filled() : rehearsal(options()) {
        rehearsal.erase_section("risklist_ips");
        rehearsal.add_list("risklist_second", "domain", k_second_file, k_second);
        rehearsal.put_domains(hosts(200));
        rehearsal.put_feed(k_second_file, risk_list(hosts(200, 90'001)));
        const auto first = rehearsal.run();
        EXPECT_EQ(first.status, 0) << first.said();
        rehearsal.clock.advance(2h);
        rehearsal.set("zscaler", "batch_size", k_small_batch);
    }
    static sandbox::Options options() {
        sandbox::Options options;
        options.url_quota = 25'000;
        return options;
    }
    Rehearsal rehearsal;
};

TEST(AnHoursBudget, ends_in_the_middle_of_the_additions_and_never_before_the_removals) {
    Filled filled;
    auto& rehearsal = filled.rehearsal;
    // 45 of the first list's and 15 of the second's are deleted; far more is new than an hour takes.
    const auto wanted = hosts(6'000, 46);
    const auto second = hosts(185, 90'016);
    rehearsal.put_domains(wanted);
    rehearsal.put_feed(k_second_file, risk_list(second));

    const auto begun = rehearsal.run();
    EXPECT_EQ(begun.report.outcome, core::Outcome::partial) << begun.said();
    EXPECT_EQ(begun.list(Rehearsal::k_domains).removed, 45U);
    EXPECT_EQ(begun.list(k_second).removed, 15U) << "additions of one list put off the removals of another";
    EXPECT_GT(begun.list(Rehearsal::k_domains).added, 3'800U);
    EXPECT_LT(begun.list(Rehearsal::k_domains).added, 4'000U);
    EXPECT_EQ(rehearsal.active(k_second), second);
    const auto active = rehearsal.active(Rehearsal::k_domains);
    for (const auto& deleted : hosts(45)) EXPECT_FALSE(active.contains(deleted)) << deleted;
    EXPECT_THAT(begun.said(), AllOf(HasSubstr("rate budget"), HasSubstr("kept for removals")));
    EXPECT_THAT(core::to_text(begun.report), HasSubstr("part of the work is done"));

    Ending last;
    for (int run = 0; run < 3 && last.report.outcome != core::Outcome::unchanged; ++run) {
        rehearsal.clock.advance(1h);
        last = rehearsal.run();
    }
    EXPECT_EQ(last.report.outcome, core::Outcome::unchanged) << last.said();
    EXPECT_EQ(rehearsal.active(Rehearsal::k_domains), wanted);
}

TEST(AnHoursBudget, goes_to_the_most_important_additions_first) {
    Filled filled;
    auto& rehearsal = filled.rehearsal;
    std::vector<Row> rows;
    Entries riskiest;
    for (const auto& host : hosts(200)) rows.push_back({host, 80});
    const auto fresh = hosts(6'000, 10'001);
    for (const auto& host : fresh) {
        const bool is_high = host >= "host-14000.example";  // the last 2,001 of the alphabet
        rows.push_back({host, is_high ? 95 : 70});
        if (is_high) riskiest.insert(host);
    }
    rehearsal.put_feed(Rehearsal::k_domain_file, risk_list(rows));
    const auto begun = rehearsal.run();
    EXPECT_EQ(begun.report.outcome, core::Outcome::partial) << begun.said();
    EXPECT_TRUE(without(riskiest, rehearsal.active(Rehearsal::k_domains)).empty());
}

TEST(AnHoursBudget, that_is_used_up_is_finished_from_the_ledger_by_the_next_run) {
    Filled filled;
    auto& rehearsal = filled.rehearsal;
    const auto wanted = hosts(5'000, 11);
    rehearsal.put_domains(wanted);
    const auto begun = rehearsal.run();
    ASSERT_EQ(begun.report.outcome, core::Outcome::partial) << begun.said();
    rehearsal.clock.advance(1h);
    const auto finished = rehearsal.run();
    EXPECT_EQ(finished.status, 0) << finished.said();
    EXPECT_EQ(begun.list(Rehearsal::k_domains).added + finished.list(Rehearsal::k_domains).added, 4'810U)
        << "what is there already is not sent again";
    EXPECT_EQ(finished.list(Rehearsal::k_domains).counts.foreign, 0U);
    EXPECT_EQ(rehearsal.active(Rehearsal::k_domains), wanted);
}

}  // namespace
}  // namespace cordon::scenario
