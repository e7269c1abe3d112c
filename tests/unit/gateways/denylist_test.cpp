#include <gmock/gmock.h>

#include "tests/unit/gateways/rig.hpp"

namespace cordon::gateways::zia {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr const char* k_add = "POST /security/advanced/blacklistUrls?action=ADD_TO_LIST";
constexpr const char* k_remove = "POST /security/advanced/blacklistUrls?action=REMOVE_FROM_LIST";

/// A denylist that people filled, with two entries of ours.
struct Filled : Rig {
    explicit Filled(ZiaOptions options = usual_options()) : Rig(std::move(options)) {
        zia.denylist = {"Theirs.example.com/a", "portal.example.net", "ours-1.example.com", "ours-2.example.com"};
    }
};

ZiaOptions small_batches(std::size_t size) {
    auto options = Rig::usual_options();
    options.batch_size = size;
    return options;
}

TEST(Denylist, is_read_as_a_list_that_always_exists) {
    Filled rig;
    const auto inventory = rig.inventory({denylist_target()});
    ASSERT_EQ(inventory.lists.size(), 1U);
    const auto& state = inventory.lists.front();
    EXPECT_TRUE(state.exists);
    EXPECT_EQ(state.object_id, "denylist");
    ASSERT_EQ(state.entries.size(), 4U);
    EXPECT_EQ(state.entries.back().spelling, "Theirs.example.com/a");
    EXPECT_EQ(state.entries.back().canonical, "theirs.example.com/a");
    EXPECT_EQ(inventory.room.urls, 25'000U - 4U) << "it shares the tenant's quota";
    EXPECT_EQ(inventory.room.urls_provisioned, 4U);
    EXPECT_EQ(rig.zia.count("GET /security/advanced"), 1U);
    EXPECT_EQ(rig.zia.count("GET /urlCategories?"), 0U);
    rig.zia.denylist.clear();
    EXPECT_TRUE(rig.inventory({denylist_target()}).lists.front().exists) << "an empty one, too";
}

TEST(Denylist, an_answer_without_the_list_is_not_believed) {
    Filled rig;
    for (int i = 0; i < 2; ++i) rig.zia.garble_once("GET /security/advanced", "{}");
    const std::vector<Target> targets{denylist_target()};
    const auto taken = rig.gateway->inventory(targets, {});
    ASSERT_FALSE(taken);
    EXPECT_EQ(taken.error().code, Code::corrupt);
    EXPECT_THAT(taken.error().message, HasSubstr("blacklistUrls is missing"));
}

TEST(Denylist, is_changed_by_additions_and_removals_and_read_once_after_the_last_write) {
    Filled rig;
    const auto applied = rig.run(denylist_target(), denylist_plan({"new.example.com"}, {"ours-1.example.com"}));
    EXPECT_FALSE(applied.failure);
    EXPECT_EQ(applied.added, Strings{"new.example.com"});
    EXPECT_EQ(applied.removed, Strings{"ours-1.example.com"});
    EXPECT_TRUE(applied.wrote);
    EXPECT_FALSE(applied.created);
    EXPECT_EQ(applied.object_id, "denylist");
    EXPECT_EQ(rig.zia.count(k_add), 1U);
    EXPECT_EQ(rig.zia.count(k_remove), 1U);
    EXPECT_EQ(rig.zia.count("GET /security/advanced"), 2U);
    EXPECT_EQ(rig.zia.seen_of(k_add).front().body, nlohmann::json({{"blacklistUrls", {"new.example.com"}}}));
    ASSERT_TRUE(applied.now_present);
    EXPECT_EQ(sorted(rig.zia.denylist),
              (Strings{"Theirs.example.com/a", "new.example.com", "ours-2.example.com", "portal.example.net"}));
}

TEST(Denylist, nothing_is_written_when_the_plan_is_empty) {
    Filled rig;
    const auto applied = rig.run(denylist_target(), denylist_plan({}));
    EXPECT_FALSE(applied.wrote);
    EXPECT_EQ(rig.writes(), 0U);
    EXPECT_EQ(rig.zia.count("GET /security/advanced"), 1U);
}

TEST(Denylist, an_answer_without_body_is_a_success) {
    Filled rig;
    rig.zia.denylist_answers_nothing = true;
    const auto applied = rig.run(denylist_target(), denylist_plan({"new.example.com"}));
    EXPECT_FALSE(applied.failure);
    EXPECT_EQ(applied.added, Strings{"new.example.com"});
}

// zia-api.md 8.1: an empty list is legal.
TEST(Denylist, may_become_empty_and_has_no_placeholder) {
    Rig rig;
    rig.zia.denylist = {"ours-1.example.com"};
    EXPECT_EQ(rig.gateway->placeholder(core::TargetKind::denylist), "");
    const auto applied = rig.run(denylist_target(), denylist_plan({}, {"ours-1.example.com"}));
    EXPECT_FALSE(applied.failure);
    EXPECT_THAT(rig.zia.denylist, IsEmpty());
}

TEST(Denylist, additions_go_first_unless_removals_must_make_room) {
    for (const bool removals_first : {false, true}) {
        Filled rig;
        auto plan = denylist_plan({"new.example.com"}, {"ours-1.example.com"});
        plan.removals_first = removals_first;
        rig.run(denylist_target(), plan);
        const auto writes = rig.zia.seen_of("POST /security/");
        ASSERT_EQ(writes.size(), 2U);
        EXPECT_EQ(writes[0].path.ends_with("REMOVE_FROM_LIST"), removals_first);
    }
}

TEST(Denylist, removals_are_sent_in_the_spelling_of_the_gateway) {
    Filled rig;
    const auto applied = rig.run(denylist_target(), denylist_plan({}, {"Theirs.example.com/a"}));
    EXPECT_EQ(applied.removed, Strings{"theirs.example.com/a"});
    EXPECT_EQ(rig.zia.seen_of(k_remove).front().body.at("blacklistUrls"), nlohmann::json({"Theirs.example.com/a"}));
}

TEST(Denylist, a_bad_entry_is_left_out_and_the_rest_goes_again) {
    for (const bool is_named : {true, false}) {
        Filled rig;
        rig.zia.bad_entries = {"bad.example.com"};
        rig.zia.names_bad_entries = is_named;
        const auto applied =
            rig.run(denylist_target(), denylist_plan({"a.example.com", "b.example.com", "bad.example.com"}));
        EXPECT_FALSE(applied.failure);
        EXPECT_EQ(applied.added, (Strings{"a.example.com", "b.example.com"}));
        EXPECT_EQ(texts_of(applied.refused), Strings{"bad.example.com"});
    }
}

TEST(Denylist, a_lone_bad_entry_is_found_by_adding_what_is_there) {
    Filled rig;
    rig.zia.bad_entries = {"bad.example.com"};
    rig.zia.names_bad_entries = false;
    rig.zia.unnamed_message = "no";
    const auto applied = rig.run(denylist_target(), denylist_plan({"bad.example.com"}));
    EXPECT_FALSE(applied.failure);
    EXPECT_EQ(texts_of(applied.refused), Strings{"bad.example.com"});
    EXPECT_EQ(rig.zia.denylist.size(), 4U);
}

TEST(Denylist, the_quota_text_blames_no_entry) {
    Filled rig;
    rig.zia.reply_once(k_add, {400,
                               R"({"code":"INVALID_INPUT_ARGUMENT","message":"An organization can have a maximum of )"
                               R"(25000 custom URLs. Currently 25000 are already provisioned for this organization."})",
                               {}});
    const auto applied = rig.run(denylist_target(), denylist_plan({"new.example.com"}, {"ours-1.example.com"}));
    ASSERT_TRUE(applied.failure);
    EXPECT_THAT(applied.failure->message, HasSubstr("the tenant's capacity is used up"));
    EXPECT_THAT(applied.refused, IsEmpty());
    EXPECT_EQ(applied.removed, Strings{"ours-1.example.com"}) << "removals go all the same";
}

TEST(Denylist, a_lost_answer_is_read_back_and_repeated_only_where_it_was_not_applied) {
    for (const auto loss : {FakeZia::Loss::applied, FakeZia::Loss::not_applied}) {
        Filled rig;
        rig.zia.lose_once(k_add, loss);
        const auto applied = rig.run(denylist_target(), denylist_plan({"new.example.com"}));
        EXPECT_FALSE(applied.failure);
        EXPECT_EQ(applied.added, Strings{"new.example.com"});
        EXPECT_EQ(rig.zia.count(k_add), loss == FakeZia::Loss::applied ? 1U : 2U);
        EXPECT_EQ(rig.zia.count("GET /security/advanced"), loss == FakeZia::Loss::applied ? 2U : 3U)
            << "what was read back after the last write need not be read again";
    }
}

TEST(Denylist, that_cannot_be_read_back_is_unknown_and_nothing_more_is_sent) {
    Filled rig;
    rig.zia.before_request = [&](const FakeZia::Seen& request) {
        if (request.method != "POST" || !request.path.starts_with("/security/")) return;
        for (int i = 0; i < 2; ++i) rig.zia.garble_once("GET /security/advanced", "torn");
    };
    rig.zia.lose_once(k_add, FakeZia::Loss::applied);
    const auto applied = rig.run(denylist_target(), denylist_plan({"new.example.com"}, {"ours-1.example.com"}));
    ASSERT_TRUE(applied.failure);
    EXPECT_EQ(applied.failure->code, Code::unknown);
    EXPECT_TRUE(applied.wrote);
    EXPECT_EQ(rig.zia.count(k_remove), 0U);
}

TEST(Denylist, that_cannot_be_verified_after_its_last_write_is_a_failure) {
    Filled rig;
    rig.zia.before_request = [&](const FakeZia::Seen& request) {
        if (request.path.starts_with("/security/advanced/")) {
            for (int i = 0; i < 2; ++i) rig.zia.garble_once("GET /security/advanced", "torn");
        }
    };
    const auto applied = rig.run(denylist_target(), denylist_plan({"new.example.com"}));
    ASSERT_TRUE(applied.failure);
    EXPECT_THAT(applied.failure->message, HasSubstr("could not be read back"));
    EXPECT_THAT(applied.added, IsEmpty());
}

TEST(Denylist, what_zia_does_not_keep_is_not_reported_as_added) {
    Filled rig;
    rig.zia.dropped_entries = {"dropped.example.com"};
    const auto applied = rig.run(denylist_target(), denylist_plan({"dropped.example.com", "kept.example.com"}));
    EXPECT_EQ(applied.added, Strings{"kept.example.com"});
    EXPECT_THAT(applied.warnings, ElementsAre(HasSubstr("does not hold 1 (such as dropped.example.com)")));
}

TEST(Denylist, additions_leave_the_hour_what_removals_need) {
    Filled rig(small_batches(1));
    const auto applied = rig.run(denylist_target(), denylist_plan(hosts(500), {"ours-1.example.com"}));
    EXPECT_EQ(applied.added.size(), 399U) << "400 an hour without the removal";
    EXPECT_EQ(applied.removed, Strings{"ours-1.example.com"});
    ASSERT_TRUE(applied.failure);
    EXPECT_EQ(applied.failure->code, Code::throttled);
}

TEST(Denylist, removals_do_not_follow_additions_that_the_account_may_not_make) {
    Filled rig;
    rig.zia.reply_once(k_add, {403, R"({"code":"RBA_LIMITED","message":"Functional scope restriction"})", {}});
    const auto applied = rig.run(denylist_target(), denylist_plan({"new.example.com"}, {"ours-1.example.com"}));
    ASSERT_TRUE(applied.failure);
    EXPECT_FALSE(applied.wrote);
    EXPECT_EQ(rig.zia.count(k_remove), 0U);
}

TEST(Denylist, goes_in_batches) {
    Filled rig(small_batches(10));
    const auto applied = rig.run(denylist_target(), denylist_plan(hosts(25)));
    EXPECT_FALSE(applied.failure);
    EXPECT_EQ(applied.added, hosts(25));
    EXPECT_EQ(rig.zia.count(k_add), 3U);
    EXPECT_EQ(rig.zia.count("GET /security/advanced"), 2U);
}

// It is shared with people: no request may name the whole of it (zia-api.md 8.1).
TEST(Denylist, is_never_replaced_whatever_goes_wrong) {
    const auto nothing = [](FakeZia&) {};
    const std::vector<std::function<void(FakeZia&)>> troubles{
        nothing,
        [](FakeZia& zia) { zia.lose_once(k_add, FakeZia::Loss::applied); },
        [](FakeZia& zia) { zia.lose_once(k_remove, FakeZia::Loss::not_applied); },
        [](FakeZia& zia) { zia.bad_entries = {"new.example.com"}; },
        [](FakeZia& zia) {
            zia.reply_once(k_add, {409, R"({"code":"EDIT_LOCK_NOT_AVAILABLE"})", {}});
        },
        [](FakeZia& zia) {
            zia.reply_once(k_remove, {401, R"({"code":"SESSION_NOT_VALID"})", {}});
        },
        [](FakeZia& zia) { zia.most_per_body = 1; },
    };
    for (const auto& trouble : troubles) {
        Filled rig;
        trouble(rig.zia);
        rig.run(denylist_target(), denylist_plan({"new.example.com", "other.example.com"}, {"ours-1.example.com"}));
        for (const auto& request : rig.zia.seen) {
            if (request.method == "GET" || request.path.find("security") == std::string::npos) continue;
            EXPECT_TRUE(request.path.ends_with("?action=ADD_TO_LIST") ||
                        request.path.ends_with("?action=REMOVE_FROM_LIST"))
                << request.method << " " << request.path;
        }
        EXPECT_EQ(rig.zia.count("PUT "), 0U);
        for (const char* theirs : {"Theirs.example.com/a", "portal.example.net"}) {
            EXPECT_THAT(rig.zia.denylist, testing::Contains(theirs));
        }
    }
}

}  // namespace
}  // namespace cordon::gateways::zia
