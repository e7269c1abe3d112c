#include "tests/unit/sandbox/client.hpp"

namespace cordon::sandbox {
namespace {

class Categories : public ZiaTest {
protected:
    Categories() { sign_in(); }
};

const std::string k_invalid_body = R"({"message":"Request body is invalid."})";

TEST_F(Categories, are_created_with_the_next_number_and_a_value_of_127_more) {
    const auto made = send("POST", "/urlCategories",
                           {{"configuredName", "TI-Block"},
                            {"superCategory", "USER_DEFINED"},
                            {"customCategory", false},
                            {"dbCategorizedUrls", {".evil.example", ".evil.example"}}});
    ASSERT_EQ(made.status, 200) << made.body;
    const auto body = Json::parse(made.body);
    EXPECT_EQ(body["id"], "CUSTOM_02");
    EXPECT_EQ(body["val"], 129);
    EXPECT_EQ(body["customCategory"], true) << "false is overruled";
    EXPECT_EQ(body["dbCategorizedUrls"], Json::array({".evil.example"}));
    EXPECT_EQ(body["urlsRetainingParentCategoryCount"], 1);
    for (const char* absent : {"description", "keywords", "ipRanges", "scopes"}) EXPECT_FALSE(body.contains(absent));
    EXPECT_EQ(clouds.saved_category("ti-block"), std::set<std::string>{".evil.example"});
    EXPECT_TRUE(clouds.active_category("TI-Block").empty()) << "staged only";
    EXPECT_TRUE(clouds.has_pending());
}

TEST_F(Categories, are_refused_for_what_the_reference_names) {
    const Json urls = {"evil.example"};
    struct Case {
        const char* name;
        Json body;
        int status;
        std::string answer;
    };
    for (const auto& each : std::vector<Case>{
             {"a numeric id",
              {{"id", 0}, {"configuredName", "A"}, {"superCategory", "USER_DEFINED"}, {"urls", urls}},
              400,
              k_invalid_body},
             {"a wrong type",
              {{"configuredName", "A"}, {"superCategory", "USER_DEFINED"}, {"urls", "evil.example"}},
              400,
              k_invalid_body},
             {"an unknown enum",
              {{"configuredName", "A"}, {"superCategory", "USER_DEFINED"}, {"urls", urls}, {"type", "X"}},
              400,
              k_invalid_body},
             {"empty",
              {{"configuredName", "A"}, {"superCategory", "USER_DEFINED"}, {"urls", Json::array()}},
              400,
              R"({"code":"INVALID_INPUT_ARGUMENT","message":"At least 1 URL or keyword should be entered"})"},
             {"a namesake",
              {{"configuredName", "finance allowed sites"}, {"superCategory", "USER_DEFINED"}, {"urls", urls}},
              400,
              R"({"code":"DUPLICATE_ITEM","message":"DUPLICATE_ITEM"})"},
             {"bad entries, all named",
              {{"configuredName", "A"},
               {"superCategory", "USER_DEFINED"},
               {"urls", {"good.example", "tesbadtestbad", "*.x.example"}}},
              400,
              R"({"code":"INVALID_INPUT_ARGUMENT","message":"Invalid urls [tesbadtestbad, *.x.example]"})"},
         }) {
        const auto answer = send("POST", "/urlCategories", each.body);
        EXPECT_EQ(answer.status, each.status) << each.name;
        EXPECT_EQ(answer.body, each.answer) << each.name;
    }
    EXPECT_EQ(
        send("POST", "/urlCategories", {{"configuredName", "A/B"}, {"superCategory", "USER_DEFINED"}, {"urls", urls}})
            .status,
        400);
    EXPECT_EQ(send("POST", "/urlCategories", {{"configuredName", "A"}, {"urls", urls}}).status, 400);
    EXPECT_EQ(send("POST", "/urlCategories",
                   {{"configuredName", "A"},
                    {"superCategory", "USER_DEFINED"},
                    {"urls", urls},
                    {"description", std::string(257, 'd')}})
                  .status,
              400);
    EXPECT_FALSE(clouds.has_pending()) << "nothing of it was saved";
    EXPECT_GE(clouds.violations().size(), 9U);
}

TEST_F(Categories, change_by_adding_and_removing_with_set_semantics) {
    const auto id = create("TI", {"a.example", "b.example"});
    const auto added = change(id, "ADD_TO_LIST", "TI", {"b.example", "c.example"});
    EXPECT_EQ(Json::parse(added.body)["dbCategorizedUrls"].size(), 3U);
    const auto removed = change(id, "REMOVE_FROM_LIST", "TI", {"a.example", "never.example"});
    ASSERT_EQ(removed.status, 200);
    EXPECT_EQ(clouds.saved_category("TI"), (std::set<std::string>{"b.example", "c.example"}));
    EXPECT_EQ(change(id, "REMOVE_FROM_LIST", "TI", {"b.example", "c.example"}).status, 400) << "it would become empty";
    EXPECT_EQ(clouds.saved_category("TI").size(), 2U);
    EXPECT_EQ(change(id, "REPLACE", "TI", {"x.example"}).status, 400);
}

TEST_F(Categories, stay_as_they_are_and_active_when_a_change_changes_nothing) {
    const auto id = create("TI", {"a.example.com", "b.example.com"});
    EXPECT_EQ(send("POST", "/status/activate").status, 200);
    EXPECT_EQ(change(id, "ADD_TO_LIST", "TI", {"a.example.com", "a.example.com"}).status, 200);
    EXPECT_EQ(change(id, "REMOVE_FROM_LIST", "TI", {"absent.example.com"}).status, 200);
    EXPECT_EQ(Json::parse(send("GET", "/status").body)["status"], "ACTIVE");
    EXPECT_EQ(change(id, "ADD_TO_LIST", "TI", {"c.example.com", "c.example.com"}).status, 200);
    EXPECT_EQ(clouds.saved_category("TI").size(), 3U);
    EXPECT_EQ(Json::parse(send("GET", "/status").body)["status"], "PENDING");
    const auto emptied = change(id, "REMOVE_FROM_LIST", "TI", {"a.example.com", "b.example.com", "c.example.com"});
    EXPECT_EQ(emptied.status, 400);
    EXPECT_EQ(clouds.saved_category("TI").size(), 3U);
}

TEST_F(Categories, count_the_characters_of_a_description_and_not_its_bytes) {
    const auto described = [&](const std::string& name, const std::string& character, int count) {
        std::string text;
        for (int i = 0; i < count; ++i) text += character;
        return send("POST", "/urlCategories",
                    {{"configuredName", name},
                     {"superCategory", "USER_DEFINED"},
                     {"urls", {"a.example.com"}},
                     {"description", text}})
            .status;
    };
    EXPECT_EQ(described("umlauts", "\u00e4", 256), 200);
    EXPECT_EQ(described("too many umlauts", "\u00e4", 257), 400);
    EXPECT_EQ(described("outside the basic plane", "\U0001F512", 128), 200);
    EXPECT_EQ(described("too many outside of it", "\U0001F512", 129), 400);
}

TEST_F(Categories, lose_with_a_full_put_what_it_leaves_out_but_keep_keywords) {
    const auto made = send("POST", "/urlCategories",
                           {{"configuredName", "TI"},
                            {"superCategory", "USER_DEFINED"},
                            {"description", "mine"},
                            {"keywords", {"miner"}},
                            {"urls", {"a.example"}},
                            {"scopes", {{{"Type", "ORGANIZATION"}}}}});
    const auto id = Json::parse(made.body)["id"].get<std::string>();
    ASSERT_TRUE(Json::parse(made.body).contains("scopes"));
    const auto put =
        Json::parse(send("PUT", "/urlCategories/" + id, {{"configuredName", "TI 2"}, {"urls", {"b.example"}}}).body);
    EXPECT_EQ(put["configuredName"], "TI 2") << "a PUT renames";
    EXPECT_EQ(put["urls"], Json::array({"b.example"}));
    for (const char* lost : {"superCategory", "description", "scopes"}) EXPECT_FALSE(put.contains(lost)) << lost;
    EXPECT_EQ(put["keywords"], Json::array({"miner"}));
    EXPECT_EQ(put["keywordsRetainingParentCategory"], Json::array()) << "both appear once one was set";
    EXPECT_EQ(clouds.violations().size(), 2U) << "superCategory and scopes were lost by carelessness";
}

TEST_F(Categories, keep_with_an_incremental_put_what_it_leaves_out) {
    const auto id = create("TI", {"a.example"});
    const auto put = Json::parse(
        send("PUT", "/urlCategories/" + id + "?action=ADD_TO_LIST", {{"configuredName", "TI"}, {"urls", {"b.example"}}})
            .body);
    EXPECT_EQ(put["superCategory"], "USER_DEFINED");
    EXPECT_EQ(put["urls"], Json::array({"b.example"}));
    EXPECT_EQ(put["dbCategorizedUrls"], Json::array({"a.example"}));
    ASSERT_EQ(clouds.violations().size(), 1U) << "a careful client sends the super category";
}

TEST_F(Categories, lose_their_scopes_with_any_put_that_leaves_them_out) {
    const Json scopes = Json::array({{{"Type", "ORGANIZATION"}}});
    const auto made = send(
        "POST", "/urlCategories",
        {{"configuredName", "TI"}, {"superCategory", "USER_DEFINED"}, {"urls", {"a.example"}}, {"scopes", scopes}});
    const auto path = "/urlCategories/" + Json::parse(made.body)["id"].get<std::string>() + "?action=ADD_TO_LIST";
    Json body{{"configuredName", "TI"}, {"superCategory", "USER_DEFINED"}, {"urls", {"b.example"}}, {"scopes", scopes}};
    EXPECT_EQ(Json::parse(send("PUT", path, body).body)["scopes"], scopes);
    EXPECT_TRUE(clouds.violations().empty());
    body.erase("scopes");
    EXPECT_FALSE(Json::parse(send("PUT", path, body).body).contains("scopes"));
    EXPECT_EQ(clouds.violations().size(), 1U);
}

TEST_F(Categories, answer_unknown_ids_with_404_or_500) {
    EXPECT_EQ(send("GET", "/urlCategories/CUSTOM_99").status, 404);
    const auto named = send("PUT", "/urlCategories/TI-Block", {{"configuredName", "TI"}, {"urls", {"a.example"}}});
    EXPECT_EQ(named.status, 500);
    EXPECT_EQ(Json::parse(named.body)["code"], "UNEXPECTED_ERROR");
    clouds.set_quirks({Quirk::unknown_category_500});
    EXPECT_EQ(send("GET", "/urlCategories/CUSTOM_99").status, 500);
}

TEST_F(Categories, are_deleted_with_204) {
    const auto id = create("TI", {"a.example"});
    EXPECT_EQ(send("DELETE", "/urlCategories/" + id).status, 204);
    EXPECT_EQ(send("GET", "/urlCategories/" + id).status, 404);
    EXPECT_EQ(send("DELETE", "/urlCategories/MUSIC").status, 400);
}

TEST_F(Categories, list_custom_ones_alone_when_asked_in_either_spelling) {
    const auto all = Json::parse(send("GET", "/urlCategories").body);
    EXPECT_EQ(all.size(), 8U);
    EXPECT_FALSE(all[0].contains("configuredName")) << "predefined ones have none";
    for (const char* query : {"?customOnly=true", "?customOnly=True&_=123"}) {
        const auto custom = Json::parse(send("GET", std::string("/urlCategories") + query).body);
        ASSERT_EQ(custom.size(), 1U);
        EXPECT_EQ(custom[0]["configuredName"], "Finance Allowed Sites");
    }
    const auto lite = Json::parse(send("GET", "/urlCategories/lite").body);
    EXPECT_EQ(lite[7]["urls"], Json::array());
    EXPECT_EQ(lite[7]["configuredName"], "Finance Allowed Sites");
}

TEST_F(Categories, come_back_in_another_order_from_list_and_single_read) {
    Json entries = Json::array();
    for (int i = 0; i < 40; ++i) entries.push_back(fmt::format("h{:02}.example", i));
    const auto id = create("TI", entries);
    const auto listed = Json::parse(send("GET", "/urlCategories?customOnly=true").body)[1]["dbCategorizedUrls"];
    const auto single = Json::parse(send("GET", "/urlCategories/" + id).body)["dbCategorizedUrls"];
    EXPECT_NE(listed, single);
    EXPECT_NE(listed, entries);
    EXPECT_EQ(listed.size(), 40U);
}

class SmallQuota : public ZiaTest {
protected:
    SmallQuota()
        : ZiaTest([] {
              Options options;
              options.url_quota = 10;
              return options;
          }()) {
        sign_in();
    }
};

TEST_F(SmallQuota, counts_each_entry_of_the_organisation_once) {
    EXPECT_EQ(Json::parse(send("GET", "/urlCategories/urlQuota").body),
              Json::parse(R"({"uniqueUrlsProvisioned":4,"remainingUrlsQuota":6})"));
    const auto one = create("One", {"a.example", "b.example", "c.example"});
    create("Two", {"a.example", "b.example"});
    EXPECT_EQ(clouds.unique_urls(), 7U) << "shared entries cost nothing more";
    EXPECT_EQ(
        send("POST", "/security/advanced/blacklistUrls?action=ADD_TO_LIST", {{"blacklistUrls", {"d.example"}}}).status,
        200);
    EXPECT_EQ(clouds.unique_urls(), 8U) << "the denylist shares the quota";
    const auto refused = change(one, "ADD_TO_LIST", "One", {"e.example", "f.example", "g.example"});
    EXPECT_EQ(refused.status, 400);
    EXPECT_EQ(Json::parse(refused.body)["message"],
              "An organization can have a maximum of 10 custom URLs. Currently 8 are already provisioned for "
              "this organization.");
    EXPECT_EQ(clouds.saved_category("One").size(), 3U) << "all or nothing";
    EXPECT_EQ(clouds.unique_urls(), 8U);
    EXPECT_EQ(change(one, "ADD_TO_LIST", "One", {"e.example", "f.example"}).status, 200);
    EXPECT_EQ(change(one, "REMOVE_FROM_LIST", "One", {"a.example", "c.example"}).status, 200);
    EXPECT_EQ(clouds.unique_urls(), 9U) << "a.example is still in the other one";
    clouds.set_quota(5);
    EXPECT_EQ(change(one, "REMOVE_FROM_LIST", "One", {"e.example"}).status, 200) << "lists may shrink above the quota";
}

}  // namespace
}  // namespace cordon::sandbox
