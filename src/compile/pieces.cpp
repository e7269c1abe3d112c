#include "compile/pieces.hpp"

#include <algorithm>
#include <cstddef>

#include "core/list_line.hpp"

namespace cordon::compile {
namespace {

constexpr std::size_t k_piece = std::size_t{1} << 20U;
constexpr std::size_t k_pieces_a_block = 128;

}  // namespace

std::vector<std::vector<std::string_view>> blocks_of(const std::vector<std::string_view>& lists) {
    std::vector<std::vector<std::string_view>> blocks;
    for (const std::string_view list : lists) {
        for (auto rest = core::without_byte_order_mark(list); !rest.empty();) {
            const auto end = rest.size() <= k_piece ? std::string_view::npos : rest.find('\n', k_piece);
            const auto piece = rest.substr(0, end == std::string_view::npos ? end : end + 1);
            rest.remove_prefix(piece.size());
            if (blocks.empty() || blocks.back().size() == k_pieces_a_block) blocks.emplace_back();
            blocks.back().push_back(piece);
        }
    }
    return blocks;
}

std::size_t lines_in(std::string_view piece) noexcept {
    const auto sample = piece.substr(0, 4096);
    const auto ends = static_cast<std::size_t>(std::ranges::count(sample, '\n'));
    return ends * piece.size() / std::max<std::size_t>(1, sample.size()) * 17 / 16 + 1;
}

}  // namespace cordon::compile
