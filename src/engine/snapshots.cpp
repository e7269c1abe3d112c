#include "engine/snapshots.hpp"

#include <algorithm>
#include <atomic>
#include <exception>
#include <limits>
#include <thread>

#include <fmt/format.h>

#include "base/text.hpp"

namespace cordon::engine {
namespace {

using core::Outcome;

/// A suspicious snapshot lies under its own name beside the good ones, so that a stopped feed is not
/// downloaded again every hour.
std::string suspicious_name(const std::string& feed) {
    return feed + "#stopped";
}

/// The version with its source, one a line: a section that names another file has no snapshot of that one.
std::string packed(const feeds::FeedVersion& version, std::string source) {
    std::replace(source.begin(), source.end(), '\n', ' ');
    return fmt::format("{}\n{}\n{}\n{}\n{}", version.etag, version.content_sha256, version.is_etag_opaque ? 1 : 0,
                       version.is_partial ? 1 : 0, source);
}

feeds::FeedVersion unpacked(const std::string& text) {
    const auto parts = split(text, '\n');
    feeds::FeedVersion version;
    if (parts.size() < 3) return version;
    version.etag = parts[0];
    version.content_sha256 = parts[1];
    version.is_etag_opaque = parts[2] == "1";
    version.is_partial = parts.size() > 3 && parts[3] == "1";  // older stores have no such line
    return version;
}

/// Where it came from; "" where an older store did not note it.
std::string source_of(const store::Snapshot& snapshot) {
    const auto parts = split(snapshot.version, '\n');
    return parts.size() > 4 ? std::string(parts[4]) : std::string{};
}

bool is_from(const store::Snapshot& snapshot, const feeds::Feed& feed) {
    const auto source = source_of(snapshot);
    return source.empty() || source == feed.source();
}

/// What the store holds of a feed before the fetch.
struct Kept {
    std::vector<store::Snapshot> good;          // newest first
    std::optional<store::Snapshot> suspicious;  // only where newer than the newest good one

    /// nullptr where nothing is kept.
    [[nodiscard]] const store::Snapshot* newest() const {
        if (suspicious) return &*suspicious;
        return good.empty() ? nullptr : &good.front();
    }
};

Result<std::optional<store::Snapshot>> newest_snapshot(const std::string& name, store::Store& store) {
    CORDON_TRY_ASSIGN(auto snapshots, store.snapshots(name));
    if (snapshots.empty()) return std::nullopt;
    return std::optional(std::move(snapshots.front()));
}

Result<Kept> kept_of(const std::string& feed, store::Store& store) {
    Kept kept;
    CORDON_TRY_ASSIGN(kept.good, store.snapshots(feed));
    CORDON_TRY_ASSIGN(kept.suspicious, newest_snapshot(suspicious_name(feed), store));
    const bool is_overtaken =
        kept.suspicious && !kept.good.empty() && kept.suspicious->confirmed_at <= kept.good.front().confirmed_at;
    if (is_overtaken) kept.suspicious.reset();
    return kept;
}

std::optional<feeds::FeedVersion> version_of(const store::Snapshot* snapshot, const feeds::Feed& feed) {
    if (snapshot == nullptr || !is_from(*snapshot, feed)) return std::nullopt;
    return unpacked(snapshot->version);
}

/// Its kept version stands in this run, and nobody is asked.
bool is_resting(const FeedSection& section, const Kept& kept, const Fetching& fetching) {
    return fetching.resting.contains(section.section) && version_of(kept.newest(), *section.feed).has_value();
}

Result<feeds::Fetched> fetch_one(const FeedSection& section, const Kept& kept, const Fetching& fetching,
                                 const std::stop_token& stop) {
    const auto last = version_of(kept.newest(), *section.feed);
    if (!is_resting(section, kept, fetching)) return section.feed->fetch(last, stop);
    feeds::Fetched same;
    same.is_unchanged = true;
    same.version = *last;
    return same;
}

/// Runs every fetch on a small pool; each feed belongs to one thread. What one throws is thrown here, when all ended.
std::vector<Result<feeds::Fetched>> fetch_all(std::span<const FeedSection> sections, std::span<const Kept> kept,
                                              const std::stop_token& stop, const Fetching& fetching) {
    std::vector<Result<feeds::Fetched>> fetched;
    for (std::size_t i = 0; i < sections.size(); ++i) {
        fetched.emplace_back(fail(Code::cancelled, "stopped before it was fetched"));
    }
    std::vector<std::exception_ptr> thrown(sections.size());
    std::atomic<std::size_t> next = 0;
    const auto work = [&] {
        for (std::size_t i = next++; i < sections.size(); i = next++) {
            if (stop.stop_requested()) return;
            try {
                fetched[i] = fetch_one(sections[i], kept[i], fetching, stop);
            } catch (...) {
                thrown[i] = std::current_exception();
                next = sections.size();
            }
        }
    };
    std::vector<std::jthread> pool;
    for (std::size_t i = 1; i < std::min(fetching.at_once, sections.size()); ++i) pool.emplace_back(work);
    work();
    pool.clear();  // joins
    for (const auto& problem : thrown) {
        if (problem) std::rethrow_exception(problem);
    }
    return fetched;
}

/// One feed's way from what arrived to what the run uses.
class Intake {
public:
    Intake(const FeedSection& section, const Kept& kept, bool was_asked, const core::GuardRules& rules, Keeping keeping,
           store::Store& store, Time now, const std::stop_token& stop)
        : section_(section),
          kept_(kept),
          was_asked_(was_asked),
          rules_(rules),
          keeping_(keeping),
          store_(store),
          now_(now),
          stop_(stop) {}

    Result<FeedSnapshot> take(Result<feeds::Fetched> fetched) {
        snapshot_.report.feed = section_.section;
        snapshot_.report.source = section_.feed->source();
        snapshot_.report.was_asked = was_asked_;
        if (!fetched) {
            CORDON_TRY(fall_back(fetched.error()));
        } else if (!was_asked_ && is_too_old(*kept_.newest())) {
            CORDON_TRY(fall_back({Code::unreachable, "its turn to be asked has not come"}));
        } else if (fetched->is_unchanged) {
            CORDON_TRY(keep_current(*fetched));
        } else {
            CORDON_TRY(take_new(std::move(*fetched)));
        }
        snapshot_.report.indicators = snapshot_.indicators.size();
        return std::move(snapshot_);
    }

private:
    [[nodiscard]] bool is_too_old(const store::Snapshot& kept) const {
        return now_ - kept.confirmed_at > section_.list.stale_after;
    }

    Result<void> take_new(feeds::Fetched fetched) {
        auto& report = snapshot_.report;
        report.downloaded = true;
        note_rows(fetched);
        report.warnings = std::move(fetched.warnings);
        report.snapshot_at = now_;
        report.confirmed_at = now_;
        snapshot_.indicators = std::move(fetched.indicators);
        const bool is_the_good_one = !kept_.suspicious && version_of(kept_.newest(), *section_.feed) == fetched.version;
        if (!is_the_good_one) judge();
        if (keeping_ == Keeping::look_only) return {};
        store::Snapshot kept;
        kept.feed = snapshot_.stop ? suspicious_name(section_.section) : section_.section;
        kept.version = packed(fetched.version, section_.feed->source());
        kept.fetched_at = now_;
        kept.confirmed_at = now_;
        kept.indicators = snapshot_.indicators.size();
        return store_.save_snapshot(kept, snapshot_.indicators);
    }

    Result<void> keep_current(const feeds::Fetched& fetched) {
        auto loaded = store_.load_snapshot(*kept_.newest());
        if (!loaded) return fetch_again(loaded.error());
        auto& report = snapshot_.report;
        report.outcome = Outcome::unchanged;
        note_rows(fetched);
        report.warnings = fetched.warnings;
        report.snapshot_at = kept_.newest()->fetched_at;
        report.confirmed_at = was_asked_ ? now_ : kept_.newest()->confirmed_at;
        snapshot_.indicators = std::move(*loaded);
        if (kept_.suspicious) judge();
        if (keeping_ == Keeping::look_only || !was_asked_) return {};
        return store_.confirm_snapshot(kept_.newest()->feed, now_);
    }

    void note_rows(const feeds::Fetched& fetched) {
        snapshot_.report.invalid_rows = fetched.invalid_rows;
        snapshot_.report.left_out = fetched.left_out;
        snapshot_.report.bytes = fetched.bytes;
        snapshot_.is_partial = fetched.version.is_partial;
    }

    /// The provider says "unchanged", but our copy is damaged: the whole list is needed after all.
    Result<void> fetch_again(const Error& damage) {
        snapshot_.report.was_asked = true;
        auto fetched = section_.feed->fetch(std::nullopt, stop_);
        if (!fetched) return fall_back(fetched.error());
        fetched->warnings.push_back(damage.message + "; the list was downloaded again");
        return take_new(std::move(*fetched));
    }

    /// Design rule 2: the last complete snapshot stands in; past its age limit it brings nothing new.
    Result<void> fall_back(const Error& problem) {
        auto& report = snapshot_.report;
        report.outcome = problem.code == Code::cancelled ? Outcome::interrupted : Outcome::frozen;
        report.message = problem.message;
        snapshot_.is_expired = true;
        if (kept_.good.empty()) {
            report.message += "; no complete snapshot is kept yet, so it adds and removes nothing";
            return {};
        }
        const auto* good = load_newest_readable(snapshot_.indicators);
        if (good == nullptr) {
            report.message += "; every kept snapshot is damaged, so its list stays as it is";
            return {};
        }
        report.snapshot_at = good->fetched_at;
        report.confirmed_at = good->confirmed_at;
        snapshot_.is_partial = unpacked(good->version).is_partial;
        if (!is_from(*good, *section_.feed)) {
            report.message += fmt::format(
                "; the last complete snapshot is of another source ({}): nothing new comes from it and its entries "
                "stay",
                printable(source_of(*good)));
            return {};
        }
        const auto since = to_readable_utc(good->confirmed_at);
        if (is_too_old(*good)) {
            report.message += fmt::format(
                "; the last complete snapshot is from {}, older than stale_after = {}: "
                "nothing new comes from it and its entries stay",
                since, to_text(section_.list.stale_after));
            return {};
        }
        snapshot_.is_expired = false;
        if (report.outcome != Outcome::interrupted) report.outcome = Outcome::stale;
        report.message += fmt::format("; using the last complete snapshot, current at {}", since);
        return {};
    }

    /// The newest good snapshot that can be read; nullptr where none can.
    const store::Snapshot* load_newest_readable(core::IndicatorSet& indicators) {
        for (const auto& snapshot : kept_.good) {
            auto loaded = store_.load_snapshot(snapshot);
            if (loaded) {
                indicators = std::move(*loaded);
                return &snapshot;
            }
            snapshot_.report.warnings.push_back(loaded.error().message);
        }
        return nullptr;
    }

    /// Compares with the last good snapshot. Where none can be read any more, there is nothing to tell an
    /// accident by, so a person has to look.
    void judge() {
        if (kept_.good.empty()) return;
        core::IndicatorSet before;
        const auto* good = load_newest_readable(before);
        if (good == nullptr) {
            snapshot_.stop = core::GuardStop{
                core::GuardRule::removals, fmt::format("feed '{}'", section_.section),
                fmt::format(
                    "feed '{}' changed, and every kept snapshot of it is damaged, so the change cannot be judged",
                    section_.section)};
            return;
        }
        auto rules = rules_;
        if (unpacked(good->version).is_partial) rules.max_growth_share = std::numeric_limits<double>::infinity();
        const auto change = core::compare_snapshots(before, snapshot_.indicators);
        snapshot_.stop = core::check_snapshot(section_.section, change, rules);
    }

    const FeedSection& section_;
    const Kept& kept_;
    bool was_asked_;
    const core::GuardRules& rules_;
    Keeping keeping_;
    store::Store& store_;
    Time now_;
    const std::stop_token& stop_;
    FeedSnapshot snapshot_;
};

}  // namespace

Result<std::vector<FeedSnapshot>> fetch_snapshots(std::span<const FeedSection> sections, const core::GuardRules& rules,
                                                  Keeping keeping, store::Store& store, const Clock& clock,
                                                  const std::stop_token& stop, const Fetching& fetching) {
    std::vector<Kept> kept;
    for (const auto& section : sections) {
        CORDON_TRY_ASSIGN(auto one, kept_of(section.section, store));
        kept.push_back(std::move(one));
    }
    auto fetched = fetch_all(sections, kept, stop, fetching);
    std::vector<FeedSnapshot> snapshots;
    for (std::size_t i = 0; i < sections.size(); ++i) {
        const bool was_asked = !is_resting(sections[i], kept[i], fetching);
        Intake intake(sections[i], kept[i], was_asked, rules, keeping, store, clock.now(), stop);
        CORDON_TRY_ASSIGN(auto snapshot, intake.take(std::move(fetched[i])));
        snapshots.push_back(std::move(snapshot));
    }
    return snapshots;
}

Result<std::vector<std::string>> changed_feeds(std::span<const FeedSection> sections,
                                               const std::set<std::string>& asked, store::Store& store,
                                               const std::stop_token& stop) {
    std::vector<std::string> changed;
    for (const auto& section : sections) {
        if (!asked.contains(section.section) || stop.stop_requested()) continue;
        CORDON_TRY_ASSIGN(const auto kept, kept_of(section.section, store));
        const auto last = version_of(kept.newest(), *section.feed);
        if (last && section.feed->has_changed(*last, stop).value_or(false)) changed.push_back(section.section);
    }
    return changed;
}

Result<core::IndicatorSet> last_good_snapshot(const std::string& feed, store::Store& store,
                                              const store::RowFilter& takes) {
    CORDON_TRY_ASSIGN(const auto snapshot, newest_snapshot(feed, store));
    if (!snapshot) return core::IndicatorSet{};
    return store.load_rows(*snapshot, takes);
}

Result<void> accept_snapshot(const std::string& feed, const core::IndicatorSet& indicators, store::Store& store,
                             Time now) {
    CORDON_TRY_ASSIGN(auto snapshot, newest_snapshot(suspicious_name(feed), store));
    if (!snapshot) return {};
    snapshot->feed = feed;
    snapshot->confirmed_at = now;
    return store.save_snapshot(*snapshot, indicators);
}

}  // namespace cordon::engine
