#pragma once

#include <filesystem>
#include <fstream>
#include <functional>
#include <memory>
#include <string>

#include "base/result.hpp"
#include "engine/run.hpp"

namespace cordon::engine {

/// logs/rejected.csv: every fetched value of the last run that is not on the gateway, one row each (list,
/// value, class, reason, feed, detail). Written beside the old file, which is replaced by finish().
class RejectedCsv final : public RejectedValues {
public:
    /// Makes the folder (0700) and the file (0600). `invalid` when it cannot be written.
    [[nodiscard]] static Result<std::unique_ptr<RejectedCsv>> create(const std::filesystem::path& path);
    ~RejectedCsv() override;

    void begin_list(const std::string& list) override { list_ = list; }
    void take(std::string_view value, core::Reason reason, std::string_view feed, std::string_view detail) override;

    /// Puts the file in place. `invalid` when something could not be written.
    Result<void> finish();

private:
    RejectedCsv(std::filesystem::path path, std::filesystem::path beside);

    std::filesystem::path path_;
    std::filesystem::path beside_;
    std::ofstream file_;
    std::string list_;
};

/// A row of rejected.csv; the texts live for the call.
struct RejectedRow {
    std::string list, value, reason_class, reason, feed, detail;
};
/// Gives each row of a file that finish() put in place; a file that is not there has none. `corrupt`: another layout.
Result<void> read_rejected(const std::filesystem::path& path, const std::function<void(const RejectedRow& row)>& take);

/// One CSV field by RFC 4180: quoted where it holds a comma, quote or line end.
void append_csv_field(std::string& row, std::string_view field);

}  // namespace cordon::engine
