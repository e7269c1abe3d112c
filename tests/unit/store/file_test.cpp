// The SQLite store as a file: who may read it, and what happens when it is damaged, newer or not there.

#include <fstream>
#include <string>

#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sqlite3.h>

#include "base/file.hpp"
#include "tests/unit/store/store_factory.hpp"

namespace cordon::store {
namespace {

using testing::HasSubstr;
using testing::Not;

mode_t mode_of(const std::filesystem::path& path) {
    struct stat facts {};
    EXPECT_EQ(::stat(path.c_str(), &facts), 0) << path;
    return facts.st_mode & 0777U;
}

void execute(const std::filesystem::path& file, const char* statement) {
    sqlite3* database = nullptr;
    ASSERT_EQ(sqlite3_open(file.c_str(), &database), SQLITE_OK);
    EXPECT_EQ(sqlite3_exec(database, statement, nullptr, nullptr, nullptr), SQLITE_OK) << sqlite3_errmsg(database);
    sqlite3_close(database);
}

int count(const std::filesystem::path& file, const std::string& table) {
    sqlite3* database = nullptr;
    sqlite3_stmt* rows = nullptr;
    EXPECT_EQ(sqlite3_open(file.c_str(), &database), SQLITE_OK);
    EXPECT_EQ(sqlite3_prepare_v2(database, ("SELECT count(*) FROM " + table).c_str(), -1, &rows, nullptr), SQLITE_OK);
    EXPECT_EQ(sqlite3_step(rows), SQLITE_ROW);
    const int counted = sqlite3_column_int(rows, 0);
    sqlite3_finalize(rows);
    sqlite3_close(database);
    return counted;
}

class StoreFile : public testing::Test {
protected:
    std::unique_ptr<Store> open(OpenMode mode = OpenMode::writing) { return open_store(state_, mode).value(); }
    Error open_failure(OpenMode mode = OpenMode::writing) {
        const auto store = open_store(state_, mode);
        EXPECT_FALSE(store);
        return store ? Error{} : store.error();
    }
    void fill() {
        LedgerChange change{.list = "L"};
        for (int i = 0; i < 2000; ++i) change.put.push_back(entry(std::to_string(i) + ".malware.example"));
        ASSERT_TRUE(open()->change(change));
    }

    TemporaryFolder folder_;
    std::filesystem::path state_ = folder_.path / "a folder" / "state";
    std::filesystem::path file_ = state_ / "cordon.db";
};

TEST_F(StoreFile, only_the_owner_may_read_it_whatever_the_umask) {
    const mode_t before = ::umask(0);
    const auto store = open();
    const auto hold = store->hold("run", k_noon);
    ASSERT_TRUE(store->set_activation_owed(true));
    ::umask(before);
    EXPECT_EQ(mode_of(state_), 0700U);
    EXPECT_EQ(mode_of(file_), 0600U);
    EXPECT_EQ(mode_of(state_ / "cordon.db-wal"), 0600U);
    EXPECT_EQ(mode_of(state_ / "cordon.lock"), 0600U);
}

TEST_F(StoreFile, a_file_that_others_could_read_is_closed_to_them) {
    open();
    std::filesystem::permissions(file_, std::filesystem::perms(0644));
    open();
    EXPECT_EQ(mode_of(file_), 0600U);
}

TEST_F(StoreFile, a_debt_of_before_deeds_holds_back_what_comes_next) {
    ASSERT_TRUE(open()->set_activation_owed(true));
    execute(file_, "DELETE FROM flags WHERE name = 'activation_owed_from'");  // as a migration leaves it
    const auto store = open();
    ASSERT_TRUE(store->change({.list = "L", .put = {entry("a")}}));
    ASSERT_TRUE(store->set_activation_owed(true));
    ASSERT_TRUE(store->audit({.who = "w", .act = "run", .run = "r1", .list = "L", .added = {"a"}}, k_noon));
    EXPECT_FALSE(store->arrival("L", "a").value()->is_active);
    ASSERT_TRUE(store->set_activation_owed(false));
    EXPECT_TRUE(store->arrival("L", "a").value()->is_active);
}

TEST_F(StoreFile, a_record_that_the_log_does_not_take_is_counted_and_its_entries_are_known) {
    const auto store = open();
    ASSERT_TRUE(store->change({.list = "L", .put = {entry("a")}}));
    std::filesystem::create_directory(state_ / "audit.jsonl");
    EXPECT_FALSE(store->audit({.who = "w", .act = "run", .run = "r1", .list = "L", .added = {"a"}}, k_noon));
    EXPECT_EQ(store->arrival("L", "a").value()->run, "r1");
    std::filesystem::remove(state_ / "audit.jsonl");
    EXPECT_EQ(store->verify_audit({}).value().unwritten, 1U);
}

TEST_F(StoreFile, a_folder_that_was_there_keeps_its_mode) {
    std::filesystem::create_directories(state_);
    std::filesystem::permissions(state_, std::filesystem::perms(0750));
    open();
    EXPECT_EQ(mode_of(state_), 0750U);
}

/// Another user than the owner of the files: nobody where root runs the test, else a user whose own files have
/// lost their write bits.
class AnotherUser {
public:
    explicit AnotherUser(const std::filesystem::path& folder, std::filesystem::perms left) : folder_(folder) {
        for (const auto& file : std::filesystem::directory_iterator(folder)) {
            std::filesystem::permissions(file, left & ~k_execute);
        }
        std::filesystem::permissions(folder, left);
        if (is_root_) {
            EXPECT_EQ(::seteuid(65534), 0);
        }
    }
    AnotherUser(const AnotherUser&) = delete;
    AnotherUser& operator=(const AnotherUser&) = delete;
    ~AnotherUser() {
        if (is_root_) {
            EXPECT_EQ(::seteuid(0), 0);
        }
        std::filesystem::permissions(folder_, std::filesystem::perms::owner_all);
    }

private:
    static constexpr auto k_execute =
        std::filesystem::perms::owner_exec | std::filesystem::perms::group_exec | std::filesystem::perms::others_exec;
    std::filesystem::path folder_;
    bool is_root_ = ::geteuid() == 0;
};

constexpr auto k_readable = std::filesystem::perms(0555);
constexpr auto k_closed = std::filesystem::perms(0);

TEST_F(StoreFile, of_another_user_is_refused_in_one_sentence_that_says_whose_it_is_and_what_to_do) {
    fill();
    std::filesystem::permissions(folder_.path, std::filesystem::perms(0755));
    std::filesystem::permissions(state_.parent_path(), std::filesystem::perms(0755));
    for (const auto left : {k_readable, k_closed}) {
        const AnotherUser other(state_, left);
        const auto failure = open_failure();
        EXPECT_EQ(failure.code, Code::invalid);
        EXPECT_THAT(failure.message, HasSubstr("cannot use the state folder " + state_.string()));
        EXPECT_THAT(failure.message, HasSubstr("set state_dir in [cordon]"));
        EXPECT_EQ(open_failure(OpenMode::reading).message, failure.message) << "plan records its requests";
    }
}

TEST_F(StoreFile, of_another_user_can_be_looked_at_where_it_can_be_read) {
    fill();
    std::filesystem::permissions(folder_.path, std::filesystem::perms(0755));
    std::filesystem::permissions(state_.parent_path(), std::filesystem::perms(0755));
    {
        const AnotherUser other(state_, k_readable);
        const auto store = open_store(state_, OpenMode::looking);
        ASSERT_TRUE(store) << store.error().message;
        EXPECT_EQ((*store)->known_lists().value(), std::vector<std::string>{"L"});
        EXPECT_FALSE((*store)->set_activation_owed(true));
    }
    const AnotherUser other(state_, k_closed);
    EXPECT_THAT(open_failure(OpenMode::looking).message, HasSubstr("cannot use the state folder"));
}

TEST_F(StoreFile, a_file_that_is_no_database_is_corrupt_and_says_how_to_go_on) {
    std::filesystem::create_directories(state_);
    std::ofstream(file_) << std::string(5000, 'x');
    const auto failure = open_failure();
    EXPECT_EQ(failure.code, Code::corrupt);
    EXPECT_THAT(failure.message, HasSubstr(file_.string() + " is damaged"));
    EXPECT_THAT(failure.message, HasSubstr("unblocks, blocks, pauses and pins are lost with it"));
    EXPECT_THAT(failure.message, HasSubstr("give 'cordon import BACKUP --replace'. If there is none, move "));
    EXPECT_THAT(failure.message, Not(HasSubstr("sqlite"))) << "nor any other name from inside";
    EXPECT_THAT(failure.message, Not(HasSubstr("::")));
    EXPECT_EQ(open_failure(OpenMode::reading).code, Code::corrupt);
    EXPECT_EQ(read_file(file_).value(), std::string(5000, 'x')) << "a damaged file is left as it is";
}

/// A store that is gone, and its log of `records` records.
class StoreMadeAnew : public StoreFile {
protected:
    void lose_store(int records) {
        for (int i = 0; i < records; ++i) ASSERT_TRUE(open()->audit({"alice", "run"}, k_noon));
        for (const auto* name : {"cordon.db", "cordon.db-wal", "cordon.db-shm"}) std::filesystem::remove(state_ / name);
    }
    std::string problem(OpenMode mode = OpenMode::writing) {
        return open(mode)->verify_audit({})->problem.value_or("");
    }
};

TEST_F(StoreMadeAnew, never_calls_the_log_beside_it_whole) {
    for (const int records : {1, 3}) {
        lose_store(records);
        const auto said = fmt::format("does not know where the log ended before record {}", records + 1);
        EXPECT_THAT(problem(OpenMode::looking), HasSubstr(said));
        EXPECT_THAT(problem(), HasSubstr(said));
        EXPECT_EQ(open()->audit_end().value(), AuditEnd::never_known);
        ASSERT_TRUE(open()->audit({"alice", "run"}, k_noon));
        EXPECT_THAT(problem(), HasSubstr(said));
        EXPECT_EQ(open()->verify_audit({})->line, 0U);
        ASSERT_TRUE(open()->restart_audit({"alice", "restart"}, k_noon));
        EXPECT_EQ(problem(), "");
        EXPECT_EQ(open()->audit_end().value(), AuditEnd::as_left);
        std::filesystem::remove_all(state_);
    }
}

TEST_F(StoreMadeAnew, sees_what_happens_to_the_log_from_then_on) {
    lose_store(3);
    open();
    const auto log = read_file(state_ / "audit.jsonl").value();
    std::ofstream(state_ / "audit.jsonl") << log.substr(0, log.find('\n') + 1);
    EXPECT_EQ(open()->audit_end().value(), AuditEnd::changed);
    EXPECT_THAT(problem(), HasSubstr("the store knows of 3 records"));
}

TEST_F(StoreMadeAnew, beside_a_log_that_is_no_log_says_so) {
    std::filesystem::create_directories(state_);
    std::ofstream(state_ / "audit.jsonl") << "nonsense\n";
    EXPECT_EQ(open()->audit_end().value(), AuditEnd::never_known);
    EXPECT_THAT(problem(), HasSubstr("line 1: this is no record"));
}

TEST_F(StoreFile, pages_damaged_inside_are_corrupt_when_they_are_read) {
    fill();
    const auto size = std::filesystem::file_size(file_);
    std::fstream file(file_, std::ios::in | std::ios::out | std::ios::binary);
    for (std::uintmax_t page = size - 16 * 4096; page < size; page += 4096) {
        file.seekp(static_cast<std::streamoff>(page));
        file << std::string(4096, '\x7e');
    }
    file.close();
    const auto store = open_store(state_);
    const auto failure = store ? (*store)->ledger("L").error() : store.error();
    EXPECT_EQ(failure.code, Code::corrupt) << failure.message;
}

TEST_F(StoreFile, a_truncated_file_is_corrupt) {
    fill();
    std::filesystem::resize_file(file_, std::filesystem::file_size(file_) / 2);
    const auto store = open_store(state_);
    const auto failure = store ? (*store)->ledger("L").error() : store.error();
    EXPECT_EQ(failure.code, Code::corrupt) << failure.message;
}

TEST_F(StoreFile, a_missing_table_is_corrupt) {
    open();
    execute(file_, "DROP TABLE entries");
    EXPECT_EQ(open()->change({.list = "L", .put = {entry("a")}}).error().code, Code::corrupt);
}

TEST_F(StoreFile, a_snapshot_with_other_content_than_its_key_is_corrupt) {
    {
        const auto store = open();
        core::IndicatorSet one, two;
        one.append({"one.example", 90, std::nullopt, ""});
        two.append({"two.example", 90, std::nullopt, ""});
        ASSERT_TRUE(store->save_snapshot({"one", "", "", k_noon, k_noon, 0}, one));
        ASSERT_TRUE(store->save_snapshot({"two", "", "", k_noon, k_noon, 0}, two));
    }
    execute(file_,
            "UPDATE contents SET packed = (SELECT packed FROM contents c JOIN snapshots s USING (content_key) WHERE "
            "s.feed = 'two') WHERE content_key = (SELECT content_key FROM snapshots WHERE feed = 'one')");
    const auto store = open();
    const auto swapped = store->load_snapshot(store->snapshots("one").value().at(0));
    ASSERT_FALSE(swapped);
    EXPECT_EQ(swapped.error().code, Code::corrupt);
    EXPECT_TRUE(store->load_snapshot(store->snapshots("two").value().at(0)));
}

TEST_F(StoreFile, a_damaged_snapshot_heals_when_the_same_content_arrives_again) {
    core::IndicatorSet indicators;
    indicators.append({"one.example", 90, std::nullopt, ""});
    ASSERT_TRUE(open()->save_snapshot({"one", "", "", k_noon, k_noon, 0}, indicators));
    execute(file_, "UPDATE contents SET packed = zeroblob(30)");
    const auto store = open();
    const auto snapshot = store->snapshots("one").value().at(0);
    EXPECT_EQ(store->load_snapshot(snapshot).error().code, Code::corrupt);
    ASSERT_TRUE(store->save_snapshot({"one", "", "", k_noon, k_noon, 0}, indicators));
    EXPECT_TRUE(store->load_snapshot(snapshot));
}

TEST_F(StoreFile, keeps_hardly_more_deeds_than_entries_go_back_to) {
    const auto store = open();
    core::LedgerEntry first, second;
    first.canonical = "a";
    second.canonical = "b";
    ASSERT_TRUE(store->change({.list = "L", .put = {first, second}}));
    ASSERT_TRUE(store->audit({.who = "w", .act = "run", .run = "first", .list = "L", .added = {"b"}}, k_noon));
    for (int i = 0; i < 600; ++i) {
        const auto run = "r" + std::to_string(i);
        ASSERT_TRUE(store->audit({.who = "w", .act = "run", .run = run, .list = "L", .added = {"a"}}, k_noon));
    }
    EXPECT_EQ(store->arrival("L", "a").value()->run, "r599");
    EXPECT_EQ(store->arrival("L", "b").value()->run, "first");
    EXPECT_LE(count(file_, "deeds"), 300);
}

TEST_F(StoreFile, a_store_from_before_there_were_memos_gets_them_and_keeps_what_it_has) {
    ASSERT_TRUE(open()->put_guard_stop({"L", "d", "r", k_noon}));
    execute(file_, "DROP TABLE memos; DROP TABLE deeds; ALTER TABLE entries DROP COLUMN deed");
    execute(file_, "DELETE FROM schema_version WHERE version > 5");
    const auto store = open();
    EXPECT_EQ(store->memo("metrics").value(), "");
    ASSERT_TRUE(store->put_memo("metrics", "text"));
    EXPECT_EQ(store->memo("metrics").value(), "text");
    EXPECT_TRUE(store->guard_stop("L").value().has_value());
}

TEST_F(StoreFile, a_store_from_before_arrivals_were_noted_keeps_its_entries) {
    core::LedgerEntry entry;
    entry.canonical = "a";
    ASSERT_TRUE(open()->change({.list = "L", .put = {entry}}));
    execute(file_, "DROP TABLE deeds; ALTER TABLE entries DROP COLUMN deed");
    execute(file_, "DELETE FROM schema_version WHERE version > 6");
    const auto store = open();
    EXPECT_FALSE(store->arrival("L", "a").value());
    ASSERT_TRUE(store->audit({.who = "w", .act = "run", .run = "r", .list = "L", .added = {"a"}}, k_noon));
    EXPECT_EQ(store->arrival("L", "a").value()->run, "r");
}

TEST_F(StoreFile, a_newer_schema_is_left_alone_and_named) {
    open();
    execute(file_, "UPDATE schema_version SET version = 99");
    for (const auto mode : {OpenMode::writing, OpenMode::reading}) {
        const auto failure = open_failure(mode);
        EXPECT_EQ(failure.code, Code::invalid);
        EXPECT_THAT(failure.message, HasSubstr("written by a newer cordon (schema 99, this one knows"));
    }
}

TEST_F(StoreFile, a_state_dir_that_cannot_be_made_is_told) {
    std::ofstream(folder_.path / "a folder") << "a file";
    const auto failure = open_failure();
    EXPECT_EQ(failure.code, Code::invalid);
    EXPECT_THAT(failure.message, HasSubstr("cannot make"));
}

TEST_F(StoreFile, a_quotation_mark_in_the_path_is_told) {
    const auto store = open_store(folder_.path / "a\"b");
    ASSERT_FALSE(store);
    EXPECT_EQ(store.error().code, Code::invalid);
}

TEST_F(StoreFile, a_reader_makes_no_files_and_sees_an_empty_store) {
    const auto store = open(OpenMode::reading);
    EXPECT_FALSE(store->ledger("L").value().is_known);
    EXPECT_TRUE(record_request(*store, "zia GET", k_noon));
    EXPECT_EQ(store->requests("zia GET", k_noon).value().size(), 1U);
    EXPECT_FALSE(std::filesystem::exists(state_));
}

TEST_F(StoreFile, a_reader_sees_a_store_that_was_never_finished_as_empty) {
    std::filesystem::create_directories(state_);
    std::ofstream(file_).flush();
    EXPECT_FALSE(open(OpenMode::reading)->ledger("L").value().is_known);
    EXPECT_EQ(std::filesystem::file_size(file_), 0U);
    EXPECT_TRUE(open()->change({.list = "L"})) << "and a writer finishes it";
}

TEST_F(StoreFile, a_reader_changes_nothing_but_rate_budgets) {
    fill();
    const auto writer = open();
    const auto hold = writer->hold("run", k_noon);
    ASSERT_TRUE(hold);
    const auto reader = open(OpenMode::reading);
    EXPECT_EQ(reader->ledger("L").value().ours.size(), 2000U) << "while a run is under way";
    EXPECT_EQ(reader->change({.list = "L"}).error().code, Code::invalid);
    EXPECT_EQ(reader->set_activation_owed(true).error().code, Code::invalid);
    EXPECT_EQ(reader->hold("plan", k_noon).error().code, Code::invalid);
    EXPECT_TRUE(record_request(*reader, "zia GET", k_noon));
    EXPECT_EQ(writer->requests("zia GET", k_noon).value().size(), 1U) << "the run must count them too";
}

TEST_F(StoreFile, processes_share_one_rate_budget) {
    open();
    constexpr int k_most = 30;
    std::vector<pid_t> children;
    for (int i = 0; i < 4; ++i) {
        children.push_back(::fork());
        if (children.back() != 0) continue;
        const auto store = open_store(state_).value();
        SystemClock clock;
        int taken = 0;
        while (!store->try_take("zia GET", {{k_most, std::chrono::hours(1)}}, clock).value()) ++taken;
        ::_exit(taken);
    }
    int taken = 0;
    for (const pid_t child : children) {
        int status = 0;
        ::waitpid(child, &status, 0);
        ASSERT_TRUE(WIFEXITED(status));
        taken += WEXITSTATUS(status);
    }
    EXPECT_EQ(taken, k_most);
    EXPECT_EQ(open()->requests("zia GET", Time{}).value().size(), static_cast<std::size_t>(k_most));
}

}  // namespace
}  // namespace cordon::store
