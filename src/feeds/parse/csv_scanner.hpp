#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace cordon::feeds {

/// One field as it lies in the text, without its enclosing quotes.
struct CsvField {
    std::string_view raw;
    bool has_escapes = false;  ///< holds `""`, each of which stands for one quote
};

/// The field's text. Where it has escapes it is written to `scratch`, else nothing is copied.
[[nodiscard]] std::string_view text_of(const CsvField& field, std::string& scratch);

/// Fields of one record that are kept; what follows is passed over. Our choice: a risk list has five columns, OpenCTI's
/// export some twenty (recorded-future-api.md 7.1, 7.4), and a field of one byte takes thirty-two here.
inline constexpr std::size_t k_most_csv_fields = 1'000;

/// Reads RFC 4180 records (comma, quotes, `""`, line ends inside quotes; LF, CRLF or CR) from a text that
/// lies whole in memory. Copies nothing; fields may be of any length. Lenient as spreadsheet programs
/// are: a quote inside an unquoted field is text, and so is a field with something behind its closing
/// quote.
class CsvScanner {
public:
    explicit CsvScanner(std::string_view text) : text_(text) {}

    enum class Step {
        record,
        end,
        torn,  ///< the text ended inside quotes; fields() holds the record up to there
    };
    /// Goes to the next record. Blank lines are records with one empty field.
    [[nodiscard]] Step next();

    /// Of the record that next() found; at least one, at most k_most_csv_fields.
    [[nodiscard]] const std::vector<CsvField>& fields() const noexcept { return fields_; }
    /// Whether a line end closed the record: false only for the last one of a text.
    [[nodiscard]] bool is_line_ended() const noexcept { return is_line_ended_; }

private:
    enum class FieldEnd { comma, record, torn };
    FieldEnd read_field();
    FieldEnd end_of_field(std::size_t end, CsvField field);
    void keep(CsvField field);

    std::string_view text_;
    std::size_t at_ = 0;
    std::vector<CsvField> fields_;
    bool is_line_ended_ = false;
};

}  // namespace cordon::feeds
