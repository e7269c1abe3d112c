#include "compile/network_reader.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include "compile/pieces.hpp"
#include "compile/plain_address.hpp"
#include "core/list_line.hpp"

namespace cordon::compile {

using core::EntityType;
using core::Ipv4Range;
using core::Reason;

NetworkReader::NetworkReader(const NetworkRules& rules) : rules_(rules) {
    verdict_rules_.target = core::target_of(EntityType::ip);
}

NetworksRead NetworkReader::read(std::string_view lines) {
    result_ = {};
    result_.addresses.reserve(lines_in(lines));
    while (!lines.empty()) {
        const char* const at = lines.data();
        const auto plain = plain_address(at, at + lines.size());
        if (plain.line_size > 0) {
            ++result_.tally.fetched;
            take_network(plain.range, {at, plain.line_size});
            lines.remove_prefix(plain.line_size);
            continue;
        }
        const auto value = core::value_of_line(core::take_line(lines));
        if (!value.empty()) take_value(value);
    }
    return std::move(result_);
}

void NetworkReader::take_value(std::string_view value) {
    ++result_.tally.fetched;
    if (const auto range = core::parse_ipv4_range(value)) {
        take_network(*range, value);
    } else {
        take_other(value);
    }
}

/// A range that is no network is judged network by network.
void NetworkReader::take_network(Ipv4Range range, std::string_view value) {
    if (!rules_.clearance.is_clear(range)) {
        for (const Ipv4Range& network : core::merge_to_networks({range})) {
            if (const auto reason = judge_network(network)) {
                result_.tally.reject(*reason, core::value_of_line(value));
                return;
            }
        }
    }
    if (range.first == range.last) {
        result_.addresses.push_back({range.first});
    } else {
        result_.networks.push_back(network_row(range));
    }
}

/// What an IP list holds beside plain IPv4: ports, URLs, defanged text, IPv6.
void NetworkReader::take_other(std::string_view value) {
    core::canonicalise(EntityType::ip, value, canonical_);
    if (!canonical_.is_entry) {
        result_.tally.reject(canonical_.reason, value);
        return;
    }
    if (const auto range = core::parse_ipv4_range(canonical_.text)) {
        take_network(*range, value);
        return;
    }
    const auto verdict = core::judge(canonical_, verdict_rules_, rules_.protection);
    result_.tally.reject(verdict ? verdict->reason : Reason::unsupported_by_target, value);
}

/// A network that is protected in parts only may be blocked but for these.
std::optional<Reason> NetworkReader::judge_network(Ipv4Range range) {
    canonical_.text = core::to_text(range);
    canonical_.host = canonical_.text;
    canonical_.kind = core::kind_of(core::TargetKind::ipv4_group, canonical_.text);
    const auto verdict = core::judge(canonical_, verdict_rules_, rules_.protection);
    if (!verdict) return std::nullopt;
    const bool is_protected = verdict->reason == Reason::never || verdict->reason == Reason::lock_out;
    if (is_protected && !is_taken_out(range)) return std::nullopt;
    return verdict->reason;
}

/// Nothing of it may be blocked.
bool NetworkReader::is_taken_out(Ipv4Range range) const {
    std::uint64_t next = range.first;
    auto at = std::ranges::lower_bound(rules_.taken_out, range.first, {}, &Ipv4Range::last);
    for (; at != rules_.taken_out.end() && at->first <= next && next <= range.last; ++at) {
        next = std::uint64_t{at->last} + 1;
    }
    return next > range.last;
}

}  // namespace cordon::compile
