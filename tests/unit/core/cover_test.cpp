#include "core/cover.hpp"

#include <gtest/gtest.h>

#include <map>
#include <string>

namespace {

using namespace cordon::core;
using Pairs = std::map<std::string, std::string>;

/// Covered entry -> covering entry.
Pairs covers_of(TargetKind target, const std::vector<std::string>& texts) {
    std::vector<Coverable> entries;
    for (const auto& text : texts) {
        EntryKind kind = EntryKind::host;
        if (target == TargetKind::ipv4_group) {
            kind = text.find('/') == text.npos ? EntryKind::ipv4 : EntryKind::ipv4_net;
        } else if (text.front() == '.') {
            kind = EntryKind::dotted_host;
        } else if (text.find_first_of("/:?") != text.npos) {
            kind = EntryKind::url;
        }
        entries.push_back({text, kind});
    }
    Pairs pairs;
    const auto covers = find_covers(target, entries);
    for (std::size_t i = 0; i < covers.size(); ++i) {
        if (covers[i] != k_not_covered) pairs[texts[i]] = texts[covers[i]];
    }
    return pairs;
}

struct Case {
    const char* fact;
    std::vector<std::string> entries;
    Pairs expected;
};

TEST(Cover, in_a_category) {
    const std::vector<Case> cases{
        {"a dotted entry covers its own host", {".evil.example", "evil.example"}, {{"evil.example", ".evil.example"}}},
        {"and a host four labels above it",
         {"a.b.c.d.evil.example", ".evil.example"},
         {{"a.b.c.d.evil.example", ".evil.example"}}},
        {"but not one five labels above (zia-api.md 5.2)", {"a.b.c.d.e.evil.example", ".evil.example"}, {}},
        {"a dotted entry covers a dotted one below",
         {".a.evil.example", ".evil.example"},
         {{".a.evil.example", ".evil.example"}}},
        {"a covered dotted entry covers nothing: its own cover may be out of reach",
         {".evil.example", ".c.b.a.evil.example", "g.f.e.d.c.b.a.evil.example"},
         {{".c.b.a.evil.example", ".evil.example"}}},
        {"an exact host covers no other host", {"evil.example", "www.evil.example"}, {}},
        {"an exact host covers the URLs on it",
         {"evil.example/a?b", "evil.example"},
         {{"evil.example/a?b", "evil.example"}}},
        {"with a port too",
         {"evil.example:8080/a", "evil.example:8080", "evil.example"},
         {{"evil.example:8080/a", "evil.example"}, {"evil.example:8080", "evil.example"}}},
        {"but not the URLs of a name below", {"www.evil.example/a", "evil.example"}, {}},
        {"a dotted entry covers URLs below",
         {"www.evil.example/a", ".evil.example"},
         {{"www.evil.example/a", ".evil.example"}}},
        {"a URL whose exact host is covered falls to the same dotted entry",
         {".evil.example", "www.evil.example", "www.evil.example/a"},
         {{"www.evil.example", ".evil.example"}, {"www.evil.example/a", ".evil.example"}}},
        {"a URL covers nothing, not even what lies under it", {"evil.example/a/", "evil.example/a/b"}, {}},
        {"a name that only ends alike is not covered", {".evil.example", "notevil.example"}, {}},
        {"nothing covers itself", {".evil.example"}, {}},
    };
    for (const auto& c : cases) EXPECT_EQ(covers_of(TargetKind::url_category, c.entries), c.expected) << c.fact;
}

TEST(Cover, an_address_as_a_host_covers_the_urls_on_it) {
    const std::vector<Coverable> entries{{"198.51.100.7/a", EntryKind::url}, {"198.51.100.7", EntryKind::ipv4}};
    EXPECT_EQ(find_covers(TargetKind::url_category, entries), (std::vector<std::uint32_t>{1, k_not_covered}));
}

TEST(Cover, in_a_group) {
    const std::vector<Case> cases{
        {"a network covers an address in it",
         {"198.51.100.7", "198.51.100.0/24"},
         {{"198.51.100.7", "198.51.100.0/24"}}},
        {"its first and last too",
         {"198.51.100.0", "198.51.100.255", "198.51.100.0/24"},
         {{"198.51.100.0", "198.51.100.0/24"}, {"198.51.100.255", "198.51.100.0/24"}}},
        {"but not its neighbours", {"198.51.99.255", "198.51.101.0", "198.51.100.0/24"}, {}},
        {"the widest network covers all in it",
         {"198.51.100.7", "198.51.100.0/28", "198.51.100.0/24", "198.51.100.240/28"},
         {{"198.51.100.7", "198.51.100.0/24"},
          {"198.51.100.0/28", "198.51.100.0/24"},
          {"198.51.100.240/28", "198.51.100.0/24"}}},
        {"a range covers what lies in it",
         {"198.51.100.7", "198.51.100.4/30", "198.51.100.3-198.51.100.9", "198.51.100.9-198.51.100.11"},
         {{"198.51.100.7", "198.51.100.3-198.51.100.9"}, {"198.51.100.4/30", "198.51.100.3-198.51.100.9"}}},
        {"of overlapping ranges either may hold the next",
         {"198.51.100.0-198.51.100.9", "198.51.100.5-198.51.100.20", "198.51.100.6-198.51.100.9", "198.51.100.10"},
         {{"198.51.100.6-198.51.100.9", "198.51.100.5-198.51.100.20"},
          {"198.51.100.10", "198.51.100.5-198.51.100.20"}}},
        {"a network covers a range in it",
         {"198.51.100.0/24", "198.51.100.3-198.51.100.9"},
         {{"198.51.100.3-198.51.100.9", "198.51.100.0/24"}}},
        {"an address covers no other", {"198.51.100.7", "198.51.100.8"}, {}},
    };
    for (const auto& c : cases) EXPECT_EQ(covers_of(TargetKind::ipv4_group, c.entries), c.expected) << c.fact;
}

TEST(Cover, nothing_gives_nothing) {
    EXPECT_TRUE(find_covers(TargetKind::url_category, {}).empty());
}

}  // namespace
