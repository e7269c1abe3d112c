#include "tests/simulation/world/world.hpp"

#include <algorithm>
#include <array>
#include <stdexcept>
#include <utility>

#include <fmt/format.h>

#include "base/text.hpp"
#include "gateways/zia/zia.hpp"
#include "tests/simulation/world/troubles.hpp"

namespace cordon::simulation {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t k_least = 12;  // values that a list keeps

sandbox::Options clouds_of(std::uint64_t seed) {
    sandbox::Options options;
    options.seed = seed;
    options.cs_rows = 0;
    options.domains = 1;
    options.ips = 1;
    // In what tenants differ, and the sources (zia-api.md 12, 13; crowdstrike-intel-api.md 4, 6).
    using sandbox::Quirk;
    constexpr std::array k_quirks{Quirk::no_password_expiry,   Quirk::sign_out_204,     Quirk::lite_without_names,
                                  Quirk::unknown_category_500, Quirk::retry_after_zero, Quirk::retry_after_in_words,
                                  Quirk::counts_strip_lists,   Quirk::odd_header_case,  Quirk::retry_after_milliseconds,
                                  Quirk::no_next_page,         Quirk::token_refusal_401};
    Dice dice(seed);
    for (const auto quirk : k_quirks) {
        if (dice.chance(20)) options.quirks.insert(quirk);
    }
    if (dice.chance(30)) options.activation_takes = std::chrono::seconds(5);
    if (dice.chance(30)) options.edit_lock_hold = std::chrono::seconds(30);
    return options;
}

Time beginning() {
    return parse_iso8601("2026-11-21T09:30:00Z").value();
}

}  // namespace

bool is_placeholder(const std::string& entry) {
    return entry == gateways::zia::k_placeholder_host || entry == gateways::zia::k_placeholder_address;
}

World::World(std::uint64_t seed)
    : time(beginning()), clouds(clouds_of(seed), time), machine(clouds, time, seed ^ 0x5eed) {
    publishers = {{"risklist_domains", "/lists/domains.csv", k_domains},
                  {"risklist_more", "/lists/more.csv", k_domains},
                  {"risklist_addresses", "/lists/addresses.csv", k_addresses, true}};
    Dice dice(seed);
    begin_publishing(dice);
    machine.set("allow", "never", k_resolver);
    machine.set("falcon_urls", "category_name", k_falcon);
    machine.set("falcon_urls", "types", "url");
    keep_peace();
}

void World::keep_peace() {
    for (const auto& list : lists()) {
        auto& it = truth[list];
        it.at_peace = meant(list);
        it.was_odd = false;
        const auto there = on(list, sandbox::Side::saved);
        std::erase_if(it.taken_out, [&](const auto& taken) { return there.contains(taken.first); });
        std::erase_if(it.refused, [&](const auto& refused) { return there.contains(refused.first); });
    }
    for (auto& publisher : publishers) publisher.at_peace = publisher.good;
    had_clock_trouble = false;
}

bool World::is_off(const std::string& list) const {
    return !is_falcon(list) && std::all_of(publishers.begin(), publishers.end(), [&](const Publisher& publisher) {
        return publisher.list != list || publisher.is_off;
    });
}

bool World::is_partly_off(const std::string& list) const {
    return std::any_of(publishers.begin(), publishers.end(),
                       [&](const Publisher& publisher) { return publisher.list == list && publisher.is_off; });
}

int World::risk_of(const std::string& list, const std::string& value) const {
    if (is_falcon(list)) return k_falcon_risk;
    const auto known = risks_.find(value);
    return known == risks_.end() ? 0 : known->second;
}

Entries World::on(const std::string& list, sandbox::Side side) {
    const auto view = clouds.list(list, side);
    auto entries = view ? view->entries() : Entries{};
    std::erase_if(entries,
                  [](const std::string& entry) { return entry.find("cordon-placeholder") != std::string::npos; });
    return entries;
}

Entries World::meant(const std::string& list) {
    Entries values;
    if (is_falcon(list)) values = falcon_;
    for (const auto& publisher : publishers) {
        if (publisher.list != list) continue;
        for (const auto& [value, risk] : publisher.good) values.insert(value);
    }
    std::erase_if(values, [&](const std::string& value) { return never_.contains(value); });
    return values;
}

Entries World::told(const std::string& list) {
    auto values = meant(list);
    const auto is_told = [&](const std::string& value) {
        return std::any_of(publishers.begin(), publishers.end(), [&](const Publisher& publisher) {
            // Of a section that is switched off Cordon goes by what it read last.
            return publisher.list == list && publisher.was_read && publisher.good.contains(value) &&
                   (!publisher.is_off || publisher.known.contains(value));
        });
    };
    if (!is_falcon(list)) std::erase_if(values, [&](const std::string& value) { return !is_told(value); });
    return values;
}

Entries World::wanted(const std::string& list) {
    auto all = meant(list);
    const auto& foreign = truth[list].foreign;
    all.insert(foreign.begin(), foreign.end());
    return all;
}

std::string World::perform(const Step& step) {
    Dice dice(step.dice);
    switch (step.deed) {
        case Deed::time: {
            constexpr std::array k_lengths{5min,       61min,      61min,          6h + 0min,
                                           25h + 0min, 25h + 0min, 24h * 8 + 0min, 24h * 40 + 0min};
            const auto length = dice.one_of(k_lengths);
            time.advance(length);
            return fmt::format("{} pass", cordon::to_text(std::chrono::seconds(length)));
        }
        case Deed::churn: return churn(dice);
        case Deed::publish_badly: return publish_badly(dice);
        case Deed::mend_list: {
            auto& publisher = any_publisher(dice);
            publish(publisher);
            return publisher.file + " is mended";
        }
        case Deed::wave: return wave(dice);
        case Deed::falcon_moves: return falcon_moves(dice);
        case Deed::fault: return fault(dice);
        case Deed::maintenance: {
            const bool is_on = dice.chance(60);
            clouds.set_maintenance(is_on ? sandbox::Sandbox::Maintenance::on : sandbox::Sandbox::Maintenance::off);
            return is_on ? "ZIA's maintenance begins" : "ZIA's maintenance ends";
        }
        case Deed::colleague: return colleague(dice);
        case Deed::colleague_waits: return colleague_waits(dice);
        case Deed::delete_list: return delete_list(dice);
        case Deed::quota: return quota(dice);
        case Deed::settings: return settings(dice);
        case Deed::clock_jumps: {
            constexpr std::array k_jumps{24h * 3, 3h, -3h, -24h * 2, 24h * 400, -24h * 400};
            const auto by = dice.one_of(k_jumps);
            machine.clock.jump(by);
            had_clock_trouble = true;
            for (auto& [list, it] : truth) {
                for (auto& [entry, taken] : it.taken_out) {
                    taken.has_clock_odd = true;
                    taken.is_promised = false;
                }
            }
            return fmt::format("the machine's clock jumps by {} h", by.count());
        }
        case Deed::clock_mended: machine.clock.correct(); return "the machine's clock is right again";
        case Deed::run:
        case Deed::plan:
        case Deed::good_days: return std::string(name_of(step.deed));
        default: return arm_death(dice, step.deed);
    }
}

std::string World::fault(Dice& dice) {
    ++figures.faults;
    if (dice.chance(5)) {
        armed_.names_bad = true;
        armed_.dice = dice.raw();
        return "ZIA will refuse what the next start adds and name some of it";
    }
    const auto& trouble = dice.one_of(troubles());
    sandbox::Fault fault;
    fault.kind = trouble.kind;
    fault.method = trouble.method;
    fault.path = trouble.path;
    fault.status = trouble.status;
    fault.body = trouble.body;
    constexpr std::array k_skips{0, 0, 1, 2, 3, 5, 8, 12};
    fault.skip = dice.one_of(k_skips);
    constexpr std::array k_counts{1, 1, 2, 5, 20};
    fault.count = dice.one_of(k_counts);
    constexpr std::array k_delays{2s, 40s, 400s};
    fault.delay = dice.one_of(k_delays);
    if (trouble.status == 429 && dice.chance(80))
        fault.headers.emplace_back("Retry-After", dice.chance(50) ? "3" : "2 seconds");
    if (trouble.status == 302) fault.headers.emplace_back("Location", "https://elsewhere.example/");
    clouds.inject(fault);
    return fmt::format(
        "fault {} {} {} after {} requests, {} times{}", name_of(fault.kind), fault.method, fault.path, fault.skip,
        fault.count,
        fault.kind == sandbox::Fault::Kind::answer ? fmt::format(": {} '{}'", fault.status, fault.body) : "");
}

void World::note_answer(const net::Request& request, int status) {
    const bool is_refused = status == 400 && (request.method == "PUT" || request.method == "POST");
    auto sent = publishers.end();
    if (request.method == "GET" && status == 200) {
        sent = std::find_if(publishers.begin(), publishers.end(), [&](const Publisher& publisher) {
            if (publisher.is_of_connect) return request.url.find("/v2/domain/risklist?") != std::string::npos;
            return request.url.find("%2Flists%2F") != std::string::npos &&
                   request.url.ends_with("%2F" + publisher.file.substr(publisher.file.rfind('/') + 1));
        });
    }
    if (!is_refused && sent == publishers.end()) return;
    const auto journal = clouds.journal();
    const bool was_faulted = !journal.empty() && !journal.back().fault.empty();
    if (is_refused && was_faulted) note_refusal(request.body);  // its own refusals are true
    if (sent == publishers.end() || was_faulted || !sent->fault.empty()) return;
    sent->was_sent = true;
    sent->sent = sent->good;
}

void World::note_refusal(const std::string& body) {
    for (const auto& list : lists()) {
        for (const auto& entry : meant(list)) {
            const bool is_named = named_bad_.empty() || named_bad_.contains(entry);
            if (is_named && body.find('"' + entry + '"') != std::string::npos) truth[list].refused[entry] = time.now();
        }
    }
    named_bad_.clear();
}

void World::move_on_at_request(const net::Request& request) {
    Dice dice(now_.dice);
    if (now_.names_bad) name_bad(request);
    const bool is_to_falcon = request.url.find("/intel/") != std::string::npos;
    if (is_to_falcon && now_.falcon_at != 0 && ++now_.falcon_seen == now_.falcon_at) {
        publish_falcon(1 + dice.number(3));
        const auto out = falcon_.size() > k_least ? dice.number(3) : 0;
        for (std::size_t i = 0; i < out; ++i) drop_falcon(std::string(dice.one_of(falcon_)), "delete");
    }
    if (now_.colleague_at == 0 || ++now_.seen != now_.colleague_at) return;
    had_company = true;
    colleague_on(dice.chance(50) ? k_domains : k_falcon, dice);
}

/// 400 "Invalid urls [a, b]" (zia-api.md 5.1), of entries that are in the request.
void World::name_bad(const net::Request& request) {
    const bool adds = request.method == "PUT" && request.url.find("action=ADD_TO_LIST") != std::string::npos;
    if (!adds) return;
    now_.names_bad = false;
    std::vector<std::string> named;
    for (const auto& list : lists()) {
        for (const auto& entry : meant(list)) {
            if (named.size() < 2 && request.body.find('"' + entry + '"') != std::string::npos) named.push_back(entry);
        }
    }
    if (named.empty()) return;
    sandbox::Fault fault;
    fault.method = "PUT";
    fault.path = "/api/v1/urlCategories*";
    fault.status = 400;
    fault.body = fmt::format(R"({{"code":"INVALID_INPUT_ARGUMENT","message":"Invalid urls [{}]"}})", join(named, ", "));
    named_bad_ = Entries(named.begin(), named.end());
    clouds.inject(fault);
}

std::string World::arm_death(Dice& dice, Deed deed) {
    armed_.dice = dice.raw();
    switch (deed) {
        case Deed::dies_at_request:
            armed_.request = {1 + dice.number(40), dice.chance(50) ? Fate::dies_sending : Fate::dies_waiting};
            break;
        case Deed::stopped: armed_.request = {1 + dice.number(40), Fate::told_to_stop}; break;
        case Deed::no_network: armed_.request = {1 + dice.number(40), Fate::never_connected}; break;
        case Deed::dies_at_write: {
            constexpr std::array k_fates{DiskFate::dies, DiskFate::dies_torn, DiskFate::power_fails};
            armed_.write = {1 + dice.number(300), dice.one_of(k_fates)};
            break;
        }
        case Deed::disk_full:
            armed_.write = {1 + dice.number(300), dice.chance(50) ? DiskFate::is_full : DiskFate::is_read_only};
            break;
        default: armed_.write = {1 + dice.number(300), DiskFate::fails_once}; break;
    }
    const bool is_of_disk = deed == Deed::dies_at_write || deed == Deed::disk_full || deed == Deed::disk_error;
    return fmt::format("the next start: {} {}", name_of(deed),
                       is_of_disk ? armed_.write->first : armed_.request->first);
}

void World::arm() {
    auto& disk = Disk::get();
    disk.restart();
    machine.wire.restart();
    if (armed_.request) machine.wire.arm(armed_.request->first, armed_.request->second);
    if (armed_.write) {
        disk.arm(armed_.write->first, armed_.write->second);
        disk.dice = armed_.dice;
    }
    now_ = std::exchange(armed_, {});
    had_company = false;
}

void World::mend_all() {
    armed_ = {};
    clouds.clear_faults();
    clouds.set_maintenance(sandbox::Sandbox::Maintenance::off);
    clouds.publish_by_hand();
    clouds.set_quota(25'000);
    machine.clock.correct();
    if (has_falcon_wave_) falcon_wave();
    for (auto& publisher : publishers) {
        publisher.has_wave = false;
        publish(publisher);
        machine.unset(publisher.section, "max_entries");
        machine.unset(publisher.section, "enabled");
        publisher.is_off = false;
        truth[publisher.list].cap = 0;
    }
    time.advance(3h);
}

void World::note_ending(const Ending& ending, const std::map<std::string, Entries>& before) {
    for (auto& [list, it] : truth) {
        const auto there = on(list, sandbox::Side::saved);
        std::erase_if(it.seen, [&](const std::string& entry) { return !there.contains(entry); });
    }
    for (auto& publisher : publishers) {
        const bool was_sent = std::exchange(publisher.was_sent, false);
        if (!was_sent || ending.died || ending.had_disk_trouble) continue;
        publisher.was_read = true;
        publisher.known = publisher.sent;
    }
    const auto* report = ending.report();
    if (report == nullptr || ending.died) return;
    for (const auto& told : report->lists) {
        const auto known = truth.find(told.list);
        const bool is_settled = told.outcome == core::Outcome::done || told.outcome == core::Outcome::unchanged;
        if (known == truth.end() || !is_settled || had_company) continue;
        auto& it = known->second;
        const auto there = on(told.list, sandbox::Side::saved);
        for (const auto& entry : before.at(told.list)) {
            if (there.contains(entry)) it.seen.insert(entry);
        }
        const auto named = meant(told.list);
        for (auto& [entry, taken] : it.taken_out) {
            if (taken.noticed || there.contains(entry)) continue;
            taken.noticed = time.now();
            taken.is_promised = taken.is_promised && named.contains(entry);  // else nobody knows that it was taken out
        }
    }
}

}  // namespace cordon::simulation
