/* @file Measures the bandwidth of reading the same weights repeatedly, in GB/s, by the benchmark's protocol. Each
   thread reads its part of the bytes, like threads that split a matrix product with one row. The number of bytes
   decides which cache is measured. `bandwidth THREADS BYTES` */
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#if defined(__AVX512F__)
enum { VECTOR_BYTES = 64 };
#elif defined(__AVX__)
enum { VECTOR_BYTES = 32 };
#else
enum { VECTOR_BYTES = 16 };
#endif
enum { SUMS = 8, BLOCK = SUMS * VECTOR_BYTES, MAX_THREADS = 256 };

typedef int32_t vector __attribute__((vector_size(VECTOR_BYTES)));

typedef struct {
  size_t blocks;
  double speed; /* GB/s */
} Reader;

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec + time.tv_nsec * 1e-9;
}

static volatile int32_t result;

static void read_once(const vector* weights, size_t blocks) {
  vector sums[SUMS];
  memset(sums, 0, sizeof sums);
  for (size_t block = 0; block < blocks; block++) {
#pragma GCC unroll 8
    for (int i = 0; i < SUMS; i++) sums[i] ^= weights[block * SUMS + i];
  }
  for (int i = 1; i < SUMS; i++) sums[0] ^= sums[i];
  result = sums[0][0];
}

/* Measures one thread over a quarter of a second, after a first pass that loads the bytes into the caches. */
static void* measure(void* argument) {
  Reader* reader = argument;
  size_t bytes = reader->blocks * BLOCK;
  vector* weights = aligned_alloc(BLOCK, bytes);
  if (weights == NULL) return NULL;
  memset(weights, 1, bytes);
  read_once(weights, reader->blocks);
  double start = now(), seconds = 0, calls = 0;
  for (; seconds < 0.25; seconds = now() - start, calls++) read_once(weights, reader->blocks);
  reader->speed = calls * bytes / seconds / 1e9;
  free(weights);
  return NULL;
}

int main(int count, char** arguments) {
  int threads = count > 2 ? atoi(arguments[1]) : 0;
  long long bytes = count > 2 ? atoll(arguments[2]) : 0;
  if (threads < 1 || threads > MAX_THREADS || bytes < 1) return 2;
  size_t blocks = bytes / threads / BLOCK + 1;
  setvbuf(stdout, NULL, _IOLBF, 0);
  puts("ready");
  for (char line[16]; fgets(line, sizeof line, stdin) != NULL;) {
    if (strcmp(line, "go\n") != 0) continue;
    pthread_t others[MAX_THREADS];
    Reader readers[MAX_THREADS];
    double sum = 0;
    for (int i = 0; i < threads; i++) readers[i] = (Reader){.blocks = blocks};
    for (int i = 1; i < threads; i++) pthread_create(&others[i], NULL, measure, &readers[i]);
    measure(&readers[0]);
    for (int i = 1; i < threads; i++) pthread_join(others[i], NULL);
    for (int i = 0; i < threads; i++) sum += readers[i].speed;
    printf("%.1f\n", sum);
  }
}
