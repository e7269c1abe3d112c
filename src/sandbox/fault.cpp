#include "sandbox/fault.hpp"

#include <array>
#include <iterator>
#include <utility>

namespace cordon::sandbox {
namespace {

using Kind = Fault::Kind;

constexpr std::array<std::pair<std::string_view, Kind>, 24> k_kinds{{
    {"answer", Kind::answer},
    {"reset_before", Kind::reset_before},
    {"reset_after", Kind::reset_after},
    {"torn_body", Kind::torn_body},
    {"slow", Kind::slow},
    {"not_json", Kind::not_json},
    {"edit_lock", Kind::edit_lock},
    {"session_lost", Kind::session_lost},
    {"read_only", Kind::read_only},
    {"too_large", Kind::too_large},
    {"wrong_hash", Kind::wrong_hash},
    {"content_encoding", Kind::content_encoding},
    {"throttled", Kind::throttled},
    {"scope_missing", Kind::scope_missing},
    {"address_refused", Kind::address_refused},
    {"token_lost", Kind::token_lost},
    {"wrong_region", Kind::wrong_region},
    {"errors_null", Kind::errors_null},
    {"no_pagination", Kind::no_pagination},
    {"resources_null", Kind::resources_null},
    {"empty_page", Kind::empty_page},
    {"repeated_page", Kind::repeated_page},
    {"foreign_page", Kind::foreign_page},
    {"rows_change", Kind::rows_change},
}};

}  // namespace

std::optional<Kind> fault_kind_of(std::string_view name) noexcept {
    for (const auto& [text, kind] : k_kinds) {
        if (text == name) return kind;
    }
    return std::nullopt;
}

std::string_view name_of(Kind kind) noexcept {
    for (const auto& [text, value] : k_kinds) {
        if (value == kind) return text;
    }
    return {};
}

bool is_like(std::string_view text, std::string_view pattern) noexcept {
    std::size_t t = 0;
    std::size_t p = 0;
    std::size_t star = std::string_view::npos;
    std::size_t after_star = 0;
    while (t < text.size()) {
        if (p < pattern.size() && pattern[p] == '*') {
            star = p++;
            after_star = t;
        } else if (p < pattern.size() && pattern[p] == text[t]) {
            ++p;
            ++t;
        } else if (star != std::string_view::npos) {
            p = star + 1;
            t = ++after_star;
        } else {
            return false;
        }
    }
    return pattern.find_first_not_of('*', p) == std::string_view::npos;
}

std::optional<Fault> Faults::take(std::string_view method, std::string_view path) {
    for (auto at = faults_.begin(); at != faults_.end(); ++at) {
        if (!at->method.empty() && at->method != method) continue;
        if (!is_like(path, at->path)) continue;
        if (at->skip > 0) {
            --at->skip;
            continue;
        }
        if (at->probability < 1.0 && std::uniform_real_distribution<double>{}(random_) >= at->probability) continue;
        Fault hit = *at;
        if (at->count > 0 && --at->count == 0) faults_.erase(at);
        return hit;
    }
    return std::nullopt;
}

}  // namespace cordon::sandbox
