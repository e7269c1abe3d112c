#include "base/setting.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cordon {
namespace {

using ::testing::HasSubstr;
using namespace std::chrono_literals;

enum class Mode { fast, slow };

TEST(Setting, defaults_are_told_as_they_would_stand_in_the_file) {
    std::string text = "abc";
    Secret secret("hidden");
    bool flag = true;
    std::size_t number = 25000;
    double share = 0.3;
    std::chrono::seconds length = 168h;
    std::vector<std::string> list{"a", "b"};
    std::filesystem::path path = "logs";
    Mode mode = Mode::slow;
    EXPECT_EQ(text_setting("k", text, "s").default_text, "abc");
    EXPECT_EQ(secret_setting("k", secret, "s").default_text, "");
    EXPECT_TRUE(secret_setting("k", secret, "s").is_secret);
    EXPECT_EQ(bool_setting("k", flag, "s").default_text, "true");
    EXPECT_EQ(number_setting("k", number, 1, 30000, "s").default_text, "25000");
    EXPECT_EQ(share_setting("k", share, "s").default_text, "0.3") << "a percent sign would be doubled in the file";
    EXPECT_EQ(duration_setting("k", length, "s").default_text, "7d");
    EXPECT_EQ(list_setting("k", list, "s").default_text, "a b");
    EXPECT_EQ(path_setting("k", path, "s").default_text, "logs");
    EXPECT_EQ(choice_setting("k", mode, {{"fast", Mode::fast}, {"slow", Mode::slow}}, "s").default_text, "slow");
}

TEST(Setting, bounds_are_told) {
    std::size_t number = 1;
    double share = 0.3;
    std::string text;
    EXPECT_EQ(number_setting("k", number, 1, 30000, "s").range, "1 to 30000");
    EXPECT_EQ(share_setting("k", share, "s").range, "0 to 1");
    EXPECT_EQ(text_setting("k", text, "s").range, "");
}

TEST(Setting, texts_secrets_and_paths_are_taken_as_they_are) {
    std::string text;
    Secret secret;
    std::filesystem::path path;
    EXPECT_TRUE(text_setting("k", text, "").assign("a = b").has_value());
    EXPECT_TRUE(secret_setting("k", secret, "").assign("p%40ss").has_value());
    EXPECT_TRUE(path_setting("k", path, "").assign("../logs").has_value());
    EXPECT_EQ(text, "a = b");
    EXPECT_EQ(secret.reveal(), "p%40ss");
    EXPECT_EQ(path, "../logs");
}

TEST(Setting, booleans_are_configparsers) {
    for (const auto* yes : {"1", "yes", "true", "on", "YES", "True", "oN"})
        EXPECT_TRUE(parse_bool(yes).value_or(false)) << yes;
    for (const auto* no : {"0", "no", "false", "off", "NO", "False"}) EXPECT_FALSE(parse_bool(no).value_or(true)) << no;
    for (const auto* neither : {"", "y", "2", "truee", " true", "t"})
        EXPECT_FALSE(parse_bool(neither).has_value()) << neither;
    bool field = false;
    const auto setting = bool_setting("k", field, "");
    EXPECT_TRUE(setting.assign("on").has_value());
    EXPECT_TRUE(field);
    EXPECT_FALSE(setting.assign("maybe").has_value());
    EXPECT_TRUE(field);
}

TEST(Setting, numbers_keep_within_their_bounds) {
    std::size_t field = 5;
    const auto setting = number_setting("k", field, 1, 100, "");
    for (const auto* good : {"1", "100", "042"}) EXPECT_TRUE(setting.assign(good).has_value()) << good;
    EXPECT_EQ(field, 42U);
    for (const auto* bad : {"", "0", "101", "-1", "1.5", "ten", "99999999999999999999"}) {
        const auto refused = setting.assign(bad);
        ASSERT_FALSE(refused.has_value()) << bad;
        EXPECT_EQ(refused.error(), (Error{Code::invalid, "a whole number from 1 to 100"}));
    }
    EXPECT_EQ(field, 42U);
}

TEST(Setting, shares_are_written_with_or_without_percent) {
    double field = 0;
    const auto setting = share_setting("k", field, "");
    const std::pair<const char*, double> good[] = {{"30%", 0.3}, {"30 %", 0.3}, {"0.3", 0.3}, {"0", 0},
                                                   {"1", 1},     {"100%", 1},   {".5", 0.5}};
    for (const auto& [text, value] : good) {
        ASSERT_TRUE(setting.assign(text).has_value()) << text;
        EXPECT_DOUBLE_EQ(field, value) << text;
    }
    for (const auto* bad : {"", "%", "30", "1.01", "101%", "-1%", "nan", "inf", "0,3", "30%%", "abc"}) {
        EXPECT_FALSE(setting.assign(bad).has_value()) << bad;
    }
}

TEST(Setting, durations_need_a_unit) {
    std::chrono::seconds field{0};
    const auto setting = duration_setting("k", field, "");
    EXPECT_TRUE(setting.assign("7d").has_value());
    EXPECT_EQ(field, 168h);
    EXPECT_THAT(setting.assign("7").error().message, HasSubstr("7d"));
    EXPECT_EQ(field, 168h);
}

TEST(Setting, lists_are_json_or_words) {
    using Words = std::vector<std::string>;
    Words field;
    const auto setting = list_setting("k", field, "");
    const std::pair<const char*, Words> good[] = {
        {"", {}},
        {"[]", {}},
        {"one", {"one"}},
        {"one two,three\n four,\r\n\tfive", {"one", "two", "three", "four", "five"}},
        {R"(["http://me:a,b c@proxy.example:1", "x"])", {"http://me:a,b c@proxy.example:1", "x"}},
        {R"( [ "a" ] )", {"a"}},
        {",,", {}},
    };
    for (const auto& [text, words] : good) {
        ASSERT_TRUE(setting.assign(text).has_value()) << text;
        EXPECT_EQ(field, words) << text;
    }
    for (const auto* bad : {"[", "[1]", "['a']", "[\"a\",]", "[\"a\"] b", "[[\"a\"]]", "[null]"}) {
        EXPECT_FALSE(setting.assign(bad).has_value()) << bad;
    }
}

TEST(Setting, json_lists_are_nothing_but_json) {
    std::vector<std::string> field{"first"};
    const auto setting = json_list_setting("k", field, R"(["one"])", "");
    EXPECT_EQ(setting.default_text, R"(["first"])");
    ASSERT_TRUE(setting.assign(R"( ["a", "b"] )"));
    EXPECT_EQ(field, (std::vector<std::string>{"a", "b"}));
    for (const char* wrong : {"https://localhost:8080", "[a]", "{}", "[1]", R"(["a")"}) {
        const auto assigned = setting.assign(wrong);
        ASSERT_FALSE(assigned) << wrong;
        EXPECT_EQ(assigned.error().message, R"(a JSON array of strings, as in ["one"])");
    }
    EXPECT_EQ(field.size(), 2U) << "a bad value leaves the field as it is";
    ASSERT_TRUE(setting.assign(""));
    EXPECT_TRUE(field.empty());
}

TEST(Setting, choices_are_told_when_none_fits) {
    Mode field = Mode::fast;
    const auto setting = choice_setting("k", field, {{"fast", Mode::fast}, {"slow", Mode::slow}}, "");
    EXPECT_TRUE(setting.assign("SLOW").has_value());
    EXPECT_EQ(field, Mode::slow);
    EXPECT_EQ(setting.assign("medium").error().message, "one of fast or slow");
    EXPECT_EQ(field, Mode::slow);
    EXPECT_EQ(one_of({"a", "b", "c"}), "one of a, b or c");
    EXPECT_EQ(one_of({"a"}), "a");
    EXPECT_EQ(one_of({}), "");
}

}  // namespace
}  // namespace cordon
