#include <memory>

#include <fmt/format.h>
#include <soci/soci.h>
#include <zstd.h>

#include "base/digest.hpp"
#include "base/text.hpp"
#include "store/packed.hpp"
#include "store/tables.hpp"

namespace cordon::store {
namespace {

constexpr int k_compression_level = 3;

std::string compress(std::string_view bytes) {
    const std::unique_ptr<ZSTD_CCtx, decltype(&ZSTD_freeCCtx)> context(ZSTD_createCCtx(), &ZSTD_freeCCtx);
    ZSTD_CCtx_setParameter(context.get(), ZSTD_c_compressionLevel, k_compression_level);
    ZSTD_CCtx_setParameter(context.get(), ZSTD_c_checksumFlag, 1);  // all that whoever takes some rows checks
    std::string compressed(ZSTD_compressBound(bytes.size()), '\0');
    const auto size = ZSTD_compress2(context.get(), compressed.data(), compressed.size(), bytes.data(), bytes.size());
    if (ZSTD_isError(size) != 0) throw std::runtime_error(ZSTD_getErrorName(size));
    compressed.resize(size);
    return compressed;
}

/// Bytes that nobody writes twice.
struct Decompressed {
    std::unique_ptr<char[]> data;
    std::size_t size = 0;
    [[nodiscard]] std::string_view view() const { return {data.get(), size}; }
};

Decompressed decompress(std::string_view compressed, std::size_t size_bytes) {
    // Both sizes lie beside the data: a damaged one must not make us ask for any amount of memory.
    if (ZSTD_getFrameContentSize(compressed.data(), compressed.size()) != size_bytes) {
        throw Damaged("a snapshot has the wrong size");
    }
    Decompressed bytes{std::make_unique_for_overwrite<char[]>(size_bytes), size_bytes};
    const auto size = ZSTD_decompress(bytes.data.get(), bytes.size, compressed.data(), compressed.size());
    if (ZSTD_isError(size) != 0 || size != size_bytes) throw Damaged("a snapshot cannot be decompressed");
    return bytes;
}

void write_content(soci::session& sql, const PackedContent& content) {
    soci::blob packed(sql);
    packed.write(0, content.compressed.data(), content.compressed.size());
    const auto size = static_cast<long long>(content.size_bytes);
    // Written over what is there: so a content that lies damaged heals when it arrives again.
    sql << "INSERT INTO contents (content_key, size_bytes, packed) VALUES (:key, :size, :packed) "
           "ON CONFLICT (content_key) DO UPDATE SET size_bytes = excluded.size_bytes, packed = excluded.packed",
        soci::use(content.key), soci::use(size), soci::use(packed);
}

void drop_old(soci::session& sql, const std::string& feed, std::size_t most_kept) {
    const auto kept = static_cast<long long>(most_kept);
    sql << "DELETE FROM snapshots WHERE feed = :feed AND id NOT IN (SELECT id FROM snapshots WHERE feed = :same_feed "
           "ORDER BY id DESC LIMIT :kept)",
        soci::use(feed), soci::use(feed), soci::use(kept);
    sql << "DELETE FROM contents WHERE content_key NOT IN (SELECT content_key FROM snapshots)";
}

}  // namespace

std::string name_of(const Snapshot& snapshot) {
    return fmt::format("the snapshot of {} from {}", printable(snapshot.feed), to_readable_utc(snapshot.fetched_at));
}

PackedContent pack_content(const core::IndicatorSet& indicators) {
    const std::string bytes = pack(indicators);
    return {sha256_hex(bytes), compress(bytes), bytes.size(), indicators.size()};
}

core::IndicatorSet unpack_content(const PackedContent& content, const RowFilter& takes) {
    const auto bytes = decompress(content.compressed, content.size_bytes);
    if (!takes && sha256_hex(bytes.view()) != content.key)
        throw Damaged("a snapshot does not have the content that was written");
    auto indicators = unpack(bytes.view(), takes);
    if (!indicators) throw Damaged("a snapshot was written in a form that this version cannot read");
    return std::move(*indicators);
}

std::vector<Snapshot> read_snapshots(soci::session& sql, const std::string& feed) {
    std::vector<Snapshot> snapshots;
    Snapshot snapshot;
    long long fetched_at = 0, confirmed_at = 0, indicators = 0;
    soci::statement rows =
        (sql.prepare << "SELECT feed, content_key, version, fetched_at, confirmed_at, indicators FROM "
                        "snapshots WHERE feed = :feed ORDER BY id DESC",
         soci::use(feed), soci::into(snapshot.feed), soci::into(snapshot.content_key), soci::into(snapshot.version),
         soci::into(fetched_at), soci::into(confirmed_at), soci::into(indicators));
    rows.execute();
    while (rows.fetch()) {
        snapshot.fetched_at = to_time(fetched_at);
        snapshot.confirmed_at = to_time(confirmed_at);
        snapshot.indicators = static_cast<std::uint64_t>(indicators);
        snapshots.push_back(snapshot);
    }
    return snapshots;
}

void write_snapshot(soci::session& sql, const Snapshot& snapshot, const PackedContent& content, std::size_t most_kept) {
    write_content(sql, content);
    const long long fetched_at = to_number(snapshot.fetched_at), confirmed_at = to_number(snapshot.confirmed_at);
    const auto indicators = static_cast<long long>(content.indicators);
    sql << "INSERT INTO snapshots (feed, content_key, version, fetched_at, confirmed_at, indicators) VALUES (:feed, "
           ":key, :version, :fetched, :confirmed, :indicators)",
        soci::use(snapshot.feed), soci::use(content.key), soci::use(snapshot.version), soci::use(fetched_at),
        soci::use(confirmed_at), soci::use(indicators);
    drop_old(sql, snapshot.feed, most_kept);
}

std::optional<PackedContent> read_content(soci::session& sql, const std::string& key) {
    soci::blob packed(sql);
    long long size = 0;
    sql << "SELECT size_bytes, packed FROM contents WHERE content_key = :key", soci::use(key), soci::into(size),
        soci::into(packed);
    if (!sql.got_data()) return std::nullopt;
    PackedContent content{key, std::string(packed.get_len(), '\0'), static_cast<std::size_t>(size), 0};
    if (!content.compressed.empty()) packed.read(0, content.compressed.data(), content.compressed.size());
    return content;
}

bool write_confirmation(soci::session& sql, const std::string& feed, Time confirmed_at) {
    long long id = 0;
    sql << "SELECT id FROM snapshots WHERE feed = :feed ORDER BY id DESC LIMIT 1", soci::use(feed), soci::into(id);
    if (!sql.got_data()) return false;
    const long long moment = to_number(confirmed_at);
    sql << "UPDATE snapshots SET confirmed_at = :moment WHERE id = :id", soci::use(moment), soci::use(id);
    return true;
}

}  // namespace cordon::store
