#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "store/store.hpp"

namespace cordon::store {

// The whole state as one file: a line "CORDON STATE 1 HASH", a line of JSON (when, schema, and each part's name, size
// and SHA-256; HASH is its own), then the parts: cordon.db and the audit logs. Torn or changed files show.

/// What was written.
struct ExportedState {
    std::uint64_t bytes = 0;
    std::uint64_t audit_records = 0;
    std::optional<std::string> audit_problem = {};  ///< where the audit log is broken, which is exported as it is
    std::string lacks = {};  ///< why the audit log lacks the record of the export; "" where it does not
};

/// Writes all of `state_dir`, as it is at one moment, to `file` (mode 0600, at once or not at all; an earlier export is
/// replaced, another file never). `record` goes into the audit log first. The caller holds the run lock of `store`,
/// which is the one in `state_dir`. `invalid` where the file cannot be written.
[[nodiscard]] Result<ExportedState> export_state(const std::filesystem::path& state_dir, Store& store,
                                                 const std::filesystem::path& file, const AuditRecord& record,
                                                 Time now);

enum class ImportMode {
    into_nothing,  ///< refused where there is a state
    replace,       ///< the former state is kept aside
};

struct ImportedState {
    std::string exported_at;                        ///< ISO 8601
    std::filesystem::path former = {};              ///< folder of the former state; empty where there was none
    std::optional<std::string> audit_problem = {};  ///< the imported audit log is broken
};

/// Takes over what export_state() wrote; `record` (its `why` names the file) ends the imported audit log. Takes the run
/// lock. Until all is checked and in place nothing changes; a death after that is made good by the next open_store().
/// `corrupt`: the file is torn, changed or damaged; `invalid`: it is no export, or of a newer version, or there is a
/// state; `blocked`: another process uses the state.
[[nodiscard]] Result<ImportedState> import_state(const std::filesystem::path& file,
                                                 const std::filesystem::path& state_dir, ImportMode mode,
                                                 AuditRecord record, Time now);

/// Ends an import that died after its last check; does nothing where there is none.
Result<void> finish_import(const std::filesystem::path& state_dir);

}  // namespace cordon::store
