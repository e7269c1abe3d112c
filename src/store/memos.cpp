#include <soci/soci.h>

#include "store/tables.hpp"

namespace cordon::store {

std::string read_memo(soci::session& sql, const std::string& name) {
    std::string text;
    sql << "SELECT text FROM memos WHERE name = :name", soci::use(name), soci::into(text);
    return sql.got_data() ? text : std::string{};
}

void write_memo(soci::session& sql, const std::string& name, const std::string& text) {
    sql << "INSERT INTO memos (name, text) VALUES (:name, :text) ON CONFLICT (name) DO UPDATE SET text = excluded.text",
        soci::use(name), soci::use(text);
}

}  // namespace cordon::store
