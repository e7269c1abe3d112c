#include <algorithm>

#include "tests/unit/gateways/rig.hpp"

namespace cordon::gateways::zia {
namespace {

constexpr const char* k_date = "Last Updated: 2026-11-21 09:30:";

FakeZia::Category existing() {
    return {.id = "CUSTOM_03",
            .name = "ti block",
            .super_category = "NEWS_AND_MEDIA",
            .description = "old",
            .urls = {"admin.example.com"},
            .retaining = {"old1.example.com", "old2.example.com"},
            .keywords = Strings{"minerpool"}};
}

TEST(Category, nothing_is_written_when_the_plan_is_empty) {
    Rig rig;
    rig.zia.categories = {existing()};
    const auto applied = rig.run(category_target(), category_plan({}));
    EXPECT_EQ(rig.writes(), 0U);
    EXPECT_FALSE(applied.wrote);
    EXPECT_FALSE(applied.failure);
    EXPECT_EQ(applied.object_id, "CUSTOM_03");
    EXPECT_EQ(rig.zia.category("ti block")->description, "old");
}

TEST(Category, is_created_together_with_its_first_batch) {
    Rig rig;
    const auto applied = rig.run(category_target(), category_plan(hosts(3)));
    EXPECT_EQ(rig.writes(), 1U);
    EXPECT_TRUE(applied.created);
    EXPECT_TRUE(applied.wrote);
    EXPECT_FALSE(applied.failure);
    EXPECT_EQ(applied.added, hosts(3));
    EXPECT_EQ(applied.object_id, "CUSTOM_01");
    ASSERT_TRUE(applied.now_present);
    EXPECT_EQ(applied.now_present->size(), 3U);
    const auto& made = *rig.zia.category("TI Block");
    EXPECT_EQ(made.super_category, "USER_DEFINED");
    EXPECT_EQ(sorted(made.retaining), hosts(3));
    EXPECT_TRUE(made.urls.empty());
    EXPECT_TRUE(made.description->starts_with(std::string("Malicious hosts - ") + k_date)) << *made.description;
}

// A numeric id makes the whole body invalid (zia-api.md 4.2), and "true" as text is a guess.
TEST(Category, is_created_without_an_id_and_with_nothing_but_what_zia_takes) {
    Rig rig;
    ASSERT_FALSE(rig.run(category_target(), category_plan(hosts(3))).failure);
    const auto is_creation = [](const FakeZia::Seen& seen) {
        return seen.method == "POST" && seen.path == "/urlCategories";
    };
    const auto sent = std::find_if(rig.zia.seen.begin(), rig.zia.seen.end(), is_creation);
    ASSERT_NE(sent, rig.zia.seen.end());
    for (const auto& [key, value] : sent->body.items()) {
        const bool is_list = key == "urls" || key == "dbCategorizedUrls";
        EXPECT_TRUE(is_list ? value.is_array() : value.is_string()) << key;
    }
    EXPECT_EQ(sent->body.size(), 6U) << sent->body;
    for (const char* key : {"configuredName", "superCategory", "type", "description"})
        EXPECT_TRUE(sent->body.contains(key)) << key;
}

// Issue 2, section 9: 25,000 domains and 8,000 addresses in at most 12 calls.
TEST(Category, a_first_run_of_two_full_lists_takes_at_most_twelve_calls) {
    Rig rig;
    const std::vector<Target> targets{category_target(), group_target()};
    const auto inventory = rig.inventory(targets);
    auto domains = category_plan(hosts(25'000));
    domains.creates = true;
    Strings addresses;
    for (int i = 0; i < 8000; ++i) {
        addresses.push_back("198.18." + std::to_string(i / 250) + "." + std::to_string(i % 250 + 1));
    }
    auto ips = group_plan(addresses);
    ips.creates = true;
    EXPECT_EQ(rig.gateway->apply(targets[0], domains, inventory.lists[0], rig.clock.now(), {}).added.size(), 25'000U);
    EXPECT_EQ(rig.gateway->apply(targets[1], ips, inventory.lists[1], rig.clock.now(), {}).added.size(), 8000U);
    EXPECT_EQ(rig.gateway->activate({}), core::ActivationState::active);
    EXPECT_TRUE(rig.gateway->leave(false, {}));
    EXPECT_LE(rig.zia.seen.size(), 12U);
}

TEST(Category, an_update_takes_one_call_a_direction_whatever_the_sides) {
    Rig rig;
    rig.zia.categories = {existing()};
    auto plan = category_plan({"new1.example.com", "new2.example.com"}, {"old1.example.com"});
    plan.additions[0].side = core::Side::plain;
    const auto applied = rig.run(category_target(), plan);
    EXPECT_EQ(rig.writes(), 2U);
    EXPECT_EQ(applied.added, (Strings{"new1.example.com", "new2.example.com"}));
    EXPECT_EQ(applied.removed, Strings{"old1.example.com"});
    const auto& now = *rig.zia.category("ti block");
    EXPECT_EQ(sorted(now.urls), (Strings{"admin.example.com", "new1.example.com"}));
    EXPECT_EQ(sorted(now.retaining), (Strings{"new2.example.com", "old2.example.com"}));
}

TEST(Category, name_super_category_and_keywords_are_echoed_as_they_stand) {
    Rig rig;
    rig.zia.categories = {existing()};
    rig.run(category_target(), category_plan({"new.example.com"}));
    const auto body = rig.zia.seen_of("PUT ").front().body;
    EXPECT_EQ(body.at("configuredName"), "ti block");
    EXPECT_EQ(body.at("superCategory"), "NEWS_AND_MEDIA");
    EXPECT_EQ(body.at("keywords"), nlohmann::json({"minerpool"}));
    EXPECT_EQ(body.at("keywordsRetainingParentCategory"), nlohmann::json::array());
    const auto& now = *rig.zia.category("ti block");
    EXPECT_EQ(now.keywords, Strings{"minerpool"});
    EXPECT_EQ(now.super_category, "NEWS_AND_MEDIA");
}

TEST(Category, without_keywords_sends_none_and_gets_its_lost_super_category_back) {
    Rig rig;
    auto category = existing();
    category.keywords.reset();
    category.super_category.reset();
    rig.zia.categories = {category};
    rig.run(category_target(), category_plan({"new.example.com"}));
    const auto body = rig.zia.seen_of("PUT ").front().body;
    EXPECT_FALSE(body.contains("keywords"));
    EXPECT_EQ(body.at("superCategory"), "USER_DEFINED");
}

TEST(Category, additions_go_first_unless_removals_must_make_room) {
    for (const bool is_removals_first : {false, true}) {
        Rig rig;
        rig.zia.categories = {existing()};
        auto plan = category_plan({"new.example.com"}, {"old1.example.com"});
        plan.removals_first = is_removals_first;
        rig.run(category_target(), plan);
        const auto puts = rig.zia.seen_of("PUT ");
        ASSERT_EQ(puts.size(), 2U);
        EXPECT_EQ(puts[0].path.ends_with("REMOVE_FROM_LIST"), is_removals_first);
        EXPECT_EQ(puts[1].path.ends_with("ADD_TO_LIST"), is_removals_first);
    }
}

TEST(Category, additions_leave_the_hour_what_removals_need_here_and_in_later_lists) {
    auto options = Rig::usual_options();
    options.batch_size = 1;
    Rig rig(options);
    rig.zia.categories = {existing()};
    auto plan = category_plan(hosts(500), {"old1.example.com"});
    plan.list = category_target().list;
    auto later = category_plan({}, hosts(9));
    later.list = "Later";
    const std::vector<const core::ListPlan*> plans{&plan, &later};
    rig.gateway->expect(plans);
    const auto applied = rig.run(category_target(), plan);
    EXPECT_EQ(applied.added.size(), 390U) << "400 an hour without 1 removal here and 9 there";
    EXPECT_EQ(applied.removed, Strings{"old1.example.com"});
    ASSERT_TRUE(applied.failure);
    EXPECT_EQ(applied.failure->code, Code::throttled);
    EXPECT_EQ(rig.zia.count("PUT "), 391U);
}

TEST(Category, removals_go_though_additions_were_refused) {
    Rig rig;
    rig.zia.categories = {existing()};
    rig.zia.reply_once("PUT ", {400, R"({"code":"LIMIT_EXCEEDED","message":"limit"})", {}});
    const auto applied = rig.run(category_target(), category_plan(hosts(5), {"old1.example.com"}));
    EXPECT_EQ(applied.removed, Strings{"old1.example.com"});
    EXPECT_TRUE(applied.added.empty());
    ASSERT_TRUE(applied.failure);
    EXPECT_EQ(applied.failure->code, Code::refused);
}

TEST(Category, removals_do_not_follow_additions_that_the_account_may_not_make) {
    Rig rig;
    rig.zia.categories = {existing()};
    rig.zia.reply_once("PUT ", {403, R"({"code":"RBA_LIMITED","message":"no"})", {}});
    EXPECT_TRUE(rig.run(category_target(), category_plan(hosts(5), {"old1.example.com"})).removed.empty());
    EXPECT_EQ(rig.writes(), 1U);
}

TEST(Category, additions_leave_the_hour_what_the_removal_that_was_held_back_needs) {
    auto options = Rig::usual_options();
    options.batch_size = 1;
    Rig rig(options);
    auto category = existing();
    category.urls.clear();
    rig.zia.categories = {category};
    auto plan = category_plan(hosts(500), {"old1.example.com", "old2.example.com"});
    plan.removals_first = true;
    const auto applied = rig.run(category_target(), plan);
    EXPECT_EQ(applied.added.size(), 398U);
    EXPECT_EQ(applied.removed.size(), 2U);
    ASSERT_TRUE(applied.failure);
    EXPECT_EQ(applied.failure->code, Code::throttled);
}

TEST(Category, the_most_important_additions_are_sent_first) {
    auto options = Rig::usual_options();
    options.batch_size = 2;
    Rig rig(options);
    rig.zia.categories = {existing()};
    auto plan = category_plan({"a.example.com", "b.example.com", "c.example.com"});
    plan.by_importance = {2, 0};
    rig.run(category_target(), plan);
    const auto puts = rig.zia.seen_of("PUT ");
    ASSERT_EQ(puts.size(), 2U);
    EXPECT_EQ(puts[0].body.at("dbCategorizedUrls").get<Strings>(), (Strings{"c.example.com", "a.example.com"}));
    EXPECT_EQ(puts[1].body.at("dbCategorizedUrls").get<Strings>(), (Strings{"b.example.com"}));
}

// Design rule 4.
TEST(Category, a_plan_that_would_empty_it_is_refused_without_a_write) {
    Rig rig;
    auto category = existing();
    category.urls.clear();
    rig.zia.categories = {category};
    const auto applied = rig.run(category_target(), category_plan({}, {"old1.example.com", "old2.example.com"}));
    EXPECT_EQ(rig.writes(), 0U);
    ASSERT_TRUE(applied.failure);
    EXPECT_EQ(applied.failure->code, Code::invalid);
    EXPECT_EQ(rig.zia.categories.front().retaining.size(), 2U);
}

TEST(Category, is_not_empty_for_a_moment_when_all_of_it_is_exchanged_removals_first) {
    Rig rig;
    auto category = existing();
    category.urls.clear();
    category.keywords.reset();
    rig.zia.categories = {category};
    auto plan = category_plan({"new1.example.com", "new2.example.com"}, {"old1.example.com", "old2.example.com"});
    plan.removals_first = true;
    std::size_t least = 99;
    rig.zia.before_request = [&](const FakeZia::Seen&) {
        least = std::min(least, rig.zia.categories.front().retaining.size());
    };
    const auto applied = rig.run(category_target(), plan);
    EXPECT_FALSE(applied.failure);
    EXPECT_GE(least, 1U);
    EXPECT_EQ(sorted(rig.zia.categories.front().retaining), (Strings{"new1.example.com", "new2.example.com"}));
    EXPECT_EQ(applied.removed.size(), 2U);
}

TEST(Category, keeps_its_last_entry_when_every_addition_was_refused) {
    Rig rig;
    auto category = existing();
    category.urls.clear();
    rig.zia.categories = {category};
    rig.zia.bad_entries = {"new.example.com"};
    const auto applied =
        rig.run(category_target(), category_plan({"new.example.com"}, {"old1.example.com", "old2.example.com"}));
    EXPECT_EQ(rig.zia.categories.front().retaining.size(), 1U);
    ASSERT_TRUE(applied.failure);
    EXPECT_EQ(texts_of(applied.refused), Strings{"new.example.com"});
    EXPECT_EQ(applied.removed.size(), 1U);
}

// Design rule 14.
TEST(Category, a_named_bad_entry_is_left_out_and_the_rest_goes_again) {
    Rig rig;
    rig.zia.bad_entries = {"h100001.example.com"};
    const auto applied = rig.run(category_target(), category_plan(hosts(5)));
    EXPECT_EQ(rig.writes(), 2U);
    EXPECT_EQ(texts_of(applied.refused), Strings{"h100001.example.com"});
    EXPECT_NE(applied.refused.front().because.find("Invalid urls"), std::string::npos);
    EXPECT_EQ(applied.added.size(), 4U);
    EXPECT_FALSE(applied.failure);
    EXPECT_TRUE(applied.created);
}

TEST(Category, an_unnamed_bad_entry_is_found_while_the_category_is_created) {
    Rig rig;
    rig.zia.bad_entries = {"h100000.example.com"};
    rig.zia.names_bad_entries = false;
    const auto applied = rig.run(category_target(), category_plan(hosts(256)));
    EXPECT_EQ(texts_of(applied.refused), Strings{"h100000.example.com"});
    EXPECT_EQ(applied.added.size(), 255U);
    EXPECT_LE(rig.writes(), 18U);
    EXPECT_EQ(rig.zia.categories.size(), 1U);
}

TEST(Category, a_lone_new_entry_that_is_bad_and_not_named_is_found_by_adding_what_is_there) {
    Rig rig;
    rig.zia.categories = {{.id = "CUSTOM_01",
                           .name = "TI Block",
                           .description = "as it was",
                           .retaining = {"old.example.com", "cordon-placeholder.example.com"}}};
    rig.zia.bad_entries = {"bad.example.com"};
    rig.zia.names_bad_entries = false;
    const auto applied = rig.run(category_target(), category_plan({"bad.example.com"}));
    EXPECT_EQ(texts_of(applied.refused), Strings{"bad.example.com"});
    EXPECT_FALSE(applied.failure) << applied.failure->message;
    EXPECT_TRUE(applied.added.empty());
    EXPECT_EQ(rig.writes(), 2U);
    const auto proof = rig.zia.seen_of("PUT ").at(1).body;
    EXPECT_EQ(proof.at("dbCategorizedUrls"), nlohmann::json::array({"cordon-placeholder.example.com"}));
    EXPECT_EQ(rig.zia.categories.front().description, "as it was");
    EXPECT_EQ(rig.zia.categories.front().retaining.size(), 2U);
}

TEST(Category, a_search_for_bad_entries_leaves_half_of_the_hour_to_others) {
    Rig rig;
    rig.zia.categories = {{.id = "CUSTOM_01", .name = "TI Block", .retaining = {"old.example.com"}}};
    const auto all = hosts(512);
    for (std::size_t i = 0; i < all.size(); i += 8) rig.zia.bad_entries.push_back(all[i]);
    rig.zia.names_bad_entries = false;
    const net::RateWindow hour{400, std::chrono::hours{1}};
    for (int i = 0; i < 300; ++i) static_cast<void>(rig.budget.take("zia PUT /urlCategories/{id}", {hour}, {}, {}));
    const auto applied = rig.run(category_target(), category_plan(all));
    EXPECT_LE(rig.writes(), 51U);  // of the 100 that were left
    ASSERT_TRUE(applied.failure);
    EXPECT_NE(applied.failure->message.find("50 requests"), std::string::npos) << applied.failure->message;
    EXPECT_FALSE(applied.refused.empty());
}

TEST(Category, the_quota_text_blames_no_entry) {
    Rig rig;
    rig.zia.reply_once("POST /urlCategories",
                       {400,
                        R"({"message":"An organization can have a maximum of 25000 custom URLs. Currently 24990 are )"
                        R"(already provisioned for this organization."})",
                        {}});
    const auto applied = rig.run(category_target(), category_plan(hosts(50)));
    EXPECT_EQ(rig.writes(), 1U);
    EXPECT_TRUE(applied.refused.empty());
    ASSERT_TRUE(applied.failure);
    EXPECT_EQ(applied.failure->code, Code::refused);
    EXPECT_NE(applied.failure->message.find("capacity"), std::string::npos);
}

TEST(Category, a_name_that_exists_unseen_is_explained) {
    Rig rig;
    rig.zia.reply_once("POST /urlCategories", {400, R"({"code":"DUPLICATE_ITEM","message":"DUPLICATE_ITEM"})", {}});
    const auto applied = rig.run(category_target(), category_plan(hosts(1)));
    ASSERT_TRUE(applied.failure);
    EXPECT_NE(applied.failure->message.find("TLD"), std::string::npos);
    EXPECT_FALSE(applied.created);
}

TEST(Category, batches_that_are_too_large_are_halved) {
    Rig rig;
    rig.zia.most_per_body = 30;
    const auto applied = rig.run(category_target(), category_plan(hosts(100)));
    EXPECT_EQ(applied.added.size(), 100U);
    EXPECT_FALSE(applied.failure);
}

// Design rule 7, both ways, for creation and change.
TEST(Category, a_lost_answer_is_read_back_and_not_repeated_when_it_was_applied) {
    Rig rig;
    rig.zia.categories = {existing()};
    rig.zia.lose_once("PUT ", FakeZia::Loss::applied);
    const auto applied = rig.run(category_target(), category_plan(hosts(4)));
    EXPECT_EQ(rig.writes(), 1U);
    EXPECT_EQ(rig.zia.count("GET /urlCategories/CUSTOM_03"), 1U);
    EXPECT_EQ(applied.added, hosts(4));
    EXPECT_FALSE(applied.failure);
    EXPECT_TRUE(applied.wrote);
}

TEST(Category, a_lost_answer_is_repeated_when_it_was_not_applied) {
    Rig rig;
    rig.zia.categories = {existing()};
    rig.zia.lose_once("PUT ", FakeZia::Loss::not_applied);
    const auto applied = rig.run(category_target(), category_plan(hosts(4), {"old1.example.com"}));
    EXPECT_EQ(applied.added, hosts(4));
    EXPECT_EQ(applied.removed, Strings{"old1.example.com"});
    EXPECT_FALSE(applied.failure);
}

TEST(Category, a_server_error_on_a_write_is_read_back_too) {
    Rig rig;
    rig.zia.categories = {existing()};
    rig.zia.reply_once("PUT ", {504, "<html>Gateway Timeout</html>", {}});
    const auto applied = rig.run(category_target(), category_plan(hosts(4)));
    EXPECT_EQ(applied.added, hosts(4));
    EXPECT_FALSE(applied.failure);
    EXPECT_EQ(rig.zia.count("GET /urlCategories/CUSTOM_03"), 1U);
}

TEST(Category, a_creation_whose_answer_was_lost_is_found_by_its_name) {
    for (const auto loss : {FakeZia::Loss::applied, FakeZia::Loss::not_applied}) {
        Rig rig;
        rig.zia.lose_once("POST /urlCategories", loss);
        const auto applied = rig.run(category_target(), category_plan(hosts(4)));
        EXPECT_EQ(rig.zia.categories.size(), 1U);
        EXPECT_EQ(applied.added, hosts(4));
        EXPECT_TRUE(applied.created);
        EXPECT_EQ(applied.object_id, "CUSTOM_01");
        EXPECT_FALSE(applied.failure);
    }
}

TEST(Category, a_torn_answer_to_a_creation_is_looked_up) {
    Rig rig;
    rig.zia.garble_once("POST /urlCategories", R"({"id":"CUSTOM_01","urls":["h1)");
    const auto applied = rig.run(category_target(), category_plan(hosts(4)));
    EXPECT_EQ(rig.zia.count("POST /urlCategories"), 1U);
    EXPECT_EQ(applied.object_id, "CUSTOM_01");
    EXPECT_TRUE(applied.created);
    EXPECT_EQ(applied.added, hosts(4));
}

TEST(Category, a_torn_or_empty_answer_to_a_change_is_read_back) {
    for (const char* body : {R"({"id":"CUSTOM_03","urls":["h1)", ""}) {
        Rig rig;
        rig.zia.categories = {existing()};
        rig.zia.garble_once("PUT ", body);
        const auto applied = rig.run(category_target(), category_plan(hosts(4)));
        EXPECT_EQ(rig.writes(), 1U);
        EXPECT_EQ(rig.zia.count("GET /urlCategories/CUSTOM_03"), 1U);
        EXPECT_EQ(applied.added, hosts(4));
    }
}

TEST(Category, what_cannot_be_read_back_is_unknown_and_nothing_more_is_sent) {
    Rig rig;
    rig.zia.categories = {existing()};
    rig.zia.lose_once("PUT ", FakeZia::Loss::applied);
    for (int i = 0; i < 20; ++i) rig.zia.lose_once("GET /urlCategories/CUSTOM_03", FakeZia::Loss::not_applied);
    const auto applied = rig.run(category_target(), category_plan(hosts(4), {"old1.example.com"}));
    EXPECT_EQ(rig.writes(), 1U);
    EXPECT_TRUE(applied.added.empty());
    EXPECT_TRUE(applied.wrote);
    EXPECT_FALSE(applied.now_present);
    ASSERT_TRUE(applied.failure);
    EXPECT_EQ(applied.failure->code, Code::unknown);
}

TEST(Category, the_edit_lock_is_waited_for) {
    Rig rig;
    rig.zia.categories = {existing()};
    for (int i = 0; i < 3; ++i) rig.zia.reply_once("PUT ", {409, R"({"code":"EDIT_LOCK_NOT_AVAILABLE"})", {}});
    const auto applied = rig.run(category_target(), category_plan(hosts(4)));
    EXPECT_EQ(rig.writes(), 4U);
    EXPECT_EQ(applied.added, hosts(4));
    EXPECT_FALSE(applied.failure);
}

TEST(Category, an_edit_lock_that_stays_is_blocked) {
    Rig rig;
    rig.zia.categories = {existing()};
    for (int i = 0; i < 30; ++i) rig.zia.reply_once("PUT ", {409, R"({"code":"EDIT_LOCK_NOT_AVAILABLE"})", {}});
    const auto applied = rig.run(category_target(), category_plan(hosts(4)));
    ASSERT_TRUE(applied.failure);
    EXPECT_EQ(applied.failure->code, Code::blocked);
    EXPECT_TRUE(applied.added.empty());
    EXPECT_EQ(rig.writes(), 7U);
}

TEST(Category, a_session_lost_in_the_middle_costs_one_sign_in) {
    Rig rig;
    rig.zia.categories = {existing()};
    rig.zia.reply_once("PUT ", {401, R"({"code":"SESSION_NOT_VALID","message":"x"})", {}});
    const auto applied = rig.run(category_target(), category_plan(hosts(4)));
    EXPECT_EQ(applied.added, hosts(4));
    EXPECT_EQ(rig.zia.count("POST /authenticatedSession"), 2U);
}

TEST(Category, maintenance_stops_the_list_as_blocked) {
    Rig rig;
    rig.zia.categories = {existing()};
    rig.zia.reply_once("PUT ", {403, R"({"code":"STATE_READONLY","message":"upgrade"})", {}});
    const auto applied = rig.run(category_target(), category_plan(hosts(4)));
    ASSERT_TRUE(applied.failure);
    EXPECT_EQ(applied.failure->code, Code::blocked);
    EXPECT_EQ(rig.writes(), 1U);
}

TEST(Category, that_has_gone_is_said_to_have_gone) {
    Rig rig;
    rig.zia.categories = {existing()};
    rig.zia.reply_once("PUT ", {404, R"({"code":"RESOURCE_NOT_FOUND","message":"x"})", {}});
    const auto applied = rig.run(category_target(), category_plan(hosts(4)));
    ASSERT_TRUE(applied.failure);
    EXPECT_NE(applied.failure->message.find("gone"), std::string::npos);
}

TEST(Category, what_zia_does_not_keep_is_not_reported_as_added) {
    Rig rig;
    rig.zia.categories = {existing()};
    rig.zia.dropped_entries = {"h100002.example.com"};
    const auto applied = rig.run(category_target(), category_plan(hosts(4)));
    EXPECT_EQ(applied.added.size(), 3U);
    EXPECT_EQ(std::count(applied.added.begin(), applied.added.end(), "h100002.example.com"), 0);
    EXPECT_EQ(applied.warnings.size(), 1U);
    EXPECT_TRUE(applied.refused.empty());
}

TEST(Category, entries_that_vanish_under_our_hands_are_a_failure) {
    Rig rig;
    rig.zia.categories = {existing()};
    rig.zia.before_request = [&](const FakeZia::Seen& request) {
        if (request.method == "PUT") rig.zia.categories.front().urls.clear();
    };
    const auto applied = rig.run(category_target(), category_plan(hosts(4)));
    EXPECT_EQ(applied.added, hosts(4));
    ASSERT_TRUE(applied.failure);
    EXPECT_NE(applied.failure->message.find("admin.example.com"), std::string::npos);
}

TEST(Category, entries_that_somebody_adds_meanwhile_are_no_failure) {
    Rig rig;
    rig.zia.categories = {existing()};
    rig.zia.before_request = [&](const FakeZia::Seen& request) {
        if (request.method == "PUT") rig.zia.categories.front().urls.push_back("theirs.example.com");
    };
    const auto applied = rig.run(category_target(), category_plan(hosts(4)));
    EXPECT_FALSE(applied.failure);
    EXPECT_TRUE(applied.warnings.empty());
}

TEST(Category, removals_are_sent_in_the_spelling_of_the_gateway) {
    Rig rig;
    auto category = existing();
    category.retaining.push_back("OLD3.example.com");
    rig.zia.categories = {category};
    const auto applied = rig.run(category_target(), category_plan({}, {"OLD3.example.com"}));
    EXPECT_EQ(applied.removed, Strings{"old3.example.com"});
    EXPECT_EQ(rig.zia.categories.front().retaining.size(), 2U);
}

TEST(Category, moves_an_entry_from_one_side_to_the_other) {
    Rig rig;
    rig.zia.categories = {existing()};
    auto plan = category_plan({}, {"old1.example.com"});
    plan.additions = {{"old1.example.com", core::Side::plain}};
    const auto applied = rig.run(category_target(), plan);
    EXPECT_FALSE(applied.failure);
    EXPECT_EQ(sorted(rig.zia.categories.front().urls), (Strings{"admin.example.com", "old1.example.com"}));
    EXPECT_EQ(rig.zia.categories.front().retaining, Strings{"old2.example.com"});
    EXPECT_EQ(applied.added, Strings{"old1.example.com"});
    EXPECT_EQ(applied.removed, Strings{"old1.example.com"});
}

TEST(Category, a_stop_ends_the_list_between_two_requests) {
    auto options = Rig::usual_options();
    options.batch_size = 2;
    Rig rig(options);
    rig.zia.categories = {existing()};
    rig.zia.before_request = [&](const FakeZia::Seen& request) {
        if (request.method == "PUT") rig.stop.request_stop();
    };
    const auto applied = rig.run(category_target(), category_plan(hosts(10)));
    EXPECT_EQ(rig.writes(), 1U);
    EXPECT_EQ(applied.added.size(), 2U);
    ASSERT_TRUE(applied.failure);
    EXPECT_EQ(applied.failure->code, Code::cancelled);
}

TEST(Category, that_no_inventory_showed_is_read_first) {
    Rig rig;
    rig.zia.categories = {existing()};
    core::ListState state;
    state.exists = true;
    state.object_id = "CUSTOM_03";
    const auto applied = rig.gateway->apply(category_target(), category_plan(hosts(1)), state, start(), {});
    EXPECT_FALSE(applied.failure);
    EXPECT_EQ(rig.zia.category("ti block")->keywords, Strings{"minerpool"});
}

TEST(Category, scopes_are_echoed_as_they_stand) {
    Rig rig;
    auto category = existing();
    category.scopes = nlohmann::json::parse(R"([{"Type":"DEPARTMENT","ScopeEntities":[{"id":1,"name":"x"}]}])");
    rig.zia.categories = {category};
    const auto applied = rig.run(category_target(), category_plan({"new.example.com"}, {"old1.example.com"}));
    EXPECT_FALSE(applied.failure);
    for (const auto& put : rig.zia.seen_of("PUT ")) EXPECT_EQ(put.body.at("scopes"), category.scopes);
    EXPECT_EQ(rig.zia.categories.front().scopes, category.scopes);
}

TEST(Category, that_cannot_be_verified_after_its_last_write_is_a_failure) {
    Rig rig;
    rig.zia.categories = {existing()};
    rig.zia.garble_once("PUT ", "");
    for (int i = 0; i < 10; ++i) rig.zia.reply_once("GET /urlCategories/CUSTOM_03", {503, "", {}});
    const auto applied = rig.run(category_target(), category_plan(hosts(4)));
    EXPECT_TRUE(applied.wrote);
    EXPECT_TRUE(applied.added.empty());
    EXPECT_FALSE(applied.now_present);
    ASSERT_TRUE(applied.failure);
    EXPECT_EQ(applied.failure->code, Code::unknown);
    EXPECT_NE(applied.failure->message.find("could not be read back"), std::string::npos);
}

TEST(Category, what_an_earlier_answer_showed_counts_where_the_last_write_cannot_be_verified) {
    auto options = Rig::usual_options();
    options.batch_size = 2;
    Rig rig(options);
    rig.zia.categories = {existing()};
    int puts = 0;
    rig.zia.before_request = [&](const FakeZia::Seen& request) {
        if (request.method == "PUT" && ++puts == 2) rig.zia.garble_once("PUT ", "{}");
    };
    for (int i = 0; i < 10; ++i) rig.zia.reply_once("GET /urlCategories/CUSTOM_03", {503, "", {}});
    const auto applied = rig.run(category_target(), category_plan(hosts(4)));
    EXPECT_EQ(applied.added, hosts(2));
    ASSERT_TRUE(applied.failure);
    EXPECT_EQ(applied.failure->code, Code::unknown);
}

TEST(Category, wrote_is_false_where_every_write_was_surely_refused) {
    for (const auto& reply : {FakeZia::Reply{403, R"({"code":"STATE_READONLY","message":"x"})", {}},
                              FakeZia::Reply{403, R"({"code":"RBA_LIMITED","message":"x"})", {}},
                              FakeZia::Reply{400, R"({"message":"Request body is invalid."})", {}},
                              FakeZia::Reply{409, R"({"code":"EDIT_LOCK_NOT_AVAILABLE"})", {}}}) {
        Rig rig;
        rig.zia.categories = {existing()};
        for (int i = 0; i < 30; ++i) rig.zia.reply_once("PUT ", reply);
        const auto applied = rig.run(category_target(), category_plan(hosts(4)));
        EXPECT_GE(rig.writes(), 1U);
        EXPECT_FALSE(applied.wrote) << reply.body;
        EXPECT_TRUE(applied.failure);
    }
}

TEST(Category, server_errors_on_writes_are_waited_for_and_halve_nothing) {
    Rig rig;
    rig.zia.categories = {existing()};
    for (int i = 0; i < 3; ++i) rig.zia.reply_once("PUT ", {503, "", {}});
    const auto before = rig.clock.now();
    const auto applied = rig.run(category_target(), category_plan(hosts(4)));
    EXPECT_EQ(rig.writes(), 4U);
    EXPECT_EQ(rig.zia.seen_of("PUT ").back().body.at("dbCategorizedUrls").size(), 4U);
    EXPECT_GE(rig.clock.now() - before, std::chrono::seconds(10));  // 2, 4, 8 s, a quarter less at most
    EXPECT_EQ(applied.added, hosts(4));
    EXPECT_FALSE(applied.failure);
}

TEST(Category, a_name_that_shows_up_on_a_second_look_is_used) {
    Rig rig;
    rig.zia.categories = {existing()};
    rig.zia.unlisted = {"ti block"};
    rig.zia.before_request = [&](const FakeZia::Seen& request) {
        if (request.method != "POST" || request.path != "/urlCategories") return;
        rig.zia.unlisted.clear();
        rig.zia.reply_once("POST /urlCategories", {400, R"({"code":"DUPLICATE_ITEM"})", {}});
    };
    const auto applied = rig.run(category_target(), category_plan(hosts(4)));
    EXPECT_FALSE(applied.failure);
    EXPECT_FALSE(applied.created);
    EXPECT_EQ(applied.object_id, "CUSTOM_03");
    EXPECT_EQ(applied.added, hosts(4));
    EXPECT_EQ(rig.zia.categories.size(), 1U);
}

// zia-api.md 4.10.
TEST(Category, whose_id_has_changed_is_found_by_its_name) {
    Rig rig;
    rig.zia.categories = {existing()};
    rig.zia.before_request = [&](const FakeZia::Seen& request) {
        if (request.method == "PUT") rig.zia.categories.front().id = "CUSTOM_09";
    };
    const auto applied = rig.run(category_target(), category_plan(hosts(4)));
    EXPECT_FALSE(applied.failure);
    EXPECT_EQ(applied.object_id, "CUSTOM_09");
    EXPECT_EQ(applied.added, hosts(4));
}

TEST(Category, another_one_under_the_name_is_left_alone) {
    Rig rig;
    rig.zia.categories = {existing()};
    rig.zia.before_request = [&](const FakeZia::Seen& request) {
        if (request.method != "PUT") return;
        rig.zia.categories.front().id = "CUSTOM_09";
        rig.zia.categories.front().urls = {"somebody.example.com"};
    };
    const auto applied = rig.run(category_target(), category_plan(hosts(4)));
    EXPECT_TRUE(applied.failure);
    EXPECT_EQ(rig.zia.categories.front().retaining.size(), 2U);
}

}  // namespace
}  // namespace cordon::gateways::zia
