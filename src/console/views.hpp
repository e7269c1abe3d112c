#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "base/heap.hpp"
#include "console/desk.hpp"
#include "console/throttle.hpp"
#include "core/report.hpp"
#include "engine/entry_table.hpp"

namespace cordon::console {

using Json = nlohmann::ordered_json;

/// Whose value was left out, and why: counts, and the first values of each.
struct RejectedSamples {
    struct Sample {
        std::string value, feed, detail;
    };
    std::map<std::string, std::map<std::string, std::vector<Sample>>> by_list;  ///< list -> reason
};

/// One document a page, made from the desk: what the JSON API answers is what the page is made from. `invalid` where
/// something is asked for that is not there. What costs is made once a run and kept; what reads the whole audit log is
/// done one at a time, and is `throttled` where enough wait for that. Thread-safe.
class Views {
public:
    explicit Views(Desk& desk) : desk_(desk) {}

    [[nodiscard]] Result<Json> overview(Time now);
    [[nodiscard]] Result<Json> feeds(Time now);
    [[nodiscard]] Result<Json> lists(Time now);
    [[nodiscard]] Result<Json> entries(const std::string& list, const engine::EntryQuery& query, Time now);
    /// `first`: newest runs to pass over.
    [[nodiscard]] Result<Json> runs(std::size_t first, std::size_t most);
    [[nodiscard]] Result<Json> run(const std::string& id);
    /// What a run put on lists and took off, as the audit log has it; at most `most` entries of each, counts of all.
    [[nodiscard]] Result<Json> changes(const std::string& run, std::size_t most);
    /// The same with 500 entries; kept where the run has ended.
    [[nodiscard]] Result<Json> shown_changes(const std::string& run);
    [[nodiscard]] Result<std::string> changes_csv(const std::string& run);
    /// `value`: as written; "" gives the empty page.
    [[nodiscard]] Result<Json> explain(const std::string& value, Time now);
    [[nodiscard]] Result<Json> plan(Time now);
    [[nodiscard]] Result<Json> rejected();
    [[nodiscard]] Result<Json> settings();
    [[nodiscard]] Result<Json> audit(std::size_t first, std::size_t most, Time now);

    /// Makes the entry tables of all lists, so that nobody waits for them; after each run.
    void warm(Time now);
    /// Changes with everything that the pages show of runs.
    [[nodiscard]] std::string mark();

private:
    /// The newest run that planned, finished or not; nullptr where there is none.
    struct Newest {
        std::string mark;  ///< of the newest run of any kind
        std::shared_ptr<const core::RunReport> report;
    };
    [[nodiscard]] Result<Newest> newest();
    /// The end of the audit log.
    struct KeptAudit {
        std::string mark;
        std::deque<store::KeptAuditRecord> rows;  ///< newest first
        std::uint64_t records = 0;                ///< of the whole log
        std::string problem;
    };
    [[nodiscard]] Result<std::shared_ptr<const KeptAudit>> kept_audit(Time now);
    [[nodiscard]] std::optional<Json> find_shown_changes(const std::string& id);
    [[nodiscard]] Result<Json> read_changes(const std::string& run, std::size_t most);
    [[nodiscard]] Result<std::string> read_changes_csv(const std::string& run);
    [[nodiscard]] engine::EntrySources sources_of(const Wiring& wiring, Time now);
    [[nodiscard]] Result<std::shared_ptr<const engine::EntryTable>> table(const std::string& list,
                                                                          const std::shared_ptr<const Wiring>& wiring,
                                                                          Time now);
    [[nodiscard]] Result<std::shared_ptr<const RejectedSamples>> samples();
    [[nodiscard]] Result<Json> list_rows(const Newest& newest, const Wiring& wiring, Time now);
    [[nodiscard]] Result<Json> stops_of(const std::vector<std::string>& lists);

    /// `make` in its turn; what it took, it gives back.
    template <class Make>
    [[nodiscard]] std::invoke_result_t<Make> at_a_price(Make make) {
        auto made = dear_.in_turn(std::move(make));
        return_freed_memory();
        return made;
    }

    Desk& desk_;
    std::mutex mutex_;  // of what follows
    std::optional<Newest> newest_;
    struct KeptTable {
        std::string mark;
        std::shared_ptr<const Wiring> wiring;
        std::shared_ptr<const engine::EntryTable> table;
    };
    std::map<std::string, KeptTable> tables_;
    std::map<std::string, Json> changes_;  ///< by ended run, as its page shows them: reading the whole log takes long
    std::string samples_mark_;
    std::shared_ptr<const RejectedSamples> samples_;
    std::shared_ptr<const KeptAudit> audit_;
    std::mutex making_;   // a table: one at a time
    SingleFile dear_{3};  // together fewer than the server has workers: monitors do not wait for them
    Turnstile explaining_{4};
};

/// Why each reason keeps a value off, in the order of the reasons; for the page and its chart.
[[nodiscard]] Json reasons_json(const core::ReasonCounts& counts);

}  // namespace cordon::console
