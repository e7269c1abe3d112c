#include "engine/lookups.hpp"

#include <algorithm>
#include <iterator>

#include <fmt/format.h>

#include "base/name_first.hpp"
#include "base/text.hpp"

namespace cordon::engine {
namespace {

using namespace std::chrono_literals;

/// How long the first call may wait for the hour's budget: an hourly run that begins a little earlier than the last
/// one did would else find the hour still used up, and lose it.
constexpr auto k_first_patience = 5min;
constexpr auto k_next_patience = 5s;
/// Calls after which the answers are kept, so that a crash loses few of them.
constexpr std::size_t k_calls_between_saves = 10;

}  // namespace

Lookups::Lookups(const Ports& ports, const RunOptions& options, const std::stop_token& stop)
    : ports_(ports), stop_(stop) {
    if (options.mode == Mode::plan_only) {
        why_not_ = "a run asks about them first, 'cordon plan' does not";
    } else if (options.reviewed_digest) {
        why_not_ = "--plan applies what was reviewed, so they are left to the next run without it";
    }
}

Result<ListLookups> Lookups::answers_for(const AskNeed& need_of, std::chrono::seconds ttl) {
    const Time since = ports_.clock.now() - ttl;
    ListLookups found;
    for (;;) {
        auto need = need_of(found.answers);
        if (need.needed.empty()) return found;
        CORDON_TRY_ASSIGN(const bool were_kept, take_kept(need, since, found.answers));
        if (were_kept) continue;
        const auto wanted = need.needed.size();
        const auto was_passed_over = [&](const std::string& value) { return passed_over_.contains(value); };
        std::erase_if(need.needed, was_passed_over);
        std::erase_if(need.ahead, was_passed_over);
        if (need.needed.empty()) {
            found.open = wanted;
            found.why_open = "the gateway's answers did not name them; the next run asks again";
            return found;
        }
        if (!may_ask()) {
            found.open = need.needed.size();
            found.why_open = why_not_;
            found.is_cut_short = true;
            found.has_failed = has_failed_;
            return found;
        }
        CORDON_TRY(ask(need, since, found));
    }
}

/// True where something that is needed was kept; what is kept of `ahead` leaves it.
Result<bool> Lookups::take_kept(core::LookupNeed& need, Time since, core::Classifications& answers) {
    bool is_useful = false;
    for (auto* values : {&need.needed, &need.ahead}) {
        CORDON_TRY_ASSIGN(auto kept, ports_.store.lookups(*values, since));
        is_useful = is_useful || (values == &need.needed && !kept.empty());
        for (auto& one : kept) answers.insert_or_assign(one.looked_up.value, std::move(one.looked_up.classification));
    }
    std::erase_if(need.ahead, [&](const std::string& value) { return answers.contains(value); });
    return is_useful;
}

Result<void> Lookups::ask(const core::LookupNeed& need, Time since, ListLookups& found) {
    if (!has_asked_) CORDON_TRY(ports_.store.drop_lookups(since));
    auto values = need.needed;
    values.insert(values.end(), need.ahead.begin(), need.ahead.end());
    if (ports_.progress) ports_.progress(fmt::format("looking up {} values", with_thousands(values.size())));
    const auto most = ports_.gateway.values_per_lookup() * k_calls_between_saves;
    std::span<const std::string> rest = values;
    std::size_t answered = 0;
    while (!rest.empty() && may_ask()) {
        const auto some = rest.first(std::min(rest.size(), most));
        CORDON_TRY_ASSIGN(const auto count, ask_some(some, found));
        answered += count;
        rest = rest.subspan(some.size());
    }
    if (may_ask()) {
        std::copy_if(values.begin(), values.end(), std::inserter(passed_over_, passed_over_.end()),
                     [&](const std::string& value) { return !found.answers.contains(value); });
    }
    if (answered == 0 && may_ask()) {
        why_not_ = "the gateway answered nothing to the look-ups";
        has_failed_ = true;
    }
    return {};
}

/// Asks once and keeps the answers; how many these are.
Result<std::size_t> Lookups::ask_some(std::span<const std::string> values, ListLookups& found) {
    const std::chrono::seconds patience = has_asked_ ? k_next_patience : k_first_patience;
    has_asked_ = true;
    const auto given = ports_.gateway.classify(values, patience, stop_);
    CORDON_TRY(ports_.store.keep_lookups(given.answers, ports_.clock.now()));
    for (const auto& answer : given.answers) {
        if (!answer.classification.refused.empty()) found.refused.push_back(answer);
        found.answers.insert_or_assign(answer.value, answer.classification);
    }
    if (given.failure && given.failure->code == Code::cancelled) {
        return fail(Code::cancelled, "interrupted before anything was written; what was looked up is kept");
    }
    if (given.failure) {
        why_not_ = given.failure->message;
        has_failed_ = true;
    } else if (given.is_budget_spent) {
        why_not_ = "the look-ups of this hour are used up; the next runs go on with them";
    }
    return given.answers.size();
}

const std::string& Lookups::advice_on_rules() {
    if (advice_) return *advice_;
    auto advice = ports_.gateway.unblocked_alerts(stop_);
    advice_ = advice ? std::move(*advice)
                     : fmt::format(
                           "whether the tenant's rules block what lookup = skip_known leaves out could not be "
                           "checked ({}): see that an enabled URL filtering rule blocks Zscaler's security "
                           "categories for everybody",
                           advice.error().message);
    return *advice_;
}

void report_lookups(const ListLookups& found, const core::ListPlan& plan, Lookups& lookups, core::ListReport& report) {
    if (found.open != 0) {
        const auto sentence =
            fmt::format("{} {} for a look-up: {}", with_thousands(plan.counts.awaiting_lookup),
                        plan.counts.awaiting_lookup == 1 ? "entry waits" : "entries wait", found.why_open);
        if (found.has_failed) {
            report.outcome = core::worse(report.outcome, core::Outcome::partial);
            report.message += (report.message.empty() ? "" : "; ") + sentence;
        } else {
            report.warnings.push_back(sentence);
        }
    }
    if (!found.refused.empty()) {
        std::vector<std::string> values;
        for (const auto& answer : found.refused) values.push_back(answer.value);
        const bool is_one = values.size() == 1;
        report.warnings.push_back(fmt::format(
            "the gateway would not look {} up, so {} delivered unasked: {} (it says{}: {})",
            is_one ? "one value" : with_thousands(values.size()) + " values", is_one ? "it is" : "they are",
            name_first(values), is_one ? "" : " of the first", found.refused.front().classification.refused));
    }
    if (!plan.lookup.skips_known) return;
    if (const auto& advice = lookups.advice_on_rules(); !advice.empty()) report.warnings.push_back(advice);
}

}  // namespace cordon::engine
