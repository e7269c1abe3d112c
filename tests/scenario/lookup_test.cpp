// `lookup`: Zscaler's own database is asked before an entry is added.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "gateways/zia/zia.hpp"
#include "tests/scenario/rehearsal.hpp"

namespace cordon::scenario {
namespace {

using testing::HasSubstr;

sandbox::Options knowing_nothing() {
    sandbox::Options options;
    options.lookup_alerted = 0;
    options.lookup_categorised = 0;
    options.url_quota = 100'000;
    return options;
}

/// One list of domains; the database knows only what the test teaches it.
struct Looking {
    Rehearsal rehearsal{knowing_nothing()};
    explicit Looking(const std::string& lookup = "skip_known") {
        rehearsal.erase_section("risklist_ips");
        rehearsal.set("risklist_domains", "lookup", lookup);
    }
    void flag(const std::string& host) {
        rehearsal.clouds().classify(host, {{"OTHER_MISCELLANEOUS"}, {"MALWARE_SITE"}});
    }
    [[nodiscard]] Entries active() {
        auto there = rehearsal.active(Rehearsal::k_domains);
        there.erase(gateways::zia::k_placeholder_host);
        return there;
    }
};

TEST(Lookup, what_Zscaler_flags_is_left_out_and_only_the_new_is_asked) {
    Looking scene;
    scene.flag("host-00007.example");
    scene.rehearsal.put_domains(hosts(40));
    const auto first = scene.rehearsal.run();
    EXPECT_EQ(first.status, 0) << first.said();
    EXPECT_EQ(scene.active(), without(hosts(40), {"host-00007.example"}));
    EXPECT_THAT(scene.rehearsal.rejected_csv(), HasSubstr("host-00007.example,waiting,known_to_gateway"));
    const auto asked = scene.rehearsal.clouds().looked_up();
    scene.rehearsal.clock.advance(1h);
    scene.rehearsal.put_domains(hosts(45));
    EXPECT_EQ(scene.rehearsal.run().status, 0);
    EXPECT_EQ(scene.rehearsal.clouds().looked_up() - asked, 5U);
    EXPECT_EQ(scene.active(), without(hosts(45), {"host-00007.example"}));
}

TEST(Lookup, the_hour_is_spent_in_the_middle_and_the_next_run_delivers_the_rest) {
    Looking scene;
    scene.rehearsal.set("zscaler", "max_domains", "60000");
    scene.rehearsal.put_domains(hosts(41'000));
    const auto first = scene.rehearsal.run();
    EXPECT_EQ(first.status, 0) << first.said();
    EXPECT_EQ(scene.active().size(), 40'000U);
    EXPECT_EQ(first.list(Rehearsal::k_domains).counts.awaiting_lookup, 1'000U);
    scene.rehearsal.clock.advance(1h);
    EXPECT_EQ(scene.rehearsal.run().status, 0);
    EXPECT_EQ(scene.active().size(), 41'000U);
}

TEST(Lookup, classify_splits_over_the_two_sides_of_the_category) {
    Looking scene("skip_known, classify");
    scene.rehearsal.clouds().classify("host-00003.example", {{"ONLINE_SHOPPING"}, {}});
    scene.flag("host-00004.example");
    scene.rehearsal.put_domains(hosts(20));
    const auto ending = scene.rehearsal.run();
    EXPECT_EQ(ending.status, 0) << ending.said();
    EXPECT_EQ(scene.active(), without(hosts(20), {"host-00004.example"}));
    const auto view = scene.rehearsal.clouds().list(Rehearsal::k_domains, sandbox::Side::active);
    ASSERT_TRUE(view);
    EXPECT_EQ(view->retaining_parent, Entries{"host-00003.example"});
}

TEST(Lookup, what_is_on_the_list_stays_and_removals_do_not_wait) {
    Looking scene;
    scene.rehearsal.put_domains(hosts(40));
    ASSERT_EQ(scene.rehearsal.run().status, 0);
    for (const auto& host : hosts(40)) scene.flag(host);
    sandbox::Fault fault;
    fault.path = "/api/v1/urlLookup";
    fault.count = 0;
    scene.rehearsal.clouds().inject(fault);
    scene.rehearsal.clock.advance(240h);
    scene.rehearsal.put_domains(hosts(40, 3));  // two leave, two come
    const auto ending = scene.rehearsal.run();
    EXPECT_EQ(ending.report.outcome, core::Outcome::partial) << ending.said();
    EXPECT_EQ(scene.active(), hosts(38, 3));
    EXPECT_EQ(ending.list(Rehearsal::k_domains).counts.awaiting_lookup, 2U);
}

}  // namespace
}  // namespace cordon::scenario
