#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"

namespace cordon::sandbox::zia {

/// The obfuscated key of zia-api.md 2.3; "" where key or timestamp are too short or no digits.
[[nodiscard]] std::string obfuscate(std::string_view key, std::string_view timestamp);

/// Signed-in administrators, by cookie.
class Sessions {
public:
    Sessions(std::chrono::seconds idle_timeout, std::uint64_t seed) : idle_timeout_(idle_timeout), seed_(seed) {}

    /// A new session's JSESSIONID: 32 upper-case hex digits.
    std::string open(const std::string& admin, Time now);

    /// The admin of the session in this Cookie header, its idle time starting anew; nullopt where it is
    /// none or has expired.
    std::optional<std::string> touch(std::string_view cookie_header, Time now);

    /// Ends the session in this Cookie header; gives its admin.
    std::optional<std::string> close(std::string_view cookie_header);

    /// Ends what was idle too long; gives the admins.
    std::vector<std::string> expire(Time now);

    [[nodiscard]] std::size_t size() const noexcept { return open_.size(); }

private:
    struct Session {
        std::string admin;
        Time last_used;
    };
    std::chrono::seconds idle_timeout_;
    std::uint64_t seed_;
    std::uint64_t opened_ = 0;
    std::map<std::string, Session, std::less<>> open_;
};

}  // namespace cordon::sandbox::zia
