#pragma once

#include <string>
#include <string_view>

// What forms carry, so that no other site can send one in a visitor's name.
namespace cordon::console {

/// The token of forms of this session (or of whatever else names the visitor): 64 hex digits, never sent as they are.
[[nodiscard]] std::string form_token_of(std::string_view session);

/// The token as one page shows it: a random pad and the token under it. Pages are compressed and repeat what a link
/// asked for, so the lengths of many would give away a token that is the same in all of them (BREACH).
[[nodiscard]] std::string masked(std::string_view token);

/// Whether `shown` is a mask of the token; compares in constant time.
[[nodiscard]] bool is_mask_of(std::string_view shown, std::string_view token);

}  // namespace cordon::console
