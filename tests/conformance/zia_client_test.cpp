// The ZIA client's readers against recorded answers of a real tenant (../shared/recorded).

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "gateways/zia/answers.hpp"
#include "gateways/zia/api_error.hpp"

namespace cordon::gateways::zia {
namespace {

using nlohmann::json;

bool is_trimmed(const json& value) {
    return value.is_object() && value.contains("trimmed");
}

/// Long lists were cut when they were recorded: {"trimmed": "...", "entries": [...]} stands for a list. The
/// count beside a cut list is of the whole one, so it goes.
json untrimmed(const json& value) {
    if (is_trimmed(value)) return untrimmed(value.at("entries"));
    if (!value.is_structured()) return value;
    auto result = value;
    for (auto& item : result) item = untrimmed(item);
    if (!value.is_object()) return result;
    if (is_trimmed(value.value("urls", json()))) result.erase("customUrlsCount");
    if (is_trimmed(value.value("dbCategorizedUrls", json()))) result.erase("urlsRetainingParentCategoryCount");
    return result;
}

struct Exchange {
    std::string method, path;
    int status = 0;
    json reply;
    std::vector<net::Header> headers;

    [[nodiscard]] std::string body() const { return reply.is_string() ? reply.get<std::string>() : reply.dump(); }
    [[nodiscard]] std::string name() const { return method + " " + path; }
    [[nodiscard]] bool is(const char* wanted_method, const std::string& wanted_path) const {
        return method == wanted_method && path.substr(0, path.find('?')) == "/zia/api/v1" + wanted_path;
    }
    [[nodiscard]] bool is_below(const char* wanted_method, const std::string& folder) const {
        return method == wanted_method && path.starts_with("/zia/api/v1" + folder) &&
               path.find("/review/") == std::string::npos && !path.ends_with("/urlQuota");
    }
};

class ClientAgainstRecordings : public testing::Test {
protected:
    void SetUp() override {
        const std::filesystem::path file = CORDON_SHARED_DIR "/recorded/zia-exchanges.json";
        if (!std::filesystem::exists(file)) GTEST_SKIP() << "no recorded exchanges at " << file;
        std::ifstream stream(file);
        for (const auto& item : json::parse(stream)) {
            Exchange exchange{item.at("method"), item.at("path"), item.at("status"), untrimmed(item.at("reply")), {}};
            for (const auto& [name, value] : item.at("headers").items()) {
                exchange.headers.emplace_back(name, value.get<std::string>());
            }
            exchanges.push_back(std::move(exchange));
        }
        ASSERT_FALSE(exchanges.empty());
    }

    [[nodiscard]] static net::Response response_of(const Exchange& exchange) {
        return {exchange.status, exchange.headers, exchange.body()};
    }

    std::vector<Exchange> exchanges;
};

TEST_F(ClientAgainstRecordings, every_category_list_is_read) {
    int lists = 0;
    for (const auto& exchange : exchanges) {
        if (!exchange.is("GET", "/urlCategories") || exchange.status != 200) continue;
        ++lists;
        std::vector<std::string> names;
        std::size_t entries = 0;
        for (const auto& item : exchange.reply) {
            if (!item.contains("configuredName")) continue;
            names.push_back(item.at("configuredName"));
            entries += item.at("urls").size() + item.at("dbCategorizedUrls").size();
        }
        const auto list = read_categories(exchange.body(), names);
        ASSERT_TRUE(list) << exchange.name() << ": " << list.error().message;
        EXPECT_EQ(list->wanted.size(), names.size());
        EXPECT_GE(list->custom_count, names.size());
        std::size_t read = 0;
        for (const auto& category : list->wanted) {
            EXPECT_FALSE(category.id.empty());
            EXPECT_TRUE(category.is_custom);
            read += category.urls.size() + category.retaining_urls.size();
        }
        EXPECT_EQ(read, entries);
    }
    EXPECT_GE(lists, 2);
}

TEST_F(ClientAgainstRecordings, every_single_category_is_read) {
    int objects = 0;
    for (const auto& exchange : exchanges) {
        const bool is_object = exchange.is("POST", "/urlCategories") || exchange.is_below("GET", "/urlCategories/") ||
                               exchange.is_below("PUT", "/urlCategories/");
        if (!is_object || exchange.status != 200) continue;
        ++objects;
        const auto category = read_category(exchange.body());
        ASSERT_TRUE(category) << exchange.name() << ": " << category.error().message;
        EXPECT_EQ(category->id, exchange.reply.at("id").get<std::string>());
        EXPECT_EQ(category->name, exchange.reply.at("configuredName").get<std::string>());
        EXPECT_EQ(category->urls, exchange.reply.at("urls").get<std::vector<std::string>>());
        EXPECT_EQ(category->super_category, exchange.reply.value("superCategory", ""));
        EXPECT_EQ(category->has_keywords, exchange.reply.contains("keywords"));
    }
    EXPECT_GE(objects, 5);
}

TEST_F(ClientAgainstRecordings, every_group_list_is_read) {
    int lists = 0;
    for (const auto& exchange : exchanges) {
        if (!exchange.is("GET", "/ipDestinationGroups") || exchange.status != 200) continue;
        ++lists;
        std::vector<std::string> names;
        std::size_t entries = 0;
        for (const auto& item : exchange.reply) {
            names.push_back(item.at("name"));
            if (item.at("type") == "DSTN_IP") entries += item.at("addresses").size();
        }
        const auto list = read_groups(exchange.body(), names);
        ASSERT_TRUE(list) << exchange.name() << ": " << list.error().message;
        EXPECT_EQ(list->group_count, exchange.reply.size());
        EXPECT_EQ(list->wanted.size(), exchange.reply.size());
        EXPECT_EQ(list->ip_entries, entries);
    }
    EXPECT_GE(lists, 2);
}

TEST_F(ClientAgainstRecordings, every_single_group_is_read) {
    int objects = 0;
    for (const auto& exchange : exchanges) {
        const bool is_object = exchange.is("POST", "/ipDestinationGroups") ||
                               exchange.is_below("GET", "/ipDestinationGroups/") ||
                               exchange.is_below("PUT", "/ipDestinationGroups/");
        if (!is_object || exchange.status != 200) continue;
        ++objects;
        const auto group = read_group(exchange.body());
        ASSERT_TRUE(group) << exchange.name() << ": " << group.error().message;
        EXPECT_EQ(group->id, std::to_string(exchange.reply.at("id").get<long>()));
        EXPECT_EQ(group->addresses, exchange.reply.at("addresses").get<std::vector<std::string>>());
        EXPECT_EQ(group->type, exchange.reply.at("type").get<std::string>());
    }
    EXPECT_GE(objects, 5);
}

TEST_F(ClientAgainstRecordings, every_denylist_is_read_and_no_echo_is_one) {
    int lists = 0;
    std::vector<std::string> echoed;
    for (const auto& exchange : exchanges) {
        if (exchange.status != 200) continue;
        if (exchange.is("POST", "/security/advanced/blacklistUrls")) {
            echoed = read_denylist(exchange.body()).value();
            EXPECT_EQ(echoed.size(), 2U);
        }
        if (!exchange.is("GET", "/security/advanced")) continue;
        ++lists;
        const auto entries = read_denylist(exchange.body());
        ASSERT_TRUE(entries) << exchange.name() << ": " << entries.error().message;
        EXPECT_EQ(*entries, exchange.reply.at("blacklistUrls").get<std::vector<std::string>>());
        if (!entries->empty() && !echoed.empty()) {
            EXPECT_GT(entries->size(), echoed.size()) << "what others put there shows only in a read";
            echoed.clear();
        }
    }
    EXPECT_GE(lists, 3);
}

TEST_F(ClientAgainstRecordings, status_activation_and_quota_are_read) {
    int states = 0;
    int quotas = 0;
    for (const auto& exchange : exchanges) {
        if (exchange.is("GET", "/status") || exchange.is("POST", "/status/activate")) {
            ++states;
            EXPECT_EQ(read_status(exchange.body()), core::ActivationState::active) << exchange.name();
        }
        if (exchange.is("GET", "/urlCategories/urlQuota")) {
            ++quotas;
            EXPECT_EQ(read_quota(exchange.body()).value().remaining,
                      exchange.reply.at("remainingUrlsQuota").get<std::size_t>());
        }
    }
    EXPECT_GE(states, 4);
    EXPECT_GE(quotas, 1);
}

TEST_F(ClientAgainstRecordings, every_rate_limit_is_throttled_for_a_second) {
    int limits = 0;
    for (const auto& exchange : exchanges) {
        if (exchange.status != 429) continue;
        ++limits;
        const auto error = judge(response_of(exchange), Endpoint::list_categories, Time{});
        EXPECT_EQ(error.cause, Cause::throttled);
        EXPECT_EQ(error.error.code, Code::throttled);
        EXPECT_EQ(error.retry_after, std::chrono::seconds(1));
        auto without_header = response_of(exchange);
        without_header.headers.clear();
        EXPECT_EQ(judge(without_header, Endpoint::list_categories, Time{}).retry_after, std::chrono::seconds(1));
    }
    EXPECT_GE(limits, 5);
}

TEST_F(ClientAgainstRecordings, every_edit_lock_is_a_lock) {
    int locks = 0;
    for (const auto& exchange : exchanges) {
        if (exchange.status != 409) continue;
        ++locks;
        EXPECT_EQ(judge(response_of(exchange), Endpoint::change_category, Time{}).cause, Cause::locked)
            << exchange.name();
    }
    EXPECT_GE(locks, 5);
}

TEST_F(ClientAgainstRecordings, a_body_that_zia_calls_invalid_blames_no_entry) {
    int bodies = 0;
    for (const auto& exchange : exchanges) {
        if (exchange.status != 400) continue;
        ++bodies;
        EXPECT_EQ(judge(response_of(exchange), Endpoint::change_category, Time{}).cause, Cause::other)
            << exchange.name();
    }
    EXPECT_GE(bodies, 1);
}

}  // namespace
}  // namespace cordon::gateways::zia
