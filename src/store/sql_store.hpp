#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>

#include "base/result.hpp"
#include "store/store.hpp"

namespace cordon::store {

enum class OpenMode {
    writing,  ///< creates what is missing; for runs and everything that changes something
    /// For plan, check and runs list, also while a run is under way. Creates no store: where there is none it
    /// reads as empty. Only rate budgets are written, since every request counts, the mirror, which is a copy of what
    /// the provider has, and the lists' notes, for what a check read of their rules; all else is `invalid`.
    reading,
    /// For runs list and exceptions list: nothing at all is written, so that a store which this user or the disk
    /// lets nobody change can be looked at.
    looking,
};

/// How much of the past is kept; what is older makes room when something is added.
struct Retention {
    std::size_t runs = 1'000;                ///< reports
    std::size_t snapshots = 5;               ///< of each feed
    std::uint64_t audit_bytes = 1ULL << 30;  ///< a larger audit log is put aside by the next hold(); 0: never
};

/// Opens `state_dir`/cordon.db (SQLite, write-ahead log, every commit synced to the disk). A folder made
/// for it gets mode 0700, the files 0600 whatever the umask. Errors: `corrupt` when the file is damaged,
/// `invalid` when it cannot be written or was written by a newer version, `blocked` when another process
/// keeps it locked for more than ten seconds. The store may be used from several threads.
[[nodiscard]] Result<std::unique_ptr<Store>> open_store(const std::filesystem::path& state_dir,
                                                        OpenMode mode = OpenMode::writing,
                                                        const Retention& retention = {});

}  // namespace cordon::store
