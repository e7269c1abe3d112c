#include "store/state_files.hpp"

#include <array>
#include <cerrno>
#include <system_error>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fmt/format.h>

#include "base/own_folder.hpp"

namespace cordon::store {
namespace {

const std::array<std::string, 4> k_needed{"cordon.db", "cordon.db-wal", "cordon.db-shm", "cordon.lock"};

OwnFolder folder_of(const std::filesystem::path& state_dir) {
    return {state_dir, "state folder", "state_dir"};
}

tl::unexpected<Error> state_failure(const char* verb, const std::filesystem::path& path, int error) {
    return fail(Code::invalid, fmt::format("cannot {} {}: {}; choose a writable state_dir", verb, path.string(),
                                           std::generic_category().message(error)));
}

}  // namespace

Result<void> require_writable_state(const std::filesystem::path& state_dir) {
    return require_writable(folder_of(state_dir), k_needed);
}

Result<void> require_readable_state(const std::filesystem::path& state_dir) {
    return require_readable(folder_of(state_dir), k_needed);
}

Result<void> prepare_folder(const std::filesystem::path& state_dir) {
    std::error_code error;
    const bool is_new_folder = std::filesystem::create_directories(state_dir, error);
    if (error) return state_failure("make", state_dir, error.value());
    if (is_new_folder && ::chmod(state_dir.c_str(), S_IRWXU) != 0) return state_failure("protect", state_dir, errno);
    return {};
}

Result<void> prepare_files(const std::filesystem::path& state_dir, const std::filesystem::path& file) {
    CORDON_TRY(prepare_folder(state_dir));
    // Never opened when it is there: closing a descriptor would drop the locks that this process has on it.
    const int descriptor = ::open(file.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR);
    if (descriptor >= 0) {
        ::close(descriptor);
    } else if (errno != EEXIST) {
        return state_failure("make", file, errno);
    }
    if (::chmod(file.c_str(), S_IRUSR | S_IWUSR) != 0) return state_failure("protect", file, errno);
    return {};
}

std::string uri_path(const std::filesystem::path& path) {
    std::string escaped;
    for (const char c : path.string()) {
        if (c == '?' || c == '#' || c == '%') {
            escaped += fmt::format("%{:02X}", static_cast<unsigned char>(c));
        } else {
            escaped += c;
        }
    }
    return escaped;
}

}  // namespace cordon::store
