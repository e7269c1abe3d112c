// How tests and the control pages look into the CrowdStrike account, and how its indicators change.
#include <utility>

#include "sandbox/sandbox.hpp"
#include "sandbox/state.hpp"

namespace cordon::sandbox {

std::size_t Sandbox::open_tokens() {
    return state_->with([&] { return state_->cs.open_tokens(); });
}

std::size_t Sandbox::issued_tokens() {
    return state_->with([&] { return state_->cs.issued_tokens(); });
}

std::vector<std::size_t> Sandbox::requests_by_token() {
    return state_->with([&] { return state_->cs.requests_by_token(); });
}

std::size_t Sandbox::rows_served() {
    return state_->with([&] { return state_->cs.rows_served(); });
}

void Sandbox::for_each_indicator(const std::function<void(const cs::Indicator&)>& look) {
    state_->with([&] {
        const auto& indicators = state_->cs.indicators();
        for (const auto slot : indicators.order()) look(indicators.indicator(slot));
    });
}

bool Sandbox::change_indicator(const std::string& id, std::string_view change) {
    return state_->with([&] {
        auto& indicators = state_->cs.indicators();
        const auto slot = indicators.find(id);
        const auto what = cs::change_named(change);
        return slot && what && indicators.change(*slot, *what, state_->clock.now());
    });
}

Result<void> Sandbox::publish_indicator(std::string_view json) {
    return state_->with(
        [&] { return state_->cs.indicators().publish(json, cs::Indicators::Marking::anew, state_->clock.now()); });
}

void Sandbox::reconfigure(const std::function<void(Options&)>& change) {
    state_->with([&] { change(state_->options); });
}

void Sandbox::classify(std::string_view url, zia::Classification classification) {
    state_->with([&] { state_->zia.classifier().teach(url, std::move(classification)); });
}

std::size_t Sandbox::looked_up() {
    return state_->with([&] { return state_->zia.looked_up(); });
}

}  // namespace cordon::sandbox
