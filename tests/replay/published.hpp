#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "tests/scenario/rehearsal.hpp"

namespace cordon::replay {

using scenario::Entries;

/// The shared data set of hostile lists; empty path where this machine has none (then tests skip).
[[nodiscard]] std::filesystem::path shared_data();

#define CORDON_NEEDS_SHARED_DATA() \
    if (shared_data().empty()) GTEST_SKIP() << "../shared/data is not on this machine"

/// A temporary folder that goes with its owner.
class Folder {
public:
    Folder();
    ~Folder();
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;
    [[nodiscard]] std::filesystem::path operator/(const std::string& name) const { return path_ / name; }
    [[nodiscard]] const std::filesystem::path& path() const noexcept { return path_; }

private:
    std::filesystem::path path_;
};

/// One published version of a list.
struct Version {
    Time published;
    std::filesystem::path file;
};

/// Unpacks ../shared/data/replay/NAME into `folder`: all versions in their order, with the times of index.csv.
[[nodiscard]] std::vector<Version> unpack_versions(const std::string& name, const Folder& folder);

/// The bytes of a file of the data set ("domains/x.txt.zst"), decompressed into `folder`; its path there.
[[nodiscard]] std::filesystem::path unpack(const std::string& file, const Folder& folder);

/// What expected.py says must be active after this version of an IP list. nullopt: the version is no list.
[[nodiscard]] std::optional<Entries> expected_ips(const std::filesystem::path& version, const Entries& before,
                                                  std::size_t cap, const Folder& folder);

/// How expected.py looks at the outcome of a run.
struct Outcome {
    std::string type;  ///< "domain", "url" or "ip"
    std::size_t cap = 0;
    int default_risk = 65;
    Entries before;
    Entries active;
    std::string rejected_csv;
};
/// The laws that the outcome breaks, a line each; what was looked at goes to stdout.
[[nodiscard]] std::string broken_laws(const std::filesystem::path& version, const Outcome& outcome,
                                      const Folder& folder);

/// The number of differences and the first few, for a failure message.
[[nodiscard]] std::string difference(const Entries& expected, const Entries& active);

}  // namespace cordon::replay
