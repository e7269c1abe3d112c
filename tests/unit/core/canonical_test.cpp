#include "core/canonical.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "core/idna.hpp"

namespace cordon::core {
namespace {

using enum EntryKind;
using enum Reason;

struct Accepted {
    std::string_view raw;
    std::string_view text;
    EntryKind kind = host;
    std::string_view host_text = {};  // where it is not the text
};

struct Refused {
    std::string_view raw;
    Reason reason;
};

Canonical canonical_of(EntityType type, std::string_view raw) {
    Canonical result;
    result.text = result.host = result.detail = "left over from another value";
    canonicalise(type, raw, result);
    return result;
}

template <std::size_t N>
void expect_accepted(EntityType type, const Accepted (&cases)[N]) {
    for (const auto& c : cases) {
        const auto result = canonical_of(type, c.raw);
        ASSERT_TRUE(result.is_entry) << c.raw << ": " << name_of(result.reason) << ", " << result.detail;
        EXPECT_EQ(result.text, c.text) << c.raw;
        EXPECT_EQ(result.kind, c.kind) << c.raw;
        EXPECT_EQ(result.host, c.host_text.empty() ? c.text : c.host_text) << c.raw;
        EXPECT_EQ(result.detail, "") << c.raw;
        EXPECT_EQ(kind_of(target_of(type), result.text), c.kind) << c.raw;
        EXPECT_EQ(canonical_entry(target_of(type), result.text), result.text) << c.raw;
        if (type != EntityType::ip) {
            EXPECT_EQ(host_of(result.text), result.host) << c.raw;
        }
    }
}

template <std::size_t N>
void expect_refused(EntityType type, const Refused (&cases)[N]) {
    for (const auto& c : cases) {
        const auto result = canonical_of(type, c.raw);
        ASSERT_FALSE(result.is_entry) << c.raw << " became " << result.text;
        EXPECT_STREQ(name_of(result.reason), name_of(c.reason)) << c.raw << ": " << result.detail;
        EXPECT_NE(result.detail, "") << c.raw;
        EXPECT_EQ(result.text + result.host, "") << c.raw;
    }
}

std::string label_of(std::size_t length) {
    return std::string(length, 'a');
}

// --- domain lists ------------------------------------------------------------------------------------

TEST(CanonicalDomain, a_name_becomes_its_lower_case_ascii_form) {
    expect_accepted(EntityType::domain,
                    {
                        {"evil.example", "evil.example"},
                        {"  Evil.EXAMPLE\r\n", "evil.example"},
                        {"evil.example.", "evil.example"},
                        {"b\xc3\xbc"
                         "cher.example",
                         "xn--bcher-kva.example"},
                        {"fa\xc3\x9f.example", "xn--fa-hia.example"},  // non-transitional, as browsers
                        {"evil\xe3\x80\x82"
                         "example",
                         "evil.example"},  // ideographic full stop
                        {"\xef\xbd\x85vil\xef\xbc\x8e"
                         "example",
                         "evil.example"},  // full-width e and dot
                        {"ev%69l.example", "evil.example"},
                        {"XN--bcher-kva.example", "xn--bcher-kva.example"},
                        {"xn--i-7iq.example", "xn--i-7iq.example"},  // a symbol: browsers take it
                        {"-dash.example", "-dash.example"},
                        {"0x21.example", "0x21.example"},
                        {"1.2.3.4.example", "1.2.3.4.example"},
                    });
}

TEST(CanonicalDomain, defanged_names_are_read) {
    expect_accepted(EntityType::domain, {
                                            {"evil[.]example", "evil.example"},
                                            {"evil(.)example", "evil.example"},
                                            {"a{.}evil[dot]example", "a.evil.example"},
                                            {"evil(DOT)example", "evil.example"},
                                            {"hxxp://evil[.]example", "evil.example"},
                                            {"hxxps[:]//evil[.]example/", "evil.example"},
                                            {"hXXps[://]evil.example", "evil.example"},
                                        });
}

TEST(CanonicalDomain, a_url_that_is_only_a_host_is_that_host) {
    expect_accepted(EntityType::domain, {
                                            {"http://evil.example/", "evil.example"},
                                            {"HTTPS://user:secret@evil.example:443", "evil.example"},
                                            {"ftp://evil.example:21/", "evil.example"},
                                            {"evil.example/", "evil.example"},
                                            {"http:evil.example", "evil.example"},
                                        });
}

TEST(CanonicalDomain, a_leading_wildcard_or_dot_means_the_subdomains_too) {
    expect_accepted(EntityType::domain, {
                                            {"*.evil.example", ".evil.example", dotted_host, "evil.example"},
                                            {".Evil.example.", ".evil.example", dotted_host, "evil.example"},
                                            {"*[.]evil[.]example", ".evil.example", dotted_host, "evil.example"},
                                            {"*.b\xc3\xbc"
                                             "cher.example",
                                             ".xn--bcher-kva.example", dotted_host, "xn--bcher-kva.example"},
                                        });
}

TEST(CanonicalDomain, what_is_less_or_other_than_a_host_is_of_the_wrong_type) {
    expect_refused(EntityType::domain, {
                                           {"http://evil.example/path", wrong_type},
                                           {"evil.example/path", wrong_type},
                                           {"http://evil.example/?q", wrong_type},
                                           {"http://evil.example/#part", wrong_type},
                                           {"evil.example:8080", wrong_type},
                                           {"http://evil.example:8080/", wrong_type},
                                           {"198.51.100.7", wrong_type},
                                           {"0xc6.0x33.0x64.7", wrong_type},
                                           {"http://3325256711/", wrong_type},
                                           {"198.51.100.0/24", wrong_type},
                                           {"2001:db8::1", wrong_type},
                                           {"http://[2001:db8::1]/", wrong_type},
                                       });
}

TEST(CanonicalDomain, what_is_no_host_is_refused) {
    expect_refused(EntityType::domain, {
                                           {"", not_an_indicator},
                                           {" \t\r\n", not_an_indicator},
                                           {"localhost", not_an_indicator},
                                           {"com", not_an_indicator},
                                           {"*.com", not_an_indicator},
                                           {"*", not_an_indicator},
                                           {".", not_an_indicator},
                                           {"..", not_an_indicator},
                                           {"a..example", not_an_indicator},
                                           {"evil.example..", not_an_indicator},
                                           {"*.*.example", forbidden_characters},
                                           {"*evil.example", forbidden_characters},
                                           {"1.2", not_an_indicator},
                                           {"evil.123", not_an_indicator},
                                           {"someone@evil.example", not_an_indicator},
                                           {"mailto:someone@evil.example", not_an_indicator},
                                           {"# comment with evil.example", not_an_indicator},
                                           {"You have exceeded the rate limit. Try again", not_an_indicator},
                                           {"<p>Service unavailable.</p>", not_an_indicator},
                                           {"evil.example\nother.example", not_an_indicator},
                                           {"/etc/passwd.example", not_an_indicator},
                                           {"*.http://evil.example/", not_an_indicator},
                                           {"evil!.example", forbidden_characters},
                                           {"evil%00.example", not_an_indicator},
                                           {"a%2Fb.example", forbidden_characters},
                                           {"xn--a.example", forbidden_characters},
                                           {"\xff\xfe.example", forbidden_characters},
                                       });
}

TEST(CanonicalDomain, lengths_are_those_of_the_gateway) {
    const std::string longest_label = label_of(63) + ".example";
    const std::string longest =
        label_of(63) + '.' + label_of(63) + '.' + label_of(63) + '.' + label_of(53) + ".example";
    ASSERT_EQ(longest.size(), 253U);
    expect_accepted(EntityType::domain, {{longest_label, longest_label}, {longest, longest}, {longest + ".", longest}});
    expect_refused(EntityType::domain, {
                                           {label_of(64) + ".example", too_long},
                                           {"a" + longest, too_long},
                                           {std::string(5000, 'a') + ".example", too_long},
                                       });
}

TEST(CanonicalDomain, underscores_stand_where_the_gateway_takes_them) {  // zia-api.md 5.1
    expect_accepted(EntityType::domain, {
                                            {"safe_march.example", "safe_march.example"},
                                            {"ww_w.march.example", "ww_w.march.example"},
                                            {"_dmarc.march.example", "_dmarc.march.example"},
                                        });
    expect_refused(EntityType::domain, {
                                           {"www.safe_march.example", forbidden_characters},
                                           {"march.exam_ple", forbidden_characters},
                                           {"_.march.example", forbidden_characters},
                                           {"_.example", forbidden_characters},
                                       });
}

// --- URL lists ---------------------------------------------------------------------------------------

TEST(CanonicalUrl, a_bare_root_is_its_host) {
    expect_accepted(EntityType::url, {
                                         {"http://evil.example", "evil.example"},
                                         {"http://evil.example/", "evil.example"},
                                         {"http://evil.example\\", "evil.example"},
                                         {"http://evil.example/#", "evil.example"},
                                         {"https://evil.example:443/", "evil.example"},
                                         {"ftp://evil.example:21", "evil.example"},
                                         {"evil.example", "evil.example"},
                                         {"http://198.51.100.7/", "198.51.100.7", ipv4},
                                         {"198.51.100.7", "198.51.100.7", ipv4},
                                         {"http://[2001:DB8:0::1]/", "2001:db8::1", ipv6},
                                         {"2001:db8:0::1", "2001:db8::1", ipv6},
                                     });
}

TEST(CanonicalUrl, what_a_browser_reads_as_the_root_is_the_root) {
    for (const char* path : {"/.",       "/./",        "/..",     "/../", "/%2e",  "/%2E/",
                             "/.%2e",    "/%2E%2e/..", "\\.\\..", "/./.", "/a/..", "/a/./b/../%2e%2E/",
                             "/../a/..", "//..",       "/ /..",   "/?",   "?",     "/./?",
                             "/..#",     "/?#"}) {
        expect_accepted(EntityType::url,
                        {{std::string("http://evil.example") + path, "evil.example"},
                         {std::string("http://evil.example:8080") + path, "evil.example:8080", url, "evil.example"}});
        expect_accepted(EntityType::domain, {{std::string("http://evil.example") + path, "evil.example"}});
    }
    expect_refused(EntityType::url, {{"http://evil.example/./#x", unsupported_by_target}});
}

TEST(CanonicalUrl, what_a_browser_does_not_read_as_the_root_stays_a_url) {
    for (const char* path : {"/...", "/.a", "/%2e%2e%2e", "/%2", "/%252e", "//", "/.//", "/a/.", "/a/b/..", "/a/../b",
                             "/./?q=1", "/../?x", "/.;"}) {
        const std::string written = std::string("evil.example") + path;
        Canonical result;
        canonicalise(EntityType::url, "http://" + written, result);
        EXPECT_TRUE(result.is_entry) << path;
        EXPECT_EQ(result.kind, url) << path;
    }
}

TEST(CanonicalUrl, path_and_query_stay_and_the_fragment_goes) {
    expect_accepted(
        EntityType::url,
        {
            {"http://Evil.Example/Path/File.EXE?Q=1&r=#part", "evil.example/Path/File.EXE?Q=1&r=", url, "evil.example"},
            {"evil.example/a", "evil.example/a", url, "evil.example"},
            {"http://evil.example?q", "evil.example/?q", url, "evil.example"},
            {"http://evil.example//", "evil.example//", url, "evil.example"},
            {"http://evil.example/a/../b/%2e%2E/c", "evil.example/a/../b/%2e%2E/c", url, "evil.example"},
            {"http://evil.example/a b\x7f", "evil.example/a%20b%7F", url, "evil.example"},
            {"http://evil.example/\xe2\x97\x8e?\xc3\xbc", "evil.example/%E2%97%8E?%C3%BC", url, "evil.example"},
            {"http://evil.example\\a\\b?c\\d", "evil.example/a/b?c\\d", url, "evil.example"},
            {"http://evil.example/{a}|[b]/*,;~", "evil.example/{a}|[b]/*,;~", url, "evil.example"},
            {"http://198.51.100.7/24", "198.51.100.7/24", url, "198.51.100.7"},
        });
}

TEST(CanonicalUrl, only_the_schemes_own_port_is_dropped) {
    expect_accepted(EntityType::url, {
                                         {"http://evil.example:80/a", "evil.example/a", url, "evil.example"},
                                         {"http://evil.example:/a", "evil.example/a", url, "evil.example"},
                                         {"http://evil.example:0080/a", "evil.example/a", url, "evil.example"},
                                         {"https://evil.example:80/a", "evil.example:80/a", url, "evil.example"},
                                         {"http://evil.example:443/a", "evil.example:443/a", url, "evil.example"},
                                         {"http://evil.example:8080/", "evil.example:8080", url, "evil.example"},
                                         {"http://198.51.100.7:8080", "198.51.100.7:8080", url, "198.51.100.7"},
                                         {"evil.example:80", "evil.example:80", url, "evil.example"},
                                         {"http://evil.example:8080?x", "evil.example:8080/?x", url, "evil.example"},
                                     });
}

TEST(CanonicalUrl, the_host_is_the_one_that_a_browser_connects_to) {
    expect_accepted(EntityType::url,
                    {
                        {"https://bank.example%E2%88%95login@evil.example/x", "evil.example/x", url, "evil.example"},
                        {"http://a@b@evil.example/", "evil.example"},
                        {"http://bank.example:80@evil.example/", "evil.example"},
                        {"http://evil.example\\@bank.example/", "evil.example/@bank.example/", url, "evil.example"},
                        {"http://evil.example?@bank.example/", "evil.example/?@bank.example/", url, "evil.example"},
                        {"http:\\\\evil.example\\x", "evil.example/x", url, "evil.example"},
                        {"https:evil.example/x", "evil.example/x", url, "evil.example"},
                        {"http:////evil.example/x", "evil.example/x", url, "evil.example"},
                        {"ht\ntp://ev\til.exa\r\nmple/x", "evil.example/x", url, "evil.example"},
                        {"http://ev%69l%2Eexample/%69", "evil.example/%69", url, "evil.example"},
                        {"http://%65%76il%E3%80%82example/", "evil.example"},
                        {"http://0xc6.063.100.7/", "198.51.100.7", ipv4},
                        {"http://0306.0x33.25607/x", "198.51.100.7/x", url, "198.51.100.7"},
                        {"http://3325256711/", "198.51.100.7", ipv4},
                        {"http://0xC6336407/", "198.51.100.7", ipv4},
                        {"http://198.51.100.7./", "198.51.100.7", ipv4},
                        {"http://\xef\xbc\x91\xef\xbc\x99\xef\xbc\x98.51.100.7/", "198.51.100.7", ipv4},
                        {"http://[::ffff:192.0.2.1]/", "::ffff:c000:201", ipv6},
                    });
}

TEST(CanonicalUrl, defanged_urls_are_read) {
    expect_accepted(EntityType::url,
                    {
                        {"hxxp://evil[.]example/list[.]php", "evil.example/list.php", url, "evil.example"},
                        {"hxxps[:]//evil[.]example[:]8443/a", "evil.example:8443/a", url, "evil.example"},
                        {"hXXp://evil.example/a(.)b", "evil.example/a.b", url, "evil.example"},
                        {"fxp://evil.example/a", "evil.example/a", url, "evil.example"},
                        {"evil[.]example/a[.]b", "evil.example/a.b", url, "evil.example"},
                        {"http://evil.example/list[.]php", "evil.example/list[.]php", url, "evil.example"},
                        {"http://evil.example/?q=hxxp://x[.]y", "evil.example/?q=hxxp://x[.]y", url, "evil.example"},
                        {"hxxp://[2001:db8::1]/", "2001:db8::1", ipv6},
                        {"x.example:80/a[.]b", "x.example:80/a[.]b", url, "x.example"},
                    });
}

TEST(CanonicalUrl, what_a_browser_or_the_gateway_refuses_is_refused) {
    expect_refused(EntityType::url, {
                                        {"", not_an_indicator},
                                        {"http://", not_an_indicator},
                                        {"http:///", not_an_indicator},
                                        {"http://@/", not_an_indicator},
                                        {"http://user@", not_an_indicator},
                                        {"javascript:alert(1)", not_an_indicator},
                                        {"mailto:someone@evil.example", not_an_indicator},
                                        {"gopher://evil.example/x", not_an_indicator},
                                        {"file:///etc/passwd", not_an_indicator},
                                        {"data:text/html,x.example", not_an_indicator},
                                        {"http://evil.example:99999/", not_an_indicator},
                                        {"http://evil.example:8o/", not_an_indicator},
                                        {"http://evil.example:80:90/", not_an_indicator},
                                        {"http://localhost/x", not_an_indicator},
                                        {"http://hxxp://evil.example/", not_an_indicator},
                                        {"http://<meaning>1s.example/x", not_an_indicator},
                                        {"http://a b.example/", not_an_indicator},
                                        {"http://.evil.example/", not_an_indicator},
                                        {".evil.example/x", not_an_indicator},
                                        {"http://256.256.256.256/", not_an_indicator},
                                        {"http://1.2.3.4.5/", not_an_indicator},
                                        {"http://09.1.1.1/", not_an_indicator},
                                        {"http://4294967296/", not_an_indicator},
                                        {"http://[::1/", not_an_indicator},
                                        {"http://[evil.example]/", not_an_indicator},
                                        {"http://[fe80::1%25eth0]/", not_an_indicator},
                                        {"someone@evil.example/x", not_an_indicator},
                                        {"12345/x", not_an_indicator},
                                        {"evil.example\t/x", not_an_indicator},
                                        {"http://a\xe2\x80\x8c"
                                         "b.example/",
                                         forbidden_characters},
                                        {"http://evil%25.example/", forbidden_characters},
                                        {"http://www.safe_march.example/", forbidden_characters},
                                        {"198.51.100.0/24", wrong_type},
                                        {"198.51.100.1-198.51.100.9", wrong_type},
                                        {"2001:db8::/32", wrong_type},
                                    });
}

TEST(CanonicalUrl, a_network_behind_a_scheme_is_no_url_but_a_numbered_file_is) {
    expect_refused(EntityType::url, {
                                        {"http://198.51.100.0/24", wrong_type},
                                        {"http://198.51.0.0/16", wrong_type},
                                        {"http://198.51.100.8/29", wrong_type},
                                        {"http://198.51.100.8/32", wrong_type},
                                        {"hxxp://198[.]51[.]96[.]0/19", wrong_type},
                                    });
    expect_accepted(EntityType::url, {
                                         {"http://198.51.100.7/24", "198.51.100.7/24", url, "198.51.100.7"},
                                         {"http://198.51.100.7/2", "198.51.100.7/2", url, "198.51.100.7"},
                                         {"http://198.51.100.0:8080/24", "198.51.100.0:8080/24", url, "198.51.100.0"},
                                         {"http://198.51.100.0/24/", "198.51.100.0/24/", url, "198.51.100.0"},
                                     });
}

TEST(CanonicalUrl, a_url_that_only_its_fragment_tells_from_the_root_is_never_the_whole_host) {
    expect_refused(EntityType::url, {
                                        {"http://files.example/#!abc", unsupported_by_target},
                                        {"http://files.example#abc", unsupported_by_target},
                                        {"http://files.example:8080/#abc", unsupported_by_target},
                                        {"http://[2001:db8::1]/x", unsupported_by_target},
                                        {"http://[2001:db8::1]:8080/", unsupported_by_target},
                                    });
}

TEST(CanonicalUrl, an_entry_has_at_most_1024_characters) {
    const std::string host = "evil.example/";
    const std::string longest = host + label_of(1024 - host.size());
    expect_accepted(EntityType::url, {{"http://" + longest + "#" + label_of(900), longest, url, "evil.example"}});
    expect_refused(EntityType::url, {
                                        {longest + "a", too_long},
                                        {host + std::string(400, '\x01') + "a", too_long},  // grows by its escapes
                                        {"http://" + label_of(64) + ".example/", too_long},
                                    });
}

// --- IP lists ----------------------------------------------------------------------------------------

TEST(CanonicalIp, addresses_and_networks_have_one_spelling) {
    expect_accepted(EntityType::ip, {
                                        {"198.51.100.7", "198.51.100.7", ipv4},
                                        {" 198[.]51[.]100[.]7\r", "198.51.100.7", ipv4},
                                        {"198.51.100.7/32", "198.51.100.7", ipv4},
                                        {"198.51.100.7/24", "198.51.100.0/24", ipv4_net},
                                        {"198.51.100.0 - 198.51.100.255", "198.51.100.0/24", ipv4_net},
                                        {"198.51.100.3 - 198.51.100.9", "198.51.100.3-198.51.100.9", ipv4_range},
                                        {"2001:0DB8:0:0::17", "2001:db8::17", ipv6},
                                        {"2001[:]db8[:]0[:]0[:]0[:]0[:]0[:]1", "2001:db8::1", ipv6},
                                        {"2001:db8::1/32", "2001:db8::/32", ipv6_net},
                                        {"[2001:db8::1]", "2001:db8::1", ipv6},
                                    });
}

TEST(CanonicalIp, a_port_or_a_url_around_an_address_falls_away) {  // recorded-future-api.md 7.2
    expect_accepted(EntityType::ip, {
                                        {"http://198.51.100.7/", "198.51.100.7", ipv4},
                                        {"https://198.51.100.7:8443", "198.51.100.7", ipv4},
                                        {"198.51.100.7:443", "198.51.100.7", ipv4},
                                        {"hxxp://198[.]51[.]100[.]7:81/", "198.51.100.7", ipv4},
                                        {"[2001:db8::1]:443", "2001:db8::1", ipv6},
                                    });
}

TEST(CanonicalIp, everything_else_is_refused) {
    expect_refused(EntityType::ip, {
                                       {"evil.example", wrong_type},
                                       {"http://evil.example/", wrong_type},
                                       {"http://198.51.100.7/gate.php", wrong_type},
                                       {"http://198.51.100.7/#x", wrong_type},
                                       {"198.51.100.9-198.51.100.3", not_an_indicator},
                                       {"198.051.100.007", not_an_indicator},
                                       {"198.51.100", not_an_indicator},
                                       {"198.51.100.256", not_an_indicator},
                                       {"12345", not_an_indicator},
                                       {"", not_an_indicator},
                                       {"Could not connect: timeout", not_an_indicator},
                                       {"a@198.51.100.7", not_an_indicator},
                                       {"fe80::1%eth0", not_an_indicator},
                                   });
}

// --- what a gateway shows ----------------------------------------------------------------------------

TEST(CanonicalEntry, spellings_of_a_category_compare_equal_to_ours) {
    const struct {
        std::string_view spelling;
        std::string_view canonical;
    } cases[] = {
        {".Evil.EXAMPLE", ".evil.example"},
        {"Evil.Example/Path", "evil.example/Path"},
        {"Evil.Example:8443/Path", "evil.example:8443/Path"},
        {"evil.example/", "evil.example"},
        {"evil.example:8443/", "evil.example:8443"},
        {"evil.example.", "evil.example"},
        {".x-my.sharepoint.example.", ".x-my.sharepoint.example"},
        {" evil.example ", "evil.example"},
        {"evil.example/a#b", "evil.example/a#b"},
        {"2001:0DB8:0:0:0:0:0:1", "2001:db8::1"},
        {"198.51.100.7", "198.51.100.7"},
        {"100.0.0.0/16", "100.0.0.0/16"},
        {"*.Evil.example", "*.Evil.example"},  // not understood: itself
        {"Evil.example:x/", "Evil.example:x/"},
        {"  odd value  ", "  odd value  "},
        {"", ""},
    };
    for (const auto& c : cases)
        EXPECT_EQ(canonical_entry(TargetKind::url_category, c.spelling), c.canonical) << c.spelling;
}

TEST(CanonicalEntry, spellings_of_an_address_group_compare_equal_to_ours) {
    const struct {
        std::string_view spelling;
        std::string_view canonical;
    } cases[] = {
        {"108.148.103.15/28", "108.148.103.0/28"},
        {"3.217.228.0-3.217.231.255", "3.217.228.0/22"},
        {"198.51.100.3 - 198.51.100.9", "198.51.100.3-198.51.100.9"},
        {"198.51.100.7/32", "198.51.100.7"},
        {"2001:DB8::0", "2001:db8::"},
        {"Host.Example", "Host.Example"},
    };
    for (const auto& c : cases)
        EXPECT_EQ(canonical_entry(TargetKind::ipv4_group, c.spelling), c.canonical) << c.spelling;
}

TEST(CanonicalEntry, spellings_of_an_fqdn_group_compare_equal_to_ours) {
    for (const auto& [spelling, canonical] :
         {std::pair<std::string_view, std::string_view>{"*.Evil.example", ".evil.example"},
          {"Host.Example.", "host.example"},
          {".evil.example", ".evil.example"},
          {"a.*.example", "a.*.example"}}) {
        EXPECT_EQ(canonical_entry(TargetKind::fqdn_group, spelling), canonical) << spelling;
    }
}

TEST(CanonicalEntry, the_form_tells_the_kind) {
    for (const auto& [text, kind] : {std::pair<std::string_view, EntryKind>{"evil.example", host},
                                     {".evil.example", dotted_host},
                                     {"evil.example/a", url},
                                     {".evil.example/a", url},
                                     {"evil.example:80", url},
                                     {"198.51.100.7", ipv4},
                                     {"198.51.100.7/24", url},
                                     {"2001:db8::1", ipv6}}) {
        EXPECT_EQ(kind_of(TargetKind::url_category, text), kind) << text;
    }
    for (const auto& [text, kind] : {std::pair<std::string_view, EntryKind>{"198.51.100.7", ipv4},
                                     {"198.51.100.0/24", ipv4_net},
                                     {"198.51.100.3-198.51.100.9", ipv4_range},
                                     {"2001:db8::1", ipv6},
                                     {"2001:db8::/32", ipv6_net}}) {
        EXPECT_EQ(kind_of(TargetKind::ipv4_group, text), kind) << text;
    }
}

TEST(CanonicalEntry, the_host_is_what_stands_before_port_and_path) {
    EXPECT_EQ(host_of(".evil.example"), "evil.example");
    EXPECT_EQ(host_of("evil.example:8080/a:b"), "evil.example");
    EXPECT_EQ(host_of("evil.example?a"), "evil.example");
    EXPECT_EQ(host_of("2001:db8::1"), "2001:db8::1");
    EXPECT_EQ(host_of("198.51.100.7:80"), "198.51.100.7");
    EXPECT_EQ(host_of(""), "");
}

TEST(CanonicalEntry, targets_have_the_names_of_the_report) {
    EXPECT_STREQ(name_of(TargetKind::url_category), "url_category");
    EXPECT_STREQ(name_of(TargetKind::ipv4_group), "ipv4_group");
}

TEST(Idna, labels_that_browsers_refuse_are_refused) {
    for (const auto* label : {"xn--", "xn--a", "xn--0", "xn--ufa", "xn--ab-j1t"})
        EXPECT_FALSE(is_valid_ace_label(label)) << label;
    for (const auto* label : {"xn--bcher-kva", "xn--i-7iq", "xn--e28h", "xn--p1ai"})
        EXPECT_TRUE(is_valid_ace_label(label)) << label;
}

}  // namespace
}  // namespace cordon::core
