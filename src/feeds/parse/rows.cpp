#include "feeds/parse/rows.hpp"

#include <algorithm>

namespace cordon::feeds {
namespace {

constexpr std::size_t k_most_rule_bytes = 1000;

}  // namespace

void RowCollector::add(const core::Indicator& row) {
    ++rows_;
    ++(is_indicator(row.value) ? valid_ : invalid_);
    indicators_.append(row);
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
