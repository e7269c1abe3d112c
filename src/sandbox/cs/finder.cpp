#include "sandbox/cs/finder.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "base/text.hpp"
#include "sandbox/cs/filter_match.hpp"

namespace cordon::sandbox::cs {
namespace {

constexpr std::size_t k_most_remembered = 4;
using Slots = std::vector<std::uint32_t>;

/// A row as a filter sees it. The whole record is made only for the properties that need it.
class RowSubject final : public Subject {
public:
    explicit RowSubject(const Indicators& indicators) : indicators_(indicators) {}

    void move_to(std::uint32_t slot) {
        slot_ = slot;
        whole_.reset();
    }

    void add_texts(Property property, std::vector<std::string_view>& found) override {
        const auto& row = indicators_.row(slot_);
        switch (property) {
            case Property::type: found.push_back(indicators_.type_of(row)); return;
            case Property::malicious_confidence: found.push_back(indicators_.confidence_of(row)); return;
            case Property::deleted: found.push_back(row.is_deleted ? "true" : "false"); return;
            case Property::marker:
                marker_ = text_of(row.marker);
                found.push_back(marker_);
                return;
            default: add_from(whole(), property, found);
        }
    }

    void add_numbers(Property property, std::vector<std::int64_t>& found) override {
        const auto& row = indicators_.row(slot_);
        if (property == Property::last_updated) found.push_back(row.marker.seconds);
        if (property == Property::published_date) found.push_back(row.published);
        if (property == Property::labels_created_on) {
            for (const auto& label : whole().labels) found.push_back(label.created_on);
        }
        if (property == Property::labels_last_valid_on) {
            for (const auto& label : whole().labels) found.push_back(label.last_valid_on);
        }
    }

private:
    const Indicator& whole() {
        if (!whole_) whole_ = indicators_.indicator(slot_);
        return *whole_;
    }

    void add_from(const Indicator& whole, Property property, std::vector<std::string_view>& found) {
        const auto add = [&found](const Texts& texts) { found.insert(found.end(), texts.begin(), texts.end()); };
        switch (property) {
            case Property::id: found.push_back(whole.id); return;
            case Property::indicator: found.push_back(whole.indicator); return;
            case Property::actors: return add(whole.actors);
            case Property::domain_types: return add(whole.domain_types);
            case Property::ip_address_types: return add(whole.ip_address_types);
            case Property::kill_chains: return add(whole.kill_chains);
            case Property::malware_families: return add(whole.malware_families);
            case Property::reports: return add(whole.reports);
            case Property::targets: return add(whole.targets);
            case Property::threat_types: return add(whole.threat_types);
            case Property::vulnerabilities: return add(whole.vulnerabilities);
            case Property::labels:
            case Property::labels_name:
                for (const auto& label : whole.labels) found.push_back(label.name);
                return;
            case Property::reports_slug:
                slugs_.clear();
                for (const auto& report : whole.reports) slugs_.push_back(to_lower(report));
                return add(slugs_);
            default: return;
        }
    }

    const Indicators& indicators_;
    std::uint32_t slot_ = 0;
    std::optional<Indicator> whole_;
    std::string marker_;
    Texts slugs_;
};

bool is_marker_bound(const Filter& part) {
    if (part.kind != Filter::Kind::condition || part.condition.property != Property::marker) return false;
    const auto how = part.condition.comparison;
    return part.condition.values.size() == 1 && (how == Comparison::greater || how == Comparison::at_least ||
                                                 how == Comparison::less || how == Comparison::at_most);
}

/// The slots between the bounds; `slots` ascend by marker. Markers compare as text, also cut ones.
std::pair<Slots::const_iterator, Slots::const_iterator> between(const Slots& slots, const Indicators& indicators,
                                                                const std::vector<const Condition*>& bounds) {
    auto begin = slots.begin();
    auto end = slots.end();
    for (const auto* bound : bounds) {
        const std::string_view wanted = bound->values.front().text;
        const auto how = bound->comparison;
        const bool takes_equal = how == Comparison::greater || how == Comparison::at_most;
        const auto at = std::partition_point(begin, end, [&](std::uint32_t slot) {
            const auto marker = text_of(indicators.row(slot).marker);
            return takes_equal ? marker <= wanted : marker < wanted;
        });
        if (how == Comparison::greater || how == Comparison::at_least) {
            begin = at;
        } else {
            end = at;
        }
    }
    return {begin, end};
}

std::string sort_key(const Indicators& indicators, std::uint32_t slot, SortField field) {
    const auto& row = indicators.row(slot);
    switch (field) {
        case SortField::id: return indicators.id_of(slot);
        case SortField::indicator: return indicators.indicator(slot).indicator;
        case SortField::type: return std::string(indicators.type_of(row));
        case SortField::published_date: return fmt::format("{:010}", row.published);
        case SortField::last_updated: return fmt::format("{:010}", row.marker.seconds);
        case SortField::marker: break;
    }
    return text_of(row.marker);
}

/// The first `most` of `slots` in the query's order.
Slots sorted(const Indicators& indicators, const Query& query, Slots slots, std::size_t most) {
    std::vector<std::pair<std::string, std::uint32_t>> keyed;
    keyed.reserve(slots.size());
    for (const auto slot : slots) keyed.emplace_back(sort_key(indicators, slot, query.sort), slot);
    const auto middle = keyed.begin() + static_cast<std::ptrdiff_t>(std::min(most, keyed.size()));
    const bool ascends = query.direction == Direction::ascending;
    std::partial_sort(keyed.begin(), middle, keyed.end(),
                      [ascends](const auto& a, const auto& b) { return ascends ? a < b : b < a; });
    slots.clear();
    for (auto at = keyed.begin(); at != middle; ++at) slots.push_back(at->second);
    return slots;
}

}  // namespace

const Slots& Finder::hits(const Query& query, const std::vector<const Filter*>& rest) {
    auto key = fmt::format("{} {} ", query.deleted == Deleted::shown, query.words);
    for (const auto* part : rest) key += text_of(*part) + "\n";
    const auto known =
        std::find_if(remembered_.begin(), remembered_.end(), [&](const Hits& each) { return each.key == key; });
    if (known != remembered_.end()) {
        remembered_.splice(remembered_.begin(), remembered_, known);
        if (known->version == indicators_.version()) return known->slots;
        remembered_.pop_front();
    }
    Hits made{std::move(key), indicators_.version(), {}};
    std::vector<Matcher> matchers;
    for (const auto* part : rest) matchers.emplace_back(*part);
    RowSubject subject(indicators_);
    std::string json;
    for (const auto slot : indicators_.order()) {
        if (query.deleted == Deleted::hidden && indicators_.row(slot).is_deleted) continue;
        subject.move_to(slot);
        if (!std::all_of(matchers.begin(), matchers.end(), [&](Matcher& fits) { return fits(subject); })) continue;
        if (!query.words.empty()) {
            json.clear();
            indicators_.append_record(slot, Relations::shown, json);
            if (json.find(query.words) == std::string::npos) continue;
        }
        made.slots.push_back(slot);
    }
    remembered_.push_front(std::move(made));
    if (remembered_.size() > k_most_remembered) remembered_.pop_back();
    return remembered_.front().slots;
}

Page Finder::find(const Query& query) {
    std::vector<const Filter*> rest;
    std::vector<const Condition*> bounds;
    for (const auto* part : query.filter.conjuncts()) {
        if (is_marker_bound(*part)) {
            bounds.push_back(&part->condition);
        } else {
            rest.push_back(part);
        }
    }
    const auto [begin, end] = between(hits(query, rest), indicators_, bounds);
    Page page;
    page.total = static_cast<std::size_t>(end - begin);
    const auto first = std::min(query.offset, page.total);
    const auto count = std::min(query.limit, page.total - first);
    page.has_more = first + count < page.total;
    if (query.sort != SortField::marker) {
        const auto all = sorted(indicators_, query, Slots(begin, end), first + count);
        page.slots.assign(all.begin() + static_cast<std::ptrdiff_t>(first), all.end());
        return page;
    }
    for (std::size_t i = first; i < first + count; ++i) {
        const auto at = static_cast<std::ptrdiff_t>(i);
        page.slots.push_back(query.direction == Direction::ascending ? *(begin + at) : *(end - 1 - at));
    }
    return page;
}

}  // namespace cordon::sandbox::cs
