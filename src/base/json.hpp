#pragma once

#include <cstddef>
#include <string_view>

#include <nlohmann/json.hpp>

namespace cordon {

/// No document that we read nests deeper; our choice: the deepest of the references has five levels.
inline constexpr std::size_t k_most_json_levels = 64;

/// Whether arrays and objects stand in each other deeper than `most`; of text that is no JSON, whether it looks so.
[[nodiscard]] bool nests_deeper_than(std::string_view json, std::size_t most) noexcept;

/// The JSON in `text`; discarded (`is_discarded()`, no object, no array) where it is none or nests too deeply: a level
/// is one byte in the text and some eighty in memory.
template <class Json = nlohmann::json>
[[nodiscard]] Json parse_json(std::string_view text) {
    if (nests_deeper_than(text, k_most_json_levels)) return Json(Json::value_t::discarded);
    return Json::parse(text, nullptr, /*allow_exceptions=*/false);
}

}  // namespace cordon
