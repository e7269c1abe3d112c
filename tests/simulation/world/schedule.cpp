#include "tests/simulation/world/schedule.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include <fmt/format.h>

#include "base/text.hpp"

namespace cordon::simulation {
namespace {

struct Row {
    Deed deed;
    std::string_view name;
    std::size_t weight;
};

constexpr std::array k_rows{
    Row{Deed::run, "run", 30},
    Row{Deed::plan, "plan", 3},
    Row{Deed::time, "time", 8},
    Row{Deed::churn, "churn", 14},
    Row{Deed::publish_badly, "publish-badly", 4},
    Row{Deed::mend_list, "mend-list", 3},
    Row{Deed::wave, "wave", 3},
    Row{Deed::falcon_moves, "falcon-moves", 4},
    Row{Deed::fault, "fault", 16},
    Row{Deed::maintenance, "maintenance", 2},
    Row{Deed::colleague, "colleague", 4},
    Row{Deed::colleague_waits, "colleague-waits", 2},
    Row{Deed::delete_list, "delete-list", 1},
    Row{Deed::quota, "quota", 2},
    Row{Deed::settings, "settings", 3},
    Row{Deed::dies_at_request, "dies-at-request", 6},
    Row{Deed::dies_at_write, "dies-at-write", 6},
    Row{Deed::stopped, "stopped", 2},
    Row{Deed::disk_full, "disk-full", 2},
    Row{Deed::disk_error, "disk-error", 2},
    Row{Deed::no_network, "no-network", 2},
    Row{Deed::clock_jumps, "clock-jumps", 1},
    Row{Deed::clock_mended, "clock-mended", 1},
    Row{Deed::good_days, "good-days", 0},
};

Deed draw_deed(Dice& dice) {
    std::size_t sum = 0;
    for (const auto& row : k_rows) sum += row.weight;
    auto at = dice.number(sum);
    for (const auto& row : k_rows) {
        if (at < row.weight) return row.deed;
        at -= row.weight;
    }
    return Deed::run;
}

}  // namespace

Schedule draw_schedule(std::uint64_t seed, std::size_t epochs, std::size_t steps) {
    Dice dice(seed);
    Schedule schedule;
    for (std::size_t epoch = 0; epoch < epochs; ++epoch) {
        for (std::size_t i = 0; i < steps; ++i) {
            const auto deed = draw_deed(dice);
            schedule.push_back({deed, dice.raw()});
        }
        schedule.push_back({Deed::good_days, dice.raw()});
    }
    return schedule;
}

std::string_view name_of(Deed deed) noexcept {
    const auto found = std::find_if(k_rows.begin(), k_rows.end(), [&](const Row& row) { return row.deed == deed; });
    return found == k_rows.end() ? std::string_view{} : found->name;
}

std::string to_text(const Schedule& schedule) {
    std::string text;
    for (const auto& step : schedule) text += fmt::format("{} {:x}\n", name_of(step.deed), step.dice);
    return text;
}

std::optional<Schedule> parse_schedule(std::string_view text) {
    Schedule schedule;
    for (const auto line : split(text, '\n')) {
        const auto words = split(trim(line), ' ');
        if (words.size() == 1 && words.front().empty()) continue;
        const auto row =
            std::find_if(k_rows.begin(), k_rows.end(), [&](const Row& one) { return one.name == words.front(); });
        if (row == k_rows.end() || words.size() != 2) return std::nullopt;
        Step step{row->deed, 0};
        const auto [end, error] =
            std::from_chars(words[1].data(), words[1].data() + words[1].size(), step.dice, /*base=*/16);
        if (error != std::errc{} || end != words[1].data() + words[1].size()) return std::nullopt;
        schedule.push_back(step);
    }
    return schedule;
}

}  // namespace cordon::simulation
