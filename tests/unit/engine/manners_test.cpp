#include "engine/manners.hpp"

#include <cstdlib>
#include <ctime>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cordon::engine {
namespace {

using namespace std::chrono_literals;
using core::ActivationState;
using testing::HasSubstr;

const Time k_saturday = parse_iso8601("2026-11-21T09:30:00Z").value();

ActivationOptions with(ActivationRule rule, const char* freeze = "") {
    ActivationOptions options;
    options.rule = rule;
    options.freeze = parse_freeze(freeze).value();
    return options;
}

enum class Leaving { publishes, keeps };
enum class Debt { none, ours };

ActivationFacts facts_of(ActivationState status, Leaving leaving, Debt debt) {
    ActivationFacts facts;
    facts.status = status;
    facts.publishes_on_leave = leaving == Leaving::publishes;
    facts.is_owed = debt == Debt::ours;
    return facts;
}

struct DecisionCase {
    ActivationRule rule;
    const char* freeze;
    ActivationState status;
    Debt debt;
    Permission where_leaving_keeps;
    Permission where_leaving_publishes;
    bool is_intended;
    const char* because;
};

TEST(TheActivation, is_decided_as_the_table_says) {
    constexpr auto always = ActivationRule::always, clean = ActivationRule::clean, never = ActivationRule::never;
    constexpr auto active = ActivationState::active, pending = ActivationState::pending;
    constexpr auto in_progress = ActivationState::in_progress;
    constexpr auto go = Permission::activate, save = Permission::save_only, nothing = Permission::write_nothing;
    constexpr auto none = Debt::none, ours = Debt::ours;
    const char* weekend = "Fri 18:00 - Mon 06:00";
    const char* night = "22:00 - 05:00";
    const char* until_monday = "freeze until Mon 2026-11-23 06:00 UTC";
    const char* somebody = "somebody else has saved changes that are not active (activate = clean)";
    const DecisionCase table[] = {
        {always, "", active, none, go, go, true, ""},
        {always, "", pending, none, go, go, true, ""},
        {always, "", in_progress, none, go, go, true, ""},
        {always, "", pending, ours, go, go, true, ""},
        {always, night, active, none, go, go, true, ""},
        {always, weekend, active, none, save, nothing, true, until_monday},
        {always, weekend, pending, ours, save, nothing, true, until_monday},
        {clean, "", active, none, go, go, true, ""},
        {clean, "", active, ours, go, go, true, ""},
        {clean, "", pending, none, nothing, nothing, false, somebody},
        {clean, "", in_progress, none, nothing, nothing, false, "another activation is in progress (activate = clean)"},
        {clean, "", pending, ours, go, go, true, ""},
        {clean, "", in_progress, ours, go, go, true, ""},
        {clean, weekend, pending, none, nothing, nothing, true, until_monday},
        {clean, weekend, pending, ours, save, nothing, true, until_monday},
        {clean, weekend, active, none, save, nothing, true, until_monday},
        {never, "", active, none, save, nothing, true, "activate = never"},
        {never, "", pending, ours, save, nothing, true, "activate = never"},
        {never, weekend, active, none, save, nothing, true, "activate = never"},
    };
    for (const auto& row : table) {
        const auto options = with(row.rule, row.freeze);
        for (const auto leaving : {Leaving::keeps, Leaving::publishes}) {
            const auto decision = decide_activation(options, facts_of(row.status, leaving, row.debt), k_saturday);
            const auto where = testing::Message() << "row " << &row - table << (leaving == Leaving::keeps ? "" : "!");
            EXPECT_EQ(decision.permission,
                      leaving == Leaving::keeps ? row.where_leaving_keeps : row.where_leaving_publishes)
                << where;
            EXPECT_EQ(decision.is_intended, row.is_intended) << where;
            EXPECT_EQ(decision.because, row.because) << where;
            EXPECT_EQ(decision.next.empty(), decision.permission == Permission::activate) << where;
        }
    }
}

TEST(TheActivation, follows_the_zone_of_the_freeze) {
    auto options = with(ActivationRule::always, "Sat 09:00 - Sat 10:00");
    options.freeze_zone = FreezeZone::local;
    const char* before = std::getenv("TZ");
    const std::string kept = before == nullptr ? "" : before;
    ::setenv("TZ", "UTC-3", 1);  // POSIX: three hours east
    ::tzset();
    const auto facts = facts_of(ActivationState::active, Leaving::publishes, Debt::none);
    const auto free = decide_activation(options, facts, k_saturday);
    const auto frozen = decide_activation(options, facts, k_saturday - 3h);
    before == nullptr ? ::unsetenv("TZ") : ::setenv("TZ", kept.c_str(), 1);
    ::tzset();
    EXPECT_EQ(free.permission, Permission::activate);
    EXPECT_EQ(frozen.because, "freeze until Sat 2026-11-21 10:00 local time");
}

TEST(TheActivation, is_forecast_in_one_line) {
    const auto forecast = [](const ActivationOptions& options, Leaving leaving) {
        return forecast_of(
            decide_activation(options, facts_of(ActivationState::active, leaving, Debt::none), k_saturday));
    };
    const auto frozen = with(ActivationRule::always, "Fri 18:00 - Mon 06:00");
    EXPECT_EQ(forecast(frozen, Leaving::publishes),
              "a run now would write nothing: freeze until Mon 2026-11-23 06:00 UTC");
    EXPECT_EQ(forecast(frozen, Leaving::keeps),
              "a run now would save changes and not activate them: freeze until Mon 2026-11-23 06:00 UTC; the first "
              "run after it activates them");
    EXPECT_EQ(forecast(with(ActivationRule::always), Leaving::keeps), "");
}

TEST(TheActivation, tells_how_many_changes_wait_and_for_what) {
    const auto decision =
        decide_activation(with(ActivationRule::always, "Fri 18:00 - Mon 06:00"),
                          facts_of(ActivationState::active, Leaving::publishes, Debt::none), k_saturday);
    EXPECT_EQ(sentence_on_unwritten(decision, {1'200, 1}),
              "nothing was written: freeze until Mon 2026-11-23 06:00 UTC. 1,200 additions and 1 removal wait; the "
              "first run after it writes them");
    EXPECT_EQ(sentence_on_unwritten(decision, {0, 20, 0, true}),
              "nothing was written: freeze until Mon 2026-11-23 06:00 UTC. 0 additions and 20 removals are still to be "
              "made: give the command again after it");
    EXPECT_EQ(sentence_on_unwritten(decision, {}), "");
    const auto saving = decide_activation(with(ActivationRule::never),
                                          facts_of(ActivationState::active, Leaving::keeps, Debt::none), k_saturday);
    EXPECT_EQ(sentence_on_unactivated(saving, {1, 0}),
              "1 addition and 0 removals are saved and not active: activate = never; an administrator activates them");
    EXPECT_EQ(sentence_on_unactivated(saving, {}),
              "changes of an earlier run are saved and not active: activate = never; an administrator activates them");
}

TEST(TheActivation, names_what_others_have_pending_and_what_becomes_of_it) {
    const auto note = [](ActivationRule rule, ActivationState status, Debt debt, const char* freeze = "") {
        const auto facts = facts_of(status, Leaving::publishes, debt);
        return note_on_pending(facts, decide_activation(with(rule, freeze), facts, k_saturday));
    };
    EXPECT_EQ(note(ActivationRule::always, ActivationState::active, Debt::none), "");
    EXPECT_THAT(note(ActivationRule::always, ActivationState::pending, Debt::none),
                HasSubstr("an activation by this run publishes them too"));
    EXPECT_THAT(note(ActivationRule::clean, ActivationState::pending, Debt::none),
                HasSubstr("they hold back what is Cordon's"));
    EXPECT_THAT(note(ActivationRule::always, ActivationState::pending, Debt::none, "Sat - Sun"),
                testing::EndsWith("when the run began"));
    EXPECT_THAT(note(ActivationRule::always, ActivationState::pending, Debt::ours), HasSubstr("is activated first"));
    EXPECT_THAT(note(ActivationRule::clean, ActivationState::in_progress, Debt::none), HasSubstr("in progress"));
}

TEST(TheSettingsOfTheActivation, are_read_and_bad_ones_answered_with_what_is_allowed) {
    ActivationOptions options;
    auto table = settings_of(options);
    const auto assign = [&](const std::string& key, const char* text) {
        for (auto& setting : table) {
            if (setting.key == key) return setting.assign(text);
        }
        return Result<void>(fail(Code::invalid, "no such key"));
    };
    EXPECT_TRUE(assign("activate", "Clean"));
    EXPECT_EQ(options.rule, ActivationRule::clean);
    EXPECT_TRUE(assign("freeze", "Fri 18:00 - Mon 06:00\n22:00 - 05:00"));
    EXPECT_EQ(options.freeze.size(), 2U);
    EXPECT_TRUE(assign("freeze_zone", "local"));
    EXPECT_EQ(options.freeze_zone, FreezeZone::local);
    EXPECT_THAT(assign("freeze", "weekend").error().message, HasSubstr("'weekend' is none"));
    EXPECT_EQ(options.freeze.size(), 2U);
    EXPECT_TRUE(assign("freeze", ""));
    EXPECT_TRUE(options.freeze.empty());
    EXPECT_FALSE(assign("activate", "sometimes"));
    EXPECT_FALSE(assign("freeze_zone", "Europe/Berlin"));
}

}  // namespace
}  // namespace cordon::engine
