// Answers that want the program to go elsewhere: it goes nowhere, whatever it carries.

#include <atomic>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/secrets/house.hpp"
#include "tests/unit/net/raw_socket.hpp"

namespace cordon::secrets {
namespace {

using net::testing::RawServer;
using net::testing::RawSocket;
using sandbox::Fault;

class ARedirect : public testing::TestWithParam<std::tuple<int, Way>> {};

TEST_P(ARedirect, of_any_cloud_is_not_followed) {
    std::atomic<int> visitors{0};
    const RawServer elsewhere([&](const RawSocket&) { ++visitors; });
    const auto& [status, way] = GetParam();
    House house(way, Given::environment);
    Fault fault;
    fault.status = status;
    fault.count = 0;
    fault.headers = {{"Location", "http://127.0.0.1:" + std::to_string(elsewhere.port()) + "/"},
                     {"X-Cs-Region", "elsewhere-1"}};
    house.clouds().inject(fault);
    for (const char* name : {"run", "check", "lookup"}) {
        const auto ran = house.call(name, calls().at(name));
        EXPECT_EQ(ran.status, 1) << ran.err << ran.out;
        EXPECT_THAT(ran.out + ran.err, testing::HasSubstr("answered " + std::to_string(status)));
    }
    EXPECT_EQ(visitors, 0);
}

INSTANTIATE_TEST_SUITE_P(
    Each, ARedirect, testing::Combine(testing::Values(301, 302, 307, 308), testing::Values(Way::legacy, Way::oneapi)),
    [](const auto& one) {
        return std::to_string(std::get<0>(one.param)) + (std::get<1>(one.param) == Way::legacy ? "_legacy" : "_oneapi");
    });

TEST(ANextPage, on_another_host_gets_no_token) {
    std::atomic<int> visitors{0};
    const RawServer elsewhere([&](const RawSocket&) { ++visitors; });
    House house(Way::legacy, Given::environment);
    const auto origin = "http://127.0.0.1:" + std::to_string(elsewhere.port());
    for (const auto& next :
         {origin + "/intel/combined/indicators/v1?limit=1", "//" + origin.substr(7) + "/intel/combined/indicators/v1?x",
          "@" + origin.substr(7) + "/intel/combined/indicators/v1?x"}) {
        Fault fault;
        fault.path = "/intel/*";
        fault.status = 200;
        fault.count = 0;
        fault.body =
            R"({"meta":{"pagination":{"total":2}},"errors":[],"resources":[{"id":"url_x","indicator":"x.example/a",)"
            R"("type":"url","deleted":false,"last_updated":1795253400,"_marker":"4000000000abc",)"
            R"("malicious_confidence":"high","labels":[]}]})";
        fault.headers = {{"Next-Page", next}};
        house.clouds().clear_faults();
        house.clouds().inject(fault);
        const auto ran = house.call("run", calls().at("run"));
        EXPECT_EQ(ran.status, 1) << ran.err << ran.out;
        EXPECT_THAT(ran.out, testing::HasSubstr("Next-Page leads elsewhere"));
    }
    EXPECT_EQ(visitors, 0);
}

}  // namespace
}  // namespace cordon::secrets
