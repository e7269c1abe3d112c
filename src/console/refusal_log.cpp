#include "console/refusal_log.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

#include <fmt/format.h>

namespace cordon::console {

std::optional<std::string> RefusalLog::line_for(std::string_view sentence, Time now) {
    const std::scoped_lock lock(mutex_);
    std::uint64_t unsaid = 0;
    if (now - minute_began_ >= std::chrono::minutes{1}) {
        minute_began_ = now;
        const auto before = std::exchange(in_this_minute_, 0);
        unsaid = before - std::min(before, k_most_a_minute);
    }
    if (++in_this_minute_ > k_most_a_minute) return std::nullopt;
    if (unsaid == 0) return std::string(sentence);
    return fmt::format("{} ({} more were turned away before)", sentence, unsaid);
}

}  // namespace cordon::console
