#include <soci/soci.h>

#include "store/tables.hpp"

namespace cordon::store {
namespace {

const std::string k_activation_owed = "activation_owed";
const std::string k_owing_deed = "activation_owed_from";
const std::string k_audit_records = "audit_records";
const std::string k_audit_anchor = "audit_anchor";
const std::string k_audit_change = "audit_change";
const std::string k_unwritten_audit_records = "audit_unwritten";
const std::string k_first_audit_record = "audit_first";

/// 0 where the flag is not set.
long long read_flag(soci::session& sql, const std::string& name) {
    long long value = 0;
    sql << "SELECT is_set FROM flags WHERE name = :name", soci::use(name), soci::into(value);
    return sql.got_data() ? value : 0;
}

/// Any value but 0 sets the flag.
void write_flag(soci::session& sql, const std::string& name, long long value) {
    sql << "DELETE FROM flags WHERE name = :name", soci::use(name);
    if (value != 0) {
        sql << "INSERT INTO flags (name, is_set) VALUES (:name, :value)", soci::use(name), soci::use(value);
    }
}

}  // namespace

std::vector<Time> read_requests(soci::session& sql, const std::string& budget, Time since) {
    std::vector<Time> moments;
    long long moment = 0;
    const long long first = to_number(since);
    soci::statement rows =
        (sql.prepare << "SELECT moment FROM requests WHERE budget = :budget AND moment >= :since ORDER BY moment",
         soci::use(budget), soci::use(first), soci::into(moment));
    rows.execute();
    while (rows.fetch()) moments.push_back(to_time(moment));
    return moments;
}

std::optional<net::UsedUp> write_request_that_fits(soci::session& sql, const std::string& budget,
                                                   const std::vector<net::RateWindow>& windows, Time now) {
    const Time since = now - net::reach_of(windows);
    const long long at = to_number(now), oldest = to_number(since);
    sql << "UPDATE requests SET moment = :now WHERE budget = :budget AND moment > :now_too", soci::use(at),
        soci::use(budget), soci::use(at);
    sql << "DELETE FROM requests WHERE budget = :budget AND moment < :oldest", soci::use(budget), soci::use(oldest);
    if (auto full = net::used_up(windows, read_requests(sql, budget, since), now)) return full;
    sql << "INSERT INTO requests (budget, moment) VALUES (:budget, :moment)", soci::use(budget), soci::use(at);
    return std::nullopt;
}

std::optional<GuardStopRecord> read_guard_stop(soci::session& sql, const std::string& list) {
    GuardStopRecord record;
    long long since = 0;
    sql << "SELECT list, digest, rule, since FROM guard_stops WHERE list = :list", soci::use(list),
        soci::into(record.list), soci::into(record.digest), soci::into(record.rule), soci::into(since);
    if (!sql.got_data()) return std::nullopt;
    record.since = to_time(since);
    return record;
}

void write_guard_stop(soci::session& sql, const GuardStopRecord& record) {
    const long long since = to_number(record.since);
    erase_guard_stop(sql, record.list);
    sql << "INSERT INTO guard_stops (list, digest, rule, since) VALUES (:list, :digest, :rule, :since)",
        soci::use(record.list), soci::use(record.digest), soci::use(record.rule), soci::use(since);
}

void erase_guard_stop(soci::session& sql, const std::string& list) {
    sql << "DELETE FROM guard_stops WHERE list = :list", soci::use(list);
}

bool read_activation_owed(soci::session& sql) {
    return read_flag(sql, k_activation_owed) != 0;
}

long long read_owing_deed(soci::session& sql) {
    return read_flag(sql, k_owing_deed);
}

void write_activation_owed(soci::session& sql, bool is_owed) {
    if (!is_owed) {
        write_flag(sql, k_owing_deed, 0);
    } else if (read_owing_deed(sql) == 0) {  // also where a version before deeds owed it
        write_flag(sql, k_owing_deed, read_next_deed(sql));
    }
    write_flag(sql, k_activation_owed, is_owed ? 1 : 0);
}

AuditMark read_audit_mark(soci::session& sql) {
    return {static_cast<std::uint64_t>(read_flag(sql, k_audit_records)), read_flag(sql, k_audit_anchor)};
}

void write_audit_mark(soci::session& sql, const AuditMark& mark) {
    write_flag(sql, k_audit_records, static_cast<long long>(mark.records));
    write_flag(sql, k_audit_anchor, mark.anchor);
}

std::uint64_t read_audit_change(soci::session& sql) {
    return static_cast<std::uint64_t>(read_flag(sql, k_audit_change));
}

void write_audit_change(soci::session& sql, std::uint64_t record) {
    write_flag(sql, k_audit_change, static_cast<long long>(record));
}

std::uint64_t read_first_audit_record(soci::session& sql) {
    return static_cast<std::uint64_t>(read_flag(sql, k_first_audit_record));
}

void write_first_audit_record(soci::session& sql, std::uint64_t record) {
    write_flag(sql, k_first_audit_record, static_cast<long long>(record));
}

std::uint64_t read_unwritten_audit_records(soci::session& sql) {
    return static_cast<std::uint64_t>(read_flag(sql, k_unwritten_audit_records));
}

void write_unwritten_audit_records(soci::session& sql, std::uint64_t count) {
    write_flag(sql, k_unwritten_audit_records, static_cast<long long>(count));
}

}  // namespace cordon::store
