#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/entry.hpp"

namespace cordon::core {

/// What a list asks the gateway's own database about an entry before it takes it (`lookup`). It is never
/// asked about what lies on the list already.
struct LookupRules {
    bool skips_known = false;  ///< leaves out what the gateway flags with a security alert
    bool classifies = false;   ///< uncategorised entries to the plain side, others to the retaining side

    [[nodiscard]] bool is_on() const noexcept { return skips_known || classifies; }
    bool operator==(const LookupRules&) const = default;
};

/// What the gateway's own database says of one value.
struct Classification {
    std::string classes{};          ///< as the gateway names them, joined by ", "; may be empty
    std::string alerts{};           ///< security alerts, likewise
    bool is_uncategorised = false;  ///< no class that says anything
    /// Why the gateway would not look the value up; then nothing else is known of it. Empty elsewhere.
    std::string refused{};

    bool operator==(const Classification&) const = default;
};

struct LookedUp {
    std::string value;  ///< as asked
    Classification classification;
};

struct LookupHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const noexcept { return std::hash<std::string_view>{}(text); }
};
/// By lookup_value().
using Classifications = std::unordered_map<std::string, Classification, LookupHash, std::equal_to<>>;

/// How the gateway is asked about a canonical category entry: without leading dot and without port, which its
/// database does not know (zia-api.md 4.14: clients strip scheme and port).
[[nodiscard]] std::string lookup_value(std::string_view canonical);

/// Networks and ranges are nothing that the gateway's database knows: they are delivered unasked.
[[nodiscard]] constexpr bool can_be_looked_up(EntryKind kind) noexcept {
    return kind != EntryKind::ipv4_net && kind != EntryKind::ipv4_range && kind != EntryKind::ipv6_net;
}

/// What becomes of an entry that wants to go on a list.
struct LookupDecision {
    enum class Fate : std::uint8_t {
        deliver,
        leave_out,  ///< the gateway flags it already
        wait,       ///< there is no answer yet
    };
    Fate fate = Fate::deliver;
    Side side = Side::plain;
    bool operator==(const LookupDecision&) const = default;
};

/// `answer` is null where there is none; `usual` is the side of the list's new entries. What the gateway would
/// not look up is delivered on the usual side: it is not known to be flagged.
[[nodiscard]] LookupDecision decide(const LookupRules& rules, const Classification* answer, Side usual) noexcept;

/// What has to be asked before a list can be planned.
struct LookupNeed {
    std::vector<std::string> needed;  ///< of those that get a place, in selection order, unique
    std::vector<std::string> ahead;   ///< of those next in order, to fill the last call; unique, not in `needed`
};

}  // namespace cordon::core
