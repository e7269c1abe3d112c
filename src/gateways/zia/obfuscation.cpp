#include "gateways/zia/obfuscation.hpp"

#include <fmt/format.h>

#include "base/text.hpp"

namespace cordon::gateways::zia {

Result<Secret> obfuscated_key(const Secret& key, std::string_view timestamp) {
    const auto letters = key.reveal();
    if (letters.size() < 12) {
        return fail(Code::invalid, fmt::format("the ZIA API key has {} characters instead of 12; copy it again from "
                                               "Administration > Cloud Service API Security",
                                               letters.size()));
    }
    if (timestamp.size() < 6) return fail(Code::invalid, "the time stamp of a ZIA sign-in needs 6 digits");
    const auto low = timestamp.substr(timestamp.size() - 6);
    const auto number = parse_whole_number(low);
    if (!number) return fail(Code::invalid, "the time stamp of a ZIA sign-in is not a whole number");
    const auto half = fmt::format("{:06}", *number >> 1);

    std::string shuffled;
    shuffled.reserve(12);
    for (const char digit : low) shuffled += letters[static_cast<std::size_t>(digit - '0')];
    for (const char digit : half) shuffled += letters[static_cast<std::size_t>(digit - '0') + 2];
    return Secret(std::move(shuffled));
}

}  // namespace cordon::gateways::zia
