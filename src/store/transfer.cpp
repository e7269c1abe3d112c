#include "store/transfer.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <memory>
#include <span>
#include <system_error>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fmt/format.h>
#include <soci/soci.h>
#include <soci/sqlite3/soci-sqlite3.h>

#include "base/digest.hpp"
#include "base/file.hpp"
#include "base/json.hpp"
#include "base/own_folder.hpp"
#include "base/text.hpp"
#include "store/audit_log.hpp"
#include "store/run_lock.hpp"
#include "store/sql_store.hpp"
#include "store/tables.hpp"

namespace cordon::store {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view k_title = "CORDON STATE 1 ";
constexpr std::size_t k_title_line = k_title.size() + 64 + 1;
constexpr const char* k_database = "cordon.db";
constexpr const char* k_log = "audit.jsonl";
constexpr const char* k_ready = "import.ready";
constexpr std::array<const char*, 4> k_of_state{"cordon.db", "cordon.db-wal", "cordon.db-shm", "audit.jsonl"};

std::string named(const fs::path& path) {
    return printable(path.string(), 300);
}

tl::unexpected<Error> transfer_failure(const char* verb, const fs::path& path, int error) {
    return fail(Code::invalid,
                fmt::format("cannot {} {}: {}", verb, named(path), std::generic_category().message(error)));
}

/// The logs that `cordon audit restart` kept aside.
bool is_former_log(std::string_view name) {
    return name.starts_with("audit-") && name.ends_with(".jsonl") && name.find('/') == std::string_view::npos;
}

/// Goes away with the object, files below a folder too.
class Passing {
public:
    explicit Passing(fs::path path) : path_(std::move(path)) {}
    Passing(const Passing&) = delete;
    Passing& operator=(const Passing&) = delete;
    ~Passing() {
        std::error_code unseen;
        if (!path_.empty()) fs::remove_all(path_, unseen);
    }
    void keep() noexcept { path_.clear(); }

private:
    fs::path path_;
};

/// One file of the state, or one part of an export.
struct Part {
    std::string name;
    std::string_view bytes;
};

/// A connection to an SQLite file, with what it throws made an Error.
template <class Action>
Result<void> with_database(const fs::path& file, Action action) {
    try {
        soci::session sql(soci::sqlite3, fmt::format("dbname=\"{}\"", file.string()));
        sql << "PRAGMA busy_timeout = 10000";
        return action(sql);
    } catch (const soci::sqlite3_soci_error& error) {
        const int kind = error.result() & 0xFF;
        if (kind == SQLITE_BUSY || kind == SQLITE_LOCKED) {
            return fail(Code::blocked, fmt::format("another process uses {}; try again", named(file)));
        }
        return fail(kind == SQLITE_CORRUPT || kind == SQLITE_NOTADB ? Code::corrupt : Code::invalid,
                    fmt::format("cannot use {}: {}", named(file), sqlite_api::sqlite3_errstr(kind)));
    } catch (const soci::soci_error&) {
        return fail(Code::corrupt, fmt::format("cannot use {}: it is no store of this cordon", named(file)));
    }
}

// Export.

/// Something else of that name is nobody's to overwrite. What cannot be written later is said now.
Result<void> require_ours_or_nothing(const fs::path& file) {
    const AsCaller named_it;
    if (::access(fs::absolute(file).parent_path().c_str(), W_OK | X_OK) != 0)
        return transfer_failure("write beside", file, errno);
    std::error_code unseen;
    if (!fs::exists(file, unseen)) return {};
    const auto there = MappedFile::open(file);
    if (there && there->bytes().starts_with(k_title)) return {};
    return fail(Code::invalid, fmt::format("{} is there and no export of cordon's; choose another name", named(file)));
}

std::string header_of(std::span<const Part> parts, int schema, Time now) {
    auto list = nlohmann::ordered_json::array();
    for (const auto& part : parts) {
        list.push_back({{"name", part.name}, {"bytes", part.bytes.size()}, {"sha256", sha256_hex(part.bytes)}});
    }
    const nlohmann::ordered_json json{{"exported_at", to_iso8601(now)}, {"schema", schema}, {"parts", std::move(list)}};
    const auto line = json.dump() + "\n";
    return fmt::format("{}{}\n{}", k_title, sha256_hex(line), line);
}

// Import.

Result<MappedFile> open_as_caller(const fs::path& file) {
    const AsCaller named_it;
    return MappedFile::open(file);
}

struct Opened {
    std::string exported_at;
    std::string sha256;  ///< of the header, which names the parts' own
    std::vector<Part> parts;
};

tl::unexpected<Error> torn(const fs::path& file) {
    return fail(Code::corrupt,
                fmt::format("{} is torn or was changed: it is not what 'cordon export' wrote; nothing was "
                            "imported",
                            named(file)));
}

/// "" and 0 where there is none of that kind: whoever can write the file can also make its digests fit.
std::string text_of(const nlohmann::json& json, const char* key) {
    const auto found = json.is_object() ? json.find(key) : json.end();
    return found == json.end() || !found->is_string() ? std::string{} : found->get<std::string>();
}
std::uint64_t number_of(const nlohmann::json& json, const char* key) {
    const auto found = json.is_object() ? json.find(key) : json.end();
    return found == json.end() || !found->is_number_unsigned() ? 0 : found->get<std::uint64_t>();
}

/// Every digest is checked.
Result<Opened> open_export(const fs::path& file, std::string_view bytes) {
    if (!bytes.starts_with(k_title)) {
        return fail(Code::invalid, fmt::format("{} is no file of 'cordon export'", named(file)));
    }
    const auto line_end = bytes.find('\n', std::min(k_title_line, bytes.size()));
    if (line_end == std::string_view::npos || bytes[k_title_line - 1] != '\n') return torn(file);
    Opened opened;
    opened.sha256 = std::string(bytes.substr(k_title.size(), 64));
    const auto header = bytes.substr(k_title_line, line_end + 1 - k_title_line);
    if (sha256_hex(header) != opened.sha256) return torn(file);
    const auto json = parse_json(header);
    if (!json.is_object() || !json.contains("parts") || !json["parts"].is_array()) return torn(file);
    opened.exported_at = text_of(json, "exported_at");
    auto rest = bytes.substr(line_end + 1);
    for (const auto& item : json["parts"]) {
        const auto name = text_of(item, "name");
        const auto size = number_of(item, "bytes");
        const bool is_known = name == k_database || name == k_log || is_former_log(name);
        if (!is_known || size > rest.size()) return torn(file);
        opened.parts.push_back({name, rest.substr(0, size)});
        if (sha256_hex(opened.parts.back().bytes) != text_of(item, "sha256")) return torn(file);
        rest.remove_prefix(size);
    }
    const bool has_database =
        std::any_of(opened.parts.begin(), opened.parts.end(), [](const Part& part) { return part.name == k_database; });
    if (!rest.empty() || !has_database) return torn(file);
    return opened;
}

Result<void> check_database(const fs::path& file, const fs::path& origin) {
    return with_database(file, [&](soci::session& sql) -> Result<void> {
        std::string verdict;
        sql << "PRAGMA integrity_check(1)", soci::into(verdict);
        std::string orphan;
        sql << "SELECT \"table\" FROM pragma_foreign_key_check LIMIT 1", soci::into(orphan);
        if (verdict != "ok" || !orphan.empty()) {
            return fail(Code::corrupt, fmt::format("the database in {} is damaged ({}); nothing was imported",
                                                   named(origin), printable(orphan.empty() ? verdict : orphan, 200)));
        }
        const int version = schema_version(sql);
        if (version >= 1 && version <= newest_schema_version()) return {};
        return fail(Code::invalid,
                    fmt::format("{} was written by a newer cordon (schema {}, this one knows {}); install that one",
                                named(origin), version, newest_schema_version()));
    });
}

/// The former state as one file without a journal, locked for as long as the session lives. A damaged one is passed
/// over: an import may be its cure.
Result<void> settle_former(soci::session& sql, const fs::path& file) {
    try {
        sql.open(soci::sqlite3, fmt::format("dbname=\"{}\"", file.string()));
        std::string mode;
        sql << "PRAGMA busy_timeout = 10000";
        sql << "PRAGMA journal_mode = DELETE", soci::into(mode);
        sql << "BEGIN EXCLUSIVE";
    } catch (const soci::sqlite3_soci_error& error) {
        const int kind = error.result() & 0xFF;
        if (kind != SQLITE_BUSY && kind != SQLITE_LOCKED) return {};
        return fail(Code::blocked, fmt::format("another process uses {}; wait until it ends", named(file)));
    } catch (const soci::soci_error&) {
        return {};
    }
    return {};
}

Result<fs::path> make_folder_for_former(const fs::path& state_dir, Time now) {
    auto moment = to_iso8601(now);
    std::erase_if(moment, [](char c) { return c == '-' || c == ':'; });
    for (int i = 1;; ++i) {
        auto folder = state_dir / fmt::format("before-import-{}{}", moment, i == 1 ? "" : fmt::format("-{}", i));
        if (::mkdir(folder.c_str(), S_IRWXU) == 0) return folder;
        if (errno != EEXIST) return transfer_failure("make", folder, errno);
    }
}

/// Links, so that nothing is missing for a moment; copies where the file system has no links.
Result<void> keep_in(const fs::path& folder, const fs::path& state_dir) {
    for (const auto* name : k_of_state) {
        const auto file = state_dir / name;
        std::error_code error;
        if (!fs::exists(file, error)) continue;
        if (::link(file.c_str(), (folder / name).c_str()) == 0) continue;
        if (!fs::copy_file(file, folder / name, error)) return transfer_failure("keep", file, error.value());
    }
    return {};
}

bool has_state(const fs::path& state_dir) {
    std::error_code unseen;
    return fs::exists(state_dir / k_database, unseen) || fs::exists(state_dir / k_log, unseen);
}

/// What of the imported state was true at its export and may be so no longer. No read has shown an entry since then,
/// so that one which is gone counts as taken out by nobody. What was asked of the clouds meanwhile still counts.
Result<void> make_current(const fs::path& imported, const fs::path& former) {
    return with_database(imported, [&](soci::session& sql) -> Result<void> {
        const int sent = static_cast<int>(core::LedgerMark::sent);
        const int seen = static_cast<int>(core::LedgerMark::seen);
        sql << "UPDATE entries SET mark = :sent WHERE mark = :seen", soci::use(sent), soci::use(seen);
        if (std::error_code unseen; !fs::exists(former, unseen)) return {};
        const auto name = former.string();
        try {
            sql << "ATTACH :name AS former", soci::use(name);
            soci::transaction all(sql);
            sql << "DELETE FROM main.requests";
            sql << "INSERT INTO main.requests (budget, moment) SELECT budget, moment FROM former.requests ORDER BY id";
            all.commit();
        } catch (const soci::soci_error&) {
            return {};  // a damaged one: those of the file are all there is
        }
        return {};
    });
}

/// The parts in a folder of their own, checked, brought up to date and with the record of the import.
Result<std::optional<std::string>> stage(const Opened& opened, const fs::path& file, const fs::path& folder,
                                         const fs::path& former, AuditRecord record, Time now) {
    for (const auto& part : opened.parts) CORDON_TRY(write_file_atomically(folder / part.name, part.bytes));
    CORDON_TRY(check_database(folder / k_database, file));
    CORDON_TRY(make_current(folder / k_database, former));
    CORDON_TRY_ASSIGN(const auto store, open_store(folder));
    record.why +=
        fmt::format(" (exported {}, SHA-256 of its header {})", printable(opened.exported_at, 40), opened.sha256);
    CORDON_TRY(store->audit(record, now));
    CORDON_TRY_ASSIGN(const auto found, store->verify_audit({}));
    return found.problem;
}

}  // namespace

Result<ExportedState> export_state(const fs::path& state_dir, Store& store, const fs::path& file,
                                   const AuditRecord& record, Time now) {
    CORDON_TRY(require_ours_or_nothing(file));
    std::string copy = (state_dir / ".export-XXXXXX").string();
    const int made = ::mkostemp(copy.data(), O_CLOEXEC);  // 0600; SQLite fills an empty file
    if (made < 0) return transfer_failure("write in", state_dir, errno);
    ::close(made);
    const Passing copy_goes(copy);
    ExportedState exported;
    if (const auto written = store.audit(record, now); !written) exported.lacks = written.error().message;
    CORDON_TRY_ASSIGN(const auto found, store.verify_audit({}));
    exported.audit_records = found.head.records;
    exported.audit_problem = found.problem;

    CORDON_TRY_ASSIGN(const auto log_lock, hold_audit_log(state_dir / k_log));  // so that log and database agree
    int schema = 0;
    CORDON_TRY(with_database(state_dir / k_database, [&](soci::session& sql) -> Result<void> {
        sql << "VACUUM INTO :copy", soci::use(copy);
        schema = schema_version(sql);
        return {};
    }));
    std::vector<std::pair<std::string, MappedFile>> files;
    CORDON_TRY_ASSIGN(auto database, MappedFile::open(copy));
    files.emplace_back(k_database, std::move(database));
    std::vector<std::string> logs{k_log};
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(state_dir, error)) {
        if (is_former_log(entry.path().filename().string())) logs.push_back(entry.path().filename().string());
    }
    if (error) return transfer_failure("read", state_dir, error.value());
    std::sort(logs.begin() + 1, logs.end());
    for (const auto& name : logs) {
        CORDON_TRY_ASSIGN(auto log, MappedFile::open(state_dir / name));
        files.emplace_back(name, std::move(log));
    }
    std::vector<Part> parts;
    parts.reserve(files.size());
    for (const auto& [name, mapped] : files) parts.push_back({name, mapped.bytes()});
    const auto header = header_of(parts, schema, now);
    std::vector<std::string_view> pieces{header};
    for (const auto& part : parts) pieces.push_back(part.bytes);
    for (const auto piece : pieces) exported.bytes += piece.size();
    const AsCaller named_it;
    CORDON_TRY(write_file_atomically(file, pieces));
    return exported;
}

Result<ImportedState> import_state(const fs::path& file, const fs::path& state_dir, ImportMode mode, AuditRecord record,
                                   Time now) {
    CORDON_TRY_ASSIGN(const auto mapped, open_as_caller(file));
    CORDON_TRY_ASSIGN(const auto opened, open_export(file, mapped.bytes()));
    std::error_code error;
    if (fs::create_directories(state_dir, error); error) return transfer_failure("make", state_dir, error.value());
    if (fs::is_empty(state_dir, error)) ::chmod(state_dir.c_str(), S_IRWXU);
    CORDON_TRY_ASSIGN(const auto lock, take_run_lock(state_dir / "cordon.lock", "import", now));
    CORDON_TRY(finish_import(state_dir));
    const bool is_there = has_state(state_dir);
    if (is_there && mode == ImportMode::into_nothing) {
        return fail(Code::invalid,
                    fmt::format("{} holds a state already; --replace imports all the same, and keeps that "
                                "one aside in the same folder",
                                named(state_dir)));
    }
    std::string staging = (state_dir / ".import-XXXXXX").string();
    if (::mkdtemp(staging.data()) == nullptr) return transfer_failure("make a folder in", state_dir, errno);
    Passing staging_goes(staging);
    ImportedState imported;
    imported.exported_at = opened.exported_at;
    CORDON_TRY_ASSIGN(imported.audit_problem,
                      stage(opened, file, staging, state_dir / k_database, std::move(record), now));
    if (fs::exists(fs::path(staging) / "cordon.db-wal", error)) {
        return fail(Code::invalid, fmt::format("another process opened {}; try again", named(staging)));
    }
    soci::session former;
    if (fs::exists(state_dir / k_database, error)) CORDON_TRY(settle_former(former, state_dir / k_database));
    fs::path kept;
    if (is_there) {
        CORDON_TRY_ASSIGN(kept, make_folder_for_former(state_dir, now));
    }
    Passing kept_goes(kept);
    if (is_there) CORDON_TRY(keep_in(kept, state_dir));
    // From here on the import is made; what is not in its place yet is put there by finish_import().
    if (::rename(staging.c_str(), (state_dir / k_ready).c_str()) != 0) {
        return transfer_failure("move", staging, errno);
    }
    staging_goes.keep();
    kept_goes.keep();
    imported.former = kept;
    CORDON_TRY(finish_import(state_dir));
    return imported;
}

Result<void> finish_import(const fs::path& state_dir) {
    const auto ready = state_dir / k_ready;
    std::error_code error;
    if (!fs::exists(ready, error)) return {};
    const int folder = ::open(state_dir.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder < 0) return transfer_failure("open", state_dir, errno);
    const std::unique_ptr<const int, void (*)(const int*)> closes(&folder, [](const int* number) { ::close(*number); });
    if (::flock(folder, LOCK_EX) != 0) return transfer_failure("lock", state_dir, errno);
    if (!fs::exists(ready, error)) return {};  // another process was faster
    const auto put = [&](const fs::path& from) -> Result<void> {
        if (::rename(from.c_str(), (state_dir / from.filename()).c_str()) == 0) return {};
        return fail(Code::invalid, fmt::format("an import was interrupted and {} cannot be put in its place: {}; run "
                                               "cordon as the user whom {} belongs to",
                                               named(from), std::generic_category().message(errno), named(state_dir)));
    };
    std::vector<fs::path> logs;
    for (const auto& entry : fs::directory_iterator(ready, error)) {
        if (entry.path().extension() == ".jsonl") logs.push_back(entry.path());
    }
    for (const auto& log : logs) CORDON_TRY(put(log));
    if (fs::exists(ready / k_database, error)) {
        // A journal of the former database would be taken for one of this.
        for (const auto* journal : {"cordon.db-wal", "cordon.db-shm", "cordon.db-journal"}) {
            ::unlink((state_dir / journal).c_str());
        }
        CORDON_TRY(put(ready / k_database));
    }
    ::fsync(folder);
    fs::remove_all(ready, error);
    return {};
}

}  // namespace cordon::store
