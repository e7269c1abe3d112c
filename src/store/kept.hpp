#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "core/lookup.hpp"
#include "core/plan.hpp"

// What the store takes and gives (see store.hpp).
namespace cordon::store {

/// A kept snapshot of one feed.
struct Snapshot {
    std::string feed;
    std::string content_key;  ///< SHA-256 of the packed indicators; equal content is kept once
    std::string version;      ///< the feed's own version marks, opaque to the store
    Time fetched_at;          ///< when this content arrived
    Time confirmed_at;        ///< when the provider last said that it is still current
    std::uint64_t indicators = 0;
};

/// Which rows of a snapshot are wanted, by their values as published.
using RowFilter = std::function<bool(std::string_view value)>;

/// One line of `cordon runs list`.
struct RunSummary {
    std::string id;
    std::string command;
    Time started;
    Time finished;
    std::string outcome;
    int exit_status = 0;
    std::uint64_t added = 0, removed = 0;
};

/// What the ledger of one list becomes. Applied in one transaction.
struct LedgerChange {
    std::string list = {};
    std::string object_id = {};  ///< empty = leave
    bool mark_known = true;
    std::vector<core::LedgerEntry> put = {};  ///< inserted or replaced by canonical
    std::vector<std::string> erase = {};      ///< canonical
    std::vector<core::Exclusion> put_exceptions = {};
    std::vector<std::string> erase_exceptions = {};
    std::vector<core::Exclusion> put_quarantine = {};
    std::vector<std::string> erase_quarantine = {};
    std::optional<Time> filled_at = {};
};

/// What put an entry on its list.
struct Arrival {
    std::string run = {};   ///< its id
    std::string act = {};   ///< the command
    Time at = {};           ///< when the gateway had answered
    bool is_active = true;  ///< false: what was saved since then owes an activation
};

/// A plan that the guard stopped, for --allow-removals and --allow-growth.
struct GuardStopRecord {
    std::string list;
    std::string digest;
    std::string rule;
    Time since;
};

/// An answer of the gateway's own database and when it was given.
struct KeptLookup {
    core::LookedUp looked_up;
    Time asked_at;
};

/// Answers that are kept at the most; a run keeps 40,000 an hour (zia-api.md 4.14).
inline constexpr std::size_t k_most_kept_lookups = 1'000'000;

}  // namespace cordon::store
