// The limit of the durable log: how many envelopes per second SQLite itself takes from one writer, with no Swift
// around it. The table shape, the journal and the batch size are those of the trace store's promise: WAL,
// synchronous=NORMAL, batches of 1000, bodies of 300 bytes; once without and once with two indices.
//
//     gcc -O2 -o sqlite_limit sqlite_limit.c -lsqlite3 && ./sqlite_limit [ROWS [FOLDER]]
//
// Prints one JSON line per case: {"name", "per_second", "n"}.

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { BODY_BYTES = 300, BATCH = 1000, SESSIONS = 16 };

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static void run(sqlite3 *db, const char *sql) {
    char *message = NULL;
    if (sqlite3_exec(db, sql, NULL, NULL, &message) != SQLITE_OK) {
        fprintf(stderr, "sqlite_limit: %s: %s\n", sql, message);
        exit(1);
    }
}

static void check(sqlite3 *db, int code, int wanted) {
    if (code != wanted) {
        fprintf(stderr, "sqlite_limit: %s\n", sqlite3_errmsg(db));
        exit(1);
    }
}

/// Inserts `rows` envelopes in batches and prints the rate. `indexed` adds session, seq and path with two indices.
static void measure(const char *name, const char *folder, int rows, int indexed) {
    char path[4096], sidecar[4200];
    snprintf(path, sizeof path, "%s/sqlite_limit_%d.sqlite", folder, (int)getpid());
    sqlite3 *db = NULL;
    check(db, sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, NULL), SQLITE_OK);
    run(db, "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA cache_size=-65536; PRAGMA wal_autocheckpoint=4000");
    if (indexed) {
        run(db, "CREATE TABLE envelope(id INTEGER PRIMARY KEY, session TEXT, seq INTEGER, path TEXT, body BLOB);"
                "CREATE UNIQUE INDEX envelope_seq ON envelope(session, seq);"
                "CREATE INDEX envelope_path ON envelope(session, path)");
    } else {
        run(db, "CREATE TABLE envelope(id INTEGER PRIMARY KEY, body BLOB)");
    }
    const char *sql = indexed ? "INSERT INTO envelope(body, session, seq, path) VALUES(?1, ?2, ?3, ?4)"
                              : "INSERT INTO envelope(body) VALUES(?1)";
    sqlite3_stmt *insert = NULL;
    check(db, sqlite3_prepare_v3(db, sql, -1, SQLITE_PREPARE_PERSISTENT, &insert, NULL), SQLITE_OK);

    char body[BODY_BYTES], session[16], step[48];
    memset(body, 'x', sizeof body);
    double started = now();
    for (int row = 0; row < rows; row++) {
        if (row % BATCH == 0) run(db, "BEGIN IMMEDIATE");
        check(db, sqlite3_bind_blob(insert, 1, body, sizeof body, SQLITE_STATIC), SQLITE_OK);
        if (indexed) {
            int length = snprintf(session, sizeof session, "s%d", row % SESSIONS);
            check(db, sqlite3_bind_text(insert, 2, session, length, SQLITE_STATIC), SQLITE_OK);
            check(db, sqlite3_bind_int(insert, 3, row / SESSIONS), SQLITE_OK);
            length = snprintf(step, sizeof step, "t%d/execute/s%d/a1", row / 64 / SESSIONS, row / SESSIONS % 64);
            check(db, sqlite3_bind_text(insert, 4, step, length, SQLITE_STATIC), SQLITE_OK);
        }
        check(db, sqlite3_step(insert), SQLITE_DONE);
        sqlite3_reset(insert);
        if (row % BATCH == BATCH - 1 || row == rows - 1) run(db, "COMMIT");
    }
    double took = now() - started;
    printf("{\"name\": \"%s\", \"per_second\": %.1f, \"n\": %d}\n", name, rows / took, rows);
    fflush(stdout);

    sqlite3_finalize(insert);
    sqlite3_close(db);
    const char *endings[] = {"", "-wal", "-shm"};
    for (int i = 0; i < 3; i++) {
        snprintf(sidecar, sizeof sidecar, "%s%s", path, endings[i]);
        unlink(sidecar);
    }
}

int main(int argc, char **argv) {
    int rows = argc > 1 ? atoi(argv[1]) : 500000;
    const char *folder = argc > 2 ? argv[2] : ".";
    if (rows < 1) {
        fprintf(stderr, "usage: sqlite_limit [ROWS [FOLDER]]\n");
        return 2;
    }
    measure("sqlite-log-plain", folder, rows, 0);
    measure("sqlite-log-2-indices", folder, rows, 1);
    return 0;
}
