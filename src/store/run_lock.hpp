#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "base/clock.hpp"
#include "store/store.hpp"

namespace cordon::store {

/// Takes an exclusive flock on `file`, which it makes with mode 0600 where it is missing, and writes the
/// holder into it (process id, command, since). The system frees the lock when the process dies, so a file
/// that is left behind means nothing. `blocked` names the holder; `invalid` when the file cannot be written.
[[nodiscard]] Result<std::unique_ptr<Store::Hold>> take_run_lock(const std::filesystem::path& file,
                                                                 const std::string& command, Time now);

/// That of the one daemon of a state folder, which is made where it is missing; before the store is opened.
[[nodiscard]] Result<std::unique_ptr<Store::Hold>> take_serve_lock(const std::filesystem::path& state_dir, Time now);

}  // namespace cordon::store
