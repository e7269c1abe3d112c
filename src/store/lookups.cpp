#include <soci/soci.h>

#include "store/tables.hpp"

namespace cordon::store {

std::vector<KeptLookup> read_lookups(soci::session& sql, std::span<const std::string> values, Time since) {
    std::vector<KeptLookup> found;
    std::string value;
    long long asked_at = 0;
    int is_uncategorised = 0;
    core::Classification row;
    const long long first = to_number(since);
    soci::statement one =
        (sql.prepare << "SELECT asked_at, classes, alerts, is_uncategorised, refused FROM lookups WHERE value = :value "
                        "AND asked_at >= :since",
         soci::use(value), soci::use(first), soci::into(asked_at), soci::into(row.classes), soci::into(row.alerts),
         soci::into(is_uncategorised), soci::into(row.refused));
    for (const auto& wanted : values) {
        value = wanted;
        if (!one.execute(/*withDataExchange=*/true)) continue;
        row.is_uncategorised = is_uncategorised != 0;
        found.push_back({{wanted, row}, to_time(asked_at)});
    }
    return found;
}

void write_lookups(soci::session& sql, std::span<const core::LookedUp> answers, Time now) {
    if (answers.empty()) return;
    std::vector<std::string> values, classes, alerts, refusals;
    std::vector<long long> moments(answers.size(), to_number(now));
    std::vector<int> uncategorised;
    for (const auto& [value, classification] : answers) {
        values.push_back(value);
        classes.push_back(classification.classes);
        alerts.push_back(classification.alerts);
        uncategorised.push_back(classification.is_uncategorised ? 1 : 0);
        refusals.push_back(classification.refused);
    }
    sql << "INSERT INTO lookups (value, asked_at, classes, alerts, is_uncategorised, refused) VALUES (:value, "
           ":asked_at, "
           ":classes, :alerts, :is_uncategorised, :refused) ON CONFLICT (value) DO UPDATE SET asked_at = "
           "excluded.asked_at, classes = excluded.classes, alerts = excluded.alerts, is_uncategorised = "
           "excluded.is_uncategorised, refused = excluded.refused",
        soci::use(values), soci::use(moments), soci::use(classes), soci::use(alerts), soci::use(uncategorised),
        soci::use(refusals);
}

void erase_lookups(soci::session& sql, Time since, std::size_t most) {
    const long long first = to_number(since);
    sql << "DELETE FROM lookups WHERE asked_at < :since", soci::use(first);
    const auto kept = static_cast<long long>(most);
    sql << "DELETE FROM lookups WHERE value IN (SELECT value FROM lookups ORDER BY asked_at DESC, value LIMIT -1 "
           "OFFSET "
           ":most)",
        soci::use(kept);
}

}  // namespace cordon::store
