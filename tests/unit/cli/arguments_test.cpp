#include "cli/arguments.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cordon::cli {
namespace {

using testing::HasSubstr;
using Words = std::vector<std::string>;

TEST(Arguments, a_flag_that_a_command_would_pass_over_is_refused_with_its_name) {
    const struct {
        Words words;
        const char* says;
    } refused[] = {
        {{"compile", "--json", "list.txt"}, "'cordon compile' has no --json"},
        {{"--json", "compile", "list.txt"}, "'cordon compile' has no --json"},
        {{"check", "--json"}, "'cordon check' has no --json"},
        {{"exceptions", "clear", "L", "--json"}, "'cordon exceptions clear' has no --json"},
        {{"settings", "--json"}, "'cordon settings' has no --json"},
        {{"version", "-s", "settings.ini"}, "'cordon version' has no --settings"},
        {{"retire", "L", "--allow-removals", "L"}, "'cordon retire' has no --allow-removals"},
        {{"move", "L", "--allow-growth", "L"}, "'cordon move' has no --allow-growth"},
        {{"runs", "list", "--allow-growth", "L"}, "'cordon runs list' has no --allow-growth"},
        {{"retire", "L", "--feed", "section", "--json"}, "retire --feed has no --json"},
        {{"run", "--every", "1h", "--once"}, "--every excludes --once"},
        {{"run", "--every", "1h", "--plan", "0123456789ab"}, "are for one run; leave --every out"},
        {{"run", "--every", "1h", "--allow-removals", "L"}, "are for one run; leave --every out"},
        {{"plan", "--every", "1h"}, "--every"},
        {{"run", "--plan", "zzz"}, "12 to 64 hex digits"},
        {{"compile", "--max", "-1", "list.txt"}, "--max"},
        {{"compile", "--max", "abc", "list.txt"}, "--max"},
        {{"run", "--plan", ""}, "12 to 64 hex digits"},
    };
    for (const auto& [words, says] : refused) {
        const auto arguments = parse_arguments(words);
        ASSERT_FALSE(arguments) << words[0];
        EXPECT_EQ(arguments.error().code, Code::invalid);
        EXPECT_THAT(arguments.error().message, HasSubstr(says));
    }
}

TEST(Arguments, an_allow_file_is_one_file_and_the_lists_behind_it_stay_lists) {
    for (const Words& words : {Words{"compile", "--allow", "allow.txt", "a.txt", "b.txt"},
                               Words{"compile", "--allow=allow.txt", "a.txt", "b.txt"},
                               Words{"compile", "a.txt", "--allow", "allow.txt", "b.txt"}}) {
        const auto arguments = parse_arguments(words);
        ASSERT_TRUE(arguments) << arguments.error().message;
        EXPECT_EQ(arguments->compile.allow, (Words{"allow.txt"}));
        EXPECT_EQ(arguments->compile.files, (Words{"a.txt", "b.txt"}));
    }
}

TEST(Arguments, what_an_operator_says_of_a_value_has_terms_and_can_be_ended) {
    const auto unblock = parse_arguments({"unblock", "evil.example", "--for", "7d", "--because", "a partner", "--yes"});
    ASSERT_TRUE(unblock) << unblock.error().message;
    EXPECT_EQ(unblock->command, Command::unblock);
    EXPECT_EQ(unblock->value, "evil.example");
    EXPECT_EQ(unblock->length, "7d");
    EXPECT_EQ(unblock->because, "a partner");
    EXPECT_TRUE(unblock->confirmed);
    EXPECT_FALSE(unblock->ends);
    const auto block = parse_arguments({"block", "evil.example", "--list", "L", "--end"});
    ASSERT_TRUE(block) << block.error().message;
    EXPECT_EQ(block->list, "L");
    EXPECT_TRUE(block->ends);
    EXPECT_TRUE(parse_arguments({"block", "evil.example"})) << "the command names the lists";
    EXPECT_TRUE(parse_arguments({"explain", "evil.example", "--lookup"})->asks_gateway);
    EXPECT_FALSE(parse_arguments({"explain", "evil.example"})->asks_gateway);
    EXPECT_THAT(parse_arguments({"explain", "evil.example", "--json"}).error().message,
                HasSubstr("'cordon explain' has no --json"));
}

TEST(Arguments, help_and_complaints_name_the_whole_command) {
    EXPECT_THAT(parse_arguments({"config", "import", "--help"})->help_text, HasSubstr("cordon config import"));
    EXPECT_THAT(parse_arguments({"exceptions", "clear", "--help"})->help_text, HasSubstr("cordon exceptions clear"));
    const auto wrong = parse_arguments({"compile", "--colour", "list.txt"});
    ASSERT_FALSE(wrong);
    EXPECT_THAT(wrong.error().message, HasSubstr("see 'cordon compile --help'"));
}

TEST(Arguments, help_of_a_command_shows_what_it_needs_and_nothing_of_other_commands) {
    for (const auto* command : {"unblock", "block"}) {
        const auto help = parse_arguments({command, "--help"})->help_text;
        EXPECT_THAT(help, HasSubstr("REQUIRED: why, for"));
        EXPECT_THAT(help, HasSubstr("REQUIRED, or --until: how long"));
    }
    for (const auto* family : {"audit", "runs", "exceptions", "config"}) {
        EXPECT_THAT(parse_arguments({family, "--help"})->help_text, testing::Not(HasSubstr("Without a command")));
    }
    EXPECT_THAT(parse_arguments({"--help"})->help_text, HasSubstr("Without a command"));
}

TEST(Arguments, a_word_that_is_nearly_a_command_is_told_which) {
    EXPECT_THAT(parse_arguments({"unblok", "evil.example"}).error().message,
                HasSubstr("did you mean 'cordon unblock'?"));
    EXPECT_THAT(parse_arguments({"audit", "verfy"}).error().message, HasSubstr("did you mean 'cordon audit verify'?"));
    EXPECT_THAT(parse_arguments({"zzzzzzzz"}).error().message, testing::Not(HasSubstr("did you mean")));
}

TEST(Arguments, the_version_is_a_command_and_a_flag) {
    for (const Words& words : {Words{"version"}, Words{"--version"}}) {
        const auto arguments = parse_arguments(words);
        ASSERT_TRUE(arguments);
        EXPECT_EQ(arguments->command, Command::version);
    }
}

TEST(Arguments, a_flag_that_a_command_heeds_may_stand_before_it_and_behind_it) {
    const Words taken[] = {
        {"--json"},
        {"--json", "plan"},
        {"plan", "--json", "--allow-removals", "L"},
        {"adopt", "L", "--allow-growth", "L", "--json"},
        {"retire", "L", "--json"},
        {"exceptions", "list", "--json"},
        {"runs", "show", "--json", "-s", "settings.ini"},
        {"-s", "settings.ini", "--log-level", "debug", "-k", "token"},
        {"check", "--online", "--zkey", "key"},
        {"lookup", "-s", "settings.ini", "evil.example"},
        {"--log-level", "debug", "lookup", "evil.example", "--zkey", "key", "--json"},
    };
    for (const auto& words : taken) {
        const auto arguments = parse_arguments(words);
        EXPECT_TRUE(arguments) << testing::PrintToString(words) << arguments.error().message;
    }
}

TEST(Arguments, the_secrets_of_Falcon_are_settings_and_wiped_from_the_process_list) {
    std::string words[] = {"cordon", "--falcon-client-id", "ID", "--falcon-client-secret=SECRET"};
    char* argv[] = {words[0].data(), words[1].data(), words[2].data(), words[3].data()};
    const auto taken = take_words(4, argv);
    EXPECT_EQ(words[2], "**");
    EXPECT_THAT(words[3], testing::Not(HasSubstr("SECRET")));
    EXPECT_EQ(taken.found, "--falcon-client-id, --falcon-client-secret");
    const auto arguments = parse_arguments(taken.words);
    ASSERT_TRUE(arguments) << arguments.error().message;
    EXPECT_EQ(arguments->common.flags.at("falcon.client_id"), "ID");
    EXPECT_EQ(arguments->common.flags.at("falcon.client_secret"), "SECRET");
}

TEST(Arguments, every_and_once_win_over_the_settings_file) {
    EXPECT_EQ(parse_arguments({"run", "--every", "30m"})->common.flags.at("cordon.every"), "30m");
    EXPECT_EQ(parse_arguments({"run", "--once"})->common.flags.at("cordon.every"), "0");
    EXPECT_FALSE(parse_arguments({"run"})->common.flags.contains("cordon.every"));
}

}  // namespace
}  // namespace cordon::cli
