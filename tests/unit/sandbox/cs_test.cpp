#include <set>

#include "tests/unit/sandbox/falcon_client.hpp"

namespace cordon::sandbox {
namespace {

using Falcon = FalconTest;

std::string message_of(const net::ServerResponse& answer) {
    return Json::parse(answer.body)["errors"][0]["message"];
}

TEST_F(Falcon, gives_a_token_for_half_an_hour) {  // crowdstrike-intel-api.md 3
    const auto answer = sign_in();
    EXPECT_EQ(answer.status, 201);
    EXPECT_EQ(header_of(answer, "X-Cs-Region"), "us-1");
    EXPECT_EQ(header_of(answer, "X-Ratelimit-Limit"), "300");
    const auto body = Json::parse(answer.body);
    EXPECT_EQ(body["expires_in"], 1799);
    EXPECT_EQ(body["token_type"], "bearer");
    EXPECT_EQ(get(k_combined, {{"limit", "1"}}).status, 200);
    clock.advance(1798s);
    EXPECT_EQ(get(k_combined, {{"limit", "1"}}).status, 200);
    clock.advance(1s);
    const auto late = get(k_combined, {{"limit", "1"}});
    EXPECT_EQ(late.status, 401);
    EXPECT_EQ(message_of(late), "access denied, invalid bearer token");
    EXPECT_EQ(clouds.open_tokens(), 0U);
}

TEST_F(Falcon, takes_basic_authentication_and_revokes) {
    auto request = request_to("POST", "/oauth2/token");
    const std::string basic =
        "basic NWExMWRiMGMwMDAwMDAwMDAwMDAwMDAwMDAwMGMxMWU6c2FuZGJveFNlY3JldDAxMjM0NTY3ODlhYmNkZWZnaGlqa2xtbm9wJQ==";
    request.headers.emplace_back("authorization", basic);
    const auto answer = clouds.answer(request);
    ASSERT_EQ(answer.status, 201) << answer.body;
    token = Json::parse(answer.body)["access_token"];
    EXPECT_EQ(clouds.open_tokens(), 1U);
    auto revoke = request_to("POST", "/oauth2/revoke", "token=" + token);
    EXPECT_EQ(clouds.answer(revoke).status, 403) << "who asks?";
    revoke.headers.emplace_back("authorization", basic);
    EXPECT_EQ(clouds.answer(revoke).status, 200);
    EXPECT_EQ(clouds.open_tokens(), 0U);
    EXPECT_EQ(get(k_combined, {}).status, 401);
}

TEST_F(Falcon, refuses_an_unknown_client_and_a_wrong_secret_in_different_words) {
    const auto unknown = ask_token("nobody", "x");
    EXPECT_EQ(unknown.status, 400);
    EXPECT_EQ(message_of(unknown), "Failed to generate access token for clientID=nobody.");
    EXPECT_EQ(Json::parse(unknown.body)["meta"]["powered_by"], "csam");
    const auto wrong = ask_token(Credentials{}.cs_client_id, "x");
    EXPECT_EQ(wrong.status, 403);
    EXPECT_THAT(message_of(wrong), testing::StartsWith("Failed to issue access token - Client authentication"));
}

TEST_F(Falcon, limits_bad_tokens_and_sign_ins) {
    for (int i = 0; i < 15; ++i) EXPECT_EQ(get(k_combined, {}).status, 401);
    const auto flooded = get(k_combined, {});
    EXPECT_EQ(flooded.status, 429);
    EXPECT_EQ(
        header_of(flooded, "X-RateLimit-RetryAfter"),
        std::to_string(std::chrono::duration_cast<std::chrono::seconds>(clock.now().time_since_epoch()).count() + 60));
    EXPECT_EQ(clouds.violations().size(), 1U);
    for (int i = 0; i < 300; ++i) EXPECT_EQ(sign_in().status, 201);
    EXPECT_EQ(sign_in().status, 429);
    clock.advance(60s);
    EXPECT_EQ(sign_in().status, 201);
}

TEST_F(Falcon, wraps_records_in_the_envelope_of_the_reference) {  // 4, 7
    sign_in();
    const auto answer = get(k_combined, {{"filter", "type:'url'+malicious_confidence:'high'"}, {"limit", "3"}});
    ASSERT_EQ(answer.status, 200) << answer.body;
    const auto body = Json::parse(answer.body);
    EXPECT_EQ(body["meta"]["trace_id"], header_of(answer, "X-Cs-Traceid"));
    EXPECT_EQ(body["meta"]["powered_by"], "msa-api");
    EXPECT_EQ(body["meta"]["pagination"]["limit"], 3);
    EXPECT_EQ(body["errors"], Json::array());
    EXPECT_EQ(header_of(answer, "Server"), "nginx");
    EXPECT_EQ(header_of(answer, "X-Ratelimit-Limit"), "6000");
    EXPECT_EQ(header_of(answer, "X-Ratelimit-Remaining"), "5999");
    ASSERT_EQ(body["resources"].size(), 3U);
    const auto& row = body["resources"][0];
    for (const char* field :
         {"id", "indicator", "type", "deleted", "published_date", "last_updated", "_marker", "malicious_confidence",
          "labels", "actors", "malware_families", "kill_chains", "threat_types", "targets", "domain_types",
          "ip_address_types", "vulnerabilities", "reports", "relations"}) {
        EXPECT_TRUE(row.contains(field)) << field;
    }
    EXPECT_EQ(row["id"], "url_" + row["indicator"].get<std::string>());
    EXPECT_EQ(row["_marker"].get<std::string>().size(), 42U);
    EXPECT_EQ(row["_marker"].get<std::string>().substr(0, 10), std::to_string(row["last_updated"].get<int>()));
    EXPECT_EQ(row["labels"][0]["name"], "MaliciousConfidence/High");
}

TEST_F(Falcon, walks_both_ways_over_the_same_rows) {  // 6
    sign_in();
    const std::string filter = "type:'url'+malicious_confidence:'high'";
    const auto expected = total(filter);
    EXPECT_GT(expected, 200U);
    for (const char* sort : {"", "_marker.desc", "_marker|asc", "_marker.asc"}) {
        Parameters parameters{{"filter", filter}, {"limit", "37"}};
        if (*sort != '\0') parameters.emplace_back("sort", sort);
        const auto rows = walk(parameters);
        EXPECT_EQ(rows.size(), expected) << sort;
        std::set<std::string> markers;
        for (const auto& row : rows) markers.insert(row["_marker"].get<std::string>());
        EXPECT_EQ(markers.size(), expected);
        const bool ascends = std::string(sort).ends_with("asc");
        EXPECT_EQ(rows.front()["_marker"], ascends ? *markers.begin() : *markers.rbegin());
    }
}

TEST_F(Falcon, names_the_next_page_as_recorded) {  // 6, first example
    sign_in();
    const std::string filter = "type:'url'+malicious_confidence:'high'";
    const auto first = get(k_queries, {{"filter", filter}, {"limit", "100"}, {"include_deleted", "false"}});
    const auto rows = page({{"filter", filter}, {"limit", "100"}})["resources"];
    const auto last = rows[99]["_marker"].get<std::string>();
    EXPECT_EQ(
        header_of(first, "Next-Page"),
        "/intel/queries/indicators/v1?filter=type%3A%27url%27%2Bmalicious_confidence%3A%27high%27%2B_marker%3A%3C%27" +
            last + "%27&include_deleted=false&limit=100");
    const auto second = send("GET", header_of(first, "Next-Page"));
    const auto next = header_of(second, "Next-Page");
    EXPECT_EQ(next.find(last), std::string::npos) << "the clause is replaced";
    EXPECT_EQ(next.find("_marker"), next.rfind("_marker"));
    EXPECT_LT(Json::parse(second.body)["meta"]["pagination"]["total"],
              Json::parse(first.body)["meta"]["pagination"]["total"]);
    EXPECT_EQ(header_of(get(k_combined, {{"sort", "last_updated.asc"}, {"limit", "1"}}), "Next-Page"), "");
    const auto alternatives = get(k_combined, {{"filter", "type:'url',type:'domain'"}, {"limit", "1"}});
    EXPECT_THAT(header_of(alternatives, "Next-Page"), testing::HasSubstr("filter=%28type%3A%27url%27%2Ctype"));
}

TEST_F(Falcon, refuses_an_offset_beyond_the_wall) {  // 4, recorded
    sign_in();
    const auto refused = get(k_combined, {{"limit", "5000"}, {"offset", "45000"}});
    EXPECT_EQ(refused.status, 400);
    EXPECT_EQ(message_of(refused), "the sum of limit and offset params must be less than 50000");
    EXPECT_EQ(Json::parse(refused.body)["resources"], Json::array());
    EXPECT_EQ(header_of(refused, "Connection"), "close");
    EXPECT_EQ(get(k_combined, {{"limit", "5000"}, {"offset", "44999"}}).status, 200);
    EXPECT_EQ(get(k_combined, {{"limit", "5001"}}).status, 400);
    EXPECT_EQ(get(k_combined, {{"limit", "0"}}).status, 400);
    EXPECT_EQ(get(k_combined, {{"sort", "colour.asc"}}).status, 400);
    EXPECT_EQ(get(k_combined, {{"filter", "type:'url"}}).status, 400);
    EXPECT_EQ(get(k_combined, {{"filter", "colour:'red'"}}).status, 200);
    EXPECT_EQ(total("colour:'red'"), 0U);
    clouds.set_quirks({Quirk::unknown_field_400});
    EXPECT_EQ(get(k_combined, {{"filter", "colour:'red'"}}).status, 400);
}

TEST_F(Falcon, shows_deleted_rows_to_those_who_ask) {  // 9
    sign_in();
    const auto shown = total("");
    const auto deleted = total("deleted:true");
    EXPECT_GT(deleted, 0U);
    EXPECT_EQ(total("deleted:false"), shown);
    const auto both = page({{"include_deleted", "true"}, {"limit", "1"}});
    EXPECT_EQ(both["meta"]["pagination"]["total"], shown + deleted);
}

}  // namespace
}  // namespace cordon::sandbox
