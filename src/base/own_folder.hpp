#pragma once

#include <filesystem>
#include <span>
#include <string>

#include <sys/types.h>

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

/// Where root is at work on a folder of somebody else's (`sudo cordon user add` beside a service), goes on as its
/// owner, effective user and group: what is written there stays theirs. Nothing where the folder is root's or not there
/// yet. The whole process changes; who it was started by stays known (getuid). `invalid` where the system refuses.
Result<void> go_on_as_owner_of(const std::filesystem::path& folder);

/// After go_on_as_owner_of(): for as long as this lives, the process is again at work as who started it, for files that
/// they named on the command line. Not beside other threads.
class AsCaller {
public:
    AsCaller();
    AsCaller(const AsCaller&) = delete;
    AsCaller& operator=(const AsCaller&) = delete;
    ~AsCaller();

private:
    uid_t user_;
    gid_t group_;
};

}  // namespace cordon
