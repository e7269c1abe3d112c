#pragma once

#include <functional>
#include <memory>
#include <random>
#include <span>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "base/setting.hpp"
#include "core/indicator_mirror.hpp"
#include "feeds/feed.hpp"
#include "feeds/feed_fault.hpp"
#include "net/http.hpp"
#include "net/rate_budget.hpp"
#include "net/retry.hpp"

namespace cordon::feeds {

/// What a feed keeps between runs. Filled before the first fetch; feeds are made without it.
struct LocalState {
    net::RateBudget* budget = nullptr;
    core::IndicatorMirror* mirror = nullptr;
};

/// What every feed needs from whoever wires the program.
struct FeedParts {
    /// Makes one client a feed, for the connection that its provider's settings describe.
    std::function<std::unique_ptr<net::HttpClient>(net::Connection)> connect;
    Clock& clock;
    net::RetryRule retry = {};
    std::mt19937_64 random;
    const LocalState& local;  ///< outlives the feeds
    /// How many entries the feed's list takes: a feed that ranks need not give many more.
    std::size_t most_entries = 0;
};

/// One provider while the settings are read: its options, and the feeds that they describe. The tables
/// write into it, so it must outlive them.
class Provider {
public:
    virtual ~Provider() = default;
    /// The keys of the provider's own section.
    [[nodiscard]] virtual std::vector<Setting> account_settings() = 0;
    /// The feed's keys of one feed section. Each name is asked for once.
    [[nodiscard]] virtual std::vector<Setting> feed_settings(const std::string& section) = 0;
    /// The host of its API; "" where the settings hold none. Must not be blocked.
    [[nodiscard]] virtual std::string api_host() const = 0;
    /// What the section says its values are, once it has been read.
    [[nodiscard]] virtual core::EntityType entity_of(const std::string& section) const = 0;
    /// What does not go together in a section that has been read; what is missing is said elsewhere.
    [[nodiscard]] virtual std::vector<FeedFault> faults_of(const std::string& section) const = 0;
    /// The feed of a section that has been read. `invalid` where its settings do not go together (faults_of) or lack
    /// something.
    [[nodiscard]] virtual Result<std::unique_ptr<Feed>> make(const std::string& section, const FeedParts& parts) = 0;
};

/// A kind of feed.
struct FeedKind {
    std::string name;             ///< "recorded_future"
    std::string summary;          ///< for the manual
    std::string account_section;  ///< "rfapi"
    std::string section;          ///< pattern of the feeds' sections, "risklist_*"
    std::string default_list;     ///< category_name of a section that has none; "": it must have one
    std::size_t default_entries;  ///< max_entries of a section that has none; 0: the gateway's
    std::unique_ptr<Provider> (*make)();
};

/// Every kind of feed there is.
[[nodiscard]] std::span<const FeedKind> feed_kinds();

}  // namespace cordon::feeds
