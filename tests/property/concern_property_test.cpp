// The quick look before the exact rules misses nothing that they find.

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <string>
#include <vector>

#include "core/canonical.hpp"
#include "core/concern.hpp"
#include "core/ip.hpp"
#include "core/match.hpp"
#include "core/override.hpp"

namespace cordon::core {
namespace {

using Texts = std::vector<std::string>;

/// Names that are often above or below one another, in many spellings.
std::string published_name() {
    const auto label = rc::gen::element<std::string>("a", "b", "www", "evil", "Evil", "x-1", "0", "10");
    std::string name;
    for (const auto& one : *rc::gen::resize(4, rc::gen::container<Texts>(label))) name += one + ".";
    name += *rc::gen::element<std::string>("evil.example", "b.evil.example", "EVIL.example", "example",
                                           "evil[.]example", "evil.exa%6dple", "vil.example", "evil.example.");
    const auto scheme = *rc::gen::element<std::string>("", "", "http://", "hxxps://", "HTTP://", "//",
                                                       "http:", "https:", "http:/", "u:p@", "*.", ".");
    return scheme + name +
           *rc::gen::element<std::string>("", "", "/", "/a/", "/a/b?c", ":8080", ":8080/x", "#f", "?q=a:b");
}

std::string published_address() {
    const auto address = *rc::gen::element<std::string>("203.0.113.7", "203.0.113.0/24", "203.0.113.4 - 203.0.113.9",
                                                        "203.0.0.0/16", "3405803783", "0xcb.0x0.0x71.0x7", "0xcb007107",
                                                        "203.0.28935", "198.51.100.1", "2001:db8::1", "[2001:db8::1]",
                                                        "2001:db8::/32", "::ffff:203.0.113.7", "abcd:1::2");
    const auto scheme = *rc::gen::element<std::string>("", "", "http://", "http:", "https:", "http:/");
    return scheme + address + *rc::gen::element<std::string>("", "", "", "/", "/a", ":8080", ":8080/a");
}

std::string published() {
    return *rc::gen::arbitrary<bool>() ? published_name() : published_address();
}

/// What a row of a feed of any type gives.
Texts entries_of(const std::string& value) {
    Texts entries;
    for (const auto type : {EntityType::domain, EntityType::url, EntityType::ip}) {
        Canonical canonical;
        canonicalise(type, value, canonical);
        if (!canonical.is_entry) continue;
        entries.push_back(canonical.text);
        if (canonical.kind == EntryKind::host) entries.push_back("." + canonical.text);
    }
    return entries;
}

bool are_about_the_same(const std::string& entry, const std::string& value) {
    const auto all_of_it = protection_of_unblocked(value);
    for (const auto target : {TargetKind::url_category, TargetKind::ipv4_group}) {
        if (all_of_it.hit(kind_of(target, entry), entry)) return true;
    }
    const auto host = value.starts_with('.') ? value.substr(1) : value;
    return entry == value || category_entry_blocks(entry, host) || category_entry_blocks(value, entry) ||
           group_entry_blocks(entry, host) || group_entry_blocks(entry, host_of(value));
}

void expect_holds(bool outcome) {
    EXPECT_TRUE(outcome);
}

TEST(ConcernProperty, of_a_value_sees_every_entry_and_every_row_that_blocks_it_or_a_part_of_it) {
    expect_holds(rc::check([] {
        const auto asked = canonical_question(published());
        RC_PRE(asked.has_value());
        const auto row = published();
        for (const auto& entry : entries_of(row)) {
            if (!are_about_the_same(entry, *asked)) continue;
            RC_TAG("about the same");
            for (const auto reach : {Concern::Reach::value, Concern::Reach::neighbours}) {
                const Concern concern(*asked, reach);
                RC_ASSERT(concern.may_meet(entry));
                RC_ASSERT(concern.may_be_named_by(row));
            }
        }
    }));
}

}  // namespace
}  // namespace cordon::core
