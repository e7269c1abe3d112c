#include <filesystem>
#include <map>
#include <set>

#include "base/file.hpp"
#include "tests/unit/sandbox/falcon_client.hpp"

namespace cordon::sandbox {
namespace {

using Falcon = FalconTest;

Options many_changes() {
    Options options;
    options.cs_rows = 300;
    options.cs_churn = 200;
    return options;
}

class Changing : public FalconTest {
protected:
    Changing() : FalconTest(many_changes()) { sign_in(); }

    /// Everything by id, as the account has it.
    std::map<std::string, std::string> account() {
        std::map<std::string, std::string> rows;
        clouds.for_each_indicator([&](const cs::Indicator& row) { rows[row.id] = row.marker; });
        return rows;
    }
    std::string newest_marker() {
        return page({{"limit", "1"}, {"include_deleted", "true"}})["resources"][0]["_marker"];
    }
};

TEST_F(Changing, a_cursor_hears_of_every_change_and_of_nothing_else) {
    const auto before = account();
    const auto cursor = newest_marker();
    clouds.tick(3);
    std::set<std::string> changed;
    for (const auto& [id, marker] : account()) {
        if (!before.contains(id) || before.at(id) != marker) changed.insert(id);
    }
    std::set<std::string> heard;
    std::set<std::string> seconds;
    std::map<std::string, int> kinds;
    for (const auto& row : walk({{"sort", "_marker.asc"},
                                 {"include_deleted", "true"},
                                 {"limit", "50"},
                                 {"filter", "_marker:>'" + cursor + "'"}})) {
        heard.insert(row["id"].get<std::string>());
        seconds.insert(row["_marker"].get<std::string>().substr(0, 10));
        ++kinds[row["deleted"].get<bool>() ? "deleted" : row["malicious_confidence"].get<std::string>()];
        for (const auto& kind : row["domain_types"]) ++kinds[kind.get<std::string>()];
    }
    EXPECT_EQ(heard, changed);
    EXPECT_EQ(seconds.size(), 3U) << "a tick's rows share a second";
    for (const char* kind : {"deleted", "high", "medium", "low", "KnownGood"}) EXPECT_GT(kinds[kind], 0) << kind;
}

TEST_F(Changing, rows_that_change_during_a_walk_reappear_at_its_end) {
    Fault fault;
    fault.kind = Fault::Kind::rows_change;
    fault.path = k_combined;
    fault.count = 3;
    clouds.inject(fault);
    std::set<std::string> seen;
    const auto rows = walk({{"sort", "_marker.asc"}, {"include_deleted", "true"}, {"limit", "60"}});
    for (const auto& row : rows) seen.insert(row["id"].get<std::string>());
    EXPECT_EQ(seen.size(), account().size());
    EXPECT_GT(rows.size(), seen.size()) << "some came twice";
}

TEST_F(Changing, one_indicator_lives_through_what_it_is_told) {
    const std::string id = "url_http://fragment.example/a#b";
    const auto row_of = [&] {
        return Json::parse(send("POST", "/intel/entities/indicators/GET/v1", Json{{"ids", {id, "url_unknown"}}}.dump())
                               .body)["resources"];
    };
    ASSERT_EQ(row_of().size(), 1U);
    EXPECT_TRUE(clouds.change_indicator(id, "downgrade"));
    EXPECT_EQ(row_of()[0]["malicious_confidence"], "medium");
    EXPECT_EQ(newest_marker(), row_of()[0]["_marker"]);
    EXPECT_TRUE(clouds.change_indicator(id, "upgrade"));
    EXPECT_EQ(row_of()[0]["malicious_confidence"], "high");
    EXPECT_TRUE(clouds.change_indicator(id, "relabel"));
    EXPECT_EQ(row_of()[0]["domain_types"], Json::array({"KnownGood"}));
    EXPECT_TRUE(clouds.change_indicator(id, "delete"));
    EXPECT_FALSE(clouds.change_indicator(id, "delete"));
    EXPECT_FALSE(clouds.change_indicator(id, "touch")) << "deleted";
    EXPECT_EQ(row_of()[0]["deleted"], true);
    EXPECT_TRUE(clouds.change_indicator(id, "undelete"));
    EXPECT_TRUE(clouds.change_indicator(id, "touch"));
    EXPECT_EQ(row_of()[0]["deleted"], false);
    EXPECT_FALSE(clouds.change_indicator(id, "paint"));
    EXPECT_FALSE(clouds.change_indicator("url_unknown", "touch"));
}

TEST_F(Changing, a_published_record_is_served_as_it_came_but_for_its_dates) {
    const auto cursor = newest_marker();
    ASSERT_TRUE(clouds.publish_indicator(
        R"({"type":"url","indicator":"http://own.example/x","malicious_confidence":"high","actors":null,"novel":7})"));
    EXPECT_FALSE(clouds.publish_indicator(R"({"type":"url"})"));
    EXPECT_FALSE(clouds.publish_indicator("{"));
    const auto rows = page({{"filter", "_marker:>'" + cursor + "'"}, {"limit", "9"}})["resources"];
    ASSERT_EQ(rows.size(), 1U);
    EXPECT_EQ(rows[0]["id"], "url_http://own.example/x");
    EXPECT_EQ(rows[0]["novel"], 7);
    EXPECT_TRUE(rows[0]["actors"].is_null());
    EXPECT_TRUE(clouds.change_indicator("url_http://own.example/x", "relabel"));
    EXPECT_EQ(total("labels.name:'DomainType/KnownGood'+indicator:*'http://own*'"), 1U);
    ASSERT_TRUE(clouds.publish_indicator(
        R"({"id":"url_http://own.example/x","type":"url","indicator":"http://own.example/x","malicious_confidence":"low"})"));
    EXPECT_EQ(total("indicator:'http://own.example/x'"), 1U) << "in the place of the other";
}

TEST(FalconFiles, are_served_in_the_order_of_their_markers) {
    const auto folder = std::filesystem::path(testing::TempDir()) / "cordon_sandbox_cs";
    std::filesystem::create_directories(folder / "crowdstrike");
    const std::string older = "17710000000f3c9a51d0b7e64288aa13c5e9d70b12";
    ASSERT_TRUE(write_file_atomically(
        folder / "crowdstrike" / "a.jsonl",
        R"({"type":"domain","indicator":"new.example","malicious_confidence":"high","_marker":"17717051597b5ae3407a1c52bff57657b7c416c5c6"})"
        "\n\n"
        R"({"type":"domain","indicator":"old.example","_marker":")" +
            older + "\"}\n"));
    ManualClock clock{test_start()};
    Options options;
    options.feeds_dir = folder;
    auto clouds = Sandbox::start(options, clock);
    ASSERT_TRUE(clouds) << clouds.error().message;
    std::vector<std::string> ids;
    (*clouds)->for_each_indicator([&](const cs::Indicator& row) { ids.push_back(row.id + " " + row.marker); });
    EXPECT_THAT(
        ids, testing::ElementsAre("domain_old.example " + older, testing::StartsWith("domain_new.example 1771705159")));
    ASSERT_TRUE(write_file_atomically(folder / "crowdstrike" / "b.jsonl", "\n[]\n"));
    const auto broken = Sandbox::start(options, clock);
    ASSERT_FALSE(broken);
    EXPECT_THAT(broken.error().message, testing::HasSubstr("b.jsonl line 2"));
    std::filesystem::remove_all(folder);
}

TEST_F(Falcon, holds_the_difficult_values_of_the_reference) {  // 14.8
    std::set<std::string> values;
    std::set<std::string> types;
    clouds.for_each_indicator([&](const cs::Indicator& row) {
        EXPECT_TRUE(values.insert(row.id).second) << row.id;
        types.insert(row.type);
    });
    for (const char* id : {"url_https://popular.example:443/user/file/evil.exe", "url_http://[2001:db8::7]/gate.php",
                           "url_file:///C:/Users/Public/evil.exe", "domain_under_score.example", "ip_address_10.0.0.1",
                           "ip_address_block_198.51.100.0/28"}) {
        EXPECT_TRUE(values.contains(id)) << id;
    }
    EXPECT_TRUE(types.contains("kind_of_tomorrow"));
    EXPECT_EQ(values.size(), Options{}.cs_rows);
    sign_in();
    EXPECT_GT(total("domain_types:'KnownGood'"), 0U);
    EXPECT_GT(page({{"q", "2001:db8::7"}})["resources"].size(), 0U);
}

TEST(FalconFaults, each_spoils_one_answer) {  // 14.7
    class Client : public FalconTest {
    public:
        void TestBody() override {}
        net::ServerResponse hit_by(Fault::Kind kind) {
            Fault fault;
            fault.kind = kind;
            clouds.inject(fault);
            return get(k_combined, {{"limit", "5"}});
        }
        using FalconTest::sign_in;
    } client;
    client.sign_in();
    EXPECT_EQ(client.hit_by(Fault::Kind::scope_missing).status, 403);
    EXPECT_EQ(client.hit_by(Fault::Kind::address_refused).status, 403);
    EXPECT_NE(header_of(client.hit_by(Fault::Kind::throttled), "X-RateLimit-RetryAfter"), "");
    EXPECT_TRUE(Json::parse(client.hit_by(Fault::Kind::errors_null).body)["errors"].is_null());
    EXPECT_FALSE(Json::parse(client.hit_by(Fault::Kind::no_pagination).body)["meta"].contains("pagination"));
    EXPECT_TRUE(Json::parse(client.hit_by(Fault::Kind::resources_null).body)["resources"].is_null());
    const auto empty = client.hit_by(Fault::Kind::empty_page);
    EXPECT_TRUE(Json::parse(empty.body)["resources"].empty());
    EXPECT_THAT(header_of(empty, "Next-Page"), testing::HasSubstr("_marker"));
    EXPECT_EQ(header_of(client.hit_by(Fault::Kind::repeated_page), "Next-Page"),
              "/intel/combined/indicators/v1?limit=5");
    EXPECT_THAT(header_of(client.hit_by(Fault::Kind::foreign_page), "Next-Page"),
                testing::StartsWith("http://elsewhere.example/intel/"));
    EXPECT_EQ(client.hit_by(Fault::Kind::not_json).body.substr(0, 6), "<html>");
    EXPECT_EQ(client.hit_by(Fault::Kind::token_lost).status, 401);
    EXPECT_EQ(client.hit_by(Fault::Kind::answer).status, 401) << "still";
}

TEST(FalconRegions, a_token_is_good_in_its_own_region_only) {  // 1.2, 2
    class Client : public FalconTest {
    public:
        explicit Client(Options options) : FalconTest(std::move(options)) {}
        void TestBody() override {}
        net::ServerResponse enter() { return sign_in(); }
        int read() { return get(k_combined, {{"limit", "1"}}).status; }
        Sandbox& sandbox() { return clouds; }
    };
    Options options;
    options.cs_account_region = "eu-1";
    Client american(options);
    const auto found = american.enter();
    EXPECT_EQ(found.status, 201);
    EXPECT_EQ(header_of(found, "X-Cs-Region"), "eu-1");
    EXPECT_EQ(american.read(), 401);
    options.cs_region = "eu-1";
    Client european(options);
    EXPECT_EQ(european.enter().status, 201);
    EXPECT_EQ(european.read(), 200);
    options.cs_region = "us-2";
    EXPECT_EQ(Client(options).enter().status, 400);
    Client home(Options{});
    Fault fault;
    fault.kind = Fault::Kind::wrong_region;
    home.sandbox().inject(fault);
    EXPECT_EQ(home.enter().status, 201);
    EXPECT_EQ(home.read(), 401);
    EXPECT_EQ(home.enter().status, 201);
    EXPECT_EQ(home.read(), 200);
    home.sandbox().reconfigure([](Options& changed) { changed.cs_scopes.clear(); });
    EXPECT_EQ(home.read(), 403);
}

TEST_F(Falcon, counts_by_client_and_can_speak_in_odd_ways) {
    sign_in();
    clouds.set_quirks({Quirk::odd_header_case, Quirk::retry_after_milliseconds, Quirk::no_next_page});
    Fault fault;
    fault.kind = Fault::Kind::throttled;
    fault.delay = 5s;
    clouds.inject(fault);
    const auto limited = get(k_combined, {{"limit", "2"}});
    EXPECT_EQ(limited.status, 429);
    EXPECT_EQ(header_of(limited, "x-ratelimit-retryafter"),
              std::to_string((clock.now() + 5s).time_since_epoch().count()));
    const auto answer = get(k_combined, {{"limit", "2"}});
    EXPECT_EQ(header_of(answer, "Next-Page") + header_of(answer, "next-page"), "");
    EXPECT_EQ(Json::parse(answer.body)["meta"]["trace_id"], header_of(answer, "X-CS-TRACEID"));
    EXPECT_EQ(clouds.counts_by_client()["falcon-test GET /intel/combined/indicators/v1"], 2U);
    EXPECT_EQ(clouds.rows_served(), 2U);
    EXPECT_EQ(clouds.issued_tokens(), 1U);
    EXPECT_EQ(clouds.requests_by_token(), (std::vector<std::size_t>{2}));
}

TEST_F(Falcon, packs_bodies_for_those_who_accept_it) {
    sign_in();
    auto request = request_to("GET", "/intel/combined/indicators/v1?limit=50");
    request.headers.emplace_back("authorization", "bearer " + token);
    request.headers.emplace_back("accept-encoding", "gzip, deflate");
    const auto answer = clouds.answer(request);
    EXPECT_EQ(header_of(answer, "Content-Encoding"), "gzip");
    EXPECT_EQ(answer.body.substr(0, 2), "\x1F\x8B");
}

TEST_F(Falcon, is_changed_through_the_control_pages) {
    sign_in();
    const auto post = [&](const std::string& page, const std::string& body) {
        return clouds.answer(request_to("POST", "/_sandbox/" + page, body)).status;
    };
    EXPECT_EQ(post("indicators", R"({"publish":{"type":"domain","indicator":"own.example"}})"), 200);
    EXPECT_EQ(post("indicators", R"({"id":"domain_own.example","change":"delete"})"), 200);
    EXPECT_EQ(post("indicators", R"({"id":"domain_own.example","change":"delete"})"), 404);
    EXPECT_EQ(post("indicators", R"({"publish":7})"), 400);
    EXPECT_EQ(total("deleted:true+id:'domain_own.example'"), 1U);
    EXPECT_EQ(post("crowdstrike", R"({"most_rows":2500,"token_life_s":60})"), 200);
    EXPECT_EQ(get(k_combined, {{"limit", "2501"}}).status, 400);
    const auto state = Json::parse(clouds.answer(request_to("GET", "/_sandbox/state")).body);
    EXPECT_EQ(state["crowdstrike_tokens"], 1);
    EXPECT_EQ(Json::parse(clouds.answer(request_to("GET", "/_sandbox/clients")).body)[" POST /oauth2/token"], 1);
}

}  // namespace
}  // namespace cordon::sandbox
