#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "base/text.hpp"
#include "core/report.hpp"

namespace cordon::gateways::zia {

// Readers of ZIA's answers. Pure. Hostile bytes are expected: every reader gives `corrupt` for what is not
// the documented shape, and tolerates the keys that recordings show missing or null (zia-api.md 4.2, 6.2).
// The lists of entries are no such keys: without them, or with another length than the object itself counts,
// an object is `corrupt`, since a partial list would be believed (design rule 1).

/// What an error says; each field "" where absent.
struct ErrorBody {
    std::string code{};
    std::string message{};
    std::string retry_after{};  ///< the body key "Retry-After" (zia-api.md 9.3)
};
/// Never fails: what is no JSON object has no fields. `detail`, as OneAPI's gateway has it, counts as the message
/// (zia-api.md 3.4).
[[nodiscard]] ErrorBody read_error_body(std::string_view body);
/// The same of the token endpoint: `error` and `error_description` (RFC 6749 5.2) are code and message.
[[nodiscard]] ErrorBody read_token_error(std::string_view body);

/// A URL category, without its entries' canonical forms.
struct UrlCategory {
    std::string id{};
    std::string name{};
    std::string super_category{};  ///< "" where the category has lost it (zia-api.md 4.7)
    std::string description{};
    std::vector<std::string> urls{};
    std::vector<std::string> retaining_urls{};  ///< dbCategorizedUrls
    std::vector<std::string> keywords{};
    std::vector<std::string> retaining_keywords{};
    std::string scopes{};       ///< the raw JSON array; "" where there is none
    bool has_keywords = false;  ///< the keys were there: echo them
    bool is_custom = false;
    bool is_editable = true;
};

// Types of destination groups (zia-api.md 6.2).
inline constexpr const char* k_address_group = "DSTN_IP";
inline constexpr const char* k_name_group = "DSTN_FQDN";        ///< single host names
inline constexpr const char* k_wildcard_group = "DSTN_DOMAIN";  ///< host names, and "*.x.com"

/// A destination group.
struct Group {
    std::string id{};
    std::string name{};
    std::string type{};
    std::string description{};
    std::vector<std::string> addresses{};  ///< of host names, too; spelling as stored
    std::vector<std::string> ip_categories{};
    std::vector<std::string> countries{};
    bool is_editable = true;
};

/// The object with this name: spelled exactly so, else without regard to case, as ZIA itself probably
/// compares (zia-api.md 4.6); nullptr where there is none.
template <class Object>
[[nodiscard]] const Object* find_named(const std::vector<Object>& objects, const std::string& name) {
    const Object* found = nullptr;
    for (const auto& object : objects) {
        if (object.name == name) return &object;
        if (found == nullptr && equals_ignoring_case(object.name, name)) found = &object;
    }
    return found;
}

struct CategoryList {
    std::vector<UrlCategory> wanted;  ///< those whose name was asked for, in ZIA's order
    std::size_t custom_count = 0;     ///< all custom categories of the answer
};

struct GroupList {
    std::vector<Group> wanted;
    std::size_t group_count = 0;
    std::size_t ip_entries = 0;  ///< addresses over all DSTN_IP groups of the answer
    std::size_t names = 0;       ///< host names over all DSTN_FQDN and DSTN_DOMAIN groups of the answer
};

/// The tenant's unique URLs over everything that holds some (zia-api.md 4.11).
struct Quota {
    std::size_t remaining = 0;
    std::size_t provisioned = 0;
};

/// Reads `GET /urlCategories`; keeps the entries of those named in `names` (compared without case) and
/// skips over all others. Takes the body to parse in place.
[[nodiscard]] Result<CategoryList> read_categories(std::string body, const std::vector<std::string>& names);
[[nodiscard]] Result<UrlCategory> read_category(std::string body);

/// Reads `GET /ipDestinationGroups`, likewise.
[[nodiscard]] Result<GroupList> read_groups(std::string body, const std::vector<std::string>& names);
[[nodiscard]] Result<Group> read_group(std::string body);

/// The entries of `GET /security/advanced`, spelling as stored. An empty denylist is an empty list there, so that an
/// answer without one is `corrupt`.
[[nodiscard]] Result<std::vector<std::string>> read_denylist(std::string body);

/// Reads `GET /urlCategories/urlQuota`; what is below zero reads as zero, and `uniqueUrlsProvisioned` may be missing.
[[nodiscard]] Result<Quota> read_quota(std::string body);

/// ACTIVE, PENDING or INPROGRESS.
[[nodiscard]] Result<core::ActivationState> read_status(std::string body);

/// Whether a session answer holds `authType`, the mark of a completed sign-in (zia-api.md 2.4).
[[nodiscard]] bool has_auth_type(std::string body);

}  // namespace cordon::gateways::zia
