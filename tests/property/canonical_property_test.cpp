// What holds for every value, however it is spelled.

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <string>
#include <vector>

#include "core/canonical.hpp"
#include "core/ip.hpp"
#include "core/plain_name.hpp"

namespace cordon::core {
namespace {

Canonical canonical_of(EntityType type, const std::string& raw) {
    Canonical result;
    canonicalise(type, raw, result);
    return result;
}

/// Strings made of what values are made of, so that many of them are entries.
rc::Gen<std::string> values() {
    const auto piece = rc::gen::element<std::string>("http://", "hxxps://", "evil", "Example", ".", ".", "/", "?", "#",
                                                     "@", ":", ":80", ":8080", "[.]", "*.", "198.51.100.7", "/24",
                                                     " - ", "2001:db8::1", "[::1]", "%2e", "%20", "\xc3\xbc",
                                                     "xn--bcher-kva", "_", "-", "\\", "\t", " ", "x=1&y", "(.)");
    return rc::gen::map(rc::gen::container<std::vector<std::string>>(piece),
                        [](const std::vector<std::string>& pieces) {
                            std::string value;
                            for (const auto& each : pieces) value += each;
                            return value;
                        });
}

std::string host_name() {
    const auto label = rc::gen::container<std::string>(rc::gen::element('a', 'b', 'Z', '0', '9', '-'));
    auto labels = *rc::gen::container<std::vector<std::string>>(
        rc::gen::suchThat(label, [](const std::string& text) { return !text.empty() && text.size() <= 20; }));
    std::string name;
    for (std::size_t i = 0; i < std::min<std::size_t>(labels.size(), 8); ++i) name += labels[i] + '.';
    return name + "sub.Example";
}

void expect_holds(bool outcome) {
    EXPECT_TRUE(outcome);
}

TEST(CanonicalProperty, an_entry_read_again_is_the_same_entry) {
    expect_holds(rc::check([] {
        const auto type = *rc::gen::element(EntityType::domain, EntityType::url, EntityType::ip);
        const auto first = canonical_of(type, *values());
        if (!first.is_entry) return;
        RC_ASSERT(canonical_entry(target_of(type), first.text) == first.text);
        RC_ASSERT(kind_of(target_of(type), first.text) == first.kind);
        // A URL "http://198.51.100.0/24" has the text of a network, which no URL list means.
        if (type == EntityType::url && first.kind == EntryKind::url && parse_ipv4_range(first.text)) return;
        const auto again = canonical_of(type, first.text);
        RC_ASSERT(again.is_entry);
        RC_ASSERT(again.text == first.text);
        RC_ASSERT(again.kind == first.kind);
        RC_ASSERT(again.host == first.host);
    }));
}

/// Names and addresses as most feeds write them, and some that only look like them.
rc::Gen<std::string> usual_values() {
    const auto piece = rc::gen::element<std::string>("evil", "a-b", "x", "Z", "a--b", "xn--a", ".", ".", ".", "7", "10",
                                                     "255", "256", "01", "com", "0x1", "-", "_");
    return rc::gen::map(rc::gen::container<std::vector<std::string>>(piece),
                        [](const std::vector<std::string>& pieces) {
                            std::string value;
                            for (const auto& each : pieces) value += each;
                            return value;
                        });
}

TEST(CanonicalProperty, what_is_read_at_a_glance_is_what_the_long_way_finds) {
    expect_holds(rc::check([] {
        const auto type = *rc::gen::element(EntityType::domain, EntityType::url, EntityType::ip);
        const auto value = *rc::gen::oneOf(usual_values(), values());
        const auto quick = canonical_of(type, value);
        const auto slow = canonical_of(type, value + " ");  // the blank is cut off, and keeps it from being plain
        RC_ASSERT(quick.is_entry == slow.is_entry);
        RC_ASSERT(quick.text == slow.text);
        RC_ASSERT(quick.host == slow.host);
        if (quick.is_entry) RC_ASSERT(quick.kind == slow.kind);
        if (!quick.is_entry) RC_ASSERT(quick.reason == slow.reason);
        RC_ASSERT(quick.detail == slow.detail);
        if (!is_plain_name(value)) return;
        RC_TAG("plain");
        for (const auto target : {TargetKind::url_category, TargetKind::denylist, TargetKind::fqdn_group}) {
            RC_ASSERT(canonical_entry(target, value) == canonical_entry(target, value + " "));
        }
    }));
}

TEST(CanonicalProperty, a_gateways_spelling_has_one_canonical_form) {
    expect_holds(rc::check([] {
        const auto target = *rc::gen::element(TargetKind::url_category, TargetKind::ipv4_group);
        const auto spelling = *rc::gen::oneOf(values(), rc::gen::arbitrary<std::string>());
        const auto once = canonical_entry(target, spelling);
        RC_ASSERT(canonical_entry(target, once) == once);
    }));
}

TEST(CanonicalProperty, a_url_with_a_path_is_never_the_whole_host) {
    expect_holds(rc::check([] {
        const auto name = host_name();
        const auto path = *rc::gen::nonEmpty(
            rc::gen::container<std::string>(rc::gen::element('a', '/', '.', '%', '?', '#', '@', ' ', '\\')));
        RC_PRE(path.find("..") == std::string::npos);  // "/x/.." is the root to a browser
        const auto result = canonical_of(EntityType::url, "http://" + name + "/x" + path);
        RC_ASSERT(result.is_entry);
        RC_ASSERT(result.kind == EntryKind::url);
        RC_ASSERT(result.text.starts_with(result.host + "/x"));
        const auto in_domain_list = canonical_of(EntityType::domain, "http://" + name + "/x" + path);
        RC_ASSERT(!in_domain_list.is_entry);
    }));
}

TEST(CanonicalProperty, spelling_of_the_host_does_not_matter) {
    expect_holds(rc::check([] {
        const auto name = host_name();
        const auto plain = canonical_of(EntityType::domain, name);
        RC_ASSERT(plain.is_entry);
        std::string escaped;
        std::string defanged;
        for (const char c : name) {
            const bool as_escape = *rc::gen::arbitrary<bool>();
            constexpr std::string_view k_digits = "0123456789abcdef";
            if (as_escape) {
                escaped += std::string("%") + k_digits[static_cast<unsigned char>(c) >> 4U] + k_digits[c & 0xf];
            } else {
                escaped += c;
            }
            defanged += c == '.' ? "[.]" : std::string(1, c);
        }
        for (const auto& spelling :
             {name + ".", "https://a:b@" + escaped + ":443/", "hxxp://" + defanged, "  " + defanged + "\r\n"}) {
            RC_ASSERT(canonical_of(EntityType::domain, spelling).text == plain.text);
        }
    }));
}

}  // namespace
}  // namespace cordon::core
