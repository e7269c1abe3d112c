#include "feeds/falcon_pull.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "base/digest.hpp"
#include "base/log.hpp"
#include "base/text.hpp"
#include "feeds/falcon_next_page.hpp"

namespace cordon::feeds {
namespace {

constexpr std::size_t k_least_halved_page = 500;  // smaller pages are not what a refusal is about
constexpr int k_most_torn_pages = 3;
constexpr int k_most_restarts = 20;
/// Markers order rows by second, then by hash: a row of the newest second may come later and yet before the last.
constexpr std::chrono::seconds k_settling{60};
constexpr std::size_t k_second_digits = 10;

std::string filter_of(const FalconStream& stream) {
    const auto type = fmt::format("type:'{}'", feeds::name_of(stream.type));
    return stream.filter.empty() ? type : fmt::format("{}+({})", type, stream.filter);
}

/// From where the changes are followed later on, having come to `marker`: what is younger than a minute is read again.
std::string settled(const std::string& marker, Time now) {
    const auto second = parse_whole_number(std::string_view(marker).substr(0, k_second_digits));
    if (!second) return marker;
    const auto at = std::chrono::seconds(*second);
    if (at + k_settling < now.time_since_epoch() || at < k_settling) return marker;
    return fmt::format("{:010}", (at - k_settling).count());
}

/// All that is older than the first pull is there, down to that confidence.
bool is_whole(const core::MirrorProgress& progress, core::Confidence least) {
    const auto first_pass = progress.passes.begin() + static_cast<std::ptrdiff_t>(least);
    return std::all_of(first_pass, progress.passes.end(),
                       [](const core::MirrorPass& pass) { return pass.is_complete; });
}

}  // namespace

FalconPull::FalconPull(std::unique_ptr<net::HttpClient> http, const FalconAccount& account, Clock& clock,
                       net::RetryRule retry, std::mt19937_64 random, const LocalState& local)
    : account_(account),
      clock_(clock),
      local_(local),
      client_(std::move(http), account, clock, retry, random),
      page_size_(account.page_size) {}

bool FalconPull::join() {
    const std::lock_guard lock(mutex_);
    return lists_++ == 0;
}

void FalconPull::want(const FalconStream& stream, core::Confidence least) {
    const std::lock_guard lock(mutex_);
    const auto [known, is_new] = wanted_.emplace(stream, least);
    if (!is_new) known->second = std::min(known->second, least);
}

std::string FalconPull::name_of(const FalconStream& stream) const {
    const auto account =
        sha256_hex(fmt::format("{}\n{}", first_origin(account_), account_.client_id.reveal())).substr(0, 12);
    const auto name = fmt::format("falcon {} {}", account, feeds::name_of(stream.type));
    return stream.filter.empty() ? name : fmt::format("{} {}", name, stream.filter);
}

Result<FalconPull::Outcome> FalconPull::refresh(const std::vector<FalconStream>& streams, const std::stop_token& stop) {
    const std::lock_guard lock(mutex_);
    if (pulled_.empty()) {
        pull(stop);
        client_.revoke(stop);
    }
    for (const auto& stream : streams) CORDON_TRY(pulled_.at(stream));
    return outcome_;
}

Result<bool> FalconPull::has_more(const std::vector<FalconStream>& streams, core::Confidence least) const {
    for (const auto& stream : streams) {
        CORDON_TRY_ASSIGN(const auto progress, local_.mirror->mirror_progress(name_of(stream)));
        if (progress.newest.empty()) continue;  // the account has none of this type
        if (!is_whole(progress, least)) return true;
    }
    return false;
}

Result<void> FalconPull::try_out(const std::stop_token& stop) {
    const std::lock_guard lock(mutex_);
    const auto stream = wanted_.empty() ? FalconStream{} : wanted_.begin()->first;
    const auto answer = client_.get(fmt::format("{}?filter={}&include_relations=false&limit=1", k_falcon_indicators,
                                                net::percent_encode(filter_of(stream))),
                                    FalconClient::Oversize::is_error, *local_.budget, stop);
    client_.revoke(stop);
    return answer ? Result<void>{} : Result<void>{fail(answer.error())};
}

std::map<std::string, std::uint64_t> FalconPull::calls() const {
    const std::lock_guard lock(mutex_);
    return client_.calls();
}

core::TroublesByEndpoint FalconPull::troubles() const {
    const std::lock_guard lock(mutex_);
    return client_.troubles();
}

/// Each stream stands alone, but for what concerns the account: then the next one would fail alike.
void FalconPull::pull(const std::stop_token& stop) {
    history_until_ = clock_.now() + account_.history_time;
    std::optional<Error> of_account;
    for (const auto& [stream, least] : wanted_) {
        auto pulled = of_account ? Result<void>{fail(*of_account)} : pull_stream(stream, least, stop);
        if (!pulled && pulled.error().code != Code::invalid && pulled.error().code != Code::corrupt)
            of_account = pulled.error();
        pulled_.emplace(stream, std::move(pulled));
    }
}

Result<void> FalconPull::pull_stream(const FalconStream& stream, core::Confidence least, const std::stop_token& stop) {
    const auto name = name_of(stream);
    CORDON_TRY_ASSIGN(const auto progress, local_.mirror->mirror_progress(name));
    const bool is_first = progress.newest.empty();
    if (is_first) {
        CORDON_TRY_ASSIGN(const bool is_there, begin_stream(stream, stop));
        if (!is_there) return {};  // the account has none of this type
    } else {
        CORDON_TRY(follow_changes(stream, stop));
    }
    const bool is_due = is_whole(progress, least) && account_.resync_every.count() > 0 && progress.passes_began &&
                        clock_.now() - *progress.passes_began >= account_.resync_every;
    if (is_due) CORDON_TRY(local_.mirror->restart_mirror(name, clock_.now()));
    bool has_walked = false;
    auto history = read_history(stream, least, has_walked, stop);
    if (!history && (is_first || history.error().code == Code::cancelled)) return history;
    // A row that was touched while the history was read jumped behind the walk; where the end of a pass took it for
    // gone, the changes bring it back. Without them nobody may read the mirror.
    if (has_walked) CORDON_TRY(follow_changes(stream, stop));
    if (history) return {};
    // What is older can wait.
    outcome_.warnings.push_back(
        fmt::format("older indicators could not be read, the next run tries again: {}", history.error().message));
    return {};
}

/// Where the changes are followed from: the newest row. False where there is none.
Result<bool> FalconPull::begin_stream(const FalconStream& stream, const std::stop_token& stop) {
    const auto target =
        fmt::format("{}?filter={}&include_deleted=true&include_relations=false&limit=1&sort=_marker.desc",
                    k_falcon_indicators, net::percent_encode(filter_of(stream)));
    CORDON_TRY_ASSIGN(auto response, client_.get(target, FalconClient::Oversize::is_error, *local_.budget, stop));
    core::MirrorRows rows;
    CORDON_TRY_ASSIGN(const auto page, reader_.read(response.body, feeds::name_of(stream.type), rows));
    if (page.rows == 0 && page.total.value_or(0) != 0) {
        return fail(Code::corrupt, fmt::format("GET {}{}: an empty page of indicators that are said to be there",
                                               client_.origin(), k_falcon_indicators));
    }
    if (page.rows == 0) return false;
    const auto newest = settled(page.first_marker, clock_.now());
    CORDON_TRY(local_.mirror->take_mirror_step(name_of(stream), {std::nullopt, "", newest}, {}, clock_.now()));
    return true;
}

Result<void> FalconPull::follow_changes(const FalconStream& stream, const std::stop_token& stop) {
    if (!stream.filter.empty()) CORDON_TRY(drop_changed(stream, stop));
    Walk changes;
    changes.stream = stream;
    CORDON_TRY(begin(changes));
    return walk(changes, std::nullopt, stop);
}

/// What changed may fit the raw filter no more, and the filtered query never tells: it leaves the mirror, and comes
/// back with the changes where it still fits.
Result<void> FalconPull::drop_changed(const FalconStream& stream, const std::stop_token& stop) {
    Walk changed;
    changed.stream = stream;
    changed.drops = true;
    CORDON_TRY(begin(changed));
    return walk(changed, std::nullopt, stop);
}

Result<void> FalconPull::read_history(const FalconStream& stream, core::Confidence least, bool& has_walked,
                                      const std::stop_token& stop) {
    for (auto i = core::k_confidence_count; i-- > static_cast<std::size_t>(least);) {
        Walk pass;
        pass.stream = stream;
        pass.pass = static_cast<core::Confidence>(i);
        CORDON_TRY(begin(pass));
        if (pass.is_at_end) continue;
        has_walked = true;
        CORDON_TRY(walk(pass, history_until_, stop));
        if (pass.is_at_end) continue;
        outcome_.warnings.push_back(
            fmt::format("the account's older {} indicators ({} confidence) are still being read; the next run "
                        "goes on where this one ended",
                        feeds::name_of(stream.type), core::name_of(*pass.pass)));
        break;
    }
    return {};
}

/// Sets the walk to where the mirror stands.
Result<void> FalconPull::begin(Walk& walk) {
    walk.name = name_of(walk.stream);
    CORDON_TRY_ASSIGN(const auto progress, local_.mirror->mirror_progress(walk.name));
    walk.newest = progress.newest;
    walk.rows.clear();
    walk.next_page.clear();
    if (walk.pass) {
        const auto& pass = progress.passes[static_cast<std::size_t>(*walk.pass)];
        walk.cursor = pass.oldest;
        walk.is_at_end = pass.is_complete;
    } else {
        walk.cursor = progress.newest;
        walk.is_at_end = false;
    }
    walk.reached = walk.cursor;
    return {};
}

/// Pages until the end, or until the time is over, each stored with its cursor before the next is asked for.
Result<void> FalconPull::walk(Walk& walk, std::optional<Time> until, const std::stop_token& stop) {
    while (!walk.is_at_end) {
        CORDON_TRY(take_next_page(walk, stop));
        const bool is_over = until && clock_.now() >= *until;
        CORDON_TRY(store_rows(walk));
        if (is_over) break;
    }
    return {};
}

/// A page that is torn, or that a Next-Page led astray, is asked for again, built from the marker.
Result<void> FalconPull::take_next_page(Walk& walk, const std::stop_token& stop) {
    for (int attempt = 1;; ++attempt) {
        CORDON_TRY_ASSIGN(auto response, ask(walk, stop));
        outcome_.bytes += response.body.size();
        auto taken = take_page(walk, response);
        if (taken) return taken;
        if (attempt >= k_most_torn_pages || taken.error().code != Code::corrupt) {
            return fail(taken.error().code,
                        fmt::format("GET {}{}: {}", client_.origin(), k_falcon_indicators, taken.error().message));
        }
        walk.next_page.clear();
    }
}

/// The rows of one answer, and where the walk then stands. The end is where the service says that nothing is
/// left, or gives nothing: a short page alone may be its limit.
Result<void> FalconPull::take_page(Walk& walk, net::Response& response) {
    const std::string next(response.header("next-page"));
    const auto taken_before = walk.rows.size();
    CORDON_TRY_ASSIGN(const auto page, reader_.read(response.body, feeds::name_of(walk.stream.type), walk.rows));
    if (page.rows == 0) {
        if (!next.empty()) return fail(Code::corrupt, "an empty page that another shall follow");
        if (page.total.value_or(0) != 0)
            return fail(Code::corrupt, "an empty page of indicators that are said to be there");
        walk.is_at_end = true;
        walk.is_end_certain = page.total.has_value();
        return {};
    }
    const auto goes_on = [&](const std::string& from, const std::string& to) {
        return walk.pass ? to < from : to > from;
    };
    const bool advances = (walk.reached.empty() || goes_on(walk.reached, page.first_marker)) &&
                          (page.first_marker == page.last_marker || goes_on(page.first_marker, page.last_marker));
    if (!advances) {
        walk.rows.truncate(taken_before);
        return fail(Code::corrupt, "the page repeats what came before, or is in another order than was asked for");
    }
    std::string next_page;
    if (!next.empty()) {
        auto checked = checked_next_page(next, client_.origin());
        if (!checked) {
            walk.rows.truncate(taken_before);
            return fail(checked.error());
        }
        next_page = std::move(*checked);
    }
    outcome_.records += page.rows;
    outcome_.invalid_rows += page.invalid_rows;
    walk.reached = page.last_marker;
    walk.next_page = std::move(next_page);
    walk.is_at_end = next.empty() && page.total && *page.total <= page.rows;
    walk.is_end_certain = walk.is_at_end;
    return {};
}

/// A page, smaller where the service does not take its size.
Result<net::Response> FalconPull::ask(const Walk& walk, const std::stop_token& stop) {
    using Oversize = FalconClient::Oversize;
    bool follows = !walk.next_page.empty();
    for (;;) {
        const bool may_shrink = page_size_ / 2 >= k_least_halved_page;
        auto response = client_.get(follows ? walk.next_page : target_of(walk),
                                    may_shrink ? Oversize::is_answer : Oversize::is_error, *local_.budget, stop);
        if (!response || response->is_success()) return response;
        page_size_ /= 2;
        follows = false;
        log_wait(
            fmt::format("CrowdStrike answered {}; asking for {} indicators at a time", response->status, page_size_));
    }
}

/// The query, parameters in alphabetical order as the service itself writes them.
std::string FalconPull::target_of(const Walk& walk) const {
    std::string filter = filter_of(walk.drops ? FalconStream{walk.stream.type, ""} : walk.stream);
    if (walk.pass) filter += fmt::format("+malicious_confidence:'{}'", core::name_of(*walk.pass));
    if (!walk.reached.empty()) filter += fmt::format("+_marker:{}'{}'", walk.pass ? '<' : '>', walk.reached);
    return fmt::format("{}?filter={}&include_deleted={}&include_relations=false&limit={}&sort=_marker.{}",
                       k_falcon_indicators, net::percent_encode(filter), walk.pass ? "false" : "true", page_size_,
                       walk.pass ? "desc" : "asc");
}

/// Where another process was faster, the walk begins again from where the mirror then stands.
Result<void> FalconPull::store_rows(Walk& walk) {
    const bool is_last = walk.pass.has_value() && walk.is_at_end;
    if (walk.rows.empty() && walk.reached == walk.cursor && !is_last) return {};
    if (walk.drops) walk.rows.mark_deleted();
    const auto cursor = walk.drops  ? walk.cursor
                        : walk.pass ? walk.reached
                                    : std::max(walk.cursor, settled(walk.reached, clock_.now()));
    const core::MirrorStep step{walk.pass, walk.cursor, cursor, is_last, walk.newest, walk.is_end_certain};
    CORDON_TRY_ASSIGN(const bool is_taken, local_.mirror->take_mirror_step(walk.name, step, walk.rows, clock_.now()));
    if (is_taken) {
        walk.cursor = cursor;
        walk.rows.clear();
        return {};
    }
    if (++walk.restarts > k_most_restarts) {
        return fail(Code::blocked,
                    "another cordon pulls this CrowdStrike account into the same state_dir; run again when it is done");
    }
    return begin(walk);
}

}  // namespace cordon::feeds
