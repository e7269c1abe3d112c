#include "cli/entry_writer.hpp"

#include <algorithm>
#include <atomic>
#include <exception>
#include <ostream>
#include <string>
#include <string_view>

namespace cordon::cli {
namespace {

using compile::CompiledList;

constexpr std::size_t k_entries_a_piece = 16'384;

/// RFC 4180, section 2, rules 5 to 7.
void put_csv_field(std::string_view text, std::string& piece) {
    if (text.find_first_of("\",\r\n") == std::string_view::npos) {
        piece.append(text);
        return;
    }
    piece.push_back('"');
    for (const char c : text) {
        if (c == '"') piece.push_back('"');
        piece.push_back(c);
    }
    piece.push_back('"');
}

/// RFC 8259, section 7; canonical entries are ASCII.
void put_json_string(std::string_view text, std::string& piece) {
    constexpr std::string_view k_digits = "0123456789abcdef";
    piece.push_back('"');
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte < 0x20U) {
            piece.append("\\u00");
            piece.push_back(k_digits[byte >> 4U]);
            piece.push_back(k_digits[byte & 0xFU]);
            continue;
        }
        if (c == '"' || c == '\\') piece.push_back('\\');
        piece.push_back(c);
    }
    piece.push_back('"');
}

/// Entries `begin` to `end` as the format wants them.
[[nodiscard]] std::string piece_of(const CompiledList& list, std::size_t begin, std::size_t end, CompileFormat format) {
    std::string lines;
    list.append_lines(begin, end, lines);
    if (format == CompileFormat::plain) return lines;
    std::string piece;
    for (std::string_view rest = lines; !rest.empty();) {
        const auto text = rest.substr(0, rest.find('\n'));
        rest.remove_prefix(text.size() + 1);
        if (format == CompileFormat::csv) {
            put_csv_field(text, piece);
            piece.push_back('\n');
        } else {
            piece.append(piece.empty() && begin == 0 ? "\n" : ",\n");
            put_json_string(text, piece);
        }
    }
    return piece;
}

/// Tasks take turns in the order in which they were begun, also when one fails.
class Turn {
public:
    Turn(std::atomic<std::size_t>& now, std::size_t mine) : now_(now) {
        for (std::size_t turn = now; turn != mine; turn = now) now.wait(turn);
    }
    ~Turn() {
        ++now_;
        now_.notify_all();
    }
    Turn(const Turn&) = delete;
    Turn& operator=(const Turn&) = delete;

private:
    std::atomic<std::size_t>& now_;
};

void write_pieces(std::ostream& out, const CompiledList& list, CompileFormat format, const Workers& workers) {
    std::atomic<std::size_t> turn{0};
    workers.each((list.size() + k_entries_a_piece - 1) / k_entries_a_piece, [&](std::size_t number) {
        const std::size_t begin = number * k_entries_a_piece;
        std::string piece;
        std::exception_ptr failure;
        try {
            piece = piece_of(list, begin, std::min(begin + k_entries_a_piece, list.size()), format);
        } catch (...) {
            failure = std::current_exception();
        }
        const Turn mine(turn, number);
        if (failure) std::rethrow_exception(failure);
        out.write(piece.data(), static_cast<std::streamsize>(piece.size()));
    });
}

}  // namespace

void write_entries(std::ostream& out, const CompiledList& list, CompileFormat format, core::TargetKind target,
                   const Workers& workers) {
    if (format == CompileFormat::csv) out << "entry\n";
    if (format == CompileFormat::zia)
        out << (target == core::TargetKind::ipv4_group ? "{\"addresses\":[" : "{\"urls\":[");
    write_pieces(out, list, format, workers);
    if (format == CompileFormat::zia) out << "\n]}\n";
}

}  // namespace cordon::cli
