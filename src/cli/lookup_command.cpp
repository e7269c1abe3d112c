// lookup: what Zscaler's own database says of any value.

#include <algorithm>
#include <array>
#include <optional>
#include <ostream>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/text.hpp"
#include "cli/commands.hpp"
#include "cli/session.hpp"
#include "core/canonical.hpp"
#include "core/lookup.hpp"

namespace cordon::cli {
namespace {

/// Somebody waits at a terminal: the hour's budget is not waited for.
constexpr std::chrono::seconds k_patience{5};

/// A value that was asked for and what is known of it.
struct Row {
    std::string given;
    std::string value;    ///< as ZIA is asked; empty where it cannot be
    std::string why_not;  ///< why it cannot be looked up; empty elsewhere
    std::optional<store::KeptLookup> answer{};
    bool is_fresh = false;
};

/// "com" as ZIA is asked: a single label is no entry of any list, but the database may have classes for it; empty where
/// it is none. Read as the last label of a name, so that a number is refused.
std::string single_label(const std::string& given) {
    if (trim(given).find_first_of(".:/\\@?#") != std::string_view::npos) return {};
    constexpr std::string_view k_front = "x.";
    core::Canonical canonical;
    core::canonicalise(core::EntityType::domain, std::string(k_front).append(trim(given)), canonical);
    return canonical.is_entry && canonical.kind == core::EntryKind::host ? canonical.text.substr(k_front.size()) : "";
}

Row row_of(const std::string& given) {
    core::Canonical canonical;
    core::canonicalise(core::EntityType::url, given, canonical);
    if (canonical.is_entry) return {given, core::lookup_value(canonical.text), {}};
    if (auto label = single_label(given); !label.empty()) return {given, std::move(label), {}};
    const auto why = canonical.detail.empty() ? std::string(core::explanation_of(canonical.reason)) : canonical.detail;
    return {given, {}, printable(why)};
}

std::vector<Row> rows_of(const std::vector<std::string>& values) {
    std::vector<Row> rows;
    for (const auto& given : values) rows.push_back(row_of(given));
    return rows;
}

void fill(std::vector<Row>& rows, const store::KeptLookup& answer, bool is_fresh) {
    for (auto& row : rows) {
        if (!row.why_not.empty() || row.value != answer.looked_up.value) continue;
        row.answer = answer;
        row.is_fresh = is_fresh;
    }
}

std::vector<std::string> unanswered(const std::vector<Row>& rows) {
    std::vector<std::string> values;
    for (const auto& row : rows) {
        if (!row.answer && row.why_not.empty() && std::find(values.begin(), values.end(), row.value) == values.end())
            values.push_back(row.value);
    }
    return values;
}

/// Takes what is kept, asks for the rest, and keeps that. A failure leaves what was answered in `rows`.
Result<void> look_up(Session& session, std::vector<Row>& rows, const std::stop_token& stop) {
    const auto now = session.clock.now();
    CORDON_TRY_ASSIGN(const auto kept,
                      session.store->lookups(unanswered(rows), now - session.settings->keep.lookup_ttl));
    for (const auto& answer : kept) fill(rows, answer, /*is_fresh=*/false);
    const auto rest = unanswered(rows);
    if (rest.empty()) return {};
    const auto given = session.gateway->classify(rest, k_patience, stop);
    for (const auto& answer : given.answers) fill(rows, {answer, session.clock.now()}, /*is_fresh=*/true);
    auto saved = session.store->keep_lookups(given.answers, session.clock.now());
    auto problem = given.failure;
    if (!problem && given.is_budget_spent) {
        problem = Error{Code::throttled, "the look-ups of this hour are used up (400 calls); try again later"};
    }
    if (!problem) return saved;
    if (!saved) problem->message += "; " + saved.error().message;
    return fail(*problem);
}

std::chrono::seconds age_of(const store::KeptLookup& answer, Time now) {
    return std::max(std::chrono::floor<std::chrono::seconds>(now - answer.asked_at), std::chrono::seconds{0});
}

std::string or_none(const std::string& names) {
    return names.empty() ? "none" : names;
}

/// "asked now" or "3 h ago", whole units of the largest that fits.
std::string source_of(const Row& row, Time now) {
    if (row.is_fresh) return "now";
    const auto age = age_of(*row.answer, now);
    if (age >= std::chrono::days{1}) return fmt::format("kept, {} d old", age / std::chrono::days{1});
    if (age >= std::chrono::hours{1}) return fmt::format("kept, {} h old", age / std::chrono::hours{1});
    return fmt::format("kept, {} min old", age / std::chrono::minutes{1});
}

void print_table(const std::vector<Row>& rows, Time now, std::ostream& out) {
    std::vector<std::array<std::string, 4>> cells{{"value", "classes", "security alerts", "asked"}};
    for (const auto& row : rows) {
        if (!row.why_not.empty()) {
            cells.push_back({printable(row.given), "cannot be looked up: " + row.why_not, "", ""});
            continue;
        }
        if (!row.answer) {
            cells.push_back({printable(row.value), "not answered", "", ""});
            continue;
        }
        const auto& said = row.answer->looked_up.classification;
        if (!said.refused.empty()) {
            cells.push_back({printable(row.value), "refused: " + said.refused, "", source_of(row, now)});
        } else {
            cells.push_back({printable(row.value), or_none(said.classes), or_none(said.alerts), source_of(row, now)});
        }
    }
    std::array<std::size_t, 4> widths{};
    for (const auto& row : cells) {
        for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
    }
    for (const auto& row : cells) {
        out << fmt::format("{:<{}}  {:<{}}  {:<{}}  {}\n", row[0], widths[0], row[1], widths[1], row[2], widths[2],
                           row[3]);
    }
}

nlohmann::ordered_json names_json(const std::string& joined) {
    auto names = nlohmann::ordered_json::array();
    if (joined.empty()) return names;
    for (const auto name : split(joined, ',')) names.push_back(std::string(trim(name)));
    return names;
}

void print_json(const std::vector<Row>& rows, Time now, std::ostream& out) {
    auto json = nlohmann::ordered_json::array();
    for (const auto& row : rows) {
        nlohmann::ordered_json item{
            {"given", row.given}, {"value", row.value}, {"is_answered", row.answer.has_value()}};
        if (!row.why_not.empty()) item["cannot_be_looked_up"] = row.why_not;
        if (row.answer) {
            const auto& said = row.answer->looked_up.classification;
            item["classes"] = names_json(said.classes);
            item["alerts"] = names_json(said.alerts);
            item["is_uncategorised"] = said.is_uncategorised;
            item["refused"] = said.refused;
            item["source"] = row.is_fresh ? "gateway" : "store";
            item["asked_at"] = to_iso8601(row.answer->asked_at);
            item["age_seconds"] = age_of(*row.answer, now).count();
        }
        json.push_back(std::move(item));
    }
    out << json.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) << "\n";
}

/// 2 where a value could not be looked up; says so, as the table may scroll by.
int status_of(const std::vector<Row>& rows, std::ostream& err) {
    const auto count = std::count_if(rows.begin(), rows.end(), [](const Row& row) { return !row.why_not.empty(); });
    if (count == 0) return k_exit_done;
    err << fmt::format("cordon: {} cannot be looked up; give a host, a URL or an IP address\n",
                       count == 1 ? "one value" : with_thousands(static_cast<std::uint64_t>(count)) + " values");
    return k_exit_usage;
}

}  // namespace

int lookup_command(const Arguments& arguments, Streams streams, const std::stop_token& stop) {
    auto rows = rows_of(arguments.values);
    const auto print = [&](Time now) {
        arguments.json ? print_json(rows, now, streams.out) : print_table(rows, now, streams.out);
    };
    if (unanswered(rows).empty()) {  // nobody has to be asked
        print({});
        return status_of(rows, streams.err);
    }
    auto settings = load_settings(arguments.common);
    if (!settings) return report_failure(settings.error(), streams.err);
    for (const auto& warning : unverified_clouds(**settings)) streams.err << "cordon: note: " << warning << "\n";
    SystemClock clock;
    auto wired = Session::wire(std::move(*settings), clock, Feeds::optional);
    if (!wired) return report_failure(wired.error(), streams.err);
    auto& session = **wired;
    if (const auto opened = session.open(arguments.common.log_level); !opened) {
        return report_failure(opened.error(), streams.err);
    }
    const auto looked_up = look_up(session, rows, stop);
    print(session.clock.now());
    // Signing out would publish what somebody saved and has not activated.
    const auto left = session.gateway->leave(/*keep_unpublished=*/true, stop);
    const auto note = left ? *left : left.error().message;
    if (!note.empty()) streams.err << "cordon: note: " << note << "\n";
    return looked_up ? status_of(rows, streams.err) : report_failure(looked_up.error(), streams.err);
}

}  // namespace cordon::cli
