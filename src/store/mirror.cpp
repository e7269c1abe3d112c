#include <algorithm>
#include <bit>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <soci/soci.h>

#include "base/digest.hpp"
#include "store/tables.hpp"

namespace cordon::store {
namespace {

struct Stream {
    long long id = 0;
    std::string newest;
    long long walk = 0;  // counts the passes' restarts
};

std::optional<Stream> find_stream(soci::session& sql, const std::string& name) {
    Stream stream;
    sql << "SELECT id, newest, walk FROM mirror_streams WHERE name = :name", soci::use(name), soci::into(stream.id),
        soci::into(stream.newest), soci::into(stream.walk);
    return sql.got_data() ? std::optional(stream) : std::nullopt;
}

Stream stream_of(soci::session& sql, const std::string& name) {
    sql << "INSERT INTO mirror_streams (name) VALUES (:name) ON CONFLICT (name) DO NOTHING", soci::use(name);
    return find_stream(sql, name).value();
}

core::MirrorPass read_pass(soci::session& sql, long long stream, int confidence) {
    core::MirrorPass pass;
    int is_complete = 0;
    sql << "SELECT oldest, is_complete FROM mirror_passes WHERE stream_id = :stream AND confidence = :confidence",
        soci::use(stream), soci::use(confidence), soci::into(pass.oldest), soci::into(is_complete);
    pass.is_complete = is_complete != 0;
    return pass;
}

void write_pass(soci::session& sql, const Stream& stream, int confidence, const core::MirrorStep& step) {
    const int is_complete = step.is_last ? 1 : 0;
    sql << "INSERT INTO mirror_passes (stream_id, confidence, oldest, is_complete) VALUES (:stream, :confidence, "
           ":oldest, "
           ":is_complete) ON CONFLICT (stream_id, confidence) DO UPDATE SET oldest = excluded.oldest, is_complete = "
           "excluded.is_complete",
        soci::use(stream.id), soci::use(confidence), soci::use(step.reached), soci::use(is_complete);
    if (!step.is_last || !step.is_end_certain || stream.walk == 0) return;
    sql << "DELETE FROM mirror_rows WHERE stream_id = :stream AND confidence = :confidence AND walk < :walk",
        soci::use(stream.id), soci::use(confidence), soci::use(stream.walk);
}

/// Where a row is found by: of its value, and of no meaning but for this table.
long long hash_of(std::string_view value) {
    return std::bit_cast<long long>(hash64(value));
}

/// The rows by their hash, so that the index is written from one end to the other; of one value the last comes last.
std::vector<std::pair<long long, std::size_t>> by_hash(const core::MirrorRows& rows) {
    std::vector<std::pair<long long, std::size_t>> order;
    order.reserve(rows.size());
    for (std::size_t i = 0; i < rows.size(); ++i) order.emplace_back(hash_of(rows[i].value), i);
    std::sort(order.begin(), order.end());
    return order;
}

void write_rows(soci::session& sql, const Stream& stream, const core::MirrorRows& rows) {
    // What the statements read when they are executed.
    struct {
        long long hash = 0, last_updated = 0;
        int confidence = 0;
        std::string value, marker, tags;
    } bound;
    soci::statement erase =
        (sql.prepare << "DELETE FROM mirror_rows WHERE hash = :hash AND stream_id = :stream AND value = :value",
         soci::use(bound.hash), soci::use(stream.id), soci::use(bound.value));
    soci::statement insert =
        (sql.prepare
             << "INSERT INTO mirror_rows (stream_id, hash, value, confidence, marker, last_updated, walk, tags) VALUES "
                "(:stream, :hash, :value, :confidence, :marker, :last_updated, :walk, :tags)",
         soci::use(stream.id), soci::use(bound.hash), soci::use(bound.value), soci::use(bound.confidence),
         soci::use(bound.marker), soci::use(bound.last_updated), soci::use(stream.walk), soci::use(bound.tags));
    for (const auto& [row_hash, index] : by_hash(rows)) {
        const auto row = rows[index];
        bound.hash = row_hash;
        bound.value = row.value;
        erase.execute(true);
        if (row.is_deleted) continue;
        bound.confidence = static_cast<int>(row.confidence);
        bound.marker = row.marker;
        bound.last_updated = row.last_updated.time_since_epoch().count();
        bound.tags = row.tags;
        insert.execute(true);
    }
}

bool read_rows_of(soci::session& sql, long long stream, int confidence, const core::MirrorQuery& query,
                  const std::function<bool(const core::MirrorRow&)>& take) {
    std::string value, marker, tags;
    long long last_updated = 0;
    // A marker begins with its time in ten digits (crowdstrike-intel-api.md 1.4).
    const auto since = fmt::format("{:010}", query.not_before.time_since_epoch().count());
    soci::statement rows =
        (sql.prepare << "SELECT value, marker, last_updated, tags FROM mirror_rows WHERE stream_id = :stream AND "
                        "confidence = :confidence AND marker >= :since ORDER BY marker DESC",
         soci::use(stream), soci::use(confidence), soci::use(since), soci::into(value), soci::into(marker),
         soci::into(last_updated), soci::into(tags));
    rows.execute();
    while (rows.fetch()) {
        const core::MirrorRow row{value,
                                  marker,
                                  std::chrono::sys_seconds{std::chrono::seconds{last_updated}},
                                  static_cast<core::Confidence>(confidence),
                                  tags,
                                  false};
        if (!take(row)) return false;
    }
    return true;
}

}  // namespace

core::MirrorProgress read_mirror_progress(soci::session& sql, const std::string& name) {
    core::MirrorProgress progress;
    const auto stream = find_stream(sql, name);
    if (!stream) return progress;
    progress.newest = stream->newest;
    for (std::size_t i = 0; i < core::k_confidence_count; ++i) {
        progress.passes[i] = read_pass(sql, stream->id, static_cast<int>(i));
    }
    long long began = 0;
    soci::indicator has_begun = soci::i_null;
    sql << "SELECT passes_began FROM mirror_streams WHERE id = :id", soci::use(stream->id),
        soci::into(began, has_begun);
    if (has_begun == soci::i_ok) progress.passes_began = to_time(began);
    return progress;
}

bool write_mirror_step(soci::session& sql, const std::string& name, const core::MirrorStep& step,
                       const core::MirrorRows& rows, Time now) {
    const auto stream = stream_of(sql, name);
    if (step.pass) {
        const int confidence = static_cast<int>(*step.pass);
        const auto pass = read_pass(sql, stream.id, confidence);
        if (pass.is_complete || pass.oldest != step.before || stream.newest != step.newest) return false;
        write_rows(sql, stream, rows);
        write_pass(sql, stream, confidence, step);
        return true;
    }
    if (stream.newest != step.before) return false;
    write_rows(sql, stream, rows);
    const long long at = to_number(now);
    sql << "UPDATE mirror_streams SET newest = :newest, passes_began = coalesce(passes_began, :now) WHERE id = :id",
        soci::use(step.reached), soci::use(at), soci::use(stream.id);
    return true;
}

void restart_mirror_passes(soci::session& sql, const std::string& name, Time now) {
    const auto stream = stream_of(sql, name);
    const long long at = to_number(now);
    sql << "DELETE FROM mirror_passes WHERE stream_id = :stream", soci::use(stream.id);
    sql << "UPDATE mirror_streams SET walk = walk + 1, passes_began = :now WHERE id = :id", soci::use(at),
        soci::use(stream.id);
}

void read_mirror_rows(soci::session& sql, const core::MirrorQuery& query,
                      const std::function<bool(const core::MirrorRow&)>& take) {
    const auto stream = find_stream(sql, query.stream);
    if (!stream) return;
    for (int confidence = static_cast<int>(core::Confidence::high); confidence >= static_cast<int>(query.least);
         --confidence) {
        if (!read_rows_of(sql, stream->id, confidence, query, take)) return;
    }
}

}  // namespace cordon::store
