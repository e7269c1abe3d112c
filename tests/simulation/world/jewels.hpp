#pragma once

#include <set>
#include <string>
#include <vector>

namespace cordon::simulation {

/// What must be reachable whatever a feed says, as URLs: what people need every day, what an operator takes a wrong
/// block back with (ZIA's portal, API and sign-in, zia-api.md 2.1, 3.1), and what a later run learns from that it was
/// wrong (recorded-future-api.md 3, crowdstrike-intel-api.md 2).
[[nodiscard]] const std::vector<std::string>& crown_jewels();

/// An address that the operator's own settings protect ([allow] never): the resolver of the machine.
inline constexpr const char* k_resolver = "8.8.8.8";

/// What a wave names in a risk list: all of it is or would block one of the above, in spellings that feeds have used
/// and in those that somebody would who wants it to be blocked. Nothing of it may come onto a list.
[[nodiscard]] const std::vector<std::string>& wave_values();
/// The same as URLs, for an account's indicators.
[[nodiscard]] const std::vector<std::string>& wave_urls();

/// True for an entry by which something of the above would be blocked, in whatever list it stands.
[[nodiscard]] bool is_forbidden(const std::string& entry);

}  // namespace cordon::simulation
