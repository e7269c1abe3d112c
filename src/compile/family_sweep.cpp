#include "compile/family_sweep.hpp"

#include <algorithm>
#include <vector>

#include "compile/name_sort.hpp"
#include "core/cover.hpp"

namespace cordon::compile {
namespace {

using core::EntryKind;

/// One family, in FamilyOrder: whatever covers a row is among the entries kept last, each below the one before it.
class FamilySweep {
public:
    explicit FamilySweep(core::ReasonCounts& counts) : counts_(counts) {}

    /// True where the next row stays.
    [[nodiscard]] bool keeps(const NameRow& row) {
        const bool is_duplicate = row.code == last_.code && row.text() == last_.text();
        last_ = row;
        if (is_duplicate) {
            counts_.add(core::Reason::duplicate);
            return false;
        }
        const auto host = host_of(row);
        while (!above_.empty() && !is_at_or_below(host, above_.back())) above_.pop_back();
        if (is_covered(row.kind(), host)) {
            counts_.add(core::Reason::covered);
            return false;
        }
        if (row.kind() == EntryKind::dotted_host) above_.push_back(host);
        if (row.kind() != EntryKind::url && !row.has_dot()) exact_ = host;
        return true;
    }

private:
    [[nodiscard]] static bool is_at_or_below(std::string_view host, std::string_view name) noexcept {
        if (!host.ends_with(name)) return false;
        return host.size() == name.size() || host[host.size() - name.size() - 1] == '.';
    }

    [[nodiscard]] bool is_covered(EntryKind kind, std::string_view host) const noexcept {
        if (kind == EntryKind::url && host == exact_) return true;
        if (above_.empty()) return false;
        const auto labels = host.substr(0, host.size() - above_.back().size());
        return std::ranges::count(labels, '.') <= core::k_most_labels_above;
    }

    core::ReasonCounts& counts_;
    NameRow last_ = name_row(0, {}, EntryKind::host);
    std::vector<std::string_view> above_;  // kept dotted hosts at or above the last row
    std::string_view exact_;               // the host that was kept last
};

}  // namespace

std::size_t sweep_families(std::span<NameRow> rows, core::ReasonCounts& counts) {
    std::size_t kept = 0;
    for_each_run(rows, [&](std::span<NameRow> family) {
        if (family.size() == 1) {
            rows[kept++] = family.front();
            return;
        }
        sort_from_piece<FamilyOrder>(family, 1);
        FamilySweep sweep(counts);
        for (const NameRow row : family) {
            if (sweep.keeps(row)) rows[kept++] = row;
        }
    });
    return kept;
}

}  // namespace cordon::compile
