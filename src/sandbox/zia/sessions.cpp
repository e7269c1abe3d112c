#include "sandbox/zia/sessions.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/digest.hpp"
#include "base/text.hpp"

namespace cordon::sandbox::zia {
namespace {

constexpr std::size_t k_key_length = 12;
constexpr std::size_t k_used_digits = 6;

std::string_view session_id_in(std::string_view cookie_header) {
    for (auto piece : split(cookie_header, ';')) {
        piece = trim(piece);
        if (piece.starts_with("JSESSIONID=")) return piece.substr(11);
    }
    return {};
}

}  // namespace

std::string obfuscate(std::string_view key, std::string_view timestamp) {
    if (key.size() < k_key_length || timestamp.size() < k_used_digits || !parse_whole_number(timestamp)) return {};
    const auto digits = timestamp.substr(timestamp.size() - k_used_digits);
    const auto halved = fmt::format("{:06}", *parse_whole_number(digits) >> 1U);
    std::string obfuscated;
    for (const char digit : digits) obfuscated += key[static_cast<std::size_t>(digit - '0')];
    for (const char digit : halved) obfuscated += key[static_cast<std::size_t>(digit - '0') + 2];
    return obfuscated;
}

std::string Sessions::open(const std::string& admin, Time now) {
    ++opened_;
    auto id = fmt::format("{:016X}{:016X}", hash64(std::to_string(opened_), seed_),
                          hash64(admin + std::to_string(opened_), seed_ + 1));
    open_.emplace(id, Session{admin, now});
    return id;
}

std::optional<std::string> Sessions::touch(std::string_view cookie_header, Time now) {
    const auto at = open_.find(session_id_in(cookie_header));
    if (at == open_.end()) return std::nullopt;
    at->second.last_used = now;
    return at->second.admin;
}

std::optional<std::string> Sessions::close(std::string_view cookie_header) {
    const auto at = open_.find(session_id_in(cookie_header));
    if (at == open_.end()) return std::nullopt;
    auto admin = at->second.admin;
    open_.erase(at);
    return admin;
}

std::vector<std::string> Sessions::expire(Time now) {
    std::vector<std::string> admins;
    for (auto at = open_.begin(); at != open_.end();) {
        const bool is_idle = at->second.last_used + idle_timeout_ <= now;
        if (is_idle) admins.push_back(at->second.admin);
        at = is_idle ? open_.erase(at) : std::next(at);
    }
    return admins;
}

}  // namespace cordon::sandbox::zia
