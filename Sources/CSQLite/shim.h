#pragma once
#include <sqlite3.h>

// Variadic C functions and cast macros are invisible to Swift; these are the thinnest wrappers over them.
static inline int shim_sqlite3_db_config(sqlite3 *db, int option, int value) {
    int now = 0;
    return sqlite3_db_config(db, option, value, &now);
}
static inline sqlite3_destructor_type shim_sqlite_transient(void) { return SQLITE_TRANSIENT; }
