#include "feeds/recorded_future_download.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "base/digest.hpp"
#include "base/text.hpp"

namespace cordon::feeds {
namespace {

constexpr int k_most_downloads = 2;
constexpr std::size_t k_head_bytes = 64U << 10;  // a HEAD has no body; its error may have one

bool is_sha256(std::string_view text) noexcept {
    return text.size() == 64 && text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

std::string trimmed_etag(std::string_view etag) {
    etag = trim(etag);
    if (etag.starts_with("W/")) etag.remove_prefix(2);
    if (etag.size() >= 2 && etag.front() == '"' && etag.back() == '"') etag = etag.substr(1, etag.size() - 2);
    return std::string(etag);
}

VersionMarks marks_of(const net::Response& response) {
    VersionMarks marks{trimmed_etag(response.header("etag")), to_lower(trim(response.header("x-rf-content-sha256")))};
    if (!is_sha256(marks.sha256)) marks.sha256.clear();
    return marks;
}

/// One download with the checks around it.
class Attempt {
public:
    Attempt(const VersionMarks& announced, bool is_etag_opaque) : before_(announced), is_opaque_(is_etag_opaque) {}

    void arrived(net::Response response) {
        sent_ = marks_of(response);
        is_close_delimited_ = response.is_close_delimited;
        body_ = std::move(response.body);
        hash_ = sha256_hex(body_);
    }
    /// The GET's own hash header says that its body is damaged.
    [[nodiscard]] bool is_damaged() const { return !sent_.sha256.empty() && sent_.sha256 != hash_; }
    /// It is what `marks` announce by a hash.
    [[nodiscard]] bool is_announced_by(const VersionMarks& marks) const { return hash_in(marks) == hash_; }
    /// No hash was sent: all that can be asked is that nothing changed meanwhile.
    [[nodiscard]] bool is_same_version(const VersionMarks& after) const {
        return hash_in(before_).empty() && hash_in(after).empty() && before_.etag == after.etag;
    }
    /// The GET vouches for its own body, whatever HEAD says by now.
    [[nodiscard]] bool is_self_consistent() const { return !sent_.sha256.empty() && sent_.sha256 == hash_; }
    /// The same body came twice under an ETag that did not change: the ETag is no hash of the body.
    [[nodiscard]] bool is_etag_no_hash(const VersionMarks& after, const std::string& previous_hash) const {
        return before_.sha256.empty() && after.sha256.empty() && before_.etag == after.etag && hash_ == previous_hash;
    }
    [[nodiscard]] bool is_close_delimited() const noexcept { return is_close_delimited_; }
    [[nodiscard]] const VersionMarks& before() const noexcept { return before_; }
    [[nodiscard]] const VersionMarks& sent() const noexcept { return sent_; }
    [[nodiscard]] const std::string& hash() const noexcept { return hash_; }
    [[nodiscard]] std::size_t size() const noexcept { return body_.size(); }
    [[nodiscard]] std::string take_body() { return std::move(body_); }

private:
    [[nodiscard]] std::string hash_in(const VersionMarks& marks) const {
        if (!marks.sha256.empty()) return marks.sha256;
        const std::string etag = to_lower(marks.etag);
        return !is_opaque_ && is_sha256(etag) ? etag : std::string{};
    }

    VersionMarks before_, sent_;
    bool is_opaque_;
    bool is_close_delimited_ = false;
    std::string body_, hash_;
};

/// The steps of download_checked with what they share.
class Downloader {
public:
    Downloader(RfClient& client, const RfResource& resource, const DownloadRule& rule, const std::stop_token& stop)
        : client_(client), resource_(resource), rule_(rule), stop_(stop) {}

    Result<Download> run(VersionMarks before) {
        std::string previous_hash;
        for (int downloads = 1; downloads <= k_most_downloads; ++downloads) {
            Attempt attempt(before, rule_.is_etag_opaque);
            CORDON_TRY_ASSIGN(net::Response response, client_.send("GET", resource_, rule_.most_bytes, stop_));
            attempt.arrived(std::move(response));
            bytes_ += attempt.size();
            if (!attempt.is_damaged() && attempt.is_announced_by(before)) return accept(attempt, before.etag);

            CORDON_TRY_ASSIGN(VersionMarks after, read_marks(client_, resource_, stop_));
            if (!attempt.is_damaged()) {
                if (attempt.is_announced_by(after)) return accept(attempt, after.etag);
                if (attempt.is_self_consistent()) return accept(attempt, attempt.sent().etag);
                if (attempt.is_same_version(after)) return accept_by_etag(attempt);
                if (attempt.is_etag_no_hash(after, previous_hash)) return accept_opaque(attempt);
            }
            previous_hash = attempt.is_damaged() ? std::string{} : attempt.hash();
            before = std::move(after);
        }
        return fail(Code::corrupt, fmt::format("what arrived is not what was announced (hash or ETag differ) in {} "
                                               "downloads: it is torn or changes too fast, try again later",
                                               k_most_downloads));
    }

private:
    /// A hash vouches for the body.
    Download accept(Attempt& attempt, const std::string& etag) {
        return {attempt.take_body(), {etag, attempt.hash(), false}, bytes_, true, {}};
    }

    /// No hash does: only HTTP's own framing can tell that the body is whole.
    Download accept_unhashed(Attempt& attempt) {
        Download download = accept(attempt, attempt.before().etag);
        download.is_end_certain = !attempt.is_close_delimited();
        return download;
    }

    Download accept_by_etag(Attempt& attempt) {
        Download download = accept_unhashed(attempt);
        if (download.version.etag.empty()) {
            download.warnings.emplace_back(
                "the provider sends neither ETag nor hash: the file is downloaded every time");
        }
        return download;
    }

    Download accept_opaque(Attempt& attempt) {
        Download download = accept_unhashed(attempt);
        download.version.is_etag_opaque = true;
        download.warnings.emplace_back(
            "the ETag is not the hash of the file, which arrived the same twice; it is only compared from now on");
        return download;
    }

    RfClient& client_;
    const RfResource& resource_;
    const DownloadRule& rule_;
    const std::stop_token& stop_;
    std::uint64_t bytes_ = 0;
};

}  // namespace

Result<VersionMarks> read_marks(RfClient& client, const RfResource& resource, const std::stop_token& stop,
                                Effort effort) {
    CORDON_TRY_ASSIGN(const net::Response response, client.send("HEAD", resource, k_head_bytes, stop, effort));
    return marks_of(response);
}

bool is_still(const VersionMarks& announced, const FeedVersion& last) noexcept {
    if (!announced.sha256.empty()) return announced.sha256 == last.content_sha256;
    return !announced.etag.empty() && announced.etag == last.etag;
}

Result<Download> download_checked(RfClient& client, const RfResource& resource, VersionMarks announced,
                                  const DownloadRule& rule, const std::stop_token& stop) {
    return Downloader(client, resource, rule, stop).run(std::move(announced));
}

}  // namespace cordon::feeds
