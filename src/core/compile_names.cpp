#include "core/compile_names.hpp"

#include <algorithm>
#include <utility>

#include "core/cover.hpp"

namespace cordon::core {
namespace {

/// With a cap, so many rows beyond twice the cap are gathered before the surplus is dropped.
constexpr std::size_t k_slack = 65'536;

}  // namespace

NameCompiler::NameCompiler(const CompileRules& rules)
    : rules_(rules), order_(rules.include_subdomains ? EntryRows::Order::labels_and_text : EntryRows::Order::text) {}

void NameCompiler::take(const Canonical& entry, ReasonCounts& counts) {
    if (!bound_.empty() && EntryRows::comes_before(order_, bound_, entry.text)) {
        ++left_out_;
        return;
    }
    if (!rows_.insert(entry.text, entry.kind)) {
        counts.add(Reason::duplicate);
        return;
    }
    // In a domain list hosts have no URLs to cover.
    may_cover_ = may_cover_ || entry.kind == EntryKind::dotted_host || rules_.entity == EntityType::url;
    if (rules_.max_entries > 0 && rows_.size() >= rules_.max_entries * 2 + k_slack) shrink(counts);
}

void NameCompiler::drop_covered(ReasonCounts& counts) {
    if (!may_cover_) return;
    std::vector<Coverable> entries;
    entries.reserve(rows_.size());
    for (std::size_t row = 0; row < rows_.size(); ++row) entries.push_back({rows_.text(row), rows_.kind(row)});
    const auto covers = find_covers(TargetKind::url_category, entries);
    std::vector<std::uint32_t> kept;
    kept.reserve(covers.size());
    for (std::uint32_t row = 0; row < covers.size(); ++row) {
        if (covers[row] == k_not_covered) kept.push_back(row);
    }
    counts.add(Reason::covered, covers.size() - kept.size());
    if (kept.size() < covers.size()) rows_ = rows_.only(kept);
}

void NameCompiler::shrink(ReasonCounts& counts) {
    drop_covered(counts);
    if (rules_.max_entries == 0 || rows_.size() <= rules_.max_entries) return;
    auto rows = rows_.ordered(order_);
    left_out_ += rows.size() - rules_.max_entries;
    rows.resize(rules_.max_entries);
    rows_ = rows_.only(rows);
    bound_ = rows_.text(rows_.size() - 1);
}

void NameCompiler::finish(CompiledList& list) {
    shrink(list.counts);
    list.over_capacity = left_out_;
    const auto rows = rows_.ordered(EntryRows::Order::text);
    list.entries.reserve(rows.size());
    for (const std::uint32_t row : rows) list.entries.push_back(rows_.text(row));
    list.text = std::move(rows_).take_text();  // the buffer moves, the views stay
}

}  // namespace cordon::core
