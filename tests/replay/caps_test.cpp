// Lists of real entries, larger and smaller than what the tenant takes.

#include <ostream>

#include <gtest/gtest.h>

#include "base/file.hpp"
#include "base/text.hpp"
#include "tests/replay/published.hpp"

namespace cordon::replay {
namespace {

/// One list against one tenant.
struct Case {
    const char* name;
    const char* file;  ///< below ../shared/data
    const char* type;
    std::size_t cap;    ///< max_domains or max_ips
    std::size_t quota;  ///< custom URLs of the tenant
    int default_risk = 65;

    [[nodiscard]] bool is_ip() const { return std::string(type) == "ip"; }
    /// What the list may hold at most, in a tenant that has `used` custom URLs already.
    [[nodiscard]] std::size_t places(std::size_t used) const { return is_ip() ? cap : std::min(cap, quota - used); }
};

/// Names the case in test lists; else googletest prints its bytes.
void PrintTo(const Case& shown, std::ostream* out) {
    *out << shown.name;
}

// Scores that a Security Control Feed lacks are 90 (design, rule 15).
constexpr Case k_cases[] = {
    {"rf_domains", "rf/composed_weaponized_domains.json", "domain", 25000, 25000, 90},
    {"rf_domains_over_the_cap", "rf/composed_weaponized_domains.json", "domain", 500, 25000, 90},
    {"rf_urls", "rf/composed_weaponized_urls.json", "url", 25000, 25000, 90},
    {"rf_urls_over_the_cap", "rf/composed_weaponized_urls.json", "url", 500, 25000, 90},
    {"rf_c2_ips_over_the_cap", "rf/composed_c2_communicating_ips.json.zst", "ip", 8000, 25000, 90},
    {"rf_ip_risk_list", "rf/composed_default_ip_risklist.csv.zst", "ip", 8000, 25000},
    {"rf_ip_risk_list_over_the_cap", "rf/composed_default_ip_risklist.csv.zst", "ip", 1000, 25000},
    {"rf_url_risk_list", "rf/composed_default_url_risklist.csv.zst", "url", 25000, 25000},
    {"rf_url_risk_list_over_the_cap", "rf/composed_default_url_risklist.csv.zst", "url", 1000, 25000},
    {"ips_of_120000_rows", "ips/ips_ipsum_with_counts.txt.zst", "ip", 8000, 25000},
    {"ips_with_dates", "ips/ips_rstthreats_random100.txt.zst", "ip", 8000, 25000},
    {"domains_of_195000_rows_quota_25000", "domains/domains_romainmarcoux.txt.zst", "domain", 25000, 25000},
    {"domains_of_195000_rows_quota_75000", "domains/domains_romainmarcoux.txt.zst", "domain", 75000, 75000},
    {"domains_of_195000_rows_cap_below_quota", "domains/domains_romainmarcoux.txt.zst", "domain", 25000, 75000},
    {"domains_of_195000_rows_cap_above_quota", "domains/domains_romainmarcoux.txt.zst", "domain", 75000, 25000},
    {"domains_with_dates", "domains/domains_rstthreats_random100.txt.zst", "domain", 25000, 25000},
    {"urls_of_115000_rows_quota_25000", "urls/urls_tweetfeed.txt.zst", "url", 25000, 25000},
    {"urls_of_115000_rows_quota_75000", "urls/urls_tweetfeed.txt.zst", "url", 75000, 75000},
    {"urls_with_dates_all_fit", "urls/urls_rstthreats_random100.txt.zst", "url", 75000, 75000},
};

class Caps : public testing::TestWithParam<Case> {};

TEST_P(Caps, the_active_set_is_what_the_rules_say) {
    CORDON_NEEDS_SHARED_DATA();
    constexpr const char* k_list = "Capped";
    const auto& wanted = GetParam();
    const Folder folder;
    const auto file = unpack(wanted.file, folder);
    sandbox::Options options;
    options.url_quota = wanted.quota;
    scenario::Rehearsal rehearsal(options);
    rehearsal.erase_section("risklist_domains");
    rehearsal.erase_section("risklist_ips");
    rehearsal.set("guard", "permit_reserved", "false");
    rehearsal.set("zscaler", wanted.is_ip() ? "max_ips" : "max_domains", std::to_string(wanted.cap));
    rehearsal.add_list("risklist_capped", wanted.type, "/lists/capped", k_list);
    rehearsal.put_feed("/lists/capped", read_file(file, 1U << 30).value());
    rehearsal.set("risklist_capped", "default_risk", std::to_string(wanted.default_risk));
    const auto places = wanted.places(rehearsal.clouds().unique_urls());
    const auto first = rehearsal.run();
    EXPECT_EQ(first.status, 0) << first.said();
    const auto active = rehearsal.active(k_list);
    EXPECT_EQ(
        broken_laws(file, {wanted.type, places, wanted.default_risk, {}, active, rehearsal.rejected_csv()}, folder),
        "");

    rehearsal.clock.advance(std::chrono::hours{1});
    rehearsal.clouds().forget_requests();
    const auto second = rehearsal.run();
    EXPECT_EQ(second.status, 0) << second.said();
    EXPECT_EQ(rehearsal.clouds().zia_writes(), 0U) << "the second run has nothing to do";
    EXPECT_EQ(rehearsal.active(k_list), active);
}

INSTANTIATE_TEST_SUITE_P(Lists, Caps, testing::ValuesIn(k_cases),
                         [](const auto& chosen) { return std::string(chosen.param.name); });

}  // namespace
}  // namespace cordon::replay
