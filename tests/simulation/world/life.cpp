#include "tests/simulation/world/life.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace cordon::simulation {
namespace {

using namespace std::chrono_literals;

constexpr int k_most_good_runs = 6;

/// One life while it is lived.
class Living {
public:
    Living(std::uint64_t seed, const Plant& plant) : world_(seed), laws_(world_) {
        world_.machine.plant = plant;
        world_.machine.wire.before_request = [this](const net::Request& request) {
            world_.move_on_at_request(request);
        };
        world_.machine.wire.after_exchange = [this](const net::Request& request, bool has_answer) {
            laws_.note_exchange(request, has_answer);
        };
        world_.machine.wire.after_request = [this](const net::Request& request, int status) {
            const bool may_have_written = request.method == "PUT" || request.method == "POST";
            world_.note_answer(request, status);
            if (may_have_written && !breach_of_moment_) breach_of_moment_ = laws_.judge_moment();
        };
    }

    void fetch_in_threads() { world_.machine.feeds_at_once = engine::Fetching{}.at_once; }

    Life live(const Schedule& schedule) {
        for (life_.step = 0; life_.step < schedule.size() && !life_.breach; ++life_.step) take(schedule[life_.step]);
        if (life_.breach) --life_.step;
        life_.figures = world_.figures;
        return std::move(life_);
    }

private:
    void take(const Step& step) {
        tell(world_.perform(step));
        if (step.deed == Deed::run) start({});
        if (step.deed == Deed::plan) {
            Wish wish;
            wish.only_plans = true;
            start(wish);
        }
        if (step.deed == Deed::good_days) good_days();
    }

    Ending start(const Wish& wish) {
        laws_.remember();
        world_.arm();
        ++world_.figures.starts;
        auto ending = world_.machine.start(wish);
        if (ending.died) ++world_.figures.deaths;
        life_.breach = breach_of_moment_ ? breach_of_moment_ : laws_.judge(ending, wish.only_plans);
        if (!wish.only_plans) world_.note_ending(ending, laws_.before());
        tell_requests();
        tell("    " + told(ending));
        if (life_.breach) tell(fmt::format("  ! {}: {}", life_.breach->law, life_.breach->what));
        world_.time.advance(1min);
        return ending;
    }

    /// Everything that is not Cordon's is mended; an operator looks at what the guard stopped and lets it through.
    void good_days() {
        ++world_.figures.good_days;
        world_.mend_all();
        Ending ending;
        Wish wish;
        for (int i = 0; i < k_most_good_runs && !life_.breach; ++i) {
            ending = start(wish);
            wish = {};
            const auto* report = ending.report();
            if (report == nullptr) continue;
            for (const auto& list : report->lists) {
                if (list.outcome != core::Outcome::stopped || !wish.allow_removals.empty()) continue;
                wish.allow_removals.insert(list.list);
                wish.allow_growth.insert(list.list);
                wish.digest = list.digest;
            }
            world_.time.advance(2h);
        }
        if (life_.breach) return;
        life_.breach = laws_.judge_good_days(ending);
        if (life_.breach) tell(fmt::format("  ! {}: {}", life_.breach->law, life_.breach->what));
        world_.keep_peace();
    }

    std::string told(const Ending& ending) const {
        const auto* report = ending.report();
        if (ending.died) return "died";
        if (report == nullptr) return "no run: " + ending.problem;
        std::string text(core::name_of(report->outcome));
        for (const auto& list : report->lists) {
            text += fmt::format("; {} {} +{} -{}", list.list, core::name_of(list.outcome), list.added, list.removed);
        }
        text += ": " + ending.said();
        std::replace(text.begin(), text.end(), '\n', ' ');
        const auto folder = world_.machine.folder().string();  // another one each time
        for (auto at = text.find(folder); at != std::string::npos; at = text.find(folder))
            text.erase(at, folder.size());
        return text;
    }

    /// What the clouds saw of this start.
    void tell_requests() {
        for (const auto& entry : world_.clouds.journal()) {
            tell(fmt::format("    {} {} {} {}{}", to_iso8601(entry.moment), entry.method, entry.target, entry.status,
                             entry.fault.empty() ? "" : " (" + std::string(entry.fault) + ")"));
            ++world_.figures.requests;
        }
        world_.clouds.forget_requests();
    }

    void tell(std::string line) { life_.story.push_back(std::move(line)); }

    World world_;
    Laws laws_;
    Life life_;
    std::optional<Breach> breach_of_moment_;
};

bool breaks(std::uint64_t seed, const Schedule& schedule, const Plant& plant, const std::string& law) {
    const auto life = live(seed, schedule, plant);
    return life.breach && life.breach->law == law;
}

}  // namespace

Life live(std::uint64_t seed, const Schedule& schedule, const Plant& plant) {
    return Living(seed, plant).live(schedule);
}

Life live_in_threads(std::uint64_t seed, const Schedule& schedule) {
    Living living(seed, {});
    living.fetch_in_threads();
    return living.live(schedule);
}

Schedule shrink(std::uint64_t seed, Schedule schedule, const Plant& plant, std::size_t most) {
    const auto whole = live(seed, schedule, plant);
    if (!whole.breach) return schedule;
    schedule.resize(std::min(schedule.size(), whole.step + 1));
    // Delta debugging (Zeller, Hildebrandt 2002): drop ever smaller pieces for as long as the law stays broken.
    for (auto piece = schedule.size() / 2; piece > 0; piece /= 2) {
        for (std::size_t at = 0; at + piece <= schedule.size() && most > 0;) {
            auto fewer = schedule;
            fewer.erase(fewer.begin() + static_cast<std::ptrdiff_t>(at),
                        fewer.begin() + static_cast<std::ptrdiff_t>(at + piece));
            --most;
            if (breaks(seed, fewer, plant, whole.breach->law)) {
                schedule = std::move(fewer);
            } else {
                at += piece;
            }
        }
    }
    return schedule;
}

}  // namespace cordon::simulation
