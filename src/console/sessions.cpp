#include "console/sessions.hpp"

#include <algorithm>

#include "base/digest.hpp"

namespace cordon::console {

std::string Sessions::begin(const Account& account, Time now) {
    auto session = random_hex(32);
    const std::scoped_lock lock(mutex_);
    drop_old(now);
    if (sessions_.size() >= terms_.most) {
        sessions_.erase(std::min_element(sessions_.begin(), sessions_.end(),
                                         [](const auto& a, const auto& b) { return a.second.seen < b.second.seen; }));
    }
    sessions_.insert_or_assign(sha256_hex(session), Session{account, now, now});
    return session;
}

std::optional<Account> Sessions::find(std::string_view session, const AccountBook& book, Time now, Presence presence) {
    if (session.empty()) return std::nullopt;
    const std::scoped_lock lock(mutex_);
    drop_old(now);
    const auto found = sessions_.find(sha256_hex(session));
    if (found == sessions_.end()) return std::nullopt;
    const auto& then = found->second.account;
    const auto account = std::find_if(book.accounts.begin(), book.accounts.end(), [&](const Account& one) {
        return one.name == then.name && one.password == then.password;
    });
    if (account == book.accounts.end()) {
        sessions_.erase(found);
        return std::nullopt;
    }
    if (presence == Presence::person) found->second.seen = now;
    return *account;
}

void Sessions::end(std::string_view session) {
    const std::scoped_lock lock(mutex_);
    sessions_.erase(sha256_hex(session));
}

void Sessions::drop_old(Time now) {
    std::erase_if(sessions_, [&](const auto& one) {
        return now - one.second.seen >= terms_.idle || now - one.second.begun >= terms_.longest;
    });
}

}  // namespace cordon::console
