#include "base/json.hpp"

namespace cordon {
namespace {

/// Where the string that begins at `at` has its closing quote; npos where it has none.
std::size_t end_of_string(std::string_view json, std::size_t at) noexcept {
    for (++at; (at = json.find_first_of("\"\\", at)) != std::string_view::npos; at += 2) {
        if (json[at] == '"') return at;
    }
    return at;
}

}  // namespace

bool nests_deeper_than(std::string_view json, std::size_t most) noexcept {
    std::size_t level = 0;
    for (std::size_t at = 0; (at = json.find_first_of("\"[{]}", at)) != std::string_view::npos; ++at) {
        switch (json[at]) {
            case '[':
            case '{':
                if (++level > most) return true;
                break;
            case '"':
                at = end_of_string(json, at);
                if (at == std::string_view::npos) return false;
                break;
            default: level -= level > 0 ? 1U : 0U;
        }
    }
    return false;
}

}  // namespace cordon
