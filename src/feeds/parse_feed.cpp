#include "feeds/parse_feed.hpp"

#include <string_view>

#include <fmt/format.h>

#include "base/text.hpp"
#include "feeds/parse/clean.hpp"
#include "feeds/parse/gzip.hpp"
#include "feeds/parse/plain_list.hpp"
#include "feeds/parse/risk_list_csv.hpp"
#include "feeds/parse/rows.hpp"
#include "feeds/parse/scf_json.hpp"

namespace cordon::feeds {
namespace {

constexpr std::size_t k_shown_bytes = 80;
constexpr std::string_view k_white_space = " \t\r\n\f\v";

/// The text from its first byte that is no white space.
std::string_view from_first_word(std::string_view text) {
    const std::size_t first = text.find_first_not_of(k_white_space);
    return first == std::string_view::npos ? std::string_view{} : text.substr(first);
}

/// '{' always begins JSON; '[' unless an address follows, as in a list of "[2001:db8::1]".
bool is_json(std::string_view text) {
    if (text.starts_with('{')) return true;
    if (!text.starts_with('[')) return false;
    const std::string_view next = from_first_word(text.substr(1));
    return next.empty() || std::string_view("{]\"[").find(next.front()) != std::string_view::npos;
}

std::string beginning_of(std::string_view text) {
    return fmt::format("it begins with \"{}\"",
                       printable(from_first_word(text).substr(0, k_shown_bytes * 2), k_shown_bytes));
}

void warn_of(const Cleaning& cleaning, std::vector<std::string>& warnings) {
    if (cleaning.removed_bytes > 0) {
        warnings.push_back(
            fmt::format("{} control bytes were removed from the file", with_thousands(cleaning.removed_bytes)));
    }
    if (cleaning.replaced_bytes > 0) {
        warnings.push_back(fmt::format("{} bytes of the file were no UTF-8 and were replaced",
                                       with_thousands(cleaning.replaced_bytes)));
    }
}

/// JSON is closed or torn. The last line of any other text may be half a name, and half a name is another one.
Result<void> require_certain_end(bool is_text_json, std::vector<std::string>& warnings) {
    if (!is_text_json) {
        return fail(Code::corrupt,
                    "nothing shows that the file is whole: it came without length, chunks and hash, and its "
                    "layout does not tell its end; check what proxy stands between");
    }
    warnings.emplace_back("the file came without length, chunks and hash; it is believed because its JSON is complete");
    return {};
}

Result<void> read_rows(std::string& text, bool is_end_certain, RowCollector& rows, std::vector<std::string>& warnings) {
    const bool is_text_json = is_json(from_first_word(text));
    if (!is_end_certain) CORDON_TRY(require_certain_end(is_text_json, warnings));
    if (is_text_json) return read_scf_json(text, rows, warnings);
    if (is_risk_list_csv(text)) return read_risk_list_csv(text, rows, warnings);
    return read_plain_list(text, rows);
}

/// An empty list, or one of other things than indicators, is never believed.
Result<void> judge(const RowCollector& rows, double min_valid_share) {
    if (rows.rows() == 0) return fail(Code::corrupt, "the file holds no rows");
    const double share = static_cast<double>(rows.valid()) / static_cast<double>(rows.rows());
    if (rows.valid() > 0 && share >= min_valid_share) return {};
    return fail(Code::corrupt,
                fmt::format("the file is no list: {} of its {} rows are indicators, at least {:g}% "
                            "must be (min_valid_share)",
                            with_thousands(rows.valid()), with_thousands(rows.rows()), min_valid_share * 100));
}

}  // namespace

Result<Parsed> parse_feed(std::string body, const ParseRule& rule) {
    if (body.empty()) return fail(Code::corrupt, "the file is empty (0 bytes)");
    bool is_end_certain = rule.is_end_certain;
    if (is_gzip(body)) {
        CORDON_TRY_ASSIGN(body, gunzip(body, rule.most_bytes));
        is_end_certain = true;  // a gzip file ends with its own length and checksum
    }
    Parsed parsed;
    warn_of(clean(body), parsed.warnings);
    if (from_first_word(body).empty()) return fail(Code::corrupt, "the file is empty: it holds only white space");
    if (from_first_word(body).starts_with('<')) {
        return fail(Code::corrupt, "the file is an HTML or XML page, not a list: " + beginning_of(body));
    }
    RowCollector rows(rule.entity, rule.now);
    Result<void> outcome = read_rows(body, is_end_certain, rows, parsed.warnings);
    if (outcome) outcome = judge(rows, rule.min_valid_share);
    if (!outcome) {
        return fail(outcome.error().code, fmt::format("{}; {}", outcome.error().message, beginning_of(body)));
    }
    parsed.indicators = std::move(rows.indicators());
    parsed.invalid_rows = rows.invalid();
    return parsed;
}

}  // namespace cordon::feeds
