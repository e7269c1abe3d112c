// `lookup = skip_known` of a CrowdStrike list with more URLs than an hour has look-ups (zia-api.md 4.14).

#include <filesystem>
#include <fstream>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/scenario/program.hpp"
#include "tests/scenario/rehearsal.hpp"

namespace cordon::scenario {
namespace {

constexpr const char* k_urls = "CrowdStrike Test";
constexpr std::size_t k_most_an_hour = 40'000;

/// URLs that are equally important: of one confidence and one day.
struct Rank {
    const char* name;
    const char* confidence;
    const char* day;
    std::size_t size;

    [[nodiscard]] std::string entry(std::size_t number) const {
        return fmt::format("{}-{:05}.example/x", name, number);
    }
    [[nodiscard]] Entries entries() const {
        Entries all;
        for (std::size_t i = 0; i < size; ++i) all.insert(entry(i));
        return all;
    }
};

// The most important first. Neither the names alone nor the days alone are in this order.
constexpr Rank k_first{"w", "high", "2026-11-20T06:00:00Z", 400};  // too few for the guard of growth
constexpr Rank k_sure{"z", "high", "2026-11-19T06:00:00Z", 30'000};
constexpr Rank k_new{"m", "medium", "2026-11-20T06:00:00Z", 10'000};
constexpr Rank k_old{"c", "medium", "2026-11-19T06:00:00Z", 1'500};
static_assert(k_sure.size + k_new.size == k_most_an_hour);

/// An account of these, some of which Zscaler flags, and its list.
class BigFalconList {
public:
    BigFalconList() : rehearsal_(options()) {
        for (const char* section : {"risklist_domains", "risklist_ips", "rfapi"}) rehearsal_.erase_section(section);
        rehearsal_.add_falcon("falcon_urls", k_urls);
        rehearsal_.set("falcon_urls", "min_confidence", "medium");
        rehearsal_.set("falcon_urls", "lookup", "skip_known");
        for (const auto& rank : {k_sure, k_new, k_old}) {
            for (std::size_t i = 7; i < rank.size; i += 400) flag(rank.entry(i));
        }
    }
    /// Those of them that Zscaler does not flag.
    [[nodiscard]] Entries unflagged(const Entries& entries) const { return without(entries, flagged_); }
    [[nodiscard]] Rehearsal& rehearsal() { return rehearsal_; }

private:
    sandbox::Options options() {
        std::filesystem::create_directories(folder_.path() / "crowdstrike");
        std::ofstream file(folder_.path() / "crowdstrike" / "urls.jsonl");
        for (const auto& rank : {k_first, k_sure, k_new, k_old}) {
            const auto second = parse_iso8601(rank.day).value().time_since_epoch() / 1s;
            for (std::size_t i = 0; i < rank.size; ++i) {
                file
                    << fmt::format(
                           R"({{"type":"url","indicator":"http://{}","malicious_confidence":"{}","_marker":"{:010}{:032x}"}})",
                           rank.entry(i), rank.confidence, second + static_cast<long>(i % 3'600),
                           (static_cast<std::size_t>(*rank.name) << 32U) + i)
                    << "\n";
            }
        }
        sandbox::Options options;
        options.feeds_dir = folder_.path();
        options.lookup_alerted = 0;
        options.lookup_categorised = 0;
        options.url_quota = 100'000;
        return options;
    }
    void flag(const std::string& entry) {
        flagged_.insert(entry);
        rehearsal_.clouds().classify(entry.substr(0, entry.find('/')), {{"OTHER_MISCELLANEOUS"}, {"MALWARE_SITE"}});
    }

    TemporaryFolder folder_;
    Entries flagged_;
    Rehearsal rehearsal_;
};

TEST(FalconLookup, an_hour_goes_to_the_surest_and_newest_and_removals_do_not_wait_for_the_next) {
    BigFalconList list;
    auto& rehearsal = list.rehearsal();
    rehearsal.set("falcon_urls", "max_entries", std::to_string(k_first.size));
    const auto small = rehearsal.run();
    ASSERT_EQ(small.status, 0) << small.said();
    EXPECT_EQ(rehearsal.active(k_urls), k_first.entries());

    rehearsal.clock.advance(2h);
    rehearsal.set("falcon_urls", "max_entries", "60000");
    Entries deleted;
    for (std::size_t i = 0; i < 20; ++i) {
        deleted.insert(k_first.entry(i));
        ASSERT_TRUE(rehearsal.clouds().change_indicator("url_http://" + k_first.entry(i), "delete"));
    }
    const auto asked_before = rehearsal.clouds().looked_up();
    const auto spent = rehearsal.run();
    EXPECT_EQ(spent.status, 0) << spent.said();
    EXPECT_EQ(rehearsal.clouds().looked_up() - asked_before, k_most_an_hour);
    const auto kept = without(k_first.entries(), deleted);
    const auto of_this_hour = united(united(kept, k_sure.entries()), k_new.entries());
    EXPECT_TRUE(rehearsal.active(k_urls) == list.unflagged(of_this_hour)) << rehearsal.active(k_urls).size();
    EXPECT_EQ(spent.list(k_urls).counts.awaiting_lookup, k_old.size);

    rehearsal.clock.advance(1h);
    const auto rest = rehearsal.run();
    EXPECT_EQ(rest.status, 0) << rest.said();
    const auto all = united(of_this_hour, k_old.entries());
    EXPECT_TRUE(rehearsal.active(k_urls) == list.unflagged(all)) << rehearsal.active(k_urls).size();
    EXPECT_EQ(rest.list(k_urls).counts.awaiting_lookup, 0U);
}

}  // namespace
}  // namespace cordon::scenario
