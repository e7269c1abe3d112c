#include "core/misp_warning_list.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "base/json.hpp"
#include "base/text.hpp"

namespace cordon::core {
namespace {

using nlohmann::json;

constexpr std::string_view k_byte_order_mark = "\xEF\xBB\xBF";

constexpr std::array k_matches{
    std::pair<std::string_view, MispMatch>{"string", MispMatch::string},
    std::pair<std::string_view, MispMatch>{"hostname", MispMatch::hostname},
    std::pair<std::string_view, MispMatch>{"substring", MispMatch::substring},
    std::pair<std::string_view, MispMatch>{"cidr", MispMatch::cidr},
    std::pair<std::string_view, MispMatch>{"regex", MispMatch::regex},
};

[[nodiscard]] std::optional<MispMatch> match_of(std::string_view type) noexcept {
    const auto* const found = std::ranges::find(k_matches, type, &decltype(k_matches)::value_type::first);
    if (found == k_matches.end()) return std::nullopt;
    return found->second;
}

[[nodiscard]] std::string text_at(const json& object, const char* key) {
    const auto found = object.find(key);
    return found != object.end() && found->is_string() ? found->get<std::string>() : std::string{};
}

/// Attribute types that hold a host, URL or address: "domain", "hostname|port", "ip-dst", "domain|ip",
/// "uri", "url" ... (MISP data model).
[[nodiscard]] bool is_network_attribute(std::string_view type) noexcept {
    return type.starts_with("domain") || type.starts_with("hostname") || type.starts_with("ip-") ||
           type.starts_with("uri") || type.starts_with("url");
}

[[nodiscard]] bool is_about_network(const json& object) {
    const auto found = object.find("matching_attributes");
    if (found == object.end() || !found->is_array() || found->empty()) return true;
    return std::ranges::any_of(*found, [](const json& type) {
        return type.is_string() && is_network_attribute(type.get_ref<const std::string&>());
    });
}

[[nodiscard]] Result<std::vector<std::string>> values_of(const json& object) {
    const auto found = object.find("list");
    if (found == object.end() || !found->is_array()) {
        return fail(Code::invalid, "a MISP warning list must have an array \"list\"");
    }
    std::vector<std::string> values;
    values.reserve(found->size());
    for (const json& value : *found) {
        if (!value.is_string()) return fail(Code::invalid, "\"list\" holds a value that is no string");
        values.push_back(value.get<std::string>());
    }
    return values;
}

}  // namespace

bool is_json(std::string_view text) noexcept {
    if (text.starts_with(k_byte_order_mark)) text.remove_prefix(k_byte_order_mark.size());
    text = trim(text);
    return text.starts_with('{') || text.starts_with("[\"") || text.starts_with("[{");
}

Result<MispWarningList> read_misp_warning_list(std::string_view text) {
    const auto object = parse_json(text);
    if (object.is_discarded()) return fail(Code::invalid, "it looks like JSON but is damaged: fetch it again");
    if (!object.is_object()) {
        return fail(Code::invalid, "its JSON is no MISP warning list (an object with \"name\", \"type\", \"list\")");
    }
    MispWarningList list;
    list.name = text_at(object, "name");
    const std::string type = text_at(object, "type");
    const auto match = match_of(type);
    if (!match) {
        return fail(Code::invalid, fmt::format("its type '{}' is not one of string, hostname, substring, cidr or regex",
                                               printable(type, 40)));
    }
    list.match = *match;
    CORDON_TRY_ASSIGN(list.values, values_of(object));
    list.is_about_network = is_about_network(object);
    return list;
}

}  // namespace cordon::core
