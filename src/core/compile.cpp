#include "core/compile.hpp"

#include <algorithm>
#include <array>
#include <string>

#include "base/text.hpp"
#include "core/canonical.hpp"
#include "core/compile_names.hpp"
#include "core/compile_networks.hpp"
#include "core/list_line.hpp"
#include "core/verdict.hpp"

namespace cordon::core {

std::uint64_t CompiledList::accepted() const noexcept {
    return fetched - counts.of(ReasonClass::rejected) - counts.of(ReasonClass::merged);
}

struct Compiler::State {
    State(const CompileRules& chosen, const Protection& never_block)
        : rules(chosen),
          protection(never_block),
          names(chosen),
          networks(chosen, chosen.entity == EntityType::ip ? never_block.ipv4_networks() : std::vector<Ipv4Range>{}) {
        verdict_rules.target = target_of(chosen.entity);
    }

    void take_line(std::string_view line);
    void take_value(std::string_view value);
    void reject(Reason reason);
    void take_name();
    void take_network(Ipv4Range range);
    void take_address();
    [[nodiscard]] std::optional<Reason> judge_network(Ipv4Range range);

    CompileRules rules;
    VerdictRules verdict_rules;
    const Protection& protection;
    std::string_view value_in_hand;
    Canonical canonical;  // of the value in hand; keeps its memory
    NameCompiler names;
    NetworkCompiler networks;
    CompiledList list;
};

void Compiler::State::take_line(std::string_view line) {
    if (rules.entity == EntityType::domain) {
        auto hosts = hosts_names(without_comment(line));
        if (!hosts.empty()) {
            for (auto name = take_word(hosts); !name.empty(); name = take_word(hosts)) take_value(name);
            return;
        }
    }
    const auto value = value_of_line(line);
    if (!value.empty()) take_value(value);
}

void Compiler::State::take_value(std::string_view value) {
    ++list.fetched;
    value_in_hand = value;
    if (rules.entity == EntityType::ip) {
        if (const auto range = parse_ipv4_range(value)) {
            take_network(*range);
            return;
        }
    }
    canonicalise(rules.entity, value, canonical);
    if (!canonical.is_entry) {
        reject(canonical.reason);
    } else if (rules.entity == EntityType::ip) {
        take_address();
    } else {
        take_name();
    }
}

void Compiler::State::reject(Reason reason) {
    constexpr std::size_t k_most_samples = 3;
    list.counts.add(reason);
    auto& samples = list.samples[static_cast<std::size_t>(reason)];
    if (samples.size() < k_most_samples) samples.emplace_back(value_in_hand);
}

void Compiler::State::take_name() {
    if (rules.include_subdomains && canonical.kind == EntryKind::host) {
        canonical.kind = EntryKind::dotted_host;
        canonical.text.insert(0, 1, '.');
    }
    if (const auto verdict = judge(canonical, verdict_rules, protection)) {
        reject(verdict->reason);
        return;
    }
    names.take(canonical, list.counts);
}

/// A network that is protected in parts only may be blocked but for these.
std::optional<Reason> Compiler::State::judge_network(Ipv4Range range) {
    canonical.text = to_text(range);
    canonical.host = canonical.text;
    canonical.kind = kind_of(TargetKind::ipv4_group, canonical.text);
    const auto verdict = judge(canonical, verdict_rules, protection);
    if (!verdict) return std::nullopt;
    const bool is_protected = verdict->reason == Reason::never || verdict->reason == Reason::lock_out;
    if (is_protected && !networks.is_taken_out(range)) return std::nullopt;
    return verdict->reason;
}

/// A range that is no network is judged network by network.
void Compiler::State::take_network(Ipv4Range range) {
    for (const Ipv4Range& network : merge_to_networks({range})) {
        if (const auto reason = judge_network(network)) {
            reject(*reason);
            return;
        }
    }
    networks.take(range, list.counts);
}

/// What an IP list holds beside plain IPv4: ports, URLs, defanged text, IPv6.
void Compiler::State::take_address() {
    if (const auto range = parse_ipv4_range(canonical.text)) {
        take_network(*range);
        return;
    }
    const auto verdict = judge(canonical, verdict_rules, protection);
    reject(verdict ? verdict->reason : Reason::unsupported_by_target);
}

Compiler::Compiler(CompileRules rules, const Protection& protection)
    : state_(std::make_unique<State>(rules, protection)) {}
Compiler::~Compiler() = default;

void Compiler::add(std::string_view text) {
    LineReader reader(text);
    for (std::string_view line; reader.next(line);) state_->take_line(line);
}

CompiledList Compiler::finish() {
    if (state_->rules.entity == EntityType::ip) {
        state_->networks.finish(state_->list);
    } else {
        state_->names.finish(state_->list);
    }
    return std::move(state_->list);
}

EntityGuess detect_entity(std::string_view text) {
    constexpr std::size_t k_sample = 200;  // lines with a value
    std::array<std::size_t, 3> votes{};    // by EntityType
    std::size_t seen = 0;
    Canonical canonical;
    LineReader reader(text);
    for (std::string_view line; seen < k_sample && reader.next(line);) {
        auto value = value_of_line(line);
        if (auto names = hosts_names(without_comment(line)); !names.empty()) value = take_word(names);
        if (value.empty()) continue;
        ++seen;
        for (const auto type : {EntityType::ip, EntityType::domain, EntityType::url}) {
            canonicalise(type, value, canonical);
            if (!canonical.is_entry) continue;
            ++votes[static_cast<std::size_t>(type)];
            break;
        }
    }
    const auto most = std::ranges::max_element(votes);
    if (*most > 0 && *most * 2 >= seen) return {static_cast<EntityType>(most - votes.begin()), false};
    return {std::nullopt, *most > 0 && (votes[0] + votes[1] + votes[2]) * 2 >= seen};
}

}  // namespace cordon::core
