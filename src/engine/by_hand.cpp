// The plans that a person asks for: no feed, no guard.

#include "engine/by_hand.hpp"

namespace cordon::engine {

RunResult retire_list(const std::string& list, const ListNote& note, const Ports& ports, const RunOptions& options,
                      const std::stop_token& stop) {
    ListJob job;
    job.target = {list, note.target, note.description};
    job.policy.placeholder = ports.gateway.placeholder(note.target);
    ByHand by_hand;
    by_hand.make_plan = [&](ListRun& run, core::Room&) {
        run.plan = core::plan_retirement(list, note.target, run.state, run.ledger, job.policy);
    };
    auto result = run_by_hand({&job, 1}, by_hand, ports, options, stop);
    const bool is_carried_out = options.mode == Mode::apply && result.permission != Permission::write_nothing;
    if (is_carried_out && core::exit_status_of(result.report.outcome) == 0) {
        auto retired = note;
        retired.feeds.clear();  // should the list be used again, nobody fed it before
        if (const auto noted = ports.store.set_list_note(list, to_json(retired)); !noted) {
            result.report.warnings.push_back(noted.error().message);
        }
    }
    return result;
}

RunResult move_list(const ListJob& job, const Ports& ports, const RunOptions& options, const std::stop_token& stop) {
    ListJob without_feeds = job;  // nothing is fetched for a move
    without_feeds.feeds.clear();
    ByHand by_hand;
    by_hand.make_plan = [&](ListRun& run, core::Room&) {
        const auto to = side_of_new_entries(job.retain_parent, run.state);
        run.plan = core::plan_move(job.target.list, run.state, run.ledger, to);
    };
    return run_by_hand({&without_feeds, 1}, by_hand, ports, options, stop);
}

}  // namespace cordon::engine
