// Overview, feeds, lists, plan: what the last run left, and what stands in the way.

#include "console/views.hpp"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "base/text.hpp"
#include "console/standing.hpp"
#include "engine/list_note.hpp"
#include "engine/remarks.hpp"
#include "engine/run.hpp"

namespace cordon::console {
namespace {

constexpr std::size_t k_runs_on_chart = 50;
constexpr std::size_t k_runs_looked_through = 200;

/// Lives as long as the program where there is no report.
const core::RunReport& report_or_none(const core::RunReport* report) {
    static const core::RunReport none;
    return report == nullptr ? none : *report;
}

const core::ListReport* find_list(const core::RunReport* report, const std::string& list) {
    const auto& lists = report_or_none(report).lists;
    const auto found =
        std::find_if(lists.begin(), lists.end(), [&](const core::ListReport& one) { return one.list == list; });
    return found == lists.end() ? nullptr : &*found;
}

const core::FeedReport* find_feed(const core::RunReport* report, const std::string& section) {
    const auto& feeds = report_or_none(report).feeds;
    const auto found =
        std::find_if(feeds.begin(), feeds.end(), [&](const core::FeedReport& one) { return one.feed == section; });
    return found == feeds.end() ? nullptr : &*found;
}

Json strings(const std::vector<std::string>& texts) {
    auto array = Json::array();
    for (const auto& text : texts) array.push_back(printable(text, 1000));
    return array;
}

/// The lists' own names in the order of the settings, then those that no section feeds any more.
std::vector<std::string> names_of(const Wiring& wiring, const std::vector<std::string>& known,
                                  const core::RunReport* report) {
    std::vector<std::string> names;
    const auto add = [&](const std::string& name) {
        if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
    };
    for (const auto& job : wiring.jobs) add(job.target.list);
    for (const auto& list : report_or_none(report).lists) add(list.list);
    for (const auto& name : known) add(name);
    return names;
}

const engine::ListJob* job_of(const Wiring& wiring, const std::string& list) {
    const auto found = std::find_if(wiring.jobs.begin(), wiring.jobs.end(),
                                    [&](const engine::ListJob& job) { return job.target.list == list; });
    return found == wiring.jobs.end() ? nullptr : &*found;
}

Json pace_json(const Pace& pace) {
    return {{"running_since", time_or_null(pace.running_since)},
            {"next_start", time_or_null(pace.next_start)},
            {"asked_by", pace.asked_by.value_or("")},
            {"last_problem", printable(pace.last_problem, 2000)}};
}

Json list_json(const std::string& name, const core::RunReport* report, const engine::ListJob* job, Time now) {
    const auto* const list = find_list(report, name);
    const auto feeds = list != nullptr ? list->feeds : std::vector<std::string>{};
    Json row{{"list", name},
             {"is_configured", job != nullptr},
             {"kind", core::noun_of(job != nullptr    ? job->target.kind
                                    : list != nullptr ? list->target
                                                      : core::TargetKind::url_category)},
             {"outcome", list != nullptr ? core::name_of(list->outcome) : ""},
             {"level", list != nullptr ? level_of_outcome(core::name_of(list->outcome)) : "note"},
             {"message", list != nullptr ? printable(list->message, 1000) : ""},
             {"feeds", strings(feeds)}};
    const bool is_read = list != nullptr && list->there_now.has_value();
    const std::uint64_t there = is_read ? *list->there_now : 0;
    row["entries"] = is_read ? Json(there) : Json();
    const std::size_t cap = job != nullptr ? job->policy.cap : 0;
    row["cap"] = cap > 0 ? Json(cap) : Json();
    row["share_percent"] =
        is_read && cap > 0 ? Json(100.0 * static_cast<double>(there) / static_cast<double>(cap)) : Json();
    const auto counts = list != nullptr ? list->counts : core::ListCounts{};
    row["on_gateway"] = counts.on_gateway;
    row["foreign"] = counts.foreign;
    row["pending"] = counts.pending;
    row["over_capacity"] = counts.over_capacity;
    row["added"] = list != nullptr ? list->added : 0;
    row["removed"] = list != nullptr ? list->removed : 0;
    row["snapshot_at"] = time_or_null(oldest_of(report, feeds, Moment::fetched));
    const auto confirmed = oldest_of(report, feeds, Moment::confirmed);
    row["confirmed_at"] = time_or_null(confirmed);
    row["age"] = confirmed ? length_words(now - *confirmed) : "";
    const bool has_rules = list != nullptr && list->enforcement.has_value();
    row["enforcement"] = has_rules ? core::text_of(*list->enforcement, report->started) : "";
    row["is_enforced"] = has_rules ? Json(!core::blocks_nothing(list->enforcement->state)) : Json();
    row["warnings"] = list != nullptr ? strings(list->warnings) : Json::array();
    return row;
}

/// Of list_rows().
std::set<std::string> held_among(const Json& rows) {
    std::set<std::string> held;
    for (const auto& row : rows) {
        if (!row["held"].get_ref<const std::string&>().empty()) held.insert(row["list"]);
    }
    return held;
}

/// A run that ended early did not tell what the tenant's rules make of the lists: what was read last still holds.
Result<void> recall_enforcement(core::RunReport& report, store::Store& store) {
    for (auto& list : report.lists) {
        if (list.enforcement) continue;
        CORDON_TRY_ASSIGN(const auto text, store.list_note(list.list));
        const auto note = engine::list_note_from_json(text);
        if (note && note->rules.unread.empty()) list.enforcement = note->rules.enforcement;
    }
    return {};
}

}  // namespace

std::string Views::mark() {
    const auto runs = desk_.store().runs(1);
    if (!runs || runs->empty()) return "none";
    const auto& run = runs->front();
    return fmt::format("{} {} {}", run.id, run.outcome, run.finished.time_since_epoch().count());
}

Result<Views::Newest> Views::newest() {
    const auto now_mark = mark();
    {
        const std::scoped_lock lock(mutex_);
        if (newest_ && newest_->mark == now_mark) return *newest_;
    }
    Newest found{now_mark, nullptr};
    CORDON_TRY_ASSIGN(const auto runs, desk_.store().runs(k_runs_looked_through));
    const auto is_pass = [](const store::RunSummary& run) { return core::plans_from_feeds(run.command); };
    auto chosen = std::find_if(runs.begin(), runs.end(), [&](const store::RunSummary& run) {
        return is_pass(run) && run.outcome != core::name_of(core::Outcome::unfinished);
    });
    if (chosen == runs.end()) chosen = std::find_if(runs.begin(), runs.end(), is_pass);
    if (chosen != runs.end()) {
        CORDON_TRY_ASSIGN(const auto json, desk_.store().run(chosen->id));
        CORDON_TRY_ASSIGN(auto report, core::report_from_json(json));
        CORDON_TRY(recall_enforcement(report, desk_.store()));
        found.report = std::make_shared<const core::RunReport>(std::move(report));
    }
    const std::scoped_lock lock(mutex_);
    newest_ = found;
    return found;
}

Result<Json> Views::list_rows(const Newest& newest, const Wiring& wiring, Time now) {
    CORDON_TRY_ASSIGN(const auto known, desk_.store().known_lists());
    auto rows = Json::array();
    for (const auto& name : names_of(wiring, known, newest.report.get())) {
        auto row = list_json(name, newest.report.get(), job_of(wiring, name), now);
        CORDON_TRY_ASSIGN(const auto text, desk_.store().list_note(name));
        const auto note = engine::list_note_from_json(text);
        const bool is_held = note && note->pause && !note->pause->is_over(now);
        row["held"] = is_held ? engine::sentence_on(*note->pause, name) : "";
        rows.push_back(std::move(row));
    }
    return rows;
}

Result<Json> Views::stops_of(const std::vector<std::string>& lists) {
    auto stops = Json::array();
    for (const auto& list : lists) {
        CORDON_TRY_ASSIGN(const auto stop, desk_.store().guard_stop(list));
        if (!stop) continue;
        const auto rule = engine::rule_to_waive(*stop);
        stops.push_back({{"list", list},
                         {"since", to_iso8601(stop->since)},
                         {"why", printable(stop->rule, 2000)},
                         {"digest", stop->digest},
                         {"short_digest", stop->digest.substr(0, engine::k_least_digest_digits)},
                         {"rule", rule ? core::name_of(*rule) : ""},
                         {"can_be_approved", rule.has_value()}});
    }
    return stops;
}

Result<Json> Views::overview(Time now) {
    CORDON_TRY_ASSIGN(const auto last, newest());
    const auto wiring = desk_.wiring();
    const auto* const report = last.report.get();
    CORDON_TRY_ASSIGN(const auto is_owed, desk_.store().is_activation_owed());
    CORDON_TRY_ASSIGN(auto lists, list_rows(last, *wiring, now));
    CORDON_TRY_ASSIGN(const auto known, desk_.store().known_lists());
    CORDON_TRY_ASSIGN(auto stops, stops_of(names_of(*wiring, known, report)));
    CORDON_TRY_ASSIGN(const auto runs, desk_.store().runs(k_runs_on_chart));
    const auto pace = desk_.pace();
    const auto state = standing_of(report, is_owed, held_among(lists), pace.readiness, now);
    auto changes = Json::array();
    for (auto run = runs.rbegin(); run != runs.rend(); ++run) {
        changes.push_back({{"id", run->id},
                           {"started", to_iso8601(run->started)},
                           {"command", run->command},
                           {"outcome", run->outcome},
                           {"added", run->added},
                           {"removed", run->removed}});
    }
    auto troubles = report == nullptr ? Json::array() : troubles_of(*report);
    if (!pace.last_problem.empty()) troubles.push_back("no run began: " + printable(pace.last_problem, 2000));
    if (!pace.settings_problem.empty()) troubles.push_back(printable(pace.settings_problem, 2000));
    Json view{{"level", state.level}, {"sentence", state.sentence}, {"pace", pace_json(pace)}};
    view["last_run"] = report == nullptr ? Json()
                                         : Json{{"id", report->id},
                                                {"outcome", core::name_of(report->outcome)},
                                                {"level", level_of_outcome(core::name_of(report->outcome))},
                                                {"started", to_iso8601(report->started)},
                                                {"finished", to_iso8601(report->finished)}};
    view["glance"] = report == nullptr ? Json() : glance_of(*report, stops.size(), now);
    view["is_activation_owed"] = is_owed;
    view["lists"] = std::move(lists);
    view["stops"] = std::move(stops);
    view["has_troubles"] = !troubles.empty();
    view["troubles"] = std::move(troubles);
    view["held_back"] = report == nullptr ? "" : printable(report->held_back, 1000);
    view["changes"] = std::move(changes);
    view["has_changes"] = !view["changes"].empty();
    return view;
}

Result<Json> Views::feeds(Time now) {
    CORDON_TRY_ASSIGN(const auto last, newest());
    const auto wiring = desk_.wiring();
    auto rows = Json::array();
    for (const auto& section : wiring->sections) {
        const auto* const report = find_feed(last.report.get(), section.section);
        CORDON_TRY_ASSIGN(const auto kept, desk_.store().snapshots(section.section));
        auto snapshots = Json::array();
        for (const auto& one : kept) {
            snapshots.push_back({{"fetched_at", to_iso8601(one.fetched_at)},
                                 {"confirmed_at", to_iso8601(one.confirmed_at)},
                                 {"indicators", one.indicators}});
        }
        rows.push_back(
            {{"feed", section.section},
             {"source", printable(section.feed->source(), 300)},
             {"list", section.list.category_name},
             {"outcome", report != nullptr ? core::name_of(report->outcome) : ""},
             {"level", report != nullptr ? level_of_outcome(core::name_of(report->outcome)) : "note"},
             {"message", report != nullptr ? printable(report->message, 1000) : ""},
             {"indicators", report != nullptr ? report->indicators
                            : kept.empty()    ? 0
                                              : kept.front().indicators},
             {"invalid_rows", report != nullptr ? report->invalid_rows : 0},
             {"left_out", report != nullptr ? report->left_out : 0},
             {"bytes", report != nullptr ? report->bytes : 0},
             {"fetched_at", kept.empty() ? Json() : Json(to_iso8601(kept.front().fetched_at))},
             {"confirmed_at", kept.empty() ? Json() : Json(to_iso8601(kept.front().confirmed_at))},
             {"age_hours",
              kept.empty() ? Json() : Json(static_cast<double>((now - kept.front().confirmed_at).count()) / 3.6e6)},
             {"age", kept.empty() ? "" : length_words(now - kept.front().confirmed_at)},
             {"warnings", report != nullptr ? strings(report->warnings) : Json::array()},
             {"snapshots", std::move(snapshots)}});
    }
    Json view;
    view["has_feeds"] = !rows.empty();
    view["feeds"] = std::move(rows);
    return view;
}

Result<Json> Views::lists(Time now) {
    CORDON_TRY_ASSIGN(const auto last, newest());
    const auto wiring = desk_.wiring();
    CORDON_TRY_ASSIGN(auto rows, list_rows(last, *wiring, now));
    Json view;
    view["has_lists"] = !rows.empty();
    view["lists"] = std::move(rows);
    return view;
}

Result<Json> Views::plan(Time now) {
    CORDON_TRY_ASSIGN(const auto last, newest());
    const auto wiring = desk_.wiring();
    const auto* const report = last.report.get();
    CORDON_TRY_ASSIGN(const auto is_owed, desk_.store().is_activation_owed());
    CORDON_TRY_ASSIGN(const auto known, desk_.store().known_lists());
    CORDON_TRY_ASSIGN(auto stops, stops_of(names_of(*wiring, known, report)));
    auto left = Json::array();
    for (const auto& list : report_or_none(report).lists) {
        const auto to_remove = list.counts.to_remove - std::min(list.counts.to_remove, list.removed);
        if (list.counts.pending + to_remove == 0) continue;
        left.push_back(
            {{"list", list.list},
             {"to_add", list.counts.pending},
             {"to_remove", to_remove},
             {"why", list.outcome == core::Outcome::stopped ? "stopped by the guard" : printable(list.message, 1000)}});
    }
    auto kept = desk_.kept_plan();
    if (kept && report != nullptr && kept->made < report->started) kept.reset();  // carried out, or overtaken
    Json view{{"pace", pace_json(desk_.pace())}, {"is_activation_owed", is_owed}};
    view["held_back"] = report == nullptr ? "" : printable(report->held_back, 1000);
    view["stops"] = std::move(stops);
    view["left"] = std::move(left);
    view["has_left"] = !view["left"].empty();
    if (!kept) {
        view["kept_plan"] = nullptr;
        return view;
    }
    auto lists = Json::array();
    bool changes = false;
    for (const auto& list : kept->lists) {
        changes = changes || list.to_add + list.to_remove > 0;
        lists.push_back({{"list", list.list},
                         {"to_add", list.to_add},
                         {"to_remove", list.to_remove},
                         {"digest", list.digest.substr(0, engine::k_least_digest_digits)},
                         {"is_cut", list.additions.size() < list.to_add || list.removals.size() < list.to_remove},
                         {"additions", strings(list.additions)},
                         {"removals", strings(list.removals)}});
    }
    view["kept_plan"] = {{"made", to_iso8601(kept->made)},
                         {"age", length_words(now - kept->made)},
                         {"problem", printable(kept->problem, 1000)},
                         {"changes_something", changes},
                         {"lists", std::move(lists)}};
    return view;
}

Result<Json> Views::settings() {
    const auto wiring = desk_.wiring();
    std::vector<std::string> order;
    std::map<std::string, Json> sections;
    for (const auto& setting : wiring->settings) {
        auto& rows = sections[setting.section];
        if (rows.is_null()) {
            rows = Json::array();
            order.push_back(setting.section);
        }
        constexpr const char* k_origins[] = {"default", "file", "environment", "flag"};
        rows.push_back({{"key", setting.key},
                        {"value", printable(setting.text, 2000)},
                        {"origin", k_origins[static_cast<std::size_t>(setting.origin)]},
                        {"where", printable(setting.where, 300)},
                        {"is_secret", setting.is_secret},
                        {"is_default", setting.origin == config::Origin::standard}});
    }
    Json view{{"problem", printable(desk_.pace().settings_problem, 2000)}, {"sections", Json::array()}};
    for (const auto& name : order) {
        auto& rows = sections[name];
        const auto standard =
            std::count_if(rows.begin(), rows.end(), [](const Json& row) { return row["is_default"].get<bool>(); });
        view["sections"].push_back({{"section", name},
                                    {"given", rows.size() - static_cast<std::size_t>(standard)},
                                    {"standard", standard},
                                    {"settings", std::move(rows)}});
    }
    return view;
}

}  // namespace cordon::console
