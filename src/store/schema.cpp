#include <fmt/format.h>
#include <soci/soci.h>

#include "store/schema/sqlite.hpp"
#include "store/tables.hpp"

namespace cordon::store {

int newest_schema_version() noexcept {
    return static_cast<int>(schema::k_sqlite_steps.size());
}

int schema_version(soci::session& sql) {
    int tables = 0;
    sql << "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = 'schema_version'", soci::into(tables);
    if (tables == 0) return 0;
    int version = 0;
    sql << "SELECT max(version) FROM schema_version", soci::into(version);
    return version;
}

Result<void> migrate(soci::session& sql) {
    const int version = schema_version(sql);
    if (version > newest_schema_version()) {
        return fail(
            Code::invalid,
            fmt::format("it was written by a newer cordon (schema {}, this one knows {}): install that one again, "
                        "or choose another state_dir",
                        version, newest_schema_version()));
    }
    if (version == 0) sql << "CREATE TABLE schema_version (version INTEGER NOT NULL) STRICT";
    for (int step = version; step < newest_schema_version(); ++step) {
        for (const char* statement : schema::k_sqlite_steps[static_cast<std::size_t>(step)]) sql << statement;
        sql << "INSERT INTO schema_version (version) VALUES (:version)", soci::use(step + 1);
    }
    return {};
}

}  // namespace cordon::store
