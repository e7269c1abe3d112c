#include "cli/removal_words.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/text.hpp"
#include "core/canonical.hpp"
#include "core/cover.hpp"

namespace cordon::cli {

Successors::Successors(PhrasesOfList& phrases) : phrases_(phrases) {
    for (const auto& [text, phrase] : phrases_) {
        if (phrase != k_gone) continue;
        if (const auto range = core::parse_ipv4_range(text)) removed_.push_back({*range, text, {}, 0});
    }
    std::sort(removed_.begin(), removed_.end(), [](const auto& a, const auto& b) { return a.range < b.range; });
    for (const auto& one : removed_) widest_ = std::max(widest_, one.range.last - one.range.first);
}

void Successors::take(std::string_view entry) {
    if (const auto range = core::parse_ipv4_range(entry)) return take_range(*range, entry);
    const auto other_form = entry.starts_with('.') ? std::string(entry.substr(1)) : "." + std::string(entry);
    const auto found = phrases_.find(other_form);
    if (found != phrases_.end() && found->second == k_gone) {
        found->second = fmt::format("written anew, as {}", printable(entry));
    }
}

void Successors::take_range(core::Ipv4Range range, std::string_view entry) {
    const auto earliest = range.first - std::min(range.first, widest_);
    auto at = std::lower_bound(removed_.begin(), removed_.end(), earliest,
                               [](const Removed& one, std::uint32_t first) { return one.range.first < first; });
    for (; at != removed_.end() && at->range.first <= range.last; ++at) {
        if (at->range.last < range.first) continue;
        const auto first = std::max(at->range.first, range.first);
        const auto last = std::min(at->range.last, range.last);
        at->still_named += std::uint64_t{last} - first + 1;
        if (at->successor.empty()) at->successor = entry;
        const bool is_whole = at->still_named > std::uint64_t{at->range.last} - at->range.first;
        const bool is_alone = range.first <= at->range.first && at->range.last <= range.last;
        phrases_.find(at->text)->second =
            fmt::format("{}written anew, as {}{}", is_whole ? "" : "no longer whole in its feeds; ",
                        printable(at->successor), is_alone ? "" : " among others");
    }
}

PhrasesOfList blocked_by(const std::vector<std::string>& removals, core::TargetKind target,
                         std::span<const OtherList> others) {
    PhrasesOfList blocked;
    if (removals.empty() || others.empty()) return blocked;
    PhrasesOfList owners;
    for (const auto& other : others) {
        for (const auto& text : *other.keeps) owners.emplace(text, other.name);
    }
    const auto tell = [&](const std::string& removal, const auto& owner) {
        blocked.emplace(removal, fmt::format("list '{}': {}", owner.second, printable(owner.first)));
    };
    std::vector<core::Coverable> entries;
    for (const auto& [text, list] : owners) entries.push_back({text, core::kind_of(target, text)});
    for (const auto& removal : removals) {
        if (const auto same = owners.find(removal); same != owners.end()) {
            tell(removal, *same);
        } else {
            entries.push_back({removal, core::kind_of(target, removal)});
        }
    }
    const auto covers = core::find_covers(target, entries);
    for (std::size_t i = owners.size(); i < entries.size(); ++i) {
        if (covers[i] < owners.size()) {
            tell(std::string(entries[i].text), *owners.find(entries[covers[i]].text));
        }
    }
    return blocked;
}

}  // namespace cordon::cli
