#include "sandbox/cs/query.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <string_view>

#include <fmt/format.h>

#include "base/text.hpp"

namespace cordon::sandbox::cs {
namespace {

constexpr std::size_t k_default_limit = 100;  // unknown (crowdstrike-intel-api.md 5, 16); as in 4's example
constexpr std::size_t k_offset_wall = 50'000;

constexpr std::array<std::pair<std::string_view, SortField>, 6> k_sort_fields{{
    {"_marker", SortField::marker},
    {"id", SortField::id},
    {"indicator", SortField::indicator},
    {"type", SortField::type},
    {"published_date", SortField::published_date},
    {"last_updated", SortField::last_updated},
}};

/// "field.asc", "field|desc"; a field alone ascends.
Result<void> read_sort(std::string_view text, Query& query) {
    if (text.empty()) return {};
    const auto separator = text.find_first_of(".|");
    const auto word = separator == std::string_view::npos ? "asc" : text.substr(separator + 1);
    const auto name = text.substr(0, separator);
    const auto* const field = std::find_if(k_sort_fields.begin(), k_sort_fields.end(),
                                           [name](const auto& each) { return each.first == name; });
    if (field == k_sort_fields.end() || (word != "asc" && word != "desc")) return fail(Code::invalid, "invalid sort");
    query.sort = field->second;
    query.direction = word == "asc" ? Direction::ascending : Direction::descending;
    return {};
}

Result<std::size_t> number(std::string_view name, std::string_view text, std::size_t absent) {
    if (text.empty()) return absent;
    const auto whole = parse_whole_number(text);
    if (!whole) return fail(Code::invalid, fmt::format("invalid {}", name));
    return static_cast<std::size_t>(*whole);
}

Result<bool> truth(std::string_view name, std::string_view text, bool absent) {
    if (text.empty()) return absent;
    if (text == "true") return true;
    if (text == "false") return false;
    return fail(Code::invalid, fmt::format("invalid {}", name));
}

/// As Go's url.QueryEscape: letters, digits and "-_.~" stand, a space becomes "+".
std::string query_escaped(std::string_view text) {
    std::string escaped;
    for (const char c : text) {
        const bool stands = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
                            c == '_' || c == '.' || c == '~';
        if (stands) {
            escaped += c;
        } else if (c == ' ') {
            escaped += '+';
        } else {
            escaped += fmt::format("%{:02X}", static_cast<unsigned char>(c));
        }
    }
    return escaped;
}

bool is_where_the_page_began(const Filter& part, Direction direction) {
    if (part.kind != Filter::Kind::condition || part.condition.property != Property::marker) return false;
    const auto how = part.condition.comparison;
    return direction == Direction::ascending ? how == Comparison::greater || how == Comparison::at_least
                                             : how == Comparison::less || how == Comparison::at_most;
}

std::string next_filter(const Query& query, const std::string& last_marker) {
    std::string text;
    for (const auto* part : query.filter.conjuncts()) {
        if (is_where_the_page_began(*part, query.direction)) continue;
        const bool needs_group = part->kind == Filter::Kind::any && !part->is_grouped;
        text += needs_group ? fmt::format("({})+", part->source) : fmt::format("{}+", part->source);
    }
    return fmt::format("{}_marker:{}'{}'", text, query.direction == Direction::ascending ? '>' : '<', last_marker);
}

}  // namespace

Result<Query> parse_query(const net::ServerRequest& request, std::size_t most_rows, Time now) {
    Query query;
    query.supplied = request.query;
    CORDON_TRY(read_sort(request.query_value("sort"), query));
    CORDON_TRY_ASSIGN(query.limit, number("limit", request.query_value("limit"), k_default_limit));
    CORDON_TRY_ASSIGN(query.offset, number("offset", request.query_value("offset"), 0));
    if (query.limit == 0 || query.limit > most_rows)
        return fail(Code::invalid, fmt::format("limit must be between 1 and {}", most_rows));
    if (query.offset >= k_offset_wall || query.offset + query.limit >= k_offset_wall)  // recorded, 4
        return fail(Code::invalid, "the sum of limit and offset params must be less than 50000");
    CORDON_TRY_ASSIGN(const bool shows_deleted,
                      truth("include_deleted", request.query_value("include_deleted"), false));
    CORDON_TRY_ASSIGN(const bool shows_relations,
                      truth("include_relations", request.query_value("include_relations"), true));
    CORDON_TRY_ASSIGN(query.filter, parse_filter(request.query_value("filter"), now));
    // deleted:true is enough to be shown them (crowdstrike-intel-api.md 5.1, last sentence).
    const bool asks_deleted = shows_deleted || query.filter.names(Property::deleted);
    query.deleted = asks_deleted ? Deleted::shown : Deleted::hidden;
    query.relations = shows_relations ? Relations::shown : Relations::dropped;
    query.words = request.query_value("q");
    return query;
}

std::string next_page(const std::string& path, const Query& query, const std::string& last_marker) {
    std::map<std::string, std::string> parameters(query.supplied.begin(), query.supplied.end());
    parameters["filter"] = next_filter(query, last_marker);
    parameters.erase("offset");  // it counted from where this page began
    std::string target = path;
    for (const auto& [name, value] : parameters) {
        target += fmt::format("{}{}={}", &name == &parameters.begin()->first ? '?' : '&', query_escaped(name),
                              query_escaped(value));
    }
    return target;
}

}  // namespace cordon::sandbox::cs
