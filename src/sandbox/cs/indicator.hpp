#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace cordon::sandbox::cs {

using Texts = std::vector<std::string>;

/// `_marker`: the Unix seconds of the last update and 128 bits (crowdstrike-intel-api.md 1.4). Orders as
/// its text does.
struct Marker {
    std::uint32_t seconds = 0;
    std::uint64_t high = 0;
    std::uint64_t low = 0;
    auto operator<=>(const Marker&) const = default;
};

/// 10 decimal and 32 hexadecimal digits.
[[nodiscard]] std::string text_of(const Marker& marker);
/// False where `text` is no whole marker; leaves `marker` then.
[[nodiscard]] bool read_marker(std::string_view text, Marker& marker) noexcept;

struct Label {
    std::string name;
    std::int64_t created_on = 0;
    std::int64_t last_valid_on = 0;
};

struct Relation {
    std::string id;
    std::string indicator;
    std::string type;
    std::int64_t created_date = 0;
    std::int64_t last_valid_date = 0;
};

/// A record as the combined endpoint shows it (crowdstrike-intel-api.md 7). Dates are Unix seconds.
struct Indicator {
    std::string id;
    std::string indicator;
    std::string type;
    bool deleted = false;
    std::int64_t published_date = 0;
    std::int64_t last_updated = 0;
    std::string marker;
    std::string malicious_confidence;
    std::vector<Label> labels;
    Texts actors;
    Texts malware_families;
    Texts kill_chains;
    Texts threat_types;
    Texts targets;
    Texts domain_types;
    Texts ip_address_types;
    Texts vulnerabilities;
    Texts reports;
    std::vector<Relation> relations;
};

enum class Relations { shown, dropped };

/// Adds the record as a JSON object, its fields in the order of the reference's examples.
void append_json(const Indicator& indicator, Relations relations, std::string& json);

/// Reads a record; what is missing or null stays empty. `json` must be an object: throws what
/// nlohmann::json throws for fields of a wrong type.
[[nodiscard]] Indicator indicator_of_json(std::string_view json);

}  // namespace cordon::sandbox::cs
