#include "feeds/parse/risk_list_csv.hpp"

#include <optional>

#include <fmt/format.h>
#include <simdjson.h>

#include "base/text.hpp"
#include "feeds/parse/csv_scanner.hpp"
#include "feeds/parse/evidence.hpp"

namespace cordon::feeds {
namespace {

using Step = CsvScanner::Step;

/// Where the known columns stand; nullopt where the file has none.
struct Columns {
    std::size_t count = 0;
    std::optional<std::size_t> name, risk, evidence, rules, last_seen;
};

Columns columns_of(const std::vector<CsvField>& header) {
    Columns columns;
    columns.count = header.size();
    std::string scratch;
    for (std::size_t i = 0; i < header.size(); ++i) {
        const std::string_view title = trim(text_of(header[i], scratch));
        const auto is = [title](std::string_view known) { return equals_ignoring_case(title, known); };
        if (is("Name")) columns.name = columns.name.value_or(i);
        if (is("Risk")) columns.risk = i;
        if (is("EvidenceDetails")) columns.evidence = i;
        if (is("RiskRules")) columns.rules = i;
        if (is("LastSeen")) columns.last_seen = i;
    }
    return columns;
}

bool is_blank_or_comment(const std::vector<CsvField>& fields) {
    const std::string_view first = trim(fields.front().raw);
    return (fields.size() == 1 && first.empty()) || first.starts_with('#');
}

/// Goes to the header; nullopt when the first record is none.
std::optional<Columns> find_header(CsvScanner& scanner) {
    while (scanner.next() == Step::record) {
        if (is_blank_or_comment(scanner.fields())) continue;
        const Columns columns = columns_of(scanner.fields());
        return columns.name ? std::optional(columns) : std::nullopt;
    }
    return std::nullopt;
}

/// Reads the data rows of one file.
class Reader {
public:
    Reader(const Columns& columns, RowCollector& rows) : columns_(columns), rows_(rows) {}

    void read(const std::vector<CsvField>& fields) {
        const std::string_view value = cell(fields, columns_.name, name_);
        if (trim(value).empty()) {
            rows_.add_without_value();
            return;
        }
        core::Indicator row{value, risk(fields), std::nullopt, {}};
        evidence_.rules.clear();
        evidence_.last_seen.reset();
        read_row_evidence(fields);
        const std::string_view rules = trim(cell(fields, columns_.rules, other_));
        if (evidence_.rules.empty() && !rules.empty()) evidence_.rules.push_back(rules);
        join_rules(evidence_.rules, rules_);
        row.rules = rules_;
        row.last_seen = moment_of(cell(fields, columns_.last_seen, other_));
        if (!row.last_seen) row.last_seen = evidence_.last_seen;
        rows_.add(row);
    }
    [[nodiscard]] std::uint64_t damaged_evidence() const noexcept { return damaged_evidence_; }

private:
    static std::string_view cell(const std::vector<CsvField>& fields, std::optional<std::size_t> column,
                                 std::string& scratch) {
        return column && *column < fields.size() ? text_of(fields[*column], scratch) : std::string_view{};
    }

    std::optional<int> risk(const std::vector<CsvField>& fields) {
        std::string_view text = trim(cell(fields, columns_.risk, other_));
        if (const std::size_t dot = text.find('.'); dot != std::string_view::npos) text = text.substr(0, dot);
        const auto number = parse_whole_number(text);
        return number && *number <= 100 ? std::optional(static_cast<int>(*number)) : std::nullopt;
    }

    void read_row_evidence(const std::vector<CsvField>& fields) {
        if (!columns_.evidence || *columns_.evidence >= fields.size()) return;
        const CsvField& field = fields[*columns_.evidence];
        if (trim(field.raw).empty()) return;
        if (field.has_escapes) {
            (void)text_of(field, json_);
        } else {
            json_.assign(field.raw);
        }
        try {
            simdjson::ondemand::document document = parser_.iterate(padded(json_));
            simdjson::ondemand::value value = document.get_value();
            read_evidence(value, evidence_);
        } catch (const simdjson::simdjson_error&) {
            ++damaged_evidence_;
        }
    }

    const Columns& columns_;
    RowCollector& rows_;
    simdjson::ondemand::parser parser_;
    Evidence evidence_;
    std::string name_, other_, json_, rules_;
    std::uint64_t damaged_evidence_ = 0;
};

}  // namespace

bool is_risk_list_csv(std::string_view text) {
    CsvScanner scanner(text);
    return find_header(scanner).has_value();
}

Result<void> read_risk_list_csv(std::string_view text, RowCollector& rows, std::vector<std::string>& warnings) {
    CsvScanner scanner(text);
    const std::optional<Columns> columns = find_header(scanner);
    if (!columns) return fail(Code::corrupt, "the CSV file has no header with a column Name");
    Reader reader(*columns, rows);
    for (Step step = scanner.next(); step != Step::end; step = scanner.next()) {
        if (step == Step::torn) return fail(Code::corrupt, "the CSV file is torn: it ends inside quotes");
        if (is_blank_or_comment(scanner.fields())) continue;
        if (!scanner.is_line_ended() && scanner.fields().size() < columns->count) {
            return fail(Code::corrupt, "the CSV file is torn: it ends in the middle of a row");
        }
        reader.read(scanner.fields());
    }
    if (reader.damaged_evidence() > 0) {
        warnings.push_back(fmt::format("{} rows have evidence that is no valid JSON; they are used without rule names",
                                       with_thousands(reader.damaged_evidence())));
    }
    return {};
}

}  // namespace cordon::feeds
