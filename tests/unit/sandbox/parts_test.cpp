#include <gtest/gtest.h>

#include "sandbox/fault.hpp"
#include "sandbox/rate_windows.hpp"
#include "sandbox/reply.hpp"
#include "sandbox/zia/entry_rules.hpp"
#include "sandbox/zia/entry_set.hpp"
#include "sandbox/zia/sessions.hpp"
#include "tests/unit/sandbox/client.hpp"

namespace cordon::sandbox {
namespace {

TEST(Obfuscation, agrees_with_the_vectors_of_the_reference) {  // zia-api.md 2.3
    struct Vector {
        const char *key, *timestamp, *obfuscated;
    };
    for (const auto& [key, timestamp, obfuscated] : {Vector{"abcdefghijkl", "1389681124480", "bceeiacieegc"},
                                                     Vector{"jj7tg80fEGao", "1389681124480", "j7ggEj7Egg07"},
                                                     Vector{"A1b2C3d4E5f6", "1735689599999", "355555C66666"},
                                                     Vector{"abcdefghijkl", "1700000000007", "aaaaahcccccf"},
                                                     Vector{"abcdefghijkl", "1700000000000", "aaaaaacccccc"}}) {
        EXPECT_EQ(zia::obfuscate(key, timestamp), obfuscated);
    }
    EXPECT_EQ(zia::obfuscate("short", "1700000000000"), "");
    EXPECT_EQ(zia::obfuscate("abcdefghijkl", "17000x"), "");
}

TEST(EntryRules, take_what_a_real_tenant_holds_and_refuse_what_it_refuses) {  // zia-api.md 5.1
    struct Case {
        const char* name;
        std::string entry;
        bool is_taken;
    };
    const std::string label63(63, 'a');
    for (const auto& each : std::vector<Case>{
             {"host", "evil.example", true},
             {"dotted host", ".evil.example", true},
             {"upper case", "Evil.EXAMPLE/Path", true},
             {"port", "evil.example:10443", true},
             {"port and colons in the path", ".x.example.com:443/:b:/g/", true},
             {"query and fragment", "evil.example/a?b=c&d#e", true},
             {"odd path bytes", "evil.example/a|{}[]()~;!%20*", true},
             {"one trailing dot", ".x-my.example.", true},
             {"IPv4", "198.51.100.7", true},
             {"IPv4 and path", "198.51.100.7/gate.php", true},
             {"IPv6", "2001:db8::7", true},
             {"underscore in a subdomain", "ww_w.x.example", true},
             {"underscore in the second level alone", "safe_march.example", true},
             {"longest label", label63 + ".example", true},
             {"scheme", "http://evil.example", false},
             {"no dot", "tesbadtestbad", false},
             {"bare suffix", ".gov", false},
             {"leading asterisk", "*.evil.example", false},
             {"space", "evil.example/a b", false},
             {"not ASCII",
              "b\xC3\xBC"
              "cher.example",
              false},
             {"empty label", "evil..example", false},
             {"underscore in the second level below a subdomain", "www.safe_march.example", false},
             {"underscore in the top level", "evil.exam_ple", false},
             {"label of one underscore", "_.evil.example", false},
             {"label too long", label63 + "a.example", false},
             {"entry too long", "evil.example/" + std::string(1'024, 'a'), false},
             {"no IPv4", "256.1.1.1", false},
             {"empty", "", false},
         }) {
        EXPECT_EQ(zia::is_acceptable_url(each.entry), each.is_taken) << each.name;
    }
}

TEST(EntryRules, know_a_network_from_a_file_whose_name_is_a_number) {  // zia-api.md 5.1, "CIDR in urls"
    for (const auto* network :
         {"100.0.0.0/16", "198.51.100.0/24", "198.18.0.0/15", "198.51.100.8/29", "198.51.100.8/32", "0.0.0.0/0"}) {
        EXPECT_TRUE(zia::is_network_as_url(network)) << network;
    }
    for (const auto* url : {"198.51.100.7/24", "198.51.100.8/33", "198.51.100.0/24/", "198.51.100.0/a",
                            "evil.example/24", "198.51.100.0", "198.51.100.0/"}) {
        EXPECT_FALSE(zia::is_network_as_url(url)) << url;
    }
}

TEST(EntryRules, tell_addresses_by_the_type_of_the_group) {  // zia-api.md 6.2
    struct Case {
        const char *type, *address;
        bool is_taken;
    };
    for (const auto& each :
         {Case{"DSTN_IP", "198.51.100.7", true}, Case{"DSTN_IP", "108.148.103.15/28", true},
          Case{"DSTN_IP", "3.217.228.0-3.217.231.255", true}, Case{"DSTN_IP", "3.217.228.0 - 3.217.231.255", true},
          Case{"DSTN_IP", "2001:db8::1", false}, Case{"DSTN_IP", "evil.example", false},
          Case{"DSTN_IP", "198.51.100.7/33", false}, Case{"DSTN_IP", "9.0.0.1-8.0.0.1", false},
          Case{"DSTN_FQDN", "evil.example", true}, Case{"DSTN_FQDN", "*.evil.example", false},
          Case{"DSTN_DOMAIN", "*.evil.example", true}, Case{"DSTN_FQDN", "198.51.100.7", false}}) {
        EXPECT_EQ(zia::is_acceptable_address(each.type, each.address), each.is_taken)
            << each.type << ' ' << each.address;
    }
}

TEST(Matching, follows_the_table_of_the_reference) {  // zia-api.md 5.2
    struct Case {
        const char *entry, *url;
        bool blocks;
    };
    for (const auto& each : {
             Case{".example.com", "example.com", true},
             Case{".example.com", "https://a.example.com:8443/x?y", true},
             Case{".example.com", "1.2.3.4.5.example.com", true},
             Case{".example.com", "1.2.3.4.5.6.example.com", false},
             Case{".example.com", "notexample.com", false},
             Case{"example.com", "http://EXAMPLE.com/any?q#f", true},
             Case{"example.com", "www.example.com", false},
             Case{"example.com/res", "example.com/res", true},
             Case{"example.com/res", "example.com/res/x", false},
             Case{"example.com/res/", "example.com/res/x/y", true},
             Case{"example.com/res?a=1", "example.com/res?a=1", true},
             Case{"example.com/res?a=1", "example.com/res?a=2", false},
             Case{"198.51.100.7", "http://198.51.100.7/x", true},
             Case{".51.100.7", "198.51.100.7", false},
             Case{"evil.example", "http://www.example.com@evil.example/", true},
         }) {
        const auto entries = zia::entries_that_block(each.url);
        EXPECT_EQ(std::count(entries.begin(), entries.end(), each.entry) > 0, each.blocks)
            << each.entry << ' ' << each.url;
    }
    EXPECT_TRUE(zia::covers_address("198.51.100.0/24", "198.51.100.7"));
    EXPECT_TRUE(zia::covers_address("198.51.100.1-198.51.100.9", "198.51.100.9"));
    EXPECT_FALSE(zia::covers_address("198.51.100.1-198.51.100.9", "198.51.100.10"));
}

TEST(EntrySet, has_an_order_of_its_own_that_does_not_tell_the_history) {
    zia::EntrySet one(7);
    zia::EntrySet other(7);
    std::vector<std::string> texts;
    for (int i = 0; i < 50; ++i) texts.push_back(fmt::format("host{:02}.example", i));
    for (const auto& text : texts) EXPECT_TRUE(one.insert(text));
    for (auto at = texts.rbegin(); at != texts.rend(); ++at) other.insert(*at);
    EXPECT_FALSE(one.insert(texts[0]));
    EXPECT_TRUE(one == other);
    const auto order = one.scrambled(1);
    EXPECT_EQ(order, other.scrambled(1));
    EXPECT_FALSE(std::is_sorted(order.begin(), order.end()));
    EXPECT_NE(order, one.scrambled(2));
    EXPECT_EQ(std::set<std::string_view>(order.begin(), order.end()).size(), texts.size());
}

TEST(RateWindows, slide_and_refused_requests_do_not_count) {
    RateWindows windows(0ms);
    const std::vector<RateLimit> limits{{2, 1s, "SECOND"}, {4, 1h, "HOUR"}};
    const Time start = test_start();
    EXPECT_FALSE(windows.admit("k", limits, start));
    EXPECT_FALSE(windows.admit("k", limits, start + 600ms));
    const auto breach = windows.admit("k", limits, start + 999ms);
    ASSERT_TRUE(breach);
    EXPECT_STREQ(breach->limit.unit, "SECOND");
    EXPECT_EQ(breach->wait, 1s);
    EXPECT_FALSE(windows.admit("k", limits, start + 1000ms)) << "the first has left its window";
    EXPECT_FALSE(windows.admit("other", limits, start + 1000ms));
    EXPECT_FALSE(windows.admit("k", limits, start + 2s));
    const auto hourly = windows.admit("k", limits, start + 10s);
    ASSERT_TRUE(hourly);
    EXPECT_EQ(hourly->limit.most, 4U);
    EXPECT_EQ(hourly->wait, 3590s);
    EXPECT_FALSE(windows.admit("k", limits, start + 1h));
}

TEST(Faults, hit_the_requests_that_they_name_and_no_more) {
    Faults faults(1);
    Fault fault;
    fault.method = "PUT";
    fault.path = "/api/v1/urlCategories/*";
    fault.skip = 1;
    fault.count = 2;
    faults.add(fault);
    EXPECT_FALSE(faults.take("GET", "/api/v1/urlCategories/CUSTOM_02"));
    EXPECT_FALSE(faults.take("PUT", "/api/v1/urlCategories"));
    EXPECT_FALSE(faults.take("PUT", "/api/v1/urlCategories/CUSTOM_02")) << "the first passes";
    EXPECT_TRUE(faults.take("PUT", "/api/v1/urlCategories/CUSTOM_02"));
    EXPECT_TRUE(faults.take("PUT", "/api/v1/urlCategories/CUSTOM_03"));
    EXPECT_FALSE(faults.take("PUT", "/api/v1/urlCategories/CUSTOM_02")) << "used up";
}

TEST(Faults, by_chance_come_about_as_often_as_asked_and_the_same_for_one_seed) {
    const auto hits_of = [](std::uint64_t seed) {
        Faults faults(seed);
        Fault fault;
        fault.count = 0;
        fault.probability = 0.25;
        faults.add(fault);
        std::string hits;
        for (int i = 0; i < 1000; ++i) hits += faults.take("GET", "/x") ? '1' : '0';
        return hits;
    };
    const auto hits = hits_of(3);
    EXPECT_NEAR(static_cast<double>(std::count(hits.begin(), hits.end(), '1')), 250.0, 60.0);
    EXPECT_EQ(hits, hits_of(3));
    EXPECT_NE(hits, hits_of(4));
}

TEST(Patterns, let_an_asterisk_stand_for_any_run) {
    EXPECT_TRUE(is_like("/api/v1/status/activate", "/api/*/activate"));
    EXPECT_TRUE(is_like("anything", "*"));
    EXPECT_TRUE(is_like("exact", "exact"));
    EXPECT_FALSE(is_like("exactly", "exact"));
    EXPECT_FALSE(is_like("/api/v1/status", "/api/*/activate"));
}

TEST(Reply, writes_dates_and_json_strings) {
    EXPECT_EQ(http_date(parse_iso8601("2026-02-12T17:15:01Z").value()), "Thu, 12 Feb 2026 17:15:01 GMT");
    EXPECT_EQ(json_text("plain"), "\"plain\"");
    EXPECT_EQ(json_text("a\"b\\c\n"), "\"a\\\"b\\\\c\\n\"");
}

}  // namespace
}  // namespace cordon::sandbox
