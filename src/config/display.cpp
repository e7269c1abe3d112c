#include "config/display.hpp"

namespace cordon::config {
namespace {

/// One word, masked from behind its scheme up to its last '@', so that a password with '@' or '/' in it
/// cannot show. A bare mail address holds no password.
std::string masked_word(std::string_view word) {
    const auto at = word.rfind('@');
    if (at == std::string_view::npos || word.substr(0, at).find(':') == std::string_view::npos) {
        return std::string(word);
    }
    const auto slashes = word.substr(0, at).find("//");
    const auto begin = slashes == std::string_view::npos ? 0 : slashes + 2;
    return std::string(word.substr(0, begin)) + "***" + std::string(word.substr(at));
}

}  // namespace

std::string mask_credentials(std::string_view text) {
    std::string masked;
    for (;;) {
        const auto end = text.find_first_of("\"' \t\r\n");
        masked += masked_word(text.substr(0, end));
        if (end == std::string_view::npos) return masked;
        masked += text[end];
        text.remove_prefix(end + 1);
    }
}

}  // namespace cordon::config
