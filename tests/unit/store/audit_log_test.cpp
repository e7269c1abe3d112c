#include "store/audit_log.hpp"

#include <filesystem>
#include <fstream>
#include <sstream>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "base/digest.hpp"
#include "store/audit_file.hpp"
#include "store/audit_record.hpp"

namespace cordon::store {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

const Time k_noon = parse_iso8601("2026-11-22T12:00:00Z").value();

/// A log of three records, and what the store knows of it.
class AuditLog : public testing::Test {
protected:
    void SetUp() override {
        std::string pattern = (std::filesystem::temp_directory_path() / "cordon-audit-XXXXXX").string();
        folder_ = ::mkdtemp(pattern.data());
        file_ = folder_ / "audit.jsonl";
        for (const auto* list : {"A", "B", "C"}) append({"alice", "run", "r1", list, "plan 12", {"evil.example"}, {}});
    }
    void TearDown() override { std::filesystem::remove_all(folder_); }

    /// Of a store that knows of `known`.
    [[nodiscard]] Result<AuditAppended> appended(const AuditRecord& record, const AuditMark& known) const {
        return append_audit(
            file_, record, k_noon, [&] { return known; }, [](const AuditAppended&) { return Result<void>{}; });
    }
    void append(const AuditRecord& record) {
        const auto head = appended(record, known_);
        ASSERT_TRUE(head) << head.error().message;
        known_ = {head->head.records, anchor_of(head->head)};
    }
    [[nodiscard]] std::vector<std::string> lines() const {
        std::ifstream log(file_);
        std::vector<std::string> lines;
        for (std::string line; std::getline(log, line);) lines.push_back(line);
        return lines;
    }
    void write(const std::vector<std::string>& lines, const std::string& tail = "") const {
        std::ofstream log(file_, std::ios::trunc);
        for (const auto& line : lines) log << line << "\n";
        log << tail;
    }
    [[nodiscard]] AuditFindings found() const { return verify_audit(file_, known_, {}).value(); }
    [[nodiscard]] std::string problem() const { return found().problem.value_or(""); }

    std::filesystem::path folder_;
    std::filesystem::path file_;
    AuditMark known_;
};

TEST_F(AuditLog, is_lines_of_json_that_only_its_user_can_read) {
    ASSERT_THAT(lines(), SizeIs(3));
    const auto record = nlohmann::json::parse(lines().at(1));
    EXPECT_EQ(record.at("number"), 2);
    EXPECT_EQ(record.at("at"), "2026-11-22T12:00:00Z");
    EXPECT_EQ(record.at("who"), "alice");
    EXPECT_EQ(record.at("list"), "B");
    EXPECT_EQ(record.at("added"), nlohmann::json::array({"evil.example"}));
    EXPECT_FALSE(record.contains("removed")) << "what is empty is left out";
    EXPECT_EQ(record.at("previous"), nlohmann::json::parse(lines().at(0)).at("hash"));
    struct stat facts {};
    ASSERT_EQ(::stat(file_.c_str(), &facts), 0);
    EXPECT_EQ(facts.st_mode & 0777U, 0600U);
}

TEST_F(AuditLog, hashes_each_line_without_its_own_hash) {
    const auto line = lines().front();
    const auto seal = line.find(",\"hash\":\"");
    EXPECT_EQ(nlohmann::json::parse(line).at("hash"), sha256_hex(line.substr(0, seal) + "}"));
}

TEST_F(AuditLog, that_nobody_touched_is_whole) {
    std::size_t seen = 0;
    const auto whole = verify_audit(file_, known_, [&](std::string_view) { ++seen; });
    EXPECT_EQ(whole->problem, std::nullopt);
    EXPECT_EQ(whole->head.records, 3U);
    EXPECT_EQ(seen, 3U);
    std::filesystem::remove(file_);
    EXPECT_EQ(verify_audit(file_, {}, {})->problem, std::nullopt) << "nothing was done yet";
}

TEST_F(AuditLog, shows_a_changed_record) {
    auto changed = lines();
    changed[1].replace(changed[1].find("evil.example"), 4, "good");
    write(changed);
    EXPECT_EQ(problem(), "line 2: the record was changed after it was written");
}

TEST_F(AuditLog, shows_a_changed_record_that_was_given_a_new_hash) {
    auto changed = lines();
    AuditHead first{1, nlohmann::json::parse(changed[0]).at("hash")};
    changed[1] = audit_line({"alice", "run", "r1", "B", "plan 12", {}, {}}, k_noon, first);
    write(changed);
    EXPECT_EQ(problem(), "line 3: the record before it was replaced");
}

TEST_F(AuditLog, shows_a_record_that_was_taken_out) {
    auto fewer = lines();
    fewer.erase(fewer.begin() + 1);
    write(fewer);
    EXPECT_THAT(problem(), HasSubstr("line 2: record 3 follows record 1"));
}

TEST_F(AuditLog, shows_an_end_that_was_cut_off_also_after_more_was_written) {
    auto fewer = lines();
    fewer.pop_back();
    write(fewer);
    EXPECT_THAT(problem(), HasSubstr("the log ends here, and the store knows of 3 records"));
    append({"alice", "run"});
    EXPECT_THAT(problem(), HasSubstr("record 4 follows record 2"));
    std::filesystem::remove(file_);
    EXPECT_THAT(problem(), HasSubstr("the log is gone, and the store knows of 4 records"));
    EXPECT_EQ(found().line, 0U);
    write({});
    EXPECT_THAT(problem(), HasSubstr("the log is empty, and the store knows of 4 records"));
}

TEST_F(AuditLog, shows_an_end_that_was_written_anew) {
    auto other = lines();
    AuditHead second{2, nlohmann::json::parse(other[1]).at("hash")};
    other[2] = audit_line({"bob", "run", "r1", "C", "plan 12", {}, {}}, k_noon, second);
    write(other);
    EXPECT_THAT(problem(), HasSubstr("the log was replaced from some record on"));
}

TEST_F(AuditLog, shows_records_that_the_store_did_not_write) {
    auto more = lines();
    for (int i = 0; i < 2; ++i) {
        const auto last = nlohmann::json::parse(more.back());
        more.push_back(audit_line({"bob", "run"}, k_noon, {last.at("number"), last.at("hash")}));
    }
    write(more);
    EXPECT_THAT(problem(), HasSubstr("somebody else appended"));
    more.pop_back();
    write(more);
    EXPECT_EQ(problem(), "") << "a crash between the log and the store leaves one more";
}

TEST_F(AuditLog, shows_what_is_no_record) {
    for (const auto* text : {"", "x", "{}", R"({"number":-1,"previous":"","hash":"0"})"}) {
        auto worse = lines();
        worse[1] = text;
        write(worse);
        EXPECT_EQ(problem(), "line 2: this is no record of the audit log") << text;
    }
}

TEST_F(AuditLog, takes_a_record_that_a_crash_left_without_its_line_end_for_whole) {
    const auto last = nlohmann::json::parse(lines().back());
    write(lines(), audit_line({"alice", "run"}, k_noon, {last.at("number"), last.at("hash")}));
    EXPECT_EQ(problem(), "");
    EXPECT_FALSE(found().mends_itself);
    append({"alice", "run"});
    EXPECT_EQ(problem(), "");
    EXPECT_THAT(lines(), SizeIs(5));
}

TEST_F(AuditLog, shows_at_its_end_alone_that_the_last_record_stands_there_twice) {
    auto more = lines();
    more.push_back(more.back());
    write(more);
    EXPECT_FALSE(is_audit_end_known(file_, known_).value());
    EXPECT_THAT(problem(), HasSubstr("line 4: record 3 follows record 3"));
    EXPECT_TRUE(appended({"alice", "run"}, known_)->is_behind_a_change);
}

TEST_F(AuditLog, cuts_off_a_torn_end_when_it_goes_on) {
    write(lines(), R"({"number":4,"at":"2026)");
    EXPECT_THAT(problem(), HasSubstr("line 4: it was written by half"));
    EXPECT_TRUE(found().mends_itself);
    append({"alice", "run"});
    EXPECT_EQ(problem(), "");
    EXPECT_THAT(lines(), SizeIs(4));
}

TEST_F(AuditLog, loses_its_torn_end_when_a_run_begins_also_where_it_writes_nothing) {
    write(lines(), R"({"number":4,"at":"2026)");
    mend_audit_end(file_);
    EXPECT_EQ(problem(), "");
    EXPECT_THAT(lines(), SizeIs(3));
    std::filesystem::remove(file_);
    mend_audit_end(file_);
    EXPECT_FALSE(std::filesystem::exists(file_)) << "a log that is not there is not made";
}

TEST_F(AuditLog, keeps_nothing_of_a_record_for_which_the_disk_has_no_room) {
    const auto system = audit_file_calls();
    audit_file_calls().write = [](int file, const void* bytes, std::size_t) {
        static int calls = 0;
        if (++calls == 1) return ::write(file, bytes, 10);
        errno = ENOSPC;
        return ssize_t{-1};
    };
    const auto failed = appended({"alice", "run"}, known_);
    audit_file_calls() = system;
    ASSERT_FALSE(failed);
    EXPECT_THAT(failed.error().message, HasSubstr("No space left on device"));
    EXPECT_EQ(problem(), "");
    EXPECT_THAT(lines(), SizeIs(3));
}

TEST_F(AuditLog, that_only_lacks_its_last_line_end_gets_it) {
    const auto whole = lines();
    write({whole[0], whole[1]}, whole[2]);
    EXPECT_THAT(problem(), HasSubstr("line 3: its end was cut off after it had been written"));
    append({"alice", "run"});
    EXPECT_EQ(problem(), "");
    EXPECT_EQ(found().head.records, 4U);
}

TEST_F(AuditLog, is_shown_whole_also_behind_a_break) {
    auto changed = lines();
    changed[0].replace(changed[0].find("evil.example"), 4, "good");
    write(changed);
    std::size_t seen = 0;
    const auto broken = verify_audit(file_, known_, [&](std::string_view) { ++seen; });
    EXPECT_EQ(broken->problem, "line 1: the record was changed after it was written");
    EXPECT_EQ(seen, 3U);
}

TEST_F(AuditLog, takes_records_longer_than_it_reads_at_once) {
    AuditRecord record{"alice", "run"};
    for (int i = 0; i < 20'000; ++i) record.added.push_back("host-" + std::to_string(i) + ".example");
    append(record);
    append({"alice", "run"});
    EXPECT_EQ(problem(), "");
    EXPECT_EQ(found().head.records, 5U);
}

TEST_F(AuditLog, keeps_whatever_bytes_a_name_holds_readable) {
    append(
        {"al\xff"
         "ice",
         "run", "", "a\nb"});
    EXPECT_THAT(lines(), SizeIs(4)) << "one line";
    EXPECT_EQ(problem(), "");
}

TEST_F(AuditLog, that_cannot_be_written_says_so) {
    file_ = folder_ / "no" / "audit.jsonl";
    const auto nowhere = appended({"alice", "run"}, {});
    ASSERT_FALSE(nowhere);
    EXPECT_THAT(nowhere.error().message, HasSubstr("cannot open the audit log"));
    EXPECT_THAT(nowhere.error().message, HasSubstr("No such file"));
}

TEST_F(AuditLog, asks_and_tells_the_store_while_nobody_else_can_append) {
    int asked = 0;
    const auto expect_held = [&] {
        const int other = ::open(file_.c_str(), O_RDWR | O_CLOEXEC);
        EXPECT_EQ(::flock(other, LOCK_EX | LOCK_NB), -1);
        ::close(other);
        ++asked;
    };
    const auto known = [&] {
        expect_held();
        return known_;
    };
    const auto remember = [&](const AuditAppended&) {
        expect_held();
        return Result<void>{};
    };
    ASSERT_TRUE(append_audit(file_, {"alice", "run"}, k_noon, known, remember));
    EXPECT_EQ(asked, 2);
}

TEST_F(AuditLog, keeps_one_record_that_the_store_could_not_remember_and_takes_back_the_second) {
    for (int i = 0; i < 3; ++i) {
        const auto told = append_audit(
            file_, {"alice", "run"}, k_noon, [&] { return known_; },
            [](const AuditAppended&) -> Result<void> { return fail(Code::invalid, "no room left"); });
        EXPECT_EQ(told.has_value(), i == 0) << "what is in the log is not told as lost";
        EXPECT_EQ(told ? "no room left" : told.error().message, "no room left");
        EXPECT_THAT(lines(), SizeIs(4));
        EXPECT_EQ(problem(), "");
    }
}

TEST_F(AuditLog, that_ends_as_it_was_left_was_not_changed_from_outside) {
    EXPECT_TRUE(is_audit_end_known(file_, known_).value());
    const auto before = known_;
    append({"alice", "run"});
    EXPECT_TRUE(is_audit_end_known(file_, before).value()) << "a crash between the log and the store";
    EXPECT_FALSE(appended({"alice", "run"}, before)->is_behind_a_change);
}

TEST_F(AuditLog, that_was_cut_rewritten_or_added_to_shows_by_its_end_alone) {
    const auto whole = lines();
    const auto is_known = [&] { return is_audit_end_known(file_, known_).value(); };
    write({whole[0], whole[1]});
    EXPECT_FALSE(is_known());
    auto more = whole;
    for (int i = 0; i < 2; ++i) {
        const auto last = nlohmann::json::parse(more.back());
        more.push_back(audit_line({"bob", "run"}, k_noon, {last.at("number"), last.at("hash")}));
    }
    write(more);
    EXPECT_FALSE(is_known());
    auto other = whole;
    const auto second = nlohmann::json::parse(other[1]);
    other[2] = audit_line({"bob", "run"}, k_noon, {2, second.at("hash")});
    write(other);
    EXPECT_FALSE(is_known());
    EXPECT_TRUE(appended({"alice", "run"}, known_)->is_behind_a_change);
    std::filesystem::remove(file_);
    EXPECT_FALSE(is_known());
    EXPECT_TRUE(is_audit_end_known(file_, {}).value()) << "a new store cannot tell";
}

TEST_F(AuditLog, is_looked_at_without_mending_its_torn_end) {
    write(lines(), R"({"number":4,"at":"2026)");
    EXPECT_TRUE(is_audit_end_known(file_, known_).value());
    EXPECT_THAT(problem(), HasSubstr("line 4: it was written by half"));
}

TEST_F(AuditLog, starts_anew_and_names_the_old_one) {
    write({lines()[0], lines()[2]});
    const auto broken = sha256_hex(lines()[0] + "\n" + lines()[1] + "\n");
    const auto restart =
        restart_audit(file_, {"alice", "restart", "", "", "a disk went bad"}, k_noon, [&](const AuditHead& head) {
            known_ = {head.records, anchor_of(head)};
            return Result<void>{};
        });
    ASSERT_TRUE(restart) << restart.error().message;
    EXPECT_EQ(restart->former, "audit-20261122T120000Z.jsonl");
    EXPECT_EQ(restart->sha256, broken);
    ASSERT_THAT(lines(), SizeIs(1));
    const auto record = nlohmann::json::parse(lines().front());
    EXPECT_EQ(record.at("who"), "alice");
    EXPECT_EQ(record.at("why"),
              "a disk went bad; the log before this one is audit-20261122T120000Z.jsonl, SHA-256 " + broken);
    EXPECT_EQ(problem(), "");
    append({"alice", "run"});
    EXPECT_EQ(problem(), "");
    EXPECT_EQ(found().head.records, 2U);
}

TEST_F(AuditLog, that_is_gone_starts_anew_and_earlier_ones_are_kept) {
    const auto again = [&] {
        return restart_audit(file_, {"alice", "restart", "", "", "x"}, k_noon,
                             [](const AuditHead&) { return Result<void>{}; });
    };
    EXPECT_EQ(again()->former, "audit-20261122T120000Z.jsonl");
    EXPECT_EQ(again()->former, "audit-20261122T120000Z-2.jsonl");
    std::filesystem::remove(file_);
    EXPECT_EQ(again()->former, "");
    EXPECT_THAT(lines().front(), HasSubstr("the log before this one was gone"));
}

TEST_F(AuditLog, can_be_asked_to_start_anew_again_after_a_death_in_between) {
    std::filesystem::resize_file(file_, 10);
    const auto dies = [&](const AuditHead& head) -> Result<void> {
        known_ = {head.records, anchor_of(head)};
        return fail(Code::invalid, "killed");
    };
    EXPECT_FALSE(restart_audit(file_, {"alice", "restart", "", "", "x"}, k_noon, dies));
    EXPECT_NE(problem(), "");
}

TEST(AuditRecordReader, gives_each_entry_and_what_the_record_says) {
    const auto line =
        audit_line({"al\"ice", "run", "r", "L", "w\\y", {"a.example", "b.example"}, {"c.example"}}, k_noon, {});
    std::string changes;
    const auto facts = read_audit_record(line, [&](AuditChange change, std::string&& entry) {
        changes += (change == AuditChange::added ? "+" : "-") + entry + " ";
    });
    ASSERT_TRUE(facts);
    EXPECT_EQ(changes, "+a.example +b.example -c.example ");
    EXPECT_EQ(facts->who + facts->act + facts->run + facts->list + facts->why, "al\"icerunrLw\\y");
    EXPECT_EQ(facts->number, 1U);
    EXPECT_EQ(nlohmann::json::parse(line).at("why"), "w\\y");
}

}  // namespace
}  // namespace cordon::store
