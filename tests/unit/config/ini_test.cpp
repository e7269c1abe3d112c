#include "config/ini.hpp"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/file.hpp"

namespace cordon::config {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::vector<std::string> texts_of(const std::vector<Problem>& problems) {
    std::vector<std::string> texts;
    for (const auto& problem : problems) texts.push_back(problem.text());
    return texts;
}

/// The value of [a] `key`; "(none)" where it is absent.
std::string value_in_a(const IniDocument& document, const std::string& key) {
    const IniSection* section = document.find("a");
    const IniKey* found = section != nullptr ? section->find(key) : nullptr;
    return found != nullptr ? found->value : "(none)";
}

/// recorded-future-api.md 2.1, the rows that give a value.
struct ValueFact {
    const char* name;
    const char* text;
    const char* key;
    const char* value;
};

const ValueFact k_values[] = {
    {"an_indented_line_continues_the_value", "[a]\nk = a\n  b\n", "k", "a\nb"},
    {"a_blank_line_inside_a_value_is_kept", "[a]\nk = a\n\n  b\n", "k", "a\n\nb"},
    {"trailing_blank_lines_are_dropped", "[a]\nk = a\n\n\n[b]\n", "k", "a"},
    {"an_empty_first_line_is_kept", "[a]\nk =\n  a\n  b\n", "k", "\na\nb"},
    {"an_indented_comment_in_a_value_is_dropped", "[a]\nk = a\n  # no\n  b\n", "k", "a\nb"},
    {"an_unindented_comment_does_not_end_a_value", "[a]\nk = a\n# no\n  b\n", "k", "a\nb"},
    {"a_wrapped_line_with_a_colon_is_a_new_key", "[a]\nk = a\nWeaponized: b\n", "weaponized", "b"},
    {"a_full_line_hash_is_a_comment", "[a]\n# k = x\nk = v\n", "k", "v"},
    {"a_full_line_semicolon_is_a_comment", "[a]\n  ; k = x\nk = v\n", "k", "v"},
    {"an_inline_comment_belongs_to_the_value", "[a]\nk = v # no ; comment\n", "k", "v # no ; comment"},
    {"a_colon_separates", "[a]\nk: v\n", "k", "v"},
    {"the_first_delimiter_wins", "[a]\nk: v = w\n", "k", "v = w"},
    {"the_first_delimiter_wins_also_if_it_is_an_equals_sign", "[a]\nk = v: w\n", "k", "v: w"},
    {"two_percents_are_one", "[a]\nk = 50%%\n", "k", "50%"},
    {"a_reference_expands", "[a]\nk = %(other)s/x\nOther = y\n", "k", "y/x"},
    {"a_reference_reaches_into_default", "[DEFAULT]\nd = y\n[a]\nk = %(D)s\n", "k", "y"},
    {"keys_are_folded_to_lower_case", "[a]\nMAX_Domains = V\n", "max_domains", "V"},
    {"a_key_with_an_empty_value_is_empty", "[a]\nk =\n", "k", ""},
    {"an_indented_key_continues_the_one_above", "[a]\nk = v\n  j = w\n", "k", "v\nj = w"},
    {"an_indented_header_continues_a_value", "[a]\nk = v\n  [b]\n", "k", "v\n[b]"},
    {"default_keys_are_inherited", "[DEFAULT]\nk = v\n[a]\nj = w\n", "k", "v"},
    {"an_own_key_wins_over_default", "[DEFAULT]\nk = v\n[a]\nk = w\n", "k", "w"},
    {"a_tab_indents", "[a]\nk = a\n\tb\n", "k", "a\nb"},
    {"a_no_break_space_indents",
     "[a]\nk = a\n\xC2\xA0"
     "b\n",
     "k", "a\nb"},
    {"windows_line_ends_are_fine", "[a]\r\nk = a\r\n  b\r\n", "k", "a\nb"},
    {"old_mac_line_ends_are_fine", "[a]\rk = a\r  b\r", "k", "a\nb"},
    {"a_missing_last_line_end_is_fine", "[a]\nk = a", "k", "a"},
    {"text_behind_a_header_is_ignored", "[a] and more\nk = v\n", "k", "v"},
    {"keys_may_be_indented_all_together", "[a]\n  k = v\n  j = w\n", "j", "w"},
    {"spaces_inside_a_key_stay", "[a]\nmy key = v\n", "my key", "v"},
};

class IniValue : public testing::TestWithParam<ValueFact> {};
TEST_P(IniValue, is_as_configparser_gives_it) {
    const auto document = parse_ini(GetParam().text, "s.ini");
    EXPECT_THAT(texts_of(document.problems), IsEmpty());
    EXPECT_EQ(value_in_a(document, GetParam().key), GetParam().value);
}
INSTANTIATE_TEST_SUITE_P(Table, IniValue, testing::ValuesIn(k_values),
                         [](const auto& fact) { return std::string(fact.param.name); });

/// The rows that configparser refuses, and what we say.
struct RefusedFact {
    const char* name;
    const char* text;
    const char* message;
};

const RefusedFact k_refused[] = {
    {"a_wrapped_line_names_the_line_to_indent", "[a]\nd = x:\nand so on\n",
     "s.ini line 3: this line continues d of line 2; indent it by a space"},
    {"a_wrapped_comment_says_so", "[a]\n# d - description for the\nGroup\n",
     "s.ini line 3: this line continues the comment of line 2; begin it with #, or, if it is a key, write key = "
     "value"},
    {"a_lone_percent", "[a]\nk = 50%\n",
     "s.ini line 2: [a] k: a single % is not allowed in a value; write %% for a percent sign"},
    {"a_reference_to_nothing", "[a]\nk = %(no)s\n",
     "s.ini line 2: [a] k: %(no)s names a key that neither this section nor [DEFAULT] has"},
    {"an_unfinished_reference", "[a]\nk = %(no\n",
     "s.ini line 2: [a] k: \"%(\" must be followed by the name of a key and \")s\"; write %% for a percent sign"},
    {"a_reference_to_itself", "[a]\nk = %(k)s\n",
     "s.ini line 2: [a] k: %(...)s refers to itself or is nested deeper than 10 levels"},
    {"the_same_section_twice", "[a]\nk = v\n[b]\n[a]\n",
     "s.ini line 4: [a] this section is there already, in line 1; put its keys together"},
    {"the_same_key_twice", "[a]\nk = v\nK = w\n  more\n",
     "s.ini line 3: [a] k: this key is there already, in line 2; keep one"},
    {"a_key_alone", "[a]\nkey\n", "s.ini line 2: this line is no section, key or comment; write key = value"},
    {"a_delimiter_alone", "[a]\n= v\n", "s.ini line 2: a key is missing before the delimiter; write key = value"},
    {"text_before_the_first_section", "k = v\nj = w\n[a]\n",
     "s.ini line 1: there is text before the first section; a key stands below a line like [zscaler]"},
    {"a_byte_order_mark", "\xEF\xBB\xBF[a]\nk = v\n",
     "s.ini line 1: the file begins with a byte order mark; save it as UTF-8 without BOM"},
    {"bytes_that_are_no_utf8", "[a]\nk = \xE4\n", "s.ini line 2: these bytes are no UTF-8; save the file as UTF-8"},
};

class IniRefused : public testing::TestWithParam<RefusedFact> {};
TEST_P(IniRefused, is_told_with_its_line) {
    EXPECT_THAT(texts_of(parse_ini(GetParam().text, "s.ini").problems), ElementsAre(GetParam().message));
}
INSTANTIATE_TEST_SUITE_P(Table, IniRefused, testing::ValuesIn(k_refused),
                         [](const auto& fact) { return std::string(fact.param.name); });

TEST(Ini, all_problems_are_told_by_line) {
    const auto document = parse_ini("[a]\nk = %\nbare\n[a]\nk = v\n", "s.ini");
    std::vector<std::size_t> lines;
    for (const auto& problem : document.problems) lines.push_back(problem.line);
    EXPECT_THAT(lines, ElementsAre(2, 3, 4, 5));
}

TEST(Ini, a_section_name_keeps_its_spaces_and_case) {
    const auto document = parse_ini("[ X ]\n[x]\n", "s.ini");
    EXPECT_NE(document.find(" X "), nullptr);
    EXPECT_NE(document.find("x"), nullptr);
    EXPECT_EQ(document.find("X"), nullptr);
}

TEST(Ini, sections_and_keys_know_their_lines) {
    const auto document = parse_ini("# c\n[a]\n\nk = v\n  w\n[b]\nj = 1\n", "s.ini");
    EXPECT_EQ(document.find("a")->line, 2U);
    EXPECT_EQ(document.find("a")->find("k")->line, 4U);
    EXPECT_EQ(document.find("b")->line, 6U);
    EXPECT_EQ(document.find("b")->find("j")->line, 7U);
}

TEST(Ini, a_fault_in_default_is_told_by_the_keys_that_inherit_it) {
    const auto document = parse_ini("[DEFAULT]\nk = 5%\n[a]\n[b]\nk = 6\n", "s.ini");
    EXPECT_THAT(document.problems, IsEmpty());
    EXPECT_THAT(document.find("a")->find("k")->fault, HasSubstr("single %"));
    EXPECT_THAT(document.find("b")->find("k")->fault, IsEmpty());
}

TEST(Ini, interpolation_that_multiplies_without_end_is_refused_soon) {
    std::string text = "[a]\nk0 =\n";
    for (int level = 1; level < 10; ++level) {
        text += "k" + std::to_string(level) + " = ";
        for (int i = 0; i < 20; ++i) text += "%(k" + std::to_string(level - 1) + ")s";
        text += "\n";
    }
    const auto document = parse_ini(text, "s.ini");
    ASSERT_FALSE(document.problems.empty());
    EXPECT_THAT(document.problems.back().message, HasSubstr("far too much"));
}

TEST(Ini, a_file_over_1_mib_is_no_settings_file) {
    const auto document = parse_ini(std::string((1U << 20) + 1, '#'), "s.ini");
    EXPECT_THAT(texts_of(document.problems),
                ElementsAre("s.ini: the file is larger than 1 MiB: this is no settings file"));
}

TEST(Ini, the_guides_wrapped_description_names_the_line_to_indent) {
    // As printed in the guide: lines 5 and 9 are the rests of the lines above.
    const auto document = parse_ini(
        "[risklist_weaponized_domains]\n"
        "entity_type = domain\n"
        "category_name = Recorded Future SCF - Prevent Domains\n"
        "category_description = Malicious IoCs from Recorded Future Security Control Feed:\n"
        "Weaponized Domains and URLs -\n"
        "\n"
        "# category_name - Name for the Custom URL Category\n"
        "# category-description - Description for the Custom URL Category / Destination IPv4\n"
        "Group\n",
        "settings.ini");
    ASSERT_EQ(document.problems.size(), 2U);
    EXPECT_EQ(document.problems[0].text(),
              "settings.ini line 5: this line continues category_description of line 4; "
              "indent it by a space");
    EXPECT_THAT(document.problems[1].text(), HasSubstr("line 9: this line continues the comment of line 8"));
}

TEST(Ini, the_shipped_file_has_the_guides_values) {
    const auto text = read_file(CORDON_SOURCE_DIR "/config/settings.ini");
    ASSERT_TRUE(text);
    const auto document = parse_ini(*text, "settings.ini");
    EXPECT_THAT(texts_of(document.problems), IsEmpty());
    const auto value = [&](const char* section, const char* key) { return document.find(section)->find(key)->value; };
    EXPECT_EQ(value("zscaler", "base_uri"), "CHANGE_ME");
    EXPECT_EQ(value("zscaler", "max_domains"), "25000");
    EXPECT_EQ(value("zscaler", "max_ips"), "8000");
    EXPECT_EQ(value("risklist_weaponized_domains", "category_name"), "Recorded Future SCF - Prevent Domains");
    EXPECT_EQ(value("risklist_weaponized_domains", "category_description"),
              "Malicious IoCs from Recorded Future Security Control Feed: Weaponized Domains and URLs -");
    EXPECT_EQ(value("risklist_c2_communicating_ips", "entity_type"), "ip");
    EXPECT_EQ(value("risklist_c2_communicating_ips", "category_description"),
              "Malicious IoCs from Recorded Future Security Control Feed: Command and Control IPs [Prevent] -");
    EXPECT_EQ(value("rfapi", "proxy_servers"), R"(["https://localhost:8080"])");
    EXPECT_EQ(document.sections.size(), 4U);
}

}  // namespace
}  // namespace cordon::config
