// What `cordon compile` does fast equals what it does one value after another, and names that are clear at a glance
// pass the exact rules.

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <string>
#include <vector>

#include "base/workers.hpp"
#include "compile/compile.hpp"
#include "core/address_clearance.hpp"
#include "core/canonical.hpp"
#include "core/clearance.hpp"
#include "core/ip.hpp"
#include "core/plain_name.hpp"
#include "core/verdict.hpp"
#include "tests/unit/compile/one_by_one.hpp"

namespace cordon::compile {
namespace {

using core::EntityType;
using core::EntryKind;

const core::Protection& protection() {
    static const auto built = [] {
        core::ProtectionBuilder builder;
        builder.add_builtin_lock_out();
        builder.add_builtin_popular();
        for (const auto* value :
             {"ours.com", "*.b.evil.com", "http://evil.org/safe/x", "8.8.8.0/28", "evil.a.co.uk", "1.0.0.0/10"}) {
            EXPECT_TRUE(builder.add_never(value, "allow"));
        }
        return builder.build();
    }();
    return built;
}

std::string name() {
    const auto label =
        rc::gen::element<std::string>("a", "b", "www", "evil", "x-1", "xn--bcher-kva", "0", "ours", "h_1");
    std::string text;
    for (const auto& one : *rc::gen::resize(5, rc::gen::container<Texts>(label))) text += one + ".";
    return text + *rc::gen::element<std::string>("evil.com", "ours.com", "evil.org", "evil.co.uk", "co.uk", "com",
                                                 "github.io", "github.com", "okta.com", "example.com", "anything.ck",
                                                 "www.ck", "ck", "s3.amazonaws.com", "amazonaws.com", "unheard-of",
                                                 "localhost", "9");
}

std::string spelled(std::string text) {
    switch (*rc::gen::inRange(0, 10)) {
        case 0:
            std::ranges::transform(text, text.begin(), [](char c) { return static_cast<char>(std::toupper(c)); });
            break;
        case 1: return "*." + text;
        case 2: return "http://" + text + *rc::gen::element<std::string>("/", "", "/p", "/p?q#f", ":8080/", "/safe/x");
        case 3: return text + ".";
        case 4: return "0.0.0.0 " + text + " # x";
        default: break;
    }
    return text;
}

/// "a.b.c.d" of few networks, some of them wide.
std::string address() {
    const auto octet = rc::gen::element<std::string>("0", "1", "8", "9", "15", "127");
    std::string text = *rc::gen::element<std::string>("8.8", "9.9", "1.0", "1.64", "10.0", "8.0", "224.0");
    text += "." + *octet + "." + *octet;
    return text +
           *rc::gen::element<std::string>("", "", "", "", "/31", "/28", "/24", "/16", "/8", "-9.9.9.9", ":80", "x");
}

std::string line(EntityType type) {
    if (type == EntityType::ip) return address();
    return *rc::gen::inRange(0, 12) == 0 ? address() : spelled(name());
}

std::string list_of(EntityType type) {
    std::string text;
    for (int i = *rc::gen::inRange(0, 60); i > 0; --i)
        text += line(type) + *rc::gen::element<std::string>("\n", "\n", "\r\n");
    return text + std::string(100, '\n');  // so that the quick way takes the last lines, too
}

void check_names(const CompileRules& rules) {
    const auto list = list_of(rules.entity);
    const auto found = compile({list}, rules, protection(), Workers(2));
    RC_ASSERT(difference(found, names_one_by_one(list, rules, protection())) == "");
}

TEST(CompileProperty, domains_are_those_of_one_value_after_another) {
    EXPECT_TRUE(rc::check([] { check_names({EntityType::domain, false, 0, *rc::gen::arbitrary<std::uint64_t>()}); }));
}

TEST(CompileProperty, domains_with_subdomains_are_those_of_one_value_after_another) {
    EXPECT_TRUE(rc::check([] { check_names({EntityType::domain, true, 0, *rc::gen::arbitrary<std::uint64_t>()}); }));
}

TEST(CompileProperty, urls_are_those_of_one_value_after_another) {
    EXPECT_TRUE(rc::check([] { check_names({EntityType::url, false, 0, *rc::gen::arbitrary<std::uint64_t>()}); }));
}

TEST(CompileProperty, a_cap_keeps_the_first_of_the_whole_list) {
    EXPECT_TRUE(rc::check([] {
        const auto list = list_of(EntityType::domain);
        CompileRules rules{EntityType::domain, false, 0, 1};
        auto whole = entries_of(compile({list}, rules, protection(), Workers(2)));
        rules.max_entries = *rc::gen::inRange<std::size_t>(1, 20);
        const auto capped = compile({list}, rules, protection(), Workers(2));
        whole.resize(std::min(whole.size(), rules.max_entries));
        RC_ASSERT(entries_of(capped) == whole);
        RC_ASSERT(capped.tally().accepted() == whole.size() + capped.tally().over_capacity);
    }));
}

TEST(CompileProperty, networks_hold_what_may_be_blocked_and_nothing_else) {
    EXPECT_TRUE(rc::check([] {
        const auto list = list_of(EntityType::ip);
        std::vector<core::Ipv4Range> wanted;
        for (const auto& value : values_of(list, EntityType::ip)) {
            const auto range = core::parse_ipv4_range(value.substr(0, value.find(':')));
            if (!range || core::reserved_block(*range) != nullptr) continue;
            bool is_too_wide = false;
            for (const auto network : core::merge_to_networks({*range})) {
                is_too_wide = is_too_wide || network.last - network.first > 0xFFFF;
            }
            if (!is_too_wide) wanted.push_back(*range);
        }
        const auto expected = core::subtract(wanted, protection().ipv4_networks());
        Texts texts;
        for (const auto network : expected) texts.push_back(core::to_text(network));
        const auto found = compile({list}, {EntityType::ip, false, 0, 0}, protection(), Workers(2));
        RC_ASSERT(entries_of(found) == texts);
    }));
}

TEST(CompileProperty, a_name_that_is_plain_at_a_glance_is_canonical) {
    EXPECT_TRUE(rc::check([] {
        const auto text =
            spelled(name()) + *rc::gen::element<std::string>("", "", "-", "-.com", ".-a", "--a.com", ".1x", "..a");
        const auto line = text + "\n" + std::string(200, '\n');
        RC_LOG() << text;
        RC_ASSERT(core::is_plain_name(text) == (core::plain_name(line.data(), line.data() + line.size()).size > 0));
        if (!core::is_plain_name(text)) return;
        RC_TAG("plain");
        core::Canonical canonical;
        core::canonicalise(EntityType::domain, text + " ", canonical);  // with a blank it is not read at a glance
        RC_ASSERT(canonical.is_entry);
        RC_ASSERT(canonical.kind == EntryKind::host);
        RC_ASSERT(canonical.host == text);
        RC_ASSERT(!core::parse_ipv4_range(text));
        RC_ASSERT(!core::parse_ipv6_net(text));
    }));
}

TEST(CompileProperty, what_is_clear_at_a_glance_is_not_objected_to) {
    EXPECT_TRUE(rc::check([] {
        const auto host = name();
        static const core::Clearance clearance(protection(), 5);
        if (!clearance.glance(host).is_clear) return;
        for (const auto kind : {EntryKind::host, EntryKind::dotted_host, EntryKind::url}) {
            core::Canonical entry;
            entry.kind = kind;
            entry.host = host;
            entry.text = kind == EntryKind::dotted_host ? "." + host : kind == EntryKind::url ? host + "/safe" : host;
            const auto text = entry.text;
            RC_ASSERT(!core::judge(entry, {}, protection()));
            RC_ASSERT(entry.text == text);
        }
    }));
}

TEST(CompileProperty, an_address_that_is_clear_at_a_glance_touches_nothing) {
    EXPECT_TRUE(rc::check([] {
        const auto taken = core::parse_ipv4_range(address());
        const auto asked = core::parse_ipv4_range(address());
        RC_PRE(taken && asked);
        const std::vector<core::Ipv4Range> ranges{*taken};
        if (!core::AddressClearance(ranges).is_clear(*asked)) return;
        RC_ASSERT(asked->last < taken->first || taken->last < asked->first);
    }));
}

}  // namespace
}  // namespace cordon::compile
