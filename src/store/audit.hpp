#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace cordon::store {

/// One line of the audit log: who did what to which list, and why.
struct AuditRecord {
    std::string who;                        ///< the operator: a login name
    std::string act;                        ///< the command, or "activate", "rule", ...
    std::string run = {};                   ///< the run's id
    std::string list = {};                  ///< "" where it is about no list
    std::string why = {};                   ///< the plan's digest, the operator's reason, or what came of it
    std::vector<std::string> added = {};    ///< canonical entries that the list was given
    std::vector<std::string> removed = {};  ///< and lost
};

/// Where the chain of the audit log ends.
struct AuditHead {
    std::uint64_t records = 0;  ///< the last record's number; 0 where there is none
    std::string hash = {};      ///< of the last record, 64 hex digits; zeros where there is none
};

/// What reading the whole audit log found.
struct AuditFindings {
    AuditHead head = {};
    std::optional<std::string> problem = {};  ///< the first break, with its line and what it means
    std::uint64_t line = 0;                   ///< of the break: what is before it is sound; 0 where it is no line's
    bool mends_itself = false;                ///< the break is a last line that a crash left torn
    std::uint64_t unwritten = 0;  ///< records that could not be written since the last one; the next one tells of them
};

/// A new audit log in the place of a broken one.
struct AuditRestart {
    std::string former = {};  ///< the name that the broken log has now, in the same folder; "" where it was gone
    std::string sha256 = {};  ///< of the broken log
    AuditHead head = {};
};

/// A record as it stands in the log.
struct KeptAuditRecord {
    std::uint64_t number = 0;  ///< from 1
    std::string at = {};       ///< ISO 8601
    AuditRecord record = {};
};

/// How the log ends, by its end alone.
enum class AuditEnd : std::uint8_t {
    as_left,      ///< as the store left it
    changed,      ///< something else than Cordon wrote to it, or did when a record was appended
    never_known,  ///< the store was made when the log was there already: a lost end would not show
};

/// How much of a record is wanted: a run may have changed hundreds of thousands of entries.
enum class AuditDetail : std::uint8_t { without_entries, whole };

}  // namespace cordon::store
