/** @file A pool of threads for the kernels. */
#ifndef RNN_THREADS_H
#define RNN_THREADS_H
#include <stdint.h>

enum { MAX_THREADS = 256 };

/* Runs one part. `worker` is 0 … thread_count() - 1; no two threads have the same number at a time, so each has its own
 * scratch. */
typedef void part_function(int64_t part, int worker, const void* context);

/* Runs parts 0 … parts - 1, each once, in any order and on any thread; returns when all are done. One caller at a time
 * (see engine_lock). */
void run_parts(int64_t parts, part_function* function, const void* context);

int thread_count(void);
void set_thread_count(int count); /* 1 … MAX_THREADS */

/* Sets a function that each thread calls when it has no more to do, or null: workers before they sleep, callers in
 * engine_unlock. */
void set_idle_function(void (*function)(void));

/* Processors that this process may use: its affinity, and the quotas of its control groups. */
int available_processors(void);

/* Several JavaScript threads may load the addon; kernels, the pool and scratch memory serve one at a time. */
void engine_lock(void);
void engine_unlock(void);

#endif
