#pragma once

#include <vector>

#include "base/setting.hpp"
#include "console/gate.hpp"

namespace cordon::console {

/// The keys of `[console]` that say who may come in. `options` outlives the table. Where the server listens, and its
/// certificate, are keys of who serves; AccessOptions::is_tls is theirs to set.
[[nodiscard]] std::vector<Setting> settings_of(AccessOptions& options);

}  // namespace cordon::console
