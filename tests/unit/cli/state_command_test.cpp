#include <fstream>

#include <sys/stat.h>
#include <unistd.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/commands.hpp"
#include "cli/exit_status.hpp"
#include "tests/unit/cli/stored_things.hpp"

namespace cordon::cli {
namespace {

using testing::HasSubstr;
using StateCommand = StoredThings;
using AuditRestartCommand = StoredThings;

TEST_F(StateCommand, exports_only_what_there_is) {
    arguments_.import_file = folder_ / "backup";
    EXPECT_EQ(export_command(arguments_, {out_, err_}), k_exit_usage);
    EXPECT_THAT(err_.str(), HasSubstr("there is no state in"));
    EXPECT_FALSE(std::filesystem::exists(folder_ / "state")) << "asking makes none";
}

TEST_F(StateCommand, refuses_a_file_without_a_name) {
    ASSERT_TRUE(store()->change({.list = "L"}));
    EXPECT_EQ(export_command(arguments_, {out_, err_}), k_exit_usage);
    EXPECT_THAT(err_.str(), HasSubstr("the name of the FILE is empty: name the file that is to be written"));
    EXPECT_EQ(state_import_command(arguments_, {out_, err_}), k_exit_usage);
    EXPECT_THAT(err_.str(), HasSubstr("the file that is to be read"));
}

TEST_F(StateCommand, takes_back_what_it_exported_where_that_is_asked_for) {
    ASSERT_TRUE(store()->change({.list = "L"}));
    arguments_.import_file = folder_ / "backup";
    ASSERT_EQ(export_command(arguments_, {out_, err_}), k_exit_done) << err_.str();
    EXPECT_THAT(out_.str(), HasSubstr("1 audit record; no secrets"));
    ASSERT_TRUE(store()->change({.list = "M"}));
    EXPECT_EQ(state_import_command(arguments_, {out_, err_}), k_exit_usage);
    EXPECT_THAT(err_.str(), HasSubstr("--replace"));
    arguments_.replaces = true;
    ASSERT_EQ(state_import_command(arguments_, {out_, err_}), k_exit_done) << err_.str();
    EXPECT_THAT(out_.str(), HasSubstr("the state that was there is kept in " + (folder_ / "state").string()));
    EXPECT_THAT(store()->known_lists().value(), testing::ElementsAre("L"));
}

TEST_F(StateCommand, of_root_on_the_state_of_a_service_leaves_that_and_the_file_to_their_owners) {
    if (::geteuid() != 0) GTEST_SKIP() << "only root can go on as somebody else";
    constexpr uid_t k_nobody = 65534;
    struct stat facts {};
    const auto owner_of = [&](const std::filesystem::path& path) {
        EXPECT_EQ(::stat(path.c_str(), &facts), 0) << path;
        return facts.st_uid;
    };
    const auto as_root = [](int status) {
        EXPECT_EQ(::seteuid(0), 0);
        EXPECT_EQ(::setegid(0), 0);
        return status;
    };
    ASSERT_TRUE(store()->change({.list = "L"}));
    ASSERT_EQ(::chown((folder_ / "state").c_str(), k_nobody, k_nobody), 0);
    for (const auto& file : std::filesystem::directory_iterator(folder_ / "state"))
        ASSERT_EQ(::chown(file.path().c_str(), k_nobody, k_nobody), 0);
    std::filesystem::create_directory(folder_ / "private");
    std::filesystem::permissions(folder_ / "private", std::filesystem::perms::owner_all);
    arguments_.import_file = folder_ / "private" / "backup";
    ASSERT_EQ(as_root(export_command(arguments_, {out_, err_})), k_exit_done) << err_.str();
    EXPECT_EQ(owner_of(arguments_.import_file), 0U);
    arguments_.replaces = true;
    ASSERT_EQ(as_root(state_import_command(arguments_, {out_, err_})), k_exit_done) << err_.str();
    for (const auto& file : std::filesystem::directory_iterator(folder_ / "state"))
        EXPECT_EQ(owner_of(file.path()), k_nobody) << file.path();
}

TEST_F(StateCommand, names_what_operators_said_that_an_import_forgets) {
    const auto now = SystemClock{}.now();
    const auto later = now + std::chrono::hours{24};
    using core::OverrideKind;
    ASSERT_TRUE(store()->put_override({OverrideKind::allow, "old.example", "", now, later, "alice", ""}));
    arguments_.import_file = folder_ / "backup";
    ASSERT_EQ(export_command(arguments_, {out_, err_}), k_exit_done) << err_.str();
    ASSERT_TRUE(store()->put_override({OverrideKind::allow, "new.example", "", now, later, "alice", "a partner"}));
    arguments_.replaces = true;
    ASSERT_EQ(state_import_command(arguments_, {out_, err_}), k_exit_done) << err_.str();
    EXPECT_THAT(out_.str(), HasSubstr("no longer, since it is not in the file: new.example is unblocked until "));
    EXPECT_THAT(out_.str(), HasSubstr("by alice (a partner); to say it again: cordon unblock \"new.example\" --until " +
                                      to_iso8601(later) + " --because 'a partner' --yes\n"));
    EXPECT_THAT(out_.str(), testing::Not(HasSubstr("--end")));
    EXPECT_THAT(out_.str(), testing::Not(HasSubstr("old.example")));
}

TEST_F(StateCommand, says_where_to_look_for_what_a_damaged_state_had) {
    ASSERT_TRUE(store()->change({.list = "L"}));
    arguments_.import_file = folder_ / "backup";
    ASSERT_EQ(export_command(arguments_, {out_, err_}), k_exit_done) << err_.str();
    std::ofstream(folder_ / "state" / "cordon.db", std::ios::trunc) << "no database";
    arguments_.replaces = true;
    ASSERT_EQ(state_import_command(arguments_, {out_, err_}), k_exit_done) << err_.str();
    EXPECT_THAT(out_.str(), HasSubstr("that state could not be read"));
    EXPECT_THAT(out_.str(), HasSubstr("audit.jsonl names them"));
}

TEST_F(StateCommand, waits_for_no_run) {
    ASSERT_TRUE(store()->change({.list = "L"}));
    arguments_.import_file = folder_ / "backup";
    ASSERT_EQ(export_command(arguments_, {out_, err_}), k_exit_done);
    const auto busy = store();
    const auto hold = busy->hold("run", SystemClock{}.now());
    arguments_.replaces = true;
    EXPECT_EQ(export_command(arguments_, {out_, err_}), k_exit_other_run);
    EXPECT_EQ(state_import_command(arguments_, {out_, err_}), k_exit_other_run);
}

TEST_F(StateCommand, imports_no_file_that_is_missing_or_another) {
    arguments_.import_file = folder_ / "backup";
    EXPECT_EQ(state_import_command(arguments_, {out_, err_}), k_exit_usage);
    EXPECT_THAT(err_.str(), HasSubstr("cannot open"));
    arguments_.import_file = folder_ / "settings.ini";
    EXPECT_EQ(state_import_command(arguments_, {out_, err_}), k_exit_usage);
    EXPECT_THAT(err_.str(), HasSubstr("is no file of 'cordon export'"));
}

TEST_F(AuditRestartCommand, begins_a_new_log_only_in_the_place_of_a_broken_one) {
    arguments_.because = "an editor";
    ASSERT_TRUE(store()->audit({"alice", "run"}, SystemClock{}.now()));
    EXPECT_EQ(audit_restart_command(arguments_, {out_, err_}), k_exit_usage);
    EXPECT_THAT(err_.str(), HasSubstr("nothing is wrong with the audit log"));
    std::ofstream(folder_ / "state" / "audit.jsonl", std::ios::trunc) << "{}\n";
    arguments_.command = Command::audit_verify;
    EXPECT_EQ(audit_command(arguments_, {out_, err_}), k_exit_failed);
    EXPECT_THAT(err_.str(), HasSubstr("'cordon audit restart --because TEXT' keeps this file aside"));
    EXPECT_EQ(audit_restart_command(arguments_, {out_, err_}), k_exit_done);
    EXPECT_THAT(out_.str(), HasSubstr("SHA-256 "));
    EXPECT_EQ(audit_command(arguments_, {out_, err_}), k_exit_done);
    std::string record;
    ASSERT_TRUE(store()->verify_audit([&](std::string_view line) { record = line; }));
    EXPECT_THAT(record, HasSubstr("\"act\":\"restart\",\"why\":\"an editor (line 1: "));
}

}  // namespace
}  // namespace cordon::cli
