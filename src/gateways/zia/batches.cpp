#include "gateways/zia/batches.hpp"

#include <algorithm>
#include <bit>
#include <utility>

#include <fmt/format.h>

#include "base/text.hpp"

namespace cordon::gateways::zia {
namespace {

/// Lost answers per list before we stop: each costs a time-out and a read.
constexpr int k_most_lost = 4;
/// A refusal that names nobody and "finds" more than this many bad entries is about something else, for
/// instance a capacity text that we do not know.
constexpr std::size_t k_most_unclear_suspects = 16;

bool is_about_entries(Cause cause) {
    return cause == Cause::bad_entries || cause == Cause::unclear;
}

/// A refused value whose words say something else, but which may name entries between its brackets.
bool may_name_entries(Cause cause) {
    return is_about_entries(cause) || cause == Cause::name || cause == Cause::other;
}

class Sender {
public:
    Sender(std::size_t batch_size, const SendBatch& send, const Search& search)
        : size_(std::max<std::size_t>(batch_size, 1)), send_(send), search_(search) {}

    BatchOutcome run(Batch changes) {
        deliver_all(changes);
        return std::move(outcome_);
    }

private:
    /// Cuts into batches of the size that holds by then.
    bool deliver_all(Batch changes) {
        while (!changes.empty()) {
            const auto batch = changes.first(std::min(size_, changes.size()));
            if (!deliver(batch)) return false;
            changes = changes.subspan(batch.size());
        }
        return true;
    }

    /// Sends a batch whatever it takes. False: stop, outcome_.failure says why.
    bool deliver(Batch batch) {
        if (batch.empty()) return true;
        const auto answer = send_(batch);
        if (answer) return accept(batch);
        const auto& error = answer.error();
        if (may_name_entries(error.cause)) {
            if (const auto rest = without_named(batch, error)) {
                return rest->empty() || (may_search() && deliver(*rest));
            }
        }
        if (is_about_entries(error.cause)) return find_offenders(batch, error);
        if (error.cause == Cause::too_large) return batch.size() > 1 ? deliver_halved(batch) : stop(error);
        if (error.cause == Cause::lost && ++lost_ < k_most_lost) {
            return error.is_timeout && batch.size() > 1 ? deliver_halved(batch) : deliver(batch);
        }
        return stop(error);
    }

    bool deliver_halved(Batch batch) {
        size_ = batch.size() / 2;  // also for what comes after this batch
        return deliver_all(batch);
    }

    bool find_offenders(Batch batch, const ApiError& error) {
        suspects_.clear();
        is_proven_ = false;
        was_proof_asked_ = false;
        refusals_in_a_row_ = 1;
        return search(batch, error) && convict(error);
    }

    /// Counts one more request of a search. False: there were too many, and the list waits for the next run.
    bool may_search() {
        if (search_calls_ < search_.most_calls) {
            ++search_calls_;
            return true;
        }
        if (is_proven_) keep_suspects();
        return stop(too_many_bad());
    }

    /// Refuses the entries that the error names; nullopt where it names none.
    std::optional<std::vector<Change>> without_named(Batch batch, const ApiError& error) {
        std::vector<std::string_view> texts;
        texts.reserve(batch.size());
        for (const auto& change : batch) texts.push_back(change.text);
        const auto named = named_entries(error.server_message, texts);
        if (named.empty()) return std::nullopt;
        std::vector<Change> rest;
        auto next = named.begin();
        for (std::size_t i = 0; i < batch.size(); ++i) {
            if (next != named.end() && *next == i) {
                ++next;
                outcome_.refused.push_back({batch[i], printable(error.server_message)});
            } else {
                rest.push_back(batch[i]);
            }
        }
        return rest;
    }

    /// Looks for the offenders of a batch that was refused as a whole without naming one.
    bool search(Batch batch, const ApiError& error) {
        if (batch.size() == 1) {
            suspects_.push_back({batch.front(), printable(error.server_message)});
            return error.cause == Cause::bad_entries || suspects_.size() <= k_most_unclear_suspects || stop(error);
        }
        const auto left = batch.first(batch.size() / 2);
        const auto right = batch.subspan(left.size());
        bool is_left_good = false;
        if (!probe(left, is_left_good)) return false;
        // With the left half taken, an offender is in the right one: no need to send that whole again.
        if (is_left_good && right.size() > 1) return search(right, error);
        bool is_right_good = false;
        return probe(right, is_right_good);
    }

    /// Sends a part of a refused batch and searches on where it is refused too.
    bool probe(Batch part, bool& is_good) {
        if (!may_search()) return false;
        const auto answer = send_(part);
        if (answer) {
            is_good = true;
            is_proven_ = true;
            return accept(part);
        }
        const auto& error = answer.error();
        if (may_name_entries(error.cause)) {
            if (const auto rest = without_named(part, error)) return rest->empty() || probe(*rest, is_good);
        }
        if (!is_about_entries(error.cause)) return stop(error);
        if (!is_proven_ && ++refusals_in_a_row_ > most_refusals(part) && !prove()) return stop(error);
        return search(part, error);
    }

    /// Only refusals, down to single entries and up again, and nothing taken: it is about something else.
    int most_refusals(Batch part) const {
        return 2 * static_cast<int>(std::bit_width(std::max(size_, part.size()))) + 2;
    }

    /// Ends a search: are the entries that stood alone when they were refused guilty?
    bool convict(const ApiError& error) {
        if (suspects_.empty()) return true;
        if (!is_proven_ && !prove()) return stop(error);
        keep_suspects();
        return true;
    }

    /// Whether the list takes anything at all, asked once a search: everything that was sent may be bad, as a
    /// lone new entry is.
    bool prove() {
        if (!search_.send_unchanged || std::exchange(was_proof_asked_, true)) return false;
        is_proven_ = search_calls_ < search_.most_calls && search_.send_unchanged().has_value();
        ++search_calls_;
        return is_proven_;
    }

    void keep_suspects() {
        for (auto& suspect : suspects_) outcome_.refused.push_back(std::move(suspect));
        suspects_.clear();
    }

    [[nodiscard]] ApiError too_many_bad() const {
        return {Cause::bad_entries,
                {Code::refused,
                 fmt::format("ZIA refuses entries, and {} requests did not find all of them: those that were found "
                             "are left out from now on, the rest waits for the next run, which searches on",
                             search_calls_)}};
    }

    bool accept(Batch batch) {
        outcome_.accepted.insert(outcome_.accepted.end(), batch.begin(), batch.end());
        return true;
    }

    bool stop(const ApiError& error) {
        outcome_.failure = error;
        return false;
    }

    std::size_t size_;
    const SendBatch& send_;
    const Search& search_;
    BatchOutcome outcome_;
    int lost_ = 0;
    std::vector<RefusedChange> suspects_;
    std::size_t search_calls_ = 0;  // of all searches together
    int refusals_in_a_row_ = 0;
    bool is_proven_ = false;  // the batch, or the list, takes something
    bool was_proof_asked_ = false;
};

}  // namespace

std::vector<Change> additions_of(const core::ListPlan& plan) {
    std::vector<Change> changes;
    changes.reserve(plan.additions.size());
    std::vector<bool> is_named(plan.additions.size(), false);
    const auto take = [&](std::size_t at) {
        const auto& entry = plan.additions[at];
        changes.push_back({entry.text, entry.text, entry.side});
        is_named[at] = true;
    };
    for (const auto at : plan.by_importance) take(at);
    for (std::size_t at = 0; at < plan.additions.size(); ++at) {
        if (!is_named[at]) take(at);
    }
    return changes;
}

std::vector<Change> removals_of(const core::ListPlan& plan) {
    std::vector<Change> changes;
    changes.reserve(plan.removals.size());
    for (std::size_t i = 0; i < plan.removals.size(); ++i) {
        const auto& entry = plan.removals[i];
        // A plan without the parallel vector still names its entries.
        const std::string_view canonical =
            i < plan.removals_canonical.size() ? std::string_view(plan.removals_canonical[i]) : entry.text;
        changes.push_back({entry.text, canonical, entry.side});
    }
    return changes;
}

std::size_t writes_for(std::size_t changes, std::size_t batch_size) {
    const auto size = std::max<std::size_t>(batch_size, 1);
    return (changes + size - 1) / size;
}

BatchOutcome send_in_batches(Batch changes, std::size_t batch_size, const SendBatch& send, const Search& search) {
    return Sender(batch_size, send, search).run(changes);
}

}  // namespace cordon::gateways::zia
