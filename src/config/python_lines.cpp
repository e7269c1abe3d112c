#include "config/python_lines.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "base/text.hpp"
#include "config/lines.hpp"
#include "config/unicode.hpp"

namespace cordon::config {
namespace {

bool is_letter(char c) noexcept {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}
bool is_digit(char c) noexcept {
    return c >= '0' && c <= '9';
}

std::string_view without_leading_blanks(std::string_view text) noexcept {
    const auto first = text.find_first_not_of(" \t\f");
    return first == std::string_view::npos ? std::string_view{} : text.substr(first);
}

void append_utf8(std::uint32_t point, std::string& text) {
    if (point < 0x80) {
        text += static_cast<char>(point);
    } else if (point < 0x800) {
        text += static_cast<char>(0xC0 | (point >> 6));
        text += static_cast<char>(0x80 | (point & 0x3F));
    } else if (point < 0x10000) {
        text += static_cast<char>(0xE0 | (point >> 12));
        text += static_cast<char>(0x80 | ((point >> 6) & 0x3F));
        text += static_cast<char>(0x80 | (point & 0x3F));
    } else {
        text += static_cast<char>(0xF0 | (point >> 18));
        text += static_cast<char>(0x80 | ((point >> 12) & 0x3F));
        text += static_cast<char>(0x80 | ((point >> 6) & 0x3F));
        text += static_cast<char>(0x80 | (point & 0x3F));
    }
}

/// Reads one literal from the front of a line (Python 3 language reference, 2.4.1 and 2.4.5).
class Literal {
public:
    explicit Literal(std::string_view text) : rest_(text) {}

    /// nullopt where the text is no literal, or more than one.
    std::optional<std::string> read() {
        auto value = read_value();
        const auto behind = without_leading_blanks(rest_);
        const bool is_alone = behind.empty() || behind.starts_with('#');
        return value && is_alone ? value : std::nullopt;
    }

private:
    std::optional<std::string> read_value() {
        if (rest_.starts_with("'") || rest_.starts_with("\"")) return read_string(Escapes::read);
        if ((rest_.starts_with('r') || rest_.starts_with('R')) && rest_.size() > 1 &&
            (rest_[1] == '\'' || rest_[1] == '"')) {
            rest_.remove_prefix(1);
            return read_string(Escapes::keep);
        }
        if (auto number = read_number()) return number;
        return read_word();
    }

    enum class Escapes { read, keep };

    std::optional<std::string> read_string(Escapes escapes) {
        const char quote = rest_.front();
        const std::string three(3, quote);
        if (rest_.starts_with(three)) return std::nullopt;
        rest_.remove_prefix(1);
        std::string value;
        while (!rest_.empty()) {
            const char c = rest_.front();
            rest_.remove_prefix(1);
            if (c == quote) return value;
            if (c != '\\') {
                value += c;
            } else if (escapes == Escapes::keep) {
                value += c;
                if (rest_.empty()) return std::nullopt;
                value += rest_.front();
                rest_.remove_prefix(1);
            } else if (!append_escape(value)) {
                return std::nullopt;
            }
        }
        return std::nullopt;  // no closing quote
    }

    /// Behind a backslash. Python leaves one before an unknown letter as it is.
    bool append_escape(std::string& value) {
        if (rest_.empty()) return false;
        const char c = rest_.front();
        rest_.remove_prefix(1);
        constexpr std::string_view k_letters = "abfnrtv\\'\"";
        constexpr std::string_view k_meanings = "\a\b\f\n\r\t\v\\'\"";
        if (const auto at = k_letters.find(c); at != std::string_view::npos) {
            value += k_meanings[at];
            return true;
        }
        if (c == 'x') return append_code(2, 16, value);
        if (c == 'u') return append_code(4, 16, value);
        if (c == 'U') return append_code(8, 16, value);
        if (c >= '0' && c <= '7') return append_octal(c, value);
        if (c == 'N') return false;  // names of characters are not known here
        value += '\\';
        value += c;
        return true;
    }

    bool append_octal(char first, std::string& value) {
        std::uint32_t code = static_cast<std::uint32_t>(first - '0');
        for (int i = 0; i < 2 && !rest_.empty() && rest_.front() >= '0' && rest_.front() <= '7'; ++i) {
            code = code * 8 + static_cast<std::uint32_t>(rest_.front() - '0');
            rest_.remove_prefix(1);
        }
        append_utf8(code, value);
        return true;
    }

    bool append_code(std::size_t digits, std::uint32_t base, std::string& value) {
        if (rest_.size() < digits) return false;
        std::uint64_t code = 0;
        for (std::size_t i = 0; i < digits; ++i) {
            const char c = to_lower(rest_[i]);
            const bool is_hex = is_digit(c) || (c >= 'a' && c <= 'f');
            if (!is_hex) return false;
            code = code * base + static_cast<std::uint32_t>(is_digit(c) ? c - '0' : c - 'a' + 10);
        }
        const bool is_surrogate = code >= 0xD800 && code <= 0xDFFF;
        if (code > 0x10FFFF || is_surrogate) return false;
        rest_.remove_prefix(digits);
        append_utf8(static_cast<std::uint32_t>(code), value);
        return true;
    }

    /// Decimal numbers; underscores between digits are dropped.
    std::optional<std::string> read_number() {
        std::size_t size = rest_.starts_with('-') || rest_.starts_with('+') ? 1 : 0;
        const std::size_t first = size;
        while (size < rest_.size() && (is_digit(rest_[size]) || rest_[size] == '_' || rest_[size] == '.')) ++size;
        if (size == first || !is_digit(rest_[first]) || rest_[size - 1] == '_') return std::nullopt;
        if (size < rest_.size() && is_letter(rest_[size])) return std::nullopt;
        std::string number(rest_.substr(0, size));
        if (std::count(number.begin(), number.end(), '.') > 1) return std::nullopt;
        std::erase(number, '_');
        rest_.remove_prefix(size);
        return number;
    }

    std::optional<std::string> read_word() {
        constexpr std::array<std::pair<std::string_view, std::string_view>, 3> k_words{
            {{"True", "true"}, {"False", "false"}, {"None", ""}}};
        std::size_t size = 0;
        while (size < rest_.size() && (is_letter(rest_[size]) || is_digit(rest_[size]))) ++size;
        for (const auto& [word, meaning] : k_words) {
            if (rest_.substr(0, size) != word) continue;
            rest_.remove_prefix(size);
            return std::string(meaning);
        }
        return std::nullopt;
    }

    std::string_view rest_;
};

struct Assignment {
    std::string name;  ///< as written
    std::string value;
};

/// nullopt where the line is anything but NAME = literal.
std::optional<Assignment> read_assignment(std::string_view line) {
    std::size_t size = 0;
    while (size < line.size() && (is_letter(line[size]) || (size > 0 && is_digit(line[size])))) ++size;
    const auto behind = without_leading_blanks(line.substr(size));
    if (size == 0 || !behind.starts_with('=') || behind.starts_with("==")) return std::nullopt;
    auto value = Literal(without_leading_blanks(behind.substr(1))).read();
    if (!value) return std::nullopt;
    return Assignment{std::string(line.substr(0, size)), std::move(*value)};
}

/// The name that a line which could not be read assigns to; empty where it assigns to none.
std::string name_assigned(std::string_view line) {
    const auto sign = line.find('=');
    const auto name = trim(line.substr(0, sign));
    const bool is_name = sign != std::string_view::npos && !name.empty() &&
                         std::all_of(name.begin(), name.end(), [](char c) { return is_letter(c) || is_digit(c); });
    return is_name ? std::string(name) : std::string{};
}

class PythonReader {
public:
    explicit PythonReader(std::string file) {
        document_.file = std::move(file);
        section_.name = k_python_section;
        section_.line = 1;
    }

    void take_line(std::string_view line) {
        ++line_;
        if (line_ == 1 && line.starts_with(k_byte_order_mark)) line.remove_prefix(k_byte_order_mark.size());
        const auto text = without_leading_blanks(line);
        if (text.empty() || text.starts_with('#')) return;
        auto assignment = is_utf8(line) ? read_assignment(line) : std::nullopt;
        if (!assignment) {
            return warn(name_assigned(line),
                        "this line is not NAME = a text in quotes, a number, True, False or None; it is passed over "
                        "and never executed");
        }
        const auto name = to_lower(assignment->name);
        std::erase_if(section_.keys, [&](const IniKey& key) { return key.name == name; });
        IniKey key;
        key.name = name;
        key.value = std::move(assignment->value);
        key.line = line_;
        section_.keys.push_back(std::move(key));
    }

    void warn(std::string key, std::string message) {
        document_.problems.push_back({document_.file, line_, {}, std::move(key), std::move(message), false});
    }

    IniDocument finish() {
        if (!section_.keys.empty()) document_.sections.push_back(std::move(section_));
        return std::move(document_);
    }

private:
    IniDocument document_;
    IniSection section_;
    std::size_t line_ = 0;
};

}  // namespace

IniDocument parse_python_lines(std::string_view text, std::string file) {
    PythonReader reader(std::move(file));
    if (text.size() > k_most_settings_bytes) return reader.finish();
    for_each_line(text, [&](std::string_view line) { reader.take_line(line); });
    return reader.finish();
}

}  // namespace cordon::config
