#include "notify/syslog.hpp"

#include <array>
#include <future>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/un.h>

#include "tests/unit/notify/scene.hpp"
#include "tests/unit/notify/tls_identity.hpp"

namespace cordon::notify {
namespace {

using net::testing::RawServer;
using net::testing::RawSocket;
using testing::guard_notice;
using ::testing::HasSubstr;
using testing::k_teller;
using ::testing::Not;
using testing::options_of;
using ::testing::StartsWith;

const std::string k_message =
    "<27>1 2026-11-21T09:30:00Z host-1 cordon - guard_stopped [cordon@32473 event=\"guard_stopped\" "
    "subject=\"Prevent \\\"Domains\\\"\\]\" run=\"20261121T093000Z-3f2a\"] \xEF\xBB\xBFThe guard stopped the plan for "
    "'Prevent Domains': It would remove 900 of 1,000 entries. <Look> at it & decide.";

std::string at(int port) {
    return "127.0.0.1:" + std::to_string(port);
}

/// The next datagram; "" where none comes within ten seconds.
std::string datagram_of(int socket) {
    pollfd readable{socket, POLLIN, 0};
    if (::poll(&readable, 1, 10'000) != 1) return {};
    std::array<char, 4096> bytes{};
    const auto size = ::recv(socket, bytes.data(), bytes.size(), 0);
    return size > 0 ? std::string(bytes.data(), static_cast<std::size_t>(size)) : std::string{};
}

TEST(SyslogMessage, is_as_rfc_5424_wants_it) {
    EXPECT_EQ(syslog_message(guard_notice(), 3, k_teller), k_message);
    EXPECT_THAT(syslog_message(guard_notice(), 16, k_teller), StartsWith("<131>1 "));
}

TEST(SyslogMessage, tells_how_bad_it_is_by_its_severity) {
    const std::map<core::NoticeKind, int> severities{
        {core::NoticeKind::run_failed, 3},        {core::NoticeKind::guard_stopped, 3},
        {core::NoticeKind::not_enforced, 3},      {core::NoticeKind::feed_stale, 4},
        {core::NoticeKind::quota_nearly_full, 4}, {core::NoticeKind::foreign_appeared, 4},
        {core::NoticeKind::recovered, 5},         {core::NoticeKind::test, 6}};
    for (const auto& [kind, severity] : severities) {
        auto notice = guard_notice();
        notice.kind = kind;
        EXPECT_THAT(syslog_message(notice, 0, k_teller), StartsWith("<" + std::to_string(severity) + ">1 "));
    }
}

TEST(SyslogMessage, stays_one_line_whatever_names_and_hosts_hold) {
    auto notice = guard_notice();
    notice.subject = "a\nb\r\0c";
    notice.title = "two\nlines";
    const auto message = syslog_message(notice, 3, {"host with space\n", "0.1.0"});
    EXPECT_EQ(message.find_first_of("\r\n"), std::string::npos);
    EXPECT_THAT(message, HasSubstr(" host_with_space_ cordon - "));
    notice.text = std::string(9000, 'x');
    EXPECT_LT(syslog_message(notice, 3, k_teller).size(), 2048U);
}

TEST(SyslogOverUdp, brings_one_datagram) {
    const RawSocket listener(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    auto address = net::testing::loopback(0);
    socklen_t size = sizeof(address);
    ASSERT_EQ(::bind(listener.descriptor(), reinterpret_cast<sockaddr*>(&address), size), 0);
    ASSERT_EQ(::getsockname(listener.descriptor(), reinterpret_cast<sockaddr*>(&address), &size), 0);
    const auto sent =
        make_syslog(options_of({{"kind", "syslog"}, {"syslog_server", at(ntohs(address.sin_port))}}), k_teller)
            ->send(guard_notice(), {});
    ASSERT_TRUE(sent) << sent.error().message;
    EXPECT_EQ(datagram_of(listener.descriptor()), k_message);
}

TEST(SyslogOverUdp, waits_for_no_resolver_once_it_is_told_to_stop) {
    std::stop_source stop;
    stop.request_stop();
    const auto syslog = make_syslog(options_of({{"kind", "syslog"}, {"syslog_server", "siem.invalid"}}), k_teller);
    EXPECT_EQ(syslog->send(guard_notice(), stop.get_token()).error().code, Code::cancelled);
    EXPECT_EQ(syslog->send(guard_notice(), {}).error().code, Code::unreachable);
}

TEST(SyslogOverTheLocalSocket, brings_one_datagram) {
    const auto path = std::filesystem::path(::testing::TempDir()) / ("cordon-log-" + std::to_string(::getpid()));
    const RawSocket listener(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path.string().copy(static_cast<char*>(address.sun_path), sizeof(address.sun_path) - 1);
    ASSERT_EQ(::bind(listener.descriptor(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)), 0);
    const auto syslog =
        make_syslog(options_of({{"kind", "syslog"}, {"transport", "local"}, {"socket", path.string()}}), k_teller);
    const auto sent = syslog->send(guard_notice(), {});
    ASSERT_TRUE(sent) << sent.error().message;
    EXPECT_EQ(datagram_of(listener.descriptor()), k_message);
    std::filesystem::remove(path);
    EXPECT_EQ(syslog->send(guard_notice(), {}).error().code, Code::unreachable);
}

TEST(SyslogOverTcp, counts_its_bytes_in_front) {
    std::promise<std::string> got;
    const RawServer server([&](const RawSocket& socket) { got.set_value(socket.read_all()); });
    const auto sent =
        make_syslog(options_of({{"kind", "syslog"}, {"transport", "tcp"}, {"syslog_server", at(server.port())}}),
                    k_teller)
            ->send(guard_notice(), {});
    ASSERT_TRUE(sent) << sent.error().message;
    EXPECT_EQ(got.get_future().get(), std::to_string(k_message.size()) + " " + k_message);
}

TEST(SyslogOverTcp, that_nobody_listens_to_is_an_error) {
    const auto sent =
        make_syslog(options_of({{"kind", "syslog"}, {"transport", "tcp"}, {"syslog_server", at(1)}}), k_teller)
            ->send(guard_notice(), {});
    ASSERT_FALSE(sent);
    EXPECT_EQ(sent.error().code, Code::unreachable);
    EXPECT_THAT(sent.error().message, HasSubstr(at(1)));
}

TEST(SyslogOverTls, goes_to_a_server_whose_certificate_is_trusted_and_to_no_other) {
    const testing::TlsIdentity identity;
    std::promise<std::string> first;
    std::promise<std::string> second;
    bool is_first = true;
    const RawServer server([&](const RawSocket& socket) {
        testing::Line line(socket);
        auto all = line.secure(identity) ? line.read_until("decide.") : std::string("no TLS");
        (is_first ? first : second).set_value(std::move(all));
        is_first = false;
    });
    std::map<std::string, std::string> keys{
        {"kind", "syslog"}, {"transport", "tls"}, {"syslog_server", at(server.port())}};
    const auto untrusted = make_syslog(options_of(keys), k_teller)->send(guard_notice(), {});
    ASSERT_FALSE(untrusted);
    EXPECT_EQ(untrusted.error().code, Code::unreachable);
    EXPECT_THAT(first.get_future().get(), Not(HasSubstr("guard")));
    keys["ca_file"] = identity.ca_file().string();
    const auto sent = make_syslog(options_of(keys), k_teller)->send(guard_notice(), {});
    ASSERT_TRUE(sent) << sent.error().message;
    EXPECT_EQ(second.get_future().get(), std::to_string(k_message.size()) + " " + k_message);
}

}  // namespace
}  // namespace cordon::notify
