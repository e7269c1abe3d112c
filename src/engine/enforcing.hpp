#pragma once

#include <span>
#include <stop_token>
#include <string>
#include <vector>

#include "engine/list_run.hpp"

namespace cordon::engine {

/// What the tenant's rules make of the lists of one run, and the rules of ours that its settings wish. Each step is
/// taken once, in this order; all fail only when the store does.
class Enforcer {
public:
    /// All of it must outlive this.
    Enforcer(core::RunReport& report, const Ports& ports, const RunOptions& options, const std::stop_token& stop)
        : report_(report), ports_(ports), options_(options), stop_(stop), now_(ports.clock.now()) {}

    /// The lists as they are planned or, in a run that writes, written.
    Result<void> take(std::span<ListRun> runs);

    /// Makes and keeps the wished rules, once a day (UTC) and list, and when a list or a wish has changed. What is
    /// saved leaves an activation owed. A rule that cannot be had makes its list `partial`. A plan only looks, where
    /// a run would: what there is to do is in its reports and in `works`.
    Result<void> keep();

    /// Says in each list's report what the rules make of it. Rules are read at most once a day and list; in between the
    /// reports repeat what was read. With RunOptions::reads_rules they are read in any case; a plan without it tells
    /// nothing. That nothing blocks a list is a warning alone. `all_is_active`: no saved change of anybody waits.
    Result<void> tell(bool all_is_active);

    [[nodiscard]] const std::vector<core::RuleWork>& works() const noexcept { return works_; }

private:
    /// One list, its note in the store, and what the gateway is asked.
    struct Enforcing {
        ListRun* run = nullptr;
        ListNote note;
        std::string note_text;  ///< as it lies in the store
        core::EnforcedList list;
        std::string wish_text;  ///< by which a rule is kept; "" where none is wished
        bool is_due = false;    ///< its rules were not read today, or not for these objects
    };

    Result<void> take_one(ListRun& run);
    Result<void> add_left_behind(Enforcing& one);
    void add_to_first(const ListRun& run);
    [[nodiscard]] bool is_asked(const Enforcing& one) const;
    [[nodiscard]] bool is_turn_of_rule(const Enforcing& one) const;
    Result<void> keep_one(Enforcing& one);
    void look_at_one(Enforcing& one);
    void note_kept(Enforcing& one, const core::KeptRule& kept) const;
    void read();
    void tell_one(Enforcing& one, bool all_is_active);
    Result<void> remember(const Enforcing& one);

    core::RunReport& report_;
    const Ports& ports_;
    const RunOptions& options_;
    const std::stop_token& stop_;
    Time now_;
    std::vector<Enforcing> lists_;
    std::vector<core::RuleWork> works_;
};

}  // namespace cordon::engine
