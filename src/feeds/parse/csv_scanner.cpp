#include "feeds/parse/csv_scanner.hpp"

namespace cordon::feeds {

std::string_view text_of(const CsvField& field, std::string& scratch) {
    if (!field.has_escapes) return field.raw;
    scratch.clear();
    scratch.reserve(field.raw.size());
    for (std::size_t from = 0; from < field.raw.size();) {
        const std::size_t quote = field.raw.find('"', from);
        if (quote == std::string_view::npos) {
            scratch.append(field.raw.substr(from));
            break;
        }
        scratch.append(field.raw.substr(from, quote + 1 - from));
        from = quote + 2;  // over the second quote
    }
    return scratch;
}

CsvScanner::Step CsvScanner::next() {
    fields_.clear();
    if (at_ >= text_.size()) return Step::end;
    for (;;) {
        switch (read_field()) {
            case FieldEnd::comma: break;
            case FieldEnd::record: return Step::record;
            case FieldEnd::torn: return Step::torn;
        }
    }
}

CsvScanner::FieldEnd CsvScanner::read_field() {
    const std::size_t begin = at_;
    if (begin >= text_.size() || text_[begin] != '"') {
        const std::size_t end = text_.find_first_of(",\r\n", begin);
        return end_of_field(end, {text_.substr(begin, end - begin)});
    }
    bool has_escapes = false;
    for (std::size_t from = begin + 1;;) {
        const std::size_t quote = text_.find('"', from);
        if (quote == std::string_view::npos) {
            keep({text_.substr(begin + 1), has_escapes});
            at_ = text_.size();
            return FieldEnd::torn;
        }
        if (quote + 1 < text_.size() && text_[quote + 1] == '"') {
            has_escapes = true;
            from = quote + 2;
            continue;
        }
        const std::size_t end = text_.find_first_of(",\r\n", quote);
        const std::size_t stop = end == std::string_view::npos ? text_.size() : end;
        if (stop == quote + 1) {
            return end_of_field(end, {text_.substr(begin + 1, quote - begin - 1), has_escapes});
        }
        return end_of_field(end, {text_.substr(begin, stop - begin)});  // text behind the closing quote
    }
}

void CsvScanner::keep(CsvField field) {
    if (fields_.size() < k_most_csv_fields) fields_.push_back(field);
}

CsvScanner::FieldEnd CsvScanner::end_of_field(std::size_t end, CsvField field) {
    keep(field);
    is_line_ended_ = false;
    if (end == std::string_view::npos) {
        at_ = text_.size();
        return FieldEnd::record;
    }
    at_ = end + 1;
    if (text_[end] == ',') return FieldEnd::comma;
    if (text_[end] == '\r' && at_ < text_.size() && text_[at_] == '\n') ++at_;
    is_line_ended_ = true;
    return FieldEnd::record;
}

}  // namespace cordon::feeds
