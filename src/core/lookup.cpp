#include "core/lookup.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "core/canonical.hpp"

namespace cordon::core {

std::string lookup_value(std::string_view canonical) {
    if (canonical.starts_with('.')) canonical.remove_prefix(1);
    const auto host = host_of(canonical);
    auto rest = canonical.substr(host.size());
    if (rest.starts_with(':')) {
        const auto port_end = std::min(rest.find_first_of("/?#"), rest.size());
        if (parse_whole_number(rest.substr(1, port_end - 1))) rest.remove_prefix(port_end);
    }
    return std::string(host).append(rest);
}

LookupDecision decide(const LookupRules& rules, const Classification* answer, Side usual) noexcept {
    using Fate = LookupDecision::Fate;
    if (!rules.is_on()) return {Fate::deliver, usual};
    if (answer == nullptr) return {Fate::wait, usual};
    if (!answer->refused.empty()) return {Fate::deliver, usual};
    if (rules.skips_known && !answer->alerts.empty()) return {Fate::leave_out, usual};
    if (!rules.classifies) return {Fate::deliver, usual};
    return {Fate::deliver, answer->is_uncategorised ? Side::plain : Side::retain_parent};
}

}  // namespace cordon::core
