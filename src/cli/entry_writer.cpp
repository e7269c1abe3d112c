#include "cli/entry_writer.hpp"

#include <ostream>
#include <string>

namespace cordon::cli {
namespace {

constexpr std::size_t k_piece_bytes = std::size_t{1} << 20U;

/// Gathers text and hands it on in large pieces: a list has up to millions of short lines.
class PieceWriter {
public:
    explicit PieceWriter(std::ostream& out) : out_(out) { piece_.reserve(k_piece_bytes + 4096); }
    ~PieceWriter() { hand_on(); }
    PieceWriter(const PieceWriter&) = delete;
    PieceWriter& operator=(const PieceWriter&) = delete;

    void put(char c) { piece_.push_back(c); }
    void put(std::string_view text) {
        piece_.append(text);
        if (piece_.size() >= k_piece_bytes) hand_on();
    }

private:
    void hand_on() {
        out_.write(piece_.data(), static_cast<std::streamsize>(piece_.size()));
        piece_.clear();
    }
    std::ostream& out_;
    std::string piece_;
};

/// RFC 4180, section 2, rules 5 to 7.
void put_csv_field(PieceWriter& writer, std::string_view text) {
    if (text.find_first_of("\",\r\n") == std::string_view::npos) {
        writer.put(text);
        return;
    }
    writer.put('"');
    for (const char c : text) {
        if (c == '"') writer.put('"');
        writer.put(c);
    }
    writer.put('"');
}

/// RFC 8259, section 7; canonical entries are ASCII.
void put_json_string(PieceWriter& writer, std::string_view text) {
    constexpr std::string_view k_digits = "0123456789abcdef";
    writer.put('"');
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte < 0x20U) {
            writer.put("\\u00");
            writer.put(k_digits[byte >> 4U]);
            writer.put(k_digits[byte & 0xFU]);
            continue;
        }
        if (c == '"' || c == '\\') writer.put('\\');
        writer.put(c);
    }
    writer.put('"');
}

void put_zia_body(PieceWriter& writer, std::span<const std::string_view> entries, core::TargetKind target) {
    writer.put(target == core::TargetKind::ipv4_group ? "{\"addresses\":[" : "{\"urls\":[");
    bool is_first = true;
    for (const std::string_view entry : entries) {
        writer.put(is_first ? "\n" : ",\n");
        put_json_string(writer, entry);
        is_first = false;
    }
    writer.put("\n]}\n");
}

}  // namespace

void write_entries(std::ostream& out, std::span<const std::string_view> entries, CompileFormat format,
                   core::TargetKind target) {
    PieceWriter writer(out);
    if (format == CompileFormat::zia) {
        put_zia_body(writer, entries, target);
        return;
    }
    if (format == CompileFormat::csv) writer.put("entry\n");
    for (const std::string_view entry : entries) {
        if (format == CompileFormat::csv) {
            put_csv_field(writer, entry);
        } else {
            writer.put(entry);
        }
        writer.put("\n");
    }
}

}  // namespace cordon::cli
