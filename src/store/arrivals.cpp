#include <fmt/format.h>
#include <soci/soci.h>

#include "store/tables.hpp"

namespace cordon::store {
namespace {

/// Deeds between two looks for those that nothing goes back to: a look reads every entry.
constexpr long long k_deeds_between_looks = 256;

long long put_deed(soci::session& sql, const AuditRecord& record, Time at) {
    const long long moment = to_number(at);
    sql << "INSERT INTO deeds (run, act, moment) VALUES (:run, :act, :moment) ON CONFLICT DO NOTHING",
        soci::use(record.run), soci::use(record.act), soci::use(moment);
    long long deed = 0;
    sql << "SELECT id FROM deeds WHERE run = :run AND act = :act AND moment = :moment", soci::use(record.run),
        soci::use(record.act), soci::use(moment), soci::into(deed);
    return deed;
}

}  // namespace

void write_deed(soci::session& sql, const AuditRecord& record, Time at) {
    const auto deed = put_deed(sql, record, at);
    long long list = 0;
    sql << "SELECT id FROM lists WHERE name = :name", soci::use(record.list), soci::into(list);
    // SOCI's bulk bindings are all or nothing.
    sql << fmt::format("UPDATE entries SET deed = {} WHERE list_id = {} AND canonical = :canonical", deed, list),
        soci::use(record.added);
    if (deed % k_deeds_between_looks != 0) return;
    sql << "DELETE FROM deeds WHERE id NOT IN (SELECT deed FROM entries WHERE deed IS NOT NULL)";
}

long long read_next_deed(soci::session& sql) {
    long long last = 0;
    sql << "SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = 'deeds'", soci::into(last);
    return last + 1;
}

std::optional<Arrival> read_arrival(soci::session& sql, const std::string& list, const std::string& canonical) {
    Arrival arrival;
    long long moment = 0, deed = 0;
    sql << "SELECT run, act, moment, deeds.id FROM entries JOIN lists ON lists.id = list_id JOIN deeds ON deeds.id = "
           "deed WHERE name = :name AND canonical = :canonical",
        soci::use(list), soci::use(canonical), soci::into(arrival.run), soci::into(arrival.act), soci::into(moment),
        soci::into(deed);
    if (!sql.got_data()) return std::nullopt;
    arrival.at = to_time(moment);
    const auto owing = read_owing_deed(sql);
    arrival.is_active = owing == 0 || deed < owing;
    return arrival;
}

}  // namespace cordon::store
