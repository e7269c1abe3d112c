#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/canonical.hpp"
#include "core/entry.hpp"
#include "core/protection.hpp"
#include "core/reason.hpp"

namespace cordon::core {

/// Whether an object of this kind can hold such an entry at all (zia-api.md 5.1, 6.2).
[[nodiscard]] bool can_hold(TargetKind target, EntryKind kind) noexcept;

/// What one list can hold and how wide its entries may be.
struct VerdictRules {
    TargetKind target = TargetKind::url_category;
    unsigned min_prefix = 16;      ///< IPv4 networks and ranges wider than this are rejected
    bool permit_reserved = false;  ///< lets the rehearsal blocks and names (see is_rehearsal_name) through
    bool takes_wildcards = true;   ///< an FQDN group that takes names with their subdomains
    std::optional<TargetKind> also = std::nullopt;  ///< holds what the target cannot
};

/// Why an entry may not be blocked.
struct Verdict {
    Reason reason = Reason::not_an_indicator;
    std::string detail;  ///< the list, name or network that decided; for people
};

/// The last judgement on one canonical entry, the same for every feed and command: reserved addresses
/// and names, bare public suffixes, dotted single labels, too wide networks, forms that the target cannot
/// hold, then the never-block data. nullopt: may be blocked.
/// A dotted entry that would block a protected name falls back to its exact form where that one is
/// harmless: then `canonical` is changed to it (kind, text) and nullopt is given.
/// No allocation where the entry passes.
[[nodiscard]] std::optional<Verdict> judge(Canonical& canonical, const VerdictRules& rules,
                                           const Protection& protection);

/// The special-use name (RFC 2606, RFC 6761, RFC 6762, RFC 7686, ICANN's .internal, RFC 8375) that `host`
/// is or lies under: ".example", "example.com", ".localhost" ...; nullptr for an ordinary name.
[[nodiscard]] const char* reserved_name(std::string_view host) noexcept;

/// All of them.
[[nodiscard]] std::vector<std::string_view> reserved_names();

/// True for names that rehearsals may use: .example, .test, .invalid, example.com, example.net,
/// example.org and everything below them (RFC 2606).
[[nodiscard]] bool is_rehearsal_name(std::string_view host) noexcept;

}  // namespace cordon::core
