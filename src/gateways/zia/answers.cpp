#include "gateways/zia/answers.hpp"

#include <algorithm>
#include <optional>

#include <simdjson.h>

#include "base/text.hpp"

namespace cordon::gateways::zia {
namespace {

namespace sj = simdjson;
using sj::ondemand::json_type;

tl::unexpected<Error> damaged(const char* what, const char* why) {
    return fail(Code::corrupt, std::string("ZIA's answer is no ") + what + " (" + why + ")");
}

tl::unexpected<Error> damaged(const char* what, sj::error_code why) {
    return damaged(what, sj::error_message(why));
}

/// Gives the body the room behind it that simdjson reads into.
sj::padded_string_view padded(std::string& body) {
    body.reserve(body.size() + sj::SIMDJSON_PADDING);
    return sj::padded_string_view(body.data(), body.size(), body.capacity());
}

/// A list of strings whose JSON text was found while its object was read; read once it is wanted.
struct RawList {
    std::string_view json{};  // lies inside the padded body
};

/// simdjson 3.0 says where it stands only this way.
bool is_read_to_its_end(sj::ondemand::document& document) {
    return document.current_location().error() == sj::OUT_OF_BOUNDS;
}

/// Fills one field of the target from a value; says false for a value of the wrong kind.
bool take(sj::ondemand::value value, std::string& field) {
    json_type type{};
    if (value.type().get(type)) return false;
    if (type == json_type::null) return true;
    std::string_view text;
    if (type == json_type::number) {
        text = trim(value.raw_json_token());
    } else if (type != json_type::string || value.get_string().get(text)) {
        return false;
    }
    field = text;
    return true;
}

bool take(sj::ondemand::value value, bool& field) {
    json_type type{};
    if (value.type().get(type)) return false;
    return type != json_type::boolean || !value.get_bool().get(field);
}

bool take(sj::ondemand::value value, RawList& field) {
    json_type type{};
    if (value.type().get(type)) return false;
    if (type == json_type::null) return true;
    sj::ondemand::array array;
    return type == json_type::array && !value.get_array().get(array) && !array.raw_json().get(field.json);
}

/// What is wrong with an answer; nullptr where nothing is.
using Fault = const char*;

Fault fault_of(sj::error_code error) {
    return error == sj::SUCCESS ? nullptr : sj::error_message(error);
}

/// Whether a list is whole, as far as the object's own count tells (zia-api.md 4.2); `count` is "" where
/// the object has none.
bool has_counted(const std::vector<std::string>& list, const std::string& count) {
    return count.empty() || parse_whole_number(count) == list.size();
}

/// Reads the strings of a raw list; the parser is reused.
sj::error_code strings_of(const RawList& list, sj::ondemand::parser& parser, std::vector<std::string>& strings) {
    if (list.json.empty()) return sj::SUCCESS;
    sj::ondemand::document document;
    const sj::padded_string_view view(list.json.data(), list.json.size(), list.json.size() + sj::SIMDJSON_PADDING);
    if (const auto error = parser.iterate(view).get(document)) return error;
    sj::ondemand::array array;
    if (const auto error = document.get_array().get(array)) return error;
    for (auto item : array) {
        std::string_view text;
        if (const auto error = item.get_string().get(text)) return error;
        strings.emplace_back(text);
    }
    return sj::SUCCESS;
}

/// A category or group while its object is read.
struct CategoryDraft {
    UrlCategory object;
    RawList urls, retaining, keywords, retaining_keywords, scopes;
    std::string url_count, retaining_count;

    bool take_field(std::string_view key, sj::ondemand::value value) {
        if (key == "id") return take(value, object.id);
        if (key == "configuredName") return take(value, object.name);
        if (key == "superCategory") return take(value, object.super_category);
        if (key == "description") return take(value, object.description);
        if (key == "urls") return take(value, urls);
        if (key == "dbCategorizedUrls") return take(value, retaining);
        if (key == "keywords") return take(value, keywords);
        if (key == "keywordsRetainingParentCategory") return take(value, retaining_keywords);
        if (key == "scopes") return take(value, scopes);
        if (key == "customUrlsCount") return take(value, url_count);
        if (key == "urlsRetainingParentCategoryCount") return take(value, retaining_count);
        if (key == "customCategory") return take(value, object.is_custom);
        if (key == "editable") return take(value, object.is_editable);
        return true;
    }

    /// A list that is missing or cut would be read as "all taken out by hand" (design rule 1).
    Fault complete(sj::ondemand::parser& parser) {
        if (urls.json.empty() || retaining.json.empty()) return "a category without urls or dbCategorizedUrls";
        object.has_keywords = !keywords.json.empty() || !retaining_keywords.json.empty();
        object.scopes = scopes.json;
        if (const auto error = strings_of(urls, parser, object.urls)) return fault_of(error);
        if (const auto error = strings_of(retaining, parser, object.retaining_urls)) return fault_of(error);
        if (!has_counted(object.urls, url_count) || !has_counted(object.retaining_urls, retaining_count)) {
            return "a category holds more or fewer entries than it counts";
        }
        if (const auto error = strings_of(keywords, parser, object.keywords)) return fault_of(error);
        return fault_of(strings_of(retaining_keywords, parser, object.retaining_keywords));
    }
};

bool holds_names(const Group& group) {
    return group.type == k_name_group || group.type == k_wildcard_group;
}

struct GroupDraft {
    Group object;
    RawList addresses, ip_categories, countries;
    bool is_predefined = false;

    bool take_field(std::string_view key, sj::ondemand::value value) {
        if (key == "id") return take(value, object.id);
        if (key == "name") return take(value, object.name);
        if (key == "type") return take(value, object.type);
        if (key == "description") return take(value, object.description);
        if (key == "addresses") return take(value, addresses);
        if (key == "ipCategories") return take(value, ip_categories);
        if (key == "countries") return take(value, countries);
        if (key == "isNonEditable") return take(value, is_predefined);
        return true;
    }

    /// A group of addresses without their list would be emptied by the next full PUT (design rule 1).
    Fault complete(sj::ondemand::parser& parser) {
        const bool holds_addresses = object.type.empty() || object.type == k_address_group || holds_names(object);
        if (holds_addresses && addresses.json.empty()) return "a destination group without addresses";
        object.is_editable = !is_predefined;
        if (const auto error = strings_of(addresses, parser, object.addresses)) return fault_of(error);
        if (const auto error = strings_of(ip_categories, parser, object.ip_categories)) return fault_of(error);
        return fault_of(strings_of(countries, parser, object.countries));
    }
};

/// Reads the fields of one object; what `take_field` refuses is an error.
template <class Take>
sj::error_code read_fields(sj::ondemand::object object, const Take& take_field) {
    for (auto field : object) {
        std::string_view key;
        if (const auto error = field.unescaped_key().get(key)) return error;
        sj::ondemand::value value;
        if (const auto error = field.value().get(value)) return error;
        if (!take_field(key, value)) return sj::INCORRECT_TYPE;
    }
    return sj::SUCCESS;
}

template <class Take>
sj::error_code read_object(sj::ondemand::parser& parser, std::string& body, const Take& take_field) {
    sj::ondemand::document document;
    if (const auto error = parser.iterate(padded(body)).get(document)) return error;
    sj::ondemand::object object;
    if (const auto error = document.get_object().get(object)) return error;
    if (const auto error = read_fields(object, take_field)) return error;
    return is_read_to_its_end(document) ? sj::SUCCESS : sj::TRAILING_CONTENT;
}

/// Reads an array of objects; each complete draft goes to `each` with a parser for its lists.
template <class Draft, class Each>
Fault read_array(std::string& body, const Each& each) {
    sj::ondemand::parser parser;
    sj::ondemand::parser list_parser;
    sj::ondemand::document document;
    if (const auto error = parser.iterate(padded(body)).get(document)) return fault_of(error);
    sj::ondemand::array array;
    if (const auto error = document.get_array().get(array)) return fault_of(error);
    for (auto item : array) {
        sj::ondemand::object object;
        if (const auto error = item.get_object().get(object)) return fault_of(error);
        Draft draft;
        const auto take_field = [&draft](std::string_view key, sj::ondemand::value value) {
            return draft.take_field(key, value);
        };
        if (const auto error = read_fields(object, take_field)) return fault_of(error);
        if (Fault fault = each(draft, list_parser)) return fault;
    }
    return is_read_to_its_end(document) ? nullptr : fault_of(sj::TRAILING_CONTENT);
}

/// Reads an answer that is one object with an id.
template <class Draft>
auto read_one(std::string body, const char* what) -> Result<decltype(Draft::object)> {
    sj::ondemand::parser parser;
    Draft draft;
    const auto take_field = [&draft](std::string_view key, sj::ondemand::value value) {
        return draft.take_field(key, value);
    };
    if (const auto error = read_object(parser, body, take_field)) return damaged(what, error);
    sj::ondemand::parser list_parser;
    if (const Fault fault = draft.complete(list_parser)) return damaged(what, fault);
    if (draft.object.id.empty()) return damaged(what, "it has no id");
    return std::move(draft.object);
}

bool is_wanted(const std::string& name, const std::vector<std::string>& names) {
    return std::any_of(names.begin(), names.end(),
                       [&](const std::string& wanted) { return equals_ignoring_case(name, wanted); });
}

/// One text field of a small object; nullopt where the body is no object or the field no text or number.
std::optional<std::string> text_field(std::string body, std::string_view name) {
    sj::ondemand::parser parser;
    std::string found;
    const auto take_field = [&](std::string_view key, sj::ondemand::value value) {
        return key != name || take(value, found);
    };
    if (read_object(parser, body, take_field)) return std::nullopt;
    return found;
}

ErrorBody read_error(std::string_view body, std::string_view code_key, std::string_view message_key) {
    std::string copy(body);
    sj::ondemand::parser parser;
    ErrorBody result;
    std::string detail;
    const auto take_field = [&](std::string_view key, sj::ondemand::value value) {
        if (key == code_key) return take(value, result.code);
        if (key == message_key) return take(value, result.message);
        if (key == "detail") return take(value, detail);
        if (key == "Retry-After") return take(value, result.retry_after);
        return true;
    };
    if (read_object(parser, copy, take_field)) return {};
    if (result.message.empty()) result.message = std::move(detail);
    return result;
}

}  // namespace

ErrorBody read_error_body(std::string_view body) {
    return read_error(body, "code", "message");
}

ErrorBody read_token_error(std::string_view body) {
    return read_error(body, "error", "error_description");
}

Result<CategoryList> read_categories(std::string body, const std::vector<std::string>& names) {
    CategoryList list;
    const auto each = [&](CategoryDraft& draft, sj::ondemand::parser& parser) -> Fault {
        if (draft.object.id.empty()) return "a category without id";
        if (draft.object.is_custom) ++list.custom_count;
        if (!is_wanted(draft.object.name, names)) return nullptr;
        if (const Fault fault = draft.complete(parser)) return fault;
        list.wanted.push_back(std::move(draft.object));
        return nullptr;
    };
    if (const Fault fault = read_array<CategoryDraft>(body, each)) return damaged("list of categories", fault);
    return list;
}

Result<UrlCategory> read_category(std::string body) {
    return read_one<CategoryDraft>(std::move(body), "category");
}

Result<GroupList> read_groups(std::string body, const std::vector<std::string>& names) {
    GroupList list;
    const auto each = [&](GroupDraft& draft, sj::ondemand::parser& parser) -> Fault {
        if (draft.object.id.empty()) return "a destination group without id";
        ++list.group_count;
        const bool wanted = is_wanted(draft.object.name, names);
        // Somebody else's odd group costs a wrong count at most; ours must be whole.
        if (!wanted && draft.addresses.json.empty()) return nullptr;
        if (const Fault fault = draft.complete(parser)) return fault;
        if (draft.object.type == k_address_group) list.ip_entries += draft.object.addresses.size();
        if (holds_names(draft.object)) list.names += draft.object.addresses.size();
        if (wanted) list.wanted.push_back(std::move(draft.object));
        return nullptr;
    };
    if (const Fault fault = read_array<GroupDraft>(body, each)) return damaged("list of destination groups", fault);
    return list;
}

Result<Group> read_group(std::string body) {
    return read_one<GroupDraft>(std::move(body), "destination group");
}

Result<std::vector<std::string>> read_denylist(std::string body) {
    sj::ondemand::parser parser;
    RawList raw;
    const auto take_field = [&](std::string_view key, sj::ondemand::value value) {
        return key != "blacklistUrls" || take(value, raw);
    };
    if (const auto error = read_object(parser, body, take_field)) return damaged("denylist", error);
    if (raw.json.empty()) return damaged("denylist", "blacklistUrls is missing");
    sj::ondemand::parser list_parser;
    std::vector<std::string> entries;
    if (const auto error = strings_of(raw, list_parser, entries)) return damaged("denylist", error);
    return entries;
}

Result<Quota> read_quota(std::string body) {
    const auto number = [](const std::string& text) -> std::optional<std::size_t> {
        if (text.starts_with('-')) return 0;
        const auto value = parse_whole_number(text);
        return value ? std::optional<std::size_t>(*value) : std::nullopt;
    };
    const auto remaining = text_field(body, "remainingUrlsQuota");
    if (!remaining || remaining->empty()) return damaged("quota", "remainingUrlsQuota is missing");
    const auto left = number(*remaining);
    if (!left) return damaged("quota", "remainingUrlsQuota is no whole number");
    const auto provisioned = text_field(std::move(body), "uniqueUrlsProvisioned");
    return Quota{*left, number(provisioned.value_or("0")).value_or(0)};
}

Result<core::ActivationState> read_status(std::string body) {
    const auto text = text_field(std::move(body), "status");
    if (text == "ACTIVE") return core::ActivationState::active;
    if (text == "PENDING") return core::ActivationState::pending;
    if (text == "INPROGRESS") return core::ActivationState::in_progress;
    return damaged("activation status", "status is none of ACTIVE, PENDING and INPROGRESS");
}

bool has_auth_type(std::string body) {
    const auto text = text_field(std::move(body), "authType");
    return text && !text->empty();
}

}  // namespace cordon::gateways::zia
