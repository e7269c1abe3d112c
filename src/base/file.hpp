#pragma once

#include <cstddef>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace cordon {

/// The whole file, at most `most_bytes`. `invalid` when it cannot be opened or is larger; the message
/// names the path and the system's reason.
[[nodiscard]] Result<std::string> read_file(const std::filesystem::path& path, std::size_t most_bytes = 64U << 20);

/// Writes beside `path`, syncs and renames: a reader sees the old or the new file, never half of one.
/// The new file has mode 0600, or 0644 where it is for everyone.
enum class FileReaders { owner, everyone };
Result<void> write_file_atomically(const std::filesystem::path& path, std::string_view bytes,
                                   FileReaders readers = FileReaders::owner);

/// The same of several pieces, one behind the other.
Result<void> write_file_atomically(const std::filesystem::path& path, std::span<const std::string_view> pieces,
                                   FileReaders readers = FileReaders::owner);

/// A read-only mapping of a whole file; the view lives as long as the object.
class MappedFile {
public:
    [[nodiscard]] static Result<MappedFile> open(const std::filesystem::path& path);
    MappedFile(MappedFile&& other) noexcept;
    MappedFile& operator=(MappedFile&& other) noexcept;
    ~MappedFile();

    [[nodiscard]] std::string_view bytes() const noexcept { return {data_, size_}; }

private:
    MappedFile(const char* data, std::size_t size) : data_(data), size_(size) {}
    const char* data_ = nullptr;
    std::size_t size_ = 0;
};

}  // namespace cordon
