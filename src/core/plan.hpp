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
#include "core/reason.hpp"

namespace cordon::core {

/// An entry as it lies on the gateway.
struct PresentEntry {
    std::string spelling;   ///< as the gateway shows it
    std::string canonical;  ///< canonical_entry(spelling)
    Side side = Side::plain;
};

/// One list as a complete, successful read of the gateway showed it.
struct ListState {
    std::string name;
    bool exists = false;
    std::string object_id;             ///< opaque; empty where it does not exist
    std::vector<PresentEntry> entries; ///< ascending by (canonical, side, spelling)
};

/// What we own on a list: an entry that *we* put there, and how sure we are that it is there.
enum class LedgerMark : std::uint8_t {
    intended,  ///< written down before it was sent; may or may not be there
    sent,      ///< the gateway said 200; no read has shown it yet
    seen,      ///< a read after the write showed it
    leaving,   ///< its removal was written down; may or may not be gone
};

struct LedgerEntry {
    std::string canonical;
    LedgerMark mark = LedgerMark::intended;
    Side side = Side::plain;
    std::uint32_t tries = 0;  ///< writes answered 200 after which no read showed it
};

/// Something that keeps an entry out of plans.
struct Exclusion {
    std::string canonical;
    Time since;           ///< when it was found
    std::string because;
};

/// The memory of one list between runs. `is_known` is false before the first run that saw it.
struct ListLedger {
    bool is_known = false;
    std::string object_id;                ///< at the last run; empty before the object existed
    std::vector<LedgerEntry> ours;        ///< ascending by canonical, unique
    std::vector<Exclusion> exceptions;    ///< taken out by hand; ascending by canonical
    std::vector<Exclusion> quarantine;    ///< refused by the gateway; ascending by canonical
    std::optional<Time> filled_at;        ///< when the list first held entries of ours
};

enum class AdoptRule : std::uint8_t { matching, all, none };

/// How a list is kept. Defaults are the settings' defaults.
struct ListPolicy {
    std::size_t cap = 25000;              ///< max_domains, max_ips or max_entries: ours + foreign
    AdoptRule adopt = AdoptRule::matching;
    std::chrono::seconds respect_manual_removals = std::chrono::days{30};  ///< 0 = off
    bool hysteresis = true;               ///< design rule 15
    Side new_entries = Side::retain_parent;
    std::string placeholder;              ///< reserved entry that keeps the object from being empty
};

/// What the gateway can still take, over all lists.
struct Room {
    std::optional<std::size_t> urls;        ///< remaining unique URLs of the tenant; nullopt = not known
    std::size_t addresses_per_group = 8000; ///< zia-api.md 6.3
    std::optional<std::size_t> addresses;   ///< remaining of the tenant; nullopt = not known
    std::size_t categories = 64;            ///< custom categories that may still be created
};

struct PlannedEntry {
    std::string text;  ///< additions: canonical; removals: the gateway's spelling
    Side side = Side::plain;
    auto operator<=>(const PlannedEntry&) const = default;
};

/// The counters of design rule 16 for one list.
/// accepted = on_gateway + pending + over_capacity + quarantined + excepted.
/// Before applying, `pending` holds the planned additions; settle() moves them.
struct ListCounts {
    std::uint64_t fetched = 0;
    ReasonCounts reasons;           ///< rejected and merged, by reason
    std::uint64_t accepted = 0;
    std::uint64_t on_gateway = 0;   ///< accepted entries that are there, ours or foreign
    std::uint64_t pending = 0;
    std::uint64_t over_capacity = 0;
    std::uint64_t quarantined = 0;
    std::uint64_t excepted = 0;
    std::uint64_t present = 0;      ///< distinct canonical entries on the list before the run
    std::uint64_t foreign = 0;      ///< of these, not ours
    std::uint64_t unchanged = 0;    ///< ours, there before and to stay
    std::uint64_t to_add = 0;
    std::uint64_t to_remove = 0;
    bool operator==(const ListCounts&) const = default;

    /// Empty when every sum holds, else the sentence that says which does not.
    [[nodiscard]] std::string imbalance() const;
};

/// What will be done to one list. Additions and removals are ascending, unique and disjoint by canonical
/// form; applying both leaves the list with at least one entry.
struct ListPlan {
    std::string list;
    TargetKind target = TargetKind::url_category;
    bool creates = false;
    bool removals_first = false;          ///< additions would not fit before the removals
    std::vector<PlannedEntry> additions;
    std::vector<PlannedEntry> removals;
    std::vector<std::string> removals_canonical;  ///< parallel to removals
    std::vector<LedgerEntry> became_ours; ///< present entries that become ours by adopt (first sight)
    std::vector<Exclusion> new_exceptions;///< found taken out by hand
    std::vector<std::string> lapsed_exceptions; ///< canonical texts whose time is over
    std::vector<Exclusion> new_quarantine;///< sent twice with 200 and never kept
    std::vector<LedgerEntry> sightings;   ///< ledger entries whose mark changes by this read alone
    std::vector<std::string> forgotten;   ///< ours, not there and not wanted: leave the ledger
    bool drifted = false;                 ///< wholesale disappearance or a new object id
    std::uint64_t vanished = 0;           ///< ours by the ledger, not there
    std::vector<std::string> keeps;       ///< canonical entries on the list once applied, ascending
    ListCounts counts;
    std::string digest;                   ///< 64 hex: list, additions, removals; no times

    [[nodiscard]] bool writes() const noexcept { return !additions.empty() || !removals.empty(); }
};

/// The plan is a function of its arguments alone. `room` is what is left; what the plan takes is
/// subtracted (removals first where they make room). `now` decides exceptions only.
/// `desired` is null for a list that contributes nothing new (frozen): then nothing is added or removed,
/// and only what the read showed is noted.
/// `sink` gets the accepted entries that stay off the gateway (over_capacity, quarantined, excepted).
[[nodiscard]] ListPlan plan_list(const std::string& list, TargetKind target, const DesiredSet* desired,
                                 const ListState& state, const ListLedger& ledger, const ListPolicy& policy,
                                 Room& room, Time now, RejectSink& sink);

/// The plan that removes what is ours of a list (cordon retire).
[[nodiscard]] ListPlan plan_retirement(const std::string& list, TargetKind target, const ListState& state,
                                       const ListLedger& ledger, const ListPolicy& policy);

/// Moves what is ours to the other side of its category (cordon move).
[[nodiscard]] ListPlan plan_move(const std::string& list, const ListState& state, const ListLedger& ledger,
                                 Side to);

/// 64 hex over the digests of several lists, in the order of their names.
[[nodiscard]] std::string digest_of(std::span<const ListPlan> plans);

}  // namespace cordon::core
