// Every URL of ../shared/data/urls as a CrowdStrike indicator, through the whole program.

#include <fstream>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/replay/published.hpp"
#include "tests/scenario/falcon_account.hpp"

namespace cordon::replay {
namespace {

class FalconData : public testing::TestWithParam<const char*> {};

INSTANTIATE_TEST_SUITE_P(Files, FalconData,
                         testing::Values("urls/urls_rstthreats_random100.txt.zst", "urls/urls_tweetfeed.txt.zst"));

TEST_P(FalconData, is_rejected_under_one_percent_and_blocks_no_other_host_than_it_names) {
    CORDON_NEEDS_SHARED_DATA();
    const Folder folder;
    std::filesystem::create_directories(folder / "feeds/crowdstrike");
    std::ofstream records(folder / "feeds/crowdstrike/records.jsonl");
    std::ifstream urls(unpack(GetParam(), folder));
    scenario::HostsByTail hosts_named;
    std::string url;
    while (std::getline(urls, url)) {
        if (const auto comment = url.find(" # "); comment != std::string::npos) url.resize(comment);
        while (!url.empty() && (url.back() == '\r' || url.back() == ' ')) url.pop_back();
        if (url.empty() || url.front() == '#') continue;
        const nlohmann::json record = {{"type", "url"}, {"indicator", url}, {"malicious_confidence", "high"}};
        records << record.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) << '\n';
        hosts_named.add(url);
    }
    records.close();

    sandbox::Options options;
    options.feeds_dir = folder / "feeds";
    options.url_quota = 300'000;
    scenario::Rehearsal rehearsal(options);
    rehearsal.erase_section("risklist_domains");
    rehearsal.erase_section("risklist_ips");
    rehearsal.add_falcon("falcon_urls", "Real URLs");
    rehearsal.set("falcon_urls", "max_entries", "275000");
    const auto ending = rehearsal.run();
    ASSERT_EQ(ending.status, 0) << ending.said();
    const auto& counts = ending.list("Real URLs").counts;
    const auto rejected = counts.reasons.of(core::ReasonClass::rejected);
    std::cout << rejected << " of " << counts.fetched << " rejected\n";
    EXPECT_GT(counts.fetched, 50'000U);
    EXPECT_LT(rejected * 100, counts.fetched);
    const auto active = rehearsal.active("Real URLs");
    EXPECT_GT(active.size(), 50'000U);
    for (const auto& entry : active) EXPECT_TRUE(hosts_named.have(entry)) << entry;
}

}  // namespace
}  // namespace cordon::replay
