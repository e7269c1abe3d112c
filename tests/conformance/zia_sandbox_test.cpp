// The sandbox's ZIA against exchanges of a real tenant (shared/recorded/zia-exchanges.json): status codes,
// which keys are there and which are missing, and the bodies of the 429 and of the edit lock.
#include <fstream>
#include <map>
#include <set>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/unit/sandbox/client.hpp"

namespace cordon::sandbox {
namespace {

const std::string k_recorded_base = "/zia/api/v1";

class SandboxAgainstRecordings : public ZiaTest {
protected:
    void SetUp() override {
        const std::string path = CORDON_SHARED_DIR "/recorded/zia-exchanges.json";
        std::ifstream file(path);
        if (!file) GTEST_SKIP() << path << " is not on this machine";
        exchanges = Json::parse(file);
        ASSERT_GE(exchanges.size(), 50U);
        sign_in();
    }

    /// The recorded path below the base, with ids of this sandbox; nullopt where it names an object that
    /// the recording did not create.
    std::optional<std::string> here(const std::string& recorded) const {
        auto path = recorded.substr(k_recorded_base.size());
        const auto last = path.rfind('/');
        const auto id = path.substr(last + 1, path.find('?') - last - 1);
        const bool is_id =
            id.starts_with("CUSTOM_") || (!id.empty() && std::isdigit(static_cast<unsigned char>(id[0])));
        if (!is_id) return path;
        const auto known = ids.find(id);
        if (known == ids.end()) return std::nullopt;
        return path.replace(last + 1, id.size(), known->second);
    }

    void learn_id(const Json& recorded, const Json& answered) {
        if (!recorded.is_object() || !recorded.contains("id") || !answered.contains("id")) return;
        const auto text = [](const Json& id) { return id.is_string() ? id.get<std::string>() : id.dump(); };
        ids[text(recorded["id"])] = text(answered["id"]);
    }

    Json exchanges;
    std::map<std::string, std::string> ids;
};

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
        const bool is_numbered = key == "id" || key == "val" || key == "lastModifiedTime";
        object[key] = is_numbered ? Json(each.type_name()) : comparable(each);
    }
    return object;
}

std::set<std::string> keys_of(const Json& object) {
    std::set<std::string> keys;
    for (const auto& [key, value] : object.items()) keys.insert(key);
    return keys;
}

bool is_used(const std::string& path) {
    const auto below = path.substr(k_recorded_base.size());
    return below.starts_with("/status") || below.starts_with("/ipDestinationGroups") ||
           (below.starts_with("/urlCategories") && !below.starts_with("/urlCategories/review"));
}

TEST_F(SandboxAgainstRecordings, single_objects_are_answered_as_recorded) {
    int compared = 0;
    for (const auto& exchange : exchanges) {
        const std::string recorded_path = exchange["path"];
        if (!is_used(recorded_path) || exchange["reply"].contains("trimmed")) continue;
        const auto path = here(recorded_path);
        if (!path) continue;
        const auto answer = send(exchange["method"], *path, exchange["request"]);
        const auto where = exchange["method"].get<std::string>() + " " + recorded_path;
        ASSERT_EQ(answer.status, exchange["status"].get<int>()) << where << " " << answer.body;
        ++compared;
        if (exchange["reply"] == "") {
            EXPECT_EQ(answer.body, "") << where;
            continue;
        }
        const auto body = Json::parse(answer.body);
        if (exchange["method"] == "POST") learn_id(exchange["reply"], body);
        if (recorded_path.ends_with("/urlQuota")) {
            EXPECT_EQ(keys_of(body), keys_of(exchange["reply"]));
            EXPECT_EQ(body["uniqueUrlsProvisioned"].get<int>() + body["remainingUrlsQuota"].get<int>(), 25'000);
            continue;
        }
        EXPECT_EQ(comparable(body), comparable(exchange["reply"])) << where;
    }
    EXPECT_GE(compared, 19);
}

TEST_F(SandboxAgainstRecordings, listed_objects_have_the_recorded_keys_and_no_others) {
    send("POST", "/urlCategories",
         {{"configuredName", "Bare"}, {"superCategory", "USER_DEFINED"}, {"urls", {"a.example"}}});
    int lists = 0;
    for (const auto& exchange : exchanges) {
        const std::string recorded_path = exchange["path"];
        if (!is_used(recorded_path) || !exchange["reply"].contains("trimmed")) continue;
        const auto answer = send("GET", *here(recorded_path));
        ASSERT_EQ(answer.status, 200);
        std::set<std::string> always;
        std::set<std::string> ever;
        for (const auto& entry : exchange["reply"]["entries"]) {
            const auto keys = keys_of(entry);
            if (ever.empty()) always = keys;
            std::erase_if(always, [&](const std::string& key) { return !keys.contains(key); });
            ever.insert(keys.begin(), keys.end());
        }
        for (const auto& entry : Json::parse(answer.body)) {
            const auto keys = keys_of(entry);
            for (const auto& key : always) EXPECT_TRUE(keys.contains(key)) << recorded_path << " lacks " << key;
            for (const auto& key : keys) EXPECT_TRUE(ever.contains(key)) << recorded_path << " has " << key;
        }
        ++lists;
    }
    EXPECT_EQ(lists, 5);
}

TEST_F(SandboxAgainstRecordings, the_429_has_the_recorded_body_and_header) {
    std::map<std::string, Json> recorded;  // by body
    for (const auto& exchange : exchanges) {
        if (exchange["status"] != 429) continue;
        recorded[exchange["reply"]["message"]] = exchange;
    }
    ASSERT_EQ(recorded.size(), 2U);
    const auto expect_like = [&](const net::ServerResponse& answer) {
        ASSERT_EQ(answer.status, 429);
        const auto body = Json::parse(answer.body);
        const auto& same = recorded.at(body["message"]);
        EXPECT_EQ(body, same["reply"]);
        EXPECT_EQ(header_of(answer, "Retry-After"), same["headers"]["retry-after"]);
    };
    clock.advance(2s);
    send_at_once("GET", "/status");
    send_at_once("GET", "/status");
    expect_like(send_at_once("GET", "/status"));
    send_at_once("GET", "/security/advanced");
    expect_like(send_at_once("GET", "/security/advanced"));
}

TEST_F(SandboxAgainstRecordings, the_edit_lock_has_the_recorded_body) {
    int locks = 0;
    for (const auto& exchange : exchanges) {
        if (exchange["status"] != 409) continue;
        Fault fault;
        fault.kind = Fault::Kind::edit_lock;
        clouds.inject(fault);
        const auto answer = send("PUT", "/urlCategories/CUSTOM_01", Json::object());
        EXPECT_EQ(answer.status, 409);
        EXPECT_EQ(Json::parse(answer.body), exchange["reply"]);
        ++locks;
    }
    EXPECT_GE(locks, 5);
}

}  // namespace
}  // namespace cordon::sandbox
