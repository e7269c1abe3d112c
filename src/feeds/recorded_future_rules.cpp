#include "feeds/recorded_future_rules.hpp"

#include <algorithm>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/json.hpp"
#include "base/text.hpp"

namespace cordon::feeds {
namespace {

constexpr std::size_t k_most_rules_bytes = 16U << 20;

/// {"data": {"results": [{"name": ...}]}} (recorded-future-api.md 4). Empty where it is anything else.
std::vector<std::string> names_in(const std::string& body) {
    std::vector<std::string> names;
    const auto parsed = parse_json(body);
    const auto data = parsed.is_object() ? parsed.find("data") : parsed.end();
    if (data == parsed.end() || !data->is_object()) return names;
    const auto results = data->find("results");
    if (results == data->end() || !results->is_array()) return names;
    for (const auto& rule : *results) {
        if (!rule.is_object()) continue;
        const auto name = rule.find("name");
        if (name != rule.end() && name->is_string()) names.push_back(name->get<std::string>());
    }
    return names;
}

}  // namespace

Result<void> check_rule_name(RfClient& client, core::EntityType entity, const std::string& list,
                             const std::stop_token& stop) {
    if (list == "default" || list == "large") return {};
    CORDON_TRY_ASSIGN(const net::Response response,
                      client.send("GET", rule_names_of(entity), k_most_rules_bytes, stop));
    std::vector<std::string> names = names_in(response.body);
    if (names.empty()) {
        return fail(Code::corrupt, fmt::format("the {} is unreadable, so \"{}\" cannot be checked",
                                               rule_names_of(entity).what, printable(list)));
    }
    if (std::find(names.begin(), names.end(), list) != names.end()) return {};
    names.emplace_back("default");
    names.emplace_back("large");
    const auto nearest = nearest_word(list, names);
    return fail(Code::refused,
                fmt::format("there is no {} risk rule \"{}\"{}; Recorded Future would serve the default list instead",
                            core::name_of(entity), printable(list),
                            nearest ? fmt::format(", did you mean \"{}\"?", printable(*nearest)) : ""));
}

}  // namespace cordon::feeds
