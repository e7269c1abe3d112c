// The real program as a process, against a sandbox on the machine's clock.

#include <atomic>
#include <csignal>
#include <fstream>
#include <mutex>
#include <thread>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "base/file.hpp"
#include "base/text.hpp"
#include "gateways/zia/zia.hpp"
#include "sandbox/sandbox.hpp"
#include "tests/scenario/installation.hpp"
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

Words lines_in(const std::string& text) {
    Words lines;
    for (const auto line : split(text, '\n')) {
        if (!line.empty()) lines.emplace_back(line);
    }
    return lines;
}

TEST(TheProgram, replaces_the_predecessors_command_line) {
    if (sign_in() != SignIn::legacy) GTEST_SKIP() << "the predecessor's flags are those of the legacy sign-in";
    Installation installation;
    const auto ran = run_program(installation.folder.path(), installation.flags());
    EXPECT_EQ(ran.status, 0) << ran.err << ran.out;
    EXPECT_EQ(installation.active(), hosts(12));
    EXPECT_THAT(ran.err, HasSubstr("safer"));
    installation.expect_no_secret(ran);
    EXPECT_TRUE(std::filesystem::exists(installation.folder.path() / "logs" / "cordon.log"))
        << "logs/ lies beside config/, as the predecessor has it";
}

TEST(TheProgram, looks_values_up_and_keeps_the_answers) {
    Installation installation;
    installation.clouds->classify("flagged.example", {{"OTHER_MISCELLANEOUS"}, {"MALWARE_SITE"}});
    const auto asked = installation.run({"lookup", "http://Flagged.example/", "flagged.example"});
    EXPECT_EQ(asked.status, 0) << asked.err;
    EXPECT_THAT(asked.out, HasSubstr("MALWARE_SITE"));
    EXPECT_EQ(installation.clouds->looked_up(), 1U) << "one value in two spellings";
    const auto again = installation.run({"lookup", "flagged.example", "--json"});
    EXPECT_EQ(again.status, 0) << again.err;
    EXPECT_THAT(again.out, HasSubstr("\"source\": \"store\""));
    EXPECT_EQ(installation.clouds->looked_up(), 1U);
}

TEST(TheProgram, asks_about_a_single_label_and_shows_what_the_gateway_says) {
    Installation installation;
    const auto ran = installation.run({"lookup", "com"});
    EXPECT_EQ(ran.status, 0) << ran.err;
    EXPECT_THAT(ran.out, ContainsRegex("com +refused: ")) << "the sandbox takes names with a dot only";
}

TEST(TheProgram, says_why_a_value_is_not_looked_up) {
    Installation installation;
    const auto odd = installation.run({"lookup", "flagged.example", "no host at all"});
    EXPECT_EQ(odd.status, 2);
    EXPECT_THAT(odd.out, ContainsRegex("no host at all +cannot be looked up: "));
    EXPECT_THAT(odd.err, HasSubstr("one value cannot be looked up; give a host, a URL or an IP address"));
    EXPECT_EQ(installation.clouds->looked_up(), 1U) << "the usable one is asked about all the same";
    const auto json = installation.run({"lookup", "flagged.example", "198.51.100.0/24", "--json"});
    EXPECT_EQ(json.status, 2);
    EXPECT_THAT(json.out, HasSubstr("\"source\": \"store\""));
    EXPECT_THAT(json.out, HasSubstr("\"cannot_be_looked_up\": \"a network in a list of URLs\""));
    EXPECT_EQ(installation.run({"lookup", "no host at all"}).status, 2);
    EXPECT_EQ(installation.run({"lookup", "12345"}).status, 2) << "a number is no name";
    if (sign_in() == SignIn::bearer) return;  // a minute is waited for the provider's keys
    const auto stranger =
        run_program(installation.folder.path(), {"lookup", "stranger.example", "-s", installation.settings()},
                    installation.wrong_environment());
    EXPECT_EQ(stranger.status, 1);
    EXPECT_THAT(stranger.err, HasSubstr(wrong_secret_words()));
    EXPECT_THAT(stranger.out, HasSubstr("not answered"));
}

TEST(TheProgram, wipes_secrets_of_flags_from_the_process_list) {
    if (sign_in() != SignIn::legacy) GTEST_SKIP() << "only the legacy sign-in has flags";
    std::mutex mutex;
    std::string seen;
    std::atomic<pid_t> pid = 0;
    Installation installation([&](const sandbox::JournalEntry&) {
        while (pid == 0) std::this_thread::yield();
        const std::lock_guard lock(mutex);
        std::ifstream file("/proc/" + std::to_string(pid.load()) + "/cmdline", std::ios::binary);
        seen.assign(std::istreambuf_iterator<char>(file), {});
    });
    Program program(installation.folder.path(), installation.flags());
    pid = program.pid();
    EXPECT_EQ(program.wait().status, 0);
    const std::lock_guard lock(mutex);
    EXPECT_THAT(seen, HasSubstr(installation.marked.username));
    for (const auto& secret :
         {installation.marked.api_key, installation.marked.password, installation.marked.rf_token}) {
        EXPECT_EQ(seen.find(secret), std::string::npos);
    }
}

TEST(TheProgram, reads_secrets_from_files_that_the_environment_names) {
    Installation installation;
    const auto file = [&](const std::string& name, const std::string& text) {
        const auto path = installation.folder.path() / name;
        std::ofstream(path) << text << "\n";
        return path.string();
    };
    Words named;
    for (const auto& variable : installation.environment()) {
        const auto equals = variable.find('=');
        const auto name = variable.substr(0, equals);
        named.push_back(name + "_FILE=" + file(name, variable.substr(equals + 1)));
    }
    const auto ran = run_program("/", {"run", "-s", installation.settings()}, named);
    EXPECT_EQ(ran.status, 0) << ran.err;
    EXPECT_EQ(installation.active(), hosts(12));
    EXPECT_THAT(ran.err, Not(HasSubstr("safer")));
}

TEST(TheProgram, says_wrong_flags_in_one_sentence) {
    TemporaryFolder folder;
    for (const auto& words : {Words{"--nonsense"}, Words{"fly"}, Words{"run", "--log-level", "LOUD"}, Words{"retire"},
                              Words{"-s"}, Words{"runs", "list", "--most", "0"}}) {
        const auto ran = run_program(folder.path(), words);
        EXPECT_EQ(ran.status, 2) << words.front();
        EXPECT_EQ(lines_in(ran.err).size(), 1U) << ran.err;
        EXPECT_EQ(ran.out, "");
    }
}

TEST(TheProgram, says_where_it_looked_for_settings) {
    TemporaryFolder folder;
    const auto none = run_program(folder.path(), {"run", "-s", "absent.ini"});
    EXPECT_EQ(none.status, 2);
    EXPECT_THAT(none.err, HasSubstr("absent.ini"));
    if (std::filesystem::exists("/etc/cordon/settings.ini")) GTEST_SKIP() << "this machine has system settings";
    const auto nowhere = run_program(folder.path(), {});
    EXPECT_EQ(nowhere.status, 2);
    EXPECT_THAT(nowhere.err, HasSubstr("config/settings.ini"));
    EXPECT_THAT(nowhere.err, HasSubstr("/etc/cordon/settings.ini"));
}

TEST(TheProgram, asks_for_no_credentials_of_a_feed_that_is_switched_off) {
    Installation installation;
    ASSERT_EQ(installation.run({"run"}).status, 0);
    auto text = read_file(installation.settings()).value();
    const std::string on = "enabled = true";
    text.replace(text.find(on), on.size(), "enabled = false");
    installation.write_settings(text);
    const auto none = installation.run({"check"});
    EXPECT_EQ(none.status, 2);
    EXPECT_THAT(none.err, HasSubstr("no [risklist_*] or [falcon_*] section is enabled"));
    EXPECT_THAT(none.err, Not(HasSubstr("client_id")));
    EXPECT_EQ(installation.run({"retire", "Prevent Domains", "--yes"}).status, 0);
    EXPECT_EQ(installation.active(), (Entries{gateways::zia::k_placeholder_host}));
}

TEST(TheProgram, refuses_an_empty_name_of_a_folder) {
    Installation installation;
    const auto text = read_file(installation.settings()).value();
    installation.write_settings("[cordon]\nstate_dir =\n\n" + text);
    const auto checked = installation.run({"check"});
    EXPECT_EQ(checked.status, 2);
    EXPECT_THAT(checked.err, HasSubstr("state_dir"));
    EXPECT_THAT(checked.err, HasSubstr("name a folder"));
}

TEST(TheProgram, says_in_check_that_the_store_is_damaged) {
    Installation installation;
    ASSERT_EQ(installation.run({"run"}).status, 0);
    std::ofstream(installation.folder.path() / "state" / "cordon.db", std::ios::trunc) << std::string(8192, 'x');
    const auto checked = installation.run({"check"});
    EXPECT_EQ(checked.status, 1) << checked.out;
    EXPECT_THAT(checked.err, HasSubstr("is damaged. What operators said stands in it"));
}

TEST(TheProgram, checks_everything_at_once_and_offline) {
    Installation installation;
    installation.write_settings(
        "[zscaler]\nbase_uri = CHANGE_ME\nmax_domain = 7\n\n[rfapi]\nverify_ssl = perhaps\n\n"
        "[risklist_a]\nentity_type = hash\ncategory_name = A\n\n[guard]\nmax_removal_share = 200%\n");
    const auto ran = run_program(installation.folder.path(), {"check", "-s", installation.settings()});
    EXPECT_EQ(ran.status, 2);
    for (const char* part : {"line 2", "CHANGE_ME", "line 3", "max_domains", "line 6", "line 9", "entity_type",
                             "line 13", "RF_API_KEY", "api_key", "password"}) {
        EXPECT_THAT(ran.err, HasSubstr(part));
    }
    EXPECT_EQ(installation.clouds->journal().size(), 0U);
}

TEST(TheProgram, tells_the_place_of_what_does_not_go_together_also_without_a_token) {
    Installation installation;
    installation.write_settings(
        "[zscaler]\nbase_uri = https://zsapi.zscaler.test\n\n[rfapi]\nproxy_servers = https://localhost:8080\n\n"
        "[risklist_a]\nentity_type = domain\ncategory_name = A\nmin_risk = 5\nmax_entries = 10\n\n"
        "[risklist_b]\nentity_type = domain\ncategory_name = A\nmin_risk = 7\n\n"
        "[assert]\nnever_block = *.one.test\n    two.test\nmust_block = .three.test, *.four.test\n\n"
        "[allow]\nnever_files = absent.txt\n\n"
        "[risklist_c]\nentity_type = hash\ncategory_name = C\n\n[risklist_d]\nentity_type = ip\ncategory_name = C\n");
    const auto ran = run_program(installation.folder.path(), {"check", "-s", installation.settings()});
    EXPECT_EQ(ran.status, 2);
    for (const char* part :
         {"line 5: [rfapi] proxy_servers", "JSON array",
          "line 16: [risklist_a] and [risklist_b] both feed 'A' but differ in min_risk",
          "line 11: [risklist_a] and [risklist_b] both feed 'A' but differ in max_entries",
          "line 19: [assert] never_block: '*.one.test'", "line 21: [assert] must_block: '.three.test'",
          "line 21: [assert] must_block: '*.four.test'", "line 24: [allow] never_files: ", "absent.txt",
          "RF_API_KEY"}) {
        EXPECT_THAT(ran.err, HasSubstr(part));
    }
    EXPECT_THAT(ran.err, testing::Not(HasSubstr("both feed 'C'"))) << "nobody knows what [risklist_c] holds";
}

TEST(TheProgram, checks_good_settings_and_both_clouds_without_changing_anything) {
    Installation installation;
    const auto offline = installation.run({"check"});
    EXPECT_EQ(offline.status, 0) << offline.err;
    EXPECT_EQ(installation.clouds->journal().size(), 0U);
    const auto online = installation.run({"check", "--online"});
    EXPECT_EQ(online.status, 0) << online.out << online.err;
    EXPECT_EQ(installation.clouds->zia_writes(), 0U);
}

TEST(TheProgram, says_in_check_and_plan_that_a_run_now_would_write_or_activate_nothing) {
    Installation installation;
    auto text = read_file(installation.settings()).value();
    text.replace(text.find("[zscaler]\n"), 10, "[zscaler]\nactivate = never\n");
    installation.write_settings(text);
    const auto checked = installation.run({"check", "--online"});
    EXPECT_EQ(checked.status, 0) << checked.out << checked.err;
    const std::string forecast = sign_in() == SignIn::legacy
                                     ? "a run now would write nothing: activate = never\n"
                                     : "a run now would save changes and not activate them: activate = never; an "
                                       "administrator activates them\n";
    EXPECT_THAT(checked.out, HasSubstr("note: " + forecast));
    EXPECT_THAT(installation.run({"plan"}).out, testing::EndsWith(forecast));
}

TEST(TheProgram, checks_on_where_one_list_is_missing) {
    Installation installation;
    installation.add_list("risklist_gone", "Gone", "public/prevent/gone.json");
    const auto ran = installation.run({"check", "--online"});
    EXPECT_EQ(ran.status, 1) << ran.out << ran.err;
    EXPECT_THAT(ran.out, ContainsRegex("missing .*gone.json"));
    EXPECT_THAT(ran.out, HasSubstr("ok      [zscaler]: category 'Prevent Domains' does not exist"));
    EXPECT_THAT(ran.out, HasSubstr("ok      list 'Prevent Domains': 12 accepted, 0 there, 12 to add, 0 to remove\n"));
    EXPECT_THAT(ran.out, HasSubstr("note: list 'Gone': 0 accepted"));
}

TEST(TheProgram, ends_its_check_where_it_cannot_sign_in) {
    if (sign_in() == SignIn::bearer) GTEST_SKIP() << "a minute is waited for the provider's keys";
    Installation installation;
    const auto ran = run_program(installation.folder.path(), {"check", "--online", "-s", installation.settings()},
                                 installation.wrong_environment());
    EXPECT_EQ(ran.status, 1);
    EXPECT_THAT(ran.out, HasSubstr("missing [zscaler]: "));
    EXPECT_THAT(ran.out, Not(HasSubstr(" accepted, ")));
    std::size_t tries = 0;
    for (const auto& entry : installation.clouds->journal())
        tries += entry.method == sign_in_method() && entry.target.starts_with(sign_in_path());
    EXPECT_EQ(tries, 1U) << "a second try with a wrong password comes nearer to a locked account";
}

TEST(TheProgram, says_in_a_check_what_does_not_fit_and_calls_only_a_full_tenant_missing) {
    Installation installation;
    const auto text = read_file(installation.settings()).value();
    installation.add_list("risklist_capped", "Capped", "public/prevent/weaponized_domains.json", "max_entries = 5\n");
    const auto capped = installation.run({"check", "--online"});
    EXPECT_EQ(capped.status, 0) << capped.out << capped.err;
    EXPECT_THAT(capped.out, HasSubstr("note: list 'Capped': 7 entries do not fit under its cap of 5: "));
    EXPECT_THAT(capped.out, Not(ContainsRegex("note: list 'Prevent Domains': [0-9]")));

    installation.write_settings(text);
    installation.clouds->set_quota(0);
    const auto full = installation.run({"check", "--online"});
    EXPECT_EQ(full.status, 1) << full.out << full.err;
    EXPECT_THAT(full.out,
                HasSubstr("missing list 'Prevent Domains': 12 entries do not fit into the room that the tenant "
                          "has left, so nothing can be added: "));
    installation.clouds->set_quota(12 + 4);  // the sandbox begins with 4 URLs of others
    EXPECT_EQ(installation.run({"run"}).status, 0);
    const auto filled = installation.run({"check", "--online"});
    EXPECT_EQ(filled.status, 0) << "nothing has to be added; " << filled.out << filled.err;
    EXPECT_THAT(filled.out, HasSubstr("room for 0 more URLs: lists can only be changed entry for entry"));
}

TEST(TheProgram, plans_with_exit_status_3_then_runs_then_has_nothing_to_do) {
    Installation installation;
    const auto planned = installation.run({"plan", "--exit-code"});
    EXPECT_EQ(planned.status, 3) << planned.err;
    EXPECT_THAT(planned.out, HasSubstr("host-00001.example"));
    EXPECT_TRUE(installation.active().empty());
    const auto json = nlohmann::json::parse(installation.run({"plan", "--json"}).out, nullptr, false);
    EXPECT_TRUE(json.is_object());

    const auto ran = installation.run({"run", "--json"});
    EXPECT_EQ(ran.status, 0) << ran.err;
    const auto report = nlohmann::json::parse(ran.out, nullptr, false);
    ASSERT_TRUE(report.is_object()) << ran.out;
    EXPECT_EQ(report["exit_status"], 0);
    EXPECT_EQ(report["lists"].at(0)["added"], 12);
    EXPECT_EQ(installation.run({"plan", "--exit-code"}).status, 0);

    const auto shown = installation.run({"runs", "show", report["id"].get<std::string>(), "--json"});
    EXPECT_EQ(nlohmann::json::parse(shown.out, nullptr, false), report);
    EXPECT_THAT(installation.run({"runs", "show"}).out, HasSubstr("Prevent Domains"));
    const auto list = nlohmann::json::parse(installation.run({"runs", "list", "--json"}).out, nullptr, false);
    EXPECT_EQ(list.size(), 1U) << "plans are no runs";
    EXPECT_EQ(lines_in(installation.run({"runs", "list"}).out).size(), 1U);
    EXPECT_EQ(installation.run({"runs", "show", "nonsense"}).status, 2);
    EXPECT_EQ(installation.run({"exceptions", "list"}).status, 0);
}

TEST(TheProgram, lists_its_exit_statuses_in_help) {
    TemporaryFolder folder;
    const auto ran = run_program(folder.path(), {"--help"});
    EXPECT_EQ(ran.status, 0);
    for (const char* part : {"0 done", "1 failed", "2 usage", "3 changes pending", "4 stopped", "5 another run",
                             "70 bug", "130 interrupted", "--zkey", "compile", "sandbox"}) {
        EXPECT_THAT(ran.out, HasSubstr(part));
    }
    EXPECT_THAT(run_program(folder.path(), {"version"}).out, testing::StartsWith("cordon "));
}

TEST(TheProgram, says_who_holds_the_store_and_exits_with_5) {
    std::atomic<bool> asked = false;
    std::atomic<pid_t> first = 0;
    Ran second;
    std::function<void()> run_second;
    Installation installation([&](const sandbox::JournalEntry&) {
        if (asked.exchange(true)) return;
        while (first == 0) std::this_thread::yield();
        run_second();
    });
    run_second = [&] {
        second =
            run_program(installation.folder.path(), {"run", "-s", installation.settings()}, installation.environment());
    };
    Program program(installation.folder.path(), {"run", "-s", installation.settings()}, installation.environment());
    first = program.pid();
    EXPECT_EQ(program.wait().status, 0);
    EXPECT_EQ(second.status, 5) << second.err;
    EXPECT_THAT(second.err, HasSubstr(std::to_string(first.load())));
}

TEST(TheProgram, ends_an_interrupted_run_with_130_and_a_report) {
    std::atomic<pid_t> pid = 0;
    std::atomic<bool> is_sent = false;
    Installation installation([&](const sandbox::JournalEntry&) {
        if (is_sent.exchange(true)) return;
        while (pid == 0) std::this_thread::yield();
        ::kill(pid, SIGTERM);
    });
    Program program(installation.folder.path(), {"run", "-s", installation.settings()}, installation.environment());
    pid = program.pid();
    const auto ran = program.wait();
    EXPECT_EQ(ran.status, 130) << ran.err;
    EXPECT_TRUE(installation.active().empty());
    EXPECT_EQ(lines_in(installation.run({"runs", "list"}).out).size(), 1U);
}

TEST(ALoop, that_waits_lets_other_commands_in_and_ends_with_0_on_a_signal) {
    for (const int signal : {SIGTERM, SIGINT}) {
        Installation installation;
        Program loop(installation.folder.path(), {"run", "--every", "1h", "-s", installation.settings()},
                     installation.environment());
        ASSERT_TRUE(loop.says("the next run starts at 2", 60s));
        EXPECT_EQ(installation.active(), hosts(12)) << "the first run starts at once";
        EXPECT_EQ(installation.run({"run", "--once"}).status, 0) << "nobody holds the lock";
        ::kill(loop.pid(), signal);
        ASSERT_TRUE(loop.ends_within(60s)) << "a waiting loop ends at once, not in an hour";
        const auto ran = loop.wait();
        EXPECT_EQ(ran.status, 0) << ran.err;
        EXPECT_THAT(ran.out, HasSubstr("run 2"));
        EXPECT_EQ(lines_in(installation.run({"runs", "list"}).out).size(), 2U);
    }
}

TEST(ALoop, that_is_stopped_in_a_run_ends_with_130_and_its_report) {
    std::atomic<pid_t> pid = 0;
    std::atomic<bool> is_sent = false;
    Installation installation([&](const sandbox::JournalEntry&) {
        if (is_sent.exchange(true)) return;
        while (pid == 0) std::this_thread::yield();
        ::kill(pid, SIGTERM);
    });
    Program loop(installation.folder.path(), {"run", "--every", "1h", "-s", installation.settings()},
                 installation.environment());
    pid = loop.pid();
    ASSERT_TRUE(loop.ends_within(60s));
    const auto ran = loop.wait();
    EXPECT_EQ(ran.status, 130) << ran.err;
    EXPECT_THAT(ran.out, HasSubstr("interrupted"));
    EXPECT_EQ(lines_in(installation.run({"runs", "list"}).out).size(), 1U);
}

TEST(ALoop, that_fails_again_and_again_ends_with_1_and_the_reasons) {
    Installation installation;
    auto text = read_file(installation.settings()).value();
    installation.write_settings(text + "\n[cordon]\nevery = 1s\nmax_consecutive_failures = 2\n");
    if (sign_in() == SignIn::bearer) GTEST_SKIP() << "a minute is waited for the provider's keys";
    Program loop(installation.folder.path(), {"run", "-s", installation.settings()}, installation.wrong_environment());
    ASSERT_TRUE(loop.ends_within(120s));
    const auto ran = loop.wait();
    EXPECT_EQ(ran.status, 1);
    EXPECT_THAT(ran.err, HasSubstr("2 failed runs in a row"));
    EXPECT_THAT(ran.err, HasSubstr(wrong_secret_words()));
    EXPECT_EQ(lines_in(installation.run({"runs", "list"}).out).size(), 2U) << "each failed run left its report";
}

TEST(ALoop, with_wrong_settings_ends_at_once_with_2) {
    Installation installation;
    const auto ran =
        run_program(installation.folder.path(), {"run", "--every", "hourly", "-s", installation.settings()},
                    installation.environment());
    EXPECT_EQ(ran.status, 2);
    EXPECT_THAT(ran.err, HasSubstr("hourly"));
}

TEST(MarkedSecrets, reach_nothing_that_any_command_writes_or_prints) {
    Installation installation;
    for (const auto& words :
         {Words{"check", "--online"}, Words{"plan", "--json"}, Words{"run", "--log-level", "DEBUG"},
          Words{"adopt", "Prevent Domains"}, Words{"move", "Prevent Domains"}, Words{"runs", "list"},
          Words{"runs", "show"}, Words{"exceptions", "list"}, Words{"settings"}, Words{"--help"}}) {
        installation.run(words);
    }
}

}  // namespace
}  // namespace cordon::scenario
