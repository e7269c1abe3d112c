#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "core/entry.hpp"
#include "core/indicator.hpp"
#include "core/protection.hpp"

namespace cordon::core {

/// What an operator said of one value for a while, whatever the feeds say.
enum class OverrideKind : std::uint8_t {
    allow,  ///< cordon unblock: it is protected as if it stood in `[allow] never`
    block,  ///< cordon block: the list is to hold it as if a feed named it with the highest risk
};
[[nodiscard]] const char* name_of(OverrideKind kind) noexcept;

struct Override {
    OverrideKind kind = OverrideKind::allow;
    std::string value;  ///< see canonical_override()
    std::string list;   ///< that is to block it; "" where it is allowed
    Time from;
    Time until;  ///< from then on it is as if it had never been said; `from` where it was ended before its time
    std::string who;
    std::string because;  ///< "" where no reason was given

    [[nodiscard]] bool is_in_force(Time now) const noexcept { return from < until && now < until; }
};

/// The section that feeds blocked values to their lists, as reports name it.
inline constexpr const char* k_operator_feed = "operator";
/// Their risk: feeds give 99 at the most (recorded-future-api.md).
inline constexpr int k_operator_risk = 100;

/// How operators' values are kept: any spelling (a whole URL, defanged, "*.x", upper case, IDN, an address in odd
/// bases, with the quotes, brackets and commas of the text that it was copied from) as host, ".host", URL without
/// scheme and fragment, address, network or range. A full stop behind a path stays: it may be a part of it. `invalid`
/// names the value.
[[nodiscard]] Result<std::string> canonical_override(std::string_view written);
/// `invalid` where a URL or port on an address was written, which is kept as the address: who unblocks or blocks it
/// says that all of it is meant by naming the address alone.
[[nodiscard]] Result<void> require_whole_address(std::string_view written, std::string_view canonical);
/// What is asked about: as canonical_override(), but a URL or port on an address is itself, not the whole address.
[[nodiscard]] Result<std::string> canonical_question(std::string_view written);
/// What a canonical value is; a host is a domain.
[[nodiscard]] EntityType entity_of_override(std::string_view canonical) noexcept;

/// `invalid`: the value protects too much to be unblocked (a public suffix, most of all addresses), or is none.
[[nodiscard]] Result<void> check_unblocking(std::string_view canonical);
/// What unblocking the value protects, and nothing else. `canonical` has passed check_unblocking().
[[nodiscard]] Protection protection_of_unblocked(std::string_view canonical);
/// The values that `overrides` allow, protected before all that `below` protects, which must outlive it.
[[nodiscard]] Protection protection_with(std::span<const Override> overrides, const Protection& below);

/// All that operators unblocked, and nothing else.
class Unblocked {
public:
    explicit Unblocked(std::span<const Override> overrides);
    /// Would the entry block any of it?
    [[nodiscard]] bool is_blocked_by(TargetKind target, std::string_view canonical) const;

private:
    Protection protection_;
};

/// "operator's unblock until 2026-11-30 12:00:00 UTC": how its protection is named.
[[nodiscard]] std::string name_of_unblocking(const Override& one);
/// "until 2026-11-30 12:00:00 UTC by alice (a partner waits)".
[[nodiscard]] std::string terms_of(const Override& one);

}  // namespace cordon::core
