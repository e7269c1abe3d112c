// Feed files, pages and error bodies that are made to take all memory or time: each costs a few times its own size at
// the most, and a moment.

#include <sys/resource.h>

#include <chrono>
#include <functional>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "feeds/falcon_errors.hpp"
#include "feeds/parse/csv_scanner.hpp"
#include "feeds/parse/falcon_page.hpp"
#include "feeds/parse_feed.hpp"
#include "feeds/recorded_future_errors.hpp"

namespace cordon::feeds {
namespace {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool k_is_measured = false;
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
constexpr bool k_is_measured = false;
#else
constexpr bool k_is_measured = true;
#endif
#else
constexpr bool k_is_measured = true;
#endif

constexpr std::size_t k_size = k_is_measured ? 16U << 20 : 2U << 20;  // sanitizers take their time

std::string repeated(std::string_view piece, std::size_t size = k_size) {
    std::string text;
    text.reserve(size + piece.size());
    while (text.size() < size) text += piece;
    return text;
}

std::size_t memory_peak() {
    rusage usage{};
    ::getrusage(RUSAGE_SELF, &usage);
    return static_cast<std::size_t>(usage.ru_maxrss) * 1024;
}

/// A file, a page or a body, and its name.
struct Hostile {
    const char* name;
    std::string (*make)();
};

class AHostileText : public ::testing::TestWithParam<Hostile> {
protected:
    /// `most_copies`: how many times its own size `read` may take beside the text.
    static void read_within(double most_copies, const std::function<void(std::string)>& read) {
        auto text = GetParam().make();
        const auto size = text.size();
        const auto before = memory_peak();
        const auto began = std::chrono::steady_clock::now();
        read(std::move(text));
        EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::seconds(30));
        if (!k_is_measured) return;
        EXPECT_LT(static_cast<double>(memory_peak() - before), most_copies * static_cast<double>(size));
    }
};

TEST_P(AHostileText, is_read_or_refused_as_a_feed_file) {
    read_within(6, [](std::string text) {
        const auto parsed = parse_feed(std::move(text), {});
        EXPECT_TRUE(parsed || parsed.error().code == Code::corrupt);
    });
}

TEST_P(AHostileText, is_read_or_refused_as_a_page_of_crowdstrike) {
    read_within(6, [](std::string text) {
        FalconPageReader reader;
        core::MirrorRows rows;
        const auto page = reader.read(text, "url", rows);
        EXPECT_TRUE(page || (page.error().code == Code::corrupt && rows.empty()));
    });
}

/// The HTTP client gives a refusal's first megabyte.
TEST_P(AHostileText, makes_a_short_sentence_as_a_refusal) {
    read_within(6, [](std::string text) {
        text.resize(std::min<std::size_t>(text.size(), 1U << 20));
        const net::Response response{500, {}, std::move(text), false};
        EXPECT_LT(error_of(response, "GET https://api.example/", "the file").message.size(), 4'000U);
        EXPECT_LT(falcon_error(response, "GET https://api.example/", FalconRequest::indicators).message.size(), 4'000U);
    });
}

INSTANTIATE_TEST_SUITE_P(
    Each, AHostileText,
    ::testing::Values(
        Hostile{"arrays", [] { return repeated("["); }}, Hostile{"objects", [] { return repeated("{\"a\":"); }},
        Hostile{"arrays_in_results", [] { return R"({"count":1,"results":[{"ip":)" + repeated("["); }},
        Hostile{"arrays_in_resources", [] { return R"({"resources":[{"indicator":)" + repeated("["); }},
        Hostile{"key", [] { return "{\"" + repeated("k") + "\":1}"; }},
        Hostile{"string", [] { return R"({"count":1,"results":[{"ip":")" + repeated("1") + "\"}]}"; }},
        Hostile{"escapes", [] { return R"({"results":[{"domain":")" + repeated("\\u0041") + "\"}]}"; }},
        Hostile{"number", [] { return R"({"count":)" + repeated("9") + ",\"results\":[]}"; }},
        Hostile{"empty_rows", [] { return "{\"results\":[" + repeated("{},") + "{}]}"; }},
        Hostile{"numbers", [] { return "[" + repeated("0,") + "0]"; }},
        Hostile{"commas", [] { return "Name,Risk\n" + repeated(","); }},
        Hostile{"quoted_commas", [] { return "Name,Risk\n" + repeated("\"\","); }},
        Hostile{"field", [] { return "Name,Risk\n\"" + repeated("x") + "\",1\n"; }},
        Hostile{"open_quote", [] { return "Name,Risk\n\"" + repeated("\"\""); }},
        Hostile{"evidence", [] { return "Name,Risk,EvidenceDetails\na.example,9,\"" + repeated("[") + "\"\n"; }},
        Hostile{"line", [] { return repeated("a"); }}, Hostile{"line_ends", [] { return repeated("\r\n"); }},
        Hostile{"comments", [] { return repeated("#\n"); }},
        Hostile{"nul_bytes", [] { return repeated(std::string_view("\0", 1)); }},
        Hostile{"no_utf8", [] { return repeated("\xff\xfe"); }}),
    [](const auto& hostile) { return hostile.param.name; });

TEST(CsvScanner, keeps_no_more_fields_than_any_file_has_columns) {
    const auto text = repeated(",", 5'000) + "\nlast";
    CsvScanner scanner(text);
    EXPECT_EQ(scanner.next(), CsvScanner::Step::record);
    EXPECT_EQ(scanner.fields().size(), k_most_csv_fields);
    EXPECT_EQ(scanner.next(), CsvScanner::Step::record);
    EXPECT_EQ(scanner.fields().front().raw, "last");
}

}  // namespace
}  // namespace cordon::feeds
