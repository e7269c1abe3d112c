// A gateway that refuses, loses answers, throttles, or is interrupted.

#include <unistd.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/scenario/rehearsal.hpp"
#include "tests/scenario/sign_in.hpp"

namespace cordon::scenario {
namespace {

using core::ActivationState;
using core::Outcome;
using sandbox::Fault;
using testing::HasSubstr;

constexpr const char* k_activate = "POST /api/v1/status/activate";

Fault fault(Fault::Kind kind, const std::string& method, const std::string& path, int count = 1) {
    Fault made;
    made.kind = kind;
    made.method = method;
    made.path = path.starts_with("/oauth2") ? path : "/api/v1" + path;
    made.count = count;
    return made;
}

Fault answering(int status, const std::string& body, const std::string& method, const std::string& path,
                int count = 1) {
    auto made = fault(Fault::Kind::answer, method, path, count);
    made.status = status;
    made.body = body;
    return made;
}

/// Something that goes wrong once in a run, at any of its requests.
struct Mishap {
    std::string name;
    Fault fault;
};
void PrintTo(const Mishap& mishap, std::ostream* out) {
    *out << mishap.name;
}

std::vector<Mishap> mishaps() {
    std::vector<Mishap> all;
    const std::pair<const char*, Fault::Kind> kinds[] = {
        {"reset_before", Fault::Kind::reset_before}, {"reset_after", Fault::Kind::reset_after},
        {"torn_body", Fault::Kind::torn_body},       {"session_lost", Fault::Kind::session_lost},
        {"edit_lock", Fault::Kind::edit_lock},       {"not_json", Fault::Kind::not_json},
        {"server_error", Fault::Kind::answer},
    };
    const std::tuple<const char*, const char*, const char*> places[] = {
        {"reading_categories", "GET", "/urlCategories*"},   {"reading_groups", "GET", "/ipDestinationGroups*"},
        {"changing_a_category", "PUT", "/urlCategories/*"}, {"changing_a_group", "PUT", "/ipDestinationGroups/*"},
        {"creating_a_category", "POST", "/urlCategories"},  {"creating_a_group", "POST", "/ipDestinationGroups"},
        {"activating", "POST", "/status/activate"},         {"signing_in", "POST", "/authenticatedSession"},
        {"taking_a_token", "POST", "/oauth2/v1/token"},     {"signing_out", "DELETE", "/authenticatedSession"},
    };
    for (const auto& [kind_name, kind] : kinds) {
        for (const auto& [place_name, method, path] : places) {
            all.push_back({std::string(kind_name) + "_when_" + place_name, fault(kind, method, path)});
        }
    }
    return all;
}

class AMishap : public testing::TestWithParam<Mishap> {};

/// Whether the fault meets a request that this way of signing in makes.
bool can_happen(const Fault& fault) {
    if (fault.path.ends_with("/authenticatedSession")) return sign_in() == SignIn::legacy;
    return !fault.path.starts_with("/oauth2") || sign_in() == SignIn::oneapi;
}

TEST_P(AMishap, in_the_first_fill_loses_nothing_and_the_next_run_converges) {
    if (!can_happen(GetParam().fault)) GTEST_SKIP() << "this way of signing in makes no such request";
    Rehearsal rehearsal;
    rehearsal.put_domains(hosts(60));
    rehearsal.put_ips(addresses(40));
    rehearsal.clouds().inject(GetParam().fault);
    const auto first = rehearsal.run();
    EXPECT_THAT(first.status, testing::AnyOf(0, 1)) << first.said();
    rehearsal.clouds().clear_faults();
    rehearsal.clock.advance(1h);
    const auto second = rehearsal.run();
    EXPECT_EQ(second.status, 0) << second.said();
    EXPECT_EQ(rehearsal.active(Rehearsal::k_domains), hosts(60));
    EXPECT_EQ(rehearsal.active(Rehearsal::k_ips), addresses(40));
    rehearsal.clock.advance(1h);
    EXPECT_EQ(rehearsal.run().report.outcome, Outcome::unchanged);
}

TEST_P(AMishap, in_an_update_loses_nothing_and_the_next_run_converges) {
    if (!can_happen(GetParam().fault)) GTEST_SKIP() << "this way of signing in makes no such request";
    Rehearsal rehearsal;
    rehearsal.put_domains(hosts(60));
    rehearsal.put_ips(addresses(40));
    const auto filled = rehearsal.run();
    ASSERT_EQ(filled.status, 0) << filled.said();
    rehearsal.clock.advance(1h);
    rehearsal.clouds().inject(GetParam().fault);
    rehearsal.put_domains(hosts(60, 6));
    rehearsal.put_ips(addresses(40, 6));
    const auto first = rehearsal.run();
    EXPECT_THAT(first.status, testing::AnyOf(0, 1)) << first.said();
    rehearsal.clouds().clear_faults();
    rehearsal.clock.advance(1h);
    const auto second = rehearsal.run();
    EXPECT_EQ(second.status, 0) << second.said();
    EXPECT_EQ(rehearsal.active(Rehearsal::k_domains), hosts(60, 6));
    EXPECT_EQ(rehearsal.active(Rehearsal::k_ips), addresses(40, 6));
}

INSTANTIATE_TEST_SUITE_P(Once, AMishap, testing::ValuesIn(mishaps()), [](const auto& each) { return each.param.name; });

struct Filled {
    explicit Filled(sandbox::Options options = {}) : rehearsal(std::move(options)) {
        rehearsal.put_domains(hosts(40));
        rehearsal.put_ips(addresses(40));
        EXPECT_EQ(rehearsal.run().status, 0);
        rehearsal.clock.advance(1h);
        rehearsal.clouds().forget_requests();
    }
    [[nodiscard]] std::size_t count(const std::string& request) {
        const auto counts = rehearsal.clouds().counts();
        const auto found = counts.find(request);
        return found == counts.end() ? 0 : found->second;
    }
    Rehearsal rehearsal;
};

TEST(OneBadEntry, is_quarantined_and_the_rest_of_its_batch_arrives) {
    Filled filled;
    auto& rehearsal = filled.rehearsal;
    rehearsal.clouds().inject(
        answering(400, R"({"code":"INVALID_INPUT_ARGUMENT","message":"Invalid urls [host-00043.example]"})", "PUT",
                  "/urlCategories/*"));
    rehearsal.put_domains(hosts(50));
    const auto ending = rehearsal.run();
    EXPECT_EQ(ending.list(Rehearsal::k_domains).counts.quarantined, 1U);
    EXPECT_EQ(ending.list(Rehearsal::k_domains).added, 9U);
    EXPECT_EQ(rehearsal.active(Rehearsal::k_domains), without(hosts(50), {"host-00043.example"}));
    EXPECT_THAT(rehearsal.rejected_csv(), HasSubstr("host-00043.example,waiting,quarantined"));
    rehearsal.clouds().forget_requests();
    EXPECT_EQ(rehearsal.run().status, 0);
    EXPECT_EQ(rehearsal.clouds().zia_writes(), 0U) << "it is out of the next plans";
    rehearsal.clock.advance(31 * 24h);
    EXPECT_EQ(rehearsal.run().list(Rehearsal::k_domains).added, 1U) << "the gateway may have learnt to take it";
}

TEST(Maintenance, fails_the_run_loses_nothing_and_the_next_run_is_fine) {
    Filled filled;
    auto& rehearsal = filled.rehearsal;
    rehearsal.clouds().set_maintenance(sandbox::Sandbox::Maintenance::on);
    rehearsal.put_domains(hosts(44));
    const auto failed = rehearsal.run();
    EXPECT_EQ(failed.status, 1);
    EXPECT_THAT(failed.said(), HasSubstr("read-only"));
    EXPECT_EQ(rehearsal.active(Rehearsal::k_domains), hosts(40));
    rehearsal.clouds().set_maintenance(sandbox::Sandbox::Maintenance::off);
    EXPECT_EQ(rehearsal.run().status, 0);
    EXPECT_EQ(rehearsal.active(Rehearsal::k_domains), hosts(44));
}

TEST(RateLimits, that_the_gateway_tells_are_waited_for) {
    Filled filled;
    auto& rehearsal = filled.rehearsal;
    rehearsal.clouds().inject(
        answering(429, R"({"message":"Rate Limit (1/SECOND) exceeded","Retry-After":"3 seconds"})", "PUT", "/*", 2));
    rehearsal.put_domains(hosts(44));
    const auto ending = rehearsal.run();
    EXPECT_EQ(ending.status, 0) << ending.said();
    EXPECT_EQ(rehearsal.active(Rehearsal::k_domains), hosts(44));
}

TEST(RateLimits, are_kept_over_a_day_of_hourly_runs) {
    Filled filled;
    auto& rehearsal = filled.rehearsal;
    for (std::size_t hour = 1; hour <= 24; ++hour) {
        rehearsal.put_domains(hosts(40, hour));
        rehearsal.put_ips(addresses(40, hour));
        const auto ending = rehearsal.run();
        EXPECT_EQ(ending.status, 0) << ending.said();
        rehearsal.clock.advance(1h);
    }
    EXPECT_EQ(rehearsal.active(Rehearsal::k_domains), hosts(40, 24));
}

TEST(AnInterruptedRun, that_could_not_activate_leaves_an_activation_that_the_next_run_makes) {
    Filled filled;
    auto& rehearsal = filled.rehearsal;
    rehearsal.clouds().inject(answering(500, "{}", "POST", "/status/activate", 0));
    rehearsal.clouds().inject(answering(500, "{}", "DELETE", "/authenticatedSession", 0));  // it would publish, too
    rehearsal.put_domains(hosts(44));
    const auto failed = rehearsal.run();
    EXPECT_EQ(failed.status, 1);
    EXPECT_EQ(failed.report.activation, ActivationState::failed);
    rehearsal.clouds().clear_faults();
    rehearsal.clouds().forget_requests();
    rehearsal.clock.advance(1min);
    const auto next = rehearsal.run();
    EXPECT_EQ(next.status, 0) << next.said();
    EXPECT_EQ(next.report.activation, ActivationState::active);
    EXPECT_EQ(filled.count(k_activate), 1U);
    EXPECT_EQ(rehearsal.clouds().zia_writes(), 0U);
    rehearsal.clouds().forget_requests();
    EXPECT_EQ(rehearsal.run().report.activation, ActivationState::not_needed);
    EXPECT_EQ(filled.count(k_activate), 0U);
}

TEST(AnInterruptedRun, that_was_stopped_at_once_writes_nothing_and_leaves_a_report) {
    Filled filled;
    auto& rehearsal = filled.rehearsal;
    rehearsal.put_domains(hosts(44));
    std::stop_source source;
    source.request_stop();
    Wish wish;
    wish.stop = source.get_token();
    const auto ending = rehearsal.run(wish);
    EXPECT_EQ(ending.status, 130);
    EXPECT_EQ(rehearsal.active(Rehearsal::k_domains), hosts(40));
    rehearsal.with_store([&](store::Store& store) { EXPECT_EQ(store.runs(1).value().front().id, ending.report.id); });
}

TEST(AnotherAdministratorsChanges, are_not_published_by_a_plan) {
    Filled filled;
    auto& rehearsal = filled.rehearsal;
    rehearsal.clouds().create_category_by_hand("Theirs", {"a.example"}, {});
    rehearsal.clouds().edit_by_hand("Theirs", {"b.example"}, {}, sandbox::Sandbox::Publish::later);
    const auto planned = rehearsal.plan();
    EXPECT_EQ(planned.status, 0) << planned.said();
    EXPECT_TRUE(rehearsal.clouds().has_pending());
    EXPECT_EQ(rehearsal.active("Theirs"), Entries{"a.example"});
    // Only a session publishes when it ends.
    const bool has_session = sign_in() == SignIn::legacy;
    EXPECT_EQ(rehearsal.clouds().open_sessions(), has_session ? 1U : 0U);
    EXPECT_THAT(planned.said(), has_session ? testing::Matcher<std::string>(HasSubstr("left to expire"))
                                            : testing::Not(HasSubstr("left to expire")));
}

TEST(AFullTenant, keeps_the_highest_risks_and_counts_the_rest) {
    Rehearsal rehearsal;
    rehearsal.clouds().set_quota(rehearsal.clouds().unique_urls() + 50);
    std::vector<Row> rows;
    for (const auto& host : hosts(40)) rows.push_back({host, 90});
    for (const auto& host : hosts(40, 101)) rows.push_back({host, 70});
    rehearsal.put_feed(Rehearsal::k_domain_file, risk_list(rows));
    rehearsal.put_ips(addresses(5));
    const auto first = rehearsal.run();
    EXPECT_EQ(first.status, 0) << first.said();
    EXPECT_EQ(rehearsal.active(Rehearsal::k_domains), united(hosts(40), hosts(10, 101)));
    EXPECT_EQ(first.list(Rehearsal::k_domains).counts.over_capacity, 30U);
    EXPECT_THAT(rehearsal.rejected_csv(), HasSubstr("host-00140.example,waiting,over_capacity"));

    rows.push_back({"slightly-higher.example", 74});
    rehearsal.put_feed(Rehearsal::k_domain_file, risk_list(rows));
    rehearsal.clouds().forget_requests();
    EXPECT_EQ(rehearsal.run().status, 0);
    EXPECT_EQ(rehearsal.clouds().zia_writes(), 0U) << "the edge does not flutter";
    rows.push_back({"clearly-higher.example", 75});
    rehearsal.put_feed(Rehearsal::k_domain_file, risk_list(rows));
    EXPECT_EQ(rehearsal.run().status, 0);
    EXPECT_EQ(rehearsal.active(Rehearsal::k_domains),
              united(united(hosts(40), hosts(9, 101)), {"clearly-higher.example"}));
    rehearsal.set("zscaler", "hysteresis", "off");
    EXPECT_EQ(rehearsal.run().status, 0);
    EXPECT_EQ(rehearsal.active(Rehearsal::k_domains),
              united(united(hosts(40), hosts(8, 101)), {"clearly-higher.example", "slightly-higher.example"}));
}

TEST(TwoRunsAtOnce, never_overlap) {
    Filled filled;
    auto& rehearsal = filled.rehearsal;
    rehearsal.with_store([&](store::Store& store) {
        const auto held = store.hold("run", rehearsal.clock.now());
        ASSERT_TRUE(held);
        rehearsal.clouds().forget_requests();
        const auto ending = rehearsal.run();
        EXPECT_EQ(ending.status, 5);
        EXPECT_THAT(ending.problem, HasSubstr(std::to_string(::getpid())));
        EXPECT_EQ(rehearsal.clouds().zia_calls(), 0U);
    });
    EXPECT_EQ(rehearsal.run().status, 0);
}

}  // namespace
}  // namespace cordon::scenario
