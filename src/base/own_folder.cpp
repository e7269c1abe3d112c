#include "base/own_folder.hpp"

#include <array>
#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fmt/format.h>

namespace cordon {
namespace {

struct Wanted {
    int mode;
    const char* verb;
};
constexpr Wanted k_to_write{W_OK, "write"};
constexpr Wanted k_to_read{R_OK, "read"};

std::string name_of_user(uid_t user) {
    struct passwd entry {};
    struct passwd* found = nullptr;
    std::array<char, 4096> buffer{};
    const bool is_known = ::getpwuid_r(user, &entry, buffer.data(), buffer.size(), &found) == 0 && found != nullptr;
    return is_known ? std::string(found->pw_name) : fmt::format("number {}", user);
}

/// The system's reason why the effective user may not; 0 where it may.
int refusal(const std::filesystem::path& path, int mode) {
    return ::faccessat(AT_FDCWD, path.c_str(), mode, AT_EACCESS) == 0 ? 0 : errno;
}

/// "…/state belongs to user root, and alice cannot write it": why, without what to do.
std::string reason_of(const std::filesystem::path& path, const Wanted& wanted, int refused, uid_t owner) {
    if (refused == EROFS) return fmt::format("{} lies on a read-only file system", path.string());
    const auto me = ::geteuid();
    if (owner == me)
        return fmt::format("{} does not let its own user ({}) {} it", path.string(), name_of_user(me), wanted.verb);
    return fmt::format("{} belongs to user {}, and this user ({}) cannot {} it", path.string(), name_of_user(owner),
                       name_of_user(me), wanted.verb);
}

tl::unexpected<Error> refuse(const OwnFolder& folder, const std::filesystem::path& blamed, const Wanted& wanted,
                             int refused, uid_t owner) {
    const bool is_of_another = owner != ::geteuid() && refused != EROFS;
    const bool goes_on_as_other = ::getuid() != ::geteuid();  // the owner of the state folder
    const auto me = name_of_user(::geteuid());
    const auto cure =
        is_of_another && goes_on_as_other
            ? fmt::format("make it theirs, since the state folder is ('chown {} {}'),", me, blamed.string())
        : is_of_another ? fmt::format("run cordon as {}", name_of_user(owner))
                        : "change that";
    return fail(Code::invalid,
                fmt::format("cannot use the {} {}: {}; {} or set {} in [cordon] to a folder that user {} can {}",
                            folder.what, folder.path.string(), reason_of(blamed, wanted, refused, owner), cure,
                            folder.setting, me, wanted.verb));
}

Result<void> require_folder(const OwnFolder& folder, const Wanted& wanted) {
    auto path = std::filesystem::absolute(folder.path);
    struct stat facts {};
    bool is_missing = false;
    while (::stat(path.c_str(), &facts) != 0 && path.has_relative_path()) {
        is_missing = is_missing || errno == ENOENT;
        path = path.parent_path();  // the one that hides it, or that it would be made in
    }
    // What else is wrong shows at use.
    if (is_missing && wanted.mode == R_OK) return {};
    if (!S_ISDIR(facts.st_mode)) return {};
    const int refused = refusal(path, wanted.mode | X_OK);
    if (refused != EACCES && refused != EPERM && refused != EROFS) return {};
    return refuse(folder, path, wanted, refused, facts.st_uid);
}

Result<void> require_access(const OwnFolder& folder, std::span<const std::string> files, const Wanted& wanted) {
    CORDON_TRY(require_folder(folder, wanted));
    for (const auto& name : files) {
        const auto file = folder.path / name;
        struct stat facts {};
        if (::stat(file.c_str(), &facts) != 0) continue;
        if (const int refused = refusal(file, wanted.mode); refused != 0) {
            return refuse(folder, file, wanted, refused, facts.st_uid);
        }
    }
    return {};
}

}  // namespace

Result<void> go_on_as_owner_of(const std::filesystem::path& folder) {
    struct stat facts {};
    if (::geteuid() != 0 || ::stat(folder.c_str(), &facts) != 0 || facts.st_uid == 0) return {};
    if (::setegid(facts.st_gid) == 0 && ::seteuid(facts.st_uid) == 0) return {};
    return fail(
        Code::invalid,
        fmt::format("{} belongs to user {}, and root cannot go on as that user: {}; run cordon as {}", folder.string(),
                    name_of_user(facts.st_uid), std::strerror(errno), name_of_user(facts.st_uid)));
}

// Only root goes on as others, and root may always come back.
AsCaller::AsCaller() : user_(::geteuid()), group_(::getegid()) {
    if (user_ == ::getuid()) return;
    [[maybe_unused]] const bool is_back = ::seteuid(::getuid()) == 0 && ::setegid(::getgid()) == 0;
}

AsCaller::~AsCaller() {
    if (user_ == ::geteuid()) return;
    [[maybe_unused]] const bool is_gone = ::setegid(group_) == 0 && ::seteuid(user_) == 0;
}

Result<void> require_writable(const OwnFolder& folder, std::span<const std::string> files) {
    return require_access(folder, files, k_to_write);
}

Result<void> require_readable(const OwnFolder& folder, std::span<const std::string> files) {
    return require_access(folder, files, k_to_read);
}

}  // namespace cordon
