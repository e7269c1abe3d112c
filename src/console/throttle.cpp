#include "console/throttle.hpp"

#include <algorithm>

namespace cordon::console {
namespace {

std::string key_of_user(const std::string& user) {
    return "user " + user;
}
std::string key_of_address(const std::string& address) {
    return "address " + address;
}

}  // namespace

std::chrono::seconds Throttle::wait(const std::string& user, const std::string& address, Time now) {
    const std::scoped_lock lock(mutex_);
    return std::max(wait_of(key_of_user(user), now), wait_of(key_of_address(address), now));
}

std::chrono::seconds Throttle::wait_of(const std::string& key, Time now) const {
    const auto found = failures_.find(key);
    if (found == failures_.end() || found->second.count < k_free_failures) return std::chrono::seconds{0};
    const int doublings = std::min(found->second.count - k_free_failures, 16);
    const auto length = std::min(k_longest_wait, k_first_wait * (1 << doublings));
    const auto left = found->second.last + length - now;
    return std::max(std::chrono::seconds{0}, std::min(length, std::chrono::ceil<std::chrono::seconds>(left)));
}

void Throttle::note_failure(const std::string& user, const std::string& address, Time now) {
    const std::scoped_lock lock(mutex_);
    count(key_of_user(user), now);
    count(key_of_address(address), now);
}

void Throttle::count(const std::string& key, Time now) {
    if (!failures_.contains(key) && failures_.size() >= k_most_kept) {
        std::erase_if(failures_, [&](const auto& one) { return now - one.second.last >= k_forgotten_after; });
        if (failures_.size() >= k_most_kept) {
            failures_.erase(std::min_element(failures_.begin(), failures_.end(), [](const auto& a, const auto& b) {
                return a.second.last < b.second.last;
            }));
        }
    }
    auto& failures = failures_[key];
    if (now - failures.last >= k_forgotten_after) failures.count = 0;
    ++failures.count;
    failures.last = now;
}

void Throttle::note_success(const std::string& user, const std::string& address) {
    const std::scoped_lock lock(mutex_);
    failures_.erase(key_of_user(user));
    const auto of_address = failures_.find(key_of_address(address));
    if (of_address != failures_.end() && --of_address->second.count <= 0) failures_.erase(of_address);
}

}  // namespace cordon::console
