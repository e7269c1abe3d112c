#include "core/match.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cordon::core {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

struct Fact {
    const char* entry;
    const char* url;
    bool blocks;
};

// zia-api.md 5.2
TEST(Match, category_entries_block_as_the_gateway_says) {
    const Fact facts[] = {
        {".bad.test", "bad.test", true},
        {".bad.test", "a.bad.test", true},
        {".bad.test", "a.b.c.d.bad.test", true},
        {".bad.test", "a.b.c.d.e.bad.test", false},  // the stricter reading of "5 levels"
        {".bad.test", "a.bad.test:8443/x?y", true},
        {".bad.test", "notbad.test", false},
        {".bad.test", "bad.test.other", false},
        {"bad.test", "bad.test", true},
        {"bad.test", "bad.test/x?y=z", true},
        {"bad.test", "bad.test:8443/x", true},
        {"bad.test", "www.bad.test", false},
        {"bad.test", "bad.test.other", false},
        {"bad.test/res", "bad.test/res", true},
        {"bad.test/res", "bad.test/res/x", false},
        {"bad.test/res", "bad.test/resx", false},
        {"bad.test/res", "bad.test", false},
        {"bad.test/res/", "bad.test/res/x/y?z", true},
        {"bad.test/res/", "bad.test/res", false},
        {"bad.test/res/", "other.test/res/x", false},
        {"bad.test/?a=/", "bad.test/?a=/b", false},
        {"bad.test:8443", "bad.test:8443/x", true},
        {"bad.test:8443", "bad.test:8443", true},
        {"bad.test:8443", "bad.test:84431/x", false},
        {"bad.test:8443", "bad.test/x", false},
        {"198.51.100.7", "198.51.100.7/x", true},
        {"198.51.100.7", "198.51.100.70", false},
        {"2001:db8::7", "2001:db8::7", true},
        {"2001:db8::7", "2001:db8::8", false},
        {"", "bad.test", false},
        {"bad.test", "", false},
    };
    for (const auto& [entry, url, blocks] : facts) {
        EXPECT_EQ(category_entry_blocks(entry, url), blocks) << entry << " against " << url;
    }
}

TEST(Match, group_entries_block_what_they_contain) {
    const Fact facts[] = {
        {"198.51.100.0/24", "198.51.100.7", true},
        {"198.51.100.0/24", "198.51.100.128/25", true},
        {"198.51.100.7", "198.51.100.7", true},
        {"198.51.100.7", "198.51.100.0/24", false},
        {"198.51.100.3-198.51.100.9", "198.51.100.9", true},
        {"198.51.100.3-198.51.100.9", "198.51.100.10", false},
        {"bad.test", "198.51.100.7", false},
        {"198.51.100.7", "bad.test", false},
    };
    for (const auto& [entry, address, blocks] : facts) {
        EXPECT_EQ(group_entry_blocks(entry, address), blocks) << entry << " against " << address;
    }
}

TEST(Assertions, never_block_names_the_entry_that_breaks_it) {
    const Assertions assertions{{"HTTPS://Portal.Test/", "mail.portal.test", "203.0.113.0/24"}, {}};
    const auto broken = broken_never_block(assertions, TargetKind::url_category,
                                           {"x.test", "portal.test/one/page", ".portal.test", "203.0.113.9"});
    ASSERT_EQ(broken.size(), 3U);
    EXPECT_EQ(broken[0].assertion, "never_block HTTPS://Portal.Test/");
    EXPECT_EQ(broken[0].entry, ".portal.test");
    EXPECT_EQ(broken[1].assertion, "never_block mail.portal.test");
    EXPECT_EQ(broken[2].entry, "203.0.113.9");
    EXPECT_THAT(broken_never_block(assertions, TargetKind::url_category, {"portal.test/one/page"}), IsEmpty());
}

TEST(Assertions, never_block_of_a_network_is_broken_by_any_overlap) {
    const Assertions assertions{{"203.0.113.0/24", "198.51.100.7"}, {}};
    const auto broken = broken_never_block(assertions, TargetKind::ipv4_group, {"203.0.113.9", "198.51.100.0/28"});
    ASSERT_EQ(broken.size(), 2U);
    EXPECT_EQ(broken[0].entry, "203.0.113.9");
    EXPECT_EQ(broken[1].entry, "198.51.100.0/28");
    EXPECT_THAT(broken_never_block(assertions, TargetKind::ipv4_group, {"203.0.114.0/24"}), IsEmpty());
    EXPECT_THAT(broken_never_block(assertions, TargetKind::url_category, {"198.51.100.7"}), testing::SizeIs(1));
}

TEST(Assertions, never_block_of_a_network_is_broken_by_category_entries_on_its_addresses) {
    const Fact facts[] = {
        {"203.0.113.5", "203.0.113.0/24", true},
        {"203.0.113.9/path?q", "203.0.113.0/24", true},
        {"203.0.113.9:8080/path", "203.0.113.0/24", true},
        {"203.0.113.9/path", "203.0.113.9/32", true},
        {"203.0.113.5", "203.0.113.4-203.0.113.6", true},
        {"203.0.113.7", "203.0.113.4-203.0.113.6", false},
        {"203.0.114.5/path", "203.0.113.0/24", false},
        {"203.0.113.5.host.test", "203.0.113.0/24", false},
        {"host.test/203.0.113.5", "203.0.113.0/24", false},
        {"2001:db8:1::7", "2001:db8::/32", true},
        {"2001:db8:1::7", "2001:db8:1::/33", true},
        {"2001:db8:8000::7", "2001:db8::/33", false},
        {"2001:db9::7", "2001:db8::/32", false},
        {"203.0.113.5", "2001:db8::/32", false},
        {"2001:db8::7", "203.0.113.0/24", false},
    };
    for (const auto& [entry, pattern, breaks] : facts) {
        const auto broken = broken_never_block({{pattern}, {}}, TargetKind::url_category, {"calm.test", entry});
        ASSERT_EQ(broken.size(), breaks ? 1U : 0U) << entry << " against " << pattern;
        if (breaks) {
            EXPECT_EQ(broken[0].entry, entry);
        }
    }
}

TEST(Assertions, must_block_is_met_by_any_list) {
    const Assertions assertions{{}, {"evil.test/x", "203.0.113.7", "203.0.113.0/24", "198.51.100.1", "calm.test"}};
    const std::vector<std::string> names{".evil.test", "198.51.100.1"};
    const std::vector<std::string> more_names{"other.test"};
    const std::vector<std::string> addresses{"203.0.113.0/28"};
    EXPECT_THAT(unmet_must_block(assertions, {&names, &more_names}, {&addresses}),
                ElementsAre("must_block 203.0.113.0/24", "must_block calm.test"));
    EXPECT_THAT(unmet_must_block({}, {}, {}), IsEmpty());
}

TEST(Assertions, every_pattern_that_cannot_be_read_is_named_with_its_key) {
    EXPECT_THAT(unreadable_patterns({{"a.test", "a.test/x", "203.0.113.7", "203.0.113.0/24"}, {"b.test:8443/x"}}),
                IsEmpty());
    for (const char* wrong : {"not a host", "", ".a.test", "*.a.test"}) {
        const auto unreadable = unreadable_patterns({{"*.first.test", "a.test"}, {"b.test", wrong}});
        ASSERT_EQ(unreadable.size(), 2U) << wrong;
        EXPECT_EQ(unreadable[0].key, "never_block");
        EXPECT_THAT(unreadable[0].message, HasSubstr("'*.first.test'"));
        EXPECT_EQ(unreadable[1].key, "must_block");
        EXPECT_THAT(unreadable[1].message, HasSubstr(std::string("'") + wrong + "'"));
    }
}

}  // namespace
}  // namespace cordon::core
