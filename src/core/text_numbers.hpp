#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "core/division.hpp"

namespace cordon::core {

/// Numbers for texts, from 0 on: the same text has the same one, on whichever list it stands. What is asked again and
/// again of a text can then be looked up by number instead of being hashed anew.
class TextNumbers {
public:
    /// Holds views into the desired sets.
    explicit TextNumbers(std::span<const Contender> contenders);

    /// Of one contender's desired set, by rank. O(n) when asked first, then kept.
    [[nodiscard]] const std::vector<std::uint32_t>& of(std::size_t contender);
    /// Of texts that outlive this object, in their order.
    [[nodiscard]] std::vector<std::uint32_t> of(std::span<const std::string_view> texts);
    /// One more than the highest number so far.
    [[nodiscard]] std::size_t size() const noexcept { return texts_.size(); }

private:
    /// Eight bytes, so that the table of many texts stays in the processor's cache.
    struct Slot {
        std::uint32_t hash = 0;
        std::uint32_t number = k_empty;
    };
    static constexpr std::uint32_t k_empty = UINT32_MAX;

    template <class TextOf>
    std::vector<std::uint32_t> number_all(std::size_t count, const TextOf& text_of);
    void make_room(std::size_t more);
    [[nodiscard]] std::size_t home_of(std::size_t hash) const noexcept { return hash & (slots_.size() - 1); }
    [[nodiscard]] std::uint32_t number_of(std::string_view text, std::uint32_t hash);

    std::span<const Contender> contenders_;
    std::vector<std::vector<std::uint32_t>> by_contender_;
    std::vector<std::string_view> texts_;  // by number
    std::vector<Slot> slots_;              // a power of two, at most half of them taken
};

}  // namespace cordon::core
