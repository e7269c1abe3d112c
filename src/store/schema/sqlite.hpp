#pragma once

#include <array>
#include <span>

namespace cordon::store::schema {

// The schema of the SQLite store. A step is never changed once it was released: a change is a new step at
// the end. Text compares by bytes, as std::string does (SQLite's default collation).

/// Version 1.
inline constexpr std::array k_sqlite_1 = {
    R"(CREATE TABLE lists (
        id INTEGER PRIMARY KEY,
        name TEXT NOT NULL UNIQUE,
        is_known INTEGER NOT NULL DEFAULT 0,
        object_id TEXT NOT NULL DEFAULT '',
        filled_at INTEGER,
        note TEXT NOT NULL DEFAULT ''
    ) STRICT)",
    R"(CREATE TABLE entries (
        list_id INTEGER NOT NULL REFERENCES lists (id),
        canonical TEXT NOT NULL,
        mark INTEGER NOT NULL CHECK (mark BETWEEN 0 AND 3),
        side INTEGER NOT NULL CHECK (side BETWEEN 0 AND 1),
        tries INTEGER NOT NULL,
        PRIMARY KEY (list_id, canonical)
    ) STRICT, WITHOUT ROWID)",
    R"(CREATE TABLE exclusions (
        list_id INTEGER NOT NULL REFERENCES lists (id),
        kind INTEGER NOT NULL,
        canonical TEXT NOT NULL,
        since INTEGER NOT NULL,
        because TEXT NOT NULL,
        PRIMARY KEY (list_id, kind, canonical)
    ) STRICT, WITHOUT ROWID)",
    R"(CREATE TABLE contents (
        content_key TEXT PRIMARY KEY,
        size_bytes INTEGER NOT NULL,
        packed BLOB NOT NULL
    ) STRICT)",
    R"(CREATE TABLE snapshots (
        id INTEGER PRIMARY KEY,
        feed TEXT NOT NULL,
        content_key TEXT NOT NULL REFERENCES contents (content_key),
        version TEXT NOT NULL,
        fetched_at INTEGER NOT NULL,
        confirmed_at INTEGER NOT NULL,
        indicators INTEGER NOT NULL
    ) STRICT)",
    "CREATE INDEX snapshots_by_feed ON snapshots (feed, id)",
    "CREATE INDEX snapshots_by_content ON snapshots (content_key)",
    R"(CREATE TABLE runs (
        id TEXT PRIMARY KEY,
        command TEXT NOT NULL,
        started INTEGER NOT NULL,
        finished INTEGER NOT NULL,
        outcome TEXT NOT NULL,
        exit_status INTEGER NOT NULL,
        added INTEGER NOT NULL,
        removed INTEGER NOT NULL,
        report TEXT NOT NULL
    ) STRICT)",
    "CREATE INDEX runs_by_start ON runs (started, id)",
    "CREATE TABLE requests (id INTEGER PRIMARY KEY, budget TEXT NOT NULL, moment INTEGER NOT NULL) STRICT",
    "CREATE INDEX requests_by_budget ON requests (budget, moment)",
    R"(CREATE TABLE guard_stops (
        list TEXT PRIMARY KEY,
        digest TEXT NOT NULL,
        rule TEXT NOT NULL,
        since INTEGER NOT NULL
    ) STRICT)",
    "CREATE TABLE flags (name TEXT PRIMARY KEY, is_set INTEGER NOT NULL) STRICT",
};

/// Version 2: the mirror of a provider's indicators.
inline constexpr std::array k_sqlite_2 = {
    R"(CREATE TABLE mirror_streams (
        id INTEGER PRIMARY KEY,
        name TEXT NOT NULL UNIQUE,
        newest TEXT NOT NULL DEFAULT '',
        walk INTEGER NOT NULL DEFAULT 0,
        passes_began INTEGER
    ) STRICT)",
    R"(CREATE TABLE mirror_passes (
        stream_id INTEGER NOT NULL REFERENCES mirror_streams (id),
        confidence INTEGER NOT NULL CHECK (confidence BETWEEN 0 AND 3),
        oldest TEXT NOT NULL,
        is_complete INTEGER NOT NULL,
        PRIMARY KEY (stream_id, confidence)
    ) STRICT, WITHOUT ROWID)",
    // hash: XXH3 of the value, to find a row by it; the value itself decides.
    R"(CREATE TABLE mirror_rows (
        id INTEGER PRIMARY KEY,
        stream_id INTEGER NOT NULL,
        hash INTEGER NOT NULL,
        value TEXT NOT NULL,
        confidence INTEGER NOT NULL,
        marker TEXT NOT NULL,
        last_updated INTEGER NOT NULL,
        walk INTEGER NOT NULL,
        tags TEXT NOT NULL
    ) STRICT)",
    "CREATE INDEX mirror_rows_by_hash ON mirror_rows (hash, stream_id)",
    "CREATE INDEX mirror_rows_by_rank ON mirror_rows (stream_id, confidence, marker)",
};

/// Version 3: what look-ups in the gateway's own database said.
inline constexpr std::array k_sqlite_3 = {
    R"(CREATE TABLE lookups (
        value TEXT PRIMARY KEY,
        asked_at INTEGER NOT NULL,
        classes TEXT NOT NULL,
        alerts TEXT NOT NULL,
        is_uncategorised INTEGER NOT NULL,
        refused TEXT NOT NULL
    ) STRICT, WITHOUT ROWID)",
    "CREATE INDEX lookups_by_time ON lookups (asked_at)",
};

/// Version 4: what operators said of single values for a while (core::Override).
inline constexpr std::array k_sqlite_4 = {
    R"(CREATE TABLE overrides (
        kind INTEGER NOT NULL CHECK (kind BETWEEN 0 AND 1),
        value TEXT NOT NULL,
        list TEXT NOT NULL,
        since INTEGER NOT NULL,
        until INTEGER NOT NULL,
        who TEXT NOT NULL,
        because TEXT NOT NULL,
        PRIMARY KEY (kind, value, list)
    ) STRICT, WITHOUT ROWID)",
};

/// Version 5: runs in the order in which they were kept; by their times the last one may lie before others, where the
/// clock was put back.
inline constexpr std::array k_sqlite_5 = {
    R"(CREATE TABLE kept_runs (
        number INTEGER PRIMARY KEY,
        id TEXT NOT NULL UNIQUE,
        command TEXT NOT NULL,
        started INTEGER NOT NULL,
        finished INTEGER NOT NULL,
        outcome TEXT NOT NULL,
        exit_status INTEGER NOT NULL,
        added INTEGER NOT NULL,
        removed INTEGER NOT NULL,
        report TEXT NOT NULL
    ) STRICT)",
    "INSERT INTO kept_runs (id, command, started, finished, outcome, exit_status, added, removed, report) "
    "SELECT id, command, started, finished, outcome, exit_status, added, removed, report FROM runs ORDER BY started, "
    "id",
    "DROP TABLE runs",
    "ALTER TABLE kept_runs RENAME TO runs",
};

/// Version 6: small texts that a part of the program keeps between runs (Store::memo).
inline constexpr std::array k_sqlite_6 = {
    "CREATE TABLE memos (name TEXT PRIMARY KEY, text TEXT NOT NULL) STRICT, WITHOUT ROWID",
};

/// Version 7: what put each entry on its list, so that nobody reads the whole audit log for it.
inline constexpr std::array k_sqlite_7 = {
    R"(CREATE TABLE deeds (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        run TEXT NOT NULL,
        act TEXT NOT NULL,
        moment INTEGER NOT NULL,
        UNIQUE (run, act, moment)
    ) STRICT)",
    "ALTER TABLE entries ADD COLUMN deed INTEGER",
};

/// Step i leads from version i to version i + 1.
inline constexpr std::array<std::span<const char* const>, 7> k_sqlite_steps = {
    std::span<const char* const>(k_sqlite_1), std::span<const char* const>(k_sqlite_2),
    std::span<const char* const>(k_sqlite_3), std::span<const char* const>(k_sqlite_4),
    std::span<const char* const>(k_sqlite_5), std::span<const char* const>(k_sqlite_6),
    std::span<const char* const>(k_sqlite_7)};

}  // namespace cordon::store::schema
