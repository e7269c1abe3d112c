#pragma once

#include <string>
#include <string_view>

#include "core/entry.hpp"
#include "core/reason.hpp"

namespace cordon::core {

/// What canonicalising one raw value gave. Reused over many values, so that its strings keep their
/// memory.
struct Canonical {
    bool is_entry = false;
    // where is_entry:
    EntryKind kind = EntryKind::host;
    std::string text;  ///< the entry as ZIA wants it (zia-api.md 5.1, 6.2)
    std::string host;  ///< lower-case ASCII host or canonical address, no port, no leading dot
    // where not:
    Reason reason = Reason::not_an_indicator;
    std::string detail;
};

/// Turns a feed's raw value into the entry that ZIA wants, or says why not. Pure; cost linear in the
/// value. Rules (zia-api.md 5, recorded-future-api.md 12):
/// white space and defanging (hxxp, [.], [:]) undone; scheme, userinfo, default port, fragment and
/// trailing dots dropped; backslashes as a browser reads them; host lower-case, IDNA to ASCII (UTS 46,
/// as browsers); percent-escapes of the host decoded; IPv4 in odd bases decoded; path and query kept.
/// The host is the one that a browser would connect to. A bare host root ("http://h/") is the host
/// itself. A domain list turns "*.x" into the dotted form; a URL list never yields a whole-host entry
/// except for a bare root. An IP list turns "a-b" into the network where it is one, else into ZIA's range. Reserved
/// addresses, public suffixes, guard lists and prefix widths are not judged here.
void canonicalise(EntityType type, std::string_view raw, Canonical& result);

/// Reads an entry as a gateway shows it (any spelling that ZIA stores: upper case, host bits set,
/// "a-b" and "a - b" ranges) and gives the canonical text by which it equals ours. Never fails: what
/// cannot be understood is its own canonical text.
[[nodiscard]] std::string canonical_entry(TargetKind target, std::string_view spelling);

/// The kind of a canonical text.
[[nodiscard]] EntryKind kind_of(TargetKind target, std::string_view canonical) noexcept;

/// The host part of a canonical category entry: without leading dot, port and path.
[[nodiscard]] std::string_view host_of(std::string_view canonical) noexcept;

}  // namespace cordon::core
