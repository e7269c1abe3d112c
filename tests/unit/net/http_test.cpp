#include "net/http.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "net/proxy.hpp"

namespace cordon::net {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(Http, the_last_header_of_a_name_counts) {
    const Response response{200, {{"a", "1"}, {"b", "2"}, {"a", "3"}}, ""};
    EXPECT_EQ(response.header("a"), "3");
    EXPECT_EQ(response.header("b"), "2");
    EXPECT_EQ(response.header("c"), "");
    EXPECT_FALSE((Response{199, {}, ""}.is_success()));
    EXPECT_TRUE((Response{204, {}, ""}.is_success()));
    EXPECT_FALSE((Response{301, {}, ""}.is_success()));
}

TEST(Http, everything_but_unreserved_characters_is_escaped) {
    EXPECT_EQ(percent_encode("azAZ09-._~"), "azAZ09-._~");
    EXPECT_EQ(percent_encode("/public/a b+c%&=?#\xc3\xa9"), "%2Fpublic%2Fa%20b%2Bc%25%26%3D%3F%23%C3%A9");
    EXPECT_EQ(percent_encode(std::string_view("\0\x7f\xff", 3)), "%00%7F%FF");
    EXPECT_EQ(percent_encode(""), "");
}

TEST(Http, escapes_are_undone_once_and_broken_ones_stay) {
    EXPECT_EQ(percent_decode("a%20b%2Fc%2fd"), "a b/c/d");
    EXPECT_EQ(percent_decode("%252F"), "%2F");
    EXPECT_EQ(percent_decode("100%"), "100%");
    EXPECT_EQ(percent_decode("%2"), "%2");
    EXPECT_EQ(percent_decode("%zz%4"), "%zz%4");
    EXPECT_EQ(percent_decode("a+b"), "a+b");
    std::string all;
    for (int i = 0; i < 256; ++i) all += static_cast<char>(i);
    EXPECT_EQ(percent_decode(percent_encode(all)), all);
}

struct ShownFact {
    const char* url;
    const char* shown;
};

TEST(Http, what_is_displayed_holds_no_userinfo_and_no_query) {
    const ShownFact facts[] = {
        {"https://api.example.com/v2/fusion?path=x&token=secret", "https://api.example.com/v2/fusion"},
        {"https://api.example.com#secret", "https://api.example.com"},
        {"https://user:secret@api.example.com/a", "https://api.example.com/a"},
        {"https://user:se@cret@api.example.com/a", "https://api.example.com/a"},
        {"https://user:se/cret@api.example.com/a", "https://api.example.com/a"},
        {"https://user:se?cret@api.example.com/a", "https://api.example.com/a"},
        {"https://user:se#cret@api.example.com/a", "https://api.example.com/a"},
        {"user:secret@proxy.example.com:3128", "proxy.example.com:3128"},
        {"https://api.example.com:8443/a@b", "https://api.example.com:8443/a@b"},
        {"https://[::1]:8443/a@b", "https://[::1]:8443/a@b"},
        {"https://api.example.com/a\x1b[2Jb", "https://api.example.com/a?[2Jb"},
        {"", ""},
        {"://", "://"},
    };
    for (const auto& fact : facts) EXPECT_EQ(displayable(fact.url), fact.shown);
}

struct BaseFact {
    std::string text;
    std::string origin;  ///< "" = refused
    std::string path;
    std::string host;
};

TEST(Http, a_base_uri_is_read_as_portals_show_it) {
    const BaseFact facts[] = {
        {"zsapi.example.net", "https://zsapi.example.net", "", "zsapi.example.net"},
        {"zsapi.example.net/", "https://zsapi.example.net", "", "zsapi.example.net"},
        {"zsapi.example.net/api/v1", "https://zsapi.example.net", "/api/v1", "zsapi.example.net"},
        {"https://zsapi.example.net", "https://zsapi.example.net", "", "zsapi.example.net"},
        {"https://zsapi.example.net/api/v1/", "https://zsapi.example.net", "/api/v1", "zsapi.example.net"},
        {"https://zsapi.example.net/api/v1///", "https://zsapi.example.net", "/api/v1", "zsapi.example.net"},
        {"HTTPS://ZSAPI.Example.NET/Api/V1", "https://zsapi.example.net", "/Api/V1", "zsapi.example.net"},
        {"https://zsapi.example.net:443/x", "https://zsapi.example.net", "/x", "zsapi.example.net"},
        {"https://zsapi.example.net:8443", "https://zsapi.example.net:8443", "", "zsapi.example.net"},
        {"zsapi.example.net:8443/api", "https://zsapi.example.net:8443", "/api", "zsapi.example.net"},
        {"https://198.51.100.7/a", "https://198.51.100.7", "/a", "198.51.100.7"},
        {"https://[2001:DB8::1]:8443/a", "https://[2001:db8::1]:8443", "/a", "2001:db8::1"},
        {"http://127.0.0.1:8080/api/v1", "http://127.0.0.1:8080", "/api/v1", "127.0.0.1"},
        {"http://127.1.2.3", "http://127.1.2.3", "", "127.1.2.3"},
        {"http://localhost:80/", "http://localhost", "", "localhost"},
        {"http://LOCALHOST:9000", "http://localhost:9000", "", "localhost"},
        {"http://[::1]:9000/x", "http://[::1]:9000", "/x", "::1"},
        {"localhost:9000", "https://localhost:9000", "", "localhost"},
        {"https://a-b.x1.example", "https://a-b.x1.example", "", "a-b.x1.example"},
    };
    for (const auto& fact : facts) {
        const auto base = parse_base_url(fact.text);
        ASSERT_TRUE(base.has_value()) << fact.text << ": " << base.error().message;
        EXPECT_EQ(base->origin, fact.origin) << fact.text;
        EXPECT_EQ(base->path, fact.path) << fact.text;
        EXPECT_EQ(base->host, fact.host) << fact.text;
    }
}

TEST(Http, a_base_uri_that_could_mislead_is_refused_with_what_is_allowed) {
    const std::string refused[] = {
        "",
        " ",
        "https://",
        "https:///api/v1",
        "/api/v1",
        "CHANGE_ME",
        "https://change_me/api/v1",
        "https://zsapi.CHANGE_ME.net",
        "https://user@zsapi.example.net",
        "https://user:pass@zsapi.example.net/",
        "https://zsapi.example.net/a@b",
        "https://zsapi.example.net?x=1",
        "https://zsapi.example.net/api#top",
        " zsapi.example.net",
        "zsapi.example.net ",
        "zsapi. example.net",
        "https://zsapi.example.net/a b",
        "https://zsapi.example.net/a\tb",
        "https://zsapi.example.net/a\r\nX: y",
        "http://zsapi.example.net",
        "http://198.51.100.7",
        "http://127.0.0.1.example.net",
        "http://128.0.0.1",
        "http://[2001:db8::1]",
        "http://127.1",
        "http://0x7f.1",
        "https://127.1",
        "https://2130706433",
        "https://0x7f000001",
        "zsapi",
        "https://intranet/api",
        "ftp://zsapi.example.net",
        "javascript://zsapi.example.net",
        "https//zsapi.example.net",
        "https:/zsapi.example.net",
        "https://zsapi.example.net:",
        "https://zsapi.example.net:0",
        "https://zsapi.example.net:65536",
        "https://zsapi.example.net:4a3",
        "https://zsapi.example.net:+443",
        "https://zsapi.example.net:-1",
        "https://zsapi..example.net",
        "https://.example.net",
        "https://example.net.",
        "https://-a.example.net",
        "https://a-.example.net",
        "https://a_b.example.net",
        "https://ex%61mple.net",
        "https://zsapi.example.net\\@evil.example",
        "https://[::1",
        "https://[::1]x",
        "https://[]",
        "https://[zz]:1",
        "https://::1",
        "https://\xc3\xa9.example.net",
        "https://" + std::string(64, 'a') + ".example.net",
        "https://" + std::string(300, 'a') + ".net",
        std::string("https://zsapi.example.net\0.evil.example", 39),
        "https://zsapi.example.net/\"x\"",
        "https://zsapi.example.net/<x>",
    };
    for (const auto& text : refused) {
        const auto base = parse_base_url(text);
        ASSERT_FALSE(base.has_value()) << text << " -> " << base->origin;
        EXPECT_EQ(base.error().code, Code::invalid) << text;
        EXPECT_THAT(base.error().message, HasSubstr("https://zsapi.example.net/api/v1")) << text;
        EXPECT_THAT(base.error().message, Not(HasSubstr("user:pass"))) << text;
        EXPECT_EQ(base.error().message.find('\n'), std::string::npos) << text;
    }
}

TEST(Http, the_refusal_of_a_base_uri_leaves_the_value_to_whoever_says_where_it_stands) {
    const auto base = parse_base_url("zsapi");
    ASSERT_FALSE(base.has_value());
    EXPECT_THAT(base.error().message, Not(HasSubstr("'zsapi'")));
    EXPECT_THAT(base.error().message, HasSubstr("the host is no full name"));
}

TEST(Http, the_refusal_of_a_base_uri_shows_no_password) {
    const auto base = parse_base_url("https://admin:hunter2@zsapi.example.net/api/v1");
    ASSERT_FALSE(base.has_value());
    EXPECT_THAT(base.error().message, Not(HasSubstr("hunter2")));
}

struct ProxyFact {
    const char* text;
    const char* url;  ///< "" = refused
    const char* user;
    const char* password;
};

TEST(Http, a_proxy_is_taken_apart_from_its_credentials) {
    const ProxyFact facts[] = {
        {"http://proxy.example:3128", "http://proxy.example:3128", "", ""},
        {"proxy.example:3128", "http://proxy.example:3128", "", ""},
        {" HTTPS://proxy.example:3128/ ", "https://proxy.example:3128", "", ""},
        {"socks5://127.0.0.1:1080", "socks5://127.0.0.1:1080", "", ""},
        {"socks5h://[::1]:1080", "socks5h://[::1]:1080", "", ""},
        {"http://me:hunter2@proxy.example:3128", "http://proxy.example:3128", "me", "hunter2"},
        {"me:hunter2@proxy.example:3128", "http://proxy.example:3128", "me", "hunter2"},
        {"http://me:hunter2%40x%3A@proxy.example:3128", "http://proxy.example:3128", "me", "hunter2@x:"},
        {"http://me:hunter2/@#?:x@proxy.example:3128", "http://proxy.example:3128", "me", "hunter2/@#?:x"},
        {"http://me@proxy.example:3128", "http://proxy.example:3128", "me", ""},
        {"", "", "", ""},
        {"http://", "", "", ""},
        {"http://:3128", "", "", ""},
        {"socks4://proxy.example:1080", "", "", ""},
        {"ftp://me:hunter2@proxy.example", "", "", ""},
        {"http://me:hunter2@proxy.example:3128/path", "", "", ""},
        {"http://me:hunter2@pro xy.example", "", "", ""},
        {"http://me:hunter2@", "", "", ""},
    };
    for (const auto& fact : facts) {
        const auto proxy = parse_proxy(fact.text);
        if (*fact.url == '\0') {
            ASSERT_FALSE(proxy.has_value()) << fact.text;
            EXPECT_EQ(proxy.error().code, Code::invalid);
            EXPECT_THAT(proxy.error().message, Not(HasSubstr("hunter2"))) << fact.text;
            continue;
        }
        ASSERT_TRUE(proxy.has_value()) << fact.text << ": " << proxy.error().message;
        EXPECT_EQ(proxy->url, fact.url);
        EXPECT_EQ(proxy->shown, fact.url);
        EXPECT_EQ(proxy->user.reveal(), fact.user);
        EXPECT_EQ(proxy->password.reveal(), fact.password);
        EXPECT_EQ(proxy->has_credentials, *fact.user != '\0') << fact.text;
    }
}

TEST(Http, loopback_is_told_by_the_address_and_nothing_else) {
    for (const auto* url : {"http://127.0.0.1/", "https://127.255.0.9:1/x", "http://[::1]:80", "http://LocalHost/x",
                            "http://[::ffff:127.0.0.1]/"}) {
        EXPECT_TRUE(is_loopback_url(url)) << url;
    }
    for (const auto* url :
         {"http://127.0.0.1.example/", "http://127.0.0.1@evil.example/", "http://localhost.example",
          "http://10.0.0.1/?127.0.0.1", "127.0.0.1", "http://[::2]/", "http://[::ffff:10.0.0.1]/", ""}) {
        EXPECT_FALSE(is_loopback_url(url)) << url;
    }
}

}  // namespace
}  // namespace cordon::net
