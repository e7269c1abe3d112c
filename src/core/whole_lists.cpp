#include "core/whole_lists.hpp"

#include <algorithm>
#include <utility>

namespace cordon::core {

WholeLists::WholeLists(std::span<const Contender> contenders, const Room& room)
    : contenders_(contenders),
      room_(room),
      objects_(contenders.size()),
      standings_(contenders.size()),
      owner_of_(contenders.size()),
      may_exist_(contenders.size(), true) {
    for (std::size_t i = 0; i < contenders_.size(); ++i) objects_[contenders_[i].continues.value_or(i)].push_back(i);
    blank_.admissions.resize(contenders_.size());
    for (std::size_t head = 0; head < contenders_.size(); ++head) {
        if (is_head(head) && contenders_[head].desired != nullptr) stand(head);
    }
    limit_categories(room.categories);
}

void WholeLists::stand(std::size_t head) {
    standings_[head] = contenders_[head].weighed->standings;
    for (const std::size_t object : objects_[head]) {
        auto& verdicts = blank_.admissions[object];
        verdicts.is_continuation = object != head;
        verdicts.of.assign(contenders_[head].desired->size(),
                           object == head ? Admission::over_cap : Admission::elsewhere);
    }
    if (objects_[head].size() > 1) stand_as_one(head);
}

void WholeLists::stand_as_one(std::size_t head) {
    const auto& objects = objects_[head];
    std::vector<const Weighed*> parts;
    for (const std::size_t object : objects) parts.push_back(contenders_[object].weighed);
    auto together = stand_together(parts);
    standings_[head] = std::move(together.standings);
    auto& owner = owner_of_[head];
    owner.assign(together.holder.size(), k_nobody);
    for (std::size_t at = 0; at < owner.size(); ++at) {
        if (together.holder[at] == Together::k_nobody) continue;
        owner[at] = objects[together.holder[at]];
        for (const std::size_t object : objects) {
            blank_.admissions[object].of[at] = object == owner[at] ? Admission::over_cap : Admission::elsewhere;
        }
    }
}

/// New categories go to the lists of the highest priority first.
void WholeLists::limit_categories(std::size_t most) {
    std::vector<std::size_t> wanting;
    for (std::size_t i = 0; i < contenders_.size(); ++i) {
        const Contender& contender = contenders_[i];
        if (contender.target != TargetKind::url_category || contender.exists || !has_wishes(contender)) continue;
        wanting.push_back(i);
    }
    // The category beside an IP group, which may not be needed at all, comes after what a list begins with.
    std::stable_sort(wanting.begin(), wanting.end(), [this](std::size_t a, std::size_t b) {
        if (is_head(a) != is_head(b)) return is_head(a);
        return contenders_[a].priority > contenders_[b].priority;
    });
    for (std::size_t i = most; i < wanting.size(); ++i) may_exist_[wanting[i]] = false;
}

Places WholeLists::limit_of(std::size_t object) const {
    const Contender& contender = contenders_[object];
    Room own = room_;
    own.urls.reset();
    own.addresses.reset();
    own.names.reset();
    own.categories = may_exist_[object] ? 1 : 0;
    return places_for(contender.target, contender.exists, contender.weighed->taken, *contender.policy, own);
}

bool WholeLists::is_placed(const Division& division, std::size_t head, std::uint32_t at) const {
    return std::ranges::any_of(
        objects_[head], [&](std::size_t object) { return division.admissions[object].of[at] == Admission::admitted; });
}

bool WholeLists::is_placed_alike(const Division& division, std::size_t head, std::uint32_t at) const {
    return std::ranges::any_of(objects_[head], [&](std::size_t object) {
        return contenders_[object].target == contenders_[head].target &&
               division.admissions[object].of[at] == Admission::admitted;
    });
}

EntryFlags WholeLists::of_another_kind() const {
    EntryFlags flags;
    for (const auto& standings : standings_) flags.emplace_back(standings.size(), false);
    for (std::size_t head = 0; head < owner_of_.size(); ++head) {
        for (std::size_t at = 0; at < owner_of_[head].size(); ++at) {
            const auto owner = owner_of_[head][at];
            flags[head][at] = owner != k_nobody && contenders_[owner].target != contenders_[head].target;
        }
    }
    return flags;
}

}  // namespace cordon::core
