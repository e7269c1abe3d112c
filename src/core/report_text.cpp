#include <algorithm>
#include <array>
#include <chrono>

#include <fmt/format.h>

#include "base/text.hpp"
#include "core/report.hpp"

namespace cordon::core {
namespace {

constexpr std::size_t k_widest_name = 40;

bool is_dry(const RunReport& report) {
    return report.command == "plan";
}

/// How wide text shows on a terminal: code points, not bytes.
std::size_t width_of(std::string_view text) {
    return static_cast<std::size_t>(std::count_if(
        text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xc0U) != 0x80U; }));
}

// --- The table ---

using Cells = std::vector<std::string>;

struct Column {
    const char* title;
    const char* dry_title;  ///< in a plan nothing has happened yet
    std::uint64_t (*value)(const ListReport&);
    bool always;  ///< else only where a list has something to show
};

constexpr std::array<Column, 17> k_columns{{
    {"fetched", "fetched", [](const ListReport& list) { return list.counts.fetched; }, true},
    {"rejected", "rejected", [](const ListReport& list) { return list.counts.reasons.of(ReasonClass::rejected); },
     true},
    {"merged", "merged", [](const ListReport& list) { return list.counts.reasons.of(ReasonClass::merged); }, true},
    {"accepted", "accepted", [](const ListReport& list) { return list.counts.accepted; }, true},
    {"on gateway", "on gateway", [](const ListReport& list) { return list.counts.on_gateway; }, true},
    {"pending", "pending", [](const ListReport& list) { return list.counts.pending; }, false},
    {"over capacity", "over capacity", [](const ListReport& list) { return list.counts.over_capacity; }, false},
    {"quarantined", "quarantined", [](const ListReport& list) { return list.counts.quarantined; }, false},
    {"excepted", "excepted", [](const ListReport& list) { return list.counts.excepted; }, false},
    {"known to Zscaler", "known to Zscaler", [](const ListReport& list) { return list.counts.known_to_gateway; },
     false},
    {"await look-up", "await look-up", [](const ListReport& list) { return list.counts.awaiting_lookup; }, false},
    {"passed on", "passed on", [](const ListReport& list) { return list.counts.passed_on; }, false},
    {"added", "to add", [](const ListReport& list) { return list.added; }, true},
    {"removed", "to remove", [](const ListReport& list) { return list.removed; }, true},
    {"unchanged", "unchanged", [](const ListReport& list) { return list.counts.unchanged; }, true},
    {"foreign", "foreign", [](const ListReport& list) { return list.counts.foreign; }, false},
    {"there now", "there now", [](const ListReport& list) { return list.there_now.value_or(0); }, false},
}};

/// What lies there is told where it is not just what of the accepted entries is there: others put something in, the
/// plan was stopped or frozen, or the list was not read.
bool has_something_to_show(const Column& column, const ListReport& list) {
    if (std::string_view(column.title) == "there now") return list.there_now != list.counts.on_gateway;
    return column.value(list) != 0;
}

/// The run ended before the list was planned: nothing of it was counted.
bool is_unplanned(const ListReport& list) {
    const bool has_ended_early = list.outcome == Outcome::failed || list.outcome == Outcome::interrupted;
    return has_ended_early && list.digest.empty() && list.counts == ListCounts{};
}

/// A plan's report has done nothing, so its columns show what is planned.
std::string cell_of(const Column& column, const ListReport& list, bool dry) {
    const std::string_view title = column.title;
    if (title != "there now" && is_unplanned(list)) return "-";
    if (title == "there now" && !list.there_now) return "?";
    if (dry && title == "added") return with_thousands(list.counts.to_add);
    if (dry && title == "removed") return with_thousands(list.counts.to_remove);
    return with_thousands(column.value(list));
}

std::vector<Cells> table_of(const RunReport& report) {
    const bool dry = is_dry(report);
    std::vector<Cells> rows(report.lists.size() + 1);
    rows[0].emplace_back("list");
    for (std::size_t i = 0; i < report.lists.size(); ++i) {
        rows[i + 1].push_back(printable(report.lists[i].list, k_widest_name));
    }
    for (const Column& column : k_columns) {
        const bool shows =
            column.always || std::any_of(report.lists.begin(), report.lists.end(),
                                         [&](const ListReport& list) { return has_something_to_show(column, list); });
        if (!shows) continue;
        rows[0].emplace_back(dry ? column.dry_title : column.title);
        for (std::size_t i = 0; i < report.lists.size(); ++i) {
            rows[i + 1].push_back(cell_of(column, report.lists[i], dry));
        }
    }
    return rows;
}

std::string aligned(const std::vector<Cells>& rows) {
    std::vector<std::size_t> widths(rows[0].size(), 0);
    for (const Cells& row : rows) {
        for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], width_of(row[i]));
    }
    std::string text;
    for (const Cells& row : rows) {
        text += row[0] + std::string(widths[0] - width_of(row[0]), ' ');
        for (std::size_t i = 1; i < row.size(); ++i) {
            text += "  " + std::string(widths[i] - width_of(row[i]), ' ') + row[i];
        }
        text += '\n';
    }
    return text;
}

// --- The sentences ---

std::string plural(std::uint64_t count, const char* one, const char* many) {
    return fmt::format("{} {}", with_thousands(count), count == 1 ? one : many);
}

/// "3 private, loopback ... (reserved_address), 2 the same entry again (duplicate)", largest first.
std::string reasons_of(const ReasonCounts& counts, ReasonClass reason_class) {
    std::vector<Reason> reasons;
    for (std::size_t i = 0; i < k_reason_count; ++i) {
        const auto reason = static_cast<Reason>(i);
        if (class_of(reason) == reason_class && counts.of(reason) != 0) reasons.push_back(reason);
    }
    std::stable_sort(reasons.begin(), reasons.end(), [&](Reason a, Reason b) { return counts.of(a) > counts.of(b); });
    std::vector<std::string> pieces;
    for (const Reason reason : reasons) {
        pieces.push_back(
            fmt::format("{} {} ({})", with_thousands(counts.of(reason)), name_of(reason), explanation_of(reason)));
    }
    return join(pieces, ", ");
}

void add_line(std::string& text, std::string_view line) {
    text += line;
    text += '\n';
}

void add_warnings(std::string& text, const std::vector<std::string>& warnings) {
    for (const std::string& warning : warnings) add_line(text, "  warning: " + warning);
}

std::string feed_line(const FeedReport& feed) {
    std::string line = fmt::format("feed {}", printable(feed.feed));
    if (!feed.source.empty()) line += fmt::format(" ({})", printable(feed.source));
    line += fmt::format(": {}", plural(feed.indicators, "indicator", "indicators"));
    if (feed.left_out != 0) line += fmt::format(", {} more left out by its filters", with_thousands(feed.left_out));
    if (feed.invalid_rows != 0) {
        line += fmt::format(", {} that hold none", plural(feed.invalid_rows, "row", "rows"));
    }
    if (!feed.was_asked) line += ", not asked in this run";
    if (feed.downloaded) {
        line += fmt::format(", downloaded {} bytes", with_thousands(feed.bytes));
    } else if (feed.snapshot_at) {
        line += fmt::format(", unchanged since {}", to_readable_utc(*feed.snapshot_at));
    }
    if (feed.outcome != Outcome::done && feed.outcome != Outcome::unchanged) {
        line += fmt::format("; {}", name_of(feed.outcome));
    }
    if (!feed.message.empty()) line += fmt::format(": {}", feed.message);
    return line;
}

/// Where nothing is blocked, a warning says so.
void add_enforcement(std::string& text, const Enforcement& enforcement, Time started) {
    if (!blocks_nothing(enforcement.state)) add_line(text, "  blocking: " + text_of(enforcement, started));
}

void add_list(std::string& text, const ListReport& list, const RunReport& report) {
    const bool dry = is_dry(report);
    const bool has_own_id =
        !list.object_id.empty() && list.object_id != noun_of(list.target);  // "denylist" says it all
    std::string line = fmt::format("list '{}' ({}{}): {}", printable(list.list), noun_of(list.target),
                                   has_own_id ? " " + printable(list.object_id) : "", name_of(list.outcome));
    if (list.created) line += dry ? ", would be created" : ", created";
    if (!list.message.empty()) line += "; " + list.message;
    add_line(text, line);
    const ListCounts& counts = list.counts;
    if (const auto reasons = reasons_of(counts.reasons, ReasonClass::rejected); !reasons.empty()) {
        add_line(text, "  rejected: " + reasons);
    }
    if (const auto reasons = reasons_of(counts.reasons, ReasonClass::merged); !reasons.empty()) {
        add_line(text, "  merged: " + reasons);
    }
    if (counts.over_capacity != 0) {
        add_line(text, fmt::format("  {} not fit: the riskiest and latest go first",
                                   plural(counts.over_capacity, "entry does", "entries do")));
    }
    if (counts.excepted != 0) {
        add_line(text, fmt::format("  {} out: taken out by hand on the gateway (cordon exceptions list)",
                                   plural(counts.excepted, "entry stays", "entries stay")));
    }
    if (counts.known_to_gateway != 0) {
        add_line(text, fmt::format("  {} out: Zscaler flags {} already (lookup = skip_known)",
                                   plural(counts.known_to_gateway, "entry stays", "entries stay"),
                                   counts.known_to_gateway == 1 ? "it" : "them"));
    }
    if (counts.awaiting_lookup != 0) {
        add_line(text, fmt::format("  {} for a look-up; later runs ask and deliver",
                                   plural(counts.awaiting_lookup, "entry waits", "entries wait")));
    }
    if (counts.foreign != 0) {
        add_line(text, fmt::format("  {} there that somebody else put in; we leave them alone",
                                   plural(counts.foreign, "entry is", "entries are")));
    }
    if (list.enforcement) add_enforcement(text, *list.enforcement, report.started);
    add_warnings(text, list.warnings);
}

std::string activation_line(ActivationState state) {
    switch (state) {
        case ActivationState::not_needed: return "activation: not needed, nothing was changed";
        case ActivationState::active: return "activation: done, the changes are in effect";
        case ActivationState::pending: return "activation: still pending; the next run makes up for it";
        case ActivationState::in_progress: return "activation: in progress on the gateway";
        case ActivationState::failed: return "activation: failed; the next run makes up for it";
        case ActivationState::withheld: return "activation: withheld, what is saved is not in effect yet";
        case ActivationState::unknown: return "activation: not known, the run has not ended";
    }
    return {};
}

/// "; 2 without success, 3 waits of 12 s in all"; empty where all went well.
std::string troubles_of(const RunReport& report, const std::string& cloud) {
    const auto found = report.call_troubles.find(cloud);
    if (found == report.call_troubles.end()) return {};
    CallTroubles all;
    for (const auto& [endpoint, trouble] : found->second) all.add(trouble);
    std::vector<std::string> pieces;
    if (all.errors != 0) pieces.push_back(fmt::format("{} without success", with_thousands(all.errors)));
    if (all.waits != 0) {
        pieces.push_back(fmt::format(
            "{} of {} s in all", plural(all.waits, "wait", "waits"),
            with_thousands(static_cast<std::uint64_t>(std::chrono::ceil<std::chrono::seconds>(all.waited).count()))));
    }
    return pieces.empty() ? std::string{} : "; " + join(pieces, ", ");
}

void add_calls(std::string& text, const RunReport& report) {
    for (const auto& [cloud, by_endpoint] : report.calls) {
        std::uint64_t sum = 0;
        std::vector<std::string> pieces;
        for (const auto& [endpoint, count] : by_endpoint) {
            sum += count;
            pieces.push_back(fmt::format("{} x {}", with_thousands(count), endpoint));
        }
        add_line(text, fmt::format("calls to {}: {} ({}){}", cloud, with_thousands(sum), join(pieces, ", "),
                                   troubles_of(report, cloud)));
    }
}

std::string headline(const RunReport& report) {
    const auto length = std::max(report.finished - report.started, std::chrono::milliseconds{0});
    std::string line =
        fmt::format("{} {}: {} in {:.1f} s, started {}", report.command, report.id, name_of(report.outcome),
                    static_cast<double>(length.count()) / 1000.0, to_readable_utc(report.started));
    if (report.exit_status != 0) line += fmt::format(" (exit status {})", report.exit_status);
    return line;
}

}  // namespace

std::string work_left_of(const RunReport& report) {
    std::uint64_t added = 0;
    std::uint64_t removed = 0;
    std::uint64_t to_add = 0;
    std::uint64_t to_remove = 0;
    for (const ListReport& list : report.lists) {
        added += list.added;
        removed += list.removed;
        if (list.outcome == Outcome::stopped) continue;
        to_add += list.counts.pending;
        to_remove += list.counts.to_remove - std::min(list.counts.to_remove, list.removed);
    }
    const bool is_part = added + removed > 0 && to_add + to_remove > 0;
    if (is_dry(report) || !is_part) return {};
    return fmt::format("part of the work is done: {} added, {} removed; {} and {} wait for the next run",
                       with_thousands(added), with_thousands(removed), plural(to_add, "addition", "additions"),
                       plural(to_remove, "removal", "removals"));
}

std::string to_text(const RunReport& report) {
    std::string text;
    add_line(text, headline(report));
    if (!report.message.empty()) add_line(text, report.message);
    if (!report.lists.empty()) text += "\n" + aligned(table_of(report)) + "\n";
    for (const FeedReport& feed : report.feeds) {
        add_line(text, feed_line(feed));
        add_warnings(text, feed.warnings);
    }
    for (const ListReport& list : report.lists) add_list(text, list, report);
    if (!is_dry(report)) add_line(text, activation_line(report.activation));
    add_calls(text, report);
    for (const std::string& warning : report.warnings) add_line(text, "warning: " + warning);
    if (const auto left = work_left_of(report); !left.empty()) add_line(text, left);
    if (!report.held_back.empty()) add_line(text, report.held_back);
    return text;
}

}  // namespace cordon::core
