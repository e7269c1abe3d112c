#pragma once

#include <chrono>
#include <cstddef>
#include <span>
#include <stop_token>
#include <string>

#include "gateways/gateway.hpp"
#include "gateways/zia/api.hpp"

namespace cordon::gateways::zia {

/// Values in one call (zia-api.md 4.14).
inline constexpr std::size_t k_values_per_lookup = 100;

/// See Gateway::classify(). Answers are matched on the echoed url, never by position. ZIA refuses a call for one
/// bad value: it goes again without those that the refusal names, else in halves until they are found; they are
/// answers with `refused`, once they were refused alone or by name. A value that an answer does not echo has none.
/// Where ZIA refuses one value after the other and answers none, nobody is blamed and the refusal is the failure.
[[nodiscard]] LookupAnswers look_up_values(Api& api, std::span<const std::string> values, std::chrono::seconds patience,
                                           const std::stop_token& stop);

}  // namespace cordon::gateways::zia
