#include <future>
#include <utility>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/console/visit.hpp"

namespace cordon::console {
namespace {

using namespace std::chrono_literals;

/// A browser that listens until it is closed.
class FakeOutlet final : public net::Outlet {
public:
    explicit FakeOutlet(std::vector<std::string>& got) : got_(got) {}
    bool is_open = true;
    bool send(std::string chunk) override {
        if (is_open) got_.push_back(std::move(chunk));
        return is_open;
    }

private:
    std::vector<std::string>& got_;
};

TEST(TheStreams, are_told_of_a_change_and_are_at_most_32) {
    Visit visit;
    std::vector<std::string> got;
    std::vector<std::shared_ptr<FakeOutlet>> outlets;
    for (std::size_t i = 0; i < Events::k_most_streams; ++i) {
        const auto response = visit.get("/events");
        ASSERT_TRUE(response.on_open);
        EXPECT_EQ(header_of(response, "Content-Type"), "text/event-stream");
        outlets.push_back(std::make_shared<FakeOutlet>(got));
        response.on_open(outlets.back());
    }
    EXPECT_EQ(visit.get("/events").status, 503);
    got.clear();
    visit.console->tell_change(visit.world.clock.now());
    ASSERT_EQ(got.size(), Events::k_most_streams);
    EXPECT_EQ(got[0], "event: change\ndata: {}\n\n");
    outlets[0]->is_open = false;
    EXPECT_EQ(visit.get("/events").status, 200);
}

/// Tells when something arrives.
class SignalledOutlet final : public net::Outlet {
public:
    std::promise<std::string> first;
    bool send(std::string chunk) override {
        if (!std::exchange(has_come_, true)) first.set_value(std::move(chunk));
        return true;
    }

private:
    bool has_come_ = false;
};

TEST(TheStreams, get_a_sign_of_life_while_nothing_happens) {
    Events events(1ms);
    const auto outlet = std::make_shared<SignalledOutlet>();
    auto first = outlet->first.get_future();
    events.open().on_open(outlet);
    EXPECT_EQ(first.get(), ": beat\n\n");
}

}  // namespace
}  // namespace cordon::console
