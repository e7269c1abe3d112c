// What CrowdStrike's public ZIA integrations get wrong (crowdstrike-intel-api.md 11): one test a defect, by its number
// there, that shows what Cordon does. Defects of configuration and first sight stand in their own file; those of the
// look-up in tests/scenario/lookup_test.cpp; 26 (overlapping runs) in tests/scenario/program_test.cpp.

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/scenario/rehearsal.hpp"

namespace cordon::scenario {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

constexpr const char* k_list = "CrowdStrike";

class IntelBridge : public testing::Test {
protected:
    IntelBridge() : rehearsal(empty_account()) {
        rehearsal.erase_section("risklist_domains");
        rehearsal.erase_section("risklist_ips");
        rehearsal.erase_section("rfapi");
        rehearsal.add_falcon("falcon_urls", k_list);
        publish("http://always.example/there");
    }
    static sandbox::Options empty_account() {
        sandbox::Options options;
        options.cs_rows = 0;
        return options;
    }
    void publish(const std::string& value, const std::string& confidence = "high",
                 const std::string& label = "Malware/Test", const std::string& type = "url") {
        const nlohmann::json record = {{"type", type},
                                       {"indicator", value},
                                       {"malicious_confidence", confidence},
                                       {"labels", {{{"name", label}, {"created_on", 1}, {"last_valid_on", 2}}}}};
        const auto published = rehearsal.clouds().publish_indicator(record.dump());
        ASSERT_TRUE(published) << published.error().message;
    }
    void change(const std::string& url, const char* what) {
        ASSERT_TRUE(rehearsal.clouds().change_indicator("url_" + url, what)) << url;
    }
    /// The next hour's run, which must go well.
    void run() {
        rehearsal.clock.advance(1h);
        const auto ending = rehearsal.run();
        EXPECT_EQ(ending.status, 0) << ending.said();
    }
    Entries active() { return rehearsal.active(k_list); }

    Rehearsal rehearsal;
};

TEST_F(IntelBridge, d1_a_port_cuts_neither_path_nor_meaning) {
    publish("https://github.com:443/u/r/x.exe");
    run();
    EXPECT_THAT(active(), Contains("github.com/u/r/x.exe"));
    EXPECT_THAT(active(), Not(Contains("github.com")));
}

TEST_F(IntelBridge, d2_userinfo_is_not_the_host) {
    publish("http://google.com:80@evil.example/x");
    run();
    EXPECT_THAT(active(), Contains("evil.example/x"));
    EXPECT_THAT(active(), Not(Contains("google.com")));
}

TEST_F(IntelBridge, d3_letters_beyond_ascii_are_encoded_and_not_dropped) {
    publish(
        "http://b\xC3\xBC"
        "cher.example/\xC3\xBC");
    run();
    EXPECT_THAT(active(), Contains("xn--bcher-kva.example/%C3%BC"));
}

TEST_F(IntelBridge, d4_a_later_colon_cuts_nothing) {
    publish("http://evil.example/r?u=http://good.example/");
    run();
    EXPECT_THAT(active(), Contains("evil.example/r?u=http://good.example/"));
}

TEST_F(IntelBridge, d5_deleted_and_downgraded_indicators_leave_alone) {
    for (const char* url : {"http://a.example/1", "http://b.example/1", "http://c.example/1"}) publish(url);
    run();
    change("http://a.example/1", "delete");
    change("http://b.example/1", "downgrade");
    run();
    EXPECT_EQ(active(), (Entries{"always.example/there", "c.example/1"}));
}

TEST_F(IntelBridge, d6_what_is_known_to_be_good_is_not_blocked) {
    publish("http://good.example/1", "high", "DomainType/KnownGood");
    publish("http://hole.example/1", "high", "DomainType/Sinkholed");
    publish("http://later.example/1");
    run();
    EXPECT_EQ(active(), (Entries{"always.example/there", "later.example/1"}));
    change("http://later.example/1", "relabel");
    run();
    EXPECT_EQ(active(), (Entries{"always.example/there"}));
}

TEST_F(IntelBridge, d7_private_addresses_are_rejected_and_public_ones_are_not) {
    for (const char* url :
         {"http://172.217.1.1/x", "http://192.0.66.2/x", "http://10.example.com/x", "http://127.0.0.1/x",
          "http://169.254.1.1/x", "http://100.64.0.1/x", "http://0.0.0.0/x", "http://10.1.1.1/x"}) {
        publish(url);
    }
    run();
    EXPECT_EQ(active(), (Entries{"always.example/there", "172.217.1.1/x", "192.0.66.2/x", "10.example.com/x"}));
}

TEST_F(IntelBridge, d8_valid_urls_of_unusual_form_are_blocked) {
    for (const char* url : {"http://a_b.example/x", "http://a.example/dash-", "http://a.example/under_",
                            "http://a.example/dot.", "http://dotted.example./x", "http://a.example/page#part"}) {
        publish(url);
    }
    run();
    for (const char* entry : {"a_b.example/x", "a.example/dash-", "a.example/under_", "a.example/dot.",
                              "dotted.example/x", "a.example/page"}) {
        EXPECT_THAT(active(), Contains(entry));
    }
}

TEST_F(IntelBridge, d9_types_with_underscores_in_their_name_arrive) {
    publish("198.18.7.7", "high", "Malware/Test", "ip_address");
    rehearsal.add_falcon("falcon_ips", "CrowdStrike IPs");
    rehearsal.set("falcon_ips", "types", "ip_address");
    run();
    EXPECT_EQ(rehearsal.active("CrowdStrike IPs"), (Entries{"198.18.7.7"}));
}

TEST_F(IntelBridge, d11_every_entry_can_leave_on_either_side_of_the_category) {
    rehearsal.clouds().create_category_by_hand(k_list, {"a.example/1", "dummy.example"},
                                               {"b.example/1", "c.example/1"});
    for (const char* url : {"http://a.example/1", "http://b.example/1", "http://c.example/1"}) publish(url);
    Entries expected{"always.example/there", "dummy.example"};
    for (int i = 0; i < 20; ++i) {
        publish(fmt::format("http://host-{}.example/x", i));
        expected.insert(fmt::format("host-{}.example/x", i));
    }
    run();
    for (const char* url : {"http://a.example/1", "http://b.example/1", "http://c.example/1"}) change(url, "delete");
    run();
    EXPECT_EQ(active(), expected);
}

TEST_F(IntelBridge, d13_refusals_and_faults_end_the_run_with_what_to_do) {
    run();
    const auto before = active();
    for (const int status : {401, 403, 429, 500, 503}) {
        rehearsal.clouds().forget_requests();
        sandbox::Fault fault;
        fault.path = "/intel/*";
        fault.status = status;
        fault.count = 0;
        fault.body = R"({"errors":null,"resources":null})";
        rehearsal.clouds().inject(fault);
        rehearsal.clock.advance(1h);
        const auto ending = rehearsal.run();
        EXPECT_EQ(ending.status, 1) << status;
        EXPECT_THAT(ending.said(), HasSubstr(fmt::format("answered {}", status)));
        EXPECT_LE(rehearsal.clouds().counts()["GET /intel/combined/indicators/v1"], 20U) << status;
        EXPECT_EQ(active(), before);
        rehearsal.clouds().clear_faults();
    }
}

TEST_F(IntelBridge, d14_rows_that_share_a_second_are_not_skipped) {
    rehearsal.set("falcon", "page_size", "100");
    run();
    Entries expected{"always.example/there"};
    for (int i = 0; i < 350; ++i) {
        publish(fmt::format("http://burst-{}.example/x", i));
        expected.insert(fmt::format("burst-{}.example/x", i));
    }
    rehearsal.set("guard", "max_growth_share", "100%%");
    run();
    EXPECT_EQ(active(), expected);
}

TEST_F(IntelBridge, d15_the_limit_is_kept_and_nothing_counts_twice) {
    for (int i = 0; i < 30; ++i) publish(fmt::format("http://host-{}.example/x", i));
    publish("https://host-1.example/x");
    rehearsal.set("falcon_urls", "max_entries", "20");
    run();
    EXPECT_EQ(active().size(), 20U);
}

TEST_F(IntelBridge, d16_a_blank_limit_gets_a_sentence) {
    rehearsal.set("falcon_urls", "max_entries", "");
    const auto ending = rehearsal.run();
    EXPECT_EQ(ending.status, 2);
    EXPECT_THAT(ending.problem, HasSubstr("[falcon_urls] max_entries"));
}

TEST_F(IntelBridge, d17_an_update_sends_the_difference_and_never_empties) {
    for (int i = 0; i < 50; ++i) publish(fmt::format("http://host-{}.example/x", i));
    run();
    publish("http://new.example/x");
    change("http://host-3.example/x", "delete");
    rehearsal.clouds().forget_requests();
    rehearsal.clock.advance(1h);
    const auto ending = rehearsal.run();
    EXPECT_EQ(ending.list(k_list).added, 1U);
    EXPECT_EQ(ending.list(k_list).removed, 1U);
    EXPECT_LE(rehearsal.clouds().zia_writes(), 2U);
}

TEST_F(IntelBridge, d18_nothing_left_to_push_is_stopped_and_removes_nothing) {
    run();
    change("http://always.example/there", "delete");
    rehearsal.clock.advance(1h);
    const auto ending = rehearsal.run();
    EXPECT_NE(ending.status, 0);
    EXPECT_EQ(active(), (Entries{"always.example/there"}));
}

TEST_F(IntelBridge, d23_a_session_that_dies_is_renewed_and_the_run_ends_activated_and_signed_out) {
    for (int i = 0; i < 30; ++i) publish(fmt::format("http://host-{}.example/x", i));
    sandbox::Fault fault;
    fault.kind = sandbox::Fault::Kind::session_lost;
    fault.method = "POST";
    fault.path = "/api/v1/urlCategories";
    rehearsal.clouds().inject(fault);
    run();
    EXPECT_EQ(active().size(), 31U);
    EXPECT_EQ(rehearsal.clouds().open_sessions(), 0U);
}

TEST_F(IntelBridge, d24_a_run_that_could_not_do_its_work_does_not_end_with_zero) {
    rehearsal.clouds().reconfigure([](sandbox::Options& options) { options.cs_scopes.clear(); });
    EXPECT_EQ(rehearsal.run().status, 1);
}

TEST_F(IntelBridge, d26_a_limit_above_the_quota_fills_what_there_is) {
    rehearsal.clouds().set_quota(20);
    for (int i = 0; i < 60; ++i) publish(fmt::format("http://host-{}.example/x", i));
    rehearsal.clock.advance(1h);
    const auto ending = rehearsal.run();
    EXPECT_GT(ending.list(k_list).counts.over_capacity, 0U);
    EXPECT_LE(rehearsal.clouds().unique_urls(), 20U);
    EXPECT_FALSE(active().empty());
}

TEST_F(IntelBridge, d28_nothing_changed_means_nothing_activated) {
    run();
    rehearsal.clouds().forget_requests();
    run();
    EXPECT_EQ(rehearsal.clouds().counts().count("POST /api/v1/status/activate"), 0U);
}

TEST_F(IntelBridge, d29_no_secret_is_logged_whatever_fails) {
    for (const char* path : {"/oauth2/token", "/intel/*"}) {
        sandbox::Fault fault;
        fault.path = path;
        fault.status = 400;
        fault.body =
            R"({"errors":[{"code":400,"message":"Failed for facade0ffacade0ffacade0ffa1c0001 MarkedFalconSecret%2B0123456789abcdefgh"}]})";
        rehearsal.clouds().inject(fault);
        rehearsal.clock.advance(1h);
        static_cast<void>(rehearsal.run());  // the rehearsal searches everything that was written or said
        rehearsal.clouds().clear_faults();
    }
}

TEST_F(IntelBridge, d31_every_rejected_value_is_written_down_with_its_reason) {
    publish("http://10.1.1.1/x");
    run();
    EXPECT_THAT(rehearsal.rejected_csv(), HasSubstr("http://10.1.1.1/x"));
    EXPECT_THAT(rehearsal.rejected_csv(), HasSubstr("reserved_address"));
}

TEST_F(IntelBridge, d32_counts_are_of_what_the_gateway_took) {
    run();
    publish("http://refused.example/x");
    publish("http://taken.example/x");
    publish("http://10.1.1.1/x");
    sandbox::Fault refusal;
    refusal.method = "PUT";
    refusal.path = "/api/v1/urlCategories/*";
    refusal.status = 400;
    refusal.body = R"({"code":"INVALID_INPUT_ARGUMENT","message":"Invalid urls [refused.example/x]"})";
    rehearsal.clouds().inject(refusal);
    rehearsal.clock.advance(1h);
    const auto list = rehearsal.run().list(k_list);
    EXPECT_EQ(list.added, 1U) << "two were sent, one was taken";
    EXPECT_EQ(list.counts.fetched, 4U);
    EXPECT_EQ(list.counts.quarantined, 1U);
    EXPECT_EQ(list.counts.on_gateway, 2U);
    EXPECT_EQ(list.counts.imbalance(), "");
    EXPECT_EQ(active(), (Entries{"always.example/there", "taken.example/x"}));
}

TEST_F(IntelBridge, v1_few_additions_and_removals_do_not_wait_for_many) {
    publish("http://a.example/1");
    run();
    publish("http://b.example/1");
    change("http://a.example/1", "delete");
    run();
    EXPECT_EQ(active(), (Entries{"always.example/there", "b.example/1"}));
}

TEST_F(IntelBridge, v1_a_page_is_not_lost_when_the_run_dies_behind_it) {
    rehearsal.set("falcon", "page_size", "100");
    run();
    Entries expected{"always.example/there"};
    for (int i = 0; i < 300; ++i) {
        publish(fmt::format("http://host-{}.example/x", i));
        expected.insert(fmt::format("host-{}.example/x", i));
    }
    sandbox::Fault fault;
    fault.path = "/intel/*";
    fault.status = 403;
    fault.skip = 2;
    rehearsal.clouds().inject(fault);
    rehearsal.clock.advance(1h);
    EXPECT_EQ(rehearsal.run().status, 1);
    run();
    EXPECT_EQ(active(), expected);
}

TEST_F(IntelBridge, v1_the_category_is_made_once_among_several) {
    rehearsal.clouds().create_category_by_hand("Another", {"x.example"}, {});
    rehearsal.clouds().create_category_by_hand("Third", {"y.example"}, {});
    run();
    run();
    EXPECT_EQ(rehearsal.clouds().counts()["POST /api/v1/urlCategories"], 1U);
}

TEST_F(IntelBridge, v1_headers_of_any_case_or_none_are_read) {
    rehearsal.clouds().set_quirks({sandbox::Quirk::odd_header_case, sandbox::Quirk::no_next_page});
    rehearsal.set("falcon", "page_size", "100");
    for (int i = 0; i < 250; ++i) publish(fmt::format("http://host-{}.example/x", i));
    run();
    EXPECT_EQ(active().size(), 251U);
}

}  // namespace
}  // namespace cordon::scenario
