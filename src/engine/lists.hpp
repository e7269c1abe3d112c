#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "engine/settings.hpp"
#include "feeds/feed.hpp"
#include "gateways/gateway.hpp"

namespace cordon::engine {

/// One enabled feed section, ready to be fetched.
struct FeedSection {
    std::string section;
    ListOptions list;
    std::unique_ptr<feeds::Feed> feed;
};

/// One list to keep in step and the feeds that flow into it.
struct ListJob {
    gateways::Target target;
    core::ListRules rules;
    core::ListPolicy policy;  ///< new_entries is settled once the list's state is known
    RetainParent retain_parent = RetainParent::automatic;
    std::chrono::seconds lookup_ttl = std::chrono::days{7};
    std::vector<std::size_t> feeds;  ///< indices into the sections
    /// Canonical entries with which a predecessor kept the list from being empty. Ours when the list is first seen, as
    /// what the feed has is, unless nothing is to be adopted.
    std::vector<std::string> foreign_placeholders = {};
    std::size_t priority = 50;
    std::size_t reserve = 0;
    std::string group = {};
    std::size_t most_entries = SIZE_MAX;  ///< over all groups of the list
    /// A list may go on in other objects (max_groups, overflow, ipv6): jobs of their own right behind the first one,
    /// whose index this is. They share its feeds and rules.
    std::optional<std::size_t> continues = std::nullopt;
    std::string first_list = {};  ///< the name of the list's first object: its own where it continues nothing
    bool takes_overflow = false;  ///< the category of a list of addresses, for what its groups have no place for
    std::optional<core::RuleWish> rule = {};  ///< the rule of ours that blocks it, where one is wished
};

/// How many entries the list of a section takes at most over all its objects: its max_entries, else what `keep` says
/// for its kind.
[[nodiscard]] std::size_t most_entries_of(const ListOptions& list, core::EntityType entity, const KeepOptions& keep);

/// What an enabled section says of its list, before its feed is made.
struct ListClaim {
    std::string section;
    const ListOptions* list;  ///< outlives the claim
    core::EntityType entity;
};

/// A section that does not go together with its list.
struct ListFault {
    std::string section;
    std::string other;    ///< the first section of the same list, where the two disagree; else empty
    std::string key;      ///< of both; "entity_type" also stands for "types"
    std::string message;  ///< begins with the sections
};

/// Everything on which the sections of one list disagree, what its target does not take (values, look-ups, rules, other
/// keys), a second denylist, and names that two lists would share: by section, then key.
[[nodiscard]] std::vector<ListFault> list_faults(std::span<const ListClaim> claims);

/// Sections with one category_name become one list. `invalid` where they disagree (target, caps,
/// description or another key of the list): all of list_faults, a line each.
[[nodiscard]] Result<std::vector<ListJob>> group_into_lists(std::span<const FeedSection> sections,
                                                            const KeepOptions& keep, const GuardOptions& guard);

/// The jobs of one list alone: its first object, whichever it goes by, and those that continue it. All jobs where none
/// is called `list`.
[[nodiscard]] std::vector<ListJob> only_list(std::span<const ListJob> jobs, const std::string& list);

/// "; did you mean 'A'? The lists are: A, B", behind what says that `wrong` is none of them; of jobs, first objects
/// alone.
[[nodiscard]] std::string lists_instead_of(const std::string& wrong, const std::vector<std::string>& names);
[[nodiscard]] std::string lists_instead_of(const std::string& wrong, std::span<const ListJob> jobs);

/// The side that new entries of a list go to (see RetainParent).
[[nodiscard]] core::Side side_of_new_entries(RetainParent wish, const core::ListState& state);

}  // namespace cordon::engine
