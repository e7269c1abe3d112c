#include "feeds/parse/scf_json.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

#include <fmt/format.h>
#include <simdjson.h>

#include "base/text.hpp"
#include "feeds/parse/evidence.hpp"

namespace cordon::feeds {
namespace {

namespace ondemand = simdjson::ondemand;
using ondemand::json_type;

/// The date keys that were seen, the best first: when it was seen doing harm comes before when it was
/// looked at (recorded-future-api.md 7.2).
constexpr std::array<std::string_view, 5> k_date_keys = {"last_seen", "last_seen_active", "lastSeen", "signal",
                                                         "last_scan"};

/// One row object, field by field. The views live until the parser reads another document.
struct Row {
    bool has_fields = false;
    std::string_view ip, domain, url, name;
    std::optional<int> risk;
    std::array<std::optional<std::chrono::sys_seconds>, k_date_keys.size()> dates;
    Evidence evidence;

    void clear() {
        has_fields = false;
        ip = domain = url = name = {};
        risk.reset();
        dates.fill(std::nullopt);
        evidence.rules.clear();
        evidence.last_seen.reset();
    }
    [[nodiscard]] std::string_view value(core::EntityType entity) const {
        const std::string_view own = entity == core::EntityType::ip    ? ip
                                     : entity == core::EntityType::url ? url
                                                                       : domain;
        for (const std::string_view text : {own, ip, domain, url, name}) {
            if (!trim(text).empty()) return text;
        }
        return {};
    }
    [[nodiscard]] std::optional<std::chrono::sys_seconds> last_seen() const {
        const auto first = std::find_if(dates.begin(), dates.end(), [](const auto& date) { return date.has_value(); });
        return first != dates.end() ? *first : evidence.last_seen;
    }
};

/// A number, or a text that is one ("95").
std::optional<int> risk_of(ondemand::value value) {
    if (value.type() == json_type::string) {
        const auto number = parse_whole_number(trim(string_or_empty(value)));
        return number && *number <= 100 ? std::optional(static_cast<int>(*number)) : std::nullopt;
    }
    double number = 0;
    if (value.type() != json_type::number || value.get_double().get(number) != simdjson::SUCCESS) {
        return std::nullopt;
    }
    return number >= 0 && number <= 100 ? std::optional(static_cast<int>(number)) : std::nullopt;
}

/// The newest of `"signal": ["2026-02-11T00:00:00.000Z", ...]`, or a single date.
std::optional<std::chrono::sys_seconds> newest_of(ondemand::value value) {
    if (value.type() != json_type::array) return moment_of(value);
    std::optional<std::chrono::sys_seconds> newest;
    for (ondemand::value date : value.get_array()) newest = std::max(newest, moment_of(date));
    return newest;
}

bool is_truthy(ondemand::value value) {
    switch (value.type()) {
        case json_type::boolean: return value.get_bool().value();
        case json_type::string: return !string_or_empty(value).empty();
        case json_type::number: {
            double number = 0;
            return value.get_double().get(number) == simdjson::SUCCESS && number != 0;
        }
        default: return false;
    }
}

/// `detection_strings`: an object whose truthy keys name detections.
void read_detections(ondemand::value value, Evidence& evidence) {
    if (value.type() != json_type::object) return;
    for (ondemand::field field : value.get_object()) {
        std::string_view name;
        const bool has_name = field.unescaped_key().get(name) == simdjson::SUCCESS;
        if (is_truthy(field.value()) && has_name) evidence.rules.push_back(name);
    }
}

/// `malware`: names, or one name.
void read_malware(ondemand::value value, Evidence& evidence) {
    if (value.type() != json_type::array) {
        evidence.rules.push_back(string_or_empty(value));
        return;
    }
    for (ondemand::value name : value.get_array()) evidence.rules.push_back(string_or_empty(name));
}

void read_date(ondemand::raw_json_string key, ondemand::value& value, Row& row) {
    for (std::size_t i = 0; i < k_date_keys.size(); ++i) {
        if (key == k_date_keys[i]) {
            row.dates[i] = newest_of(value);
            return;
        }
    }
}

/// The first character rules out most comparisons.
void read_field(ondemand::field& field, Row& row) {
    const ondemand::raw_json_string key = field.key();
    ondemand::value& value = field.value();
    row.has_fields = true;
    switch (*key.raw()) {
        case 'i':
            if (key == "ip") row.ip = string_or_empty(value);
            break;
        case 'd':
            if (key == "domain") row.domain = string_or_empty(value);
            if (key == "detection_strings") read_detections(value, row.evidence);
            break;
        case 'u':
            if (key == "url") row.url = string_or_empty(value);
            break;
        case 'm':
            if (key == "malware") read_malware(value, row.evidence);
            break;
        case 'N':
            if (key == "Name") row.name = string_or_empty(value);
            break;
        case 'R':
            if (key == "Risk") row.risk = risk_of(value);
            break;
        case 'E':
            if (key == "EvidenceDetails") read_evidence(value, row.evidence);
            break;
        default: read_date(key, value, row);
    }
}

/// The whole document; simdjson's errors leave it as exceptions.
class Document {
public:
    Document(RowCollector& rows, std::vector<std::string>& warnings) : rows_(rows), warnings_(warnings) {}

    Result<void> read(simdjson::padded_string_view text) {
        ondemand::parser parser;
        ondemand::document document = parser.iterate(text);
        if (document.type() == json_type::array) {
            read_rows(document.get_array());
        } else {
            const auto outcome = read_object(document.get_object());
            if (is_followed_by_object(document)) {
                return fail(Code::corrupt,
                            "the file is JSON lines (one object a line), which are not supported: choose a "
                            "file with one JSON document, or a CSV file");
            }
            CORDON_TRY(outcome);
        }
        if (document.current_location().error() != simdjson::OUT_OF_BOUNDS) {
            return fail(Code::corrupt, "the file is no JSON: something follows its end");
        }
        return {};
    }

private:
    static bool is_followed_by_object(ondemand::document& document) {
        const char* next = nullptr;
        return document.current_location().get(next) == simdjson::SUCCESS && *next == '{';
    }

    Result<void> read_object(ondemand::object root) {
        bool has_results = false;
        std::optional<std::uint64_t> count;
        for (ondemand::field field : root) {
            const ondemand::raw_json_string key = field.key();
            ondemand::value& value = field.value();
            if (key == "results" && value.type() == json_type::array) {
                has_results = true;
                read_rows(value.get_array());
            } else if (key == "count" && value.type() == json_type::number) {
                std::uint64_t number = 0;
                if (value.get_uint64().get(number) == simdjson::SUCCESS) count = number;
            }
        }
        if (!has_results) return fail(Code::corrupt, "the file is a JSON object without a list of results");
        // What `count` counts is not documented (recorded-future-api.md 7.2), and a closed document is whole.
        if (count && read_ != *count) {
            warnings_.push_back(
                fmt::format("the file announces {} rows and holds {}", with_thousands(*count), with_thousands(read_)));
        }
        return {};
    }

    void read_rows(ondemand::array results) {
        for (ondemand::value value : results) {
            ++read_;
            if (value.type() == json_type::object) {
                read_row(value.get_object());
            } else {
                rows_.add_without_value();
            }
        }
    }

    void read_row(ondemand::object object) {
        row_.clear();
        for (ondemand::field field : object) read_field(field, row_);
        const std::string_view value = row_.value(rows_.entity());
        if (!row_.has_fields) {
            rows_.add_empty();
        } else if (value.empty()) {
            rows_.add_without_value();
        } else {
            join_rules(row_.evidence.rules, rules_);
            rows_.add({value, row_.risk, row_.last_seen(), rules_});
        }
    }

    RowCollector& rows_;
    std::vector<std::string>& warnings_;
    Row row_;
    std::string rules_;
    std::uint64_t read_ = 0;  // elements of the array, whatever they are
};

/// Raw line ends and tabs inside strings are no JSON. Outside of strings they are white space, so a blank
/// may stand for each of them everywhere. False where there is none.
bool blank_out_line_ends(std::string& text) {
    bool is_changed = false;
    for (char& c : text) {
        if (static_cast<unsigned char>(c) < 0x20) {
            c = ' ';
            is_changed = true;
        }
    }
    return is_changed;
}

std::string sentence_for(simdjson::error_code error) {
    switch (error) {
        case simdjson::UNCLOSED_STRING:
        case simdjson::INCOMPLETE_ARRAY_OR_OBJECT: return "the file is torn: its JSON ends in the middle";
        case simdjson::CAPACITY: return "the file is too large to be read as JSON (4 GiB)";
        case simdjson::MEMALLOC: return "there is not enough memory to read the file as JSON";
        default: return fmt::format("the file is torn or no JSON ({})", simdjson::error_message(error));
    }
}

}  // namespace

Result<void> read_scf_json(std::string& text, RowCollector& rows, std::vector<std::string>& warnings) {
    try {
        return Document(rows, warnings).read(padded(text));
    } catch (const simdjson::simdjson_error& error) {
        // simdjson looks for raw control bytes before it gives the first row, so nothing was read yet.
        if (error.error() == simdjson::UNESCAPED_CHARS && blank_out_line_ends(text)) {
            warnings.emplace_back("raw line ends or tabs inside JSON strings were read as blanks");
            return read_scf_json(text, rows, warnings);
        }
        return fail(Code::corrupt, sentence_for(error.error()));
    }
}

}  // namespace cordon::feeds
