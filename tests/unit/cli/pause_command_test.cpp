#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/commands.hpp"
#include "engine/run.hpp"
#include "tests/unit/cli/stored_things.hpp"

namespace cordon::cli {
namespace {

using testing::HasSubstr;

/// A store that knows the list "L" and its second group.
class PauseCommand : public StoredThings {
protected:
    PauseCommand() {
        engine::ListNote note;
        EXPECT_TRUE(store()->set_list_note("L", engine::to_json(note)));
        note.first_list = "L";
        EXPECT_TRUE(store()->set_list_note("L (2)", engine::to_json(note)));
        arguments_.list = "L";
    }
    int give(Command command) {
        arguments_.command = command;
        out_.str({});
        err_.str({});
        return pause_command(arguments_, {out_, err_});
    }
    /// "2026-12-24": a day that is not over and not too far away.
    static std::string next_month() { return to_iso8601(SystemClock{}.now() + std::chrono::days{32}).substr(0, 10); }
    [[nodiscard]] std::optional<engine::Pause> pause() const {
        return engine::list_note_from_json(store()->list_note("L").value())->pause;
    }
};

TEST_F(PauseCommand, notes_how_long_by_whom_and_why_also_in_the_audit_log) {
    const auto day = next_month();
    arguments_.until = day;
    arguments_.because = "a partner is on it";
    ASSERT_EQ(give(Command::pause), 0) << err_.str();
    EXPECT_THAT(out_.str(), HasSubstr("'L' is paused until " + day + " 00:00:00 UTC"));
    ASSERT_TRUE(pause());
    EXPECT_EQ(to_iso8601(pause()->until.value()), day + "T00:00:00Z");
    EXPECT_EQ(pause()->because, "a partner is on it");
    EXPECT_NE(pause()->who, "");
    ASSERT_EQ(give(Command::resume), 0) << err_.str();
    EXPECT_FALSE(pause());
    std::vector<std::string> lines;
    ASSERT_TRUE(store()->verify_audit([&](std::string_view line) { lines.emplace_back(line); }));
    ASSERT_EQ(lines.size(), 2U);
    EXPECT_THAT(lines[0],
                HasSubstr(R"("act":"pause","list":"L","why":"until )" + day + R"(T00:00:00Z: a partner is on it")"));
    EXPECT_THAT(lines[1], HasSubstr(R"("act":"resume","list":"L")"));
}

TEST_F(PauseCommand, takes_a_length_or_a_moment_in_several_forms) {
    for (const auto* hour : {" 12:00", "T12:00", "T12:00:00Z", " 12:00:00Z"}) {
        arguments_.until = next_month() + hour;
        ASSERT_EQ(give(Command::pause), 0) << hour << err_.str();
        EXPECT_EQ(to_iso8601(pause()->until.value()), next_month() + "T12:00:00Z") << hour;
    }
    arguments_.until.clear();
    arguments_.length = "36h";
    const auto before = SystemClock{}.now() - std::chrono::seconds{1};  // whole seconds are kept
    ASSERT_EQ(give(Command::pause), 0) << err_.str();
    EXPECT_GE(pause()->until, before + std::chrono::hours{36});
    EXPECT_LE(pause()->until, SystemClock{}.now() + std::chrono::hours{36});
}

TEST_F(PauseCommand, says_what_is_wrong_and_changes_nothing) {
    struct Case {
        const char* list;
        const char* until;
        const char* length;
        const char* said;
    };
    for (const auto& wrong :
         {Case{"L", "", "", "either --for 2d or --until"}, Case{"L", "2999-11-30", "2d", "--for and --until both say"},
          Case{"L", "tomorrow", "", "--until 'tomorrow' is no moment"}, Case{"L", "2020-01-01", "", "is over already"},
          Case{"L", "", "0", "--for 0 is over at once"}, Case{"L", "", "9999d", "--for 9999d is too long"},
          Case{"L", "2999-11-30", "", "is too long"}, Case{"L", "", "a while", "--for 'a while' is no length of time"},
          Case{"M", "", "2d", "nothing is known of a list 'M'"},
          Case{"L (2)", "", "2d", "is a part of the list 'L'; name that"}}) {
        arguments_.list = wrong.list;
        arguments_.until = wrong.until;
        arguments_.length = wrong.length;
        EXPECT_NE(give(Command::pause), 0) << wrong.said;
        EXPECT_THAT(err_.str(), HasSubstr(wrong.said));
    }
    arguments_.list = "L";
    EXPECT_NE(give(Command::resume), 0);
    EXPECT_THAT(err_.str(), HasSubstr("'L' is not paused"));
    EXPECT_FALSE(pause());
    EXPECT_EQ(store()->verify_audit({})->head.records, 0U);
}

TEST_F(PauseCommand, releases_what_was_rolled_back_and_does_not_let_it_end_by_itself) {
    engine::ListNote note;
    note.pause = engine::Pause{std::nullopt, "bob", "", "20261121T093000Z-3f2a9c", SystemClock{}.now()};
    ASSERT_TRUE(store()->set_list_note("L", engine::to_json(note)));
    arguments_.length = "2d";
    EXPECT_NE(give(Command::pause), 0);
    EXPECT_THAT(err_.str(),
                HasSubstr("'L' was rolled back to 20261121T093000Z-3f2a9c and stays so until 'cordon resume"));
    ASSERT_TRUE(pause());
    EXPECT_EQ(pause()->until, std::nullopt);
    EXPECT_EQ(give(Command::resume), 0) << err_.str();
    EXPECT_FALSE(pause());
}

}  // namespace
}  // namespace cordon::cli
