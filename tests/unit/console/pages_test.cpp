#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <condition_variable>
#include <cstdlib>
#include <fstream>
#include <mutex>
#include <set>
#include <thread>

#include "base/digest.hpp"
#include "base/file.hpp"
#include "console/embedded.hpp"
#include "console/words.hpp"
#include "tests/simulation/world/passing_store.hpp"
#include "tests/unit/console/visit.hpp"

namespace cordon::console {
namespace {

using namespace std::chrono_literals;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

constexpr const char* k_hostile = "<script>alert('x')</script>\"&";

/// Two lists with two runs behind them, and an operator who is signed in.
struct Seen : Visit {
    engine::FakeFeed* domains = nullptr;
    Seen() {
        domains = &world.add("domains", "Evil Domains", engine::hosts(30));
        domains->content.push_back("not an indicator at all");
        world.add("addresses", "Evil Addresses", {"203.0.113.7", "198.51.100.0/24"}, core::EntityType::ip);
        (void)run();
        world.clock.advance(1h);
        domains->content.push_back("new.example");
        domains->version = "2";
        last = run().id;
        settings();
    }
    void settings() {
        desk.settings = {{"zscaler", "api_key", "set", config::Origin::environment, "ZS_API_KEY", 0, true, ""},
                         {"zscaler", "password", "missing", config::Origin::standard, "default", 0, true, ""},
                         {"cordon", "every", "1h", config::Origin::file, "settings.ini line 3", 3, false, ""}};
    }
    void become(Role role) {
        add_user("olga", role);
        ASSERT_EQ(sign_in("olga", k_password).status, 303);
    }
    /// Makes the guard stop the domains' list.
    void stop() {
        domains->content = engine::hosts(4);
        domains->version = "3";
        world.clock.advance(1h);
        ASSERT_EQ(run().exit_status, 4);
    }
    std::string last;
};

const std::vector<std::string>& all_pages() {
    static const std::vector<std::string> all{"/",         "/feeds",
                                              "/lists",    "/lists/entries?list=Evil%20Domains",
                                              "/runs",     "/explain?value=h003.example",
                                              "/plan",     "/rejected",
                                              "/settings", "/audit",
                                              "/sign-in"};
    return all;
}

TEST(ThePages, are_whole_without_javascript_and_have_landmarks_and_labels) {
    Seen seen;
    auto pages = all_pages();
    pages.push_back("/runs/" + seen.last);
    for (const auto& target : pages) {
        const auto response = seen.get(target);
        ASSERT_EQ(response.status, 200) << target << response.body;
        const auto& body = response.body;
        EXPECT_THAT(body, AllOf(HasSubstr("<html lang=\"en\">"), HasSubstr("<main id=\"main\""), HasSubstr("<nav "),
                                HasSubstr("href=\"#main\""), HasSubstr("<h1")))
            << target;
        EXPECT_THAT(body, Not(HasSubstr("{{"))) << target;
        EXPECT_THAT(body, Not(HasSubstr("style=\""))) << target << ": the content policy forbids it";
        EXPECT_THAT(body, Not(HasSubstr("onclick"))) << target;
        EXPECT_THAT(body, Not(HasSubstr("//cdn"))) << target;
        EXPECT_THAT(body, Not(HasSubstr("<th>"))) << target << ": heads of tables have a scope";
    }
}

TEST(ThePages, of_an_empty_store_say_what_to_do) {
    Visit visit;
    EXPECT_THAT(visit.get("/").body,
                AllOf(HasSubstr("Nothing has run yet"), HasSubstr("cordon run"), HasSubstr("Add a")));
    EXPECT_THAT(visit.get("/feeds").body, HasSubstr("No feed section is enabled"));
    EXPECT_THAT(visit.get("/lists").body, HasSubstr("No list is configured"));
    EXPECT_THAT(visit.get("/runs").body, HasSubstr("No run yet"));
    EXPECT_THAT(visit.get("/plan").body, HasSubstr("Nothing is stopped"));
    EXPECT_THAT(visit.get("/rejected").body, HasSubstr("there was none yet"));
    EXPECT_THAT(visit.get("/settings").body, HasSubstr("No settings are loaded"));
    EXPECT_THAT(visit.get("/audit").body, HasSubstr("Nothing was done yet"));
    EXPECT_THAT(visit.get("/explain").body, HasSubstr("Type what a user cannot reach"));
}

TEST(TheOverview, says_in_one_sentence_that_all_is_well) {
    Seen seen;
    const auto view = seen.json("/overview");
    EXPECT_EQ(view["level"], "good");
    EXPECT_EQ(view["sentence"], "Protected: 33 entries of the feeds are on 2 lists, as of 0 seconds ago.");
    ASSERT_EQ(view["lists"].size(), 2U);
    EXPECT_EQ(view["lists"][0]["list"], "Evil Domains");
    EXPECT_EQ(view["lists"][0]["entries"], 31);
    EXPECT_EQ(view["changes"].size(), 2U);
    EXPECT_EQ(view["changes"][1]["added"], 1);
    EXPECT_THAT(seen.get("/").body, AllOf(HasSubstr("Protected: 33 entries"), HasSubstr("Evil Addresses")));
}

TEST(TheOverview, calls_nobody_protected_by_a_list_that_is_not_ready) {
    Seen seen;
    seen.world.clock.advance(25h);
    seen.desk.current_pace.readiness = {false, {"Evil Domains"}, seen.world.clock.now() - 25h};
    auto view = seen.json("/overview");
    EXPECT_EQ(view["level"], "bad");
    EXPECT_EQ(view["sentence"],
              "'Evil Domains' has not been in step with its feeds for 25 hours. 33 entries of the feeds are on the "
              "lists.");
    seen.desk.current_pace.readiness = {false, {"Evil Domains", "Evil Addresses"}, std::nullopt};
    EXPECT_THAT(seen.json("/overview")["sentence"].get<std::string>(),
                testing::StartsWith("'Evil Domains' and 1 more have not been in step with their feeds yet. "));
}

TEST(TheOverview, calls_nobody_protected_while_a_freeze_holds_changes_back) {
    Seen seen;
    seen.domains->content.push_back("newer.example");
    seen.domains->version = "3";
    seen.world.activation.freeze = engine::parse_freeze("Fri 18:00 - Mon 06:00").value();
    ASSERT_EQ(seen.run().exit_status, 0);
    const auto view = seen.json("/overview");
    EXPECT_EQ(view["level"], "note");
    EXPECT_THAT(
        view["sentence"].get<std::string>(),
        testing::StartsWith("Not all that the feeds want is in effect. Changes wait: nothing was written: freeze "
                            "until Mon"));
}

TEST(TheOverview, calls_nobody_protected_by_a_list_that_an_operator_holds) {
    Seen seen;
    auto note = engine::list_note_from_json(seen.world.store->list_note("Evil Domains").value()).value();
    note.pause = engine::Pause{seen.world.clock.now() + 2h, "alice", ""};
    ASSERT_TRUE(seen.world.store->set_list_note("Evil Domains", engine::to_json(note)));
    const auto sentence = [&] { return seen.json("/overview")["sentence"].get<std::string>(); };
    const std::string paused =
        "Not all that the feeds want is in effect. Nothing new comes onto 'Evil Domains', which an operator paused or "
        "rolled back.";
    EXPECT_EQ(sentence(), paused) << "also before the next run";
    (void)seen.run();
    EXPECT_EQ(sentence(), paused);
    note.pause.reset();
    ASSERT_TRUE(seen.world.store->set_list_note("Evil Domains", engine::to_json(note)));
    EXPECT_EQ(sentence(),
              "Not all that the feeds want is in effect. The next run has yet to bring 'Evil Domains' in step with the "
              "feeds.");
    (void)seen.run();
    EXPECT_EQ(seen.json("/overview")["level"], "good");
}

TEST(TheOverview, calls_nobody_protected_by_a_list_that_no_rule_uses) {
    Seen seen;
    core::Enforcement none;
    none.state = core::EnforcementState::no_rule;
    none.sentence = "no enabled rule blocks it";
    seen.world.gateway.enforced["Evil Addresses"] = none;
    seen.world.clock.advance(25h);  // the rules are read once a day
    (void)seen.run();
    EXPECT_EQ(seen.json("/overview")["level"], "bad");
    EXPECT_THAT(seen.get("/").body, AllOf(HasSubstr("but no rule blocks"), HasSubstr("no enabled rule blocks it")));
    seen.domains->failure = Error{Code::unreachable, "the feed is away"};
    seen.world.clock.advance(1h);
    (void)seen.run();
    const auto view = seen.json("/overview");
    EXPECT_EQ(view["level"], "bad") << "whatever else goes wrong";
    EXPECT_THAT(view["sentence"].get<std::string>(),
                AllOf(HasSubstr("but no rule blocks 'Evil Addresses'"), HasSubstr("A feed could not be fetched")));
}

TEST(TheOverview, tells_what_is_wrong) {
    Seen seen;
    seen.stop();
    auto view = seen.json("/overview");
    EXPECT_EQ(view["level"], "bad");
    EXPECT_THAT(view["sentence"].get<std::string>(), HasSubstr("The guard stopped 'Evil Domains'"));
    ASSERT_EQ(view["stops"].size(), 1U);
    seen.domains->failure = Error{Code::unreachable, "the feed is away"};
    seen.world.clock.advance(1h);
    (void)seen.run();
    view = seen.json("/overview");
    EXPECT_EQ(view["level"], "note");
    EXPECT_THAT(seen.get("/").body, HasSubstr("the feed is away"));
    seen.desk.current_pace.settings_problem = "settings.ini line 4: no such key";
    EXPECT_THAT(seen.get("/").body, HasSubstr("settings.ini line 4"));
}

TEST(TheOverview, has_four_figures_for_how_much_how_fresh_what_changed_and_what_is_in_the_way) {
    Seen seen;
    seen.world.clock.advance(5min);
    auto glance = seen.json("/overview")["glance"];
    EXPECT_EQ(glance["entries"], 33);
    EXPECT_EQ(glance["enforced_lists"], 2);
    EXPECT_EQ(glance["age"], "5 minutes");
    EXPECT_EQ(glance["added"], 1);
    EXPECT_EQ(glance["waiting"], 0);
    seen.stop();
    glance = seen.json("/overview")["glance"];
    EXPECT_EQ(glance["entries"], 33) << "what the stop keeps there counts";
    EXPECT_EQ(glance["stopped"], 1);
    Visit empty;
    EXPECT_TRUE(empty.json("/overview")["glance"].is_null());
}

TEST(ARun, that_was_not_good_says_why_on_its_page) {
    Seen seen;
    seen.domains->failure = Error{Code::unreachable, "the feed is away"};
    seen.world.clock.advance(1h);
    const auto id = seen.run().id;
    const auto view = seen.json("/runs/" + id);
    EXPECT_EQ(view["level"], "note");
    ASSERT_EQ(view["troubles"].size(), 1U);
    EXPECT_THAT(view["troubles"][0].get<std::string>(), HasSubstr("the feed is away"));
    EXPECT_TRUE(seen.json("/runs/" + seen.last)["troubles"].empty());
}

TEST(TheOverview, and_the_plan_tell_why_no_run_began_also_before_the_first) {
    Seen seen;
    seen.desk.current_pace.last_problem = "another command is at work";
    seen.desk.current_pace.asked_by = "olga";
    for (const auto* page : {"/", "/plan"}) {
        EXPECT_THAT(seen.get(page).body,
                    AllOf(HasSubstr("another command is at work"), HasSubstr("olga asked for a run")));
    }
    EXPECT_EQ(seen.json("/plan")["pace"]["last_problem"], "another command is at work");
}

TEST(TheOverview, tells_of_the_run_that_is_under_way_and_the_next) {
    Seen seen;
    seen.desk.current_pace.running_since = seen.world.clock.now();
    seen.desk.current_pace.next_start = seen.world.clock.now() + 1h;
    seen.desk.current_pace.asked_by = "olga";
    const auto body = seen.get("/").body;
    EXPECT_THAT(body, AllOf(HasSubstr("A run is under way"), HasSubstr("olga asked for a run"),
                            HasSubstr(to_iso8601(seen.world.clock.now() + 1h))));
}

TEST(TheFeeds, are_told_with_their_age_and_snapshots) {
    Seen seen;
    seen.world.clock.advance(3h);
    const auto view = seen.json("/feeds");
    ASSERT_EQ(view["feeds"].size(), 2U);
    EXPECT_EQ(view["feeds"][0]["indicators"], 32);
    EXPECT_EQ(view["feeds"][0]["age"], "3 hours");
    EXPECT_EQ(view["feeds"][0]["snapshots"].size(), 2U);
    EXPECT_EQ(view["feeds"][1]["age"], "3 hours") << "confirmed by the second run";
}

TEST(TheEntries, are_searched_sorted_and_paged) {
    Seen seen;
    auto view = seen.json("/lists/entries?list=Evil%20Domains&q=h02&sort=entry&order=desc");
    EXPECT_EQ(view["total"], 10);
    EXPECT_EQ(view["entries"][0]["entry"], "h029.example");
    EXPECT_EQ(view["entries"][0]["feed"], "domains");
    EXPECT_EQ(view["entries"][0]["risk"], 65);
    EXPECT_EQ(view["entries"][0]["state"], "there");
    const auto body = seen.get("/lists/entries?list=Evil%20Domains&q=h02&order=desc").body;
    EXPECT_THAT(body, AllOf(HasSubstr("10 of 31 entries"), HasSubstr("aria-sort=\"descending\""),
                            HasSubstr("value=\"h02\""), HasSubstr("sort=risk")));
    EXPECT_EQ(seen.get("/lists/entries?list=none").status, 404);
    EXPECT_EQ(seen.get("/lists/entries?list=Evil%20Domains&sort=none").status, 404);
    EXPECT_EQ(seen.get("/lists/entries?list=Evil%20Domains&state=none").status, 404);
    EXPECT_THAT(seen.get("/lists/entries?list=Evil%20Domains&q=zzz").body, HasSubstr("Nothing matches"));
    EXPECT_EQ(seen.json("/lists/entries?list=Evil%20Domains&page=99")["entries"].size(), 0U);
}

TEST(TheEntries, follow_a_new_run) {
    Seen seen;
    EXPECT_EQ(seen.json("/lists/entries?list=Evil%20Domains")["total"], 31);
    seen.domains->content.push_back("newer.example");
    seen.domains->version = "4";
    seen.world.clock.advance(1h);
    (void)seen.run();
    seen.console->tell_change(seen.world.clock.now());
    EXPECT_EQ(seen.json("/lists/entries?list=Evil%20Domains")["total"], 32);
}

TEST(TheEntries, follow_what_operators_say_before_the_next_run) {
    Seen seen;
    const auto now = seen.world.clock.now();
    EXPECT_EQ(seen.json("/lists/entries?list=Evil%20Domains")["total"], 31);
    ASSERT_TRUE(seen.world.store->put_override(
        {core::OverrideKind::block, "said.example", "Evil Domains", now, now + 1h, "olga", "seen in an attack"}));
    EXPECT_EQ(seen.json("/lists/entries?list=Evil%20Domains")["total"], 32);
    seen.world.clock.advance(2h);
    EXPECT_EQ(seen.json("/lists/entries?list=Evil%20Domains")["total"], 31) << "over";
}

TEST(TheRuns, are_told_with_their_report_calls_and_changes) {
    Seen seen;
    const auto runs = seen.json("/runs");
    EXPECT_EQ(runs["total"], 2);
    EXPECT_EQ(runs["runs"][0]["id"], seen.last);
    const auto run = seen.json("/runs/" + seen.last);
    EXPECT_EQ(run["report"]["id"], seen.last);
    EXPECT_EQ(run["lists"][0]["added"], 1);
    const auto changes = seen.json("/runs/" + seen.last + "/changes");
    ASSERT_EQ(changes["lists"].size(), 1U);
    EXPECT_EQ(changes["lists"][0]["added"], Json({"new.example"}));
    EXPECT_THAT(seen.get("/runs/" + seen.last).body, AllOf(HasSubstr("new.example"), HasSubstr("PUT /fake")));
    const auto csv = seen.get("/runs/" + seen.last + "/changes.csv");
    EXPECT_THAT(csv.body, HasSubstr("list,change,entry,at,act\nEvil Domains,added,new.example,"));
    EXPECT_THAT(header_of(csv, "Content-Disposition"), HasSubstr("attachment"));
    EXPECT_EQ(Json::parse(seen.get("/runs/" + seen.last + "/report.json").body)["id"], seen.last);
    for (const auto* id : {"nothing", "%2e%2e", "a%22b", ""})
        EXPECT_EQ(seen.get(std::string("/runs/") + id).status, 404);
}

TEST(ADownload, says_that_the_log_is_broken) {
    Seen seen;
    std::ofstream(seen.world.folder / "audit.jsonl", std::ios::app) << "no record\n";
    EXPECT_THAT(seen.get("/runs/" + seen.last + "/changes.csv").body,
                AllOf(HasSubstr("Evil Domains,added,new.example,"), HasSubstr("\n,the audit log is broken,")));
}

TEST(ARunsPage, forgets_that_the_log_was_broken_once_it_is_mended) {
    Seen seen;
    const auto log = seen.world.folder / "audit.jsonl";
    const auto good = read_file(log).value();
    std::ofstream(log, std::ios::app) << "no record\n";
    const auto page = [&] { return seen.get("/runs/" + seen.last).body; };
    EXPECT_THAT(page(), HasSubstr("The audit log is broken"));
    std::ofstream(log) << good;
    EXPECT_THAT(page(), Not(HasSubstr("The audit log is broken")));
}

TEST(AnExplanationPage, says_what_the_command_says) {
    Seen seen;
    const auto view = seen.json("/explain?value=hxxp%3A%2F%2Fh003%5B.%5Dexample%2F");
    EXPECT_EQ(view["canonical"], "h003.example");
    EXPECT_EQ(view["is_blocked"], true);
    EXPECT_THAT(seen.get("/explain?value=h003.example").body, HasSubstr("blocked by its entry"));
    EXPECT_THAT(seen.get("/explain?value=%20%20").body, HasSubstr("Type what a user cannot reach"));
    EXPECT_EQ(seen.get("/explain?value=%01%ff").status, 200);
}

TEST(AStoppedPlan, is_let_through_by_an_operator_with_a_reason) {
    Seen seen;
    seen.stop();
    const auto stop = seen.world.store->guard_stop("Evil Domains").value().value();
    EXPECT_THAT(seen.get("/plan").body,
                AllOf(HasSubstr("Stopped by the guard"), Not(HasSubstr("action=\"/approve\""))));
    seen.become(Role::operator_);
    EXPECT_THAT(seen.get("/plan").body, HasSubstr("action=\"/approve\""));
    const auto token = seen.form_token();
    Pairs fields{{"form_token", token}, {"list", "Evil Domains"}, {"digest", stop.digest}, {"because", " "}};
    EXPECT_EQ(seen.post("/approve", fields).status, 400);
    fields[3].second = "the provider has cleaned up";
    fields[2].second = std::string(64, '0');
    EXPECT_EQ(seen.post("/approve", fields).status, 409);
    fields[2].second = stop.digest;
    EXPECT_EQ(seen.post("/approve", fields).status, 303);
    ASSERT_EQ(seen.desk.wishes.size(), 1U);
    EXPECT_EQ(seen.desk.wishes[0].kind, WishKind::approve);
    EXPECT_EQ(seen.desk.wishes[0].rule, core::GuardRule::removals);
    EXPECT_EQ(seen.desk.records.back().list, "Evil Domains");
    EXPECT_THAT(seen.desk.records.back().why, AllOf(HasSubstr(stop.digest), HasSubstr("cleaned up")));
    // What the desk does with it goes through, and the page says so.
    engine::RunOptions options;
    options.allow_removals = {seen.desk.wishes[0].list};
    options.reviewed_digest = seen.desk.wishes[0].digest;
    EXPECT_EQ(seen.run(options).exit_status, 0);
    EXPECT_THAT(seen.get("/plan").body, HasSubstr("Nothing is stopped"));
    EXPECT_EQ(seen.post("/approve", fields).status, 409);
}

TEST(TheApi, says_of_a_question_that_it_cannot_read_that_it_is_wrong) {
    Seen seen;
    for (const auto* query : {"", "?value=", "?value=%20", "?value=no%20host"}) {
        EXPECT_EQ(seen.get(std::string("/api/v1/explain") + query).status, 400) << query;
        EXPECT_EQ(seen.get(std::string("/explain") + query).status, 200) << query;
    }
}

TEST(TheLists, keep_what_was_last_read_of_their_rules_where_a_run_ended_before_it_looked) {
    Seen seen;
    const auto before = seen.json("/overview");
    seen.world.gateway.inventory_failure = Error{Code::unreachable, "no answer"};
    ASSERT_NE(seen.run().exit_status, 0);
    const auto after = seen.json("/overview");
    EXPECT_EQ(after["lists"][0]["enforcement"], before["lists"][0]["enforcement"]);
    EXPECT_NE(after["lists"][0]["enforcement"], "");
}

TEST(ThePlan, shows_what_was_made_to_be_looked_at) {
    Seen seen;
    seen.desk.plan = KeptPlan{
        seen.world.clock.now(), {{"Evil Domains", 2, 1, {"a.example"}, {"b.example"}, "abcdef0123456789"}}, ""};
    const auto view = seen.json("/plan");
    EXPECT_EQ(view["kept_plan"]["changes_something"], true);
    EXPECT_THAT(seen.get("/plan").body, AllOf(HasSubstr("2 to add, 1 to remove"), HasSubstr("<li>a.example</li>"),
                                              HasSubstr("Only the first of each are shown")));
    seen.desk.plan->lists[0].additions.push_back("c.example");
    EXPECT_THAT(seen.get("/plan").body, Not(HasSubstr("Only the first of each are shown")));
    seen.world.clock.advance(1min);
    seen.run();
    EXPECT_THAT(seen.get("/plan").body, HasSubstr("No plan was made since the last run"));
}

TEST(TheRejected, are_told_by_reason_with_samples) {
    Seen seen;
    const auto view = seen.json("/rejected");
    ASSERT_EQ(view["sum"].size(), 1U);
    EXPECT_EQ(view["sum"][0]["reason"], "not_an_indicator");
    EXPECT_EQ(view["lists"][0]["reasons"][0]["samples"][0]["value"], "not an indicator at all");
}

TEST(TheSettings, show_secrets_as_set_or_missing_and_where_values_come_from) {
    Seen seen;
    const auto body = seen.get("/settings").body;
    EXPECT_THAT(body, AllOf(HasSubstr("settings.ini line 3"), HasSubstr("ZS_API_KEY"), HasSubstr("missing")));
    const auto view = seen.json("/settings");
    EXPECT_EQ(view["sections"][0]["settings"][0]["is_secret"], true);
    EXPECT_EQ(view["sections"][0]["settings"][0]["value"], "set");
}

TEST(TheAudit, shows_the_newest_record_first) {
    Seen seen;
    seen.become(Role::operator_);
    ASSERT_EQ(seen.post("/run", {{"form_token", seen.form_token()}}).status, 303);
    seen.world.clock.advance(1min);
    const auto view = seen.json("/audit");
    EXPECT_EQ(view["rows"][0]["act"], "console run");
    EXPECT_EQ(view["rows"][0]["who"], "olga");
    EXPECT_EQ(view["problem"], "");
}

TEST(TheAccessPage, is_for_administrators) {
    Seen seen;
    EXPECT_EQ(seen.get("/access").status, 401);
    seen.become(Role::operator_);
    EXPECT_EQ(seen.get("/access").status, 403);
    seen.become(Role::admin);
    EXPECT_THAT(seen.get("/access").body, HasSubstr("olga"));
    EXPECT_THAT(seen.get("/api/v1/access").body, Not(HasSubstr("scrypt")));
}

TEST(HostileValues, are_shown_as_text_on_every_page) {
    Seen seen;
    seen.domains->content.push_back(k_hostile);
    seen.domains->content.push_back(std::string("evil.example/") + k_hostile);
    seen.domains->failure = Error{Code::unreachable, k_hostile};
    seen.world.add(k_hostile, k_hostile, {"a.example", k_hostile});
    seen.desk.current_pace.settings_problem = seen.desk.current_pace.last_problem = k_hostile;
    seen.desk.settings = {{k_hostile, k_hostile, k_hostile, config::Origin::file, k_hostile, 1, false, ""}};
    seen.desk.plan =
        KeptPlan{seen.world.clock.now(), {{k_hostile, 2, 1, {k_hostile}, {k_hostile}, k_hostile}}, k_hostile};
    ASSERT_TRUE(
        seen.world.store->audit({k_hostile, k_hostile, k_hostile, k_hostile, k_hostile}, seen.world.clock.now()));
    seen.world.clock.advance(1h);
    seen.last = seen.run().id;
    auto pages = all_pages();
    pages.push_back("/runs/" + seen.last);
    pages.push_back("/lists/entries?list=" + net::percent_encode(k_hostile) + "&q=" + net::percent_encode(k_hostile));
    pages.push_back("/explain?value=" + net::percent_encode(k_hostile));
    pages.push_back("/sign-in?next=" + net::percent_encode(k_hostile));
    pages.push_back("/" + net::percent_encode(k_hostile));
    for (const auto& target : pages) EXPECT_THAT(seen.get(target).body, Not(HasSubstr("<script>alert"))) << target;
    EXPECT_THAT(seen.get("/audit").body, HasSubstr("&lt;script&gt;alert"));
    EXPECT_THAT(seen.get("/lists").body, HasSubstr("&lt;script&gt;alert"));
}

TEST(ALinkBack, stays_on_this_site) {
    EXPECT_EQ(safe_next("/plan?x=1"), "/plan?x=1");
    for (const auto* next :
         {"//evil.example", "/\\evil.example", "https://evil.example", "", "plan", "/a\r\nb", "/a b"})
        EXPECT_EQ(safe_next(next), "/") << next;
}

TEST(TheAssets, are_small_packed_and_known_by_their_content) {
    Visit visit;
    std::size_t packed = 0;
    for (const auto& file : embedded_files()) {
        packed += file.gzip.size();
        EXPECT_EQ(sha256_hex(unpacked(file)).substr(0, 16), file.tag) << file.name;
        if (!file.name.starts_with("assets/")) continue;
        const auto target = "/" + std::string(file.name);
        EXPECT_EQ(visit.get(target).body, unpacked(file));
        visit.more_headers = {{"accept-encoding", "gzip, br"}};
        const auto response = visit.get(target + "?v=" + std::string(file.tag));
        EXPECT_EQ(response.body, file.gzip);
        EXPECT_EQ(header_of(response, "Content-Encoding"), "gzip");
        EXPECT_THAT(header_of(response, "Cache-Control"), HasSubstr("immutable"));
        visit.more_headers = {{"accept-encoding", "gzip;q=0, br"}};
        EXPECT_EQ(visit.get(target).body, unpacked(file));
        visit.more_headers = {{"if-none-match", "\"" + std::string(file.tag) + "\""}};
        EXPECT_EQ(visit.get(target).status, 304);
        visit.more_headers = {};
    }
    EXPECT_LT(packed, 500'000U);
    EXPECT_EQ(visit.get("/assets/../pages/frame.html").status, 404);
    EXPECT_EQ(visit.get("/assets/none.js").status, 404);
}

/// Lets a test act while the audit log is read.
class SlowLog final : public simulation::PassingStore {
public:
    SlowLog(std::unique_ptr<store::Store> real, std::function<void()> while_reading)
        : PassingStore(std::move(real)), while_reading_(std::move(while_reading)) {}
    Result<store::AuditFindings> read_audit(store::AuditDetail detail,
                                            const std::function<void(store::KeptAuditRecord&& record)>& take) override {
        while_reading_();
        return PassingStore::read_audit(detail, take);
    }

private:
    std::function<void()> while_reading_;
};

TEST(WhatTakesLong, is_done_one_at_a_time_and_refused_where_enough_wait) {
    Seen seen;
    std::mutex mutex;
    std::condition_variable changed;
    int refused = 0;
    int at_once = 0;
    seen.world.store = std::make_unique<SlowLog>(std::move(seen.world.store), [&] {
        std::unique_lock lock(mutex);
        EXPECT_EQ(++at_once, 1);
        changed.wait(lock, [&] { return refused > 0; });
        --at_once;
    });
    net::ServerRequest request;
    request.method = "GET";
    request.path = "/api/v1/runs/" + seen.last + "/changes";
    request.headers = {{"host", "localhost"}};
    request.remote_address = "127.0.0.1";
    ASSERT_EQ(seen.get("/healthy").status, 404);  // makes the console
    std::vector<std::thread> visitors;
    for (int i = 0; i < 4; ++i) {
        visitors.emplace_back([&] {
            const auto response = seen.console->answer(request, seen.world.clock.now());
            if (response.status == 200) return;
            EXPECT_EQ(response.status, 503);
            EXPECT_NE(header_of(response, "Retry-After"), "");
            const std::scoped_lock lock(mutex);
            ++refused;
            changed.notify_all();
        });
    }
    for (auto& visitor : visitors) visitor.join();
    EXPECT_EQ(refused, 1);
}

/// Lets a test act while something is explained.
class SlowToExplain final : public simulation::PassingStore {
public:
    SlowToExplain(std::unique_ptr<store::Store> real, std::function<void()> while_explaining)
        : PassingStore(std::move(real)), while_explaining_(std::move(while_explaining)) {}
    Result<bool> is_activation_owed() override {
        while_explaining_();
        return PassingStore::is_activation_owed();
    }

private:
    std::function<void()> while_explaining_;
};

TEST(Explaining, leaves_the_server_threads_for_others) {
    constexpr int k_visitors = 6;
    Seen seen;
    ASSERT_EQ(seen.get("/healthy").status, 404);  // makes the console
    std::mutex mutex;
    std::condition_variable changed;
    int refused = 0;
    int explained = 0;
    seen.world.store = std::make_unique<SlowToExplain>(std::move(seen.world.store), [&] {
        std::unique_lock lock(mutex);
        changed.wait(lock, [&] { return refused == 2; });
    });
    net::ServerRequest request;
    request.method = "GET";
    request.path = "/api/v1/explain";
    request.query = {{"value", "h003.example"}};
    request.headers = {{"host", "localhost"}};
    request.remote_address = "127.0.0.1";
    std::vector<std::thread> visitors;
    for (int i = 0; i < k_visitors; ++i) {
        visitors.emplace_back([&] {
            const auto status = seen.console->answer(request, seen.world.clock.now()).status;
            const std::scoped_lock lock(mutex);
            ++(status == 503 ? refused : explained);
            changed.notify_all();
        });
    }
    for (auto& visitor : visitors) visitor.join();
    EXPECT_EQ(refused, 2);
    EXPECT_EQ(explained, 4);
}

/// Every answer of the API, by the path as docs/openapi.json has it.
TEST(TheApi, answers_as_its_description_says) {
    Seen seen;
    seen.stop();
    seen.desk.plan = KeptPlan{
        seen.world.clock.now(), {{"Evil Domains", 2, 1, {"a.example"}, {"b.example"}, "abcdef0123456789"}}, ""};
    seen.become(Role::admin);
    Json answers = Json::array();
    const auto add = [&](const char* path, const char* method, const net::ServerResponse& response) {
        answers.push_back({{"path", path},
                           {"method", method},
                           {"status", std::to_string(response.status)},
                           {"body", Json::parse(response.body)}});
    };
    for (const auto* path : {"/overview", "/feeds", "/lists", "/runs", "/plan", "/rejected", "/settings", "/audit",
                             "/explain", "/access"}) {
        add(path, "get", seen.get(std::string("/api/v1") + path));
    }
    add("/explain", "get", seen.get("/api/v1/explain?value=h003.example"));
    add("/lists/entries", "get", seen.get("/api/v1/lists/entries?list=Evil%20Domains"));
    add("/lists/entries", "get", seen.get("/api/v1/lists/entries?list=none"));
    add("/runs/{id}", "get", seen.get("/api/v1/runs/" + seen.last));
    add("/runs/{id}", "get", seen.get("/api/v1/runs/none"));
    add("/runs/{id}/changes", "get", seen.get("/api/v1/runs/" + seen.last + "/changes"));
    const auto stop = seen.world.store->guard_stop("Evil Domains").value().value();
    add("/run", "post", seen.post_json("/api/v1/run", Json::object()));
    seen.more_headers = {{"x-csrf-token", seen.form_token()}};
    add("/run", "post", seen.post_json("/api/v1/run", Json::object()));
    add("/plan", "post", seen.post_json("/api/v1/plan", Json::object()));
    add("/approve", "post", seen.post_json("/api/v1/approve", {{"list", "none"}, {"digest", "x"}, {"because", "y"}}));
    add("/approve", "post",
        seen.post_json("/api/v1/approve", {{"list", "Evil Domains"}, {"digest", stop.digest}, {"because", "right"}}));
    add("/approve", "post", seen.post_json("/api/v1/approve", {{"list", 7}}));
    seen.more_headers = {};
    Visit empty;
    for (const auto* path : {"/overview", "/feeds", "/lists", "/runs", "/plan", "/rejected", "/settings", "/audit"})
        add(path, "get", empty.get(std::string("/api/v1") + path));
    empty.address = "192.0.2.7";
    add("/overview", "get", empty.get("/api/v1/overview"));
    const auto file = seen.world.folder / "answers.json";
    ASSERT_TRUE(write_file_atomically(file, answers.dump()));
    const std::string source = CORDON_SOURCE_DIR;
    const auto command = "python3 " + source + "/tests/unit/console/check_answers.py " + source +
                         "/docs/openapi.json " + file.string() + " 2>&1";
    EXPECT_EQ(std::system(command.c_str()), 0);
}

}  // namespace
}  // namespace cordon::console
