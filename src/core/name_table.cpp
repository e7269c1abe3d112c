#include "core/name_table.hpp"

#include <algorithm>

namespace cordon::core {
namespace {

/// The name one label above; empty above the last.
[[nodiscard]] std::string_view parent_of(std::string_view name) noexcept {
    const auto dot = name.find('.');
    return dot == std::string_view::npos ? std::string_view{} : name.substr(dot + 1);
}

/// Calls `visit` with `host` and the names above it, the top one first, until it gives false.
template <class Visit>
void from_the_top(std::string_view host, Visit visit) {
    std::size_t end = host.size();
    while (end > 0) {
        const auto dot = host.rfind('.', end - 1);
        const std::size_t start = dot == std::string_view::npos ? 0 : dot + 1;
        if (!visit(host.substr(start)) || dot == std::string_view::npos) return;
        end = dot;
    }
}

constexpr std::size_t index_of(NameTable::Strength strength) noexcept {
    return static_cast<std::size_t>(strength);
}

}  // namespace

ClaimBook::Id ClaimBook::add(Reason reason, std::string_view list, std::string_view subject) {
    // From the back: lists arrive one after another, and there are few.
    const auto found = std::find(lists_.rbegin(), lists_.rend(), list);
    const auto index = static_cast<std::uint32_t>(lists_.rend() - found);  // one past the list; 0 = new
    if (index == 0) lists_.emplace_back(list);
    const auto number = index == 0 ? static_cast<std::uint32_t>(lists_.size() - 1) : index - 1;
    claims_.push_back({reason, number, std::string(subject)});
    return static_cast<Id>(claims_.size() - 1);
}

ClaimBook::Id ClaimBook::stronger(Id kept, Id other) const noexcept {
    if (kept == 0) return other;
    return claims_[other].reason < claims_[kept].reason ? other : kept;  // Reason: lock_out < never < popular
}

NameTable::Node& NameTable::node_for(std::string_view name) {
    const auto found = nodes_.find(name);
    return found != nodes_.end() ? found->second : nodes_.try_emplace(std::string(name)).first->second;
}

const NameTable::Node* NameTable::find(std::string_view name) const noexcept {
    const auto found = nodes_.find(name);
    return found == nodes_.end() ? nullptr : &found->second;
}

void NameTable::mark_above(std::string_view name, Strength strength, ClaimBook::Id claim, const ClaimBook& claims) {
    for (auto above = parent_of(name); !above.empty(); above = parent_of(above)) {
        Reach& reach = node_for(above).reach[index_of(strength)];
        reach.below = claims.stronger(reach.below, claim);
    }
}

void NameTable::protect(std::string_view name, Scope scope, Strength strength, ClaimBook::Id claim,
                        const ClaimBook& claims) {
    Reach& reach = node_for(name).reach[index_of(strength)];
    auto& kept = scope == Scope::host ? reach.host : reach.tree;
    kept = claims.stronger(kept, claim);
    mark_above(name, strength, claim, claims);
}

void NameTable::protect_url(std::string_view host, ClaimBook::Id claim, const ClaimBook& claims) {
    Node& node = node_for(host);
    if (node.urls == 0) {
        node.urls = static_cast<std::uint32_t>(urls_.size());
        urls_.emplace_back();
    }
    urls_[node.urls].push_back(claim);
    mark_above(host, Strength::strict, claim, claims);
}

bool NameTable::knows_of(std::string_view host) const noexcept {
    bool is_known = false;
    from_the_top(host, [&](std::string_view name) {
        const Node* const node = find(name);
        const auto protects_below = [](const Reach& reach) { return reach.tree != 0; };
        is_known = node != nullptr &&
                   (name.size() == host.size() || std::any_of(node->reach.begin(), node->reach.end(), protects_below));
        return node != nullptr && !is_known;
    });
    return is_known;
}

ClaimBook::Id NameTable::claim_on(std::string_view host, Strength strength, std::size_t* covering) const noexcept {
    ClaimBook::Id claim = 0;
    from_the_top(host, [&](std::string_view name) {
        // Every name above a protected one has a node: where one is missing, none follows.
        const Node* const node = find(name);
        if (node == nullptr) return false;
        const Reach& reach = node->reach[index_of(strength)];
        const bool is_host = name.size() == host.size();
        const auto here = is_host && reach.host != 0 ? reach.host : reach.tree;
        if (here == 0) return true;
        claim = here;
        if (covering != nullptr) *covering = name.size();
        return true;  // the nearest name decides
    });
    return claim;
}

ClaimBook::Id NameTable::claim_below(std::string_view host, Strength strength) const noexcept {
    const Node* const node = find(host);
    return node == nullptr ? 0 : node->reach[index_of(strength)].below;
}

const std::vector<ClaimBook::Id>& NameTable::urls_on(std::string_view host) const noexcept {
    const Node* const node = find(host);
    return urls_[node == nullptr ? 0 : node->urls];
}

}  // namespace cordon::core
