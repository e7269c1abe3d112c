#pragma once

#include <cstddef>
#include <memory>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "feeds/falcon_pull.hpp"
#include "feeds/falcon_settings.hpp"
#include "feeds/feed.hpp"

namespace cordon::feeds {

/// Whether an indicator belongs on the list by its labels: none of exclude_labels, and one of each of the
/// list's other filters that is set. Letters compare without case. `tags` as core::MirrorRow has them.
[[nodiscard]] bool is_wanted(const FalconList& list, std::string_view tags);

/// 85, 60, 30 for high, medium, low (crowdstrike-intel-api.md 8: what SIEM connectors map them to), 10 for
/// unverified, which CrowdStrike advises not to act on.
[[nodiscard]] int risk_of(core::Confidence confidence) noexcept;

/// A list of CrowdStrike indicators: the surest and newest of the mirror that its section wants, at most
/// twice as many as its list takes (the core drops some and ranks the rest). All lists of an account share
/// one pull. `pull`, `clock`, `account` and `local` outlive the feed.
[[nodiscard]] Result<std::unique_ptr<Feed>> make_falcon(FalconList list, const FalconAccount& account,
                                                        std::shared_ptr<FalconPull> pull, Clock& clock,
                                                        const LocalState& local, std::size_t most_entries);

}  // namespace cordon::feeds
