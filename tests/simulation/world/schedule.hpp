#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace cordon::simulation {

/// What happens in one step of a life. Names are in schedule.cpp; chances, too.
enum class Deed {
    run,              ///< the program is started
    plan,             ///< `cordon plan`
    time,             ///< minutes to days pass
    churn,            ///< a publisher's list moves on
    publish_badly,    ///< and is published with a fault that was seen in the wild
    mend_list,        ///< the fault is mended
    wave,             ///< a publisher lists what must never be blocked
    falcon_moves,     ///< CrowdStrike's account changes
    fault,            ///< one of the clouds fails at some requests
    maintenance,      ///< ZIA is read-only for a while
    colleague,        ///< another admin adds or takes out entries
    colleague_waits,  ///< and leaves it unactivated, or activates what is left
    delete_list,      ///< another admin deletes a list
    quota,            ///< the tenant's room shrinks or grows
    settings,         ///< an allow entry, a cap or a list's section changes
    dies_at_request,  ///< the next start dies at a request
    dies_at_write,    ///< or at a write of the store, torn or by a power failure
    stopped,          ///< or is told to stop at a request
    disk_full,        ///< or finds the disk full
    disk_error,       ///< or one write fails
    no_network,       ///< or one connection fails
    clock_jumps,      ///< the machine's clock is put forward or back
    clock_mended,
    good_days,  ///< everything is mended; after a few runs all must be as it should be
};

/// One step. What exactly it does is drawn from `dice` when it is done, so that a step means the same without those
/// before it.
struct Step {
    Deed deed = Deed::run;
    std::uint64_t dice = 0;

    bool operator==(const Step&) const = default;
};

using Schedule = std::vector<Step>;

/// A life: `epochs` times so many steps of trouble and then good days.
[[nodiscard]] Schedule draw_schedule(std::uint64_t seed, std::size_t epochs, std::size_t steps = 40);

[[nodiscard]] std::string_view name_of(Deed deed) noexcept;
/// "run 1f3a" a line; parse_schedule() reads it. nullopt where a line is no step.
[[nodiscard]] std::string to_text(const Schedule& schedule);
[[nodiscard]] std::optional<Schedule> parse_schedule(std::string_view text);

/// Random numbers of one step.
class Dice {
public:
    explicit Dice(std::uint64_t seed) : engine_(seed) {}
    /// 0 to `below` - 1; 0 where below is 0. The same with every standard library.
    std::size_t number(std::size_t below) { return below == 0 ? 0 : engine_() % below; }
    bool chance(std::size_t percent) { return number(100) < percent; }
    template <class Container>
    const auto& one_of(const Container& container) {
        auto at = std::begin(container);
        std::advance(at, number(std::size(container)));
        return *at;
    }
    std::uint64_t raw() { return engine_(); }

private:
    std::mt19937_64 engine_;
};

}  // namespace cordon::simulation
