#pragma once

#include <filesystem>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "gateways/setting_fault.hpp"
#include "gateways/zia/settings.hpp"

namespace cordon::gateways::zia {

/// The keys that say who signs in, and how. `options` must outlive it.
[[nodiscard]] std::vector<Setting> sign_in_settings(ZiaOptions& options);

/// Keys that were given but could not be read: their fields are empty, and yet they say what was meant.
using UnreadKeys = std::set<std::string>;

/// The way of signing in (never Auth::automatic): as `auth` says, else by what is configured. nullopt where that names
/// more than one, or `auth` itself could not be read.
[[nodiscard]] std::optional<Auth> auth_of(const ZiaOptions& options, const UnreadKeys& unread = {});

/// "oneapi", as in `auth = oneapi`.
[[nodiscard]] const char* name_of(Auth auth) noexcept;

/// Whether this can be sent as a bearer token: visible ASCII, since anything else would end or split the header field.
[[nodiscard]] bool is_token(std::string_view text);

/// Puts the content of the file that private_key names in the place of its path: below `base`, else below the working
/// directory. PEM text stays. `invalid` where there is no such file.
Result<void> load_private_key(ZiaOptions& options, const std::filesystem::path& base);

/// What does not go together among these keys, after load_private_key(); beside what is missing (the table says that)
/// and what could not be read. Notes of keys that have no effect are no errors.
[[nodiscard]] std::vector<SettingFault> sign_in_faults(const ZiaOptions& options, const UnreadKeys& unread);

}  // namespace cordon::gateways::zia
