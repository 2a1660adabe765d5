// libunbound, a DNSSEC-validating resolver, and the descriptor that wakes its thread.
#pragma once
#include <sys/eventfd.h>
#include <unbound.h>

/// A counter that `poll` can wait for; -1 with `errno` when there is none to be had.
static inline int cunbound_wake_descriptor(void) { return eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC); }
