#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/settings.hpp"

namespace cordon::cli {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;
using testing::UnorderedElementsAre;

class UnverifiedClouds : public testing::Test {
protected:
    UnverifiedClouds() {
        std::string pattern = (std::filesystem::temp_directory_path() / "cordon-unverified-XXXXXX").string();
        folder_ = ::mkdtemp(pattern.data());
    }
    ~UnverifiedClouds() override { std::filesystem::remove_all(folder_); }
    [[nodiscard]] std::vector<std::string> said_of(const std::string& text) const {
        const auto file = folder_ / "settings.ini";
        std::ofstream(file) << text;
        CommonArguments common;
        common.settings = file;
        return unverified_clouds(*load_settings(common).value());
    }

    std::filesystem::path folder_;
};

TEST_F(UnverifiedClouds, are_told_with_section_line_meaning_and_remedy) {
    EXPECT_THAT(
        said_of("[zscaler]\nverify_ssl = False\n"),
        ElementsAre(AllOf(StartsWith("[zscaler] verify_ssl = false ("), HasSubstr("settings.ini line 2): "),
                          EndsWith("no certificate is checked there, so that whoever stands on the way can read the "
                                   "credentials and change what is sent and answered; set ca_file in [zscaler] to the "
                                   "certificate authority of your proxy (PEM) and verify_ssl to true"))));
}

TEST_F(UnverifiedClouds, are_told_of_each_provider_that_feeds_a_list) {
    EXPECT_THAT(said_of("[zscaler]\nverify_ssl = 0\n[rfapi]\nverify_ssl = no\n[falcon]\nverify_ssl = off\n"
                        "[risklist_a]\nentity_type = domain\n[falcon_a]\ncategory_name = C\ntypes = domain\n"),
                UnorderedElementsAre(HasSubstr("[zscaler] verify_ssl"), HasSubstr("[rfapi] verify_ssl"),
                                     HasSubstr("[falcon] verify_ssl")));
}

TEST_F(UnverifiedClouds, are_not_told_of_accounts_that_nothing_uses_and_of_clouds_that_are_checked) {
    EXPECT_THAT(said_of("[rfapi]\nverify_ssl = false\n[falcon]\nverify_ssl = false\n[zscaler]\nverify_ssl = true\n"
                        "[risklist_a]\nentity_type = domain\nenabled = false\n"),
                IsEmpty());
}

}  // namespace
}  // namespace cordon::cli
