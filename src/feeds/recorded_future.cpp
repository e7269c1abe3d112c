#include "feeds/recorded_future.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "base/text.hpp"
#include "feeds/parse_feed.hpp"
#include "feeds/recorded_future_client.hpp"
#include "feeds/recorded_future_download.hpp"
#include "feeds/recorded_future_rules.hpp"

namespace cordon::feeds {
namespace {

class RecordedFuture final : public Feed {
public:
    RecordedFuture(RfList list, const RfAccount& account, std::unique_ptr<net::HttpClient> http, Clock& clock,
                   net::RetryRule retry, std::mt19937_64 random)
        : list_(std::move(list)),
          resource_(resource_of(list_)),
          most_bytes_(account.max_feed_bytes),
          clock_(clock),
          client_(std::move(http), account, clock, retry, random) {}

    const std::string& name() const noexcept override { return list_.section; }
    std::string source() const override { return "Recorded Future " + resource_.what; }
    core::EntityType entity() const noexcept override { return list_.entity; }
    int default_risk() const noexcept override { return risk_of_unrated(list_); }
    std::map<std::string, std::uint64_t> calls() const override { return client_.calls(); }
    core::TroublesByEndpoint troubles() const override { return client_.troubles(); }
    std::string cloud() const override { return "recorded_future"; }

    Result<Fetched> fetch(const std::optional<FeedVersion>& last, const std::stop_token& stop) override {
        auto fetched = fetch_list(last, stop);
        if (!fetched) {
            return fail(fetched.error().code, fmt::format("{}: {}", source(), fetched.error().message));
        }
        return fetched;
    }

    Result<bool> has_changed(const FeedVersion& last, const std::stop_token& stop) override {
        CORDON_TRY_ASSIGN(const VersionMarks announced, read_marks(client_, resource_, stop, Effort::glance));
        return !is_still(announced, last);
    }

    std::vector<CheckFinding> check(const std::stop_token& stop) override {
        const auto finding_of = [this](const Result<void>& result) {
            return CheckFinding{!result.has_value(),
                                fmt::format("[{}] {}: {}", name(), source(),
                                            result ? "token, entitlement and path are good" : result.error().message)};
        };
        if (const auto rule = check_rule(stop); !rule) return {finding_of(rule)};
        const auto marks = read_marks(client_, resource_, stop);
        return {finding_of(marks ? Result<void>{} : Result<void>{fail(marks.error())})};
    }

private:
    Result<Fetched> fetch_list(const std::optional<FeedVersion>& last, const std::stop_token& stop) {
        CORDON_TRY(check_rule(stop));
        CORDON_TRY_ASSIGN(const VersionMarks announced, read_marks(client_, resource_, stop));
        Fetched fetched;
        if (last && is_still(announced, *last)) {
            fetched.is_unchanged = true;
            fetched.version = *last;
            if (!announced.etag.empty()) fetched.version.etag = announced.etag;
            return fetched;
        }
        const bool was_opaque = last && last->is_etag_opaque;
        const DownloadRule rule{is_connect() || was_opaque, most_bytes_};
        CORDON_TRY_ASSIGN(Download download, download_checked(client_, resource_, announced, rule, stop));
        CORDON_TRY_ASSIGN(Parsed parsed,
                          parse_feed(std::move(download.body), {list_.entity, list_.min_valid_share, most_bytes_,
                                                                download.is_end_certain, clock_.now()}));
        fetched.version = std::move(download.version);
        fetched.version.is_etag_opaque = fetched.version.is_etag_opaque || was_opaque;
        fetched.indicators = std::move(parsed.indicators);
        fetched.bytes = download.bytes;
        fetched.invalid_rows = parsed.invalid_rows;
        fetched.warnings = std::move(download.warnings);
        fetched.warnings.insert(fetched.warnings.end(), parsed.warnings.begin(), parsed.warnings.end());
        return fetched;
    }

    /// The default list would be served silently for a rule that does not exist (recorded-future-api.md
    /// 1.5), and a rule may be withdrawn at any time: asked before each fetch.
    Result<void> check_rule(const std::stop_token& stop) {
        if (!is_connect()) return {};
        return check_rule_name(client_, list_.entity, list_.list, stop);
    }

    [[nodiscard]] bool is_connect() const noexcept { return list_.fusion_file.empty(); }

    RfList list_;
    RfResource resource_;
    std::size_t most_bytes_;
    Clock& clock_;
    RfClient client_;
};

}  // namespace

Result<std::unique_ptr<Feed>> make_recorded_future(RfList list, const RfAccount& account,
                                                   std::unique_ptr<net::HttpClient> http, Clock& clock,
                                                   net::RetryRule retry, std::mt19937_64 random) {
    CORDON_TRY(check_together(account, list));
    return std::make_unique<RecordedFuture>(std::move(list), account, std::move(http), clock, retry, random);
}

}  // namespace cordon::feeds
