#include "feeds/parse_feed.hpp"

#include <sys/resource.h>

#include <gtest/gtest.h>

#include "base/text.hpp"
#include "tests/unit/feeds/gzip_of.hpp"
#include "tests/unit/feeds/rows_of.hpp"

namespace cordon::feeds {
namespace {

using namespace std::string_literals;
using core::EntityType;

using Lines = std::vector<std::string>;

struct Layout {
    const char* name;
    EntityType entity;
    std::string body;
    Lines rows;
    std::uint64_t invalid_rows = 0;
};

class Layouts : public ::testing::TestWithParam<Layout> {};

TEST_P(Layouts, are_read) {
    const Layout& layout = GetParam();
    const auto parsed = parse_feed(layout.body, {layout.entity});
    ASSERT_TRUE(parsed) << parsed.error().message;
    EXPECT_EQ(lines_of(parsed->indicators), layout.rows);
    EXPECT_EQ(parsed->invalid_rows, layout.invalid_rows);
}

TEST_P(Layouts, are_read_alike_as_gzip_file) {
    const Layout& layout = GetParam();
    const auto parsed = parse_feed(gzip_of(layout.body), {layout.entity});
    ASSERT_TRUE(parsed) << parsed.error().message;
    EXPECT_EQ(lines_of(parsed->indicators), layout.rows);
}

const std::string k_evidence =
    R"({""EvidenceDetails"": [{""Name"": ""recentValidatedCnc"", ""Rule"": ""Validated C&C Server"", )"
    R"(""SightingsCount"": -1.0, ""Timestamp"": ""2026-02-11T05:24:09.000Z""}, {""Rule"": ""Recent \u0026 Bad"", )"
    R"(""Timestamp"": ""2026-02-12T01:00:00.000Z""}]})";

INSTANTIATE_TEST_SUITE_P(
    Json, Layouts,
    ::testing::Values(
        Layout{
            "object_with_results",
            EntityType::ip,
            R"({"count": 2, "timestamp": "2026-02-12T17:15:01Z", "results": [
                   {"ip": "203.0.113.77", "last_seen": "2026-02-12", "malware": ["AsyncRAT", "Other"],
                    "ports": [{"port": 6606, "protocol": "TCP"}]},
                   {"ip": "198.51.100.9", "last_seen": "2026-02-11", "malware": [], "ports": []}]})",
            {"203.0.113.77 seen=2026-02-12T00:00:00Z rules=AsyncRAT, Other", "198.51.100.9 seen=2026-02-11T00:00:00Z"}},
        Layout{"count_behind_the_results",
               EntityType::ip,
               R"({"results":[{"ip":"203.0.113.7"}],"count":1})",
               {"203.0.113.7"}},
        Layout{"detection_strings_name_what_is_true",
               EntityType::domain,
               R"({"results": [{"domain": "login-verify.example", "last_seen": "2026-02-11", "service_provider": "X",
                   "detection_strings": {"phishing site": true, "malware site": false, "spam": 1, "mining": 0,
                                         "fraud": "yes", "image": "", "none": null}}]})",
               {"login-verify.example seen=2026-02-11T00:00:00Z rules=phishing site, spam, fraud"}},
        Layout{"urls",
               EntityType::url,
               R"({"results":[{"url":"https://evil.example/a?b=1","last_seen":"2026-02-11"}]})",
               {"https://evil.example/a?b=1 seen=2026-02-11T00:00:00Z"}},
        Layout{"bare_array_with_epoch_milliseconds",
               EntityType::ip,
               R"([{"ip":"203.0.113.7","lastSeen":1739379301000},{"lastSeen":1739379301,"ip":"2001:db8::1"}])",
               {"203.0.113.7 seen=2025-02-12T16:55:01Z", "2001:db8::1 seen=2025-02-12T16:55:01Z"}},
        Layout{"alternate_date_keys_the_best_first",
               EntityType::ip,
               R"([{"ip":"203.0.113.1","last_scan":"2026-01-02"},
                   {"ip":"203.0.113.2","last_scan":"2026-01-02","last_seen_active":"2026-01-01"},
                   {"ip":"203.0.113.3","signal":["2026-01-01T00:00:00.000Z","2026-01-03T00:00:00.000Z"]},
                   {"ip":"203.0.113.4","last_seen":"long ago"}])",
               {"203.0.113.1 seen=2026-01-02T00:00:00Z", "203.0.113.2 seen=2026-01-01T00:00:00Z",
                "203.0.113.3 seen=2026-01-03T00:00:00Z", "203.0.113.4"}},
        Layout{"an_ip_may_be_a_url_and_malware_a_text",
               EntityType::ip,
               R"([{"hostnames":[],"ip":"http://203.0.113.9:81/x","country":"","malware":"Rat","signal":[]}])",
               {"http://203.0.113.9:81/x rules=Rat"}},
        Layout{"tor_rows_are_their_ip_not_their_name",
               EntityType::ip,
               R"([{"ip":"203.0.113.9","name":"relay.example","flags":"EFG"}])",
               {"203.0.113.9"}},
        Layout{
            "azure_rows_with_evidence_as_object",
            EntityType::ip,
            R"([{"Name":"203.0.113.9","Risk":"95","RiskString":"4/52","EvidenceDetails":{"EvidenceDetails":
                   [{"Rule":"Phishing Host","Timestamp":"2026-02-12T01:00:00.000Z"}]}},
                   {"Name":"203.0.113.10","Risk":66.0,"EvidenceDetails":[{"Rule":"Other"}]}])",
            {"203.0.113.9 risk=95 seen=2026-02-12T01:00:00Z rules=Phishing Host", "203.0.113.10 risk=66 rules=Other"}},
        Layout{"empty_objects_are_counted_and_not_held_against_the_file",
               EntityType::ip,
               R"([{},{"ip":"203.0.113.9"},{},{}])",
               {"203.0.113.9"},
               3},
        Layout{"the_lists_own_entity_comes_first",
               EntityType::domain,
               R"([{"ip":"203.0.113.9","domain":"evil.example","url":"http://evil.example/x"}])",
               {"evil.example"}},
        Layout{"a_bom_nul_and_control_bytes_are_cleaned_away",
               EntityType::domain,
               "\xEF\xBB\xBF[{\"domain\":\"ev\0il.exam\x01ple\"}]"s,
               {"evil.example"}},
        Layout{"raw_line_ends_inside_strings_are_blanks",
               EntityType::domain,
               "[{\"domain\":\"evil.example\",\n\"malware\":\"two\nlines\"}]",
               {"evil.example rules=two lines"}},
        Layout{"broken_escapes_cost_one_value",
               EntityType::domain,
               R"([{"domain":"a.example","malware":["\ud83d"]},{"domain":"b.example"}])",
               {"a.example", "b.example"}},
        Layout{"rules_are_named_once",
               EntityType::domain,
               R"([{"domain":"a.example","malware":["X","Y","X"]}])",
               {"a.example rules=X, Y"}}),
    [](const auto& param) { return param.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Csv, Layouts,
    ::testing::Values(
        Layout{"quoted_risk_list",
               EntityType::ip,
               "\"Name\",\"Risk\",\"RiskString\",\"EvidenceDetails\"\n\"203.0.113.77\",\"99\",\"13/79\",\"" +
                   k_evidence + "\"\n\"198.51.100.0/28\",\"66\",\"2/79\",\"{\"\"EvidenceDetails\"\": []}\"\n",
               {"203.0.113.77 risk=99 seen=2026-02-12T01:00:00Z rules=Validated C&C Server, Recent & Bad",
                "198.51.100.0/28 risk=66"}},
        Layout{"unquoted_header_crlf_and_bom",
               EntityType::domain,
               "\xEF\xBB\xBFName,Risk,RiskString,EvidenceDetails\r\nevil.example,70,1/2,\r\n",
               {"evil.example risk=70"}},
        Layout{"columns_are_found_by_name",
               EntityType::domain,
               "Algorithm,Name,RiskString,Risk\nx,evil.example,1/2,71\n",
               {"evil.example risk=71"}},
        Layout{"opencti_columns",
               EntityType::domain,
               "Name,Risk,FirstSeen,LastSeen,RiskRules\nevil.example,71,2026-01-01,2026-02-01T00:00:00Z,Some Rule\n",
               {"evil.example risk=71 seen=2026-02-01T00:00:00Z rules=Some Rule"}},
        Layout{"broken_evidence_leaves_an_indicator",
               EntityType::domain,
               "Name,Risk,EvidenceDetails\nevil.example,71,\"{\"\"EvidenceDetails\"\": [\"\n",
               {"evil.example risk=71"}},
        Layout{"line_ends_inside_evidence",
               EntityType::domain,
               "Name,Risk,EvidenceDetails\nevil.example,71,\"[{\"\"Rule\"\":\n\"\"R\"\"}]\"\nb.example,72,\n",
               {"evil.example risk=71 rules=R", "b.example risk=72"}},
        Layout{"a_name_alone_is_a_header_too",
               EntityType::domain,
               "Name\nevil.example\nb.example",
               {"evil.example", "b.example"}},
        Layout{"a_risk_out_of_range_or_no_number_is_none",
               EntityType::domain,
               "Name,Risk\na.example,high\nb.example,1000\nc.example,80.0\n",
               {"a.example", "b.example", "c.example risk=80"}},
        Layout{"commas_in_quoted_urls",
               EntityType::url,
               "Name,Risk\n\"http://a.example/x,y\",80\n",
               {"http://a.example/x,y risk=80"}}),
    [](const auto& param) { return param.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Plain, Layouts,
    ::testing::Values(
        Layout{"one_value_a_line",
               EntityType::domain,
               "evil.example\n\nb.example\r\nc.example",
               {"evil.example", "b.example", "c.example"}},
        Layout{"comments_and_trailing_blanks",
               EntityType::ip,
               "# a list\n203.0.113.0/24 \n #x\n198.51.100.1\n",
               {"203.0.113.0/24", "198.51.100.1"}},
        Layout{"value_and_last_seen",
               EntityType::domain,
               "evil.example # 1739379301\nb.example # remark\n",
               {"evil.example seen=2025-02-12T16:55:01Z", "b.example"}},
        Layout{"value_and_count", EntityType::ip, "203.0.113.1\t9\n203.0.113.2\t8\n", {"203.0.113.1", "203.0.113.2"}},
        Layout{"a_number_sign_in_a_url_is_no_comment",
               EntityType::url,
               "http://a.example/x#y\n",
               {"http://a.example/x#y"}},
        Layout{"quoted_values",
               EntityType::url,
               "\"http://a.example/\"\n\"http://b.example/\"\"x\"\n",
               {"http://a.example/", "http://b.example/\"x"}},
        Layout{"commas_in_urls",
               EntityType::url,
               "http://a.example/x,http://y\nhttp://b.example/z\n",
               {"http://a.example/x,http://y", "http://b.example/z"}},
        Layout{"addresses_in_brackets_are_no_json",
               EntityType::ip,
               "[2001:db8::1]\n2001:db8::2\n",
               {"[2001:db8::1]", "2001:db8::2"}},
        Layout{
            "defanged_values_stay_for_the_core", EntityType::url, "hxxp://a[.]example/x\n", {"hxxp://a[.]example/x"}},
        Layout{"four_of_five_are_enough_and_the_rest_is_kept_to_be_counted",
               EntityType::domain,
               "a.example\nb.example\nc.example\nd.example\nnot a name\n",
               {"a.example", "b.example", "c.example", "d.example", "not a name"},
               1}),
    [](const auto& param) { return param.param.name; });

struct Damage {
    const char* name;
    std::string body;
    const char* says;
};

class Damaged : public ::testing::TestWithParam<Damage> {};

TEST_P(Damaged, files_are_corrupt_and_never_an_empty_list) {
    for (const EntityType entity : {EntityType::domain, EntityType::url, EntityType::ip}) {
        const auto parsed = parse_feed(GetParam().body, {entity});
        ASSERT_FALSE(parsed) << core::name_of(entity);
        EXPECT_EQ(parsed.error().code, Code::corrupt);
        EXPECT_NE(parsed.error().message.find(GetParam().says), std::string::npos) << parsed.error().message;
    }
}

INSTANTIATE_TEST_SUITE_P(
    Files, Damaged,
    ::testing::Values(
        Damage{"zero_bytes", "", "0 bytes"}, Damage{"white_space", " \n\r\n", "white space"},
        Damage{"only_comments", "# nothing\n# today\n", "no rows"},
        Damage{"html_page", "<!DOCTYPE html>\n<html><body>503</body></html>", "HTML"},
        Damage{"error_text", "Could not connect:\n", "Could not connect:"},
        Damage{"rate_limit_sentence",
               "Umm... You can only fetch the data every 30 minutes - sorry.  It's pointless any faster.\n\n"
               "If you're trying more often, please stop (www.example.org)\n",
               "0 of its 2 rows"},
        Damage{"empty_array", "[]", "no rows"}, Damage{"empty_results", R"({"count":0,"results":[]})", "no rows"},
        Damage{"only_empty_objects", "[{},{}]", "no rows"},
        Damage{"header_only_csv", "\"Name\",\"Risk\",\"RiskString\",\"EvidenceDetails\"\n", "no rows"},
        Damage{"torn_array", R"([{"ip":"203.0.113.1"},{"ip":"203.0.)", "torn"},
        Damage{"torn_between_rows", R"([{"ip":"203.0.113.1"},)", "torn"},
        Damage{"torn_object", R"({"results":[{"ip":"203.0.113.1"}])", "torn"},
        Damage{"two_documents", R"([{"ip":"203.0.113.1"}][{"ip":"203.0.113.2"}])", "no JSON"},
        Damage{"json_lines", "{\"domain\":\"a.example\"}\n{\"domain\":\"b.example\"}\n", "JSON lines"},
        Damage{"json_lines_as_gzip_file", gzip_of("{\"domain\":\"a.example\"}\r\n{\"domain\":\"b.example\"}"),
               "JSON lines"},
        Damage{"json_lines_of_results", R"({"results":[{"ip":"203.0.113.1"}]} {"results":[]})", "JSON lines"},
        Damage{"json_error_object", R"({"error":{"status":401}})", "without a list of results"},
        Damage{"json_of_hashes", R"([{"hash":"f0e4c2f76c58916e","algorithm":"SHA-256"}])", "0 of its 1"},
        Damage{"json_of_numbers", "[1,2,3]", "no list"},
        Damage{"csv_torn_inside_quotes", "Name,Risk,EvidenceDetails\n203.0.113.1,99,\"{\"\"Evi", "inside quotes"},
        Damage{"csv_torn_inside_a_row", "Name,Risk,EvidenceDetails\n203.0.113.1,99,x\n203.0.113.2,9",
               "middle of a row"},
        Damage{"headerless_columns", "1,2026-01-01,some text\n2,2026-01-01,more text\n", "no list"},
        Damage{"three_of_four", "a.example\nb.example\nc.example\nnot a name\n", "3 of its 4"},
        Damage{"list_torn_inside_quotes", "\"http://a.example/\"\n\"http://b.exa", "inside a quoted value"},
        Damage{"torn_gzip", gzip_of("a.example\nb.example\n").substr(0, 20), "torn"},
        Damage{"gzip_with_a_wrong_checksum",
               [] {
                   std::string file = gzip_of("a.example\n");
                   file[file.size() - 6] = static_cast<char>(file[file.size() - 6] ^ 1);
                   return file;
               }(),
               "damaged"},
        Damage{"gzip_followed_by_text", gzip_of("a.example\n") + "<html>", "no gzip"},
        Damage{"gzip_of_nothing", gzip_of(""), "empty"}),
    [](const auto& param) { return param.param.name; });

TEST(ParseFeed, a_count_that_differs_from_the_rows_is_only_a_warning) {
    for (const char* body : {R"({"count":3,"results":[{"domain":"a.example"},{}]})",
                             R"({"results":[{"domain":"a.example"}],"count":0})"}) {
        const auto parsed = parse_feed(body, {});
        ASSERT_TRUE(parsed) << parsed.error().message;
        ASSERT_EQ(parsed->warnings.size(), 1U);
        EXPECT_NE(parsed->warnings[0].find("the file announces"), std::string::npos) << parsed->warnings[0];
        EXPECT_EQ(lines_of(parsed->indicators), Lines{"a.example"});
    }
}

TEST(ParseFeed, dates_are_read_in_every_notation) {
    const std::vector<std::pair<std::string, std::string>> facts = {
        {"20260212", "2026-02-12T00:00:00Z"},
        {"\"20260212\"", "2026-02-12T00:00:00Z"},
        {"1770854400", "2026-02-12T00:00:00Z"},
        {"1770854400000", "2026-02-12T00:00:00Z"},
        {"1770854400000000", "2026-02-12T00:00:00Z"},
        {"\"1770854400000000\"", "2026-02-12T00:00:00Z"},
        {"\"1770854400\"", "2026-02-12T00:00:00Z"},
        {"1770854400000000000", "2026-02-12T00:00:00Z"},
        {"20261332", ""},
        {"\"20260230\"", ""},
        {"0", ""},
        {"-5", ""},
    };
    for (const auto& [date, seen] : facts) {
        const auto parsed = parse_feed(R"([{"domain":"a.example","last_seen":)" + date + "}]", {});
        ASSERT_TRUE(parsed) << date << parsed.error().message;
        EXPECT_EQ(lines_of(parsed->indicators), Lines{seen.empty() ? "a.example" : "a.example seen=" + seen}) << date;
    }
}

TEST(ParseFeed, a_date_more_than_a_day_ahead_is_taken_for_now) {
    ParseRule rule;
    rule.now = *parse_iso8601("2026-02-12T10:00:00Z");
    const auto parsed = parse_feed(R"([{"domain":"a.example","last_seen":"2026-02-13T10:00:00Z"},
                                       {"domain":"b.example","last_seen":"2026-02-13T10:00:01Z"},
                                       {"domain":"c.example","last_seen":9999999999}])",
                                   rule);
    ASSERT_TRUE(parsed) << parsed.error().message;
    EXPECT_EQ(lines_of(parsed->indicators),
              (Lines{"a.example seen=2026-02-13T10:00:00Z", "b.example seen=2026-02-12T10:00:00Z",
                     "c.example seen=2026-02-12T10:00:00Z"}));
}

TEST(ParseFeed, a_gzip_file_of_several_members_is_one_file) {
    const auto parsed = parse_feed(gzip_of("a.example\n") + gzip_of("b.example\n") + std::string(8, '\0'), {});
    ASSERT_TRUE(parsed) << parsed.error().message;
    EXPECT_EQ(lines_of(parsed->indicators), (Lines{"a.example", "b.example"}));
}

TEST(ParseFeed, a_gzip_bomb_is_stopped_at_the_limit) {
    ParseRule rule;
    rule.most_bytes = 1U << 20;
    const auto parsed = parse_feed(gzip_of(std::string(64U << 20, 'a')), rule);
    ASSERT_FALSE(parsed);
    EXPECT_NE(parsed.error().message.find("max_feed_bytes"), std::string::npos) << parsed.error().message;
}

TEST(ParseFeed, messages_show_the_beginning_without_hostile_bytes) {
    const auto parsed = parse_feed("\x1b[31mno \x07 list", {});
    ASSERT_FALSE(parsed);
    EXPECT_EQ(parsed.error().message.find('\x1b'), std::string::npos);
    EXPECT_NE(parsed.error().message.find("[31mno"), std::string::npos) << parsed.error().message;
}

TEST(ParseFeed, warns_of_what_was_cleaned_and_of_damaged_evidence) {
    const auto parsed = parse_feed("Name,EvidenceDetails\na.exam\x01ple,\xFF{\n", {});
    ASSERT_TRUE(parsed) << parsed.error().message;
    EXPECT_EQ(parsed->warnings.size(), 3U);
}

TEST(ParseFeed, a_share_of_zero_still_asks_for_one_indicator) {
    ParseRule rule;
    rule.min_valid_share = 0;
    EXPECT_FALSE(parse_feed("not a name\n", rule));
    EXPECT_TRUE(parse_feed("not a name\nand again\na.example\n", rule));
}

TEST(ParseFeed, evidence_of_half_a_megabyte_is_read) {
    const std::string text(512U << 10, 'x');
    const auto parsed = parse_feed("Name,Risk,EvidenceDetails\na.example,90,\"[{\"\"EvidenceString\"\":\"\"" + text +
                                       "\"\",\"\"Rule\"\":\"\"Last\"\"}]\"\n",
                                   {});
    ASSERT_TRUE(parsed) << parsed.error().message;
    EXPECT_EQ(lines_of(parsed->indicators), Lines{"a.example risk=90 rules=Last"});
}

TEST(ParseFeed, endless_rule_names_do_not_grow_the_snapshot) {
    std::string names;
    for (int i = 0; i < 5000; ++i) names += "\"name" + std::to_string(i) + "\",";
    const auto parsed = parse_feed("[{\"domain\":\"a.example\",\"malware\":[" + names + "\"z\"]}]", {});
    ASSERT_TRUE(parsed) << parsed.error().message;
    EXPECT_LE(parsed->indicators[0].rules.size(), 1000U);
    EXPECT_TRUE(parsed->indicators[0].rules.starts_with("name0, name1"));
}

/// A risk list of at least `bytes` with evidence in every row.
std::string big_risk_list(std::size_t bytes, std::size_t& rows) {
    std::string text = "\"Name\",\"Risk\",\"RiskString\",\"EvidenceDetails\"\n";
    text.reserve(bytes + 4096);
    for (rows = 0; text.size() < bytes; ++rows) {
        text += "\"host" + std::to_string(rows) + ".example\",\"90\",\"2/52\",\"" + k_evidence + "\"\n";
    }
    return text;
}

// Sanitizers keep memory of their own.
#if defined(__has_feature)
constexpr bool k_is_sanitized = __has_feature(address_sanitizer) || __has_feature(thread_sanitizer);
#elif defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool k_is_sanitized = true;
#else
constexpr bool k_is_sanitized = false;
#endif

std::size_t peak_bytes() {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    return static_cast<std::size_t>(usage.ru_maxrss) * 1024;
}

TEST(ParseFeed, a_risk_list_of_75_megabytes_needs_little_beside_itself) {
    std::size_t rows = 0;
    std::string body = big_risk_list(75'000'000, rows);
    const std::size_t before = peak_bytes();
    const auto parsed = parse_feed(std::move(body), {});
    ASSERT_TRUE(parsed) << parsed.error().message;
    EXPECT_EQ(parsed->indicators.size(), rows);
    EXPECT_LT(parsed->indicators.memory_bytes(), 32U << 20);
    if (!k_is_sanitized) {
        EXPECT_LT(peak_bytes() - before, 48U << 20);
    }
}

}  // namespace
}  // namespace cordon::feeds
