// Back to what a list held after an earlier run; the state in one file; what a program says of an unchecked
// certificate.

#include <csignal>
#include <fstream>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/file.hpp"
#include "sandbox/sandbox.hpp"
#include "tests/scenario/program.hpp"
#include "tests/scenario/rehearsal.hpp"
#include "tests/scenario/sign_in.hpp"

namespace cordon::scenario {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::Key;
using testing::Not;

const auto* const k_domains = Rehearsal::k_domains;
const auto* const k_ips = Rehearsal::k_ips;

/// Two lists over three runs; a person's entries lie beside ours.
struct ThreeRuns {
    ThreeRuns() {
        rehearsal.clouds().create_category_by_hand(k_domains, {}, {"theirs-1.example", "theirs-2.example"});
        rehearsal.must_stay(k_domains, theirs);
        for (std::size_t i = 0; i < 3; ++i) {
            rehearsal.put_domains(hosts(60, 1 + 5 * i));
            rehearsal.put_ips(addresses(40, 1 + 4 * i));
            const auto ending = rehearsal.run();
            EXPECT_EQ(ending.status, 0) << ending.said();
            runs.push_back(ending.report.id);
            rehearsal.clock.advance(1h);
        }
    }
    /// Requests of each kind that the command makes.
    template <class Command>
    std::map<std::string, std::size_t> counted(const Command& command) {
        const auto before = rehearsal.clouds().counts();
        command();
        std::map<std::string, std::size_t> made;
        for (const auto& [call, count] : rehearsal.clouds().counts()) {
            const auto known = before.find(call);
            const auto more = count - (known == before.end() ? 0 : known->second);
            if (more > 0) made[call] = more;
        }
        return made;
    }

    Rehearsal rehearsal;
    Entries theirs{"theirs-1.example", "theirs-2.example"};
    std::vector<std::string> runs;
};

TEST(ARollback, takes_all_lists_back_with_two_writes_a_list_and_one_activation) {
    ThreeRuns three;
    auto& rehearsal = three.rehearsal;
    const auto planned = rehearsal.rollback(three.runs[0], {}, Confirm::no);
    EXPECT_EQ(planned.list(k_domains).counts.to_add, 10U);
    EXPECT_EQ(planned.list(k_domains).counts.to_remove, 10U);
    EXPECT_EQ(rehearsal.active(k_domains), united(hosts(60, 11), three.theirs)) << "a plan writes nothing";
    Ending done;
    const auto calls = three.counted([&] { done = rehearsal.rollback(three.runs[0], {}, Confirm::yes); });
    EXPECT_EQ(done.status, 0) << done.said();
    EXPECT_EQ(done.report.digest, planned.report.digest);
    EXPECT_EQ(rehearsal.active(k_domains), united(hosts(60), three.theirs));
    EXPECT_EQ(rehearsal.active(k_ips), addresses(40));
    EXPECT_EQ(calls.at("PUT /api/v1/urlCategories/{id}"), 2U);
    EXPECT_LE(calls.at("PUT /api/v1/ipDestinationGroups/{id}"), 2U);
    EXPECT_EQ(calls.at("POST /api/v1/status/activate"), 1U);
    EXPECT_THAT(calls, Not(Contains(Key(HasSubstr("fusion"))))) << "no feed is asked";
    ASSERT_TRUE(planned.cost);
    EXPECT_EQ(planned.cost->calls.at("PUT /urlCategories/{id}"), 2U) << "the plan says what it costs";
}

TEST(ARollback, holds_until_it_is_resumed) {
    ThreeRuns three;
    auto& rehearsal = three.rehearsal;
    ASSERT_EQ(rehearsal.rollback(three.runs[1], k_domains, Confirm::yes).status, 0);
    rehearsal.put_ips(addresses(40, 13));
    for (const auto& ending : {rehearsal.plan(), rehearsal.run()}) {
        EXPECT_EQ(ending.status, 0) << ending.said();
        EXPECT_THAT(ending.said(), HasSubstr("rolled back to " + three.runs[1] + " by "));
    }
    EXPECT_EQ(rehearsal.active(k_domains), united(hosts(60, 6), three.theirs));
    EXPECT_EQ(rehearsal.active(k_ips), addresses(40, 13)) << "the others go on";
    ASSERT_EQ(rehearsal.resume(k_domains), 0);
    EXPECT_EQ(rehearsal.run().status, 0);
    EXPECT_EQ(rehearsal.active(k_domains), united(hosts(60, 11), three.theirs));
}

TEST(ARollback, of_a_freeze_writes_nothing) {
    ThreeRuns three;
    auto& rehearsal = three.rehearsal;
    rehearsal.set("zscaler", "activate", "never");
    const auto saved = rehearsal.saved(k_domains);
    const auto ending = rehearsal.rollback(three.runs[0], {}, Confirm::yes);
    EXPECT_EQ(rehearsal.active(k_domains), united(hosts(60, 11), three.theirs)) << "nothing takes effect";
    if (sign_in() == SignIn::legacy) {
        EXPECT_EQ(ending.status, 1) << "what was asked for was not done";
        EXPECT_EQ(rehearsal.saved(k_domains), saved);
    }
}

TEST(ARollback, whose_request_fails_is_repeated_with_what_is_left) {
    ThreeRuns three;
    auto& rehearsal = three.rehearsal;
    sandbox::Fault fault;
    fault.method = "PUT";
    fault.path = "/api/v1/urlCategories/*";
    fault.status = 403;
    fault.count = 0;
    rehearsal.clouds().inject(fault);
    EXPECT_EQ(rehearsal.rollback(three.runs[0], {}, Confirm::yes).status, 1);
    rehearsal.clouds().clear_faults();
    EXPECT_EQ(rehearsal.active(k_ips), addresses(40)) << "the other list is done";
    EXPECT_EQ(rehearsal.run().status, 0);
    EXPECT_EQ(rehearsal.active(k_domains), united(hosts(60, 11), three.theirs)) << "pinned as it is";
    EXPECT_EQ(rehearsal.rollback(three.runs[0], {}, Confirm::yes).status, 0);
    EXPECT_EQ(rehearsal.active(k_domains), united(hosts(60), three.theirs));
}

/// The program with a sandbox of its own, and one list.
struct Installed {
    Installed() {
        sandbox::Options options;
        options.has_rate_limits = false;
        clouds = sandbox::Sandbox::start(options, clock).value();
        clouds->put_feed_file("/lists/domains.csv", risk_list(hosts(30)));
        settings = fmt::format(
            "[zscaler]\n{0}{1}[rfapi]\napi_url = {2}\ntoken = {3}\n[risklist_domains]\nentity_type = domain\n"
            "fusion_file = /lists/domains.csv\ncategory_name = Domains\n[guard]\npermit_reserved = true\n",
            lines_of(place_keys(clouds->url())), lines_of(credential_keys(options.credentials)), clouds->url(),
            options.credentials.rf_token);
        secrets = sign_in_secrets(options.credentials);
        secrets.push_back(options.credentials.rf_token);
    }
    /// With settings of its own in a folder of its own.
    [[nodiscard]] Ran run(std::vector<std::string> words, const std::string& machine = "here",
                          const std::string& more = {}) const {
        const auto place = folder.path() / machine;
        std::filesystem::create_directories(place);
        auto text = settings;
        if (!more.empty()) text.insert(text.find("[rfapi]"), more);
        std::ofstream(place / "settings.ini") << text;
        words.insert(words.end(), {"-s", (place / "settings.ini").string()});
        return run_program(place, words);
    }

    SystemClock clock;
    TemporaryFolder folder;
    std::unique_ptr<sandbox::Sandbox> clouds;
    std::string settings;
    std::vector<std::string> secrets;
};

TEST(TheState, moves_to_another_machine_in_a_file_without_secrets) {
    Installed installed;
    ASSERT_EQ(installed.run({"run"}).status, 0);
    const auto file = (installed.folder.path() / "backup").string();
    const auto exported = installed.run({"export", file});
    EXPECT_EQ(exported.status, 0) << exported.err;
    const auto bytes = read_file(file).value();
    for (const auto& secret : installed.secrets) EXPECT_EQ(bytes.find(secret), std::string::npos);
    const auto imported = installed.run({"import", file}, "there");
    EXPECT_EQ(imported.status, 0) << imported.err;
    const auto verified = installed.run({"audit", "verify"}, "there");
    EXPECT_EQ(verified.status, 0) << verified.err;
    EXPECT_THAT(verified.out, HasSubstr("4 records, nothing was changed or taken out"));
    installed.clouds->put_feed_file("/lists/domains.csv", risk_list(hosts(30, 4)));
    const auto next = installed.run({"run"}, "there");
    EXPECT_EQ(next.status, 0) << next.out << next.err;
    EXPECT_EQ(installed.clouds->active_category("Domains"), hosts(30, 4)) << "what was ours there is ours here";
    EXPECT_EQ(installed.run({"import", file}, "there").status, 2);
    const auto replaced = installed.run({"import", file, "--replace"}, "there");
    EXPECT_EQ(replaced.status, 0) << replaced.err;
    EXPECT_THAT(replaced.out, HasSubstr("before-import-"));
}

TEST(TheState, is_rolled_back_by_the_program_with_the_plan_that_was_shown) {
    Installed installed;
    ASSERT_EQ(installed.run({"run"}).status, 0);
    const auto listed = installed.run({"runs", "list"});
    const auto id = listed.out.substr(0, listed.out.find(' '));
    installed.clouds->put_feed_file("/lists/domains.csv", risk_list(hosts(30, 4)));
    ASSERT_EQ(installed.run({"run"}).status, 0);
    const auto shown = installed.run({"rollback", id});
    EXPECT_EQ(shown.status, 3) << shown.err;
    EXPECT_THAT(shown.out, HasSubstr("3 to add, 3 to remove, 27 stay"));
    EXPECT_THAT(shown.err, HasSubstr("nothing was changed; add --yes to do it"));
    const auto digest = shown.out.substr(shown.out.find("\nplan ") + 6, 12);
    const auto other = installed.run({"rollback", id, "--yes", "--plan", "000000000000"});
    EXPECT_EQ(other.status, 1);
    EXPECT_THAT(other.out, HasSubstr("not the reviewed 000000000000"));
    EXPECT_EQ(installed.clouds->active_category("Domains"), hosts(30, 4));
    EXPECT_EQ(installed.run({"rollback", id, "--yes", "--plan", digest, "--because", "a test"}).status, 0);
    EXPECT_EQ(installed.clouds->active_category("Domains"), hosts(30));
    EXPECT_THAT(installed.run({"audit", "show"}).out, HasSubstr("pin  'Domains'  back to run " + id + ": a test"));
}

TEST(AnUncheckedCertificate, is_told_by_every_command_that_talks_to_a_cloud) {
    Installed installed;
    const std::string off = "verify_ssl = false\n";
    const auto said = HasSubstr("[zscaler] verify_ssl = false");
    ASSERT_EQ(installed.run({"run"}).status, 0);
    for (const auto& words : std::vector<std::vector<std::string>>{{"run"},
                                                                   {"run"},
                                                                   {"plan"},
                                                                   {"check"},
                                                                   {"check", "--online"},
                                                                   {"adopt", "Domains"},
                                                                   {"move", "Domains"},
                                                                   {"rollback", "last"},
                                                                   {"lookup", "one.example"}}) {
        const auto ran = installed.run(words, "here", off);
        EXPECT_THAT(ran.out + ran.err, said) << words.front();
        EXPECT_THAT(installed.run(words).out, Not(said)) << words.front();
    }
    EXPECT_THAT(installed.run({"run", "--json"}, "here", off).out, said);
    EXPECT_THAT(read_file(installed.folder.path() / "here" / "logs" / "cordon.log").value(), said);
}

}  // namespace
}  // namespace cordon::scenario
