// Any bytes as a whole feed file (gzip, CSV or list), and the CSV scanner against a second, plain one.

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

#include "feeds/parse/csv_scanner.hpp"
#include "feeds/parse_feed.hpp"

namespace {

using namespace cordon;

/// The fields of a text, the slow way: one character at a time. Line ends are kept apart as "\n" records.
std::vector<std::vector<std::string>> plain_scan(const std::string& text, bool& is_torn) {
    std::vector<std::vector<std::string>> records;
    is_torn = false;
    std::size_t at = 0;
    while (at < text.size()) {
        std::vector<std::string> record;
        for (bool is_more = true; is_more;) {
            std::string field, whole;
            bool is_quoted = at < text.size() && text[at] == '"';
            if (is_quoted) {
                whole += text[at++];
                for (;;) {
                    if (at == text.size()) {
                        is_torn = true;
                        record.push_back(field);
                        records.push_back(record);
                        return records;
                    }
                    const char c = text[at++];
                    whole += c;
                    if (c != '"') {
                        field += c;
                    } else if (at < text.size() && text[at] == '"') {
                        field += '"';
                        whole += text[at++];
                    } else {
                        break;
                    }
                }
            }
            bool has_more_text = false;
            while (at < text.size() && text[at] != ',' && text[at] != '\r' && text[at] != '\n') {
                has_more_text = true;
                whole += text[at++];
            }
            record.push_back(is_quoted && !has_more_text ? field : whole);
            is_more = at < text.size() && text[at] == ',';
            if (is_more) ++at;
        }
        if (at < text.size()) at += text[at] == '\r' && at + 1 < text.size() && text[at + 1] == '\n' ? 2U : 1U;
        records.push_back(std::move(record));
    }
    return records;
}

void compare_scanners(const std::string& text) {
    bool is_torn = false;
    auto expected = plain_scan(text, is_torn);
    for (auto& record : expected) record.resize(std::min(record.size(), feeds::k_most_csv_fields));
    feeds::CsvScanner scanner(text);
    std::string scratch;
    for (std::size_t i = 0;; ++i) {
        const auto step = scanner.next();
        if (step == feeds::CsvScanner::Step::end) {
            if (i != expected.size()) std::abort();
            return;
        }
        if (i >= expected.size() || scanner.fields().size() != expected[i].size()) std::abort();
        const bool is_last = i + 1 == expected.size();
        if ((step == feeds::CsvScanner::Step::torn) != (is_torn && is_last)) std::abort();
        if (step == feeds::CsvScanner::Step::torn) continue;
        for (std::size_t f = 0; f < expected[i].size(); ++f) {
            if (feeds::text_of(scanner.fields()[f], scratch) != expected[i][f]) std::abort();
        }
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string text(reinterpret_cast<const char*>(data), size);
    compare_scanners(text);
    feeds::ParseRule rule;
    rule.most_bytes = 1U << 20;
    rule.entity = core::EntityType::url;
    const auto parsed = feeds::parse_feed(text, rule);
    if (parsed && parsed->indicators.empty()) std::abort();
    if (!parsed && parsed.error().code != Code::corrupt) std::abort();
    return 0;
}
