#include "core/indicator_mirror.hpp"

#include "base/text.hpp"

namespace cordon::core {
namespace {

constexpr std::array<const char*, k_confidence_count> k_confidence_names = {"unverified", "low", "medium", "high"};

}  // namespace

const char* name_of(Confidence confidence) noexcept {
    return k_confidence_names[static_cast<std::size_t>(confidence)];
}

std::optional<Confidence> confidence_named(std::string_view name) noexcept {
    for (std::size_t i = 0; i < k_confidence_count; ++i) {
        if (equals_ignoring_case(name, k_confidence_names[i])) return static_cast<Confidence>(i);
    }
    return std::nullopt;
}

void MirrorRows::append(const MirrorRow& row) {
    rows_.push_back({text_.size(), static_cast<std::uint32_t>(row.value.size()),
                     static_cast<std::uint32_t>(row.marker.size()), static_cast<std::uint32_t>(row.tags.size()),
                     row.last_updated, row.confidence, row.is_deleted});
    text_ += row.value;
    text_ += row.marker;
    text_ += row.tags;
}

MirrorRow MirrorRows::operator[](std::size_t index) const noexcept {
    const auto& row = rows_[index];
    const std::string_view text = std::string_view(text_).substr(row.at);
    return {text.substr(0, row.value_size),
            text.substr(row.value_size, row.marker_size),
            row.last_updated,
            row.confidence,
            text.substr(row.value_size + row.marker_size, row.tags_size),
            row.is_deleted};
}

void MirrorRows::mark_deleted() noexcept {
    for (auto& row : rows_) row.is_deleted = true;
}

void MirrorRows::truncate(std::size_t size) {
    if (size >= rows_.size()) return;
    text_.resize(rows_[size].at);
    rows_.resize(size);
}

}  // namespace cordon::core
