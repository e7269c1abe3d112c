// What is published: lists that move on, faults that were seen in the wild, what must never be blocked.

#include <algorithm>
#include <stdexcept>
#include <utility>

#include <fmt/format.h>

#include "tests/simulation/world/real_churn.hpp"
#include "tests/simulation/world/world.hpp"

namespace cordon::simulation {
namespace {

constexpr std::size_t k_least = 12;  // values that a list keeps
constexpr std::size_t k_begin = 30;
constexpr std::size_t k_shared = 6;

}  // namespace

void World::begin_publishing(Dice& dice) {
    for (auto& publisher : publishers) {
        machine.set(publisher.section, "entity_type", publisher.is_of_addresses ? "ip" : "domain");
        // A list of Connect's instead of a Fusion file (recorded-future-api.md 1.5; sandbox/rf/shelf.hpp).
        if (&publisher == &publishers[1] && dice.chance(40)) {
            publisher.is_of_connect = true;
            publisher.file = "/public/risklists/default_domain_risklist.csv";
        } else {
            machine.set(publisher.section, "fusion_file", publisher.file);
        }
        machine.set(publisher.section, "category_name", publisher.list);
        machine.set(publisher.section, "category_description", "Simulation -");
        if (dice.chance(30)) machine.set(publisher.section, "fusion_api", "v3");
        for (std::size_t i = 0; i < k_begin; ++i) add_value(publisher, new_value(publisher), dice);
        if (real_churns().empty() || dice.chance(40)) continue;
        publisher.real = &dice.one_of(real_churns());
        for (const auto number : publisher.real->begin) add_value(publisher, name_of_real(publisher, number), dice);
    }
    // The two publishers of one list agree on some.
    for (std::size_t i = 0; i < k_shared; ++i) add_value(publishers[1], dice.one_of(publishers[0].good).first, dice);
    for (auto& publisher : publishers) publish(publisher);
    publish_falcon(k_begin);
}

std::string World::new_value(const Publisher& publisher) {
    const auto number = ++made_;
    const auto value = publisher.is_of_addresses
                           ? fmt::format("198.{}.{}.{}", 18 + number / 65536, number / 256 % 256, number % 256)
                           : fmt::format("h-{:05}.example", number);
    return value;
}

/// What a publisher comes to name: something new, or what another one names already, on this list or on another, or
/// what a colleague put there.
std::string World::value_for(const Publisher& publisher, Dice& dice) {
    if (publisher.list == k_domains && dice.chance(40)) {
        const auto& other = any_publisher(dice);
        if (other.list == k_domains && dice.chance(50)) return dice.one_of(other.good).first;
        if (!theirs_.empty()) return dice.one_of(theirs_);
    }
    return new_value(publisher);
}

void World::add_value(Publisher& publisher, const std::string& value, Dice& dice) {
    const auto [known, is_new] = risks_.emplace(value, 0);
    if (is_new) known->second = static_cast<int>(65 + dice.number(35));
    publisher.good[value] = known->second;
    truth[publisher.list].ever.insert(value);
}

Publisher& World::any_publisher(Dice& dice) {
    return publishers[dice.number(publishers.size())];
}

void World::publish(Publisher& publisher) {
    auto values = publisher.good;
    if (publisher.has_wave) {
        for (const auto& value : wave_values()) values[value] = 99;
    }
    clouds.put_feed_file(publisher.file, risk_list(values));
    publisher.fault.clear();
}

void World::publish_falcon(const std::string& url) {
    const auto published = clouds.publish_indicator(
        fmt::format(R"({{"type":"url","indicator":"{}","malicious_confidence":"high","labels":[]}})", url));
    if (!published) throw std::runtime_error(published.error().message);
}

void World::publish_falcon(std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
        // Now and then what another list names already.
        const auto number = ++made_;
        const auto& others = publishers.front().good;
        const auto entry = number % 7 == 0 && !others.empty()
                               ? std::next(others.begin(), static_cast<std::ptrdiff_t>(number % others.size()))->first
                               : fmt::format("f-{:05}.example/x", number);
        publish_falcon("http://" + entry);
        falcon_.insert(entry);
        truth[k_falcon].ever.insert(entry);
    }
}

void World::drop_falcon(const std::string& entry, const char* how) {
    if (!clouds.change_indicator("url_http://" + entry, how)) throw std::runtime_error("no indicator " + entry);
    falcon_.erase(entry);
}

std::string World::churn(Dice& dice) {
    auto& publisher = any_publisher(dice);
    if (publisher.real != nullptr && dice.chance(60)) return move_on_as_real(publisher, dice);
    // Some steps are larger than the guard lets through.
    const auto most = dice.chance(15) ? publisher.good.size() * 2 / 3 : 5;
    auto out = std::min(dice.number(most + 1), publisher.good.size() - std::min(publisher.good.size(), k_least));
    const auto in = dice.number(6);
    for (std::size_t i = 0; i < out; ++i) publisher.good.erase(dice.one_of(publisher.good).first);
    for (std::size_t i = 0; i < in; ++i) add_value(publisher, value_for(publisher, dice), dice);
    publish(publisher);
    return fmt::format("{}: {} out, {} in, {} now", publisher.file, out, in, publisher.good.size());
}

const std::string& World::name_of_real(Publisher& publisher, std::size_t number) {
    const auto [named, is_new] = publisher.names.emplace(number, "");
    if (is_new) named->second = new_value(publisher);
    return named->second;
}

std::string World::move_on_as_real(Publisher& publisher, Dice& dice) {
    const auto& versions = publisher.real->versions;
    const auto& change = versions[publisher.version++ % versions.size()];
    for (const auto number : change.came) add_value(publisher, name_of_real(publisher, number), dice);
    for (const auto number : change.gone) {
        if (publisher.good.size() > k_least) publisher.good.erase(name_of_real(publisher, number));
    }
    publish(publisher);
    return fmt::format("{}: {} in, {} out as in a real list, {} now", publisher.file, change.came.size(),
                       change.gone.size(), publisher.good.size());
}

std::string World::publish_badly(Dice& dice) {
    auto& publisher = any_publisher(dice);
    const std::string fault = dice.one_of(publishing_faults());
    clouds.put_feed_file(publisher.file, published_badly(fault, publisher.good, dice));
    publisher.fault = fault;
    truth[publisher.list].was_odd = true;
    return fmt::format("{} is published badly: {}", publisher.file, fault);
}

std::string World::falcon_wave() {
    has_falcon_wave_ = !has_falcon_wave_;
    for (const auto& url : wave_urls()) {
        if (has_falcon_wave_) publish_falcon(url);
        if (!has_falcon_wave_ && !clouds.change_indicator("url_" + url, "delete"))
            throw std::runtime_error("no indicator " + url);
    }
    truth[k_falcon].was_odd = true;
    return fmt::format("CrowdStrike {} what must never be blocked", has_falcon_wave_ ? "lists" : "no longer lists");
}

std::string World::wave(Dice& dice) {
    if (dice.chance(25)) return falcon_wave();
    auto& publisher = any_publisher(dice);
    publisher.has_wave = !publisher.has_wave;
    truth[publisher.list].was_odd = true;
    publish(publisher);
    return fmt::format("{} {} what must never be blocked", publisher.file,
                       publisher.has_wave ? "lists" : "no longer lists");
}

std::string World::falcon_moves(Dice& dice) {
    if (dice.chance(25)) {
        armed_.falcon_at = 1 + dice.number(4);
        armed_.dice = dice.raw();
        return fmt::format("CrowdStrike's account changes at request {} to it of the next start", armed_.falcon_at);
    }
    const auto in = dice.number(5);
    publish_falcon(in);
    auto out = dice.number(5);
    out = std::min(out, falcon_.size() - std::min(falcon_.size(), k_least));
    for (std::size_t i = 0; i < out; ++i) {
        drop_falcon(std::string(dice.one_of(falcon_)), dice.chance(50) ? "delete" : "downgrade");
    }
    if (dice.chance(30)) clouds.change_indicator("url_http://" + dice.one_of(falcon_), "touch");
    return fmt::format("CrowdStrike: {} in, {} out", in, out);
}

}  // namespace cordon::simulation
