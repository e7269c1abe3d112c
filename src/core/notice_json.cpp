#include <stdexcept>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/json.hpp"
#include "core/notice.hpp"

namespace cordon::core {
namespace {

using OrderedJson = nlohmann::ordered_json;

std::int64_t milliseconds_of(Time moment) {
    return moment.time_since_epoch().count();
}

OrderedJson milliseconds_of(const std::optional<Time>& moment) {
    return moment ? OrderedJson(milliseconds_of(*moment)) : OrderedJson();
}

Time moment_from(const OrderedJson& json) {
    return Time{std::chrono::milliseconds{json.get<std::int64_t>()}};
}

std::optional<Time> moment_or_none(const OrderedJson& json) {
    if (json.is_null()) return std::nullopt;
    return moment_from(json);
}

NoticeKind kind_named(const std::string& name) {
    for (std::size_t i = 0; i < k_notice_kind_count; ++i) {
        const auto kind = static_cast<NoticeKind>(i);
        if (name == name_of(kind)) return kind;
    }
    throw std::invalid_argument(fmt::format("'{}' is no kind of notice", name));
}

NoticeMemory memory_from(const OrderedJson& json) {
    NoticeMemory memory;
    for (const auto& trouble : json.at("troubles")) {
        const auto told = moment_or_none(trouble.at("told"));
        memory.troubles[{kind_named(trouble.at("kind")), trouble.at("subject")}] = {
            moment_or_none(trouble.at("since")), told,
            trouble.value("known", told.has_value())};  // older programs kept none that was over
    }
    for (const auto& [feed, moment] : json.at("last_good").items()) memory.last_good[feed] = moment_from(moment);
    for (const auto& [list, foreign] : json.at("foreign").items()) {
        memory.foreign[list] = {foreign.at("level"), moment_or_none(foreign.at("told"))};
    }
    return memory;
}

}  // namespace

std::string to_json(const NoticeMemory& memory) {
    auto troubles = OrderedJson::array();
    for (const auto& [key, trouble] : memory.troubles) {
        troubles.push_back({{"kind", name_of(key.first)},
                            {"subject", key.second},
                            {"since", milliseconds_of(trouble.since)},
                            {"told", milliseconds_of(trouble.told)},
                            {"known", trouble.is_known}});
    }
    auto last_good = OrderedJson::object();
    for (const auto& [feed, moment] : memory.last_good) last_good[feed] = milliseconds_of(moment);
    auto foreign = OrderedJson::object();
    for (const auto& [list, known] : memory.foreign) {
        foreign[list] = {{"level", known.level}, {"told", milliseconds_of(known.told)}};
    }
    const OrderedJson json{
        {"troubles", std::move(troubles)}, {"last_good", std::move(last_good)}, {"foreign", std::move(foreign)}};
    return json.dump(-1, ' ', false, OrderedJson::error_handler_t::replace);
}

std::string to_json(const NoticeFailures& failures) {
    return OrderedJson(failures).dump(-1, ' ', false, OrderedJson::error_handler_t::replace);
}

NoticeFailures notice_failures_from_json(const std::string& json) {
    const auto parsed = parse_json<OrderedJson>(json);
    NoticeFailures failures;
    if (!parsed.is_object()) return failures;
    for (const auto& [receiver, count] : parsed.items()) {
        if (count.is_number_unsigned()) failures[receiver] = count.get<std::uint64_t>();
    }
    return failures;
}

Result<NoticeMemory> notice_memory_from_json(const std::string& json) {
    if (json.empty()) return NoticeMemory{};
    try {
        if (nests_deeper_than(json, k_most_json_levels)) return fail(Code::corrupt, "this is no memory of notices");
        return memory_from(OrderedJson::parse(json));
    } catch (const std::exception& error) {
        return fail(Code::corrupt, fmt::format("this is no memory of notices: {}", error.what()));
    }
}

}  // namespace cordon::core
