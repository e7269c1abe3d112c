#include "config/load.hpp"

#include <cstdlib>
#include <deque>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <string>
#include <vector>

#include <unistd.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cordon::config {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

struct Gate {
    std::string base_uri;
    std::size_t most = 100;
    Secret key;
    std::vector<std::string> proxies;
    double share = 0.3;
};

struct List {
    std::string section;
    bool enabled = true;
    std::string name;
    std::string description;
};

/// Owners' structs and their tables, as the rooms above have them.
struct Owners {
    Gate gate;
    std::deque<List> lists;

    std::vector<SettingSection> tables() {
        return {{"gate", "The gate.", [this](const std::string&) { return gate_table(gate); }},
                {"list_*", "One list each.", [this](const std::string& section) {
                     return list_table(lists.emplace_back(List{section, true, {}, {}}));
                 }}};
    }

private:
    static std::vector<Setting> gate_table(Gate& gate) {
        auto uri = text_setting("base_uri", gate.base_uri, "Where the gate is.");
        uri.required_because = "the gate cannot be found without it";
        auto key = secret_setting("key", gate.key, "The key.");
        key.environment = "GATE_KEY";
        return {uri, number_setting("most", gate.most, 1, 500, "How many."), key,
                list_setting("proxies", gate.proxies, "Ways | out."), share_setting("share", gate.share, "A share.")};
    }
    static std::vector<Setting> list_table(List& list) {
        auto name = text_setting("name", list.name, "Its name.");
        name.required_because = "a list has a name";
        auto description = text_setting("description", list.description, "What it is.");
        description.aliases = {"descript-ion"};
        return {bool_setting("enabled", list.enabled, "Whether it runs."), name, description};
    }
};

using Variables = std::map<std::string, std::string>;

Loaded load(Owners& owners, const std::string& text, const Variables& variables = {}, const Flags& flags = {}) {
    const auto tables = owners.tables();
    const auto environment = [&](const std::string& name) -> std::optional<std::string> {
        const auto found = variables.find(name);
        return found != variables.end() ? std::optional(found->second) : std::nullopt;
    };
    return load_settings(tables, parse_ini(text, "s.ini"), environment, flags);
}

std::vector<std::string> texts_of(const Loaded& loaded) {
    std::vector<std::string> texts;
    for (const auto& problem : loaded.problems) texts.push_back(problem.text());
    return texts;
}

/// A file that is gone at the end of the scope.
class TemporaryFile {
public:
    explicit TemporaryFile(std::string_view bytes) {
        std::string pattern = (std::filesystem::temp_directory_path() / "cordon-secret-XXXXXX").string();
        ::close(::mkstemp(pattern.data()));
        path = pattern;
        std::ofstream(path, std::ios::binary) << bytes;
    }
    TemporaryFile(const TemporaryFile&) = delete;
    TemporaryFile& operator=(const TemporaryFile&) = delete;
    ~TemporaryFile() { std::filesystem::remove(path); }
    std::string path;
};

TEST(Load, values_reach_their_owners) {
    Owners owners;
    const auto loaded = load(
        owners, "[gate]\nbase_uri = gate.example\nmost = 7\n[list_b]\nname = B\n[list_a]\nname = A\nenabled = no\n");
    EXPECT_THAT(texts_of(loaded), IsEmpty());
    EXPECT_EQ(owners.gate.base_uri, "gate.example");
    EXPECT_EQ(owners.gate.most, 7U);
    ASSERT_EQ(owners.lists.size(), 2U);
    EXPECT_EQ(owners.lists[0].name, "B");
    EXPECT_FALSE(owners.lists[1].enabled);
    EXPECT_THAT(loaded.sections.at("list_*"), ElementsAre("list_b", "list_a"));
}

TEST(Load, flags_win_over_environment_and_environment_over_file) {
    const std::string file = "[gate]\nbase_uri = g\nkey = from-file\n";
    Owners first, second, third;
    load(first, file);
    load(second, file, {{"GATE_KEY", "from-env"}});
    const auto loaded = load(third, file, {{"GATE_KEY", "from-env"}}, {{"gate.key", "from-flag"}});
    EXPECT_EQ(first.gate.key.reveal(), "from-file");
    EXPECT_EQ(second.gate.key.reveal(), "from-env");
    EXPECT_EQ(third.gate.key.reveal(), "from-flag");
    EXPECT_EQ(loaded.find("gate", "key")->where, "command line");
}

TEST(Load, a_file_variable_reads_the_secret_without_its_line_end) {
    const TemporaryFile file("s3cret\n");
    Owners owners;
    const auto loaded = load(owners, "[gate]\nbase_uri = g\n", {{"GATE_KEY_FILE", file.path}});
    EXPECT_THAT(texts_of(loaded), IsEmpty());
    EXPECT_EQ(owners.gate.key.reveal(), "s3cret");
    EXPECT_EQ(loaded.find("gate", "key")->where, "GATE_KEY_FILE");
    EXPECT_EQ(loaded.find("gate", "key")->text, "set");
}

TEST(Load, a_file_variable_that_cannot_be_read_is_told) {
    const TemporaryFile empty("\n");
    Owners owners;
    EXPECT_THAT(texts_of(load(owners, "[gate]\nbase_uri = g\n", {{"GATE_KEY_FILE", "/nowhere/at/all"}})),
                ElementsAre(HasSubstr("[gate] key: GATE_KEY_FILE: cannot open /nowhere/at/all")));
    EXPECT_THAT(texts_of(load(owners, "[gate]\nbase_uri = g\n", {{"GATE_KEY_FILE", empty.path}})),
                ElementsAre(HasSubstr("is empty")));
}

TEST(Load, a_variable_and_its_file_variable_together_are_refused) {
    Owners owners;
    EXPECT_THAT(texts_of(load(owners, "[gate]\nbase_uri = g\n", {{"GATE_KEY", "x"}, {"GATE_KEY_FILE", "/y"}})),
                ElementsAre("[gate] key: GATE_KEY and GATE_KEY_FILE are both set; keep one"));
}

TEST(Load, an_empty_variable_counts_as_not_set) {
    Owners owners;
    load(owners, "[gate]\nbase_uri = g\nkey = from-file\n", {{"GATE_KEY", ""}});
    EXPECT_EQ(owners.gate.key.reveal(), "from-file");
}

struct ProblemFact {
    const char* name;
    const char* text;
    const char* message;
};

const ProblemFact k_problems[] = {
    {"a_bad_number_names_line_and_range", "[gate]\nbase_uri = g\nmost = lots\n",
     "s.ini line 3: [gate] most: \"lots\" is not accepted; allowed: a whole number from 1 to 500"},
    {"a_bad_boolean", "[gate]\nbase_uri = g\n[list_a]\nname = A\nenabled = enabled\n",
     "s.ini line 5: [list_a] enabled: \"enabled\" is not accepted; allowed: true or false (also yes/no, on/off, 1/0)"},
    {"an_unknown_key_names_the_nearest", "[gate]\nbase_uri = g\nmosts = 3\n",
     "s.ini line 3: [gate] mosts: there is no such key; did you mean most?"},
    {"a_key_of_another_section_names_it", "[gate]\nbase_uri = g\nenabled = true\n[list_a]\nname = A\n",
     "s.ini line 3: [gate] enabled: there is no such key here; it belongs into [list_a]"},
    {"a_wrapped_line_with_a_colon_tells_what_it_may_be",
     "[gate]\nbase_uri = g\n[list_a]\nname = A\ndescription = from the\nfuture feed: x\n",
     "s.ini line 6: [list_a] future feed: there is no such key. Perhaps this line continues description of line 5; "
     "indent it by a space. Keys here: enabled, name, description"},
    {"a_wrapped_comment_with_a_colon_tells_what_it_may_be",
     "[gate]\nbase_uri = g\n# proxies - ways out.\nOptions: [a/b]\n",
     "s.ini line 4: [gate] options: there is no such key. Perhaps this line continues the comment of line 3; begin it "
     "with #. Keys here: base_uri, most, key, proxies, share"},
    {"what_may_belong_to_a_secret_is_not_shown", "[gate]\nbase_uri = g\nkey = MIIEv\nQIBADAN=BgkqhkiG9w0B\n",
     "s.ini line 4: [gate] this line is no key that exists; its text is not shown, since it may belong to the secret "
     "above it: indent what continues a value"},
    {"an_unknown_section_names_the_nearest", "[gate]\nbase_uri = g\n[Gate]\n",
     "s.ini line 3: [Gate] there is no such section; did you mean [gate]?"},
    {"a_misspelt_prefix_names_it", "[gate]\nbase_uri = g\n[lists_a]\n",
     "s.ini line 3: [lists_a] there is no such section; did you mean a name that begins with list_?"},
    {"a_strange_section_lists_the_known_ones", "[gate]\nbase_uri = g\n[something else]\n",
     "s.ini line 3: [something else] there is no such section. Sections: gate, list_*"},
    {"a_missing_required_key_says_why", "[gate]\nmost = 3\n",
     "s.ini line 1: [gate] base_uri: this key is missing: the gate cannot be found without it"},
    {"an_empty_required_key_says_why", "[gate]\nmost = 3\nbase_uri =\n",
     "s.ini line 3: [gate] base_uri: this key is empty: the gate cannot be found without it"},
    {"a_missing_section_says_why", "", "[gate] base_uri: this key is missing: the gate cannot be found without it"},
    {"two_spellings_of_a_key", "[gate]\nbase_uri = g\n[list_a]\nname = A\ndescription = x\ndescript-ion = y\n",
     "s.ini line 6: [list_a] descript-ion: this is another spelling of description in line 5; keep one"},
    {"a_misspelt_default", "[DEFAULT]\nmosst = 3\n[gate]\nbase_uri = g\n",
     "s.ini line 2: [DEFAULT] mosst: no section has such a key; did you mean most?"},
    {"a_broken_inherited_value_is_told_where_it_is_used", "[DEFAULT]\nmost = 5%\n[gate]\nbase_uri = g\n",
     "s.ini line 2: [gate] most: a single % is not allowed in a value; write %% for a percent sign"},
    {"a_broken_required_value_is_told_once", "[gate]\nbase_uri = 5%\n",
     "s.ini line 2: [gate] base_uri: a single % is not allowed in a value; write %% for a percent sign"},
    {"a_password_in_a_url_is_masked", "[gate]\nbase_uri = g\nproxies = [\"http://me:pw@h.example\"\n",
     "s.ini line 3: [gate] proxies: \"[\"http://***@h.example\"\" is not accepted; allowed: a JSON array of strings, "
     "as "
     "in [\"one\", \"two\"]"},
};

class LoadProblem : public testing::TestWithParam<ProblemFact> {};
TEST_P(LoadProblem, is_one_sentence_with_file_and_line) {
    Owners owners;
    const auto loaded = load(owners, GetParam().text);
    EXPECT_THAT(texts_of(loaded), ElementsAre(GetParam().message));
    EXPECT_TRUE(loaded.has_errors());
}
INSTANTIATE_TEST_SUITE_P(Table, LoadProblem, testing::ValuesIn(k_problems),
                         [](const auto& fact) { return std::string(fact.param.name); });

TEST(Load, problems_of_reading_and_loading_come_together_by_line) {
    Owners owners;
    const auto loaded = load(owners, "[gate]\nmost = 0\nbare words here\n[list_a]\nnmae = A\n[odd]\n");
    std::vector<std::size_t> lines;
    for (const auto& problem : loaded.problems) lines.push_back(problem.line);
    EXPECT_THAT(lines, ElementsAre(1, 2, 3, 4, 5, 6));
}

TEST(Load, a_bad_value_leaves_the_default) {
    Owners owners;
    load(owners, "[gate]\nbase_uri = g\nmost = 501\n");
    EXPECT_EQ(owners.gate.most, 100U);
}

TEST(Load, an_alias_is_accepted) {
    Owners owners;
    EXPECT_THAT(texts_of(load(owners, "[gate]\nbase_uri = g\n[list_a]\nname = A\ndescript-ion = y\n")), IsEmpty());
    EXPECT_EQ(owners.lists[0].description, "y");
}

TEST(Load, an_own_alias_wins_over_an_inherited_key) {
    Owners owners;
    EXPECT_THAT(
        texts_of(
            load(owners, "[DEFAULT]\ndescription = x\n[gate]\nbase_uri = g\n[list_a]\nname = A\ndescript-ion = y\n")),
        IsEmpty());
    EXPECT_EQ(owners.lists[0].description, "y");
}

TEST(Load, a_key_that_only_serves_interpolation_is_no_problem) {
    Owners owners;
    EXPECT_THAT(texts_of(load(owners, "[DEFAULT]\ntop = example\n[gate]\nhost = gate.%(top)s\nbase_uri = %(host)s\n")),
                IsEmpty());
    EXPECT_EQ(owners.gate.base_uri, "gate.example");
}

TEST(Load, a_flag_that_no_table_has_is_told) {
    Owners owners;
    EXPECT_THAT(texts_of(load(owners, "[gate]\nbase_uri = g\n", {}, {{"gate.kee", "x"}})),
                ElementsAre(HasSubstr("gate.kee")));
}

TEST(Load, a_bad_flag_names_the_command_line) {
    Owners owners;
    EXPECT_THAT(
        texts_of(load(owners, "[gate]\nbase_uri = g\n", {}, {{"gate.most", "x"}})),
        ElementsAre("[gate] most: \"x\" is not accepted (command line); allowed: a whole number from 1 to 500"));
}

TEST(Load, no_secret_shows_in_settings_or_problems) {
    Owners owners;
    const auto loaded = load(owners, "[gate]\nbase_uri = g\nkey = hush\nproxies = http://me:hush@h.example:8080\n");
    EXPECT_EQ(loaded.find("gate", "key")->text, "set");
    EXPECT_EQ(loaded.find("gate", "proxies")->text, "http://***@h.example:8080");
    EXPECT_EQ(owners.gate.proxies.at(0), "http://me:hush@h.example:8080");
}

TEST(Load, effective_settings_say_where_they_come_from) {
    Owners owners;
    const auto loaded = load(owners, "[gate]\nbase_uri = g\n");
    EXPECT_EQ(loaded.find("gate", "base_uri")->where, "s.ini line 2");
    EXPECT_EQ(loaded.find("gate", "most")->where, "default");
    EXPECT_EQ(loaded.find("gate", "most")->text, "100");
    EXPECT_EQ(loaded.find("gate", "key")->text, "missing");
    EXPECT_EQ(loaded.find("gate", "nothing"), nullptr);
}

TEST(Load, an_owner_can_point_at_the_line_of_a_key) {
    Owners owners;
    const auto loaded = load(owners, "[gate]\nbase_uri = g\nmost = 5\n");
    EXPECT_EQ(loaded.problem_at("gate", "most", "too few").text(), "s.ini line 3: [gate] most: too few");
    EXPECT_EQ(loaded.problem_at("gate", "key", "x").text(), "[gate] key: x");
}

TEST(Reference, holds_every_key_with_default_and_meaning) {
    Owners owners;
    const auto text = settings_reference(owners.tables());
    EXPECT_THAT(text, HasSubstr("## [gate]\n\nThe gate.\n\n| key | default | meaning |"));
    EXPECT_THAT(text, HasSubstr("| `most` | `100` | How many. From "));
    EXPECT_THAT(text, HasSubstr("| `share` | `0.3` | A share. From 0 to 1. |")) << "as the file may have it";
    EXPECT_THAT(text, HasSubstr("| `proxies` |  | Ways \\| out. |"));
    EXPECT_THAT(text, HasSubstr("Environment: `GATE_KEY`, or `GATE_KEY_FILE`"));
    EXPECT_THAT(text, HasSubstr("Required: the gate cannot be found without it."));
    EXPECT_THAT(text, HasSubstr("## [list_*]"));
    EXPECT_THAT(text, HasSubstr("Also spelled `descript-ion`."));
}

TEST(Load, asks_whether_a_key_is_required_when_the_section_is_read) {
    std::string mode, key;
    std::size_t number = 1;
    std::set<std::string> told;
    const auto table = [&](const std::string&) {
        auto needed = text_setting("key", key, "A key.");
        needed.required_because = "this mode wants it";
        needed.is_required = [&](const std::set<std::string>& unread) {
            told = unread;
            return mode == "strict";
        };
        return std::vector<Setting>{needed, text_setting("mode", mode, "The mode."),
                                    number_setting("number", number, 1, 9, "A number.")};
    };
    const std::vector<SettingSection> tables{{"gate", "The gate.", table}};
    const auto problems = [&](const std::string& text) {
        mode = key = "";
        return texts_of(load_settings(tables, parse_ini(text, "s.ini"), {}, {}));
    };
    EXPECT_THAT(problems("[gate]\nmode = strict\n"),
                ElementsAre("s.ini line 1: [gate] key: this key is missing: this mode wants it"));
    EXPECT_THAT(problems("[gate]\nmode = strict\nkey =\n"),
                ElementsAre("s.ini line 3: [gate] key: this key is empty: this mode wants it"));
    EXPECT_THAT(problems("[gate]\nmode = lax\nkey =\n"), IsEmpty());
    EXPECT_THAT(problems("[gate]\nmode = lax\nnumber = 50\n"), SizeIs(1));
    EXPECT_THAT(told, ElementsAre("number"));
}

}  // namespace
}  // namespace cordon::config
