// Entries, runs, changes, explain, rejected, audit: one thing looked at closely.

#include <algorithm>

#include <fmt/format.h>

#include "base/text.hpp"
#include "console/standing.hpp"
#include "core/override.hpp"
#include "engine/explaining.hpp"
#include "engine/overrides.hpp"
#include "engine/rejected_csv.hpp"

namespace cordon::console {
namespace {

constexpr std::size_t k_samples = 10;
constexpr std::size_t k_changes_shown = 500;
constexpr std::size_t k_most_kept_changes = 20;
constexpr std::size_t k_most_audit_rows = 2000;
constexpr std::chrono::seconds k_audit_kept{10};

const char* words_of(engine::EntryState state) {
    switch (state) {
        case engine::EntryState::there: return "on the list";
        case engine::EntryState::sent: return "taken by the gateway, not read back yet";
        case engine::EntryState::intended: return "being put there";
        case engine::EntryState::leaving: return "being taken off";
        case engine::EntryState::waiting: return "wanted, not put there by Cordon";
        case engine::EntryState::taken_out: return "taken out by hand";
        case engine::EntryState::refused: return "refused by the gateway";
    }
    return "";
}

Json entry_json(const engine::EntryRow& row) {
    const auto day = [](std::chrono::sys_days at) { return to_iso8601(Time{at}).substr(0, 10); };
    return {{"entry", printable(row.text, 1100)},
            {"state", engine::name_of(row.state)},
            {"state_words", words_of(row.state)},
            {"is_there", row.state == engine::EntryState::there || row.state == engine::EntryState::sent},
            {"risk", row.risk ? Json(*row.risk) : Json()},
            {"last_seen", row.last_seen ? Json(day(*row.last_seen)) : Json()},
            {"feed", std::string(row.feed)},
            {"rules", printable(row.rules, 500)},
            {"object", printable(row.object, 300)},
            {"place", row.place ? Json(*row.place) : Json()}};
}

double seconds_between(Time started, Time finished) {
    return static_cast<double>(std::max<std::int64_t>(0, (finished - started).count())) / 1000.0;
}

Json summary_json(const store::RunSummary& run) {
    return {{"id", run.id},
            {"command", run.command},
            {"started", to_iso8601(run.started)},
            {"finished", to_iso8601(run.finished)},
            {"seconds", seconds_between(run.started, run.finished)},
            {"outcome", run.outcome},
            {"level", level_of_outcome(run.outcome)},
            {"exit_status", run.exit_status},
            {"added", run.added},
            {"removed", run.removed}};
}

/// The counters as rows, for a page that has no names of fields.
Json rows_of(const core::ReasonCounts& counts, core::ReasonClass wanted) {
    auto rows = Json::array();
    for (std::size_t i = 0; i < core::k_reason_count; ++i) {
        const auto reason = static_cast<core::Reason>(i);
        if (core::class_of(reason) != wanted || counts.of(reason) == 0) continue;
        rows.push_back(
            {{"reason", core::name_of(reason)}, {"words", core::explanation_of(reason)}, {"count", counts.of(reason)}});
    }
    return rows;
}

Json calls_json(const core::RunReport& report) {
    auto calls = Json::array();
    for (const auto& [cloud, by_endpoint] : report.calls) {
        for (const auto& [endpoint, count] : by_endpoint)
            calls.push_back({{"cloud", cloud}, {"endpoint", endpoint}, {"count", count}});
    }
    return calls;
}

/// Entries beyond `most` are counted only.
void add_entries(Json& array, const std::vector<std::string>& entries, std::size_t most) {
    for (const auto& entry : entries) {
        if (array.size() >= most) return;
        array.push_back(printable(entry, 1100));
    }
}

/// By which what operators say now is told from what they said before.
std::string mark_of(const std::vector<core::Override>& said) {
    std::string mark;
    for (const auto& one : said) {
        mark += fmt::format("\n{} {} {} {}", core::name_of(one.kind), one.value, one.list,
                            one.until.time_since_epoch().count());
    }
    return mark;
}

}  // namespace

Json reasons_json(const core::ReasonCounts& counts) {
    auto rows = rows_of(counts, core::ReasonClass::rejected);
    for (auto& row : rows_of(counts, core::ReasonClass::merged)) rows.push_back(std::move(row));
    return rows;
}

engine::EntrySources Views::sources_of(const Wiring& wiring, Time now) {
    return {wiring.sections, wiring.jobs, wiring.protection, desk_.store(), now};
}

Result<std::shared_ptr<const engine::EntryTable>> Views::table(const std::string& list,
                                                               const std::shared_ptr<const Wiring>& wiring, Time now) {
    CORDON_TRY_ASSIGN(const auto said, engine::overrides_in_force(desk_.store(), now));
    const auto now_mark = mark() + mark_of(said);
    const auto find_kept = [&]() -> std::shared_ptr<const engine::EntryTable> {
        const std::scoped_lock lock(mutex_);
        const auto kept = tables_.find(list);
        const bool is_fresh = kept != tables_.end() && kept->second.mark == now_mark && kept->second.wiring == wiring;
        return is_fresh ? kept->second.table : nullptr;
    };
    if (auto kept = find_kept()) return kept;
    const std::scoped_lock one_at_a_time(making_);
    if (auto kept = find_kept()) return kept;
    {
        const std::scoped_lock lock(mutex_);  // the old one goes first: two at a time are not held
        tables_.erase(list);
    }
    CORDON_TRY_ASSIGN(auto made, engine::EntryTable::build(list, sources_of(*wiring, now)));
    auto table = std::make_shared<const engine::EntryTable>(std::move(made));
    const std::scoped_lock lock(mutex_);
    tables_[list] = {now_mark, wiring, table};
    return table;
}

void Views::warm(Time now) {
    const auto wiring = desk_.wiring();
    for (const auto& job : wiring->jobs) {
        if (!job.continues) [[maybe_unused]]
            const auto made = table(job.target.list, wiring, now);  // who asks is told
    }
}

Result<Json> Views::entries(const std::string& list, const engine::EntryQuery& query, Time now) {
    const auto wiring = desk_.wiring();
    CORDON_TRY_ASSIGN(const auto known, desk_.store().known_lists());
    const bool is_list = std::find(known.begin(), known.end(), list) != known.end() ||
                         std::any_of(wiring->jobs.begin(), wiring->jobs.end(),
                                     [&](const engine::ListJob& job) { return job.target.list == list; });
    if (!is_list) return fail(Code::invalid, fmt::format("there is no list '{}'", printable(list)));
    CORDON_TRY_ASSIGN(const auto table, this->table(list, wiring, now));
    const auto page = table->select(query);
    Json view{{"list", list}, {"of_list", table->size()}, {"total", page.total}, {"first", query.first}};
    auto states = Json::array();
    for (std::size_t i = 0; i < engine::k_entry_state_count; ++i) {
        const auto state = static_cast<engine::EntryState>(i);
        states.push_back({{"state", engine::name_of(state)},
                          {"words", words_of(state)},
                          {"count", table->count(state)},
                          {"is_chosen", query.state == state}});
    }
    view["states"] = std::move(states);
    auto rows = Json::array();
    for (const auto& row : page.rows) rows.push_back(entry_json(row));
    view["entries"] = std::move(rows);
    return view;
}

Result<Json> Views::runs(std::size_t first, std::size_t most) {
    CORDON_TRY_ASSIGN(const auto runs, desk_.store().runs(SIZE_MAX));
    Json view{{"total", runs.size()}, {"first", first}, {"runs", Json::array()}};
    for (auto i = first; i < runs.size() && i - first < most; ++i) view["runs"].push_back(summary_json(runs[i]));
    return view;
}

Result<Json> Views::run(const std::string& id) {
    CORDON_TRY_ASSIGN(const auto text, desk_.store().run(id));
    CORDON_TRY_ASSIGN(const auto report, core::report_from_json(text));
    auto lists = Json::array();
    for (const auto& list : report.lists) {
        lists.push_back({{"list", list.list},
                         {"outcome", core::name_of(list.outcome)},
                         {"level", level_of_outcome(core::name_of(list.outcome))},
                         {"message", printable(list.message, 2000)},
                         {"fetched", list.counts.fetched},
                         {"accepted", list.counts.accepted},
                         {"on_gateway", list.counts.on_gateway},
                         {"pending", list.counts.pending},
                         {"over_capacity", list.counts.over_capacity},
                         {"added", list.added},
                         {"removed", list.removed},
                         {"digest", list.digest},
                         {"left_out", reasons_json(list.counts.reasons)}});
    }
    return Json{{"id", report.id},
                {"command", report.command},
                {"outcome", core::name_of(report.outcome)},
                {"level", level_of_outcome(core::name_of(report.outcome))},
                {"seconds", seconds_between(report.started, report.finished)},
                {"troubles", troubles_of(report)},
                {"exit_status", report.exit_status},
                {"started", to_iso8601(report.started)},
                {"finished", to_iso8601(report.finished)},
                {"words", core::to_text(report)},
                {"lists", std::move(lists)},
                {"calls", calls_json(report)},
                {"report", Json::parse(text)}};
}

Result<Json> Views::changes(const std::string& run, std::size_t most) {
    return at_a_price([&] { return read_changes(run, most); });
}

Result<Json> Views::read_changes(const std::string& run, std::size_t most) {
    CORDON_TRY_ASSIGN(const auto text, desk_.store().run(run));  // `invalid` where there is none
    CORDON_TRY_ASSIGN(const auto report, core::report_from_json(text));
    auto lists = Json::array();
    CORDON_TRY_ASSIGN(
        const auto findings, desk_.store().read_audit(store::AuditDetail::whole, [&](store::KeptAuditRecord&& kept) {
            const auto& record = kept.record;
            if (record.run != report.id || record.added.size() + record.removed.size() == 0) return;
            Json added = Json::array();
            Json removed = Json::array();
            add_entries(added, record.added, most);
            add_entries(removed, record.removed, most);
            const bool is_cut = added.size() + removed.size() < record.added.size() + record.removed.size();
            lists.push_back({{"list", printable(record.list, 300)},
                             {"act", printable(record.act)},
                             {"who", printable(record.who)},
                             {"at", printable(kept.at)},
                             {"added_count", record.added.size()},
                             {"removed_count", record.removed.size()},
                             {"is_cut", is_cut},
                             {"added", std::move(added)},
                             {"removed", std::move(removed)}});
        }));
    Json view{{"id", report.id}, {"problem", printable(findings.problem.value_or(""), 1000)}};
    view["has_changes"] = !lists.empty();
    view["lists"] = std::move(lists);
    return view;
}

std::optional<Json> Views::find_shown_changes(const std::string& id) {
    const std::scoped_lock lock(mutex_);
    const auto kept = changes_.find(id);
    return kept == changes_.end() ? std::nullopt : std::optional(kept->second);
}

Result<Json> Views::shown_changes(const std::string& run) {
    CORDON_TRY_ASSIGN(const auto text, desk_.store().run(run));
    CORDON_TRY_ASSIGN(const auto report, core::report_from_json(text));
    if (auto kept = find_shown_changes(report.id)) return *std::move(kept);
    return at_a_price([&]() -> Result<Json> {
        if (auto kept = find_shown_changes(report.id)) return *std::move(kept);
        CORDON_TRY_ASSIGN(auto made, read_changes(report.id, k_changes_shown));
        // What is under way goes on; what is broken may be mended.
        const bool stays =
            report.outcome != core::Outcome::unfinished && made["problem"].get_ref<const std::string&>().empty();
        if (!stays) return made;
        const std::scoped_lock lock(mutex_);
        if (changes_.size() >= k_most_kept_changes) changes_.clear();
        changes_[report.id] = made;
        return made;
    });
}

Result<std::string> Views::changes_csv(const std::string& run) {
    return at_a_price([&] { return read_changes_csv(run); });
}

Result<std::string> Views::read_changes_csv(const std::string& run) {
    CORDON_TRY_ASSIGN(const auto text, desk_.store().run(run));
    CORDON_TRY_ASSIGN(const auto report, core::report_from_json(text));
    std::string csv = "list,change,entry,at,act\n";
    const auto add = [&](const store::KeptAuditRecord& kept, const char* change, const std::string& entry) {
        engine::append_csv_field(csv, printable(kept.record.list, 300));
        csv += ',';
        csv += change;
        csv += ',';
        engine::append_csv_field(csv, printable(entry, 1100));
        csv += ',';
        engine::append_csv_field(csv, printable(kept.at));
        csv += ',';
        engine::append_csv_field(csv, printable(kept.record.act));
        csv += '\n';
    };
    CORDON_TRY_ASSIGN(const auto findings,
                      desk_.store().read_audit(store::AuditDetail::whole, [&](store::KeptAuditRecord&& kept) {
                          if (kept.record.run != report.id) return;
                          for (const auto& entry : kept.record.added) add(kept, "added", entry);
                          for (const auto& entry : kept.record.removed) add(kept, "removed", entry);
                      }));
    if (findings.problem) {  // what comes before it may still be of use, but nobody is to take it for all
        csv += ",the audit log is broken,";
        engine::append_csv_field(csv, printable(*findings.problem, 1000));
        csv += ",,\n";
    }
    return csv;
}

Result<Json> Views::explain(const std::string& value, Time now) {
    Json view{{"value", printable(value, 1100)},
              {"is_asked", !trim(value).empty()},
              {"canonical", ""},
              {"is_blocked", false},
              {"is_in_effect", false},
              {"verdict", ""},
              {"problem", ""},
              {"lines", Json::array()}};
    if (trim(value).empty()) return view;
    const auto canonical = core::canonical_question(value);
    if (!canonical) {
        view["problem"] = printable(canonical.error().message, 1000);
        return view;
    }
    const Turnstile::Turn turn(explaining_);
    if (!turn.is_in()) return fail(Code::throttled, "too many values are looked up at this moment; try again");
    const auto wiring = desk_.wiring();
    CORDON_TRY_ASSIGN(const auto explanation,
                      engine::explain(*canonical, sources_of(*wiring, now),
                                      [&](const std::string& list) { return table(list, wiring, now); }));
    view["canonical"] = printable(*canonical, 1100);
    view["is_blocked"] = explanation.is_blocked;
    view["is_in_effect"] = explanation.is_in_effect;
    view["verdict"] = explanation.verdict;
    for (const auto& line : explanation.lines) {
        const bool is_detail = line.starts_with("  ");
        view["lines"].push_back({{"text", printable(trim(line), 2000)}, {"is_detail", is_detail}});
    }
    return view;
}

Result<std::shared_ptr<const RejectedSamples>> Views::samples() {
    const auto path = desk_.wiring()->rejected_csv;
    std::error_code unseen;
    const auto written = std::filesystem::last_write_time(path, unseen);
    const auto now_mark = fmt::format("{} {}", path.string(), unseen ? 0 : written.time_since_epoch().count());
    const std::scoped_lock one_at_a_time(making_);
    {
        const std::scoped_lock lock(mutex_);
        if (samples_ && samples_mark_ == now_mark) return samples_;
    }
    auto made = std::make_shared<RejectedSamples>();
    CORDON_TRY(engine::read_rejected(path, [&](const engine::RejectedRow& row) {
        auto& kept = made->by_list[row.list][row.reason];
        if (kept.size() < k_samples) {
            kept.push_back({printable(row.value, 300), printable(row.feed), printable(row.detail, 300)});
        }
    }));
    const std::scoped_lock lock(mutex_);
    samples_ = made;
    samples_mark_ = now_mark;
    return samples_;
}

Result<Json> Views::rejected() {
    CORDON_TRY_ASSIGN(const auto last, newest());
    Json view{{"run", last.report ? last.report->id : ""}, {"problem", ""}};
    const auto kept = samples();
    if (!kept) view["problem"] = printable(kept.error().message, 1000);
    core::ReasonCounts sum;
    auto lists = Json::array();
    for (const auto& list : last.report ? last.report->lists : std::vector<core::ListReport>{}) {
        sum.add(list.counts.reasons);
        auto reasons = reasons_json(list.counts.reasons);
        for (auto& reason : reasons) {
            reason["samples"] = Json::array();
            if (!kept) continue;
            const auto of_list = (*kept)->by_list.find(list.list);
            if (of_list == (*kept)->by_list.end()) continue;
            const auto of_reason = of_list->second.find(reason["reason"].get<std::string>());
            if (of_reason == of_list->second.end()) continue;
            for (const auto& one : of_reason->second)
                reason["samples"].push_back({{"value", one.value}, {"feed", one.feed}, {"detail", one.detail}});
        }
        const bool has_reasons = !reasons.empty();
        lists.push_back({{"list", list.list},
                         {"fetched", list.counts.fetched},
                         {"has_reasons", has_reasons},
                         {"reasons", std::move(reasons)}});
    }
    view["sum"] = reasons_json(sum);
    view["has_sum"] = !view["sum"].empty();
    view["lists"] = std::move(lists);
    return view;
}

Result<std::shared_ptr<const Views::KeptAudit>> Views::kept_audit(Time now) {
    const auto now_mark = fmt::format("{} {}", mark(), now.time_since_epoch() / k_audit_kept);
    const auto find = [&]() -> std::shared_ptr<const KeptAudit> {
        const std::scoped_lock lock(mutex_);
        return audit_ && audit_->mark == now_mark ? audit_ : nullptr;
    };
    if (auto kept = find()) return kept;
    auto made = at_a_price([&]() -> Result<std::shared_ptr<const KeptAudit>> {
        if (auto kept = find()) return kept;
        auto read = std::make_shared<KeptAudit>();
        CORDON_TRY_ASSIGN(const auto findings, desk_.store().read_audit(store::AuditDetail::without_entries,
                                                                        [&](store::KeptAuditRecord&& kept) {
                                                                            read->rows.push_front(std::move(kept));
                                                                            if (read->rows.size() > k_most_audit_rows)
                                                                                read->rows.pop_back();
                                                                        }));
        read->mark = now_mark;
        read->records = findings.head.records;
        read->problem = printable(findings.problem.value_or(""), 1000);
        const std::scoped_lock lock(mutex_);
        audit_ = read;
        return read;
    });
    const std::scoped_lock lock(mutex_);
    const bool may_be_older = !made && made.error().code == Code::throttled && audit_ != nullptr;
    return may_be_older ? audit_ : made;
}

Result<Json> Views::audit(std::size_t first, std::size_t most, Time now) {
    CORDON_TRY_ASSIGN(const auto kept, kept_audit(now));
    const auto& rows = kept->rows;
    Json view{{"records", kept->records},
              {"shown", rows.size()},
              {"first", first},
              {"problem", kept->problem},
              {"rows", Json::array()}};
    for (auto i = first; i < rows.size() && i - first < most; ++i) {
        const auto& one = rows[i];
        view["rows"].push_back({{"number", one.number},
                                {"at", printable(one.at)},
                                {"who", printable(one.record.who, 200)},
                                {"act", printable(one.record.act)},
                                {"list", printable(one.record.list, 300)},
                                {"run", printable(one.record.run)},
                                {"why", printable(one.record.why, 600)}});
    }
    return view;
}

}  // namespace cordon::console
