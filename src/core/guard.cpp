#include "core/guard.hpp"

#include <boost/unordered/unordered_flat_set.hpp>
#include <cmath>

#include <fmt/format.h>

#include "base/text.hpp"
#include "core/text_index.hpp"

namespace cordon::core {
namespace {

using ValueSet = boost::unordered_flat_set<std::string_view, TextHash>;

ValueSet values_of(const IndicatorSet& indicators) {
    ValueSet values;
    values.reserve(indicators.size());
    for (std::size_t i = 0; i < indicators.size(); ++i) values.insert(trim(indicators[i].value));
    return values;
}

/// Cut, not rounded, to as many decimals as tell the share from its limit.
std::string percent(double share, double limit) {
    double scale = 1;
    int decimals = 0;
    while (decimals < 3 && std::floor(share * 100 * scale) == std::floor(limit * 100 * scale)) {
        scale *= 10;
        ++decimals;
    }
    return fmt::format("{:.{}f} %", std::floor(share * 100 * scale) / scale, decimals);
}

double share_of(std::uint64_t part, std::uint64_t whole) {
    return static_cast<double>(part) / static_cast<double>(whole);
}

/// The limit that `removed` of `before` breaks.
std::optional<double> broken_removal_limit(std::uint64_t removed, std::uint64_t before, const GuardRules& rules) {
    if (before == 0) return std::nullopt;
    const double limit = before < rules.small_list ? 0.5 : rules.max_removal_share;
    if (share_of(removed, before) <= limit) return std::nullopt;
    return limit;
}

bool grows_too_much(std::uint64_t before, std::uint64_t after, const GuardRules& rules) {
    return before != 0 && before >= rules.growth_from && after > before &&
           share_of(after - before, before) > rules.max_growth_share;
}

std::string numbers(std::uint64_t part, std::uint64_t whole, const char* noun, double limit) {
    return fmt::format("{} of {} {} ({}, limit {:g} %)", with_thousands(part), with_thousands(whole), noun,
                       percent(share_of(part, whole), limit), limit * 100);
}

std::string growth_numbers(std::uint64_t before, std::uint64_t after, const char* noun, double limit) {
    return fmt::format("from {} to {} {} ({} more, limit {:g} %)", with_thousands(before), with_thousands(after), noun,
                       percent(share_of(after - before, before), limit), limit * 100);
}

}  // namespace

const char* name_of(GuardRule rule) noexcept {
    switch (rule) {
        case GuardRule::removals: return "removals";
        case GuardRule::growth: return "growth";
        case GuardRule::emptied: return "emptied";
        case GuardRule::assertion: return "assertion";
    }
    return "removals";
}

SnapshotChange compare_snapshots(const IndicatorSet& before, const IndicatorSet& after) {
    const ValueSet old_values = values_of(before);
    const ValueSet new_values = values_of(after);
    SnapshotChange change;
    change.before = old_values.size();
    change.after = new_values.size();
    for (const std::string_view value : new_values) {
        if (!old_values.contains(value)) ++change.added;
    }
    change.removed = change.before - (change.after - change.added);
    return change;
}

std::optional<GuardStop> check_snapshot(const std::string& feed, const SnapshotChange& change,
                                        const GuardRules& rules) {
    const std::string subject = fmt::format("feed '{}'", printable(feed));
    if (change.after == 0) {
        return GuardStop{GuardRule::emptied, subject,
                         fmt::format("{} has no indicators left (it had {}); an empty feed is never applied", subject,
                                     with_thousands(change.before))};
    }
    const auto limit = broken_removal_limit(change.removed, change.before, rules);
    if (limit) {
        return GuardStop{GuardRule::removals, subject,
                         fmt::format("{} lost {} since its last good snapshot", subject,
                                     numbers(change.removed, change.before, "indicators", *limit))};
    }
    if (grows_too_much(change.before, change.after, rules)) {
        return GuardStop{
            GuardRule::growth, subject,
            fmt::format("{} grew {} since its last good snapshot", subject,
                        growth_numbers(change.before, change.after, "indicators", rules.max_growth_share))};
    }
    return std::nullopt;
}

std::optional<GuardStop> check_plan(const ListPlan& plan, const GuardRules& rules, bool is_first_fill,
                                    bool desired_is_empty, GuardWaiver waiver) {
    const std::string name = printable(plan.list);
    const std::string subject = fmt::format("list '{}'", name);
    const ListCounts& counts = plan.counts;
    const std::uint64_t ours = counts.unchanged + counts.to_remove;
    if (desired_is_empty) {
        return GuardStop{
            GuardRule::emptied, subject,
            fmt::format(
                "{} would be emptied: nothing that its feeds gave may be blocked; an empty list is never "
                "applied, so see the rejected values, or set enabled = false in its section and remove what is ours "
                "with: cordon retire \"{}\"",
                subject, name)};
    }
    const auto limit = broken_removal_limit(counts.to_remove, ours, rules);
    if (limit && !waiver.removals) {
        return GuardStop{GuardRule::removals, subject,
                         fmt::format("{} would lose {}", subject, numbers(counts.to_remove, ours, "entries", *limit))};
    }
    const std::uint64_t before = ours + plan.vanished;
    const std::uint64_t after = counts.unchanged + counts.to_add;
    if (!is_first_fill && grows_too_much(before, after, rules) && !waiver.growth) {
        return GuardStop{
            GuardRule::growth, subject,
            fmt::format("{} would grow {}", subject, growth_numbers(before, after, "entries", rules.max_growth_share))};
    }
    return std::nullopt;
}

}  // namespace cordon::core
