#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <boost/sort/pdqsort/pdqsort.hpp>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "base/large_array.hpp"
#include "base/workers.hpp"

namespace cordon::compile {

/// Sorting large arrays in two steps: rows are spread over ranges of keys that fit a processor's cache, then each range
/// is sorted by itself, by any thread. Ranges are alike in size whatever the keys are, where their bounds come
/// from samples, and nothing depends on the number of threads. A `Row` is trivially copied and has a `std::uint64_t
/// key`.

/// Rows in ranges: those of one range have lower keys than those of the next, and equal keys lie in one.
template <class Row>
struct Ranges {
    LargeArray<Row> array;
    std::vector<std::size_t> ends;  // of the ranges; the first begins at 0

    [[nodiscard]] std::size_t count() const noexcept { return ends.size(); }
    [[nodiscard]] std::size_t size() const noexcept { return array.size(); }
    [[nodiscard]] std::span<Row> rows() const noexcept { return array.items(); }
    [[nodiscard]] std::span<Row> range(std::size_t number) const noexcept {
        const std::size_t begin = number == 0 ? 0 : ends[number - 1];
        return rows().subspan(begin, ends[number] - begin);
    }
};

/// Rows that lie anywhere.
template <class Row>
using Pieces = std::vector<std::span<const Row>>;

template <class Row>
[[nodiscard]] std::size_t rows_in(const Pieces<Row>& pieces) noexcept {
    std::size_t rows = 0;
    for (const auto& piece : pieces) rows += piece.size();
    return rows;
}

namespace detail {

inline constexpr std::size_t k_rows_a_range = 8192;  // 128 KiB of names: fits a second-level cache
inline constexpr std::size_t k_most_ranges = 1024;
inline constexpr std::size_t k_samples_a_range = 16;

inline constexpr std::size_t k_keys = 8;  // looked at side by side
using Keys = std::array<std::uint64_t, k_keys>;
using RangeNumbers = std::array<std::size_t, k_keys>;

/// How many ranges, a power of two.
template <class Row>
[[nodiscard]] std::size_t range_count(const Pieces<Row>& pieces) noexcept {
    return std::min(k_most_ranges, std::bit_ceil(rows_in(pieces) / k_rows_a_range + 1));
}

}  // namespace detail

/// Bounds from samples, one less than there are ranges: a range holds what is not below the bound before it.
class SampledBounds {
public:
    template <class Row>
    explicit SampledBounds(const Pieces<Row>& pieces) {
        const std::size_t ranges = detail::range_count(pieces);
        const std::size_t step = std::max<std::size_t>(1, rows_in(pieces) / (ranges * detail::k_samples_a_range));
        std::vector<std::uint64_t> samples;
        std::size_t skip = step / 2;
        for (const auto& piece : pieces) {
            for (; skip < piece.size(); skip += step) samples.push_back(piece[skip].key);
            skip -= piece.size();
        }
        std::ranges::sort(samples);
        for (std::size_t i = 1; i < ranges; ++i) bounds_.push_back(samples[i * samples.size() / ranges]);
    }

    [[nodiscard]] std::size_t range_count() const noexcept { return bounds_.size() + 1; }
    /// For each key how many bounds are not above it. No branch to guess, and the searches of several keys go on side
    /// by side: each waits for memory at every step.
    [[nodiscard]] detail::RangeNumbers ranges_of(const detail::Keys& keys) const noexcept {
        detail::RangeNumbers below{};
        for (std::size_t half = range_count() / 2; half > 0; half /= 2) {
            const std::uint64_t* const bound = bounds_.data() + half - 1;
            for (std::size_t i = 0; i < detail::k_keys; ++i) {
                below[i] += half * static_cast<std::size_t>(bound[below[i]] <= keys[i]);
            }
        }
        return below;
    }

private:
    std::vector<std::uint64_t> bounds_;
};

/// For keys that are hashes, each as likely as another: their first bits tell the range.
class HashBounds {
public:
    template <class Row>
    explicit HashBounds(const Pieces<Row>& pieces)
        : bits_(static_cast<unsigned>(std::countr_zero(detail::range_count(pieces)))) {}

    [[nodiscard]] std::size_t range_count() const noexcept { return std::size_t{1} << bits_; }
    [[nodiscard]] detail::RangeNumbers ranges_of(const detail::Keys& keys) const noexcept {
        detail::RangeNumbers ranges{};
        for (std::size_t i = 0; i < detail::k_keys; ++i) ranges[i] = keys[i] >> 1U >> (63U - bits_);
        return ranges;
    }

private:
    unsigned bits_;
};

namespace detail {

/// The range of each row, and how many rows each range has.
struct Choices {
    std::vector<std::uint16_t> of_row;
    std::vector<std::size_t> counts;
};

template <class Row, class Bounds>
[[nodiscard]] Choices choose(std::span<const Row> rows, const Bounds& bounds) {
    Choices choices{{}, std::vector<std::size_t>(bounds.range_count())};
    choices.of_row.resize(rows.size());
    for (std::size_t begin = 0; begin < rows.size(); begin += k_keys) {
        const std::size_t count = std::min(k_keys, rows.size() - begin);
        Keys keys{};
        for (std::size_t i = 0; i < count; ++i) keys[i] = rows[begin + i].key;
        const auto ranges = bounds.ranges_of(keys);
        for (std::size_t i = 0; i < count; ++i) {
            choices.of_row[begin + i] = static_cast<std::uint16_t>(ranges[i]);
            ++choices.counts[ranges[i]];
        }
    }
    return choices;
}

}  // namespace detail

/// All rows of `pieces`, by key; SampledBounds do for any keys.
template <class Bounds, class Row>
[[nodiscard]] Ranges<Row> spread(const Pieces<Row>& pieces, const Workers& workers) {
    const Bounds bounds(pieces);
    std::vector<detail::Choices> choices(pieces.size());
    workers.each(pieces.size(), [&](std::size_t i) { choices[i] = detail::choose(pieces[i], bounds); });
    Ranges<Row> spread{LargeArray<Row>(rows_in(pieces)), {}};
    const auto rows = spread.rows();
    std::size_t place = 0;
    for (std::size_t range = 0; range < bounds.range_count(); ++range) {
        for (auto& of_piece : choices) place += std::exchange(of_piece.counts[range], place);
        spread.ends.push_back(place);
    }
    workers.each(pieces.size(), [&](std::size_t i) {
        auto [of_row, places] = std::move(choices[i]);
        for (std::size_t row = 0; row < of_row.size(); ++row) rows[places[of_row[row]]++] = pieces[i][row];
    });
    return spread;
}

template <class Row>
void sort_by_key(std::span<Row> rows) {
    boost::sort::pdqsort_branchless(rows.begin(), rows.end(), [](const Row& a, const Row& b) { return a.key < b.key; });
}

/// Calls `visit` with the rows of each key.
template <class Row, class Visit>
void for_each_run(std::span<Row> rows, Visit visit) {
    for (std::size_t begin = 0, end = 0; begin < rows.size(); begin = end) {
        for (end = begin + 1; end < rows.size() && rows[end].key == rows[begin].key;) ++end;
        visit(rows.subspan(begin, end - begin));
    }
}

}  // namespace cordon::compile
