#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sandbox/zia/model.hpp"

namespace cordon::sandbox::zia {

using Texts = std::vector<std::string>;

/// The body of a category POST or PUT; what is not set was left out.
struct CategoryBody {
    std::optional<std::string> configured_name;
    std::optional<std::string> super_category;
    std::optional<std::string> type;
    std::optional<std::string> url_type;
    std::optional<std::string> description;
    std::optional<Texts> urls;
    std::optional<Texts> retaining_parent;
    std::optional<Texts> keywords;
    std::optional<Texts> keywords_retaining_parent;
    std::optional<Texts> ip_ranges;
    std::optional<Texts> ip_ranges_retaining_parent;
    std::string scopes;
};

/// The body of a group POST or PUT.
struct GroupBody {
    std::optional<std::string> name;
    std::optional<std::string> type;
    std::optional<std::string> description;
    std::optional<Texts> addresses;
    std::optional<Texts> ip_categories;
    std::optional<Texts> countries;
};

struct SignInBody {
    std::string api_key, username, password, timestamp;
};

// nullopt where ZIA answers "Request body is invalid.": no JSON, a wrong type, a numeric id, an
// unknown enum value (zia-api.md 2.6, 4.2).
[[nodiscard]] std::optional<CategoryBody> parse_category(std::string_view body);
[[nodiscard]] std::optional<GroupBody> parse_group(std::string_view body);
[[nodiscard]] std::optional<SignInBody> parse_sign_in(std::string_view body);
/// {"<key>": [texts]}
[[nodiscard]] std::optional<Texts> parse_texts_under(const char* key, std::string_view body);
/// [{"url":"...","matches":[{"id":"CUSTOM_01"}]}], what /urlCategories/review/domains answers and takes back.
struct ReviewedUrl {
    std::string url;
    Texts category_ids;
};
[[nodiscard]] std::optional<std::vector<ReviewedUrl>> parse_reviewed(std::string_view body);
/// [texts]
[[nodiscard]] std::optional<Texts> parse_texts(std::string_view body);

enum class Lists { full, counts_only };
enum class Names { shown, dropped };

/// The category as GET, POST and PUT answer it (zia-api.md 4.2, 4.3). `rotation` turns the order.
[[nodiscard]] std::string render(const Category& category, std::uint64_t rotation, Lists lists = Lists::full,
                                 Names names = Names::shown);

/// The three shapes of a group (zia-api.md 6.2): POST lacks creatorContext, GET has the mirrors too.
enum class GroupShape { created, read, updated };
[[nodiscard]] std::string render(const Group& group, std::uint64_t rotation, GroupShape shape);

/// {"<key>":["...",...]}
[[nodiscard]] std::string render_under(const char* key, const std::vector<std::string_view>& texts);

}  // namespace cordon::sandbox::zia
