// Every command of the program, as a process, on good and on bad days, with marked secrets: they stand nowhere but
// where they were given.

#include <csignal>
#include <future>
#include <mutex>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include "cli/arguments.hpp"
#include "net/http.hpp"
#include "tests/secrets/house.hpp"

namespace cordon::secrets {
namespace {

using sandbox::Fault;

/// Core files are allowed here, so that their absence says something.
void allow_cores() {
    rlimit limit{};
    ::getrlimit(RLIMIT_CORE, &limit);
    limit.rlim_cur = limit.rlim_max;
    ::setrlimit(RLIMIT_CORE, &limit);
}

TEST(EveryCommand, of_the_program_has_a_case_here) {
    std::vector<std::string> known;
    for (const auto& [name, call] : calls()) known.push_back(name);
    EXPECT_EQ(known, cli::command_names()) << "add the new command to calls() in tests/secrets/house.cpp";
}

/// A day on which the commands are tried.
struct Day {
    std::string name;
    Way way = Way::legacy;
    Given given = Given::environment;
    std::function<void(House&)> spoil;  ///< empty: a good day
    bool waits = false;                 ///< the program tries again and again: the commands wait together
};
void PrintTo(const Day& day, std::ostream* out) {
    *out << day.name;
}

/// Every cloud answers each request so, and quotes what it was or could have been sent, as it is and escaped.
std::function<void(House&)> answering(int status) {
    return [status](House& house) {
        const auto& known = house.marked().credentials();
        const auto quote = [&](const std::string& path, std::vector<std::string> sent) {
            std::string words;
            for (const auto& secret : sent) words += secret + " " + net::percent_encode(secret) + " ";
            Fault fault;
            fault.path = path;
            fault.status = status;
            fault.count = 0;
            fault.body = R"({"code":"X","message":")" + words + R"(","error":{"message":")" + words +
                         R"("},"error_description":")" + words + R"(","errors":[{"code":1,"message":")" + words +
                         "\"}]}";
            fault.headers = {{"Location", "https://elsewhere.example/?" + net::percent_encode(sent.front())},
                             {"Retry-After", "1"}};
            house.clouds().inject(fault);
        };
        quote("/v2/*", {known.rf_token});
        quote("/oauth2/token", {known.cs_client_id, known.cs_client_secret});
        quote("/intel/*", {known.cs_client_id, known.cs_client_secret});
        quote("/api/v1/*", {known.api_key, known.password});
        quote("/oauth2/v1/token", {known.oneapi_client_secret});
    };
}

std::function<void(House&)> failing(Fault::Kind kind) {
    return [kind](House& house) {
        Fault fault;
        fault.kind = kind;
        fault.count = 0;
        house.clouds().inject(fault);
    };
}

void lead_to(House& house, const std::string& origin) {
    house.changed["zscaler.base_uri"] = origin;
    house.changed["rfapi.api_url"] = origin;
    house.changed["falcon.base_url"] = origin;
}

void use_proxy(House& house, int port) {
    for (const char* section : {"zscaler", "rfapi", "falcon"}) {
        house.changed[std::string(section) + ".proxy_enabled"] = "true";
        house.changed[std::string(section) + ".proxy_servers"] = "[\"" + house.marked().proxy(port) + "\"]";
    }
}

/// Lines that hold a secret and cannot be read: without '=', an unknown key, a broken list. Names of sections and keys
/// are quoted, since nothing else says which one is meant.
void spoil_settings(House& house) {
    const auto& known = house.marked().credentials();
    house.appended = "[zscaler]\n" + known.password + "\npassword: " + known.password +
                     "\npasswort = " + known.password + "\napi_key " + known.api_key +
                     "\n[rfapi]\nproxy_servers = [\"" + house.marked().proxy(9) + "\ntoken\n " + known.rf_token + "\n";
}

std::vector<Day> days() {
    const auto killed = [](int at, int signal) {
        return [at, signal](House& house) {
            house.killed_at = at;
            house.signal = signal;
        };
    };
    return {
        {"good_with_flags", Way::legacy, Given::flags, {}},
        {"good_with_settings", Way::legacy, Given::settings, {}},
        {"good_with_oneapi_in_files", Way::oneapi, Given::files, {}},
        {"good_with_a_private_key", Way::private_key, Given::settings, {}},
        {"good_with_a_bearer_token", Way::bearer, Given::files, {}},
        {"good_and_debugged", Way::legacy, Given::environment,
         [](House& house) {
             house.more_words = {"--log-level", "debug"};
         }},
        {"wrong_password", Way::legacy, Given::flags,
         [](House& house) {
             house.given_instead["zscaler.password"] = "wrong" + house.marked().credentials().password;
         }},
        {"wrong_client_secret", Way::oneapi, Given::environment,
         [](House& house) {
             house.given_instead["zscaler.client_secret"] = "x" + house.marked().credentials().oneapi_client_secret;
         }},
        {"wrong_private_key", Way::private_key, Given::files,
         [](House& house) {
             house.given_instead["zscaler.private_key"] = Marked(Way::private_key).keys().back().value + "torn";
         }},
        {"secret_with_a_line_break", Way::legacy, Given::environment,
         [](House& house) {
             const auto& known = house.marked().credentials();
             house.given_instead["rfapi.token"] = known.rf_token + "\r\nX-Injected: " + known.rf_token;
         }},
        {"answers_302", Way::legacy, Given::environment, answering(302)},
        {"answers_401", Way::legacy, Given::settings, answering(401)},
        {"answers_403", Way::oneapi, Given::environment, answering(403)},
        {"answers_429", Way::legacy, Given::files, answering(429), true},
        {"answers_500", Way::legacy, Given::environment, answering(500), true},
        {"torn_bodies", Way::legacy, Given::environment, failing(Fault::Kind::torn_body), true},
        {"no_json", Way::oneapi, Given::files, failing(Fault::Kind::not_json)},
        {"resets", Way::legacy, Given::flags, failing(Fault::Kind::reset_before), true},
        {"unreachable_hosts", Way::legacy, Given::settings, [](House& house) { lead_to(house, "http://127.0.0.1:9"); },
         true},
        {"proxies_that_are_not_there", Way::legacy, Given::environment, [](House& house) { use_proxy(house, 9); }},
        {"proxies_that_are_servers", Way::legacy, Given::files,
         [](House& house) { use_proxy(house, house.clouds().port()); }},
        {"tls_failures", Way::legacy, Given::environment,
         [](House& house) { lead_to(house, "https://127.0.0.1:" + std::to_string(house.clouds().port())); }, true},
        {"no_settings_file", Way::legacy, Given::flags, [](House& house) { house.has_settings_file = false; }},
        {"bad_settings_lines", Way::legacy, Given::settings, spoil_settings},
        {"aborted", Way::legacy, Given::environment, killed(4, SIGABRT)},
        {"killed", Way::legacy, Given::settings, killed(7, SIGKILL)},
        {"terminated", Way::oneapi, Given::files, killed(5, SIGTERM)},
    };
}

class EveryCommandOnADay : public testing::TestWithParam<Day> {};

TEST_P(EveryCommandOnADay, shows_no_secret) {
    allow_cores();
    const auto& day = GetParam();
    House house(day.way, day.given);
    if (day.spoil) day.spoil(house);
    house.is_one_at_a_time = !day.waits;
    if (day.waits) house.patience = std::chrono::seconds{3};
    const std::size_t at_once = day.waits ? calls().size() : 1;
    std::mutex mutex;
    auto next = calls().begin();
    const auto work = [&] {
        for (;;) {
            std::unique_lock lock(mutex);
            if (next == calls().end()) return;
            const auto& [name, call] = *next++;
            lock.unlock();
            const auto ran = house.call(name, call);
            const bool is_judged = !day.spoil && call.status.has_value();
            EXPECT_TRUE(!is_judged || ran.status == call.status)
                << name << " ends with " << ran.status << ": " << ran.err;
        }
    };
    std::vector<std::future<void>> workers;
    for (std::size_t i = 0; i < at_once; ++i) workers.push_back(std::async(std::launch::async, work));
    for (auto& worker : workers) worker.get();
    house.check_records();
}

INSTANTIATE_TEST_SUITE_P(Each, EveryCommandOnADay, testing::ValuesIn(days()),
                         [](const auto& day) { return day.param.name; });

}  // namespace
}  // namespace cordon::secrets
