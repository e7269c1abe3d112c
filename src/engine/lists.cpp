#include "engine/lists.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/text.hpp"

namespace cordon::engine {
namespace {

/// The Intel Bridge's category has one name, and is created with a mining pool's host in it
/// (crowdstrike-intel-api.md 11.3, and 11.4 defect 12).
constexpr const char* k_bridge_category = "CrowdStrike";
constexpr const char* k_bridge_placeholder = "mine.ppxxmr.com";

ListJob new_job(const FeedSection& section, const KeepOptions& keep, const GuardOptions& guard) {
    const auto& options = section.list;
    const auto kind = core::target_of(section.feed->entity());
    ListJob job;
    job.target = {options.category_name, kind, options.category_description};
    job.rules.entity = section.feed->entity();
    job.rules.include_subdomains = options.include_subdomains;
    job.rules.min_risk = options.min_risk;
    job.rules.min_prefix = static_cast<unsigned>(guard.min_prefix);
    job.rules.permit_reserved = guard.permit_reserved;
    job.policy.cap = most_entries_of(options, section.feed->entity(), keep);
    job.policy.adopt = keep.adopt;
    job.policy.respect_manual_removals = keep.respect_manual_removals;
    job.policy.hysteresis = keep.hysteresis;
    job.policy.lookup = options.lookup;
    job.lookup_ttl = keep.lookup_ttl;
    if (equals_ignoring_case(options.category_name, k_bridge_category))
        job.foreign_placeholders = {k_bridge_placeholder};
    job.retain_parent = options.retain_parent_category;
    return job;
}

/// The key on which two sections of one list disagree; empty where they agree.
std::string disagreement(const FeedSection& a, const FeedSection& b) {
    if (a.list.category_name != b.list.category_name)
        return "category_name: upper and lower case are one name to the gateway";
    if (core::target_of(a.feed->entity()) != core::target_of(b.feed->entity()))
        return "what they hold (entity_type or types)";
    if (a.list.category_description != b.list.category_description) return "category_description";
    if (a.list.max_entries != b.list.max_entries) return "max_entries";
    if (a.list.min_risk != b.list.min_risk) return "min_risk";
    if (a.list.include_subdomains != b.list.include_subdomains) return "include_subdomains";
    if (a.list.retain_parent_category != b.list.retain_parent_category) return "retain_parent_category";
    if (a.list.lookup != b.list.lookup) return "lookup";
    if (a.list.stale_after != b.list.stale_after) return "stale_after";
    return {};
}

}  // namespace

std::size_t most_entries_of(const ListOptions& list, core::EntityType entity, const KeepOptions& keep) {
    if (core::target_of(entity) != core::TargetKind::ipv4_group)
        return list.max_entries == 0 ? keep.max_domains : list.max_entries;
    return std::min(list.max_entries == 0 ? keep.max_ips : list.max_entries, core::Room{}.addresses_per_group);
}

Result<std::vector<ListJob>> group_into_lists(std::span<const FeedSection> sections, const KeepOptions& keep,
                                              const GuardOptions& guard) {
    std::vector<ListJob> jobs;
    for (std::size_t i = 0; i < sections.size(); ++i) {
        const auto& section = sections[i];
        const auto& name = section.list.category_name;
        if (section.list.lookup.is_on() && core::target_of(section.feed->entity()) != core::TargetKind::url_category) {
            return fail(Code::invalid,
                        fmt::format("[{}] lookup: only lists of domains and URLs can be looked up; remove the "
                                    "key or set it to off",
                                    section.section));
        }
        const auto same_list = [&](const ListJob& job) { return equals_ignoring_case(job.target.list, name); };
        auto job = std::find_if(jobs.begin(), jobs.end(), same_list);
        if (job == jobs.end()) {
            jobs.push_back(new_job(section, keep, guard));
            job = std::prev(jobs.end());
        } else if (const auto& first = sections[job->feeds.front()]; !disagreement(first, section).empty()) {
            return fail(
                Code::invalid,
                fmt::format("[{}] and [{}] both feed '{}' but differ in {}; give both the same value, or "
                            "give one of them another category_name",
                            first.section, section.section, section.list.category_name, disagreement(first, section)));
        }
        job->feeds.push_back(i);
    }
    return jobs;
}

core::Side side_of_new_entries(RetainParent wish, const core::ListState& state) {
    if (wish == RetainParent::yes) return core::Side::retain_parent;
    if (wish == RetainParent::no) return core::Side::plain;
    const auto retaining = static_cast<std::size_t>(
        std::count_if(state.entries.begin(), state.entries.end(),
                      [](const core::PresentEntry& entry) { return entry.side == core::Side::retain_parent; }));
    const bool most_are_plain = state.entries.size() - retaining > retaining;
    return most_are_plain ? core::Side::plain : core::Side::retain_parent;
}

}  // namespace cordon::engine
