#include "tests/unit/gateways/rig.hpp"

namespace cordon::gateways::zia {
namespace {

std::vector<Finding> check(Rig& rig) {
    const std::vector<Target> targets{category_target(), group_target()};
    return rig.gateway->check(targets, {});
}

std::size_t errors_in(const std::vector<Finding>& findings) {
    return static_cast<std::size_t>(
        std::count_if(findings.begin(), findings.end(), [](const Finding& f) { return f.is_error; }));
}

bool mentions(const std::vector<Finding>& findings, const std::string& text) {
    return std::any_of(findings.begin(), findings.end(),
                       [&](const Finding& f) { return f.message.find(text) != std::string::npos; });
}

TEST(Check, of_a_good_tenant_finds_no_error_and_writes_nothing) {
    Rig rig;
    const auto findings = check(rig);
    EXPECT_EQ(errors_in(findings), 0U);
    EXPECT_TRUE(mentions(findings, "creates it"));
    EXPECT_TRUE(mentions(findings, "25,000 more URLs"));
    EXPECT_EQ(rig.writes(), 0U);
    EXPECT_EQ(rig.zia.count("POST /status"), 0U);
}

TEST(Check, a_failed_sign_in_is_the_only_finding) {
    Rig rig;
    rig.zia.reply_once("POST /authenticatedSession", {400, R"({"code":"AUTHENTICATION_FAILED"})", {}});
    const auto findings = check(rig);
    ASSERT_EQ(findings.size(), 1U);
    EXPECT_TRUE(findings[0].is_error);
    EXPECT_TRUE(findings[0].ends_here);
}

TEST(Check, names_a_missing_permission_and_goes_on) {
    Rig rig;
    rig.zia.reply_once("GET /urlCategories?", {403, R"({"code":"RBA_LIMITED","message":"requires Policy"})", {}});
    rig.zia.reply_once("GET /ipDest", {403, R"({"code":"NOT_SUBSCRIBED","message":"Firewall subscription"})", {}});
    const auto findings = check(rig);
    EXPECT_EQ(errors_in(findings), 2U);
    EXPECT_TRUE(mentions(findings, "Role Management"));
    EXPECT_TRUE(mentions(findings, "subscription"));
}

TEST(Check, finds_no_room_for_what_has_to_be_created) {
    auto options = Rig::usual_options();
    options.max_categories = 1;
    Rig rig(options);
    rig.zia.categories = {{.id = "CUSTOM_01", .name = "a", .urls = {"x.example.com"}}};
    for (int id = 1; id <= 4000; ++id) {
        rig.zia.groups.push_back({.id = id, .name = "g" + std::to_string(id), .addresses = {"192.0.2.1"}});
    }
    const auto findings = check(rig);
    EXPECT_EQ(errors_in(findings), 2U);
    EXPECT_TRUE(mentions(findings, "max_categories"));
    EXPECT_TRUE(mentions(findings, "4,000 destination groups exist and 1 are to be created"));
    rig.zia.groups.back().name = group_target().list;
    EXPECT_FALSE(mentions(check(rig), "are to be created, but a tenant holds")) << "nothing has to be created";
}

TEST(Check, notes_exhausted_limits_that_only_additions_would_meet) {
    auto options = Rig::usual_options();
    options.max_ip_entries = 2;
    Rig rig(options);
    rig.zia.url_limit = 1;
    rig.zia.categories = {{.id = "CUSTOM_01", .name = "a", .urls = {"x.example.com"}}};
    rig.zia.groups = {{.id = 1, .name = "g", .addresses = {"192.0.2.1", "192.0.2.2"}}};
    const auto findings = check(rig);
    EXPECT_EQ(errors_in(findings), 0U);
    EXPECT_TRUE(mentions(findings, "room for 0 more URLs: lists can only be changed entry for entry"));
    EXPECT_TRUE(mentions(findings, "max_ip_entries): lists can only be changed entry for entry"));
}

TEST(Check, finds_objects_that_cannot_be_written) {
    Rig rig;
    rig.zia.categories = {{.id = "CUSTOM_01", .name = "TI Block", .urls = {"x.example.com"}, .editable = false}};
    rig.zia.groups = {{.id = 1, .name = "TI_IPs", .type = "DSTN_FQDN", .addresses = {"a.example.com"}}};
    EXPECT_EQ(errors_in(check(rig)), 2U);
}

TEST(Check, finds_objects_as_the_inventory_does) {
    Rig rig;
    rig.zia.categories = {{.id = "CUSTOM_01", .name = "TI BLOCK", .urls = {"x.example.com"}, .editable = false},
                          {.id = "CUSTOM_02", .name = "TI Block", .urls = {"y.example.com", "z.example.com"}}};
    rig.zia.groups = {{.id = 1, .name = "ti_ips", .type = "DSTN_FQDN", .addresses = {"a.example.com"}},
                      {.id = 2, .name = "TI_IPs", .addresses = {"192.0.2.7"}}};
    const auto findings = check(rig);
    EXPECT_EQ(errors_in(findings), 0U);
    EXPECT_TRUE(mentions(findings, "holds 2 entries"));
    EXPECT_TRUE(mentions(findings, "holds 1 of 8,000 entries"));
    EXPECT_TRUE(rig.inventory({category_target(), group_target()}).warnings.empty());
}

TEST(Check, tells_of_the_denylist_and_of_groups_of_host_names) {
    auto options = Rig::usual_options();
    options.max_fqdn_entries = 3;
    Rig rig(options);
    rig.zia.denylist = {"theirs.example.com"};
    rig.zia.groups = {
        {.id = 1, .name = "TI_Names", .type = "DSTN_FQDN", .addresses = {"a.example.com"}},
        {.id = 2, .name = "others", .type = "DSTN_DOMAIN", .addresses = {"*.b.example.com", "c.example.com"}},
        {.id = 3, .name = "ips", .addresses = {"192.0.2.7"}}};
    const std::vector<Target> targets{denylist_target(), name_target(), name_target("new")};
    const auto findings = rig.gateway->check(targets, {});
    EXPECT_EQ(errors_in(findings), 0U);
    EXPECT_TRUE(mentions(findings, "the denylist holds 1 entries, whoever put them there"));
    EXPECT_TRUE(mentions(findings, "the tenant has room for 24,999 more URLs"));
    EXPECT_TRUE(
        mentions(findings, "FQDN group 'TI_Names' holds 1 entries; ZIA takes 100, with Advanced Firewall 8,000"));
    EXPECT_TRUE(mentions(findings, "FQDN group 'new' does not exist; the first run creates it"));
    EXPECT_TRUE(mentions(findings, "hold 3 of 3 host names ([zscaler] max_fqdn_entries): lists can only be changed"));
    EXPECT_FALSE(mentions(findings, "max_ip_entries"));
    EXPECT_EQ(rig.zia.count("GET /urlCategories?"), 0U);
    const std::vector<Target> deep{name_target("TI_Names", true)};
    EXPECT_EQ(errors_in(rig.gateway->check(deep, {})), 1U) << "its type takes no subdomains";
}

TEST(Check, notes_pending_changes_and_the_old_host) {
    auto options = Rig::usual_options();
    options.base_uri = "admin.zscloud.example";
    Rig rig(options);
    rig.zia.status = "PENDING";
    const auto findings = check(rig);
    EXPECT_EQ(errors_in(findings), 0U);
    EXPECT_TRUE(mentions(findings, "zsapi.zscloud.example"));
    EXPECT_TRUE(mentions(findings, "not active"));
}

TEST(Cost, of_a_first_run_is_what_the_run_then_makes) {
    Rig rig;
    const std::vector<Target> targets{category_target(), group_target()};
    const auto inventory = rig.inventory(targets);
    std::vector<core::ListPlan> plans{category_plan(hosts(25'000)), group_plan({"192.0.2.7"})};
    for (auto& plan : plans) plan.creates = true;
    for (std::size_t i = 0; i < 2; ++i) {
        EXPECT_FALSE(rig.gateway->apply(targets[i], plans[i], inventory.lists[i], start(), {}).failure);
    }
    EXPECT_TRUE(rig.gateway->activate({}));
    EXPECT_TRUE(rig.gateway->leave(false, {}));
    const auto cost = rig.gateway->cost_of({plans});
    EXPECT_EQ(cost.calls, rig.gateway->calls());
    EXPECT_DOUBLE_EQ(cost.share_of_hour, 1.0 / 40);
    EXPECT_EQ(cost.left_of_hour, 39U) << "the run above took one of forty activations";
    EXPECT_GT(cost.expected_time, std::chrono::seconds(10));
    EXPECT_LT(cost.expected_time, std::chrono::seconds(30));
}

TEST(Cost, of_a_first_run_counts_the_denylist_and_groups_of_host_names) {
    Rig rig;
    const std::vector<Target> targets{denylist_target(), name_target()};
    const auto inventory = rig.inventory(targets);
    std::vector<core::ListPlan> plans{denylist_plan(hosts(12'000)), name_plan({"evil.example.com"})};
    plans[1].creates = true;
    for (std::size_t i = 0; i < 2; ++i) {
        EXPECT_FALSE(rig.gateway->apply(targets[i], plans[i], inventory.lists[i], start(), {}).failure);
    }
    EXPECT_TRUE(rig.gateway->activate({}));
    EXPECT_TRUE(rig.gateway->leave(false, {}));
    EXPECT_EQ(rig.gateway->cost_of({plans}).calls, rig.gateway->calls());
}

TEST(Cost, is_a_share_of_the_hours_limit_and_says_what_is_left_of_it) {
    Rig rig;
    const std::vector<core::ListPlan> plans{category_plan({"a.example.com"})};
    const auto expect_cost = [&](std::size_t left) {
        const auto cost = rig.gateway->cost_of({plans});
        EXPECT_EQ(cost.tightest, "POST /status/activate");
        EXPECT_DOUBLE_EQ(cost.share_of_hour, 1.0 / 40);
        EXPECT_EQ(cost.hour_limit, 40U);
        EXPECT_EQ(cost.left_of_hour, left);
    };
    const auto take_activations = [&](int count) {
        const net::RateWindow hour{40, std::chrono::hours{1}};
        for (int i = 0; i < count; ++i) static_cast<void>(rig.budget.take("zia POST /status/activate", {hour}, {}, {}));
    };
    expect_cost(40);
    take_activations(36);
    expect_cost(4);
    take_activations(4);
    expect_cost(0);
    rig.clock.advance(std::chrono::hours{2});
    expect_cost(40);
}

TEST(Cost, is_told_of_the_budget_that_has_the_least_room) {
    Rig rig;
    const net::RateWindow hour{400, std::chrono::hours{1}};
    for (int i = 0; i < 395; ++i) {
        static_cast<void>(rig.budget.take("zia PUT /urlCategories/{id}", {hour}, {}, {}));
    }
    const std::vector plans{category_plan({"a.example.com"})};
    const auto cost = rig.gateway->cost_of({plans});
    EXPECT_EQ(cost.tightest, "PUT /urlCategories/{id}");
    EXPECT_DOUBLE_EQ(cost.share_of_hour, 1.0 / 400);
    EXPECT_EQ(cost.left_of_hour, 5U);
}

TEST(Cost, of_an_update_counts_the_look_before_a_group_removal) {
    Rig rig;
    const std::vector<core::ListPlan> plans{group_plan({"192.0.2.7"}, {"192.0.2.8"})};
    const auto cost = rig.gateway->cost_of({plans});
    EXPECT_EQ(cost.calls.at("GET /ipDestinationGroups/{id}"), 1U);
    EXPECT_EQ(cost.calls.at("PUT /ipDestinationGroups/{id}"), 1U);
    EXPECT_EQ(cost.calls.count("GET /urlCategories"), 0U);
}

TEST(Cost, of_empty_plans_holds_no_write_and_no_activation) {
    Rig rig;
    const std::vector<core::ListPlan> plans{category_plan({}), denylist_plan({}), name_plan({})};
    for (const auto& [call, count] : rig.gateway->cost_of({plans}).calls) {
        EXPECT_TRUE(call.starts_with("GET ") || call.ends_with("/authenticatedSession")) << call;
    }
}

}  // namespace
}  // namespace cordon::gateways::zia
