#include "feeds/parse/csv_scanner.hpp"

#include <bit>
#include <cstdint>
#include <cstring>

#include "base/byte_mask.hpp"

namespace cordon::feeds {

namespace {

/// The first quote from `from` on that no other one follows, and whether pairs of them stand before it; npos where
/// there is none.
struct LastQuote {
    std::size_t at = std::string_view::npos;
    bool is_behind_pairs = false;
};

/// Evidence has a pair of quotes every dozen bytes: asking memchr for each of them takes longer than looking at all
/// bytes sixteen by sixteen.
LastQuote last_quote(std::string_view text, std::size_t from) noexcept {
    LastQuote last;
    while (from + k_mask_step < text.size()) {  // the byte behind the sixteen can be read
        std::uint32_t quotes = mask_of(text.data() + from, '"');
        std::size_t seen = k_mask_step;
        while (quotes != 0) {
            const auto first = static_cast<std::size_t>(std::countr_zero(quotes));
            if (text[from + first + 1] != '"') return {from + first, last.is_behind_pairs};
            last.is_behind_pairs = true;
            quotes &= ~(3U << first);
            if (first + 1 == k_mask_step) seen = k_mask_step + 1;
        }
        from += seen;
    }
    for (from = text.find('"', from); from != std::string_view::npos; from = text.find('"', from + 2)) {
        if (from + 1 >= text.size() || text[from + 1] != '"') return {from, last.is_behind_pairs};
        last.is_behind_pairs = true;
    }
    return last;
}

}  // namespace

std::string_view text_of(const CsvField& field, std::string& scratch) {
    if (!field.has_escapes) return field.raw;
    const auto raw = field.raw;
    scratch.resize(raw.size() + k_mask_step);  // whole steps are copied
    std::size_t from = 0;
    std::size_t size = 0;
    while (from + k_mask_step <= raw.size()) {
        std::memcpy(scratch.data() + size, raw.data() + from, k_mask_step);
        const auto kept = static_cast<std::size_t>(std::countr_zero(mask_of(raw.data() + from, '"')));
        const bool has_quote = kept < k_mask_step;
        size += has_quote ? kept + 1 : k_mask_step;
        from += has_quote ? kept + 2 : k_mask_step;  // over the second quote
    }
    for (; from < raw.size(); ++from) {
        scratch[size++] = raw[from];
        if (raw[from] == '"') ++from;
    }
    scratch.resize(size);
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
    const auto [quote, has_escapes] = last_quote(text_, begin + 1);
    if (quote == std::string_view::npos) {
        keep({text_.substr(begin + 1), has_escapes});
        at_ = text_.size();
        return FieldEnd::torn;
    }
    const std::size_t end = text_.find_first_of(",\r\n", quote);
    const std::size_t stop = end == std::string_view::npos ? text_.size() : end;
    if (stop == quote + 1) {
        return end_of_field(end, {text_.substr(begin + 1, quote - begin - 1), has_escapes});
    }
    return end_of_field(end, {text_.substr(begin, stop - begin)});  // text behind the closing quote
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
