#include <map>

#include "tests/unit/sandbox/client.hpp"

namespace cordon::sandbox {
namespace {

class Lookup : public ZiaTest {
protected:
    Lookup() { sign_in(); }
    Json look_up(const Json& urls) {
        const auto answer = send("POST", "/urlLookup", urls);
        EXPECT_EQ(answer.status, 200) << answer.body;
        return Json::parse(answer.body);
    }
};

Json hundred() {
    Json urls = Json::array();
    for (int i = 0; i < 100; ++i) urls.push_back(fmt::format("evil-{}.example/a?b=c", i));
    return urls;
}

TEST_F(Lookup, answers_in_order_and_always_the_same) {  // zia-api.md 4.14
    const auto answer = look_up(hundred());
    ASSERT_EQ(answer.size(), 100U);
    std::map<std::string, int> kinds;
    for (std::size_t i = 0; i < 100; ++i) {
        EXPECT_EQ(answer[i]["url"], hundred()[i]) << "as it was sent";
        const bool is_alerted = !answer[i]["urlClassificationsWithSecurityAlert"].empty();
        ++kinds[is_alerted                                                         ? "alerted"
                : answer[i]["urlClassifications"][0] == "MISCELLANEOUS_OR_UNKNOWN" ? "unknown"
                                                                                   : "known"];
    }
    for (const char* kind : {"alerted", "unknown", "known"}) EXPECT_GT(kinds[kind], 5) << kind;
    EXPECT_EQ(look_up(hundred()), answer);
    EXPECT_EQ(clouds.looked_up(), 200U);
    EXPECT_EQ(clouds.zia_writes(), 0U);
    clouds.reconfigure([](Options& options) { options.lookup_alerted = 1; });
    for (const auto& each : look_up(hundred())) EXPECT_FALSE(each["urlClassificationsWithSecurityAlert"].empty());
}

TEST_F(Lookup, says_what_it_was_told) {
    const auto told = clouds.answer(request_to(
        "POST", "/_sandbox/classify", R"({"url":"Evil.example","classes":["WEB_HOST"],"alerts":["PHISHING"]})"));
    EXPECT_EQ(told.status, 200);
    clouds.classify("evil.example/good", {{}, {}});
    const auto answer = look_up({"evil.example/a", "evil.example/good"});
    EXPECT_EQ(answer[0]["urlClassificationsWithSecurityAlert"], Json::array({"PHISHING"}));
    EXPECT_EQ(answer[0]["urlClassifications"], Json::array({"WEB_HOST"}));
    EXPECT_EQ(answer[1]["urlClassifications"], Json::array());
}

TEST_F(Lookup, one_bad_entry_refuses_the_whole_array) {
    const auto refused = send("POST", "/urlLookup", {"good.example", "http://evil.example"});
    EXPECT_EQ(refused.status, 400);
    EXPECT_THAT(refused.body, testing::HasSubstr("http://evil.example"));
    clouds.set_quirks({Quirk::lookup_hides_offender});
    EXPECT_THAT(send("POST", "/urlLookup", {"good.example", "http://evil.example"}).body,
                testing::Not(testing::HasSubstr("evil")));
    EXPECT_EQ(clouds.looked_up(), 0U);
    EXPECT_TRUE(clouds.violations().empty());
    auto many = hundred();
    many.push_back("one.example");
    EXPECT_EQ(send("POST", "/urlLookup", many).status, 400);
    EXPECT_EQ(send("POST", "/urlLookup", Json::array()).status, 400);
    EXPECT_EQ(clouds.violations().size(), 2U);
}

TEST_F(Lookup, takes_one_call_a_second_and_400_an_hour) {
    look_up({"a.example"});
    EXPECT_EQ(send_at_once("POST", "/urlLookup", {"a.example"}).status, 429);
    for (int i = 1; i < 400; ++i) look_up({"a.example"});
    const auto spent = send("POST", "/urlLookup", {"a.example"});
    EXPECT_EQ(spent.status, 429);
    EXPECT_THAT(spent.body, testing::HasSubstr("400/HOUR"));
}

}  // namespace
}  // namespace cordon::sandbox
