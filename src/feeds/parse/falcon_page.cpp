#include "feeds/parse/falcon_page.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <simdjson.h>

#include "base/text.hpp"
#include "feeds/parse/clean.hpp"
#include "feeds/parse/evidence.hpp"

namespace cordon::feeds {
namespace {

namespace ondemand = simdjson::ondemand;
using ondemand::json_type;

enum class Key : std::uint8_t {
    indicator,
    type,
    deleted,
    last_updated,
    marker,
    confidence,
    labels,
    actors,
    malware_families,
    kill_chains,
    threat_types,
    domain_types,
    ip_address_types
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

/// A key of a record with its closing quote. The service writes the keys of all records in one order, so the key that
/// the last record had at a place is most likely met there again, and three words tell.
class ExpectedKey {
public:
    ExpectedKey() noexcept { masks_.fill(~std::uint64_t{0}); }

    /// `raw` stands behind the opening quote in a text with simdjson's padding.
    explicit ExpectedKey(const char* raw) noexcept : ExpectedKey() {
        const auto size = std::string_view(raw, k_most_bytes).find('"');
        if (size == std::string_view::npos) return;  // too long for one of ours: expected nowhere
        const auto* found = std::ranges::find(k_keys, std::string_view(raw, size), &KnownKey::name);
        known_ = found != k_keys.end() ? found : nullptr;
        masks_ = {};
        std::memset(masks_.data(), 0xFF, size + 1);
        words_ = words_at(raw);
    }

    [[nodiscard]] bool is_at(const char* raw) const noexcept {
        const auto words = words_at(raw);
        return (((words[0] ^ words_[0]) & masks_[0]) | ((words[1] ^ words_[1]) & masks_[1]) |
                ((words[2] ^ words_[2]) & masks_[2])) == 0;
    }

    /// nullptr: none of ours.
    [[nodiscard]] const KnownKey* known() const noexcept { return known_; }

private:
    using Words = std::array<std::uint64_t, 3>;
    static constexpr std::size_t k_most_bytes = sizeof(Words);
    static_assert(k_most_bytes <= simdjson::SIMDJSON_PADDING);

    static Words words_at(const char* raw) noexcept {
        Words words;
        std::memcpy(words.data(), raw, sizeof words);
        return words;
    }

    Words words_{};
    Words masks_;
    const KnownKey* known_ = nullptr;
};

}  // namespace

struct FalconPageReader::State {
    Result<FalconPage> read(simdjson::padded_string_view text, std::string_view wanted_type, core::MirrorRows& taken) {
        page = {};
        last_marker = {};
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
        if (meta.find_field_unordered("pagination").get_object().get(pagination) != simdjson::SUCCESS)
            return std::nullopt;
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
        for (auto found : resources) {
            auto& value = in_place(found);
            if (value.type() != json_type::object)
                return fail(Code::corrupt, "the answer has a resource that is no indicator");
            CORDON_TRY(read_row(value.get_object()));
        }
        page.last_marker = last_marker;
        return {};
    }

    Result<void> read_row(ondemand::object object) {
        row = {};
        own_type = {};
        tags.clear();
        spans.clear();
        std::size_t at = 0;
        for (auto found : object) {
            auto& field = in_place(found);
            if (const auto* known = key_at(at++, field.key().raw())) read_field(*known, field.value());
        }
        if (row.marker.empty())
            return fail(Code::corrupt, "the answer has an indicator without a _marker, which pages hang on");
        if (page.rows++ == 0) page.first_marker = row.marker;
        last_marker = row.marker;
        if (trim(row.value).empty() || own_type != type) {
            ++page.invalid_rows;
            return {};
        }
        row.tags = tags;
        rows->append(row);
        return {};
    }

    const KnownKey* key_at(std::size_t place, const char* raw) {
        auto& expected = expected_keys[place % expected_keys.size()];
        if (!expected.is_at(raw)) expected = ExpectedKey(raw);
        return expected.known();
    }

    void read_field(const KnownKey& known, ondemand::value& value) {
        switch (known.key) {
            case Key::indicator: row.value = string_or_empty(value); break;
            case Key::type: own_type = string_or_empty(value); break;
            case Key::deleted:
                row.is_deleted = value.get_bool().get(row.is_deleted) == simdjson::SUCCESS && row.is_deleted;
                break;
            case Key::last_updated: row.last_updated = moment_of(value).value_or(std::chrono::sys_seconds{}); break;
            case Key::marker: row.marker = string_or_empty(value); break;
            case Key::confidence:
                row.confidence = core::confidence_named(string_or_empty(value)).value_or(core::Confidence::unverified);
                break;
            case Key::labels: read_labels(value); break;
            default: read_names(value, known.prefix); break;
        }
    }

    void read_labels(ondemand::value& value) {
        ondemand::array labels;
        if (value.get_array().get(labels) != simdjson::SUCCESS) return;
        for (auto found : labels) {
            ondemand::object label;
            ondemand::value name;
            if (in_place(found).get_object().get(label) != simdjson::SUCCESS) continue;
            if (label.find_field_unordered("name").get(name) == simdjson::SUCCESS) add_tag("", string_or_empty(name));
        }
    }

    void read_names(ondemand::value& value, std::string_view prefix) {
        ondemand::array names;
        if (value.get_array().get(names) != simdjson::SUCCESS) return;
        for (auto found : names) add_tag(prefix, string_or_empty(in_place(found)));
    }

    /// Once a tag; line ends part tags, so none may stand in one.
    void add_tag(std::string_view prefix, std::string_view name) {
        if (name.empty() || has_tag(prefix, name) || name.find('\n') != std::string_view::npos) return;
        if (!tags.empty()) tags += '\n';
        spans.push_back({tags.size(), prefix.size() + name.size()});
        tags += prefix;
        tags += name;
    }

    [[nodiscard]] bool has_tag(std::string_view prefix, std::string_view name) const {
        const auto size = prefix.size() + name.size();
        return std::ranges::any_of(spans, [&](const Span& span) {
            if (span.size != size) return false;
            const auto tag = std::string_view(tags).substr(span.at, span.size);
            return tag.ends_with(name) && tag.starts_with(prefix);
        });
    }

    struct Span {
        std::size_t at;
        std::size_t size;
    };

    ondemand::parser parser;
    std::array<ExpectedKey, 32> expected_keys;  // by place in a record
    FalconPage page;
    core::MirrorRows* rows = nullptr;
    std::string_view type;
    std::string tags;         // of the row, one a line
    std::vector<Span> spans;  // where each stands
    core::MirrorRow row;
    std::string_view own_type;
    std::string_view last_marker;
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
                return fail(Code::corrupt,
                            fmt::format("the answer is torn or no JSON ({})", simdjson::error_message(error.error())));
            }
        }
        clean(body);
        std::replace_if(
            body.begin(), body.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20; }, ' ');
    }
}

}  // namespace cordon::feeds
