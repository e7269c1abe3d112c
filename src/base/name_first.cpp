#include "base/name_first.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace cordon {

std::string name_first(std::span<const std::string> names, std::size_t most) {
    const auto shown = names.first(std::min(names.size(), most));
    std::string text;
    for (const auto& name : shown) {
        if (!text.empty()) text += ", ";
        text += printable(name);
    }
    if (shown.size() < names.size()) text += " and " + with_thousands(names.size() - shown.size()) + " more";
    return text;
}

}  // namespace cordon
