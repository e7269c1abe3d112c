#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace cordon::core {

/// Why a value of a feed is not on the gateway. Counted in reports, named in logs/rejected.csv.
enum class Reason : std::uint8_t {
    // rejected
    not_an_indicator,  ///< no domain, URL or address at all
    wrong_type,        ///< an indicator, but not of the list's entity type
    reserved_address,  ///< private, loopback, documentation, multicast ... (IANA registries)
    public_suffix,     ///< "co.uk": would block a whole registry
    too_long,          ///< entry over 1,024, host over 253, label over 63 bytes (zia-api.md 5.1)
    forbidden_characters,
    unsupported_by_target,  ///< IPv6 or another form that the target cannot hold
    too_wide,               ///< network wider than min_prefix
    lock_out,               ///< built-in: would lock the operator or the gateway out
    never,                  ///< [allow] never
    popular,                ///< [allow] popular or built in: would block a whole popular host
    below_min_risk,
    // merged
    duplicate,        ///< same canonical entry earlier in the list's feeds
    covered,          ///< blocked already by another accepted entry of the list
    joined,           ///< an address or network that a network of addresses of the list stands for
    folded,           ///< a host below a domain that the feed names and that is blocked with its subdomains
    covered_by_list,  ///< blocked already by another list of the same group
    // accepted, but not on the gateway
    over_capacity,     ///< ranked behind the cap or the tenant's room
    quarantined,       ///< refused or not kept by the gateway
    excepted,          ///< taken out by hand on the gateway
    pending,           ///< planned, not applied (stopped, failed, not yet)
    known_to_gateway,  ///< `lookup = skip_known`: the gateway flags it already
    awaiting_lookup,   ///< `lookup`: the gateway has not been asked yet
};
inline constexpr std::size_t k_reason_count = 23;

/// "reserved_address": the spelling of reports and CSV files.
[[nodiscard]] const char* name_of(Reason reason) noexcept;

/// A sentence for people: "private, loopback or otherwise reserved address".
[[nodiscard]] const char* explanation_of(Reason reason) noexcept;

enum class ReasonClass : std::uint8_t { rejected, merged, waiting };
[[nodiscard]] ReasonClass class_of(Reason reason) noexcept;
[[nodiscard]] const char* name_of(ReasonClass reason_class) noexcept;

/// One counter a reason.
class ReasonCounts {
public:
    void add(Reason reason, std::uint64_t count = 1) noexcept { counts_[static_cast<std::size_t>(reason)] += count; }
    [[nodiscard]] std::uint64_t of(Reason reason) const noexcept { return counts_[static_cast<std::size_t>(reason)]; }
    [[nodiscard]] std::uint64_t of(ReasonClass reason_class) const noexcept;
    void add(const ReasonCounts& other) noexcept;
    bool operator==(const ReasonCounts&) const = default;

private:
    std::array<std::uint64_t, k_reason_count> counts_{};
};

/// Takes every value that does not reach the gateway. The views live for the call only.
class RejectSink {
public:
    virtual ~RejectSink() = default;
    /// `detail` says which list, rule or entry decided; may be empty.
    virtual void take(std::string_view value, Reason reason, std::string_view feed, std::string_view detail) = 0;
};

/// For callers that only want the counts.
class NoRejectSink final : public RejectSink {
public:
    void take(std::string_view, Reason, std::string_view, std::string_view) override {}
};

}  // namespace cordon::core
