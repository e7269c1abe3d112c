#include "feeds/parse/csv_scanner.hpp"

#include <gtest/gtest.h>

namespace cordon::feeds {
namespace {

using Records = std::vector<std::vector<std::string>>;

struct Scan {
    Records records;
    bool is_torn = false;
    bool is_last_line_ended = false;
};

Scan scan(std::string_view text) {
    Scan result;
    CsvScanner scanner(text);
    std::string scratch;
    for (;;) {
        const auto step = scanner.next();
        if (step == CsvScanner::Step::end) return result;
        result.is_torn = step == CsvScanner::Step::torn;
        result.is_last_line_ended = scanner.is_line_ended();
        result.records.emplace_back();
        for (const CsvField& field : scanner.fields()) result.records.back().emplace_back(text_of(field, scratch));
    }
}

struct Fact {
    const char* name;
    std::string text;
    Records records;
};

class CsvScannerFacts : public ::testing::TestWithParam<Fact> {};

TEST_P(CsvScannerFacts, holds) {
    const Scan result = scan(GetParam().text);
    EXPECT_EQ(result.records, GetParam().records);
    EXPECT_FALSE(result.is_torn);
}

INSTANTIATE_TEST_SUITE_P(
    CsvScanner, CsvScannerFacts,
    ::testing::Values(Fact{"no_text_has_no_records", "", {}},
                      Fact{"fields_are_split_at_commas", "a,b,,c\n", {{"a", "b", "", "c"}}},
                      Fact{"a_final_line_end_is_not_needed", "a\nb", {{"a"}, {"b"}}},
                      Fact{"crlf_and_cr_end_records_too", "a\r\nb\rc\n", {{"a"}, {"b"}, {"c"}}},
                      Fact{"a_blank_line_is_one_empty_field", "a\n\nb\n", {{"a"}, {""}, {"b"}}},
                      Fact{"a_comma_at_the_end_leaves_an_empty_field", "a,", {{"a", ""}}},
                      Fact{"quotes_hold_commas_and_line_ends", "\"a,b\",\"c\r\nd\"\n", {{"a,b", "c\r\nd"}}},
                      Fact{"two_quotes_are_one",
                           R"("say ""x""","""")"
                           "\n",
                           {{R"(say "x")", "\""}}},
                      Fact{"an_empty_quoted_field_is_empty", "\"\",\"\"\n", {{"", ""}}},
                      Fact{"a_quote_inside_an_unquoted_field_is_text", "a\"b,c\n", {{"a\"b", "c"}}},
                      Fact{"text_behind_a_closing_quote_keeps_the_field_whole", "\"a\"b,c\n", {{"\"a\"b", "c"}}}),
    [](const auto& param) { return param.param.name; });

TEST(CsvScanner, a_text_that_ends_inside_quotes_is_torn) {
    const Scan result = scan("a,b\nc,\"d\ne");
    EXPECT_TRUE(result.is_torn);
    EXPECT_EQ(result.records.back(), (std::vector<std::string>{"c", "d\ne"}));
}

TEST(CsvScanner, tells_whether_the_last_record_was_closed_by_a_line_end) {
    EXPECT_TRUE(scan("a\nb\n").is_last_line_ended);
    EXPECT_FALSE(scan("a\nb").is_last_line_ended);
}

TEST(CsvScanner, takes_fields_of_any_length) {
    const std::string big(512U << 10, 'x');
    const Scan result = scan("\"" + big + "\",\"" + big + "\"\"\"\n");
    ASSERT_EQ(result.records.size(), 1U);
    EXPECT_EQ(result.records[0], (std::vector<std::string>{big, big + "\""}));
}

}  // namespace
}  // namespace cordon::feeds
