#include "engine/schedule.hpp"

namespace cordon::engine {

using std::chrono::milliseconds;

Time steady_start_after(const Schedule& schedule, Time now) {
    const milliseconds every = schedule.every;
    auto into = (now - schedule.first) % every;
    if (into < milliseconds::zero()) into += every;  // the clock was set back to before the first start
    return now + (every - into);
}

milliseconds most_jitter(const Schedule& schedule) {
    constexpr int k_parts = 20;
    return milliseconds(schedule.every) / k_parts;
}

Time next_start(const Schedule& schedule, Time now, std::mt19937_64& random) {
    std::uniform_int_distribution<milliseconds::rep> jitter(0, most_jitter(schedule).count());
    return steady_start_after(schedule, now) + milliseconds(jitter(random));
}

}  // namespace cordon::engine
