#include "engine/call_counts.hpp"

namespace cordon::engine {
namespace {

/// `source` is a feed or the gateway.
template <class Source>
void count_calls_of(const Source& source, core::RunReport& report) {
    const auto cloud = source.cloud();
    for (const auto& [endpoint, number] : source.calls()) report.calls[cloud][endpoint] += number;
    for (const auto& [endpoint, trouble] : source.troubles()) report.call_troubles[cloud][endpoint].add(trouble);
}

}  // namespace

void count_calls(std::span<const FeedSection> sections, const gateways::Gateway& gateway, core::RunReport& report) {
    for (const auto& section : sections) count_calls_of(*section.feed, report);
    count_calls_of(gateway, report);
}

}  // namespace cordon::engine
