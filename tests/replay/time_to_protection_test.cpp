// How long, under the clouds' real rate windows, until a large account is in force (issue 3, section 6). The clock is
// virtual: what is measured are the waits for rate windows, not this machine.

#include <fstream>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "tests/replay/published.hpp"

namespace cordon::replay {
namespace {

using namespace std::chrono_literals;

constexpr const char* k_list = "Large";

/// An account of `urls` sure URLs and a tenant that takes them all.
class TimeToProtection : public testing::Test {
protected:
    void start(std::size_t urls, const char* lookup) {
        std::filesystem::create_directories(folder_ / "feeds/crowdstrike");
        std::ofstream records(folder_ / "feeds/crowdstrike/records.jsonl");
        for (std::size_t i = 0; i < urls; ++i) {
            records << fmt::format(
                           R"({{"type":"url","indicator":"http://host-{}.example/{}","malicious_confidence":"high"}})",
                           i, i)
                    << '\n';
        }
        records.close();
        sandbox::Options options;
        options.feeds_dir = folder_ / "feeds";
        options.url_quota = 300'000;
        rehearsal_ = std::make_unique<scenario::Rehearsal>(options);
        rehearsal_->erase_section("risklist_domains");
        rehearsal_->erase_section("risklist_ips");
        rehearsal_->add_falcon("falcon_urls", k_list);
        rehearsal_->set("falcon_urls", "max_entries", "275000");
        rehearsal_->set("falcon_urls", "lookup", lookup);
    }
    /// Virtual time that a run takes.
    std::chrono::milliseconds run() {
        const auto began = rehearsal_->clock.now();
        const auto ending = rehearsal_->run();
        EXPECT_EQ(ending.status, 0) << ending.said();
        return rehearsal_->clock.now() - began;
    }

    Folder folder_;
    std::unique_ptr<scenario::Rehearsal> rehearsal_;
};

TEST_F(TimeToProtection, of_25000_urls_is_under_a_minute) {
    start(25'000, "off");
    const auto took = run();
    std::cout << took.count() << " ms of rate windows\n";
    EXPECT_LE(took, 60s);
    EXPECT_EQ(rehearsal_->active(k_list).size(), 25'000U);
}

TEST_F(TimeToProtection, of_275000_urls_is_bound_by_the_writes_alone) {
    start(275'000, "off");
    const auto took = run();
    std::cout << took.count() << " ms of rate windows\n";
    EXPECT_LE(took, 60s);
    EXPECT_EQ(rehearsal_->active(k_list).size(), 275'000U);
}

TEST_F(TimeToProtection, with_skip_known_asks_about_one_percent_less_than_the_limit_at_most) {
    start(275'000, "skip_known");
    constexpr std::size_t k_hours = 3, k_an_hour = 40'000;  // 400 calls of 100 (zia-api.md 4.14)
    const auto began = rehearsal_->clock.now();
    for (std::size_t hour = 0; hour < k_hours; ++hour) {
        run();
        rehearsal_->clock.set(std::max(rehearsal_->clock.now(), began + static_cast<int>(hour + 1) * 1h));
    }
    std::cout << rehearsal_->clouds().looked_up() << " URLs looked up in " << k_hours << " hours\n";
    EXPECT_GE(rehearsal_->clouds().looked_up(), k_hours * k_an_hour * 99 / 100);
    const auto delivered = rehearsal_->active(k_list).size();
    const auto share = 1 - rehearsal_->clouds().options().lookup_alerted;
    EXPECT_GE(static_cast<double>(delivered), 0.98 * share * static_cast<double>(k_hours * k_an_hour));
}

}  // namespace
}  // namespace cordon::replay
