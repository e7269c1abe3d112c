#include "sandbox/cs/indicator.hpp"

#include <array>
#include <charconv>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "sandbox/reply.hpp"

namespace cordon::sandbox::cs {
namespace {

constexpr std::size_t k_second_digits = 10;
constexpr std::size_t k_half_digits = 16;

void append_text(std::string_view key, std::string_view text, std::string& json) {
    json += ",\"";
    json += key;
    json += "\":";
    append_json_text(text, json);
}

void append_number(std::string_view key, std::int64_t number, std::string& json) {
    json += ",\"";
    json += key;
    json += "\":";
    std::array<char, 24> digits{};
    const auto written = std::to_chars(digits.data(), digits.data() + digits.size(), number);
    json.append(digits.data(), written.ptr);
}

void append_list(std::string_view key, const Texts& texts, std::string& json) {
    json += ",\"";
    json += key;
    json += "\":[";
    for (const auto& text : texts) {
        if (&text != texts.data()) json += ',';
        append_json_text(text, json);
    }
    json += ']';
}

void append_labels(const std::vector<Label>& labels, std::string& json) {
    json += ",\"labels\":[";
    for (const auto& label : labels) {
        json += &label == labels.data() ? "{\"name\":" : ",{\"name\":";
        append_json_text(label.name, json);
        append_number("created_on", label.created_on, json);
        append_number("last_valid_on", label.last_valid_on, json);
        json += '}';
    }
    json += ']';
}

void append_relations(const std::vector<Relation>& relations, std::string& json) {
    json += ",\"relations\":[";
    for (const auto& relation : relations) {
        json += &relation == relations.data() ? "{\"id\":" : ",{\"id\":";
        append_json_text(relation.id, json);
        append_text("indicator", relation.indicator, json);
        append_text("type", relation.type, json);
        append_number("created_date", relation.created_date, json);
        append_number("last_valid_date", relation.last_valid_date, json);
        json += '}';
    }
    json += ']';
}

using nlohmann::json;

bool has(const json& object, const char* key) {
    const auto at = object.find(key);
    return at != object.end() && !at->is_null();
}

std::string text_in(const json& object, const char* key) {
    return has(object, key) ? object.at(key).get<std::string>() : std::string();
}

std::int64_t number_in(const json& object, const char* key) {
    return has(object, key) ? object.at(key).get<std::int64_t>() : 0;
}

Texts texts_in(const json& object, const char* key) {
    return has(object, key) ? object.at(key).get<Texts>() : Texts();
}

bool read_half(std::string_view text, std::uint64_t& half) {
    const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), half, 16);
    return problem == std::errc() && end == text.data() + text.size();
}

}  // namespace

std::string text_of(const Marker& marker) {
    return fmt::format("{:010}{:016x}{:016x}", marker.seconds, marker.high, marker.low);
}

bool read_marker(std::string_view text, Marker& marker) noexcept {
    if (text.size() != k_second_digits + 2 * k_half_digits) return false;
    Marker read;
    const auto* const digits_end = text.data() + k_second_digits;
    const auto [end, problem] = std::from_chars(text.data(), digits_end, read.seconds);
    if (problem != std::errc() || end != digits_end) return false;
    if (!read_half(text.substr(k_second_digits, k_half_digits), read.high)) return false;
    if (!read_half(text.substr(k_second_digits + k_half_digits), read.low)) return false;
    marker = read;
    return true;
}

void append_json(const Indicator& indicator, Relations relations, std::string& json) {
    json += "{\"id\":";
    append_json_text(indicator.id, json);
    append_text("indicator", indicator.indicator, json);
    append_text("type", indicator.type, json);
    json += indicator.deleted ? ",\"deleted\":true" : ",\"deleted\":false";
    append_number("published_date", indicator.published_date, json);
    append_number("last_updated", indicator.last_updated, json);
    append_text("_marker", indicator.marker, json);
    append_text("malicious_confidence", indicator.malicious_confidence, json);
    append_list("actors", indicator.actors, json);
    append_list("malware_families", indicator.malware_families, json);
    append_list("kill_chains", indicator.kill_chains, json);
    append_list("threat_types", indicator.threat_types, json);
    append_list("targets", indicator.targets, json);
    append_list("domain_types", indicator.domain_types, json);
    append_list("ip_address_types", indicator.ip_address_types, json);
    append_list("vulnerabilities", indicator.vulnerabilities, json);
    append_list("reports", indicator.reports, json);
    append_labels(indicator.labels, json);
    append_relations(relations == Relations::shown ? indicator.relations : std::vector<Relation>(), json);
    json += '}';
}

Indicator indicator_of_json(std::string_view text) {
    const auto json = json::parse(text);
    Indicator read;
    read.id = text_in(json, "id");
    read.indicator = text_in(json, "indicator");
    read.type = text_in(json, "type");
    read.deleted = has(json, "deleted") && json.at("deleted").get<bool>();
    read.published_date = number_in(json, "published_date");
    read.last_updated = number_in(json, "last_updated");
    read.marker = text_in(json, "_marker");
    read.malicious_confidence = text_in(json, "malicious_confidence");
    read.actors = texts_in(json, "actors");
    read.malware_families = texts_in(json, "malware_families");
    read.kill_chains = texts_in(json, "kill_chains");
    read.threat_types = texts_in(json, "threat_types");
    read.targets = texts_in(json, "targets");
    read.domain_types = texts_in(json, "domain_types");
    read.ip_address_types = texts_in(json, "ip_address_types");
    read.vulnerabilities = texts_in(json, "vulnerabilities");
    read.reports = texts_in(json, "reports");
    for (const auto& label : has(json, "labels") ? json.at("labels") : json::array()) {
        read.labels.push_back(
            {text_in(label, "name"), number_in(label, "created_on"), number_in(label, "last_valid_on")});
    }
    return read;
}

}  // namespace cordon::sandbox::cs
