#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/digest.hpp"

namespace cordon::core {

struct TextHash {
    using is_avalanching = void;
    std::size_t operator()(std::string_view text) const noexcept { return hash64(text); }
};

/// Finds the place of a text. The texts themselves live elsewhere. A heavy header: for .cpp files.
using TextIndex = boost::unordered_flat_map<std::string_view, std::uint32_t, TextHash>;

}  // namespace cordon::core
