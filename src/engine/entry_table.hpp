#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "core/concern.hpp"
#include "core/protection.hpp"
#include "engine/lists.hpp"
#include "store/store.hpp"

namespace cordon::engine {

/// What is known of one entry of a list.
enum class EntryState : std::uint8_t {
    there,      ///< ours; the last read showed it
    sent,       ///< ours; the gateway took it, no read has shown it yet
    intended,   ///< was to be put there; whether it arrived the next run sees
    leaving,    ///< was to be taken off; whether it is gone the next run sees
    waiting,    ///< feeds want it, and Cordon has not put it there (no place, not yet, or somebody else's is there)
    taken_out,  ///< feeds want it; it was taken out by hand on the gateway
    refused,    ///< feeds want it; the gateway does not take it
};
inline constexpr std::size_t k_entry_state_count = 7;
/// Something that Cordon put on the gateway, or was about to.
[[nodiscard]] constexpr bool is_ours(EntryState state) noexcept {
    return state <= EntryState::leaving;
}
[[nodiscard]] const char* name_of(EntryState state) noexcept;
/// nullopt where no state has this name.
[[nodiscard]] std::optional<EntryState> entry_state_of(std::string_view name) noexcept;

/// One row; the views live as long as the table.
struct EntryRow {
    std::string_view text;  ///< canonical
    EntryState state = EntryState::there;
    std::string_view object;  ///< the object that holds it, or would: a list may go on in others
    std::string_view feed;    ///< the section that gives it; "" where none does now
    std::string_view rules;   ///< of the feed, why it lists the value; may be empty
    std::optional<int> risk;  ///< nullopt where no feed gives it now
    std::optional<std::chrono::sys_days> last_seen;
    std::optional<std::size_t> place;  ///< among what the feeds want, from 1
};

enum class EntryOrder : std::uint8_t { text, risk, last_seen, state, feed };
inline constexpr std::size_t k_entry_order_count = 5;
enum class Direction : std::uint8_t { ascending, descending };

/// Which rows are asked for.
struct EntryQuery {
    std::string needle = {};  ///< anywhere in the text, as written or in lower case; "" = all
    std::optional<EntryState> state = {};
    EntryOrder order = EntryOrder::text;
    Direction direction = Direction::ascending;
    std::size_t first = 0;  ///< rows to pass over
    std::size_t most = 100;
};

struct EntryPage {
    std::size_t total = 0;  ///< that match
    std::vector<EntryRow> rows;
};

/// What the tables are made from. All of it outlives the making, not the table.
struct EntrySources {
    std::span<const FeedSection> sections;
    std::span<const ListJob> jobs;
    const core::Protection& protection;
    store::Store& store;
    Time now;
};

/// Every entry of one list over all its objects: what the ledger has, and what the last kept snapshots want, with where
/// each comes from. Made once a run (some 0.5 s for 275,000 rows, of which each takes 20 bytes and its text), asked
/// often. Nobody is asked but the store. Reading it from several threads is safe.
class EntryTable {
public:
    /// `list`: of its first object, or one that no section feeds any more. Fails only where the store does, or where
    /// the texts take more than 4 GiB.
    [[nodiscard]] static Result<EntryTable> build(const std::string& list, const EntrySources& sources);

    [[nodiscard]] std::size_t size() const noexcept { return rows_.size(); }
    [[nodiscard]] std::size_t count(EntryState state) const noexcept {
        return counts_[static_cast<std::size_t>(state)];
    }
    /// A walk over the texts where there is a needle, else over the rows.
    [[nodiscard]] EntryPage select(const EntryQuery& query) const;
    /// The rows whose entries Concern::may_meet() cannot rule out, ascending by text.
    [[nodiscard]] std::vector<EntryRow> rows_about(const core::Concern& concern) const;
    /// How many entries the feeds want.
    [[nodiscard]] std::size_t wanted() const noexcept { return wanted_; }
    [[nodiscard]] bool holds_ours_on(std::string_view object) const;
    /// Of what feeds want and is ours on the object, the row with the last place.
    [[nodiscard]] std::optional<EntryRow> last_placed_on(std::string_view object) const;

private:
    friend class EntryTableBuilder;
    static constexpr std::uint32_t k_no_place = UINT32_MAX;
    static constexpr std::uint16_t k_no_day = UINT16_MAX;
    struct Row {
        std::uint32_t text_at = 0;  // its end: the line feed before the next row's
        std::uint32_t place = k_no_place;
        std::uint32_t rules = 0;
        std::uint16_t day = k_no_day;  // since 1970
        std::uint16_t feed = 0;
        std::uint16_t object = 0;
        std::int8_t risk = -1;
        EntryState state = EntryState::there;
    };
    [[nodiscard]] std::string_view text(std::size_t index) const noexcept;
    [[nodiscard]] EntryRow row(std::size_t index) const noexcept;
    [[nodiscard]] std::vector<bool> matches(const std::string& needle) const;
    void mark_matches(const std::string& needle, std::vector<bool>& matching) const;
    void mark_those_of(std::string_view host, std::vector<bool>& matching) const;
    [[nodiscard]] std::vector<std::uint32_t> ordered_by(EntryOrder order) const;

    std::string text_;                    // of all rows, each before a line feed
    std::vector<Row> rows_;               // ascending by text
    std::vector<std::string> names_{""};  // of feeds and objects
    std::vector<std::string> rules_{""};  // few distinct combinations
    std::array<std::size_t, k_entry_state_count> counts_{};
    std::size_t wanted_ = 0;
};

/// Gives the table of a list, made now or kept.
using EntryTables = std::function<Result<std::shared_ptr<const EntryTable>>(const std::string& list)>;
/// Makes each when it is asked for; `sources` outlives the tables' making.
[[nodiscard]] EntryTables fresh_tables(const EntrySources& sources);

}  // namespace cordon::engine
