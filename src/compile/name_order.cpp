#include "compile/name_order.hpp"

#include <algorithm>

namespace cordon::compile {
namespace {

/// '.' becomes the least of the bytes that hosts are made of, ('-' comes next); none becomes 0.
constexpr unsigned k_dot_first = 0x03;
constexpr std::uint64_t k_dots_first = 0x0303030303030303;

/// Of one host, what may cover comes first.
[[nodiscard]] std::uint64_t rank_of(core::EntryKind kind) noexcept {
    if (kind == core::EntryKind::dotted_host) return 1;
    return kind == core::EntryKind::url ? 3 : 2;
}

/// Eight bytes as a number, the last the most significant.
[[nodiscard]] std::uint64_t last_first(const char* bytes) noexcept {
    std::uint64_t number = 0;
    std::memcpy(&number, bytes, sizeof number);
    return number;
}

/// FamilyOrder's piece of a short host, or of one that ends right before it.
[[nodiscard]] std::uint64_t piece_by_byte(const NameRow& row, std::string_view host, std::size_t at) noexcept {
    std::uint64_t bytes = 0;
    for (std::size_t i = at; i < at + 8; ++i) {
        std::uint64_t byte = 0;
        if (i < host.size()) {
            byte = static_cast<unsigned char>(host[host.size() - 1 - i]) ^ k_dot_first;
        } else if (i == host.size() + 1) {
            byte = rank_of(row.kind());
        } else if (i > host.size() + 1 && i - 2 < row.size) {
            byte = static_cast<unsigned char>(row.text()[i - 2]);
        }
        bytes = bytes << 8U | byte;
    }
    return bytes;
}

}  // namespace

std::uint64_t RankOrder::piece(const NameRow& row, std::size_t number) noexcept {
    if (number > 0) return TextOrder::piece(row, number - 1);
    return static_cast<std::uint64_t>(std::ranges::count(row.text(), '.'));
}

std::uint64_t FamilyOrder::piece(const NameRow& row, std::size_t number) noexcept {
    if (number == 0) return row.key;
    const auto host = host_of(row);
    // Eight bytes of: the host backwards, 0, the rank, what follows the host.
    const std::size_t at = (number - 1) * 8;
    if (at >= host.size() + 2) return eight_bytes(row.text(), at - 2);
    if (at + 8 <= host.size()) return last_first(host.data() + host.size() - at - 8) ^ k_dots_first;
    if (at < host.size() && host.size() >= 8) {
        const auto left = static_cast<unsigned>(8 * (host.size() - at));  // bits of the host, 8 to 56
        const std::uint64_t start = (last_first(host.data()) ^ k_dots_first) << (64 - left);
        if (left > 48) return start;
        const std::uint64_t rest = left < 48 ? eight_bytes(row.text(), host.size()) >> (left + 16) : 0;
        return start | rank_of(row.kind()) << (48 - left) | rest;
    }
    return piece_by_byte(row, host, at);
}

}  // namespace cordon::compile
