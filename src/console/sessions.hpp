#pragma once

#include <chrono>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "console/accounts.hpp"

namespace cordon::console {

/// How long a sign-in holds.
struct SessionTerms {
    std::chrono::seconds idle = std::chrono::minutes{30};   ///< without a request
    std::chrono::seconds longest = std::chrono::hours{12};  ///< whatever was asked
    std::size_t most = 1000;                                ///< at once; the one that was idle longest goes

    bool operator==(const SessionTerms&) const = default;
};

/// Whether somebody is there, or a page that lies open asks by itself.
enum class Presence { person, page };

/// The sign-ins of this process; a restart ends all. Only hashes of their names are kept. Thread-safe.
class Sessions {
public:
    explicit Sessions(SessionTerms terms) : terms_(terms) {}

    /// What the browser keeps: 256 random bits, 64 hex digits.
    [[nodiscard]] std::string begin(const Account& account, Time now);
    /// Who it is, while the account is in `book` as it was at sign-in (the same password). A person's request
    /// begins the idle time anew.
    [[nodiscard]] std::optional<Account> find(std::string_view session, const AccountBook& book, Time now,
                                              Presence presence);
    void end(std::string_view session);

private:
    struct Session {
        Account account;
        Time begun;
        Time seen;
    };
    void drop_old(Time now);

    SessionTerms terms_;
    std::mutex mutex_;
    std::map<std::string, Session, std::less<>> sessions_;  ///< by SHA-256 of what the browser keeps
};

}  // namespace cordon::console
