// cordon serve from its settings file to the gateway, on a clock that waits at once.

#include <algorithm>
#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/serve_desk.hpp"
#include "tests/scenario/a_daemon.hpp"

namespace cordon::scenario {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

/// What the console tells of a host that a feed names.
engine::Explanation explained(cli::ServeDesk& desk) {
    const auto wiring = desk.wiring();
    const SystemClock clock;
    return engine::explain("host-00007.example",
                           {wiring->sections, wiring->jobs, wiring->protection, desk.store(), clock.now()})
        .value();
}

TEST_F(ADaemon, keeps_the_lists_in_step_at_its_times) {
    world_.set("serve", "poll", "0");
    world_.write_settings();
    serve([&](WatchedWork& watched, daemon::Service& service) {
        watched.after_run = [&] {
            if (watched.reports.size() == 1) world_.put_domains(hosts(25));
            if (watched.reports.size() < 3) return;
            EXPECT_TRUE(service.status().readiness.is_ready);
            EXPECT_EQ(watched.reports[1].lists.front().added, 5U);
            EXPECT_EQ(watched.reports[2].outcome, core::Outcome::unchanged);
            EXPECT_GE(watched.reports[1].started - watched.reports[0].started, 60min);
            stop_.request_stop();
        };
    });
    EXPECT_EQ(world_.active(Rehearsal::k_domains), hosts(25));
}

TEST_F(ADaemon, pushes_what_changed_long_before_the_next_turn) {
    serve([&](WatchedWork& watched, daemon::Service&) {
        watched.after_poll = [&] {
            if (watched.polls == 2) world_.put_ips(addresses(6));  // the third finds it
        };
        watched.after_run = [&] {
            if (watched.reports.size() == 2) stop_.request_stop();
        };
    });
    EXPECT_EQ(world_.active(Rehearsal::k_ips), addresses(6));
    EXPECT_LT(world_.clock.now() - rehearsal_start(), 20min);
}

TEST_F(ADaemon, lets_a_feed_rest_that_wants_to_be_asked_less_often) {
    world_.set("serve", "poll", "0");
    world_.set("risklist_ips", "every", "6h");
    world_.write_settings();
    serve([&](WatchedWork& watched, daemon::Service&) {
        watched.after_run = [&] {
            world_.put_ips(addresses(6));
            world_.put_domains(hosts(20 + watched.reports.size()));
            if (watched.reports.size() == 3) stop_.request_stop();
        };
    });
    EXPECT_EQ(world_.active(Rehearsal::k_domains), hosts(22));
    EXPECT_EQ(world_.active(Rehearsal::k_ips), addresses(5)) << "its turn has not come";
    EXPECT_EQ(world_.run().list(Rehearsal::k_ips).added, 1U) << "an ordinary run asks everybody";
}

TEST_F(ADaemon, asks_nobody_in_quiet_hours) {
    world_.set("serve", "poll", "5m");
    world_.set("risklist_domains", "quiet_hours", "09:00 - 18:00");
    world_.set("risklist_ips", "quiet_hours", "09:00 - 18:00");
    world_.write_settings();
    serve([&](WatchedWork& watched, daemon::Service&) {
        watched.after_run = [&] { stop_.request_stop(); };
        watched.after_poll = [&] { EXPECT_TRUE(watched.reports.empty()); };
    });
    EXPECT_GE(world_.clock.now() - rehearsal_start(), 8h + 30min);
    EXPECT_EQ(world_.active(Rehearsal::k_domains), hosts(20));
}

TEST_F(ADaemon, goes_by_its_settings_for_as_long_as_the_new_ones_are_wrong) {
    serve([&](WatchedWork& watched, daemon::Service& service) {
        watched.after_run = [&] {
            if (watched.reports.size() == 1) {
                world_.set("risklist_domains", "max_entries", "many");
                world_.write_settings();
            }
            if (watched.reports.size() == 2) {
                EXPECT_THAT(service.status().settings_problem, HasSubstr("max_entries"));
                EXPECT_THAT(watched.said, Contains(HasSubstr("those before stay in force")));
                world_.set("risklist_domains", "max_entries", "18");
                world_.write_settings();
            }
            if (watched.reports.size() == 3) {
                EXPECT_EQ(service.status().settings_problem, "");
                stop_.request_stop();
            }
        };
    });
    EXPECT_THAT(world_.active(Rehearsal::k_domains), SizeIs(18));
}

TEST_F(ADaemon, that_is_told_to_stop_in_a_run_leaves_within_one_request) {
    std::vector<std::string> afterwards;
    sandbox::Options options;
    options.on_request = [&](const sandbox::JournalEntry& entry) {
        if (stop_.stop_requested()) afterwards.push_back(entry.method + " " + entry.path_template);
        if (entry.target.find("urlCategories") != std::string::npos) stop_.request_stop();
    };
    Rehearsal world(options);
    world.put_domains(hosts(5));
    world.put_ips(addresses(5));
    world.write_settings();
    cli::CommonArguments common;
    common.settings = world.settings_file();
    cli::DaemonWork work(common, world.clock, err_);
    auto pace = work.read_settings();
    ASSERT_TRUE(pace);
    daemon::Service service(work, *pace, world.clock, std::mt19937_64(3));
    service.serve(stop_.get_token());
    // Signing out, and what has to be known for that.
    for (const auto& request : afterwards) EXPECT_THAT(request, AnyOf(HasSubstr("/status"), HasSubstr("DELETE")));
    EXPECT_LE(afterwards.size(), 2U);
    EXPECT_EQ(service.status().last_outcome, core::Outcome::interrupted);
    EXPECT_THAT(world.active(Rehearsal::k_domains), IsEmpty());
}

TEST_F(ADaemon, is_not_ready_once_its_lists_were_last_good_too_long_ago) {
    world_.set("serve", "max_staleness", "3h");
    world_.write_settings();
    serve([&](WatchedWork& watched, daemon::Service& service) {
        watched.after_run = [&] {
            if (watched.reports.size() == 1) world_.put_feed(Rehearsal::k_ip_file, "<html>sorry</html>");
            const auto readiness = service.status().readiness;
            if (watched.reports.size() == 1) return;
            if (readiness.is_ready) {
                EXPECT_LE(world_.clock.now() - rehearsal_start(), 3h + 1min);
            } else {
                EXPECT_LE(watched.reports.size(), 20U) << "a feed that fails is not asked at every poll";
                EXPECT_THAT(readiness.stale, ElementsAre(Rehearsal::k_ips));
                stop_.request_stop();
            }
        };
    });
    auto again = work();
    ASSERT_TRUE(again.read_settings());
    core::Freshness known;
    for (const auto& report : again.finished_runs()) core::note_freshness(report, known, world_.clock.now());
    EXPECT_GT(known.at(Rehearsal::k_domains), known.at(Rehearsal::k_ips)) << "another process knows it from the store";
}

TEST_F(ADaemon, counts_the_runs_of_other_commands_and_takes_them_for_its_last) {
    world_.set("serve", "poll", "0");
    world_.write_settings();
    auto real = work();
    auto pace = real.read_settings();
    ASSERT_TRUE(pace);
    daemon::Service service(real, *pace, world_.clock, std::mt19937_64(3));
    EXPECT_FALSE(service.status().last_outcome);
    const auto by_hand = world_.run();
    EXPECT_THAT(real.finished_runs(), SizeIs(1));
    EXPECT_THAT(real.finished_runs(), IsEmpty());
    EXPECT_THAT(real.metrics({true, true}), HasSubstr("cordon_last_run_success 1"));
    auto after = work();
    ASSERT_TRUE(after.read_settings());
    const daemon::Service next(after, *pace, world_.clock, std::mt19937_64(3));
    EXPECT_EQ(next.status().last_run, by_hand.report.id) << "also of an earlier process";
    core::RunReport killed;
    killed.id = "29991231T000000Z-000000";
    killed.command = "run";
    killed.started = killed.finished = world_.clock.now();
    killed.outcome = core::Outcome::unfinished;
    world_.with_store([&](store::Store& store) { ASSERT_TRUE(store.save_run(killed)); });
    auto third = work();
    ASSERT_TRUE(third.read_settings());
    const daemon::Service last(third, *pace, world_.clock, std::mt19937_64(3));
    EXPECT_EQ(last.status().last_run, by_hand.report.id) << "one that was killed hides none before it";
    EXPECT_TRUE(last.status().readiness.is_ready);
    EXPECT_THAT(third.metrics({true, true}), HasSubstr("cordon_last_run_success 1"));
}

TEST_F(ADaemon, does_at_once_what_a_person_asks_for_in_their_name) {
    serve([&](WatchedWork& watched, daemon::Service& service) {
        watched.after_run = [&] {
            if (watched.reports.size() == 1) {
                world_.put_domains(hosts(5));
                ASSERT_TRUE(service.ask_for({"alice", daemon::WishKind::run, "a look"}));
            }
            if (watched.reports.size() == 2) {
                ASSERT_EQ(watched.reports[1].outcome, core::Outcome::stopped) << "15 of 20 would go";
                const auto& list = watched.reports[1].lists.front();
                daemon::RunWish wish{"bob", daemon::WishKind::run, "they closed the campaign", list.list, list.digest};
                ASSERT_TRUE(service.ask_for(wish));
            }
            if (watched.reports.size() == 3) stop_.request_stop();
        };
    });
    EXPECT_EQ(world_.active(Rehearsal::k_domains), hosts(5));
    std::string audit;
    world_.with_store([&](store::Store& store) {
        ASSERT_TRUE(store.verify_audit([&](std::string_view line) { audit += std::string(line) + "\n"; }));
    });
    EXPECT_THAT(audit, HasSubstr("\"who\":\"bob\""));
    EXPECT_THAT(audit, HasSubstr("they closed the campaign"));
}

TEST_F(ADaemon, makes_no_file_among_the_logs_for_a_poll_or_an_explanation) {
    at_the_desk([&](cli::DaemonWork& work, cli::ServeDesk& desk) {
        ASSERT_TRUE(work.run(std::nullopt, {}, {}).report);
        world_.put_ips(addresses(6));
        const std::filesystem::file_time_type long_ago{};
        std::filesystem::last_write_time(world_.folder() / "logs", long_ago);
        EXPECT_THAT(work.poll({"risklist_domains", "risklist_ips"}, {}), ElementsAre("risklist_ips"));
        EXPECT_FALSE(explained(desk).lines.empty());
        EXPECT_EQ(std::filesystem::last_write_time(world_.folder() / "logs"), long_ago);
    });
}

TEST_F(ADaemon, explains_by_the_settings_in_force_whatever_the_file_says_by_now) {
    at_the_desk([&](cli::DaemonWork& work, cli::ServeDesk& desk) {
        const auto says_never = [&] {
            const auto explanation = explained(desk);
            return std::any_of(explanation.lines.begin(), explanation.lines.end(),
                               [](const std::string& line) { return line.find("[allow] never") != std::string::npos; });
        };
        world_.set("allow", "never", "host-00007.example");
        world_.write_settings();
        EXPECT_FALSE(says_never()) << "no run goes by it yet";
        ASSERT_TRUE(work.read_settings());
        EXPECT_TRUE(says_never());
        world_.set("cordon", "state_dir", "elsewhere");
        world_.set("allow", "never", "other.example");
        world_.write_settings();
        EXPECT_THAT(work.read_settings().error().message,
                    HasSubstr("[cordon] state_dir changed, which takes a restart"));
        EXPECT_TRUE(says_never());
        EXPECT_FALSE(std::filesystem::exists(world_.folder() / "elsewhere"));
    });
}

TEST_F(ADaemon, notices_that_its_settings_file_was_opened_to_others_or_is_gone) {
    using std::filesystem::perms;
    const auto file = world_.settings_file();
    const auto aside = world_.folder() / "aside.ini";
    auto real = work();
    ASSERT_TRUE(real.read_settings());
    const auto refuses_after = [&](const std::function<void()>& change, const char* why) {
        EXPECT_FALSE(real.has_new_settings());
        change();
        EXPECT_TRUE(real.has_new_settings()) << why;
        const auto read = real.read_settings();
        ASSERT_FALSE(read);
        EXPECT_THAT(read.error().message, HasSubstr(why));
        EXPECT_FALSE(real.has_new_settings()) << "it is said once";
    };
    const auto takes_after = [&](const std::function<void()>& change) {
        change();
        EXPECT_TRUE(real.has_new_settings());
        EXPECT_TRUE(real.read_settings());
    };
    refuses_after([&] { permissions(file, perms::others_read, std::filesystem::perm_options::add); }, "chmod");
    takes_after([&] { permissions(file, perms::others_read, std::filesystem::perm_options::remove); });
    refuses_after([&] { rename(file, aside); }, "settings.ini");
    takes_after([&] { rename(aside, file); });
}

}  // namespace
}  // namespace cordon::scenario
