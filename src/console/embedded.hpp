#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace cordon::console {

/// A file that the build put into the program (cmake/Embed.cmake).
struct EmbeddedFile {
    std::string_view name;  ///< "pages/overview.html"
    std::string_view tag;   ///< the beginning of its SHA-256: changes with the content
    std::size_t size = 0;   ///< unpacked
    std::string_view gzip;
};

[[nodiscard]] std::span<const EmbeddedFile> embedded_files() noexcept;
/// nullptr where there is none.
[[nodiscard]] const EmbeddedFile* find_embedded(std::string_view name) noexcept;
[[nodiscard]] std::string unpacked(const EmbeddedFile& file);

}  // namespace cordon::console
