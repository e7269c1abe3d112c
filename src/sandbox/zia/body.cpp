#include "sandbox/zia/body.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "sandbox/reply.hpp"

namespace cordon::sandbox::zia {
namespace {

using Json = nlohmann::json;

/// Reads the keys of one object; `is_good` turns false at the first value of a wrong type.
class Fields {
public:
    explicit Fields(const Json& object) : object_(object), is_good_(object.is_object()) {}

    std::optional<std::string> text(const char* key) {
        const auto* value = find(key);
        if (value == nullptr) return std::nullopt;
        if (value->is_string()) return value->get<std::string>();
        is_good_ = false;
        return std::nullopt;
    }

    std::optional<std::string> choice(const char* key, const std::vector<std::string>& allowed) {
        auto value = text(key);
        if (value && std::find(allowed.begin(), allowed.end(), *value) == allowed.end()) is_good_ = false;
        return value;
    }

    std::optional<Texts> texts(const char* key) {
        const auto* value = find(key);
        if (value == nullptr) return std::nullopt;
        return texts_of(*value);
    }

    std::optional<Texts> texts_of(const Json& value) {
        const bool are_texts = value.is_array() && std::all_of(value.begin(), value.end(),
                                                               [](const Json& each) { return each.is_string(); });
        if (are_texts) return value.get<Texts>();
        is_good_ = false;
        return std::nullopt;
    }

    /// Null counts as left out.
    const Json* find(const char* key) const {
        if (!object_.is_object()) return nullptr;
        const auto at = object_.find(key);
        return at == object_.end() || at->is_null() ? nullptr : &*at;
    }

    void refuse() { is_good_ = false; }
    [[nodiscard]] bool is_good() const { return is_good_; }

private:
    const Json& object_;
    bool is_good_;
};

Json parse(std::string_view body) {
    return Json::parse(body, nullptr, false);
}

template <class Range>
std::string array_of(const Range& texts) {
    std::string array = "[";
    for (const auto& text : texts) {
        if (array.size() > 1) array += ',';
        array += json_text(text);
    }
    return array + ']';
}

class Writer {
public:
    Writer& raw(const char* key, std::string_view value) {
        json_ += json_.empty() ? '{' : ',';
        json_ += fmt::format("\"{}\":", key);
        json_ += value;
        return *this;
    }
    Writer& text(const char* key, std::string_view value) { return raw(key, json_text(value)); }
    Writer& number(const char* key, std::int64_t value) { return raw(key, std::to_string(value)); }
    Writer& count(const char* key, std::size_t value) { return raw(key, std::to_string(value)); }
    Writer& flag(const char* key, bool value) { return raw(key, value ? "true" : "false"); }
    template <class Range>
    Writer& texts(const char* key, const Range& values) {
        return raw(key, array_of(values));
    }
    [[nodiscard]] std::string done() { return std::move(json_) + '}'; }

private:
    std::string json_;
};

std::size_t size_of(const std::optional<Texts>& list) {
    return list ? list->size() : 0;
}

}  // namespace

std::optional<CategoryBody> parse_category(std::string_view body) {
    const auto json = parse(body);
    Fields fields(json);
    CategoryBody parsed;
    static_cast<void>(fields.text("id"));  // a number there makes the body invalid
    parsed.configured_name = fields.text("configuredName");
    parsed.super_category = fields.text("superCategory");
    parsed.type = fields.choice("type", {"URL_CATEGORY", "TLD_CATEGORY"});
    parsed.url_type = fields.choice("urlType", {"EXACT", "REGEX"});
    parsed.description = fields.text("description");
    parsed.urls = fields.texts("urls");
    parsed.retaining_parent = fields.texts("dbCategorizedUrls");
    parsed.keywords = fields.texts("keywords");
    parsed.keywords_retaining_parent = fields.texts("keywordsRetainingParentCategory");
    parsed.ip_ranges = fields.texts("ipRanges");
    parsed.ip_ranges_retaining_parent = fields.texts("ipRangesRetainingParentCategory");
    if (const auto* scopes = fields.find("scopes")) {
        if (!scopes->is_array()) fields.refuse();
        if (!scopes->empty()) parsed.scopes = scopes->dump();
    }
    if (!fields.is_good()) return std::nullopt;
    return parsed;
}

std::optional<GroupBody> parse_group(std::string_view body) {
    const auto json = parse(body);
    Fields fields(json);
    GroupBody parsed;
    parsed.name = fields.text("name");
    parsed.type = fields.choice("type", {"DSTN_IP", "DSTN_FQDN", "DSTN_DOMAIN", "DSTN_OTHER"});
    parsed.description = fields.text("description");
    parsed.addresses = fields.texts("addresses");
    parsed.ip_categories = fields.texts("ipCategories");
    parsed.countries = fields.texts("countries");
    if (!fields.is_good()) return std::nullopt;
    return parsed;
}

std::optional<SignInBody> parse_sign_in(std::string_view body) {
    const auto json = parse(body);
    Fields fields(json);
    const auto* timestamp = fields.find("timestamp");
    if (timestamp == nullptr) return std::nullopt;
    const auto key = fields.text("apiKey");
    const auto username = fields.text("username");
    const auto password = fields.text("password");
    // "a JSON number also works in practice" (zia-api.md 2.4)
    const auto moment = timestamp->is_number_unsigned() ? timestamp->dump() : fields.text("timestamp").value_or("");
    if (!fields.is_good() || !key || !username || !password) return std::nullopt;
    return SignInBody{*key, *username, *password, moment};
}

std::optional<Texts> parse_texts_under(const char* key, std::string_view body) {
    const auto json = parse(body);
    Fields fields(json);
    return fields.texts(key);
}

std::optional<std::vector<ReviewedUrl>> parse_reviewed(std::string_view body) {
    const auto json = parse(body);
    if (!json.is_array()) return std::nullopt;
    std::vector<ReviewedUrl> all;
    for (const auto& item : json) {
        Fields fields(item);
        ReviewedUrl reviewed{fields.text("url").value_or(""), {}};
        const auto* matches = fields.find("matches");
        if (!fields.is_good() || matches == nullptr || !matches->is_array()) return std::nullopt;
        for (const auto& match : *matches) {
            Fields category(match);
            reviewed.category_ids.push_back(category.text("id").value_or(""));
            if (!category.is_good()) return std::nullopt;
        }
        all.push_back(std::move(reviewed));
    }
    return all;
}

std::optional<Texts> parse_texts(std::string_view body) {
    const auto json = parse(body);
    Fields fields(json);
    return fields.texts_of(json);
}

std::string render(const Category& category, std::uint64_t rotation, Lists lists, Names names) {
    const bool is_full = lists == Lists::full;
    Writer out;
    out.text("id", category.id);
    if (category.is_custom && names == Names::shown) out.text("configuredName", category.configured_name);
    if (!category.super_category.empty()) out.text("superCategory", category.super_category);
    // Both keyword lists appear once one has been set (zia-api.md 4.2).
    if (is_full && (category.keywords || category.keywords_retaining_parent)) {
        out.texts("keywords", category.keywords.value_or(Texts{}));
        out.texts("keywordsRetainingParentCategory", category.keywords_retaining_parent.value_or(Texts{}));
    }
    out.texts("urls", is_full ? category.urls.scrambled(rotation) : std::vector<std::string_view>{});
    out.texts("dbCategorizedUrls",
              is_full ? category.retaining_parent.scrambled(rotation) : std::vector<std::string_view>{});
    if (is_full && category.ip_ranges) out.texts("ipRanges", *category.ip_ranges);
    if (is_full && category.ip_ranges_retaining_parent) {
        out.texts("ipRangesRetainingParentCategory", *category.ip_ranges_retaining_parent);
    }
    if (!category.scopes.empty()) out.raw("scopes", category.scopes);
    out.flag("customCategory", category.is_custom).flag("editable", true);
    if (category.description) out.text("description", *category.description);
    out.text("type", category.type).number("val", category.value);
    out.count("customUrlsCount", category.urls.size());
    out.count("urlsRetainingParentCategoryCount", category.retaining_parent.size());
    out.count("customIpRangesCount", size_of(category.ip_ranges));
    out.count("ipRangesRetainingParentCategoryCount", size_of(category.ip_ranges_retaining_parent));
    out.text("categoryGroup", "REGULAR").text("urlType", category.url_type);
    return out.done();
}

std::string render(const Group& group, std::uint64_t rotation, GroupShape shape) {
    const auto addresses = group.addresses.scrambled(rotation);
    Writer out;
    out.number("id", group.id).text("name", group.name).text("type", group.type).texts("addresses", addresses);
    if (group.description) out.text("description", *group.description);
    if (shape != GroupShape::created) out.text("creatorContext", "ZIA");
    out.texts("ipCategories", group.ip_categories).texts("countries", group.countries);
    if (shape == GroupShape::read) {
        out.texts("urlCategories", group.ip_categories).texts("ipAddresses", addresses);
    }
    return out.done();
}

std::string render_under(const char* key, const std::vector<std::string_view>& texts) {
    return Writer{}.texts(key, texts).done();
}

}  // namespace cordon::sandbox::zia
