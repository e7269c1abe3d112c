#include "feeds/falcon_pull.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "base/log.hpp"
#include "base/text.hpp"
#include "feeds/falcon_errors.hpp"

namespace cordon::feeds {
namespace {

constexpr const char* k_path = "/intel/combined/indicators/v1";
/// Rows of one transaction: few enough for memory, many enough that the mirror's index is written once for them.
constexpr std::size_t k_rows_a_step = 40'000;
constexpr std::size_t k_least_page = 500;  // smaller pages are not what a refusal is about
constexpr int k_most_torn_pages = 3;
constexpr int k_most_attempts = 5;
constexpr int k_attempts_a_size = 2;  // before a smaller page is asked for

constexpr std::array<const char*, core::k_confidence_count> k_confidence_names = {"unverified", "low", "medium", "high"};

const char* name_of(core::Confidence confidence) noexcept { return k_confidence_names[static_cast<std::size_t>(confidence)]; }

std::string filter_of(const FalconStream& stream) {
    const auto type = fmt::format("type:'{}'", name_of(stream.type));
    return stream.filter.empty() ? type : fmt::format("{}+({})", type, stream.filter);
}

/// A host or path other than our own would get the token (crowdstrike-intel-api.md 13: data-prepper).
Result<std::string> checked_next_page(std::string_view next, const std::string& origin) {
    std::string target(trim(next));
    if (target.starts_with(origin + "/")) target.erase(0, origin.size());
    const bool is_ours = target.starts_with(std::string(k_path) + "?") && target.find_first_of(" \t\r\n\\#") == std::string::npos;
    if (is_ours) return target;
    return fail(Code::corrupt, fmt::format("CrowdStrike's Next-Page leads elsewhere ({}); it is not followed",
                                           printable(net::displayable(target))));
}

}  // namespace

std::string name_of(const FalconStream& stream) {
    return stream.filter.empty() ? fmt::format("falcon {}", name_of(stream.type))
                                 : fmt::format("falcon {} {}", name_of(stream.type), stream.filter);
}

FalconPull::FalconPull(std::unique_ptr<net::HttpClient> http, const FalconAccount& account, Clock& clock, net::RetryRule retry,
                       std::mt19937_64 random, const LocalState& local)
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

Result<FalconPull::Outcome> FalconPull::refresh(const std::stop_token& stop) {
    const std::lock_guard lock(mutex_);
    if (!refreshed_) {
        refreshed_ = pull(stop);
        client_.revoke({});
    }
    return *refreshed_;
}

Result<void> FalconPull::try_out(const std::stop_token& stop) {
    const std::lock_guard lock(mutex_);
    const auto stream = wanted_.empty() ? FalconStream{} : wanted_.begin()->first;
    const auto answer = client_.get(fmt::format("{}?filter={}&include_relations=false&limit=1", k_path,
                                                net::percent_encode(filter_of(stream))),
                                    k_most_attempts, *local_.budget, stop);
    client_.revoke({});
    return answer ? Result<void>{} : Result<void>{fail(answer.error())};
}

std::map<std::string, std::uint64_t> FalconPull::calls() const {
    const std::lock_guard lock(mutex_);
    return client_.calls();
}

Result<FalconPull::Outcome> FalconPull::pull(const std::stop_token& stop) {
    outcome_ = {};
    history_until_ = clock_.now() + account_.history_time;
    for (const auto& [stream, least] : wanted_) CORDON_TRY(pull_stream(stream, least, stop));
    return outcome_;
}

Result<void> FalconPull::pull_stream(const FalconStream& stream, core::Confidence least, const std::stop_token& stop) {
    const auto name = name_of(stream);
    CORDON_TRY_ASSIGN(auto progress, local_.mirror->mirror_progress(name));
    if (progress.newest.empty()) {
        CORDON_TRY_ASSIGN(const auto newest, find_newest(stream, stop));
        if (newest.empty()) return {};  // the account has none of this type
        CORDON_TRY(local_.mirror->take_mirror_step(name, {std::nullopt, "", newest, false}, {}, clock_.now()));
    } else {
        CORDON_TRY(follow_changes(stream, stop));
    }
    const bool is_due = account_.resync_every.count() > 0 && progress.passes_began &&
                        clock_.now() - *progress.passes_began >= account_.resync_every;
    if (is_due) CORDON_TRY(local_.mirror->restart_mirror(name, clock_.now()));
    return read_history(stream, least, stop);
}

/// The marker of the newest row, from where the changes are followed.
Result<std::string> FalconPull::find_newest(const FalconStream& stream, const std::stop_token& stop) {
    const auto target = fmt::format("{}?filter={}&include_deleted=true&include_relations=false&limit=1&sort=_marker.desc", k_path,
                                    net::percent_encode(filter_of(stream)));
    auto response = client_.get(target, k_most_attempts, *local_.budget, stop);
    if (!response) return fail(response.error());
    core::MirrorRows rows;
    CORDON_TRY_ASSIGN(const auto page, reader_.read(response->body, name_of(stream.type), rows));
    return page.first_marker;
}

Result<void> FalconPull::follow_changes(const FalconStream& stream, const std::stop_token& stop) {
    Walk changes;
    changes.stream = stream;
    changes.name = name_of(stream);
    CORDON_TRY_ASSIGN(const auto progress, local_.mirror->mirror_progress(changes.name));
    changes.cursor = progress.newest;
    changes.reached = progress.newest;
    return walk(changes, std::nullopt, stop);
}

Result<void> FalconPull::read_history(const FalconStream& stream, core::Confidence least, const std::stop_token& stop) {
    const auto name = name_of(stream);
    bool has_walked = false;
    for (auto i = core::k_confidence_count; i-- > static_cast<std::size_t>(least);) {
        CORDON_TRY_ASSIGN(const auto progress, local_.mirror->mirror_progress(name));
        if (progress.passes[i].is_complete) continue;
        Walk pass;
        pass.stream = stream;
        pass.name = name;
        pass.pass = static_cast<core::Confidence>(i);
        pass.cursor = progress.passes[i].oldest;
        pass.reached = pass.cursor;
        CORDON_TRY(walk(pass, history_until_, stop));
        has_walked = true;
        if (pass.is_at_end) continue;
        outcome_.is_history_complete = false;
        outcome_.warnings.push_back(fmt::format("the account's older {} indicators ({} confidence) are still being read; the next run "
                                                "goes on where this one ended",
                                                name_of(stream.type), name_of(*pass.pass)));
        break;
    }
    return has_walked ? follow_changes(stream, stop) : Result<void>{};
}

/// Pages until the end, or until the time is over, stored step by step.
Result<void> FalconPull::walk(Walk& walk, std::optional<Time> until, const std::stop_token& stop) {
    while (!walk.is_at_end) {
        auto taken = take_next_page(walk, stop);
        if (!taken) {
            CORDON_TRY(store_rows(walk));  // what came before the failure is good
            return taken;
        }
        const bool is_over = until && clock_.now() >= *until;
        if (walk.is_at_end || is_over || walk.rows.size() >= k_rows_a_step) CORDON_TRY(store_rows(walk));
        if (is_over) break;
    }
    return {};
}

Result<void> FalconPull::take_next_page(Walk& walk, const std::stop_token& stop) {
    const auto before = walk.reached;
    for (int attempt = 1;; ++attempt) {
        CORDON_TRY_ASSIGN(auto response, ask(walk, stop));
        const auto asked_for = page_size_;
        outcome_.bytes += response.body.size();
        const std::string next(response.header("next-page"));
        const auto taken_before = walk.rows.size();
        auto page = reader_.read(response.body, name_of(walk.stream.type), walk.rows);
        if (!page) {
            if (attempt < k_most_torn_pages && page.error().code == Code::corrupt) continue;
            return fail(page.error().code, fmt::format("GET {}{}: {}", client_.origin(), k_path, page.error().message));
        }
        outcome_.records += page->rows;
        outcome_.invalid_rows += page->invalid_rows;
        if (page->rows == 0) {
            // Nothing, yet more to come: that is not the end, and no way on either.
            if (!next.empty()) return fail(Code::corrupt, fmt::format("GET {}{}: an empty page that another shall follow", client_.origin(), k_path));
            walk.is_at_end = true;
            return {};
        }
        const bool advances = before.empty() || (walk.pass ? page->last_marker < before : page->last_marker > before);
        if (!advances) {
            walk.rows.truncate(taken_before);
            return fail(Code::corrupt, fmt::format("GET {}{}: the page repeats what came before", client_.origin(), k_path));
        }
        walk.reached = page->last_marker;
        walk.is_at_end = next.empty() && page->rows < asked_for;
        walk.next_page.clear();
        if (next.empty()) return {};
        CORDON_TRY_ASSIGN(walk.next_page, checked_next_page(next, client_.origin()));
        return {};
    }
}

/// A page, smaller where the service does not take its size.
Result<net::Response> FalconPull::ask(const Walk& walk, const std::stop_token& stop) {
    bool follows = !walk.next_page.empty();
    for (;;) {
        const bool may_shrink = page_size_ / 2 >= k_least_page;
        auto response = client_.get(follows ? walk.next_page : target_of(walk), may_shrink ? k_attempts_a_size : k_most_attempts,
                                    *local_.budget, stop);
        if (response) return response;
        const bool is_too_large = response.error().code == Code::invalid || response.error().code == Code::unreachable;
        if (!may_shrink || !is_too_large) return response;
        page_size_ /= 2;
        follows = false;
        log_debug(fmt::format("{}; asking for {} at a time", response.error().message, page_size_));
    }
}

/// The query, parameters in alphabetical order as the service itself writes them.
std::string FalconPull::target_of(const Walk& walk) const {
    std::string filter = filter_of(walk.stream);
    if (walk.pass) filter += fmt::format("+malicious_confidence:'{}'", name_of(*walk.pass));
    if (!walk.reached.empty()) filter += fmt::format("+_marker:{}'{}'", walk.pass ? '<' : '>', walk.reached);
    return fmt::format("{}?filter={}&include_deleted={}&include_relations=false&limit={}&sort=_marker.{}", k_path,
                       net::percent_encode(filter), walk.pass ? "false" : "true", page_size_, walk.pass ? "desc" : "asc");
}

Result<void> FalconPull::store_rows(Walk& walk) {
    if (walk.reached == walk.cursor && !(walk.pass && walk.is_at_end)) return {};
    const bool is_last = walk.pass.has_value() && walk.is_at_end;
    CORDON_TRY_ASSIGN(const bool is_taken, local_.mirror->take_mirror_step(
                                               walk.name, {walk.pass, walk.cursor, walk.reached, is_last}, walk.rows, clock_.now()));
    if (!is_taken) {
        return fail(Code::blocked, "another cordon pulls this CrowdStrike account into the same state_dir; run again when it is done");
    }
    walk.cursor = walk.reached;
    walk.rows.clear();
    return {};
}

}  // namespace cordon::feeds
