// What Linux has and Swift cannot call: prctl is variadic.
#pragma once
#include <sys/prctl.h>

// No core file of this process, and no other process of the same user that reads its memory. Source: prctl(2).
static inline int clinux_keep_memory_private(void) {
    return prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
}
