#include "sandbox/journal.hpp"

#include <utility>

namespace cordon::sandbox {
namespace {

constexpr std::size_t k_most_entries = 100'000;

}  // namespace

void Journal::record(JournalEntry entry) {
    const auto call = entry.method + " " + entry.path_template;
    ++counts_[call];
    ++counts_by_client_[entry.client + " " + call];
    entries_.push_back(std::move(entry));
    if (entries_.size() > k_most_entries) entries_.pop_front();
}

void Journal::violation(Time moment, const std::string& what) {
    violations_.push_back(to_iso8601(moment) + " " + what);
    if (on_violation) on_violation(violations_.back());
}

void Journal::forget_requests() {
    entries_.clear();
    counts_.clear();
    counts_by_client_.clear();
}

}  // namespace cordon::sandbox
