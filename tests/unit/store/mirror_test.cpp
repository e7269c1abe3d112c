// What the mirror in the store has to do, told through its port.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/store/store_factory.hpp"

namespace cordon::store {
namespace {

using core::Confidence;
using core::MirrorRows;
using testing::ElementsAre;
using testing::IsEmpty;

class MirrorTest : public testing::Test {
protected:
    MirrorTest() : store_(factory_.open()) {}

    static void add(MirrorRows& rows, std::string_view value, std::string_view marker,
                    Confidence confidence = Confidence::high, bool is_deleted = false) {
        rows.append({value, marker, std::chrono::sys_seconds{std::chrono::seconds{1'795'000'000}}, confidence,
                     "Malware/X\nActor/Y", is_deleted});
    }
    bool change(const MirrorRows& rows, const std::string& before, const std::string& reached) {
        return store_->take_mirror_step("s", {std::nullopt, before, reached, false}, rows, k_noon).value();
    }
    bool pass(const MirrorRows& rows, const std::string& before, const std::string& reached, bool is_last) {
        return store_->take_mirror_step("s", {Confidence::high, before, reached, is_last, newest_, true}, rows, k_noon)
            .value();
    }
    std::vector<std::string> values(Confidence least = Confidence::unverified, std::size_t most = 100) {
        std::vector<std::string> found;
        EXPECT_TRUE(store_->read_mirror({"s", least, {}}, [&](const core::MirrorRow& row) {
            found.emplace_back(row.value);
            return found.size() < most;
        }));
        return found;
    }

    SqliteFactory factory_;
    std::unique_ptr<Store> store_;
    std::string newest_;  ///< what passes are told of the changes' cursor
};

TEST_F(MirrorTest, is_empty_before_the_first_step) {
    const auto progress = store_->mirror_progress("s").value();
    EXPECT_EQ(progress.newest, "");
    EXPECT_FALSE(progress.passes[3].is_complete);
    EXPECT_FALSE(progress.passes_began);
    EXPECT_THAT(values(), IsEmpty());
}

TEST_F(MirrorTest, gives_the_surest_and_newest_first) {
    MirrorRows rows;
    add(rows, "a", "1795000001a", Confidence::low);
    add(rows, "b", "1795000002a", Confidence::high);
    add(rows, "c", "1795000003a", Confidence::medium);
    add(rows, "d", "1795000004a", Confidence::high);
    ASSERT_TRUE(change(rows, "", "1795000004a"));
    EXPECT_THAT(values(), ElementsAre("d", "b", "c", "a"));
    EXPECT_THAT(values(Confidence::medium, 3), ElementsAre("d", "b", "c"));
    EXPECT_THAT(values(Confidence::high), ElementsAre("d", "b"));
}

TEST_F(MirrorTest, replaces_a_row_and_drops_a_deleted_one) {
    MirrorRows rows;
    add(rows, "a", "1795000001a");
    add(rows, "b", "1795000002a");
    ASSERT_TRUE(change(rows, "", "1"));
    MirrorRows changes;
    add(changes, "a", "1795000009a", Confidence::low);
    add(changes, "b", "1795000010a", Confidence::high, true);
    add(changes, "never seen", "1795000011a", Confidence::high, true);
    ASSERT_TRUE(change(changes, "1", "2"));
    EXPECT_THAT(values(), ElementsAre("a"));
    EXPECT_THAT(values(Confidence::high), IsEmpty());
}

TEST_F(MirrorTest, a_step_from_a_cursor_that_has_moved_changes_nothing) {
    MirrorRows rows;
    add(rows, "a", "1795000001a");
    ASSERT_TRUE(change(rows, "", "1"));
    MirrorRows late;
    add(late, "b", "1795000002a");
    EXPECT_FALSE(change(late, "", "2"));
    EXPECT_THAT(values(), ElementsAre("a"));
    EXPECT_EQ(store_->mirror_progress("s")->newest, "1");
}

TEST_F(MirrorTest, a_pass_that_changes_overtook_changes_nothing) {
    MirrorRows rows;
    add(rows, "a", "1795000001a");
    ASSERT_TRUE(change({}, "", "1795000005a"));
    EXPECT_FALSE(pass(rows, "", "1795000001a", false)) << "a may have been deleted since it was asked for";
    newest_ = "1795000005a";
    EXPECT_TRUE(pass(rows, "", "1795000001a", false));
}

TEST_F(MirrorTest, outlives_the_process) {
    MirrorRows rows;
    add(rows, "a", "1795000001a");
    ASSERT_TRUE(pass(rows, "", "1795000001a", false));
    store_.reset();
    store_ = factory_.open();
    EXPECT_EQ(store_->mirror_progress("s")->passes[3].oldest, "1795000001a");
    EXPECT_FALSE(store_->mirror_progress("s")->passes[3].is_complete);
    EXPECT_THAT(values(), ElementsAre("a"));
}

TEST_F(MirrorTest, rows_that_a_second_walk_does_not_meet_leave_when_it_ends) {
    MirrorRows rows;
    add(rows, "gone", "1795000001a");
    add(rows, "stays", "1795000002a");
    add(rows, "other", "1795000003a", Confidence::low);
    ASSERT_TRUE(pass(rows, "", "1795000001a", true));
    EXPECT_FALSE(pass({}, "1795000001a", "0", true)) << "a complete pass takes nothing more";
    ASSERT_TRUE(store_->restart_mirror("s", k_noon));
    MirrorRows again;
    add(again, "stays", "1795000002a");
    ASSERT_TRUE(pass(again, "", "1795000002a", false));
    EXPECT_THAT(values(Confidence::high), ElementsAre("stays", "gone"));
    ASSERT_TRUE(pass({}, "1795000002a", "1795000002a", true));
    EXPECT_THAT(values(), ElementsAre("stays", "other"));
}

TEST_F(MirrorTest, keeps_streams_apart) {
    MirrorRows rows;
    add(rows, "a", "1795000001a");
    ASSERT_TRUE(change(rows, "", "1"));
    ASSERT_TRUE(store_->take_mirror_step("t", {std::nullopt, "", "9", false}, rows, k_noon).value());
    MirrorRows changes;
    add(changes, "a", "1795000005a", Confidence::high, true);
    ASSERT_TRUE(change(changes, "1", "5"));
    EXPECT_THAT(values(), IsEmpty());
    EXPECT_EQ(store_->mirror_progress("t")->newest, "9");
}

TEST_F(MirrorTest, older_rows_than_wanted_are_passed_over) {
    MirrorRows rows;
    add(rows, "old", "1794999999a");
    add(rows, "new", "1795000000a");
    ASSERT_TRUE(change(rows, "", "1"));
    std::vector<std::string> found;
    ASSERT_TRUE(
        store_->read_mirror({"s", Confidence::high, std::chrono::sys_seconds{std::chrono::seconds{1'795'000'000}}},
                            [&](const core::MirrorRow& row) {
                                found.emplace_back(row.value);
                                EXPECT_EQ(row.tags, "Malware/X\nActor/Y");
                                return true;
                            }));
    EXPECT_THAT(found, ElementsAre("new"));
}

}  // namespace
}  // namespace cordon::store
