#include "core/suffix_rules.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "core/public_suffix.hpp"

namespace cordon::core {
namespace {

const SuffixRule* rule_of(const std::string& name) {
    const auto& rules = suffix_rules();
    const auto found = std::ranges::find(rules, name, &SuffixRule::name);
    return found == rules.end() ? nullptr : &*found;
}

TEST(SuffixRules, are_those_of_the_list) {
    if (suffix_list_file().empty()) GTEST_SKIP() << "libpsl's own list shows no rules";
    EXPECT_GT(suffix_rules().size(), 5'000U);
    for (const auto* name : {"com", "co.uk", "github.io", "xn--p1ai"}) {
        const auto* const rule = rule_of(name);
        ASSERT_NE(rule, nullptr) << name;
        EXPECT_TRUE(rule->is_suffix) << name;
        EXPECT_FALSE(rule->is_wildcard) << name;
    }
    ASSERT_NE(rule_of("ck"), nullptr);
    EXPECT_TRUE(rule_of("ck")->is_wildcard);
    ASSERT_NE(rule_of("www.ck"), nullptr);
    EXPECT_FALSE(rule_of("www.ck")->is_suffix) << "an exception";
    EXPECT_EQ(rule_of("example.com"), nullptr);
}

TEST(SuffixRules, say_what_the_list_says) {
    for (const SuffixRule& rule : suffix_rules()) {
        EXPECT_EQ(is_suffix_by_the_list(rule.name), rule.is_suffix) << rule.name;
        EXPECT_EQ(is_public_suffix(rule.name), rule.is_suffix) << rule.name;
        EXPECT_EQ(is_public_suffix("x-1." + rule.name), is_suffix_by_the_list("x-1." + rule.name)) << rule.name;
        EXPECT_EQ(is_suffix_by_the_list("x-1." + rule.name), rule.is_wildcard) << rule.name;
    }
}

}  // namespace
}  // namespace cordon::core
