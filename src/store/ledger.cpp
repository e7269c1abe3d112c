#include <soci/soci.h>

#include <fmt/format.h>

#include "store/tables.hpp"

namespace cordon::store {
namespace {

enum class ExclusionKind { exception = 0, quarantine = 1 };

std::optional<long long> find_list(soci::session& sql, const std::string& name) {
    long long id = 0;
    sql << "SELECT id FROM lists WHERE name = :name", soci::use(name), soci::into(id);
    return sql.got_data() ? std::optional(id) : std::nullopt;
}

long long list_id(soci::session& sql, const std::string& name) {
    sql << "INSERT INTO lists (name) VALUES (:name) ON CONFLICT (name) DO NOTHING", soci::use(name);
    return find_list(sql, name).value();
}

core::LedgerMark mark_of(int number) {
    if (number < 0 || number > static_cast<int>(core::LedgerMark::leaving)) throw Damaged("a ledger mark is unknown");
    return static_cast<core::LedgerMark>(number);
}

std::vector<core::LedgerEntry> read_entries(soci::session& sql, long long list) {
    std::vector<core::LedgerEntry> entries;
    std::string canonical;
    int mark = 0, side = 0;
    long long tries = 0;
    soci::statement rows =
        (sql.prepare << "SELECT canonical, mark, side, tries FROM entries WHERE list_id = :list ORDER BY canonical",
         soci::use(list), soci::into(canonical), soci::into(mark), soci::into(side), soci::into(tries));
    rows.execute();
    while (rows.fetch()) {
        entries.push_back({canonical, mark_of(mark), side == 0 ? core::Side::plain : core::Side::retain_parent,
                           static_cast<std::uint32_t>(tries)});
    }
    return entries;
}

std::vector<core::Exclusion> read_exclusions(soci::session& sql, long long list, ExclusionKind kind) {
    std::vector<core::Exclusion> exclusions;
    std::string canonical, because;
    long long since = 0;
    const int kind_number = static_cast<int>(kind);
    soci::statement rows =
        (sql.prepare << "SELECT canonical, since, because FROM exclusions WHERE list_id = :list AND "
                        "kind = :kind ORDER BY canonical",
         soci::use(list), soci::use(kind_number), soci::into(canonical), soci::into(since), soci::into(because));
    rows.execute();
    while (rows.fetch()) exclusions.push_back({canonical, to_time(since), because});
    return exclusions;
}

// The bulk statements carry the list's number in their text: SOCI's bulk bindings are all or nothing.

void put_entries(soci::session& sql, long long list, const std::vector<core::LedgerEntry>& entries) {
    if (entries.empty()) return;
    std::vector<std::string> canonicals;
    std::vector<int> marks, sides;
    std::vector<long long> tries;
    for (const auto& entry : entries) {
        canonicals.push_back(entry.canonical);
        marks.push_back(static_cast<int>(entry.mark));
        sides.push_back(static_cast<int>(entry.side));
        tries.push_back(entry.tries);
    }
    sql << fmt::format(
        "INSERT INTO entries (list_id, canonical, mark, side, tries) VALUES ({}, :canonical, :mark, :side, :tries) "
        "ON CONFLICT (list_id, canonical) DO UPDATE SET mark = excluded.mark, side = excluded.side, tries = "
        "excluded.tries",
        list),
        soci::use(canonicals), soci::use(marks), soci::use(sides), soci::use(tries);
}

void erase_entries(soci::session& sql, long long list, const std::vector<std::string>& canonicals) {
    if (canonicals.empty()) return;
    sql << fmt::format("DELETE FROM entries WHERE list_id = {} AND canonical = :canonical", list),
        soci::use(canonicals);
}

void put_exclusions(soci::session& sql, long long list, ExclusionKind kind,
                    const std::vector<core::Exclusion>& exclusions) {
    if (exclusions.empty()) return;
    std::vector<std::string> canonicals, reasons;
    std::vector<long long> moments;
    for (const auto& exclusion : exclusions) {
        canonicals.push_back(exclusion.canonical);
        moments.push_back(to_number(exclusion.since));
        reasons.push_back(exclusion.because);
    }
    sql << fmt::format(
        "INSERT INTO exclusions (list_id, kind, canonical, since, because) VALUES ({}, {}, :canonical, :since, "
        ":because) ON CONFLICT (list_id, kind, canonical) DO UPDATE SET since = excluded.since, because = "
        "excluded.because",
        list, static_cast<int>(kind)),
        soci::use(canonicals), soci::use(moments), soci::use(reasons);
}

void erase_exclusions(soci::session& sql, long long list, ExclusionKind kind,
                      const std::vector<std::string>& canonicals) {
    if (canonicals.empty()) return;
    sql << fmt::format("DELETE FROM exclusions WHERE list_id = {} AND kind = {} AND canonical = :canonical", list,
                       static_cast<int>(kind)),
        soci::use(canonicals);
}

}  // namespace

core::ListLedger read_ledger(soci::session& sql, const std::string& list) {
    auto ledger = read_ledger_head(sql, list);
    if (const auto id = find_list(sql, list)) ledger.ours = read_entries(sql, *id);
    return ledger;
}

core::ListLedger read_ledger_head(soci::session& sql, const std::string& list) {
    core::ListLedger ledger;
    const auto id = find_list(sql, list);
    if (!id) return ledger;
    int is_known = 0;
    long long filled_at = 0;
    soci::indicator has_filled_at = soci::i_null;
    sql << "SELECT is_known, object_id, filled_at FROM lists WHERE id = :id", soci::use(*id), soci::into(is_known),
        soci::into(ledger.object_id), soci::into(filled_at, has_filled_at);
    ledger.is_known = is_known != 0;
    if (has_filled_at == soci::i_ok) ledger.filled_at = to_time(filled_at);
    ledger.exceptions = read_exclusions(sql, *id, ExclusionKind::exception);
    ledger.quarantine = read_exclusions(sql, *id, ExclusionKind::quarantine);
    return ledger;
}

void write_change(soci::session& sql, const LedgerChange& change) {
    const auto id = list_id(sql, change.list);
    if (change.mark_known) sql << "UPDATE lists SET is_known = 1 WHERE id = :id", soci::use(id);
    if (!change.object_id.empty()) {
        sql << "UPDATE lists SET object_id = :object WHERE id = :id", soci::use(change.object_id), soci::use(id);
    }
    if (change.filled_at) {
        const long long filled_at = to_number(*change.filled_at);
        sql << "UPDATE lists SET filled_at = :moment WHERE id = :id", soci::use(filled_at), soci::use(id);
    }
    erase_entries(sql, id, change.erase);
    put_entries(sql, id, change.put);
    erase_exclusions(sql, id, ExclusionKind::exception, change.erase_exceptions);
    put_exclusions(sql, id, ExclusionKind::exception, change.put_exceptions);
    erase_exclusions(sql, id, ExclusionKind::quarantine, change.erase_quarantine);
    put_exclusions(sql, id, ExclusionKind::quarantine, change.put_quarantine);
}

std::vector<std::string> read_known_lists(soci::session& sql) {
    std::vector<std::string> lists;
    std::string name;
    soci::statement rows = (sql.prepare << "SELECT name FROM lists WHERE is_known = 1 OR EXISTS (SELECT 1 FROM entries "
                                           "WHERE list_id = lists.id) ORDER BY name",
                            soci::into(name));
    rows.execute();
    while (rows.fetch()) lists.push_back(name);
    return lists;
}

std::string read_note(soci::session& sql, const std::string& list) {
    std::string note;
    sql << "SELECT note FROM lists WHERE name = :name", soci::use(list), soci::into(note);
    return sql.got_data() ? note : std::string{};
}

void write_note(soci::session& sql, const std::string& list, const std::string& note) {
    const auto id = list_id(sql, list);
    sql << "UPDATE lists SET note = :note WHERE id = :id", soci::use(note), soci::use(id);
}

}  // namespace cordon::store
