#include "store/transfer.hpp"

#include <fstream>

#include <sys/stat.h>
#include <unistd.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <soci/soci.h>
#include <soci/sqlite3/soci-sqlite3.h>

#include "base/digest.hpp"
#include "base/file.hpp"
#include "core/report.hpp"
#include "tests/unit/store/store_factory.hpp"

namespace cordon::store {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

namespace fs = std::filesystem;

/// A state of a bit of everything, and a folder beside it.
class AnExport : public testing::Test {
protected:
    AnExport() {
        const auto store = here();
        LedgerChange change{.list = "L"};
        change.put = {entry("a.example"), entry("b.example", core::LedgerMark::leaving)};
        change.put_exceptions = {{"x.example", k_noon, "by hand"}};
        EXPECT_TRUE(store->change(change));
        EXPECT_TRUE(store->set_list_note("L", R"({"target":"url_category"})"));
        core::IndicatorSet indicators;
        indicators.append({"a.example", 80, std::nullopt, "rule"});
        EXPECT_TRUE(store->save_snapshot({"feed", "", "v1", k_noon, k_noon, 1}, indicators));
        core::RunReport report;
        report.id = "20261122T120000Z-000001";
        EXPECT_TRUE(store->save_run(report));
        EXPECT_TRUE(store->set_activation_owed(true));
        EXPECT_TRUE(record_request(*store, "budget", k_noon));
        EXPECT_TRUE(store->audit({"alice", "run", "r", "L", "", {"a.example"}, {}}, k_noon));
    }
    [[nodiscard]] std::unique_ptr<Store> here() const { return open_store(here_).value(); }
    [[nodiscard]] std::unique_ptr<Store> there() const { return open_store(there_).value(); }
    Result<ExportedState> write() {
        const auto store = here();
        return export_state(here_, *store, file_, {"alice", "export", "", "", "backup"}, k_noon);
    }
    Result<ImportedState> take(ImportMode mode = ImportMode::into_nothing) {
        return import_state(file_, there_, mode, {"bob", "import", "", "", "backup"}, k_noon);
    }
    [[nodiscard]] std::string refusal(ImportMode mode = ImportMode::into_nothing) {
        const auto refused = take(mode);
        EXPECT_FALSE(refused);
        return refused ? "" : refused.error().message;
    }
    /// All names below the folder but the lock's, with the bytes of the files.
    static std::map<std::string, std::string> tree(const fs::path& folder) {
        std::map<std::string, std::string> found;
        for (const auto& item : fs::recursive_directory_iterator(folder)) {
            if (item.path().filename() == "cordon.lock") continue;
            found[item.path().string()] = item.is_regular_file() ? read_file(item.path()).value() : "";
        }
        return found;
    }
    static std::vector<std::string> records_of(Store& store) {
        std::vector<std::string> records;
        const auto found = store.verify_audit([&](std::string_view line) { records.emplace_back(line); });
        EXPECT_EQ(found->problem, std::nullopt);
        return records;
    }

    TemporaryFolder folder_;
    fs::path here_ = folder_.path / "here";
    fs::path there_ = folder_.path / "there";
    fs::path file_ = folder_.path / "backup";
};

TEST_F(AnExport, brings_all_of_the_state_to_another_folder) {
    const auto exported = write();
    ASSERT_TRUE(exported) << exported.error().message;
    EXPECT_EQ(exported->audit_records, 2U);
    EXPECT_EQ(exported->bytes, fs::file_size(file_));
    const auto imported = take();
    ASSERT_TRUE(imported) << imported.error().message;
    EXPECT_EQ(imported->former, "");
    const auto store = there();
    const auto ledger = store->ledger("L").value();
    ASSERT_THAT(ledger.ours, SizeIs(2));
    EXPECT_EQ(ledger.ours[0].mark, core::LedgerMark::sent) << "no read has shown it since the export";
    EXPECT_EQ(ledger.ours[1].mark, core::LedgerMark::leaving);
    EXPECT_THAT(ledger.exceptions, SizeIs(1));
    EXPECT_EQ(store->list_note("L").value(), R"({"target":"url_category"})");
    const auto snapshots = store->snapshots("feed").value();
    ASSERT_THAT(snapshots, SizeIs(1));
    EXPECT_EQ(store->load_snapshot(snapshots[0]).value().size(), 1U);
    EXPECT_TRUE(store->run("20261122T120000Z-000001"));
    EXPECT_TRUE(store->is_activation_owed().value());
    EXPECT_THAT(store->requests("budget", k_noon).value(), SizeIs(1));
    EXPECT_THAT(records_of(*store), ElementsAre(HasSubstr("\"act\":\"run\""), HasSubstr("\"act\":\"export\""),
                                                HasSubstr("\"who\":\"bob\",\"act\":\"import\"")));
    EXPECT_EQ(store->audit_end().value(), AuditEnd::as_left);
}

TEST_F(AnExport, leaves_what_was_asked_of_the_clouds_since_as_it_is) {
    ASSERT_TRUE(write());
    {
        const auto former = there();
        for (const auto later : {std::chrono::seconds(1), std::chrono::seconds(2)})
            ASSERT_TRUE(record_request(*former, "budget", k_noon + later));
    }
    const auto imported = take(ImportMode::replace);
    ASSERT_TRUE(imported) << imported.error().message;
    EXPECT_THAT(there()->requests("budget", k_noon).value(),
                ElementsAre(k_noon + std::chrono::seconds(1), k_noon + std::chrono::seconds(2)));
}

TEST_F(AnExport, is_for_its_user_alone_and_so_is_what_is_imported) {
    const auto old_mask = ::umask(0);
    ASSERT_TRUE(write());
    ASSERT_TRUE(take());
    ::umask(old_mask);
    const auto mode = [](const fs::path& path) {
        struct stat facts {};
        EXPECT_EQ(::stat(path.c_str(), &facts), 0) << path;
        return facts.st_mode & 0777U;
    };
    EXPECT_EQ(mode(file_), 0600U);
    EXPECT_EQ(mode(there_), 0700U);
    EXPECT_EQ(mode(there_ / "cordon.db"), 0600U);
    EXPECT_EQ(mode(there_ / "audit.jsonl"), 0600U);
}

TEST_F(AnExport, leaves_nothing_beside_itself) {
    ASSERT_TRUE(write());
    ASSERT_TRUE(write()) << "an earlier export is replaced";
    std::vector<std::string> names;
    for (const auto& item : fs::directory_iterator(folder_.path)) names.push_back(item.path().filename());
    EXPECT_THAT(names, testing::UnorderedElementsAre("here", "backup"));
}

TEST_F(AnExport, overwrites_no_file_that_is_something_else) {
    std::ofstream(file_) << "a letter";
    const auto refused = write();
    ASSERT_FALSE(refused);
    EXPECT_THAT(refused.error().message, HasSubstr("no export of cordon's; choose another name"));
    EXPECT_EQ(read_file(file_).value(), "a letter");
    EXPECT_THAT(records_of(*here()), SizeIs(1)) << "nothing was done";
}

TEST_F(AnExport, that_cannot_be_written_says_so_and_does_nothing) {
    file_ = folder_.path / "nowhere" / "backup";
    const auto refused = write();
    ASSERT_FALSE(refused);
    EXPECT_THAT(refused.error().message, HasSubstr("No such file or directory"));
    EXPECT_THAT(records_of(*here()), SizeIs(1));
}

TEST_F(AnExport, into_a_state_is_refused_and_changes_nothing) {
    ASSERT_TRUE(write());
    ASSERT_TRUE(take());
    const auto before = tree(there_);
    EXPECT_THAT(refusal(), HasSubstr("holds a state already; --replace imports all the same"));
    EXPECT_EQ(tree(there_), before);
}

TEST_F(AnExport, replaces_a_state_and_keeps_the_former_aside) {
    ASSERT_TRUE(there()->change({.list = "FORMER", .put = {entry("former.example")}}));
    ASSERT_TRUE(there()->audit({"carol", "run"}, k_noon));
    ASSERT_TRUE(write());
    const auto imported = take(ImportMode::replace);
    ASSERT_TRUE(imported) << imported.error().message;
    EXPECT_THAT(there()->known_lists().value(), ElementsAre("L"));
    EXPECT_EQ(imported->former.parent_path(), there_);
    const auto former = open_store(imported->former).value();
    EXPECT_THAT(former->known_lists().value(), ElementsAre("FORMER"));
    EXPECT_THAT(records_of(*former), ElementsAre(HasSubstr("carol")));
}

TEST_F(AnExport, cures_a_damaged_state) {
    static_cast<void>(there());
    std::ofstream(there_ / "cordon.db", std::ios::trunc) << "no database at all, but long enough to be looked at";
    ASSERT_TRUE(write());
    const auto imported = take(ImportMode::replace);
    ASSERT_TRUE(imported) << imported.error().message;
    EXPECT_THAT(there()->known_lists().value(), ElementsAre("L"));
    EXPECT_THAT(read_file(imported->former / "cordon.db").value(), HasSubstr("no database at all"));
}

TEST_F(AnExport, that_is_torn_at_any_place_is_refused_and_changes_nothing) {
    ASSERT_TRUE(write());
    static_cast<void>(there());
    const auto before = tree(there_);
    const auto whole = read_file(file_).value();
    for (std::size_t length : {std::size_t{0}, std::size_t{10}, std::size_t{80}, std::size_t{200}, std::size_t{5000},
                               whole.size() / 2, whole.size() - 1}) {
        std::ofstream(file_, std::ios::trunc) << whole.substr(0, length);
        EXPECT_THAT(refusal(ImportMode::replace),
                    testing::AnyOf(HasSubstr("is torn or was changed"), HasSubstr("no file of 'cordon export'")))
            << length;
    }
    std::ofstream(file_, std::ios::trunc) << whole << "x";
    EXPECT_THAT(refusal(ImportMode::replace), HasSubstr("is torn or was changed")) << "longer";
    for (std::size_t at = 0; at < whole.size(); at += whole.size() / 37) {
        auto changed = whole;
        changed[at] = static_cast<char>(changed[at] ^ 1);
        std::ofstream(file_, std::ios::trunc) << changed;
        EXPECT_NE(refusal(ImportMode::replace), "") << at;
    }
    EXPECT_EQ(tree(there_), before);
}

TEST_F(AnExport, whose_header_was_made_up_is_refused) {
    for (const std::string header :
         {"7", "[]", R"({"parts":7})", R"({"parts":[7]})", R"({"parts":[{"name":7,"bytes":-1}]})",
          R"({"parts":[{"name":"../x","bytes":0,"sha256":""}]})", R"({"exported_at":7,"parts":[]})"}) {
        std::ofstream(file_, std::ios::trunc) << "CORDON STATE 1 " << sha256_hex(header + "\n") << "\n"
                                              << header << "\n";
        EXPECT_THAT(refusal(), HasSubstr("is torn or was changed")) << header;
    }
    EXPECT_FALSE(fs::exists(there_));
}

TEST_F(AnExport, of_a_newer_version_is_refused) {
    {
        soci::session sql(soci::sqlite3, "dbname=" + (here_ / "cordon.db").string());
        sql << "INSERT INTO schema_version (version) VALUES (999)";
    }
    // The store would not open it, so that the newer version's own export is made here by an open one.
    soci::session sql(soci::sqlite3, "dbname=" + (here_ / "cordon.db").string());
    sql << "DELETE FROM schema_version WHERE version = 999";
    const auto store = here();
    sql << "INSERT INTO schema_version (version) VALUES (999)";
    ASSERT_TRUE(export_state(here_, *store, file_, {"alice", "export"}, k_noon));
    EXPECT_THAT(refusal(), HasSubstr("was written by a newer cordon (schema 999"));
    EXPECT_THAT(fs::exists(there_ / "cordon.db"), false);
}

TEST_F(AnExport, is_not_imported_while_a_run_is_under_way) {
    ASSERT_TRUE(write());
    const auto busy = there();
    const auto hold = busy->hold("run", k_noon);
    const auto refused = take(ImportMode::replace);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Code::blocked);
}

TEST_F(AnExport, whose_import_died_after_its_last_check_is_put_in_its_place_by_whoever_opens_the_store) {
    ASSERT_TRUE(write());
    const auto former = there();
    ASSERT_TRUE(former->change({.list = "FORMER", .put = {entry("former.example")}}));
    TemporaryFolder other;
    ASSERT_TRUE(import_state(file_, other.path / "state", ImportMode::into_nothing, {"bob", "import"}, k_noon));
    fs::create_directory(there_ / "import.ready");
    for (const auto* name : {"cordon.db", "audit.jsonl"}) {
        fs::copy_file(other.path / "state" / name, there_ / "import.ready" / name);
    }
    EXPECT_THAT(there()->known_lists().value(), ElementsAre("L"));
    EXPECT_THAT(records_of(*there()), SizeIs(3));
    EXPECT_FALSE(fs::exists(there_ / "import.ready"));
}

TEST_F(AnExport, holds_the_logs_that_were_kept_aside) {
    std::ofstream(here_ / "audit.jsonl", std::ios::app) << "not a record\n";
    const auto exported = write();
    ASSERT_TRUE(exported);
    EXPECT_TRUE(exported->audit_problem) << "exported as it is, and said";
    const auto restart = here()->restart_audit({"alice", "restart", "", "", "x"}, k_noon).value();
    ASSERT_TRUE(write());
    ASSERT_TRUE(take());
    EXPECT_EQ(read_file(there_ / restart.former).value(), read_file(here_ / restart.former).value());
}

}  // namespace
}  // namespace cordon::store
