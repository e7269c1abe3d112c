#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <random>
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
        std::uint64_t records = 0;  ///< received, also those that were known
        std::uint64_t invalid_rows = 0;
        std::vector<std::string> warnings;
    };

    /// Pulls at the first call; later calls get what the first one got. Fails where one of `streams` did, errors as
    /// FalconClient's: what was pulled before is kept, and the next run goes on from there.
    [[nodiscard]] Result<Outcome> refresh(const std::vector<FalconStream>& streams, const std::stop_token& stop);

    /// What the mirror calls a stream of this account.
    [[nodiscard]] std::string name_of(const FalconStream& stream) const;

    /// Whether indicators older than the first pull are still to come, down to `least`.
    [[nodiscard]] Result<bool> has_more(const std::vector<FalconStream>& streams, core::Confidence least) const;

    /// Asks for a token and one row.
    [[nodiscard]] Result<void> try_out(const std::stop_token& stop);

    /// Requests made, for all lists together.
    [[nodiscard]] std::map<std::string, std::uint64_t> calls() const;
    [[nodiscard]] core::TroublesByEndpoint troubles() const;

private:
    /// Where a walk stands and how it goes on.
    struct Walk {
        FalconStream stream;
        std::string name;
        std::optional<core::Confidence> pass;  ///< absent: the changes
        bool drops = false;                    ///< whatever changed, filter or not, leaves the mirror
        std::string cursor;                    ///< stored
        std::string newest;                    ///< of a pass: the changes' cursor when it began
        std::string reached;                   ///< of the rows that wait to be stored
        std::string next_page;                 ///< as the service gave it; "": built from `reached`
        core::MirrorRows rows;
        bool is_at_end = false;
        bool is_end_certain = false;  ///< the service said that nothing is left
        int restarts = 0;             ///< after another process was faster
    };

    void pull(const std::stop_token& stop);
    Result<void> pull_stream(const FalconStream& stream, core::Confidence least, const std::stop_token& stop);
    [[nodiscard]] Result<bool> begin_stream(const FalconStream& stream, const std::stop_token& stop);
    Result<void> follow_changes(const FalconStream& stream, const std::stop_token& stop);
    Result<void> drop_changed(const FalconStream& stream, const std::stop_token& stop);
    Result<void> read_history(const FalconStream& stream, core::Confidence least, bool& has_walked,
                              const std::stop_token& stop);
    Result<void> walk(Walk& walk, std::optional<Time> until, const std::stop_token& stop);
    Result<void> take_next_page(Walk& walk, const std::stop_token& stop);
    Result<void> take_page(Walk& walk, net::Response& response);
    Result<void> store_rows(Walk& walk);
    Result<void> begin(Walk& walk);
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
    std::map<FalconStream, Result<void>> pulled_;  ///< empty before the pull
};

}  // namespace cordon::feeds
