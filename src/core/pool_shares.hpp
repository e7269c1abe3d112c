#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "core/pool.hpp"
#include "core/whole_lists.hpp"

namespace cordon::core {

/// The three kinds of room, in the order in which they are divided: what an IP group cannot take may go to a category.
enum class PoolKind : std::uint8_t { addresses, names, urls };
inline constexpr std::array k_pools{PoolKind::addresses, PoolKind::names, PoolKind::urls};

/// Divides the pools among the lists, as often as it is asked for other standings. What does not depend on these is
/// found out once, when a pool first turns out to be scarce.
class PoolShareout {
public:
    /// Holds views of all of them.
    PoolShareout(const WholeLists& lists, const Room& room, std::size_t headroom, TextNumbers& numbers)
        : lists_(lists), room_(room), headroom_(headroom), numbers_(numbers) {}

    /// `standings`: as of `lists`, less what is covered. `division`: blank but for what is covered; gets the verdicts
    /// and the shares.
    void divide(const std::vector<std::vector<Standing>>& standings, Division& division);

private:
    class Round;

    /// What lies in one pool and in what order it is given away.
    struct Stock {
        std::size_t ours = 0;           ///< different ones that may go
        std::vector<PoolPlace> places;  ///< by number, of URLs that some list wishes
        std::vector<PoolTurn> turns;
    };

    [[nodiscard]] const Stock& stock_of(PoolKind pool);
    [[nodiscard]] Stock find_stock(PoolKind pool);
    void count_once(Stock& stock);
    static void number_by_turn(Stock& stock);
    [[nodiscard]] std::size_t ours_in_urls() const;

    const WholeLists& lists_;
    const Room& room_;
    std::size_t headroom_;
    TextNumbers& numbers_;
    std::array<std::optional<Stock>, k_pools.size()> stocks_;
};

}  // namespace cordon::core
