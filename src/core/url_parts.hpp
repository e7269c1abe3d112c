#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace cordon::core {

enum class Scheme : std::uint8_t { none, http, https, ftp };

/// A web address taken apart as a browser does it (WHATWG URL, "URL parsing", special schemes). The views
/// lie in the text that was split.
struct UrlParts {
    Scheme scheme = Scheme::none;
    bool has_userinfo = false;
    std::string_view host;              ///< raw: escapes and Unicode as written; IPv6 in its brackets
    std::optional<std::uint16_t> port;  ///< absent where it is the scheme's default
    std::string_view path_and_query;    ///< begins with '/', '\\' or '?', or is empty
    bool has_fragment = false;          ///< and it is not empty
};

/// Splits "scheme:authority/path?query#fragment" or the same without scheme. Schemes are http, https, ftp
/// and their defanged spellings (hxxp, hXXps, htxp, fxp); nullopt on any other ("mailto:", "javascript:",
/// "foo://"), on a port that is none, and on an empty host.
[[nodiscard]] std::optional<UrlParts> split_url(std::string_view text) noexcept;

/// Whether `text` begins with a defanged spelling of a scheme and its colon ("hxxp:", "fxp[:]").
[[nodiscard]] bool has_defanged_scheme(std::string_view text) noexcept;

/// Whether a browser asks for "/": dot segments, escaped ones too, are resolved (WHATWG URL, "path state");
/// a query that is empty counts as none. "//" is another path.
[[nodiscard]] bool is_root_path(std::string_view path_and_query) noexcept;

/// Appends path and query as a request would carry them: backslashes of the path as slashes, controls,
/// spaces and non-ASCII bytes percent-encoded, a '/' before a bare query; all else as it stands.
void append_path_and_query(std::string_view path_and_query, std::string& text);

}  // namespace cordon::core
