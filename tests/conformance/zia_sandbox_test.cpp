// The sandbox's ZIA against all exchanges with a real tenant (shared/recorded/zia-exchanges.json), in the dialect they
// were recorded in: status, body and headers of each, in their order.
#include <algorithm>
#include <array>
#include <fstream>
#include <map>
#include <set>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/unit/sandbox/client.hpp"

namespace cordon::sandbox {
namespace {

const std::string k_recorded_base = "/zia/api/v1";

constexpr std::array k_served{"/status",        "/ipDestinationGroups", "/firewallFilteringRules", "/security",
                              "/urlCategories", "/urlLookup",           "/urlFilteringRules"};

/// zia-api.md 3.5
constexpr std::array k_oneapi_headers{"cache-control",
                                      "content-disposition",
                                      "server",
                                      "x-frame-options",
                                      "x-content-type-options",
                                      "strict-transport-security",
                                      "x-xss-protection",
                                      "x-oneapi-host",
                                      "x-oneapi-request-id",
                                      "x-oneapi-version",
                                      "x-transaction-id",
                                      "x-zscaler-mode",
                                      "x-ratelimit-limit",
                                      "x-ratelimit-remaining",
                                      "x-ratelimit-reset",
                                      "x-envoy-upstream-service-time"};

/// What a server numbers or times by itself: only that it is there, and of which type.
bool is_its_own(const std::string& key) {
    return key == "id" || key == "val" || key == "lastModifiedTime";
}

/// Arrays of texts as sets, and what a server numbers by itself as its type.
Json comparable(const Json& value) {
    if (value.is_array()) {
        std::vector<Json> items;
        for (const auto& item : value) items.push_back(comparable(item));
        std::sort(items.begin(), items.end());
        return items;
    }
    if (!value.is_object()) return value;
    Json object = Json::object();
    for (const auto& [key, each] : value.items()) {
        object[key] = is_its_own(key) ? Json(each.is_number() ? "number" : each.type_name()) : comparable(each);
        if (key == "lastModifiedBy") object[key]["name"] = "whoever";  // redacted in the recording
    }
    return object;
}

std::set<std::string> keys_of(const Json& object) {
    std::set<std::string> keys;
    for (const auto& [key, value] : object.items()) keys.insert(key);
    return keys;
}

std::string text_of(const Json& id) {
    return id.is_string() ? id.get<std::string>() : id.dump();
}

bool is_served(const std::string& below) {
    return std::any_of(k_served.begin(), k_served.end(), [&](const char* prefix) { return below.starts_with(prefix); });
}

/// The keys that all entries have, and those that any has.
struct Keys {
    std::set<std::string> always;
    std::set<std::string> ever;
};

Keys keys_in(const Json& entries) {
    Keys keys;
    for (const auto& entry : entries) {
        const auto these = keys_of(entry);
        if (keys.ever.empty()) keys.always = these;
        std::erase_if(keys.always, [&](const std::string& key) { return !these.contains(key); });
        keys.ever.insert(these.begin(), these.end());
    }
    return keys;
}

Json entries_in(const Json& reply) {
    return reply.is_object() ? reply["entries"] : reply;
}

void expect_keys_as_in(const Json& recorded, const Json& answered) {
    const auto keys = keys_in(recorded);
    for (const auto& entry : answered) {
        const auto these = keys_of(entry);
        for (const auto& key : keys.always) EXPECT_TRUE(these.contains(key)) << "lacks " << key;
        for (const auto& key : these) EXPECT_TRUE(keys.ever.contains(key)) << "has " << key;
    }
}

class SandboxAgainstRecordings : public ZiaTest {
protected:
    void SetUp() override {
        const std::string path = CORDON_SHARED_DIR "/recorded/zia-exchanges.json";
        std::ifstream file(path);
        if (!file) GTEST_SKIP() << path << " is not on this machine";
        exchanges = Json::parse(file);
        sign_in_to_oneapi();
        clouds.classify("google.com", {{"WEB_SEARCH"}, {}});
        // What the recorded tenant held before.
        const auto made = send("POST", "/ipDestinationGroups",
                               {{"name", "yq"},
                                {"type", "DSTN_FQDN"},
                                {"addresses", {"test1.acme.com", "test2.acme.com", "test3.acme.com"}},
                                {"description", "this is an acceptance test"}});
        ids["10250311"] = text_of(Json::parse(made.body)["id"]);
        send("POST", "/status/activate");
    }

    /// The recorded path below the base, with ids of this sandbox.
    std::string here(const std::string& recorded) const {
        auto path = recorded.substr(k_recorded_base.size());
        const auto last = path.rfind('/');
        const auto id = path.substr(last + 1, path.find('?') - last - 1);
        const auto known = ids.find(id);
        return known == ids.end() ? path : path.replace(last + 1, id.size(), known->second);
    }

    /// A write that meets the edit lock: the recorded one where the sandbox has its endpoint, else one like it.
    net::ServerResponse locked(const Json& exchange, const std::string& path) {
        Fault fault;
        fault.kind = Fault::Kind::edit_lock;
        clouds.inject(fault);
        if (is_served(path)) return send(exchange["method"], path, exchange["request"]);
        static const std::map<std::string, std::string> alike{{"GET", "/urlFilteringRules"},
                                                              {"PUT", "/security"},
                                                              {"POST", "/urlFilteringRules"},
                                                              {"DELETE", "/urlCategories/CUSTOM_01"}};
        return send(exchange["method"], alike.at(exchange["method"]), exchange["request"]);
    }

    /// One request more than its endpoint, or one of the same weight, lets through in a second.
    net::ServerResponse throttled(const Json& exchange, const std::string& path) {
        const bool is_light = exchange["reply"]["message"].get<std::string>().find("(2/SECOND)") != std::string::npos;
        const auto target = is_served(path) ? path : is_light ? "/status" : "/security/advanced";
        send("GET", target);
        if (is_light) send_at_once("GET", target);
        return send_at_once("GET", target);
    }

    /// Between two recorded tests others changed the shared lists. True where that was done here too.
    bool catch_up(const Json& exchange, const std::string& path) {
        const auto& reply = exchange["reply"];
        if (exchange["method"] != "GET" || exchange["status"] != 200 || !path.starts_with("/security")) return false;
        const bool is_denylist = path == "/security/advanced";
        const char* key = is_denylist ? "blacklistUrls" : "whitelistUrls";
        const auto now = Json::parse(send("GET", path).body).value(key, std::set<std::string>{});
        std::vector<std::string> missing;
        for (const auto& entry : reply.value(key, std::vector<std::string>{})) {
            if (!now.contains(entry)) missing.push_back(entry);
        }
        return !missing.empty() && clouds.edit_by_hand(is_denylist ? "denylist" : "allowlist", missing, {});
    }

    net::ServerResponse replay(const Json& exchange) {
        const auto path = here(exchange["path"]);
        if (exchange["status"] == 409) return locked(exchange, path);
        if (exchange["status"] == 429) return throttled(exchange, path);
        EXPECT_TRUE(is_served(path)) << "only refusals may be replayed elsewhere";
        if (catch_up(exchange, path)) ++catch_ups;
        return send(exchange["method"], path, exchange["request"]);
    }

    void expect_headers(const Json& recorded, const net::ServerResponse& answer) const {
        for (const auto& [name, value] : recorded.items()) {
            if (name == "date") continue;  // the HTTP server's
            const auto text = header_of(answer, name);
            EXPECT_NE(text, "") << name;
            const bool is_number = name == "x-ratelimit-remaining" || name == "x-ratelimit-reset" ||
                                   name == "x-envoy-upstream-service-time";
            if (is_number) {
                EXPECT_TRUE(parse_whole_number(text)) << name << ": " << text;
            } else {
                EXPECT_EQ(text, value.get<std::string>()) << name;
            }
        }
        for (const char* name : k_oneapi_headers) EXPECT_NE(header_of(answer, name), "") << name;
        EXPECT_EQ(header_of(answer, "content-type") == "", !recorded.contains("content-type"));
    }

    /// The recorded rules of one action are all one-click rules, which the sandbox has none of: its rules are held
    /// against those of the whole list.
    Json alike(const Json& exchange) const {
        const std::string path = exchange["path"];
        const auto filter = path.find("?ruleAction=");
        if (filter == std::string::npos) return entries_in(exchange["reply"]);
        const auto whole = std::find_if(exchanges.begin(), exchanges.end(), [&](const Json& each) {
            return each["method"] == "GET" && each["path"] == path.substr(0, filter);
        });
        return entries_in((*whole)["reply"]);
    }

    /// Of lists the tenants differ; what both hold is the same.
    void expect_list(const Json& exchange, const Json& answered) const {
        const auto entries = entries_in(exchange["reply"]);
        ASSERT_FALSE(answered.empty());
        expect_keys_as_in(alike(exchange), answered);
        for (const auto& entry : entries) {
            const auto known = ids.find(text_of(entry["id"]));
            if (known == ids.end()) continue;
            const auto same = std::find_if(answered.begin(), answered.end(),
                                           [&](const Json& each) { return text_of(each["id"]) == known->second; });
            ASSERT_NE(same, answered.end()) << known->second;
            EXPECT_EQ(comparable(*same), comparable(entry));
        }
    }

    void expect_body(const Json& exchange, const std::string& text) {
        const auto& reply = exchange["reply"];
        if (reply == "") {
            EXPECT_EQ(text, "");
            return;
        }
        const auto body = Json::parse(text);
        if (exchange["method"] == "POST" && reply.is_object() && reply.contains("id")) {
            ids[text_of(reply["id"])] = text_of(body["id"]);
        }
        const bool is_list =
            reply.contains("trimmed") || (reply.is_array() && !reply.empty() && reply.front().contains("id"));
        if (is_list) {
            expect_list(exchange, body);
        } else if (reply.contains("uniqueUrlsProvisioned")) {
            EXPECT_EQ(keys_of(body), keys_of(reply));
            EXPECT_EQ(body["uniqueUrlsProvisioned"].get<int>() + body["remainingUrlsQuota"].get<int>(), 25'000);
        } else {
            EXPECT_EQ(comparable(body), comparable(reply));
        }
    }

    Json exchanges;
    std::map<std::string, std::string> ids;  ///< recorded -> here
    int catch_ups = 0;
};

TEST_F(SandboxAgainstRecordings, every_exchange_is_answered_as_recorded) {
    ASSERT_GE(exchanges.size(), 81U);
    std::size_t replayed = 0;
    for (const auto& exchange : exchanges) {
        SCOPED_TRACE(fmt::format("{}: {} {} {}", replayed, exchange["method"].get<std::string>(),
                                 exchange["path"].get<std::string>(), exchange["status"].get<int>()));
        const auto answer = replay(exchange);
        EXPECT_EQ(answer.status, exchange["status"].get<int>()) << answer.body;
        expect_headers(exchange["headers"], answer);
        if (answer.status == exchange["status"]) expect_body(exchange, answer.body);
        ++replayed;
    }
    EXPECT_EQ(replayed, exchanges.size());
    EXPECT_EQ(catch_ups, 2) << "the allowlist and the denylist, once each";
}

}  // namespace
}  // namespace cordon::sandbox
