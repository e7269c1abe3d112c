#include "engine/indicator_log.hpp"

#include <utility>

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include "base/log.hpp"
#include "base/rotating_sink.hpp"
#include "engine/rejected_csv.hpp"

namespace cordon::engine {

struct IndicatorLog::File {
    spdlog::logger lines;
};

IndicatorLog::IndicatorLog(std::unique_ptr<File> file, const Clock& clock) : file_(std::move(file)), clock_(clock) {}
IndicatorLog::~IndicatorLog() = default;

Result<std::unique_ptr<IndicatorLog>> IndicatorLog::open(const std::filesystem::path& file, const Clock& clock) {
    try {
        auto opened = std::make_unique<File>(
            File{spdlog::logger("indicators", make_rotating_sink(file, "time,list,action,entry\n"))});
        opened->lines.set_pattern("%v");
        opened->lines.set_error_handler([](const std::string& problem) { log_error("indicators.csv: " + problem); });
        return std::unique_ptr<IndicatorLog>(new IndicatorLog(std::move(opened), clock));
    } catch (const std::exception&) {
        return fail(
            Code::invalid,
            fmt::format("cannot write {}; make it and its folder writable, or set log_indicators = false in [cordon]",
                        file.string()));
    }
}

void IndicatorLog::take(const std::string& list, std::span<const std::string> added,
                        std::span<const std::string> removed) {
    std::string begin = to_iso8601(clock_.now()) + ",";
    append_csv_field(begin, list);
    const auto write = [&](const char* action, std::span<const std::string> entries) {
        for (const auto& entry : entries) {
            std::string row = fmt::format("{},{},", begin, action);
            append_csv_field(row, entry);
            file_->lines.info(row);
        }
    };
    write("added", added);
    write("removed", removed);
    file_->lines.flush();
}

}  // namespace cordon::engine
