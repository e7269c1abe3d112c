#pragma once

#include <filesystem>
#include <optional>
#include <string>

namespace cordon {

/// Whether users beside the owner and the group may read or change a file that holds secrets: "every user of this
/// machine can read /etc/x (mode 0644): chmod o= '/etc/x'". nullopt where they may not, or where that cannot be told.
[[nodiscard]] std::optional<std::string> exposure_of(const std::filesystem::path& file);

}  // namespace cordon
