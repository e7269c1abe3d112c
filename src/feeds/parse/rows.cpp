#include "feeds/parse/rows.hpp"

#include <algorithm>

namespace cordon::feeds {
namespace {

constexpr std::size_t k_most_rule_bytes = 1000;
constexpr std::chrono::hours k_clock_difference{24};  // time zones and days without a time of day

}  // namespace

void RowCollector::add(const core::Indicator& row) {
    ++rows_;
    ++(is_indicator(row.value) ? valid_ : invalid_);
    if (!now_ || !row.last_seen || *row.last_seen <= *now_ + k_clock_difference) {
        indicators_.append(row);
        return;
    }
    core::Indicator present = row;  // an indicator from the future would hold its place for good (design rule 15)
    present.last_seen = std::chrono::floor<std::chrono::seconds>(*now_);
    indicators_.append(present);
}

bool RowCollector::is_indicator(std::string_view value) {
    core::canonicalise(entity_, value, canonical_);
    return canonical_.is_entry || canonical_.reason != core::Reason::not_an_indicator;
}

void join_rules(std::span<const std::string_view> names, std::string& joined) {
    joined.clear();
    for (auto name = names.begin(); name != names.end(); ++name) {
        if (name->empty() || std::find(names.begin(), name, *name) != name) continue;
        if (joined.size() + name->size() + 2 > k_most_rule_bytes) continue;
        if (!joined.empty()) joined += ", ";
        joined += *name;
    }
}

}  // namespace cordon::feeds
