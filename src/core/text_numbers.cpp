#include "core/text_numbers.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <utility>

#include "base/digest.hpp"

namespace cordon::core {
namespace {

/// So many slots are fetched into the cache at a time, while the next texts are hashed.
constexpr std::size_t k_at_a_time = 16;

std::uint32_t hash_of(std::string_view text) {
    return static_cast<std::uint32_t>(hash64(text));
}

}  // namespace

TextNumbers::TextNumbers(std::span<const Contender> contenders)
    : contenders_(contenders), by_contender_(contenders.size()) {
    std::size_t most = 0;
    for (const Contender& contender : contenders) {
        if (contender.desired != nullptr && !contender.continues) most += contender.desired->size();
    }
    make_room(most);
}

const std::vector<std::uint32_t>& TextNumbers::of(std::size_t contender) {
    auto& numbers = by_contender_[contender];
    const DesiredSet& desired = *contenders_[contender].desired;
    if (numbers.size() != desired.size()) {
        numbers = number_all(desired.size(), [&](std::size_t at) { return desired[at].text; });
    }
    return numbers;
}

std::vector<std::uint32_t> TextNumbers::of(std::span<const std::string_view> texts) {
    return number_all(texts.size(), [&](std::size_t at) { return texts[at]; });
}

template <class TextOf>
std::vector<std::uint32_t> TextNumbers::number_all(std::size_t count, const TextOf& text_of) {
    make_room(count);
    std::vector<std::uint32_t> numbers;
    numbers.reserve(count);
    std::array<std::uint32_t, k_at_a_time> hashes{};
    for (std::size_t first = 0; first < count; first += k_at_a_time) {
        const auto end = std::min(first + k_at_a_time, count);
        for (std::size_t i = first; i < end; ++i) {
            hashes[i - first] = hash_of(text_of(i));
            __builtin_prefetch(&slots_[home_of(hashes[i - first])]);
        }
        for (std::size_t i = first; i < end; ++i) numbers.push_back(number_of(text_of(i), hashes[i - first]));
    }
    return numbers;
}

void TextNumbers::make_room(std::size_t more) {
    const auto least = std::bit_ceil(2 * (texts_.size() + more) + 1);
    if (least <= slots_.size()) return;
    for (const Slot& slot : std::exchange(slots_, std::vector<Slot>(least))) {
        if (slot.number == k_empty) continue;
        auto at = home_of(slot.hash);
        while (slots_[at].number != k_empty) at = home_of(at + 1);
        slots_[at] = slot;
    }
}

std::uint32_t TextNumbers::number_of(std::string_view text, std::uint32_t hash) {
    for (auto at = home_of(hash);; at = home_of(at + 1)) {
        Slot& slot = slots_[at];
        if (slot.number == k_empty) {
            slot = {hash, static_cast<std::uint32_t>(texts_.size())};
            texts_.push_back(text);
            return slot.number;
        }
        if (slot.hash == hash && texts_[slot.number] == text) return slot.number;
    }
}

}  // namespace cordon::core
