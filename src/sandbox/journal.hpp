#pragma once

#include <cstddef>
#include <deque>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "base/clock.hpp"

namespace cordon::sandbox {

/// One request that a cloud answered.
struct JournalEntry {
    Time moment{};
    std::string method;
    std::string path_template;  ///< "/api/v1/urlCategories/{id}"; the raw path where none fits
    std::string target;         ///< as on the request line, made printable
    std::string client;         ///< User-Agent, made printable
    int status = 0;
    std::size_t request_bytes = 0;
    std::size_t response_bytes = 0;
    std::string fault;  ///< name of the fault that was injected, mostly empty
};

/// What the clouds received. Not thread-safe: lies under the sandbox's lock.
class Journal {
public:
    /// Keeps the newest 100,000 entries; counts are complete.
    void record(JournalEntry entry);

    /// Something that no careful client does: a broken limit, an entry that cannot be right.
    void violation(Time moment, const std::string& what);

    [[nodiscard]] const std::deque<JournalEntry>& entries() const noexcept { return entries_; }
    [[nodiscard]] const std::vector<std::string>& violations() const noexcept { return violations_; }

    /// "PUT /api/v1/urlCategories/{id}" -> number of requests.
    [[nodiscard]] const std::map<std::string, std::size_t>& counts() const noexcept { return counts_; }

    /// "curl/8.0 PUT /api/v1/urlCategories/{id}" -> number of requests, by User-Agent.
    [[nodiscard]] const std::map<std::string, std::size_t>& counts_by_client() const noexcept {
        return counts_by_client_;
    }

    /// Entries and counts start anew; violations stay.
    void forget_requests();

    /// Told of each violation as it happens; may be empty.
    std::function<void(const std::string&)> on_violation;

private:
    std::deque<JournalEntry> entries_;
    std::map<std::string, std::size_t> counts_;
    std::map<std::string, std::size_t> counts_by_client_;
    std::vector<std::string> violations_;
};

}  // namespace cordon::sandbox
