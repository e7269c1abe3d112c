#include "sandbox/options.hpp"

#include <array>
#include <string_view>
#include <utility>

namespace cordon::sandbox {
namespace {

constexpr std::array<std::pair<std::string_view, Quirk>, 15> k_quirks{{
    {"no_password_expiry", Quirk::no_password_expiry},
    {"sign_in_without_session", Quirk::sign_in_without_session},
    {"only_oneapi", Quirk::only_oneapi},
    {"sign_out_204", Quirk::sign_out_204},
    {"lite_without_names", Quirk::lite_without_names},
    {"unknown_category_500", Quirk::unknown_category_500},
    {"counts_strip_lists", Quirk::counts_strip_lists},
    {"retry_after_in_words", Quirk::retry_after_in_words},
    {"retry_after_zero", Quirk::retry_after_zero},
    {"token_refusal_401", Quirk::token_refusal_401},
    {"lookup_hides_offender", Quirk::lookup_hides_offender},
    {"retry_after_milliseconds", Quirk::retry_after_milliseconds},
    {"odd_header_case", Quirk::odd_header_case},
    {"unknown_field_400", Quirk::unknown_field_400},
    {"no_next_page", Quirk::no_next_page},
}};

}  // namespace

bool quirk_of(const std::string& name, Quirk& quirk) {
    for (const auto& [text, value] : k_quirks) {
        if (text != name) continue;
        quirk = value;
        return true;
    }
    return false;
}

}  // namespace cordon::sandbox
