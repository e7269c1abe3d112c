#include "core/group_cover.hpp"

#include <map>
#include <string>

#include "core/cover.hpp"
#include "core/text_index.hpp"

namespace cordon::core {
namespace {

/// Lists whose entries mean the same.
struct Kin {
    std::string group;
    bool is_addresses = false;
    auto operator<=>(const Kin&) const = default;
};

/// The entries of one set of kindred lists, each text once.
class KindredEntries {
public:
    KindredEntries(std::span<const Contender> contenders, std::span<const std::vector<Standing>> standings,
                   const std::set<EntryAt>& useless)
        : contenders_(contenders), standings_(standings), useless_(useless) {}

    void add(std::uint32_t contender) {
        const Contender& list = contenders_[contender];
        for (std::uint32_t at = 0; at < list.desired->size(); ++at) {
            const EntryAt here{contender, at};
            const Standing standing = standing_of(here);
            if (!wants_place(standing) && !is_present(standing)) continue;
            const DesiredEntry entry = (*list.desired)[at];
            const auto [found, is_new] = index_.try_emplace(entry.text, static_cast<std::uint32_t>(entries_.size()));
            if (is_new) {
                entries_.push_back({entry.text, entry.kind});
                holders_.emplace_back();
            }
            holders_[found->second].push_back(here);
        }
    }

    void find(TargetKind target, std::vector<GroupCover>& covers) const {
        const auto by_text = find_covers(target, entries_);
        for (std::size_t i = 0; i < entries_.size(); ++i) {
            for (const EntryAt& entry : holders_[i]) {
                if (by_text[i] != k_not_covered) note(entry, holders_[by_text[i]], covers);
            }
            if (target == TargetKind::ipv4_group && by_text[i] == k_not_covered) note_twins(holders_[i], covers);
        }
    }

private:
    [[nodiscard]] Standing standing_of(EntryAt entry) const { return standings_[entry.contender][entry.at]; }

    [[nodiscard]] bool may_cover(EntryAt cover, EntryAt entry) const {
        if (cover.contender == entry.contender || useless_.contains(cover)) return false;
        if (contenders_[cover.contender].is_held && !is_present(standing_of(cover))) return false;
        return standing_of(entry) != Standing::ours || is_present(standing_of(cover));
    }

    void note(EntryAt entry, const std::vector<EntryAt>& candidates, std::vector<GroupCover>& covers) const {
        if (!wants_place(standing_of(entry)) || contenders_[entry.contender].is_held) return;
        if ((*contenders_[entry.contender].desired)[entry.at].is_pinned) return;
        for (const EntryAt& cover : candidates) {
            if (!may_cover(cover, entry)) continue;
            covers.push_back({entry, cover});
            return;
        }
    }

    /// The first one that is there stays; else the first.
    void note_twins(const std::vector<EntryAt>& twins, std::vector<GroupCover>& covers) const {
        if (twins.size() < 2) return;
        EntryAt stays = twins.front();
        for (const EntryAt& twin : twins) {
            if (!is_present(standing_of(twin))) continue;
            stays = twin;
            break;
        }
        for (const EntryAt& twin : twins) {
            if (twin != stays) note(twin, {stays}, covers);
        }
    }

    std::span<const Contender> contenders_;
    std::span<const std::vector<Standing>> standings_;
    const std::set<EntryAt>& useless_;
    std::vector<Coverable> entries_;
    std::vector<std::vector<EntryAt>> holders_;  // parallel
    TextIndex index_;
};

}  // namespace

std::vector<GroupCover> find_group_covers(std::span<const Contender> contenders,
                                          std::span<const std::vector<Standing>> standings,
                                          const std::set<EntryAt>& useless) {
    std::map<Kin, std::vector<std::uint32_t>> families;
    for (std::uint32_t i = 0; i < contenders.size(); ++i) {
        const Contender& list = contenders[i];
        const bool is_alike = shares_url_quota(list.target) || list.target == TargetKind::ipv4_group;
        if (list.group.empty() || list.desired == nullptr || list.continues || !is_alike) continue;
        families[{list.group, list.target == TargetKind::ipv4_group}].push_back(i);
    }
    std::vector<GroupCover> covers;
    for (const auto& [kin, members] : families) {
        if (members.size() < 2) continue;
        KindredEntries entries(contenders, standings, useless);
        for (const std::uint32_t member : members) entries.add(member);
        entries.find(contenders[members.front()].target, covers);
    }
    return covers;
}

}  // namespace cordon::core
