#include "feeds/falcon.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "base/digest.hpp"
#include "base/text.hpp"
#include "feeds/parse/rows.hpp"

namespace cordon::feeds {
namespace {

/// "KnownGood" names "DomainType/KnownGood" and "ThreatType/KnownGood".
bool is_named(std::string_view tag, std::string_view name) noexcept {
    if (equals_ignoring_case(tag, name)) return true;
    return equals_ignoring_case(tag.substr(std::min(tag.rfind('/'), tag.size() - 1) + 1), name);
}

bool has_any(const std::vector<std::string_view>& tags, std::string_view prefix,
             const std::vector<std::string>& names) {
    return std::any_of(tags.begin(), tags.end(), [&](std::string_view tag) {
        if (!tag.starts_with(prefix)) return false;
        const auto name = tag.substr(prefix.size());
        return std::any_of(names.begin(), names.end(),
                           [&](const std::string& wanted) { return equals_ignoring_case(name, wanted); });
    });
}

/// What says most about an indicator, for reports.
void describe(std::string_view tags, std::string& description) {
    std::vector<std::string_view> names;
    for (const auto tag : split(tags, '\n')) {
        for (const std::string_view prefix : {"Malware/", "Actor/", "ThreatType/"}) {
            if (tag.starts_with(prefix)) names.push_back(tag.substr(prefix.size()));
        }
    }
    join_rules(names, description);
}

/// Of everything that the list is made of: equal sets have equal digests.
std::string digest_of(const core::IndicatorSet& indicators) {
    Sha256 digest;
    for (std::size_t i = 0; i < indicators.size(); ++i) {
        const auto row = indicators[i];
        digest.update(fmt::format("{}\n{}\n{}\n{}\n", row.value, row.risk.value_or(-1),
                                  row.last_seen ? row.last_seen->time_since_epoch().count() : 0, row.rules));
    }
    return digest.hex();
}

class Falcon final : public Feed {
public:
    Falcon(FalconList list, std::shared_ptr<FalconPull> pull, Clock& clock, const LocalState& local,
           std::size_t most_entries)
        : list_(std::move(list)), pull_(std::move(pull)), clock_(clock), local_(local), most_entries_(most_entries) {
        for (const auto& stream : streams()) pull_->want(stream, list_.min_confidence);
        counts_calls_ = pull_->join();
    }

    const std::string& name() const noexcept override { return list_.section; }
    std::string source() const override {
        std::vector<std::string> types;
        for (const auto type : list_.types) types.emplace_back(name_of(type));
        return fmt::format("CrowdStrike indicators ({})", join(types, ", "));
    }
    core::EntityType entity() const noexcept override { return entity_of(list_); }
    int default_risk() const noexcept override { return risk_of(list_.min_confidence); }
    std::string cloud() const override { return "crowdstrike"; }
    /// The account's, told once.
    std::map<std::string, std::uint64_t> calls() const override {
        return counts_calls_ ? pull_->calls() : std::map<std::string, std::uint64_t>{};
    }

    core::TroublesByEndpoint troubles() const override {
        return counts_calls_ ? pull_->troubles() : core::TroublesByEndpoint{};
    }

    Result<Fetched> fetch(const std::optional<FeedVersion>& last, const std::stop_token& stop) override {
        auto pulled = pull_->refresh(streams(), stop);
        if (!pulled) return fail(pulled.error().code, fmt::format("{}: {}", source(), pulled.error().message));
        Fetched fetched;
        CORDON_TRY(select(fetched));
        if (fetched.indicators.empty()) {
            return fail(
                Code::corrupt,
                fmt::format("{}: the account has no indicator that [{}] wants; check types, min_confidence and the "
                            "filters",
                            source(), name()));
        }
        fetched.version.content_sha256 = digest_of(fetched.indicators);
        const bool was_whole = last && !last->is_partial;  // reading everything again takes nothing from it
        CORDON_TRY_ASSIGN(const bool has_more, pull_->has_more(streams(), list_.min_confidence));
        fetched.version.is_partial = has_more && !was_whole;
        fetched.is_unchanged = last == fetched.version;
        fetched.warnings = pulled->warnings;
        if (counts_calls_) {
            fetched.bytes = pulled->bytes;
            fetched.invalid_rows = pulled->invalid_rows;
        }
        return fetched;
    }

    /// An account changes by the minute, and there is no HEAD for it (crowdstrike-intel-api.md 6).
    Result<bool> has_changed(const FeedVersion&, const std::stop_token&) override { return false; }

    std::vector<CheckFinding> check(const std::stop_token& stop) override {
        const auto tried = pull_->try_out(stop);
        return {
            {!tried.has_value(), fmt::format("[{}] {}: {}", name(), source(),
                                             tried ? "credentials, scope and cloud are good" : tried.error().message)}};
    }

private:
    Result<void> select(Fetched& fetched) const {
        for (const auto type : list_.types) CORDON_TRY(select_type(type, fetched));
        return {};
    }

    [[nodiscard]] std::vector<FalconStream> streams() const {
        std::vector<FalconStream> streams;
        for (const auto type : list_.types) streams.push_back({type, list_.filter});
        return streams;
    }

    /// Of one type: up to twice what the list takes. Where the filters drop more than half of the rows, it reads on
    /// until there are enough.
    Result<void> select_type(FalconType type, Fetched& fetched) const {
        core::MirrorQuery query;
        query.stream = pull_->name_of({type, list_.filter});
        query.least = list_.min_confidence;
        const auto max_age = list_.max_age[static_cast<std::size_t>(type)];
        if (max_age.count() > 0) query.not_before = std::chrono::floor<std::chrono::seconds>(clock_.now()) - max_age;
        const auto most_read = 2 * most_entries_;
        std::size_t read = 0, taken = 0;
        std::string rules;
        return local_.mirror->read_mirror(query, [&](const core::MirrorRow& row) {
            ++read;
            if (is_wanted(list_, row.tags)) {
                describe(row.tags, rules);
                fetched.indicators.append({row.value, risk_of(row.confidence), row.last_updated, rules});
                ++taken;
            } else {
                ++fetched.left_out;
            }
            return read < most_read || taken < most_entries_;
        });
    }

    FalconList list_;
    std::shared_ptr<FalconPull> pull_;
    Clock& clock_;
    const LocalState& local_;
    std::size_t most_entries_;
    bool counts_calls_ = false;
};

}  // namespace

bool is_wanted(const FalconList& list, std::string_view tags) {
    const auto names = tags.empty() ? std::vector<std::string_view>{} : split(tags, '\n');
    for (const auto tag : names) {
        const auto is_excluded = [&](const std::string& label) { return is_named(tag, label); };
        if (std::any_of(list.exclude_labels.begin(), list.exclude_labels.end(), is_excluded)) return false;
    }
    const auto passes = [&](std::string_view prefix, const std::vector<std::string>& wanted) {
        return wanted.empty() || has_any(names, prefix, wanted);
    };
    return passes("Malware/", list.malware_families) && passes("ThreatType/", list.threat_types) &&
           passes("Actor/", list.actors) && passes("KillChain/", list.kill_chains);
}

int risk_of(core::Confidence confidence) noexcept {
    switch (confidence) {
        case core::Confidence::high: return 85;
        case core::Confidence::medium: return 60;
        case core::Confidence::low: return 30;
        case core::Confidence::unverified: return 10;
    }
    return 0;
}

Result<std::unique_ptr<Feed>> make_falcon(FalconList list, const FalconAccount& account,
                                          std::shared_ptr<FalconPull> pull, Clock& clock, const LocalState& local,
                                          std::size_t most_entries) {
    CORDON_TRY(check_together(account, list));
    return std::make_unique<Falcon>(std::move(list), std::move(pull), clock, local, most_entries);
}

}  // namespace cordon::feeds
