#include "store/run_lock.hpp"

#include <array>
#include <cerrno>
#include <string_view>
#include <system_error>
#include <vector>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fmt/format.h>

#include "base/text.hpp"
#include "store/state_files.hpp"

namespace cordon::store {
namespace {

class RunLock final : public Store::Hold {
public:
    explicit RunLock(int descriptor) : descriptor_(descriptor) {}
    RunLock(const RunLock&) = delete;
    RunLock& operator=(const RunLock&) = delete;
    // The file stays: whoever removed it could remove one that another process has locked meanwhile.
    ~RunLock() override { ::close(descriptor_); }

    /// False when the disk does not take it; the lock holds all the same.
    bool write_holder(std::string_view text) const {
        return ::ftruncate(descriptor_, 0) == 0 &&
               ::pwrite(descriptor_, text.data(), text.size(), 0) == static_cast<ssize_t>(text.size());
    }

private:
    int descriptor_;
};

/// "process 123, command run, since 2026-11-21 09:30:00 UTC"; the holder may not have written yet.
std::string holder_in(int descriptor) {
    std::array<char, 512> bytes{};
    const auto size = ::pread(descriptor, bytes.data(), bytes.size(), 0);
    const std::string_view text(bytes.data(), size > 0 ? static_cast<std::size_t>(size) : 0);
    const auto lines = split(text, '\n');
    if (lines.size() < 3) return "another process";
    return fmt::format("process {} (cordon {}, since {})", printable(lines[0]), printable(lines[1]),
                       printable(lines[2]));
}

tl::unexpected<Error> system_failure(const std::filesystem::path& file) {
    return fail(Code::invalid, fmt::format("cannot lock {}: {}; state_dir must be writable for this user",
                                           file.string(), std::generic_category().message(errno)));
}

}  // namespace

Result<std::unique_ptr<Store::Hold>> take_run_lock(const std::filesystem::path& file, const std::string& command,
                                                   Time now) {
    const int descriptor = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, S_IRUSR | S_IWUSR);
    if (descriptor < 0) return system_failure(file);
    auto lock = std::make_unique<RunLock>(descriptor);
    if (::flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
        if (errno != EWOULDBLOCK) return system_failure(file);
        return fail(Code::blocked, fmt::format("{} is at work on {}; wait until its work there is done",
                                               holder_in(descriptor), file.parent_path().string()));
    }
    if (!lock->write_holder(fmt::format("{}\n{}\n{}\n", ::getpid(), printable(command), to_readable_utc(now)))) {
        return system_failure(file);
    }
    return lock;
}

Result<std::unique_ptr<Store::Hold>> take_serve_lock(const std::filesystem::path& state_dir, Time now) {
    CORDON_TRY(require_writable_state(state_dir));
    CORDON_TRY(prepare_folder(state_dir));
    return take_run_lock(state_dir / "serve.lock", "serve", now);
}

}  // namespace cordon::store
