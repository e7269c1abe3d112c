// cordon serve as a process, against a sandbox on the machine's clock.

#include <algorithm>
#include <csignal>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/scenario/installation.hpp"

namespace cordon::scenario {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;

TEST(TheDaemon, says_where_it_listens_runs_reloads_and_ends_with_0_on_a_signal) {
    Installation installation;
    std::filesystem::permissions(installation.settings(), std::filesystem::perms::owner_read);
    Program daemon(installation.folder.path(), {"serve", "--listen", "127.0.0.1:0", "-s", installation.settings()},
                   installation.environment());
    ASSERT_TRUE(daemon.prints("listening on http://127.0.0.1:", 60s));
    ASSERT_TRUE(daemon.says(": done", 60s));
    EXPECT_EQ(installation.active(), hosts(12)) << "the first run starts at once";
    EXPECT_EQ(installation.run({"run", "--once"}).status, 0) << "nobody holds the lock";
    const auto second = installation.run({"serve", "--listen", "127.0.0.1:0"});
    EXPECT_EQ(second.status, 5);
    EXPECT_THAT(second.err, HasSubstr(fmt::format("process {} (cordon serve, since ", daemon.pid())));
    ::kill(daemon.pid(), SIGHUP);
    ASSERT_TRUE(daemon.says("the settings were read again", 60s));
    ::kill(daemon.pid(), SIGTERM);
    ASSERT_TRUE(daemon.ends_within(60s)) << "it ends at once, not in an hour";
    const auto ran = daemon.wait();
    EXPECT_EQ(ran.status, 0) << ran.err;
    installation.expect_no_secret(ran);
}

TEST(TheDaemon, tells_the_first_faults_of_a_file_that_is_none_of_ours) {
    Installation installation;
    std::string garbage = "[zscaler]\n";
    for (int i = 0; i < 1000; ++i) garbage += fmt::format("what_is_this_{} = 1\n", i);
    installation.write_settings(garbage);
    const auto refused = installation.run({"serve", "--listen", "127.0.0.1:0"});
    EXPECT_EQ(refused.status, 2);
    EXPECT_LT(std::count(refused.err.begin(), refused.err.end(), '\n'), 30);
    EXPECT_THAT(refused.err, HasSubstr(" more: mend these first"));
}

TEST(TheDaemon, refuses_an_address_without_sign_in_and_secrets_that_others_can_read) {
    Installation installation;
    const auto refused = installation.run({"serve", "--listen", "0.0.0.0:0"});
    EXPECT_EQ(refused.status, 2);
    EXPECT_THAT(refused.err, HasSubstr("0.0.0.0 is no loopback address, and passwords"));
    EXPECT_THAT(installation.run({"serve", "--listen", "8470"}).err, HasSubstr("write 127.0.0.1:8470"));
    installation.write_settings(read_file(installation.settings()).value() + "\n[serve]\ntls_key = k.pem\n");
    for (const auto* command : {"serve", "check"}) {
        const auto ran = installation.run({command});
        EXPECT_EQ(ran.status, 2) << command;
        EXPECT_THAT(ran.err, HasSubstr("tls_certificate and tls_key go together")) << command;
    }
}

}  // namespace
}  // namespace cordon::scenario
