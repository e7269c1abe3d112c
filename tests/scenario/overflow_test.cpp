// IP lists that outgrow one group: NAME (2), NAME (3), the category beside them, networks and look-ups.

#include <mutex>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "gateways/zia/zia.hpp"
#include "tests/scenario/rehearsal.hpp"

namespace cordon::scenario {
namespace {

using core::Outcome;
using sandbox::Fault;
using testing::IsEmpty;
using testing::IsSubsetOf;

constexpr const char* k_section = "risklist_ips";
constexpr const char* k_overflow = "Test IPs (overflow)";

std::string group(int number) {
    return number == 1 ? Rehearsal::k_ips : fmt::format("{} ({})", Rehearsal::k_ips, number);
}

sandbox::Options roomy() {
    sandbox::Options options;
    options.most_addresses = 64'000;
    options.lookup_alerted = 0;
    options.lookup_categorised = 0;
    return options;
}

/// An IP list alone that fills up to three groups of thirty.
struct Overflowing {
    Rehearsal rehearsal;

    explicit Overflowing(sandbox::Options options = roomy(), const std::string& per_group = "30")
        : rehearsal(std::move(options)) {
        rehearsal.erase_section("risklist_domains");
        rehearsal.set("zscaler", "max_ips", per_group);
        rehearsal.set("zscaler", "max_ip_entries", "64000");
        set("max_groups", "3");
    }
    void set(const std::string& key, const std::string& value) { rehearsal.set(k_section, key, value); }
    [[nodiscard]] sandbox::Sandbox& clouds() { return rehearsal.clouds(); }
    [[nodiscard]] Entries on(const std::string& list) {
        auto there = rehearsal.active(list);
        there.erase(gateways::zia::k_placeholder_host);
        there.erase(gateways::zia::k_placeholder_address);
        return there;
    }
    [[nodiscard]] Entries on(int number) { return on(group(number)); }
    /// All that lies on the groups; each entry on one of them alone.
    [[nodiscard]] Entries on_all() {
        Entries all;
        std::size_t sum = 0;
        for (const int number : {1, 2, 3}) {
            sum += on(number).size();
            all = united(std::move(all), on(number));
        }
        EXPECT_EQ(sum, all.size()) << "an entry lies on two groups";
        return all;
    }
    Ending run(int status = 0) {
        rehearsal.clock.advance(1h);
        auto ending = rehearsal.run();
        EXPECT_EQ(ending.status, status) << ending.said();
        return ending;
    }
    void expect_settled() {
        clouds().forget_requests();
        const auto again = run();
        EXPECT_EQ(again.report.outcome, Outcome::unchanged) << again.said();
        EXPECT_EQ(clouds().zia_writes(), 0U);
    }
};

/// The list with 70 addresses on it.
struct Filled : Overflowing {
    explicit Filled(sandbox::Options options = roomy()) : Overflowing(std::move(options)) {
        rehearsal.put_ips(addresses(70));
        run();
        EXPECT_EQ(on_all(), addresses(70));
        EXPECT_EQ(on(1).size(), 30U);
        EXPECT_EQ(on(2).size(), 30U);
        EXPECT_EQ(on(3).size(), 10U);
    }
};

// --- Several groups ---

TEST(AnIpList, of_20000_addresses_fills_three_groups_with_each_of_them_once) {
    Overflowing list(roomy(), "8000");
    list.rehearsal.put_ips(addresses(20'000));
    const auto first = list.run();
    EXPECT_EQ(list.on_all(), addresses(20'000));
    EXPECT_EQ(list.on(1).size(), 8'000U);
    EXPECT_EQ(list.on(2).size(), 8'000U);
    EXPECT_EQ(list.on(3).size(), 4'000U);
    EXPECT_EQ(first.list(group(1)).counts.passed_on, 12'000U);
    list.expect_settled();
}

TEST(AnIpList, that_fits_into_one_group_makes_no_other) {
    Overflowing list;
    list.rehearsal.put_ips(addresses(30));
    const auto ending = list.run();
    EXPECT_EQ(list.on(1), addresses(30));
    EXPECT_FALSE(list.clouds().list(group(2), sandbox::Side::saved));
    EXPECT_EQ(ending.report.lists.size(), 1U);
}

TEST(AnIpList, that_is_larger_than_all_its_groups_keeps_the_riskiest) {
    Overflowing list;
    std::vector<Row> rows;
    for (const auto& address : addresses(80)) rows.push_back({address, 90});
    for (const auto& address : addresses(40, 1'001)) rows.push_back({address, 70});
    list.rehearsal.put_feed(Rehearsal::k_ip_file, risk_list(rows));
    list.run();
    EXPECT_EQ(list.on_all().size(), 90U);
    EXPECT_THAT(addresses(80), IsSubsetOf(list.on_all()));
    list.expect_settled();
}

TEST(AnIpList, is_not_shuffled_by_what_leaves_and_newcomers_take_the_first_free_places) {
    Filled list;
    const std::map<int, Entries> before{{1, list.on(1)}, {2, list.on(2)}, {3, list.on(3)}};
    Entries gone;
    for (const auto& [number, entries] : before) gone = united(gone, {*entries.begin(), *std::next(entries.begin())});
    list.rehearsal.put_ips(without(addresses(70), gone));
    const auto shrunk = list.run();
    EXPECT_EQ(shrunk.list(group(1)).removed + shrunk.list(group(2)).removed + shrunk.list(group(3)).removed, 6U);
    for (const auto& [number, entries] : before) EXPECT_EQ(list.on(number), without(entries, gone)) << number;
    const auto fresh = addresses(3, 1'001);
    list.rehearsal.put_ips(united(without(addresses(70), gone), fresh));
    list.run();
    for (const auto& [number, entries] : before) {
        EXPECT_THAT(without(entries, gone), IsSubsetOf(list.on(number))) << number;
    }
    EXPECT_EQ(list.on(1).size(), 30U);
    EXPECT_EQ(list.on(2).size(), 29U);
    EXPECT_EQ(list.on_all(), united(without(addresses(70), gone), fresh));
    list.expect_settled();
}

TEST(AnIpList, changes_as_a_whole_when_each_of_its_groups_is_full) {
    Overflowing list;
    list.rehearsal.put_ips(addresses(90));
    list.run();
    list.rehearsal.put_ips(addresses(90, 11));
    list.run();
    EXPECT_EQ(list.on_all(), addresses(90, 11));
    list.expect_settled();
}

TEST(AnIpList, fills_a_group_again_that_a_person_deleted) {
    Filled list;
    ASSERT_TRUE(list.clouds().delete_by_hand(group(2)));
    list.rehearsal.clock.advance(1h);
    const auto ending = list.rehearsal.run();
    EXPECT_THAT(ending.status, testing::AnyOf(0, 1)) << ending.said();
    EXPECT_EQ(list.on_all(), addresses(70)) << ending.said();
    list.expect_settled();
}

TEST(AnIpList, respects_what_people_take_out_of_any_of_its_groups) {
    Filled list;
    const auto first = *list.on(1).begin();
    const auto third = *list.on(3).begin();
    list.clouds().edit_by_hand(group(1), {}, {first});
    list.clouds().edit_by_hand(group(3), {}, {third});
    list.run();
    EXPECT_EQ(list.on_all(), without(addresses(70), {first, third}));
    list.expect_settled();
    list.rehearsal.put_ips(addresses(71));
    list.run();
    EXPECT_EQ(list.on_all(), without(addresses(71), {first, third})) << "it comes back on no other group either";
}

TEST(AnIpList, leaves_alone_what_people_put_into_its_groups) {
    Filled list;
    list.clouds().edit_by_hand(group(2), {"198.19.255.1"}, {});
    list.rehearsal.must_stay(group(2), {"198.19.255.1"});
    list.rehearsal.put_ips(addresses(60));
    list.run();
    EXPECT_EQ(without(list.on_all(), {"198.19.255.1"}), addresses(60));
    list.rehearsal.put_ips(addresses(90));
    list.run();
    EXPECT_EQ(list.on_all().size(), 90U) << "theirs takes one of the 90 places";
}

TEST(AnIpList, is_guarded_as_a_whole) {
    Filled list;
    list.rehearsal.put_ips(addresses(30));
    const auto ending = list.run(4);
    for (const int number : {1, 2, 3}) EXPECT_EQ(ending.list(group(number)).outcome, Outcome::stopped) << number;
    EXPECT_EQ(list.on_all(), addresses(70));
    Wish wish;
    wish.allow_removals = {Rehearsal::k_ips};
    const auto allowed = list.rehearsal.run(wish);
    EXPECT_EQ(allowed.status, 0) << allowed.said();
    EXPECT_EQ(list.on_all(), addresses(30));
}

TEST(AnIpList, may_lose_all_of_one_group_while_the_others_stay) {
    Filled list;
    const auto rest = without(addresses(70), list.on(3));
    list.rehearsal.put_ips(rest);
    list.run();
    EXPECT_EQ(list.on_all(), rest);
    EXPECT_THAT(list.on(3), IsEmpty());
    list.expect_settled();
    list.rehearsal.put_ips(addresses(70));
    list.run();
    EXPECT_EQ(list.on_all(), addresses(70));
}

TEST(AnIpList, takes_over_a_predecessors_full_group_and_goes_on_beside_it) {
    Overflowing list;
    const auto theirs = united(addresses(25), addresses(5, 1'001));
    list.clouds().create_group_by_hand(group(1), {theirs.begin(), theirs.end()});
    list.rehearsal.must_stay(group(1), addresses(5, 1'001));
    list.rehearsal.put_ips(addresses(70));
    const auto first = list.run();
    EXPECT_EQ(first.list(group(1)).counts.foreign, 5U);
    EXPECT_EQ(list.on(1), theirs);
    EXPECT_EQ(list.on_all(), united(addresses(70), addresses(5, 1'001)));
    list.expect_settled();
}

TEST(AnIpList, adopts_all_of_a_predecessors_group_where_that_is_asked_for) {
    Overflowing list;
    list.rehearsal.set("zscaler", "adopt", "none");
    const auto theirs = united(addresses(25), addresses(5, 1'001));
    list.clouds().create_group_by_hand(group(1), {theirs.begin(), theirs.end()});
    list.rehearsal.put_ips(addresses(70));
    list.run();
    const auto adopted = list.rehearsal.adopt(group(1), Confirm::yes);
    EXPECT_EQ(adopted.status, 0) << adopted.said();
    list.run();
    EXPECT_EQ(list.on_all(), addresses(70));
    list.expect_settled();
}

TEST(AnIpList, is_retired_group_by_group) {
    Filled list;
    list.set("enabled", "false");
    list.rehearsal.add_list("risklist_domains", "domain", Rehearsal::k_domain_file, Rehearsal::k_domains);
    list.rehearsal.put_domains(hosts(3));
    for (const int number : {1, 2, 3}) {
        const auto retired = list.rehearsal.retire(group(number), Confirm::yes);
        EXPECT_EQ(retired.status, 0) << retired.said();
    }
    EXPECT_THAT(list.on_all(), IsEmpty());
}

TEST(AnIpList, that_gets_fewer_groups_keeps_what_lies_on_the_others_and_says_so) {
    Filled list;
    list.set("max_groups", "2");
    const auto ending = list.run();
    EXPECT_EQ(list.on_all(), addresses(70));
    EXPECT_THAT(ending.said(), testing::HasSubstr("'Test IPs (3)' is no longer configured"));
}

// --- Trouble ---

Fault on_group(Fault::Kind kind, const std::string& method, const std::string& id) {
    Fault fault;
    fault.kind = kind;
    fault.method = method;
    fault.path = "/api/v1/ipDestinationGroups" + (id.empty() ? std::string{} : "/" + id);
    return fault;
}

TEST(AnIpList, loses_nothing_when_a_write_of_its_second_group_fails) {
    for (const auto kind : {Fault::Kind::answer, Fault::Kind::reset_before, Fault::Kind::reset_after,
                            Fault::Kind::torn_body, Fault::Kind::session_lost, Fault::Kind::not_json}) {
        Filled list;
        const auto view = list.clouds().list(group(2), sandbox::Side::saved);
        ASSERT_TRUE(view);
        auto fault = on_group(kind, "PUT", view->id);
        fault.count = kind == Fault::Kind::answer ? 0 : 1;
        list.clouds().inject(fault);
        const auto wanted = without(addresses(85), {*list.on(1).begin(), *list.on(2).begin()});
        list.rehearsal.put_ips(wanted);
        list.rehearsal.clock.advance(1h);
        const auto first = list.rehearsal.run();
        EXPECT_THAT(first.status, testing::AnyOf(0, 1)) << first.said();
        EXPECT_THAT(without(addresses(70), without(addresses(70), wanted)), IsSubsetOf(list.on_all()));
        list.clouds().clear_faults();
        list.run();
        EXPECT_EQ(list.on_all(), wanted);
        list.expect_settled();
    }
}

TEST(AnIpList, is_finished_by_the_next_run_when_its_second_group_cannot_be_created) {
    for (const auto kind : {Fault::Kind::answer, Fault::Kind::reset_before, Fault::Kind::reset_after,
                            Fault::Kind::torn_body, Fault::Kind::not_json}) {
        Overflowing list;
        auto fault = on_group(kind, "POST", {});
        fault.skip = 1;
        list.clouds().inject(fault);
        list.rehearsal.put_ips(addresses(70));
        list.rehearsal.clock.advance(1h);
        const auto first = list.rehearsal.run();
        EXPECT_THAT(first.status, testing::AnyOf(0, 1)) << first.said();
        list.clouds().clear_faults();
        list.run();
        EXPECT_EQ(list.on_all(), addresses(70));
        list.expect_settled();
    }
}

/// Asks the run to stop once so many groups were written.
struct Stopper {
    std::stop_source source;
    std::mutex lock;
    int writes_left = 0;  ///< 0 = never

    void see(const sandbox::JournalEntry& entry) {
        const bool is_write = entry.method == "POST" || entry.method == "PUT";
        if (!is_write || entry.path_template.find("/ipDestinationGroups") == std::string::npos) return;
        const std::lock_guard held(lock);
        if (writes_left > 0 && --writes_left == 0) source.request_stop();
    }
};

TEST(AnIpList, that_is_interrupted_after_its_first_group_is_finished_by_the_next_run_and_nothing_is_sent_twice) {
    Stopper stopper;
    auto options = roomy();
    options.on_request = [&stopper](const sandbox::JournalEntry& entry) { stopper.see(entry); };
    Overflowing list(options);
    list.rehearsal.put_ips(addresses(70));
    stopper.writes_left = 1;
    Wish wish;
    wish.stop = stopper.source.get_token();
    const auto cut = list.rehearsal.run(wish);
    EXPECT_EQ(cut.status, 130) << cut.said();
    const auto there = list.on_all();
    EXPECT_EQ(there.size(), 30U);
    const auto ending = list.run();
    EXPECT_EQ(list.on_all(), addresses(70));
    EXPECT_THAT(there, IsSubsetOf(list.on(1)));
    std::uint64_t added = 0;
    for (const auto& report : ending.report.lists) added += report.added;
    EXPECT_EQ(added, 40U);
    list.expect_settled();
}

// --- The category beside ---

TEST(ACategoryBeside, takes_what_the_groups_have_no_place_for_and_keeps_it) {
    Overflowing list;
    list.set("max_groups", "1");
    list.set("overflow", "category");
    list.rehearsal.put_ips(addresses(50));
    list.run();
    const auto beside = list.on(k_overflow);
    EXPECT_EQ(list.on(1).size(), 30U);
    EXPECT_EQ(beside.size(), 20U);
    EXPECT_EQ(united(list.on(1), beside), addresses(50));
    list.expect_settled();
    const auto gone = *list.on(1).begin();
    list.rehearsal.put_ips(without(addresses(50), {gone}));
    list.run();
    EXPECT_EQ(list.on(k_overflow), beside) << "what lies there stays there";
    EXPECT_EQ(list.on(1).size(), 29U);
    list.rehearsal.put_ips(united(without(addresses(50), {gone}), addresses(2, 1'001)));
    list.run();
    EXPECT_EQ(list.on(1).size(), 30U);
    EXPECT_EQ(list.on(k_overflow).size(), 21U);
    list.expect_settled();
}

TEST(ACategoryBeside, takes_IPv6_alone_where_that_is_asked_for) {
    Overflowing list;
    list.set("max_groups", "1");
    list.set("ipv6", "category");
    const Entries ipv6{"2001:db8::1", "2001:db8::2"};
    list.rehearsal.put_ips(united(addresses(50), ipv6));
    const auto ending = list.run();
    EXPECT_EQ(list.on(1).size(), 30U);
    EXPECT_EQ(list.on(k_overflow).size(), 2U) << "IPv4 addresses beyond the group's places are left out";
    EXPECT_EQ(ending.list(group(1)).counts.over_capacity, 20U);
    list.expect_settled();
    list.rehearsal.put_ips(united(addresses(50), {"2001:db8::1"}));
    list.run();
    EXPECT_EQ(list.on(k_overflow).size(), 1U);
}

TEST(ACategoryBeside, stands_behind_all_groups) {
    Overflowing list;
    list.set("overflow", "category");
    list.set("ipv6", "category");
    list.rehearsal.put_ips(united(addresses(100), {"2001:db8::1"}));
    list.run();
    EXPECT_EQ(list.on_all().size(), 90U);
    EXPECT_EQ(list.on(k_overflow).size(), 11U);
    EXPECT_THAT(list.on(k_overflow), testing::Not(testing::Contains("198.18.0.1")));
    list.expect_settled();
}

TEST(ACategoryBeside, shares_the_quota_of_URLs_with_the_other_lists) {
    Overflowing list;
    list.set("max_groups", "1");
    list.set("overflow", "category");
    list.rehearsal.add_list("risklist_domains", "domain", Rehearsal::k_domain_file, Rehearsal::k_domains);
    list.rehearsal.put_domains(hosts(20), 90);
    list.rehearsal.put_ips(addresses(50), 70);
    list.clouds().set_quota(list.clouds().unique_urls() + 30);
    list.run();
    EXPECT_EQ(list.on(Rehearsal::k_domains), hosts(20));
    EXPECT_EQ(list.on(1).size(), 30U);
    EXPECT_EQ(list.on(k_overflow).size(), 10U);
    list.rehearsal.put_domains(hosts(22), 90);
    list.run();
    EXPECT_EQ(list.on(Rehearsal::k_domains), hosts(22)) << "clearly riskier";
    EXPECT_EQ(list.on(k_overflow).size(), 8U);
    list.expect_settled();
}

// --- Networks ---

/// The 256 addresses of 198.18.1.0/24.
const Entries k_network = addresses(256, 256);

TEST(JoinedNetworks, stand_for_all_their_addresses_and_fall_apart_when_one_leaves) {
    Overflowing list;
    list.set("join_networks", "true");
    list.rehearsal.put_ips(united(k_network, {"198.19.7.1", "198.19.9.1"}));
    const auto first = list.run();
    EXPECT_EQ(list.on(1), (Entries{"198.18.1.0/24", "198.19.7.1", "198.19.9.1"}));
    EXPECT_EQ(first.list(group(1)).counts.reasons.of(core::Reason::joined), 255U);
    list.expect_settled();

    list.rehearsal.put_ips(united(without(k_network, {"198.18.1.77"}), {"198.19.7.1", "198.19.9.1"}));
    list.run();
    const auto apart = list.on(1);
    EXPECT_FALSE(apart.contains("198.18.1.0/24")) << "it holds an address that no feed names";
    EXPECT_THAT(apart, testing::IsSupersetOf({"198.18.1.128/25", "198.18.1.76", "198.18.1.0/26"}));
    EXPECT_EQ(apart.size(), 2U + 8U);
    list.expect_settled();

    list.rehearsal.put_ips(united(k_network, {"198.19.7.1", "198.19.9.1"}));
    const auto again = list.rehearsal.run();
    EXPECT_THAT(again.status, testing::AnyOf(0, 4)) << again.said();
}

TEST(JoinedNetworks, do_not_bring_back_an_address_that_a_person_took_out) {
    Overflowing list;
    const auto network = addresses(16, 256);  // 198.18.1.0/28
    const auto others = addresses(40, 1'001);
    list.rehearsal.put_ips(united(network, others));
    list.run();
    ASSERT_EQ(list.on_all().size(), 56U);
    const int where = list.on(1).contains("198.18.1.5") ? 1 : 2;
    list.clouds().edit_by_hand(group(where), {}, {"198.18.1.5"});
    list.run();
    list.set("join_networks", "true");
    list.rehearsal.clock.advance(1h);
    Wish wish;
    auto joined = list.rehearsal.run(wish);
    if (joined.status == 4) {
        wish.allow_removals = {Rehearsal::k_ips};
        joined = list.rehearsal.run(wish);
    }
    EXPECT_EQ(joined.status, 0) << joined.said();
    EXPECT_FALSE(list.on_all().contains("198.18.1.0/28"));
    EXPECT_FALSE(list.on_all().contains("198.18.1.4/30"));
    EXPECT_FALSE(list.on_all().contains("198.18.1.5"));
    EXPECT_TRUE(list.on_all().contains("198.18.1.8/29"));
    list.expect_settled();
}

TEST(JoinedNetworks, that_a_person_took_out_stay_out) {
    Overflowing list;
    list.set("join_networks", "true");
    list.rehearsal.put_ips(united(k_network, {"198.19.7.1", "198.19.9.1", "198.19.11.1"}));
    list.run();
    list.clouds().edit_by_hand(group(1), {}, {"198.18.1.0/24"});
    list.run();
    EXPECT_EQ(list.on_all(), (Entries{"198.19.7.1", "198.19.9.1", "198.19.11.1"}));
    list.expect_settled();
}

// --- Look-ups ---

TEST(AnIpList, leaves_out_what_Zscaler_flags_where_look_ups_are_on) {
    Overflowing list;
    list.set("lookup", "skip_known");
    list.clouds().classify("198.18.0.5", {{"OTHER_MISCELLANEOUS"}, {"MALWARE_SITE"}});
    list.rehearsal.put_ips(addresses(40));
    const auto ending = list.run();
    EXPECT_EQ(list.on_all(), without(addresses(40), {"198.18.0.5"}));
    EXPECT_EQ(ending.list(group(1)).counts.known_to_gateway, 1U);
    const auto asked = list.clouds().looked_up();
    EXPECT_EQ(asked, 40U);
    list.rehearsal.put_ips(addresses(42));
    list.run();
    EXPECT_EQ(list.clouds().looked_up() - asked, 2U);
    EXPECT_EQ(list.on_all(), without(addresses(42), {"198.18.0.5"}));
}

}  // namespace
}  // namespace cordon::scenario
