// What CrowdStrike's public ZIA integrations get wrong (crowdstrike-intel-api.md 11): for each defect a test that shows
// what Cordon does. "dN" and "v1_..." are in this file, "switch" is intel_bridge_switch_test.cpp, others say where.
//
//  1 to 4      d1 to d4
//  5           d5; switch: config_ini_runs_as_it_is_and_takes_its_category_over
//  6 to 9      d6 to d9 (6, 8 and 9 have two each)
//  10          d10; with a look-up: scenario/lookup_test.cpp and falcon_lookup_test.cpp
//  11          d11; switch: leftovers_that_it_mangled_go_with_adopt
//  12          switch: mining_pool_that_it_puts_into_its_category_goes_and_the_operators_dummy_stays
//  13          d13
//  14          d14; switch: cannot_carry_a_query_in_the_type
//  15          d15
//  16          d16; switch: with_a_blank_missing_or_unreadable_limit_do_not_crash
//  17 to 19    d17 to d19
//  20          d20; unit/net: Retry.retry_after_is_read_in_every_spelling
//  21          d21; unit/gateways: Wire.an_endless_429_ends
//  22          d22; unit/gateways: UrlLookup.halves_a_refused_call_until_the_bad_values_stand_alone
//  23          d23
//  24          d24; unit/cli: Loop.ends_non_zero_with_the_reasons_after_so_many_failed_runs_in_a_row
//  25          unit/cli: Loop.starts_when_it_said, Loop.runs_at_once_and_then_at_steady_times
//  26          d26 (quota); scenario: TwoRunsAtOnce.never_overlap, TheProgram.says_who_holds_the_store_and_exits_with_5
//  27          d27; unit/gateways: Category.is_created_without_an_id_and_with_nothing_but_what_zia_takes,
//              Answers.other_missing_and_null_keys_of_a_category_are_tolerated
//  28          d28
//  29          d29; switch: error_pages_that_quote_the_credentials_reach_no_log; scenario/secrets_test.cpp
//  30          switch: TheBridgesSettings (all); unit/net: CurlClient.a_download_that_stands_still_is_not_waited_for
//  31          d31; unit/engine: RejectedCsv.replaces_the_old_file_only_when_it_is_finished;
//              unit/base: Log.keeps_five_private_files_at_most
//  32          d32; switch: log_of_what_was_pushed_holds_what_arrived
//  33          none: pinned Python packages, an empty setup.py and missing tests have no counterpart in a program that
//              links its system's libraries and has this folder
//
//  Version 1 (11.2)
//  a, b, d     v1_few_additions_and_removals_do_not_wait_for_many
//  c           scenario: AKilledRun.in_the_middle_of_an_updates_pages_or_push_is_made_good_by_the_next_one
//  e, f        v1_the_category_is_made_once_among_several, v1_headers_of_any_case_or_none_are_read
//  g           unit/gateways: Session.that_is_refused_twice_in_a_row_is_a_failure
//  h           switch: may_leave_secrets_to_the_environment
//  i           d1 to d4, d7

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "base/text.hpp"
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
        options.lookup_alerted = 0;
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
    void look_up() { rehearsal.set("falcon_urls", "lookup", "skip_known"); }
    /// The gateway's database knows the host as malicious; nothing else is known to it.
    void flag(const std::string& host) {
        rehearsal.clouds().classify(host, {{"OTHER_MISCELLANEOUS"}, {"MALWARE_SITE"}});
    }
    /// A look-up call that is answered so.
    static sandbox::Fault of_look_ups(int status, const std::string& body) {
        sandbox::Fault fault;
        fault.path = "/api/v1/urlLookup";
        fault.status = status;
        fault.body = body;
        return fault;
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

TEST_F(IntelBridge, d6_sites_that_many_share_are_not_blocked) {
    for (const char* label : {"DomainType/PopularSite", "IPAddressType/PopularSite", "DomainType/SharedWebHost",
                              "IPAddressType/SharedWebHost", "DomainType/LegitimateCompromised"}) {
        publish(fmt::format("http://{}.example/1", to_lower(label).replace(std::string_view(label).find('/'), 1, "-")),
                "high", label);
    }
    rehearsal.clock.advance(1h);
    const auto ending = rehearsal.run();
    EXPECT_EQ(active(), (Entries{"always.example/there"}));
    EXPECT_EQ(ending.feed("falcon_urls").left_out, 5U);
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

TEST_F(IntelBridge, d8_ipv6_is_blocked_where_zia_can_say_it_and_else_named) {
    for (const char* url : {"http://[2001:db8::7]/", "http://[2001:db8::8]/x", "http://[2001:db8::9]:8080/"})
        publish(url);
    run();
    EXPECT_EQ(active(), (Entries{"always.example/there", "2001:db8::7"}));
    for (const char* url : {"http://[2001:db8::8]/x", "http://[2001:db8::9]:8080/"})
        EXPECT_THAT(rehearsal.rejected_csv(), HasSubstr(fmt::format("{},rejected,unsupported_by_target", url)));
}

TEST_F(IntelBridge, d9_types_with_underscores_in_their_name_arrive) {
    publish("198.18.7.7", "high", "Malware/Test", "ip_address");
    rehearsal.add_falcon("falcon_ips", "CrowdStrike IPs");
    rehearsal.set("falcon_ips", "types", "ip_address");
    run();
    EXPECT_EQ(rehearsal.active("CrowdStrike IPs"), (Entries{"198.18.7.7"}));
}

TEST_F(IntelBridge, d9_what_is_no_url_of_the_web_is_counted_and_named) {
    publish("file:///C:/Users/Public/evil.exe");
    rehearsal.clock.advance(1h);
    const auto ending = rehearsal.run();
    const auto& counts = ending.list(k_list).counts;
    EXPECT_EQ(counts.fetched, 2U);
    EXPECT_EQ(counts.accepted, 1U);
    EXPECT_EQ(counts.imbalance(), "");
    EXPECT_THAT(rehearsal.rejected_csv(), HasSubstr("file:///C:/Users/Public/evil.exe,rejected,"));
    EXPECT_EQ(active(), (Entries{"always.example/there"}));
}

TEST_F(IntelBridge, d10_what_zscaler_flags_is_delivered_without_a_look_up) {
    publish("http://flagged.example/x");
    flag("flagged.example");
    run();
    EXPECT_EQ(active(), (Entries{"always.example/there", "flagged.example/x"}));
    EXPECT_EQ(rehearsal.clouds().looked_up(), 0U);
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

TEST_F(IntelBridge, d19_a_look_up_answered_with_no_list_holds_nothing_else_up) {
    publish("http://a.example/1");
    publish("http://b.example/1");
    run();
    look_up();
    publish("http://new.example/1");
    change("http://a.example/1", "delete");
    sandbox::Fault fault = of_look_ups(200, R"({"message":"no list"})");
    fault.count = 0;
    rehearsal.clouds().inject(fault);
    rehearsal.clock.advance(1h);
    const auto ending = rehearsal.run();
    EXPECT_EQ(ending.report.outcome, core::Outcome::partial) << ending.said();
    EXPECT_EQ(active(), (Entries{"always.example/there", "b.example/1"}));
    rehearsal.clouds().clear_faults();
    run();
    EXPECT_EQ(active(), (Entries{"always.example/there", "b.example/1", "new.example/1"}));
}

TEST_F(IntelBridge, d20_retry_after_is_met_in_words_in_the_body_and_when_there_is_none) {
    run();
    look_up();
    struct Wait {
        std::string body;
        std::vector<net::Header> headers;
        std::chrono::milliseconds at_least;
    };
    const std::vector<Wait> waits{{"{}", {{"Retry-After", "12 seconds"}}, 12s},
                                  {R"({"Retry-After":"13 seconds"})", {}, 13s},
                                  {"{}", {{"Retry-After", "soon"}}, 500ms},
                                  {"", {}, 500ms}};
    for (std::size_t i = 0; i < waits.size(); ++i) {
        publish(fmt::format("http://host-{}.example/x", i));
        for (const char* path : {"/api/v1/urlLookup", "/api/v1/urlCategories/*"}) {
            sandbox::Fault fault;
            fault.path = path;
            fault.status = 429;
            fault.body = waits[i].body;
            fault.headers = waits[i].headers;
            rehearsal.clouds().inject(fault);
        }
        rehearsal.clock.advance(1h);
        const auto before = rehearsal.clock.now();
        const auto ending = rehearsal.run();
        EXPECT_EQ(ending.status, 0) << ending.said();
        EXPECT_GE(rehearsal.clock.now() - before, 2 * waits[i].at_least);
        EXPECT_THAT(active(), Contains(fmt::format("host-{}.example/x", i)));
    }
}

TEST_F(IntelBridge, d21_a_gateway_that_fails_for_ever_is_left_in_peace) {
    run();
    const auto before = active();
    publish("http://new.example/x");
    for (const auto kind : {sandbox::Fault::Kind::answer, sandbox::Fault::Kind::reset_before}) {
        sandbox::Fault fault;
        fault.kind = kind;
        fault.path = "/api/v1/urlCategories*";
        fault.count = 0;
        rehearsal.clouds().inject(fault);
        rehearsal.clouds().forget_requests();
        rehearsal.clock.advance(1h);
        const auto began = rehearsal.clock.now();
        const auto ending = rehearsal.run();
        EXPECT_EQ(ending.status, 1);
        EXPECT_NE(ending.said(), "");
        EXPECT_LE(rehearsal.clouds().zia_calls(), 20U);
        EXPECT_LE(rehearsal.clock.now() - began, 15min);
        EXPECT_EQ(active(), before);
        rehearsal.clouds().clear_faults();
    }
    run();
    EXPECT_THAT(active(), Contains("new.example/x"));
}

TEST_F(IntelBridge, d22_a_bad_entry_costs_its_look_up_call_nothing) {
    look_up();
    Entries expected{"always.example/there"};
    const auto publish_hundred = [&](const char* name) {
        for (int i = 0; i < 100; ++i) {
            publish(fmt::format("http://{}-{:02}.example/x", name, i));
            if (i != 50) expected.insert(fmt::format("{}-{:02}.example/x", name, i));
        }
        flag(fmt::format("{}-50.example", name));
    };
    run();
    publish_hundred("named");
    rehearsal.clouds().inject(
        of_look_ups(400, R"({"code":"INVALID_INPUT_ARGUMENT","message":"Invalid urls [named-07.example/x]"})"));
    rehearsal.clock.advance(1h);
    const auto named = rehearsal.run();
    EXPECT_EQ(named.status, 0) << named.said();
    EXPECT_THAT(named.said(), HasSubstr("would not look one value up, so it is delivered unasked: named-07.example/x"));
    EXPECT_EQ(active(), expected);

    publish_hundred("unnamed");
    auto fault = of_look_ups(400, R"({"message":"Request body is invalid."})");
    fault.count = 7;  // the first of 100, 50, 25, 12, 6, 3 and 1
    rehearsal.clouds().inject(fault);
    rehearsal.clock.advance(1h);
    const auto unnamed = rehearsal.run();
    EXPECT_EQ(unnamed.status, 0) << unnamed.said();
    EXPECT_THAT(unnamed.said(), HasSubstr("unasked: unnamed-00.example/x"));
    EXPECT_EQ(active(), expected);
    EXPECT_EQ(unnamed.list(k_list).counts.imbalance(), "");
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

TEST_F(IntelBridge, d27_the_category_is_created_by_a_body_that_zia_takes) {
    run();
    std::size_t creations = 0;
    for (const auto& entry : rehearsal.clouds().journal()) {
        if (entry.method != "POST" || entry.path_template != "/api/v1/urlCategories") continue;
        EXPECT_EQ(entry.status, 200) << "the sandbox refuses a numeric id";
        ++creations;
    }
    EXPECT_EQ(creations, 1U);
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

TEST_F(IntelBridge, v1_a_page_is_not_lost_when_the_one_behind_it_is_refused) {
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
