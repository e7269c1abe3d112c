#pragma once

#include <filesystem>
#include <string>

#include "base/result.hpp"

namespace cordon::store {

// The files of the state folder that the store cannot do without. The audit log is not among them: what is done does
// not wait for it.

/// Whether this user may write, or read, the folder and the files that are there; see own_folder.hpp.
[[nodiscard]] Result<void> require_writable_state(const std::filesystem::path& state_dir);
[[nodiscard]] Result<void> require_readable_state(const std::filesystem::path& state_dir);

/// Makes the folder (0700) where it is missing.
Result<void> prepare_folder(const std::filesystem::path& state_dir);

/// The same, and an empty database file (0600). SQLite gives its -wal and -shm files the same mode.
Result<void> prepare_files(const std::filesystem::path& state_dir, const std::filesystem::path& file);

/// The path as SQLite's URIs take it: "?", "#" and "%" escaped.
[[nodiscard]] std::string uri_path(const std::filesystem::path& path);

}  // namespace cordon::store
