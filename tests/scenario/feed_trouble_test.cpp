// Feeds that fail: a failure is never read as absence, and the other lists go on.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/scenario/rehearsal.hpp"

namespace cordon::scenario {
namespace {

using core::Outcome;
using sandbox::Fault;
using testing::HasSubstr;

constexpr const char* k_v2 = "/v2/fusion/files";

Fault lasting(Fault::Kind kind) {
    Fault fault;
    fault.kind = kind;
    fault.path = k_v2;
    fault.count = 0;
    return fault;
}

Fault answering(int status) {
    auto fault = lasting(Fault::Kind::answer);
    fault.status = status;
    fault.body = R"({"error":{"message":"no","status":0}})";
    return fault;
}

/// A way in which the domain list can fail; the IP list comes by another API.
struct FeedFailure {
    const char* name;
    std::function<void(Rehearsal&)> strike;
};

void PrintTo(const FeedFailure& failure, std::ostream* out) {
    *out << failure.name;
}

std::function<void(Rehearsal&)> fault(Fault made) {
    return [made](Rehearsal& rehearsal) { rehearsal.clouds().inject(made); };
}

std::function<void(Rehearsal&)> bytes(const std::string& served) {
    return [served](Rehearsal& rehearsal) { rehearsal.put_feed(Rehearsal::k_domain_file, served); };
}

const FeedFailure k_failures[] = {
    {"server_error", fault(answering(500))},
    {"forbidden", fault(answering(403))},
    {"not_found", fault(answering(404))},
    {"rate_limit", fault(answering(429))},
    {"torn_answer",
     [](Rehearsal& rehearsal) {
         rehearsal.put_domains(hosts(41));  // else the HEAD answer is enough
         rehearsal.clouds().inject(lasting(Fault::Kind::torn_body));
     }},
    {"reset_connection", fault(lasting(Fault::Kind::reset_before))},
    {"page_with_status_200", fault(lasting(Fault::Kind::not_json))},
    {"wrong_hash", fault(lasting(Fault::Kind::wrong_hash))},
    {"empty_file", bytes("")},
    {"header_alone", bytes("\"Name\",\"Risk\",\"LastSeen\"\n")},
    {"html_page", bytes("<!DOCTYPE html>\n<html><body>\n<h1>Sorry</h1>\n</body></html>\n")},
    {"error_text", bytes("Internal error, please try again later.\nRequest id 17\n")},
    {"rate_limit_text", bytes("Error: too many requests\n")},
    {"torn_json", bytes(R"({"count":3,"results":[{"domain":"a.example"},{"domain":"b.exa)")},
    {"json_without_results", bytes(R"({"count":0,"results":[]})")},
    {"half_a_gzip_file", bytes(std::string("\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03half", 14))},
};

class AFeedThatFails : public testing::TestWithParam<FeedFailure> {};

TEST_P(AFeedThatFails, removes_nothing_and_does_not_stop_the_others) {
    Rehearsal rehearsal;
    rehearsal.set("risklist_ips", "fusion_api", "v3");
    rehearsal.put_domains(hosts(40));
    rehearsal.put_ips(addresses(40));
    ASSERT_EQ(rehearsal.run().status, 0);

    rehearsal.clock.advance(1h);
    GetParam().strike(rehearsal);
    rehearsal.put_ips(addresses(45));
    const auto failed = rehearsal.run();
    EXPECT_EQ(failed.status, 1) << failed.said();
    EXPECT_EQ(failed.feed("risklist_domains").outcome, Outcome::stale);
    EXPECT_EQ(failed.list(Rehearsal::k_domains).outcome, Outcome::stale);
    EXPECT_EQ(failed.list(Rehearsal::k_ips).outcome, Outcome::done);
    EXPECT_EQ(rehearsal.active(Rehearsal::k_domains), hosts(40));
    EXPECT_EQ(rehearsal.active(Rehearsal::k_ips), addresses(45));

    rehearsal.clouds().clear_faults();
    rehearsal.clock.advance(1h);
    rehearsal.put_domains(hosts(40, 3));
    const auto healed = rehearsal.run();
    EXPECT_EQ(healed.status, 0) << healed.said();
    EXPECT_EQ(rehearsal.active(Rehearsal::k_domains), hosts(40, 3));
}

INSTANTIATE_TEST_SUITE_P(Each, AFeedThatFails, testing::ValuesIn(k_failures),
                         [](const auto& each) { return std::string(each.param.name); });

TEST(FeedTrouble, a_first_fetch_that_fails_creates_nothing_and_leaves_a_report) {
    Rehearsal rehearsal;
    rehearsal.set("risklist_ips", "fusion_api", "v3");
    rehearsal.put_domains(hosts(5));
    rehearsal.put_ips(addresses(5));
    rehearsal.clouds().inject(answering(500));
    const auto ending = rehearsal.run();
    EXPECT_EQ(ending.status, 1);
    EXPECT_EQ(ending.list(Rehearsal::k_domains).outcome, Outcome::frozen);
    EXPECT_THAT(ending.said(), HasSubstr("no complete snapshot is kept yet"));
    EXPECT_FALSE(rehearsal.clouds().list(Rehearsal::k_domains, sandbox::Side::saved));
    EXPECT_EQ(rehearsal.active(Rehearsal::k_ips), addresses(5));
}

TEST(FeedTrouble, a_snapshot_past_its_age_limit_freezes_its_list_and_nothing_else) {
    Rehearsal rehearsal;
    rehearsal.set("risklist_ips", "fusion_api", "v3");
    rehearsal.set("risklist_domains", "stale_after", "2d");
    rehearsal.put_domains(hosts(40));
    rehearsal.put_ips(addresses(40));
    ASSERT_EQ(rehearsal.run().status, 0);
    rehearsal.clouds().inject(answering(500));
    rehearsal.clock.advance(24h);
    EXPECT_EQ(rehearsal.run().list(Rehearsal::k_domains).outcome, Outcome::stale);
    rehearsal.clock.advance(48h);
    rehearsal.put_ips(addresses(44));
    const auto ending = rehearsal.run();
    EXPECT_EQ(ending.status, 1);
    EXPECT_EQ(ending.list(Rehearsal::k_domains).outcome, Outcome::frozen);
    EXPECT_THAT(ending.said(), HasSubstr("stale_after"));
    EXPECT_EQ(rehearsal.active(Rehearsal::k_domains), hosts(40));
    EXPECT_EQ(rehearsal.active(Rehearsal::k_ips), addresses(44));

    rehearsal.clouds().clear_faults();
    rehearsal.put_domains(hosts(42, 2));
    const auto back = rehearsal.run();
    EXPECT_EQ(back.status, 0) << back.said();
    EXPECT_EQ(rehearsal.active(Rehearsal::k_domains), hosts(42, 2));
}

TEST(FeedTrouble, an_expired_feed_does_not_put_back_what_an_admin_took_out_of_a_frozen_list) {
    Rehearsal rehearsal;
    rehearsal.set("risklist_domains", "stale_after", "1d");
    rehearsal.put_domains(hosts(40));
    rehearsal.put_ips(addresses(40));
    ASSERT_EQ(rehearsal.run().status, 0);
    rehearsal.clouds().inject(answering(500));
    rehearsal.clock.advance(48h);
    rehearsal.clouds().edit_by_hand(Rehearsal::k_domains, {}, {"host-00007.example"});
    EXPECT_EQ(rehearsal.run().list(Rehearsal::k_domains).outcome, Outcome::frozen);
    EXPECT_EQ(rehearsal.active(Rehearsal::k_domains), without(hosts(40), {"host-00007.example"}));
}

TEST(FeedTrouble, one_failing_feed_of_a_shared_list_keeps_its_entries_while_the_other_moves_on) {
    Rehearsal rehearsal;
    rehearsal.set("risklist_ips", "fusion_api", "v3");
    rehearsal.add_list("risklist_more", "domain", "/lists/more.csv", Rehearsal::k_domains);
    rehearsal.set("risklist_more", "fusion_api", "v3");
    rehearsal.set("risklist_domains", "stale_after", "1d");
    rehearsal.set("risklist_more", "stale_after", "1d");
    rehearsal.put_domains(hosts(20));
    rehearsal.put_feed("/lists/more.csv", risk_list(hosts(20, 101)));
    rehearsal.put_ips(addresses(5));
    ASSERT_EQ(rehearsal.run().status, 0);
    rehearsal.clouds().inject(answering(500));
    rehearsal.clock.advance(72h);
    rehearsal.put_feed("/lists/more.csv", risk_list(hosts(20, 103)));
    const auto ending = rehearsal.run();
    EXPECT_EQ(ending.status, 1);
    EXPECT_EQ(rehearsal.active(Rehearsal::k_domains), united(hosts(20), hosts(20, 103)));
}

TEST(FeedTrouble, a_damaged_snapshot_of_a_failing_feed_freezes_a_shared_list) {
    Rehearsal rehearsal;
    rehearsal.set("risklist_ips", "fusion_api", "v3");
    rehearsal.add_list("risklist_more", "domain", "/lists/more.csv", Rehearsal::k_domains);
    rehearsal.set("risklist_more", "fusion_api", "v3");
    rehearsal.put_domains(hosts(5));
    rehearsal.put_feed("/lists/more.csv", risk_list(hosts(50, 101)));
    rehearsal.put_ips(addresses(5));
    ASSERT_EQ(rehearsal.run().status, 0);
    rehearsal.damage_snapshots("risklist_domains");
    rehearsal.clouds().inject(answering(500));
    rehearsal.clock.advance(1h);
    EXPECT_EQ(rehearsal.run().status, 1);
    EXPECT_EQ(rehearsal.active(Rehearsal::k_domains), united(hosts(5), hosts(50, 101)));
}

TEST(FeedTrouble, a_damaged_snapshot_of_an_unchanged_feed_is_downloaded_again) {
    Rehearsal rehearsal;
    rehearsal.put_domains(hosts(40));
    rehearsal.put_ips(addresses(5));
    ASSERT_EQ(rehearsal.run().status, 0);
    rehearsal.damage_snapshots("risklist_domains");
    const auto ending = rehearsal.run();
    EXPECT_EQ(ending.status, 0) << ending.said();
    EXPECT_TRUE(ending.feed("risklist_domains").downloaded);
    EXPECT_THAT(ending.said(), HasSubstr("downloaded again"));
    EXPECT_EQ(rehearsal.active(Rehearsal::k_domains), hosts(40));
}

}  // namespace
}  // namespace cordon::scenario
