#include "core/cover.hpp"

#include <algorithm>
#include <numeric>

#include "core/canonical.hpp"
#include "core/ip.hpp"
#include "core/text_index.hpp"

namespace cordon::core {
namespace {

std::size_t labels_in(std::string_view name) {
    return static_cast<std::size_t>(std::count(name.begin(), name.end(), '.')) + 1;
}

/// The cover relation of one URL category.
class CategoryCovers {
public:
    explicit CategoryCovers(std::span<const Coverable> entries)
        : entries_(entries), covers_(entries.size(), k_not_covered) {}

    std::vector<std::uint32_t> find() {
        std::size_t hosts = 0;
        std::size_t dotted = 0;
        for (const Coverable& entry : entries_) {
            hosts += is_exact_host(entry.kind) ? 1U : 0U;
            dotted += entry.kind == EntryKind::dotted_host ? 1U : 0U;
        }
        hosts_.reserve(hosts);
        dotted_.reserve(dotted);
        judge_dotted();
        judge_hosts();
        judge_urls();
        return std::move(covers_);
    }

private:
    /// Parents first: what is covered itself must cover nothing, since its own cover may stand more than
    /// four labels above the child.
    void judge_dotted() {
        std::vector<std::uint32_t> order;
        for (std::uint32_t i = 0; i < entries_.size(); ++i) {
            if (entries_[i].kind == EntryKind::dotted_host) order.push_back(i);
        }
        const auto depth = [this](std::uint32_t i) { return labels_in(entries_[i].text); };
        std::stable_sort(order.begin(), order.end(),
                         [&](std::uint32_t a, std::uint32_t b) { return depth(a) < depth(b); });
        for (const std::uint32_t i : order) {
            const std::string_view name = host_of(entries_[i].text);
            covers_[i] = dotted_at_or_above(name);
            if (covers_[i] == k_not_covered) dotted_.emplace(name, i);
        }
    }

    void judge_hosts() {
        for (std::uint32_t i = 0; i < entries_.size(); ++i) {
            if (!is_exact_host(entries_[i].kind)) continue;
            const std::string_view host = host_of(entries_[i].text);
            covers_[i] = dotted_at_or_above(host);
            if (covers_[i] == k_not_covered) hosts_.emplace(host, i);
        }
    }

    void judge_urls() {
        for (std::uint32_t i = 0; i < entries_.size(); ++i) {
            if (entries_[i].kind != EntryKind::url) continue;
            const std::string_view host = host_of(entries_[i].text);
            const auto exact = hosts_.find(host);
            covers_[i] = exact != hosts_.end() ? exact->second : dotted_at_or_above(host);
        }
    }

    /// In a category an address is a host like any other (zia-api.md 5.2).
    static bool is_exact_host(EntryKind kind) {
        return kind == EntryKind::host || kind == EntryKind::ipv4 || kind == EntryKind::ipv6;
    }

    [[nodiscard]] std::uint32_t dotted_at_or_above(std::string_view name) const {
        if (dotted_.empty()) return k_not_covered;
        for (int above = 0; above <= k_most_labels_above; ++above) {
            if (const auto found = dotted_.find(name); found != dotted_.end()) return found->second;
            const auto dot = name.find('.');
            if (dot == std::string_view::npos) break;
            name.remove_prefix(dot + 1);
        }
        return k_not_covered;
    }

    std::span<const Coverable> entries_;
    std::vector<std::uint32_t> covers_;
    TextIndex dotted_;  // kept dotted entries by name without the dot
    TextIndex hosts_;   // kept exact hosts
};

/// In the order of their first addresses only the one that reaches furthest so far can hold the next.
std::vector<std::uint32_t> find_group_covers(std::span<const Coverable> entries) {
    struct Spanned {
        Ipv4Range range;
        std::uint32_t index;
    };
    std::vector<std::uint32_t> covers(entries.size(), k_not_covered);
    std::vector<Spanned> order;
    for (std::uint32_t i = 0; i < entries.size(); ++i) {
        if (const auto range = parse_ipv4_range(entries[i].text)) order.push_back({*range, i});
    }
    std::sort(order.begin(), order.end(), [](const Spanned& a, const Spanned& b) {
        return a.range.first != b.range.first ? a.range.first < b.range.first : a.range.last > b.range.last;
    });
    const Spanned* furthest = nullptr;
    for (const Spanned& spanned : order) {
        if (furthest != nullptr && spanned.range.last <= furthest->range.last) {
            covers[spanned.index] = furthest->index;
        } else {
            furthest = &spanned;
        }
    }
    return covers;
}

}  // namespace

std::vector<std::uint32_t> find_covers(TargetKind target, std::span<const Coverable> entries) {
    return target == TargetKind::ipv4_group ? find_group_covers(entries) : CategoryCovers(entries).find();
}

}  // namespace cordon::core
