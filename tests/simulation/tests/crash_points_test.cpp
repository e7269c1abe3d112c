// Death at every point of a small scenario, and a disk that fails at every write of it: the next run makes it good.

#include <algorithm>
#include <array>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/simulation/world/disk.hpp"
#include "tests/simulation/world/machine.hpp"
#include "tests/simulation/world/world.hpp"

namespace cordon::simulation {
namespace {

using namespace std::chrono_literals;
using sandbox::Side;
using testing::IsEmpty;

constexpr const char* k_domains = "Domains";
constexpr const char* k_addresses = "Addresses";
constexpr std::size_t k_step = CORDON_CRASH_STEP;  // 1: every point; more under the sanitizers
const Entries k_first_domains{"a.example", "b.example", "c.example", "d.example", "e.example", "f.example"};
const Entries k_next_domains{"a.example", "b.example", "c.example", "d.example", "g.example", "h.example"};
const Entries k_first_addresses{"198.18.0.1", "198.18.0.2", "198.18.0.3", "198.18.0.4", "198.18.0.5"};
const Entries k_next_addresses{"198.18.0.1", "198.18.0.2", "198.18.0.3", "198.18.0.4", "198.18.0.6"};
const Entries k_foreign{"theirs.example"};

/// What a point's run is to do.
enum class Phase { first_fill, update };

sandbox::Options empty_clouds() {
    sandbox::Options options;
    options.cs_rows = 0;
    options.domains = options.ips = 1;
    return options;
}

/// Eleven entries on two lists, and six changes of them.
class Scenario {
public:
    explicit Scenario(Phase phase, std::uint64_t sign_in = 0)
        : time_(parse_iso8601("2026-11-21T09:30:00Z").value()),
          clouds_(empty_clouds(), time_),
          machine(clouds_, time_, sign_in) {
        add("risklist_domains", "domain", k_domains);
        add("risklist_addresses", "ip", k_addresses);
        publish(k_first_domains, k_first_addresses);
        if (phase == Phase::first_fill) {
            wanted_ = {{k_domains, k_first_domains}, {k_addresses, k_first_addresses}};
            return;
        }
        EXPECT_EQ(start().report()->exit_status, 0);
        clouds_.edit_by_hand(k_domains, {k_foreign.begin(), k_foreign.end()}, {});
        time_.advance(1h);
        publish(k_next_domains, k_next_addresses);
        wanted_ = {{k_domains, united(k_next_domains, k_foreign)}, {k_addresses, k_next_addresses}};
        kept_ = {{k_domains, united(both(k_first_domains, k_next_domains), k_foreign)},
                 {k_addresses, both(k_first_addresses, k_next_addresses)}};
    }

    Ending start() {
        auto ending = machine.start();
        time_.advance(1min);
        return ending;
    }

    /// From now on each write must do something: nothing that an earlier start sent is sent again where it arrived.
    void expect_nothing_twice() {
        machine.wire.before_request = [this](const net::Request& request) {
            saved_ = {{k_domains, on(k_domains, Side::saved)}, {k_addresses, on(k_addresses, Side::saved)}};
            if (request.url.find("ADD_TO_LIST") == std::string::npos) return;
            for (const auto& entry : saved_.at(k_domains))
                EXPECT_EQ(request.body.find('"' + entry + '"'), std::string::npos) << entry << " is sent again";
        };
        machine.wire.after_request = [this](const net::Request& request, int status) {
            const bool is_write = request.method == "PUT" || request.method == "POST";
            const bool is_of_a_list = request.url.find("/urlCategories") != std::string::npos ||
                                      request.url.find("/ipDestinationGroups") != std::string::npos;
            if (!is_write || !is_of_a_list || status != 200) return;
            const bool has_changed = saved_.at(k_domains) != on(k_domains, Side::saved) ||
                                     saved_.at(k_addresses) != on(k_addresses, Side::saved);
            EXPECT_TRUE(has_changed) << request.method << " " << request.url << " is sent again";
        };
    }

    /// What both versions hold and what is foreign is still there.
    void expect_nothing_lost() {
        for (const auto& [list, entries] : kept_) {
            EXPECT_THAT(on(list, Side::saved), testing::IsSupersetOf(entries)) << list;
        }
    }

    [[nodiscard]] bool is_as_wanted() {
        return std::all_of(wanted_.begin(), wanted_.end(), [&](const auto& list) {
            return on(list.first, Side::saved) == list.second && on(list.first, Side::active) == list.second;
        });
    }

    /// One run makes all good, and another has nothing to do.
    void expect_made_good() {
        time_.advance(2h);
        expect_nothing_twice();
        const auto next = start();
        ASSERT_NE(next.report(), nullptr) << next.problem;
        EXPECT_EQ(next.report()->exit_status, 0) << next.said();
        for (const auto& [list, entries] : wanted_) {
            EXPECT_EQ(on(list, Side::saved), entries) << list;
            EXPECT_EQ(on(list, Side::active), entries) << list;
        }
        EXPECT_FALSE(clouds_.has_pending());
        clouds_.forget_requests();
        const auto idle = start();
        EXPECT_EQ(idle.report()->outcome, core::Outcome::unchanged) << idle.said();
        EXPECT_EQ(clouds_.zia_writes(), 0U) << "nothing is left to do";
        for (const auto& violation : clouds_.violations()) {
            // A clock that is put forward hides requests; then the cloud says 429 and is obeyed.
            EXPECT_TRUE(may_hide_requests && violation.find("requests in a") != std::string::npos) << violation;
        }
        const auto problem = machine.look([](store::Store& store) {
            EXPECT_FALSE(store.is_activation_owed().value());
            EXPECT_EQ(store.verify_audit({}).value().problem.value_or(""), "");
        });
        EXPECT_EQ(problem, "");
    }

    bool may_hide_requests = false;

    [[nodiscard]] sandbox::Sandbox& clouds() { return clouds_; }

private:
    void add(const std::string& section, const std::string& entity, const std::string& list) {
        machine.set(section, "entity_type", entity);
        machine.set(section, "fusion_file", "/lists/" + section);
        machine.set(section, "category_name", list);
    }
    void publish(const Entries& domains, const Entries& addresses) {
        clouds_.put_feed_file("/lists/risklist_domains", risk_list(domains));
        clouds_.put_feed_file("/lists/risklist_addresses", risk_list(addresses));
    }
    [[nodiscard]] Entries on(const std::string& list, Side side) {
        const auto view = clouds_.list(list, side);
        auto entries = view ? view->entries() : Entries{};
        std::erase_if(entries, is_placeholder);
        return entries;
    }
    static Entries both(Entries a, const Entries& b) {
        std::erase_if(a, [&](const std::string& entry) { return !b.contains(entry); });
        return a;
    }

    ManualClock time_;
    sandbox::Sandbox clouds_;

public:
    Machine machine;

private:
    std::map<std::string, Entries> wanted_;
    std::map<std::string, Entries> kept_;
    std::map<std::string, Entries> saved_;  ///< before the request that is under way
};

/// How many points a run of the phase has.
struct Points {
    std::size_t requests = 0;
    std::size_t writes = 0;
};
Points points_of(Phase phase, std::uint64_t sign_in) {
    Scenario scenario(phase, sign_in);
    Points points;
    Disk::get().restart();
    scenario.machine.wire.arm(SIZE_MAX, Fate::passes);
    std::size_t seen = 0;
    scenario.machine.wire.spoil_request = [&](net::Request&) { ++seen; };
    scenario.machine.before_restart = [&] { points.writes = Disk::get().writes(); };
    EXPECT_EQ(scenario.start().report()->exit_status, 0);
    points.requests = seen;
    return points;
}

struct Case {
    Phase phase;
    std::uint64_t sign_in;  ///< even: legacy, odd: OneAPI
};
std::string name_of(const testing::TestParamInfo<Case>& info) {
    return std::string(info.param.phase == Phase::first_fill ? "first_fill" : "update") +
           (info.param.sign_in % 2 == 0 ? "_legacy" : "_oneapi");
}

class ADeath : public testing::TestWithParam<Case> {
protected:
    [[nodiscard]] Points points() const { return points_of(GetParam().phase, GetParam().sign_in); }
};

TEST_P(ADeath, at_any_request_before_or_after_it_was_carried_out_is_made_good) {
    const auto all = points();
    std::size_t visited = 0;
    for (std::size_t at = 1; at <= all.requests; ++at) {
        for (const auto fate : {Fate::dies_sending, Fate::dies_waiting}) {
            const testing::ScopedTrace trace(__FILE__, __LINE__,
                                             fmt::format("request {}, fate {}", at, static_cast<int>(fate)));
            Scenario scenario(GetParam().phase, GetParam().sign_in);
            scenario.machine.wire.arm(at, fate);
            EXPECT_TRUE(scenario.start().died);
            scenario.expect_nothing_lost();
            scenario.expect_made_good();
            ++visited;
            ASSERT_FALSE(HasFailure());
        }
    }
    RecordProperty("points", static_cast<int>(visited));
    fmt::print("{} points visited\n", visited);
    EXPECT_EQ(visited, all.requests * 2);
}

TEST_P(ADeath, at_any_write_of_the_store_is_made_good) {
    const auto all = points();
    std::size_t visited = 0;
    for (std::size_t at = 1; at <= all.writes; at += k_step) {
        for (const auto fate : {DiskFate::dies, DiskFate::dies_torn, DiskFate::power_fails}) {
            const testing::ScopedTrace trace(__FILE__, __LINE__,
                                             fmt::format("write {}, fate {}", at, static_cast<int>(fate)));
            Scenario scenario(GetParam().phase, GetParam().sign_in);
            Disk::get().arm(at, fate);
            Disk::get().dice = at;
            EXPECT_TRUE(scenario.start().died);
            scenario.expect_nothing_lost();
            scenario.expect_made_good();
            ++visited;
            ASSERT_FALSE(HasFailure());
        }
    }
    fmt::print("{} points visited of {} writes\n", visited, all.writes);
    EXPECT_GE(visited, all.writes * 3 / k_step);
}

TEST_P(ADeath, of_the_next_start_as_well_is_made_good) {
    const auto all = points();
    for (std::size_t at = 2; at <= all.requests; at += 3) {
        for (std::size_t again = 2; again <= all.requests; again += 5) {
            const testing::ScopedTrace trace(__FILE__, __LINE__, fmt::format("requests {} and {}", at, again));
            Scenario scenario(GetParam().phase, GetParam().sign_in);
            scenario.machine.wire.arm(at, Fate::dies_waiting);
            EXPECT_TRUE(scenario.start().died);
            scenario.expect_nothing_twice();
            scenario.machine.wire.arm(again, Fate::dies_waiting);
            static_cast<void>(scenario.start());
            scenario.expect_nothing_lost();
            scenario.expect_made_good();
            ASSERT_FALSE(HasFailure());
        }
    }
}

class ADiskThatFails : public ADeath {};

TEST_P(ADiskThatFails, at_any_write_is_told_and_made_good) {
    const auto all = points();
    std::size_t visited = 0;
    for (std::size_t at = 1; at <= all.writes; at += k_step) {
        for (const auto fate : {DiskFate::is_full, DiskFate::is_read_only, DiskFate::fails_once}) {
            const testing::ScopedTrace trace(__FILE__, __LINE__,
                                             fmt::format("write {}, fate {}", at, static_cast<int>(fate)));
            Scenario scenario(GetParam().phase, GetParam().sign_in);
            Disk::get().arm(at, fate);
            const auto ending = scenario.start();
            const bool is_told =
                ending.report() == nullptr || ending.report()->exit_status != 0 || !ending.report()->warnings.empty();
            EXPECT_TRUE(is_told || scenario.is_as_wanted()) << ending.said();
            scenario.expect_nothing_lost();
            scenario.expect_made_good();
            ++visited;
            ASSERT_FALSE(HasFailure());
        }
    }
    fmt::print("{} points visited of {} writes\n", visited, all.writes);
}

TEST_P(ADiskThatFails, from_the_beginning_ends_the_run_before_anything_is_sent) {
    for (const auto fate : {DiskFate::is_full, DiskFate::is_read_only}) {
        Scenario scenario(GetParam().phase, GetParam().sign_in);
        scenario.clouds().forget_requests();
        Disk::get().arm(1, fate);
        const auto ending = scenario.start();
        EXPECT_THAT(ending.said(), testing::AnyOf(testing::HasSubstr("no room left on the disk"),
                                                  testing::HasSubstr("must be on a writable local disk")));
        EXPECT_EQ(scenario.clouds().zia_writes(), 0U);
        scenario.expect_made_good();
    }
}

class AClockThatJumps : public ADeath {};

TEST_P(AClockThatJumps, at_any_request_loses_nothing_and_is_made_good) {
    constexpr std::array k_jumps{1h, 24h * 400, -1h, -24h * 400};
    const auto all = points();
    for (std::size_t at = 1; at <= all.requests; ++at) {
        for (const auto jump : k_jumps) {
            const testing::ScopedTrace trace(__FILE__, __LINE__, fmt::format("request {}, {} h", at, jump.count()));
            Scenario scenario(GetParam().phase, GetParam().sign_in);
            scenario.may_hide_requests = jump > 0h;
            std::size_t seen = 0;
            scenario.machine.wire.spoil_request = [&](net::Request&) {
                if (++seen == at) scenario.machine.clock.jump(jump);
            };
            const auto ending = scenario.start();
            ASSERT_NE(ending.report(), nullptr) << ending.problem;
            scenario.expect_nothing_lost();
            scenario.machine.clock.correct();
            scenario.expect_made_good();
            ASSERT_FALSE(HasFailure());
        }
    }
}

const auto k_cases = testing::Values(Case{Phase::first_fill, 0}, Case{Phase::first_fill, 1}, Case{Phase::update, 0},
                                     Case{Phase::update, 1});
INSTANTIATE_TEST_SUITE_P(of, ADeath, k_cases, name_of);
INSTANTIATE_TEST_SUITE_P(of, ADiskThatFails, k_cases, name_of);
INSTANTIATE_TEST_SUITE_P(of, AClockThatJumps, k_cases, name_of);

}  // namespace
}  // namespace cordon::simulation
