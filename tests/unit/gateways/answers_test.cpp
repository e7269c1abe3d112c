#include "gateways/zia/answers.hpp"

#include <gtest/gtest.h>

namespace cordon::gateways::zia {
namespace {

using Strings = std::vector<std::string>;

TEST(Answers, a_category_list_keeps_the_wanted_and_counts_all) {
    const auto list = read_categories(R"([
        {"id":"CUSTOM_01","configuredName":"Other","customCategory":true,"urls":["x.example"],"dbCategorizedUrls":[]},
        {"urls":["b.example","a.example"],"dbCategorizedUrls":[".c.example"],"keywords":["kw"],
         "keywordsRetainingParentCategory":[],"superCategory":"USER_DEFINED","description":"d \u00fc","customCategory":true,
         "id":"CUSTOM_02","configuredName":"TI BLOCK","val":130,"scopes":[{"Type":"ORGANIZATION"}]}])",
                                      {"ti block"});
    ASSERT_TRUE(list) << list.error().message;
    EXPECT_EQ(list->custom_count, 2U);
    ASSERT_EQ(list->wanted.size(), 1U);
    const auto& category = list->wanted.front();
    EXPECT_EQ(category.id, "CUSTOM_02");
    EXPECT_EQ(category.name, "TI BLOCK");
    EXPECT_EQ(category.urls, (Strings{"b.example", "a.example"}));
    EXPECT_EQ(category.retaining_urls, Strings{".c.example"});
    EXPECT_EQ(category.keywords, Strings{"kw"});
    EXPECT_TRUE(category.has_keywords);
    EXPECT_EQ(category.description, "d \xC3\xBC");
    EXPECT_TRUE(category.is_editable);
    EXPECT_EQ(category.scopes, R"([{"Type":"ORGANIZATION"}])");
}

TEST(Answers, other_missing_and_null_keys_of_a_category_are_tolerated) {
    const auto list = read_categories(
        R"([{"id":"CUSTOM_03","configuredName":"a","urls":[],"dbCategorizedUrls":[]},
            {"id":"CUSTOM_04","configuredName":"b","description":null,"urls":["x.example"],"dbCategorizedUrls":[],
             "customUrlsCount":null}])",
        {"a", "b"});
    ASSERT_TRUE(list) << list.error().message;
    ASSERT_EQ(list->wanted.size(), 2U);
    EXPECT_TRUE(list->wanted[0].urls.empty());
    EXPECT_FALSE(list->wanted[0].has_keywords);
    EXPECT_EQ(list->wanted[0].super_category, "");
    EXPECT_EQ(list->wanted[0].scopes, "");
}

// Design rule 1: what is read as "gone" would be taken for an admin's removal.
TEST(Answers, a_category_without_one_of_its_lists_or_with_a_cut_one_is_corrupt) {
    for (const char* lists :
         {R"("urls":["x.example"])", R"("dbCategorizedUrls":["x.example"])", R"("urls":null,"dbCategorizedUrls":[])",
          R"("urls":[],"dbCategorizedUrls":null)", R"("urls":[],"urlsRetainingParentCategoryCount":20)",
          R"("urls":[],"dbCategorizedUrls":[],"urlsRetainingParentCategoryCount":20)",
          R"("urls":["x.example"],"dbCategorizedUrls":[],"customUrlsCount":2)",
          R"("urls":["x.example"],"dbCategorizedUrls":[],"customUrlsCount":"many")"}) {
        const auto object =
            std::string(R"({"id":"CUSTOM_03","configuredName":"a","customCategory":true,)") + lists + "}";
        const auto one = read_category(object);
        ASSERT_FALSE(one) << object;
        EXPECT_EQ(one.error().code, Code::corrupt);
        const auto list = read_categories("[" + object + "]", {"a"});
        ASSERT_FALSE(list) << object;
        EXPECT_EQ(list.error().code, Code::corrupt);
        EXPECT_TRUE(read_categories("[" + object + "]", {"another"})) << object;
    }
}

TEST(Answers, counts_that_agree_are_believed_and_scopes_are_kept_as_they_are) {
    const auto category = read_category(
        R"({"id":"CUSTOM_03","urls":["x.example"],"dbCategorizedUrls":[],"customUrlsCount":1,
            "urlsRetainingParentCategoryCount":0,"scopes":[{"Type":"DEPARTMENT","ScopeEntities":[{"id":1}]}]})");
    ASSERT_TRUE(category) << category.error().message;
    EXPECT_EQ(category->scopes, R"([{"Type":"DEPARTMENT","ScopeEntities":[{"id":1}]}])");
}

TEST(Answers, a_group_of_addresses_without_its_addresses_is_corrupt) {
    for (const char* object : {R"({"id":7,"name":"g","type":"DSTN_IP"})", R"({"id":7,"name":"g"})",
                               R"({"id":7,"name":"g","type":"DSTN_IP","addresses":null})"}) {
        const auto one = read_group(object);
        ASSERT_FALSE(one) << object;
        EXPECT_EQ(one.error().code, Code::corrupt);
        EXPECT_FALSE(read_groups("[" + std::string(object) + "]", {"g"})) << object;
    }
    EXPECT_TRUE(read_group(R"({"id":7,"name":"g","type":"DSTN_OTHER"})"));
}

TEST(Answers, what_is_no_list_of_categories_is_corrupt_and_never_an_empty_list) {
    for (const char* body :
         {"", "null", "{}", R"({"message":"x"})", "<html></html>", "[", "[{]", R"([{"id":"C","configuredName":"a"})",
          R"([{"id":"C","configuredName":"a","urls":"x"}])", R"([{"id":"C","configuredName":"a","urls":[1]}])",
          R"([{"id":"C","configuredName":"a","urls":[null]}])", R"([{"id":"C","configuredName":"a","urls":{}}])",
          R"([1])", R"([[]])", R"([{"configuredName":"a"}])", R"([{"id":"C","configuredName":["a"]}])",
          R"([{"id":"C","configuredName":"a","urls":["x"]}] trailing)",
          R"([{"id":"C","configuredName":"a","urls":["x","y)"}) {
        const auto list = read_categories(body, {"a"});
        ASSERT_FALSE(list) << body;
        EXPECT_EQ(list.error().code, Code::corrupt) << body;
    }
}

TEST(Answers, an_empty_list_is_a_list) {
    EXPECT_TRUE(read_categories("[]", {"a"}));
    EXPECT_TRUE(read_groups(" [ ] ", {"a"}));
}

TEST(Answers, groups_count_the_addresses_of_all_address_groups) {
    const auto list = read_groups(R"([
        {"id":1,"name":"fq","type":"DSTN_FQDN","addresses":["a.example"],"ipCategories":[],"countries":[]},
        {"id":2,"name":"Mine","type":"DSTN_IP","addresses":["198.51.100.7","203.0.113.0/24"],"ipCategories":["X"],
         "countries":["COUNTRY_US"],"urlCategories":[],"ipAddresses":["198.51.100.7"],"isNonEditable":true},
        {"id":3,"name":"t","type":"DSTN_IP","addresses":["192.0.2.1"]},
        {"id":4,"name":"o","type":"DSTN_OTHER","countries":["COUNTRY_DE"]}])",
                                  {"mine"});
    ASSERT_TRUE(list) << list.error().message;
    EXPECT_EQ(list->group_count, 4U);
    EXPECT_EQ(list->ip_entries, 3U);
    ASSERT_EQ(list->wanted.size(), 1U);
    EXPECT_EQ(list->wanted[0].id, "2");
    EXPECT_EQ(list->wanted[0].addresses, (Strings{"198.51.100.7", "203.0.113.0/24"}));
    EXPECT_EQ(list->wanted[0].countries, Strings{"COUNTRY_US"});
    EXPECT_FALSE(list->wanted[0].is_editable);
}

TEST(Answers, single_objects_are_read_and_need_an_id) {
    EXPECT_TRUE(read_category(R"({"id":"CUSTOM_03","urls":["a.example"],"dbCategorizedUrls":[]})"));
    EXPECT_FALSE(read_category(R"({"urls":["a.example"],"dbCategorizedUrls":[]})"));
    EXPECT_FALSE(read_category("[]"));
    EXPECT_FALSE(read_category(""));
    EXPECT_TRUE(read_group(R"({"id":10600001,"name":"g","addresses":[]})"));
    EXPECT_FALSE(read_group(R"({"id":null,"name":"g"})"));
}

TEST(Answers, the_quota_is_what_remains) {
    const auto quota = read_quota(R"({"uniqueUrlsProvisioned":2988,"remainingUrlsQuota":22012})");
    EXPECT_EQ(quota->remaining, 22012U);
    EXPECT_EQ(quota->provisioned, 2988U);
    EXPECT_EQ(read_quota(R"({"remainingUrlsQuota":-5})")->remaining, 0U);
    EXPECT_EQ(read_quota(R"({"remainingUrlsQuota":7,"uniqueUrlsProvisioned":null})")->provisioned, 0U);
    EXPECT_FALSE(read_quota(R"({"uniqueUrlsProvisioned":2988})"));
    EXPECT_FALSE(read_quota(R"({"remainingUrlsQuota":null})"));
    EXPECT_FALSE(read_quota(R"({"remainingUrlsQuota":1.5})"));
    EXPECT_FALSE(read_quota("22012"));
}

TEST(Answers, the_status_is_one_of_three) {
    EXPECT_EQ(*read_status(R"({"status":"ACTIVE"})"), core::ActivationState::active);
    EXPECT_EQ(*read_status(R"({"status":"PENDING"})"), core::ActivationState::pending);
    EXPECT_EQ(*read_status(R"({"status":"INPROGRESS"})"), core::ActivationState::in_progress);
    EXPECT_FALSE(read_status(R"({"status":"OK"})"));
    EXPECT_FALSE(read_status("{}"));
    EXPECT_FALSE(read_status(""));
}

TEST(Answers, only_a_session_with_auth_type_is_complete) {
    EXPECT_TRUE(has_auth_type(R"({"authType":"ADMIN_LOGIN","obfuscateApiKey":true})"));
    EXPECT_FALSE(has_auth_type(R"({"obfuscateApiKey":true})"));
    EXPECT_FALSE(has_auth_type(R"({"authType":null})"));
    EXPECT_FALSE(has_auth_type("<html>"));
}

TEST(Answers, an_error_body_may_lack_everything) {
    EXPECT_EQ(read_error_body(R"({"code":"EDIT_LOCK_NOT_AVAILABLE"})").code, "EDIT_LOCK_NOT_AVAILABLE");
    EXPECT_EQ(read_error_body(R"({"message":"m","Retry-After":"1 seconds"})").retry_after, "1 seconds");
    EXPECT_EQ(read_error_body("not json").message, "");
    EXPECT_EQ(read_error_body("[]").message, "");
    EXPECT_EQ(read_error_body("").code, "");
}

TEST(Answers, the_denylist_is_one_list_that_must_be_there) {
    EXPECT_EQ(*read_denylist(R"({"blacklistUrls":["b.example.com","A.example.com/x"]})"),
              (std::vector<std::string>{"b.example.com", "A.example.com/x"}));
    EXPECT_TRUE(read_denylist(R"({"blacklistUrls":[]})")->empty());
    for (const char* body : {"{}", R"({"blacklistUrls":null})", R"({"blacklistUrls":{}})", R"({"blacklistUrls":[1]})",
                             R"({"maliciousUrls":[]})", R"({"blacklistUrls":["a)", "[]", ""}) {
        const auto read = read_denylist(body);
        ASSERT_FALSE(read) << body;
        EXPECT_EQ(read.error().code, Code::corrupt);
    }
}

TEST(Answers, groups_of_host_names_are_counted_apart_from_addresses) {
    const auto list =
        read_groups(R"([{"id":1,"name":"n","type":"DSTN_FQDN","addresses":["a.example.com"]},)"
                    R"({"id":2,"name":"d","type":"DSTN_DOMAIN","addresses":["*.b.example.com","c.example.com"]},)"
                    R"({"id":3,"name":"i","type":"DSTN_IP","addresses":["192.0.2.1"]},)"
                    R"({"id":4,"name":"o","type":"DSTN_OTHER","addresses":[]}])",
                    {"d"});
    ASSERT_TRUE(list);
    EXPECT_EQ(list->group_count, 4U);
    EXPECT_EQ(list->ip_entries, 1U);
    EXPECT_EQ(list->names, 3U);
    ASSERT_EQ(list->wanted.size(), 1U);
    EXPECT_EQ(list->wanted[0].type, "DSTN_DOMAIN");
    EXPECT_FALSE(read_groups(R"([{"id":1,"name":"n","type":"DSTN_FQDN"}])", {"n"})) << "a full PUT would empty it";
}

}  // namespace
}  // namespace cordon::gateways::zia
