#include "compile/name_row.hpp"

#include <algorithm>
#include <cstring>

#include "core/canonical.hpp"

namespace cordon::compile {

std::string_view host_of(const NameRow& row) noexcept {
    return row.kind() == core::EntryKind::url ? core::host_of(row.text()) : row.text();
}

std::string_view TextStore::keep(std::string_view text) {
    if (text.empty()) return {};
    if (room_ < text.size()) {
        room_ = std::max(k_block, text.size());
        blocks_.push_back(std::make_unique_for_overwrite<char[]>(room_));
        end_ = blocks_.back().get();
    }
    char* const kept = end_;
    std::memcpy(kept, text.data(), text.size());
    end_ += text.size();
    room_ -= text.size();
    return {kept, text.size()};
}

}  // namespace cordon::compile
