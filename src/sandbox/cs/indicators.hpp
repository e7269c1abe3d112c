#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "sandbox/cs/generator.hpp"
#include "sandbox/cs/indicator.hpp"

namespace cordon::sandbox::cs {

/// What can happen to an indicator (crowdstrike-intel-api.md 14.5). Each gives it a new marker.
enum class Change { publish, touch, downgrade, upgrade, relabel, remove, restore };

/// "publish", "touch", "downgrade", "upgrade", "relabel", "delete", "undelete".
[[nodiscard]] std::optional<Change> change_named(std::string_view name) noexcept;

/// What is kept of an indicator; the rest is made from its number, or read from the record that was given.
struct Row {
    Marker marker;
    std::uint32_t published = 0;  ///< Unix seconds
    std::uint32_t number = 0;     ///< of the generator, or of the given record
    std::uint16_t type = 0;
    std::uint8_t confidence = 0;
    bool is_deleted : 1 = false;
    bool is_known_good : 1 = false;  ///< relabelled so
    bool is_given : 1 = false;
    bool is_changing : 1 = false;
};

/// The account's indicators, in the order of their markers. 44 bytes for each generated one.
class Indicators {
public:
    struct Sizes {
        std::size_t rows = 0;      ///< generated, the newest a minute old
        std::size_t cluster = 25;  ///< how many of them share one second
        std::size_t churn = 20;    ///< rows that a tick changes or adds
    };
    Indicators(Generator generator, Sizes sizes, Time now);

    /// Takes over the *.jsonl files of `folder` in the order of their names: one record a line, of which
    /// `type` and `indicator` are needed. `invalid` names file and line.
    [[nodiscard]] Result<void> load(const std::filesystem::path& folder, Time now);
    /// One record as JSON; takes the place of the one with its id. Without `has_new_marker` its own
    /// marker stands where it is a whole one. `invalid` where it is no record.
    enum class Marking { own, anew };
    [[nodiscard]] Result<void> publish(std::string_view json, Marking marking, Time now);

    /// What `churn` indicators live through. All of a tick's changes share one second that lies behind
    /// all before it, so that a cursor misses none.
    void tick(std::size_t ticks, Time now);
    /// False where the indicator is not in a state for it.
    bool change(std::uint32_t slot, Change change, Time now);

    [[nodiscard]] std::size_t size() const noexcept { return rows_.size(); }
    [[nodiscard]] const Row& row(std::uint32_t slot) const { return rows_[slot]; }
    /// Slots by marker, ascending.
    [[nodiscard]] const std::vector<std::uint32_t>& order() const noexcept { return order_; }
    /// Differs after each change.
    [[nodiscard]] std::uint64_t version() const noexcept { return version_; }
    [[nodiscard]] std::optional<std::uint32_t> find(const std::string& id) const;

    [[nodiscard]] std::string_view type_of(const Row& row) const { return names_[row.type]; }
    [[nodiscard]] std::string_view confidence_of(const Row& row) const { return names_[row.confidence]; }
    [[nodiscard]] std::string id_of(std::uint32_t slot) const;
    [[nodiscard]] Indicator indicator(std::uint32_t slot) const;
    void append_record(std::uint32_t slot, Relations relations, std::string& json) const;

private:
    std::uint16_t name(std::string_view text);
    void generate(std::uint32_t number, std::uint32_t seconds);
    [[nodiscard]] Marker marker(std::uint32_t seconds);
    [[nodiscard]] std::uint32_t next_second(Time now) const;
    void settle(const std::vector<std::uint32_t>& changed);
    void sort_all();
    bool alter(Row& row, Change change) const;
    std::optional<std::uint32_t> suitable(Change change, std::uint64_t draw);
    void tick_once(Time now);

    Generator generator_;
    Sizes sizes_;
    std::vector<Row> rows_;  ///< by slot
    std::vector<std::uint32_t> order_;
    std::vector<std::string> given_;  ///< JSON objects
    std::vector<std::string> names_;  ///< of types and confidences; the first four are k_confidences
    std::map<std::string, std::uint16_t, std::less<>> name_numbers_;
    std::uint32_t next_number_ = 0;
    std::uint64_t markers_ = 0;
    std::uint64_t version_ = 0;
    mutable std::vector<std::pair<std::uint64_t, std::uint32_t>> ids_;  ///< hash to slot, made when asked for
};

}  // namespace cordon::sandbox::cs
