#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "store/audit.hpp"

namespace cordon::store {

/// What a line of the audit log says, but for its entries, which may be hundreds of thousands.
struct AuditFacts {
    std::uint64_t number = 0;
    std::string at;  ///< ISO 8601
    std::string who;
    std::string act;
    std::string run;
    std::string list;
    std::string why;
    std::string previous;
    std::string hash;
};

enum class AuditChange : std::uint8_t { added, removed };

/// Reads one line without keeping it in memory a second time: `take` (may be empty) gets each entry as it comes, all
/// that were added first. nullopt where the line is no record; then `take` may have got some.
[[nodiscard]] std::optional<AuditFacts> read_audit_record(
    std::string_view line, const std::function<void(AuditChange change, std::string&& entry)>& take);

/// The same as one object.
[[nodiscard]] std::optional<KeptAuditRecord> read_kept_record(std::string_view line, AuditDetail detail);

/// Appends `text` as a JSON string, with its quotation marks; bytes that are no UTF-8 are replaced.
void append_json_string(std::string& json, std::string_view text);

}  // namespace cordon::store
