#pragma once

#include <cstddef>
#include <cstdint>
#include <stop_token>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "feeds/feed.hpp"
#include "feeds/recorded_future_client.hpp"

namespace cordon::feeds {

/// By what an answer tells its version (recorded-future-api.md 1.6, 1.7); "" where it does not.
struct VersionMarks {
    std::string etag;    ///< without W/ and quotes
    std::string sha256;  ///< X-RF-Content-SHA256, lower case
};

/// Asks for the marks alone (HEAD).
[[nodiscard]] Result<VersionMarks> read_marks(RfClient& client, const RfResource& resource, const std::stop_token& stop,
                                              Effort effort = Effort::full);

/// Whether the provider still has the version that was fetched last.
[[nodiscard]] bool is_still(const VersionMarks& announced, const FeedVersion& last) noexcept;

struct DownloadRule {
    bool is_etag_opaque = false;  ///< the ETag is no hash: it only has to be the same before and after
    std::size_t most_bytes = 0;
};

/// A body that is what the provider announced.
struct Download {
    std::string body;
    FeedVersion version;         ///< is_etag_opaque where that was found just now
    std::uint64_t bytes = 0;     ///< of all attempts
    bool is_end_certain = true;  ///< false: neither a hash nor HTTP tells that the body is whole
    std::vector<std::string> warnings;
};

/// Downloads and checks against `announced`: X-RF-Content-SHA256 where sent, else an ETag of 64 hex digits
/// as the body's hash, else an ETag that is the same before and after. When they differ the marks are read
/// again (the content may just have changed) and the body once more. An ETag that stays what it is while
/// the same body arrives twice is no hash: accepted with a warning, opaque from then on. `corrupt` when
/// what arrives is not what is announced.
[[nodiscard]] Result<Download> download_checked(RfClient& client, const RfResource& resource, VersionMarks announced,
                                                const DownloadRule& rule, const std::stop_token& stop);

}  // namespace cordon::feeds
