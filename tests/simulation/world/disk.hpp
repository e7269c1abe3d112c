#pragma once

#include <cstddef>
#include <functional>

namespace cordon::simulation {

/// What happens at one of the store's writes and syncs to the disk.
enum class DiskFate {
    dies,          ///< the program is killed before this write; what was written stays
    dies_torn,     ///< the program is killed when half of this write has reached the file
    power_fails,   ///< and of what was not synced yet, some is lost
    is_full,       ///< from this write on nothing longer than what is there fits (ENOSPC)
    is_read_only,  ///< from this write on each fails, as on a file system that was mounted anew after an error
    fails_once,    ///< this write alone ends with EIO
};

/// Stands below SQLite (a VFS, https://www.sqlite.org/vfs.html) and below the audit log (store/audit_file.hpp): counts
/// what the store writes to its files and syncs, makes it fail, and freezes the files where the program dies. There is
/// one for the whole process, and it is SQLite's default from its first use on. Syncs are not passed on. Not
/// thread-safe.
class Disk {
public:
    static Disk& get();

    /// At the write of this number, counted from now on and from 1, this happens.
    void arm(std::size_t write, DiskFate fate);
    void disarm();
    [[nodiscard]] std::size_t writes() const noexcept;  ///< since arm() or restart()
    [[nodiscard]] bool has_struck() const noexcept;     ///< what was armed has happened
    void restart();                                     ///< the program starts anew: nothing is armed
    /// The program is dead: what it still tries to write fails.
    void die();

    std::function<void()> on_death;  ///< called first
    std::size_t dice = 0;            ///< which unsynced writes a power failure loses

private:
    Disk();
};

}  // namespace cordon::simulation
