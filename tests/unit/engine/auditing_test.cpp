#include "engine/auditing.hpp"

#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/unit/engine/world.hpp"

namespace cordon::engine {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
using Json = nlohmann::json;

/// The records of the world's audit log, which is whole.
std::vector<Json> records_of(World& world) {
    std::vector<Json> records;
    const auto found = world.store->verify_audit([&](std::string_view line) { records.push_back(Json::parse(line)); });
    EXPECT_TRUE(found);
    EXPECT_EQ(found->problem, std::nullopt);
    return records;
}

Strings acts_of(World& world) {
    Strings acts;
    for (const auto& record : records_of(world)) acts.push_back(record.at("act"));
    return acts;
}

TEST(TheAuditLog, says_who_gave_a_list_which_entries_and_by_which_plan) {
    World world;
    world.add("feed", "L", hosts(3));
    const auto result = world.run();
    EXPECT_THAT(acts_of(world), ElementsAre("run", "activate"));
    const auto record = records_of(world).front();
    EXPECT_EQ(record.at("who"), "operator");
    EXPECT_EQ(record.at("list"), "L");
    EXPECT_EQ(record.at("run"), result.report.id);
    EXPECT_EQ(record.at("why"), "plan " + result.report.digest.substr(0, 16));
    EXPECT_THAT(record.at("added"), SizeIs(3));
    EXPECT_EQ(records_of(world).back().at("why"), "active");
}

TEST(TheAuditLog, says_what_a_list_lost) {
    World world;
    auto& feed = world.add("feed", "L", hosts(20));
    static_cast<void>(world.run());
    feed.content = hosts(20, 2);
    feed.version = "2";
    static_cast<void>(world.run());
    const auto records = records_of(world);
    ASSERT_THAT(records, SizeIs(4));
    EXPECT_THAT(records[2].at("added"), SizeIs(1));
    EXPECT_THAT(records[2].at("removed"), SizeIs(1));
}

TEST(TheAuditLog, says_nothing_of_a_run_that_changed_nothing_and_of_a_plan) {
    World world;
    world.add("feed", "L", hosts(3));
    RunOptions options;
    options.mode = Mode::plan_only;
    static_cast<void>(world.run(options));
    EXPECT_THAT(records_of(world), IsEmpty());
    static_cast<void>(world.run());
    static_cast<void>(world.run());
    EXPECT_THAT(records_of(world), SizeIs(2));
}

TEST(TheAuditLog, says_what_became_ours_what_was_let_through_and_what_was_done_about_rules) {
    World world;
    auto& feed = world.add("feed", "L", hosts(40));
    world.gateway.lists["L"] = set_of(hosts(20));
    world.sections.front().list.rule.ensure = EnsureRule::block;
    static_cast<void>(world.run());
    EXPECT_THAT(acts_of(world), ElementsAre("run", "own", "rule", "activate"));
    feed.content = hosts(5);
    feed.version = "2";
    ASSERT_EQ(world.run().report.outcome, core::Outcome::stopped);
    EXPECT_THAT(records_of(world), SizeIs(4)) << "a stopped plan changes nothing";
    RunOptions options;
    options.allow_removals.insert("L");
    options.reviewed_digest = world.run().report.lists.front().digest;
    static_cast<void>(world.run(options));
    EXPECT_THAT(acts_of(world), Contains("allow removals"));
}

TEST(TheAuditLog, is_told_of_the_command_that_was_given) {
    World world;
    world.add("feed", "L", hosts(3));
    static_cast<void>(world.run());
    const auto note = list_note_from_json(world.store->list_note("L").value()).value();
    RunOptions options;
    options.command = "retire";
    const auto ports = world.ports();
    static_cast<void>(retire_list("L", note, ports, options, {}));
    EXPECT_THAT(acts_of(world), ElementsAre("run", "activate", "retire", "activate"));
}

TEST(TheAuditLog, that_cannot_be_written_stops_no_protection_and_is_a_fault) {
    World world;
    world.add("feed", "L", hosts(3));
    std::filesystem::create_directory(world.folder / "audit.jsonl");
    const auto result = world.run();
    EXPECT_THAT(world.gateway.lists["L"], SizeIs(3));
    EXPECT_EQ(result.report.outcome, core::Outcome::partial);
    EXPECT_THAT(result.report.warnings, Contains(HasSubstr("the audit log lacks records of this run: cannot open")));
}

TEST(TheAuditLog, that_something_else_changed_makes_every_run_partial_and_stops_none) {
    World world;
    world.add("feed", "L", hosts(3));
    static_cast<void>(world.run());
    std::filesystem::resize_file(world.folder / "audit.jsonl", 0);
    for (int i = 0; i < 2; ++i) {
        const auto result = world.run();
        EXPECT_EQ(result.report.lists.front().outcome, core::Outcome::unchanged);
        EXPECT_EQ(result.report.exit_status, 1);
        EXPECT_THAT(result.report.warnings, Contains(HasSubstr("was changed by something else than Cordon")));
    }
}

TEST(TheAuditLog, that_is_older_than_the_store_is_told_as_that) {
    World world;
    const auto folder = world.folder / "new";
    std::filesystem::create_directory(folder);
    std::ofstream(folder / "audit.jsonl") << "of a store that is gone\n";
    world.store = store::open_store(folder).value();
    world.add("feed", "L", hosts(3));
    const auto result = world.run();
    EXPECT_EQ(result.report.exit_status, 1);
    EXPECT_THAT(result.report.warnings,
                Contains(HasSubstr("cordon.db is missing or was made anew beside an audit log")));
}

}  // namespace
}  // namespace cordon::engine
