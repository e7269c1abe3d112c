#include "cli/operator_name.hpp"

#include <array>
#include <cstdlib>

#include <pwd.h>
#include <unistd.h>

#include <fmt/format.h>

#include "base/text.hpp"

namespace cordon::cli {

std::string operator_name() {
    const auto user = ::getuid();
    std::array<char, 4096> space{};
    passwd entry{};
    passwd* found = nullptr;
    const bool is_known = ::getpwuid_r(user, &entry, space.data(), space.size(), &found) == 0 && found != nullptr;
    auto name = is_known ? std::string(entry.pw_name) : fmt::format("user {}", user);
    const char* of_sudo = std::getenv("SUDO_USER");
    if (user == 0 && of_sudo != nullptr && *of_sudo != '\0')
        name += fmt::format(" (sudo of {})", printable(of_sudo, 64));
    return name;
}

}  // namespace cordon::cli
