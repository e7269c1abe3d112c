#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/commands.hpp"
#include "cli/exit_status.hpp"
#include "engine/run.hpp"
#include "tests/unit/cli/stored_things.hpp"

namespace cordon::cli {
namespace {

using testing::HasSubstr;

/// A store in which two values are unblocked, one of them no longer, and one is blocked on the list "L".
class OverrideCommands : public StoredThings {
protected:
    OverrideCommands() {
        const auto now = SystemClock{}.now();
        const auto later = parse_iso8601("2999-11-30T12:00:00Z").value();
        using core::OverrideKind;
        const auto kept = store();
        EXPECT_TRUE(kept->put_override({OverrideKind::allow, "a.example", "", now, later, "alice", "a partner"}));
        EXPECT_TRUE(kept->put_override({OverrideKind::allow, "old.example", "", now, now, "alice", ""}));
        EXPECT_TRUE(kept->put_override({OverrideKind::block, "b.example", "L", now, later, "bob", ""}));
    }
    int give(Command command, const std::string& value = "") {
        arguments_.command = command;
        arguments_.value = value;
        out_.str({});
        err_.str({});
        const Streams streams{out_, err_};
        return command == Command::unblock ? unblock_command(arguments_, streams, {})
               : command == Command::block ? block_command(arguments_, streams, {})
                                           : overrides_command(arguments_, streams);
    }
};

TEST_F(OverrideCommands, show_what_is_in_force_with_the_command_that_ends_it) {
    ASSERT_EQ(give(Command::overrides), 0) << err_.str();
    EXPECT_EQ(out_.str(),
              "a.example is unblocked until 2999-11-30 12:00:00 UTC by alice (a partner); 'cordon unblock "
              "\"a.example\" --end' ends that\n"
              "b.example is to be blocked on 'L' until 2999-11-30 12:00:00 UTC by bob: noted, not carried out yet "
              "('cordon explain \"b.example\"' says more); 'cordon block \"b.example\" --list \"L\" --end' ends "
              "that\n");
    arguments_.json = true;
    ASSERT_EQ(give(Command::overrides), 0) << err_.str();
    EXPECT_THAT(out_.str(), HasSubstr("\"value\": \"b.example\""));
    EXPECT_THAT(out_.str(), HasSubstr("\"until\": \"2999-11-30T12:00:00Z\""));
}

TEST_F(OverrideCommands, show_what_is_paused_and_rolled_back_with_the_command_that_ends_it) {
    const auto kept = store();
    const auto hold = [&](const char* list, engine::Pause pause) {
        engine::ListNote note;
        note.pause = std::move(pause);
        EXPECT_TRUE(kept->set_list_note(list, engine::to_json(note)));
        store::LedgerChange change;
        change.list = list;
        EXPECT_TRUE(kept->change(change));
    };
    const auto since = parse_iso8601("2026-11-22T12:00:00Z").value();
    hold("L", {parse_iso8601("2999-11-30T12:00:00Z").value(), "alice", "a partner", "", since});
    hold("M", {std::nullopt, "bob", "", "20261121T093000Z-3f2a9c", since});
    hold("N", {since, "bob", "", "", since});
    ASSERT_EQ(give(Command::overrides), 0) << err_.str();
    EXPECT_THAT(out_.str(),
                HasSubstr("'L' is paused until 2999-11-30 12:00:00 UTC by alice, 2026-11-22 12:00:00 UTC (a "
                          "partner): nothing comes onto it and nothing goes off it; 'cordon resume \"L\"' "
                          "ends that\n"));
    EXPECT_THAT(out_.str(), HasSubstr("'M' is rolled back to 20261121T093000Z-3f2a9c by bob, 2026-11-22 12:00:00 UTC"));
    EXPECT_THAT(out_.str(), testing::Not(HasSubstr("'N'")));
    arguments_.json = true;
    ASSERT_EQ(give(Command::overrides), 0) << err_.str();
    EXPECT_THAT(out_.str(), HasSubstr("\"kind\": \"pin\""));
    EXPECT_THAT(out_.str(), HasSubstr("\"kind\": \"pause\""));
}

TEST_F(OverrideCommands, end_what_is_in_force_in_any_spelling) {
    arguments_.ends = true;
    ASSERT_EQ(give(Command::unblock, "HXXP://A[.]example/"), 0) << err_.str();
    EXPECT_THAT(out_.str(), HasSubstr("a.example is no longer unblocked; the next run blocks it again"));
    EXPECT_EQ(give(Command::unblock, "a.example"), k_exit_usage);
    EXPECT_THAT(err_.str(), HasSubstr("a.example is not unblocked; 'cordon overrides' shows"));
    EXPECT_EQ(give(Command::unblock, "old.example"), k_exit_usage);
    arguments_.list = "M";
    EXPECT_EQ(give(Command::block, "b.example"), k_exit_usage);
    EXPECT_THAT(err_.str(), HasSubstr("b.example is not blocked by an operator on 'M'"));
    arguments_.list = "L";
    ASSERT_EQ(give(Command::block, "b.example"), 0) << err_.str();
    ASSERT_EQ(give(Command::overrides), 0);
    EXPECT_EQ(out_.str(), "nothing is unblocked or blocked by an operator, and no list is paused or rolled back\n");
    EXPECT_EQ(store()->verify_audit({})->head.records, 2U);
}

TEST_F(OverrideCommands, say_what_a_paused_list_keeps_from_happening_when_something_is_ended) {
    const auto kept = store();
    engine::ListNote note;
    note.pause = engine::Pause{parse_iso8601("2999-11-30T12:00:00Z").value(), "alice", ""};
    EXPECT_TRUE(kept->set_list_note("L", engine::to_json(note)));
    store::LedgerChange change;
    change.list = "L";
    EXPECT_TRUE(kept->change(change));
    arguments_.ends = true;
    ASSERT_EQ(give(Command::unblock, "a.example"), 0) << err_.str();
    EXPECT_THAT(out_.str(),
                HasSubstr("blocks it again where a feed names it, but not on these, which are paused or pinned\n'L' is "
                          "paused until"));
    arguments_.list = "L";
    ASSERT_EQ(give(Command::block, "b.example"), 0) << err_.str();
    EXPECT_THAT(out_.str(), HasSubstr("what is on its list stays there for now\n'L' is paused until 2999"));
    EXPECT_THAT(out_.str(), testing::Not(HasSubstr("takes it off")));
}

TEST_F(OverrideCommands, name_no_list_that_cannot_hold_what_is_ended) {
    const auto kept = store();
    const auto pause = [&](const char* list, core::TargetKind target) {
        engine::ListNote note;
        note.target = target;
        note.pause = engine::Pause{parse_iso8601("2999-11-30T12:00:00Z").value(), "alice", ""};
        EXPECT_TRUE(kept->set_list_note(list, engine::to_json(note)));
        store::LedgerChange change;
        change.list = list;
        EXPECT_TRUE(kept->change(change));
    };
    pause("Addresses", core::TargetKind::ipv4_group);
    pause("Hosts", core::TargetKind::fqdn_group);
    arguments_.ends = true;
    ASSERT_EQ(give(Command::unblock, "a.example"), 0) << err_.str();
    EXPECT_THAT(out_.str(), HasSubstr("'Hosts' is paused"));
    EXPECT_THAT(out_.str(), testing::Not(HasSubstr("'Addresses'")));
    const auto later = parse_iso8601("2999-11-30T12:00:00Z").value();
    ASSERT_TRUE(kept->put_override({core::OverrideKind::allow, "198.51.100.7", "", Time{}, later, "alice", ""}));
    ASSERT_EQ(give(Command::unblock, "198.51.100.7"), 0) << err_.str();
    EXPECT_THAT(out_.str(), HasSubstr("'Addresses' is paused"));
    EXPECT_THAT(out_.str(), testing::Not(HasSubstr("'Hosts'")));
}

TEST_F(OverrideCommands, say_that_the_store_is_not_the_one_of_the_audit_log) {
    ASSERT_TRUE(store()->audit({"alice", "unblock", {}, {}, "a.example"}, SystemClock{}.now()));
    ASSERT_EQ(give(Command::overrides), 0);
    EXPECT_EQ(err_.str(), "");
    for (const auto* name : {"cordon.db", "cordon.db-wal", "cordon.db-shm"}) {
        std::filesystem::remove(folder_ / "state" / name);
    }
    ASSERT_EQ(give(Command::overrides), 0);
    EXPECT_THAT(out_.str(), HasSubstr("nothing is unblocked"));
    EXPECT_THAT(err_.str(), HasSubstr("cordon.db is missing or was made anew beside an audit log"));
    EXPECT_FALSE(std::filesystem::exists(folder_ / "state" / "cordon.db"));
    std::ofstream(folder_ / "state" / "cordon.db").flush();
    ASSERT_EQ(give(Command::overrides), 0);
    EXPECT_THAT(err_.str(), HasSubstr("what operators said and runs did before that is not in this store"));
}

TEST_F(OverrideCommands, name_the_lists_where_a_block_names_none) {
    std::ofstream(folder_ / "settings.ini", std::ios::app)
        << "[risklist_domains]\ncategory_name = Feed A\n[risklist_urls]\ncategory_name = Feed B\n";
    arguments_.length = "1d";
    arguments_.because = "why";
    for (const bool ends : {false, true}) {
        arguments_.ends = ends;
        if (ends) arguments_.length = arguments_.because = "";
        EXPECT_EQ(give(Command::block, "c.example"), k_exit_usage);
        EXPECT_THAT(err_.str(), HasSubstr("say on which list, with --list; the lists are: Feed A, Feed B"));
    }
}

TEST_F(OverrideCommands, say_what_is_wrong_and_change_nothing) {
    struct Case {
        const char* value;
        const char* length;
        const char* until;
        const char* because;
        bool ends;
        const char* said;
    };
    for (const auto& wrong :
         {Case{"no value", "1d", "", "why", false, "'no value' is no host, URL, address or network"},
          Case{"evil", "1d", "", "why", false, "'evil' is no host"},
          Case{"co.uk", "1d", "", "why", false, "public suffix"},
          Case{"203.0.113.0/33", "1d", "", "why", false, "the prefix length goes from 0 to 32"},
          Case{"c.example", "", "", "why", false, "either --for 2d or --until"},
          Case{"c.example", "1d", "2999-01-01", "why", false, "--for and --until both say how long: give one of them"},
          Case{"c.example", "0m", "", "why", false, "--for 0m is over at once"},
          Case{"c.example", "99999d", "", "why", false, "--for 99999d is too long: at most 366d"},
          Case{"c.example", "367d", "", "why", false, "--for 367d is too long: at most 366d"},
          Case{"c.example", "", "2999-01-01", "why", false, "--until 2999-01-01 is too long: at most 366d"},
          Case{"http://198.51.100.7/a", "1d", "", "why", false, "give 198.51.100.7 if all of it is meant"},
          Case{"no value", "", "", "", false,
               "cordon: 'no value' is no host, URL, address or network\ncordon: say how long: either --for 2d or "
               "--until "
               "2026-11-30\ncordon: say why"},
          Case{"c.example", "1h30m", "", "why", false, "--for '1h30m' is no length of time: units cannot be combined"},
          Case{"c.example", "soon", "", "why", false, "--for 'soon' is no length of time"},
          Case{"c.example", "", "2020-01-01", "why", false, "is over already"},
          Case{"c.example", "1d", "", "  ", false, "say why, for the reports and the audit log: --because TEXT"},
          Case{"a.example", "1d", "", "", true, "--end takes neither --for nor --until"}}) {
        arguments_.length = wrong.length;
        arguments_.until = wrong.until;
        arguments_.because = wrong.because;
        arguments_.ends = wrong.ends;
        EXPECT_EQ(give(Command::unblock, wrong.value), k_exit_usage) << wrong.said;
        EXPECT_THAT(err_.str(), HasSubstr(wrong.said));
    }
    EXPECT_EQ(store()->verify_audit({})->head.records, 0U);
    EXPECT_EQ(store()->overrides()->size(), 3U);
}

}  // namespace
}  // namespace cordon::cli
