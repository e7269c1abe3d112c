#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "net/http_server.hpp"
#include "sandbox/sandbox.hpp"
#include "tests/scenario/program.hpp"
#include "tests/secrets/marked.hpp"

namespace cordon::secrets {

using Words = std::vector<std::string>;

/// How one command is called for.
struct Call {
    Words words;
    bool has_settings = true;       ///< it takes -s and the credentials
    std::optional<int> status = 0;  ///< of a good day; nullopt: whichever
    std::string serves_until = {};  ///< it ends by SIGTERM once its standard output holds this
};

/// A sandbox, and a folder in which a first run has filled lists, store, logs and audit log. Each call of a command
/// gets a copy of the folder, so that they do not meet.
class House {
public:
    House(Way way, Given given);
    ~House();
    House(const House&) = delete;
    House& operator=(const House&) = delete;

    [[nodiscard]] sandbox::Sandbox& clouds() { return *clouds_; }
    [[nodiscard]] const Marked& marked() const { return marked_; }

    /// Keys of the settings that are set otherwise than on a good day: "zscaler.base_uri" -> text.
    std::map<std::string, std::string> changed;
    /// Further lines behind the settings, as they are.
    std::string appended;
    /// Secrets that are given otherwise: "zscaler.password" -> text.
    std::map<std::string, std::string> given_instead;
    Words more_words;
    bool has_settings_file = true;
    /// Sent to the process when a cloud has answered so many requests; 0: never.
    int killed_at = 0;
    int signal = 0;
    /// One call at a time, so that a request is known to be of the one process: it is looked at then.
    bool is_one_at_a_time = true;
    /// Who is still at it then gets a SIGTERM.
    std::chrono::seconds patience{150};

    /// Gets the folder of each call when it has ended.
    std::function<void(const std::filesystem::path& folder)> look_at_what_is_left;

    /// Runs the command in a copy of the folder and looks for traces: what it says, what it leaves, its entry in the
    /// process list at each request, its children, its core.
    scenario::Ran call(const std::string& name, const Call& call);
    /// Fails the test for each trace among what the clouds wrote down.
    void check_records();

private:
    void on_request();
    void look_at(pid_t pid);
    [[nodiscard]] std::string settings_text() const;
    void write_inputs(const std::filesystem::path& folder) const;
    [[nodiscard]] Words words_of(const Call& call) const;
    [[nodiscard]] Words environment_of(const std::filesystem::path& folder) const;
    [[nodiscard]] std::string value_of(const Marked::Key& key) const;
    void check(const std::string& name, const scenario::Ran& ran, const std::filesystem::path& folder) const;

    Marked marked_;
    Given given_;
    SystemClock clock_;
    scenario::TemporaryFolder folder_;
    std::unique_ptr<sandbox::Sandbox> clouds_;
    std::unique_ptr<net::HttpServer> webhook_;  ///< refuses, and quotes what it was asked
    std::mutex mutex_;
    std::vector<pid_t> running_;
    int requests_ = 0;
    std::vector<std::string> seen_;  ///< what was wrong with a running process
    bool is_set_up_ = false;
};

/// Every command of the program that we know, by name. A test holds it against the program's own table.
[[nodiscard]] const std::map<std::string, Call>& calls();

}  // namespace cordon::secrets
