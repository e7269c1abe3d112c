#pragma once

#include <filesystem>
#include <span>
#include <string>

#include "base/result.hpp"

namespace cordon {

/// A folder that the program keeps its own files in.
struct OwnFolder {
    std::filesystem::path path;
    std::string what;     ///< for people: "state folder"
    std::string setting;  ///< the key of [cordon] that puts it elsewhere
};

/// Whether this user may write the folder (make it, where it is missing) and those of `files` in it that are
/// there. `invalid`: one sentence that says which of them is whose, and what to do.
Result<void> require_writable(const OwnFolder& folder, std::span<const std::string> files);

/// The same for reading; a folder or file that is missing is readable.
Result<void> require_readable(const OwnFolder& folder, std::span<const std::string> files);

}  // namespace cordon
