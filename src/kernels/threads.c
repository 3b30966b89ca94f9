/** @file A pool of POSIX threads that claim parts of a job one by one, so that a slow thread takes fewer. */
#define _GNU_SOURCE
#include "threads.h"
#include <dlfcn.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <unistd.h>

/* Waiting threads poll this often before they sleep: kernels follow each other within microseconds, waking takes tens
 * of them. */
enum { POLLS_BEFORE_SLEEP = 4000 };

/* The job's number in the high half, its unclaimed parts in the low half: one compare-and-swap claims a part of this
 * very job. */
static _Atomic uint64_t ticket;
static _Atomic int64_t unfinished;
static struct {
  int64_t parts;
  part_function* function;
  const void* context;
} job;

static _Atomic int wanted = 1; /* threads, the caller included */
static int started = 1;        /* of them, those that exist */
static _Atomic int sleepers, caller_sleeps;
static pthread_mutex_t sleep_mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t work_arrived = PTHREAD_COND_INITIALIZER, work_finished = PTHREAD_COND_INITIALIZER;
static pthread_mutex_t engine_mutex = PTHREAD_MUTEX_INITIALIZER;

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
    if (unclaimed == 0 || worker >= atomic_load(&wanted)) return; /* the job may be a later one than it woke for */
    if (!atomic_compare_exchange_weak(&ticket, &seen, seen - 1)) continue;
    job.function(job.parts - unclaimed, worker, job.context);
    if (atomic_fetch_sub(&unfinished, 1) == 1 && atomic_load(&caller_sleeps)) {
      pthread_mutex_lock(&sleep_mutex);
      pthread_cond_signal(&work_finished);
      pthread_mutex_unlock(&sleep_mutex);
    }
  }
}

static void wait_for_work(int worker) {
  for (int poll = 0; poll < POLLS_BEFORE_SLEEP; poll++) {
    if (parts_wait(worker)) return;
    pause_briefly();
  }
  pthread_mutex_lock(&sleep_mutex);
  atomic_fetch_add(&sleepers, 1);
  while (!parts_wait(worker)) pthread_cond_wait(&work_arrived, &sleep_mutex);
  atomic_fetch_sub(&sleepers, 1);
  pthread_mutex_unlock(&sleep_mutex);
}

static void* worker_main(void* argument) {
  int worker = (int)(intptr_t)argument;
  for (;;) {
    wait_for_work(worker);
    work(worker);
  }
  return NULL;
}

/* A forked child has none of its parent's threads: it starts its own when it needs them. */
static void forget_workers(void) {
  started = 1;
  atomic_store(&sleepers, 0);
  atomic_store(&ticket, 0);
  pthread_mutex_init(&sleep_mutex, NULL);
  pthread_mutex_init(&engine_mutex, NULL);
  pthread_cond_init(&work_arrived, NULL);
  pthread_cond_init(&work_finished, NULL);
}

/* Node unloads an addon when the last JavaScript thread that loaded it ends; the pool's threads would run on in
 * nothing. */
static void stay_loaded(void) {
  Dl_info self;
  if (dladdr((void*)&ticket, &self) != 0) dlopen(self.dli_fname, RTLD_NOW | RTLD_NODELETE);
}

static void start_workers(void) {
  static bool prepared;
  if (!prepared) {
    pthread_atfork(NULL, NULL, forget_workers);
    stay_loaded();
    prepared = true;
  }
  for (; started < atomic_load(&wanted); started++) {
    pthread_t thread;
    if (pthread_create(&thread, NULL, worker_main, (void*)(intptr_t)started) != 0)
      return; /* fewer threads do the same work */
    pthread_detach(thread);
  }
}

static void wait_for_others(void) {
  for (int poll = 0; poll < POLLS_BEFORE_SLEEP; poll++) {
    if (atomic_load(&unfinished) == 0) return;
    pause_briefly();
  }
  pthread_mutex_lock(&sleep_mutex);
  atomic_store(&caller_sleeps, 1);
  while (atomic_load(&unfinished) != 0) pthread_cond_wait(&work_finished, &sleep_mutex);
  atomic_store(&caller_sleeps, 0);
  pthread_mutex_unlock(&sleep_mutex);
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
    pthread_mutex_lock(&sleep_mutex);
    pthread_cond_broadcast(&work_arrived);
    pthread_mutex_unlock(&sleep_mutex);
  }
  work(0);
  wait_for_others();
}

int thread_count(void) { return atomic_load(&wanted); }

void set_thread_count(int count) { atomic_store(&wanted, count); }

void engine_lock(void) { pthread_mutex_lock(&engine_mutex); }
void engine_unlock(void) { pthread_mutex_unlock(&engine_mutex); }
