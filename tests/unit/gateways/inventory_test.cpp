#include "tests/unit/gateways/rig.hpp"

namespace cordon::gateways::zia {
namespace {

TEST(Inventory, finds_lists_by_name_without_regard_to_case) {
    Rig rig;
    rig.zia.categories = {{.id = "CUSTOM_01", .name = "other", .urls = {"x.example.com"}},
                          {.id = "CUSTOM_02",
                           .name = "ti block",
                           .description = "hand-made",
                           .urls = {"B.example.com"},
                           .retaining = {".a.example.com"}}};
    const auto inventory = rig.inventory({category_target(), category_target("missing")});
    ASSERT_EQ(inventory.lists.size(), 2U);
    EXPECT_TRUE(inventory.lists[0].exists);
    EXPECT_EQ(inventory.lists[0].object_id, "CUSTOM_02");
    EXPECT_EQ(inventory.lists[0].name, "TI Block");
    ASSERT_EQ(inventory.lists[0].entries.size(), 2U);
    EXPECT_EQ(inventory.lists[0].entries[0].canonical, ".a.example.com");
    EXPECT_EQ(inventory.lists[0].entries[0].side, core::Side::retain_parent);
    EXPECT_EQ(inventory.lists[0].entries[1].canonical, "b.example.com");
    EXPECT_EQ(inventory.lists[0].entries[1].spelling, "B.example.com");
    EXPECT_FALSE(inventory.lists[1].exists);
}

TEST(Inventory, an_exactly_spelled_name_wins_over_another_spelling) {
    Rig rig;
    rig.zia.categories = {{.id = "CUSTOM_01", .name = "TI BLOCK", .urls = {"x.example.com"}},
                          {.id = "CUSTOM_02", .name = "TI Block", .urls = {"y.example.com"}}};
    EXPECT_EQ(rig.inventory({category_target()}).lists[0].object_id, "CUSTOM_02");
}

TEST(Inventory, says_what_room_there_is) {
    auto options = Rig::usual_options();
    options.max_ip_entries = 10;
    options.max_categories = 5;
    options.max_fqdn_entries = 7;
    Rig rig(options);
    rig.zia.categories = {{.id = "CUSTOM_01", .name = "a", .urls = {"x.example.com", "y.example.com"}}};
    rig.zia.groups = {{.id = 1, .name = "g", .addresses = {"198.51.100.1", "198.51.100.2"}},
                      {.id = 2, .name = "f", .type = "DSTN_FQDN", .addresses = {"a.example.com"}},
                      {.id = 3, .name = "d", .type = "DSTN_DOMAIN", .addresses = {"*.a.example.com", "b.example.com"}}};
    const auto room = rig.inventory({category_target(), group_target()}).room;
    EXPECT_EQ(room.urls, 24'998U);
    EXPECT_EQ(room.addresses, 8U);
    EXPECT_EQ(room.addresses_per_group, 8000U);
    EXPECT_EQ(room.categories, 4U);
    EXPECT_EQ(room.urls_provisioned, 2U);
    EXPECT_EQ(room.names, 4U);
    EXPECT_EQ(room.names_per_group, 8000U);
}

TEST(Inventory, reads_only_what_its_targets_need) {
    Rig rig;
    EXPECT_EQ(rig.inventory({category_target()}).room.addresses, std::nullopt);
    EXPECT_EQ(rig.zia.count("GET /ipDestinationGroups"), 0U);
    Rig other;
    EXPECT_EQ(other.inventory({group_target()}).room.urls, std::nullopt);
    EXPECT_EQ(other.zia.count("GET /urlCategories"), 0U);
    EXPECT_EQ(other.zia.count("GET /security/advanced"), 0U);
    Rig names;
    EXPECT_EQ(names.inventory({name_target()}).room.names, 5000U);
    EXPECT_EQ(names.zia.count("GET /urlCategories"), 0U);
}

TEST(Inventory, tells_of_changes_that_are_not_active) {
    Rig rig;
    rig.zia.status = "PENDING";
    EXPECT_EQ(rig.inventory({}).status, core::ActivationState::pending);
    rig.zia.status = "ACTIVE";
    EXPECT_EQ(rig.inventory({}).status, core::ActivationState::active);
}

TEST(Inventory, waits_for_the_end_of_an_activation_in_progress) {
    Rig rig;
    rig.zia.status = "INPROGRESS";  // for two looks
    rig.zia.reply_once("GET /status", {200, R"({"status":"INPROGRESS"})", {}});
    EXPECT_EQ(rig.inventory({}).status, core::ActivationState::active);
    auto options = Rig::usual_options();
    options.activation_wait = std::chrono::seconds{0};
    Rig impatient(options);
    for (int i = 0; i < 5; ++i) impatient.zia.reply_once("GET /status", {200, R"({"status":"INPROGRESS"})", {}});
    EXPECT_EQ(impatient.inventory({}).status, core::ActivationState::in_progress);
    EXPECT_EQ(impatient.zia.count("GET /status"), 2U);
}

// Design rule 1.
TEST(Inventory, a_failed_part_fails_the_whole) {
    for (const char* request : {"GET /status", "GET /urlCategories?", "GET /urlCategories/urlQuota", "GET /ipDest"}) {
        for (const auto& reply : {FakeZia::Reply{403, R"({"code":"RBA_LIMITED","message":"requires X"})", {}},
                                  FakeZia::Reply{200, "{}", {}}, FakeZia::Reply{200, "", {}}}) {
            Rig rig;
            for (int i = 0; i < 10; ++i) rig.zia.reply_once(request, reply);
            const std::vector<Target> targets{category_target(), group_target()};
            EXPECT_FALSE(rig.gateway->inventory(targets, {})) << request << ' ' << reply.body;
        }
    }
}

// Design rule 1: "[]" is no proof that a known object has gone.
TEST(Inventory, a_known_object_that_only_the_list_lacks_makes_the_answer_incomplete) {
    for (auto target : {category_target(), group_target()}) {
        Rig rig;
        rig.zia.categories = {{.id = "CUSTOM_01", .name = "TI Block", .urls = {"x.example.com"}}};
        rig.zia.groups = {{.id = 7, .name = "TI_IPs", .addresses = {"192.0.2.7"}}};
        rig.zia.unlisted = {"TI Block", "TI_IPs"};
        target.known_id = target.kind == core::TargetKind::url_category ? "CUSTOM_01" : "7";
        const auto taken = rig.gateway->inventory(std::span(&target, 1), {});
        ASSERT_FALSE(taken) << target.list;
        EXPECT_EQ(taken.error().code, Code::corrupt);
    }
}

TEST(Inventory, a_known_object_whose_id_is_unknown_has_gone) {
    for (auto target : {category_target(), group_target()}) {
        Rig rig;
        target.known_id = target.kind == core::TargetKind::url_category ? "CUSTOM_01" : "7";
        EXPECT_FALSE(rig.inventory({target}).lists.at(0).exists);
    }
}

constexpr const char* k_unexpected =
    R"({"code":"UNEXPECTED_ERROR","message":"An unexpected error has occurred, please contact Zscaler's support"})";

// zia-api.md 4.10: an unknown id may be answered so too, and must not fail each run.
TEST(Inventory, a_known_category_that_answers_500_and_that_no_list_shows_has_gone) {
    Rig rig;
    for (int i = 0; i < 10; ++i) rig.zia.reply_once("GET /urlCategories/CUSTOM_01", {500, k_unexpected, {}});
    auto target = category_target();
    target.known_id = "CUSTOM_01";
    EXPECT_FALSE(rig.inventory({target}).lists.at(0).exists);
    EXPECT_EQ(rig.zia.count("GET /urlCategories?"), 2U);
}

TEST(Inventory, a_known_object_that_was_made_anew_meanwhile_is_found_by_a_second_look) {
    for (const auto& reply : {FakeZia::Reply{500, k_unexpected, {}},
                              FakeZia::Reply{404, R"({"code":"RESOURCE_NOT_FOUND","message":"no"})", {}}}) {
        Rig rig;
        for (int i = 0; i < 4; ++i) rig.zia.reply_once("GET /urlCategories/CUSTOM_01", reply);
        rig.zia.before_request = [&](const FakeZia::Seen& request) {
            if (!request.path.starts_with("/urlCategories/CUSTOM_01")) return;
            rig.zia.categories = {{.id = "CUSTOM_02", .name = "TI Block", .urls = {"x.example.com"}}};
        };
        auto target = category_target();
        target.known_id = "CUSTOM_01";
        const auto inventory = rig.inventory({target, category_target("another")});
        EXPECT_EQ(inventory.lists.at(0).object_id, "CUSTOM_02");
        EXPECT_EQ(inventory.lists.at(0).entries.size(), 1U);
        EXPECT_FALSE(inventory.lists.at(1).exists);
    }
}

// For groups no such 500 is known: a failure is not read as absence.
TEST(Inventory, a_known_group_that_answers_500_fails_the_whole) {
    Rig rig;
    for (int i = 0; i < 10; ++i) rig.zia.reply_once("GET /ipDestinationGroups/7", {500, k_unexpected, {}});
    auto target = group_target();
    target.known_id = "7";
    EXPECT_FALSE(rig.gateway->inventory(std::span(&target, 1), {}));
}

TEST(Inventory, a_known_object_that_cannot_be_asked_for_fails_the_whole) {
    Rig rig;
    for (int i = 0; i < 10; ++i) rig.zia.reply_once("GET /urlCategories/CUSTOM_01", {503, "", {}});
    auto target = category_target();
    target.known_id = "CUSTOM_01";
    const auto taken = rig.gateway->inventory(std::span(&target, 1), {});
    ASSERT_FALSE(taken);
    EXPECT_EQ(taken.error().code, Code::unreachable);
}

TEST(Inventory, a_renamed_object_is_gone_by_name_with_a_warning) {
    Rig rig;
    rig.zia.categories = {{.id = "CUSTOM_01", .name = "Renamed", .urls = {"x.example.com"}}};
    auto target = category_target();
    target.known_id = "CUSTOM_01";
    const auto inventory = rig.inventory({target});
    EXPECT_FALSE(inventory.lists.at(0).exists);
    ASSERT_EQ(inventory.warnings.size(), 1U);
    EXPECT_NE(inventory.warnings[0].find("Renamed"), std::string::npos);
}

TEST(Inventory, no_read_of_objects_can_come_from_a_cache) {
    Rig rig;
    rig.inventory({category_target(), group_target()});
    for (const char* list : {"GET /urlCategories?", "GET /ipDestinationGroups"}) {
        EXPECT_NE(rig.zia.seen_of(list).at(0).path.find("_=1"), std::string::npos) << list;
    }
}

TEST(Inventory, compares_networks_by_what_they_span) {
    Rig rig;
    rig.zia.groups = {{.id = 7, .name = "TI_IPs", .addresses = {"198.51.100.9/24", "203.0.113.1 - 203.0.113.3"}}};
    const auto inventory = rig.inventory({group_target()});
    const auto& entries = inventory.lists[0].entries;
    ASSERT_EQ(entries.size(), 2U);
    EXPECT_EQ(entries[0].canonical, "198.51.100.0/24");
    EXPECT_EQ(entries[0].spelling, "198.51.100.9/24");
    EXPECT_EQ(entries[1].canonical, "203.0.113.1-203.0.113.3");
}

TEST(Inventory, warns_of_objects_that_cannot_be_written) {
    Rig rig;
    rig.zia.categories = {{.id = "CUSTOM_01", .name = "TI Block", .urls = {"x.example.com"}, .editable = false}};
    rig.zia.groups = {{.id = 7, .name = "TI_IPs", .type = "DSTN_FQDN", .addresses = {"a.example.com"}}};
    EXPECT_EQ(rig.inventory({category_target(), group_target()}).warnings.size(), 2U);
}

TEST(Inventory, warns_of_the_old_host_form) {
    auto options = Rig::usual_options();
    options.base_uri = "admin.zscloud.example/api/v1";
    Rig rig(options);
    EXPECT_EQ(rig.inventory({}).warnings.size(), 1U);
}

}  // namespace
}  // namespace cordon::gateways::zia
