// simulate: lives of many seeds, or one of them again. See docs/reliability.md.

#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "base/file.hpp"
#include "base/text.hpp"
#include "tests/simulation/world/life.hpp"

namespace {

using namespace cordon;
using namespace cordon::simulation;

constexpr std::uint64_t k_epochs = 12;  // some 200 starts of the program

int usage() {
    std::cerr
        << "usage: simulate FIRST_SEED SEEDS [EPOCHS]   lives of so many seeds; EPOCHS is their length (default 12)\n"
           "       simulate --replay SEED SCHEDULE      the steps of a file again, told one by one\n";
    return 2;
}

void tell(const Life& life) {
    for (const auto& line : life.story) std::cout << line << "\n";
}

int replay(std::uint64_t seed, const std::string& file) {
    const auto text = read_file(file);
    const auto schedule = text ? parse_schedule(*text) : std::nullopt;
    if (!schedule) {
        std::cerr << file << " is no schedule\n";
        return 2;
    }
    const auto life = live(seed, *schedule);
    tell(life);
    return life.breach ? 1 : 0;
}

/// What the operator of a broken law needs: the shortest schedule and its story.
void explain(std::uint64_t seed, const Schedule& schedule, const Life& broken) {
    fmt::print("seed {}: step {}: {}: {}\n", seed, broken.step, broken.breach->law, broken.breach->what);
    const auto shortest = shrink(seed, schedule);
    fmt::print("the shortest schedule that shows it, for simulate --replay {} FILE:\n{}\nits story:\n", seed,
               to_text(shortest));
    std::cout.flush();
    tell(live(seed, shortest));
    std::cout.flush();
}

int simulate(std::uint64_t first, std::uint64_t seeds, std::size_t epochs) {
    const auto begun = std::chrono::steady_clock::now();
    Figures sum;
    std::size_t broken = 0;
    for (auto seed = first; seed < first + seeds; ++seed) {
        const auto schedule = draw_schedule(seed, epochs);
        const auto life = live(seed, schedule);
        sum.starts += life.figures.starts;
        sum.deaths += life.figures.deaths;
        sum.faults += life.figures.faults;
        sum.requests += life.figures.requests;
        sum.good_days += life.figures.good_days;
        if (!life.breach) continue;
        ++broken;
        explain(seed, schedule, life);
    }
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begun;
    fmt::print(
        "{} schedules from seed {}: {} broke a law; {} starts of the program, {} deaths, {} faults of the clouds, "
        "{} requests, {} good days; {:.1f} s, {:.1f} schedules/s\n",
        seeds, first, broken, sum.starts, sum.deaths, sum.faults, sum.requests, sum.good_days, took.count(),
        static_cast<double>(seeds) / took.count());
    return broken == 0 ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
    const std::vector<std::string> words(argv + 1, argv + argc);
    const auto number = [&](std::size_t i) { return parse_whole_number(words.at(i)); };
    if (words.size() == 3 && words[0] == "--replay" && number(1)) {
        return replay(static_cast<std::uint64_t>(*number(1)), words[2]);
    }
    if (words.size() < 2 || words.size() > 3 || !number(0) || !number(1)) return usage();
    const auto epochs = words.size() == 3 ? number(2) : std::optional(k_epochs);
    if (!epochs) return usage();
    return simulate(static_cast<std::uint64_t>(*number(0)), static_cast<std::uint64_t>(*number(1)),
                    static_cast<std::size_t>(*epochs));
}
