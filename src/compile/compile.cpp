#include "compile/compile.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

#include "compile/name_sort.hpp"
#include "core/canonical.hpp"
#include "core/ip.hpp"
#include "core/list_line.hpp"

namespace cordon::compile {
namespace {

using core::EntityType;

constexpr std::size_t k_longest_network = std::string_view("255.255.255.255/32\n").size() + 1;  // and a dot

[[nodiscard]] char* put_text(std::string_view text, char* out) noexcept {
    std::memcpy(out, text.data(), text.size());
    return out + text.size();
}

[[nodiscard]] char* put_name(const NameRow& row, char* out) noexcept {
    *out = '.';
    return put_text(row.text(), out + (row.has_dot() ? 1 : 0));
}

[[nodiscard]] char* put_number(unsigned number, char* out) noexcept {
    if (number >= 100) *out++ = static_cast<char>('0' + number / 100);
    if (number >= 10) *out++ = static_cast<char>('0' + number / 10 % 10);
    *out++ = static_cast<char>('0' + number % 10);
    return out;
}

[[nodiscard]] char* put_network(core::Ipv4Range network, char* out) noexcept {
    for (unsigned shift = 32; shift > 0;) {
        shift -= 8;
        out = put_number(network.first >> shift & 0xFFU, out);
        *out++ = '.';
    }
    --out;
    if (network.first == network.last) return out;
    *out++ = '/';
    return put_number(core::prefix_of(network).value_or(0), out);
}

/// Appends what `write` puts into room for `most` bytes; it gives the end of it.
template <class Write>
void append(std::string& lines, std::size_t most, Write write) {
    const std::size_t before = lines.size();
    lines.resize(before + most);
    const char* const end = write(lines.data() + before);
    lines.resize(static_cast<std::size_t>(end - lines.data()));
}

}  // namespace

const Tally& CompiledList::tally() const {
    return std::visit([](const auto& entries) -> const Tally& { return entries.tally; }, entries_);
}

std::size_t CompiledList::size() const noexcept {
    if (const auto* const names = std::get_if<CompiledNames>(&entries_)) return names->rows.size();
    return std::get<CompiledNetworks>(entries_).networks.size();
}

void CompiledList::append_lines(std::size_t begin, std::size_t end, std::string& lines) const {
    if (const auto* const names = std::get_if<CompiledNames>(&entries_)) {
        const std::span<const NameRow> rows = names->rows.rows().subspan(begin, end - begin);
        std::size_t size = 0;
        for (const NameRow& row : rows) size += row.entry_size() + 1;
        append(lines, size, [&](char* out) {
            for (std::size_t i = 0; i < rows.size(); ++i) {
                ask_for_text(rows, i);
                out = put_name(rows[i], out);
                *out++ = '\n';
            }
            return out;
        });
    } else {
        const auto& networks = std::get<CompiledNetworks>(entries_).networks;
        append(lines, (end - begin) * k_longest_network, [&](char* out) {
            for (std::size_t i = begin; i < end; ++i) {
                out = put_network(networks[i], out);
                *out++ = '\n';
            }
            return out;
        });
    }
}

CompiledList compile(const std::vector<std::string_view>& lists, const CompileRules& rules,
                     const core::Protection& protection, const Workers& workers) {
    if (rules.entity == EntityType::ip) return CompiledList(compile_networks(lists, rules, protection, workers));
    return CompiledList(NameCompiler(rules, protection, workers).compile(lists));
}

EntityGuess detect_entity(std::string_view text) {
    constexpr std::size_t k_sample = 200;  // lines with a value
    std::array<std::size_t, 3> votes{};    // by EntityType
    std::size_t seen = 0;
    core::Canonical canonical;
    core::LineReader reader(text);
    for (std::string_view line; seen < k_sample && reader.next(line);) {
        auto value = core::value_of_line(line);
        if (auto names = core::hosts_names(core::without_comment(line)); !names.empty()) value = core::take_word(names);
        if (value.empty()) continue;
        ++seen;
        for (const auto type : {EntityType::ip, EntityType::domain, EntityType::url}) {
            core::canonicalise(type, value, canonical);
            if (!canonical.is_entry) continue;
            ++votes[static_cast<std::size_t>(type)];
            break;
        }
    }
    const auto most = std::ranges::max_element(votes);
    if (*most > 0 && *most * 2 >= seen) return {static_cast<EntityType>(most - votes.begin()), false};
    return {std::nullopt, *most > 0 && (votes[0] + votes[1] + votes[2]) * 2 >= seen};
}

}  // namespace cordon::compile
