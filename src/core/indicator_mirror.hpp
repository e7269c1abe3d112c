#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/result.hpp"

namespace cordon::core {

/// How sure a provider is that an indicator is malicious; the greater the surer.
enum class Confidence : std::uint8_t { unverified, low, medium, high };
inline constexpr std::size_t k_confidence_count = 4;
/// "unverified", "low", "medium", "high".
[[nodiscard]] const char* name_of(Confidence confidence) noexcept;
/// By its name in any case; nullopt for another word.
[[nodiscard]] std::optional<Confidence> confidence_named(std::string_view name) noexcept;

/// One indicator of a provider's whole stock, as it stands at the provider now. The views live as long as
/// whoever gives it says.
struct MirrorRow {
    std::string_view value;   ///< raw, as published; unique within its stream
    std::string_view marker;  ///< where the row stands in the provider's order of updates; unique, by bytes
    std::chrono::sys_seconds last_updated{};
    Confidence confidence = Confidence::unverified;
    std::string_view tags;    ///< "Malware/Remcos\nThreatType/Criminal": one a line, may be empty
    bool is_deleted = false;  ///< leaves the mirror
};

/// Rows on their way into a mirror, in one flat buffer.
class MirrorRows {
public:
    void append(const MirrorRow& row);
    [[nodiscard]] std::size_t size() const noexcept { return rows_.size(); }
    [[nodiscard]] bool empty() const noexcept { return rows_.empty(); }
    /// The views live until the next append() or clear().
    [[nodiscard]] MirrorRow operator[](std::size_t index) const noexcept;
    /// Makes every row a deletion.
    void mark_deleted() noexcept;
    /// Forgets the rows from `size` on.
    void truncate(std::size_t size);
    void clear() { truncate(0); }

private:
    struct Row {
        std::size_t at;
        std::uint32_t value_size;
        std::uint32_t marker_size;
        std::uint32_t tags_size;
        std::chrono::sys_seconds last_updated;
        Confidence confidence;
        bool is_deleted;
    };
    std::string text_;
    std::vector<Row> rows_;
};

/// How far the walk backwards through the rows of one confidence has come.
struct MirrorPass {
    std::string oldest;  ///< marker of the oldest row taken; "" before the first page
    bool is_complete = false;
};

/// How far a stream has been pulled.
struct MirrorProgress {
    /// Every change up to this marker has been taken, but for what the passes have not reached; "" = never pulled.
    std::string newest;
    std::array<MirrorPass, k_confidence_count> passes;  ///< by Confidence
    /// When the passes last began; absent before the first.
    std::optional<Time> passes_began;
};

/// One step of a pull: which cursor it moves, and from where to where.
struct MirrorStep {
    std::optional<Confidence> pass;  ///< absent: changes, ascending (`newest`); present: `oldest` of that pass
    std::string before;              ///< the cursor that the rows were asked for with
    std::string reached;             ///< the cursor from now on
    bool is_last = false;            ///< ends the pass
    /// Of a pass: `newest` when its rows were asked for. Where it has moved since, a row of theirs may have
    /// been deleted meanwhile.
    std::string newest = {};
    /// With is_last: the provider said that there is nothing more, so that what was not met is gone.
    bool is_end_certain = false;
};

/// What a list wants of a stream.
struct MirrorQuery {
    std::string stream;
    Confidence least = Confidence::high;
    std::chrono::sys_seconds not_before{};  ///< older rows are passed over
};

/// A local copy of a provider's indicators in streams, each a stretch of the stock that is pulled on its own (one
/// account, type and raw filter), kept current step by step. The store implements it; its methods fail with the
/// store's codes (`corrupt`, `invalid`, `blocked`). Thread-safe.
class IndicatorMirror {
public:
    virtual ~IndicatorMirror() = default;

    [[nodiscard]] virtual Result<MirrorProgress> mirror_progress(const std::string& stream) = 0;

    /// Takes the rows (inserted, replaced or, where deleted, dropped) and the new cursor in one
    /// transaction. False, and nothing changed, where the stored cursor is not `step.before` (or, in a pass,
    /// `newest` not `step.newest`, or the pass complete): another process was faster. With the certain end of a
    /// pass that was started over, rows of its confidence that were not seen since leave the mirror.
    [[nodiscard]] virtual Result<bool> take_mirror_step(const std::string& stream, const MirrorStep& step,
                                                        const MirrorRows& rows, Time now) = 0;

    /// Starts the passes of a stream over, for rows that left it without a word.
    virtual Result<void> restart_mirror(const std::string& stream, Time now) = 0;

    /// Gives rows, the most confident first, then by marker descending (the newest first), until `take`
    /// says false. Reads through an index: no more rows than it gives. The views live for the call of `take`.
    virtual Result<void> read_mirror(const MirrorQuery& query, const std::function<bool(const MirrorRow&)>& take) = 0;
};

}  // namespace cordon::core
