#include "daemon/settings.hpp"

#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cordon::daemon {
namespace {

using ::testing::HasSubstr;

struct Row {
    const char* text;
    const char* host;  ///< nullptr: refused
    int port;
    bool is_loopback;
};

TEST(AListenAddress, is_an_ip_address_and_a_port) {
    const Row rows[] = {
        {"127.0.0.1:8470", "127.0.0.1", 8470, true},
        {" 127.0.0.1:0 ", "127.0.0.1", 0, true},
        {"localhost:80", "127.0.0.1", 80, true},
        {"[::1]:8470", "::1", 8470, true},
        {"0.0.0.0:8470", "0.0.0.0", 8470, false},
        {"[::]:8470", "::", 8470, false},
        {"192.0.2.7:443", "192.0.2.7", 443, false},
        {"::1:8470", nullptr, 0, false},
        {"8470", nullptr, 0, false},
        {"127.0.0.1:", nullptr, 0, false},
        {"127.0.0.1:65536", nullptr, 0, false},
        {"example.org:80", nullptr, 0, false},
        {":80", nullptr, 0, false},
        {"", nullptr, 0, false},
    };
    for (const auto& row : rows) {
        const auto parsed = parse_listen(row.text);
        ASSERT_EQ(parsed.has_value(), row.host != nullptr) << row.text;
        if (!parsed) {
            EXPECT_THAT(parsed.error().message, HasSubstr("write 127.0.0.1:8470"));
            continue;
        }
        EXPECT_EQ(parsed->host, row.host);
        EXPECT_EQ(parsed->port, row.port);
        EXPECT_EQ(parsed->is_loopback(), row.is_loopback) << row.text;
    }
}

TEST(ServeOptions, refuse_what_would_ask_too_often_or_never_be_ready) {
    ServeOptions options;
    const auto table = settings_of(options);
    const auto assign = [&](const char* key, const char* text) {
        const auto found = std::find_if(table.begin(), table.end(), [&](const Setting& one) { return one.key == key; });
        const auto assigned = found->assign(text);
        return assigned ? std::string{} : assigned.error().message;
    };
    EXPECT_THAT(assign("poll", "30s"), HasSubstr("at least 1m"));
    EXPECT_EQ(assign("poll", "0"), "");
    EXPECT_EQ(options.poll.count(), 0);
    EXPECT_EQ(assign("poll", "2m"), "");
    EXPECT_THAT(assign("max_staleness", "0"), HasSubstr("more than 0"));
    EXPECT_THAT(assign("listen", "nowhere"), HasSubstr("no address and port"));
}

}  // namespace
}  // namespace cordon::daemon
