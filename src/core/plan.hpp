#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "core/desired.hpp"
#include "core/entry.hpp"
#include "core/list_state.hpp"
#include "core/lookup.hpp"
#include "core/reason.hpp"

namespace cordon::core {

enum class AdoptRule : std::uint8_t { matching, all, none };

/// How a list is kept. Defaults are the settings' defaults.
struct ListPolicy {
    std::size_t cap = 25000;  ///< max_domains, max_ips or max_entries: ours + foreign
    AdoptRule adopt = AdoptRule::matching;
    std::chrono::seconds respect_manual_removals = std::chrono::days{30};  ///< 0 = off
    bool hysteresis = true;                                                ///< design rule 15
    Side new_entries = Side::retain_parent;
    LookupRules lookup;  ///< of URL categories; decides the side where it classifies
    /// Reserved entry that keeps the object from being empty; canonical, plain in form. Empty only where the object may
    /// be empty (the denylist). It is ours whatever the ledger says, and counted nowhere.
    std::string placeholder;
};

/// What the gateway can still take, over all lists.
struct Room {
    std::optional<std::size_t> urls;         ///< remaining unique URLs of the tenant; nullopt = not known
    std::size_t urls_provisioned = 0;        ///< unique URLs that it holds now, whoever put them there
    std::size_t addresses_per_group = 8000;  ///< zia-api.md 6.3
    std::optional<std::size_t> addresses;    ///< remaining of the tenant; nullopt = not known
    std::size_t names_per_group = 100;       ///< of FQDN groups; 8,000 with Advanced Firewall (zia-api.md 6.3)
    std::optional<std::size_t> names;        ///< remaining of the tenant; nullopt = not known
    std::size_t categories = 64;             ///< custom categories that may still be created
};

struct PlannedEntry {
    std::string text;  ///< additions: canonical; removals: the gateway's spelling
    Side side = Side::plain;
    auto operator<=>(const PlannedEntry&) const = default;
};

/// The counters of design rule 16 for one list.
/// accepted = on_gateway + pending + over_capacity + quarantined + excepted + known_to_gateway + awaiting_lookup +
/// passed_on.
/// Before applying, `pending` holds the planned additions; settle() moves them.
struct ListCounts {
    std::uint64_t fetched = 0;
    ReasonCounts reasons;  ///< rejected and merged, by reason
    std::uint64_t accepted = 0;
    std::uint64_t on_gateway = 0;  ///< accepted entries that are there, ours or foreign
    std::uint64_t pending = 0;
    std::uint64_t over_capacity = 0;
    std::uint64_t quarantined = 0;
    std::uint64_t excepted = 0;
    std::uint64_t known_to_gateway = 0;  ///< left out: the gateway flags them already
    std::uint64_t awaiting_lookup = 0;   ///< a later run asks and delivers them
    std::uint64_t passed_on = 0;         ///< to the objects that go on where this one is full
    std::uint64_t present = 0;           ///< distinct canonical entries on the list before the run
    std::uint64_t foreign = 0;           ///< of these, not ours
    std::uint64_t unchanged = 0;         ///< ours, there before and to stay
    std::uint64_t to_add = 0;
    std::uint64_t to_remove = 0;
    bool operator==(const ListCounts&) const = default;

    /// Empty when every sum holds, else the sentence that says which does not.
    [[nodiscard]] std::string imbalance() const;
};

/// What will be done to one list. Additions and removals are ascending, unique and disjoint by canonical
/// form; applying both leaves the list with at least one entry, unless it has no placeholder.
struct ListPlan {
    std::string list;
    TargetKind target = TargetKind::url_category;
    bool creates = false;
    /// Additions would not fit before the removals. Where these would take the last entry, the gateway
    /// holds one removal back until an addition is in: a list is never emptied (design rule 4).
    bool removals_first = false;
    std::string placeholder;  ///< the policy's: where planned, no entry of a feed
    std::vector<PlannedEntry> additions;
    /// Indexes into `additions`, in selection order (rule 15): what is sent first where the hour's budget ends in the
    /// middle. Those it does not name go last; empty in a plan that has no ranks.
    std::vector<std::uint32_t> by_importance;
    std::vector<PlannedEntry> removals;
    std::vector<std::string> removals_canonical;  ///< parallel to removals
    std::vector<LedgerEntry> became_ours;         ///< present entries that become ours by adopt (first sight)
    std::vector<Exclusion> new_exceptions;        ///< found taken out by hand
    std::vector<std::string> lapsed_exceptions;   ///< canonical texts whose time is over
    std::vector<Exclusion> new_quarantine;        ///< sent twice with 200 and never kept
    std::vector<std::string> lapsed_quarantine;   ///< canonical texts that get another try
    std::vector<LedgerEntry> sightings;           ///< ledger entries whose mark changes by this read alone
    std::vector<std::string> forgotten;           ///< leave the ledger: not there (or moved by a stranger), not planned
    bool drifted = false;                         ///< wholesale disappearance or a new object id
    std::uint64_t vanished = 0;                   ///< ours by the ledger, written before, not there
    std::vector<std::string> keeps;               ///< canonical entries on the list once applied, ascending
    LookupRules lookup;                           ///< the policy's
    std::uint64_t lookups = 0;                    ///< values that a run would have to look up first (cordon plan)
    ListCounts counts;
    std::string digest;  ///< 64 hex: list, additions, removals; no times

    [[nodiscard]] bool writes() const noexcept { return !additions.empty() || !removals.empty(); }
};

/// The plan is a function of its arguments alone. `room` is what is left; what the plan takes is
/// subtracted (removals first where they make room). `now` decides exceptions only.
/// `desired` is null for a list that contributes nothing new (frozen): then nothing is added or removed,
/// and only what the read showed is noted.
/// `answers`: what look-ups said so far. Where the policy asks for them, a newcomer whose answer is missing waits:
/// it holds its place but is not added and displaces nothing. An entry that is there or was put there by us needs none.
/// `sink` gets the accepted entries that stay off the gateway (over_capacity, quarantined, excepted, known_to_gateway,
/// awaiting_lookup).
[[nodiscard]] ListPlan plan_list(const std::string& list, TargetKind target, const DesiredSet* desired,
                                 const ListState& state, const ListLedger& ledger, const ListPolicy& policy, Room& room,
                                 Time now, RejectSink& sink, const Classifications& answers = {});

/// What has to be looked up before plan_list() can place every newcomer that there is a place for: the answers that
/// are missing. What the answers leave out gives its place to the next, so ask again with what these brought, until
/// nothing is needed. `ahead` fills `needed` up to a multiple of `per_call`, since a call costs the same however much
/// it asks. Empty where the policy looks nothing up.
[[nodiscard]] LookupNeed lookups_needed(const std::string& list, TargetKind target, const DesiredSet& desired,
                                        const ListState& state, const ListLedger& ledger, const ListPolicy& policy,
                                        const Room& room, Time now, const Classifications& answers,
                                        std::size_t per_call);

/// How long an entry stays in quarantine before it gets another try: a gateway may learn to take it.
inline constexpr std::chrono::seconds k_quarantine_length = std::chrono::days{30};

/// The plan's counts after applying: of its pending entries those in `added` are now on the gateway and
/// those in `refused` in quarantine; the rest stays pending. `added` in any order, canonical; what is not
/// pending (the placeholder, a move) is passed over. Over capacity keeps its meaning: outside of the
/// selection, also where a failed removal left it on the list.
[[nodiscard]] ListCounts settle(const ListPlan& plan, std::span<const std::string> added,
                                std::span<const Exclusion> refused);

/// 64 hex over the digests of several lists, in the order of their names.
[[nodiscard]] std::string digest_of(std::vector<const ListPlan*> plans);

}  // namespace cordon::core
