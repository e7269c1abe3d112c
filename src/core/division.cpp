#include "core/division.hpp"

#include <utility>

#include <fmt/format.h>

#include "core/group_cover.hpp"
#include "core/pool_shares.hpp"
#include "core/whole_lists.hpp"

namespace cordon::core {
namespace {

/// How often covers that got no place are given up before the rest counts as none.
constexpr int k_most_rounds = 4;

/// Divides as often as it takes until all that covers something has a place.
class Divider {
public:
    Divider(std::span<const Contender> contenders, const Room& room, std::size_t headroom)
        : lists_(contenders, room),
          numbers_(contenders),
          covers_(lists_, numbers_),
          shareout_(lists_, room, headroom, numbers_) {}

    Division divide() {
        auto useless = lists_.of_another_kind();
        const auto wished = covers_.find(useless);
        auto division = divide_with(wished);
        if (!note_broken(division, wished, useless)) return told(std::move(division), wished);
        // Not all that covers gets a place. What gets one without any help of the group covers nearly always, since
        // what it covers only makes room; so that is found out first.
        auto apart = divide_with({});
        useless = lists_.of_another_kind();
        static_cast<void>(note_broken(apart, wished, useless));
        for (int round = 0; round < k_most_rounds; ++round) {
            const auto covers = covers_.find(useless);
            division = divide_with(covers);
            if (!note_broken(division, covers, useless)) return told(std::move(division), covers);
        }
        return apart;  // without the group nothing is left out for a cover that does not come
    }

private:
    Division divide_with(std::span<const GroupCover> covers) {
        auto standings = lists_.standings();
        auto division = lists_.blank();
        division.is_entangled = !covers.empty();
        for (const auto& [covered, by] : covers) {
            standings[covered.contender][covered.at] = Standing::covered;
            for (const std::size_t object : lists_.objects_of(covered.contender)) {
                auto& verdict = division.admissions[object].of[covered.at];
                if (verdict != Admission::elsewhere) verdict = Admission::covered;
            }
        }
        shareout_.divide(standings, division);
        return division;
    }

    /// Adds what `division` did not give a place to, or takes one from, of those that are `asked` to cover something.
    /// False where there is none.
    [[nodiscard]] bool note_broken(const Division& division, std::span<const GroupCover> asked,
                                   EntryFlags& useless) const {
        bool is_any = false;
        for (const auto& [covered, by] : asked) {
            const bool stays = lists_.standings()[by.contender][by.at] == Standing::foreign;
            if (stays || lists_.at(by.contender).is_held) continue;
            if (lists_.is_placed_alike(division, by.contender, by.at)) continue;
            useless[by.contender][by.at] = true;
            is_any = true;
        }
        return is_any;
    }

    /// Says what covers each covered entry.
    Division told(Division division, std::span<const GroupCover> covers) const {
        for (const auto& [covered, by] : covers) {
            const Contender& list = lists_.at(by.contender);
            for (const std::size_t object : lists_.objects_of(covered.contender)) {
                auto& verdicts = division.admissions[object];
                if (verdicts.of[covered.at] != Admission::covered) continue;
                verdicts.covered_by.emplace(covered.at,
                                            fmt::format("list '{}': {}", list.list, (*list.desired)[by.at].text));
            }
        }
        return division;
    }

    WholeLists lists_;
    TextNumbers numbers_;
    GroupCovers covers_;
    PoolShareout shareout_;
};

}  // namespace

Division divide_room(std::span<const Contender> contenders, const Room& room, std::size_t headroom) {
    return Divider(contenders, room, headroom).divide();
}

}  // namespace cordon::core
