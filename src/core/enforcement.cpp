#include "core/enforcement.hpp"

#include <array>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/json.hpp"

namespace cordon::core {
namespace {

/// By EnforcementState.
constexpr std::array<const char*, k_enforcement_state_count> k_enforcement_states{
    "by_itself", "blocked", "limited", "overridden", "switched_off", "no_rule"};

}  // namespace

const char* name_of(EnforcementState state) noexcept {
    return k_enforcement_states[static_cast<std::size_t>(state)];
}

std::optional<EnforcementState> enforcement_state_of(std::string_view name) noexcept {
    for (std::size_t i = 0; i < k_enforcement_states.size(); ++i) {
        if (name == k_enforcement_states[i]) return static_cast<EnforcementState>(i);
    }
    return std::nullopt;
}

std::string text_of(const Enforcement& enforcement, Time started) {
    auto text = enforcement.sentence;
    if (!enforcement.is_active) text += " once the saved changes are active";
    if (enforcement.as_of < started) text += fmt::format(" (as of {})", to_readable_utc(enforcement.as_of));
    return text;
}

std::string to_json(const Enforcement& enforcement) {
    nlohmann::ordered_json json;
    json["state"] = name_of(enforcement.state);
    json["rule"] = enforcement.rule;
    json["overridden_by"] = enforcement.overridden_by;
    json["sentence"] = enforcement.sentence;
    json["as_of"] = to_iso8601(enforcement.as_of);
    json["active"] = enforcement.is_active;
    return json.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

std::optional<Enforcement> enforcement_from_json(const std::string& json) {
    const auto read = parse_json(json);
    if (!read.is_object()) return std::nullopt;
    const auto text_of = [&](const char* key) -> std::optional<std::string> {
        const auto found = read.find(key);
        if (found == read.end() || !found->is_string()) return std::nullopt;
        return found->get<std::string>();
    };
    const auto state = enforcement_state_of(text_of("state").value_or(""));
    const auto as_of = parse_iso8601(text_of("as_of").value_or(""));
    if (!state || !as_of) return std::nullopt;
    Enforcement enforcement;
    enforcement.state = *state;
    enforcement.rule = text_of("rule").value_or("");
    enforcement.overridden_by = text_of("overridden_by").value_or("");
    enforcement.sentence = text_of("sentence").value_or("");
    enforcement.as_of = *as_of;
    const auto active = read.find("active");  // older notes have none
    enforcement.is_active = active == read.end() || !active->is_boolean() || active->get<bool>();
    return enforcement;
}

}  // namespace cordon::core
