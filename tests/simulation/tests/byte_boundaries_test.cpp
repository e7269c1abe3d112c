// A request that breaks off at any of its bytes is no request: so a death while it is sent is a death before it.

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <stdexcept>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "tests/simulation/world/machine.hpp"

namespace cordon::simulation {
namespace {

constexpr std::size_t k_step = CORDON_CRASH_STEP;

/// The bytes of the request as libcurl sends it.
std::string bytes_of(const net::Request& request) {
    const auto host = request.url.find("://") + 3;
    const auto path = request.url.find('/', host);
    auto text = fmt::format("{} {} HTTP/1.1\r\nHost: {}\r\n", request.method, request.url.substr(path),
                            request.url.substr(host, path - host));
    for (const auto& [name, value] : request.headers) text += name + ": " + value + "\r\n";
    if (!request.body.empty()) text += fmt::format("Content-Length: {}\r\n", request.body.size());
    return text + "\r\n" + request.body;
}

/// Every request of a first run with eight entries on two lists.
std::vector<std::string> requests_of_a_run() {
    ManualClock time(parse_iso8601("2026-11-21T09:30:00Z").value());
    sandbox::Options options;
    options.cs_rows = 0;
    sandbox::Sandbox clouds(options, time);
    Machine machine(clouds, time, 0);
    clouds.put_feed_file(
        "/lists/domains",
        "\"Name\",\"Risk\"\n\"a.example\",\"80\"\n\"b.example\",\"80\"\n\"c.example\",\"80\"\n\"d.example\",\"80\"\n");
    clouds.put_feed_file("/lists/addresses",
                         "\"Name\",\"Risk\"\n\"198.18.0.1\",\"80\"\n\"198.18.0.2\",\"80\"\n\"198.18.0.3\","
                         "\"80\"\n\"198.18.0.4\",\"80\"\n");
    for (const auto* kind : {"domain", "ip"}) {
        const auto section = std::string("risklist_") + kind;
        machine.set(section, "entity_type", kind);
        machine.set(section, "fusion_file", kind == std::string("ip") ? "/lists/addresses" : "/lists/domains");
        machine.set(section, "category_name", std::string("List ") + kind);
    }
    std::vector<std::string> requests;
    machine.wire.spoil_request = [&](net::Request& request) { requests.push_back(bytes_of(request)); };
    EXPECT_EQ(machine.start().report()->exit_status, 0);
    return requests;
}

/// Sends these bytes, closes its end and waits until the server has closed the other.
void send_and_close(int port, std::string_view bytes) {
    const int number = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (number < 0 || ::connect(number, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0) {
        throw std::runtime_error("no connection to the sandbox");
    }
    while (!bytes.empty()) {
        const auto sent = ::send(number, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (sent <= 0) break;
        bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    ::shutdown(number, SHUT_WR);
    std::array<char, 4096> answer{};
    while (::recv(number, answer.data(), answer.size(), 0) > 0) continue;
    ::close(number);
}

TEST(ARequest, that_breaks_off_at_any_byte_is_not_carried_out) {
    const auto requests = requests_of_a_run();
    ASSERT_GT(requests.size(), 10U);
    SystemClock clock;
    const auto clouds = sandbox::Sandbox::start({}, clock).value();
    std::size_t boundaries = 0;
    for (const auto& request : requests) {
        for (std::size_t sent = 0; sent < request.size(); sent += k_step) {
            send_and_close(clouds->port(), std::string_view(request).substr(0, sent));
            ++boundaries;
        }
        ASSERT_TRUE(clouds->journal().empty()) << request.substr(0, 60);
    }
    fmt::print("{} byte boundaries of {} requests visited\n", boundaries, requests.size());
    for (const auto& request : requests) send_and_close(clouds->port(), request);
    EXPECT_EQ(clouds->journal().size(), requests.size()) << "whole ones arrive";
}

}  // namespace
}  // namespace cordon::simulation
