#include "cli/sandbox.hpp"

#include <condition_variable>
#include <filesystem>
#include <mutex>
#include <sstream>
#include <streambuf>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/file.hpp"
#include "net/http.hpp"

namespace cordon::cli {
namespace {

/// A stream that can be waited on until it has said something.
class Watched : public std::stringbuf {
public:
    std::string wait_for(const std::string& words) {
        std::unique_lock lock(mutex_);
        said_.wait(lock, [&] { return text_.find(words) != std::string::npos; });
        return text_;
    }

protected:
    int sync() override {
        const std::lock_guard lock(mutex_);
        text_ += str();
        str("");
        said_.notify_all();
        return 0;
    }

private:
    std::mutex mutex_;
    std::condition_variable said_;
    std::string text_;
};

struct Running {
    explicit Running(SandboxArguments arguments)
        : thread([this, arguments](const std::stop_token& stop) { status = sandbox(arguments, out, err, stop); }) {
        const auto text = out_words.wait_for("permit_reserved");
        const auto at = text.find("http://");
        url = text.substr(at, text.find(' ', at) - at);
    }
    int finish() {
        thread.request_stop();
        thread.join();
        return status;
    }
    Watched out_words;
    std::ostream out{&out_words};
    std::ostringstream err;
    int status = -1;
    std::string url;
    std::jthread thread;
};

int get(const std::string& url) {
    net::Request request;
    request.url = url;
    const auto answer = net::make_curl_client({})->send(request, {});
    return answer ? answer->status : 0;
}

TEST(SandboxCommand, serves_until_stopped_and_prints_each_request) {
    Running running({});
    EXPECT_EQ(get(running.url + "/_sandbox/state"), 200);
    EXPECT_EQ(get(running.url + "/api/v1/status"), 401);
    EXPECT_THAT(running.out_words.wait_for(" 401\n"), testing::HasSubstr("GET    /api/v1/status 401"));
    EXPECT_EQ(running.finish(), 0);
    EXPECT_EQ(running.err.str(), "");
}

TEST(SandboxCommand, strict_fails_when_a_client_was_careless) {
    for (const bool is_strict : {true, false}) {
        SandboxArguments arguments;
        arguments.strict = is_strict;
        Running running(arguments);
        EXPECT_EQ(get(running.url + "/api/v1/nothing"), 404);
        EXPECT_EQ(running.finish(), is_strict ? 1 : 0);
        EXPECT_THAT(running.err.str(), testing::HasSubstr("VIOLATION"));
    }
}

TEST(SandboxCommand, writes_settings_that_name_its_address) {
    SandboxArguments arguments;
    arguments.write_settings = std::filesystem::path(testing::TempDir()) / "cordon_sandbox_settings.ini";
    Running running(arguments);
    const auto text = read_file(arguments.write_settings);
    ASSERT_TRUE(text);
    EXPECT_THAT(*text, testing::HasSubstr("base_uri = " + running.url + "/api/v1\n"));
    EXPECT_THAT(*text, testing::HasSubstr("api_url = " + running.url + "\n"));
    EXPECT_THAT(*text, testing::HasSubstr("base_url = " + running.url + "\n"));
    EXPECT_THAT(*text, testing::HasSubstr("client_secret = sandboxSecret0123456789abcdefghijklmnop%%\n"));
    EXPECT_EQ(running.finish(), 0);
    std::filesystem::remove(arguments.write_settings);
}

TEST(SandboxCommand, writes_settings_for_each_way_to_sign_in) {
    using testing::HasSubstr;
    using testing::Not;
    SandboxArguments arguments;
    arguments.write_settings = std::filesystem::path(testing::TempDir()) / "cordon_sandbox_auth.ini";
    const auto written = [&](const char* auth, std::string& url) {
        arguments.auth = sandbox_auth_named(auth).value();
        Running running(arguments);
        url = running.url;
        const auto text = read_file(arguments.write_settings).value_or("");
        EXPECT_EQ(running.finish(), 0);
        return text;
    };
    std::string url;
    const auto oneapi = written("oneapi", url);
    EXPECT_THAT(oneapi, HasSubstr("[zscaler]\nauth = oneapi\nclient_id = sandboxclient01\n"));
    EXPECT_THAT(oneapi, HasSubstr("token_url = " + url + "/oauth2/v1/token\n"));
    EXPECT_THAT(oneapi, HasSubstr("api_url = " + url + "/zia/api/v1\n"));
    EXPECT_THAT(oneapi, Not(HasSubstr("api_key")));
    const auto bearer = written("bearer", url);
    EXPECT_THAT(bearer, HasSubstr("auth = bearer\nbase_uri = " + url + "/api/v1\nbearer_token = "));
    EXPECT_EQ(sandbox_auth_named("other"), std::nullopt);
    std::filesystem::remove(arguments.write_settings);
}

TEST(SandboxCommand, refuses_what_it_cannot_use) {
    std::ostringstream out;
    std::ostringstream err;
    SandboxArguments arguments;
    arguments.tick = "often";
    EXPECT_EQ(sandbox(arguments, out, err, {}), 2);
    arguments.tick = "0";
    EXPECT_EQ(sandbox(arguments, out, err, {}), 2);
    arguments = {};
    arguments.feeds = "/nowhere/at/all";
    EXPECT_EQ(sandbox(arguments, out, err, {}), 2);
    EXPECT_THAT(err.str(), testing::HasSubstr("/nowhere/at/all"));
}

}  // namespace
}  // namespace cordon::cli
