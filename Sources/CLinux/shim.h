// What Linux has and Swift cannot call: prctl is variadic, and malloc.h is in no module.
#pragma once
#include <malloc.h>
#include <sys/prctl.h>

// No core file of this process, and no other process of the same user that reads its memory. Source: prctl(2).
static inline int clinux_keep_memory_private(void) {
    return prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
}

// At most so many pools ("arenas") that threads allocate from; glibc makes up to eight for each core. Source: mallopt(3).
static inline void clinux_limit_memory_pools(int count) {
    mallopt(M_ARENA_MAX, count);
}

// From how many bytes on memory is taken from the system by itself and given back at once; glibc raises that to 32 MiB once such memory
// was freed, and what is large then leaves holes that small values fill. Source: mallopt(3).
static inline void clinux_map_from(int bytes) {
    mallopt(M_MMAP_THRESHOLD, bytes);
}

// Hands free memory of all pools back to the system. Source: malloc_trim(3).
static inline void clinux_return_free_memory(void) {
    malloc_trim(0);
}
