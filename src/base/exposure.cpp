#include "base/exposure.hpp"

#include <sys/stat.h>

#include <fmt/format.h>

#include "base/text.hpp"

namespace cordon {

std::optional<std::string> exposure_of(const std::filesystem::path& file) {
    struct stat facts {};
    if (::stat(file.c_str(), &facts) != 0 || !S_ISREG(facts.st_mode)) return std::nullopt;
    const bool is_readable = (facts.st_mode & S_IROTH) != 0;
    if (!is_readable && (facts.st_mode & S_IWOTH) == 0) return std::nullopt;
    const auto name = printable(std::filesystem::absolute(file).lexically_normal().string(), 300);
    return fmt::format("every user of this machine can {} {} (mode {:04o}): chmod o= '{}'",
                       is_readable ? "read" : "change", name, facts.st_mode & 07777U, name);
}

}  // namespace cordon
