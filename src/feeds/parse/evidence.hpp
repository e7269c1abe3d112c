#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <simdjson.h>

#include "core/indicator.hpp"

namespace cordon::feeds {

/// What a row's evidence says (recorded-future-api.md 7.1). Every field of it is optional.
struct Evidence {
    std::vector<std::string_view> rules;                ///< human names; the views live as long as the parse
    std::optional<std::chrono::sys_seconds> last_seen;  ///< the newest Timestamp
};

/// Reads `{"EvidenceDetails": [...]}` or the array itself. Throws simdjson::simdjson_error where it is
/// not valid JSON; other values are passed over.
void read_evidence(simdjson::ondemand::value value, Evidence& evidence);

/// A string or "" for anything else, also for one with broken escapes. The view lives as long as the document
/// and its parser are unchanged.
[[nodiscard]] std::string_view string_or_empty(simdjson::ondemand::value& value);

/// A moment from an ISO 8601 text, eight digits (20260212) or a number of seconds or a finer unit since 1970.
[[nodiscard]] std::optional<std::chrono::sys_seconds> moment_of(simdjson::ondemand::value& value);

/// The same from a text that is not JSON.
[[nodiscard]] std::optional<std::chrono::sys_seconds> moment_of(std::string_view text);

/// The field or value that an iterator of simdjson found, where it stands: copied out, each costs two stalls of
/// the processor, a fifth of a parse. Throws simdjson::simdjson_error.
template <class T>
[[nodiscard]] T& in_place(simdjson::simdjson_result<T>& found) {
    if (found.error() != simdjson::SUCCESS) throw simdjson::simdjson_error(found.error());
    T&& inner = std::move(found).value_unsafe();
    return inner;
}

/// `text` for simdjson, with the room that it may read behind the end. The view lives as long as `text`
/// is unchanged.
[[nodiscard]] simdjson::padded_string_view padded(std::string& text);

}  // namespace cordon::feeds
