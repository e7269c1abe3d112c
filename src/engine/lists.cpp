#include "engine/lists.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/name_first.hpp"
#include "base/text.hpp"

namespace cordon::engine {
namespace {

/// The Intel Bridge's category has one name, and is created with a mining pool's host in it
/// (crowdstrike-intel-api.md 11.3, and 11.4 defect 12).
constexpr const char* k_bridge_category = "CrowdStrike";
constexpr const char* k_bridge_placeholder = "mine.ppxxmr.com";

/// How many entries one object of the section's list takes at most.
std::size_t object_cap(const ListOptions& list, core::EntityType entity, const KeepOptions& keep) {
    const bool is_alone = list.max_groups == 1 && list.max_entries > 0;
    switch (target_of(list, entity)) {
        case core::TargetKind::ipv4_group:
            return std::min(is_alone ? list.max_entries : keep.max_ips, core::Room{}.addresses_per_group);
        case core::TargetKind::fqdn_group:
            return is_alone ? std::min(list.max_entries, keep.max_fqdns) : keep.max_fqdns;
        case core::TargetKind::url_category:
        case core::TargetKind::denylist: break;
    }
    return list.max_entries == 0 ? keep.max_domains : list.max_entries;
}

bool has_category_beside(const ListOptions& list) {
    return list.overflow == Overflow::category || list.ipv6 == Overflow::category;
}

/// The names of the objects in which a section's list goes on.
std::vector<std::string> names_beside(const ListOptions& list) {
    std::vector<std::string> names;
    const bool is_plain = list.group_numbering == GroupNumbering::underscore;
    for (std::size_t n = 2; n <= list.max_groups; ++n) {
        names.push_back(list.category_name + (is_plain ? fmt::format("_{}", n) : fmt::format(" ({})", n)));
    }
    if (has_category_beside(list)) names.push_back(list.category_name + " (overflow)");
    return names;
}

ListJob new_job(const FeedSection& section, const KeepOptions& keep, const GuardOptions& guard) {
    const auto& options = section.list;
    const auto kind = target_of(options, section.feed->entity());
    ListJob job;
    job.target = {options.category_name, kind, options.category_description};
    job.first_list = options.category_name;
    job.target.takes_wildcards = kind == core::TargetKind::fqdn_group && options.include_subdomains;
    job.rules.entity = section.feed->entity();
    job.rules.target = kind;
    job.rules.include_subdomains = options.include_subdomains;
    job.rules.min_risk = options.min_risk;
    job.rules.min_prefix = static_cast<unsigned>(guard.min_prefix);
    job.rules.permit_reserved = guard.permit_reserved;
    job.rules.join_networks = options.join_networks;
    job.rules.fold_hosts = options.fold_hosts;
    if (options.ipv6 == Overflow::category) job.rules.also = core::TargetKind::url_category;
    job.policy.cap = object_cap(options, section.feed->entity(), keep);
    if (options.max_entries > 0) job.most_entries = options.max_entries;
    job.priority = options.priority;
    job.reserve = options.reserve;
    job.group = options.group;
    // People fill it as well, and it stays in force whatever happens to Cordon: only the ledger says what is ours.
    job.policy.adopt = kind == core::TargetKind::denylist ? core::AdoptRule::none : keep.adopt;
    job.policy.respect_manual_removals = keep.respect_manual_removals;
    job.policy.hysteresis = keep.hysteresis;
    job.policy.lookup = options.lookup;
    job.lookup_ttl = keep.lookup_ttl;
    if (equals_ignoring_case(options.category_name, k_bridge_category))
        job.foreign_placeholders = {k_bridge_placeholder};
    job.retain_parent = options.retain_parent_category;
    job.rule = wish_of(options.rule, options.category_name);
    return job;
}

/// The job of another object of the list, which begins at `at`.
ListJob going_on(const ListJob& first, std::size_t at, const std::string& name, const ListOptions& options,
                 const KeepOptions& keep) {
    auto job = first;
    job.target.list = name;
    job.target.first_list = first.target.list;
    job.continues = at;
    job.foreign_placeholders.clear();
    job.rule.reset();  // the first one's names all groups
    if (has_category_beside(options) && name == names_beside(options).back()) {
        job.target.kind = core::TargetKind::url_category;
        job.target.first_list.clear();
        job.takes_overflow = options.overflow == Overflow::category;
        job.rule = first.rule;
        if (job.rule) job.rule->name += " (overflow)";
        job.policy.cap = keep.max_domains;
    }
    return job;
}

/// A key on which two sections of one list disagree.
struct Difference {
    const char* key;
    const char* said;  ///< as the message has it
};

std::vector<Difference> differences(const ListClaim& first, const ListClaim& second) {
    const auto& a = *first.list;
    const auto& b = *second.list;
    std::vector<Difference> found;
    const auto look = [&](bool differs, const char* key, const char* said = nullptr) {
        if (differs) found.push_back({key, said == nullptr ? key : said});
    };
    look(a.category_name != b.category_name, "category_name",
         "category_name: upper and lower case are one name to the gateway");
    if (a.target != b.target) {
        look(target_of(a, first.entity) != target_of(b, second.entity), "target");
    } else {
        look(target_of(a, first.entity) != target_of(b, second.entity), "entity_type",
             "what they hold (entity_type or types)");
    }
    look(a.category_description != b.category_description, "category_description");
    look(a.max_entries != b.max_entries, "max_entries");
    look(a.min_risk != b.min_risk, "min_risk");
    look(a.include_subdomains != b.include_subdomains, "include_subdomains");
    look(a.retain_parent_category != b.retain_parent_category, "retain_parent_category");
    look(a.lookup != b.lookup, "lookup");
    look(a.stale_after != b.stale_after, "stale_after");
    look(a.priority != b.priority, "priority");
    look(a.reserve != b.reserve, "reserve");
    look(a.group != b.group, "group");
    look(a.join_networks != b.join_networks, "join_networks");
    look(a.fold_hosts != b.fold_hosts, "fold_hosts");
    look(a.max_groups != b.max_groups, "max_groups");
    look(a.group_numbering != b.group_numbering, "group_numbering");
    look(a.overflow != b.overflow, "overflow");
    look(a.ipv6 != b.ipv6, "ipv6");
    for (const auto* key : rule_differences(a.rule, b.rule)) look(true, key);
    return found;
}

/// The first of `claims` that has the list of `claim`; `claim` itself where none stands before it.
const ListClaim& first_of_list(std::span<const ListClaim> claims, const ListClaim& claim) {
    return *std::find_if(claims.begin(), claims.end(), [&](const ListClaim& other) {
        return equals_ignoring_case(other.list->category_name, claim.list->category_name);
    });
}

/// Why the target does not take the section's values; "" where it does.
std::string misfit_of(core::TargetKind kind, core::EntityType entity) {
    using core::EntityType;
    if (kind == core::TargetKind::ipv4_group && entity != EntityType::ip) {
        return entity == EntityType::domain
                   ? "an IP group holds addresses only, and this section holds domains: take category, fqdn_group or "
                     "denylist"
                   : "an IP group holds addresses only, and this section holds URLs: take category or denylist";
    }
    if (kind == core::TargetKind::fqdn_group && entity != EntityType::domain) {
        return entity == EntityType::ip
                   ? "an FQDN group holds domains only, and this section holds addresses: take group, category or "
                     "denylist"
                   : "an FQDN group holds domains only, and this section holds URLs: take category or denylist";
    }
    return {};
}

/// What the list's target has no use for.
void note_misfits(const ListClaim& claim, std::vector<ListFault>& faults) {
    const auto& list = *claim.list;
    const auto kind = target_of(list, claim.entity);
    const auto note = [&](const char* key, const std::string& sentence) {
        faults.push_back({claim.section, {}, key, fmt::format("[{}] {}: {}", claim.section, key, sentence)});
    };
    if (const auto misfit = misfit_of(kind, claim.entity); !misfit.empty()) return note("target", misfit);
    const bool has_one_side = kind == core::TargetKind::denylist || kind == core::TargetKind::fqdn_group;
    if (has_one_side && list.retain_parent_category != RetainParent::automatic) {
        note("retain_parent_category",
             fmt::format("only URL categories have a side that retains the parent category, and target is {}: remove "
                         "the key or set it to auto",
                         kind == core::TargetKind::denylist ? "denylist" : "fqdn_group"));
    }
    if (kind != core::TargetKind::ipv4_group) {
        if (list.join_networks) note("join_networks", "only IP groups hold networks; remove the key");
        if (list.overflow != Overflow::off) note("overflow", "only the list of an IP group overflows; remove the key");
        if (list.ipv6 != Overflow::off) note("ipv6", "only an IP group holds no IPv6 addresses; remove the key");
    }
    if (list.fold_hosts && claim.entity != core::EntityType::domain) {
        note("fold_hosts", "only sections of domains have hosts to fold; remove the key");
    } else if (list.fold_hosts && kind == core::TargetKind::fqdn_group && !list.include_subdomains) {
        note("fold_hosts", "this FQDN group holds single hosts: set include_subdomains = true, or remove the key");
    }
    if (list.max_groups > 1 && !core::is_group(kind)) {
        note("max_groups", "a list goes on in further groups only where its target is group or fqdn_group");
    }
    if (list.lookup.classifies && !core::has_sides(kind)) {
        note("lookup",
             "classify chooses between the two sides of a URL category, and this target has one: take "
             "skip_known or off");
    }
}

/// A tenant has one denylist, so the sections that feed it are one list.
void note_second_denylist(std::span<const ListClaim> claims, const ListClaim& claim, std::vector<ListFault>& faults) {
    const auto feeds_denylist = [](const ListClaim& one) {
        return target_of(*one.list, one.entity) == core::TargetKind::denylist;
    };
    if (!feeds_denylist(claim)) return;
    const auto& first = *std::find_if(claims.begin(), claims.end(), feeds_denylist);
    if (equals_ignoring_case(first.list->category_name, claim.list->category_name)) return;
    faults.push_back({claim.section, first.section, "category_name",
                      fmt::format("[{}] and [{}] both have target = denylist, but call it '{}' and '{}'; a tenant has "
                                  "one denylist, so give both the same category_name",
                                  first.section, claim.section, first.list->category_name, claim.list->category_name)});
}

/// A list must not be called as another one's further objects are.
void note_taken_names(std::span<const ListClaim> claims, const ListClaim& claim, std::vector<ListFault>& faults) {
    for (const auto& other : claims) {
        for (const auto& name : names_beside(*other.list)) {
            if (!equals_ignoring_case(name, claim.list->category_name)) continue;
            faults.push_back({claim.section, other.section, "category_name",
                              fmt::format("[{}] category_name: [{}] goes on in '{}' (max_groups, overflow, ipv6), so "
                                          "this list needs another name",
                                          claim.section, other.section, name)});
        }
    }
}

/// A claim before this one whose other list wishes a rule of the same name; nullptr where there is none.
const ListClaim* claim_of_same_rule(std::span<const ListClaim> claims, const ListClaim& claim) {
    const auto wish = wish_of(claim.list->rule, claim.list->category_name);
    for (const auto& other : claims) {
        if (&other == &claim || !wish) break;
        const auto theirs = wish_of(other.list->rule, other.list->category_name);
        const bool is_other_list = !equals_ignoring_case(other.list->category_name, claim.list->category_name);
        if (theirs && is_other_list && equals_ignoring_case(theirs->name, wish->name)) return &other;
    }
    return nullptr;
}

std::vector<std::string> first_objects_of(std::span<const ListJob> jobs) {
    std::vector<std::string> names;
    for (const auto& job : jobs) {
        if (!job.continues) names.push_back(job.target.list);
    }
    return names;
}

}  // namespace

std::size_t most_entries_of(const ListOptions& list, core::EntityType entity, const KeepOptions& keep) {
    const auto groups = object_cap(list, entity, keep) * list.max_groups;
    const auto most = list.max_entries == 0 ? groups : std::min(groups, list.max_entries);
    return has_category_beside(list) ? most + keep.max_domains : most;
}

std::vector<ListFault> list_faults(std::span<const ListClaim> claims) {
    std::vector<ListFault> faults;
    for (const auto& claim : claims) {
        note_misfits(claim, faults);
        note_taken_names(claims, claim, faults);
        note_second_denylist(claims, claim, faults);
        if (auto sentence = rule_fault(claim.list->rule, target_of(*claim.list, claim.entity)); !sentence.empty()) {
            faults.push_back({claim.section, {}, "ensure_rule", fmt::format("[{}] {}", claim.section, sentence)});
        }
        if (const auto* other = claim_of_same_rule(claims, claim); other != nullptr) {
            faults.push_back({claim.section, other->section, "rule_name",
                              fmt::format("[{}] and [{}] want a rule of the same name for different lists; give one of "
                                          "them another rule_name",
                                          other->section, claim.section)});
        }
        const auto& first = first_of_list(claims, claim);
        for (const auto& [key, said] : differences(first, claim)) {
            faults.push_back({claim.section, first.section, key,
                              fmt::format("[{}] and [{}] both feed '{}' but differ in {}; give both the same value, or "
                                          "give one of them another category_name",
                                          first.section, claim.section, claim.list->category_name, said)});
        }
    }
    return faults;
}

Result<std::vector<ListJob>> group_into_lists(std::span<const FeedSection> sections, const KeepOptions& keep,
                                              const GuardOptions& guard) {
    std::vector<ListClaim> claims;
    for (const auto& section : sections) claims.push_back({section.section, &section.list, section.feed->entity()});
    std::vector<std::string> sentences;
    for (auto& fault : list_faults(claims)) sentences.push_back(std::move(fault.message));
    if (!sentences.empty()) return fail(Code::invalid, join(sentences, "\n"));

    std::vector<ListJob> firsts;
    for (std::size_t i = 0; i < sections.size(); ++i) {
        const auto& section = sections[i];
        const auto same_list = [&](const ListJob& job) {
            return equals_ignoring_case(job.target.list, section.list.category_name);
        };
        auto job = std::find_if(firsts.begin(), firsts.end(), same_list);
        if (job == firsts.end()) {
            firsts.push_back(new_job(section, keep, guard));
            job = std::prev(firsts.end());
        }
        job->feeds.push_back(i);
    }
    std::vector<ListJob> jobs;
    for (auto& first : firsts) {
        const auto& options = sections[first.feeds.front()].list;
        const auto at = jobs.size();
        jobs.push_back(std::move(first));
        for (const auto& name : names_beside(options)) jobs.push_back(going_on(jobs[at], at, name, options, keep));
    }
    return jobs;
}

std::vector<ListJob> only_list(std::span<const ListJob> jobs, const std::string& list) {
    const auto found =
        std::find_if(jobs.begin(), jobs.end(), [&](const ListJob& job) { return job.target.list == list; });
    if (found == jobs.end()) return {jobs.begin(), jobs.end()};
    const auto first = found->continues.value_or(static_cast<std::size_t>(found - jobs.begin()));
    std::vector<ListJob> objects{jobs[first]};
    for (const auto& job : jobs) {
        if (job.continues != first) continue;
        objects.push_back(job);
        objects.back().continues = 0;
    }
    return objects;
}

std::string lists_instead_of(const std::string& wrong, const std::vector<std::string>& names) {
    const auto nearest = nearest_word(wrong, names);
    return fmt::format("{}he lists are: {}",
                       nearest ? fmt::format("; did you mean '{}'? T", printable(*nearest)) : "; t",
                       names.empty() ? "none" : name_first(names));
}

std::string lists_instead_of(const std::string& wrong, std::span<const ListJob> jobs) {
    return lists_instead_of(wrong, first_objects_of(jobs));
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
