// One quota, many lists: how the tenant's room is divided, and that it is never asked for more than it has.

#include <random>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "gateways/zia/zia.hpp"
#include "tests/scenario/rehearsal.hpp"

namespace cordon::scenario {
namespace {

using core::Outcome;
using testing::HasSubstr;
using testing::IsEmpty;

/// Requests to ZIA that were refused.
std::vector<std::string> refusals(sandbox::Sandbox& clouds) {
    std::vector<std::string> refused;
    for (const auto& entry : clouds.journal()) {
        if (entry.status >= 400) refused.push_back(fmt::format("{} {}: {}", entry.method, entry.target, entry.status));
    }
    return refused;
}

/// Lists of domains, "List A" of [risklist_A] and so on, on a tenant whose room the test says.
struct Sharing {
    Rehearsal rehearsal;

    explicit Sharing(const std::string& letters = "AB") {
        rehearsal.erase_section("risklist_domains");
        rehearsal.erase_section("risklist_ips");
        for (const char letter : letters) rehearsal.add_list(section(letter), "domain", file(letter), list(letter));
    }
    static std::string section(char letter) { return fmt::format("risklist_{}", letter); }
    static std::string file(char letter) { return fmt::format("/lists/{}.csv", letter); }
    static std::string list(char letter) { return fmt::format("List {}", letter); }

    void put(char letter, const std::vector<Row>& rows) { rehearsal.put_feed(file(letter), risk_list(rows)); }
    void put(char letter, const Entries& entries, int risk) {
        rehearsal.put_feed(file(letter), risk_list(entries, risk));
    }
    void set(char letter, const std::string& key, const std::string& value) {
        rehearsal.set(section(letter), key, value);
    }
    /// The tenant takes so many more URLs than it holds.
    void leave_room(std::size_t urls) { clouds().set_quota(clouds().unique_urls() + urls); }
    [[nodiscard]] sandbox::Sandbox& clouds() { return rehearsal.clouds(); }
    [[nodiscard]] Entries on(char letter) {
        return without(rehearsal.active(list(letter)), {gateways::zia::k_placeholder_host});
    }
    /// A run that ends well, an hour later; nothing was refused.
    Ending run() {
        rehearsal.clock.advance(1h);
        auto ending = rehearsal.run();
        EXPECT_EQ(ending.status, 0) << ending.said();
        EXPECT_THAT(refusals(clouds()), IsEmpty());
        return ending;
    }
    void expect_settled() {
        clouds().forget_requests();
        const auto again = run();
        EXPECT_EQ(again.report.outcome, Outcome::unchanged) << again.said();
        EXPECT_EQ(clouds().zia_writes(), 0U);
    }
};

std::vector<Row> rows_of(const Entries& first, int risk, const Entries& second, int second_risk) {
    std::vector<Row> rows;
    for (const auto& entry : first) rows.push_back({entry, risk});
    for (const auto& entry : second) rows.push_back({entry, second_risk});
    return rows;
}

const Entries k_a = hosts(40, 10'001);
const Entries k_b = hosts(40, 20'001);

// --- Who gets the room ---

TEST(ATenantsRoom, goes_to_the_riskiest_of_all_lists) {
    Sharing sharing;
    sharing.put('A', k_a, 80);
    sharing.put('B', rows_of(hosts(20, 20'001), 95, hosts(20, 20'021), 70));
    sharing.leave_room(60);
    const auto first = sharing.run();
    EXPECT_EQ(sharing.on('A'), k_a);
    EXPECT_EQ(sharing.on('B'), hosts(20, 20'001));
    EXPECT_EQ(first.list("List B").counts.over_capacity, 20U);
    sharing.expect_settled();
}

TEST(ATenantsRoom, goes_to_the_list_of_higher_priority_first) {
    Sharing sharing;
    sharing.put('A', k_a, 90);
    sharing.put('B', k_b, 70);
    sharing.set('B', "priority", "80");
    sharing.leave_room(60);
    sharing.run();
    EXPECT_EQ(sharing.on('B'), k_b);
    EXPECT_EQ(sharing.on('A'), hosts(20, 10'001));
    sharing.expect_settled();
}

TEST(ATenantsRoom, is_kept_for_a_list_as_far_as_its_reserve_goes) {
    Sharing sharing;
    sharing.put('A', k_a, 90);
    sharing.put('B', k_b, 70);
    sharing.set('B', "reserve", "15");
    sharing.leave_room(40);
    sharing.run();
    EXPECT_EQ(sharing.on('B'), hosts(15, 20'001));
    EXPECT_EQ(sharing.on('A'), hosts(25, 10'001));
    sharing.expect_settled();
}

TEST(ATenantsRoom, stays_empty_where_a_reserve_is_not_used_up_yet) {
    Sharing sharing;
    sharing.put('A', k_a, 90);
    sharing.put('B', hosts(5, 20'001), 70);
    sharing.set('B', "reserve", "15");
    sharing.leave_room(40);
    sharing.run();
    EXPECT_EQ(sharing.on('B'), hosts(5, 20'001));
    EXPECT_EQ(sharing.on('A'), hosts(25, 10'001));
    sharing.put('B', hosts(15, 20'001), 70);
    sharing.run();
    EXPECT_EQ(sharing.on('B'), hosts(15, 20'001)) << "its places were free";
    EXPECT_EQ(sharing.on('A'), hosts(25, 10'001));
}

TEST(ATenantsRoom, is_taken_once_by_what_lies_on_several_lists) {
    Sharing sharing("ABC");
    sharing.put('A', hosts(40), 80);
    sharing.put('B', hosts(40, 21), 80);
    sharing.put('C', hosts(60), 80);
    sharing.leave_room(60);
    sharing.run();
    EXPECT_EQ(sharing.on('A'), hosts(40));
    EXPECT_EQ(sharing.on('B'), hosts(40, 21));
    EXPECT_EQ(sharing.on('C'), hosts(60));
    EXPECT_EQ(sharing.clouds().unique_urls(), sharing.clouds().options().url_quota);
    sharing.expect_settled();
}

TEST(ATenantsRoom, is_not_taken_by_what_people_have_on_their_lists_already) {
    Sharing sharing;
    sharing.clouds().create_category_by_hand("Theirs", {"host-10001.example", "host-10002.example"}, {});
    sharing.put('A', k_a, 80);
    sharing.put('B', k_b, 70);
    sharing.leave_room(40);
    sharing.run();
    EXPECT_EQ(sharing.on('A'), k_a);
    EXPECT_LE(sharing.clouds().unique_urls(), sharing.clouds().options().url_quota);
}

// --- Headroom ---

TEST(Headroom, leaves_room_where_people_hold_entries) {
    Sharing sharing;
    sharing.clouds().create_category_by_hand("Theirs", {"a.theirs.example", "b.theirs.example"}, {});
    sharing.rehearsal.set("zscaler", "quota_headroom", "20");
    sharing.put('A', k_a, 80);
    sharing.put('B', k_b, 70);
    sharing.leave_room(50);
    sharing.run();
    EXPECT_EQ(sharing.on('A').size() + sharing.on('B').size(), 30U);
    EXPECT_EQ(sharing.clouds().unique_urls() + 20, sharing.clouds().options().url_quota);
    sharing.expect_settled();
}

TEST(Headroom, takes_nothing_away) {
    Sharing sharing;
    sharing.clouds().create_category_by_hand("Theirs", {"a.theirs.example"}, {});
    sharing.put('A', k_a, 80);
    sharing.put('B', k_b, 70);
    sharing.leave_room(60);
    sharing.run();
    sharing.rehearsal.set("zscaler", "quota_headroom", "50");
    sharing.expect_settled();
    EXPECT_EQ(sharing.on('A').size() + sharing.on('B').size(), 60U);
}

// --- A full tenant ---

/// 80 places, all of them taken: 40 of List A at risk 90, 40 of List B at 80 and 70.
struct Full : Sharing {
    Full() {
        put('A', k_a, 90);
        put('B', rows_of(hosts(30, 20'001), 80, hosts(10, 20'031), 70));
        leave_room(80);
        run();
        EXPECT_EQ(on('A').size() + on('B').size(), 80U);
    }
};

TEST(AFullTenant, takes_nothing_off_for_what_is_as_risky_or_slightly_riskier) {
    Full tenant;
    tenant.put('A', rows_of(k_a, 90, hosts(10, 10'041), 74));
    tenant.expect_settled();
    EXPECT_EQ(tenant.on('B'), k_b);
    EXPECT_EQ(tenant.on('A'), k_a);
}

TEST(AFullTenant, takes_nothing_off_for_a_priority_alone) {
    Full tenant;
    tenant.set('A', "priority", "100");
    tenant.put('A', rows_of(k_a, 90, hosts(10, 10'041), 60));
    tenant.expect_settled();
    EXPECT_EQ(tenant.on('B'), k_b) << "less risky protection never takes the place of what is there";
}

TEST(AFullTenant, gives_the_places_of_the_least_to_what_is_clearly_riskier_on_another_list) {
    Full tenant;
    tenant.put('A', rows_of(k_a, 90, hosts(7, 10'041), 75));
    const auto ending = tenant.run();
    EXPECT_EQ(ending.list("List A").added, 7U);
    EXPECT_EQ(ending.list("List B").removed, 7U);
    EXPECT_EQ(tenant.on('A'), united(k_a, hosts(7, 10'041)));
    EXPECT_EQ(tenant.on('B'), united(hosts(30, 20'001), hosts(3, 20'031)));
    tenant.expect_settled();
}

TEST(AFullTenant, gives_what_one_list_frees_to_another_in_the_same_run) {
    Full tenant;
    tenant.put('A', hosts(40, 10'006), 90);                                  // five go, five come
    tenant.put('B', rows_of(hosts(25, 20'006), 80, hosts(15, 20'031), 70));  // five go, five come
    tenant.run();
    EXPECT_EQ(tenant.on('A'), hosts(40, 10'006));
    EXPECT_EQ(tenant.on('B'), hosts(40, 20'006));
    tenant.put('A', hosts(30, 10'016), 90);
    tenant.put('B', united(hosts(40, 20'006), hosts(10, 20'046)), 80);
    tenant.run();
    EXPECT_EQ(tenant.on('B').size(), 50U);
    tenant.expect_settled();
}

TEST(AFullTenant, is_written_in_an_order_that_fits_though_a_shared_entry_is_freed_last) {
    Sharing tenant("ABC");
    const auto shared = hosts(8, 1);
    tenant.put('A', united(shared, hosts(40, 10'001)), 80);
    tenant.put('B', united(shared, hosts(40, 20'001)), 80);
    tenant.put('C', hosts(20, 30'001), 80);
    tenant.leave_room(108);
    tenant.run();
    ASSERT_EQ(tenant.clouds().unique_urls(), tenant.clouds().options().url_quota);
    // Both let the shared ones go: nothing is free before the second of them is written.
    tenant.put('A', hosts(47, 10'001), 80);
    tenant.put('B', hosts(41, 20'001), 80);
    tenant.run();
    EXPECT_EQ(tenant.on('A'), hosts(47, 10'001));
    EXPECT_EQ(tenant.on('B'), hosts(41, 20'001));
    tenant.expect_settled();
}

TEST(AFullTenant, is_never_asked_for_more_than_it_has_over_days_of_changes) {
    Sharing tenant("ABC");
    std::mt19937 random(20261121);
    const auto below = [&](int limit) { return static_cast<int>(random() % static_cast<unsigned>(limit)); };
    std::map<char, std::map<std::string, int>> feeds;
    const auto name = [](int number) { return fmt::format("host-{:05}.example", number); };
    for (const char letter : {'A', 'B', 'C'}) {
        while (feeds[letter].size() < 120) feeds[letter][name(below(300))] = 60 + below(40);
    }
    tenant.set('B', "priority", "60");
    tenant.set('C', "reserve", "30");
    tenant.leave_room(150);
    for (int hour = 0; hour < 24; ++hour) {
        for (auto& [letter, feed] : feeds) {
            std::vector<Row> rows;
            for (int change = 0; change < 8; ++change) {
                feed.erase(std::next(feed.begin(), below(static_cast<int>(feed.size()))));
                feed[name(below(300))] = 60 + below(40);
            }
            for (const auto& [host, risk] : feed) rows.push_back({host, risk});
            tenant.put(letter, rows);
        }
        SCOPED_TRACE(hour);
        tenant.run();
        EXPECT_LE(tenant.clouds().unique_urls(), tenant.clouds().options().url_quota);
    }
    EXPECT_GE(tenant.clouds().unique_urls() + 5, tenant.clouds().options().url_quota) << "room lies idle";
    tenant.expect_settled();
}

// --- Lists that are stopped ---

TEST(AStoppedList, gives_its_places_to_nobody_and_gets_none) {
    Full tenant;
    tenant.put('A', rows_of(hosts(10, 10'001), 90, hosts(10, 10'041), 99));  // most of it is gone: an accident
    tenant.put('B', rows_of(hosts(40, 20'001), 80, hosts(10, 20'041), 95));
    tenant.rehearsal.clock.advance(1h);
    const auto ending = tenant.rehearsal.run();
    EXPECT_EQ(ending.status, 4) << ending.said();
    EXPECT_EQ(ending.list("List A").outcome, Outcome::stopped);
    EXPECT_EQ(tenant.on('A'), k_a);
    EXPECT_EQ(tenant.on('B'), united(hosts(30, 20'001), hosts(10, 20'041)))
        << "its riskiest take the places of its own least";
    EXPECT_THAT(refusals(tenant.clouds()), IsEmpty());
}

TEST(AStoppedList, that_an_assertion_stops_gives_its_places_to_nobody_either) {
    Full tenant;
    tenant.rehearsal.set("assert", "must_block", "host-20040.example");  // the one that would go first
    tenant.put('A', rows_of(k_a, 90, hosts(5, 10'041), 95));
    tenant.rehearsal.clock.advance(1h);
    const auto ending = tenant.rehearsal.run();
    EXPECT_EQ(ending.list("List B").outcome, Outcome::stopped) << ending.said();
    EXPECT_EQ(tenant.on('B'), k_b);
    EXPECT_EQ(tenant.on('A'), united(hosts(35, 10'001), hosts(5, 10'041))) << "these took the places of its own least";
    EXPECT_THAT(refusals(tenant.clouds()), IsEmpty());
}

TEST(AListWhoseFeedFails, keeps_its_places_and_its_turn) {
    Full tenant;
    tenant.rehearsal.put_feed(Sharing::file('B'), "");
    tenant.put('A', rows_of(k_a, 90, hosts(5, 10'041), 72));
    tenant.rehearsal.clock.advance(1h);
    const auto ending = tenant.rehearsal.run();
    EXPECT_EQ(ending.list("List B").outcome, Outcome::stale) << ending.said();
    EXPECT_EQ(tenant.on('B'), k_b);
    EXPECT_EQ(tenant.on('A'), k_a);
    EXPECT_THAT(refusals(tenant.clouds()), IsEmpty());
}

// --- Lists of one group ---

constexpr const char* k_urls = "Test URLs";
constexpr const char* k_url_file = "/lists/urls.csv";

/// A list of domains and one of URLs that the same policy blocks.
struct Grouped {
    Rehearsal rehearsal;
    const Entries elsewhere{"cdn.example/x", "cdn.example/y", "cdn.example/z", "shop.example/1"};
    const Entries below{"host-00031.example/a", "host-00032.example/b?c=1"};

    Grouped() {
        rehearsal.erase_section("risklist_ips");
        rehearsal.add_list("risklist_urls", "url", k_url_file, k_urls);
        for (const auto* section : {"risklist_domains", "risklist_urls"}) rehearsal.set(section, "group", "malware");
        rehearsal.put_domains(hosts(30));
        put_urls(united(elsewhere, below));
    }
    void put_urls(const Entries& entries) { rehearsal.put_feed(k_url_file, risk_list(entries, 80)); }
    Ending run(int status = 0) {
        rehearsal.clock.advance(1h);
        auto ending = rehearsal.run();
        EXPECT_EQ(ending.status, status) << ending.said();
        return ending;
    }
    [[nodiscard]] Entries urls() { return rehearsal.active(k_urls); }
};

TEST(AGroup, needs_no_URL_below_a_domain_that_another_of_its_lists_blocks) {
    Grouped group;
    group.rehearsal.put_domains(hosts(32));
    const auto first = group.run();
    EXPECT_EQ(group.urls(), group.elsewhere);
    EXPECT_EQ(first.list(k_urls).counts.reasons.of(core::Reason::covered_by_list), 2U);
    EXPECT_EQ(group.run().report.outcome, Outcome::unchanged);
}

TEST(AGroup, keeps_a_URL_until_the_domain_is_there) {
    Grouped group;
    group.run();
    EXPECT_EQ(group.urls(), united(group.elsewhere, group.below));
    group.rehearsal.put_domains(hosts(32));
    group.run();
    EXPECT_EQ(group.urls(), united(group.elsewhere, group.below)) << "the domain came just now";
    group.run();
    EXPECT_EQ(group.urls(), group.elsewhere);
    EXPECT_EQ(group.run().report.outcome, Outcome::unchanged);
}

TEST(AGroup, blocks_a_URL_again_when_its_domain_goes) {
    Grouped group;
    group.rehearsal.put_domains(hosts(32));
    group.run();
    ASSERT_EQ(group.urls(), group.elsewhere);
    group.rehearsal.put_domains(hosts(31));
    group.run();
    EXPECT_EQ(group.urls(), united(group.elsewhere, {"host-00032.example/b?c=1"}));
    EXPECT_EQ(group.run().report.outcome, Outcome::unchanged);
}

TEST(AGroup, loses_nothing_when_the_domains_feed_fails) {
    Grouped group;
    group.rehearsal.put_domains(hosts(32));
    group.run();
    group.rehearsal.put_feed(Rehearsal::k_domain_file, "");
    const auto ending = group.run(1);
    EXPECT_EQ(group.rehearsal.active(Rehearsal::k_domains), hosts(32)) << ending.said();
    EXPECT_EQ(group.urls(), group.elsewhere);
    group.rehearsal.clock.advance(240h);
    group.run(1);
    EXPECT_EQ(group.rehearsal.active(Rehearsal::k_domains), hosts(32));
    EXPECT_EQ(group.urls().size() - group.elsewhere.size(), group.urls().contains(*group.below.begin()) ? 2U : 0U);
}

TEST(AGroup, loses_nothing_when_the_domains_are_stopped) {
    Grouped group;
    group.run();
    Entries domains = united(hosts(8), {"host-00031.example", "host-00032.example", "host-00033.example"});
    group.rehearsal.put_domains(domains);  // most of them are gone, so that the new ones do not come either
    group.put_urls(united(united(group.elsewhere, group.below), {"host-00033.example/new"}));
    const auto ending = group.run(4);
    EXPECT_EQ(ending.list(Rehearsal::k_domains).outcome, Outcome::stopped) << ending.said();
    EXPECT_EQ(group.rehearsal.active(Rehearsal::k_domains), hosts(30));
    EXPECT_EQ(group.urls(), united(united(group.elsewhere, group.below), {"host-00033.example/new"}))
        << "a domain that does not come blocks nothing";
}

TEST(AGroup, is_what_has_the_same_word_only) {
    Grouped group;
    group.rehearsal.set("risklist_urls", "group", "others");
    group.rehearsal.put_domains(hosts(32));
    group.run();
    EXPECT_EQ(group.urls(), united(group.elsewhere, group.below));
}

// --- fold_hosts ---

TEST(FoldedHosts, are_one_entry_while_the_feed_names_the_domain_and_come_back_when_it_does_not) {
    Rehearsal rehearsal;
    rehearsal.erase_section("risklist_ips");
    rehearsal.set("risklist_domains", "fold_hosts", "true");
    const Entries below{"a.bad-domain.com", "b.bad-domain.com", "c.d.bad-domain.com"};
    rehearsal.put_domains(united(united(hosts(20), below), {"bad-domain.com"}));
    const auto first = rehearsal.run();
    EXPECT_EQ(first.status, 0) << first.said();
    EXPECT_EQ(rehearsal.active(Rehearsal::k_domains), united(hosts(20), {".bad-domain.com"}));
    EXPECT_EQ(first.list(Rehearsal::k_domains).counts.reasons.of(core::Reason::folded), 3U);
    rehearsal.clock.advance(1h);
    EXPECT_EQ(rehearsal.run().report.outcome, Outcome::unchanged);
    rehearsal.put_domains(united(hosts(20), below));
    const auto last = rehearsal.run();
    EXPECT_EQ(last.status, 0) << last.said();
    EXPECT_EQ(rehearsal.active(Rehearsal::k_domains), united(hosts(20), below));
}

TEST(FoldedHosts, do_not_bring_back_what_a_person_took_out) {
    Rehearsal rehearsal;
    rehearsal.erase_section("risklist_ips");
    const Entries below{"a.bad-domain.com", "b.bad-domain.com"};
    rehearsal.put_domains(united(united(hosts(20), below), {"bad-domain.com"}));
    ASSERT_EQ(rehearsal.run().status, 0);
    rehearsal.clouds().edit_by_hand(Rehearsal::k_domains, {}, {"a.bad-domain.com"});
    rehearsal.clock.advance(1h);
    ASSERT_EQ(rehearsal.run().status, 0);
    rehearsal.set("risklist_domains", "fold_hosts", "true");
    const auto ending = rehearsal.run();
    EXPECT_EQ(ending.status, 0) << ending.said();
    EXPECT_EQ(rehearsal.active(Rehearsal::k_domains), united(hosts(20), {"b.bad-domain.com", "bad-domain.com"}));
}

// --- What it costs (issue 4, point 9) ---

TEST(AnUpdateOfTenLists, takes_two_calls_a_list_and_ten_and_reads_no_rule_again_that_day) {
    Sharing sharing("ABCDEFGHIJ");
    const std::string letters = "ABCDEFGHIJ";
    std::size_t first = 1;
    for (const char letter : letters) sharing.put(letter, hosts(100, first += 1'000), 80);
    sharing.run();
    first = 1;
    for (const char letter : letters) sharing.put(letter, hosts(100, (first += 1'000) + 10), 80);
    sharing.clouds().forget_requests();
    const auto ending = sharing.run();
    EXPECT_EQ(ending.list("List J").added, 10U);
    EXPECT_EQ(ending.list("List J").removed, 10U);
    EXPECT_LE(sharing.clouds().zia_calls(), 2 * letters.size() + 10);
    EXPECT_LE(sharing.clouds().zia_writes(), 2 * letters.size());
    for (const auto& [request, number] : sharing.clouds().counts()) {
        EXPECT_EQ(request.find("Rules"), std::string::npos) << request << " " << number;
    }
}

}  // namespace
}  // namespace cordon::scenario
