#pragma once

#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

#include <sys/types.h>

namespace cordon::scenario {

/// What a process left behind.
struct Ran {
    int status = -1;  ///< its exit status; 128 + the signal's number where one ended it
    std::string out;
    std::string err;
    bool dumped_core = false;
};

/// The real program as a process of its own, with no environment but `environment` (NAME=value).
class Program {
public:
    Program(const std::filesystem::path& folder, const std::vector<std::string>& arguments,
            const std::vector<std::string>& environment = {});
    /// Ends it where it still runs.
    ~Program();
    Program(const Program&) = delete;
    Program& operator=(const Program&) = delete;

    [[nodiscard]] pid_t pid() const noexcept { return pid_; }
    Ran wait();
    /// Blocks until its standard error holds `text`, or it ended, or `most` has passed; true where it does.
    [[nodiscard]] bool says(const std::string& text, std::chrono::seconds most) const;
    /// The same of its standard output.
    [[nodiscard]] bool prints(const std::string& text, std::chrono::seconds most) const;
    /// What its standard output holds by now.
    [[nodiscard]] std::string printed() const;
    /// Blocks until it ended or `most` has passed; true where it ended. wait() is still due.
    [[nodiscard]] bool ends_within(std::chrono::milliseconds most) const;

private:
    [[nodiscard]] bool comes_to_hold(const std::filesystem::path& file, const std::string& text,
                                     std::chrono::seconds most) const;

    std::filesystem::path out_;
    std::filesystem::path err_;
    pid_t pid_ = -1;
};

/// Starts it in `folder` and waits for its end.
Ran run_program(const std::filesystem::path& folder, const std::vector<std::string>& arguments,
                const std::vector<std::string>& environment = {});

/// A new folder that goes away with the object.
class TemporaryFolder {
public:
    TemporaryFolder();
    ~TemporaryFolder();
    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;
    [[nodiscard]] const std::filesystem::path& path() const noexcept { return path_; }

private:
    std::filesystem::path path_;
};

/// The files below `folder` that hold `text`, but for those named `except`.
[[nodiscard]] std::vector<std::string> files_with(const std::filesystem::path& folder, const std::string& text,
                                                  const std::string& except);

}  // namespace cordon::scenario
