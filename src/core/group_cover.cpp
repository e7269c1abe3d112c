#include "core/group_cover.hpp"

#include <map>
#include <string>

#include "core/cover.hpp"

namespace cordon::core {
namespace {

/// Lists whose entries mean the same.
struct Kin {
    std::string group;
    bool is_addresses = false;
    auto operator<=>(const Kin&) const = default;
};

bool is_set(const EntryFlags& flags, EntryAt entry) {
    return entry.contender < flags.size() && entry.at < flags[entry.contender].size() &&
           flags[entry.contender][entry.at];
}

}  // namespace

/// The entries of one set of kindred lists, each text once.
class GroupCovers::Family {
public:
    Family(const WholeLists& lists, const std::vector<std::uint32_t>& members, TextNumbers& numbers)
        : contenders_(lists.contenders()), standings_(lists.standings()), target_(lists.at(members.front()).target) {
        std::size_t most = 0;
        for (const std::uint32_t member : members) most += contenders_[member].desired->size();
        entries_.reserve(most);
        first_.reserve(most);
        last_.reserve(most);
        holders_.reserve(most);
        std::vector<std::uint32_t> entry_of;
        for (const std::uint32_t member : members) add(member, numbers, entry_of);
        by_text_ = find_covers(target_, entries_);
        for (std::uint32_t i = 0; i < entries_.size(); ++i) {
            const bool has_twins = target_ == TargetKind::ipv4_group && first_[i] != last_[i];
            if (by_text_[i] != k_not_covered || has_twins) blocked_twice_.push_back(i);
        }
    }

    void find(const EntryFlags& useless, std::vector<GroupCover>& covers) const {
        std::vector<EntryAt> twins;
        for (const std::uint32_t i : blocked_twice_) {
            if (by_text_[i] != k_not_covered) {
                each_holder(i, [&](EntryAt entry) { note(entry, by_text_[i], useless, covers); });
            } else {
                twins.clear();
                each_holder(i, [&](EntryAt entry) { twins.push_back(entry); });
                note_twins(twins, useless, covers);
            }
        }
    }

private:
    static constexpr std::uint32_t k_last = UINT32_MAX;
    static constexpr std::uint32_t k_no_entry = UINT32_MAX;
    /// One place where a text is wanted or lies, and the next one.
    struct Holder {
        EntryAt entry;
        std::uint32_t next = k_last;
    };

    /// `entry_of`: by the number of the text.
    void add(std::uint32_t contender, TextNumbers& numbers, std::vector<std::uint32_t>& entry_of) {
        const Contender& list = contenders_[contender];
        const auto& numbers_here = numbers.of(contender);
        entry_of.resize(numbers.size(), k_no_entry);
        for (std::uint32_t at = 0; at < list.desired->size(); ++at) {
            const EntryAt here{contender, at};
            const Standing standing = standing_of(here);
            if (!wants_place(standing) && !is_present(standing)) continue;
            const auto holder = static_cast<std::uint32_t>(holders_.size());
            holders_.push_back({here});
            auto& found = entry_of[numbers_here[at]];
            if (found == k_no_entry) {
                found = static_cast<std::uint32_t>(entries_.size());
                const DesiredEntry entry = (*list.desired)[at];
                entries_.push_back({entry.text, entry.kind});
                first_.push_back(holder);
                last_.push_back(holder);
            } else {
                holders_[last_[found]].next = holder;
                last_[found] = holder;
            }
        }
    }

    template <class Visit>
    void each_holder(std::size_t entry, const Visit& visit) const {
        for (auto i = first_[entry]; i != k_last; i = holders_[i].next) visit(holders_[i].entry);
    }

    [[nodiscard]] Standing standing_of(EntryAt entry) const { return standings_[entry.contender][entry.at]; }

    [[nodiscard]] bool may_cover(EntryAt cover, EntryAt entry, const EntryFlags& useless) const {
        if (cover.contender == entry.contender || is_set(useless, cover)) return false;
        if (standing_of(cover) == Standing::awaiting) return false;  // it does not come in this run
        if (contenders_[cover.contender].is_held && !is_present(standing_of(cover))) return false;
        return standing_of(entry) != Standing::ours || is_present(standing_of(cover));
    }

    [[nodiscard]] bool may_be_covered(EntryAt entry) const {
        if (!wants_place(standing_of(entry)) || contenders_[entry.contender].is_held) return false;
        return !(*contenders_[entry.contender].desired)[entry.at].is_pinned;
    }

    /// By the first of those that hold the covering text.
    void note(EntryAt entry, std::uint32_t by_text, const EntryFlags& useless, std::vector<GroupCover>& covers) const {
        if (!may_be_covered(entry)) return;
        for (auto i = first_[by_text]; i != k_last; i = holders_[i].next) {
            if (!may_cover(holders_[i].entry, entry, useless)) continue;
            covers.push_back({entry, holders_[i].entry});
            return;
        }
    }

    /// The first one that is there stays; else the first.
    void note_twins(const std::vector<EntryAt>& twins, const EntryFlags& useless,
                    std::vector<GroupCover>& covers) const {
        EntryAt stays = twins.front();
        for (const EntryAt& twin : twins) {
            if (!is_present(standing_of(twin))) continue;
            stays = twin;
            break;
        }
        for (const EntryAt& twin : twins) {
            if (twin != stays && may_be_covered(twin) && may_cover(stays, twin, useless)) {
                covers.push_back({twin, stays});
            }
        }
    }

    std::span<const Contender> contenders_;
    std::span<const std::vector<Standing>> standings_;
    TargetKind target_;
    std::vector<Coverable> entries_;
    std::vector<std::uint32_t> first_;  // parallel: the first and the last holder
    std::vector<std::uint32_t> last_;
    std::vector<Holder> holders_;
    std::vector<std::uint32_t> by_text_;        // parallel to entries_: what covers it, or k_not_covered
    std::vector<std::uint32_t> blocked_twice_;  // entries that something covers, or that are on several lists
};

GroupCovers::~GroupCovers() = default;

GroupCovers::GroupCovers(const WholeLists& lists, TextNumbers& numbers) {
    const auto contenders = lists.contenders();
    std::map<Kin, std::vector<std::uint32_t>> families;
    for (std::uint32_t i = 0; i < contenders.size(); ++i) {
        const Contender& list = contenders[i];
        const bool is_alike = shares_url_quota(list.target) || list.target == TargetKind::ipv4_group;
        if (list.group.empty() || list.desired == nullptr || list.continues || !is_alike) continue;
        families[{list.group, list.target == TargetKind::ipv4_group}].push_back(i);
    }
    for (const auto& [kin, members] : families) {
        if (members.size() > 1) families_.push_back(std::make_unique<Family>(lists, members, numbers));
    }
}

std::vector<GroupCover> GroupCovers::find(const EntryFlags& useless) const {
    std::vector<GroupCover> covers;
    for (const auto& family : families_) family->find(useless, covers);
    return covers;
}

}  // namespace cordon::core
