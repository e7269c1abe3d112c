#pragma once

#include <cstddef>
#include <string_view>

namespace cordon::core {

/// The lines of a plain list, one after another, without line ends (LF or CRLF) and without a UTF-8 byte
/// order mark. Views into the text.
class LineReader {
public:
    explicit LineReader(std::string_view text) noexcept;
    /// False at the end; an unterminated last line counts.
    [[nodiscard]] bool next(std::string_view& line) noexcept;
    /// Of the line last given, from 1.
    [[nodiscard]] std::size_t line_number() const noexcept { return number_; }

private:
    std::string_view rest_;
    std::size_t number_ = 0;
};

/// Takes the next line off `rest`, without its end (LF or CRLF).
[[nodiscard]] std::string_view take_line(std::string_view& rest) noexcept;

/// `text` without the UTF-8 byte order mark at its start.
[[nodiscard]] std::string_view without_byte_order_mark(std::string_view text) noexcept;

/// What a line of a plain list says: trimmed, without comment ("# …", "; …", or white space and "#"
/// behind a value) and without a second column behind a tab. Empty where it says nothing.
/// For a hosts-file line ("0.0.0.0 name name") see hosts_names.
[[nodiscard]] std::string_view value_of_line(std::string_view line) noexcept;

/// The names of a hosts-file line that points them at nowhere (0.0.0.0, 127.0.0.1, ::, ::1), separated by
/// white space; empty where `line` (without comment) is no such line.
[[nodiscard]] std::string_view hosts_names(std::string_view line) noexcept;

/// `line` without its comment, trimmed.
[[nodiscard]] std::string_view without_comment(std::string_view line) noexcept;

/// Takes the next word off `words`; empty at the end.
[[nodiscard]] std::string_view take_word(std::string_view& words) noexcept;

}  // namespace cordon::core
