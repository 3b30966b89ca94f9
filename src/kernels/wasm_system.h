/** @file system.h for WebAssembly: a thread is a JavaScript worker over the same memory; threads sleep on words of it,
 * as with futexes on Linux. */
#ifndef RNN_WASM_SYSTEM_H
#define RNN_WASM_SYSTEM_H
#include <stdatomic.h>

enum { FREE, HELD, WANTED, FOREVER = -1 }; /* WANTED: locked, and others wait */

typedef struct {
  _Atomic int state;
} system_lock;
typedef struct {
  _Atomic int calls; /* number of wake-ups so far; a waiting thread waits for it to change */
} system_condition;
typedef void* thread_result;
#define LOCK_INITIALIZER {FREE}
#define CONDITION_INITIALIZER {0}

static inline void lock(system_lock* one) {
  int seen = FREE;
  if (atomic_compare_exchange_strong(&one->state, &seen, HELD)) return;
  while (atomic_exchange(&one->state, WANTED) != FREE)
    __builtin_wasm_memory_atomic_wait32((int*)&one->state, WANTED, FOREVER);
}

static inline void unlock(system_lock* one) {
  if (atomic_exchange(&one->state, FREE) == WANTED) __builtin_wasm_memory_atomic_notify((int*)&one->state, 1);
}

static inline void wait_for(system_condition* condition, system_lock* held) {
  int seen = atomic_load(&condition->calls);
  unlock(held);
  __builtin_wasm_memory_atomic_wait32((int*)&condition->calls, seen, FOREVER);
  lock(held);
}

static inline void wake_up_to(system_condition* condition, unsigned threads) {
  atomic_fetch_add(&condition->calls, 1);
  __builtin_wasm_memory_atomic_notify((int*)&condition->calls, threads);
}
static inline void wake_one(system_condition* condition) { wake_up_to(condition, 1); }
static inline void wake_all(system_condition* condition) { wake_up_to(condition, UINT32_MAX); }

/* Implemented in JavaScript: starts a worker that calls run_thread (wasm_binding.c) with these arguments. */
__attribute__((import_module("rnn"), import_name("startThread"))) bool start_thread(thread_result (*function)(void*),
                                                                                    void* argument);

static inline void in_forked_children(void (*function)(void)) { (void)function; }
static inline void stay_loaded(const void* inside) { (void)inside; }

#endif
