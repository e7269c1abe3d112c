// The files of ../shared/data, through the reader: real layouts, real faults. Nothing in them is contacted.

#include <filesystem>
#include <fstream>
#include <iterator>

#include <gtest/gtest.h>
#include <zstd.h>

#include "feeds/parse/csv_scanner.hpp"
#include "feeds/parse_feed.hpp"
#include "tests/unit/feeds/rows_of.hpp"

namespace cordon::feeds {
namespace {

using core::EntityType;
namespace fs = std::filesystem;

const fs::path k_data = fs::path(CORDON_SHARED_DIR) / "data";

std::string unpack(const std::string& packed) {
    std::string content;
    const std::unique_ptr<ZSTD_DStream, decltype(&ZSTD_freeDStream)> stream(ZSTD_createDStream(), &ZSTD_freeDStream);
    ZSTD_DCtx_setParameter(stream.get(), ZSTD_d_windowLogMax, 27);
    std::string chunk(ZSTD_DStreamOutSize(), '\0');
    ZSTD_inBuffer input{packed.data(), packed.size(), 0};
    for (bool is_full = true; input.pos < input.size || is_full;) {
        ZSTD_outBuffer output{chunk.data(), chunk.size(), 0};
        const std::size_t answer = ZSTD_decompressStream(stream.get(), &output, &input);
        if (ZSTD_isError(answer) != 0) throw std::runtime_error(ZSTD_getErrorName(answer));
        content.append(chunk, 0, output.pos);
        is_full = output.pos == output.size;
    }
    return content;
}

std::string content_of(const fs::path& path) {
    std::ifstream file(path, std::ios::binary);
    std::string bytes{std::istreambuf_iterator<char>(file), {}};
    return path.extension() == ".zst" ? unpack(bytes) : bytes;
}

/// The files of a ustar archive, in order.
std::vector<std::string> files_of_tar(const std::string& tar) {
    std::vector<std::string> files;
    for (std::size_t at = 0; at + 512 <= tar.size() && tar[at] != '\0';) {
        const std::size_t size = std::stoul(tar.substr(at + 124, 11), nullptr, 8);
        if (tar[at + 156] == '0' || tar[at + 156] == '\0') files.push_back(tar.substr(at + 512, size));
        at += 512 + (size + 511) / 512 * 512;
    }
    return files;
}

std::size_t lines_in(const std::string& text) {
    std::size_t lines = 0;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t end = std::min(text.find('\n', at), text.size());
        if (end > at) ++lines;
        at = end + 1;
    }
    return lines;
}

struct File {
    const char* path;
    EntityType entity;
    std::size_t rows;  ///< MANIFEST.md; where it counts a final blank (rstthreats URLs), the non-blank lines
    const char* first = nullptr;
};

class SharedFile : public ::testing::TestWithParam<File> {};

TEST_P(SharedFile, is_read_with_the_documented_number_of_rows) {
    const File& file = GetParam();
    if (!fs::exists(k_data / file.path)) GTEST_SKIP() << k_data / file.path << " is absent";
    const auto parsed = parse_feed(content_of(k_data / file.path), {file.entity});
    ASSERT_TRUE(parsed) << parsed.error().message;
    EXPECT_EQ(parsed->indicators.size(), file.rows);
    if (file.first != nullptr) {
        EXPECT_EQ(line_of(parsed->indicators[0]), file.first);
    }
}

INSTANTIATE_TEST_SUITE_P(
    RecordedFuture, SharedFile,
    ::testing::Values(File{"rf/composed_weaponized_domains.json", EntityType::domain, 1220},
                      File{"rf/composed_weaponized_urls.json", EntityType::url, 1283},
                      File{"rf/composed_c2_communicating_ips.json.zst", EntityType::ip, 19928},
                      File{"rf/composed_default_ip_risklist.csv.zst", EntityType::ip, 3000},
                      File{"rf/composed_default_url_risklist.csv.zst", EntityType::url, 3000},
                      File{"rf/opencti_fixture_C2_IPS_DETECT.json", EntityType::ip, 2,
                           "10.10.10.10 seen=2023-09-24T00:00:00Z rules=Cobalt Strike: jQuery Malleable Profile"},
                      File{"rf/opencti_fixture_C2_IPS_PREVENT.json", EntityType::ip, 2},
                      File{"rf/opencti_fixture_DDNS_IPS.json", EntityType::ip, 2,
                           "10.10.10.10 seen=2023-09-26T23:59:59Z"},
                      File{"rf/opencti_fixture_FFLUX_IPS.json", EntityType::ip, 2},
                      File{"rf/opencti_fixture_DOMAINS_DETECT.json", EntityType::domain, 1},
                      File{"rf/opencti_fixture_DOMAINS_PREVENT.json", EntityType::domain, 1,
                           "totallynotarealdomain.domain seen=2023-09-26T00:00:00Z rules=malware site"},
                      File{"rf/opencti_fixture_URLS_PREVENT.json", EntityType::url, 1},
                      File{"rf/opencti_fixture_RAT_CONTROLLERS_IPS.json", EntityType::ip, 4,
                           "122.254.94.69 seen=2021-11-07T03:45:03Z"},
                      File{"rf/opencti_fixture_TOR_IPS.json", EntityType::ip, 2, "172.24.106.1"}));

INSTANTIATE_TEST_SUITE_P(PublicLists, SharedFile,
                         ::testing::Values(File{"domains/domains_blackbook.txt", EntityType::domain, 18151},
                                           File{"domains/domains_romainmarcoux.txt.zst", EntityType::domain, 195012},
                                           File{"domains/domains_rstthreats_random100.txt.zst", EntityType::domain,
                                                75284},
                                           File{"domains/domains_tweetfeed.txt.zst", EntityType::domain, 81549},
                                           File{"ips/ips_ipsum_level3.txt", EntityType::ip, 14217},
                                           File{"ips/ips_ipsum_with_counts.txt.zst", EntityType::ip, 120430},
                                           File{"ips/ips_rstthreats_random100.txt.zst", EntityType::ip, 74778},
                                           File{"ips/ips_spamhaus_drop.txt", EntityType::ip, 989},
                                           File{"ips/ips_spamhaus_dropv6.txt", EntityType::ip, 51},
                                           File{"ips/ips_spamhaus_edrop.txt", EntityType::ip, 322},
                                           File{"ips/ips_threatfox.txt", EntityType::ip, 19863},
                                           File{"ips/ips_tor_nodes_v4v6.txt", EntityType::ip, 8054},
                                           File{"ips/ips_tweetfeed.txt", EntityType::ip, 24950},
                                           File{"urls/urls_tweetfeed.txt.zst", EntityType::url, 115503},
                                           File{"urls/urls_rstthreats_random100.txt.zst", EntityType::url, 68299}));

TEST(SharedData, files_of_hashes_and_vulnerabilities_are_no_list_for_us) {
    if (!fs::exists(k_data / "rf"))
        GTEST_SKIP() << k_data / "rf"
                     << " is absent";
    for (const char* name : {"EMERGING_MALWARE_HASHES", "HASHES_PREVENT", "LOW_DETECT_MALWARE_HASHES", "VULNS_PATCH"}) {
        const std::string file = "opencti_fixture_" + std::string(name) + ".json";
        const auto parsed = parse_feed(content_of(k_data / "rf" / file), {});
        ASSERT_FALSE(parsed) << file;
        EXPECT_EQ(parsed.error().code, Code::corrupt);
    }
}

TEST(SharedData, every_published_version_of_the_tor_list_is_read_whole_or_refused) {
    const fs::path archive = k_data / "replay/tor_nodes_v4v6_hourly/versions.tar.zst";
    if (!fs::exists(archive)) GTEST_SKIP() << archive << " is absent";
    std::size_t whole = 0, empty = 0, texts = 0;
    for (const std::string& version : files_of_tar(content_of(archive))) {
        const auto parsed = parse_feed(version, {EntityType::ip});
        if (parsed) {
            ++whole;
            EXPECT_EQ(parsed->indicators.size(), lines_in(version));
            EXPECT_EQ(parsed->invalid_rows, 0U);
        } else {
            EXPECT_EQ(parsed.error().code, Code::corrupt);
            ++(version.empty() ? empty : texts);
        }
    }
    EXPECT_EQ(whole, 41U);
    EXPECT_EQ(empty, 6U);
    EXPECT_EQ(texts, 2U);
}

TEST(SharedData, every_version_of_the_other_replays_is_read_whole) {
    const fs::path replay = k_data / "replay";
    if (!fs::exists(replay)) GTEST_SKIP() << replay << " is absent";
    for (const auto& [name, entity] :
         std::vector<std::pair<const char*, EntityType>>{{"threatfox_ips_hourly", EntityType::ip},
                                                         {"blackbook_domains_daily", EntityType::domain},
                                                         {"tweetfeed_blocklist_urls_15min", EntityType::url}}) {
        const auto versions = files_of_tar(content_of(replay / name / "versions.tar.zst"));
        EXPECT_GE(versions.size(), 14U) << name;
        for (const std::string& version : versions) {
            const auto parsed = parse_feed(version, {entity});
            ASSERT_TRUE(parsed) << name << ": " << parsed.error().message;
        }
    }
}

TEST(SharedData, the_incident_files_are_read_or_refused) {
    const fs::path incidents = k_data / "incidents";
    if (!fs::exists(incidents)) GTEST_SKIP() << incidents << " is absent";
    std::size_t read = 0, refused = 0;
    for (const auto& item : fs::recursive_directory_iterator(incidents)) {
        if (!item.is_regular_file()) continue;
        const std::string content = content_of(item.path());
        const auto parsed = parse_feed(content, {EntityType::ip});
        const bool is_fault = content.empty() || content.starts_with("Could not connect");
        EXPECT_EQ(parsed.has_value(), !is_fault) << item.path();
        if (parsed) {
            EXPECT_EQ(parsed->indicators.size(), lines_in(content)) << item.path();
        }
        ++(parsed ? read : refused);
    }
    EXPECT_EQ(read, 4U);
    EXPECT_EQ(refused, 2U);
}

TEST(SharedData, the_scanner_finds_the_rows_and_columns_of_a_large_real_csv) {
    const fs::path path = k_data / "csv/tweetfeed_2025-01_2026-08.csv.zst";
    if (!fs::exists(path)) GTEST_SKIP() << path << " is absent";
    const std::string text = content_of(path);
    CsvScanner scanner(text);
    std::size_t records = 0;
    for (; scanner.next() == CsvScanner::Step::record; ++records) ASSERT_EQ(scanner.fields().size(), 6U) << records;
    EXPECT_EQ(records, 248'299U);
}

}  // namespace
}  // namespace cordon::feeds
