#pragma once

#include <algorithm>
#include <cstddef>
#include <span>

#include "compile/name_order.hpp"
#include "compile/name_row.hpp"
#include "compile/spread.hpp"

namespace cordon::compile {

/// Asks for texts before they are needed: rows in an order of theirs point anywhere.
inline void ask_for_text(std::span<const NameRow> rows, std::size_t at) noexcept {
    constexpr std::size_t k_ahead = 16;
    if (at + k_ahead >= rows.size()) return;
    const auto text = rows[at + k_ahead].text();
    __builtin_prefetch(text.data());
    __builtin_prefetch(text.data() + text.size() - 1);
}

/// Whether `a` comes before `b`, whose pieces before `number` are equal to its own.
template <class Order>
[[nodiscard]] bool comes_before(const NameRow& a, const NameRow& b, std::size_t number) noexcept {
    const std::size_t pieces = std::max(Order::pieces(a), Order::pieces(b));
    for (; number < pieces; ++number) {
        const auto of_a = Order::piece(a, number);
        const auto of_b = Order::piece(b, number);
        if (of_a != of_b) return of_a < of_b;
    }
    return false;
}

template <class Order>
void insert_from_piece(std::span<NameRow> rows, std::size_t number) noexcept {
    for (std::size_t i = 1; i < rows.size(); ++i) {
        const NameRow row = rows[i];
        std::size_t place = i;
        for (; place > 0 && comes_before<Order>(row, rows[place - 1], number); --place) rows[place] = rows[place - 1];
        rows[place] = row;
    }
}

/// Sorts rows whose pieces before `number` are equal; their keys are used up.
template <class Order>
void sort_from_piece(std::span<NameRow> rows, std::size_t number) {  // NOLINT(misc-no-recursion): a piece a level
    constexpr std::size_t k_few = 8;
    if (rows.size() <= k_few) {
        insert_from_piece<Order>(rows, number);
        return;
    }
    bool has_more = false;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        ask_for_text(rows, i);
        rows[i].key = Order::piece(rows[i], number);
        has_more = has_more || number + 1 < Order::pieces(rows[i]);
    }
    sort_by_key(rows);
    if (!has_more) return;
    for_each_run(rows, [number](std::span<NameRow> run) {
        if (run.size() > 1) sort_from_piece<Order>(run, number + 1);
    });
}

/// Sorts rows whose keys are their first pieces: only where these are equal are texts looked at, for the next eight
/// bytes, and so on.
template <class Order>
void sort_rows(std::span<NameRow> rows) {
    sort_by_key(rows);
    for_each_run(rows, [](std::span<NameRow> run) {
        if (run.size() > 1) sort_from_piece<Order>(run, 1);
    });
}

}  // namespace cordon::compile
