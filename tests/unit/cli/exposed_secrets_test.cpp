#include <filesystem>
#include <fstream>

#include <sys/stat.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/settings.hpp"

namespace cordon::cli {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

/// A settings file in a folder of its own.
class ExposedSecrets : public testing::Test {
protected:
    void SetUp() override {
        std::string pattern = (std::filesystem::temp_directory_path() / "cordon-exposed-XXXXXX").string();
        folder_ = ::mkdtemp(pattern.data());
        ::unsetenv("RF_API_KEY");
        ::unsetenv("RF_API_KEY_FILE");
    }
    void TearDown() override {
        ::unsetenv("RF_API_KEY_FILE");
        std::filesystem::remove_all(folder_);
    }
    std::filesystem::path write(const char* name, const std::string& text, mode_t mode) {
        const auto file = folder_ / name;
        std::ofstream(file) << text;
        EXPECT_EQ(::chmod(file.c_str(), mode), 0);
        return file;
    }
    /// What is said of exposed secrets, and whether it is an error.
    static std::vector<config::Problem> found(const std::filesystem::path& file) {
        CommonArguments common;
        common.settings = file;
        auto problems = load_settings(common).value()->problems;
        std::erase_if(problems, [](const config::Problem& problem) {
            return problem.message.find("exposed") == std::string::npos;
        });
        return problems;
    }

    std::filesystem::path folder_;
};

const char* const k_with_token = "[rfapi]\ntoken = 5a11db0c5a11db0c5a11db0c5a11db0c\n";

TEST_F(ExposedSecrets, are_a_note_with_the_command_to_type) {
    const auto file = write("settings.ini", k_with_token, 0644);
    const auto problems = found(file);
    ASSERT_EQ(problems.size(), 1U);
    EXPECT_FALSE(problems[0].is_error);
    EXPECT_EQ(problems[0].message, "secrets ([rfapi] token) are exposed: every user of this machine can read " +
                                       file.string() + " (mode 0644): chmod o= '" + file.string() + "'");
}

TEST_F(ExposedSecrets, are_also_those_of_the_certificates_key) {
    write("key.pem", "a key", 0644);
    const auto file =
        write("settings.ini", "[serve]\ntls_certificate = cert.pem\ntls_key = " + (folder_ / "key.pem").string() + "\n",
              0600);
    const auto problems = found(file);
    ASSERT_EQ(problems.size(), 1U);
    EXPECT_THAT(problems[0].message, HasSubstr("secrets ([serve] tls_key) are exposed: every user"));
}

TEST_F(ExposedSecrets, are_an_error_where_permissions_are_strict) {
    const auto problems =
        found(write("settings.ini", std::string(k_with_token) + "[cordon]\nstrict_permissions = true\n", 0644));
    ASSERT_EQ(problems.size(), 1U);
    EXPECT_TRUE(problems[0].is_error);
    EXPECT_THAT(problems[0].message, Not(HasSubstr("5a11db0c")));
}

TEST_F(ExposedSecrets, are_none_in_a_file_of_the_owner_and_the_group) {
    EXPECT_THAT(found(write("settings.ini", k_with_token, 0640)), IsEmpty());
}

TEST_F(ExposedSecrets, are_none_where_the_file_holds_no_secret) {
    EXPECT_THAT(found(write("settings.ini", "[cordon]\nstate_dir = s\n", 0644)), IsEmpty());
}

TEST_F(ExposedSecrets, are_told_of_a_file_that_others_may_write) {
    const auto problems = found(write("settings.ini", k_with_token, 0602));
    ASSERT_EQ(problems.size(), 1U);
    EXPECT_THAT(problems[0].message, HasSubstr("can change"));
}

TEST_F(ExposedSecrets, are_told_of_a_file_that_a_variable_names) {
    const auto secret = write("token", "5a11db0c5a11db0c5a11db0c5a11db0c\n", 0604);
    ::setenv("RF_API_KEY_FILE", secret.c_str(), 1);
    const auto problems = found(write("settings.ini", "[rfapi]\n", 0644));
    ASSERT_EQ(problems.size(), 1U);
    EXPECT_THAT(problems[0].message, HasSubstr("can read " + secret.string()));
}

}  // namespace
}  // namespace cordon::cli
