#include "core/protection.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <set>

#include "base/file.hpp"
#include "core/builtin_names.hpp"
#include "core/canonical.hpp"

namespace cordon::core {
namespace {

using ::testing::HasSubstr;

/// The reason for an entry, judged by the form of its text; "" where it may be blocked.
std::string reason_for(const Protection& protection, std::string_view entry) {
    const auto target = entry.find('/') != entry.npos && entry.find_first_not_of("0123456789./") == entry.npos
                            ? TargetKind::ipv4_group
                            : TargetKind::url_category;
    const auto hit = protection.hit(kind_of(target, entry), entry);
    return hit ? name_of(hit->reason) : "";
}

Protection protection_of(const std::vector<std::string>& never, const std::vector<std::string>& popular = {}) {
    ProtectionBuilder builder;
    for (const auto& value : never) EXPECT_TRUE(builder.add_never(value, "[allow] never")) << value;
    for (const auto& value : popular) EXPECT_TRUE(builder.add_popular(value, "[allow] popular")) << value;
    return builder.build();
}

Protection builtin_protection() {
    ProtectionBuilder builder;
    builder.add_builtin_lock_out();
    builder.add_builtin_popular();
    return builder.build();
}

struct Fact {
    const char* entry;
    const char* reason;
};

void expect_facts(const Protection& protection, const std::vector<Fact>& facts) {
    for (const auto& [entry, reason] : facts) EXPECT_EQ(reason_for(protection, entry), reason) << entry;
}

TEST(Protection, a_network_with_an_impossible_prefix_is_an_error_and_no_url) {
    for (const auto* const value : {"203.0.113.0/33", "203.0.113.0/99", "203.0.113.7/240"}) {
        ProtectionBuilder builder;
        const auto added = builder.add_never(value, "[allow] never");
        ASSERT_FALSE(added) << value;
        EXPECT_NE(added.error().message.find("from 0 to 32"), std::string::npos) << added.error().message;
    }
}

TEST(Protection, never_protects_the_host_its_subdomains_and_the_urls_there) {
    expect_facts(protection_of({"shop.co-host.example"}), {
                                                              {"shop.co-host.example", "never"},
                                                              {".shop.co-host.example", "never"},
                                                              {"www.shop.co-host.example", "never"},
                                                              {"a.b.c.d.e.shop.co-host.example", "never"},
                                                              {"shop.co-host.example/login", "never"},
                                                              {"x.shop.co-host.example/login?a=b", "never"},
                                                              {"shop.co-host.example:8443/x", "never"},
                                                              {"co-host.example", ""},
                                                              {"notshop.co-host.example", ""},
                                                              {"shop.co-host.example.evil.test", ""},
                                                              {"other.co-host.example/shop.co-host.example", ""},
                                                          });
}

TEST(Protection, a_dotted_entry_above_a_protected_name_is_a_hit_and_its_exact_form_is_not) {
    const auto protection = protection_of({"www.co-host.example"}, {"mail.big.example"});
    expect_facts(protection, {
                                 {".co-host.example", "never"},
                                 {"co-host.example", ""},
                                 {".big.example", "popular"},
                                 {"big.example", ""},
                             });
}

TEST(Protection, a_star_or_a_leading_dot_means_the_name_and_everything_below_it) {
    for (const char* value : {"*.corp.test", ".corp.test", "corp.test"}) {
        expect_facts(protection_of({value}), {{"corp.test", "never"}, {"a.b.corp.test", "never"}});
    }
    expect_facts(protection_of({}, {"*.corp.test"}),
                 {{"corp.test", "popular"}, {"a.b.corp.test", "popular"}, {"a.corp.test/x", ""}});
}

TEST(Protection, names_are_read_in_any_spelling) {
    expect_facts(protection_of({"HTTPS://Intranet.Corp.Test/",
                                "b\xC3\xBC"
                                "cher.test"}),
                 {{"intranet.corp.test", "never"}, {"www.xn--bcher-kva.test", "never"}});
}

TEST(Protection, popular_stops_only_what_blocks_the_whole_host) {
    expect_facts(protection_of({}, {"big.test"}), {
                                                      {"big.test", "popular"},
                                                      {".big.test", "popular"},
                                                      {"www.big.test", "popular"},
                                                      {".www.big.test", "popular"},
                                                      {"big.test:8443", "popular"},
                                                      {"big.test:8443/", "popular"},
                                                      {"big.test/?", "popular"},
                                                      {"big.test/malware.exe", ""},
                                                      {"big.test/?id=1", ""},
                                                      {"docs.big.test", ""},
                                                      {"bigger.test", ""},
                                                  });
}

TEST(Protection, a_strangers_name_below_a_private_suffix_is_not_popular) {
    expect_facts(protection_of({}, {"*.github.io"}), {
                                                         {"github.io", "popular"},
                                                         {"someone.github.io", ""},
                                                         {"www.github.io", ""},
                                                         {".someone.github.io", ""},
                                                     });
}

TEST(Protection, never_networks_stop_whatever_overlaps_them) {
    const auto protection =
        protection_of({"198.51.100.0/24", "203.0.113.7", "192.0.2.10-192.0.2.12", "2001:db8:1::/48", "198.51.0.0/16"});
    expect_facts(protection, {
                                 {"198.51.100.9", "never"},
                                 {"198.51.100.128/25", "never"},
                                 {"198.0.0.0/8", "never"},
                                 {"203.0.113.7", "never"},
                                 {"203.0.113.0/29", "never"},
                                 {"203.0.113.8", ""},
                                 {"203.0.113.8/29", ""},
                                 {"192.0.2.12", "never"},
                                 {"192.0.2.13", ""},
                                 {"203.0.113.7/malware", "never"},
                                 {"203.0.113.7:8080/malware", "never"},
                                 {"203.0.113.8/malware.exe", ""},
                                 {"2001:db8:1:ffff::9", "never"},
                                 {"2001:db8:2::1", ""},
                             });
    EXPECT_THAT(protection.ipv4_networks(), ::testing::SizeIs(4));
}

TEST(Protection, a_never_url_stops_the_entries_that_would_block_it) {
    expect_facts(protection_of({"https://files.test/ours/"}), {
                                                                  {"files.test", "never"},
                                                                  {".files.test", "never"},
                                                                  {".test", "never"},
                                                                  {"files.test/ours/", "never"},
                                                                  {"files.test/ours/report.pdf", "never"},
                                                                  {"files.test/theirs/x.exe", ""},
                                                                  {"sub.files.test", ""},
                                                              });
}

TEST(Protection, values_that_protect_nothing_or_everything_are_refused_by_name) {
    ProtectionBuilder builder;
    for (const char* value : {"com", "co.uk", "not a host", "", ".", "*", "*.", "-"}) {
        const auto added = builder.add_never(value, "x");
        ASSERT_FALSE(added) << value;
        EXPECT_EQ(added.error().code, Code::invalid);
        EXPECT_THAT(added.error().message, HasSubstr(fmt::format("'{}'", value)));
    }
    EXPECT_TRUE(builder.add_never("github.io", "x"));
    EXPECT_FALSE(builder.add_popular("203.0.113.7", "x"));
}

TEST(Protection, a_hit_names_the_list_and_the_protected_name_and_the_strongest_reason_wins) {
    ProtectionBuilder builder;
    ASSERT_TRUE(builder.add_popular("portal.test", "popular.txt"));
    ASSERT_TRUE(builder.add_never("portal.test", "never.txt"));
    builder.add_lock_out_host("https://api.portal.test/v1", "[zscaler] base_uri");
    const auto protection = builder.build();
    const auto never = protection.hit(EntryKind::url, "www.portal.test/x");
    ASSERT_TRUE(never);
    EXPECT_EQ(never->list, "never.txt");
    EXPECT_EQ(never->protected_name, "portal.test");
    const auto lock_out = protection.hit(EntryKind::host, "api.portal.test");
    ASSERT_TRUE(lock_out);
    EXPECT_EQ(lock_out->reason, Reason::lock_out);
    EXPECT_EQ(lock_out->list, "[zscaler] base_uri");
}

TEST(Protection, plain_files_are_read_in_the_usual_layouts) {
    ProtectionBuilder builder;
    const auto added = builder.add_never_file(
        "\xEF\xBB\xBF# our own\r\n\r\na.test\r\n; remark\nb.test # why\n0.0.0.0 c.test d.test # two\n"
        "127.0.0.1 localhost\nhttps://e.test/x\n198.51.100.0/24\t12\n.f.test",
        "own.txt");
    ASSERT_TRUE(added) << added.error().message;
    expect_facts(builder.build(), {
                                      {"a.test", "never"},
                                      {"x.b.test", "never"},
                                      {"c.test", "never"},
                                      {"d.test", "never"},
                                      {"e.test/x", "never"},
                                      {"e.test/y", ""},
                                      {"198.51.100.1", "never"},
                                      {"f.test", "never"},
                                      {"g.test", ""},
                                  });
}

TEST(Protection, an_unreadable_line_is_named) {
    ProtectionBuilder builder;
    const auto added = builder.add_never_file("a.test\nb test\n", "own.txt");
    ASSERT_FALSE(added);
    EXPECT_THAT(added.error().message, HasSubstr("own.txt line 2: 'b test'"));
}

std::string misp(std::string_view type, std::string_view values, std::string_view name = "List of things") {
    return fmt::format(R"({{"name":"{}","type":"{}","version":1,"list":[{}]}})", name, type, values);
}

TEST(Protection, misp_lists_are_matched_by_their_type) {
    ProtectionBuilder builder;
    ASSERT_TRUE(builder.add_never_file(misp("string", R"("exact.test", "Url.test/x", ".dotted.test")"), "s"));
    ASSERT_TRUE(builder.add_never_file(misp("hostname", R"("tree.test", "gov.uk")"), "h"));
    ASSERT_TRUE(builder.add_never_file(misp("substring", R"("Sandbox-Co")"), "sub"));
    ASSERT_TRUE(builder.add_never_file(misp("cidr", R"("203.0.113.0/24", "2001:db8::1")"), "c"));
    ASSERT_TRUE(builder.add_never_file(misp("regex", R"("/^mirror[0-9]+\\.test/i", "^/?plain\\.test/a+$")"), "r"));
    expect_facts(builder.build(), {
                                      {"exact.test", "never"},
                                      {"exact.test/x", "never"},
                                      {"a.exact.test", ""},
                                      {".test", "never"},
                                      {"url.test/x", "never"},
                                      {"url.test", "never"},
                                      {"url.test/y", ""},
                                      {"a.dotted.test", "never"},
                                      {"a.tree.test", "never"},
                                      {"gov.uk", "never"},
                                      {"phish.gov.uk", ""},
                                      {"www.sandbox-co.test", "never"},
                                      {".sandbox-co.test", "never"},
                                      {"other.test/sandbox-co", "never"},
                                      {"203.0.113.9", "never"},
                                      {"2001:db8::1", "never"},
                                      {"mirror12.test", "never"},
                                      {"mirror12.test/x", "never"},
                                      {"xmirror12.test", ""},
                                      {"plain.test/aaa", "never"},
                                      {"plain.test/ab", ""},
                                  });
}

TEST(Protection, popular_misp_lists_stop_whole_hosts_only) {
    ProtectionBuilder builder;
    ASSERT_TRUE(builder.add_popular_file(misp("hostname", R"("tree.test", "github.io")"), "h"));
    ASSERT_TRUE(builder.add_popular_file(misp("substring", R"("sandbox-co")"), "sub"));
    ASSERT_FALSE(builder.add_popular_file(misp("cidr", R"("203.0.113.0/24")"), "c"));
    expect_facts(builder.build(), {
                                      {"a.tree.test", "popular"},
                                      {"tree.test/x", ""},
                                      {"someone.github.io", ""},
                                      {"sandbox-co.test", "popular"},
                                      {"other.test/sandbox-co", ""},
                                  });
}

TEST(Protection, lists_that_would_unblock_nearly_everything_are_refused_as_never) {
    const std::string mostly_suffixes =
        R"("com","net","org","co.uk","a.test","b.test","c.test","d.test","e.test","f.test")";
    const struct {
        std::string text;
        const char* why;
    } refused[] = {
        {misp("string", R"("a.test")", "TLDs as known by IANA"), "public suffixes"},
        {misp("string", R"("a.test")", "Second level TLDs as known by Mozilla"), "public suffixes"},
        {misp("hostname", R"("a.test")", "List of known dynamic DNS domains"), "dynamic-DNS"},
        {misp("hostname", mostly_suffixes), "public suffixes (4 of 10 values)"},
        {"com\nnet\norg\nde\nfr\nit\nes\nuk\nat\nch\n", "public suffixes"},
        {misp("substring", R"("abc")"), "shorter than 4"},
        {misp("regex", R"("(")"), "cannot be used"},
        {misp("regex", R"("(a)\\1")"), "cannot be used"},
        {misp("regex", R"("a\\44444444444444444444")"), "more than 4 digits"},
        {misp("regex", R"("a{1,44444444444444444444}")"), "more than 4 digits"},
        {misp("fuzzy", R"("a.test")"), "type 'fuzzy'"},
        {R"({"name":"x","type":"string","list":{}})", "array"},
        {R"({"name":"x","type":"string","list":[1]})", "no string"},
        {R"({"name":"x","type":"string","matching_attributes":["md5"],"list":["abcd"]})", "matching_attributes"},
        {R"({"name":"x","type":"string","list":["a.test","??","??"]})", "2 of its 3"},
        {R"({"name": )", "damaged"},
        {R"(["a.test"])", "no MISP warning list"},
    };
    for (const auto& [text, why] : refused) {
        ProtectionBuilder builder;
        const auto added = builder.add_never_file(text, "the-file");
        ASSERT_FALSE(added) << text;
        EXPECT_EQ(added.error().code, Code::invalid);
        EXPECT_THAT(added.error().message, HasSubstr("the-file"));
        EXPECT_THAT(added.error().message, HasSubstr(why)) << text;
    }
}

TEST(Protection, a_plain_list_of_dynamic_dns_domains_is_told_by_its_file_name) {
    for (const char* file : {"dynamic-dns.txt", "lists/DynDNS.lst", "/etc/cordon/public_suffix_list.dat"}) {
        ProtectionBuilder builder;
        const auto added = builder.add_never_file("one.test\ntwo.test\n", file);
        ASSERT_FALSE(added) << file;
        EXPECT_THAT(added.error().message, HasSubstr(file));
    }
    ProtectionBuilder builder;
    EXPECT_TRUE(builder.add_never_file("one.test\n", "dynamic-dns/our-hosts.txt")) << "the folder says nothing";
}

TEST(Protection, a_list_of_dynamic_dns_domains_is_told_by_what_it_holds) {
    const auto known = builtin_dynamic_dns_names();
    ASSERT_GE(known.size(), 100U);
    std::string as_lines = "# mine\n";
    std::string as_hosts;
    std::string below;
    for (std::size_t i = 0; i < 10; ++i) {
        as_lines += (i % 2 == 0 ? "*." : "") + std::string(known[i * 7]) + '\n';
        as_hosts += "0.0.0.0 " + std::string(known[i * 7]) + '\n';
        below += "our-camera." + std::string(known[i * 7]) + '\n';
    }
    for (int i = 0; i < 2000; ++i) as_lines += "site" + std::to_string(i) + ".test\n";
    for (const auto& text : {as_lines, as_hosts}) {
        ProtectionBuilder builder;
        const auto refused = builder.add_never_file(text, "sites.txt");
        ASSERT_FALSE(refused);
        EXPECT_THAT(refused.error().message, HasSubstr("sites.txt: it lists dynamic-DNS domains"));
        EXPECT_TRUE(builder.add_popular_file(text, "sites.txt"));
    }
    ProtectionBuilder builder;
    EXPECT_TRUE(builder.add_never_file(below, "sites.txt")) << "hosts of one's own below them";
    EXPECT_TRUE(builder.add_never_file("duckdns.org\nddns.net\n", "sites.txt")) << "a few are meant";
}

TEST(Protection, a_list_of_suffixes_is_told_as_that_also_where_dynamic_dns_is_among_them) {
    std::string text =
        "com\nnet\norg\nde\nfr\nit\nes\nuk\nat\nch\nse\nno\nfi\ndk\nnl\nbe\npl\ncz\nsk\nhu\nro\n"
        "bg\ngr\npt\nie\nlt\nlv\nee\nus\nca\n";
    for (std::size_t i = 0; i < 10; ++i) text += std::string(builtin_dynamic_dns_names()[i]) + '\n';
    ProtectionBuilder builder;
    const auto refused = builder.add_never_file(text, "sites.txt");
    ASSERT_FALSE(refused);
    EXPECT_THAT(refused.error().message, HasSubstr("public suffixes"));
}

TEST(Protection, a_hostile_regular_expression_cannot_hang) {
    ProtectionBuilder builder;
    ASSERT_TRUE(builder.add_never_file(misp("regex", R"("(a*)*(a*)*(a*)*b$")"), "r"));
    EXPECT_EQ(reason_for(builder.build(), "x.test/" + std::string(1000, 'a')), "");
}

TEST(BuiltinNames, are_canonical_unique_and_enough) {
    EXPECT_GE(builtin_popular_count(), 300U);
    for (const auto names : {builtin_lock_out_names(), builtin_popular_names(), builtin_dynamic_dns_names()}) {
        std::set<std::string_view> seen;
        for (const auto name : names) {
            EXPECT_TRUE(seen.insert(name).second) << name << " stands twice";
            Canonical canonical;
            canonicalise(EntityType::domain, name, canonical);
            ASSERT_TRUE(canonical.is_entry) << name;
            EXPECT_EQ(canonical.text, name);
        }
    }
}

TEST(BuiltinNames, of_dynamic_dns_are_ascending) {
    const auto names = builtin_dynamic_dns_names();
    EXPECT_TRUE(std::is_sorted(names.begin(), names.end()));
}

TEST(BuiltinNames, keep_the_operator_the_gateway_and_the_web_working) {
    const auto protection = builtin_protection();
    expect_facts(protection, {
                                 {"zsapi.zscalerthree.net", "lock_out"},
                                 {"acme.zslogin.net", "lock_out"},
                                 {".zscloud.net", "lock_out"},
                                 {"admin.zscalerbeta.net/x", "lock_out"},
                                 {"api.recordedfuture.com", "lock_out"},
                                 {"api.us-2.crowdstrike.com", "lock_out"},
                                 {"api.us-gov-2.crowdstrike.mil", "lock_out"},
                                 {"login.microsoftonline.com", "lock_out"},
                                 {".microsoftonline.com", "lock_out"},
                                 {"acme.okta.com", "lock_out"},
                                 {"accounts.google.com/o/oauth2", "lock_out"},
                                 {"ocsp.digicert.com", "lock_out"},
                                 {"r3.o.lencr.org", "lock_out"},
                                 {"o.pki.goog", "lock_out"},
                                 {"ocsp.sca1b.amazontrust.com", "lock_out"},
                                 {"0.pool.ntp.org", "lock_out"},
                                 {"download.windowsupdate.com", "lock_out"},
                                 {"github.com", "popular"},
                                 {"www.github.com", "popular"},
                                 {".akamaihd.net", "popular"},
                                 {"docs.google.com", "popular"},
                                 {"github.com/evil/evil.exe", ""},
                                 {"evil.s3.amazonaws.com", ""},
                                 {"someone.github.io", ""},
                                 {"evil.test", ""},
                                 {"docs.google.com.evil.test", ""},
                             });
}

TEST(Protection, reads_the_real_warning_lists) {
    const std::filesystem::path folder = CORDON_SHARED_DIR "/data/warninglists";
    if (!std::filesystem::exists(folder)) GTEST_SKIP() << folder << " is not on this machine";
    const std::set<std::string> refused{"tlds.json", "second-level-tlds.json", "dynamic-dns.json", "eicar.com.json"};
    ProtectionBuilder builder;
    int read = 0;
    for (const auto& item : std::filesystem::directory_iterator(folder)) {
        if (item.path().extension() != ".json") continue;
        const std::string name = item.path().filename();
        const auto text = read_file(item.path());
        ASSERT_TRUE(text);
        const auto added = builder.add_never_file(*text, name);
        EXPECT_EQ(added.has_value(), !refused.contains(name)) << name << (added ? "" : ": " + added.error().message);
        ++read;
    }
    EXPECT_GT(read, 30);
    const auto protection = builder.build();
    EXPECT_EQ(reason_for(protection, "ocsp.digicert.com"), "never");
    EXPECT_EQ(reason_for(protection, "evil.test"), "");
}

TEST(Protection, reads_the_real_top_site_lists_as_popular) {
    const std::filesystem::path folder = CORDON_SHARED_DIR "/data/topsites";
    if (!std::filesystem::exists(folder)) GTEST_SKIP() << folder << " is not on this machine";
    ProtectionBuilder builder;
    int read = 0;
    for (const auto& item : std::filesystem::directory_iterator(folder)) {
        if (item.path().extension() != ".json" && item.path().extension() != ".txt") continue;
        const auto text = read_file(item.path());
        ASSERT_TRUE(text);
        const auto added = builder.add_popular_file(*text, item.path().filename().string());
        EXPECT_TRUE(added.has_value()) << (added ? "" : added.error().message);
        ++read;
    }
    EXPECT_GT(read, 4);
    EXPECT_EQ(reason_for(builder.build(), "google.com"), "popular");
}

TEST(Protection, an_empty_file_protects_nothing_and_says_so) {
    ProtectionBuilder builder;
    for (const char* text : {"", "\n \n"}) {
        const auto added = builder.add_never_file(text, "allow.txt");
        ASSERT_FALSE(added);
        EXPECT_THAT(added.error().message, ::testing::HasSubstr("allow.txt is empty"));
    }
    EXPECT_TRUE(builder.add_never_file("# nothing yet\n", "allow.txt"));
}

}  // namespace
}  // namespace cordon::core
