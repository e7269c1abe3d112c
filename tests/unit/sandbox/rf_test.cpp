#include <zlib.h>

#include <filesystem>
#include <fstream>
#include <regex>

#include "base/digest.hpp"
#include "tests/unit/sandbox/client.hpp"

namespace cordon::sandbox {
namespace {

const std::string k_domains = "/public/prevent/weaponized_domains.json";
const std::string k_v2_domains = "/v2/fusion/files?path=public%2Fprevent%2Fweaponized_domains.json";
const std::string k_v3_domains = "/fusion/v3/files/%2Fpublic%2Fprevent%2Fweaponized_domains.json";

std::string ungzip(const std::string& packed) {
    std::string plain(16U << 20, '\0');
    z_stream stream{};
    EXPECT_EQ(inflateInit2(&stream, 15 + 16), Z_OK);
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data()));
    stream.avail_in = static_cast<uInt>(packed.size());
    stream.next_out = reinterpret_cast<Bytef*>(plain.data());
    stream.avail_out = static_cast<uInt>(plain.size());
    EXPECT_EQ(inflate(&stream, Z_FINISH), Z_STREAM_END);
    plain.resize(stream.total_out);
    inflateEnd(&stream);
    return plain;
}

class RecordedFuture : public testing::Test {
protected:
    net::ServerResponse send(const std::string& method, const std::string& target) {
        auto request = request_to(method, target);
        request.headers.emplace_back("x-rftoken", token);
        return clouds.answer(request);
    }
    std::set<std::string> domains() {
        std::set<std::string> names;
        const auto json = Json::parse(send("GET", k_v2_domains).body);
        for (const auto& row : json["results"]) names.insert(row["domain"].get<std::string>());
        return names;
    }

    ManualClock clock{test_start()};
    Sandbox clouds{Options{}, clock};
    std::string token = Credentials{}.rf_token;
};

TEST_F(RecordedFuture, wants_the_token_and_the_entitlement) {
    token = "wrong";
    EXPECT_EQ(send("GET", k_v2_domains).status, 401);
    EXPECT_EQ(send("GET", k_v2_domains).body, R"({"error":{"status":401}})");
    EXPECT_EQ(Json::parse(send("GET", k_v3_domains).body)["status_code"], 401);
    EXPECT_EQ(send("HEAD", k_v2_domains).body, "");
    Options options;
    options.rf_entitlements = {"risklist"};
    Sandbox poor(options, clock);
    auto request = request_to("GET", k_v2_domains);
    request.headers.emplace_back("x-rftoken", Credentials{}.rf_token);
    EXPECT_EQ(poor.answer(request).status, 403);
}

TEST_F(RecordedFuture, missing_files_have_the_body_of_their_generation) {
    EXPECT_EQ(Json::parse(send("GET", "/v2/fusion/files?path=/public/none.json").body)["error"]["status"], 404);
    EXPECT_EQ(Json::parse(send("GET", "/fusion/v3/files/%2Fpublic%2Fnone.json").body)["status_code"], 404);
    const auto head = send("HEAD", "/fusion/v3/files/%2Fpublic%2Fnone.json");
    EXPECT_EQ(head.status, 404);
    EXPECT_EQ(head.body, "");
}

TEST_F(RecordedFuture, fusion_v2_names_the_hash_of_what_it_sends) {
    const auto head = send("HEAD", k_v2_domains);
    const auto whole = send("GET", k_v2_domains);
    EXPECT_EQ(head.body, "");
    EXPECT_EQ(header_of(head, "X-RF-Content-SHA256"), sha256_hex(whole.body));
    EXPECT_EQ(header_of(head, "X-RF-Created"), "2026-11-21T09:00:00Z");
    EXPECT_EQ(send("GET", "/v2/fusion/files/?path=/public/prevent/weaponized_domains.json").body, whole.body)
        << "with slashes too";
    const auto json = Json::parse(whole.body);
    EXPECT_EQ(json["count"], 1200);
    EXPECT_EQ(json["results"].size(), 1200U);
}

TEST_F(RecordedFuture, fusion_v3_is_matched_on_the_raw_path) {
    const auto whole = send("GET", k_v3_domains);
    EXPECT_EQ(whole.status, 200);
    EXPECT_EQ(header_of(whole, "etag"), sha256_hex(whole.body));
    EXPECT_EQ(header_of(whole, "last-modified"), "Sat, 21 Nov 2026 09:00:00 GMT");
    EXPECT_TRUE(clouds.violations().empty());
    EXPECT_EQ(send("GET", "/fusion/v3/files//public/prevent/weaponized_domains.json").status, 404);
    EXPECT_EQ(clouds.violations().size(), 1U);
    const auto folder = Json::parse(send("GET", "/fusion/v3/files/directory/%2Fpublic%2Fprevent").body);
    EXPECT_EQ(folder["files"].size(), 4U);
    EXPECT_EQ(folder["files"][2]["hash"], sha256_hex(whole.body));
}

TEST_F(RecordedFuture, connect_lists_have_a_short_etag_that_changes_with_the_content_only) {
    const std::string list = "/v2/domain/risklist?format=csv%2Fsplunk&gzip=true&list=default";
    const auto head = send("HEAD", list);
    const auto etag = header_of(head, "etag");
    EXPECT_TRUE(std::regex_match(etag, std::regex("[0-9a-f]{32}"))) << etag;
    EXPECT_EQ(header_of(head, "last-modified"), "");
    clock.advance(24h);
    EXPECT_EQ(header_of(send("HEAD", list), "etag"), etag);
    clouds.tick();
    EXPECT_NE(header_of(send("HEAD", list), "etag"), etag);
    const auto whole = send("GET", list);
    EXPECT_EQ(header_of(whole, "Content-Type"), "application/gzip;charset=utf-8");
    EXPECT_EQ(header_of(whole, "Content-Disposition"), "attachment;filename=rf_domain_threatfeed_default_csv.csv.gz");
    const auto plain = ungzip(whole.body);
    EXPECT_TRUE(plain == send("GET", "/v2/domain/risklist?format=csv%2Fsplunk").body);
    EXPECT_EQ(plain.substr(0, plain.find('\n') + 1), "\"Name\",\"Risk\",\"RiskString\",\"EvidenceDetails\"\r\n");
    EXPECT_GT(plain.size(), 300'000U) << "one field of 300 KB";
    for (const char* hard : {"\"*.glob.example\"", "\\u0026", "two\nlines", "-1.0"})
        EXPECT_NE(plain.find(hard), std::string::npos) << hard;
    EXPECT_NE(plain.find('\0'), std::string::npos);
}

TEST_F(RecordedFuture, refuses_odd_parameters_but_serves_the_default_for_an_unknown_list) {
    EXPECT_EQ(send("GET", "/v2/ip/risklist?gzip=junk").status, 400);
    EXPECT_EQ(send("GET", "/v2/ip/risklist?format=pdf").status, 400);
    const auto normal = send("GET", "/v2/ip/risklist").body;
    EXPECT_TRUE(clouds.violations().empty());
    EXPECT_EQ(send("GET", "/v2/ip/risklist?list=typo").body, normal);
    EXPECT_EQ(clouds.violations().size(), 1U);
    const auto rules = Json::parse(send("GET", "/v2/ip/riskrules").body)["data"]["results"];
    const auto ruled = send("GET", "/v2/ip/risklist?list=" + rules[0]["name"].get<std::string>()).body;
    EXPECT_LT(ruled.size(), normal.size());
    EXPECT_GT(send("GET", "/v2/ip/risklist?list=large").body.size(), normal.size());
}

TEST_F(RecordedFuture, lists_hold_reserved_names_and_benchmarking_addresses_only) {
    for (const auto& name : domains()) EXPECT_TRUE(name.ends_with(".example") || name.ends_with(".test")) << name;
    EXPECT_EQ(domains().size(), 1200U) << "unique";
    std::set<std::string> addresses;
    const auto json = Json::parse(send("GET", "/v2/fusion/files?path=/public/prevent/c2_communicating_ips.json").body);
    for (const auto& row : json["results"]) addresses.insert(row["ip"].get<std::string>());
    EXPECT_EQ(addresses.size(), 800U);
    for (const auto& address : addresses)
        EXPECT_TRUE(address.starts_with("198.18.") || address.starts_with("198.19.")) << address;
    const auto array = Json::parse(send("GET", "/v2/fusion/files?path=/public/detect/ddns_ips.json").body);
    ASSERT_TRUE(array.is_array());
    EXPECT_EQ(array[0], Json::object()) << "an empty row";
    const auto column = send("GET", "/v2/fusion/files?path=/public/prevent/c2_communicating_ips_list.csv").body;
    EXPECT_EQ(std::count(column.begin(), column.end(), '\n'), 800);
}

TEST_F(RecordedFuture, a_tick_takes_and_brings_twenty_rows) {
    const auto before = domains();
    const auto first = send("GET", k_v2_domains).body;
    clouds.tick();
    const auto after = domains();
    std::vector<std::string> gone;
    std::set_difference(before.begin(), before.end(), after.begin(), after.end(), std::back_inserter(gone));
    EXPECT_EQ(gone.size(), 20U);
    EXPECT_EQ(after.size(), 1200U);
    Sandbox twin({}, clock);
    twin.tick();
    auto request = request_to("GET", k_v2_domains);
    request.headers.emplace_back("x-rftoken", token);
    EXPECT_TRUE(twin.answer(request).body == send("GET", k_v2_domains).body) << "the same seed gives the same bytes";
    Options other;
    other.seed = 2;
    EXPECT_TRUE(Sandbox(other, clock).answer(request).body != first);
}

TEST_F(RecordedFuture, lists_shrink_tear_and_are_replaced_on_request) {
    clouds.shrink_feed(k_domains, 0.1);
    EXPECT_EQ(domains().size(), 120U);
    clouds.restore_feed(k_domains);
    const auto whole = send("GET", k_v2_domains).body;
    clouds.tear_feed(k_domains);
    const auto torn = send("GET", k_v2_domains);
    EXPECT_TRUE(torn.body == whole.substr(0, whole.size() / 2));
    EXPECT_EQ(header_of(torn, "X-RF-Content-SHA256"), sha256_hex(torn.body)) << "the file is torn, not the transfer";
    clouds.restore_feed(k_domains);
    clouds.put_feed_file("/home/custom.csv", "evil.example\n");
    EXPECT_EQ(send("GET", "/v2/fusion/files?path=home/custom.csv").body, "evil.example\n");
}

TEST_F(RecordedFuture, counts_credits_and_needless_downloads) {
    send("HEAD", k_v2_domains);
    EXPECT_EQ(clouds.credits(), 0U);
    send("GET", k_v2_domains);
    EXPECT_EQ(clouds.credits(), 5U);
    EXPECT_EQ(clouds.needless_downloads(), 0U);
    send("GET", k_v2_domains);
    EXPECT_EQ(clouds.needless_downloads(), 1U);
    clouds.tick();
    send("GET", k_v2_domains);
    EXPECT_EQ(clouds.needless_downloads(), 1U);
    EXPECT_EQ(clouds.counts().at("GET /v2/fusion/files"), 3U);
}

TEST_F(RecordedFuture, a_wrong_hash_and_other_faults_come_on_request) {
    const auto right = header_of(send("HEAD", k_v2_domains), "X-RF-Content-SHA256");
    Fault fault;
    fault.kind = Fault::Kind::wrong_hash;
    fault.path = "/v2/fusion/files";
    clouds.inject(fault);
    EXPECT_NE(header_of(send("HEAD", k_v2_domains), "X-RF-Content-SHA256"), right);
    EXPECT_EQ(header_of(send("HEAD", k_v2_domains), "X-RF-Content-SHA256"), right);
    fault.kind = Fault::Kind::answer;
    fault.status = 429;
    fault.headers = {{"Retry-After", "7"}};
    clouds.inject(fault);
    const auto refused = send("GET", k_v2_domains);
    EXPECT_EQ(refused.status, 429);
    EXPECT_EQ(header_of(refused, "Retry-After"), "7");
    fault.kind = Fault::Kind::content_encoding;
    clouds.inject(fault);
    const auto packed = send("GET", k_v2_domains).body;
    EXPECT_TRUE(ungzip(packed) == send("GET", k_v2_domains).body);
}

TEST(FeedsFolder, is_read_anew_for_each_request) {
    const auto folder = std::filesystem::path(testing::TempDir()) / "cordon_sandbox_feeds";
    std::filesystem::remove_all(folder);
    std::filesystem::create_directories(folder / "public/prevent");
    std::filesystem::create_directories(folder / "public/risklists");
    const auto write = [&](const char* name, const char* text) { std::ofstream(folder / name) << text; };
    write("public/prevent/weaponized_domains.json", "one");
    write("public/risklists/default_ip_risklist.csv", "Name,Risk\n");
    Options options;
    options.feeds_dir = folder;
    ManualClock clock{test_start()};
    Sandbox clouds(options, clock);
    const auto get = [&](const std::string& target) {
        auto request = request_to("GET", target);
        request.headers.emplace_back("x-rftoken", Credentials{}.rf_token);
        return clouds.answer(request);
    };
    EXPECT_EQ(get(k_v2_domains).body, "one");
    write("public/prevent/weaponized_domains.json", "two");
    EXPECT_EQ(get(k_v2_domains).body, "two");
    EXPECT_EQ(get("/v2/ip/risklist?list=botnet").body, "Name,Risk\n") << "the default stands in";
    EXPECT_EQ(get("/v2/domain/risklist").status, 404);
    EXPECT_EQ(get("/v2/fusion/files?path=public/prevent/../risklists/default_ip_risklist.csv").status, 404);
    std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace cordon::sandbox
