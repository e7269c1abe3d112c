#include "tests/simulation/world/disk.hpp"

#include <algorithm>
#include <atomic>
#include <optional>
#include <random>
#include <stdexcept>
#include <string>
#include <vector>

#include <cerrno>

#include <sqlite3.h>
#include <unistd.h>

#include "store/audit_file.hpp"

namespace cordon::simulation {
namespace {

/// What a file held before a write that was not synced yet.
struct Unsynced {
    sqlite3_int64 offset = 0;
    std::string former;
    sqlite3_int64 former_size = 0;
};

struct Platter {
    std::size_t writes = 0;
    std::size_t armed_at = 0;
    std::optional<DiskFate> armed;
    bool has_struck = false;
    std::atomic<bool> is_dead = false;
    int fails_with = SQLITE_OK;  ///< every write from now on
    int audit_file = -1;         ///< of which not all is synced
    off_t audit_size = 0;        ///< that was synced
};
Platter g_platter;

void clean_platter() {
    g_platter.writes = g_platter.armed_at = 0;
    g_platter.armed.reset();
    g_platter.has_struck = false;
    g_platter.is_dead = false;
    g_platter.fails_with = SQLITE_OK;
    g_platter.audit_file = -1;
}

/// SQLite allocates it and calls no constructor or destructor.
struct File {
    sqlite3_file base;
    sqlite3_file* real;
    std::vector<Unsynced>* unsynced;
};

sqlite3_file* real_of(sqlite3_file* file) {
    return reinterpret_cast<File*>(file)->real;
}

std::vector<File*>& open_files() {
    static std::vector<File*> files;
    return files;
}

/// Half of what was not synced is gone, whichever was written first.
void lose_unsynced() {
    std::mt19937_64 random(Disk::get().dice);
    for (auto* file : open_files()) {
        auto& log = *file->unsynced;
        auto* real = file->real;
        for (auto it = log.rbegin(); it != log.rend(); ++it) {
            if (random() % 2 == 0) continue;
            real->pMethods->xWrite(real, it->former.data(), static_cast<int>(it->former.size()), it->offset);
        }
        if (!log.empty() && random() % 2 == 0) real->pMethods->xTruncate(real, log.front().former_size);
        log.clear();
    }
    auto& it = g_platter;
    if (it.audit_file < 0) return;
    const auto size = ::lseek(it.audit_file, 0, SEEK_END);
    const auto lost = size > it.audit_size ? static_cast<std::uint64_t>(size - it.audit_size) : 0;
    if (::ftruncate(it.audit_file, size - static_cast<off_t>(random() % (lost + 1))) != 0)
        throw std::runtime_error("the audit log cannot be cut off");
    it.audit_file = -1;
}

void kill() {
    auto& disk = Disk::get();
    if (disk.on_death) disk.on_death();
    g_platter.is_dead = true;
}

/// What becomes of the next write; SQLITE_OK where it is made.
int strike(sqlite3_file* real, const void* bytes, int size, sqlite3_int64 offset, bool grows) {
    auto& it = g_platter;
    if (it.is_dead) return SQLITE_IOERR_WRITE;
    ++it.writes;
    if (it.fails_with == SQLITE_FULL) return grows ? SQLITE_FULL : SQLITE_OK;
    if (it.fails_with != SQLITE_OK) return it.fails_with;
    if (!it.armed || it.has_struck || it.writes != it.armed_at) return SQLITE_OK;
    it.has_struck = true;
    switch (*it.armed) {
        case DiskFate::fails_once: return SQLITE_IOERR_WRITE;
        case DiskFate::is_full: it.fails_with = SQLITE_FULL; return grows ? SQLITE_FULL : SQLITE_OK;
        case DiskFate::is_read_only: return it.fails_with = SQLITE_IOERR_WRITE;
        case DiskFate::dies_torn:
            if (bytes != nullptr) real->pMethods->xWrite(real, bytes, size / 2, offset);
            break;
        case DiskFate::power_fails: lose_unsynced(); break;
        case DiskFate::dies: break;
    }
    kill();
    return SQLITE_IOERR_WRITE;
}

int on_write(sqlite3_file* file, const void* bytes, int size, sqlite3_int64 offset) {
    auto* real = real_of(file);
    sqlite3_int64 size_now = 0;
    real->pMethods->xFileSize(real, &size_now);
    if (const int struck = strike(real, bytes, size, offset, offset + size > size_now); struck != SQLITE_OK)
        return struck;
    Unsynced former{offset, std::string(static_cast<std::size_t>(size), '\0'), 0};
    real->pMethods->xFileSize(real, &former.former_size);
    real->pMethods->xRead(real, former.former.data(), size, offset);  // short reads are filled with zeros
    reinterpret_cast<File*>(file)->unsynced->push_back(std::move(former));
    return real->pMethods->xWrite(real, bytes, size, offset);
}

int on_truncate(sqlite3_file* file, sqlite3_int64 size) {
    auto* real = real_of(file);
    if (const int struck = strike(real, nullptr, 0, 0, /*grows=*/false); struck != SQLITE_OK) return struck;
    return real->pMethods->xTruncate(real, size);
}

int on_sync(sqlite3_file* file, int) {
    // A power failure here finds all of a commit in the file and nothing of it on the disk.
    if (strike(nullptr, nullptr, 0, 0, /*grows=*/false) != SQLITE_OK) return SQLITE_IOERR_FSYNC;
    reinterpret_cast<File*>(file)->unsynced->clear();
    return SQLITE_OK;
}

int on_close(sqlite3_file* file) {
    auto* mine = reinterpret_cast<File*>(file);
    const int closed = mine->real->pMethods->xClose(mine->real);
    std::erase(open_files(), mine);
    delete mine->unsynced;
    return closed;
}

// The rest is passed on as it is.
int on_read(sqlite3_file* file, void* bytes, int size, sqlite3_int64 offset) {
    return real_of(file)->pMethods->xRead(real_of(file), bytes, size, offset);
}
int on_file_size(sqlite3_file* file, sqlite3_int64* size) {
    return real_of(file)->pMethods->xFileSize(real_of(file), size);
}
int on_lock(sqlite3_file* file, int level) {
    return real_of(file)->pMethods->xLock(real_of(file), level);
}
int on_unlock(sqlite3_file* file, int level) {
    return real_of(file)->pMethods->xUnlock(real_of(file), level);
}
int on_check_lock(sqlite3_file* file, int* is_held) {
    return real_of(file)->pMethods->xCheckReservedLock(real_of(file), is_held);
}
int on_control(sqlite3_file* file, int what, void* with) {
    return real_of(file)->pMethods->xFileControl(real_of(file), what, with);
}
int on_sector_size(sqlite3_file* file) {
    return real_of(file)->pMethods->xSectorSize(real_of(file));
}
int on_traits(sqlite3_file* file) {
    return real_of(file)->pMethods->xDeviceCharacteristics(real_of(file));
}
int on_shm_map(sqlite3_file* file, int page, int size, int extends, void volatile** memory) {
    return real_of(file)->pMethods->xShmMap(real_of(file), page, size, extends, memory);
}
int on_shm_lock(sqlite3_file* file, int offset, int count, int flags) {
    return real_of(file)->pMethods->xShmLock(real_of(file), offset, count, flags);
}
void on_shm_barrier(sqlite3_file* file) {
    real_of(file)->pMethods->xShmBarrier(real_of(file));
}
int on_shm_unmap(sqlite3_file* file, int deletes) {
    return real_of(file)->pMethods->xShmUnmap(real_of(file), deletes);
}

// The audit log, which is a file beside SQLite's.

/// What strike() says as errno.
int errno_of(int struck) {
    return struck == SQLITE_FULL ? ENOSPC : EIO;
}

ssize_t on_audit_write(int file, const void* bytes, std::size_t size) {
    const auto former = ::lseek(file, 0, SEEK_END);
    const bool dies_torn = g_platter.armed == DiskFate::dies_torn && !g_platter.has_struck;
    const int struck = strike(nullptr, nullptr, 0, 0, /*grows=*/true);
    if (struck == SQLITE_OK) {
        if (g_platter.audit_file < 0) g_platter.audit_size = former;
        g_platter.audit_file = file;
        return ::write(file, bytes, size);
    }
    // Half a record: of a torn death, and of a disk that fills up.
    const bool is_now_dead = dies_torn && g_platter.has_struck;
    if ((is_now_dead || struck == SQLITE_FULL) && ::write(file, bytes, size / 2) < 0) return -1;
    errno = errno_of(struck);
    return -1;
}

int on_audit_truncate(int file, off_t size) {
    if (const int struck = strike(nullptr, nullptr, 0, 0, /*grows=*/false); struck != SQLITE_OK) {
        errno = errno_of(struck);
        return -1;
    }
    return ::ftruncate(file, size);
}

int on_audit_sync(int) {
    if (const int struck = strike(nullptr, nullptr, 0, 0, /*grows=*/false); struck != SQLITE_OK) {
        errno = errno_of(struck);
        return -1;
    }
    g_platter.audit_file = -1;
    return 0;
}

const sqlite3_io_methods k_methods{
    2,           on_close,       on_read,       on_write,   on_truncate,    on_sync,   on_file_size,
    on_lock,     on_unlock,      on_check_lock, on_control, on_sector_size, on_traits, on_shm_map,
    on_shm_lock, on_shm_barrier, on_shm_unmap,  nullptr,    nullptr,
};

sqlite3_vfs* g_real_vfs = nullptr;

int on_open(sqlite3_vfs*, const char* name, sqlite3_file* file, int flags, int* out_flags) {
    auto* mine = reinterpret_cast<File*>(file);
    mine->base.pMethods = nullptr;
    mine->real = reinterpret_cast<sqlite3_file*>(reinterpret_cast<char*>(file) + sizeof(File));
    if (g_platter.is_dead && (flags & SQLITE_OPEN_CREATE) != 0) return SQLITE_CANTOPEN;
    const int opened = g_real_vfs->xOpen(g_real_vfs, name, mine->real, flags, out_flags);
    if (opened != SQLITE_OK) return opened;
    mine->unsynced = new std::vector<Unsynced>;
    mine->base.pMethods = &k_methods;
    open_files().push_back(mine);
    return SQLITE_OK;
}

int on_delete(sqlite3_vfs*, const char* name, int syncs_folder) {
    if (const int struck = strike(nullptr, nullptr, 0, 0, /*grows=*/false); struck != SQLITE_OK)
        return SQLITE_IOERR_DELETE;
    return g_real_vfs->xDelete(g_real_vfs, name, syncs_folder);
}

}  // namespace

Disk::Disk() {
    g_real_vfs = sqlite3_vfs_find(nullptr);
    if (g_real_vfs == nullptr) throw std::runtime_error("SQLite has no VFS");
    static sqlite3_vfs vfs = *g_real_vfs;
    vfs.zName = "simulated";
    vfs.pNext = nullptr;
    vfs.szOsFile = static_cast<int>(sizeof(File)) + g_real_vfs->szOsFile;
    vfs.xOpen = on_open;
    vfs.xDelete = on_delete;
    if (sqlite3_vfs_register(&vfs, /*makeDflt=*/1) != SQLITE_OK) throw std::runtime_error("SQLite refuses the VFS");
    store::audit_file_calls() = {on_audit_write, on_audit_truncate, on_audit_sync};
}

Disk& Disk::get() {
    static Disk disk;
    return disk;
}

void Disk::arm(std::size_t write, DiskFate fate) {
    clean_platter();
    g_platter.armed_at = write;
    g_platter.armed = fate;
}

void Disk::disarm() {
    g_platter.armed.reset();
    g_platter.fails_with = SQLITE_OK;
}

std::size_t Disk::writes() const noexcept {
    return g_platter.writes;
}

bool Disk::has_struck() const noexcept {
    return g_platter.has_struck;
}

void Disk::restart() {
    clean_platter();
}

void Disk::die() {
    g_platter.is_dead = true;
}

}  // namespace cordon::simulation
