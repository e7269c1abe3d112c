#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "core/division.hpp"

namespace cordon::core {

/// By contender and rank; an inner vector may be empty: none of that contender's.
using EntryFlags = std::vector<std::vector<bool>>;

/// The contenders put together to lists, each with its objects, and how the entries stand on the list as a whole before
/// anything is divided. A list goes by the index of its first contender, its head.
class WholeLists {
public:
    static constexpr std::size_t k_nobody = SIZE_MAX;

    /// Holds views into `contenders`.
    WholeLists(std::span<const Contender> contenders, const Room& room);

    [[nodiscard]] std::span<const Contender> contenders() const noexcept { return contenders_; }
    [[nodiscard]] const Contender& at(std::size_t contender) const noexcept { return contenders_[contender]; }
    [[nodiscard]] bool is_head(std::size_t contender) const noexcept { return !contenders_[contender].continues; }
    [[nodiscard]] static bool has_wishes(const Contender& contender) noexcept {
        return contender.desired != nullptr && !contender.is_held;
    }
    /// The head first.
    [[nodiscard]] const std::vector<std::size_t>& objects_of(std::size_t head) const noexcept { return objects_[head]; }
    /// By head and rank; without what the group covers.
    [[nodiscard]] const std::vector<std::vector<Standing>>& standings() const noexcept { return standings_; }
    /// The object that the standing is about, by rank; empty for a list of one object.
    [[nodiscard]] const std::vector<std::size_t>& owners_of(std::size_t head) const noexcept { return owner_of_[head]; }
    /// The object's own limit, whatever the tenant has room for.
    [[nodiscard]] Places limit_of(std::size_t object) const;
    /// The verdicts while nobody has a place.
    [[nodiscard]] const Division& blank() const noexcept { return blank_; }

    [[nodiscard]] bool is_placed(const Division& division, std::size_t head, std::uint32_t at) const;
    /// In an object of the head's own kind.
    [[nodiscard]] bool is_placed_alike(const Division& division, std::size_t head, std::uint32_t at) const;
    /// Entries that lie in an object of another kind, which blocks otherwise (an address in the category beside an IP
    /// group): they cover nothing.
    [[nodiscard]] EntryFlags of_another_kind() const;

private:
    void stand(std::size_t head);
    void stand_as_one(std::size_t head);
    void limit_categories(std::size_t most);

    std::span<const Contender> contenders_;
    const Room& room_;
    std::vector<std::vector<std::size_t>> objects_;
    std::vector<std::vector<Standing>> standings_;
    std::vector<std::vector<std::size_t>> owner_of_;
    std::vector<bool> may_exist_;
    Division blank_;
};

}  // namespace cordon::core
