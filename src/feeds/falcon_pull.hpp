#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <random>
#include <set>
#include <stop_token>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "core/indicator_mirror.hpp"
#include "feeds/catalog.hpp"
#include "feeds/falcon_client.hpp"
#include "feeds/falcon_settings.hpp"
#include "feeds/parse/falcon_page.hpp"

namespace cordon::feeds {

/// A stretch of the account's indicators that is pulled on its own.
struct FalconStream {
    FalconType type = FalconType::url;
    std::string filter;  ///< raw FQL; "" = none

    auto operator<=>(const FalconStream&) const = default;
};

/// What the mirror calls the stream.
[[nodiscard]] std::string name_of(const FalconStream& stream);

/// Brings the mirror of one account up to date, once a run for all lists together.
///
/// A stream's first pull goes newest first, the surest first (one pass a confidence), so that lists are
/// useful within minutes; every pull also follows what changed since, ascending, deletions included
/// (crowdstrike-intel-api.md 6). A row that is touched while a pass goes on reappears among the changes, and
/// these are followed to their end after the passes. Thread-safe.
class FalconPull {
public:
    /// Everything outlives the pull.
    FalconPull(std::unique_ptr<net::HttpClient> http, const FalconAccount& account, Clock& clock, net::RetryRule retry,
               std::mt19937_64 random, const LocalState& local);

    /// A list joins the account. True for the first, which tells the requests for all of them.
    [[nodiscard]] bool join();
    /// A list wants this stream down to `least`. Before the first refresh().
    void want(const FalconStream& stream, core::Confidence least);

    /// What a pull brought.
    struct Outcome {
        std::uint64_t bytes = 0;
        std::uint64_t records = 0;       ///< received, also those that were known
        std::uint64_t invalid_rows = 0;
        bool is_history_complete = true; ///< else older rows follow in the next runs
        std::vector<std::string> warnings;
    };

    /// Pulls at the first call; later calls get what the first one got. Errors as FalconClient's: what was
    /// pulled before is kept, and the next run goes on from there.
    [[nodiscard]] Result<Outcome> refresh(const std::stop_token& stop);

    /// Asks for a token and one row.
    [[nodiscard]] Result<void> try_out(const std::stop_token& stop);

    /// Requests made, for all lists together.
    [[nodiscard]] std::map<std::string, std::uint64_t> calls() const;

private:
    /// Where a walk stands and how it goes on.
    struct Walk {
        FalconStream stream;
        std::string name;
        std::optional<core::Confidence> pass;  ///< absent: the changes
        std::string cursor;                    ///< stored
        std::string reached;                   ///< of the rows that wait to be stored
        std::string next_page;                 ///< as the service gave it; "": built from `reached`
        core::MirrorRows rows;
        bool is_at_end = false;
    };

    [[nodiscard]] Result<Outcome> pull(const std::stop_token& stop);
    Result<void> pull_stream(const FalconStream& stream, core::Confidence least, const std::stop_token& stop);
    [[nodiscard]] Result<std::string> find_newest(const FalconStream& stream, const std::stop_token& stop);
    Result<void> follow_changes(const FalconStream& stream, const std::stop_token& stop);
    Result<void> read_history(const FalconStream& stream, core::Confidence least, const std::stop_token& stop);
    Result<void> walk(Walk& walk, std::optional<Time> until, const std::stop_token& stop);
    Result<void> take_next_page(Walk& walk, const std::stop_token& stop);
    Result<void> store_rows(Walk& walk);
    [[nodiscard]] Result<net::Response> ask(const Walk& walk, const std::stop_token& stop);
    [[nodiscard]] std::string target_of(const Walk& walk) const;

    const FalconAccount& account_;
    Clock& clock_;
    const LocalState& local_;
    mutable std::mutex mutex_;
    FalconClient client_;
    FalconPageReader reader_;
    std::map<FalconStream, core::Confidence> wanted_;
    std::size_t lists_ = 0;
    std::size_t page_size_;
    std::optional<Time> history_until_;
    Outcome outcome_;
    std::optional<Result<Outcome>> refreshed_;
};

}  // namespace cordon::feeds
