#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include <spdlog/sinks/sink.h>

namespace cordon {

/// A file that rotates at 5 MiB, five files in all, each 0600 and beginning with `header` (whole lines, may be empty).
/// The folder is made 0700 where it is missing. Throws std::exception where it cannot be written.
[[nodiscard]] std::shared_ptr<spdlog::sinks::sink> make_rotating_sink(const std::filesystem::path& file,
                                                                      const std::string& header);

}  // namespace cordon
