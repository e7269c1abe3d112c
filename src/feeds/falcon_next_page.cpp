#include "feeds/falcon_next_page.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/text.hpp"
#include "net/http.hpp"

namespace cordon::feeds {
namespace {

/// No byte that could end the path, split the header or be read in two ways: visible ASCII but for '\\' and '#'.
bool is_plain_target(std::string_view target) {
    return std::all_of(target.begin(), target.end(),
                       [](char c) { return c > ' ' && c < '\x7f' && c != '\\' && c != '#'; });
}

}  // namespace

Result<std::string> checked_next_page(std::string_view next, const std::string& origin) {
    std::string target(trim(next));
    if (target.starts_with(origin + "/")) target.erase(0, origin.size());
    if (target.starts_with(std::string(k_falcon_indicators) + "?") && is_plain_target(target)) return target;
    return fail(Code::corrupt, fmt::format("CrowdStrike's Next-Page leads elsewhere ({}); it is not followed",
                                           printable(net::displayable(target))));
}

}  // namespace cordon::feeds
