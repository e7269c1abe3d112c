#include "gateways/zia/lookup_answers.hpp"

#include <algorithm>
#include <optional>

#include <nlohmann/json.hpp>

#include "base/json.hpp"
#include "base/text.hpp"
#include "gateways/zia/url_rules.hpp"

namespace cordon::gateways::zia {
namespace {

using Json = nlohmann::json;

/// Zscaler's class for what it does not know (zia-api.md 4.14; version 1 of the Intel Bridge splits by it).
constexpr const char* k_unknown = "MISCELLANEOUS_OR_UNKNOWN";

tl::unexpected<Error> damaged(const char* why) {
    return fail(Code::corrupt, std::string("ZIA's answer is no list of classifications (") + why + ")");
}

/// The names in a list; nullopt where it is missing or holds something else.
std::optional<std::vector<std::string>> names_in(const Json& row, const char* key) {
    const auto found = row.find(key);
    if (found == row.end()) return std::nullopt;
    std::vector<std::string> names;
    if (found->is_null()) return names;
    if (!found->is_array()) return std::nullopt;
    for (const auto& name : *found) {
        if (!name.is_string()) return std::nullopt;
        names.push_back(printable(name.get_ref<const std::string&>()));
    }
    return names;
}

}  // namespace

Result<std::vector<core::LookedUp>> read_lookups(const std::string& body) {
    const auto json = parse_json<Json>(body);
    if (!json.is_array()) return damaged("it is no array");
    std::vector<core::LookedUp> rows;
    rows.reserve(json.size());
    for (const auto& row : json) {
        const auto url = row.is_object() ? row.find("url") : row.end();
        if (url == row.end() || !url->is_string()) return damaged("a row without url");
        auto classes = names_in(row, "urlClassifications");
        auto alerts = names_in(row, "urlClassificationsWithSecurityAlert");
        if (!classes || !alerts) return damaged("a row without its classifications");
        // Nothing says whether the tenant blocks an alert that we do not know, so nothing is left out for it.
        const auto unjudged = std::stable_partition(alerts->begin(), alerts->end(), is_judged_alert);
        classes->insert(classes->end(), unjudged, alerts->end());
        alerts->erase(unjudged, alerts->end());
        core::LookedUp answer;
        answer.value = url->get<std::string>();
        answer.classification.classes = join(*classes, ", ");
        answer.classification.alerts = join(*alerts, ", ");
        answer.classification.is_uncategorised =
            std::all_of(classes->begin(), classes->end(), [](const std::string& name) { return name == k_unknown; });
        rows.push_back(std::move(answer));
    }
    return rows;
}

}  // namespace cordon::gateways::zia
