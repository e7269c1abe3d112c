#pragma once

#include "core/protection.hpp"

namespace cordon::core {

/// What Cordon protects by itself, built once.
inline const Protection& builtin_protection() {
    static const Protection built = [] {
        ProtectionBuilder builder;
        builder.add_builtin_lock_out();
        builder.add_builtin_popular();
        return builder.build();
    }();
    return built;
}

}  // namespace cordon::core
