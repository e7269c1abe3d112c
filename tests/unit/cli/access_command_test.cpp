#include <iostream>
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/file.hpp"
#include "cli/commands.hpp"
#include "console/accounts.hpp"
#include "tests/unit/cli/stored_things.hpp"

namespace cordon::cli {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr const char* k_typed = "correct horse battery";

/// Who types on the standard input. At a terminal the password is asked for twice.
class AccessCommand : public StoredThings {
protected:
    int user(Command command, const std::string& name, const std::string& typed = {}) {
        arguments_.command = command;
        arguments_.name = name;
        std::istringstream in(typed + "\n" + typed + "\n");
        auto* const before = std::cin.rdbuf(in.rdbuf());
        out_.str({});
        err_.str({});
        const int status = command <= Command::user_remove ? user_command(arguments_, {out_, err_})
                                                           : token_command(arguments_, {out_, err_});
        std::cin.rdbuf(before);
        std::cin.clear();
        return status;
    }
    std::string records() {
        std::string all;
        EXPECT_TRUE(store()->verify_audit([&](std::string_view line) { all += std::string(line) + "\n"; }));
        return all;
    }
};

TEST_F(AccessCommand, adds_shows_and_removes_a_user_with_a_record_of_each) {
    arguments_.role = "operator";
    ASSERT_EQ(user(Command::user_add, "alice", k_typed), 0) << err_.str();
    EXPECT_THAT(out_.str() + err_.str() + records(), Not(HasSubstr(k_typed)));
    ASSERT_EQ(user(Command::user_list, ""), 0);
    EXPECT_EQ(out_.str(), "alice  operator\n");
    EXPECT_THAT(records(), HasSubstr("alice as operator"));
    ASSERT_EQ(user(Command::user_remove, "alice"), 0);
    EXPECT_THAT(records(), HasSubstr("user remove"));
    ASSERT_EQ(user(Command::user_list, ""), 0);
    EXPECT_THAT(out_.str(), HasSubstr("cordon user add"));
    EXPECT_EQ(user(Command::user_remove, "alice"), 2);
}

TEST_F(AccessCommand, another_password_leaves_the_role) {
    arguments_.role = "admin";
    ASSERT_EQ(user(Command::user_add, "alice", k_typed), 0) << err_.str();
    arguments_.role.reset();
    ASSERT_EQ(user(Command::user_add, "alice", k_typed), 0) << err_.str();
    EXPECT_THAT(err_.str(), HasSubstr("alice may sign in as admin"));
    ASSERT_EQ(user(Command::user_add, "bob", k_typed), 0) << err_.str();
    ASSERT_EQ(user(Command::user_list, ""), 0);
    EXPECT_EQ(out_.str(), "alice  admin\nbob  viewer\n");
}

TEST_F(AccessCommand, takes_no_password_that_is_missing_or_short) {
    EXPECT_EQ(user(Command::user_add, "alice", ""), 2);
    EXPECT_EQ(user(Command::user_add, "alice", "short"), 2);
    EXPECT_EQ(user(Command::user_add, "no such name!", k_typed), 2);
    ASSERT_EQ(user(Command::user_list, ""), 0);
    EXPECT_THAT(out_.str(), HasSubstr("nobody yet"));
}

TEST_F(AccessCommand, shows_a_token_once) {
    ASSERT_EQ(user(Command::token_add, "robot"), 0) << err_.str();
    const auto token = out_.str().substr(0, out_.str().find('\n'));
    EXPECT_THAT(token, HasSubstr("cordon_"));
    ASSERT_EQ(user(Command::token_list, ""), 0);
    EXPECT_THAT(out_.str(), HasSubstr("robot  viewer  made "));
    EXPECT_THAT(out_.str() + records(), Not(HasSubstr(token)));
    EXPECT_EQ(user(Command::token_add, "robot"), 2);
    EXPECT_EQ(user(Command::token_remove, "robot"), 0);
    EXPECT_EQ(user(Command::token_remove, "robot"), 2);
}

}  // namespace
}  // namespace cordon::cli
