/** @file A pool of threads that claim parts of a job one by one, so that a slow thread takes fewer. */
#define _GNU_SOURCE
#include "threads.h"
#include "system.h"
#include <stdatomic.h>

/* Waiting threads poll this often before they sleep: kernels follow each other within microseconds, and waking takes
 * tens of microseconds. */
enum { POLLS_BEFORE_SLEEP = 4000 };

/* The job's number in the high half, its unclaimed parts in the low half, so that one compare-and-swap claims a part of
 * the current job only. */
static _Atomic uint64_t ticket;
static _Atomic int64_t unfinished;
static struct {
  int64_t parts;
  part_function* function;
  const void* context;
} job;

static _Atomic int wanted = 1; /* threads, including the caller */
static int started = 1;        /* threads that exist, including the caller */
static _Atomic int sleepers, caller_sleeps;
static system_lock sleep_lock = LOCK_INITIALIZER, kernels_lock = LOCK_INITIALIZER;
static system_condition work_arrived = CONDITION_INITIALIZER, work_finished = CONDITION_INITIALIZER;

static void (*_Atomic idle_function)(void);

void set_idle_function(void (*function)(void)) { atomic_store(&idle_function, function); }

static void become_idle(void) {
  void (*function)(void) = atomic_load(&idle_function);
  if (function != NULL) function();
}

static inline void pause_briefly(void) {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ volatile("yield");
#endif
}

static bool parts_wait(int worker) { return (uint32_t)atomic_load(&ticket) != 0 && worker < atomic_load(&wanted); }

/* Claims and runs parts until none is left. */
static void work(int worker) {
  for (;;) {
    uint64_t seen = atomic_load(&ticket);
    uint32_t unclaimed = (uint32_t)seen;
    if (unclaimed == 0 || worker >= atomic_load(&wanted))
      return; /* it may be a later job than the one it woke up for */
    if (!atomic_compare_exchange_weak(&ticket, &seen, seen - 1)) continue;
    job.function(job.parts - unclaimed, worker, job.context);
    if (atomic_fetch_sub(&unfinished, 1) == 1 && atomic_load(&caller_sleeps)) {
      lock(&sleep_lock);
      wake_one(&work_finished);
      unlock(&sleep_lock);
    }
  }
}

static void wait_for_work(int worker) {
  for (int poll = 0; poll < POLLS_BEFORE_SLEEP; poll++) {
    if (parts_wait(worker)) return;
    pause_briefly();
  }
  become_idle();
  lock(&sleep_lock);
  atomic_fetch_add(&sleepers, 1);
  while (!parts_wait(worker)) wait_for(&work_arrived, &sleep_lock);
  atomic_fetch_sub(&sleepers, 1);
  unlock(&sleep_lock);
}

static thread_result worker_main(void* argument) {
  int worker = (int)(intptr_t)argument;
  for (;;) {
    wait_for_work(worker);
    work(worker);
  }
  return 0;
}

/* A forked child has none of its parent's threads; it starts its own when needed. */
static void forget_workers(void) {
  started = 1;
  atomic_store(&sleepers, 0);
  atomic_store(&ticket, 0);
  sleep_lock = kernels_lock = (system_lock)LOCK_INITIALIZER;
  work_arrived = work_finished = (system_condition)CONDITION_INITIALIZER;
}

static void start_workers(void) {
  static bool prepared;
  if (!prepared) {
    in_forked_children(forget_workers);
    stay_loaded(&ticket); /* Node unloads an addon when the last JavaScript thread that loaded it ends */
    prepared = true;
  }
  for (; started < atomic_load(&wanted); started++)
    if (!start_thread(worker_main, (void*)(intptr_t)started)) return; /* the work is done with fewer threads */
}

static void wait_for_others(void) {
  for (int poll = 0; poll < POLLS_BEFORE_SLEEP; poll++) {
    if (atomic_load(&unfinished) == 0) return;
    pause_briefly();
  }
  lock(&sleep_lock);
  atomic_store(&caller_sleeps, 1);
  while (atomic_load(&unfinished) != 0) wait_for(&work_finished, &sleep_lock);
  atomic_store(&caller_sleeps, 0);
  unlock(&sleep_lock);
}

void run_parts(int64_t parts, part_function* function, const void* context) {
  if (parts <= 1 || atomic_load(&wanted) == 1) {
    for (int64_t part = 0; part < parts; part++) function(part, 0, context);
    return;
  }
  if (started < atomic_load(&wanted)) start_workers();
  job.parts = parts;
  job.function = function;
  job.context = context;
  atomic_store(&unfinished, parts);
  uint64_t next = (atomic_load(&ticket) >> 32) + 1;
  atomic_store(&ticket, next << 32 | (uint64_t)parts);
  if (atomic_load(&sleepers) > 0) {
    lock(&sleep_lock);
    wake_all(&work_arrived);
    unlock(&sleep_lock);
  }
  work(0);
  wait_for_others();
}

int thread_count(void) { return atomic_load(&wanted); }

void set_thread_count(int count) { atomic_store(&wanted, count); }

void engine_lock(void) { lock(&kernels_lock); }
void engine_unlock(void) {
  become_idle();
  unlock(&kernels_lock);
}
