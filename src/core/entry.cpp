#include "core/entry.hpp"

#include <array>

namespace cordon::core {
namespace {

struct Names {
    const char* name;
    const char* noun;
};
/// By TargetKind.
constexpr std::array<Names, k_target_kind_count> k_targets{{
    {"url_category", "custom URL category"},
    {"ipv4_group", "destination IPv4 group"},
    {"fqdn_group", "destination FQDN group"},
    {"denylist", "denylist"},
}};

}  // namespace

const char* name_of(TargetKind kind) noexcept {
    return k_targets[static_cast<std::size_t>(kind)].name;
}

const char* noun_of(TargetKind kind) noexcept {
    return k_targets[static_cast<std::size_t>(kind)].noun;
}

std::optional<TargetKind> target_kind_of(std::string_view name) noexcept {
    for (std::size_t i = 0; i < k_targets.size(); ++i) {
        if (name == k_targets[i].name) return static_cast<TargetKind>(i);
    }
    return std::nullopt;
}

}  // namespace cordon::core
