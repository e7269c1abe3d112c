// What a run may decide, and what it must leave open, when it sees a list for the first time or again.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/scenario/rehearsal.hpp"

namespace cordon::scenario {
namespace {

using testing::IsSupersetOf;

sandbox::Fault refusal(const char* method, const char* path) {
    sandbox::Fault fault;
    fault.kind = sandbox::Fault::Kind::answer;
    fault.method = method;
    fault.path = path;
    fault.status = 403;
    fault.body = R"({"code":"RBA_LIMITED","message":"Functional scope restriction requires Policy"})";
    fault.count = 1000;
    return fault;
}

TEST(FirstSight, ownership_of_an_existing_list_waits_for_every_feed_of_it) {
    Rehearsal rehearsal;
    rehearsal.erase_section("risklist_ips");
    rehearsal.add_list("risklist_more", "domain", "/lists/more.csv", Rehearsal::k_domains);
    Entries everything = hosts(40);
    rehearsal.clouds().create_category_by_hand(Rehearsal::k_domains, {}, {everything.begin(), everything.end()});
    rehearsal.put_domains(hosts(20));
    EXPECT_EQ(rehearsal.run().status, 1) << "the second feed has nothing yet";
    std::string more;
    for (const auto& host : hosts(20, 21)) more += host + "\n";
    rehearsal.put_feed("/lists/more.csv", more);
    ASSERT_EQ(rehearsal.run().status, 0);

    rehearsal.clock.advance(1h);
    std::string fewer;
    for (const auto& host : hosts(18, 21)) fewer += host + "\n";
    rehearsal.put_feed("/lists/more.csv", fewer);
    ASSERT_EQ(rehearsal.run().status, 0);
    EXPECT_EQ(rehearsal.active(Rehearsal::k_domains), hosts(38)) << "the second feed's entries became ours as well";
}

TEST(FirstSight, a_list_made_anew_while_its_feed_failed_is_put_back_and_not_taken_for_wanted) {
    Rehearsal rehearsal;
    rehearsal.erase_section("risklist_ips");
    rehearsal.put_domains(hosts(20));
    ASSERT_EQ(rehearsal.run().status, 0);
    rehearsal.clouds().create_category_by_hand("Another", {}, {"another.example"});  // so that no id comes again
    rehearsal.clouds().delete_by_hand(Rehearsal::k_domains);
    rehearsal.clouds().create_category_by_hand(Rehearsal::k_domains, {}, {"colleague.example"});
    rehearsal.must_stay(Rehearsal::k_domains, {"colleague.example"});
    rehearsal.clock.advance(24h * 8);
    rehearsal.clouds().tear_feed(Rehearsal::k_domain_file);
    EXPECT_EQ(rehearsal.run().status, 1);
    rehearsal.clouds().restore_feed(Rehearsal::k_domain_file);
    rehearsal.put_domains(hosts(20));
    const auto ending = rehearsal.run();
    EXPECT_EQ(ending.status, 1) << "drift is said aloud";
    EXPECT_THAT(rehearsal.active(Rehearsal::k_domains), IsSupersetOf(hosts(20))) << ending.said();
}

TEST(FirstSight, a_first_fill_that_broke_off_goes_on_in_the_next_run) {
    Rehearsal rehearsal;
    rehearsal.erase_section("risklist_ips");
    rehearsal.set("zscaler", "batch_size", "1500");
    rehearsal.put_domains(hosts(4000));
    rehearsal.clouds().inject(refusal("PUT", "/api/v1/urlCategories/*"));
    EXPECT_EQ(rehearsal.run().status, 1);
    rehearsal.clouds().clear_faults();
    rehearsal.clock.advance(1h);
    const auto next = rehearsal.run();
    EXPECT_EQ(next.status, 0) << next.said();
    EXPECT_EQ(rehearsal.active(Rehearsal::k_domains), hosts(4000));
}

TEST(FirstSight, a_run_whose_writes_were_all_refused_activates_nothing) {
    Rehearsal rehearsal;
    rehearsal.erase_section("risklist_ips");
    rehearsal.put_domains(hosts(20));
    rehearsal.clouds().inject(refusal("POST", "/api/v1/urlCategories"));
    EXPECT_EQ(rehearsal.run().status, 1);
    EXPECT_EQ(rehearsal.clouds().counts()["POST /api/v1/status/activate"], 0U);
}

}  // namespace
}  // namespace cordon::scenario
