#include <soci/soci.h>

#include "store/tables.hpp"

namespace cordon::store {

std::vector<core::Override> read_overrides(soci::session& sql) {
    std::vector<core::Override> overrides;
    int kind = 0;
    long long since = 0, until = 0;
    core::Override one;
    soci::statement rows =
        (sql.prepare
             << "SELECT kind, value, list, since, until, who, because FROM overrides ORDER BY kind, value, list",
         soci::into(kind), soci::into(one.value), soci::into(one.list), soci::into(since), soci::into(until),
         soci::into(one.who), soci::into(one.because));
    rows.execute();
    while (rows.fetch()) {
        one.kind = kind == 0 ? core::OverrideKind::allow : core::OverrideKind::block;
        one.from = to_time(since);
        one.until = to_time(until);
        overrides.push_back(one);
    }
    return overrides;
}

void write_override(soci::session& sql, const core::Override& one) {
    const int kind = static_cast<int>(one.kind);
    const long long since = to_number(one.from);
    const long long until = to_number(one.until);
    sql << "INSERT INTO overrides (kind, value, list, since, until, who, because) VALUES (:kind, :value, :list, "
           ":since, :until, :who, :because) ON CONFLICT (kind, value, list) DO UPDATE SET since = excluded.since, "
           "until = excluded.until, who = excluded.who, because = excluded.because",
        soci::use(kind), soci::use(one.value), soci::use(one.list), soci::use(since), soci::use(until),
        soci::use(one.who), soci::use(one.because);
}

void erase_override(soci::session& sql, core::OverrideKind kind, const std::string& value, const std::string& list) {
    const int number = static_cast<int>(kind);
    sql << "DELETE FROM overrides WHERE kind = :kind AND value = :value AND list = :list", soci::use(number),
        soci::use(value), soci::use(list);
}

void erase_overrides_until(soci::session& sql, Time moment) {
    const long long last = to_number(moment);
    sql << "DELETE FROM overrides WHERE until <= :last", soci::use(last);
}

}  // namespace cordon::store
