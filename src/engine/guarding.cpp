// What can stop a plan: the guard's rules, with what the operator waived, and the assertions.

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "base/digest.hpp"
#include "base/text.hpp"
#include "engine/list_run.hpp"
#include "engine/unblocked.hpp"

namespace cordon::engine {
namespace {

using core::GuardRule;
using core::Outcome;

// way_through() writes them into the message of a stop, rule_to_waive() finds them there.
constexpr const char* k_allow_removals = "--allow-removals";
constexpr const char* k_allow_growth = "--allow-growth";

/// Which guard rules the operator waived for exactly this plan: the one with the reviewed digest, or the one
/// that was stopped last (a reviewed digest that is neither stops the run later, or counts for nothing).
core::GuardWaiver waiver_for(const core::ListPlan& plan, const std::optional<store::GuardStopRecord>& recorded,
                             const RunOptions& options) {
    const bool is_reviewed = options.reviewed_digest && is_digest_of(*options.reviewed_digest, plan.digest);
    const bool is_last_stop = recorded && recorded->digest == plan.digest;
    const bool is_it = is_reviewed || (is_last_stop && !options.goes_on_unreviewed);
    core::GuardWaiver waiver;
    if (!is_it) return waiver;
    waiver.removals = options.allow_removals.contains(plan.list);
    waiver.growth = options.allow_growth.contains(plan.list);
    return waiver;
}

bool is_waived(GuardRule rule, core::GuardWaiver waiver) {
    return (rule == GuardRule::removals && waiver.removals) || (rule == GuardRule::growth && waiver.growth);
}

/// What the list would hold of ours once the plan is applied, ascending.
std::vector<std::string> ours_after(const ListRun& run) {
    std::set<std::string_view> ours;
    for (const auto& addition : run.plan.additions) ours.insert(addition.text);
    for (const auto& entry : run.plan.became_ours) ours.insert(entry.canonical);
    std::vector<std::string> kept;
    for (const auto& text : run.plan.keeps) {
        if (ours.contains(text) || core::find_ours(run.ledger, text) != nullptr) kept.push_back(text);
    }
    return kept;
}

/// " of [section]" for an entry that a feed names, there already or to be added.
std::string from_feed(const core::DesiredSet& desired, std::string_view entry) {
    for (std::size_t i = 0; i < desired.size(); ++i) {
        if (desired[i].text == entry) return fmt::format(" of [{}]", desired.feed_name(desired[i].feed));
    }
    return {};
}

/// Entries of others that an assertion forbids are not ours to take out.
void warn_of_foreign_breaches(ListRun& run, const core::Assertions& assertions) {
    const auto breaches = core::broken_never_block(assertions, run.plan.target, run.plan.keeps);
    if (breaches.empty()) return;
    const auto ours = ours_after(run);
    for (const auto& breach : breaches) {
        if (std::binary_search(ours.begin(), ours.end(), breach.entry)) continue;
        run.report.warnings.push_back(
            fmt::format("somebody else's entry '{}' breaks '{}' of [assert]; Cordon does not "
                        "take it out",
                        printable(breach.entry), breach.assertion));
    }
}

/// The list over all its objects, as far as the guard asks about it, without `by_operators`: how many removals follow
/// from what operators said. Those are no accident.
Result<core::ListPlan> whole_of(std::span<ListRun* const> objects, std::span<const FeedSection> sections,
                                const Ports& ports, std::uint64_t& by_operators) {
    core::ListPlan whole;
    whole.list = objects.front()->plan.list;
    whole.target = objects.front()->plan.target;
    std::vector<std::string> digests;
    for (const auto* object : objects) {
        whole.counts.unchanged += object->plan.counts.unchanged;
        CORDON_TRY_ASSIGN(const auto counted,
                          count_operators_removals(object->plan, *objects.front()->job, sections, ports));
        const auto own = std::min(object->plan.counts.to_remove, counted);
        by_operators += own;
        whole.counts.to_remove += object->plan.counts.to_remove - own;
        whole.counts.to_add += object->plan.counts.to_add;
        whole.vanished += object->plan.vanished;
        digests.push_back(object->plan.digest);
    }
    whole.digest = digests.size() == 1 ? digests.front() : sha256_hex(join(digests, " "));
    return whole;
}

/// The first thing that stops the list.
std::optional<core::GuardStop> stop_of(std::span<ListRun* const> objects, const core::ListPlan& whole,
                                       const core::DesiredSet& desired, std::span<const FeedSnapshot> snapshots,
                                       core::GuardWaiver waiver, const Ports& ports, const RunOptions& options) {
    const auto& first = *objects.front();
    for (const auto index : first.job->feeds) {
        const auto& stop = snapshots[index].stop;
        if (stop && !is_waived(stop->rule, waiver)) return stop;
    }
    const bool is_first_fill = !first.ledger.filled_at.has_value();
    // A predecessor's placeholder protects nobody, however large a share of what is ours it is.
    waiver.removals = waiver.removals || whole.counts.to_remove <= first.foreign_placeholders.size();
    if (auto stop = core::check_plan(whole, options.guard, is_first_fill, desired.empty(), waiver)) return stop;
    if (ports.assertions.never_block.empty()) return std::nullopt;
    for (const auto* object : objects) {
        const auto broken = core::broken_never_block(ports.assertions, object->plan.target, ours_after(*object));
        if (broken.empty()) continue;
        const auto& entry = broken.front().entry;
        return core::GuardStop{
            GuardRule::assertion, fmt::format("list '{}'", object->plan.list),
            fmt::format("'{}' of [assert] would be broken by the entry '{}'{}; add it to [allow] never or "
                        "change the assertion",
                        broken.front().assertion, printable(entry), from_feed(desired, entry))};
    }
    return std::nullopt;
}

/// How to let a stopped plan through once; empty for rules that nobody may waive.
std::string way_through(const core::GuardStop& stop, const core::ListPlan& plan, bool was_asked_for,
                        const RunOptions& options) {
    const char* flag = stop.rule == GuardRule::removals ? k_allow_removals
                       : stop.rule == GuardRule::growth ? k_allow_growth
                                                        : nullptr;
    if (flag == nullptr) return {};
    const std::string changed =
        was_asked_for ? "; this is not the plan that was stopped before, so look at it again" : "";
    const auto command = options.adopt == plan.list ? fmt::format("adopt \"{}\" --yes", plan.list) : std::string("run");
    return fmt::format("{}. If this is right, let exactly this plan through once: cordon {} {} \"{}\" --plan {}{}",
                       changed, command, flag, plan.list, plan.digest.substr(0, k_least_digest_digits),
                       options.settings_flag);
}

std::vector<std::string> present_entries(const ListRun& run) {
    std::vector<std::string> present;
    for (const auto& entry : run.state.entries) present.push_back(entry.canonical);
    return present;
}

/// "[a]" or "[a] and [b]": the sections that flow into the list.
std::string sections_of(const ListRun& run) {
    std::vector<std::string> sections;
    for (const auto& feed : run.report.feeds) sections.push_back(fmt::format("[{}]", feed));
    return join(sections, " and ");
}

/// Stops the list where its plan takes out what meets `pattern`.
bool stop_where_lost(ListRun& run, const std::string& pattern) {
    const auto lost = core::entries_that_meet(pattern, run.plan.target, run.plan.removals_canonical);
    if (lost.empty()) return false;
    const auto& entry = lost.front();
    const auto& removals = run.plan.removals_canonical;
    const auto at = static_cast<std::size_t>(std::find(removals.begin(), removals.end(), entry) - removals.begin());
    const auto& section = run.removal_feeds[at];
    const auto why = section.empty()
                         ? fmt::format("which {} no longer gives or Cordon's rules reject", sections_of(run))
                         : fmt::format("of [{}], which has lost its place to others", section);
    run.report.outcome = Outcome::stopped;
    run.report.message = fmt::format(
        "'must_block {}' of [assert] holds now and would not after this plan: it takes out the entry '{}', {}; see "
        "that a feed gives it, or take the assertion out if it may go",
        pattern, printable(entry), why);
    return true;
}

}  // namespace

std::optional<core::GuardRule> rule_to_waive(const store::GuardStopRecord& stop) {
    if (stop.rule.find(fmt::format("cordon run {} ", k_allow_removals)) != std::string::npos)
        return core::GuardRule::removals;
    if (stop.rule.find(fmt::format("cordon run {} ", k_allow_growth)) != std::string::npos)
        return core::GuardRule::growth;
    return std::nullopt;
}

Result<void> guard_list(std::span<ListRun* const> objects, const core::DesiredSet& desired,
                        std::span<const FeedSection> sections, std::span<const FeedSnapshot> snapshots,
                        const Ports& ports, const RunOptions& options) {
    auto& first = *objects.front();
    std::uint64_t by_operators = 0;
    CORDON_TRY_ASSIGN(const auto whole, whole_of(objects, sections, ports, by_operators));
    CORDON_TRY_ASSIGN(const auto recorded, ports.store.guard_stop(whole.list));
    const auto waiver = waiver_for(whole, recorded, options);
    const auto stop = stop_of(objects, whole, desired, snapshots, waiver, ports, options);
    for (auto* object : objects) {
        object->guarded_list = whole.list;
        object->guarded_digest = whole.digest;
        warn_of_foreign_breaches(*object, ports.assertions);
    }
    if (!stop) {
        for (const auto index : first.job->feeds) {
            if (snapshots[index].stop) first.suspicious_feeds.push_back(index);
        }
        return {};
    }
    const bool was_asked_for = (stop->rule == GuardRule::removals && options.allow_removals.contains(whole.list)) ||
                               (stop->rule == GuardRule::growth && options.allow_growth.contains(whole.list));
    const auto beside =
        by_operators == 0 || stop->rule != GuardRule::removals
            ? std::string{}
            : fmt::format(", beside {} that operators unblocked or block no longer", with_thousands(by_operators));
    for (auto* object : objects) {
        object->report.outcome = Outcome::stopped;
        object->report.message = stop->message + beside + way_through(*stop, whole, was_asked_for, options);
    }
    return {};
}

std::vector<std::string> guard_must_block(std::vector<ListRun>& runs, const core::Assertions& assertions) {
    if (assertions.must_block.empty()) return {};
    std::vector<std::vector<std::string>> present;
    for (const auto& run : runs) present.push_back(present_entries(run));
    const auto is_unmet_by = [&](const std::string& pattern, const auto& entries_of) {
        std::vector<const std::vector<std::string>*> categories;
        std::vector<const std::vector<std::string>*> groups;
        for (std::size_t i = 0; i < runs.size(); ++i) {
            auto& side = runs[i].plan.target == core::TargetKind::ipv4_group ? groups : categories;
            side.push_back(entries_of(i));
        }
        return !core::unmet_must_block({{}, {pattern}}, categories, groups).empty();
    };
    const auto before = [&](std::size_t i) { return &present[i]; };
    // A list that is stopped stays as it is.
    const auto after = [&](std::size_t i) { return runs[i].may_be_applied() ? &runs[i].plan.keeps : &present[i]; };

    std::vector<std::string> unmet;
    // A list that is stopped brings nothing new either, which another assertion may have counted on.
    for (bool has_stopped = true; has_stopped;) {
        has_stopped = false;
        unmet.clear();
        for (const auto& pattern : assertions.must_block) {
            if (!is_unmet_by(pattern, after)) continue;
            if (is_unmet_by(pattern, before)) {
                unmet.push_back("must_block " + pattern);
                continue;
            }
            for (auto& run : runs) has_stopped = (run.may_be_applied() && stop_where_lost(run, pattern)) || has_stopped;
        }
    }
    return unmet;
}

bool is_digest_of(std::string_view given, std::string_view digest) {
    return given.size() >= k_least_digest_digits && digest.starts_with(to_lower(given));
}

}  // namespace cordon::engine
