#include "engine/idle_keys.hpp"

#include <algorithm>
#include <variant>

#include <fmt/format.h>

#include "base/text.hpp"

namespace cordon::engine {
namespace {

constexpr const char* k_no_effect = "this has no effect";

bool is_of_same_list(const ListClaim& a, const ListClaim& b) {
    return equals_ignoring_case(a.list->category_name, b.list->category_name);
}

/// Whether a group of lists with this kind of object can take the list in, too: IP groups are for themselves.
bool is_blocked_alike(const ListClaim& claim, core::TargetKind kind) {
    const auto other = target_of(*claim.list, claim.entity);
    return other == kind || (core::shares_url_quota(other) && core::shares_url_quota(kind));
}

/// Whether the list draws from the tenant's URL quota.
bool takes_urls(const ListClaim& claim) {
    const bool has_category_beside =
        claim.list->overflow == Overflow::category || claim.list->ipv6 == Overflow::category;
    return has_category_beside || core::shares_url_quota(target_of(*claim.list, claim.entity));
}

/// How many entries the list's own objects take, without the category beside its groups.
std::size_t most_of_its_own(const ListClaim& claim, const KeepOptions& keep) {
    auto list = *claim.list;
    list.overflow = list.ipv6 = Overflow::off;
    return most_entries_of(list, claim.entity, keep);
}

/// The idle keys of one section.
class SectionReader {
public:
    SectionReader(const ListClaim& claim, std::span<const ListClaim> all, const KeepOptions& keep,
                  std::vector<IdleKey>& found)
        : claim_(claim), list_(*claim.list), all_(all), keep_(keep), found_(found) {}

    void read() {
        read_sides();
        read_rule();
        read_group();
        read_sizes();
        if (list_.include_subdomains && claim_.entity != core::EntityType::domain) {
            note("include_subdomains", "only domains have subdomains, and this section holds none: remove the key");
        }
    }

private:
    void note(const char* key, std::string message) { found_.push_back({claim_.section, key, std::move(message)}); }

    void read_sides() {
        if (list_.retain_parent_category == RetainParent::automatic) return;
        if (!takes_urls(claim_)) {
            note("retain_parent_category",
                 fmt::format("{}: only URL categories have a side that retains the parent category; remove the key",
                             k_no_effect));
        } else if (list_.lookup.classifies) {
            note("retain_parent_category",
                 fmt::format("{}: lookup = classify decides the side of every entry; remove one of the two",
                             k_no_effect));
        }
    }

    void read_rule() {
        if (list_.rule.ensure != EnsureRule::off) return;
        for (const char* key : rule_differences(list_.rule, RuleOptions{})) {
            note(key, fmt::format("{} without ensure_rule = block: add that, or remove the key", k_no_effect));
        }
    }

    void read_group() {
        if (list_.group.empty()) return;
        const auto kind = target_of(list_, claim_.entity);
        if (kind == core::TargetKind::fqdn_group) {
            return note("group",
                        fmt::format("{}: an FQDN group takes part in no group of lists; remove the key", k_no_effect));
        }
        const bool has_company = std::any_of(all_.begin(), all_.end(), [&](const ListClaim& other) {
            return other.list->group == list_.group && !is_of_same_list(other, claim_) && is_blocked_alike(other, kind);
        });
        if (has_company) return;
        note("group",
             fmt::format("{}, as no other list {} has group = {}: give it to every list that the same policy blocks, "
                         "or remove the key",
                         k_no_effect, kind == core::TargetKind::ipv4_group ? "of IP groups" : "of names and URLs",
                         printable(list_.group, 80)));
    }

    void read_sizes() {
        const auto most = most_of_its_own(claim_, keep_);
        if (list_.reserve > most) {
            note("reserve",
                 fmt::format("the list takes {} entries at most, so no more places than that are kept for it: reserve "
                             "less, or raise its cap",
                             with_thousands(most)));
        }
        auto one_group = list_;
        one_group.max_groups = 1;
        one_group.max_entries = 0;
        const auto size_of_one = most_of_its_own({claim_.section, &one_group, claim_.entity}, keep_);
        if (list_.max_groups > 1 && list_.max_entries > 0 && list_.max_entries <= size_of_one) {
            note("max_groups",
                 fmt::format("{}: max_entries = {} fits into the first group, which takes {}; raise max_entries, or "
                             "remove the key",
                             k_no_effect, list_.max_entries, with_thousands(size_of_one)));
        }
    }

    const ListClaim& claim_;
    const ListOptions& list_;
    std::span<const ListClaim> all_;
    const KeepOptions& keep_;
    std::vector<IdleKey>& found_;
};

/// What freeze says of times that never come, or that never end.
void read_freeze(const ActivationOptions& options, Time now, std::vector<IdleKey>& found) {
    const auto wall = wall_time(now, options.freeze_zone);
    const auto freeze = freeze_at(options.freeze, wall);
    if (freeze && !freeze->until) {
        found.push_back({"", "freeze",
                         "these windows leave no gap for a year or longer, so nothing would take effect, and where "
                         "signing out publishes nothing would be written: shorten one of them"});
    }
    for (const auto& window : options.freeze) {
        const auto* dated = std::get_if<DatedWindow>(&window);
        if (dated == nullptr || dated->to > wall) continue;
        found.push_back({"", "freeze",
                         fmt::format("the window that ended {} is over and has no effect any more: remove it",
                                     text_of(dated->to, options.freeze_zone))});
    }
}

}  // namespace

std::vector<IdleKey> idle_list_keys(std::span<const ListClaim> claims, const KeepOptions& keep) {
    std::vector<IdleKey> found;
    for (const auto& claim : claims) SectionReader(claim, claims, keep, found).read();
    return found;
}

std::vector<IdleKey> idle_gateway_keys(std::span<const ListClaim> claims, const KeepOptions& keep,
                                       const ActivationOptions& activation, OnLeave on_leave, Time now) {
    std::vector<IdleKey> found;
    const auto note = [&](const char* key, std::string message) { found.push_back({"", key, std::move(message)}); };
    if (keep.quota_headroom > 0 && !claims.empty() && std::none_of(claims.begin(), claims.end(), takes_urls)) {
        note("quota_headroom",
             fmt::format("{}: no list here takes URLs of the tenant's quota; remove the key", k_no_effect));
    }
    if (activation.rule == ActivationRule::never) {
        if (on_leave == OnLeave::published) {
            note("activate",
                 "with this sign-in (legacy) signing out publishes what is saved, so never means that no run ever "
                 "writes anything: take always or clean, or sign in through OneAPI");
        }
        if (!activation.freeze.empty()) {
            note("freeze", fmt::format("{} with activate = never; remove one of the two", k_no_effect));
        }
        return found;
    }
    if (activation.freeze.empty() && activation.freeze_zone != FreezeZone::utc) {
        note("freeze_zone", fmt::format("{} without freeze; remove the key", k_no_effect));
    }
    read_freeze(activation, now, found);
    return found;
}

}  // namespace cordon::engine
