#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "store/store.hpp"

namespace cordon::store {

/// What the store remembers of the log, so that a cut or replaced end shows.
struct AuditMark {
    std::uint64_t records = 0;
    std::int64_t anchor = 0;  ///< see anchor_of()
};

/// One line of the log, without its line end: a JSON object {"number", "at", "who", "act", "run", "list", "why",
/// "added", "removed", "previous", "hash"}, what is empty left out. "hash" is SHA-256 of the line without itself, and
/// "previous" the hash of the record before, so that nothing can be changed, taken out or put in between unseen.
[[nodiscard]] std::string audit_line(const AuditRecord& record, Time at, const AuditHead& before);

/// A record that was written.
struct AuditAppended {
    AuditHead head = {};
    bool is_behind_a_change = false;  ///< the log did not end as the store had left it
};

/// Asks the store what it knows, and tells it a new end. Both are called while nobody else can append.
using ReadAuditMark = std::function<Result<AuditMark>()>;
using RememberAuditEnd = std::function<Result<void>(const AuditAppended& appended)>;

/// Appends to `file` (made with mode 0600), synced to the disk. A last line that a crash left torn is cut off: nobody
/// was told that it was written; one that only lacks its line end gets it. A file that ends before what the store knows
/// of goes on with the number that follows, so that the gap stays visible. Where the store cannot remember the end, as
/// on a full disk, one record stays all the same, as after a crash between the two; a second is taken off again, since
/// more of them would look like a stranger's, and that fails. `invalid` where the file cannot be written.
[[nodiscard]] Result<AuditAppended> append_audit(const std::filesystem::path& file, const AuditRecord& record, Time at,
                                                 const ReadAuditMark& known, const RememberAuditEnd& remember);

/// Cuts off a last line that a crash left torn, as append_audit() does; a run does it when it begins, so that the log
/// of a list to which nothing happens is whole as well. What cannot be mended now is left to append_audit().
void mend_audit_end(const std::filesystem::path& file);

/// Whether the log ends as the store left it, by its last line alone; a crash between the log and the store counts as
/// that. Changes nothing.
[[nodiscard]] Result<bool> is_audit_end_known(const std::filesystem::path& file, const AuditMark& known);

/// The last record of a log that is there; 0 records where its last line is none, or cannot be read. nullopt where
/// there is no log, or an empty one.
[[nodiscard]] std::optional<AuditHead> end_of_audit_log(const std::filesystem::path& file);

/// Keeps everybody from appending for as long as the object lives; makes the file where there is none.
[[nodiscard]] Result<std::shared_ptr<void>> hold_audit_log(const std::filesystem::path& file);

/// Keeps the log under another name beside it and begins a new one with `record`, whose `why` is made to name the old
/// one with its SHA-256. `remember` notes the new end in the store, right before the new log takes the name.
[[nodiscard]] Result<AuditRestart> restart_audit(const std::filesystem::path& file, AuditRecord record, Time at,
                                                 const std::function<Result<void>(const AuditHead& head)>& remember);

/// Where the log has more than `most_bytes` (0: any), keeps it aside as restart_audit() does and begins the next one,
/// whose first record, a "turn", names it. One that is not sound stays, so that what is wrong with it shows; where this
/// fails, the log goes on. The caller holds the store.
void put_full_audit_log_aside(Store& store, const std::filesystem::path& file, std::uint64_t most_bytes, Time now);

/// Reads the log from its beginning and gives each record to `take` (may be empty), also behind a break. A missing file
/// is an empty log. One record more than `known` is a crash between the two writes and no fault.
[[nodiscard]] Result<AuditFindings> verify_audit(const std::filesystem::path& file, const AuditMark& known,
                                                 const std::function<void(std::string_view line)>& take);

/// The first 63 bits of a head's hash.
[[nodiscard]] std::int64_t anchor_of(const AuditHead& head);

}  // namespace cordon::store
