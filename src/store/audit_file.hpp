#pragma once

#include <cstddef>

#include <sys/types.h>

namespace cordon::store {

/// What changes the audit log's file: write(2), ftruncate(2) and fsync(2), with their results and errno. A test stands
/// below them as it stands below SQLite with a VFS, to see a disk fail or a process die at each of them.
struct AuditFileCalls {
    ssize_t (*write)(int file, const void* bytes, std::size_t size);
    int (*truncate)(int file, off_t size);
    int (*sync)(int file);
};

/// Those of this process; the system's until somebody replaces them, which must not happen while a store is open.
[[nodiscard]] AuditFileCalls& audit_file_calls() noexcept;

}  // namespace cordon::store
