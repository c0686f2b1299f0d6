#pragma once
#include <zlib.h>

// Macros over functions that take the library's version and the struct's size.
static inline int operon_deflate_init(z_streamp stream, int level, int window_bits, int memory_level) {
    return deflateInit2(stream, level, Z_DEFLATED, window_bits, memory_level, Z_DEFAULT_STRATEGY);
}
static inline int operon_inflate_init(z_streamp stream, int window_bits) { return inflateInit2(stream, window_bits); }
// Resets without forgetting the window; zlib exports it without a declaration in its header.
extern int inflateResetKeep(z_streamp stream);
