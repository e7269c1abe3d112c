#include <filesystem>
#include <fstream>

#include <unistd.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/settings.hpp"

namespace cordon::cli {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::StartsWith;

/// The notes on a settings file with this text, without the folder in front.
std::vector<std::string> notes_on(const std::string& text) {
    std::string pattern = (std::filesystem::temp_directory_path() / "cordon-idle-XXXXXX").string();
    const std::filesystem::path folder = ::mkdtemp(pattern.data());
    std::ofstream(folder / "s.ini") << text;
    std::filesystem::permissions(folder / "s.ini", std::filesystem::perms::owner_read);
    CommonArguments common;
    common.settings = folder / "s.ini";
    const auto settings = load_settings(common);
    std::filesystem::remove_all(folder);
    std::vector<std::string> notes;
    for (const auto& problem : settings.value()->problems) {
        if (!problem.is_error) notes.push_back(problem.text().substr(folder.string().size() + 1));
    }
    return notes;
}

constexpr const char* k_legacy =
    "base_uri = zsapi.example.net\napi_key = abcdefghijkl\nusername = svc@example.com\npassword = p\n";
constexpr const char* k_list = "[rfapi]\napi_key = facade0ffacade0f\n[risklist_a]\nentity_type = domain\n";

TEST(IdleKeys, are_noted_with_their_line_and_are_no_errors) {
    const auto notes =
        notes_on(std::string("[zscaler]\n") + k_legacy + "activate = never\nfreeze = 2020-01-01 - 2020-01-02\n" +
                 k_list + "category_name = A\nrule_name = Blocks A\n");
    EXPECT_THAT(notes,
                ElementsAre(StartsWith("s.ini line 6: [zscaler] activate: with this sign-in (legacy)"),
                            StartsWith("s.ini line 7: [zscaler] freeze: this has no effect with activate = never"),
                            StartsWith("s.ini line 13: [risklist_a] rule_name: this has no effect without "
                                       "ensure_rule = block")));
}

TEST(IdleKeys, are_not_told_of_a_sign_in_that_publishes_nothing_or_of_a_section_with_errors) {
    EXPECT_THAT(notes_on(std::string("[zscaler]\nauth = oneapi\nclient_id = c\nclient_secret = s\n"
                                     "vanity_domain = acme\nactivate = never\n") +
                         k_list + "category_name = A\nrule_name = Blocks A\nensure_rule = blok\n"),
                IsEmpty());
}

}  // namespace
}  // namespace cordon::cli
