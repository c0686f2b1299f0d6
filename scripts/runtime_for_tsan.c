// Tells ThreadSanitizer about two hand-overs inside the Swift runtime's libraries, which are not instrumented. Without
// this, correct programs are reported. It is preloaded into the tests; `scripts/sanitize.sh` says how. (Swift 6.3;
// the script stops when a function that is wrapped here is not there.)
//
// 1. Synchronization.Mutex under contention. The fast path of Mutex is compiled into its user, where the sanitizer sees
//    its atomics. The slow path ends in a futex that hands the lock over in the kernel: the sanitizer sees two threads
//    inside the lock with nothing between them. Added here: taking the lock happens after giving it back.
// 2. A continuation that is resumed before it is awaited. The runtime declares that resuming releases the task, and
//    acquires it when the task is run from a queue; but a task that finds its continuation resumed already just goes
//    on, and nothing acquires. Added here: going on happens after the resumption.
//
// Both say only what is so at that point of every run, about the two threads that it is about: races of the program
// that lie outside of these hand-overs are reported as ever.

#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// Absent in processes without the sanitizer, which may be given this library too.
__attribute__((weak)) void __tsan_acquire(void *);
__attribute__((weak)) void __tsan_release(void *);

/// The function that is wrapped, looked up once.
static void *original(_Atomic(void *) *place, const char *name) {
    void *found = atomic_load_explicit(place, memory_order_acquire);
    if (!found) {
        found = dlsym(RTLD_NEXT, name);
        atomic_store_explicit(place, found, memory_order_release);
    }
    return found;
}
#define ORIGINAL(name) ({ static _Atomic(void *) place; original(&place, name); })

// 1. Mutex

#define LOCK_SLOW "$s15Synchronization12_MutexHandleV9_lockSlowyys6UInt32VF"
#define TRY_LOCK_SLOW "$s15Synchronization12_MutexHandleV12_tryLockSlowSbyF"
#define UNLOCK_SLOW "$s15Synchronization12_MutexHandleV11_unlockSlowyyF"
#define SWIFT __attribute__((swiftcall))
#define SELF __attribute__((swift_context)) void *self

SWIFT void lock_slow(uint32_t thread, SELF) __asm__(LOCK_SLOW);
SWIFT bool try_lock_slow(SELF) __asm__(TRY_LOCK_SLOW);
SWIFT void unlock_slow(SELF) __asm__(UNLOCK_SLOW);

SWIFT void lock_slow(uint32_t thread, SELF) {
    SWIFT void (*go_on)(uint32_t, SELF) = ORIGINAL(LOCK_SLOW);
    go_on(thread, self);
    if (__tsan_acquire) __tsan_acquire(self);
}

SWIFT bool try_lock_slow(SELF) {
    SWIFT bool (*go_on)(SELF) = ORIGINAL(TRY_LOCK_SLOW);
    bool taken = go_on(self);
    if (taken && __tsan_acquire) __tsan_acquire(self);
    return taken;
}

SWIFT void unlock_slow(SELF) {
    if (__tsan_release) __tsan_release(self);
    SWIFT void (*go_on)(SELF) = ORIGINAL(UNLOCK_SLOW);
    go_on(self);
}

// 2. Continuations

#define ASYNC __attribute__((swiftasynccall))
#define TAIL __attribute__((musttail))
typedef struct continuation continuation;
typedef ASYNC void resumption(__attribute__((swift_async_context)) continuation *);

/// The head of Swift's ContinuationAsyncContext. The runtime calls `resume` when it finds the continuation resumed in
/// `swift_continuation_await`; when it has to wait, it uses a copy that it took before.
struct continuation {
    void *parent;
    resumption *resume;
    size_t flags;
};
/// The continuation goes on by way of an executor's queue, where the runtime acquires by itself.
enum { switches_executor = 2 };

__attribute__((weak)) SWIFT void *swift_task_getCurrent(void);
ASYNC void swift_continuation_await(continuation *context);

/// What follows the continuation that this thread awaits at this moment.
static _Thread_local resumption *next;

ASYNC static void acquire_and_resume(__attribute__((swift_async_context)) continuation *context) {
    context->resume = next;
    __tsan_acquire(swift_task_getCurrent());
    TAIL return context->resume(context);
}

ASYNC void swift_continuation_await(continuation *context) {
    if (__tsan_acquire && swift_task_getCurrent && !(context->flags & switches_executor)) {
        next = context->resume;
        context->resume = acquire_and_resume;
    }
    ASYNC void (*go_on)(continuation *) = ORIGINAL("swift_continuation_await");
    TAIL return go_on(context);
}
