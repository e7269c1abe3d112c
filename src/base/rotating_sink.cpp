#include "base/rotating_sink.hpp"

#include <sys/stat.h>

#include <cstdio>

#include <spdlog/sinks/rotating_file_sink.h>

namespace cordon {
namespace {

constexpr std::size_t k_file_bytes = 5U << 20;
constexpr std::size_t k_older_files = 4;  // beside the one being written: five in all

void begin_file(std::FILE* file, const std::string& header) {
    ::fchmod(::fileno(file), S_IRUSR | S_IWUSR);
    struct ::stat found {};
    const bool is_new = ::fstat(::fileno(file), &found) == 0 && found.st_size == 0;
    if (!is_new || header.empty()) return;
    std::fwrite(header.data(), 1, header.size(), file);
    std::fflush(file);  // its size is asked for next
}

}  // namespace

std::shared_ptr<spdlog::sinks::sink> make_rotating_sink(const std::filesystem::path& file, const std::string& header) {
    const auto folder = file.parent_path();
    if (std::filesystem::create_directories(folder))
        std::filesystem::permissions(folder, std::filesystem::perms::owner_all);
    spdlog::file_event_handlers handlers;
    handlers.after_open = [header](const spdlog::filename_t&, std::FILE* opened) { begin_file(opened, header); };
    return std::make_shared<spdlog::sinks::rotating_file_sink_mt>(file.string(), k_file_bytes, k_older_files, false,
                                                                  handlers);
}

}  // namespace cordon
