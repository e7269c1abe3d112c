// The three calls on indicators (crowdstrike-intel-api.md 5, 6).
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "sandbox/cs/cloud.hpp"
#include "sandbox/reply.hpp"

namespace cordon::sandbox::cs {
namespace {

using net::ServerResponse;

constexpr const char* k_intel = "msa-api";
constexpr std::size_t k_usual_record_bytes = 1'100;
constexpr const char* k_elsewhere = "http://elsewhere.example";

bool has_unknown_property(const Filter& filter) {
    return filter.names(Property::unknown);
}

}  // namespace

std::string Cloud::next_page_of(const Call& call, const Query& query, const Page& page) const {
    if (call.is_hit_by(Fault::Kind::repeated_page)) return call.request.target;
    const bool follows = page.has_more && query.sort == SortField::marker && !page.slots.empty();
    if (!follows || options_.quirks.contains(Quirk::no_next_page)) return {};
    auto target = next_page(call.request.path, query, text_of(indicators_.row(page.slots.back()).marker));
    return call.is_hit_by(Fault::Kind::foreign_page) ? k_elsewhere + target : target;
}

ServerResponse Cloud::query(const Call& call, Shape shape) {
    const auto query = parse_query(call.request, options_.cs_most_rows, clock_.now());
    const bool is_strict = options_.quirks.contains(Quirk::unknown_field_400);
    if (!query || (is_strict && has_unknown_property(query->filter))) {
        auto refused = refusal(400, query ? "invalid filter: unknown property" : query.error().message, k_intel);
        refused.headers.emplace_back("Connection", "close");
        return refused;
    }
    auto page = finder_.find(*query);
    const auto next = next_page_of(call, *query, page);
    if (call.is_hit_by(Fault::Kind::empty_page)) page.slots.clear();
    std::string resources = "[";
    resources.reserve(page.slots.size() * k_usual_record_bytes);
    for (const auto slot : page.slots) {
        if (resources.size() > 1) resources += ',';
        if (shape == Shape::records) {
            indicators_.append_record(slot, query->relations, resources);
        } else {
            append_json_text(indicators_.id_of(slot), resources);
        }
    }
    resources += ']';
    rows_served_ += page.slots.size();
    const bool has_none = call.is_hit_by(Fault::Kind::resources_null);
    const auto pagination =
        call.is_hit_by(Fault::Kind::no_pagination)
            ? std::string()
            : fmt::format(R"({{"offset":{},"limit":{},"total":{}}})", query->offset, query->limit, page.total);
    auto response = json_answer(200, envelope(has_none ? "null" : resources, pagination,
                                              call.is_hit_by(Fault::Kind::errors_null) ? "null" : "[]", k_intel));
    if (!next.empty()) response.headers.emplace_back("Next-Page", next);
    return response;
}

// Unknown ids are left out (crowdstrike-intel-api.md 14.2).
ServerResponse Cloud::entities(const Call& call) {
    std::vector<std::string> ids;
    try {
        ids = nlohmann::json::parse(call.request.body).at("ids").get<std::vector<std::string>>();
    } catch (const nlohmann::json::exception&) {
        return refusal(400, "invalid request body", k_intel);
    }
    if (ids.size() > options_.cs_most_rows)
        return refusal(400, fmt::format("at most {} ids are allowed", options_.cs_most_rows), k_intel);
    std::string resources = "[";
    for (const auto& id : ids) {
        const auto slot = indicators_.find(id);
        if (!slot) continue;
        if (resources.size() > 1) resources += ',';
        indicators_.append_record(*slot, Relations::shown, resources);
        ++rows_served_;
    }
    resources += ']';
    const bool has_none = call.is_hit_by(Fault::Kind::resources_null);
    return json_answer(200, envelope(has_none ? "null" : resources, "",
                                     call.is_hit_by(Fault::Kind::errors_null) ? "null" : "[]", k_intel));
}

}  // namespace cordon::sandbox::cs
