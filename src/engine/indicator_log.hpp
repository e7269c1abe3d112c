#pragma once

#include <filesystem>
#include <memory>

#include "base/clock.hpp"
#include "engine/run.hpp"

namespace cordon::engine {

/// Writes what lists were given and lost to a CSV file: time, list, action ("added", "removed"), entry. It rotates
/// like the log: at most five files of 5 MiB, 0600.
class IndicatorLog final : public ChangeSink {
public:
    /// `clock` must outlive it. `invalid` where the file cannot be written.
    [[nodiscard]] static Result<std::unique_ptr<IndicatorLog>> open(const std::filesystem::path& file,
                                                                    const Clock& clock);
    ~IndicatorLog() override;

    void take(const std::string& list, std::span<const std::string> added,
              std::span<const std::string> removed) override;

private:
    struct File;
    IndicatorLog(std::unique_ptr<File> file, const Clock& clock);

    std::unique_ptr<File> file_;
    const Clock& clock_;
};

}  // namespace cordon::engine
