#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <regex>
#include <thread>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/file.hpp"
#include "base/log.hpp"
#include "base/text.hpp"
#include "tests/unit/base/folder.hpp"

namespace cordon {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

mode_t mode_of(const fs::path& path) {
    struct stat facts {};
    ::stat(path.c_str(), &facts);
    return facts.st_mode & 07777U;
}

TEST(File, what_was_written_is_read_back_byte_for_byte) {
    const Folder folder;
    for (const std::string& bytes : {std::string(), std::string("a\0b\r\n", 5), std::string(300'000, 'x')}) {
        ASSERT_TRUE(write_file_atomically(folder / "f", bytes).has_value());
        EXPECT_EQ(*read_file(folder / "f"), bytes);
        EXPECT_EQ(MappedFile::open(folder / "f")->bytes(), bytes);
        EXPECT_EQ(mode_of(folder / "f"), 0600U);
        EXPECT_EQ(folder.count(), 1U);
    }
}

TEST(File, a_failed_write_keeps_the_old_file_and_leaves_no_litter) {
    const Folder folder;
    fs::create_directory(folder / "taken");
    const auto failed = write_file_atomically(folder / "taken", "x");
    ASSERT_FALSE(failed.has_value());
    EXPECT_EQ(failed.error().code, Code::invalid);
    EXPECT_THAT(failed.error().message, HasSubstr((folder / "taken").string()));
    EXPECT_EQ(folder.count(), 1U);
    EXPECT_FALSE(write_file_atomically(folder / "no/such/folder", "x").has_value());
}

TEST(File, writers_of_one_file_do_not_meet) {
    const Folder folder;
    std::vector<std::thread> writers;
    for (char letter = 'a'; letter < 'e'; ++letter) {
        writers.emplace_back([&, letter] {
            for (int i = 0; i < 20; ++i)
                EXPECT_TRUE(write_file_atomically(folder / "f", std::string(50'000, letter)).has_value());
        });
    }
    for (auto& writer : writers) writer.join();
    const auto text = *read_file(folder / "f");
    EXPECT_EQ(text, std::string(50'000, text.front()));
    EXPECT_EQ(folder.count(), 1U);
}

TEST(File, a_file_over_the_bound_is_refused) {
    const Folder folder;
    ASSERT_TRUE(write_file_atomically(folder / "f", "12345").has_value());
    EXPECT_TRUE(read_file(folder / "f", 5).has_value());
    const auto refused = read_file(folder / "f", 4);
    ASSERT_FALSE(refused.has_value());
    EXPECT_THAT(refused.error().message, HasSubstr("larger than 4 bytes"));
}

TEST(File, what_cannot_be_read_is_named_with_the_reason) {
    const Folder folder;
    EXPECT_THAT(read_file(folder / "absent").error().message, HasSubstr("No such file"));
    EXPECT_THAT(read_file(folder / "").error().message, HasSubstr("cannot read"));
    EXPECT_THAT(MappedFile::open(folder / "absent").error().message, HasSubstr("No such file"));
    EXPECT_THAT(MappedFile::open(folder / "").error().message, HasSubstr("no regular file"));
    EXPECT_THAT(read_file(folder / "a\x1b[2J").error().message, HasSubstr("a?[2J"));
}

TEST(File, a_mapping_moves_with_its_owner) {
    const Folder folder;
    ASSERT_TRUE(write_file_atomically(folder / "f", "abc").has_value());
    ASSERT_TRUE(write_file_atomically(folder / "g", "defg").has_value());
    auto first = *MappedFile::open(folder / "f");
    auto second = std::move(first);
    EXPECT_EQ(second.bytes(), "abc");
    second = *MappedFile::open(folder / "g");
    EXPECT_EQ(second.bytes(), "defg");
}

TEST(Log, levels_are_named_as_the_predecessor_named_them) {
    EXPECT_EQ(log_level_of("DEBUG"), LogLevel::debug);
    EXPECT_EQ(log_level_of("info"), LogLevel::info);
    EXPECT_EQ(log_level_of("Warning"), LogLevel::warning);
    EXPECT_EQ(log_level_of("ERROR"), LogLevel::error);
    EXPECT_EQ(log_level_of("CRITICAL"), LogLevel::critical);
    EXPECT_EQ(log_level_of("WARN"), std::nullopt);
    EXPECT_EQ(log_level_of(""), std::nullopt);
}

TEST(Log, each_line_has_time_level_file_line_and_a_printable_message) {
    const Folder folder;
    ASSERT_TRUE(open_log(folder / "logs", LogLevel::info).has_value());
    log_debug("below the level");
    log_info("hello");
    const int line = __LINE__ - 1;
    log_error("two\nlines \x1b[2J");
    log_line(LogLevel::critical, std::string(10'000, 'x'), "some.cpp", 7);
    const auto text = *read_file(folder / "logs/cordon.log");
    const auto lines = split(text, '\n');
    ASSERT_EQ(lines.size(), 4U) << text;
    const std::regex form(R"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z (\w+) (\S+):(\d+) (.*))");
    std::cmatch match;
    ASSERT_TRUE(std::regex_match(lines[0].begin(), lines[0].end(), match, form)) << lines[0];
    EXPECT_EQ(match[1], "INFO");
    EXPECT_EQ(match[2], "file_log_test.cpp");
    EXPECT_EQ(match[3], std::to_string(line));
    EXPECT_EQ(match[4], "hello");
    ASSERT_TRUE(std::regex_match(lines[1].begin(), lines[1].end(), match, form)) << lines[1];
    EXPECT_EQ(match[1], "ERROR");
    EXPECT_EQ(match[4], "two?lines ?[2J");
    EXPECT_LT(lines[2].size(), 4300U);
    EXPECT_EQ(mode_of(folder / "logs"), 0700U);
    EXPECT_EQ(mode_of(folder / "logs/cordon.log"), 0600U);
}

TEST(Log, a_wait_is_told_to_whoever_listens_and_is_a_debug_line_in_the_log) {
    const Folder folder;
    ASSERT_TRUE(open_log(folder / "logs", LogLevel::info).has_value());
    std::vector<std::string> told;
    show_waits([&](std::string_view line) { told.emplace_back(line); });
    log_wait("no answer; trying again in 2s");
    show_waits({});
    log_wait("nobody listens");
    EXPECT_EQ(told, std::vector<std::string>{"no answer; trying again in 2s"});
    EXPECT_EQ(read_file(folder / "logs/cordon.log").value(), "") << "INFO stays short";
}

TEST(Log, a_folder_with_a_slash_at_its_end_is_private_too) {
    const Folder folder;
    ASSERT_TRUE(open_log(folder / "a/logs/", LogLevel::info).has_value());
    EXPECT_EQ(mode_of(folder / "a/logs"), 0700U);
}

TEST(Log, keeps_five_private_files_at_most) {
    const Folder folder;
    ASSERT_TRUE(open_log(folder / "logs", LogLevel::debug).has_value());
    const std::string message(4000, 'x');
    for (int i = 0; i < 9000; ++i) log_debug(message);
    std::size_t files = 0;
    for (const auto& item : fs::directory_iterator(folder / "logs")) {
        ++files;
        EXPECT_EQ(mode_of(item.path()), 0600U) << item.path();
        EXPECT_LE(item.file_size(), 5U << 20U);
    }
    EXPECT_EQ(files, 5U);
}

TEST(Log, that_is_opened_again_goes_on_in_its_file_and_takes_the_new_level) {
    const Folder folder;
    ASSERT_TRUE(open_log(folder / "logs", LogLevel::info).has_value());
    log_info("first");
    ASSERT_TRUE(open_log(folder / "logs", LogLevel::warning).has_value());
    log_info("unseen");
    log_warning("second");
    ASSERT_TRUE(fs::remove(folder / "logs" / "cordon.log"));
    ASSERT_TRUE(open_log(folder / "logs", LogLevel::info).has_value());
    log_info("third");
    const auto text = read_file(folder / "logs" / "cordon.log").value();
    EXPECT_THAT(text, AllOf(HasSubstr("third"), Not(HasSubstr("second"))));
}

TEST(Log, may_be_opened_while_others_write) {
    const Folder folder;
    ASSERT_TRUE(open_log(folder / "a", LogLevel::info).has_value());
    std::thread writer([] {
        for (int i = 0; i < 1000; ++i) log_info("still here");
    });
    for (int i = 0; i < 20; ++i) ASSERT_TRUE(open_log(folder / (i % 2 == 0 ? "b" : "a"), LogLevel::info).has_value());
    writer.join();
    const auto size = [&](const char* name) { return fs::file_size(folder / name / "cordon.log"); };
    EXPECT_GT(size("a") + size("b"), 0U);
}

TEST(Log, a_folder_of_another_user_is_refused_with_its_owner_and_the_setting) {
    const Folder folder;
    fs::create_directories(folder / "logs");
    fs::permissions(folder / "", fs::perms(0755));
    fs::permissions(folder / "logs", fs::perms(0555));
    const bool is_root = ::geteuid() == 0;
    if (is_root) {
        ASSERT_EQ(::seteuid(65534), 0);
    }
    const auto failed = open_log(folder / "logs", LogLevel::info);
    if (is_root) {
        ASSERT_EQ(::seteuid(0), 0);
    }
    ASSERT_FALSE(failed.has_value());
    EXPECT_EQ(failed.error().code, Code::invalid);
    EXPECT_THAT(failed.error().message, HasSubstr("cannot use the log folder"));
    EXPECT_THAT(failed.error().message, HasSubstr("set log_dir in [cordon]"));
    if (is_root) {
        EXPECT_THAT(failed.error().message, HasSubstr("belongs to user root"));
    }
}

TEST(Log, a_folder_that_cannot_be_is_an_error_that_says_what_to_do) {
    const Folder folder;
    ASSERT_TRUE(write_file_atomically(folder / "file", "").has_value());
    const auto failed = open_log(folder / "file", LogLevel::info);
    ASSERT_FALSE(failed.has_value());
    EXPECT_EQ(failed.error().code, Code::invalid);
    EXPECT_THAT(failed.error().message, HasSubstr("log_dir"));
}

}  // namespace
}  // namespace cordon
