#include "core/defang.hpp"

#include <algorithm>
#include <array>

#include "base/text.hpp"
#include "core/url_parts.hpp"

namespace cordon::core {
namespace {

struct Spelling {
    std::string_view defanged;
    std::string_view live;
};

constexpr std::array k_spellings{
    Spelling{"[.]", "."},   Spelling{"(.)", "."},   Spelling{"{.}", "."}, Spelling{"[dot]", "."},
    Spelling{"(dot)", "."}, Spelling{"{dot}", "."}, Spelling{"[:]", ":"}, Spelling{"[://]", "://"},
};
constexpr std::string_view k_openers = "[({";

const Spelling* spelling_at(std::string_view text) noexcept {
    for (const Spelling& spelling : k_spellings) {
        if (equals_ignoring_case(text.substr(0, spelling.defanged.size()), spelling.defanged)) return &spelling;
    }
    return nullptr;
}

bool has_spelling(std::string_view text) noexcept {
    for (auto at = text.find_first_of(k_openers); at != std::string_view::npos;
         at = text.find_first_of(k_openers, at + 1)) {
        if (spelling_at(text.substr(at)) != nullptr) return true;
    }
    return false;
}

/// Scheme and authority: everything up to the first slash that does not belong to "://".
std::string_view before_path(std::string_view value) noexcept {
    constexpr std::string_view k_ends = "/\\?#";
    auto end = value.find_first_of(k_ends);
    if (end == std::string_view::npos) return value;
    const bool ends_scheme = end > 0 && (value[end - 1] == ':' || value.substr(0, end).ends_with("[:]"));
    if (ends_scheme && (value[end] == '/' || value[end] == '\\')) {
        const auto authority = value.find_first_not_of("/\\", end);
        end = authority == std::string_view::npos ? value.size() : value.find_first_of(k_ends, authority);
    }
    return value.substr(0, end);
}

}  // namespace

std::string_view refang(std::string_view value, std::string& scratch) {
    if (value.find_first_of(k_openers) == std::string_view::npos) return value;
    if (!has_spelling(has_defanged_scheme(value) ? value : before_path(value))) return value;
    scratch.clear();
    while (!value.empty()) {
        const auto opener = std::min(value.find_first_of(k_openers), value.size());
        scratch.append(value.substr(0, opener));
        value.remove_prefix(opener);
        if (value.empty()) break;
        const Spelling* spelling = spelling_at(value);
        scratch.append(spelling != nullptr ? spelling->live : value.substr(0, 1));
        value.remove_prefix(spelling != nullptr ? spelling->defanged.size() : 1);
    }
    return scratch;
}

}  // namespace cordon::core
