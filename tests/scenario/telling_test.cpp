// Who is told what, by the real program as a process.

#include <fstream>
#include <mutex>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "base/file.hpp"
#include "net/http_server.hpp"
#include "sandbox/sandbox.hpp"
#include "tests/scenario/program.hpp"
#include "tests/scenario/rehearsal.hpp"
#include "tests/scenario/sign_in.hpp"

namespace cordon::scenario {
namespace {

using testing::ContainsRegex;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

/// A sandbox, settings with a webhook, and the service that it leads to.
struct ToldInstallation {
    ToldInstallation() {
        sandbox::Options options;
        options.has_rate_limits = false;
        known = options.credentials;
        clouds = sandbox::Sandbox::start(options, clock).value();
        clouds->put_feed_file("/public/prevent/weaponized_domains.json", risk_list(hosts(12)));
        service = net::HttpServer::start("127.0.0.1", 0, [this](const net::ServerRequest& request) {
                      const std::lock_guard lock(mutex);
                      events.push_back(nlohmann::json::parse(request.body).at("event"));
                      return net::ServerResponse{status, {}, "", {}};
                  }).value();
        std::filesystem::create_directories(folder.path() / "config");
        std::ofstream(folder.path() / "config" / "settings.ini") << fmt::format(
            "[zscaler]\n{1}\n[rfapi]\napi_url = {0}\n\n"
            "[risklist_weaponized_domains]\nentity_type = domain\n"
            "fusion_file = public/prevent/weaponized_domains.json\n"
            "category_name = Prevent Domains\ncategory_description = Domains -\n\n"
            "[guard]\npermit_reserved = true\n\n"
            "[notify_hook]\nkind = webhook\n",
            clouds->url(), lines_of(place_keys(clouds->url())));
    }

    Ran run(std::vector<std::string> words, bool knows_the_secret = true) {
        auto environment = credential_variables(known);
        if (!knows_the_secret) {
            environment.back().replace(environment.back().find('=') + 1, std::string::npos, "wrong");
        }
        environment.push_back("RF_API_KEY=" + known.rf_token);
        environment.push_back(
            fmt::format("CORDON_NOTIFY_HOOK_URL=http://127.0.0.1:{}/services/TheKeyInThePath", service->port()));
        words.insert(words.end(), {"-s", (folder.path() / "config" / "settings.ini").string()});
        auto ran = run_program(folder.path(), words, environment);
        EXPECT_THAT(ran.out + ran.err, Not(HasSubstr("TheKeyInThePath")));
        EXPECT_THAT(files_with(folder.path(), "TheKeyInThePath", ""), IsEmpty());
        return ran;
    }
    std::vector<std::string> told() {
        const std::lock_guard lock(mutex);
        return std::exchange(events, {});
    }

    SystemClock clock;
    TemporaryFolder folder;
    sandbox::Credentials known;
    std::unique_ptr<sandbox::Sandbox> clouds;
    std::mutex mutex;
    std::vector<std::string> events;
    int status = 200;
    std::unique_ptr<net::HttpServer> service;
};

TEST(Telling, a_failed_run_is_told_once_and_its_end_once) {
    ToldInstallation installation;
    EXPECT_EQ(installation.run({"run"}, false).status, 1);
    EXPECT_THAT(installation.told(), ElementsAre("run_failed"));
    EXPECT_EQ(installation.run({"run"}, false).status, 1);
    EXPECT_THAT(installation.told(), IsEmpty());
    EXPECT_EQ(installation.run({"run"}).status, 0);
    EXPECT_THAT(installation.told(), ElementsAre("recovered", "not_enforced")) << "the tenant has no rules";
    EXPECT_EQ(installation.run({"run"}).status, 0);
    EXPECT_THAT(installation.told(), IsEmpty());
}

TEST(Telling, that_does_not_work_changes_no_exit_status_and_is_made_up_for) {
    ToldInstallation installation;
    EXPECT_EQ(installation.run({"run"}, false).status, 1);
    EXPECT_THAT(installation.told(), ElementsAre("run_failed"));
    installation.status = 410;
    const auto ran = installation.run({"run"});
    EXPECT_EQ(ran.status, 0) << ran.err;
    EXPECT_THAT(ran.err, HasSubstr("cordon: note: [notify_hook] 'Over: runs work again' was not told"));
    EXPECT_THAT(installation.told(), ElementsAre("recovered"));
    installation.status = 200;
    EXPECT_EQ(installation.run({"run"}).status, 0);
    EXPECT_THAT(installation.told(), ElementsAre("recovered", "not_enforced"));
}

TEST(Telling, of_a_run_that_does_not_begin_since_the_settings_are_wrong) {
    ToldInstallation installation;
    std::ofstream(installation.folder.path() / "config" / "settings.ini", std::ios::app)
        << "[assert]\nmust_block = not a value\n[guard2]\nx = 1\n";
    const auto ran = installation.run({"run"});
    EXPECT_EQ(ran.status, 2) << ran.err;
    EXPECT_THAT(installation.told(), ElementsAre("run_failed"));
    EXPECT_EQ(installation.run({"run"}).status, 2);
    EXPECT_THAT(installation.told(), IsEmpty());
}

TEST(Telling, can_be_tested) {
    ToldInstallation installation;
    const auto good = installation.run({"notify", "test"});
    EXPECT_EQ(good.status, 0) << good.err;
    EXPECT_EQ(good.out, "hook: sent (webhook at 127.0.0.1)\n");
    EXPECT_THAT(installation.told(), ElementsAre("test"));
    installation.status = 404;
    const auto bad = installation.run({"notify", "test", "hook"});
    EXPECT_EQ(bad.status, 1);
    EXPECT_THAT(bad.out, HasSubstr("hook: not sent (webhook at 127.0.0.1): 127.0.0.1 answered 404"));
    EXPECT_EQ(installation.run({"notify", "test", "nobody"}).status, 2);
}

TEST(Telling, numbers_are_written_after_good_and_failed_runs_and_the_status_does_not_depend_on_that) {
    ToldInstallation installation;
    const auto file = installation.folder.path() / "cordon.prom";
    EXPECT_EQ(installation.run({"run", "--metrics-file", file}).status, 0);
    auto text = read_file(file).value();
    EXPECT_THAT(text, HasSubstr("cordon_list_entries{list=\"Prevent Domains\",state=\"on_gateway\"} 12\n"));
    EXPECT_THAT(text, HasSubstr("cordon_last_run_success 1\n"));
    EXPECT_THAT(text, HasSubstr("cordon_quota_limit_urls "));
    EXPECT_THAT(text, Not(HasSubstr(*hosts(1).begin()))) << "no entry of a list";
    EXPECT_EQ(installation.run({"run", "--metrics-file", file}, false).status, 1);
    text = read_file(file).value();
    EXPECT_THAT(text, HasSubstr("cordon_last_run_success 0\n"));
    EXPECT_THAT(text, HasSubstr("cordon_list_entries{list=\"Prevent Domains\",state=\"on_gateway\"} 12\n"));
    EXPECT_THAT(text, HasSubstr("cordon_runs_total{command=\"run\",outcome=\"done\"} 1\n"));
    EXPECT_THAT(text, HasSubstr("cordon_runs_total{command=\"run\",outcome=\"failed\"} 1\n"));
    EXPECT_THAT(text, ContainsRegex("cordon_api_request_errors_total.cloud=\"zia\",endpoint=\"[^\"]*\". 1\n"));
    const auto ran = installation.run({"run", "--metrics-file", "/nonexistent/cordon.prom"});
    EXPECT_EQ(ran.status, 0) << ran.err;
    EXPECT_THAT(ran.err, HasSubstr("cordon: note: the metrics file was not written: "));
}

}  // namespace
}  // namespace cordon::scenario
