#include "net/form.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "net/http.hpp"

namespace cordon::net {
namespace {

std::string decode_form_text(std::string_view text) {
    std::string spaced(text);
    std::replace(spaced.begin(), spaced.end(), '+', ' ');
    return percent_decode(spaced);
}

}  // namespace

std::vector<std::pair<std::string, std::string>> parse_form(std::string_view text) {
    std::vector<std::pair<std::string, std::string>> pairs;
    for (const auto piece : split(text, '&')) {
        if (piece.empty()) continue;
        const auto equals = piece.find('=');
        const auto value = equals == std::string_view::npos ? std::string_view{} : piece.substr(equals + 1);
        pairs.emplace_back(decode_form_text(piece.substr(0, equals)), decode_form_text(value));
    }
    return pairs;
}

}  // namespace cordon::net
