#include "feeds/parse/falcon_page.hpp"

#include <algorithm>
#include <array>
#include <bit>

#include <fmt/format.h>
#include <simdjson.h>

#include "base/text.hpp"
#include "feeds/parse/clean.hpp"
#include "feeds/parse/evidence.hpp"

namespace cordon::feeds {
namespace {

namespace ondemand = simdjson::ondemand;
using core::Confidence;
using ondemand::json_type;

enum class Key : std::uint8_t {
    indicator, type, deleted, last_updated, marker, confidence, labels,
    actors, malware_families, kill_chains, threat_types, domain_types, ip_address_types
};

struct KnownKey {
    std::string_view name;
    Key key;
    std::string_view prefix;  ///< of the labels that say the same (crowdstrike-intel-api.md 8)
};

constexpr std::array<KnownKey, 13> k_keys = {{
    {"indicator", Key::indicator, ""},
    {"type", Key::type, ""},
    {"deleted", Key::deleted, ""},
    {"last_updated", Key::last_updated, ""},
    {"_marker", Key::marker, ""},
    {"actors", Key::actors, "Actor/"},
    {"malware_families", Key::malware_families, "Malware/"},
    {"kill_chains", Key::kill_chains, "KillChain/"},
    {"domain_types", Key::domain_types, "DomainType/"},
    {"ip_address_types", Key::ip_address_types, "IPAddressType/"},
    {"malicious_confidence", Key::confidence, ""},
    {"labels", Key::labels, ""},
    {"threat_types", Key::threat_types, "ThreatType/"},
}};

/// By a key's first letter: a bit for each of k_keys that begins so. Most keys of a record are none of ours.
constexpr auto k_keys_by_first = [] {
    std::array<unsigned, 128> bits{};
    for (std::size_t i = 0; i < k_keys.size(); ++i) bits[static_cast<unsigned char>(k_keys[i].name.front())] |= 1U << i;
    return bits;
}();

Confidence confidence_of(std::string_view text) noexcept {
    if (equals_ignoring_case(text, "high")) return Confidence::high;
    if (equals_ignoring_case(text, "medium")) return Confidence::medium;
    if (equals_ignoring_case(text, "low")) return Confidence::low;
    return Confidence::unverified;
}

/// Line ends part tags, so none may stand in one.
bool is_tag(std::string_view name) noexcept {
    return !name.empty() && name.find('\n') == std::string_view::npos;
}

}  // namespace

struct FalconPageReader::State {
    Result<FalconPage> read(simdjson::padded_string_view text, std::string_view wanted_type, core::MirrorRows& taken) {
        page = {};
        type = wanted_type;
        rows = &taken;
        ondemand::document document = parser.iterate(text);
        CORDON_TRY(read_envelope(document.get_object()));
        if (document.current_location().error() != simdjson::OUT_OF_BOUNDS) {
            return fail(Code::corrupt, "the answer is no JSON: something follows its end");
        }
        return std::move(page);
    }

    Result<void> read_envelope(ondemand::object envelope) {
        bool has_resources = false;
        std::string complaint;
        for (ondemand::field field : envelope) {
            const ondemand::raw_json_string key = field.key();
            ondemand::value& value = field.value();
            if (key == "meta" && value.type() == json_type::object) {
                page.total = total_of(value.get_object());
            } else if (key == "resources" && value.type() == json_type::array) {
                has_resources = true;
                CORDON_TRY(read_rows(value.get_array()));
            } else if (key == "errors" && value.type() == json_type::array) {
                complaint = first_message(value.get_array());
            }
        }
        if (!complaint.empty()) return fail(Code::corrupt, "the answer is a success with an error in it: " + complaint);
        if (!has_resources) return fail(Code::corrupt, "the answer has no list of resources");
        return {};
    }

    static std::optional<std::uint64_t> total_of(ondemand::object meta) {
        ondemand::object pagination;
        std::uint64_t total = 0;
        if (meta.find_field_unordered("pagination").get_object().get(pagination) != simdjson::SUCCESS) return std::nullopt;
        if (pagination.find_field_unordered("total").get_uint64().get(total) != simdjson::SUCCESS) return std::nullopt;
        return total;
    }

    static std::string first_message(ondemand::array errors) {
        for (ondemand::value error : errors) {
            if (error.type() != json_type::object) return "unknown";
            std::string_view message;
            const bool is_there = error.find_field_unordered("message").get(message) == simdjson::SUCCESS;
            return is_there ? printable(message) : "unknown";
        }
        return {};
    }

    Result<void> read_rows(ondemand::array resources) {
        for (ondemand::value value : resources) {
            if (value.type() != json_type::object) return fail(Code::corrupt, "the answer has a resource that is no indicator");
            CORDON_TRY(read_row(value.get_object()));
        }
        return {};
    }

    Result<void> read_row(ondemand::object object) {
        row = {};
        own_type = {};
        tags.clear();
        for (ondemand::field field : object) {
            const ondemand::raw_json_string key = field.key();
            if (const auto* known = find_key(key)) read_field(*known, field.value());
        }
        if (row.marker.empty()) return fail(Code::corrupt, "the answer has an indicator without a _marker, which pages hang on");
        if (page.rows++ == 0) page.first_marker = row.marker;
        page.last_marker = row.marker;
        if (trim(row.value).empty() || own_type != type) {
            ++page.invalid_rows;
            return {};
        }
        row.tags = tags;
        rows->append(row);
        return {};
    }

    const KnownKey* find_key(const ondemand::raw_json_string& key) {
        const auto first = static_cast<unsigned char>(key.raw()[0]);
        for (auto candidates = first < k_keys_by_first.size() ? k_keys_by_first[first] : 0U; candidates != 0;
             candidates &= candidates - 1) {
            const auto& known = k_keys[static_cast<std::size_t>(std::countr_zero(candidates))];
            if (key == known.name) return &known;
        }
        return nullptr;
    }

    void read_field(const KnownKey& known, ondemand::value& value) {
        switch (known.key) {
            case Key::indicator: row.value = string_or_empty(value); break;
            case Key::type: own_type = string_or_empty(value); break;
            case Key::deleted: row.is_deleted = value.type() == json_type::boolean && value.get_bool().value(); break;
            case Key::last_updated: row.last_updated = moment_of(value).value_or(std::chrono::sys_seconds{}); break;
            case Key::marker: row.marker = string_or_empty(value); break;
            case Key::confidence: row.confidence = confidence_of(string_or_empty(value)); break;
            case Key::labels: read_labels(value); break;
            default: read_names(value, known.prefix); break;
        }
    }

    void read_labels(ondemand::value& value) {
        if (value.type() != json_type::array) return;
        for (ondemand::value label : value.get_array()) {
            if (label.type() != json_type::object) continue;
            ondemand::value name;
            if (label.find_field_unordered("name").get(name) == simdjson::SUCCESS) add_tag("", string_or_empty(name));
        }
    }

    void read_names(ondemand::value& value, std::string_view prefix) {
        if (value.type() != json_type::array) return;
        for (ondemand::value name : value.get_array()) add_tag(prefix, string_or_empty(name));
    }

    void add_tag(std::string_view prefix, std::string_view name) {
        if (!is_tag(name) || has_tag(prefix, name)) return;
        if (!tags.empty()) tags += '\n';
        tags += prefix;
        tags += name;
    }

    [[nodiscard]] bool has_tag(std::string_view prefix, std::string_view name) const {
        std::string_view rest = tags;
        while (!rest.empty()) {
            const auto end = std::min(rest.find('\n'), rest.size());
            const auto tag = rest.substr(0, end);
            if (tag.size() == prefix.size() + name.size() && tag.starts_with(prefix) && tag.ends_with(name)) return true;
            rest.remove_prefix(std::min(end + 1, rest.size()));
        }
        return false;
    }

    ondemand::parser parser;
    FalconPage page;
    core::MirrorRows* rows = nullptr;
    std::string_view type;
    std::string tags;  // of the row
    core::MirrorRow row;
    std::string_view own_type;
};

FalconPageReader::FalconPageReader() : state_(std::make_unique<State>()) {}
FalconPageReader::~FalconPageReader() = default;
FalconPageReader::FalconPageReader(FalconPageReader&&) noexcept = default;
FalconPageReader& FalconPageReader::operator=(FalconPageReader&&) noexcept = default;

Result<FalconPage> FalconPageReader::read(std::string& body, std::string_view type, core::MirrorRows& rows) {
    const auto before = rows.size();
    for (bool is_clean = false;; is_clean = true) {
        try {
            auto page = state_->read(padded(body), type, rows);
            if (!page) rows.truncate(before);
            return page;
        } catch (const simdjson::simdjson_error& error) {
            rows.truncate(before);
            const bool is_dirty = error.error() == simdjson::UTF8_ERROR || error.error() == simdjson::UNESCAPED_CHARS;
            if (is_clean || !is_dirty) {
                return fail(Code::corrupt, fmt::format("the answer is torn or no JSON ({})", simdjson::error_message(error.error())));
            }
        }
        clean(body);
        std::replace_if(body.begin(), body.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20; }, ' ');
    }
}

}  // namespace cordon::feeds
