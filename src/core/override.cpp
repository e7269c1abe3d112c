#include "core/override.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "base/text.hpp"
#include "core/canonical.hpp"
#include "core/defang.hpp"
#include "core/ip.hpp"
#include "core/protected_value.hpp"

namespace cordon::core {
namespace {

/// What is wider is a slip of the pen that would empty every list of addresses: a /8, and what a registry hands to a
/// whole provider (see k_min_ipv6_prefix in verdict.cpp).
constexpr std::uint64_t k_widest_ipv4 = std::uint64_t{1} << 24U;
constexpr unsigned k_widest_ipv6 = 32;

bool has_more(std::string_view text, char one, char other) {
    return std::count(text.begin(), text.end(), one) > std::count(text.begin(), text.end(), other);
}

/// The bracket that the text begins with is the partner of the one that it ends with.
bool is_bracketed(std::string_view text, char opener, char closer) {
    std::size_t depth = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == opener) ++depth;
        if (text[i] == closer && depth > 0) --depth;
        if (depth == 0) return i > 0 && i + 1 == text.size();
    }
    return false;
}

/// Takes off what belongs to the text around the value; false where there is none. What a URL may end
/// with goes only where its partner is missing ("/a_(b)" keeps its bracket, "/a)" does not).
bool take_punctuation(std::string_view& text) {
    constexpr std::string_view k_never_in_urls = "\"<>`";
    constexpr std::array<std::pair<char, char>, 3> k_brackets{{{'(', ')'}, {'[', ']'}, {'{', '}'}}};
    if (text.empty()) return false;
    const char first = text.front();
    const char last = text.back();
    const bool is_quoted = last == '\'' && std::count(text.begin(), text.end(), '\'') % 2 != 0;
    if (k_never_in_urls.find(first) != std::string_view::npos || first == '\'') {
        text.remove_prefix(1);
        return true;
    }
    if (k_never_in_urls.find(last) != std::string_view::npos || last == ',' || last == ';' || is_quoted) {
        text.remove_suffix(1);
        return true;
    }
    for (const auto& [opener, closer] : k_brackets) {
        const bool is_wrapped = is_bracketed(text, opener, closer);
        const bool opens_alone = first == opener && has_more(text, opener, closer);
        const bool closes_alone = last == closer && has_more(text, closer, opener);
        if (is_wrapped || opens_alone) text.remove_prefix(1);
        if (is_wrapped || closes_alone) text.remove_suffix(1);
        if (is_wrapped || opens_alone || closes_alone) return true;
    }
    return false;
}

/// The value without what a mail or a table has put around it: "<https://x>", "'x'," -> "https://x", "x".
std::string_view without_wrapping(std::string_view text) {
    text = trim(text);
    while (take_punctuation(text)) text = trim(text);
    return text;
}

/// The value without what only says that it is not to be clicked or without a scheme ("//x"), and without a fragment,
/// which no request carries; "*.x" as ".x".
std::string made_live(std::string_view written) {
    std::string scratch;
    auto text = trim(refang(without_wrapping(written), scratch));
    text = text.substr(0, text.find('#'));
    if (text.starts_with("//")) text.remove_prefix(2);
    if (text.starts_with("*.")) text.remove_prefix(1);
    return std::string(text);
}

std::string text_of_value(const ProtectedValue& value, std::string_view live) {
    if (const auto* host = std::get_if<ProtectedHost>(&value)) return (host->with_dot ? "." : "") + host->name;
    if (const auto* url = std::get_if<ProtectedUrl>(&value)) return url->url;
    if (const auto* range = std::get_if<Ipv4Range>(&value)) return to_text(*range);
    const auto net = parse_ipv6_net(without_brackets(live));
    if (net) return to_text(*net);
    const auto& address = std::get<Ipv6Range>(value).first;  // of a URL
    return to_text(address);
}

/// The URL or port on an address that was written, of which `canonical` is the address.
std::optional<std::string> url_on_address(std::string_view written, std::string_view canonical) {
    if (entity_of_override(canonical) != EntityType::ip) return std::nullopt;
    const auto live = made_live(written);
    if (parse_ipv4_range(without_brackets(live)) || parse_ipv6_net(without_brackets(live))) return std::nullopt;
    Canonical as_url;
    canonicalise(EntityType::url, live, as_url);
    if (!as_url.is_entry || as_url.kind != EntryKind::url) return std::nullopt;
    return std::move(as_url.text);
}

void add_unblocked(std::span<const Override> overrides, ProtectionBuilder& builder) {
    for (const auto& one : overrides) {
        // What is kept was checked when it was said.
        if (one.kind == OverrideKind::allow) {
            static_cast<void>(builder.add_never(one.value, name_of_unblocking(one)));
        }
    }
}

Protection protection_of_all(std::span<const Override> overrides) {
    ProtectionBuilder builder;
    add_unblocked(overrides, builder);
    return builder.build();
}

}  // namespace

const char* name_of(OverrideKind kind) noexcept {
    return kind == OverrideKind::allow ? "unblock" : "block";
}

Result<std::string> canonical_override(std::string_view written) {
    const auto live = made_live(written);
    const auto value = read_protected_value(live);
    if (value) return text_of_value(*value, live);
    if (is_misspelt_network(trim(live))) return fail(value.error());
    // "0xC6336407" is a name until a browser reads it.
    Canonical canonical;
    canonicalise(EntityType::url, "http://" + live, canonical);
    if (canonical.is_entry && canonical.kind == EntryKind::ipv4) return canonical.text;
    return fail(Code::invalid, fmt::format("'{}' is no host, URL, address or network", printable(trim(written), 200)));
}

Result<void> require_whole_address(std::string_view written, std::string_view canonical) {
    const auto url = url_on_address(written, canonical);
    if (!url) return {};
    return fail(Code::invalid, fmt::format("{} is one URL or port on an address, and addresses are unblocked and "
                                           "blocked whole: give {} if all of it is meant",
                                           printable(*url, 200), canonical));
}

Result<std::string> canonical_question(std::string_view written) {
    CORDON_TRY_ASSIGN(auto canonical, canonical_override(written));
    auto url = url_on_address(written, canonical);
    if (!url) return canonical;
    if (!parse_ipv4_range(*url)) return std::move(*url);
    return fail(Code::invalid, fmt::format("{} is a URL on an address that reads like a network: give {} or the "
                                           "network",
                                           printable(*url, 200), canonical));
}

EntityType entity_of_override(std::string_view canonical) noexcept {
    if (parse_ipv4_range(canonical) || parse_ipv6_net(canonical)) return EntityType::ip;
    const bool is_url = canonical.find_first_of("/:?#") != std::string_view::npos;
    return is_url ? EntityType::url : EntityType::domain;
}

Result<void> check_unblocking(std::string_view canonical) {
    const auto range = parse_ipv4_range(canonical);
    const auto net = range ? std::nullopt : parse_ipv6_net(canonical);
    const bool is_too_wide =
        (range && std::uint64_t{range->last} - range->first >= k_widest_ipv4) || (net && net->prefix < k_widest_ipv6);
    if (is_too_wide) {
        return fail(Code::invalid,
                    fmt::format("{} is too wide to be unblocked: at most a /8, or a /{} of IPv6 addresses", canonical,
                                k_widest_ipv6));
    }
    return ProtectionBuilder().add_never(canonical, "");
}

Protection protection_of_unblocked(std::string_view canonical) {
    ProtectionBuilder builder;
    static_cast<void>(builder.add_never(canonical, "cordon unblock"));
    return builder.build();
}

Protection protection_with(std::span<const Override> overrides, const Protection& below) {
    ProtectionBuilder builder;
    add_unblocked(overrides, builder);
    return builder.build_over(below);
}

Unblocked::Unblocked(std::span<const Override> overrides) : protection_(protection_of_all(overrides)) {}

bool Unblocked::is_blocked_by(TargetKind target, std::string_view canonical) const {
    return protection_.hit(kind_of(target, canonical), canonical).has_value();
}

std::string name_of_unblocking(const Override& one) {
    return "operator's unblock until " + to_readable_utc(one.until);
}

std::string terms_of(const Override& one) {
    return fmt::format("until {} by {}{}", to_readable_utc(one.until), printable(one.who, 100),
                       one.because.empty() ? "" : fmt::format(" ({})", printable(one.because, 200)));
}

}  // namespace cordon::core
