#include "core/override.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/plan_commands.hpp"
#include "tests/unit/core/plan_scene.hpp"

namespace cordon::core {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

TEST(AnOperatorsValue, is_understood_in_any_spelling) {
    struct Case {
        const char* written;
        const char* canonical;
    };
    for (const auto& one : {Case{"evil.example", "evil.example"},
                            Case{" EVIL.Example. ", "evil.example"},
                            Case{"hxxps://evil[.]example/", "evil.example"},
                            Case{"evil(dot)example", "evil.example"},
                            Case{"https://evil.example/a/B?c=D", "evil.example/a/B?c=D"},
                            Case{"<https://evil.example/a>,", "evil.example/a"},
                            Case{"\"evil.example\";", "evil.example"},
                            Case{"'evil[.]example', ", "evil.example"},
                            Case{"//evil.example/a", "evil.example/a"},
                            Case{"evil.example:8443", "evil.example:8443"},
                            Case{"*.evil.example", ".evil.example"},
                            Case{".evil.example", ".evil.example"},
                            Case{"b\u00fccher.example", "xn--bcher-kva.example"},
                            Case{"198.51.100.7", "198.51.100.7"},
                            Case{"198[.]51[.]100[.]7", "198.51.100.7"},
                            Case{"0xC6336407", "198.51.100.7"},
                            Case{"3325256711", "198.51.100.7"},
                            Case{"http://198.51.100.7/", "198.51.100.7"},
                            Case{"198.51.100.7/24", "198.51.100.0/24"},
                            Case{"198[.]51.100.0/24", "198.51.100.0/24"},
                            Case{"198.51.100.0 - 198.51.100.255", "198.51.100.0/24"},
                            Case{"198.51.100.3-198.51.100.9", "198.51.100.3-198.51.100.9"},
                            Case{"2001:DB8::1", "2001:db8::1"},
                            Case{"[2001:db8::1]", "2001:db8::1"},
                            Case{"http://[2001:db8::1]/", "2001:db8::1"},
                            Case{"2001:db8::/32", "2001:db8::/32"}}) {
        const auto canonical = canonical_override(one.written);
        ASSERT_TRUE(canonical) << one.written << ": " << canonical.error().message;
        EXPECT_EQ(*canonical, one.canonical) << one.written;
        const auto again = canonical_override(*canonical);
        ASSERT_TRUE(again) << *canonical;
        EXPECT_EQ(*again, *canonical);
    }
}

TEST(AnOperatorsValue, loses_the_punctuation_of_the_text_around_it) {
    struct Case {
        const char* written;
        const char* canonical;
    };
    for (const auto& one : {Case{R"(https://shop.example/pay?id=1",)", "shop.example/pay?id=1"},
                            Case{R"(https://shop.example/pay?id=1")", "shop.example/pay?id=1"},
                            Case{"shop.example/login>", "shop.example/login"},
                            Case{"shop.example/login>,", "shop.example/login"},
                            Case{"(shop.example)", "shop.example"},
                            Case{"(see.shop.example/a),", "see.shop.example/a"},
                            Case{"(https://shop.example/a_(b))", "shop.example/a_(b)"},
                            Case{"https://shop.example/a_(b)", "shop.example/a_(b)"},
                            Case{"https://shop.example/a_(b))", "shop.example/a_(b)"},
                            Case{"https://shop.example/a]", "shop.example/a"},
                            Case{"(shop.example/a", "shop.example/a"},
                            Case{"shop.example\"", "shop.example"},
                            Case{"shop.example>", "shop.example"},
                            Case{"<shop.example", "shop.example"},
                            Case{"shop.example'", "shop.example"},
                            Case{"[shop(.)example]", "shop.example"},
                            Case{"(shop(dot)example)", "shop.example"},
                            Case{"shop.example/?q='b'", "shop.example/?q='b'"},
                            Case{"'shop.example/?q='b''", "shop.example/?q='b'"},
                            Case{"([2001:db8::1]),", "2001:db8::1"},
                            Case{"shop.example/a.", "shop.example/a."}}) {
        const auto canonical = canonical_override(one.written);
        ASSERT_TRUE(canonical) << one.written << ": " << canonical.error().message;
        EXPECT_EQ(*canonical, one.canonical) << one.written;
        EXPECT_EQ(canonical_override(*canonical).value(), *canonical);
    }
}

TEST(AnOperatorsValue, has_no_fragment) {
    EXPECT_EQ(canonical_override("https://shop.example/pay#top").value(), "shop.example/pay");
    EXPECT_EQ(canonical_override("https://shop.example/#frag").value(), "shop.example");
    EXPECT_EQ(canonical_override("<https://shop.example#frag>,").value(), "shop.example");
    EXPECT_EQ(canonical_override("shop.example#x").value(), "shop.example");
    EXPECT_FALSE(canonical_override("#x"));
}

TEST(AnOperatorsValue, that_is_none_is_refused_by_name) {
    for (const auto* wrong : {"", "   ", "evil", "com", "a b.example", "198.51.100.0/33", "not a value", "*", ".",
                              "http://", "evil..example"}) {
        const auto canonical = canonical_override(wrong);
        EXPECT_TRUE(!canonical || !check_unblocking(*canonical)) << wrong << " became " << canonical.value_or("");
    }
    for (const auto* wide : {"0.0.0.0/0", "10.0.0.0/7", "10.0.0.0-11.0.0.0", "::/0", "2001:db8::/31"}) {
        EXPECT_THAT(check_unblocking(canonical_override(wide).value()).error().message, HasSubstr("is too wide"));
    }
    EXPECT_TRUE(check_unblocking("10.0.0.0/8"));
    EXPECT_THAT(check_unblocking("co.uk").error().message, HasSubstr("'co.uk' is a public suffix"));
}

TEST(AnOperatorsValue, that_is_a_url_on_an_address_is_not_taken_for_the_whole_address) {
    const auto said = [](const char* written) {
        const auto checked = require_whole_address(written, canonical_override(written).value());
        return checked ? std::string{} : checked.error().message;
    };
    EXPECT_THAT(said("http://198.51.100.7/a"), HasSubstr("give 198.51.100.7 if all of it is meant"));
    EXPECT_THAT(said("198.51.100.7:8080"), HasSubstr("give 198.51.100.7 if all of it is meant"));
    EXPECT_THAT(said("hxxp://198[.]51.100.7/a?b"), HasSubstr("198.51.100.7/a?b is one URL"));
    for (const auto* whole :
         {"198.51.100.7", "http://198.51.100.7/", "198.51.100.0/24", "198.51.100.3-198.51.100.9", "0xC6336407",
          "2001:db8::/32", "[2001:db8::1]", "http://[2001:db8::1]/", "evil.example/a", "evil.example:8443"}) {
        EXPECT_EQ(said(whole), "");
    }
}

TEST(AQuestion, about_a_url_on_an_address_is_not_about_the_whole_address) {
    EXPECT_EQ(canonical_question("http://198.51.100.7/a").value(), "198.51.100.7/a");
    EXPECT_EQ(canonical_question("198.51.100.7:8080").value(), "198.51.100.7:8080");
    EXPECT_EQ(canonical_question("http://198.51.100.7/").value(), "198.51.100.7");
    EXPECT_EQ(canonical_question("198.51.100.7/24").value(), "198.51.100.0/24");
    EXPECT_EQ(canonical_question("<https://evil.example/a>").value(), "evil.example/a");
    EXPECT_THAT(canonical_question("http://198.51.100.7/24").error().message, HasSubstr("reads like a network"));
}

TEST(AnOperatorsValue, is_a_domain_a_url_or_an_address) {
    EXPECT_EQ(entity_of_override("evil.example"), EntityType::domain);
    EXPECT_EQ(entity_of_override(".evil.example"), EntityType::domain);
    EXPECT_EQ(entity_of_override("evil.example:8443"), EntityType::url);
    EXPECT_EQ(entity_of_override("evil.example/a"), EntityType::url);
    for (const auto* address : {"198.51.100.7", "198.51.100.0/24", "198.51.100.3-198.51.100.9", "2001:db8::1"}) {
        EXPECT_EQ(entity_of_override(address), EntityType::ip) << address;
    }
}

TEST(AnUnblockedValue, is_protected_from_every_entry_that_blocks_it) {
    const auto host = protection_of_unblocked("www.evil.example");
    for (const auto* entry : {"www.evil.example", "www.evil.example/a", "a.www.evil.example"}) {
        EXPECT_TRUE(host.hit(kind_of(TargetKind::url_category, entry), entry)) << entry;
    }
    EXPECT_TRUE(host.hit(EntryKind::dotted_host, ".evil.example"));
    EXPECT_FALSE(host.hit(EntryKind::host, "evil.example"));
    const auto url = protection_of_unblocked("evil.example/a/b");
    EXPECT_TRUE(url.hit(EntryKind::host, "evil.example"));
    EXPECT_TRUE(url.hit(EntryKind::dotted_host, ".evil.example"));
    EXPECT_TRUE(url.hit(EntryKind::url, "evil.example/a/"));
    EXPECT_FALSE(url.hit(EntryKind::url, "evil.example/c"));
    const auto address = protection_of_unblocked("198.51.100.7");
    EXPECT_TRUE(address.hit(EntryKind::ipv4, "198.51.100.7"));
    EXPECT_TRUE(address.hit(EntryKind::ipv4_net, "198.51.100.0/24"));
    EXPECT_TRUE(address.hit(EntryKind::url, "198.51.100.7/a"));
    EXPECT_FALSE(address.hit(EntryKind::ipv4, "198.51.100.8"));
    const auto network = protection_of_unblocked("198.51.100.0/24");
    EXPECT_TRUE(network.hit(EntryKind::ipv4, "198.51.100.8"));
}

TEST(AnUnblockedValue, is_protected_beside_what_was_protected_before) {
    ProtectionBuilder builder;
    ASSERT_TRUE(builder.add_never("pay.example", "[allow] never"));
    ASSERT_TRUE(builder.add_never("203.0.113.9", "[allow] never"));
    const auto below = builder.build();
    Override one;
    one.value = "evil.example";
    one.until = parse_iso8601("2026-11-30T12:00:00Z").value();
    Override blocked = one;
    blocked.kind = OverrideKind::block;
    blocked.value = "other.example";
    const std::vector<Override> overrides{one, blocked};
    const auto both = protection_with(overrides, below);
    const auto hit = both.hit(EntryKind::host, "evil.example");
    ASSERT_TRUE(hit);
    EXPECT_EQ(hit->reason, Reason::never);
    EXPECT_EQ(hit->list, "operator's unblock until 2026-11-30 12:00:00 UTC");
    EXPECT_EQ(both.hit(EntryKind::host, "pay.example")->list, "[allow] never");
    EXPECT_FALSE(both.hit(EntryKind::host, "other.example"));
    EXPECT_EQ(both.ipv4_networks().size(), 1U);
}

// --- The plan of cordon unblock and cordon block ---

ListState state_of(const std::vector<std::string>& entries) {
    ListState state;
    state.name = "L";
    state.exists = true;
    state.object_id = "CUSTOM_01";
    for (const auto& entry : entries) state.entries.push_back({entry, entry, Side::plain});
    return state;
}

ListLedger ledger_of(const std::vector<std::string>& ours) {
    ListLedger ledger;
    ledger.is_known = true;
    for (const auto& entry : ours) ledger.ours.push_back({entry, LedgerMark::seen, Side::plain, 0});
    return ledger;
}

std::vector<std::string> texts_of(const std::vector<PlannedEntry>& entries) {
    std::vector<std::string> texts;
    for (const auto& entry : entries) texts.push_back(entry.text);
    return texts;
}

TEST(APlanByHand, takes_off_what_is_ours_and_asked_for_alone) {
    const auto state = state_of({"a.example", "b.example", "c.example"});
    auto ledger = ledger_of({"a.example", "b.example"});
    ledger.ours.push_back({"d.example", LedgerMark::intended, Side::plain, 0});
    const auto plan = plan_by_hand("L", TargetKind::url_category, state, ledger, {}, {},
                                   [](std::string_view text) { return text != "a.example"; });
    EXPECT_THAT(plan.removals_canonical, ElementsAre("b.example"));
    EXPECT_THAT(plan.forgotten, ElementsAre("d.example"));
    EXPECT_THAT(plan.keeps, ElementsAre("a.example", "c.example"));
    EXPECT_TRUE(plan.additions.empty());
    EXPECT_EQ(plan.counts.imbalance(), "");
}

TEST(APlanByHand, never_empties_a_list) {
    ListPolicy policy;
    policy.placeholder = "placeholder.invalid";
    const auto plan = plan_by_hand("L", TargetKind::url_category, state_of({"a.example"}), ledger_of({"a.example"}),
                                   policy, {}, [](std::string_view) { return true; });
    EXPECT_THAT(texts_of(plan.additions), ElementsAre("placeholder.invalid"));
    EXPECT_THAT(plan.keeps, ElementsAre("placeholder.invalid"));
}

TEST(APlanByHand, puts_on_what_was_kept_out_before) {
    auto ledger = ledger_of({"a.example"});
    ledger.exceptions.push_back({"b.example", {}, ""});
    ledger.quarantine.push_back({"c.example", {}, ""});
    const std::vector<PlannedEntry> comes{{"b.example", Side::plain}};
    const auto plan = plan_by_hand(
        "L", TargetKind::url_category, state_of({"a.example"}), ledger, {}, {}, [](std::string_view) { return false; },
        comes);
    EXPECT_THAT(texts_of(plan.additions), ElementsAre("b.example"));
    EXPECT_THAT(plan.lapsed_exceptions, ElementsAre("b.example"));
    EXPECT_TRUE(plan.lapsed_quarantine.empty());
    EXPECT_EQ(plan.counts.imbalance(), "");
    EXPECT_EQ(plan.counts.pending, 1U);
}

}  // namespace
}  // namespace cordon::core
