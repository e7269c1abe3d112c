#include "tests/scenario/program.hpp"

#include <array>
#include <atomic>
#include <csignal>
#include <fstream>
#include <stdexcept>

#include <fcntl.h>
#include <poll.h>
#include <sys/inotify.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fmt/format.h>

#include "base/file.hpp"

namespace cordon::scenario {
namespace {

std::vector<char*> pointers(std::vector<std::string>& words) {
    std::vector<char*> all;
    for (auto& word : words) all.push_back(word.data());
    all.push_back(nullptr);
    return all;
}

/// In the child: nothing but calls that are safe after fork.
[[noreturn]] void become(const char* folder, const char* out, const char* err, char* const* arguments,
                         char* const* environment) {
    const int to_out = ::open(out, O_WRONLY | O_CREAT | O_TRUNC, S_IRUSR | S_IWUSR);
    const int to_err = ::open(err, O_WRONLY | O_CREAT | O_TRUNC, S_IRUSR | S_IWUSR);
    const int nothing = ::open("/dev/null", O_RDONLY);
    ::dup2(nothing, STDIN_FILENO);
    ::dup2(to_out, STDOUT_FILENO);
    ::dup2(to_err, STDERR_FILENO);
    if (::chdir(folder) == 0) ::execve(CORDON_PROGRAM, arguments, environment);
    ::_exit(127);
}

}  // namespace

Program::Program(const std::filesystem::path& folder, const std::vector<std::string>& arguments,
                 const std::vector<std::string>& environment) {
    static std::atomic<int> number = 0;
    const auto name =
        std::filesystem::temp_directory_path() / fmt::format("cordon-program-{}-{}", ::getpid(), ++number);
    out_ = name.string() + ".out";
    err_ = name.string() + ".err";
    std::vector<std::string> words{CORDON_PROGRAM};
    words.insert(words.end(), arguments.begin(), arguments.end());
    auto names = environment;
    auto word_pointers = pointers(words);
    auto name_pointers = pointers(names);
    for (const auto& file : {out_, err_}) std::ofstream{file};  // there to be watched, however late the child opens it
    pid_ = ::fork();
    if (pid_ < 0) throw std::runtime_error("fork failed");
    if (pid_ == 0) become(folder.c_str(), out_.c_str(), err_.c_str(), word_pointers.data(), name_pointers.data());
}

Program::~Program() {
    if (pid_ > 0) {
        ::kill(pid_, SIGKILL);
        ::waitpid(pid_, nullptr, 0);
    }
    std::error_code ignored;
    std::filesystem::remove(out_, ignored);
    std::filesystem::remove(err_, ignored);
}

Ran Program::wait() {
    Ran ran;
    int status = 0;
    ::waitpid(pid_, &status, 0);
    pid_ = -1;
    ran.status = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
    ran.dumped_core = WIFSIGNALED(status) && WCOREDUMP(status);
    ran.out = read_file(out_).value_or("");
    ran.err = read_file(err_).value_or("");
    return ran;
}

bool Program::says(const std::string& text, std::chrono::seconds most) const {
    return comes_to_hold(err_, text, most);
}

bool Program::prints(const std::string& text, std::chrono::seconds most) const {
    return comes_to_hold(out_, text, most);
}

std::string Program::printed() const {
    return read_file(out_).value_or("");
}

bool Program::comes_to_hold(const std::filesystem::path& file, const std::string& text,
                            std::chrono::seconds most) const {
    const int watch = ::inotify_init1(IN_CLOEXEC);
    ::inotify_add_watch(watch, file.c_str(), IN_MODIFY | IN_CLOSE_WRITE);
    pollfd wait{watch, POLLIN, 0};
    const auto latest = std::chrono::steady_clock::now() + most;
    bool is_said = false;
    for (;;) {
        is_said = read_file(file).value_or("").find(text) != std::string::npos;
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(latest - std::chrono::steady_clock::now());
        if (is_said || left.count() <= 0 || ends_within(std::chrono::seconds{0})) break;
        if (::poll(&wait, 1, static_cast<int>(left.count())) <= 0) break;
        std::array<char, 4096> events{};
        if (::read(watch, events.data(), events.size()) < 0) break;
    }
    ::close(watch);
    return is_said;
}

bool Program::ends_within(std::chrono::milliseconds most) const {
    const int process = static_cast<int>(::syscall(SYS_pidfd_open, pid_, 0));
    pollfd end{process, POLLIN, 0};
    const bool has_ended = ::poll(&end, 1, static_cast<int>(std::chrono::milliseconds(most).count())) > 0;
    ::close(process);
    return has_ended;
}

Ran run_program(const std::filesystem::path& folder, const std::vector<std::string>& arguments,
                const std::vector<std::string>& environment) {
    return Program(folder, arguments, environment).wait();
}

TemporaryFolder::TemporaryFolder() {
    static std::atomic<int> number = 0;
    path_ = std::filesystem::temp_directory_path() / fmt::format("cordon-folder-{}-{}", ::getpid(), ++number);
    std::filesystem::remove_all(path_);  // of a killed process that had this id
    std::filesystem::create_directories(path_);
}

TemporaryFolder::~TemporaryFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
}

std::vector<std::string> files_with(const std::filesystem::path& folder, const std::string& text,
                                    const std::string& except) {
    std::vector<std::string> found;
    for (const auto& file : std::filesystem::recursive_directory_iterator(folder)) {
        if (!file.is_regular_file() || file.path().filename() == except) continue;
        if (read_file(file.path(), 1U << 30).value_or("").find(text) != std::string::npos) {
            found.push_back(file.path().string());
        }
    }
    return found;
}

}  // namespace cordon::scenario
