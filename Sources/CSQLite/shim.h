#pragma once
#include <malloc.h>
#include <sqlite3.h>

// Variadic C functions and cast macros are invisible to Swift; these are the thinnest wrappers over them.
static inline int shim_sqlite3_db_config(sqlite3 *db, int option, int value) {
    int now = 0;
    return sqlite3_db_config(db, option, value, &now);
}
static inline int shim_sqlite3_config_int(int option, int value) { return sqlite3_config(option, value); }
static inline int shim_sqlite3_config_malloc(sqlite3_mem_methods *methods) {
    return sqlite3_config(SQLITE_CONFIG_MALLOC, methods);
}
static inline sqlite3_destructor_type shim_sqlite_transient(void) { return SQLITE_TRANSIENT; }
// One conversion of SQLite's own printf each; `format` holds exactly one directive of the right kind.
static inline char *shim_sqlite3_format_int(const char *format, sqlite3_int64 value) {
    return sqlite3_mprintf(format, value);
}
static inline char *shim_sqlite3_format_double(const char *format, double value) {
    return sqlite3_mprintf(format, value);
}
static inline char *shim_sqlite3_format_text(const char *format, const char *value) {
    return sqlite3_mprintf(format, value);
}
// Hidden behind _GNU_SOURCE in <string.h>; linear in the sum of both lengths, where SQLite's own searches multiply them.
extern void *memmem(const void *text, size_t text_count, const void *part, size_t part_count);
