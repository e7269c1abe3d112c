#include "feeds/parse/evidence.hpp"

#include <algorithm>

#include "base/clock.hpp"
#include "base/text.hpp"

namespace cordon::feeds {
namespace {

namespace ondemand = simdjson::ondemand;

// 1e11 seconds lie in the year 5138, 1e11 milliseconds in 1973: larger numbers are of a finer unit
// (milliseconds, microseconds, nanoseconds).
constexpr std::int64_t k_least_of_finer_unit = 100'000'000'000;
constexpr std::size_t k_most_number_digits = 18;  // fits 63 bits
constexpr std::int64_t k_least_eight_digits = 10'000'000;
constexpr std::int64_t k_most_eight_digits = 99'999'999;

/// 20260212 is a day. As seconds, eight digits end in 1973.
std::optional<std::chrono::sys_seconds> moment_of_digits(std::int64_t number) {
    const std::chrono::year_month_day day{std::chrono::year{static_cast<int>(number / 10'000)},
                                          std::chrono::month{static_cast<unsigned>(number / 100 % 100)},
                                          std::chrono::day{static_cast<unsigned>(number % 100)}};
    if (!day.ok()) return std::nullopt;
    return std::chrono::sys_days{day};
}

std::optional<std::chrono::sys_seconds> moment_of_number(std::int64_t number) {
    if (number >= k_least_eight_digits && number <= k_most_eight_digits) return moment_of_digits(number);
    while (number >= k_least_of_finer_unit) number /= 1000;
    if (number <= 0) return std::nullopt;
    return std::chrono::sys_seconds{std::chrono::seconds{number}};
}

void read_rule(ondemand::object rule, Evidence& evidence) {
    for (ondemand::field field : rule) {
        const ondemand::raw_json_string key = field.key();
        if (key == "Rule") {
            evidence.rules.push_back(string_or_empty(field.value()));
        } else if (key == "Timestamp") {
            evidence.last_seen = std::max(evidence.last_seen, moment_of(field.value()));
        }
    }
}

}  // namespace

std::string_view string_or_empty(ondemand::value& value) {
    std::string_view text = value.raw_json_token();
    if (text.empty() || text.front() != '"') return {};
    // Where nothing is escaped the token is the text: simdjson would copy it byte by byte.
    if (text.find('\\') == std::string_view::npos) {
        const auto end = text.rfind('"');
        return end == 0 ? std::string_view{} : text.substr(1, end - 1);
    }
    return value.get_string().get(text) == simdjson::SUCCESS ? text : std::string_view{};
}

std::optional<std::chrono::sys_seconds> moment_of(std::string_view text) {
    text = trim(text);
    if (text.empty()) return std::nullopt;
    if (text.size() <= k_most_number_digits && text.find('-') == std::string_view::npos) {
        if (const auto number = parse_whole_number(text)) {
            return moment_of_number(static_cast<std::int64_t>(*number));
        }
    }
    const auto moment = parse_iso8601(text);
    if (!moment) return std::nullopt;
    return std::chrono::floor<std::chrono::seconds>(*moment);
}

std::optional<std::chrono::sys_seconds> moment_of(ondemand::value& value) {
    if (value.type() == ondemand::json_type::string) return moment_of(string_or_empty(value));
    std::int64_t number = 0;
    return value.get_int64().get(number) == simdjson::SUCCESS ? moment_of_number(number) : std::nullopt;
}

void read_evidence(ondemand::value value, Evidence& evidence) {
    const ondemand::json_type type = value.type();
    if (type == ondemand::json_type::object) {
        for (ondemand::field field : value.get_object()) {
            const ondemand::raw_json_string key = field.key();
            ondemand::value inner = field.value();
            if (key == "EvidenceDetails" && inner.type() == ondemand::json_type::array) {
                read_evidence(inner, evidence);
            }
        }
    } else if (type == ondemand::json_type::array) {
        for (ondemand::value rule : value.get_array()) {
            if (rule.type() == ondemand::json_type::object) read_rule(rule.get_object(), evidence);
        }
    }
}

simdjson::padded_string_view padded(std::string& text) {
    text.reserve(text.size() + simdjson::SIMDJSON_PADDING);
    return simdjson::padded_string_view(text.data(), text.size(), text.capacity());
}

}  // namespace cordon::feeds
