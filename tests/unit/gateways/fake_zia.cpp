#include "tests/unit/gateways/fake_zia.hpp"

#include <algorithm>
#include <map>
#include <set>

#include <fmt/format.h>

namespace cordon::gateways::zia {
namespace {

using nlohmann::json;
using Strings = std::vector<std::string>;

// As the gateway of OneAPI prints it (zia-api.md 3.4).
constexpr const char* k_gateway_401 =
    "{\n  \"detail\": \"unauthorized\",\n  \"type\": \"\",\n  \"title\": \"\",\n  \"status\": \"\"\n}";

net::Response ok(const json& body) {
    return {200, {{"content-type", "application/json"}}, body.dump()};
}
net::Response error(int status, const json& body) {
    return {status, {}, body.dump()};
}

net::Response invalid(const std::string& message) {
    return error(400, {{"code", "INVALID_INPUT_ARGUMENT"}, {"message", message}});
}

Strings strings(const json& body, const char* key) {
    return body.contains(key) ? body.at(key).get<Strings>() : Strings{};
}

void add_to(Strings& list, const Strings& entries) {
    std::set<std::string> present(list.begin(), list.end());
    for (const auto& entry : entries) {
        if (present.insert(entry).second) list.push_back(entry);
    }
}

void remove_from(Strings& list, const Strings& entries) {
    const std::set<std::string> leaving(entries.begin(), entries.end());
    std::erase_if(list, [&](const std::string& entry) { return leaving.contains(entry); });
}

/// Another order than the one that was stored, as real answers have it.
Strings scrambled(Strings list) {
    std::rotate(list.begin(), list.begin() + static_cast<std::ptrdiff_t>(list.size() / 3), list.end());
    std::reverse(list.begin(), list.end());
    return list;
}

}  // namespace

Result<net::Response> FakeZia::answer(const net::Request& request) {
    Seen now;
    now.method = request.method;
    now.url = request.url;
    const auto base = request.url.find("/api/v1");
    const auto token = request.url.find("/oauth2/v1/token");
    now.path = base != std::string::npos    ? request.url.substr(base + 7)
               : token != std::string::npos ? request.url.substr(token)
                                            : request.url;
    for (const auto& [name, value] : request.headers) {
        if (name == "Cookie") now.cookie = value;
        if (name == "Authorization") now.authorization = value;
        if (name == "Content-Type" && value == "application/x-www-form-urlencoded") now.form = request.body;
    }
    if (!request.body.empty() && now.form.empty()) now.body = json::parse(request.body, nullptr, false);
    seen.push_back(now);
    if (before_request) before_request(now);
    if (const auto reply = take(replies_, now)) {
        return net::Response{reply->status, reply->headers, reply->body};
    }
    if (const auto loss = take(losses_, now)) {
        if (*loss == Loss::applied) static_cast<void>(carry_out(now));
        return fail(Code::unknown, "timed out");
    }
    const auto garbled = take(garbled_, now);
    auto response = carry_out(now);
    if (garbled && response) response->body = *garbled;
    return response;
}

template <class Fault>
std::optional<Fault> FakeZia::take(std::deque<std::pair<std::string, Fault>>& faults, const Seen& request) {
    const auto text = request.method + " " + request.path;
    const auto found =
        std::find_if(faults.begin(), faults.end(), [&](const auto& fault) { return text.starts_with(fault.first); });
    if (found == faults.end()) return std::nullopt;
    auto fault = std::move(found->second);
    faults.erase(found);
    return fault;
}

Result<net::Response> FakeZia::carry_out(const Seen& request) {
    const auto query_at = request.path.find('?');
    const auto path = request.path.substr(0, query_at);
    const auto query = query_at == std::string::npos ? std::string{} : request.path.substr(query_at + 1);
    const auto is = [&](const char* method, const char* wanted) { return request.method == method && path == wanted; };

    if (is("POST", "/authenticatedSession")) return sign_in(request);
    if (is("POST", "/oauth2/v1/token")) return give_token(request);
    if (!is_signed_in(request)) {
        if (request.authorization.empty()) {
            return error(401, {{"code", "SESSION_NOT_VALID"}, {"message", "Session is not valid"}});
        }
        return net::Response{401, {{"x-oneapi-request-id", "3f2a-1"}}, k_gateway_401};
    }
    if (is("DELETE", "/authenticatedSession")) {
        session_.clear();
        status = "ACTIVE";  // with a bearer, too (zia-api.md 3.3)
        return ok({{"status", "ACTIVE"}});
    }
    if (is("GET", "/status")) {
        const json body{{"status", status}};
        if (status == "INPROGRESS") status = "ACTIVE";
        return ok(body);
    }
    if (is("POST", "/status/activate")) {
        status = status_after_activation;
        return ok({{"status", status}});
    }
    if (is("GET", "/urlCategories")) {
        json list = json::array();
        for (const auto& item : categories) {
            if (is_listed(item.name)) list.push_back(shown(item));
        }
        return ok(list);
    }
    if (is("GET", "/urlCategories/urlQuota")) {
        std::set<std::string> unique;
        for (const auto& item : categories) {
            unique.insert(item.urls.begin(), item.urls.end());
            unique.insert(item.retaining.begin(), item.retaining.end());
        }
        unique.insert(denylist.begin(), denylist.end());
        return ok({{"uniqueUrlsProvisioned", unique.size()}, {"remainingUrlsQuota", url_limit - unique.size()}});
    }
    if (is("GET", "/ipDestinationGroups")) {
        json list = json::array();
        for (const auto& item : groups) {
            if (is_listed(item.name)) list.push_back(shown(item));
        }
        return ok(list);
    }
    if (is("GET", "/security/advanced")) return ok({{"blacklistUrls", scrambled(denylist)}});
    if (is("POST", "/security/advanced/blacklistUrls")) return change_denylist(request, query);
    if (is("POST", "/urlLookup")) return look_up(request.body.get<Strings>());
    if (path.starts_with("/urlFilteringRules") || path.starts_with("/firewallFilteringRules")) {
        return on_rules(request, path, query);
    }
    if (is("POST", "/urlCategories")) return create_category(request);
    if (is("POST", "/ipDestinationGroups")) return create_group(request);
    if (path.starts_with("/urlCategories/")) return on_category(request, path.substr(15), query);
    if (path.starts_with("/ipDestinationGroups/")) return on_group(request, path.substr(21), query);
    return net::Response{404, {}, ""};
}

bool FakeZia::is_signed_in(const Seen& request) const {
    if (request.url.find("/zia/api/v1") != std::string::npos) {
        return !token_.empty() && request.cookie.empty() && request.authorization == "Bearer " + token_;
    }
    if (!request.authorization.empty()) return request.cookie.empty() && request.authorization == "Bearer " + bearer;
    return !session_.empty() && request.cookie == "JSESSIONID=" + session_;
}

// zia-api.md 3.2.
net::Response FakeZia::give_token(const Seen& request) {
    std::map<std::string, std::string> fields;
    std::string rest = request.form;
    while (!rest.empty()) {
        const auto end = std::min(rest.find('&'), rest.size());
        const auto equals = rest.find('=');
        fields[net::percent_decode(rest.substr(0, equals))] =
            net::percent_decode(rest.substr(equals + 1, end - equals - 1));
        rest.erase(0, end + 1);
    }
    if (fields["grant_type"] != "client_credentials" || fields["audience"] != "https://api.zscaler.com") {
        return error(400, {{"error", "invalid_request"}, {"error_description", "grant_type or audience"}});
    }
    const bool is_proven =
        fields.contains("client_assertion")
            ? fields["client_assertion_type"] == "urn:ietf:params:oauth:client-assertion-type:jwt-bearer" &&
                  takes_assertion && takes_assertion(fields["client_assertion"])
            : fields["client_secret"] == client_secret;
    if (fields["client_id"] != client_id || !is_proven) {
        return error(400, {{"error", "invalid_client"}, {"error_description", "no such client"}});
    }
    token_ = fmt::format("eyJhbGciOiJSUzI1NiJ9.{}.c2ln", ++tokens_);
    return ok({{"access_token", token_}, {"token_type", "Bearer"}, {"expires_in", expires_in}});
}

net::Response FakeZia::look_up(const Strings& values) const {
    if (values.size() > 100) return invalid("too many");
    if (auto refused = refuse_entries(values)) return *refused;
    json rows = json::array();
    for (const auto& value : scrambled(values)) {
        const bool is_flagged = std::find(flagged.begin(), flagged.end(), value) != flagged.end();
        rows.push_back({{"url", value},
                        {"urlClassifications", {is_flagged ? "OTHER_MISCELLANEOUS" : "MISCELLANEOUS_OR_UNKNOWN"}},
                        {"urlClassificationsWithSecurityAlert", is_flagged ? json{"MALWARE_SITE"} : json::array()}});
    }
    return ok(rows);
}

bool FakeZia::is_listed(const std::string& name) const {
    return std::find(unlisted.begin(), unlisted.end(), name) == unlisted.end();
}

net::Response FakeZia::sign_in(const Seen& request) {
    if (!request.body.contains("apiKey") || !request.body.contains("timestamp")) {
        return error(400, {{"message", "Request body is invalid."}});
    }
    session_ = fmt::format("{:032X}", ++sessions_);
    auto response = ok({{"authType", "ADMIN_LOGIN"}, {"obfuscateApiKey", true}});
    response.headers.emplace_back("set-cookie", "JSESSIONID=" + session_ + "; Path=/; Secure; HttpOnly");
    return response;
}

std::optional<net::Response> FakeZia::refuse_entries(const Strings& entries) const {
    if (most_per_body && entries.size() > *most_per_body) return net::Response{413, {}, ""};
    std::string named;
    for (const auto& entry : entries) {
        if (std::find(bad_entries.begin(), bad_entries.end(), entry) == bad_entries.end()) continue;
        named += (named.empty() ? "" : ", ") + entry;
    }
    if (named.empty()) return std::nullopt;
    return invalid(names_bad_entries ? "Invalid urls [" + named + "]" : unnamed_message);
}

net::Response FakeZia::create_category(const Seen& request) {
    auto urls = strings(request.body, "urls");
    auto retaining = strings(request.body, "dbCategorizedUrls");
    auto all = urls;
    all.insert(all.end(), retaining.begin(), retaining.end());
    if (all.empty()) return invalid("At least 1 URL or keyword should be entered");
    if (auto refused = refuse_entries(all)) return *refused;
    const auto name = request.body.at("configuredName").get<std::string>();
    if (category(name) != nullptr) return error(400, {{"code", "DUPLICATE_ITEM"}, {"message", "DUPLICATE_ITEM"}});
    Category created;
    created.id = fmt::format("CUSTOM_{:02}", categories.size() + 1);
    created.name = name;
    created.super_category = request.body.at("superCategory").get<std::string>();
    if (request.body.contains("description")) created.description = request.body.at("description");
    add_to(created.urls, urls);
    add_to(created.retaining, retaining);
    remove_from(created.urls, dropped_entries);
    remove_from(created.retaining, dropped_entries);
    categories.push_back(created);
    status = "PENDING";
    return ok(shown(created));
}

net::Response FakeZia::on_category(const Seen& request, const std::string& id, const std::string& query) {
    const auto found =
        std::find_if(categories.begin(), categories.end(), [&](const Category& item) { return item.id == id; });
    if (found == categories.end()) return error(404, {{"code", "RESOURCE_NOT_FOUND"}, {"message", "no such id"}});
    if (request.method == "GET") return ok(shown(*found));
    const auto urls = strings(request.body, "urls");
    const auto retaining = strings(request.body, "dbCategorizedUrls");
    auto all = urls;
    all.insert(all.end(), retaining.begin(), retaining.end());
    if (auto refused = refuse_entries(all)) return *refused;
    auto changed = *found;
    if (query == "action=ADD_TO_LIST") {
        add_to(changed.urls, urls);
        add_to(changed.retaining, retaining);
        remove_from(changed.urls, dropped_entries);
        remove_from(changed.retaining, dropped_entries);
    } else if (query == "action=REMOVE_FROM_LIST") {
        remove_from(changed.urls, urls);
        remove_from(changed.retaining, retaining);
        if (changed.urls.empty() && changed.retaining.empty()) {
            return invalid("At least 1 URL or keyword should be entered");
        }
    } else {
        return invalid("action");
    }
    changed.name = request.body.at("configuredName").get<std::string>();
    changed.super_category.reset();  // the stricter reading: what is left out is cleared
    if (request.body.contains("superCategory")) changed.super_category = request.body.at("superCategory");
    if (request.body.contains("description")) changed.description = request.body.at("description");
    changed.scopes = request.body.contains("scopes") ? request.body.at("scopes") : json();
    changed.keywords.reset();
    changed.retaining_keywords.reset();
    if (request.body.contains("keywords")) changed.keywords = strings(request.body, "keywords");
    if (request.body.contains("keywordsRetainingParentCategory")) {
        changed.retaining_keywords = strings(request.body, "keywordsRetainingParentCategory");
    }
    *found = changed;
    status = "PENDING";
    return ok(shown(*found));
}

// zia-api.md 8.1
net::Response FakeZia::change_denylist(const Seen& request, const std::string& query) {
    const auto entries = strings(request.body, "blacklistUrls");
    if (auto refused = refuse_entries(entries)) return *refused;
    if (query == "action=ADD_TO_LIST") {
        add_to(denylist, entries);
        remove_from(denylist, dropped_entries);
    } else if (query == "action=REMOVE_FROM_LIST") {
        remove_from(denylist, entries);
    } else {
        return invalid("action");
    }
    status = "PENDING";
    if (denylist_answers_nothing) return net::Response{204, {}, ""};
    return ok({{"blacklistUrls", entries}});
}

/// Only DSTN_DOMAIN takes subdomains, and as "*.x.com" (zia-api.md 6.2).
std::optional<net::Response> FakeZia::refuse_names(const std::string& type, const Strings& names) const {
    for (const auto& name : names) {
        const bool is_wildcard = name.starts_with("*.");
        if (name.starts_with('.') || (is_wildcard && type != "DSTN_DOMAIN"))
            return invalid("Invalid addresses [" + name + "]");
    }
    return refuse_entries(names);
}

net::Response FakeZia::create_group(const Seen& request) {
    const auto addresses = strings(request.body, "addresses");
    if (addresses.empty()) return invalid("addresses");
    if (auto refused = refuse_names(request.body.at("type").get<std::string>(), addresses)) return *refused;
    Group created;
    created.id = 10'600'001 + static_cast<int>(groups.size());
    created.name = request.body.at("name").get<std::string>();
    created.type = request.body.at("type").get<std::string>();
    created.description = request.body.value("description", "");
    add_to(created.addresses, addresses);
    groups.push_back(created);
    status = "PENDING";
    return ok(shown(created));
}

net::Response FakeZia::on_group(const Seen& request, const std::string& id, const std::string& query) {
    const auto found =
        std::find_if(groups.begin(), groups.end(), [&](const Group& item) { return std::to_string(item.id) == id; });
    if (found == groups.end()) return error(404, {{"code", "RESOURCE_NOT_FOUND"}});
    if (request.method == "GET") return ok(shown(*found));
    const auto addresses = strings(request.body, "addresses");
    if (addresses.empty()) return invalid("addresses");
    if (auto refused = refuse_names(found->type, addresses)) return *refused;
    if (query != "override=false") found->addresses.clear();
    add_to(found->addresses, addresses);
    remove_from(found->addresses, dropped_entries);
    found->name = request.body.at("name").get<std::string>();
    found->description = request.body.value("description", "");
    status = "PENDING";
    auto answer = shown(*found);
    if (append_echoes_only_new && query == "override=false") answer["addresses"] = addresses;
    return ok(answer);
}

/// Rules as zia-api.md 6.5 and 7 have them: a new one pushes down those at its order and after it, read-only fields are
/// refused, names are unique.
net::Response FakeZia::on_rules(const Seen& request, const std::string& path, const std::string& query) {
    const bool is_firewall = path.starts_with("/firewall");
    auto& rules = is_firewall ? firewall_rules : url_rules;
    const auto slash = path.find('/', 1);
    const auto id = slash == std::string::npos ? std::string{} : path.substr(slash + 1);
    if (request.method == "GET" && id.empty()) {
        const bool is_later_page = is_firewall && query.starts_with("page=") && !query.starts_with("page=1&");
        return ok(is_later_page ? json::array() : rules);
    }
    const auto found = std::find_if(rules.begin(), rules.end(),
                                    [&](const json& rule) { return !id.empty() && rule.at("id").dump() == id; });
    if (!id.empty() && found == rules.end()) return error(404, {{"code", "RESOURCE_NOT_FOUND"}});
    if (request.method == "GET") return ok(*found);
    auto rule = request.body;
    for (const auto* key : {"lastModifiedTime", "lastModifiedBy", "accessControl", "defaultRule", "predefined"}) {
        if (rule.contains(key)) return error(400, {{"message", "Request body is invalid."}});
    }
    if (!rule_refusal.empty()) return invalid(rule_refusal);
    for (const auto& other : rules) {
        if (other.at("name") == rule.at("name") && (id.empty() || other.at("id").dump() != id)) {
            return error(400, {{"code", "DUPLICATE_ITEM"}, {"message", "DUPLICATE_ITEM"}});
        }
    }
    if (id.empty()) {
        rule["id"] = 1'690'000 + ++rules_made_;
    } else {
        rule["id"] = found->at("id");
        const auto left = found->value("order", 0);
        rules.erase(found);
        for (auto& other : rules) {
            if (other.value("order", 0) > left) other["order"] = other.value("order", 0) - 1;
        }
    }
    for (auto& other : rules) {
        if (other.value("order", 0) >= rule.at("order").get<int>()) other["order"] = other.value("order", 0) + 1;
    }
    auto answer = rule;
    rule["accessControl"] = "READ_WRITE";
    rule["lastModifiedTime"] = 1'773'372'467;
    rule["lastModifiedBy"] = {{"id", 117'810'311}, {"name", "REDACTED"}};
    rule[is_firewall ? "defaultRule" : "predefined"] = false;
    rules.push_back(rule);
    std::stable_sort(rules.begin(), rules.end(),
                     [](const json& a, const json& b) { return a.value("order", 0) < b.value("order", 0); });
    status = "PENDING";
    return ok(answer);
}

json FakeZia::shown(const Category& item) const {
    json result{{"id", item.id},
                {"configuredName", item.name},
                {"urls", scrambled(item.urls)},
                {"dbCategorizedUrls", scrambled(item.retaining)},
                {"customCategory", true},
                {"editable", item.editable},
                {"type", "URL_CATEGORY"},
                {"val", 130},
                {"customUrlsCount", item.urls.size()},
                {"urlsRetainingParentCategoryCount", item.retaining.size()},
                {"categoryGroup", "REGULAR"},
                {"urlType", "EXACT"}};
    if (item.super_category) result["superCategory"] = *item.super_category;
    if (!item.scopes.is_null()) result["scopes"] = item.scopes;
    if (item.description) result["description"] = *item.description;
    if (item.keywords || item.retaining_keywords) {
        result["keywords"] = item.keywords.value_or(Strings{});
        result["keywordsRetainingParentCategory"] = item.retaining_keywords.value_or(Strings{});
    }
    return result;
}

json FakeZia::shown(const Group& item) const {
    return {{"id", item.id},
            {"name", item.name},
            {"type", item.type},
            {"addresses", scrambled(item.addresses)},
            {"description", item.description},
            {"creatorContext", "ZIA"},
            {"ipCategories", json::array()},
            {"countries", json::array()}};
}

std::size_t FakeZia::count(const std::string& prefix) const {
    return seen_of(prefix).size();
}

std::vector<FakeZia::Seen> FakeZia::seen_of(const std::string& prefix) const {
    std::vector<Seen> found;
    std::copy_if(seen.begin(), seen.end(), std::back_inserter(found),
                 [&](const Seen& request) { return (request.method + " " + request.path).starts_with(prefix); });
    return found;
}

FakeZia::Category* FakeZia::category(const std::string& name) {
    const auto found =
        std::find_if(categories.begin(), categories.end(), [&](const Category& item) { return item.name == name; });
    return found == categories.end() ? nullptr : &*found;
}

FakeZia::Group* FakeZia::group(const std::string& name) {
    const auto found = std::find_if(groups.begin(), groups.end(), [&](const Group& item) { return item.name == name; });
    return found == groups.end() ? nullptr : &*found;
}

}  // namespace cordon::gateways::zia
