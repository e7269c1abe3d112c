#include "console/words.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "base/json.hpp"
#include "base/text.hpp"
#include "net/form.hpp"

namespace cordon::console {
namespace {

constexpr std::array<std::pair<const char*, const char*>, engine::k_entry_order_count> k_columns{{
    {"entry", "Entry"},
    {"risk", "Risk"},
    {"last_seen", "Last seen"},
    {"state", "State"},
    {"feed", "Feed"},
}};
constexpr std::size_t k_most_pages = 1'000'000;

Result<std::map<std::string, std::string>> fields_of_json(const std::string& body) {
    std::map<std::string, std::string> fields;
    const auto json = parse_json<Json>(body);
    if (!json.is_object()) return fail(Code::invalid, "the body is no JSON object");
    for (const auto& [key, value] : json.items()) {
        if (!value.is_string()) return fail(Code::invalid, fmt::format("'{}' is no text", printable(key)));
        fields[key] = value.get<std::string>();
    }
    return fields;
}

}  // namespace

Result<std::map<std::string, std::string>> fields_of(const net::ServerRequest& request) {
    std::map<std::string, std::string> fields;
    if (request.body.empty()) return fields;
    const auto type = to_lower(trim(split(request.header("content-type"), ';').front()));
    if (type == "application/json") return fields_of_json(request.body);
    if (type != "application/x-www-form-urlencoded")
        return fail(Code::invalid, "the body is neither a form nor application/json");
    for (auto& [name, value] : net::parse_form(request.body)) fields[std::move(name)] = std::move(value);
    return fields;
}

std::size_t page_of(const net::ServerRequest& request) noexcept {
    const auto page = parse_whole_number(request.query_value("page"));
    return page ? std::clamp<std::size_t>(*page, 1, k_most_pages) : 1;
}

Result<engine::EntryQuery> entry_query_of(const net::ServerRequest& request, std::size_t rows_a_page) {
    engine::EntryQuery query;
    query.needle = std::string(trim(request.query_value("q")));
    query.most = rows_a_page;
    query.first = (page_of(request) - 1) * rows_a_page;
    if (const auto state = request.query_value("state"); !state.empty()) {
        query.state = engine::entry_state_of(state);
        if (!query.state) return fail(Code::invalid, fmt::format("there is no state '{}'", printable(state)));
    }
    if (const auto sort = request.query_value("sort"); !sort.empty()) {
        const auto column =
            std::find_if(k_columns.begin(), k_columns.end(), [&](const auto& one) { return one.first == sort; });
        if (column == k_columns.end())
            return fail(Code::invalid, fmt::format("there is no column '{}'", printable(sort)));
        query.order = static_cast<engine::EntryOrder>(column - k_columns.begin());
    }
    if (request.query_value("order") == "desc") query.direction = engine::Direction::descending;
    return query;
}

std::string link_with(const net::ServerRequest& request,
                      const std::vector<std::pair<std::string, std::string>>& values) {
    auto query = request.query;
    for (const auto& [name, value] : values) {
        std::erase_if(query, [&, wanted = name](const auto& one) { return one.first == wanted; });
        if (!value.empty()) query.emplace_back(name, value);
    }
    std::string link = request.path;
    char before = '?';
    for (const auto& [name, value] : query) {
        link += fmt::format("{}{}={}", before, net::percent_encode(name), net::percent_encode(value));
        before = '&';
    }
    return link;
}

void add_paging(Json& view, const net::ServerRequest& request, std::size_t total, std::size_t rows_a_page) {
    const auto pages = std::max<std::size_t>(1, (total + rows_a_page - 1) / rows_a_page);
    const auto page = page_of(request);
    view["page"] = page;
    view["pages"] = pages;
    view["has_pages"] = pages > 1;
    view["previous_link"] = page > 1 ? link_with(request, {{"page", std::to_string(std::min(page - 1, pages))}}) : "";
    view["next_link"] = page < pages ? link_with(request, {{"page", std::to_string(page + 1)}}) : "";
}

void add_entry_links(Json& view, const net::ServerRequest& request) {
    const auto sort = request.query_value("sort").empty() ? "entry" : std::string(request.query_value("sort"));
    const bool is_down = request.query_value("order") == "desc";
    auto columns = Json::array();
    for (const auto& [name, words] : k_columns) {
        const bool is_it = sort == name;
        columns.push_back(
            {{"words", words},
             {"is_number", std::string_view(name) == "risk"},
             {"aria_sort", !is_it    ? "none"
                           : is_down ? "descending"
                                     : "ascending"},
             {"mark", !is_it    ? ""
                      : is_down ? "\u25be"
                                : "\u25b4"},
             {"link", link_with(request, {{"sort", name}, {"order", is_it && !is_down ? "desc" : ""}, {"page", ""}})}});
    }
    view["columns"] = std::move(columns);
    for (auto& state : view["states"])
        state["link"] = link_with(request, {{"state", state["state"].get<std::string>()}, {"page", ""}});
    view["all_link"] = link_with(request, {{"state", ""}, {"page", ""}});
    view["query"] = printable(request.query_value("q"), 300);
    view["state"] = printable(request.query_value("state"));
    view["sort"] = sort;
    view["order"] = is_down ? "desc" : "";
    view["is_filtered"] = !request.query_value("q").empty() || !request.query_value("state").empty();
}

std::string safe_next(std::string_view next) {
    const bool is_path = next.starts_with('/') && !next.starts_with("//") && !next.starts_with("/\\") &&
                         next.size() < 2000 &&
                         std::all_of(next.begin(), next.end(), [](char c) { return c > ' ' && c < 0x7f && c != '\\'; });
    return is_path ? std::string(next) : "/";
}

}  // namespace cordon::console
