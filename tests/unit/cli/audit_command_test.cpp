#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/file.hpp"
#include "cli/commands.hpp"
#include "cli/exit_status.hpp"
#include "tests/unit/cli/stored_things.hpp"

namespace cordon::cli {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

/// A store whose audit log has two records.
class AuditCommand : public StoredThings {
protected:
    AuditCommand() {
        const auto at = parse_iso8601("2026-11-22T10:00:00Z").value();
        const auto kept = store();
        EXPECT_TRUE(
            kept->audit({"alice", "run", "r1", "L", "plan 12ab", {"a.example", "b.example"}, {"c.example"}}, at));
        EXPECT_TRUE(kept->audit({"bob", "pause", "", "L", "until noon"}, at));
    }
    int show() {
        arguments_.command = Command::audit_show;
        out_.str({});
        err_.str({});
        return audit_command(arguments_, {out_, err_});
    }
    void replace(const std::string& text, const std::string& with) {
        auto log = read_file(folder_ / "state" / "audit.jsonl").value();
        const auto at = log.find(text);
        ASSERT_NE(at, std::string::npos);
        log.replace(at, text.size(), with);
        std::ofstream(folder_ / "state" / "audit.jsonl", std::ios::binary) << log;
    }
};

TEST_F(AuditCommand, shows_a_line_for_each_record) {
    ASSERT_EQ(show(), 0) << err_.str();
    EXPECT_EQ(out_.str(),
              "2026-11-22T10:00:00Z  alice  run  'L'  +2 -1  plan 12ab  (run r1)\n"
              "2026-11-22T10:00:00Z  bob  pause  'L'  until noon\n");
}

TEST_F(AuditCommand, shows_what_can_be_read_of_a_record_that_was_changed) {
    replace(R"("why":"plan 12ab")", R"("why":5)");
    replace(R"("act":"pause")", R"("act":null)");
    EXPECT_EQ(show(), k_exit_failed);
    EXPECT_EQ(out_.str(),
              "2026-11-22T10:00:00Z  alice  run  'L'  +2 -1  (run r1)\n"
              "2026-11-22T10:00:00Z  bob    'L'  until noon\n");
    EXPECT_THAT(err_.str(), HasSubstr("line 1: the record was changed after it was written"));
    arguments_.json = true;
    EXPECT_EQ(show(), k_exit_failed);
    EXPECT_THAT(out_.str(), StartsWith(R"({"number":1,"at":"2026-11-22T10:00:00Z","who":"alice")")) << "as it stands";
}

TEST_F(AuditCommand, says_that_records_could_not_be_written_until_one_tells_of_the_gap) {
    const auto log = folder_ / "state" / "audit.jsonl";
    std::filesystem::rename(log, folder_ / "away");
    std::filesystem::create_directory(log);
    EXPECT_FALSE(store()->audit({"alice", "pause"}, SystemClock{}.now()));
    std::filesystem::remove(log);
    std::filesystem::rename(folder_ / "away", log);
    arguments_.command = Command::audit_verify;
    EXPECT_EQ(audit_command(arguments_, {out_, err_}), k_exit_failed);
    EXPECT_THAT(err_.str(), HasSubstr("1 record could not be written since; make"));
    EXPECT_TRUE(store()->audit({"alice", "resume"}, SystemClock{}.now()));
    EXPECT_EQ(audit_command(arguments_, {out_, err_}), 0) << err_.str();
    ASSERT_EQ(show(), 0) << err_.str();
    EXPECT_THAT(out_.str(), HasSubstr("gap  1 record could not be written before this one: what it told is lost\n"));
}

}  // namespace
}  // namespace cordon::cli
