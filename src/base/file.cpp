#include "base/file.hpp"

#include <cerrno>
#include <cstdlib>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fmt/format.h>

#include "base/text.hpp"

namespace cordon {
namespace {

/// Closes a descriptor at the end of the scope.
class Descriptor {
public:
    explicit Descriptor(int number) : number_(number) {}
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    ~Descriptor() {
        if (number_ >= 0) ::close(number_);
    }
    [[nodiscard]] int get() const noexcept { return number_; }
    [[nodiscard]] bool is_open() const noexcept { return number_ >= 0; }

private:
    int number_;
};

std::string shown(const std::filesystem::path& path) {
    return printable(path.string(), 300);
}

tl::unexpected<Error> system_failure(const char* verb, const std::filesystem::path& path) {
    return fail(Code::invalid,
                fmt::format("cannot {} {}: {}", verb, shown(path), std::generic_category().message(errno)));
}

/// Writes and syncs everything; what could not be done, or null.
const char* write_all(int file, std::span<const std::string_view> pieces) {
    for (auto bytes : pieces) {
        while (!bytes.empty()) {
            const auto put = ::write(file, bytes.data(), bytes.size());
            if (put < 0 && errno == EINTR) continue;
            if (put < 0) return "write";
            bytes.remove_prefix(static_cast<std::size_t>(put));
        }
    }
    return ::fsync(file) == 0 ? nullptr : "sync";
}

}  // namespace

Result<std::string> read_file(const std::filesystem::path& path, std::size_t most_bytes) {
    const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!file.is_open()) return system_failure("open", path);
    std::string text;
    std::string chunk(1U << 16, '\0');
    for (;;) {
        const auto got = ::read(file.get(), chunk.data(), chunk.size());
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return system_failure("read", path);
        if (got == 0) return text;
        text.append(chunk, 0, static_cast<std::size_t>(got));
        if (text.size() > most_bytes) {
            return fail(Code::invalid, fmt::format("{} is larger than {} bytes", shown(path), most_bytes));
        }
    }
}

Result<void> write_file_atomically(const std::filesystem::path& path, std::string_view bytes, FileReaders readers) {
    return write_file_atomically(path, std::span(&bytes, 1), readers);
}

Result<void> write_file_atomically(const std::filesystem::path& path, std::span<const std::string_view> pieces,
                                   FileReaders readers) {
    // A name of its own (mode 0600, never an existing file or link), so that writers cannot meet in it.
    std::string beside = path.string() + ".new.XXXXXX";
    const Descriptor file(::mkostemp(beside.data(), O_CLOEXEC));
    if (!file.is_open()) return system_failure("create a file beside", path);
    const char* failed = write_all(file.get(), pieces);
    if (failed == nullptr && readers == FileReaders::everyone && ::fchmod(file.get(), 0644) != 0) failed = "open up";
    if (failed == nullptr && ::rename(beside.c_str(), path.c_str()) != 0) failed = "replace";
    if (failed == nullptr) return {};
    auto failure = system_failure(failed, path);
    ::unlink(beside.c_str());
    return failure;
}

Result<MappedFile> MappedFile::open(const std::filesystem::path& path) {
    const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!file.is_open()) return system_failure("open", path);
    struct stat facts {};
    if (::fstat(file.get(), &facts) != 0) return system_failure("read", path);
    if (!S_ISREG(facts.st_mode)) return fail(Code::invalid, fmt::format("{} is no regular file", shown(path)));
    const auto size = static_cast<std::size_t>(facts.st_size);
    if (size == 0) return MappedFile(nullptr, 0);
    void* data = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, file.get(), 0);
    if (data == MAP_FAILED) return system_failure("map", path);
    return MappedFile(static_cast<const char*>(data), size);
}

MappedFile::MappedFile(MappedFile&& other) noexcept
    : data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)) {}

MappedFile& MappedFile::operator=(MappedFile&& other) noexcept {
    std::swap(data_, other.data_);
    std::swap(size_, other.size_);
    return *this;
}

MappedFile::~MappedFile() {
    if (data_ != nullptr) ::munmap(const_cast<char*>(data_), size_);
}

}  // namespace cordon
