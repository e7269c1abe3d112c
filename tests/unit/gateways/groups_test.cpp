#include "tests/unit/gateways/rig.hpp"

namespace cordon::gateways::zia {
namespace {

FakeZia::Group existing() {
    return {.id = 10'600'001,
            .name = "ti_ips",
            .description = "old",
            .addresses = {"198.51.100.9/24", "203.0.113.1 - 203.0.113.3", "192.0.2.7", "192.0.2.8"}};
}

Strings addresses(int count) {
    Strings result;
    for (int i = 0; i < count; ++i) {
        result.push_back("198.18." + std::to_string(i / 250) + "." + std::to_string(i % 250 + 1));
    }
    return sorted(result);
}

TEST(IpGroup, is_created_with_its_addresses) {
    Rig rig;
    const auto applied = rig.run(group_target(), group_plan(addresses(3)));
    EXPECT_EQ(rig.writes(), 1U);
    EXPECT_TRUE(applied.created);
    EXPECT_EQ(applied.added, addresses(3));
    EXPECT_FALSE(applied.failure);
    const auto body = rig.zia.seen_of("POST /ipDestinationGroups").front().body;
    EXPECT_EQ(body.at("type"), "DSTN_IP");
    EXPECT_EQ(body.at("name"), "TI_IPs");
    EXPECT_TRUE(
        body.at("description").get<std::string>().starts_with("Malicious addresses - Last Updated: 2026-11-21 09:30:"));
}

// Design rule 17.
TEST(IpGroup, additions_alone_are_appended) {
    Rig rig;
    rig.zia.groups = {existing()};
    const auto applied = rig.run(group_target(), group_plan({"192.0.2.99"}));
    const auto puts = rig.zia.seen_of("PUT ");
    ASSERT_EQ(puts.size(), 1U);
    EXPECT_TRUE(puts[0].path.ends_with("?override=false"));
    EXPECT_EQ(puts[0].body.at("addresses"), nlohmann::json({"192.0.2.99"}));
    EXPECT_EQ(puts[0].body.at("name"), "ti_ips");
    EXPECT_EQ(rig.zia.count("GET /ipDestinationGroups/"), 0U);
    EXPECT_EQ(applied.added, Strings{"192.0.2.99"});
    EXPECT_FALSE(applied.failure);
    EXPECT_EQ(rig.zia.groups.front().addresses.size(), 5U);
}

TEST(IpGroup, an_append_that_echoes_only_its_own_is_read_back) {
    Rig rig;
    rig.zia.groups = {existing()};
    rig.zia.append_echoes_only_new = true;
    const auto applied = rig.run(group_target(), group_plan({"192.0.2.99"}));
    EXPECT_EQ(applied.added, Strings{"192.0.2.99"});
    EXPECT_FALSE(applied.failure);
    ASSERT_TRUE(applied.now_present);
    EXPECT_EQ(applied.now_present->size(), 5U);
}

TEST(IpGroup, a_removal_is_one_full_put_that_keeps_foreign_spelling) {
    Rig rig;
    rig.zia.groups = {existing()};
    const auto applied = rig.run(group_target(), group_plan({"192.0.2.99"}, {"192.0.2.7"}));
    const auto puts = rig.zia.seen_of("PUT ");
    ASSERT_EQ(puts.size(), 1U);
    EXPECT_TRUE(puts[0].path.ends_with("?override=true"));
    EXPECT_EQ(sorted(puts[0].body.at("addresses").get<Strings>()),
              (Strings{"192.0.2.8", "192.0.2.99", "198.51.100.9/24", "203.0.113.1 - 203.0.113.3"}));
    EXPECT_EQ(rig.zia.count("GET /ipDestinationGroups/10600001"), 1U);
    EXPECT_EQ(applied.added, Strings{"192.0.2.99"});
    EXPECT_EQ(applied.removed, Strings{"192.0.2.7"});
    EXPECT_FALSE(applied.failure);
}

TEST(IpGroup, a_full_put_holds_what_somebody_added_after_the_inventory) {
    Rig rig;
    rig.zia.groups = {existing()};
    rig.zia.before_request = [&](const FakeZia::Seen& request) {
        if (request.path.starts_with("/ipDestinationGroups/10600001?_") && request.method == "GET") {
            rig.zia.groups.front().addresses.push_back("192.0.2.200");
        }
    };
    rig.run(group_target(), group_plan({}, {"192.0.2.7"}));
    const auto& now = rig.zia.groups.front().addresses;
    EXPECT_NE(std::find(now.begin(), now.end(), "192.0.2.200"), now.end());
}

TEST(IpGroup, a_full_put_is_looked_at_anew_after_an_edit_lock) {
    Rig rig;
    rig.zia.groups = {existing()};
    for (int i = 0; i < 3; ++i) rig.zia.reply_once("PUT ", {409, R"({"code":"EDIT_LOCK_NOT_AVAILABLE"})", {}});
    int put = 0;
    rig.zia.before_request = [&](const FakeZia::Seen& request) {
        if (request.method == "PUT" && ++put == 1) rig.zia.groups.front().addresses.push_back("192.0.2.200");
    };
    const auto applied = rig.run(group_target(), group_plan({}, {"192.0.2.7"}));
    EXPECT_EQ(rig.zia.count("PUT "), 4U);
    EXPECT_EQ(rig.zia.count("GET /ipDestinationGroups/10600001"), 4U);
    const auto& now = rig.zia.groups.front().addresses;
    EXPECT_NE(std::find(now.begin(), now.end(), "192.0.2.200"), now.end());
    EXPECT_EQ(applied.removed, Strings{"192.0.2.7"});
}

TEST(IpGroup, a_full_put_is_looked_at_anew_after_a_lost_session) {
    Rig rig;
    rig.zia.groups = {existing()};
    rig.zia.reply_once("PUT ", {401, R"({"code":"SESSION_NOT_VALID"})", {}});
    const auto applied = rig.run(group_target(), group_plan({}, {"192.0.2.7"}));
    EXPECT_EQ(rig.zia.count("GET /ipDestinationGroups/10600001"), 2U);
    EXPECT_EQ(applied.removed, Strings{"192.0.2.7"});
}

TEST(IpGroup, a_lost_full_put_that_was_applied_is_not_repeated) {
    Rig rig;
    rig.zia.groups = {existing()};
    rig.zia.lose_once("PUT ", FakeZia::Loss::applied);
    const auto applied = rig.run(group_target(), group_plan({"192.0.2.99"}, {"192.0.2.7"}));
    EXPECT_EQ(rig.zia.count("PUT "), 1U);
    EXPECT_EQ(applied.added, Strings{"192.0.2.99"});
    EXPECT_EQ(applied.removed, Strings{"192.0.2.7"});
    EXPECT_FALSE(applied.failure);
}

TEST(IpGroup, a_lost_full_put_that_was_not_applied_is_prepared_anew) {
    Rig rig;
    rig.zia.groups = {existing()};
    rig.zia.lose_once("PUT ", FakeZia::Loss::not_applied);
    const auto applied = rig.run(group_target(), group_plan({}, {"192.0.2.7"}));
    EXPECT_EQ(rig.zia.count("PUT "), 2U);
    EXPECT_EQ(rig.zia.count("GET /ipDestinationGroups/10600001"), 2U);
    EXPECT_EQ(applied.removed, Strings{"192.0.2.7"});
}

TEST(IpGroup, a_lost_addition_or_creation_is_read_back) {
    for (const auto loss : {FakeZia::Loss::applied, FakeZia::Loss::not_applied}) {
        Rig rig;
        rig.zia.groups = {existing()};
        rig.zia.lose_once("PUT ", loss);
        EXPECT_EQ(rig.run(group_target(), group_plan(addresses(4))).added, addresses(4));
        Rig fresh;
        fresh.zia.lose_once("POST /ipDestinationGroups", loss);
        const auto applied = fresh.run(group_target(), group_plan(addresses(4)));
        EXPECT_EQ(applied.added, addresses(4));
        EXPECT_TRUE(applied.created);
        EXPECT_EQ(fresh.zia.groups.size(), 1U);
    }
}

// Design rule 4.
TEST(IpGroup, a_plan_that_would_empty_it_is_refused_without_a_write) {
    Rig rig;
    auto group = existing();
    group.addresses = {"192.0.2.7", "192.0.2.8"};
    rig.zia.groups = {group};
    const auto applied = rig.run(group_target(), group_plan({}, {"192.0.2.7", "192.0.2.8"}));
    EXPECT_EQ(rig.writes(), 0U);
    ASSERT_TRUE(applied.failure);
    EXPECT_EQ(applied.failure->code, Code::invalid);
}

TEST(IpGroup, that_others_emptied_meanwhile_is_not_emptied_by_us) {
    Rig rig;
    rig.zia.groups = {existing()};
    rig.zia.before_request = [&](const FakeZia::Seen& request) {
        if (request.path.starts_with("/ipDestinationGroups/10600001?_"))
            rig.zia.groups.front().addresses = {"192.0.2.7"};
    };
    const auto applied = rig.run(group_target(), group_plan({}, {"192.0.2.7"}));
    EXPECT_EQ(rig.writes(), 0U);
    EXPECT_TRUE(applied.failure);
    EXPECT_FALSE(applied.wrote);
}

TEST(IpGroup, all_of_it_can_be_exchanged_in_one_put) {
    Rig rig;
    auto group = existing();
    group.addresses = {"192.0.2.7"};
    rig.zia.groups = {group};
    const auto applied = rig.run(group_target(), group_plan({"192.0.2.99"}, {"192.0.2.7"}));
    EXPECT_EQ(rig.writes(), 1U);
    EXPECT_EQ(rig.zia.groups.front().addresses, Strings{"192.0.2.99"});
    EXPECT_FALSE(applied.failure);
}

TEST(IpGroup, more_than_it_can_hold_is_refused_without_a_write) {
    Rig rig;
    rig.zia.groups = {existing()};
    const auto applied = rig.run(group_target(), group_plan(addresses(7997)));
    EXPECT_EQ(rig.writes(), 0U);
    ASSERT_TRUE(applied.failure);
    EXPECT_NE(applied.failure->message.find("8,000"), std::string::npos);
}

TEST(IpGroup, of_another_type_is_not_touched) {
    Rig rig;
    auto group = existing();
    group.type = "DSTN_FQDN";
    rig.zia.groups = {group};
    const auto applied = rig.run(group_target(), group_plan({"192.0.2.99"}));
    EXPECT_EQ(rig.writes(), 0U);
    ASSERT_TRUE(applied.failure);
    EXPECT_NE(applied.failure->message.find("DSTN_FQDN"), std::string::npos);
}

TEST(IpGroup, a_refused_name_with_spaces_is_answered_with_the_underscore_form) {
    for (const char* body : {R"({"code":"INVALID_INPUT_ARGUMENT","message":"Invalid name"})",
                             R"({"code":"INVALID_INPUT_ARGUMENT","message":"forbidden character"})"}) {
        Rig rig;
        rig.zia.reply_once("POST /ipDestinationGroups", {400, body, {}});
        for (int i = 0; i < 40; ++i) rig.zia.reply_once("POST /ipDestinationGroups", {400, body, {}});
        const auto applied = rig.run(group_target("RF - C2C IPs"), group_plan(addresses(4)));
        ASSERT_TRUE(applied.failure);
        EXPECT_NE(applied.failure->message.find("RF_-_C2C_IPs"), std::string::npos) << applied.failure->message;
        EXPECT_TRUE(applied.refused.empty());
    }
}

TEST(IpGroup, a_bad_address_beside_removals_is_found_among_the_additions) {
    Rig rig;
    rig.zia.groups = {existing()};
    rig.zia.bad_entries = {"198.18.0.2"};
    rig.zia.names_bad_entries = false;
    rig.zia.unnamed_message = "Invalid value";
    const auto applied = rig.run(group_target(), group_plan(addresses(8), {"192.0.2.7"}));
    EXPECT_EQ(texts_of(applied.refused), Strings{"198.18.0.2"});
    EXPECT_EQ(applied.added.size(), 7U);
    EXPECT_EQ(applied.removed, Strings{"192.0.2.7"});
    EXPECT_FALSE(applied.failure);
}

TEST(IpGroup, a_lone_new_address_that_is_bad_and_not_named_is_found_by_appending_what_is_there) {
    Rig rig;
    rig.zia.groups = {existing()};
    const auto before = rig.zia.groups.front();
    rig.zia.bad_entries = {"198.18.0.2"};
    rig.zia.names_bad_entries = false;
    rig.zia.unnamed_message = "Invalid value";
    const auto applied = rig.run(group_target(), group_plan({"198.18.0.2"}));
    EXPECT_EQ(texts_of(applied.refused), Strings{"198.18.0.2"});
    EXPECT_FALSE(applied.failure) << applied.failure->message;
    EXPECT_EQ(rig.writes(), 2U);
    EXPECT_EQ(sorted(rig.zia.groups.front().addresses), sorted(before.addresses));
    EXPECT_EQ(rig.zia.groups.front().description, before.description);
}

TEST(IpGroup, an_hourly_update_takes_at_most_two_writes) {
    Rig rig;
    auto group = existing();
    group.addresses = addresses(1000);
    rig.zia.groups = {group};
    const auto all = addresses(1000);
    const auto applied = rig.run(group_target(), group_plan({"192.0.2.99"}, Strings(all.begin(), all.begin() + 100)));
    EXPECT_EQ(rig.writes(), 1U);
    EXPECT_EQ(applied.removed.size(), 100U);
}

// Design rule 1: the full PUT would wipe what the read lacks.
TEST(IpGroup, a_partial_read_before_a_full_put_writes_nothing) {
    for (const char* addresses :
         {R"("addresses":["192.0.2.7"])", R"("addresses":[])", R"("addresses":null)", R"("x":1)"}) {
        Rig rig;
        rig.zia.groups = {existing()};
        const auto body = R"({"id":10600001,"name":"ti_ips","type":"DSTN_IP",)" + std::string(addresses) + "}";
        for (int i = 0; i < 10; ++i) rig.zia.reply_once("GET /ipDestinationGroups/10600001", {200, body, {}});
        const auto applied = rig.run(group_target(), group_plan({"192.0.2.99"}, {"192.0.2.7"}));
        EXPECT_EQ(rig.writes(), 0U) << addresses;
        ASSERT_TRUE(applied.failure) << addresses;
        EXPECT_FALSE(applied.wrote);
        EXPECT_EQ(rig.zia.groups.front().addresses.size(), 4U);
    }
}

TEST(IpGroup, an_empty_read_is_no_leave_to_replace_all_of_it) {
    Rig rig;
    auto group = existing();
    group.addresses = {"192.0.2.7"};
    rig.zia.groups = {group};
    for (int i = 0; i < 10; ++i) {
        rig.zia.reply_once("GET /ipDestinationGroups/10600001",
                           {200, R"({"id":10600001,"name":"ti_ips","type":"DSTN_IP","addresses":[]})", {}});
    }
    EXPECT_TRUE(rig.run(group_target(), group_plan({"192.0.2.99"}, {"192.0.2.7"})).failure);
    EXPECT_EQ(rig.writes(), 0U);
}

TEST(IpGroup, a_partial_read_is_asked_again_once) {
    Rig rig;
    rig.zia.groups = {existing()};
    rig.zia.reply_once("GET /ipDestinationGroups/10600001",
                       {200, R"({"id":10600001,"name":"ti_ips","type":"DSTN_IP","addresses":["192.0.2.7"]})", {}});
    const auto applied = rig.run(group_target(), group_plan({"192.0.2.99"}, {"192.0.2.7"}));
    EXPECT_FALSE(applied.failure);
    EXPECT_EQ(applied.removed, Strings{"192.0.2.7"});
    EXPECT_EQ(rig.zia.groups.front().addresses.size(), 4U);
}

TEST(IpGroup, that_cannot_be_verified_after_its_write_is_a_failure) {
    Rig rig;
    rig.zia.groups = {existing()};
    rig.zia.garble_once("PUT ", "");
    for (int i = 0; i < 10; ++i) rig.zia.reply_once("GET /ipDestinationGroups/10600001", {503, "", {}});
    const auto applied = rig.run(group_target(), group_plan({"192.0.2.99"}));
    EXPECT_TRUE(applied.wrote);
    EXPECT_TRUE(applied.added.empty());
    ASSERT_TRUE(applied.failure);
    EXPECT_EQ(applied.failure->code, Code::unknown);
}

TEST(IpGroup, wrote_is_false_where_every_write_was_surely_refused) {
    Rig rig;
    rig.zia.groups = {existing()};
    rig.zia.reply_once("PUT ", {403, R"({"code":"STATE_READONLY"})", {}});
    const auto applied = rig.run(group_target(), group_plan({"192.0.2.99"}));
    EXPECT_EQ(rig.writes(), 1U);
    EXPECT_FALSE(applied.wrote);
    EXPECT_TRUE(applied.failure);
}

TEST(IpGroup, the_tenants_limit_names_the_source_groups) {
    Rig rig;
    rig.zia.groups = {existing()};
    rig.zia.reply_once("PUT ", {403, R"({"code":"LIMIT_EXCEEDED","message":"Maximum 16000"})", {}});
    const auto applied = rig.run(group_target(), group_plan({"192.0.2.99"}));
    ASSERT_TRUE(applied.failure);
    EXPECT_NE(applied.failure->message.find("source groups"), std::string::npos);
}

// --- Host names ---

FakeZia::Group names(const char* type) {
    return {.id = 10'600'002,
            .name = "TI_Names",
            .type = type,
            .description = "old",
            .addresses = {"Old.example.com", "*.theirs.example.net", "ours.example.com"}};
}

TEST(FqdnGroup, is_created_with_the_type_that_its_entries_need) {
    Rig single;
    EXPECT_EQ(single.run(name_target(), name_plan({"evil.example.com"})).added, Strings{"evil.example.com"});
    auto body = single.zia.seen_of("POST /ipDestinationGroups").front().body;
    EXPECT_EQ(body.at("type"), "DSTN_FQDN");
    EXPECT_EQ(body.at("addresses"), nlohmann::json({"evil.example.com"}));
    Rig deep;
    const auto applied = deep.run(name_target("TI_Names", true), name_plan({".evil.example.com"}));
    EXPECT_FALSE(applied.failure);
    EXPECT_TRUE(applied.created);
    EXPECT_EQ(applied.added, Strings{".evil.example.com"}) << "canonical, as the ledger knows it";
    body = deep.zia.seen_of("POST /ipDestinationGroups").front().body;
    EXPECT_EQ(body.at("type"), "DSTN_DOMAIN");
    EXPECT_EQ(body.at("addresses"), nlohmann::json({"*.evil.example.com"}));
}

TEST(FqdnGroup, is_read_with_leading_dots) {
    Rig rig;
    rig.zia.groups = {names("DSTN_DOMAIN")};
    const auto state = rig.inventory({name_target("TI_Names", true)}).lists.front();
    EXPECT_EQ(state.object_id, "10600002");
    ASSERT_EQ(state.entries.size(), 3U);
    EXPECT_EQ(state.entries[0].canonical, ".theirs.example.net");
    EXPECT_EQ(state.entries[0].spelling, "*.theirs.example.net");
    EXPECT_EQ(state.entries[1].canonical, "old.example.com");
}

TEST(FqdnGroup, additions_are_appended_and_removals_keep_foreign_spelling) {
    Rig rig;
    rig.zia.groups = {names("DSTN_DOMAIN")};
    const auto target = name_target("TI_Names", true);
    auto applied = rig.run(target, name_plan({".evil.example.com", "host.example.com"}));
    EXPECT_EQ(applied.added, (Strings{".evil.example.com", "host.example.com"}));
    auto puts = rig.zia.seen_of("PUT ");
    ASSERT_EQ(puts.size(), 1U);
    EXPECT_TRUE(puts[0].path.ends_with("?override=false"));
    EXPECT_EQ(puts[0].body.at("addresses"), nlohmann::json({"*.evil.example.com", "host.example.com"}));
    applied = rig.run(target, name_plan({".more.example.com"}, {"*.evil.example.com", "ours.example.com"}));
    EXPECT_FALSE(applied.failure);
    EXPECT_EQ(applied.removed, (Strings{".evil.example.com", "ours.example.com"}));
    puts = rig.zia.seen_of("PUT ");
    ASSERT_EQ(puts.size(), 2U);
    EXPECT_EQ(sorted(puts[1].body.at("addresses").get<Strings>()),
              (Strings{"*.more.example.com", "*.theirs.example.net", "Old.example.com", "host.example.com"}));
    EXPECT_EQ(puts[1].body.at("type"), "DSTN_DOMAIN");
}

TEST(FqdnGroup, a_bad_name_with_subdomains_is_found_by_its_spelling_on_zia) {
    Rig rig;
    rig.zia.groups = {names("DSTN_DOMAIN")};
    rig.zia.bad_entries = {"*.bad.example.com"};
    const auto applied = rig.run(name_target("TI_Names", true), name_plan({".bad.example.com", ".good.example.com"}));
    EXPECT_FALSE(applied.failure);
    EXPECT_EQ(texts_of(applied.refused), Strings{".bad.example.com"});
    EXPECT_EQ(applied.added, Strings{".good.example.com"});
}

TEST(FqdnGroup, that_takes_no_subdomains_cannot_be_made_to) {
    Rig rig;
    rig.zia.groups = {names("DSTN_FQDN")};
    const auto applied = rig.run(name_target("TI_Names", true), name_plan({".evil.example.com"}));
    EXPECT_EQ(rig.writes(), 0U);
    ASSERT_TRUE(applied.failure);
    EXPECT_EQ(
        applied.failure->message,
        "FQDN group 'TI_Names' is of type DSTN_FQDN, which takes no subdomains, and the type of a group stays what "
        "it was made with: set include_subdomains = false, or name another group in category_name");
    EXPECT_FALSE(rig.run(name_target(), name_plan({"evil.example.com"})).failure) << "single hosts fit";
}

TEST(FqdnGroup, single_hosts_may_lie_in_a_group_that_takes_subdomains) {
    Rig rig;
    rig.zia.groups = {names("DSTN_DOMAIN")};
    EXPECT_EQ(rig.run(name_target(), name_plan({"evil.example.com"})).added, Strings{"evil.example.com"});
}

TEST(FqdnGroup, of_addresses_or_of_countries_is_not_touched) {
    for (const char* type : {"DSTN_IP", "DSTN_OTHER"}) {
        Rig rig;
        rig.zia.groups = {names(type)};
        const auto applied = rig.run(name_target(), name_plan({"evil.example.com"}));
        EXPECT_EQ(rig.writes(), 0U);
        ASSERT_TRUE(applied.failure);
        EXPECT_NE(applied.failure->message.find("host names need DSTN_FQDN: rename it or change category_name"),
                  std::string::npos);
    }
}

TEST(FqdnGroup, is_kept_from_being_empty_by_a_reserved_host) {
    Rig rig;
    EXPECT_EQ(rig.gateway->placeholder(core::TargetKind::fqdn_group), k_placeholder_host);
    rig.zia.groups = {names("DSTN_FQDN")};
    const auto applied =
        rig.run(name_target(), name_plan({}, {"Old.example.com", "*.theirs.example.net", "ours.example.com"}));
    EXPECT_EQ(rig.writes(), 0U);
    ASSERT_TRUE(applied.failure);
    EXPECT_NE(applied.failure->message.find("the plan would empty FQDN group 'TI_Names'"), std::string::npos);
}

}  // namespace
}  // namespace cordon::gateways::zia
