#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "core/entry.hpp"

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
    std::string object_id;              ///< opaque; empty where it does not exist
    std::vector<PresentEntry> entries;  ///< ascending by (canonical, side, spelling)
};

/// How many different entries `entries` (in any order) are, the placeholder aside.
[[nodiscard]] std::uint64_t distinct_entries(std::span<const PresentEntry> entries, std::string_view placeholder);

/// What we own on a list: an entry that *we* put there, and how sure we are that it is there.
enum class LedgerMark : std::uint8_t {
    intended,  ///< written down before it was sent; may or may not be there, on whichever side
    sent,      ///< the gateway said 200; no read has shown it yet
    seen,      ///< a read after the write showed it
    leaving,   ///< its removal was written down; may or may not be gone
};

struct LedgerEntry {
    std::string canonical;
    LedgerMark mark = LedgerMark::intended;
    Side side = Side::plain;
    std::uint32_t tries = 0;  ///< writes answered 200 after which a read did not show it
};

/// Something that keeps an entry out of plans.
struct Exclusion {
    std::string canonical;
    Time since;  ///< when it was found
    std::string because;
};

/// The memory of one list between runs. `is_known` is false until a run saw it with all
/// that its feeds have: until then what is on the list and in the feed becomes ours.
struct ListLedger {
    bool is_known = false;
    std::string object_id;              ///< at the last run; empty before the object existed
    std::vector<LedgerEntry> ours;      ///< ascending by canonical, unique
    std::vector<Exclusion> exceptions;  ///< taken out by hand; ascending by canonical
    std::vector<Exclusion> quarantine;  ///< refused by the gateway; ascending by canonical
    std::optional<Time>
        filled_at;  ///< when its first fill was done: nothing failed, no look-ups or older indicators were to come
};

/// The entry of that canonical text, or null. `entries`: ascending by canonical. O(log n).
[[nodiscard]] const LedgerEntry* find_entry(std::span<const LedgerEntry> entries, std::string_view canonical) noexcept;

/// What the ledger names ours under that canonical text, or null.
[[nodiscard]] const LedgerEntry* find_ours(const ListLedger& ledger, std::string_view canonical) noexcept;

}  // namespace cordon::core
