#include "cli/compile.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <sstream>
#include <thread>

namespace cordon::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

class CompileCommand : public ::testing::Test {
protected:
    CompileCommand()
        : folder_(std::filesystem::temp_directory_path() /
                  ("cordon-compile-" + std::to_string(::getpid()) + "-" +
                   ::testing::UnitTest::GetInstance()->current_test_info()->name())) {
        std::filesystem::create_directories(folder_);
    }
    ~CompileCommand() override { std::filesystem::remove_all(folder_); }

    std::string file(const std::string& name, const std::string& text) {
        const auto path = folder_ / name;
        std::ofstream(path, std::ios::binary) << text;
        return path.string();
    }

    int run(CompileArguments arguments) {
        out_.str({});
        err_.str({});
        return compile(arguments, out_, err_);
    }
    int run_files(std::vector<std::string> files) {
        CompileArguments arguments;
        arguments.files = std::move(files);
        return run(std::move(arguments));
    }

    std::filesystem::path folder_;
    std::ostringstream out_;
    std::ostringstream err_;
};

TEST_F(CompileCommand, prints_the_entries_and_says_the_type_and_the_counts_beside_them) {
    EXPECT_EQ(run_files({file("a.txt", "evil.com\nAlpha.net\nevil.com\n"), file("b.txt", "github.com\n")}), 0);
    EXPECT_EQ(out_.str(), "alpha.net\nevil.com\n");
    EXPECT_THAT(err_.str(), HasSubstr("4 values of type domain (told from the first lines)"));
    for (const char* line : {"popular", "duplicate", "accepted", "entries"}) EXPECT_THAT(err_.str(), HasSubstr(line));
}

TEST_F(CompileCommand, a_given_type_wins_over_the_first_lines) {
    CompileArguments arguments;
    arguments.type = core::EntityType::ip;
    arguments.files = {file("a.txt", "evil.com\n8.8.8.8\n")};
    EXPECT_EQ(run(arguments), 0);
    EXPECT_EQ(out_.str(), "8.8.8.8\n");
    EXPECT_THAT(err_.str(), HasSubstr("2 values of type ip\n"));
}

TEST_F(CompileCommand, a_mixed_list_asks_for_the_type_and_with_it_shows_what_was_rejected) {
    CompileArguments arguments;
    arguments.files = {file("a.txt", "http://evil.com/x\nbad.com\n8.8.8.8\n9.9.9.9\nhttp://evil.com/y\nworse.com\n")};
    EXPECT_EQ(run(arguments), 2);
    EXPECT_THAT(err_.str(), HasSubstr("a.txt mixes domains, URLs and addresses: say with --type"));
    arguments.type = core::EntityType::domain;
    EXPECT_EQ(run(arguments), 0);
    EXPECT_EQ(out_.str(), "bad.com\nworse.com\n");
    EXPECT_THAT(err_.str(), HasSubstr("4   such as http://evil.com/x, 8.8.8.8, 9.9.9.9\n"));
}

TEST_F(CompileCommand, what_the_first_lines_do_not_show_is_not_dropped_in_silence) {
    std::string late;
    for (int i = 0; i < 3000; ++i) late += "evil-" + std::to_string(i) + ".com\n";
    for (int i = 0; i < 250; ++i) late += "8.8.4." + std::to_string(i) + "\n";
    EXPECT_NE(run_files({file("late.txt", late)}), 0);
    EXPECT_EQ(out_.str(), "");
    EXPECT_THAT(err_.str(), HasSubstr("250 of the 3,250 values are not of type domain"));
    EXPECT_NE(run_files({file("names.txt", "evil.com\nworse.com\n"), file("addresses.txt", "8.8.8.8\n9.9.9.9\n")}), 0);
    EXPECT_THAT(err_.str(), HasSubstr("addresses.txt of type ip"));
}

TEST_F(CompileCommand, subdomains_dots_domains_and_is_refused_for_other_types) {
    CompileArguments arguments;
    arguments.subdomains = true;
    arguments.files = {file("a.txt", "www.evil.com\nevil.com\n")};
    EXPECT_EQ(run(arguments), 0);
    EXPECT_EQ(out_.str(), ".evil.com\n");
    arguments.files = {file("b.txt", "8.8.8.8\n")};
    EXPECT_EQ(run(arguments), 2);
    EXPECT_THAT(err_.str(), HasSubstr("--subdomains is for domains"));
}

TEST_F(CompileCommand, allow_files_are_never_blocked) {
    CompileArguments arguments;
    arguments.allow = {file("allow.txt", "ours.com # us\n"),
                       file("misp.json", R"({"name":"x","type":"hostname","list":["partner.com"]})")};
    arguments.files = {file("a.txt", "www.ours.com\npartner.com\nevil.com\n")};
    EXPECT_EQ(run(arguments), 0);
    EXPECT_EQ(out_.str(), "evil.com\n");
    EXPECT_THAT(err_.str(), HasSubstr("never"));
}

TEST_F(CompileCommand, max_bounds_the_entries) {
    CompileArguments arguments;
    arguments.max = 1;
    arguments.files = {file("a.txt", "b.com\na.com\n")};
    EXPECT_EQ(run(arguments), 0);
    EXPECT_EQ(out_.str(), "a.com\n");
    EXPECT_THAT(err_.str(), HasSubstr("over_capacity"));
}

TEST_F(CompileCommand, formats_are_those_that_others_read) {
    CompileArguments arguments;
    arguments.type = core::EntityType::url;
    arguments.files = {file("a.txt", "http://evil.com/a,b\nhttp://evil.com/c\n")};
    arguments.format = CompileFormat::csv;
    EXPECT_EQ(run(arguments), 0);
    EXPECT_EQ(out_.str(), "entry\n\"evil.com/a,b\"\nevil.com/c\n");
    arguments.format = CompileFormat::zia;
    EXPECT_EQ(run(arguments), 0);
    EXPECT_EQ(out_.str(), "{\"urls\":[\n\"evil.com/a,b\",\n\"evil.com/c\"\n]}\n");
    arguments.type = core::EntityType::ip;
    arguments.files = {file("b.txt", "8.8.8.8\n")};
    EXPECT_EQ(run(arguments), 0);
    EXPECT_EQ(out_.str(), "{\"addresses\":[\n\"8.8.8.8\"\n]}\n");
}

TEST_F(CompileCommand, a_dash_reads_the_standard_input) {
    std::istringstream input("evil.com\n");
    auto* const before = std::cin.rdbuf(input.rdbuf());
    const int status = run_files({"-"});
    std::cin.rdbuf(before);
    EXPECT_EQ(status, 0);
    EXPECT_EQ(out_.str(), "evil.com\n");
}

TEST_F(CompileCommand, a_pipe_is_read_to_its_end) {
    const auto path = folder_ / "pipe";
    ASSERT_EQ(::mkfifo(path.c_str(), 0600), 0);
    std::thread writer([&] { std::ofstream(path) << "evil.com\n"; });
    const int status = run_files({path.string()});
    writer.join();
    EXPECT_EQ(status, 0);
    EXPECT_EQ(out_.str(), "evil.com\n");
}

TEST_F(CompileCommand, a_wrong_file_gives_one_sentence_and_status_2) {
    const struct {
        std::string name;
        const char* why;
    } wrong[] = {
        {(folder_ / "missing.txt").string(), "missing.txt"},
        {folder_.string(), "no regular file"},
        {file("list.gz", "\x1F\x8B\x08 more"), "gzip"},
        {file("list.zst", "\x28\xB5\x2F\xFD more"), "zstd"},
        {file("list.json", "{\"results\":[]}"), "JSON"},
        {file("error.html", "<html><body>Forbidden</body></html>"), "HTML"},
        {file("program", std::string("\x7F"
                                     "ELF\0\0",
                                     6)),
         "binary"},
        {file("error.txt", "Too many requests, slow down\n"), "no domains, URLs or addresses"},
        {file("empty.txt", ""), "no domains, URLs or addresses"},
    };
    for (const auto& [name, why] : wrong) {
        EXPECT_EQ(run_files({name}), 2) << name;
        EXPECT_THAT(out_.str(), IsEmpty()) << name;
        EXPECT_THAT(err_.str(), HasSubstr(why));
        EXPECT_EQ(std::ranges::count(err_.str(), '\n'), 1) << err_.str();
    }
    EXPECT_EQ(run_files({}), 2);
}

TEST_F(CompileCommand, a_wrong_allow_file_is_named_with_its_line) {
    CompileArguments arguments;
    arguments.allow = {file("allow.txt", "ours.com\nnot a host\n")};
    arguments.files = {file("a.txt", "evil.com\n")};
    EXPECT_EQ(run(arguments), 2);
    EXPECT_THAT(err_.str(), HasSubstr("allow.txt line 2: 'not a host'"));
    EXPECT_THAT(out_.str(), IsEmpty());
}

}  // namespace
}  // namespace cordon::cli
