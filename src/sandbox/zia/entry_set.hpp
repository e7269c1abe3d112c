#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/digest.hpp"

namespace cordon::sandbox::zia {

/// Unique texts in an order that looks hashed, as ZIA gives lists back (zia-api.md 1, "Array
/// ordering"). The same seed and texts give the same order, whatever the history.
class EntrySet {
public:
    explicit EntrySet(std::uint64_t seed = 0) : seed_(seed) {}

    /// False when it was there.
    bool insert(std::string text) {
        const auto hash = hash64(text, seed_);
        return members_.insert({hash, std::move(text)}).second;
    }
    bool erase(std::string_view text) { return members_.erase({hash64(text, seed_), std::string(text)}) > 0; }
    [[nodiscard]] bool contains(std::string_view text) const {
        return members_.contains({hash64(text, seed_), std::string(text)});
    }
    void clear() { members_.clear(); }
    [[nodiscard]] std::size_t size() const noexcept { return members_.size(); }
    [[nodiscard]] bool empty() const noexcept { return members_.empty(); }

    /// All texts; another `rotation` starts elsewhere, so that two endpoints give two orders. Linear.
    [[nodiscard]] std::vector<std::string_view> scrambled(std::uint64_t rotation) const {
        std::vector<std::string_view> texts;
        texts.reserve(members_.size());
        auto at = members_.lower_bound({hash64("rotation", rotation), {}});
        for (std::size_t i = 0; i < members_.size(); ++i, ++at) {
            if (at == members_.end()) at = members_.begin();
            texts.push_back(at->text);
        }
        return texts;
    }
    [[nodiscard]] std::set<std::string> sorted() const {
        std::set<std::string> texts;
        for (const auto& member : members_) texts.insert(member.text);
        return texts;
    }

    template <class Action>
    void for_each(Action&& action) const {
        for (const auto& member : members_) action(member.text);
    }

    bool operator==(const EntrySet& other) const { return members_ == other.members_; }

private:
    struct Member {
        std::uint64_t hash;
        std::string text;
        auto operator<=>(const Member&) const = default;
    };
    std::uint64_t seed_;
    std::set<Member> members_;
};

}  // namespace cordon::sandbox::zia
