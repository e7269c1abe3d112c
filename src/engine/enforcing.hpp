#pragma once

#include <span>
#include <stop_token>
#include <string>
#include <utility>
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
    /// saved leaves an activation owed. A rule that cannot be had makes its list `partial`. A plan, and a run that may
    /// write nothing, only look, where a run would: what there is to do is in the reports.
    Result<void> keep(const ActivationDecision& decision);

    /// Says in each list's report what the rules make of it. Rules are read at most once a day and list; in between the
    /// reports repeat what was read. With RunOptions::reads_rules they are read in any case; a plan without it tells
    /// nothing. That nothing blocks a list is a warning alone. `all_is_active`: no saved change of anybody waits.
    Result<void> tell(bool all_is_active);

    /// What a plan says of the rules of each list: read, made, put right.
    [[nodiscard]] const std::vector<core::RuleWork>& works() const noexcept { return works_; }
    /// How many rules were made or put right, or would have been.
    [[nodiscard]] std::size_t deeds() const noexcept;
    /// What was done about rules: the list, and a sentence.
    [[nodiscard]] const std::vector<std::pair<std::string, std::string>>& done() const noexcept { return done_; }

private:
    /// One list, its note in the store, and what the gateway is asked.
    struct Enforcing {
        ListRun* run = nullptr;
        ListNote note;
        std::string note_text;  ///< as it lies in the store
        core::EnforcedList list;
        bool is_further = false;  ///< goes on from a first object of the same kind, whose rule blocks it too
        std::string wish_text;    ///< by which a rule is kept; "" where none is wished
        std::vector<std::string> left_behind;  ///< lists whose groups the rule names beside those of the settings
        bool grows = false;                    ///< the plan makes another group, which the rule has to name
        std::string problem;                   ///< with the wished rule
    };

    Result<void> take_one(ListRun& run);
    Result<void> add_left_behind(Enforcing& one);
    void add_to_first(ListRun& run, Enforcing& further);
    [[nodiscard]] Enforcing* first_of(const Enforcing& one);
    [[nodiscard]] std::string key_of(const Enforcing& one) const;
    [[nodiscard]] bool will_be_there(const Enforcing& one) const;
    [[nodiscard]] bool is_due(const Enforcing& one) const;
    [[nodiscard]] bool is_asked(const Enforcing& one) const;
    Result<void> see_to_rule(Enforcing& one, const ActivationDecision& decision);
    [[nodiscard]] std::string forbidden_on(const Enforcing& one) const;
    Result<core::KeptRule> carry_out(Enforcing& one, core::RuleDeed deed);
    void hold_back(Enforcing& one, const core::KeptRule& found, const ActivationDecision& decision);
    void note_kept(Enforcing& one, const core::KeptRule& kept) const;
    void tell_problem(Enforcing& one);
    void share_with_further();
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
    std::vector<std::pair<std::string, std::string>> done_;
};

}  // namespace cordon::engine
