// Our reader beside the real thing: Python's configparser over hand-written and generated documents.

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <random>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "base/file.hpp"
#include "config/ini.hpp"

namespace cordon::config {
namespace {

// For each document: null where reading it raises, else section -> key -> value, null where getting the
// value raises. Read as a file, so that universal newlines apply.
constexpr const char* k_script = R"(
import configparser, json, sys
answers = []
for name in sys.argv[2:]:
    parser = configparser.ConfigParser()
    try:
        with open(name, encoding='utf-8') as file:
            parser.read_file(file)
    except (configparser.Error, UnicodeDecodeError):
        answers.append(None)
        continue
    sections = {}
    for section in parser.sections():
        sections[section] = {}
        for key in parser.options(section):
            try:
                sections[section][key] = parser.get(section, key)
            except configparser.Error:
                sections[section][key] = None
    answers.append(sections)
with open(sys.argv[1], 'w', encoding='utf-8') as out:
    json.dump(answers, out)
)";

nlohmann::json our_answer(const std::string& text) {
    const auto document = parse_ini(text, "s.ini");
    nlohmann::json sections = nlohmann::json::object();
    std::size_t faults = 0;
    for (const auto& section : document.sections) {
        auto& keys = sections[section.name] = nlohmann::json::object();
        for (const auto& key : section.keys) {
            keys[key.name] = key.fault.empty() ? nlohmann::json(key.value) : nlohmann::json(nullptr);
            if (!key.fault.empty() && !key.is_inherited) ++faults;
        }
    }
    return document.problems.size() > faults ? nlohmann::json(nullptr) : sections;
}

std::vector<std::string> hand_written() {
    return {
        "",
        "\n\n",
        "[a]",
        "[a]\n",
        "[]\n",
        "[]=x\n",
        "[a]\n[]=x\n",
        "[a]b]\nk=v\n",
        "[a] ; b\nk=v\n",
        "  [a]\n  k=v\n j=w\n",
        "[a]\nk=v\n[a ]\nk=v\n",
        "[a]\nk\n",
        "[a]\nk=\n",
        "[a]\n=v\n",
        "[a]\n:v\n",
        "[a]\nk =: v\n",
        "[a]\nk := v\n",
        "[a]\nk v = w\n",
        "[a]\nk=v\n\n\n  w\n\n",
        "[a]\nk=\n\n  w\n",
        "[a]\nk=v\n# c\n  w\n",
        "[a]\nk=v\n  # c\n  w\n",
        "[a]\nk=v\n  ;c\n\n  w\n",
        "[a]\n  k=v\n    w\n  j=x\n",
        "[a]\n  k=v\nj=x\n  y\n",
        "[a]\nk=v\n\t\tw\n\tx\n",
        "[a]\nk=v\n [b]\n",
        "[a]\nk=v # c\n",
        "[DEFAULT]\nd=1\n[a]\nk=%(d)s\n[b]\nd=2\nk=%(D)s\n",
        "[default]\nd=1\n[a]\n",
        "[DEFAULT]\nd=1\n[DEFAULT]\nd=2\n",
        "[DEFAULT]\nd=1\n[DEFAULT]\ne=2\n[a]\n",
        "[a]\nk=%\n",
        "[a]\nk=%%\n",
        "[a]\nk=%(x)\n",
        "[a]\nk=%()s\n",
        "[a]\nk=%(k)s\n",
        "[a]\nk=%%(x)s\n",
        "[a]\na=%(b)s\nb=%(c)s\nc=%%1\n",
        "[a]\nk=a%(j\n  )s\nj=1\n",
        "[a]\nk=v\nK=w\n",
        "[a]\nk=v\r\n  w\r\n",
        "[a]\rk=v\r  w\r",
        "\xEF\xBB\xBF[a]\nk=v\n",
        "[a]\nk=\xFF\n",
        "[a]\nk=v\n\xC2\xA0w\n",
        "[a]\nk=\xE3\x80\x80v\xC2\x85\n",
        "[a]\nk=v\x0b\n",
        "[a]\nk=v\n\x0cw\n",
        "[a]\n\x1ck=v\n",
        "k=v\n[a]\n",
        "# c\n; c\n[a]\n",
        "[a]\nk=[\"x\", \"y\"]\n",
        "[a\nk=v\n",
        "[a]\n[b]\n  k=v\n  [c]\n",
        "[a]\nk=v\nwrapped text\n",
        "[a]\nk=v\nwrapped: text\n",
        "[a]\nk=a\xE2\x80\xA8  b\n",
        "[a]\nk=%(a1)s\na1=%(a2)s\na2=%(a3)s\na3=%(a4)s\na4=%(a5)s\na5=%(a6)s\na6=%(a7)s\na7=%(a8)s\na8=%(a9)s\na9=x\n",
        "[a]\nk=%(a1)s\na1=%(a2)s\na2=%(a3)s\na3=%(a4)s\na4=%(a5)s\na5=%(a6)s\na6=%(a7)s\na7=%(a8)s\na8=%(a9)s\na9=%(b)"
        "s\nb=x%%\n",
    };
}

/// Documents of pieces that matter to the dialect, with a fixed seed.
std::vector<std::string> generated(std::size_t count) {
    const std::vector<std::string> pieces = {"[a]", "[b]", "[DEFAULT]", "k",  "j",  "Key",   "=",     ":",
                                             " = ", "v",   "w x",       "%",  "%%", "%(k)s", "%(j)s", "#",
                                             ";",   " ",   "  ",        "\t", "]",  "["};
    const std::vector<std::string> lines = {"k = v",       "j = w",     "  more", "\tand more", "",     "# comment",
                                            "  ; comment", "[a]",       "[b]",    "[c] x",      "m: 1", "n = %(k)s",
                                            "  o = p",     "[DEFAULT]", "k2 =",   "  [d]"};
    std::mt19937_64 random(20261121);
    const auto below = [&](std::size_t most) { return static_cast<std::size_t>(random() % most); };
    std::vector<std::string> documents;
    while (documents.size() < count) {
        std::string text = below(8) == 0 ? "" : "[s]\n";
        for (std::size_t line = 1 + below(8); line > 0; --line) {
            if (below(3) > 0)
                text += lines[below(lines.size())];
            else
                for (std::size_t piece = below(6); piece > 0; --piece) text += pieces[below(pieces.size())];
            text += below(10) == 0 ? "\r\n" : "\n";
        }
        documents.push_back(std::move(text));
    }
    return documents;
}

TEST(Configparser, gives_what_we_give_for_hand_written_and_generated_documents) {
    if (std::system("python3 -c pass >/dev/null 2>&1") != 0) GTEST_SKIP() << "no python3 on this machine";
    std::string folder = (std::filesystem::temp_directory_path() / "cordon-ini-XXXXXX").string();
    ASSERT_NE(::mkdtemp(folder.data()), nullptr);
    auto documents = hand_written();
    for (auto& document : generated(600)) documents.push_back(std::move(document));
    std::ofstream(folder + "/compare.py") << k_script;
    std::string command = "cd '" + folder + "' && python3 compare.py answers.json";
    for (std::size_t i = 0; i < documents.size(); ++i) {
        std::ofstream(folder + "/" + std::to_string(i), std::ios::binary) << documents[i];
        command += " " + std::to_string(i);
    }
    const int status = std::system(command.c_str());
    const auto answers = read_file(folder + "/answers.json");
    std::filesystem::remove_all(folder);
    ASSERT_EQ(status, 0);
    ASSERT_TRUE(answers);
    const auto expected = nlohmann::json::parse(*answers);
    ASSERT_EQ(expected.size(), documents.size());
    std::size_t accepted = 0;
    for (std::size_t i = 0; i < documents.size(); ++i) {
        if (!expected[i].is_null()) ++accepted;
        // dump() replaces bad UTF-8, which configparser has refused then.
        const auto show = [](const nlohmann::json& json) {
            return json.dump(1, ' ', false, nlohmann::json::error_handler_t::replace);
        };
        EXPECT_EQ(show(our_answer(documents[i])), show(expected[i])) << "document " << i << ":\n" << documents[i];
    }
    EXPECT_GT(accepted, 150U) << "both ways must be well covered";
    EXPECT_LT(accepted, documents.size() - 150U);
}

}  // namespace
}  // namespace cordon::config
