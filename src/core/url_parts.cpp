#include "core/url_parts.hpp"

#include <algorithm>
#include <array>

#include "base/text.hpp"

namespace cordon::core {
namespace {

constexpr std::string_view k_slashes = "/\\";

bool is_scheme_character(char c) noexcept {
    const char lower = to_lower(c);
    return (lower >= 'a' && lower <= 'z') || (c >= '0' && c <= '9') || c == '+' || c == '-' || c == '.';
}

/// "http" or "ftp" with every 't' perhaps written as 'x' (hxxp, htxp, fxp); the caller cut the 's'.
bool spells(std::string_view name, std::string_view scheme) noexcept {
    return std::equal(name.begin(), name.end(), scheme.begin(), scheme.end(), [](char c, char expected) {
        return to_lower(c) == expected || (expected == 't' && to_lower(c) == 'x');
    });
}

Scheme scheme_of(std::string_view name) noexcept {
    if (spells(name, "http")) return Scheme::http;
    if (spells(name, "https")) return Scheme::https;
    if (spells(name, "ftp")) return Scheme::ftp;
    return Scheme::none;
}

std::size_t scheme_size(std::string_view text) noexcept {
    const auto end = std::find_if_not(text.begin(), text.end(), is_scheme_character);
    return static_cast<std::size_t>(end - text.begin());
}

std::uint16_t default_port(Scheme scheme) noexcept {
    switch (scheme) {
        case Scheme::http: return 80;
        case Scheme::https: return 443;
        case Scheme::ftp: return 21;
        case Scheme::none: break;
    }
    return 0;
}

/// Takes the scheme and the slashes behind it off `text`. False on a scheme that is not ours.
bool take_scheme(std::string_view& text, Scheme& scheme) noexcept {
    const auto end = scheme_size(text);
    if (end == 0 || end == text.size() || text[end] != ':') return true;
    scheme = scheme_of(text.substr(0, end));
    const auto rest = text.substr(end + 1);
    if (scheme == Scheme::none) {
        // "host:8080/path" has no scheme; "foo://x" has one.
        return rest.size() < 2 || k_slashes.find(rest[0]) == std::string_view::npos ||
               k_slashes.find(rest[1]) == std::string_view::npos;
    }
    text = rest.substr(std::min(rest.find_first_not_of(k_slashes), rest.size()));
    return true;
}

/// Cuts ":port" off `authority`. False where what stands there is no port.
bool take_port(std::string_view& authority, UrlParts& parts) noexcept {
    const auto bracket = authority.starts_with('[') ? std::min(authority.find(']'), authority.size()) : 0;
    const auto colon = authority.find(':', bracket);
    if (colon == std::string_view::npos) return true;
    const auto digits = authority.substr(colon + 1);
    authority = authority.substr(0, colon);
    if (digits.empty()) return true;
    const auto port = parse_whole_number(digits);
    if (!port || *port > 0xffff) return false;
    const bool is_default = parts.scheme != Scheme::none && *port == default_port(parts.scheme);
    if (!is_default) parts.port = static_cast<std::uint16_t>(*port);
    return true;
}

bool is_single_dot(std::string_view segment) noexcept {
    return segment == "." || equals_ignoring_case(segment, "%2e");
}

bool is_double_dot(std::string_view segment) noexcept {
    const auto first = segment.starts_with('.') ? 1U : 3U;
    return segment.size() > first && is_single_dot(segment.substr(0, first)) && is_single_dot(segment.substr(first));
}

/// Cuts the segment before the next slash off `path`.
std::string_view take_segment(std::string_view& path) noexcept {
    const auto end = std::min(path.find_first_of(k_slashes), path.size());
    const auto segment = path.substr(0, end);
    path.remove_prefix(std::min(end + 1, path.size()));
    return segment;
}

bool is_kept(char c) noexcept {
    return c > ' ' && c < '\x7f';
}

void append_escaped(char c, std::string& text) {
    constexpr std::string_view k_digits = "0123456789ABCDEF";
    const auto byte = static_cast<unsigned char>(c);
    text += '%';
    text += k_digits[byte >> 4U];
    text += k_digits[byte & 0xfU];
}

}  // namespace

std::optional<UrlParts> split_url(std::string_view text) noexcept {
    UrlParts parts;
    if (!take_scheme(text, parts.scheme)) return std::nullopt;
    const auto hash = std::min(text.find('#'), text.size());
    parts.has_fragment = hash + 1 < text.size();
    text = text.substr(0, hash);
    const auto end = static_cast<std::size_t>(
        std::find_if(text.begin(), text.end(), [](char c) { return c == '/' || c == '\\' || c == '?'; }) -
        text.begin());
    parts.path_and_query = text.substr(end);
    auto authority = text.substr(0, end);
    if (const auto at = authority.rfind('@'); at != std::string_view::npos) {
        parts.has_userinfo = true;
        authority.remove_prefix(at + 1);
    }
    if (!take_port(authority, parts) || authority.empty()) return std::nullopt;
    parts.host = authority;
    return parts;
}

bool has_defanged_scheme(std::string_view text) noexcept {
    const auto name = text.substr(0, scheme_size(text));
    const auto rest = text.substr(name.size());
    return (rest.starts_with(':') || rest.starts_with("[:")) && scheme_of(name) != Scheme::none &&
           name.find_first_of("xX") != std::string_view::npos;
}

bool is_root_path(std::string_view path_and_query) noexcept {
    const auto query = std::min(path_and_query.find('?'), path_and_query.size());
    if (query + 1 < path_and_query.size()) return false;
    auto path = path_and_query.substr(0, query);
    // The last segment must be empty or of dots; most paths end here.
    if (path.size() > 1 && std::string_view("/\\.eE").find(path.back()) == std::string_view::npos) return false;
    std::size_t depth = 0;
    if (!path.empty()) path.remove_prefix(1);
    while (path.find_first_of(k_slashes) != std::string_view::npos) {
        const auto segment = take_segment(path);
        if (is_double_dot(segment)) {
            depth -= std::min<std::size_t>(depth, 1);
        } else if (!is_single_dot(segment)) {
            ++depth;
        }
    }
    if (is_double_dot(path)) return depth <= 1;
    return depth == 0 && (path.empty() || is_single_dot(path));
}

void append_path_and_query(std::string_view path_and_query, std::string& text) {
    if (path_and_query.starts_with('?')) text += '/';
    bool in_query = false;
    while (!path_and_query.empty()) {
        const char c = path_and_query.front();
        in_query = in_query || c == '?';
        if (c == '\\' && !in_query) {
            text += '/';
        } else if (is_kept(c)) {
            text += c;
        } else {
            append_escaped(c, text);
        }
        path_and_query.remove_prefix(1);
    }
}

}  // namespace cordon::core
