#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "core/call_troubles.hpp"
#include "core/indicator.hpp"

namespace cordon::feeds {

/// By what a provider lets us tell one version of a list from another. Kept with each snapshot.
struct FeedVersion {
    std::string etag;             ///< trimmed of W/ and quotes; "" where none was sent
    std::string content_sha256;   ///< of the body as it arrived; 64 hex
    bool is_etag_opaque = false;  ///< a v3 ETag that proved not to be the body's hash
    bool is_partial = false;      ///< the provider has older indicators that later fetches will bring

    bool operator==(const FeedVersion&) const = default;
};

/// What one fetch brought.
struct Fetched {
    bool is_unchanged = false;  ///< the provider still has `last`; nothing was downloaded or parsed
    FeedVersion version;
    core::IndicatorSet indicators;   ///< complete; never empty unless is_unchanged
    std::uint64_t bytes = 0;         ///< downloaded
    std::uint64_t invalid_rows = 0;  ///< rows that were no indicators at all ({} rows, text lines)
    std::uint64_t left_out = 0;      ///< indicators that the section's own filters do not want, of those it read
    std::vector<std::string> warnings;
};

/// Something that an online check found; nothing was changed.
struct CheckFinding {
    bool is_error = false;
    std::string message;
};

/// A source of complete snapshots; one settings section. Not thread-safe: the engine gives each feed to
/// one thread.
class Feed {
public:
    virtual ~Feed() = default;

    /// The settings section, "risklist_weaponized_domains".
    [[nodiscard]] virtual const std::string& name() const noexcept = 0;
    /// For people: "Recorded Future fusion file public/prevent/weaponized_domains.json".
    [[nodiscard]] virtual std::string source() const = 0;
    [[nodiscard]] virtual core::EntityType entity() const noexcept = 0;
    /// The risk of an indicator that has none (design rule 15: 90 for SCF prevent files, else 65).
    [[nodiscard]] virtual int default_risk() const noexcept = 0;

    /// Fetches the whole list, or finds that `last` is still the current version. Errors:
    /// `unreachable`, `throttled`: later; `refused`: token, entitlement or path (the message says
    /// which); `corrupt`: torn, wrong hash, empty, or not a list (design rule 1); `cancelled`.
    [[nodiscard]] virtual Result<Fetched> fetch(const std::optional<FeedVersion>& last,
                                                const std::stop_token& stop) = 0;

    /// Whether the provider has another version than `last` by now, without a download. False also where it has no
    /// cheap way to tell: then the feed's turn brings it. Takes seconds, also where the provider says nothing: nothing
    /// is repeated. Errors as fetch().
    [[nodiscard]] virtual Result<bool> has_changed(const FeedVersion& last, const std::stop_token& stop) = 0;

    /// Asks the provider whether credentials, entitlement and path are good, without a download.
    [[nodiscard]] virtual std::vector<CheckFinding> check(const std::stop_token& stop) = 0;

    /// Requests made so far, by "HEAD /v2/fusion/files".
    [[nodiscard]] virtual std::map<std::string, std::uint64_t> calls() const = 0;
    /// What went wrong with them, and how long they waited.
    [[nodiscard]] virtual core::TroublesByEndpoint troubles() const { return {}; }
    /// The name that groups the calls in the report: "recorded_future".
    [[nodiscard]] virtual std::string cloud() const = 0;
};

}  // namespace cordon::feeds
