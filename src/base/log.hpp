#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string_view>

#include "base/result.hpp"

namespace cordon {

/// The levels of the predecessor's `--log-level`.
enum class LogLevel { debug, info, warning, error, critical };

/// "DEBUG" ... "CRITICAL", in any case; nullopt on anything else.
[[nodiscard]] std::optional<LogLevel> log_level_of(std::string_view name) noexcept;

/// Opens the process's log: `directory`/cordon.log, rotating at 5 MiB, five files in all, the folder
/// 0700 and files 0600. Each line has time (UTC), level, source file and line. Until it is opened,
/// logging does nothing; opening it again changes its level, or its place. Any thread may open it and write to it.
/// `invalid` when the folder cannot be written.
Result<void> open_log(const std::filesystem::path& directory, LogLevel lowest);

/// Writes one line; `message` is made printable and must hold no secret.
void log_line(LogLevel level, std::string_view message, const char* file, int line);

// The location arguments take the caller's place by themselves.
inline void log_debug(std::string_view message, const char* file = __builtin_FILE(), int line = __builtin_LINE()) {
    log_line(LogLevel::debug, message, file, line);
}
inline void log_info(std::string_view message, const char* file = __builtin_FILE(), int line = __builtin_LINE()) {
    log_line(LogLevel::info, message, file, line);
}
inline void log_warning(std::string_view message, const char* file = __builtin_FILE(), int line = __builtin_LINE()) {
    log_line(LogLevel::warning, message, file, line);
}
inline void log_error(std::string_view message, const char* file = __builtin_FILE(), int line = __builtin_LINE()) {
    log_line(LogLevel::error, message, file, line);
}

/// Where log_wait() goes beside the log, as a terminal; an empty function ends that. Called by one thread at a time.
void show_waits(std::function<void(std::string_view)> listener);

/// Tells that something is tried again later, and why: DEBUG in the log, and the listener of show_waits().
void log_wait(std::string_view message, const char* file = __builtin_FILE(), int line = __builtin_LINE());

}  // namespace cordon
