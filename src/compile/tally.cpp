#include "compile/tally.hpp"

namespace cordon::compile {
namespace {

constexpr std::size_t k_most_samples = 3;

}  // namespace

void Tally::reject(core::Reason reason, std::string_view value) {
    counts.add(reason);
    auto& shown = samples[static_cast<std::size_t>(reason)];
    if (shown.size() < k_most_samples) shown.emplace_back(value);
}

void Tally::add(const Tally& later) {
    fetched += later.fetched;
    counts.add(later.counts);
    over_capacity += later.over_capacity;
    for (std::size_t reason = 0; reason < samples.size(); ++reason) {
        for (const auto& value : later.samples[reason]) {
            if (samples[reason].size() < k_most_samples) samples[reason].push_back(value);
        }
    }
}

}  // namespace cordon::compile
