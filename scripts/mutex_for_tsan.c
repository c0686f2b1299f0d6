// Tells ThreadSanitizer about Synchronization.Mutex under contention.
//
// The fast path of Mutex is compiled into its user, where ThreadSanitizer sees its atomics. The slow path lies in
// libswiftSynchronization.so, which is not instrumented, and ends in a futex that hands the lock over in the kernel: the
// sanitizer sees two threads inside the lock with nothing between them, and reports races that are none. This library,
// preloaded into the tests, wraps the slow path and adds what is missing: taking the lock happens after giving it back.
// It hides nothing else. (Swift 6.3; `scripts/sanitize.sh` stops when the wrapped functions are not there.)

#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdbool.h>
#include <stdint.h>

#define LOCK_SLOW "$s15Synchronization12_MutexHandleV9_lockSlowyys6UInt32VF"
#define TRY_LOCK_SLOW "$s15Synchronization12_MutexHandleV12_tryLockSlowSbyF"
#define UNLOCK_SLOW "$s15Synchronization12_MutexHandleV11_unlockSlowyyF"
#define SWIFT __attribute__((swiftcall))
#define SELF __attribute__((swift_context)) void *self

// Absent in processes without the sanitizer, which may be given this library too.
__attribute__((weak)) void __tsan_acquire(void *);
__attribute__((weak)) void __tsan_release(void *);

SWIFT void lock_slow(uint32_t thread, SELF) __asm__(LOCK_SLOW);
SWIFT bool try_lock_slow(SELF) __asm__(TRY_LOCK_SLOW);
SWIFT void unlock_slow(SELF) __asm__(UNLOCK_SLOW);

SWIFT void lock_slow(uint32_t thread, SELF) {
    SWIFT void (*original)(uint32_t, SELF) = dlsym(RTLD_NEXT, LOCK_SLOW);
    original(thread, self);
    if (__tsan_acquire) __tsan_acquire(self);
}

SWIFT bool try_lock_slow(SELF) {
    SWIFT bool (*original)(SELF) = dlsym(RTLD_NEXT, TRY_LOCK_SLOW);
    bool taken = original(self);
    if (taken && __tsan_acquire) __tsan_acquire(self);
    return taken;
}

SWIFT void unlock_slow(SELF) {
    if (__tsan_release) __tsan_release(self);
    SWIFT void (*original)(SELF) = dlsym(RTLD_NEXT, UNLOCK_SLOW);
    original(self);
}
