#include "base/log.hpp"

#include <array>
#include <mutex>
#include <utility>

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include "base/own_folder.hpp"
#include "base/rotating_sink.hpp"
#include "base/text.hpp"

namespace cordon {
namespace {

constexpr std::array<std::pair<std::string_view, LogLevel>, 5> k_names{{
    {"DEBUG", LogLevel::debug},
    {"INFO", LogLevel::info},
    {"WARNING", LogLevel::warning},
    {"ERROR", LogLevel::error},
    {"CRITICAL", LogLevel::critical},
}};

std::string_view name_of(LogLevel level) {
    for (const auto& [name, known] : k_names) {
        if (known == level) return name;
    }
    return "INFO";
}

/// The process's one log. A daemon's runs and its console's requests open it again while others write to it.
struct OpenedLog {
    std::mutex mutex;
    std::filesystem::path file;
    std::shared_ptr<spdlog::logger> logger;
};

OpenedLog& opened_log() {
    static OpenedLog log;
    return log;
}

std::shared_ptr<spdlog::logger> current_logger() {
    auto& log = opened_log();
    const std::lock_guard lock(log.mutex);
    return log.logger;
}

spdlog::level::level_enum spdlog_level(LogLevel level) {
    switch (level) {
        case LogLevel::debug: return spdlog::level::debug;
        case LogLevel::info: return spdlog::level::info;
        case LogLevel::warning: return spdlog::level::warn;
        case LogLevel::error: return spdlog::level::err;
        case LogLevel::critical: return spdlog::level::critical;
    }
    return spdlog::level::info;
}

struct WaitListener {
    std::mutex mutex;
    std::function<void(std::string_view)> tell;
};

WaitListener& wait_listener() {
    static WaitListener listener;
    return listener;
}

}  // namespace

std::optional<LogLevel> log_level_of(std::string_view name) noexcept {
    for (const auto& [known, level] : k_names) {
        if (equals_ignoring_case(known, name)) return level;
    }
    return std::nullopt;
}

Result<void> open_log(const std::filesystem::path& directory, LogLevel lowest) {
    constexpr const char* k_file = "cordon.log";
    const std::array<std::string, 1> files{k_file};
    CORDON_TRY(require_writable({directory, "log folder", "log_dir"}, files));
    auto& log = opened_log();
    const std::lock_guard lock(log.mutex);
    std::error_code unseen;
    // Two sinks on one file would rotate it under each other.
    if (log.logger && log.file == directory / k_file && std::filesystem::exists(log.file, unseen)) {
        log.logger->set_level(spdlog_level(lowest));
        return {};
    }
    try {
        auto logger = std::make_shared<spdlog::logger>("cordon", make_rotating_sink(directory / k_file, {}));
        logger->set_level(spdlog_level(lowest));
        logger->flush_on(spdlog::level::info);
        logger->set_pattern("%Y-%m-%dT%H:%M:%S.%eZ %v", spdlog::pattern_time_type::utc);
        log.logger = std::move(logger);
        log.file = directory / k_file;
        return {};
    } catch (const std::exception& problem) {
        return fail(Code::invalid, fmt::format("cannot write logs in {}: {}; make the folder writable or set "
                                               "log_dir in [cordon]",
                                               directory.string(), problem.what()));
    }
}

void log_line(LogLevel level, std::string_view message, const char* file, int line) {
    const auto logger = current_logger();
    if (!logger || !logger->should_log(spdlog_level(level))) return;
    constexpr std::size_t k_longest_message = 4096;
    const std::string_view path(file);
    logger->log(spdlog_level(level), "{} {}:{} {}", name_of(level), path.substr(path.rfind('/') + 1), line,
                printable(message, k_longest_message));
}

void show_waits(std::function<void(std::string_view)> listener) {
    auto& known = wait_listener();
    const std::lock_guard lock(known.mutex);
    known.tell = std::move(listener);
}

void log_wait(std::string_view message, const char* file, int line) {
    log_line(LogLevel::debug, message, file, line);
    auto& known = wait_listener();
    const std::lock_guard lock(known.mutex);
    if (known.tell) known.tell(printable(message, 400));
}

}  // namespace cordon
