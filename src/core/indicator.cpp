#include "core/indicator.hpp"

#include <algorithm>

namespace cordon::core {

const char* name_of(EntityType type) noexcept {
    switch (type) {
        case EntityType::domain: return "domain";
        case EntityType::url: return "url";
        case EntityType::ip: return "ip";
    }
    return "domain";
}

std::uint32_t IndicatorSet::rules_index(std::string_view rules) {
    if (rules == rules_[last_rules_]) return last_rules_;  // as most rows before it
    if (rules.empty()) return 0;
    const auto found = rule_ids_.find(rules);
    if (found != rule_ids_.end()) return last_rules_ = found->second;
    last_rules_ = static_cast<std::uint32_t>(rules_.size());
    rules_.emplace_back(rules);
    rule_ids_.emplace(rules_.back(), last_rules_);
    return last_rules_;
}

void IndicatorSet::append(const Indicator& indicator) {
    Row row{};
    row.value_at = text_.size();
    row.value_size = static_cast<std::uint32_t>(indicator.value.size());
    row.last_seen = indicator.last_seen ? static_cast<std::uint32_t>(std::clamp<std::int64_t>(
                                              indicator.last_seen->time_since_epoch().count(), 0, UINT32_MAX))
                                        : 0;
    row.rules = rules_index(indicator.rules);
    row.risk = indicator.risk ? std::clamp(*indicator.risk, 0, 100) : -1;
    text_.append(indicator.value);
    rows_.push_back(row);
}

Indicator IndicatorSet::operator[](std::size_t index) const noexcept {
    const Row& row = rows_[index];
    Indicator indicator;
    indicator.value = std::string_view(text_).substr(row.value_at, row.value_size);
    if (row.risk >= 0) indicator.risk = row.risk;
    if (row.last_seen != 0) indicator.last_seen = std::chrono::sys_seconds{std::chrono::seconds{row.last_seen}};
    indicator.rules = rules_[row.rules];
    return indicator;
}

void IndicatorSet::reserve(std::size_t rows, std::size_t text_bytes) {
    rows_.reserve(rows);
    text_.reserve(text_bytes);
}

std::size_t IndicatorSet::memory_bytes() const noexcept {
    return text_.capacity() + rows_.capacity() * sizeof(Row);
}

}  // namespace cordon::core
