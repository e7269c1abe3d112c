#include "compile/compile.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <set>

#include "tests/unit/compile/one_by_one.hpp"

namespace cordon::compile {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

using core::EntityType;
using core::Protection;
using core::ProtectionBuilder;
using core::Reason;
using core::ReasonClass;

Protection protection_of(const std::vector<std::string>& never = {}) {
    ProtectionBuilder builder;
    builder.add_builtin_lock_out();
    builder.add_builtin_popular();
    for (const auto& value : never) EXPECT_TRUE(builder.add_never(value, "allow"));
    return builder.build();
}

struct Compiled {
    std::vector<std::string> entries;
    Tally tally;
};

Compiled compile(const CompileRules& rules, const std::vector<std::string>& lists,
                 const std::vector<std::string>& never = {}, unsigned threads = 2) {
    const auto protection = protection_of(never);
    const Workers workers(threads);
    const auto list = compile({lists.begin(), lists.end()}, rules, protection, workers);
    return {entries_of(list), list.tally()};
}

constexpr CompileRules domains{EntityType::domain, false, 0};
constexpr CompileRules dotted{EntityType::domain, true, 0};
constexpr CompileRules urls{EntityType::url, false, 0};
constexpr CompileRules ips{EntityType::ip, false, 0};

TEST(Compile, gives_canonical_unique_entries_in_ascending_order) {
    const auto compiled = compile(domains, {"evil.com\nAlpha.NET.\n", "evil[.]com\nhxxp://beta.org/\n"});
    EXPECT_THAT(compiled.entries, ElementsAre("alpha.net", "beta.org", "evil.com"));
    EXPECT_EQ(compiled.tally.fetched, 4U);
    EXPECT_EQ(compiled.tally.counts.of(Reason::duplicate), 1U);
    EXPECT_EQ(compiled.tally.accepted(), 3U);
}

TEST(Compile, understands_the_usual_layouts_of_plain_lists) {
    const auto compiled = compile(domains, {"\xEF\xBB\xBF# head\r\na.com # since May\r\n\r\n; remark\nb.com\t17\tx\n"
                                            "0.0.0.0 c.com d.com # two\n  e.com  \nf.com"});
    EXPECT_THAT(compiled.entries, ElementsAre("a.com", "b.com", "c.com", "d.com", "e.com", "f.com"));
    EXPECT_EQ(compiled.tally.fetched, 6U);
}

TEST(Compile, guards_are_always_on_and_counted_by_reason) {
    const auto compiled = compile(
        domains, {"github.com\nacme.okta.com\nco.uk\nx.example\n10.0.0.1\nours.com\nno\nevil.com"}, {"ours.com"});
    EXPECT_THAT(compiled.entries, ElementsAre("evil.com"));
    const auto& counts = compiled.tally.counts;
    EXPECT_EQ(counts.of(Reason::popular), 1U);
    EXPECT_EQ(counts.of(Reason::lock_out), 1U);
    EXPECT_EQ(counts.of(Reason::public_suffix), 1U);
    EXPECT_EQ(counts.of(Reason::reserved_address), 1U);
    EXPECT_EQ(counts.of(Reason::never), 1U);
    EXPECT_EQ(counts.of(ReasonClass::rejected), 7U);
    EXPECT_EQ(compiled.tally.accepted(), 1U);
}

TEST(Compile, with_subdomains_parents_cover_children_and_protected_names_stay_free) {
    const auto compiled = compile(dotted, {"www.evil.com\nevil.com\nx.y.evil.com\nco-host.com\n"}, {"www.co-host.com"});
    EXPECT_THAT(compiled.entries, ElementsAre(".evil.com", "co-host.com"));
    EXPECT_EQ(compiled.tally.counts.of(Reason::covered), 2U);
}

TEST(Compile, a_host_covers_its_urls_and_a_url_never_becomes_its_host) {
    const auto compiled =
        compile(urls, {"http://evil.com/a\nhttps://evil.com/\nhttps://github.com/x/evil.exe\nhttp://github.com/"});
    EXPECT_THAT(compiled.entries, ElementsAre("evil.com", "github.com/x/evil.exe"));
    EXPECT_EQ(compiled.tally.counts.of(Reason::covered), 1U);
    EXPECT_EQ(compiled.tally.counts.of(Reason::popular), 1U);
}

TEST(Compile, addresses_are_merged_to_the_fewest_networks) {
    const auto compiled = compile(ips, {"8.8.8.0\n8.8.8.1\n8.8.8.1\n8.8.8.2/31\n8.8.8.3\n9.9.9.4-9.9.9.6\n"});
    EXPECT_THAT(compiled.entries, ElementsAre("8.8.8.0/30", "9.9.9.4/31", "9.9.9.6"));
    EXPECT_EQ(compiled.tally.fetched, 6U);
    EXPECT_EQ(compiled.tally.counts.of(Reason::duplicate), 1U);
    EXPECT_EQ(compiled.tally.counts.of(Reason::covered), 1U);
    EXPECT_EQ(compiled.tally.accepted(), 4U);
}

TEST(Compile, addresses_of_several_blocks_are_those_of_one) {
    const std::vector<std::string> ends{"8.8.8.0/30\n9.9.9.9\n", "8.8.8.1\n9.9.9.9\n9.9.9.8\n8.8.8.0/31\n7.7.7.7\n"};
    std::vector<std::string> lists(130, "9.9.9.4\n");  // a list is a piece, and a block has 128
    lists.front() += ends.front();
    lists.back() += ends.back();
    const auto several = compile(ips, lists);
    EXPECT_THAT(several.entries, ElementsAre("7.7.7.7", "8.8.8.0/30", "9.9.9.4", "9.9.9.8/31"));
    EXPECT_EQ(several.tally.counts.of(Reason::duplicate), 130U);
    EXPECT_EQ(several.tally.counts.of(Reason::covered), 2U);
    EXPECT_EQ(several.tally.accepted(), 5U);
}

TEST(Compile, protected_addresses_are_cut_out_of_wider_networks) {
    const auto compiled = compile(ips, {"8.8.8.0/29\n8.8.8.3\n9.9.9.0/24\n"}, {"8.8.8.3", "9.9.0.0/16"});
    EXPECT_THAT(compiled.entries, ElementsAre("8.8.8.0/31", "8.8.8.2", "8.8.8.4/30"));
    EXPECT_EQ(compiled.tally.counts.of(Reason::never), 2U);
    EXPECT_EQ(compiled.tally.accepted(), 1U);
}

TEST(Compile, networks_that_no_group_can_hold_are_rejected) {
    const auto compiled =
        compile(ips, {"8.0.0.0/8\n2a00:1450::1\n192.168.0.0-192.168.0.9\nevil.com\n7.255.0.0-9.0.0.0\n"});
    EXPECT_THAT(compiled.entries, IsEmpty());
    EXPECT_EQ(compiled.tally.counts.of(Reason::too_wide), 2U);
    EXPECT_EQ(compiled.tally.counts.of(Reason::unsupported_by_target), 1U);
    EXPECT_EQ(compiled.tally.counts.of(Reason::reserved_address), 1U);
    EXPECT_EQ(compiled.tally.accepted(), 0U);
}

TEST(Compile, max_keeps_the_first_by_text) {
    CompileRules rules = domains;
    rules.max_entries = 2;
    const auto compiled = compile(rules, {"d.com\nb.com\nc.com\na.com\n"});
    EXPECT_THAT(compiled.entries, ElementsAre("a.com", "b.com"));
    EXPECT_EQ(compiled.tally.over_capacity, 2U);
    EXPECT_EQ(compiled.tally.accepted(), 4U);
}

TEST(Compile, max_keeps_parents_before_what_they_cover) {
    CompileRules rules = dotted;
    rules.max_entries = 1;
    EXPECT_THAT(compile(rules, {"a.evil.com\nevil.com\n"}).entries, ElementsAre(".evil.com"));
}

TEST(Compile, max_applies_to_networks) {
    CompileRules rules = ips;
    rules.max_entries = 1;
    const auto compiled = compile(rules, {"8.8.8.8\n9.9.9.9\n"});
    EXPECT_THAT(compiled.entries, ElementsAre("8.8.8.8"));
    EXPECT_EQ(compiled.tally.over_capacity, 1U);
}

TEST(Compile, an_empty_list_gives_nothing) {
    for (const auto& rules : {domains, dotted, urls, ips}) {
        const auto compiled = compile(rules, {"", "\n\n# nothing\n"});
        EXPECT_THAT(compiled.entries, IsEmpty());
        EXPECT_EQ(compiled.tally.fetched, 0U);
    }
}

/// Random lists, with duplicates and children, one value a line.
std::string random_names(std::uint32_t seed, std::size_t count) {
    std::mt19937 random(seed);
    std::string text;
    for (std::size_t i = 0; i < count; ++i) {
        text +=
            fmt::format("{}h{}.com\n", random() % 3 == 0 ? fmt::format("w{}.", random() % 4) : "", random() % 90'000);
    }
    return text;
}

TEST(Compile, a_capped_list_is_the_head_of_the_whole_one) {
    const auto text = random_names(7, 200'000);
    CompileRules capped = domains;
    capped.max_entries = 1'000;
    auto whole = compile(domains, {text});
    const auto head = compile(capped, {text});
    ASSERT_GT(whole.entries.size(), 80'000U);  // more than the compiler gathers before it drops the surplus
    whole.entries.resize(1'000);
    EXPECT_EQ(head.entries, whole.entries);
    EXPECT_EQ(head.tally.fetched, 200'000U);
    EXPECT_EQ(head.tally.accepted(), head.entries.size() + head.tally.over_capacity);
}

TEST(Compile, a_capped_list_does_not_depend_on_the_order_of_its_lines) {
    auto text = random_names(11, 150'000);
    CompileRules rules = dotted;
    rules.max_entries = 500;
    const auto forwards = compile(rules, {text});
    std::ranges::reverse(text);
    std::string backwards_text;
    for (std::size_t at = 0, end = 0; at < text.size(); at = end + 1) {
        end = std::min(text.find('\n', at), text.size());
        std::string line = text.substr(at, end - at);
        std::ranges::reverse(line);
        backwards_text += line + "\n";
    }
    EXPECT_EQ(compile(rules, {backwards_text}).entries, forwards.entries);
    EXPECT_EQ(forwards.entries.size(), 500U);
}

TEST(Compile, the_numbers_add_up_and_the_entries_are_those_of_a_plain_set) {
    const auto text = random_names(3, 50'000);
    const auto lines = lines_of(text);
    const std::set<std::string> expected(lines.begin(), lines.end());
    const auto compiled = compile(domains, {text});
    EXPECT_EQ(std::set<std::string>(compiled.entries.begin(), compiled.entries.end()), expected);
    EXPECT_TRUE(std::ranges::is_sorted(compiled.entries));
    EXPECT_EQ(compiled.tally.accepted(), expected.size());
    EXPECT_EQ(compiled.tally.counts.of(Reason::duplicate), 50'000 - expected.size());
}

/// Names of every kind that has its own way through the program, in some thousand families.
std::string mixed_names(std::uint32_t seed, std::size_t bytes) {
    std::mt19937 random(seed);
    std::string text;
    while (text.size() < bytes) {
        const auto number = random() % 60'000;
        switch (random() % 8) {
            case 0: text += fmt::format("A{}.CO.UK\r\n", number); break;
            case 1: text += fmt::format("a.b.c.d.e.f{}.com\n", number % 50); break;
            case 2: text += fmt::format("f{}.com\n", number % 100); break;
            case 3: text += fmt::format("# {}\n\n0.0.0.0 h{}.net\n", number, number); break;
            case 4: text += fmt::format("{}.evil.com\n", number); break;
            case 5: text += fmt::format("b\u00fccher{}.de\n", number); break;
            case 6: text += fmt::format("x{}\n10.0.0.{}\n", number, number % 256); break;
            default: text += fmt::format("www.h{}.github.io\n", number % 3'000); break;
        }
    }
    return text;
}

TEST(Compile, the_result_does_not_depend_on_threads_or_seed) {
    const auto text = mixed_names(23, 1'300'000);  // two pieces
    for (CompileRules rules : {domains, dotted, urls}) {
        for (const std::size_t most : {std::size_t{0}, std::size_t{700}}) {
            rules.max_entries = most;
            const auto expected = compile(rules, {text, text}, {}, 1);
            ASSERT_GT(expected.entries.size(), 500U);
            for (const unsigned threads : {2U, 3U}) {
                rules.seed = threads * 77;
                const auto found = compile(rules, {text, text}, {}, threads);
                EXPECT_EQ(found.entries, expected.entries);
                EXPECT_EQ(found.tally.counts, expected.tally.counts);
                EXPECT_EQ(found.tally.samples, expected.tally.samples);
                EXPECT_EQ(found.tally.over_capacity, expected.tally.over_capacity);
            }
        }
    }
}

TEST(Compile, room_that_later_lines_free_is_filled_again) {
    // The first block is full of children that one parent covers at the end; what comes behind them had been dropped.
    std::string text;
    for (int i = 0; i < 80'000; ++i) text += fmt::format("a{}.b.evil.com\nz{}.c{}.zzz.com\n", i, i, i);
    std::string filler(129U << 20U, '\n');  // the lines behind it are in the next block
    CompileRules rules = dotted;
    rules.max_entries = 1'000;
    const auto capped = compile(rules, {text + filler, "evil.com\n"});
    rules.max_entries = 0;
    auto whole = compile(rules, {text, "evil.com\n"});
    EXPECT_EQ(capped.entries.size(), 1'000U);
    EXPECT_EQ(capped.entries.front(), ".evil.com");
    EXPECT_EQ(whole.entries.size(), 80'001U);
}

TEST(Compile, a_line_of_a_megabyte_is_one_value) {
    const std::string long_line(3U << 20U, 'a');
    const auto compiled = compile(domains, {"evil.com\n" + long_line + "\n" + long_line + ".com\nevil.org"});
    EXPECT_THAT(compiled.entries, ElementsAre("evil.com", "evil.org"));
    EXPECT_EQ(compiled.tally.fetched, 4U);
    EXPECT_EQ(compiled.tally.counts.of(ReasonClass::rejected), 2U);
}

TEST(Compile, the_type_is_told_from_the_first_lines) {
    EXPECT_EQ(detect_entity("# x\nevil.com\nwww.evil.com\n8.8.8.8\n").type, EntityType::domain);
    EXPECT_EQ(detect_entity("0.0.0.0 evil.com\n0.0.0.0 www.evil.com\n").type, EntityType::domain);
    EXPECT_EQ(detect_entity("http://evil.com/x\nevil.com/y\nhttp://8.8.8.8/\n").type, EntityType::url);
    EXPECT_EQ(detect_entity("8.8.8.8\n9.9.9.0/24 # x\n").type, EntityType::ip);
    EXPECT_EQ(detect_entity("8.8.8.8\t12\n").type, EntityType::ip);
    EXPECT_TRUE(detect_entity("http://evil.com/x\nevil.com\n8.8.8.8\n").is_mixed);
    EXPECT_FALSE(detect_entity("Too many requests, slow down\nfor your key\n").is_mixed);
    EXPECT_EQ(detect_entity("").type, std::nullopt);
    EXPECT_EQ(detect_entity("Too many requests, slow down\nfor your key\n").type, std::nullopt);
}

}  // namespace
}  // namespace cordon::compile
