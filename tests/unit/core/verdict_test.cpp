#include "core/verdict.hpp"

#include <gtest/gtest.h>

namespace cordon::core {
namespace {

struct Fact {
    EntityType type;
    const char* raw;
    const char* outcome;  ///< the reason's name, or the text that may be blocked
};

constexpr auto domain = EntityType::domain;
constexpr auto url = EntityType::url;
constexpr auto ip = EntityType::ip;

Protection protection() {
    ProtectionBuilder builder;
    EXPECT_TRUE(builder.add_never("www.co-host.com", "never"));
    EXPECT_TRUE(builder.add_popular("portal.com", "popular"));
    EXPECT_TRUE(builder.add_popular("below.portal-owner.com", "popular"));
    return builder.build();
}

std::string outcome_of(const Fact& fact, VerdictRules rules) {
    Canonical canonical;
    canonicalise(fact.type, fact.raw, canonical);
    if (!canonical.is_entry) return "no entry";
    rules.target = target_of(fact.type);
    const auto verdict = judge(canonical, rules, protection());
    return verdict ? name_of(verdict->reason) : canonical.text;
}

TEST(Verdict, says_why_an_entry_may_not_be_blocked) {
    const Fact facts[] = {
        {domain, "evil.com", "evil.com"},
        {domain, "*.evil.com", ".evil.com"},
        {domain, "evil.example", "reserved_address"},
        {domain, "deep.down.example.com", "reserved_address"},
        {domain, "printer.local", "reserved_address"},
        {domain, "abc.onion", "reserved_address"},
        {domain, "my-example.com", "my-example.com"},
        {domain, "co.uk", "public_suffix"},
        {domain, "*.co.uk", "public_suffix"},
        {domain, "github.io", "public_suffix"},
        {domain, "someone.github.io", "someone.github.io"},
        {url, "http://github.io/x", "github.io/x"},
        {url, "http://github.io/", "public_suffix"},
        {url, "http://10.1.2.3/x", "reserved_address"},
        {url, "http://127.0.0.1:8080/x", "reserved_address"},
        {url, "http://8.8.8.8/x", "8.8.8.8/x"},
        {url, "http://198.51.100.7/x", "reserved_address"},
        {url, "http://evil.test/x", "reserved_address"},
        {ip, "8.8.8.8", "8.8.8.8"},
        {ip, "8.8.0.0/16", "8.8.0.0/16"},
        {ip, "8.0.0.0/15", "too_wide"},
        {ip, "8.8.8.3 - 8.8.8.9", "8.8.8.3-8.8.8.9"},
        {ip, "8.8.8.0-8.8.8.255", "8.8.8.0/24"},
        {ip, "8.8.8.8-8.8.8.8", "8.8.8.8"},
        {ip, "8.8.0.1-8.9.0.0", "8.8.0.1-8.9.0.0"},
        {ip, "8.8.0.1-8.9.0.1", "too_wide"},
        {ip, "9.255.255.255-10.0.0.1", "reserved_address"},
        {ip, "8.8.8.9-8.8.8.3", "no entry"},
        {ip, "192.168.1.0/24", "reserved_address"},
        {ip, "192.0.2.1", "reserved_address"},
        {ip, "2a00:1450::1", "unsupported_by_target"},
        {ip, "2a00::/16", "too_wide"},
        {ip, "fe80::1", "reserved_address"},
        {domain, "portal.com", "popular"},
        {url, "http://portal.com/x", "portal.com/x"},
        {url, "http://portal.com/.", "popular"},
        {url, "http://portal.com/x/%2e%2E", "popular"},
        {url, "http://portal.com:8443/./?", "popular"},
        {url, "http://portal.com/./?id=1", "portal.com/./?id=1"},
        {domain, "www.co-host.com", "never"},
        // A dotted entry falls back to its exact form where that one is harmless.
        {domain, "*.co-host.com", "co-host.com"},
        {domain, "*.portal-owner.com", "portal-owner.com"},
        {domain, "*.portal.com", "popular"},
    };
    for (const auto& fact : facts) EXPECT_EQ(outcome_of(fact, {}), fact.outcome) << fact.raw;
}

TEST(Verdict, rehearsals_let_documentation_and_benchmarking_through_and_nothing_else) {
    const Fact facts[] = {
        {domain, "evil.example", "evil.example"},
        {domain, "evil.test", "evil.test"},
        {domain, "www.example.com", "www.example.com"},
        {domain, "printer.local", "reserved_address"},
        {domain, "example", "no entry"},
        {ip, "198.51.100.7", "198.51.100.7"},
        {ip, "198.18.0.0/16", "198.18.0.0/16"},
        {ip, "10.0.0.1", "reserved_address"},
        {url, "http://203.0.113.9/x", "203.0.113.9/x"},
    };
    VerdictRules rules;
    rules.permit_reserved = true;
    for (const auto& fact : facts) EXPECT_EQ(outcome_of(fact, rules), fact.outcome) << fact.raw;
}

TEST(Verdict, min_prefix_is_a_setting) {
    VerdictRules rules;
    rules.min_prefix = 24;
    EXPECT_EQ(outcome_of({ip, "8.8.8.0/24", ""}, rules), "8.8.8.0/24");
    EXPECT_EQ(outcome_of({ip, "8.8.8.0/23", ""}, rules), "too_wide");
}

TEST(Verdict, a_category_holds_no_networks) {
    Canonical network;
    network.is_entry = true;
    network.kind = EntryKind::ipv4_net;
    network.text = network.host = "8.8.8.0/24";
    const auto verdict = judge(network, {}, protection());
    ASSERT_TRUE(verdict);
    EXPECT_EQ(verdict->reason, Reason::unsupported_by_target);
    EXPECT_EQ(verdict->detail, "a URL category holds no networks");
}

TEST(Verdict, the_detail_names_list_and_name) {
    Canonical canonical;
    canonicalise(domain, "a.www.co-host.com", canonical);
    const auto verdict = judge(canonical, {}, protection());
    ASSERT_TRUE(verdict);
    EXPECT_EQ(verdict->detail, "never: www.co-host.com");
}

}  // namespace
}  // namespace cordon::core
