#include "core/reason.hpp"

namespace cordon::core {
namespace {

struct Facts {
    Reason reason;
    const char* name;
    const char* explanation;
    ReasonClass reason_class;
};

constexpr std::array<Facts, k_reason_count> k_facts{{
    {Reason::not_an_indicator, "not_an_indicator", "no domain, URL or address", ReasonClass::rejected},
    {Reason::wrong_type, "wrong_type", "an indicator, but not of the list's entity type", ReasonClass::rejected},
    {Reason::reserved_address, "reserved_address", "private, loopback or otherwise reserved address or name",
     ReasonClass::rejected},
    {Reason::public_suffix, "public_suffix", "a public suffix: would block a whole registry or hoster",
     ReasonClass::rejected},
    {Reason::too_long, "too_long", "longer than the gateway takes", ReasonClass::rejected},
    {Reason::forbidden_characters, "forbidden_characters", "characters that the gateway refuses",
     ReasonClass::rejected},
    {Reason::unsupported_by_target, "unsupported_by_target", "a form that the target cannot hold",
     ReasonClass::rejected},
    {Reason::too_wide, "too_wide", "network wider than min_prefix", ReasonClass::rejected},
    {Reason::lock_out, "lock_out", "would lock out the gateway, its feeds or sign-in", ReasonClass::rejected},
    {Reason::never, "never", "on your never list, or unblocked by an operator", ReasonClass::rejected},
    {Reason::popular, "popular", "would block a whole popular host", ReasonClass::rejected},
    {Reason::below_min_risk, "below_min_risk", "risk below min_risk", ReasonClass::rejected},
    {Reason::duplicate, "duplicate", "the same entry again", ReasonClass::merged},
    {Reason::covered, "covered", "blocked already by another entry of the list", ReasonClass::merged},
    {Reason::joined, "joined", "a network stands for it, all of whose addresses the list names", ReasonClass::merged},
    {Reason::folded, "folded", "a domain that the feed names stands for it, with its subdomains", ReasonClass::merged},
    {Reason::covered_by_list, "covered_by_list", "blocked already by another list of the group", ReasonClass::merged},
    {Reason::over_capacity, "over_capacity", "ranked behind the cap or the tenant's room", ReasonClass::waiting},
    {Reason::quarantined, "quarantined", "refused or not kept by the gateway", ReasonClass::waiting},
    {Reason::excepted, "excepted", "taken out by hand on the gateway", ReasonClass::waiting},
    {Reason::pending, "pending", "planned, not applied yet", ReasonClass::waiting},
    {Reason::known_to_gateway, "known_to_gateway", "Zscaler flags it already", ReasonClass::waiting},
    {Reason::awaiting_lookup, "awaiting_lookup", "not looked up yet; a later run asks", ReasonClass::waiting},
}};

constexpr bool is_in_order() {
    for (std::size_t i = 0; i < k_facts.size(); ++i) {
        if (static_cast<std::size_t>(k_facts[i].reason) != i) return false;
    }
    return true;
}
static_assert(is_in_order(), "the table is indexed by Reason");

const Facts& facts_of(Reason reason) noexcept {
    return k_facts[static_cast<std::size_t>(reason)];
}

}  // namespace

const char* name_of(Reason reason) noexcept {
    return facts_of(reason).name;
}
const char* explanation_of(Reason reason) noexcept {
    return facts_of(reason).explanation;
}
ReasonClass class_of(Reason reason) noexcept {
    return facts_of(reason).reason_class;
}

const char* name_of(ReasonClass reason_class) noexcept {
    switch (reason_class) {
        case ReasonClass::rejected: return "rejected";
        case ReasonClass::merged: return "merged";
        case ReasonClass::waiting: return "waiting";
    }
    return "rejected";
}

std::uint64_t ReasonCounts::of(ReasonClass reason_class) const noexcept {
    std::uint64_t sum = 0;
    for (const auto& facts : k_facts) {
        if (facts.reason_class == reason_class) sum += of(facts.reason);
    }
    return sum;
}

void ReasonCounts::add(const ReasonCounts& other) noexcept {
    for (std::size_t i = 0; i < counts_.size(); ++i) counts_[i] += other.counts_[i];
}

}  // namespace cordon::core
