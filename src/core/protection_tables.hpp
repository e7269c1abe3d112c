#pragma once

#include <optional>
#include <string_view>

#include "core/name_table.hpp"
#include "core/network_table.hpp"
#include "core/pattern_table.hpp"
#include "core/protected_value.hpp"
#include "core/protection.hpp"

namespace cordon::core {

/// The compiled never-block data of a Protection.
struct Protection::Tables {
    ClaimBook claims;
    NameTable names;
    NetworkTable<std::uint32_t> ipv4;
    NetworkTable<Ipv6Bytes> ipv6;
    PatternTable never_patterns;
    PatternTable popular_patterns;

    [[nodiscard]] Hit to_hit(ClaimBook::Id claim) const;
};

}  // namespace cordon::core
