#include <algorithm>
#include <climits>

#include <soci/soci.h>

#include "core/report.hpp"
#include "store/tables.hpp"

namespace cordon::store {

void write_run(soci::session& sql, const core::RunReport& report, std::size_t most_kept) {
    const long long started = to_number(report.started), finished = to_number(report.finished);
    const std::string outcome = core::name_of(report.outcome), json = core::to_json(report);
    const auto kept = static_cast<long long>(most_kept);
    long long added = 0, removed = 0;
    for (const auto& list : report.lists) {
        added += static_cast<long long>(list.added);
        removed += static_cast<long long>(list.removed);
    }
    sql << "DELETE FROM runs WHERE id = :id", soci::use(report.id);
    sql << "INSERT INTO runs (id, command, started, finished, outcome, exit_status, added, removed, report) VALUES "
           "(:id, :command, :started, :finished, :outcome, :exit, :added, :removed, :report)",
        soci::use(report.id), soci::use(report.command), soci::use(started), soci::use(finished), soci::use(outcome),
        soci::use(report.exit_status), soci::use(added), soci::use(removed), soci::use(json);
    sql << "DELETE FROM runs WHERE id NOT IN (SELECT id FROM runs ORDER BY number DESC LIMIT :kept)", soci::use(kept);
}

std::vector<RunSummary> read_runs(soci::session& sql, std::size_t most) {
    std::vector<RunSummary> runs;
    RunSummary run;
    long long started = 0, finished = 0, added = 0, removed = 0;
    const auto limit = static_cast<long long>(std::min<std::size_t>(most, INT_MAX));
    soci::statement rows =
        (sql.prepare << "SELECT id, command, started, finished, outcome, exit_status, added, removed FROM runs "
                        "ORDER BY number DESC LIMIT :most",
         soci::use(limit), soci::into(run.id), soci::into(run.command), soci::into(started), soci::into(finished),
         soci::into(run.outcome), soci::into(run.exit_status), soci::into(added), soci::into(removed));
    rows.execute();
    while (rows.fetch()) {
        run.started = to_time(started);
        run.finished = to_time(finished);
        run.added = static_cast<std::uint64_t>(added);
        run.removed = static_cast<std::uint64_t>(removed);
        runs.push_back(run);
    }
    return runs;
}

std::vector<std::string> find_runs(soci::session& sql, const std::string& prefix) {
    std::vector<std::string> reports;
    std::string report;
    const auto collect = [&](soci::statement& rows) {
        rows.execute();
        while (rows.fetch()) reports.push_back(report);
    };
    if (prefix == "last") {
        soci::statement rows =
            (sql.prepare << "SELECT report FROM runs ORDER BY number DESC LIMIT 1", soci::into(report));
        collect(rows);
        return reports;
    }
    soci::statement exact =
        (sql.prepare << "SELECT report FROM runs WHERE id = :id", soci::use(prefix), soci::into(report));
    collect(exact);
    if (!reports.empty() || prefix.empty()) return reports;
    soci::statement rows =
        (sql.prepare << "SELECT report FROM runs WHERE substr(id, 1, length(:prefix)) = :same_prefix LIMIT 2",
         soci::use(prefix), soci::use(prefix), soci::into(report));
    collect(rows);
    return reports;
}

}  // namespace cordon::store
