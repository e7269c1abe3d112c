#include "cli/why.hpp"

#include <map>
#include <memory>
#include <set>

#include <fmt/format.h>

#include "base/text.hpp"
#include "cli/removal_words.hpp"
#include "core/canonical.hpp"
#include "core/desired.hpp"
#include "engine/overrides.hpp"

namespace cordon::cli {
namespace {

/// Notes why values were rejected whose entry is on the list and is to be removed.
class RemovalReasons final : public core::RejectSink {
public:
    RemovalReasons(core::EntityType entity, PhrasesOfList& phrases) : entity_(entity), phrases_(phrases) {}

    void take(std::string_view value, core::Reason reason, std::string_view feed, std::string_view detail) override {
        core::canonicalise(entity_, value, canonical_);
        for (const auto& text : {canonical_.text, "." + canonical_.text}) {
            const auto found = phrases_.find(text);
            if (found == phrases_.end() || found->second.empty()) continue;  // empty: of an addition
            found->second = fmt::format("{}: {}{}{}", feed, core::explanation_of(reason), detail.empty() ? "" : ", ",
                                        printable(detail));
        }
    }

private:
    core::EntityType entity_;
    PhrasesOfList& phrases_;
    core::Canonical canonical_;
};

std::string phrase_of(const core::DesiredSet& desired, std::size_t rank) {
    const auto entry = desired[rank];
    const auto rules = desired.indicator(rank).rules;
    return fmt::format("{}: risk {}{}{}", desired.feed_name(entry.feed), entry.risk, rules.empty() ? "" : ", ",
                       printable(rules));
}

/// The other lists of the job's group that block as it does.
std::vector<OtherList> rest_of_group(const engine::ListJob& job, const engine::RunResult& result,
                                     const Session& session) {
    std::vector<OtherList> others;
    const auto is_for_ip_group = [](const engine::ListJob& one) {
        return one.target.kind == core::TargetKind::ipv4_group;
    };
    for (const auto& plan : result.plans) {
        const auto* other = session.job(plan.list);
        const bool is_one = other != nullptr && !job.group.empty() && other->group == job.group &&
                            other->first_list != job.first_list && is_for_ip_group(*other) == is_for_ip_group(job);
        if (is_one) others.push_back({plan.list, &plan.keeps});
    }
    return others;
}

PhrasesOfList phrases_of(const core::ListPlan& plan, const engine::ListJob& job, const engine::RunResult& result,
                         const Session& session, const engine::Overrides& overrides) {
    PhrasesOfList phrases;
    for (const auto& removal : plan.removals_canonical) phrases[removal] = k_gone;
    for (const auto& addition : plan.additions) phrases[addition.text] = "";
    std::vector<core::FeedPart> parts;
    for (const auto index : job.feeds) {
        const auto& feed = *session.sections[index].feed;
        parts.push_back({feed.name(), &result.snapshots[index].indicators, feed.default_risk(), feed.entity()});
    }
    std::deque<core::IndicatorSet> of_operators;
    engine::add_operator_parts(job.first_list, overrides.in_force(), of_operators, parts);
    RemovalReasons sink(job.rules.entity, phrases);
    const auto desired = core::build_desired(parts, job.rules, overrides.protection(), sink);
    std::vector<std::string> displaced;
    for (std::size_t i = 0; i < desired.size(); ++i) {
        const auto found = phrases.find(desired[i].text);
        if (found != phrases.end() && !found->second.empty()) displaced.emplace_back(desired[i].text);
    }
    const auto blocked = blocked_by(displaced, job.target.kind, rest_of_group(job, result, session));
    Successors successors(phrases);
    for (std::size_t i = 0; i < desired.size(); ++i) {
        const auto entry = desired[i];
        const auto found = phrases.find(entry.text);
        if (found == phrases.end()) {
            successors.take(entry.text);
            continue;
        }
        const auto words = phrase_of(desired, i);
        const bool is_addition = found->second.empty();
        if (is_addition) successors.take(entry.text);
        if (is_addition) {
            found->second = words;
        } else if (const auto by = blocked.find(entry.text); by != blocked.end()) {
            found->second = fmt::format("blocked already by {}; {}", by->second, words);
        } else {
            found->second = "makes room: " + words;
        }
    }
    return phrases;
}

}  // namespace

Reasons reasons_for(const engine::RunResult& result, Session& session) {
    auto by_list = std::make_shared<std::map<std::string, PhrasesOfList>>();
    const auto ports = session.ports({});
    const engine::Overrides overrides(ports, engine::Mode::plan_only);
    for (const auto& plan : result.plans) {
        const auto* job = session.job(plan.list);
        if (job == nullptr || !plan.writes() || result.snapshots.size() != session.sections.size()) continue;
        by_list->emplace(plan.list, phrases_of(plan, *job, result, session, overrides));
    }
    return [by_list](const core::ListPlan& plan, std::string_view canonical) -> std::string {
        const auto list = by_list->find(plan.list);
        if (list == by_list->end()) return {};
        const auto phrase = list->second.find(canonical);
        return phrase == list->second.end() ? std::string{} : phrase->second;
    };
}

}  // namespace cordon::cli
