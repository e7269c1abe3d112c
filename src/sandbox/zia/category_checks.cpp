#include <algorithm>

#include <fmt/format.h>

#include "base/text.hpp"
#include "sandbox/reply.hpp"
#include "sandbox/zia/cloud.hpp"
#include "sandbox/zia/entry_rules.hpp"

namespace cordon::sandbox::zia {
namespace {

using net::ServerResponse;

constexpr std::size_t k_most_category_description = 256;  // characters, zia-api.md 4.13
constexpr std::size_t k_most_looked_up = 100;             // zia-api.md 4.12, 4.14
constexpr std::size_t k_least_keyword = 3;                // zia-api.md 4.1
constexpr std::size_t k_most_keyword = 255;

bool is_tld(std::string_view entry) {
    return entry.starts_with('.') && entry.size() > 1;
}

bool is_keyword(const std::string& text) {
    return text.size() >= k_least_keyword && text.size() <= k_most_keyword;
}

bool has_some(const std::optional<Texts>& list) {
    return list && !list->empty();
}

template <class IsGood>
void collect_bad(const std::optional<Texts>& sent, IsGood is_good, Texts& offenders) {
    for (const auto& text : sent.value_or(Texts{})) {
        if (!is_good(text)) offenders.push_back(text);
    }
}

std::string json_list(const Texts& texts) {
    std::string json = "[";
    for (const auto& text : texts) json += (json.size() > 1 ? "," : "") + json_text(text);
    return json + ']';
}

}  // namespace

std::optional<ServerResponse> Cloud::check_name(const std::string& name, const std::string& id) {
    if (!is_acceptable_category_name(name)) {
        violation(fmt::format("category name \"{}\" has characters that ZIA refuses", printable(name)));
        return invalid_input("Category name has invalid characters");
    }
    const auto* namesake = tenant_.saved().category_named(name);
    if (namesake == nullptr || namesake->id == id) return std::nullopt;
    violation(fmt::format("category name \"{}\" exists", name));
    return refusal(400, "DUPLICATE_ITEM", "DUPLICATE_ITEM");
}

// All or nothing: one bad entry refuses the whole request (zia-api.md 5.1).
std::optional<ServerResponse> Cloud::check_urls(const CategoryBody& body, const CategoryAttributes& category,
                                                std::size_t entries) {
    const auto is_good = [&](const std::string& entry) {
        return category.type == "TLD_CATEGORY" ? is_tld(entry) : is_acceptable_url(entry);
    };
    Texts offenders;
    collect_bad(body.urls, is_good, offenders);
    collect_bad(body.retaining_parent, is_good, offenders);
    if (!offenders.empty()) {
        violation(fmt::format("category: invalid URL {}", printable(offenders.front())));
        return invalid_entries("urls", offenders);
    }
    const auto is_range = [](const std::string& text) { return is_acceptable_address("DSTN_IP", text); };
    collect_bad(body.ip_ranges, is_range, offenders);
    collect_bad(body.ip_ranges_retaining_parent, is_range, offenders);
    if (!offenders.empty()) return invalid_entries("IP ranges", offenders);
    collect_bad(body.keywords, is_keyword, offenders);
    collect_bad(body.keywords_retaining_parent, is_keyword, offenders);
    if (!offenders.empty()) return invalid_entries("keywords", offenders);
    if (category.url_type == "REGEX") {
        return refusal(403, "NOT_SUBSCRIBED", "Regex subscription is required, but it is currently not started.");
    }
    if (category.description && character_count(*category.description) > k_most_category_description) {
        violation("category: a description of more than 256 characters");
        return invalid_input("Description exceeds 256 characters");
    }
    if (category.is_custom && entries == 0 && category.is_bare()) {
        violation("category: it would become empty");
        return invalid_input("At least 1 URL or keyword should be entered");
    }
    return std::nullopt;
}

// What ZIA lets pass and a careful client does not send.
void Cloud::check_manners(const CategoryBody& body, const CategoryAttributes& category, bool is_incremental) {
    if (!category.is_custom) return;
    const bool loses_super = !category.super_category.empty() && !body.super_category;
    if (loses_super) violation("PUT /urlCategories/{id} without superCategory: a full PUT clears it");
    if (!category.scopes.empty() && body.scopes.empty()) {
        violation("PUT /urlCategories/{id} without scopes: the category loses its own");
    }
    const bool leaves_keywords = (has_some(category.keywords) && !body.keywords) ||
                                 (has_some(category.keywords_retaining_parent) && !body.keywords_retaining_parent);
    if (is_incremental && leaves_keywords) {
        violation("PUT /urlCategories/{id} without the category's keywords (zia-api.md 4.8: echo them)");
    }
    for (const auto* list : {&body.urls, &body.retaining_parent}) {
        for (const auto& entry : list->value_or(Texts{})) {
            if (!is_network_as_url(entry)) continue;
            violation(fmt::format("category: {} is read as a host and a path", entry));
            return;
        }
    }
}

// Which of the sent names lie below a dotted entry of a custom category (zia-api.md 4.12).
ServerResponse Cloud::review_domains(const Call& call) {
    const auto names = parse_texts(call.request.body);
    if (!names) return invalid_body();
    if (names->size() > k_most_looked_up) return invalid_input("At most 100 domains are allowed");
    std::string json = "[";
    for (const auto& name : *names) {
        std::string matches;
        for (const auto& category : tenant_.saved().categories) {
            if (!category.is_custom) continue;
            const auto entries = entries_that_block(name);
            const bool is_below = std::any_of(entries.begin(), entries.end(), [&](const std::string& entry) {
                return entry.starts_with('.') &&
                       (category.urls.contains(entry) || category.retaining_parent.contains(entry));
            });
            if (!is_below) continue;
            matches += fmt::format(R"({}{{"id":"{}","name":{}}})", matches.empty() ? "" : ",", category.id,
                                   json_text(category.configured_name));
        }
        if (matches.empty()) continue;
        json += fmt::format(R"({}{{"url":{},"domainType":"SUBDOMAIN","matches":[{}]}})", json.size() > 1 ? "," : "",
                            json_text(name), matches);
    }
    return ok(json + ']');
}

// Adds each URL to the categories that it names; no content (zia-api.md 4.12).
ServerResponse Cloud::add_reviewed_domains(const Call& call) {
    const auto reviewed = parse_reviewed(call.request.body);
    if (!reviewed) return invalid_body();
    for (const auto& each : *reviewed) {
        if (!is_acceptable_url(each.url)) return invalid_entries("urls", {each.url});
        for (const auto& id : each.category_ids) {
            auto* category = tenant_.saved().category(id);
            if (category == nullptr) return no_category(id);
            if (category->urls.contains(each.url)) continue;
            if (!tenant_.revise(*category, static_cast<const CategoryAttributes&>(*category), {{each.url}, {}}, {},
                                options_.url_quota)) {
                return beyond_quota(call);
            }
            tenant_.stage(call.admin);
        }
    }
    return no_content();
}

// zia-api.md 4.14. One bad entry refuses the whole array.
ServerResponse Cloud::look_up(const Call& call) {
    const auto urls = parse_texts(call.request.body);
    if (!urls) return invalid_body();
    if (urls->empty() || urls->size() > k_most_looked_up) {
        violation(fmt::format("POST /urlLookup: {} URLs, 1 to 100 are allowed", urls->size()));
        return invalid_input("1 to 100 URLs are allowed");
    }
    Texts offenders;
    collect_bad(
        urls, [](const std::string& url) { return is_acceptable_url(url); }, offenders);
    if (!offenders.empty()) {
        return options_.quirks.contains(Quirk::lookup_hides_offender) ? invalid_body()
                                                                      : invalid_entries("urls", offenders);
    }
    looked_up_ += urls->size();
    std::string json = "[";
    for (const auto& url : *urls) {
        const auto known = classifier_.classify(url, {options_.lookup_alerted, options_.lookup_categorised});
        if (json.size() > 1) json += ',';
        json += fmt::format(R"({{"url":{},"urlClassifications":{},"urlClassificationsWithSecurityAlert":{}}})",
                            json_text(url), json_list(known.classes), json_list(known.alerts));
    }
    return ok(json + ']');
}

}  // namespace cordon::sandbox::zia
