// Texts put in order, and taken out of the quotes they came in.

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <string>
#include <vector>

#include "base/text_order.hpp"
#include "feeds/parse/csv_scanner.hpp"

namespace cordon {
namespace {

TEST(TextProperty, the_order_by_first_bytes_is_the_order_of_the_texts) {
    EXPECT_TRUE(rc::check([] {
        const auto text = rc::gen::oneOf(rc::gen::container<std::string>(rc::gen::element('a', 'b', '\xff', '\0')),
                                         rc::gen::arbitrary<std::string>());
        const auto texts = *rc::gen::container<std::vector<std::string>>(text);
        const auto order = order_by_text(
            texts.size(), [&](auto at) { return std::string_view(texts[at]); },
            [&](auto a, auto b) { return texts[a] < texts[b]; });
        std::vector<std::string> found;
        for (const auto at : order) found.push_back(texts[at]);
        auto expected = texts;
        std::sort(expected.begin(), expected.end());
        RC_ASSERT(found == expected);
    }));
}

/// Runs of plain text as long as a look at sixteen bytes, and quotes wherever they fall in it.
rc::Gen<std::string> field_text() {
    const auto piece = rc::gen::element<std::string>("\"", "\"", "\"\"", ",", "\n", "a", "1234567", "123456789abcdef",
                                                     "123456789abcdefg", "\r\n", "{\"k\": \"v\"}");
    return rc::gen::map(rc::gen::container<std::vector<std::string>>(piece),
                        [](const std::vector<std::string>& pieces) {
                            std::string text;
                            for (const auto& each : pieces) text += each;
                            return text;
                        });
}

TEST(TextProperty, what_is_quoted_comes_out_of_its_quotes_unchanged) {
    EXPECT_TRUE(rc::check([] {
        const auto texts = *rc::gen::nonEmpty(rc::gen::container<std::vector<std::string>>(field_text()));
        std::string record;
        for (const auto& text : texts) {
            record += record.empty() ? "\"" : ",\"";
            for (const char c : text) record += c == '"' ? std::string("\"\"") : std::string(1, c);
            record += '"';
        }
        const bool is_ended = *rc::gen::arbitrary<bool>();
        if (is_ended) record += "\n";
        feeds::CsvScanner scanner(record);
        RC_ASSERT(scanner.next() == feeds::CsvScanner::Step::record);
        RC_ASSERT(scanner.is_line_ended() == is_ended);
        RC_ASSERT(scanner.fields().size() == texts.size());
        std::string scratch;
        for (std::size_t i = 0; i < texts.size(); ++i) {
            RC_ASSERT(std::string(feeds::text_of(scanner.fields()[i], scratch)) == texts[i]);
        }
        RC_ASSERT(scanner.next() == feeds::CsvScanner::Step::end);
    }));
}

TEST(TextProperty, a_quote_that_nothing_closes_tears_the_record) {
    EXPECT_TRUE(rc::check([] {
        std::string record = "\"";
        for (const char c : *field_text()) record += c == '"' ? std::string("\"\"") : std::string(1, c);
        feeds::CsvScanner scanner(record);
        RC_ASSERT(scanner.next() == feeds::CsvScanner::Step::torn);
    }));
}

}  // namespace
}  // namespace cordon
