// The committed settings reference says what the program reads.

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <optional>
#include <sstream>
#include <string>

#include "base/text.hpp"
#include "cli/settings.hpp"
#include "config/load.hpp"

namespace cordon::cli {
namespace {

std::string content_of(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
}

/// The first line in which two texts differ, to find the place in a long file.
std::string first_difference(const std::string& committed, const std::string& now) {
    const auto left = split(committed, '\n');
    const auto right = split(now, '\n');
    for (std::size_t i = 0; i < std::max(left.size(), right.size()); ++i) {
        const std::string is = i < left.size() ? std::string(left[i]) : "(ends)";
        const std::string should = i < right.size() ? std::string(right[i]) : "(ends)";
        if (is != should) return "line " + std::to_string(i + 1) + "\n  file:    " + is + "\n  program: " + should;
    }
    return "the line ends";
}

TEST(SettingsReference, the_committed_file_is_what_the_program_prints) {
    Settings fresh;
    const auto now = config::settings_reference(tables_of(fresh));
    const auto committed = content_of(std::filesystem::path(CORDON_SOURCE_DIR) / "docs/settings.md");
    EXPECT_TRUE(committed == now) << "docs/settings.md is not what the program reads; renew it with\n"
                                     "  cordon settings > docs/settings.md\n"
                                  << first_difference(committed, now);
}

TEST(SettingsReference, the_sample_names_no_key_that_does_not_exist) {
    // The sample's own keys stand in it as comments, "#key = default": all must exist where they stand.
    std::istringstream sample(content_of(std::filesystem::path(CORDON_SOURCE_DIR) / "config/settings.ini"));
    std::string text;
    for (std::string line; std::getline(sample, line);) {
        const bool is_commented = line.size() > 1 && line[0] == '#' && line[1] != ' ' && line[1] != '#';
        text += (is_commented ? line.substr(1) : line) + "\n";
    }
    Settings settings;
    const auto document = config::parse_ini(text, "config/settings.ini");
    const auto loaded = config::load_settings(tables_of(settings), document,
                                              [](const std::string&) { return std::optional<std::string>{}; }, {});
    const auto read = std::count_if(loaded.settings.begin(), loaded.settings.end(),
                                    [](const auto& setting) { return setting.origin == config::Origin::file; });
    EXPECT_GT(read, 40) << "the commented keys were not read";
    for (const auto& problem : loaded.problems) {
        EXPECT_EQ(problem.text().find("there is no such"), std::string::npos) << problem.text();
    }
}

}  // namespace
}  // namespace cordon::cli
