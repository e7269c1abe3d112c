#include "config/python_lines.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cordon::config {
namespace {

/// A line and the value that Python gives the name x in it; nullopt where the line is passed over.
struct Line {
    std::string text;
    std::optional<std::string> value;
};
void PrintTo(const Line& line, std::ostream* out) {
    *out << line.text;
}

class APythonLine : public testing::TestWithParam<Line> {};

TEST_P(APythonLine, means_what_python_makes_of_it) {
    const auto document = parse_python_lines(GetParam().text + "\n", "config.py");
    const auto* section = document.find(k_python_section);
    const auto* key = section == nullptr ? nullptr : section->find("x");
    ASSERT_EQ(key != nullptr, GetParam().value.has_value());
    EXPECT_EQ(document.problems.empty(), GetParam().value.has_value());
    if (key != nullptr) {
        EXPECT_EQ(key->value, *GetParam().value);
    }
}

INSTANTIATE_TEST_SUITE_P(
    Each, APythonLine,
    testing::Values(Line{"x = 'a'", "a"}, Line{"x=\"a\"", "a"}, Line{"X = 'a'", "a"}, Line{"x = ''", ""},
                    Line{"x = 'a # b'  # c", "a # b"}, Line{"x = '50%'", "50%"}, Line{"x = 'a\"b'", "a\"b"},
                    Line{R"(x = 'it\'s')", "it's"}, Line{R"(x = "a\\b\n\t\x41\u00fc")", "a\\b\n\tA\xC3\xBC"},
                    Line{R"(x = 'C:\dir')", "C:\\dir"}, Line{R"(x = r'C:\new')", "C:\\new"}, Line{R"(x = '\60')", "0"},
                    Line{"x = 10_000", "10000"}, Line{"x = -3", "-3"}, Line{"x = 1.5", "1.5"}, Line{"x = True", "true"},
                    Line{"x = False # no", "false"}, Line{"x = None", ""}, Line{"\xEF\xBB\xBFx = 1", "1"},
                    Line{"x = 'a' + 'b'", std::nullopt}, Line{"x = 'a' 'b'", std::nullopt},
                    Line{"x = 'a", std::nullopt}, Line{"x = '''a'''", std::nullopt}, Line{"x = f'a'", std::nullopt},
                    Line{"x = os.environ['X']", std::nullopt}, Line{"x = logging.INFO", std::nullopt},
                    Line{"x = {'a': 1}", std::nullopt}, Line{"x = 0x10", std::nullopt}, Line{"x == 'a'", std::nullopt},
                    Line{"  x = 'a'", std::nullopt}, Line{"x: str = 'a'", std::nullopt},
                    Line{"import os", std::nullopt}, Line{"x = Truer", std::nullopt}, Line{"x = 'a\xFF'", std::nullopt},
                    Line{R"(x = '\N{BULLET}')", std::nullopt}, Line{"x = '\\", std::nullopt}));

TEST(PythonLines, the_last_line_for_a_name_counts_and_has_its_number) {
    const auto document = parse_python_lines("# comment\nx = 1\r\n\r\nx = 2\n", "config.py");
    const auto* section = document.find(k_python_section);
    ASSERT_NE(section, nullptr);
    ASSERT_EQ(section->keys.size(), 1U);
    EXPECT_EQ(section->keys.front().value, "2");
    EXPECT_EQ(section->keys.front().line, 4U);
}

TEST(PythonLines, a_line_that_is_passed_over_is_named_without_its_text) {
    const auto document = parse_python_lines("a = 1\ncs_secret = get('hunter2')\n", "config.py");
    ASSERT_EQ(document.problems.size(), 1U);
    const auto said = document.problems.front().text();
    EXPECT_THAT(said, testing::StartsWith("config.py line 2: cs_secret: "));
    EXPECT_THAT(said, testing::Not(testing::HasSubstr("hunter2")));
    EXPECT_FALSE(document.problems.front().is_error);
}

}  // namespace
}  // namespace cordon::config
