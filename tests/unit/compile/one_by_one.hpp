#pragma once

// What `cordon compile` must give for names, computed value by value with the core alone.

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "compile/compile.hpp"
#include "core/canonical.hpp"
#include "core/cover.hpp"
#include "core/list_line.hpp"
#include "core/verdict.hpp"

namespace cordon::compile {

using Texts = std::vector<std::string>;

struct OneByOne {
    Texts entries;  ///< by byte
    std::uint64_t fetched = 0;
    std::uint64_t rejected = 0;
    std::uint64_t duplicate = 0;
    std::uint64_t covered = 0;
};

inline Texts lines_of(std::string_view text) {
    Texts lines;
    for (std::size_t at = 0; at < text.size();) {
        const auto end = std::min(text.find('\n', at), text.size());
        lines.emplace_back(text.substr(at, end - at));
        at = end + 1;
    }
    return lines;
}

inline Texts entries_of(const CompiledList& list) {
    std::string text;
    list.append_lines(0, list.size(), text);
    return lines_of(text);
}

/// The values of a list, in the order of its lines.
inline Texts values_of(std::string_view list, core::EntityType type) {
    Texts values;
    core::LineReader reader(list);
    for (std::string_view line; reader.next(line);) {
        auto names = type == core::EntityType::domain ? core::hosts_names(core::without_comment(line)) : "";
        if (!names.empty()) {
            for (auto name = core::take_word(names); !name.empty(); name = core::take_word(names)) {
                values.emplace_back(name);
            }
        } else if (const auto value = core::value_of_line(line); !value.empty()) {
            values.emplace_back(value);
        }
    }
    return values;
}

inline OneByOne names_one_by_one(std::string_view list, const CompileRules& rules, const core::Protection& protection) {
    OneByOne expected;
    std::map<std::string, core::EntryKind> kept;
    core::Canonical canonical;
    for (const auto& value : values_of(list, rules.entity)) {
        ++expected.fetched;
        core::canonicalise(rules.entity, value, canonical);
        if (canonical.is_entry && rules.include_subdomains && canonical.kind == core::EntryKind::host) {
            canonical.kind = core::EntryKind::dotted_host;
            canonical.text.insert(0, 1, '.');
        }
        if (!canonical.is_entry || core::judge(canonical, {}, protection)) {
            ++expected.rejected;
        } else if (!kept.emplace(canonical.text, canonical.kind).second) {
            ++expected.duplicate;
        }
    }
    std::vector<core::Coverable> coverables;
    for (const auto& [text, kind] : kept) coverables.push_back({text, kind});
    const auto covers = core::find_covers(core::TargetKind::url_category, coverables);
    for (std::size_t i = 0; i < covers.size(); ++i) {
        if (covers[i] == core::k_not_covered) expected.entries.emplace_back(coverables[i].text);
    }
    expected.covered = covers.size() - expected.entries.size();
    return expected;
}

/// "" where the compiled list is what it must be.
inline std::string difference(const CompiledList& found, const OneByOne& expected) {
    const auto& tally = found.tally();
    if (entries_of(found) != expected.entries) return "other entries";
    if (tally.fetched != expected.fetched) return "other values";
    if (tally.counts.of(core::ReasonClass::rejected) != expected.rejected) return "others rejected";
    if (tally.counts.of(core::Reason::duplicate) != expected.duplicate) return "other duplicates";
    if (tally.counts.of(core::Reason::covered) != expected.covered) return "others covered";
    return {};
}

}  // namespace cordon::compile
