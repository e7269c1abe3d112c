#include "core/compile_networks.hpp"

#include <algorithm>
#include <string>
#include <utility>

namespace cordon::core {
namespace {

/// Ranges are merged whenever at least so many new ones have come (8 bytes each).
constexpr std::size_t k_batch = std::size_t{1} << 22U;

/// Wider ranges first among those that begin together, so that what lies within another follows it.
[[nodiscard]] bool comes_before(const Ipv4Range& a, const Ipv4Range& b) noexcept {
    return a.first != b.first ? a.first < b.first : a.last > b.last;
}

}  // namespace

NetworkCompiler::NetworkCompiler(const CompileRules& rules, std::vector<Ipv4Range> taken_out)
    : rules_(rules), taken_out_(std::move(taken_out)) {}

bool NetworkCompiler::is_taken_out(Ipv4Range range) const {
    std::uint64_t next = range.first;
    auto at = std::ranges::lower_bound(taken_out_, range.first, {}, &Ipv4Range::last);
    for (; at != taken_out_.end() && at->first <= next && next <= range.last; ++at) {
        next = std::uint64_t{at->last} + 1;
    }
    return next > range.last;
}

void NetworkCompiler::take(Ipv4Range range, ReasonCounts& counts) {
    ranges_.push_back(range);
    if (ranges_.size() >= merged_ * 2 + k_batch) merge(counts);
}

void NetworkCompiler::merge(ReasonCounts& counts) {
    std::ranges::sort(ranges_, comes_before);
    std::vector<Ipv4Range> kept;
    for (const Ipv4Range& range : ranges_) {
        if (!kept.empty() && kept.back() == range) {
            counts.add(Reason::duplicate);
        } else if (!kept.empty() && range.last <= kept.back().last) {
            counts.add(Reason::covered);
        } else {
            kept.push_back(range);
        }
    }
    ranges_ = std::move(kept);
    merged_ = ranges_.size();
}

void NetworkCompiler::finish(CompiledList& list) {
    merge(list.counts);
    const auto networks = subtract(std::move(ranges_), std::move(taken_out_));
    std::vector<std::string> texts;
    texts.reserve(networks.size());
    for (const Ipv4Range& network : networks) texts.push_back(to_text(network));
    std::ranges::sort(texts);
    if (rules_.max_entries > 0 && texts.size() > rules_.max_entries) {
        list.over_capacity = texts.size() - rules_.max_entries;
        texts.resize(rules_.max_entries);
    }
    std::size_t bytes = 0;
    for (const std::string& text : texts) bytes += text.size();
    list.text.reserve(bytes);
    for (const std::string& text : texts) {
        list.entries.emplace_back(list.text.data() + list.text.size(), text.size());
        list.text.insert(list.text.end(), text.begin(), text.end());
    }
}

}  // namespace cordon::core
