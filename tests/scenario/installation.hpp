#pragma once

#include <filesystem>
#include <fstream>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/file.hpp"
#include "sandbox/sandbox.hpp"
#include "tests/scenario/program.hpp"
#include "tests/scenario/rehearsal.hpp"
#include "tests/scenario/sign_in.hpp"

namespace cordon::scenario {

using Words = std::vector<std::string>;

/// A folder with config/settings.ini that leads to a sandbox; the credentials come by flags.
struct Installation {
    explicit Installation(std::function<void(const sandbox::JournalEntry&)> on_request = {}) {
        sandbox::Options options;
        options.has_rate_limits = false;
        options.credentials.api_key = "MarkedZKey01";
        options.credentials.password = "Marked-Pass!word-7";
        options.credentials.oneapi_client_secret = "Marked+OneApi/Secret=7";
        options.credentials.external_bearer = "Marked.External.Bearer-7";
        options.credentials.rf_token = "facade0ffacade0ffacade0ffacade0f";
        options.on_request = std::move(on_request);
        marked = options.credentials;
        clouds = sandbox::Sandbox::start(options, clock).value();
        clouds->put_feed_file("/public/prevent/weaponized_domains.json", risk_list(hosts(12)));
        write_settings(
            fmt::format("[zscaler]\n{1}\n[rfapi]\napi_url = {0}\n\n"
                        "[risklist_weaponized_domains]\nentity_type = domain\nenabled = true\n"
                        "fusion_file = public/prevent/weaponized_domains.json\n"
                        "category_name = Prevent Domains\ncategory_description = Domains -\n\n"
                        "[guard]\npermit_reserved = true\n",
                        clouds->url(), lines_of(place_keys(clouds->url()))));
    }
    void write_settings(const std::string& text) {
        std::filesystem::create_directories(folder.path() / "config");
        std::ofstream(settings()) << text;
    }
    /// One more list of domains; `more` are further lines of its section.
    void add_list(const std::string& section, const std::string& list, const std::string& file,
                  const std::string& more = {}) {
        write_settings(
            fmt::format("{}\n[{}]\nentity_type = domain\nenabled = true\nfusion_file = {}\n"
                        "category_name = {}\ncategory_description = {} -\n{}",
                        read_file(settings()).value(), section, file, list, list, more));
    }
    [[nodiscard]] std::filesystem::path settings() const { return folder.path() / "config" / "settings.ini"; }
    [[nodiscard]] Words flags() const {
        return {"-s",  settings(),      "-k",  marked.rf_token, "-zk", marked.api_key,
                "-zu", marked.username, "-zp", marked.password};
    }
    [[nodiscard]] Words environment() const {
        auto variables = credential_variables(marked);
        variables.insert(variables.begin(), "RF_API_KEY=" + marked.rf_token);
        return variables;
    }
    /// With a wrong secret for ZIA.
    [[nodiscard]] Words wrong_environment() const {
        auto variables = environment();
        variables.back().replace(variables.back().find('=') + 1, std::string::npos, "wrong");
        return variables;
    }
    /// With the credentials in the environment.
    Ran run(Words words) {
        words.insert(words.end(), {"-s", settings()});
        auto ran = run_program(folder.path(), words, environment());
        expect_no_secret(ran);
        return ran;
    }
    void expect_no_secret(const Ran& ran) const {
        for (const auto& secret : {sign_in_secrets(marked)[0], sign_in_secrets(marked)[1], marked.rf_token}) {
            EXPECT_THAT(ran.out, testing::Not(testing::HasSubstr(secret)));
            EXPECT_THAT(ran.err, testing::Not(testing::HasSubstr(secret)));
            EXPECT_THAT(files_with(folder.path(), secret, "settings.ini"), testing::IsEmpty());
        }
    }
    [[nodiscard]] Entries active() { return clouds->active_category("Prevent Domains"); }

    SystemClock clock;
    TemporaryFolder folder;
    sandbox::Credentials marked;
    std::unique_ptr<sandbox::Sandbox> clouds;
};

}  // namespace cordon::scenario
