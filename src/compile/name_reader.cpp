#include "compile/name_reader.hpp"

#include <algorithm>
#include <utility>

#include "compile/name_order.hpp"
#include "compile/name_sort.hpp"
#include "compile/pieces.hpp"
#include "core/ip.hpp"
#include "core/list_line.hpp"
#include "core/plain_name.hpp"

namespace cordon::compile {

using core::EntityType;
using core::EntryKind;

NameReader::NameReader(const NameRules& rules) : rules_(rules) {
    verdict_rules_.target = core::target_of(rules.compile.entity);
}

NamesRead NameReader::read(std::string_view lines) {
    result_ = {};
    result_.rows.reserve(lines_in(lines));
    const bool may_be_plain = rules_.compile.entity == EntityType::domain;
    while (!lines.empty()) {
        const char* const at = lines.data();
        const auto plain = may_be_plain ? core::plain_name(at, at + lines.size()) : core::PlainName{};
        if (plain.line_size == 0) {
            take_line(core::take_line(lines));
            continue;
        }
        if (plain.size > 0) take_plain({at, plain.size}, plain.dots);
        lines.remove_prefix(plain.line_size);
    }
    return std::move(result_);
}

void NameReader::take_line(std::string_view line) {
    if (rules_.compile.entity == EntityType::domain) {
        auto hosts = core::hosts_names(core::without_comment(line));
        if (!hosts.empty()) {
            for (auto name = core::take_word(hosts); !name.empty(); name = core::take_word(hosts)) take_value(name);
            return;
        }
    }
    const auto value = core::value_of_line(line);
    if (!value.empty()) take_value(value);
}

void NameReader::take_plain(std::string_view name, std::uint64_t dots) {
    const auto glance = rules_.clearance.glance(name, dots);
    if (!glance.is_clear) {
        take_value(name);
        return;
    }
    ++result_.tally.fetched;
    const auto kind = rules_.compile.include_subdomains ? EntryKind::dotted_host : EntryKind::host;
    const NameRow row = name_row(glance.family, name, kind);
    if (!rules_.bound || !is_left_out(row)) result_.rows.push_back(row);
}

void NameReader::take_value(std::string_view value) {
    ++result_.tally.fetched;
    core::canonicalise(rules_.compile.entity, value, canonical_);
    if (canonical_.is_entry) {
        take_entry(value);
    } else {
        result_.tally.reject(canonical_.reason, value);
    }
}

void NameReader::take_entry(std::string_view value) {
    if (rules_.compile.include_subdomains && canonical_.kind == EntryKind::host) {
        canonical_.kind = EntryKind::dotted_host;
        canonical_.text.insert(0, 1, '.');
    }
    const auto glance = rules_.clearance.glance(canonical_.host);
    if (!glance.is_clear || core::looks_like_address(canonical_.host)) {
        if (const auto verdict = core::judge(canonical_, verdict_rules_, rules_.protection)) {
            result_.tally.reject(verdict->reason, value);
            return;
        }
    }
    std::string_view text = canonical_.text;
    if (canonical_.kind == EntryKind::dotted_host) text.remove_prefix(1);
    if (rules_.bound && is_left_out(name_row(glance.family, text, canonical_.kind))) return;
    text = value.ends_with(text) ? value.substr(value.size() - text.size()) : result_.texts.keep(text);
    result_.rows.push_back(name_row(glance.family, text, canonical_.kind));
}

/// Behind the bound, which there is; counted.
bool NameReader::is_left_out(const NameRow& row) {
    const bool is_over = rules_.compile.include_subdomains ? comes_before<RankOrder>(*rules_.bound, row, 0)
                                                           : comes_before<TextOrder>(*rules_.bound, row, 0);
    if (is_over) ++result_.tally.over_capacity;
    return is_over;
}

}  // namespace cordon::compile
