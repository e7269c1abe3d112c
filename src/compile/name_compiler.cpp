#include "compile/name_compiler.hpp"

#include <utility>

#include "compile/family_sweep.hpp"
#include "compile/name_order.hpp"
#include "compile/pieces.hpp"

namespace cordon::compile {
namespace {

/// With a cap, so many rows beyond twice the cap are gathered before the surplus is dropped.
constexpr std::size_t k_slack = 65'536;

}  // namespace

NameCompiler::NameCompiler(const CompileRules& rules, const core::Protection& protection, const Workers& workers)
    : rules_(rules), protection_(protection), workers_(workers), clearance_(protection, rules.seed) {}

CompiledNames NameCompiler::compile(const std::vector<std::string_view>& lists) {
    room_ = rules_.max_entries;
    while (!fits(lists)) {
        room_ *= 4;
        result_ = {};
        bound_.reset();
    }
    if (rules_.max_entries > 0) cut(rules_.max_entries);
    sort<TextOrder>();
    result_.rows = std::move(ranges_);
    return std::move(result_);
}

/// False where too much was dropped: later lines covered what was kept.
bool NameCompiler::fits(const std::vector<std::string_view>& lists) {
    for (const auto& block : blocks_of(lists)) {
        read(block);
        if (room_ > 0 && gathered_rows() >= room_ * 2 + k_slack) drop_surplus();
    }
    keep_unique();
    return !bound_ || kept_rows() >= rules_.max_entries;
}

void NameCompiler::read(const std::vector<std::string_view>& pieces) {
    const NameRules rules{rules_, protection_, clearance_, bound_};
    const std::size_t before = gathered_.size();
    gathered_.resize(before + pieces.size());
    workers_.each(pieces.size(), [&](std::size_t i) { gathered_[before + i] = NameReader(rules).read(pieces[i]); });
    for (std::size_t i = before; i < gathered_.size(); ++i) result_.tally.add(gathered_[i].tally);
}

std::size_t NameCompiler::gathered_rows() const noexcept {
    std::size_t rows = 0;
    for (const NamesRead& read : gathered_) rows += read.rows.size();
    return rows;
}

std::size_t NameCompiler::kept_rows() const noexcept {
    return rows_in(Pieces<NameRow>(kept_.begin(), kept_.end()));
}

/// From gathered_ to kept_: without duplicates and what is covered.
void NameCompiler::keep_unique() {
    Pieces<NameRow> pieces;
    for (const NamesRead& read : gathered_) pieces.emplace_back(read.rows);
    ranges_ = spread<HashBounds>(pieces, workers_);
    for (NamesRead& read : gathered_) result_.texts.push_back(std::move(read.texts));
    gathered_.clear();
    kept_.resize(ranges_.count());
    std::vector<core::ReasonCounts> counts(ranges_.count());
    workers_.each(ranges_.count(), [&](std::size_t i) {
        const auto rows = ranges_.range(i);
        sort_by_key(rows);
        kept_[i] = rows.first(sweep_families(rows, counts[i]));
    });
    for (const auto& of_range : counts) result_.tally.counts.add(of_range);
}

/// kept_ in another order.
template <class Order>
void NameCompiler::sort() {
    workers_.each(kept_.size(), [&](std::size_t i) {
        for (std::size_t row = 0; row < kept_[i].size(); ++row) {
            ask_for_text(kept_[i], row);
            kept_[i][row].key = Order::piece(kept_[i][row], 0);
        }
    });
    auto sorted = spread<SampledBounds>(Pieces<NameRow>(kept_.begin(), kept_.end()), workers_);
    ranges_ = std::move(sorted);
    kept_.resize(ranges_.count());
    workers_.each(ranges_.count(), [&](std::size_t i) {
        kept_[i] = ranges_.range(i);
        sort_rows<Order>(kept_[i]);
    });
}

/// Keeps the first `most`.
void NameCompiler::cut(std::size_t most) {
    const std::size_t rows = kept_rows();
    if (rows <= most) return;
    if (rules_.include_subdomains) {
        sort<RankOrder>();
    } else {
        sort<TextOrder>();
    }
    result_.tally.over_capacity += rows - most;
    kept_ = {ranges_.rows().first(most)};
}

/// Gathers anew what there is room for, and forgets all other texts.
void NameCompiler::drop_surplus() {
    keep_unique();
    const bool is_full = kept_rows() > room_;
    cut(room_);
    NamesRead left;
    for (const auto& rows : kept_) {
        for (const NameRow& row : rows) {
            const auto text = left.texts.keep(row.text());
            left.rows.push_back(name_row(clearance_.glance(host_of(row)).family, text, row.kind()));
        }
    }
    if (is_full) {
        const NameRow& last = left.rows.back();
        bound_text_ = last.text();
        bound_ = name_row(0, bound_text_, last.kind());
    }
    result_.texts.clear();
    gathered_.push_back(std::move(left));
}

}  // namespace cordon::compile
